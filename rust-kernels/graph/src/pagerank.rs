//! PageRank (Page, Brin, Motwani and Winograd, 1999) by power iteration in f64.
//!
//! Each node pulls from the rows by target what its sources give, so that every sum is written once.

use crate::dense::{settle, shares};
use crate::edges::Edges;
use crate::walk::{allows, Filter};
use abi::{AlignedVec, Output, Result, Status};

/// How to iterate.
pub struct Request<'a> {
    /// The probability of following an edge.
    pub damping: f64,
    /// Enough is a sum of absolute changes of at most this.
    pub tolerance: f64,
    /// More iterations than this are not made.
    pub max_iterations: usize,
    /// Whether an edge is followed by its weight.
    pub weighted: bool,
    /// The predicates whose edges count.
    pub filter: Filter<'a>,
}

/// Writes the rank of each node below the bound; how many iterations it took.
///
/// # Errors
/// `bad_argument`: damping or tolerance; `over_budget`: the iterations were not enough; `out_of_memory`.
pub fn pagerank(edges: &Edges, request: &Request<'_>, output: &mut Output) -> Result<usize> {
    let good = (0.0..1.0).contains(&request.damping) && request.tolerance > 0.0;
    if !good || !request.tolerance.is_finite() {
        return Err(Status::BadArgument);
    }
    let (nodes, count) = (edges.bound(), edges.len());
    if nodes == 0 {
        return Ok(0);
    }
    let mut words = AlignedVec::zeroed(nodes + count + if request.weighted { count } else { 0 })?;
    let steps = Steps::gather(edges, request, &mut words);
    let mut numbers = AlignedVec::<f64>::zeroed(nodes.checked_mul(4).ok_or(Status::OutOfMemory)?)?;
    let (inverses, numbers) = numbers.split_at_mut(nodes);
    let (given, numbers) = numbers.split_at_mut(nodes);
    let (mut ranks, mut next) = numbers.split_at_mut(nodes);
    steps.invert(inverses);
    let evenly = 1.0 / nodes as f64;
    ranks.fill(evenly);
    for iteration in 1..=request.max_iterations {
        let dangling = shares(ranks, inverses, given);
        steps.pull(given, next);
        let base = (1.0 - request.damping + request.damping * dangling) * evenly;
        let change = settle(next, ranks, base, request.damping);
        core::mem::swap(&mut ranks, &mut next);
        if change <= request.tolerance {
            output.put(ranks)?;
            return Ok(iteration);
        }
    }
    Err(Status::OverBudget)
}

/// The edges that count, by target: a copy of what an iteration reads and nothing else.
struct Steps<'a> {
    /// Where the edges of each node end.
    ends: &'a [u32],
    sources: &'a [u32],
    /// Bits of the weights; nothing where all are 1.
    weights: &'a [u32],
}

impl<'a> Steps<'a> {
    /// Lays the copy down in `words`, which are as many as there are nodes and edges, and weights to be kept.
    fn gather(edges: &Edges, request: &Request<'_>, words: &'a mut [u32]) -> Self {
        let (ends, words) = words.split_at_mut(edges.bound());
        let (sources, weights) = words.split_at_mut(edges.len());
        let mut count = 0;
        for (node, end) in ends.iter_mut().enumerate() {
            for edge in edges.into.edges(node as u32) {
                // Written in any case, then kept or not, so that there is no branch to guess.
                sources[count] = edge.neighbor;
                if request.weighted {
                    weights[count] = edge.weight.to_bits();
                }
                count += usize::from(allows(request.filter, edge.predicate));
            }
            *end = count as u32;
        }
        let sources = &sources[..count];
        Self {
            ends,
            sources,
            weights,
        }
    }

    fn weight(&self, at: usize) -> f64 {
        self.weights
            .get(at)
            .map_or(1.0, |&bits| f32::from_bits(bits).into())
    }

    /// 1 over the number, or weight, of each node's out-edges; 0 for none.
    fn invert(&self, totals: &mut [f64]) {
        for (at, &source) in self.sources.iter().enumerate() {
            totals[source as usize] += self.weight(at);
        }
        for total in totals {
            *total = if *total > 0.0 { 1.0 / *total } else { 0.0 };
        }
    }

    fn pull(&self, given: &[f64], next: &mut [f64]) {
        let mut start = 0;
        for (next, &end) in next.iter_mut().zip(self.ends) {
            let range = start..end as usize;
            start = end as usize;
            let shares = self.sources[range.clone()]
                .iter()
                .map(|&source| given[source as usize]);
            *next = if self.weights.is_empty() {
                shares.sum()
            } else {
                let weights = self.weights[range]
                    .iter()
                    .map(|&bits| f64::from(f32::from_bits(bits)));
                shares.zip(weights).map(|(share, weight)| share * weight).sum()
            };
        }
    }
}
