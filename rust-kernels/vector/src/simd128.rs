//! The arithmetic in 128-bit WebAssembly vectors. The functions and their contracts are those of
//! [`crate::scalar`]; lengths are whole registers (4 f32, 16 int8), because rows are padded.

use crate::quantize::BLOCK;
use core::arch::wasm32::{
    f32x4_add, f32x4_convert_i32x4, f32x4_extract_lane, f32x4_mul, f32x4_splat, f32x4_sub,
    i16x8_load_extend_i8x8, i32x4_add, i32x4_dot_i16x8, i32x4_extend_high_i16x8, i32x4_extend_low_i16x8,
    i32x4_shuffle, i32x4_splat, v128, v128_load,
};

/// Loads `N` registers of four f32. Offsets from one pointer become immediate operands of the loads.
#[inline(always)]
fn load_f32<const N: usize>(numbers: &[[f32; 4]; N]) -> [v128; N] {
    let start: *const v128 = numbers.as_ptr().cast();
    // SAFETY: the reference covers N * 16 readable bytes; `v128_load` needs no alignment.
    core::array::from_fn(|at| unsafe { v128_load(start.add(at)) })
}

/// Loads `N` registers of eight int16.
#[inline(always)]
fn load_i16<const N: usize>(numbers: &[[i16; 8]; N]) -> [v128; N] {
    let start: *const v128 = numbers.as_ptr().cast();
    // SAFETY: the reference covers N * 16 readable bytes; `v128_load` needs no alignment.
    core::array::from_fn(|at| unsafe { v128_load(start.add(at)) })
}

/// Loads `N` times eight int8, widened to int16 by the load itself.
#[inline(always)]
fn load_i8<const N: usize>(numbers: &[[i8; 8]; N]) -> [v128; N] {
    let start: *const i8 = numbers.as_ptr().cast();
    // SAFETY: the reference covers N * 8 readable bytes; the load needs no alignment.
    core::array::from_fn(|at| unsafe { i16x8_load_extend_i8x8(start.add(8 * at)) })
}

/// The four lanes of each of four vectors summed up: a transposition and three additions.
#[inline(always)]
fn sums_of_lanes(v: [v128; 4], add: impl Fn(v128, v128) -> v128) -> v128 {
    let pairs = |a, b| {
        add(
            i32x4_shuffle::<0, 4, 1, 5>(a, b),
            i32x4_shuffle::<2, 6, 3, 7>(a, b),
        )
    };
    let (ab, cd) = (pairs(v[0], v[1]), pairs(v[2], v[3]));
    add(
        i32x4_shuffle::<0, 1, 4, 5>(ab, cd),
        i32x4_shuffle::<2, 3, 6, 7>(ab, cd),
    )
}

#[inline(always)]
fn lanes(v: v128) -> [f32; 4] {
    [
        f32x4_extract_lane::<0>(v),
        f32x4_extract_lane::<1>(v),
        f32x4_extract_lane::<2>(v),
        f32x4_extract_lane::<3>(v),
    ]
}

/// Inner products of a query with four rows.
pub fn dot4(query: &[f32], rows: [&[f32]; 4]) -> [f32; 4] {
    fold4(query, rows, |sum, q, x| f32x4_add(sum, f32x4_mul(q, x)))
}

/// Squared Euclidean distances of a query to four rows.
pub fn l2sq4(query: &[f32], rows: [&[f32]; 4]) -> [f32; 4] {
    fold4(query, rows, |sum, q, x| {
        let difference = f32x4_sub(q, x);
        f32x4_add(sum, f32x4_mul(difference, difference))
    })
}

/// Eight sums at once, two per row: with four, the latency of the addition would be the limit.
#[inline(always)]
fn fold4(query: &[f32], rows: [&[f32]; 4], step: impl Fn(v128, v128, v128) -> v128) -> [f32; 4] {
    let (query, query_rest) = query.as_chunks::<4>().0.as_chunks::<2>();
    let rows = rows.map(|row| row.as_chunks::<4>().0.as_chunks::<2>());
    let mut sums = [[f32x4_splat(0.0); 2]; 4];
    let [a, b, c, d] = rows.map(|(quads, _)| quads);
    for ((((q, a), b), c), d) in query.iter().zip(a).zip(b).zip(c).zip(d) {
        let q = load_f32(q);
        for ([even, odd], x) in sums.iter_mut().zip([a, b, c, d].map(load_f32)) {
            *even = step(*even, q[0], x[0]);
            *odd = step(*odd, q[1], x[1]);
        }
    }
    let [a, b, c, d] = rows.map(|(_, rest)| rest);
    for ((((q, a), b), c), d) in query_rest.iter().zip(a).zip(b).zip(c).zip(d) {
        let [q] = load_f32(core::array::from_ref(q));
        for ([even, _], row) in sums.iter_mut().zip([a, b, c, d]) {
            let [x] = load_f32(core::array::from_ref(row));
            *even = step(*even, q, x);
        }
    }
    lanes(sums_of_lanes(
        sums.map(|[even, odd]| f32x4_add(even, odd)),
        |a, b| f32x4_add(a, b),
    ))
}

/// Inner products of a quantised query with four int8 rows: exact within each [`BLOCK`], rounded to f32 from
/// block to block. A block's four lanes are summed in i32, which `BLOCK` makes safe.
pub fn dot4_levels(query: &[i16], rows: [&[i8]; 4]) -> [f32; 4] {
    let [a, b, c, d] = rows.map(|row| row.chunks(BLOCK));
    let mut totals = f32x4_splat(0.0);
    for ((((q, a), b), c), d) in query.chunks(BLOCK).zip(a).zip(b).zip(c).zip(d) {
        let sums = block4_levels(q, [a, b, c, d]);
        totals = f32x4_add(
            totals,
            f32x4_convert_i32x4(sums_of_lanes(sums, |a, b| i32x4_add(a, b))),
        );
    }
    lanes(totals)
}

/// The products of one block, in four lanes per row.
#[inline(always)]
fn block4_levels(query: &[i16], rows: [&[i8]; 4]) -> [v128; 4] {
    let (query, query_rest) = query.as_chunks::<8>().0.as_chunks::<2>();
    let rows = rows.map(|row| row.as_chunks::<8>().0.as_chunks::<2>());
    let mut sums = [i32x4_splat(0); 4];
    let [a, b, c, d] = rows.map(|(quads, _)| quads);
    for ((((q, a), b), c), d) in query.iter().zip(a).zip(b).zip(c).zip(d) {
        let q = load_i16(q);
        for (sum, row) in sums.iter_mut().zip([a, b, c, d]) {
            let x = load_i8(row);
            let low = i32x4_add(i32x4_dot_i16x8(q[0], x[0]), i32x4_dot_i16x8(q[1], x[1]));
            *sum = i32x4_add(*sum, low);
        }
    }
    let [a, b, c, d] = rows.map(|(_, rest)| rest);
    for ((((q, a), b), c), d) in query_rest.iter().zip(a).zip(b).zip(c).zip(d) {
        let [q] = load_i16(core::array::from_ref(q));
        for (sum, row) in sums.iter_mut().zip([a, b, c, d]) {
            let [x] = load_i8(core::array::from_ref(row));
            *sum = i32x4_add(*sum, i32x4_dot_i16x8(q, x));
        }
    }
    sums
}

/// Inner product of an f32 query with the levels of an int8 row.
pub fn dot_levels(query: &[f32], row: &[i8]) -> f32 {
    fold_levels(query, row, |sum, q, level| f32x4_add(sum, f32x4_mul(q, level)))
}

/// Squared Euclidean distance of an f32 query to `scale` times the levels of an int8 row.
pub fn l2sq_levels(query: &[f32], row: &[i8], scale: f32) -> f32 {
    let scale = f32x4_splat(scale);
    fold_levels(query, row, |sum, q, level| {
        let difference = f32x4_sub(q, f32x4_mul(scale, level));
        f32x4_add(sum, f32x4_mul(difference, difference))
    })
}

#[inline(always)]
fn fold_levels(query: &[f32], row: &[i8], step: impl Fn(v128, v128, v128) -> v128) -> f32 {
    let mut sums = [f32x4_splat(0.0); 4];
    let query = query.as_chunks::<4>().0.as_chunks::<4>().0;
    let row = row.as_chunks::<8>().0.as_chunks::<2>().0;
    for (q, levels) in query.iter().zip(row) {
        let [low, high] = load_i8(levels);
        let quarters = [
            i32x4_extend_low_i16x8(low),
            i32x4_extend_high_i16x8(low),
            i32x4_extend_low_i16x8(high),
            i32x4_extend_high_i16x8(high),
        ];
        for ((sum, q), quarter) in sums.iter_mut().zip(load_f32(q)).zip(quarters) {
            *sum = step(*sum, q, f32x4_convert_i32x4(quarter));
        }
    }
    lanes(sums_of_lanes(sums, |a, b| f32x4_add(a, b))).iter().sum()
}
