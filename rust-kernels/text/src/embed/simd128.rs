//! Sums of scaled rows in 128-bit lanes. A block of columns stays in registers while all rows pass by.

use super::scalar::{add_bytes, add_nibbles, row_of};
use core::arch::wasm32::*;

/// Columns of one block: 16 bytes of nibbles.
const BLOCK: usize = 32;
const VECTORS: usize = BLOCK / 4;

/// As the scalar function of this name.
pub fn add_nibble_rows(sum: &mut [f32], rows: &[u8], scales: &[f32], ids: &[u32]) {
    let row_bytes = sum.len() / 2;
    let (blocks, tail) = sum.as_chunks_mut::<BLOCK>();
    let tail_at = blocks.len() * BLOCK / 2;
    for (at, block) in blocks.iter_mut().enumerate() {
        add_block(block, scales, ids, |id| {
            let packed = load(row_of(rows, id, row_bytes), at * BLOCK / 2);
            let eight = i8x16_splat(8);
            let even = i8x16_sub(v128_and(packed, u8x16_splat(0x0F)), eight);
            let odd = i8x16_sub(u8x16_shr(packed, 4), eight);
            [
                i8x16_shuffle::<0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23>(even, odd),
                i8x16_shuffle::<8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31>(even, odd),
            ]
        });
    }
    if !tail.is_empty() {
        for &id in ids {
            add_nibbles(tail, &row_of(rows, id, row_bytes)[tail_at..], scales[id as usize]);
        }
    }
}

/// As the scalar function of this name.
pub fn add_byte_rows(sum: &mut [f32], rows: &[u8], scales: &[f32], ids: &[u32]) {
    let row_bytes = sum.len();
    let (blocks, tail) = sum.as_chunks_mut::<BLOCK>();
    let tail_at = blocks.len() * BLOCK;
    for (at, block) in blocks.iter_mut().enumerate() {
        add_block(block, scales, ids, |id| {
            let row = row_of(rows, id, row_bytes);
            [load(row, at * BLOCK), load(row, at * BLOCK + 16)]
        });
    }
    if !tail.is_empty() {
        for &id in ids {
            add_bytes(tail, &row_of(rows, id, row_bytes)[tail_at..], scales[id as usize]);
        }
    }
}

/// 16 bytes of a row.
fn load(row: &[u8], at: usize) -> v128 {
    let bytes = &row[at..at + 16];
    // SAFETY: the slice has 16 bytes, and a v128 load needs no alignment.
    unsafe { v128_load(bytes.as_ptr().cast()) }
}

/// Adds one block of every id's row, whose 32 int8 `columns` gives.
#[inline(always)]
fn add_block(block: &mut [f32; BLOCK], scales: &[f32], ids: &[u32], columns: impl Fn(u32) -> [v128; 2]) {
    let target = block.as_mut_ptr().cast::<v128>();
    let mut sums = [f32x4_splat(0.0); VECTORS];
    for (i, sum) in sums.iter_mut().enumerate() {
        // SAFETY: a block is VECTORS times four f32.
        *sum = unsafe { v128_load(target.add(i)) };
    }
    for &id in ids {
        let scale = f32x4_splat(scales[id as usize]);
        for (half, bytes) in columns(id).into_iter().enumerate() {
            let low = i16x8_extend_low_i8x16(bytes);
            let high = i16x8_extend_high_i8x16(bytes);
            let quarters = [
                i32x4_extend_low_i16x8(low),
                i32x4_extend_high_i16x8(low),
                i32x4_extend_low_i16x8(high),
                i32x4_extend_high_i16x8(high),
            ];
            for (i, quarter) in quarters.into_iter().enumerate() {
                let scaled = f32x4_mul(scale, f32x4_convert_i32x4(quarter));
                sums[half * 4 + i] = f32x4_add(sums[half * 4 + i], scaled);
            }
        }
    }
    for (i, sum) in sums.into_iter().enumerate() {
        // SAFETY: as above.
        unsafe { v128_store(target.add(i), sum) };
    }
}
