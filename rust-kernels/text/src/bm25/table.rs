//! Terms by hash: an open-addressing table of ids into an array of postings. Linear probing, and deletion that
//! shifts back what follows (Knuth, TAOCP 6.4, algorithm R), so no tombstones pile up.

use super::postings::{Posting, Postings};
use abi::{Result, Status};

const EMPTY: u32 = u32::MAX;
const NO_TERM: u32 = u32::MAX;
const FIRST_SLOTS: usize = 64;

/// A term, or a hole in the array that names the next one.
enum Entry {
    Term(u64, Postings),
    Hole(u32),
}

/// Postings by the hash of their term. Ids are stable while a term lives, and reused after.
pub struct TermTable {
    slots: Vec<u32>,
    entries: Vec<Entry>,
    first_hole: u32,
    len: usize,
}

impl TermTable {
    /// No terms; allocates nothing.
    pub const fn new() -> Self {
        Self {
            slots: Vec::new(),
            entries: Vec::new(),
            first_hole: NO_TERM,
            len: 0,
        }
    }

    /// Number of terms.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The slot of a term, or the empty one where it belongs. There must be an empty slot.
    fn slot_of(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at] != EMPTY && self.hash_of(self.slots[at]) != hash {
            at = (at + 1) & mask;
        }
        at
    }

    fn hash_of(&self, id: u32) -> u64 {
        match self.entries[id as usize] {
            Entry::Term(hash, _) => hash,
            Entry::Hole(_) => 0,
        }
    }

    /// The postings of a term, if it has any.
    pub fn find(&self, hash: u64) -> Option<&Postings> {
        if self.len == 0 {
            return None;
        }
        let id = self.slots[self.slot_of(hash)];
        match self.entries.get(id as usize) {
            Some(Entry::Term(_, postings)) => Some(postings),
            _ => None,
        }
    }

    /// Adds a posting to a term, which may be new; the term's id.
    ///
    /// # Errors
    /// `out_of_memory`; nothing is changed then.
    pub fn insert(&mut self, hash: u64, posting: Posting) -> Result<u32> {
        if self.len > 0 {
            let id = self.slots[self.slot_of(hash)];
            if let Some(Entry::Term(_, postings)) = self.entries.get_mut(id as usize) {
                postings.insert(posting)?;
                return Ok(id);
            }
        }
        self.insert_term(hash, Postings::One(posting))
    }

    /// Adds a term that the table does not have; its id.
    ///
    /// # Errors
    /// `out_of_memory`; nothing is changed then.
    pub fn insert_term(&mut self, hash: u64, postings: Postings) -> Result<u32> {
        self.reserve(1)?;
        let id = self.place(Entry::Term(hash, postings))?;
        let slot = self.slot_of(hash);
        self.slots[slot] = id;
        self.len += 1;
        Ok(id)
    }

    /// Makes room in the slots for more terms, of which they are three quarters full at most.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn reserve(&mut self, more: usize) -> Result<()> {
        let terms = self.len.checked_add(more).ok_or(Status::OutOfMemory)?;
        let needed = terms.checked_mul(4).ok_or(Status::OutOfMemory)? / 3 + 1;
        if needed <= self.slots.len() {
            return Ok(());
        }
        let wanted = needed
            .checked_next_power_of_two()
            .ok_or(Status::OutOfMemory)?
            .max(FIRST_SLOTS);
        let mut slots = Vec::new();
        slots.try_reserve_exact(wanted)?;
        slots.resize(wanted, EMPTY);
        self.slots = slots;
        for id in 0..self.entries.len() as u32 {
            if let Entry::Term(hash, _) = self.entries[id as usize] {
                let slot = self.slot_of(hash);
                self.slots[slot] = id;
            }
        }
        Ok(())
    }

    /// Puts a new entry into a hole, or behind the others.
    fn place(&mut self, entry: Entry) -> Result<u32> {
        if let Some(hole) = self.entries.get_mut(self.first_hole as usize) {
            let id = self.first_hole;
            if let Entry::Hole(next) = *hole {
                self.first_hole = next;
            }
            *hole = entry;
            return Ok(id);
        }
        let id = u32::try_from(self.entries.len())
            .ok()
            .filter(|&id| id != EMPTY)
            .ok_or(Status::OutOfMemory)?;
        self.entries.try_reserve(1)?;
        self.entries.push(entry);
        Ok(id)
    }

    /// Takes a document out of a term, and the term out of the table if that was its last.
    pub fn remove(&mut self, id: u32, ordinal: u32) {
        if let Some(Entry::Term(hash, postings)) = self.entries.get_mut(id as usize) {
            if postings.remove(ordinal) {
                let hash = *hash;
                self.delete(hash, id);
            }
        }
    }

    fn delete(&mut self, hash: u64, id: u32) {
        let mask = self.slots.len() - 1;
        let mut gap = self.slot_of(hash);
        let mut at = gap;
        loop {
            at = (at + 1) & mask;
            if self.slots[at] == EMPTY {
                break;
            }
            // An entry may move back to the gap unless its home lies cyclically within (gap, at].
            let home = self.hash_of(self.slots[at]) as usize & mask;
            if (at.wrapping_sub(home) & mask) >= (at.wrapping_sub(gap) & mask) {
                self.slots[gap] = self.slots[at];
                gap = at;
            }
        }
        self.slots[gap] = EMPTY;
        self.entries[id as usize] = Entry::Hole(self.first_hole);
        self.first_hole = id;
        self.len -= 1;
    }

    /// All terms, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Postings)> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Term(hash, postings) => Some((*hash, postings)),
            Entry::Hole(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use std::collections::BTreeMap;

    #[test]
    fn agrees_with_a_map_under_random_changes() {
        let mut random = Random::new(3);
        let mut table = TermTable::new();
        let mut model: BTreeMap<u64, (u32, BTreeMap<u32, u32>)> = BTreeMap::new();
        for round in 0..30_000 {
            // Homes close together, so that probe sequences meet and wrap around; growth and shrinkage take turns.
            let hash = (random.below(3) as u64) << 32 | (40 + random.below(48)) as u64;
            let ordinal = random.below(2) as u32;
            let held = model
                .get(&hash)
                .and_then(|(id, postings)| postings.get(&ordinal).map(|_| *id));
            if random.below(10) < if round / 5_000 % 2 == 0 { 7 } else { 3 } {
                if held.is_none() {
                    let posting = Posting {
                        ordinal,
                        tf: round as f32,
                    };
                    let id = table.insert(hash, posting).unwrap();
                    model
                        .entry(hash)
                        .or_insert((id, BTreeMap::new()))
                        .1
                        .insert(ordinal, round);
                }
            } else if let Some(id) = held {
                table.remove(id, ordinal);
                let postings = &mut model.get_mut(&hash).unwrap().1;
                postings.remove(&ordinal);
                if postings.is_empty() {
                    model.remove(&hash);
                }
            }
            let found = table.find(hash).map(|postings| postings.as_slice().to_vec());
            let expected = model.get(&hash).map(|(_, postings)| {
                postings
                    .iter()
                    .map(|(&ordinal, &tf)| Posting {
                        ordinal,
                        tf: tf as f32,
                    })
                    .collect::<Vec<_>>()
            });
            assert_eq!(found, expected);
            assert_eq!(table.len(), model.len());
        }
        let mut hashes: Vec<u64> = table.iter().map(|(hash, _)| hash).collect();
        hashes.sort_unstable();
        assert!(hashes.into_iter().eq(model.into_keys()));
    }
}
