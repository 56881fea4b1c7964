//! The dense steps of PageRank in 128-bit WebAssembly vectors. The functions and their contracts are those of
//! [`crate::scalar`]; sums may differ in the order of summation.

use crate::scalar;
use core::arch::wasm32::{
    f64x2_abs, f64x2_add, f64x2_eq, f64x2_extract_lane, f64x2_mul, f64x2_splat, f64x2_sub, v128, v128_and,
    v128_load, v128_store,
};

fn load(pair: &[f64; 2]) -> v128 {
    // SAFETY: the reference covers 16 readable bytes; `v128_load` needs no alignment.
    unsafe { v128_load(pair.as_ptr().cast()) }
}

fn store(pair: &mut [f64; 2], value: v128) {
    // SAFETY: the reference covers 16 writable bytes; `v128_store` needs no alignment.
    unsafe { v128_store(pair.as_mut_ptr().cast(), value) }
}

fn sum(pair: v128) -> f64 {
    f64x2_extract_lane::<0>(pair) + f64x2_extract_lane::<1>(pair)
}

/// See [`scalar::shares`].
pub fn shares(ranks: &[f64], inverses: &[f64], shares: &mut [f64]) -> f64 {
    let (ranks, last_rank) = ranks.as_chunks::<2>();
    let (inverses, last_inverse) = inverses.as_chunks::<2>();
    let (shares, last_share) = shares.as_chunks_mut::<2>();
    let mut dangling = f64x2_splat(0.0);
    for ((share, rank), inverse) in shares.iter_mut().zip(ranks).zip(inverses) {
        let (rank, inverse) = (load(rank), load(inverse));
        store(share, f64x2_mul(rank, inverse));
        dangling = f64x2_add(dangling, v128_and(rank, f64x2_eq(inverse, f64x2_splat(0.0))));
    }
    sum(dangling) + scalar::shares(last_rank, last_inverse, last_share)
}

/// See [`scalar::settle`].
pub fn settle(next: &mut [f64], ranks: &[f64], base: f64, damping: f64) -> f64 {
    let (next, last_next) = next.as_chunks_mut::<2>();
    let (ranks, last_rank) = ranks.as_chunks::<2>();
    let mut change = f64x2_splat(0.0);
    for (next, rank) in next.iter_mut().zip(ranks) {
        let settled = f64x2_add(f64x2_splat(base), f64x2_mul(f64x2_splat(damping), load(next)));
        store(next, settled);
        change = f64x2_add(change, f64x2_abs(f64x2_sub(settled, load(rank))));
    }
    sum(change) + scalar::settle(last_next, last_rank, base, damping)
}
