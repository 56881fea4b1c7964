//! Who is linked to whom, layer by layer.
//!
//! The ground layer holds a list for every row. The lists of the layers above lie in blocks, a row's from its layer 1
//! upward chained, so that the many rows without any cost one number each.

use abi::{AlignedVec, Result, Status};

/// No row, or no block.
pub const NONE: u32 = u32::MAX;

/// The level of a row that has no place in the graph.
pub const LOOSE: u8 = u8::MAX;

/// The highest level.
pub const TOP: u8 = 15;

/// Lists of at most `room` rows each: the length, then the rows.
struct Lists {
    data: AlignedVec<u32>,
    room: usize,
}

impl Lists {
    const fn new(room: usize) -> Self {
        Self {
            data: AlignedVec::new(),
            room,
        }
    }

    fn count(&self) -> usize {
        self.data.len() / (self.room + 1)
    }

    fn reserve(&mut self, lists: usize) -> Result<()> {
        self.data
            .try_reserve(lists.checked_mul(self.room + 1).ok_or(Status::OutOfMemory)?)
    }

    fn resize(&mut self, lists: usize) -> Result<()> {
        self.data
            .try_resize(lists.checked_mul(self.room + 1).ok_or(Status::OutOfMemory)?)
    }

    fn get(&self, at: u32) -> &[u32] {
        let list = &self.data[at as usize * (self.room + 1)..][..=self.room];
        &list[1..=list[0] as usize]
    }

    fn set(&mut self, at: u32, rows: &[u32]) {
        let list = &mut self.data[at as usize * (self.room + 1)..][..=self.room];
        list[0] = rows.len() as u32;
        list[1..=rows.len()].copy_from_slice(rows);
    }

    fn push(&mut self, at: u32, row: u32) -> bool {
        let list = &mut self.data[at as usize * (self.room + 1)..][..=self.room];
        let len = list[0] as usize;
        if len == self.room {
            return false;
        }
        list[0] += 1;
        list[len + 1] = row;
        true
    }

    fn rename(&mut self, new_of: &[u32]) {
        for list in self.data.chunks_exact_mut(self.room + 1) {
            let len = list[0] as usize;
            for row in &mut list[1..=len] {
                *row = new_of[*row as usize];
            }
        }
    }
}

/// The links of all rows, their levels, and how often each is linked to on the ground.
pub struct Links {
    ground: Lists,
    upper: Lists,
    /// Per row: the block of its layer 1.
    first: AlignedVec<u32>,
    /// Per block: that of the layer above, or the next free one.
    above: AlignedVec<u32>,
    free: u32,
    level: AlignedVec<u8>,
    linked: AlignedVec<u32>,
}

impl Links {
    /// No rows yet; `m` links a row, and twice as many on the ground.
    pub const fn new(m: usize) -> Self {
        Self {
            ground: Lists::new(2 * m),
            upper: Lists::new(m),
            first: AlignedVec::new(),
            above: AlignedVec::new(),
            free: NONE,
            level: AlignedVec::new(),
            linked: AlignedVec::new(),
        }
    }

    /// Number of rows, with or without links.
    pub fn rows(&self) -> usize {
        self.level.len()
    }

    /// Links that a row may have in a layer.
    pub fn room(&self, layer: u8) -> usize {
        if layer == 0 {
            self.ground.room
        } else {
            self.upper.room
        }
    }

    /// The highest layer of a row, or [`LOOSE`].
    pub fn level(&self, row: u32) -> u8 {
        self.level[row as usize]
    }

    /// How many layers a row is in.
    pub fn layers(&self, row: u32) -> u8 {
        match self.level(row) {
            LOOSE => 0,
            level => level + 1,
        }
    }

    /// How many rows link to this one on the ground.
    pub fn linked(&self, row: u32) -> u32 {
        self.linked[row as usize]
    }

    /// Makes room for `rows` more rows.
    pub fn reserve(&mut self, rows: usize) -> Result<()> {
        self.ground.reserve(rows)?;
        self.first.try_reserve(rows)?;
        self.level.try_reserve(rows)?;
        self.linked.try_reserve(rows)
    }

    /// Adds loose rows up to `rows` in all. Changes nothing when it fails.
    pub fn grow(&mut self, rows: usize) -> Result<()> {
        let held = self.rows();
        self.reserve(rows - held)?;
        self.ground.resize(rows)?;
        self.first.try_resize(rows)?;
        self.level.try_resize(rows)?;
        self.linked.try_resize(rows)?;
        self.first[held..].fill(NONE);
        self.level[held..].fill(LOOSE);
        Ok(())
    }

    /// Makes room for the blocks of one more row.
    pub fn reserve_blocks(&mut self) -> Result<()> {
        self.upper.reserve(TOP as usize)?;
        self.above.try_reserve(TOP as usize)
    }

    /// Gives a loose row its layers; [`Links::reserve_blocks`] came before.
    pub fn raise(&mut self, row: u32, level: u8) -> Result<()> {
        self.level[row as usize] = level;
        for _ in 0..level {
            let block = if self.free == NONE {
                self.upper.resize(self.upper.count() + 1)?;
                self.above.try_extend(&[NONE])?;
                self.above.len() as u32 - 1
            } else {
                let block = self.free;
                self.free = self.above[block as usize];
                block
            };
            // The lists are all empty yet, so in which order the blocks come makes no difference.
            self.above[block as usize] = self.first[row as usize];
            self.first[row as usize] = block;
        }
        Ok(())
    }

    /// Makes a row loose again. Links to it are the caller's affair.
    pub fn lower(&mut self, row: u32) {
        self.set(row, 0, &[]);
        let mut block = self.first[row as usize];
        while block != NONE {
            self.upper.set(block, &[]);
            let above = self.above[block as usize];
            self.above[block as usize] = self.free;
            self.free = block;
            block = above;
        }
        self.first[row as usize] = NONE;
        self.level[row as usize] = LOOSE;
    }

    fn block(&self, row: u32, layer: u8) -> u32 {
        (1..layer).fold(self.first[row as usize], |block, _| self.above[block as usize])
    }

    /// The rows that `row` links to in a layer it has.
    pub fn of(&self, row: u32, layer: u8) -> &[u32] {
        if layer == 0 {
            self.ground.get(row)
        } else {
            self.upper.get(self.block(row, layer))
        }
    }

    /// Replaces the links of a row in a layer it has.
    pub fn set(&mut self, row: u32, layer: u8, to: &[u32]) {
        if layer == 0 {
            for &old in self.ground.get(row) {
                self.linked[old as usize] -= 1;
            }
            self.ground.set(row, to);
            for &new in to {
                self.linked[new as usize] += 1;
            }
        } else {
            let block = self.block(row, layer);
            self.upper.set(block, to);
        }
    }

    /// Adds a link where there is room.
    pub fn push(&mut self, row: u32, layer: u8, to: u32) -> bool {
        if layer > 0 {
            let block = self.block(row, layer);
            return self.upper.push(block, to);
        }
        let added = self.ground.push(row, to);
        self.linked[to as usize] += u32::from(added);
        added
    }

    /// Follows rows that moved: `place[row]` is where the row that is now at `row` was before, `new_of` the inverse.
    pub fn rename(&mut self, place: &[u32], new_of: &[u32]) {
        self.ground.rename(new_of);
        self.upper.rename(new_of);
        let width = self.ground.room + 1;
        for (row, &from) in place.iter().enumerate() {
            let from = from as usize;
            if from != row {
                self.ground
                    .data
                    .copy_within(from * width..(from + 1) * width, row * width);
                self.first[row] = self.first[from];
                self.level[row] = self.level[from];
                self.linked[row] = self.linked[from];
            }
        }
        self.ground.data.truncate(place.len() * width);
        self.first.truncate(place.len());
        self.level.truncate(place.len());
        self.linked.truncate(place.len());
    }
}
