//! Which row holds which ordinal: two dense arrays, the inverse of each other.

use abi::{AlignedVec, Result, Status};

/// Ordinals lie below this, which bounds the map to 1 GiB; they are dense, so it is never near.
pub const ORDINAL_LIMIT: u32 = 1 << 28;

const ABSENT: u32 = u32::MAX;

/// Set in `row_of` while a batch that removes is being checked, to see an ordinal named twice.
const CLAIMED: u32 = 1 << 31;

/// The ordinals of the rows `0..len`.
#[derive(Default)]
pub struct OrdinalMap {
    ordinal_of: AlignedVec<u32>,
    row_of: AlignedVec<u32>,
}

impl OrdinalMap {
    /// An empty map.
    pub const fn new() -> Self {
        Self {
            ordinal_of: AlignedVec::new(),
            row_of: AlignedVec::new(),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.ordinal_of.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.ordinal_of.is_empty()
    }

    /// The ordinals, by row.
    pub fn by_row(&self) -> &[u32] {
        &self.ordinal_of
    }

    /// One more than the largest ordinal ever present.
    pub fn bound(&self) -> usize {
        self.row_of.len()
    }

    /// The row of an ordinal.
    pub fn row(&self, ordinal: u32) -> Option<usize> {
        self.row_of
            .get(ordinal as usize)
            .filter(|&&row| row != ABSENT)
            .map(|&row| row as usize)
    }

    /// Asserts that every ordinal has a row.
    ///
    /// # Errors
    /// `ordinal_missing`.
    pub fn require(&self, ordinals: &[u32]) -> Result<()> {
        if ordinals.iter().all(|&ordinal| self.row(ordinal).is_some()) {
            Ok(())
        } else {
            Err(Status::OrdinalMissing)
        }
    }

    /// Makes room for `rows` more rows with the next ordinals.
    pub fn reserve(&mut self, rows: usize) -> Result<()> {
        self.ordinal_of.try_reserve(rows)?;
        self.row_of.try_reserve(rows)
    }

    /// Gives the ordinals the next rows, in order, or changes nothing.
    ///
    /// # Errors
    /// `ordinal_taken`: present already, or repeated here. `out_of_memory`, also for one not below
    /// [`ORDINAL_LIMIT`].
    pub fn append(&mut self, ordinals: &[u32]) -> Result<()> {
        let Some(&largest) = ordinals.iter().max() else {
            return Ok(());
        };
        if largest >= ORDINAL_LIMIT {
            return Err(Status::OutOfMemory);
        }
        let first = self.len();
        if first + ordinals.len() >= CLAIMED as usize {
            return Err(Status::OutOfMemory);
        }
        self.ordinal_of.try_reserve(ordinals.len())?;
        let held = self.row_of.len();
        if largest as usize >= held {
            self.row_of.try_resize(largest as usize + 1)?;
            self.row_of[held..].fill(ABSENT);
        }
        for (at, &ordinal) in ordinals.iter().enumerate() {
            let row = &mut self.row_of[ordinal as usize];
            if *row != ABSENT {
                for &earlier in &ordinals[..at] {
                    self.row_of[earlier as usize] = ABSENT;
                }
                return Err(Status::OrdinalTaken);
            }
            *row = (first + at) as u32;
        }
        self.ordinal_of.try_extend(ordinals)
    }

    /// Asserts that the ordinals can be removed one after the other: each present, none twice.
    ///
    /// # Errors
    /// `ordinal_missing`.
    pub fn check_removal(&mut self, ordinals: &[u32]) -> Result<()> {
        let mut claimed = 0;
        for &ordinal in ordinals {
            match self.row_of.get_mut(ordinal as usize) {
                Some(row) if *row & CLAIMED == 0 => *row |= CLAIMED,
                _ => break,
            }
            claimed += 1;
        }
        for &ordinal in &ordinals[..claimed] {
            self.row_of[ordinal as usize] &= !CLAIMED;
        }
        if claimed == ordinals.len() {
            Ok(())
        } else {
            Err(Status::OrdinalMissing)
        }
    }

    /// Removes a row that is present; the last row takes its place. Returns the row to be overwritten by the
    /// last one.
    pub fn swap_remove(&mut self, ordinal: u32) -> Option<usize> {
        let row = self.row(ordinal)?;
        let last = self.len() - 1;
        let moved = self.ordinal_of[last];
        self.ordinal_of[row] = moved;
        self.row_of[moved as usize] = row as u32;
        self.row_of[ordinal as usize] = ABSENT;
        self.ordinal_of.truncate(last);
        Some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_batch_changes_nothing() {
        let mut map = OrdinalMap::new();
        map.append(&[4, 0]).unwrap();
        assert_eq!(map.append(&[1, 2, 4]), Err(Status::OrdinalTaken));
        assert_eq!(map.append(&[1, 2, 1]), Err(Status::OrdinalTaken));
        assert_eq!(map.append(&[1, ORDINAL_LIMIT]), Err(Status::OutOfMemory));
        assert_eq!(map.check_removal(&[4, 4]), Err(Status::OrdinalMissing));
        assert_eq!(map.check_removal(&[0, 3]), Err(Status::OrdinalMissing));
        assert_eq!(map.check_removal(&[0, 99]), Err(Status::OrdinalMissing));
        assert_eq!(
            (map.by_row(), map.row(4), map.row(0)),
            (&[4, 0][..], Some(0), Some(1))
        );
        assert!([1, 2, 3, 99].iter().all(|&ordinal| map.row(ordinal).is_none()));
    }

    #[test]
    fn the_last_row_fills_the_gap() {
        let mut map = OrdinalMap::new();
        map.append(&[7, 8, 9]).unwrap();
        assert_eq!(map.swap_remove(7), Some(0));
        assert_eq!(
            (map.by_row(), map.row(9), map.row(7)),
            (&[9, 8][..], Some(0), None)
        );
        assert_eq!(map.swap_remove(8), Some(1));
        assert_eq!(map.swap_remove(9), Some(0));
        assert!(map.is_empty());
    }
}
