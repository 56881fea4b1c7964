//! PageRank (Page, Brin, Motwani and Winograd, 1999) by power iteration in f64.
//!
//! Each node pulls from the rows by target what its sources give, so that every sum is written once.

use crate::edges::Edges;
use crate::imp::{settle, shares};
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
    let nodes = edges.bound();
    if nodes == 0 {
        return Ok(0);
    }
    let steps = Steps::of(edges, request)?;
    let inverses = steps.inverses()?;
    let mut given = AlignedVec::zeroed(nodes)?;
    let mut next = AlignedVec::zeroed(nodes)?;
    let mut ranks = AlignedVec::zeroed(nodes)?;
    let evenly = 1.0 / nodes as f64;
    ranks.fill(evenly);
    for iteration in 1..=request.max_iterations {
        let dangling = shares(&ranks, &inverses, &mut given);
        steps.pull(&given, &mut next);
        let base = (1.0 - request.damping + request.damping * dangling) * evenly;
        let change = settle(&mut next, &ranks, base, request.damping);
        core::mem::swap(&mut ranks, &mut next);
        if change <= request.tolerance {
            let total: f64 = ranks.iter().sum();
            ranks.iter_mut().for_each(|rank| *rank /= total);
            output.put(&ranks)?;
            return Ok(iteration);
        }
    }
    Err(Status::OverBudget)
}

/// The edges that count, by target: a copy of what an iteration reads and nothing else.
struct Steps {
    /// Where the edges of each node end.
    ends: AlignedVec<u32>,
    sources: AlignedVec<u32>,
    /// None where all are 1.
    weights: AlignedVec<f32>,
}

impl Steps {
    fn of(edges: &Edges, request: &Request<'_>) -> Result<Self> {
        let mut steps = Self {
            ends: AlignedVec::zeroed(edges.bound())?,
            sources: AlignedVec::zeroed(edges.len())?,
            weights: AlignedVec::zeroed(if request.weighted { edges.len() } else { 0 })?,
        };
        let mut count = 0;
        for (node, end) in steps.ends.iter_mut().enumerate() {
            for edge in edges.into.edges(node as u32) {
                // Written in any case, then kept or not, so that there is no branch to guess.
                steps.sources[count] = edge.neighbor;
                if request.weighted {
                    steps.weights[count] = edge.weight;
                }
                count += usize::from(allows(request.filter, edge.predicate));
            }
            *end = count as u32;
        }
        Ok(steps)
    }

    fn counted(&self) -> usize {
        self.ends.last().map_or(0, |&end| end as usize)
    }

    /// 1 over the number, or weight, of each node's out-edges; 0 for none.
    fn inverses(&self) -> Result<AlignedVec<f64>> {
        let mut totals = AlignedVec::zeroed(self.ends.len())?;
        for (at, &source) in self.sources[..self.counted()].iter().enumerate() {
            totals[source as usize] += f64::from(self.weights.get(at).copied().unwrap_or(1.0));
        }
        for total in totals.iter_mut() {
            *total = if *total > 0.0 { 1.0 / *total } else { 0.0 };
        }
        Ok(totals)
    }

    fn pull(&self, given: &[f64], next: &mut [f64]) {
        let mut start = 0;
        for (next, &end) in next.iter_mut().zip(self.ends.iter()) {
            let range = start..end as usize;
            start = end as usize;
            let shares = self.sources[range.clone()]
                .iter()
                .map(|&source| given[source as usize]);
            *next = if self.weights.is_empty() {
                shares.sum()
            } else {
                let weights = self.weights[range].iter().map(|&weight| f64::from(weight));
                shares.zip(weights).map(|(share, weight)| share * weight).sum()
            };
        }
    }
}
