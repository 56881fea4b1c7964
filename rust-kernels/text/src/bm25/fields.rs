//! The terms of a document's fields, merged: how often each occurs in which field.

use super::MAX_FIELDS;

/// Merges the sorted hashes of the fields.
pub struct FieldMerge<'a> {
    hashes: &'a [u64],
    /// Where each field's hashes end.
    ends: &'a [usize],
    /// Where each field's hashes that were not given yet begin.
    heads: [usize; MAX_FIELDS],
    counts: [u32; MAX_FIELDS],
}

impl<'a> FieldMerge<'a> {
    /// The hashes of the fields one behind the other, each field's ascending, and where each field ends.
    pub fn new(hashes: &'a [u64], ends: &'a [usize]) -> Self {
        let mut heads = [0; MAX_FIELDS];
        if let [before @ .., _] = ends {
            heads[1..ends.len()].copy_from_slice(before);
        }
        Self {
            hashes,
            ends,
            heads,
            counts: [0; MAX_FIELDS],
        }
    }

    /// The next hash, ascending, and its occurrences by field.
    pub fn next(&mut self) -> Option<(u64, &[u32])> {
        let heads = self.heads.iter().zip(self.ends).filter(|(head, end)| head < end);
        let hash = heads.map(|(&head, _)| self.hashes[head]).min()?;
        for (field, &end) in self.ends.iter().enumerate() {
            let rest = &self.hashes[self.heads[field]..end];
            let run = rest.iter().take_while(|&&held| held == hash).count();
            self.heads[field] += run;
            self.counts[field] = run as u32;
        }
        Some((hash, &self.counts[..self.ends.len()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_field() {
        let hashes = [2, 2, 5, 1, 2, 9, 9];
        let mut merge = FieldMerge::new(&hashes, &[3, 3, 5, 7]);
        assert_eq!(merge.next(), Some((1, &[0, 0, 1, 0][..])));
        assert_eq!(merge.next(), Some((2, &[2, 0, 1, 0][..])));
        assert_eq!(merge.next(), Some((5, &[1, 0, 0, 0][..])));
        assert_eq!(merge.next(), Some((9, &[0, 0, 0, 2][..])));
        assert_eq!(merge.next(), None);
        assert_eq!(FieldMerge::new(&[], &[0]).next(), None);
    }
}
