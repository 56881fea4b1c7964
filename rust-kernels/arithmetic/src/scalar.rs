//! The arithmetic without vector instructions: the fallback, and the oracle of the other builds.
//!
//! Every function takes slices of one length.

use crate::BLOCK;

/// Inner products of a query with four rows.
pub fn dot4(query: &[f32], rows: [&[f32]; 4]) -> [f32; 4] {
    fold4(query, rows, |sum, q, x| sum + q * x)
}

/// Squared Euclidean distances of a query to four rows.
pub fn l2sq4(query: &[f32], rows: [&[f32]; 4]) -> [f32; 4] {
    fold4(query, rows, |sum, q, x| sum + (q - x) * (q - x))
}

/// Four rows give the processor four independent sums, each waiting for its own last addition only.
#[inline(always)]
fn fold4(query: &[f32], rows: [&[f32]; 4], step: impl Fn(f32, f32, f32) -> f32) -> [f32; 4] {
    let [a, b, c, d] = rows;
    let mut sums = [0.0f32; 4];
    for ((((&q, &a), &b), &c), &d) in query.iter().zip(a).zip(b).zip(c).zip(d) {
        sums = [
            step(sums[0], q, a),
            step(sums[1], q, b),
            step(sums[2], q, c),
            step(sums[3], q, d),
        ];
    }
    sums
}

/// Inner products of a quantised query with four int8 rows: exact within each [`BLOCK`], whose sum fits an
/// i32, and rounded to f32 from block to block.
pub fn dot4_levels(query: &[i16], rows: [&[i8]; 4]) -> [f32; 4] {
    let [a, b, c, d] = rows.map(|row| row.chunks(BLOCK));
    let mut totals = [0.0f32; 4];
    for ((((q, a), b), c), d) in query.chunks(BLOCK).zip(a).zip(b).zip(c).zip(d) {
        let mut sums = [0i32; 4];
        for ((((&q, &a), &b), &c), &d) in q.iter().zip(a).zip(b).zip(c).zip(d) {
            let q = i32::from(q);
            sums[0] += q * i32::from(a);
            sums[1] += q * i32::from(b);
            sums[2] += q * i32::from(c);
            sums[3] += q * i32::from(d);
        }
        for (total, sum) in totals.iter_mut().zip(sums) {
            *total += sum as f32;
        }
    }
    totals
}

/// Inner product of an f32 query with the levels of an int8 row.
pub fn dot_levels(query: &[f32], row: &[i8]) -> f32 {
    fold_levels(query, row, |sum, q, level| sum + q * level)
}

/// Squared Euclidean distance of an f32 query to `scale` times the levels of an int8 row.
pub fn l2sq_levels(query: &[f32], row: &[i8], scale: f32) -> f32 {
    fold_levels(query, row, |sum, q, level| {
        let difference = q - scale * level;
        sum + difference * difference
    })
}

#[inline(always)]
fn fold_levels(query: &[f32], row: &[i8], step: impl Fn(f32, f32, f32) -> f32) -> f32 {
    let mut sums = [0.0f32; 4];
    for (q, levels) in query.as_chunks::<4>().0.iter().zip(row.as_chunks::<4>().0) {
        for ((sum, &q), &level) in sums.iter_mut().zip(q).zip(levels) {
            *sum = step(*sum, q, f32::from(level));
        }
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3])
}
