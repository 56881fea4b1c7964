//! A graph: its edges, and what searches keep between calls.

use crate::bidirectional::{is_blocked, Search, Side};
use crate::edges::{bound_of, Edges};
use crate::neighborhood;
use crate::path;
use crate::push::{self, Mass};
use crate::reached::{Marks, Reached};
use crate::walk::{Filter, Walk};
use abi::{Output, Result, Status};

/// What a search for a path is to do.
pub struct Request<'a> {
    /// Source and target.
    pub ends: [u32; 2],
    /// Whether an edge costs `-ln(weight)` instead of 1.
    pub weighted: bool,
    /// Of protocol.json.
    pub directions: u32,
    /// The predicates whose edges count.
    pub filter: Filter<'a>,
    /// More nodes than this are not reached; 0 for no bound.
    pub max_nodes: usize,
    /// See [`Search`].
    pub blocked: usize,
    /// See [`Search`].
    pub banned: &'a [[u32; 3]],
}

/// Edges and scratch.
#[derive(Default)]
pub struct Graph {
    /// The edges.
    pub edges: Edges,
    /// The searches from a path's source and target; the first is also that from seeds.
    sides: [Side; 2],
    masses: Reached<Mass>,
    /// Places of the nodes of the trail.
    trail: Marks,
}

impl Graph {
    /// A graph of these edges.
    pub fn of(edges: Edges) -> Self {
        Self {
            edges,
            ..Self::default()
        }
    }

    /// What a search among `ids` and the edges' nodes must be able to mark.
    fn bound(&self, ids: &[u32]) -> Result<usize> {
        Ok(self.edges.bound().max(bound_of(ids)?))
    }

    /// Writes what lies within `depth` hops of the seeds; how many nodes.
    ///
    /// # Errors
    /// `bad_argument`: a direction; `out_of_memory`.
    pub fn khop(
        &mut self,
        seeds: &[u32],
        depth: u32,
        directions: u32,
        filter: Filter<'_>,
        max_nodes: usize,
        output: &mut Output,
    ) -> Result<usize> {
        let bound = self.bound(seeds)?;
        let walk = Walk::new(&self.edges, directions, filter)?;
        let reached = &mut self.sides[0].reached;
        let truncated = neighborhood::khop(reached, walk, bound, seeds, depth, max_nodes)?;
        output.put_u32(u32::from(truncated))?;
        neighborhood::write(reached, output)
    }

    /// Remembers the nodes of a path as the trail; writes how many steps lead from each to a node that is not on it so
    /// far, counting up to `most`, 0 for no bound; how many nodes.
    ///
    /// # Errors
    /// `bad_argument`: a direction; `out_of_memory`.
    pub fn trail(
        &mut self,
        nodes: &[u32],
        most: usize,
        directions: u32,
        filter: Filter<'_>,
        output: &mut Output,
    ) -> Result<usize> {
        let bound = self.bound(nodes)?;
        let walk = Walk::new(&self.edges, directions, filter)?;
        output.reserve(4 * nodes.len())?;
        self.trail.begin(bound)?;
        // Of a node that is there twice the first place counts.
        for (place, &node) in nodes.iter().enumerate().rev() {
            self.trail.set(node, place);
        }
        for (place, &node) in nodes.iter().enumerate() {
            let mut count = 0;
            walk.each(node, |step, _| {
                let open = !is_blocked(&self.trail, place + 1, step.neighbor);
                count += usize::from(open);
                Ok(open && count == most)
            })?;
            output.put_u32(count as u32)?;
        }
        Ok(nodes.len())
    }

    /// Writes the cheapest path, after how many nodes were reached; how many there are, 0 or 1.
    ///
    /// # Errors
    /// `bad_argument`: a direction, a source or target that is blocked, or banned steps that do not ascend;
    /// `over_budget`, `out_of_memory`.
    pub fn path(&mut self, request: &Request<'_>, output: &mut Output) -> Result<usize> {
        let walk = Walk::new(&self.edges, request.directions, request.filter)?;
        let bound = self.bound(&request.ends)?;
        self.trail.cover(bound)?;
        let off = |&end: &u32| is_blocked(&self.trail, request.blocked, end);
        if request.ends.iter().any(off) || !request.banned.is_sorted() {
            return Err(Status::BadArgument);
        }
        let mut search = Search {
            walks: [walk, walk.back(&self.edges)],
            ends: request.ends,
            weighted: request.weighted,
            trail: &self.trail,
            blocked: request.blocked,
            banned: request.banned,
            budget: if request.max_nodes == 0 {
                usize::MAX
            } else {
                request.max_nodes
            },
            sides: &mut self.sides,
            bound,
        };
        path::path(&self.edges, &mut search, output)
    }

    /// Writes the personalized PageRank of the nodes near the seeds; how many.
    ///
    /// # Errors
    /// `bad_argument`: a direction, or as in [`push::push`]; `over_budget`, `out_of_memory`.
    pub fn push(
        &mut self,
        request: &push::Request<'_>,
        directions: u32,
        filter: Filter<'_>,
        output: &mut Output,
    ) -> Result<usize> {
        let bound = self.bound(request.seeds)?;
        let walk = Walk::new(&self.edges, directions, filter)?;
        push::push(&mut self.masses, walk, bound, request, output)
    }
}
