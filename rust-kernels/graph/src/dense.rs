//! The dense steps of PageRank. By SIMD they would take a twelfth off its time: most of that goes into following edges.

/// What each node gives per edge: rank times the inverse of its weight. Returns the rank of the nodes that have no
/// edges, whose inverse is 0.
pub fn shares(ranks: &[f64], inverses: &[f64], shares: &mut [f64]) -> f64 {
    let mut dangling = 0.0;
    for ((share, &rank), &inverse) in shares.iter_mut().zip(ranks).zip(inverses) {
        *share = rank * inverse;
        dangling += if inverse == 0.0 { rank } else { 0.0 };
    }
    dangling
}

/// Makes `next`, what each node receives, its rank: `base + damping * next`; the sum of the absolute changes.
pub fn settle(next: &mut [f64], ranks: &[f64], base: f64, damping: f64) -> f64 {
    let mut change = 0.0;
    for (next, &rank) in next.iter_mut().zip(ranks) {
        *next = base + damping * *next;
        change += (*next - rank).abs();
    }
    change
}
