//! A dense plane of rows, each padded with zeros to whole 16-byte registers.

use abi::aligned::Plain;
use abi::{AlignedVec, Output, Result, Status};

/// Rows of `dim` numbers, `stride` apart; the numbers between are zero.
pub struct Plane<T: Plain> {
    data: AlignedVec<T>,
    dim: usize,
    stride: usize,
}

impl<T: Plain> Plane<T> {
    /// No rows yet.
    pub fn new(dim: usize) -> Self {
        Self {
            data: AlignedVec::new(),
            dim,
            stride: dim.next_multiple_of(16 / size_of::<T>()),
        }
    }

    /// Makes room for `rows` more rows.
    pub fn reserve(&mut self, rows: usize) -> Result<()> {
        self.data
            .try_reserve(rows.checked_mul(self.stride).ok_or(Status::OutOfMemory)?)
    }

    /// Sets the number of rows; new ones are zero.
    pub fn resize(&mut self, rows: usize) -> Result<()> {
        self.data
            .try_resize(rows.checked_mul(self.stride).ok_or(Status::OutOfMemory)?)
    }

    /// Keeps the first `rows` rows.
    pub fn truncate(&mut self, rows: usize) {
        self.data.truncate(rows * self.stride);
    }

    /// All rows with their padding.
    pub fn all(&self) -> &[T] {
        &self.data
    }

    /// The numbers from one row to the next.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// A row with its padding.
    pub fn padded(&self, row: usize) -> &[T] {
        &self.data[row * self.stride..][..self.stride]
    }

    /// A row.
    pub fn row(&self, row: usize) -> &[T] {
        &self.padded(row)[..self.dim]
    }

    /// A row, to be written.
    pub fn row_mut(&mut self, row: usize) -> &mut [T] {
        &mut self.data[row * self.stride..][..self.dim]
    }

    /// Overwrites a row by another.
    pub fn copy_row(&mut self, from: usize, to: usize) {
        let from = from * self.stride;
        self.data.copy_within(from..from + self.stride, to * self.stride);
    }

    /// Appends all rows without padding.
    pub fn write_dense(&self, output: &mut Output) -> Result<()> {
        if self.stride == self.dim {
            return output.put(&self.data);
        }
        self.data
            .chunks_exact(self.stride)
            .try_for_each(|row| output.put(&row[..self.dim]))
    }
}
