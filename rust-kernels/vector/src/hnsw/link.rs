//! Linking rows: algorithm 1, with the neighbours chosen by algorithm 4.

use super::beam::{Near, Space};
use super::links::{LOOSE, NONE};
use super::Hnsw;
use crate::score::{coarse, GROUP};
use abi::{order, Result};

impl Hnsw {
    /// Links up to `count` loose rows, in the order in which they came; returns how many are loose then. A row that
    /// cannot be linked, because every link near it is the only one to its row, stays loose.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn insert(&mut self, space: Space, ordinals: &[u32], count: usize) -> Result<usize> {
        let count = count.min(self.loose.len());
        // Those that stay loose go to the end, and any row may lose its last link.
        let rows = self.links.rows();
        self.loose
            .try_reserve(count + rows - self.loose.len().min(rows))?;
        let mut taken = 0;
        let mut done = Ok(());
        while taken < count && done.is_ok() {
            let row = self.loose[taken];
            done = match self.link(space, row, ordinals[row as usize]) {
                Ok(true) => Ok(()),
                Ok(false) => self.loose.try_extend(&[row]),
                Err(status) => {
                    taken -= 1;
                    Err(status)
                }
            };
            taken += 1;
        }
        self.loose.copy_within(taken.., 0);
        self.loose.truncate(self.loose.len() - taken);
        done.map(|()| self.loose.len())
    }

    /// Links one row; whether others link to it now.
    fn link(&mut self, space: Space, row: u32, ordinal: u32) -> Result<bool> {
        let rows = self.links.rows();
        if self.links.level(row) == LOOSE {
            self.links.reserve_blocks()?;
            self.links.raise(row, self.draw(ordinal))?;
        }
        let level = self.links.level(row);
        if self.entry == NONE {
            self.entry = row;
            return Ok(true);
        }
        self.query.set_row(space.rows, row as usize);
        let top = self.links.level(self.entry);
        self.beam.start(space, &self.query, rows, self.entry)?;
        for layer in (0..=top).rev() {
            let width = if layer > level {
                1
            } else {
                self.shape.ef_construction
            };
            self.beam.widen(rows, width as usize)?;
            self.beam.walk(space, &self.query, &self.links, layer)?;
            if layer <= level {
                self.near.clear();
                self.near.extend(self.beam.found().filter(|near| near.row != row));
                // One that lost the last link to it keeps its own, which may be the last to others.
                if self.links.of(row, layer).is_empty() {
                    self.choose(space, row, self.shape.m as usize);
                    self.links.set(row, layer, &self.chosen);
                }
                for at in 0..self.links.of(row, layer).len() {
                    let neighbour = self.links.of(row, layer)[at];
                    self.connect(space, neighbour, row, layer)?;
                }
                self.query.set_row(space.rows, row as usize);
            }
        }
        // Among many copies of one row those chosen may all be full of only links.
        for at in 0..self.beam.len() {
            if self.links.linked(row) > 0 {
                break;
            }
            self.connect(space, self.beam.row(at), row, 0)?;
        }
        if level > top {
            self.entry = row;
        }
        Ok(self.links.linked(row) > 0)
    }

    /// Links `row` to `to`, giving up a link where there is no room.
    pub(super) fn connect(&mut self, space: Space, row: u32, to: u32, layer: u8) -> Result<()> {
        let links = self.links.of(row, layer);
        if row == to || links.contains(&to) {
            return Ok(());
        }
        if links.len() == self.links.room(layer) {
            self.gathered.clear();
            self.gathered.extend_from_slice(links);
            self.gathered.push(to);
            self.relink(space, row, layer)?;
        } else {
            self.links.push(row, layer, to);
        }
        Ok(())
    }

    /// Chooses the links of a row among those `gathered`. A row that loses its last link by that is loose.
    pub(super) fn relink(&mut self, space: Space, row: u32, layer: u8) -> Result<()> {
        self.query.set_row(space.rows, row as usize);
        self.near.clear();
        let near = &mut self.near;
        space.score(&self.query, &self.gathered, &mut |one| near.push(one));
        order::sort(near, Near::precedes);
        let apart = self.choose(space, row, self.links.room(layer));
        if layer == 0 {
            self.keep_only_links(row, apart);
        }
        self.links.set(row, layer, &self.chosen);
        if layer == 0 {
            for at in 0..self.passed.len() {
                let lost = self.passed[at];
                if !self.loose.contains(&lost) {
                    self.loose.try_extend(&[lost])?;
                }
            }
        }
        Ok(())
    }

    /// Algorithm 4 with `keepPrunedConnections`: of those `near`, best first, the ones that are nearer to `row` than to
    /// any chosen before; what room is left goes to the best of the others.
    /// They come first; returns how many they are.
    fn choose(&mut self, space: Space, row: u32, room: usize) -> usize {
        self.passed.clear();
        // The row itself stands first among the chosen, to be scored in one group with them.
        self.chosen.clear();
        self.chosen.push(row);
        for at in 0..self.near.len() {
            if self.chosen.len() > room {
                break;
            }
            let candidate = self.near[at].row;
            if self.is_apart(space, candidate) {
                self.chosen.push(candidate);
            } else {
                self.passed.push(candidate);
            }
        }
        let apart = self.chosen.len() - 1;
        let left = room - apart;
        self.chosen.extend(self.passed.iter().take(left));
        self.chosen.remove(0);
        apart
    }

    /// Whether a candidate is nearer to the first of the chosen than to all others. Of equal rows only one is, so that
    /// copies of one row do not crowd out all else.
    fn is_apart(&mut self, space: Space, candidate: u32) -> bool {
        self.probe.set_row(space.rows, candidate as usize);
        let mut bar = None;
        for members in self.chosen.chunks(GROUP) {
            let group = core::array::from_fn(|at| members[at.min(members.len() - 1)] as usize);
            let scores = coarse(space.rows, space.metric, &self.probe, group);
            let mut others = scores.iter().take(members.len());
            let bar = *bar.get_or_insert_with(|| others.next().copied().unwrap_or(f32::INFINITY));
            if others.any(|&score| score >= bar) {
                return false;
            }
        }
        true
    }

    /// Puts candidates to which there is no other link in the place of chosen ones to which there is; but not of those
    /// that are `apart`, up to half of the room: they are the ways out. Leaves in `passed` those that lose their last
    /// link.
    fn keep_only_links(&mut self, row: u32, apart: usize) {
        let first = apart.min(self.links.room(0) / 2).min(self.chosen.len());
        let links = &self.links;
        let listed = |to: u32| links.of(row, 0).contains(&to);
        let has_another = |to: u32| links.linked(to) > u32::from(listed(to));
        for near in &self.near {
            if self.chosen.contains(&near.row) || has_another(near.row) {
                continue;
            }
            let others = &mut self.chosen[first..];
            let mut place = others.iter().rposition(|&to| has_another(to));
            if place.is_none() && listed(near.row) {
                place = others.iter().rposition(|&to| !listed(to));
            }
            if let Some(place) = place {
                others[place] = near.row;
            }
        }
        self.passed.clear();
        for near in &self.near {
            if listed(near.row) && !has_another(near.row) && !self.chosen.contains(&near.row) {
                self.passed.push(near.row);
            }
        }
    }
}
