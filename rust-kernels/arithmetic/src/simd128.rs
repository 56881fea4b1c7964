//! The arithmetic in 128-bit WebAssembly vectors. The functions and their contracts are those of
//! [`crate::scalar`]; lengths are whole registers (4 f32, 16 int8), because rows are padded.

use crate::BLOCK;
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

/// Row by row: read in one stream, rows that are in no cache come in at the speed of memory, a third of the time that
/// four streams take.
#[inline(always)]
fn fold4(query: &[f32], rows: [&[f32]; 4], step: impl Fn(v128, v128, v128) -> v128) -> [f32; 4] {
    lanes(sums_of_lanes(rows.map(|row| fold(query, row, &step)), |a, b| {
        f32x4_add(a, b)
    }))
}

/// Eight sums at once: with fewer, the latency of the addition would be the limit.
#[inline(always)]
fn fold(query: &[f32], row: &[f32], step: &impl Fn(v128, v128, v128) -> v128) -> v128 {
    let (query, query_rest) = query.as_chunks::<4>().0.as_chunks::<8>();
    let (row, row_rest) = row.as_chunks::<4>().0.as_chunks::<8>();
    let mut sums = [f32x4_splat(0.0); 8];
    for (q, x) in query.iter().zip(row) {
        for ((sum, q), x) in sums.iter_mut().zip(load_f32(q)).zip(load_f32(x)) {
            *sum = step(*sum, q, x);
        }
    }
    for ((sum, q), x) in sums.iter_mut().zip(query_rest).zip(row_rest) {
        let ([q], [x]) = (
            load_f32(core::array::from_ref(q)),
            load_f32(core::array::from_ref(x)),
        );
        *sum = step(*sum, q, x);
    }
    let [a, b, c, d, e, f, g, h] = sums;
    let four = [f32x4_add(a, e), f32x4_add(b, f), f32x4_add(c, g), f32x4_add(d, h)];
    f32x4_add(f32x4_add(four[0], four[1]), f32x4_add(four[2], four[3]))
}

/// Inner products of a quantised query with four int8 rows: exact within each [`BLOCK`], rounded to f32 from
/// block to block. A block's four lanes are summed in i32, which `BLOCK` makes safe.
pub fn dot4_levels(query: &[i16], rows: [&[i8]; 4]) -> [f32; 4] {
    let [a, b, c, d] = rows.map(|row| row.chunks(BLOCK));
    let mut totals = f32x4_splat(0.0);
    for ((((q, a), b), c), d) in query.chunks(BLOCK).zip(a).zip(b).zip(c).zip(d) {
        let ([a, b], [c, d]) = (block2_levels(q, [a, b]), block2_levels(q, [c, d]));
        let sums = sums_of_lanes([a, b, c, d], |a, b| i32x4_add(a, b));
        totals = f32x4_add(totals, f32x4_convert_i32x4(sums));
    }
    lanes(totals)
}

/// The products of one block, in four lanes per row. Two rows share what is loaded of the query; of four streams,
/// rows that are in no cache would come in slower.
#[inline(always)]
fn block2_levels(query: &[i16], rows: [&[i8]; 2]) -> [v128; 2] {
    let (query, query_rest) = query.as_chunks::<8>().0.as_chunks::<2>();
    let rows = rows.map(|row| row.as_chunks::<8>().0.as_chunks::<2>());
    let mut sums = [[i32x4_splat(0); 2]; 2];
    let [a, b] = rows.map(|(pairs, _)| pairs);
    for ((q, a), b) in query.iter().zip(a).zip(b) {
        let q = load_i16(q);
        for ([even, odd], x) in sums.iter_mut().zip([a, b].map(load_i8)) {
            *even = i32x4_add(*even, i32x4_dot_i16x8(q[0], x[0]));
            *odd = i32x4_add(*odd, i32x4_dot_i16x8(q[1], x[1]));
        }
    }
    let [a, b] = rows.map(|(_, rest)| rest);
    for ((q, a), b) in query_rest.iter().zip(a).zip(b) {
        let [q] = load_i16(core::array::from_ref(q));
        for ([even, _], x) in sums.iter_mut().zip([a, b]) {
            let [x] = load_i8(core::array::from_ref(x));
            *even = i32x4_add(*even, i32x4_dot_i16x8(q, x));
        }
    }
    sums.map(|[even, odd]| i32x4_add(even, odd))
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
