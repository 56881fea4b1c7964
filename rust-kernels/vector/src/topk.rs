//! The k best of a stream of scores: a binary heap with the worst one on top.

use abi::{order, Result};
use core::cmp::Ordering;

/// A row with its score. `Candidate`s order by descending score, then ascending ordinal: the best is least.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Higher is better; never NaN.
    pub score: f32,
    /// The row's ordinal.
    pub ordinal: u32,
    /// Where the row lies.
    pub row: u32,
}

impl Candidate {
    fn rank(&self, other: &Self) -> Ordering {
        let by_score = other.score.partial_cmp(&self.score).unwrap_or(Ordering::Equal);
        by_score.then(self.ordinal.cmp(&other.ordinal))
    }

    fn is_worse(&self, other: &Self) -> bool {
        self.rank(other) == Ordering::Greater
    }
}

/// Keeps the `k` best candidates; its room is kept from one search to the next.
#[derive(Default)]
pub struct TopK {
    heap: Vec<Candidate>,
    k: usize,
    threshold: f32,
}

impl TopK {
    /// Keeps nothing; allocates nothing.
    pub const fn new() -> Self {
        Self {
            heap: Vec::new(),
            k: 0,
            threshold: f32::NEG_INFINITY,
        }
    }

    /// Starts over, to keep the `k` best; with `k` 0 nothing is kept.
    pub fn start(&mut self, k: usize) -> Result<()> {
        self.heap.clear();
        self.k = k;
        self.threshold = f32::NEG_INFINITY;
        Ok(self.heap.try_reserve(k)?)
    }

    /// What a score must reach to be kept. Sums that overflowed to NaN reach nothing once the heap is full.
    pub fn threshold(&self) -> f32 {
        self.threshold
    }

    /// Keeps the candidate if it is among the best so far.
    pub fn offer(&mut self, mut candidate: Candidate) {
        if candidate.score.is_nan() {
            candidate.score = f32::NEG_INFINITY;
        }
        if self.heap.len() < self.k {
            self.heap.push(candidate);
            self.sift_up();
        } else if self.heap.first().is_some_and(|worst| worst.is_worse(&candidate)) {
            self.heap[0] = candidate;
            self.sift_down(self.heap.len());
        }
        if let (true, Some(worst)) = (self.heap.len() == self.k, self.heap.first()) {
            self.threshold = worst.score;
        }
    }

    fn sift_up(&mut self) {
        let mut at = self.heap.len() - 1;
        while at > 0 {
            let parent = (at - 1) / 2;
            if !self.heap[at].is_worse(&self.heap[parent]) {
                break;
            }
            self.heap.swap(at, parent);
            at = parent;
        }
    }

    fn sift_down(&mut self, len: usize) {
        let mut at = 0;
        loop {
            let left = 2 * at + 1;
            if left >= len {
                break;
            }
            let right = left + 1;
            let child = if right < len && self.heap[right].is_worse(&self.heap[left]) {
                right
            } else {
                left
            };
            if !self.heap[child].is_worse(&self.heap[at]) {
                break;
            }
            self.heap.swap(at, child);
            at = child;
        }
    }

    /// Keeps a candidate that is not compared with any, within the `k` of [`TopK::start`].
    pub fn keep(&mut self, candidate: Candidate) {
        self.heap.push(candidate);
    }

    /// What was kept, in no order, to be rescored.
    pub fn kept_mut(&mut self) -> &mut [Candidate] {
        &mut self.heap
    }

    /// The `k` best of what was kept, best first.
    pub fn best(&mut self, k: usize) -> &[Candidate] {
        order::sort(&mut self.heap, |a, b| b.is_worse(a));
        &self.heap[..k.min(self.heap.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(score: f32, ordinal: u32) -> Candidate {
        Candidate {
            score,
            ordinal,
            row: 0,
        }
    }

    fn best_of(k: usize, stream: &[(f32, u32)]) -> Vec<(f32, u32)> {
        let mut top = TopK::new();
        top.start(k).unwrap();
        for &(score, ordinal) in stream {
            top.offer(candidate(score, ordinal));
        }
        top.best(k).iter().map(|c| (c.score, c.ordinal)).collect()
    }

    #[test]
    fn equal_scores_go_by_ordinal() {
        let stream = [(1.0, 9), (2.0, 8), (1.0, 3), (-0.0, 0), (0.0, 1), (1.0, 5)];
        assert_eq!(best_of(3, &stream), [(2.0, 8), (1.0, 3), (1.0, 5)]);
        assert_eq!(best_of(9, &stream)[4..], [(0.0, 0), (0.0, 1)]);
    }

    #[test]
    fn matches_a_sort() {
        let mut state = 1u32;
        let stream: Vec<(f32, u32)> = (0..500)
            .map(|ordinal| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ((state >> 26) as f32, ordinal)
            })
            .collect();
        let mut sorted = stream.clone();
        sorted.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for k in [1, 2, 7, 64, 499, 500, 600] {
            assert_eq!(best_of(k, &stream), sorted[..k.min(500)], "{k}");
        }
    }

    #[test]
    fn nan_is_the_worst() {
        assert_eq!(
            best_of(2, &[(f32::NAN, 0), (-1e30, 1), (f32::NAN, 2), (1.0, 3)]),
            [(1.0, 3), (-1e30, 1)]
        );
    }
}
