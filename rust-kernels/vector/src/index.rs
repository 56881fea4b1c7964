//! The index: rows with ordinals, changed by whole batches and searched by scanning.

use crate::hnsw::Hnsw;
use crate::ingest;
use crate::metric::{Metric, Storage};
use crate::ordinals::OrdinalMap;
use crate::query::Query;
use crate::rows::RowStore;
use crate::scan::scan;
use crate::score::{coarse, exact, exact_of, query_from_row};
use crate::topk::TopK;
use abi::protocol::{MAX_DIM, MAX_K};
use abi::{AlignedVec, Output, Result, Status};

/// Candidates that a quantised scan hands to exact scoring when the caller does not say: at least this many,
/// and four for each row wanted.
const DEFAULT_RESCORE: usize = 40;

/// What a search asks for.
#[derive(Clone, Copy)]
pub struct Search<'a> {
    /// How many rows are wanted.
    pub k: usize,
    /// How many the quantised scan hands to exact scoring; 0 for the default.
    pub rescore: usize,
    /// The bitmap of allowed ordinals; `None` allows all.
    pub allow: Option<&'a [u8]>,
}

/// Rows of one dimension, metric and storage, by ordinal.
pub struct Index {
    pub(crate) store: RowStore,
    pub(crate) map: OrdinalMap,
    pub(crate) hnsw: Option<Hnsw>,
    pub(crate) query: Query,
    pub(crate) top: TopK,
    scores: AlignedVec<f32>,
}

impl Index {
    /// An empty index.
    ///
    /// # Errors
    /// `bad_dimension`, `out_of_memory`.
    pub fn new(dim: usize, metric: Metric, storage: Storage) -> Result<Self> {
        if dim == 0 || dim > MAX_DIM as usize {
            return Err(Status::BadDimension);
        }
        Ok(Self {
            store: RowStore::new(dim, metric, storage)?,
            map: OrdinalMap::new(),
            hnsw: None,
            query: Query::new(dim)?,
            top: TopK::new(),
            scores: AlignedVec::new(),
        })
    }

    /// Components per row.
    pub fn dim(&self) -> usize {
        self.store.dim()
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Makes room for `rows` more rows with the next ordinals.
    pub fn reserve(&mut self, rows: usize) -> Result<()> {
        self.store.reserve(rows)?;
        if let Some(hnsw) = &mut self.hnsw {
            hnsw.reserve(rows)?;
        }
        self.map.reserve(rows)
    }

    /// Adds rows of `dim` floats.
    ///
    /// # Errors
    /// `not_finite`, `zero_vector`, `ordinal_taken`, `out_of_memory`.
    pub fn add(&mut self, ordinals: &[u32], vectors: &[f32]) -> Result<usize> {
        ingest::check_all(vectors, self.dim())?;
        let first = self.append(ordinals)?;
        for (row, vector) in (first..).zip(vectors.chunks_exact(self.store.dim())) {
            self.store.write(row, vector);
        }
        Ok(ordinals.len())
    }

    /// Adds rows of `dim` int8 levels and an f32 scale.
    ///
    /// # Errors
    /// `bad_argument` (another storage, or a negative scale), `not_finite`, `zero_vector`, `ordinal_taken`,
    /// `out_of_memory`.
    pub fn add_packed(&mut self, ordinals: &[u32], packed: &[u8]) -> Result<usize> {
        if self.store.storage() != Storage::I8 {
            return Err(Status::BadArgument);
        }
        let packed_bytes = self.dim() + size_of::<f32>();
        for row in packed.chunks_exact(packed_bytes) {
            let (levels, scale) = split_packed(row)?;
            check_packed(levels, scale)?;
        }
        let first = self.append(ordinals)?;
        for (at, row) in (first..).zip(packed.chunks_exact(packed_bytes)) {
            let (levels, scale) = split_packed(row)?;
            self.store.write_levels(at, levels, scale);
        }
        Ok(ordinals.len())
    }

    /// Makes rows for new ordinals, all or none, and gives the first; they are yet to be written.
    pub(crate) fn append(&mut self, ordinals: &[u32]) -> Result<usize> {
        let first = self.len();
        if let Some(hnsw) = &mut self.hnsw {
            hnsw.reserve(ordinals.len())?;
        }
        self.store.resize(
            first,
            first.checked_add(ordinals.len()).ok_or(Status::OutOfMemory)?,
        )?;
        match self.map.append(ordinals) {
            Ok(()) => {
                if let Some(hnsw) = &mut self.hnsw {
                    hnsw.grow(first + ordinals.len())?;
                }
                Ok(first)
            }
            Err(status) => {
                self.store.truncate(first);
                Err(status)
            }
        }
    }

    /// Replaces rows; of an ordinal named twice the later one stays.
    ///
    /// # Errors
    /// `not_finite`, `zero_vector`, `ordinal_missing`.
    pub fn update(&mut self, ordinals: &[u32], vectors: &[f32]) -> Result<usize> {
        ingest::check_all(vectors, self.dim())?;
        self.map.require(ordinals)?;
        let rows = self.unlink(ordinals)?;
        for (&ordinal, vector) in ordinals.iter().zip(vectors.chunks_exact(self.store.dim())) {
            let row = self.map.row(ordinal).ok_or(Status::Internal)?;
            self.store.write(row, vector);
        }
        if let Some(hnsw) = &mut self.hnsw {
            hnsw.loosen(&rows)?;
        }
        Ok(ordinals.len())
    }

    /// Removes rows; the last ones move into the gaps, so that scans stay dense.
    ///
    /// # Errors
    /// `ordinal_missing`: absent, or named twice.
    pub fn remove(&mut self, ordinals: &[u32]) -> Result<usize> {
        self.map.check_removal(ordinals)?;
        let mut moves = self.moves()?;
        self.unlink(ordinals)?;
        for &ordinal in ordinals {
            let row = self.map.swap_remove(ordinal).ok_or(Status::Internal)?;
            let last = self.map.len();
            if row != last {
                self.store.copy_row(last, row);
            }
            self.store.truncate(last);
            moves.swap_remove(row);
        }
        if let Some(hnsw) = &mut self.hnsw {
            moves.follow(hnsw);
        }
        Ok(ordinals.len())
    }

    /// Appends the packed rows of vectors that do not enter the index.
    ///
    /// # Errors
    /// `not_finite`, `zero_vector`, `out_of_memory`.
    pub fn quantize(&mut self, vectors: &[f32], output: &mut Output) -> Result<usize> {
        let dim = self.dim();
        ingest::check_all(vectors, dim)?;
        let rows = vectors.len() / dim;
        output.reserve(
            rows.checked_mul(dim + size_of::<f32>())
                .ok_or(Status::OutOfMemory)?,
        )?;
        for vector in vectors.chunks_exact(dim) {
            self.store.write_quantized(vector, output)?;
        }
        Ok(rows)
    }

    /// Appends rows as they are kept.
    ///
    /// # Errors
    /// `ordinal_missing`, `out_of_memory`.
    pub fn get(&self, ordinals: &[u32], output: &mut Output) -> Result<usize> {
        self.map.require(ordinals)?;
        for &ordinal in ordinals {
            let row = self.map.row(ordinal).ok_or(Status::Internal)?;
            self.store.write_kept(row, output)?;
        }
        Ok(ordinals.len())
    }

    /// Appends the ordinals, then the scores, of the best rows and returns how many there are.
    ///
    /// # Errors
    /// `bad_argument` (`k`), `not_finite`, `zero_vector`, `out_of_memory`.
    pub fn search(&mut self, query: &[f32], search: Search, output: &mut Output) -> Result<usize> {
        let wanted = self.find(query, search)?;
        self.write_best(wanted, output)
    }

    /// Appends, per query, the number of rows found, their ordinals and their scores.
    ///
    /// # Errors
    /// As [`Index::search`]; one bad query fails the batch.
    pub fn search_batch(&mut self, queries: &[f32], search: Search, output: &mut Output) -> Result<usize> {
        let dim = self.dim();
        check_k(search.k)?;
        ingest::check_all(queries, dim)?;
        for query in queries.chunks_exact(dim) {
            let wanted = self.find(query, search)?;
            let found = wanted.min(self.top.kept_mut().len());
            output.put_u32(found as u32)?;
            self.write_best(found, output)?;
        }
        Ok(queries.len() / dim)
    }

    pub(crate) fn write_best(&mut self, wanted: usize, output: &mut Output) -> Result<usize> {
        let best = self.top.best(wanted);
        output.reserve(best.len() * 8)?;
        for candidate in best {
            output.put_u32(candidate.ordinal)?;
        }
        for candidate in best {
            output.put_f32(candidate.score)?;
        }
        Ok(best.len())
    }

    /// Fills `top` with candidates that include the best ones, exactly scored, and returns how many of them
    /// are wanted; fewer may be there.
    pub(crate) fn find(&mut self, vector: &[f32], search: Search) -> Result<usize> {
        check_k(search.k)?;
        let Self {
            store,
            map,
            query,
            top,
            ..
        } = self;
        let metric = store.metric();
        query.set(vector, metric)?;
        let k = search.k.min(map.len());
        let Some(packed) = store.packed() else {
            top.start(k)?;
            scan(map, search.allow, top, |rows| exact(store, query, rows));
            return Ok(k);
        };
        let rescore = if search.rescore == 0 {
            DEFAULT_RESCORE.max(4 * search.k)
        } else {
            search.rescore
        };
        top.start(rescore.max(search.k).min(map.len()))?;
        query.quantize();
        scan(map, search.allow, top, |rows| coarse(packed, metric, query, rows));
        self.rescore()?;
        Ok(k)
    }

    /// Scores again, exactly, what the quantised search kept.
    pub(crate) fn rescore(&mut self) -> Result<()> {
        let kept = self.top.kept_mut();
        self.scores.try_resize(kept.len())?;
        exact_of(
            &self.store,
            &self.query,
            kept.iter().map(|candidate| candidate.row as usize),
            &mut self.scores,
        );
        for (candidate, &score) in kept.iter_mut().zip(self.scores.iter()) {
            candidate.score = if score.is_nan() { f32::NEG_INFINITY } else { score };
        }
        Ok(())
    }

    /// Appends the exact score of each ordinal's row.
    ///
    /// # Errors
    /// `not_finite`, `zero_vector`, `ordinal_missing`, `out_of_memory`.
    pub fn score(&mut self, query: &[f32], ordinals: &[u32], output: &mut Output) -> Result<usize> {
        self.query.set(query, self.store.metric())?;
        self.map.require(ordinals)?;
        self.scores.try_resize(ordinals.len())?;
        let rows = ordinals.iter().filter_map(|&ordinal| self.map.row(ordinal));
        exact_of(&self.store, &self.query, rows, &mut self.scores);
        output.put(&self.scores)?;
        Ok(ordinals.len())
    }

    /// Appends the exact scores of rows against rows, row by row. Both halves hold the same numbers.
    ///
    /// # Errors
    /// `ordinal_missing`, `out_of_memory`.
    pub fn pairwise(&mut self, ordinals: &[u32], output: &mut Output) -> Result<usize> {
        self.map.require(ordinals)?;
        let count = ordinals.len();
        let cells = count.checked_mul(count).ok_or(Status::OutOfMemory)?;
        self.scores.try_resize(cells)?;
        for (at, &ordinal) in ordinals.iter().enumerate() {
            let row = self.map.row(ordinal).ok_or(Status::Internal)?;
            query_from_row(&self.store, &mut self.query, row)?;
            let others = ordinals[at..].iter().filter_map(|&other| self.map.row(other));
            let line = &mut self.scores[at * count + at..][..count - at];
            exact_of(&self.store, &self.query, others, line);
            for other in at + 1..count {
                self.scores[other * count + at] = self.scores[at * count + other];
            }
        }
        output.put(&self.scores)?;
        self.scores = AlignedVec::new();
        Ok(count)
    }
}

pub(crate) fn check_k(k: usize) -> Result<()> {
    if (1..=MAX_K as usize).contains(&k) {
        Ok(())
    } else {
        Err(Status::BadArgument)
    }
}

/// The levels, as bytes, and the scale of a packed row.
fn split_packed(row: &[u8]) -> Result<(&[u8], f32)> {
    let (levels, scale) = row.split_last_chunk().ok_or(Status::Internal)?;
    Ok((levels, f32::from_le_bytes(*scale)))
}

/// Asserts that levels and scale make a row.
///
/// # Errors
/// `not_finite`, `zero_vector`, `bad_argument` (a negative scale).
pub(crate) fn check_packed(levels: &[u8], scale: f32) -> Result<()> {
    if !scale.is_finite() {
        Err(Status::NotFinite)
    } else if scale == 0.0 || levels.iter().all(|&level| level == 0) {
        Err(Status::ZeroVector)
    } else if scale < 0.0 {
        Err(Status::BadArgument)
    } else {
        Ok(())
    }
}
