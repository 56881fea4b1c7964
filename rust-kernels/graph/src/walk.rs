//! From a node to its neighbours: in which direction, and over which predicates.

use crate::edges::Edges;
use crate::rows::{Edge, Rows};
use abi::protocol::direction;
use abi::{Result, Status};

/// In an edge word: the edge is walked from its source to its target. Its predicate stands above this bit.
pub const FORWARD: u32 = 1;

/// A bitmap of the predicates whose edges count; `None` for all.
pub type Filter<'a> = Option<&'a [u8]>;

/// Whether a filter lets a predicate pass.
#[inline(always)]
pub fn allows(filter: Filter<'_>, predicate: u32) -> bool {
    filter.is_none_or(|bitmap| {
        bitmap
            .get(predicate as usize >> 3)
            .is_some_and(|byte| byte >> (predicate & 7) & 1 != 0)
    })
}

/// The steps that lead away from a node.
#[derive(Clone, Copy)]
pub struct Walk<'a> {
    ways: [Option<(&'a Rows, u32)>; 2],
    filter: Filter<'a>,
}

impl<'a> Walk<'a> {
    /// Along edges of a direction of protocol.json.
    ///
    /// # Errors
    /// `bad_argument`: another direction.
    pub fn new(edges: &'a Edges, directions: u32, filter: Filter<'a>) -> Result<Self> {
        if directions == 0 || directions > direction::BOTH {
            return Err(Status::BadArgument);
        }
        let out = (directions & direction::OUT != 0).then_some((&edges.out, FORWARD));
        let into = (directions & direction::IN != 0).then_some((&edges.into, 0));
        Ok(Self {
            ways: [out, into],
            filter,
        })
    }

    /// The same steps from their ends: an edge word still says how the edge is walked there, not back.
    pub fn back(&self, edges: &'a Edges) -> Self {
        let [out, into] = self.ways;
        Self {
            ways: [out.map(|_| (&edges.into, FORWARD)), into.map(|_| (&edges.out, 0))],
            filter: self.filter,
        }
    }

    /// Calls `step` with each edge that leads away from a node, and its edge word, until it returns true; whether it
    /// did.
    #[inline(always)]
    pub fn each(&self, node: u32, mut step: impl FnMut(&Edge, u32) -> Result<bool>) -> Result<bool> {
        for way in &self.ways {
            let &Some((rows, forward)) = way else { continue };
            for edge in rows.edges(node) {
                if allows(self.filter, edge.predicate) && step(edge, edge.predicate << 1 | forward)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// How many steps lead away from a node; and where weighted the sum of their weights, else again how many.
    pub fn degree(&self, node: u32, weighted: bool) -> (u32, f64) {
        let (mut count, mut total) = (0, 0.0);
        if self.filter.is_none() && !weighted {
            let ways = self.ways.iter().flatten();
            count = ways.map(|(rows, _)| rows.edges(node).len() as u32).sum();
            return (count, f64::from(count));
        }
        let _all = self.each(node, |edge, _| {
            count += 1;
            total += if weighted { f64::from(edge.weight) } else { 1.0 };
            Ok(false)
        });
        (count, total)
    }
}
