//! Static embeddings: the scaled sum of the tokens' rows, normalised.
//!
//! An `.sve` file is, little endian: "SVE1", u32 vocabulary, u32 dim, u32 bits (4 or 8), u32 vocabulary bytes;
//! the vocabulary joined by line feeds; zeros to a multiple of 16; an f16 scale per token; zeros to a multiple of
//! 16; the rows, int8, or nibbles less 8 with the even dimension low. Rows stay packed in memory.

mod half;
pub mod scalar;
#[cfg(target_feature = "simd128")]
pub mod simd128;

#[cfg(not(target_feature = "simd128"))]
use scalar as imp;
#[cfg(target_feature = "simd128")]
use simd128 as imp;

use crate::vocabulary::Vocabulary;
use crate::wordpiece::tokenize;
use abi::protocol::MAX_DIM;
use abi::{AlignedVec, Output, Reader, Result, Status};

const HEADER_BYTES: usize = 20;
const ALIGN: usize = 16;

/// How a row holds its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    Nibbles,
    Bytes,
}

/// A vocabulary and a row per token.
pub struct Model {
    vocabulary: Vocabulary,
    dim: usize,
    packing: Packing,
    scales: AlignedVec<f32>,
    rows: AlignedVec<u8>,
    ids: AlignedVec<u32>,
    sum: AlignedVec<f32>,
}

/// Skips the padding that brings a file position of `at` bytes to a multiple of 16.
fn skip_padding(reader: &mut Reader<'_>, at: usize) -> Result<usize> {
    let padding = at.next_multiple_of(ALIGN) - at;
    if reader.bytes(padding)?.iter().any(|&byte| byte != 0) {
        return Err(Status::BadFormat);
    }
    Ok(at + padding)
}

impl Model {
    /// Reads an `.sve` file.
    ///
    /// # Errors
    /// `bad_format`, `out_of_memory`.
    pub fn load(file: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(file);
        if reader.bytes(4)? != b"SVE1" {
            return Err(Status::BadFormat);
        }
        let count = reader.u32()? as usize;
        let dim = reader.u32()? as usize;
        let packing = match reader.u32()? {
            4 => Packing::Nibbles,
            8 => Packing::Bytes,
            _ => return Err(Status::BadFormat),
        };
        if dim == 0 || dim > MAX_DIM as usize || packing == Packing::Nibbles && !dim.is_multiple_of(2) {
            return Err(Status::BadFormat);
        }
        let vocabulary_bytes = reader.u32()? as usize;
        let vocabulary = Vocabulary::parse(reader.bytes(vocabulary_bytes)?, count)?;
        let at = skip_padding(&mut reader, HEADER_BYTES + vocabulary_bytes)?;

        let packed_scales = reader.bytes(count.checked_mul(2).ok_or(Status::BadFormat)?)?;
        let mut scales = AlignedVec::zeroed(count)?;
        for (scale, bytes) in scales.iter_mut().zip(packed_scales.as_chunks::<2>().0) {
            *scale = half::to_f32(u16::from_le_bytes(*bytes));
            if !scale.is_finite() {
                return Err(Status::BadFormat);
            }
        }
        skip_padding(&mut reader, at + packed_scales.len())?;

        let row_bytes = if packing == Packing::Nibbles { dim / 2 } else { dim };
        let rows = reader.array(count.checked_mul(row_bytes).ok_or(Status::BadFormat)?)?;
        reader.finish()?;
        let (ids, sum) = (AlignedVec::new(), AlignedVec::zeroed(dim)?);
        Ok(Self {
            vocabulary,
            dim,
            packing,
            scales,
            rows,
            ids,
            sum,
        })
    }

    /// Numbers in an embedding.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Number of known pieces.
    pub fn vocabulary_len(&self) -> usize {
        self.vocabulary.len()
    }

    /// The token ids of a text, valid until the next call.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn tokenize(&mut self, text: &str) -> Result<&[u32]> {
        self.ids.clear();
        tokenize(&self.vocabulary, text, &mut self.ids)?;
        Ok(&self.ids)
    }

    /// The unit vector of a text, valid until the next call; zeros for a text without known tokens.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn embed(&mut self, text: &str) -> Result<&[f32]> {
        self.tokenize(text)?;
        self.sum.fill(0.0);
        match self.packing {
            Packing::Nibbles => imp::add_nibble_rows(&mut self.sum, &self.rows, &self.scales, &self.ids),
            Packing::Bytes => imp::add_byte_rows(&mut self.sum, &self.rows, &self.scales, &self.ids),
        }
        normalise(&mut self.sum);
        Ok(&self.sum)
    }

    /// Appends the embeddings of texts to `output`.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn embed_into(&mut self, texts: &[&str], output: &mut Output) -> Result<()> {
        let bytes = self.dim.checked_mul(4 * texts.len()).ok_or(Status::OutOfMemory)?;
        output.reserve(bytes)?;
        for text in texts {
            output.put(self.embed(text)?)?;
        }
        Ok(())
    }
}

/// Scales a vector to length 1, or leaves it at zero.
fn normalise(vector: &mut [f32]) {
    // f64, so that neither tiny nor huge scales lose the square.
    let square: f64 = vector.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
    if square > 0.0 {
        let factor = 1.0 / square.sqrt();
        vector
            .iter_mut()
            .for_each(|x| *x = (f64::from(*x) * factor) as f32);
    }
}

#[cfg(test)]
mod tests;
