//! The best k of a stream of scored ordinals, in a heap of at most k.

use abi::Result;
use core::cmp::Ordering;
use std::collections::BinaryHeap;

/// A scored ordinal; the greater one is the worse: the lower score, then the higher ordinal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Higher is better; never NaN.
    pub score: f32,
    /// What has this score.
    pub ordinal: u32,
}

impl Eq for Candidate {}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        other
            .score
            .total_cmp(&self.score)
            .then(self.ordinal.cmp(&other.ordinal))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The best `k` candidates, best first.
///
/// # Errors
/// `out_of_memory`.
pub fn best(k: usize, candidates: impl ExactSizeIterator<Item = Candidate>) -> Result<Vec<Candidate>> {
    let k = k.min(candidates.len());
    let mut heap = BinaryHeap::new();
    heap.try_reserve_exact(k)?;
    for candidate in candidates {
        if heap.len() < k {
            heap.push(candidate);
        } else if let Some(mut worst) = heap.peek_mut() {
            if candidate < *worst {
                *worst = candidate;
            }
        }
    }
    Ok(heap.into_sorted_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn agrees_with_sorting() {
        let mut random = Random::new(11);
        for len in [0, 1, 5, 200] {
            let all: Vec<Candidate> = (0..len)
                .map(|ordinal| Candidate {
                    score: random.below(9) as f32,
                    ordinal: ordinal * 7 % 200,
                })
                .collect();
            let mut sorted = all.clone();
            sorted.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.ordinal.cmp(&b.ordinal)));
            for k in [0, 1, 3, 200, 1000] {
                assert_eq!(
                    best(k, all.iter().copied()).unwrap(),
                    sorted[..k.min(sorted.len())]
                );
            }
        }
    }
}
