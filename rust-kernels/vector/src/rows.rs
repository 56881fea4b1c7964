//! The rows of an index in the forms its storage keeps, all kept in step.

use crate::ingest;
use crate::metric::{Metric, Storage};
use crate::plane::Plane;
use crate::quantize::{quantize_row, sum_of_squares, unit_scale};
use abi::aligned::bytes_of;
use abi::{AlignedVec, Output, Result, Status};

/// int8 rows, each with its scale and, for `l2sq`, its squared norm.
pub struct PackedRows {
    /// The levels.
    pub levels: Plane<i8>,
    /// The dequantised row is `scales[row] * levels.row(row)`.
    pub scales: AlignedVec<f32>,
    /// Squared norms of the dequantised rows; empty unless the metric is `l2sq`.
    pub norms: AlignedVec<f32>,
}

impl PackedRows {
    fn set_scale(&mut self, row: usize, scale: f32) {
        self.scales[row] = scale;
        if let Some(norm) = self.norms.get_mut(row) {
            *norm = scale * scale * sum_of_squares(self.levels.row(row)) as f32;
        }
    }
}

/// All rows of an index in the forms its storage keeps.
pub struct RowStore {
    dim: usize,
    metric: Metric,
    storage: Storage,
    exact: Option<Plane<f32>>,
    packed: Option<PackedRows>,
    /// A row on its way into an index that keeps no f32 rows.
    staging: AlignedVec<f32>,
    /// The levels of a row that does not enter the index.
    staged_levels: AlignedVec<i8>,
}

impl RowStore {
    /// No rows yet.
    pub fn new(dim: usize, metric: Metric, storage: Storage) -> Result<Self> {
        Ok(Self {
            dim,
            metric,
            storage,
            exact: storage.keeps_f32().then(|| Plane::new(dim)),
            packed: storage.keeps_i8().then(|| PackedRows {
                levels: Plane::new(dim),
                scales: AlignedVec::new(),
                norms: AlignedVec::new(),
            }),
            staging: AlignedVec::zeroed(dim)?,
            staged_levels: AlignedVec::zeroed(dim)?,
        })
    }

    /// Numbers per row.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// How rows are compared.
    pub fn metric(&self) -> Metric {
        self.metric
    }

    /// How rows are kept.
    pub fn storage(&self) -> Storage {
        self.storage
    }

    /// The f32 rows, where kept.
    pub fn exact(&self) -> Option<&Plane<f32>> {
        self.exact.as_ref()
    }

    /// The int8 rows, where kept.
    pub fn packed(&self) -> Option<&PackedRows> {
        self.packed.as_ref()
    }

    /// Makes room for `rows` more rows.
    pub fn reserve(&mut self, rows: usize) -> Result<()> {
        if let Some(exact) = &mut self.exact {
            exact.reserve(rows)?;
        }
        if let Some(packed) = &mut self.packed {
            packed.levels.reserve(rows)?;
            packed.scales.try_reserve(rows)?;
            if self.metric == Metric::L2sq {
                packed.norms.try_reserve(rows)?;
            }
        }
        Ok(())
    }

    /// Sets the number of rows; new ones are zero and must be written. Changes nothing when it fails.
    pub fn resize(&mut self, held: usize, rows: usize) -> Result<()> {
        self.reserve(rows.saturating_sub(held))?;
        if let Some(exact) = &mut self.exact {
            exact.resize(rows)?;
        }
        if let Some(packed) = &mut self.packed {
            packed.levels.resize(rows)?;
            packed.scales.try_resize(rows)?;
            if self.metric == Metric::L2sq {
                packed.norms.try_resize(rows)?;
            }
        }
        Ok(())
    }

    /// Keeps the first `rows` rows.
    pub fn truncate(&mut self, rows: usize) {
        if let Some(exact) = &mut self.exact {
            exact.truncate(rows);
        }
        if let Some(packed) = &mut self.packed {
            packed.levels.truncate(rows);
            packed.scales.truncate(rows);
            packed.norms.truncate(rows);
        }
    }

    /// Writes a checked vector.
    pub fn write(&mut self, row: usize, vector: &[f32]) {
        let target = match &mut self.exact {
            Some(exact) => exact.row_mut(row),
            None => &mut self.staging,
        };
        ingest::write(vector, self.metric, target);
        self.derive_packed(row);
    }

    /// Writes a row saved in the form [`RowStore::write`] gave it.
    pub fn restore(&mut self, row: usize, read: impl FnOnce(&mut [f32]) -> Result<()>) -> Result<()> {
        let exact = self.exact.as_mut().ok_or(Status::Internal)?;
        let target = exact.row_mut(row);
        read(target)?;
        ingest::check(target)?;
        self.derive_packed(row);
        Ok(())
    }

    /// The int8 form of a row just written.
    fn derive_packed(&mut self, row: usize) {
        if let Some(packed) = &mut self.packed {
            let vector = self.exact.as_ref().map_or(&*self.staging, |exact| exact.row(row));
            let scale = quantize_row(vector, self.metric, packed.levels.row_mut(row));
            packed.set_scale(row, scale);
        }
    }

    /// Writes checked levels; for the cosine the scale follows from them.
    pub fn write_levels(&mut self, row: usize, levels: &[u8], scale: f32) {
        if let Some(packed) = &mut self.packed {
            for (target, &byte) in packed.levels.row_mut(row).iter_mut().zip(levels) {
                *target = byte as i8;
            }
            let scale = match self.metric {
                Metric::Cosine => unit_scale(packed.levels.row(row)),
                Metric::Ip | Metric::L2sq => scale,
            };
            packed.set_scale(row, scale);
        }
    }

    /// Overwrites a row by another.
    pub fn copy_row(&mut self, from: usize, to: usize) {
        if let Some(exact) = &mut self.exact {
            exact.copy_row(from, to);
        }
        if let Some(packed) = &mut self.packed {
            packed.levels.copy_row(from, to);
            packed.scales[to] = packed.scales[from];
            if self.metric == Metric::L2sq {
                packed.norms[to] = packed.norms[from];
            }
        }
    }

    /// Appends a row as it is kept: f32, or else its levels and scale.
    pub fn write_kept(&self, row: usize, output: &mut Output) -> Result<()> {
        match (&self.exact, &self.packed) {
            (Some(exact), _) => output.put(exact.row(row)),
            (None, Some(packed)) => {
                output.put(packed.levels.row(row))?;
                output.put_f32(packed.scales[row])
            }
            (None, None) => Err(Status::Internal),
        }
    }

    /// Appends the packed form of a checked vector that does not enter the index.
    pub fn write_quantized(&mut self, vector: &[f32], output: &mut Output) -> Result<()> {
        ingest::write(vector, self.metric, &mut self.staging);
        let scale = quantize_row(&self.staging, self.metric, &mut self.staged_levels);
        output.put(bytes_of(&self.staged_levels[..]))?;
        output.put_f32(scale)
    }
}
