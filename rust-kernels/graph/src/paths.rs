//! The cheapest simple paths, cheapest first (Yen, Management Science 1971, with Lawler's rule of 1972: a path is
//! varied only from where it left the path it came from).
//!
//! Two paths differ if their edges do, so that parallel edges of different predicates make different paths.

use crate::bidirectional::{cost, Search, Side};
use crate::edges::Edges;
use crate::walk::{Filter, Walk, FORWARD};
use abi::{Output, Result};
use core::cmp::Ordering;

/// What a search for paths is to do.
pub struct Request<'a> {
    /// The first node.
    pub source: u32,
    /// The last.
    pub target: u32,
    /// How many paths.
    pub k: usize,
    /// Whether an edge costs `-ln(weight)` instead of 1.
    pub weighted: bool,
    /// Of protocol.json.
    pub directions: u32,
    /// The predicates whose edges count.
    pub filter: Filter<'a>,
    /// More nodes than this are not reached; 0 for no bound.
    pub max_nodes: usize,
}

/// A path from the request's source to its target.
#[derive(Default)]
struct Path {
    cost: f64,
    /// Its nodes and the edge words between them, in turn.
    words: Vec<u32>,
    /// So many words stand before the node where it left the path it came from.
    deviation: usize,
}

impl Path {
    fn order(&self, other: &Self) -> Ordering {
        let lengths = self.words.len().cmp(&other.words.len());
        let costs = self.cost.total_cmp(&other.cost);
        costs.then(lengths).then_with(|| self.words.cmp(&other.words))
    }

    fn extend(&mut self, words: &[u32]) -> Result<()> {
        self.words.try_reserve(words.len())?;
        self.words.extend_from_slice(words);
        Ok(())
    }

    /// Goes on to where two searches met, and from there to the target.
    fn append(&mut self, sides: &[Side; 2], met: [usize; 2]) -> Result<()> {
        let first = self.words.len();
        for (end, slot) in met.into_iter().enumerate() {
            let entries = sides[end].reached.entries();
            let mut from = entries[slot];
            loop {
                let to = entries[from.parent as usize];
                if to.node == from.node {
                    break;
                }
                // From the source's end the steps come in the wrong order, to be reversed as a whole.
                self.extend(&if end == 0 {
                    [from.node, from.edge]
                } else {
                    [from.edge, to.node]
                })?;
                from = to;
            }
            if end == 0 {
                self.words[first..].reverse();
            }
        }
        Ok(())
    }

    fn measure(&mut self, edges: &Edges, weighted: bool) {
        self.cost = 0.0;
        for at in (1..self.words.len()).step_by(2) {
            let (from, edge, to) = (self.words[at - 1], self.words[at], self.words[at + 1]);
            let (source, target) = if edge & FORWARD == 0 {
                (to, from)
            } else {
                (from, to)
            };
            let held = edges.out.find(&[source, edge >> 1, target, 0]);
            self.cost += if weighted {
                held.map_or(0.0, |held| cost(held.weight))
            } else {
                1.0
            };
        }
    }

    fn write(&self, output: &mut Output) -> Result<()> {
        output.put(&[self.cost])?;
        output.put_u32(self.words.len() as u32 / 2)?;
        for node in self.words.iter().step_by(2) {
            output.put_u32(*node)?;
        }
        let edges = self.words.iter().skip(1).step_by(2);
        for edge in edges.clone() {
            output.put_u32(edge >> 1)?;
        }
        for edge in edges {
            output.put(&[(edge & FORWARD) as u8])?;
        }
        Ok(())
    }
}

/// Writes the paths that a request asks for; how many there are.
///
/// # Errors
/// `bad_argument`: a direction; `over_budget`, `out_of_memory`.
pub fn paths(
    edges: &Edges,
    sides: &mut [Side; 2],
    bound: usize,
    request: &Request<'_>,
    output: &mut Output,
) -> Result<usize> {
    let walk = Walk::new(edges, request.directions, request.filter)?;
    let mut finder = Finder {
        edges,
        sides,
        bound,
        request,
        walks: [walk, walk.back(edges)],
        budget: if request.max_nodes == 0 {
            usize::MAX
        } else {
            request.max_nodes
        },
        found: Vec::new(),
        candidates: Vec::new(),
    };
    let mut whole = Path::default();
    whole.extend(&[request.source])?;
    finder.complete(whole, &[])?;
    while let Some(at) = finder.take_best()? {
        if finder.found.len() == request.k {
            break;
        }
        finder.vary(at)?;
    }
    for path in &finder.found {
        path.write(output)?;
    }
    Ok(finder.found.len())
}

struct Finder<'a> {
    edges: &'a Edges,
    sides: &'a mut [Side; 2],
    bound: usize,
    request: &'a Request<'a>,
    walks: [Walk<'a>; 2],
    budget: usize,
    /// In order.
    found: Vec<Path>,
    candidates: Vec<Path>,
}

impl Finder<'_> {
    /// Makes a candidate of the cheapest path that goes on from the last node of `start` with none of `banned`, if
    /// there is one.
    fn complete(&mut self, mut start: Path, banned: &[[u32; 2]]) -> Result<()> {
        let (source, target) = (start.words[start.deviation], self.request.target);
        if source != target {
            let mut search = Search {
                walks: self.walks,
                ends: [source, target],
                weighted: self.request.weighted,
                before: &start.words[..start.deviation],
                banned,
                budget: &mut self.budget,
                sides: self.sides,
                bound: self.bound,
            };
            let Some(met) = search.run()? else { return Ok(()) };
            start.append(self.sides, met)?;
        }
        start.measure(self.edges, self.request.weighted);
        self.candidates.try_reserve(1)?;
        self.candidates.push(start);
        Ok(())
    }

    /// Moves the best candidate to its place among what is found, and gives that.
    fn take_best(&mut self) -> Result<Option<usize>> {
        let best = (0..self.candidates.len()).min_by(|&a, &b| self.candidates[a].order(&self.candidates[b]));
        let Some(best) = best else { return Ok(None) };
        let path = self.candidates.swap_remove(best);
        // Last, but for the rounding of costs that are equal.
        let at = self
            .found
            .partition_point(|other| other.order(&path) == Ordering::Less);
        self.found.try_reserve(1)?;
        self.found.insert(at, path);
        Ok(Some(at))
    }

    /// Makes candidates of the paths that leave a found one at each of its nodes.
    fn vary(&mut self, found: usize) -> Result<()> {
        let mut banned = Vec::new();
        for at in (self.found[found].deviation..self.found[found].words.len() - 1).step_by(2) {
            let mut start = Path {
                deviation: at,
                ..Path::default()
            };
            start.extend(&self.found[found].words[..=at])?;
            banned.clear();
            for path in &self.found {
                let (before, step) = path.words.split_at(path.words.len().min(at + 1));
                if let (true, [edge, node, ..]) = (before == start.words, step) {
                    banned.try_reserve(1)?;
                    banned.push([*edge, *node]);
                }
            }
            self.complete(start, &banned)?;
        }
        Ok(())
    }
}
