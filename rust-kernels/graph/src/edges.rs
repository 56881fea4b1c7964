//! The edges, by source and by target, changed by whole batches.

use crate::records::{Records, PREDICATE, SOURCE, TARGET};
use crate::rows::Rows;
use abi::{Result, Status};

/// Nodes and predicates lie below this, which bounds the rows to 3 GiB; they are dense, so it is never near.
pub const ID_LIMIT: u32 = 1 << 28;

/// Edges (source, predicate, target), each once, with a weight.
pub struct Edges {
    /// By source.
    pub out: Rows,
    /// By target.
    pub into: Rows,
    bound: usize,
    len: usize,
}

impl Default for Edges {
    fn default() -> Self {
        Self {
            out: Rows::new(SOURCE),
            into: Rows::new(TARGET),
            bound: 0,
            len: 0,
        }
    }
}

/// The largest of some ids, plus 1.
///
/// # Errors
/// `out_of_memory`: it is not below [`ID_LIMIT`].
pub fn bound_of(ids: &[u32]) -> Result<usize> {
    let largest = ids.iter().fold(0, |most, &id| most.max(id));
    if largest < ID_LIMIT {
        Ok(if ids.is_empty() { 0 } else { largest as usize + 1 })
    } else {
        Err(Status::OutOfMemory)
    }
}

impl Edges {
    /// Number of edges.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no edges.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// 1 + the greatest node of an edge ever added.
    pub fn bound(&self) -> usize {
        self.bound
    }

    /// Adds edges, three numbers each, or sets the weights of those there; how many are new.
    ///
    /// # Errors
    /// `not_finite`; `bad_argument`: a weight outside (0, 1]; `out_of_memory`.
    pub fn add(&mut self, edges: &[u32], weights: &[f32]) -> Result<usize> {
        if weights.iter().any(|weight| !weight.is_finite()) {
            return Err(Status::NotFinite);
        }
        if weights.iter().any(|&weight| weight <= 0.0 || weight > 1.0) {
            return Err(Status::BadArgument);
        }
        bound_of(edges)?;
        let mut records = sorted(edges, weights)?;
        records.keep_last();
        self.insert(&mut records, self.bound)
    }

    /// Adds records sorted by source, target and predicate, none twice, with ids and weights in range; how many are
    /// new. `bound` is the least that the bound will be.
    ///
    /// # Errors
    /// `out_of_memory`; nothing is changed.
    pub fn insert(&mut self, records: &mut Records, bound: usize) -> Result<usize> {
        let bound = records.as_slice().iter().fold(bound, |most, record| {
            most.max(record[SOURCE].max(record[TARGET]) as usize + 1)
        });
        let new = self.out.prepare(records.as_slice(), bound)?;
        if self.is_empty() {
            // Room for the first edges is known without sorting them, so they are sorted once less.
            self.into.reserve(records.as_slice().len(), bound)?;
            self.out.insert(records.as_slice());
            records.sort_by(TARGET);
            self.into.prepare(records.as_slice(), bound)?;
            self.into.insert(records.as_slice());
        } else {
            records.sort_by(TARGET);
            self.into.prepare(records.as_slice(), bound)?;
            self.into.insert(records.as_slice());
            records.sort_by(SOURCE);
            self.out.insert(records.as_slice());
        }
        self.bound = bound;
        self.len += new;
        self.close_gaps();
        Ok(new)
    }

    /// Removes edges, three numbers each.
    ///
    /// # Errors
    /// `ordinal_missing`: one is not there, or named twice; `out_of_memory`. Nothing is changed.
    pub fn remove(&mut self, edges: &[u32]) -> Result<()> {
        let mut records = sorted(edges, &[])?;
        if records.has_twice() || self.out.missing(records.as_slice()) > 0 {
            return Err(Status::OrdinalMissing);
        }
        self.out.remove(records.as_slice());
        self.len -= records.as_slice().len();
        records.sort_by(TARGET);
        self.into.remove(records.as_slice());
        self.close_gaps();
        Ok(())
    }

    fn close_gaps(&mut self) {
        for rows in [&mut self.out, &mut self.into] {
            if rows.is_sparse(self.len) {
                // The change has been made. Without memory for a copy the gaps stay, and the next change tries again.
                if let Ok(copy) = rows.compacted(self.len) {
                    *rows = copy;
                }
            }
        }
    }

    /// Lays the rows out without gaps.
    ///
    /// # Errors
    /// `out_of_memory`; the edges are as before.
    pub fn compact(&mut self) -> Result<()> {
        for rows in [&mut self.out, &mut self.into] {
            if !rows.is_compact(self.len) {
                *rows = rows.compacted(self.len)?;
            }
        }
        Ok(())
    }
}

/// Edges as records sorted by source, target and predicate; those of one edge stay in their order.
fn sorted(edges: &[u32], weights: &[f32]) -> Result<Records> {
    let (edges, _) = edges.as_chunks::<3>();
    let mut records = Records::with_room(edges.len())?;
    for (at, &[source, predicate, target]) in edges.iter().enumerate() {
        let weight = weights.get(at).map_or(0, |weight| weight.to_bits());
        records.push([source, predicate, target, weight])?;
    }
    for field in [PREDICATE, TARGET, SOURCE] {
        records.sort_by(field);
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compacting_closes_the_gaps_and_keeps_the_edges() {
        let mut edges = Edges::default();
        let all: Vec<[u32; 3]> = (0..600).map(|at| [at % 20, at % 3, at % 101]).collect();
        for batch in all.chunks(50) {
            edges.add(batch.as_flattened(), &vec![0.5; batch.len()]).unwrap();
        }
        assert!(!edges.out.is_compact(edges.len()) && !edges.into.is_compact(edges.len()));
        edges.compact().unwrap();
        assert!(edges.out.is_compact(edges.len()) && edges.into.is_compact(edges.len()));
        let records = sorted(all.as_flattened(), &[]).unwrap();
        assert_eq!(edges.out.missing(records.as_slice()), 0);
        assert_eq!(edges.into.missing(records.as_slice()), 0);
    }
}
