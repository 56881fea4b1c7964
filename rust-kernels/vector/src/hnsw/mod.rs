//! A graph over the int8 rows: "Efficient and robust approximate nearest neighbor search using Hierarchical Navigable
//! Small World graphs" (Malkov and Yashunin, IEEE TPAMI 2020), algorithms 1 to 5.
//!
//! The rows are the truth and the graph is an index of them. A row it does not hold yet is *loose*: every search
//! scores the loose rows besides, so that none is missed, and linking them can be put off and done a few at a time.
//! Levels come from a seed and the ordinal, so the same rows linked in the same order give the same graph.
//!
//! Beyond the paper: a link is not dropped where it is the only one to its row; and where a row goes, those that
//! linked to it choose anew among their neighbours and its own (Singh et al., "FreshDiskANN", 2021).

pub mod beam;
mod file;
mod link;
pub mod links;
mod repair;

use crate::query::Query;
use abi::protocol::{MAX_HNSW_EF, MAX_HNSW_M};
use abi::{AlignedVec, Result, Status};
use beam::{Beam, Near, Seen, Space};
use links::{Links, LOOSE, NONE, TOP};

/// How a graph is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Links per row and layer; twice as many on the ground.
    pub m: u32,
    /// Width of the walk that finds a row's neighbours.
    pub ef_construction: u32,
    /// Where levels come from.
    pub seed: u32,
}

/// The graph and what building it needs.
pub struct Hnsw {
    shape: Shape,
    links: Links,
    entry: u32,
    loose: AlignedVec<u32>,
    /// The row, or query, whose neighbours are sought.
    query: Query,
    /// A candidate, when it is compared with those already chosen.
    probe: Query,
    beam: Beam,
    /// Candidates for the links of a row, best first.
    near: Vec<Near>,
    chosen: Vec<u32>,
    passed: Vec<u32>,
    gathered: Vec<u32>,
    marked: Seen,
}

impl Hnsw {
    /// A graph of `rows` loose rows.
    ///
    /// # Errors
    /// `bad_argument`: `m` is not 2..=64, or `ef_construction` not from `m` to 4,096. `out_of_memory`.
    pub fn new(shape: Shape, dim: usize, rows: usize) -> Result<Self> {
        if !(2..=MAX_HNSW_M).contains(&shape.m) || !(shape.m..=MAX_HNSW_EF).contains(&shape.ef_construction) {
            return Err(Status::BadArgument);
        }
        let m = shape.m as usize;
        let mut hnsw = Self {
            shape,
            links: Links::new(m),
            entry: NONE,
            loose: AlignedVec::new(),
            query: Query::new(dim)?,
            probe: Query::new(dim)?,
            beam: Beam::default(),
            near: Vec::new(),
            chosen: Vec::new(),
            passed: Vec::new(),
            gathered: Vec::new(),
            marked: Seen::default(),
        };
        // As many as a row can have candidates: all it links to gone, and all that those link to.
        let most = (2 * m * (2 * m + 1)).max(shape.ef_construction as usize) + 1;
        hnsw.near.try_reserve(most)?;
        hnsw.passed.try_reserve(most)?;
        hnsw.gathered.try_reserve(most)?;
        hnsw.chosen.try_reserve(2 * m + 2)?;
        hnsw.grow(rows)?;
        Ok(hnsw)
    }

    /// How it is built.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Rows that searches score one by one.
    pub fn loose(&self) -> &[u32] {
        &self.loose
    }

    /// Makes room for `rows` more rows.
    pub fn reserve(&mut self, rows: usize) -> Result<()> {
        self.links.reserve(rows)?;
        self.loose.try_reserve(rows)
    }

    /// Takes in the rows up to `rows`, loose. Changes nothing when it fails.
    pub fn grow(&mut self, rows: usize) -> Result<()> {
        let held = self.links.rows();
        self.loose.try_reserve(rows - held)?;
        self.links.grow(rows)?;
        for row in held..rows {
            self.loose.try_extend(&[row as u32])?;
        }
        Ok(())
    }

    /// Fills the beam with the best `width` rows for a quantised query, coarsely scored.
    pub fn search(&mut self, space: Space, query: &Query, width: usize) -> Result<&Beam> {
        let rows = self.links.rows();
        if self.entry == NONE {
            self.beam.clear();
            self.beam.widen(rows, width)?;
        } else {
            self.beam.start(space, query, rows, self.entry)?;
            for layer in (0..=self.links.level(self.entry)).rev() {
                self.beam.widen(rows, if layer == 0 { width } else { 1 })?;
                self.beam.walk(space, query, &self.links, layer)?;
            }
        }
        self.beam.offer_unseen(space, query, &self.loose)?;
        Ok(&self.beam)
    }

    /// The level of a row: each is `m` times as rare as the one below.
    fn draw(&self, ordinal: u32) -> u8 {
        // The finaliser of splitmix64 (Steele, Lea and Flood, OOPSLA 2014).
        let mut z =
            (u64::from(self.shape.seed) << 32 | u64::from(ordinal)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        let mut bound = u64::MAX / u64::from(self.shape.m);
        let mut level = 0;
        while level < TOP && z < bound {
            bound /= u64::from(self.shape.m);
            level += 1;
        }
        level
    }

    /// The row to start at: one of the highest, of those that lead on if there are any.
    fn highest(&self) -> u32 {
        let (mut best, mut rank) = (NONE, (false, 0));
        for row in 0..self.links.rows() as u32 {
            let level = self.links.level(row);
            if level != LOOSE {
                let own = (!self.links.of(row, 0).is_empty(), level);
                if best == NONE || own > rank {
                    (best, rank) = (row, own);
                }
            }
        }
        best
    }
}
