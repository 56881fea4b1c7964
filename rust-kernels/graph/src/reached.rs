//! What a search has reached: entries in the order reached, found by node.
//!
//! A node's slot counts only with the number of the search beside it, so a new search begins by counting on.

use abi::{AlignedVec, Result};

/// Which nodes a search has reached, and the slot of each one's entry.
pub struct Marks {
    /// By node: number of the search that reached it last, slot.
    slots: AlignedVec<u64>,
    search: u32,
}

impl Default for Marks {
    /// No node is reached: what is not marked has number 0.
    fn default() -> Self {
        Self {
            slots: AlignedVec::default(),
            search: 1,
        }
    }
}

impl Marks {
    /// Begins a search among the nodes below `bound`, none of which is reached.
    ///
    /// # Errors
    /// `out_of_memory`.
    #[inline(never)]
    pub fn begin(&mut self, bound: usize) -> Result<()> {
        self.cover(bound)?;
        self.search = self.search.wrapping_add(1);
        if self.search == 0 {
            self.slots.fill(0);
            self.search = 1;
        }
        Ok(())
    }

    /// Lets the nodes below `bound` be asked for, in the search that is under way.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn cover(&mut self, bound: usize) -> Result<()> {
        if self.slots.len() < bound {
            self.slots.try_resize(bound)?;
        }
        Ok(())
    }

    /// The slot of a node.
    #[inline(always)]
    pub fn slot(&self, node: u32) -> Option<usize> {
        let mark = self.slots[node as usize];
        ((mark >> 32) as u32 == self.search).then_some(mark as u32 as usize)
    }

    /// Gives a node a slot.
    #[inline(always)]
    pub fn set(&mut self, node: u32, slot: usize) {
        self.slots[node as usize] = u64::from(self.search) << 32 | slot as u64;
    }
}

/// Entries of one search.
pub struct Reached<E> {
    marks: Marks,
    entries: Vec<E>,
}

impl<E> Default for Reached<E> {
    fn default() -> Self {
        Self {
            marks: Marks::default(),
            entries: Vec::new(),
        }
    }
}

impl<E> Reached<E> {
    /// See [`Marks::begin`].
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn begin(&mut self, bound: usize) -> Result<()> {
        self.entries.clear();
        self.marks.begin(bound)
    }

    /// See [`Marks::slot`].
    #[inline(always)]
    pub fn slot(&self, node: u32) -> Option<usize> {
        self.marks.slot(node)
    }

    /// Appends the entry of a node that has none; its slot.
    ///
    /// # Errors
    /// `out_of_memory`.
    #[inline(always)]
    pub fn insert(&mut self, node: u32, entry: E) -> Result<usize> {
        let slot = self.entries.len();
        if slot == self.entries.capacity() {
            self.entries.try_reserve(1)?;
        }
        self.entries.push(entry);
        self.marks.set(node, slot);
        Ok(slot)
    }

    /// How many nodes have an entry.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing has been reached.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries, by slot.
    #[inline(always)]
    pub fn entries(&self) -> &[E] {
        &self.entries
    }

    /// The entries, to be changed.
    #[inline(always)]
    pub fn entries_mut(&mut self) -> &mut [E] {
        &mut self.entries
    }
}

/// How a search came to a node.
#[derive(Clone, Copy)]
pub struct Arrival {
    /// Hops or costs from where the search began.
    pub cost: f64,
    /// The node.
    pub node: u32,
    /// The slot it was reached from; its own where the search began.
    pub parent: u32,
    /// The edge word of the step between the two.
    pub edge: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_sees_nothing_of_the_one_before() {
        let mut reached = Reached::default();
        reached.begin(3).unwrap();
        assert_eq!(reached.insert(2, 'a'), Ok(0));
        assert_eq!((reached.slot(2), reached.slot(0)), (Some(0), None));
        reached.begin(5).unwrap();
        assert!((0..5).all(|node| reached.slot(node).is_none()) && reached.is_empty());
    }

    #[test]
    fn the_number_of_the_search_wraps() {
        let mut reached = Reached::default();
        reached.begin(2).unwrap();
        reached.insert(1, ()).unwrap();
        reached.marks.search = u32::MAX;
        reached.insert(0, ()).unwrap();
        reached.begin(2).unwrap();
        assert_eq!((reached.slot(0), reached.slot(1)), (None, None));
        reached.insert(0, ()).unwrap();
        assert_eq!((reached.slot(0), reached.slot(1)), (Some(0), None));
    }
}
