//! Saved graphs: a sealed envelope (`PHNW`, version, ..., checksum) around u32 rows, m, ef_construction, seed, entry,
//! loose; the u64 XXH64 of the rows it belongs to; u32 loose rows; u8 levels; and per row with a level, per layer from
//! the ground up, a u8 length and so many u32 rows.

use super::links::{LOOSE, NONE, TOP};
use super::{Hnsw, Shape};
use abi::serial::unseal;
use abi::{Output, Result, Status};

const MAGIC: [u8; 4] = *b"PHNW";

impl Hnsw {
    /// Writes the graph; `identity` is that of its rows.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn save(&self, identity: u64, output: &mut Output) -> Result<usize> {
        let rows = self.links.rows();
        let mut bytes = 32 + 4 * self.loose.len() + rows;
        self.each_list(|list| {
            bytes += 1 + 4 * list.len();
            Ok(())
        })?;
        output.open_seal(MAGIC, bytes)?;
        let Shape {
            m,
            ef_construction,
            seed,
        } = self.shape;
        output.put(&[
            rows as u32,
            m,
            ef_construction,
            seed,
            self.entry,
            self.loose.len() as u32,
        ])?;
        output.put(&[identity])?;
        output.put(&self.loose)?;
        for row in 0..rows as u32 {
            output.put(&[self.links.level(row)])?;
        }
        self.each_list(|list| {
            output.put(&[list.len() as u8])?;
            output.put(list)
        })?;
        output.close_seal()?;
        Ok(rows)
    }

    fn each_list(&self, mut take: impl FnMut(&[u32]) -> Result<()>) -> Result<()> {
        for row in 0..self.links.rows() as u32 {
            for layer in 0..self.links.layers(row) {
                take(self.links.of(row, layer))?;
            }
        }
        Ok(())
    }

    /// Reads a graph of `rows` rows of that identity. Nothing in `bytes` is trusted.
    ///
    /// # Errors
    /// `bad_checksum`; `bad_format`, also for the graph of other rows; `out_of_memory`.
    pub fn load(bytes: &[u8], dim: usize, rows: usize, identity: u64) -> Result<Self> {
        let mut reader = unseal(bytes, MAGIC)?;
        if reader.u32()? as usize != rows {
            return Err(Status::BadFormat);
        }
        let shape = Shape {
            m: reader.u32()?,
            ef_construction: reader.u32()?,
            seed: reader.u32()?,
        };
        let entry = reader.u32()?;
        let loose = reader.u32()? as usize;
        if reader.u64()? != identity {
            return Err(Status::BadFormat);
        }
        let mut hnsw = Self::new(shape, dim, rows).map_err(|status| match status {
            Status::OutOfMemory => status,
            _ => Status::BadFormat,
        })?;
        hnsw.loose = reader.array(loose)?;
        hnsw.marked.clear(rows)?;
        for &row in hnsw.loose.iter() {
            if row as usize >= rows || !hnsw.marked.insert(row) {
                return Err(Status::BadFormat);
            }
        }
        for (row, &level) in reader.bytes(rows)?.iter().enumerate() {
            if level == LOOSE {
                if !hnsw.marked.has(row as u32) {
                    return Err(Status::BadFormat);
                }
            } else if level > TOP {
                return Err(Status::BadFormat);
            } else {
                hnsw.links.raise(row as u32, level)?;
            }
        }
        hnsw.entry = entry;
        // A row to start at, if any has a place at all.
        if !hnsw.is_in(entry, 0) && (entry != NONE || hnsw.highest() != NONE) {
            return Err(Status::BadFormat);
        }
        for row in 0..rows as u32 {
            for layer in 0..hnsw.links.layers(row) {
                let len = reader.bytes(1)?[0] as usize;
                if len > hnsw.links.room(layer) {
                    return Err(Status::BadFormat);
                }
                hnsw.chosen.clear();
                for _ in 0..len {
                    let to = reader.u32()?;
                    if to == row || !hnsw.is_in(to, layer) || hnsw.chosen.contains(&to) {
                        return Err(Status::BadFormat);
                    }
                    hnsw.chosen.push(to);
                }
                hnsw.links.set(row, layer, &hnsw.chosen);
            }
        }
        reader.finish()?;
        Ok(hnsw)
    }

    fn is_in(&self, row: u32, layer: u8) -> bool {
        (row as usize) < self.links.rows() && layer < self.links.layers(row)
    }
}
