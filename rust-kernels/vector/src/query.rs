//! A query in the forms a scan needs, prepared once and reused by the next query.

use crate::ingest;
use crate::metric::Metric;
use crate::quantize::quantize_query;
use crate::rows::PackedRows;
use abi::{AlignedVec, Result, Status};

/// Components to which queries are padded with zeros: whole registers of int8.
const PAD: usize = 16;

/// A query, flushed and for the cosine a unit vector.
pub struct Query {
    dim: usize,
    exact: AlignedVec<f32>,
    levels: AlignedVec<i16>,
    scale: f32,
}

impl Query {
    /// Room for a query of `dim` components.
    pub fn new(dim: usize) -> Result<Self> {
        let padded = dim.next_multiple_of(PAD);
        Ok(Self {
            dim,
            exact: AlignedVec::zeroed(padded)?,
            levels: AlignedVec::zeroed(padded)?,
            scale: 1.0,
        })
    }

    /// Takes a vector from outside.
    ///
    /// # Errors
    /// `bad_dimension`, `not_finite`, `zero_vector`.
    pub fn set(&mut self, vector: &[f32], metric: Metric) -> Result<()> {
        if vector.len() != self.dim {
            return Err(Status::BadDimension);
        }
        ingest::check(vector)?;
        ingest::write(vector, metric, &mut self.exact);
        Ok(())
    }

    /// The f32 components, to be overwritten by those of a row.
    pub fn components_mut(&mut self) -> &mut [f32] {
        &mut self.exact[..self.dim]
    }

    /// Makes the quantised form of what was set.
    pub fn quantize(&mut self) {
        self.scale = quantize_query(&self.exact[..self.dim], &mut self.levels);
    }

    /// Makes a packed row the quantised query; the f32 components are left alone.
    pub fn set_row(&mut self, rows: &PackedRows, row: usize) {
        self.scale = rows.scales[row];
        arithmetic::widen(rows.levels.padded(row), &mut self.levels);
    }

    /// The first `len` components, zeros past `dim`.
    pub fn padded(&self, len: usize) -> &[f32] {
        &self.exact[..len]
    }

    /// The first `len` quantised components.
    pub fn levels(&self, len: usize) -> &[i16] {
        &self.levels[..len]
    }

    /// The quantised query is `scale * levels`.
    pub fn scale(&self) -> f32 {
        self.scale
    }
}
