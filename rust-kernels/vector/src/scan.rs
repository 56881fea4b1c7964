//! One pass over the rows that a search may see.

use crate::ordinals::OrdinalMap;
use crate::score::GROUP;
use crate::topk::{Candidate, TopK};

/// Scores every allowed row by groups of four and offers what reaches the threshold.
///
/// `allow` is the bitmap of docs/abi.md; `None` allows all.
#[inline(always)]
pub fn scan(
    map: &OrdinalMap,
    allow: Option<&[u8]>,
    top: &mut TopK,
    score: impl Fn([usize; GROUP]) -> [f32; GROUP],
) {
    let ordinals = map.by_row();
    let mut visit = |rows: [usize; GROUP], valid: usize| {
        let scores = score(rows);
        // By number: compiled for size, adaptors of arrays are calls.
        for at in 0..valid {
            let (row, score) = (rows[at], scores[at]);
            // A sum that overflowed to NaN still fills the room there is.
            if score >= top.threshold() || score.is_nan() {
                top.offer(Candidate {
                    score,
                    ordinal: ordinals[row],
                    row: row as u32,
                });
            }
        }
    };
    match allow {
        None => {
            let whole = map.len() / GROUP * GROUP;
            for first in (0..whole).step_by(GROUP) {
                visit(core::array::from_fn(|at| first + at), GROUP);
            }
            if whole < map.len() {
                let last = map.len() - 1;
                visit(
                    core::array::from_fn(|at| (whole + at).min(last)),
                    map.len() - whole,
                );
            }
        }
        Some(bitmap) => {
            let mut rows = [0; GROUP];
            let mut held = 0;
            for_each_allowed(map, bitmap, |row| {
                rows[held] = row;
                held += 1;
                if held == GROUP {
                    visit(rows, GROUP);
                    held = 0;
                }
            });
            if held > 0 {
                visit(rows, held);
            }
        }
    }
}

/// Rows of the set bits, in the order of their ordinals: cheaper than asking of every row whether it is
/// allowed, and the more so the fewer are.
#[inline(always)]
fn for_each_allowed(map: &OrdinalMap, bitmap: &[u8], mut visit: impl FnMut(usize)) {
    let bitmap = &bitmap[..bitmap.len().min(map.bound().div_ceil(8))];
    let (words, tail) = bitmap.as_chunks::<8>();
    let mut last = [0; 8];
    last[..tail.len()].copy_from_slice(tail);
    for (at, word) in words.iter().chain(core::iter::once(&last)).enumerate() {
        let mut bits = u64::from_le_bytes(*word);
        while bits != 0 {
            let ordinal = at as u32 * 64 + bits.trailing_zeros();
            bits &= bits - 1;
            if let Some(row) = map.row(ordinal) {
                visit(row);
            }
        }
    }
}
