//! Searching by the graph, and keeping it in step with the rows.

use crate::hnsw::beam::Space;
use crate::hnsw::{Hnsw, Shape};
use crate::index::{check_k, Index, Search};
use crate::topk::Candidate;
use abi::aligned::bytes_of;
use abi::hash::xxh64;
use abi::protocol::MAX_HNSW_EF;
use abi::{AlignedVec, Output, Result, Status};

/// The width of a walk when the caller does not say: at least this, and twice the rows wanted.
const DEFAULT_EF: usize = 64;

/// Rows that a scan scores in the time in which a walk looks at one place of its width.
const SCANNED_PER_PLACE: usize = 16;

/// What a search by the graph asks for.
#[derive(Clone, Copy)]
pub struct Walk<'a> {
    /// How many rows are wanted.
    pub k: usize,
    /// The width of the walk; 0 for the default.
    pub ef: usize,
    /// The bitmap of allowed ordinals; `None` allows all.
    pub allow: Option<&'a [u8]>,
}

/// Where rows go while some are removed; empty where there is no graph to follow.
pub(crate) struct Moves {
    place: AlignedVec<u32>,
    new_of: AlignedVec<u32>,
}

impl Moves {
    /// The last row goes to `row`.
    pub(crate) fn swap_remove(&mut self, row: usize) {
        if let Some(&last) = self.place.last() {
            self.place[row] = last;
            self.place.truncate(self.place.len() - 1);
        }
    }

    /// Tells the graph.
    pub(crate) fn follow(&mut self, hnsw: &mut Hnsw) {
        hnsw.rename(&self.place, &mut self.new_of);
    }
}

impl Index {
    /// Makes a graph of loose rows, in place of any there was.
    ///
    /// # Errors
    /// `bad_argument`: a storage without int8 rows, or a shape out of range. `out_of_memory`.
    pub fn create_graph(&mut self, shape: Shape) -> Result<usize> {
        if !self.store.storage().keeps_i8() {
            return Err(Status::BadArgument);
        }
        self.hnsw = Some(Hnsw::new(shape, self.dim(), self.len())?);
        Ok(self.len())
    }

    /// Drops the graph, if there is one.
    pub fn drop_graph(&mut self) {
        self.hnsw = None;
    }

    /// Links up to `count` loose rows; returns how many are loose then.
    ///
    /// # Errors
    /// `bad_argument`: there is no graph. `out_of_memory`.
    pub fn insert_loose(&mut self, count: usize) -> Result<usize> {
        let (hnsw, space) = graph_of(&mut self.hnsw, &self.store)?;
        hnsw.insert(space, self.map.by_row(), count)
    }

    /// Appends the ordinals of the loose rows, in the order in which they will be linked; returns how many there are.
    ///
    /// # Errors
    /// `bad_argument`: there is no graph. `out_of_memory`.
    pub fn write_loose(&self, output: &mut Output) -> Result<usize> {
        let loose = self.hnsw.as_ref().ok_or(Status::BadArgument)?.loose();
        output.reserve(4 * loose.len())?;
        for &row in loose {
            output.put_u32(self.map.by_row()[row as usize])?;
        }
        Ok(loose.len())
    }

    /// Appends ordinals and scores as [`Index::search`] does, of the best rows that a walk comes by. Where a scan of
    /// the allowed rows is no dearer than the walk, or the walk comes by too few of them, they are scanned.
    ///
    /// # Errors
    /// As [`Index::search`]; `bad_argument` also without a graph, and for an `ef` out of range.
    pub fn search_graph(&mut self, vector: &[f32], walk: Walk, output: &mut Output) -> Result<usize> {
        check_k(walk.k)?;
        if walk.ef > MAX_HNSW_EF as usize {
            return Err(Status::BadArgument);
        }
        let ef = if walk.ef == 0 {
            DEFAULT_EF.max(2 * walk.k)
        } else {
            walk.ef.max(walk.k)
        };
        let allowed = walk.allow.map_or(self.len(), |bitmap| self.count_allowed(bitmap));
        // So wide that as many allowed rows come by as without a bitmap rows do.
        let width = ef * self.len() / allowed.max(1);
        let (hnsw, _) = graph_of(&mut self.hnsw, &self.store)?;
        if width
            .saturating_mul(SCANNED_PER_PLACE)
            .saturating_add(hnsw.loose().len())
            < allowed
            && self.walk(vector, walk, width)? >= walk.k
        {
            self.rescore()?;
            return self.write_best(walk.k, output);
        }
        let scan = Search {
            k: walk.k,
            rescore: ef,
            allow: walk.allow,
        };
        let wanted = self.find(vector, scan)?;
        self.write_best(wanted, output)
    }

    /// Keeps what the walk finds and the bitmap allows, coarsely scored; returns how many those are.
    fn walk(&mut self, vector: &[f32], walk: Walk, width: usize) -> Result<usize> {
        self.query.set(vector, self.store.metric())?;
        self.query.quantize();
        let (hnsw, space) = graph_of(&mut self.hnsw, &self.store)?;
        let beam = hnsw.search(space, &self.query, width)?;
        self.top.start(width)?;
        let mut kept = 0;
        for near in beam.found() {
            let ordinal = self.map.by_row()[near.row as usize];
            let byte = |bitmap: &[u8]| bitmap.get(ordinal as usize / 8).copied();
            if walk
                .allow
                .is_none_or(|bitmap| byte(bitmap).unwrap_or(0) >> (ordinal % 8) & 1 == 1)
            {
                kept += 1;
                self.top.keep(Candidate {
                    score: near.score,
                    ordinal,
                    row: near.row,
                });
            }
        }
        Ok(kept)
    }

    /// At least as many as are there and allowed: a bit without a row is counted, too.
    fn count_allowed(&self, bitmap: &[u8]) -> usize {
        let bitmap = &bitmap[..bitmap.len().min(self.map.bound().div_ceil(8))];
        let bits: u32 = bitmap.iter().map(|byte| byte.count_ones()).sum();
        (bits as usize).min(self.len())
    }

    /// Takes rows out of the graph, if there is one, before they change; gives those rows.
    pub(crate) fn unlink(&mut self, ordinals: &[u32]) -> Result<AlignedVec<u32>> {
        let mut rows = AlignedVec::new();
        if self.hnsw.is_some() {
            rows.try_reserve(ordinals.len())?;
            for &ordinal in ordinals {
                let row = self.map.row(ordinal).ok_or(Status::Internal)?;
                rows.try_extend(&[row as u32])?;
            }
            let (hnsw, space) = graph_of(&mut self.hnsw, &self.store)?;
            hnsw.unlink(space, &rows)?;
        }
        Ok(rows)
    }

    pub(crate) fn moves(&self) -> Result<Moves> {
        let rows = if self.hnsw.is_some() { self.len() } else { 0 };
        let mut place = AlignedVec::zeroed(rows)?;
        for (row, at) in (0..).zip(place.iter_mut()) {
            *at = row;
        }
        let new_of = AlignedVec::zeroed(rows)?;
        Ok(Moves { place, new_of })
    }

    /// Writes the graph.
    ///
    /// # Errors
    /// `bad_argument`: there is none. `out_of_memory`.
    pub fn save_graph(&self, output: &mut Output) -> Result<usize> {
        let hnsw = self.hnsw.as_ref().ok_or(Status::BadArgument)?;
        hnsw.save(self.identity(), output)
    }

    /// Reads a graph that was saved over these very rows, in place of any there was.
    ///
    /// # Errors
    /// `bad_argument`: a storage without int8 rows. `bad_checksum`, `bad_format`, `out_of_memory`.
    pub fn load_graph(&mut self, bytes: &[u8]) -> Result<usize> {
        if !self.store.storage().keeps_i8() {
            return Err(Status::BadArgument);
        }
        let hnsw = Hnsw::load(bytes, self.dim(), self.len(), self.identity())?;
        let loose = hnsw.loose().len();
        self.hnsw = Some(hnsw);
        Ok(loose)
    }

    /// The XXH64 of the scales, seeded by that of the padded levels, seeded by that of the ordinals, all by row.
    fn identity(&self) -> u64 {
        let ordinals = xxh64(bytes_of(self.map.by_row()), 0);
        self.store.packed().map_or(ordinals, |packed| {
            xxh64(
                bytes_of(&packed.scales),
                xxh64(bytes_of(packed.levels.all()), ordinals),
            )
        })
    }
}

/// The graph and what it compares rows by.
fn graph_of<'a>(
    hnsw: &'a mut Option<Hnsw>,
    store: &'a crate::rows::RowStore,
) -> Result<(&'a mut Hnsw, Space<'a>)> {
    let space = Space {
        rows: store.packed().ok_or(Status::BadArgument)?,
        metric: store.metric(),
    };
    Ok((hnsw.as_mut().ok_or(Status::BadArgument)?, space))
}
