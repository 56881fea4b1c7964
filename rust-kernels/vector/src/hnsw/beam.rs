//! Algorithm 2 of the paper: a walk from row to row, always on from the best one not yet left, that keeps the best
//! `width` rows it has seen.

use super::links::Links;
use crate::metric::Metric;
use crate::query::Query;
use crate::rows::PackedRows;
use crate::score::{coarse, GROUP};
use abi::{AlignedVec, Result};

/// Set in the row of a member of the pool that the walk has left.
const LEFT: u32 = 1 << 31;

/// What rows are compared by.
#[derive(Clone, Copy)]
pub struct Space<'a> {
    /// The rows.
    pub rows: &'a PackedRows,
    /// How they are compared.
    pub metric: Metric,
}

/// A row with its coarse score. Equal scores go by row, so that a walk ends the same on every machine.
#[derive(Clone, Copy)]
pub struct Near {
    /// Higher is nearer; never NaN.
    pub score: f32,
    /// The row.
    pub row: u32,
}

impl Near {
    /// Whether this one is the better.
    pub fn precedes(&self, other: &Self) -> bool {
        self.score > other.score || self.score == other.score && self.row & !LEFT < other.row & !LEFT
    }
}

impl Space<'_> {
    /// Scores rows, four at a time.
    #[inline(never)]
    pub fn score(self, query: &Query, rows: &[u32], take: &mut dyn FnMut(Near)) {
        for chunk in rows.chunks(GROUP) {
            let group = core::array::from_fn(|at| chunk[at.min(chunk.len() - 1)] as usize);
            let scores = coarse(self.rows, self.metric, query, group);
            for (&row, score) in chunk.iter().zip(scores) {
                let score = if score.is_nan() { f32::NEG_INFINITY } else { score };
                take(Near { score, row });
            }
        }
    }
}

/// A set of rows.
#[derive(Default)]
pub struct Seen {
    bits: AlignedVec<u32>,
}

impl Seen {
    /// Empties it, for rows below `rows`.
    pub fn clear(&mut self, rows: usize) -> Result<()> {
        self.bits.clear();
        self.bits.try_resize(rows.div_ceil(32))
    }

    /// Adds a row; whether it was not there before.
    pub fn insert(&mut self, row: u32) -> bool {
        let word = &mut self.bits[row as usize / 32];
        let before = *word;
        *word |= 1 << (row % 32);
        *word != before
    }

    /// Takes a row out; whether it was there.
    pub fn remove(&mut self, row: u32) -> bool {
        let had = self.has(row);
        self.bits[row as usize / 32] &= !(1 << (row % 32));
        had
    }

    /// Whether the row is there.
    pub fn has(&self, row: u32) -> bool {
        self.bits[row as usize / 32] >> (row % 32) & 1 == 1
    }
}

/// The state of a walk; its room is kept from one to the next.
#[derive(Default)]
pub struct Beam {
    pool: Vec<Near>,
    width: usize,
    seen: Seen,
    fresh: Vec<u32>,
}

impl Beam {
    /// Forgets what was found.
    pub fn clear(&mut self) {
        self.pool.clear();
    }

    /// Starts at one row among `rows`.
    pub fn start(&mut self, space: Space, query: &Query, rows: usize, at: u32) -> Result<()> {
        self.pool.clear();
        self.pool.try_reserve(2)?;
        space.score(query, &[at], &mut |near| self.pool.push(near));
        self.widen(rows, 1)
    }

    /// Goes on from what was found, in another layer or with another width.
    pub fn widen(&mut self, rows: usize, width: usize) -> Result<()> {
        self.width = width;
        self.pool.truncate(width);
        self.pool.try_reserve(width + 1 - self.pool.len())?;
        self.seen.clear(rows)?;
        for near in &mut self.pool {
            near.row &= !LEFT;
            self.seen.insert(near.row);
        }
        Ok(())
    }

    /// Takes in a row that the walk may not come by.
    pub fn offer_unseen(&mut self, space: Space, query: &Query, rows: &[u32]) -> Result<()> {
        for chunk in rows.chunks(64) {
            self.fresh.clear();
            self.fresh.try_reserve(chunk.len())?;
            self.fresh
                .extend(chunk.iter().copied().filter(|&row| self.seen.insert(row)));
            let (pool, width) = (&mut self.pool, self.width);
            space.score(query, &self.fresh, &mut |near| {
                offer(pool, width, near);
            });
        }
        Ok(())
    }

    /// Walks until nothing in reach is better than what is kept.
    pub fn walk(&mut self, space: Space, query: &Query, links: &Links, layer: u8) -> Result<()> {
        self.fresh.try_reserve(links.room(layer))?;
        let mut at = 0;
        while let Some(near) = self.pool.get_mut(at) {
            if near.row & LEFT != 0 {
                at += 1;
                continue;
            }
            let row = near.row;
            near.row |= LEFT;
            self.fresh.clear();
            for &next in links.of(row, layer) {
                if self.seen.insert(next) {
                    self.fresh.push(next);
                }
            }
            at += 1;
            let (pool, width) = (&mut self.pool, self.width);
            space.score(query, &self.fresh, &mut |near| {
                at = at.min(offer(pool, width, near))
            });
        }
        Ok(())
    }

    /// How many rows were found.
    pub fn len(&self) -> usize {
        self.pool.len()
    }

    /// Whether none was found.
    pub fn is_empty(&self) -> bool {
        self.pool.is_empty()
    }

    /// The row that is number `at`, from 0, the best.
    pub fn row(&self, at: usize) -> u32 {
        self.pool[at].row & !LEFT
    }

    /// What was found, best first.
    pub fn found(&self) -> impl Iterator<Item = Near> + '_ {
        self.pool.iter().map(|near| Near {
            row: near.row & !LEFT,
            ..*near
        })
    }
}

/// Keeps the row if it is among the best, and tells its place.
fn offer(pool: &mut Vec<Near>, width: usize, near: Near) -> usize {
    if pool.len() == width {
        if pool.last().is_none_or(|worst| !near.precedes(worst)) {
            return usize::MAX;
        }
        pool.pop();
    }
    let at = pool.partition_point(|better| better.precedes(&near));
    pool.insert(at, near);
    at
}
