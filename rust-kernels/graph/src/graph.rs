//! A graph: its edges, and what searches keep between calls.

use crate::bidirectional::Side;
use crate::edges::{bound_of, Edges};
use crate::neighborhood;
use crate::paths;
use crate::push::{self, Mass};
use crate::reached::Reached;
use crate::walk::{Filter, Walk};
use abi::protocol::MAX_K;
use abi::{Output, Result, Status};

/// Edges and scratch.
#[derive(Default)]
pub struct Graph {
    /// The edges.
    pub edges: Edges,
    /// The searches from a path's source and target; the first is also that from seeds.
    sides: [Side; 2],
    masses: Reached<Mass>,
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

    /// Writes paths; how many.
    ///
    /// # Errors
    /// `bad_argument`: a direction, or k; `over_budget`, `out_of_memory`.
    pub fn paths(&mut self, request: &paths::Request<'_>, output: &mut Output) -> Result<usize> {
        if request.k == 0 || request.k > MAX_K as usize {
            return Err(Status::BadArgument);
        }
        let bound = self.bound(&[request.source, request.target])?;
        paths::paths(&self.edges, &mut self.sides, bound, request, output)
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
