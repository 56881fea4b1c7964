//! Edges on their way into the rows: four words each, sorted by a least-significant-digit radix sort.

use abi::{Result, Status};

/// Source, predicate, target, and the bits of the weight.
pub type Record = [u32; 4];

/// Field of a record.
pub const SOURCE: usize = 0;
/// Field of a record.
pub const PREDICATE: usize = 1;
/// Field of a record.
pub const TARGET: usize = 2;
/// Field of a record.
pub const WEIGHT: usize = 3;

/// A histogram of so many bits fits the first cache, with room for the lines being written.
const DIGIT_BITS: u32 = 11;

fn same_edge(one: &Record, other: &Record) -> bool {
    one[SOURCE] == other[SOURCE] && one[TARGET] == other[TARGET] && one[PREDICATE] == other[PREDICATE]
}

/// Records, and as much room to sort them by way of.
#[derive(Default)]
pub struct Records {
    records: Vec<Record>,
    spare: Vec<Record>,
}

impl Records {
    /// Room for `count` records, and none yet.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn with_room(count: usize) -> Result<Self> {
        let mut records = Self::default();
        records.records.try_reserve_exact(count)?;
        records.spare.try_reserve_exact(count)?;
        Ok(records)
    }

    /// Appends a record, for which there is room.
    ///
    /// # Errors
    /// `internal`: there is none.
    pub fn push(&mut self, record: Record) -> Result<()> {
        if self.records.len() == self.records.capacity() {
            return Err(Status::Internal);
        }
        self.records.push(record);
        Ok(())
    }

    /// The records, in the order they have now.
    pub fn as_slice(&self) -> &[Record] {
        &self.records
    }

    /// Sorts by one field, keeping the order among equals.
    pub fn sort_by(&mut self, field: usize) {
        if self.records.is_sorted_by_key(|record| record[field]) {
            return;
        }
        self.spare.resize(self.records.len(), [0; 4]);
        let largest = self.records.iter().fold(0, |bits, record| bits | record[field]);
        let bits = 32 - largest.leading_zeros();
        let passes = bits.div_ceil(DIGIT_BITS);
        let width = bits.div_ceil(passes);
        for pass in 0..passes {
            self.pass(field, pass * width, width);
        }
    }

    fn pass(&mut self, field: usize, shift: u32, width: u32) {
        let digit = |record: &Record| (record[field] >> shift & ((1 << width) - 1)) as usize;
        let mut places = [0u32; 1 << DIGIT_BITS];
        for record in &self.records {
            places[digit(record)] += 1;
        }
        let mut start = 0;
        for place in &mut places {
            start += core::mem::replace(place, start);
        }
        for record in &self.records {
            let place = &mut places[digit(record)];
            self.spare[*place as usize] = *record;
            *place += 1;
        }
        core::mem::swap(&mut self.records, &mut self.spare);
    }

    /// Whether neighbours name one edge.
    pub fn has_twice(&self) -> bool {
        self.records
            .windows(2)
            .any(|pair| pair[0][..WEIGHT] == pair[1][..WEIGHT])
    }

    /// Of neighbours that name one edge keeps the last.
    pub fn keep_last(&mut self) {
        if !self.has_twice() {
            return;
        }
        let mut kept = 0;
        for at in 0..self.records.len() {
            let record = self.records[at];
            kept -= usize::from(kept > 0 && same_edge(&self.records[kept - 1], &record));
            self.records[kept] = record;
            kept += 1;
        }
        self.records.truncate(kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(all: &[Record]) -> Records {
        let mut records = Records::with_room(all.len()).unwrap();
        for record in all {
            records.push(*record).unwrap();
        }
        records
    }

    #[test]
    fn sorts_by_every_digit_and_keeps_the_order_of_equals() {
        let mut seed = 1u32;
        let all: Vec<Record> = (0..5000)
            .map(|at| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                [seed >> (at % 29), at, seed >> 27, 0]
            })
            .collect();
        for field in [SOURCE, TARGET] {
            let mut expected = all.clone();
            expected.sort_by_key(|record| record[field]);
            let mut sorted = records(&all);
            sorted.sort_by(field);
            assert_eq!(sorted.as_slice(), expected);
        }
    }

    #[test]
    fn of_one_edge_the_last_record_stays() {
        let mut some = records(&[
            [1, 1, 1, 5],
            [1, 1, 1, 6],
            [1, 1, 2, 7],
            [1, 1, 2, 8],
            [1, 1, 2, 9],
        ]);
        some.keep_last();
        assert_eq!(some.as_slice(), [[1, 1, 1, 6], [1, 1, 2, 9]]);
        assert_eq!(some.push([0; 4]), Ok(()));
        let mut full = Records::default();
        assert_eq!(full.push([0; 4]), Err(Status::Internal));
    }
}
