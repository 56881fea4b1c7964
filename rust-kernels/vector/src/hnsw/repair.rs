//! Taking rows out, and mending what they leave.

use super::beam::Space;
use super::links::{LOOSE, NONE};
use super::Hnsw;
use abi::{order, AlignedVec, Result};

impl Hnsw {
    /// Takes rows out of the graph; they are not in `loose` afterwards, and no row links to them. Whoever did, chooses
    /// anew among its neighbours and theirs.
    ///
    /// # Errors
    /// `out_of_memory`: nothing is changed.
    pub fn unlink(&mut self, space: Space, gone: &[u32]) -> Result<()> {
        let rows = self.links.rows();
        self.marked.clear(rows)?;
        // Every row that loses its last link may become loose.
        self.loose.try_reserve(rows - self.loose.len())?;
        let mut orphans = AlignedVec::new();
        let most = gone.len().saturating_mul(self.links.room(0)).min(rows);
        orphans.try_reserve(most + self.links.room(0))?;
        for &row in gone {
            self.marked.insert(row);
        }
        for row in 0..rows as u32 {
            if !self.marked.has(row) {
                for layer in 0..self.links.layers(row) {
                    self.mend(space, row, layer)?;
                }
            }
        }
        for &row in gone {
            if self.links.level(row) == LOOSE {
                continue;
            }
            let from = orphans.len();
            orphans.try_extend(self.links.of(row, 0))?;
            self.links.lower(row);
            // Kept are those that this was the last to link to.
            let mut kept = from;
            for at in from..orphans.len() {
                let to = orphans[at];
                if self.links.linked(to) == 0 && !self.marked.has(to) {
                    orphans[kept] = to;
                    kept += 1;
                }
            }
            orphans.truncate(kept);
        }
        let mut kept = 0;
        for at in 0..self.loose.len() {
            let row = self.loose[at];
            if !self.marked.has(row) {
                self.loose[kept] = row;
                kept += 1;
            }
        }
        self.loose.truncate(kept);
        if self.entry != NONE && self.marked.has(self.entry) {
            self.entry = self.highest();
        }
        for &orphan in orphans.iter() {
            self.adopt(space, orphan)?;
        }
        Ok(())
    }

    /// Replaces the links of a row to marked ones; where nothing is left to link to, it is loose.
    fn mend(&mut self, space: Space, row: u32, layer: u8) -> Result<()> {
        if !self.links.of(row, layer).iter().any(|&to| self.marked.has(to)) {
            return Ok(());
        }
        self.gathered.clear();
        for &to in self.links.of(row, layer) {
            if !self.marked.has(to) {
                self.gathered.push(to);
                continue;
            }
            for &beyond in self.links.of(to, layer) {
                if !self.marked.has(beyond) && beyond != row {
                    self.gathered.push(beyond);
                }
            }
        }
        order::sort(&mut self.gathered, |a, b| a < b);
        self.gathered.dedup();
        self.relink(space, row, layer)?;
        if layer == 0 && self.chosen.is_empty() && !self.loose.contains(&row) {
            self.loose.try_extend(&[row])?;
        }
        Ok(())
    }

    /// Finds a row that links to one to which none does; without one it is loose.
    fn adopt(&mut self, space: Space, orphan: u32) -> Result<()> {
        for at in 0..self.links.of(orphan, 0).len() {
            if self.links.linked(orphan) > 0 {
                return Ok(());
            }
            let neighbour = self.links.of(orphan, 0)[at];
            self.connect(space, neighbour, orphan, 0)?;
        }
        if self.links.linked(orphan) == 0 && orphan != self.entry && !self.loose.contains(&orphan) {
            self.loose.try_extend(&[orphan])?;
        }
        Ok(())
    }

    /// Makes the rows that were just taken out loose, to be linked anew.
    ///
    /// # Errors
    /// None: their room is there since they came.
    pub fn loosen(&mut self, rows: &[u32]) -> Result<()> {
        for &row in rows {
            if self.marked.remove(row) {
                self.loose.try_extend(&[row])?;
            }
        }
        Ok(())
    }

    /// Follows rows that moved when others, taken out before, were removed: `place` holds per row left where it was.
    /// `new_of` has an element per row before.
    pub fn rename(&mut self, place: &[u32], new_of: &mut [u32]) {
        for (row, &before) in place.iter().enumerate() {
            new_of[before as usize] = row as u32;
        }
        self.links.rename(place, new_of);
        for row in &mut self.loose[..] {
            *row = new_of[*row as usize];
        }
        if self.entry != NONE {
            self.entry = new_of[self.entry as usize];
        }
    }
}
