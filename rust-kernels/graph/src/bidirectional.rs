//! A cheapest path between two nodes, searched from both ends (Pohl, 1971).
//!
//! Where every edge costs 1 the searches go breadth first, a level at a time: while no node is reached from both ends,
//! the path is longer than the two depths together, so the first node that the next level meets lies on a shortest one.
//! Else both run Dijkstra's algorithm, and a path is certain when the least costs that either has yet to settle add
//! up to no less. Costs are not negative and rounding keeps sums in order, so the halves share no node but the meeting.

use crate::reached::{Arrival, Marks, Reached};
use crate::walk::{Walk, FORWARD};
use abi::{Result, Status};
use core::cmp::Reverse;
use std::collections::BinaryHeap;

/// The cost of an edge by its weight.
pub fn cost(weight: f32) -> f64 {
    // Not -ln, which is -0 for a weight of 1.
    0.0 - f64::from(weight).ln()
}

/// Whether a node is among the first `blocked` of a trail.
#[inline(always)]
pub fn is_blocked(trail: &Marks, blocked: usize, node: u32) -> bool {
    blocked > 0 && trail.slot(node).is_some_and(|place| place < blocked)
}

/// The search from one end.
#[derive(Default)]
pub struct Side {
    /// Whatever it came to.
    pub reached: Reached<Arrival>,
    /// What is yet to be settled: bits of the cost (ordered as costs are, none being negative), node.
    heap: BinaryHeap<Reverse<(u64, u32)>>,
}

impl Side {
    fn push(&mut self, cost: f64, node: u32) -> Result<()> {
        self.heap.try_reserve(1)?;
        self.heap.push(Reverse((cost.to_bits(), node)));
        Ok(())
    }

    /// The least cost of what is not settled.
    fn least(&self) -> Option<f64> {
        self.heap.peek().map(|&Reverse((bits, _))| f64::from_bits(bits))
    }
}

/// A path to be found, and the searches from its two ends.
pub struct Search<'a> {
    /// From the source on, and from the target back.
    pub walks: [Walk<'a>; 2],
    /// Source and target, which differ.
    pub ends: [u32; 2],
    /// Whether an edge costs `-ln(weight)` instead of 1.
    pub weighted: bool,
    /// Places of nodes on a trail.
    pub trail: &'a Marks,
    /// How many nodes of the trail, from its beginning, may not be on the path.
    pub blocked: usize,
    /// Steps that may not be its first: predicate, forward, node; ascending.
    pub banned: &'a [[u32; 3]],
    /// How many nodes may yet be reached.
    pub budget: usize,
    /// The two searches.
    pub sides: &'a mut [Side; 2],
    /// All nodes are below this.
    pub bound: usize,
}

/// The cheapest path so far.
struct Best {
    cost: f64,
    /// Of the node where its halves meet, from either end.
    slots: Option<[usize; 2]>,
}

impl Search<'_> {
    /// The slots, from either end, of a node where the cheapest path's halves meet; None if there is no path.
    ///
    /// # Errors
    /// `over_budget`, `out_of_memory`.
    pub fn run(&mut self) -> Result<Option<[usize; 2]>> {
        for (side, node) in self.sides.iter_mut().zip(self.ends) {
            side.reached.begin(self.bound)?;
            self.budget = self.budget.checked_sub(1).ok_or(Status::OverBudget)?;
            let arrival = Arrival {
                cost: 0.0,
                node,
                parent: 0,
                edge: 0,
            };
            side.reached.insert(node, arrival)?;
            side.heap.clear();
            side.push(0.0, node)?;
        }
        let mut best = Best {
            cost: f64::INFINITY,
            slots: None,
        };
        if self.weighted {
            self.by_cost(&mut best)?;
        } else {
            self.by_level(&mut best)?;
        }
        Ok(best.slots)
    }

    fn by_level(&mut self, best: &mut Best) -> Result<()> {
        // The outermost level of either search: from this slot to the last.
        let mut level = [0; 2];
        loop {
            let [source, target] = [0, 1].map(|end| self.sides[end].reached.len() - level[end]);
            let end = usize::from(target < source);
            if source.min(target) == 0 {
                return Ok(());
            }
            let begin = level[end];
            level[end] = self.sides[end].reached.len();
            for slot in begin..level[end] {
                self.settle(end, slot, 0.0, best)?;
                if best.slots.is_some() {
                    return Ok(());
                }
            }
        }
    }

    fn by_cost(&mut self, best: &mut Best) -> Result<()> {
        while let (Some(source), Some(target)) = (self.sides[0].least(), self.sides[1].least()) {
            if source + target >= best.cost {
                break;
            }
            let end = usize::from(self.sides[1].heap.len() < self.sides[0].heap.len());
            let side = &mut self.sides[end];
            let Some(Reverse((bits, node))) = side.heap.pop() else {
                break;
            };
            if let Some(slot) = side.reached.slot(node) {
                // What was reached more cheaply since has been settled then.
                if side.reached.entries()[slot].cost.to_bits() == bits {
                    self.settle(end, slot, [target, source][end], best)?;
                }
            }
        }
        Ok(())
    }

    /// Takes the steps from what is in a slot; `beyond` is the least cost of what the other search has not settled.
    fn settle(&mut self, end: usize, slot: usize, beyond: f64, best: &mut Best) -> Result<()> {
        let [forward, backward] = &mut *self.sides;
        let (own, other) = if end == 0 {
            (forward, &backward.reached)
        } else {
            (backward, &forward.reached)
        };
        let from = own.reached.entries()[slot];
        self.walks[end].each(from.node, |step, edge| {
            let node = step.neighbor;
            let arrival = Arrival {
                cost: from.cost + if self.weighted { cost(step.weight) } else { 1.0 },
                node,
                parent: slot as u32,
                edge,
            };
            let held = own.reached.slot(node);
            // Level by level the first arrival is the cheapest.
            let known =
                held.is_some_and(|slot| !self.weighted || own.reached.entries()[slot].cost <= arrival.cost);
            let [first, second] = if end == 0 {
                [from.node, node]
            } else {
                [node, from.node]
            };
            let banned = || {
                self.banned
                    .binary_search(&[edge >> 1, edge & FORWARD, second])
                    .is_ok()
            };
            if known || is_blocked(self.trail, self.blocked, node) || (first == self.ends[0] && banned()) {
                return Ok(false);
            }
            let meeting = other.slot(node);
            let whole = meeting.map_or(f64::INFINITY, |slot| arrival.cost + other.entries()[slot].cost);
            if whole >= best.cost && arrival.cost + beyond >= best.cost {
                return Ok(false);
            }
            let at = if let Some(slot) = held {
                own.reached.entries_mut()[slot] = arrival;
                slot
            } else {
                self.budget = self.budget.checked_sub(1).ok_or(Status::OverBudget)?;
                own.reached.insert(node, arrival)?
            };
            if let (Some(meeting), true) = (meeting, whole < best.cost) {
                best.cost = whole;
                best.slots = Some(if end == 0 { [at, meeting] } else { [meeting, at] });
            }
            if self.weighted {
                own.push(arrival.cost, node)?;
            }
            Ok(!self.weighted && best.slots.is_some())
        })?;
        Ok(())
    }
}
