//! The edges of each node in a row of its own, sorted by neighbour and then predicate.
//!
//! All rows lie in one arena. A row that outgrows its room moves to the arena's end with half as much again to spare;
//! the gaps this leaves are closed by a copy ([`Rows::compacted`]). A search thus reads each node's edges as one run,
//! whatever was changed before.

use crate::records::{Record, PREDICATE, SOURCE, TARGET, WEIGHT};
use abi::{Result, Status};
use core::cmp::Ordering;
use core::ops::Range;

/// An edge, seen from one of its ends.
#[derive(Clone, Copy, Default)]
pub struct Edge {
    /// The other end.
    pub neighbor: u32,
    /// Its predicate.
    pub predicate: u32,
    /// Its weight.
    pub weight: f32,
}

impl Edge {
    /// What a row is sorted by.
    const fn place(&self) -> (u32, u32) {
        (self.neighbor, self.predicate)
    }
}

#[derive(Clone, Copy, Default)]
struct Row {
    start: u32,
    len: u32,
    room: u32,
}

impl Row {
    const fn range(self) -> Range<usize> {
        self.start as usize..(self.start + self.len) as usize
    }

    /// The room that the row moves to when it is to hold `len` edges.
    const fn roomy(self, len: usize) -> usize {
        // A row filled for the first time is often filled for good.
        if self.len == 0 {
            len
        } else {
            len + len / 2
        }
    }
}

/// Gaps are closed when they are more than the edges and this.
const GAPS: usize = 4096;

/// Edges by one of their ends.
pub struct Rows {
    by: usize,
    rows: Vec<Row>,
    /// The rows, then room for others.
    arena: Vec<Edge>,
    /// So much of the arena has been given out.
    used: usize,
}

/// The records of each row, together.
fn by_row(records: &[Record], by: usize) -> impl Iterator<Item = &[Record]> {
    records.chunk_by(move |one, next| one[by] == next[by])
}

impl Rows {
    /// No edges, by `SOURCE` or by `TARGET`.
    pub const fn new(by: usize) -> Self {
        Self {
            by,
            rows: Vec::new(),
            arena: Vec::new(),
            used: 0,
        }
    }

    fn row(&self, node: u32) -> Row {
        self.rows.get(node as usize).copied().unwrap_or_default()
    }

    /// The edges of a node.
    #[inline(always)]
    pub fn edges(&self, node: u32) -> &[Edge] {
        &self.arena[self.row(node).range()]
    }

    fn edge(&self, record: &Record) -> Edge {
        Edge {
            neighbor: record[SOURCE + TARGET - self.by],
            predicate: record[PREDICATE],
            weight: f32::from_bits(record[WEIGHT]),
        }
    }

    /// The edge of a record, if it is there.
    #[inline(never)]
    pub fn find(&self, record: &Record) -> Option<&Edge> {
        let wanted = self.edge(record).place();
        let edges = self.edges(record[self.by]);
        let at = edges.partition_point(|edge| edge.place() < wanted);
        edges.get(at).filter(|edge| edge.place() == wanted)
    }

    /// How many edges of some records are not there.
    pub fn missing(&self, records: &[Record]) -> usize {
        records
            .iter()
            .filter(|record| self.find(record).is_none())
            .count()
    }

    /// How many of the records of one row are not in it.
    fn new_in(&self, row: Row, group: &[Record]) -> usize {
        if row.len == 0 {
            group.len()
        } else {
            self.missing(group)
        }
    }

    /// Makes room for edges, sorted as the rows are and none twice, so that `insert` cannot fail; how many are new.
    ///
    /// # Errors
    /// `out_of_memory`; the edges are as before.
    pub fn prepare(&mut self, records: &[Record], bound: usize) -> Result<usize> {
        self.add_rows(bound)?;
        let (mut new, mut arena) = (0, self.used);
        for group in by_row(records, self.by) {
            let row = self.row(group[0][self.by]);
            let missing = self.new_in(row, group);
            let len = row.len as usize + missing;
            new += missing;
            arena += if len > row.room as usize {
                row.roomy(len)
            } else {
                0
            };
        }
        self.add_room(arena)?;
        Ok(new)
    }

    /// Makes room for so many edges where there are none, so that `prepare` cannot fail.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn reserve(&mut self, edges: usize, bound: usize) -> Result<()> {
        self.add_rows(bound)?;
        self.add_room(self.used + edges)
    }

    fn add_rows(&mut self, bound: usize) -> Result<()> {
        let rows = bound.saturating_sub(self.rows.len());
        self.rows.try_reserve(rows)?;
        self.rows.resize(self.rows.len() + rows, Row::default());
        Ok(())
    }

    fn add_room(&mut self, arena: usize) -> Result<()> {
        if u32::try_from(arena).is_err() {
            return Err(Status::OutOfMemory);
        }
        if arena > self.arena.len() {
            self.arena.try_reserve(arena - self.arena.len())?;
            self.arena.resize(arena, Edge::default());
        }
        Ok(())
    }

    /// Adds the edges that `prepare` made room for, or sets the weights of those there.
    pub fn insert(&mut self, records: &[Record]) {
        for group in by_row(records, self.by) {
            let node = group[0][self.by] as usize;
            let mut row = self.rows[node];
            let len = row.len as usize + self.new_in(row, group);
            if len > row.room as usize {
                self.arena.copy_within(row.range(), self.used);
                (row.start, row.room) = (self.used as u32, row.roomy(len) as u32);
                self.used += row.room as usize;
            }
            self.merge(row.range(), len, group);
            row.len = len as u32;
            self.rows[node] = row;
        }
    }

    /// Merges records into the edges at `from`, which become `len`.
    fn merge(&mut self, mut from: Range<usize>, len: usize, records: &[Record]) {
        // From the end, so that what is moved up has left its place before something else comes there.
        let mut to = from.start + len;
        for record in records.iter().rev() {
            let edge = self.edge(record);
            to -= 1;
            while !from.is_empty() {
                let last = self.arena[from.end - 1];
                match last.place().cmp(&edge.place()) {
                    Ordering::Less => break,
                    Ordering::Equal => {
                        from.end -= 1;
                        break;
                    }
                    Ordering::Greater => self.arena[to] = last,
                }
                from.end -= 1;
                to -= 1;
            }
            self.arena[to] = edge;
        }
    }

    /// Removes edges that are there, sorted as the rows are and none twice.
    pub fn remove(&mut self, records: &[Record]) {
        for group in by_row(records, self.by) {
            let node = group[0][self.by] as usize;
            let range = self.rows[node].range();
            let (mut to, mut rest) = (range.start, group);
            for from in range {
                let edge = self.arena[from];
                if rest
                    .first()
                    .is_some_and(|record| self.edge(record).place() == edge.place())
                {
                    rest = &rest[1..];
                } else {
                    self.arena[to] = edge;
                    to += 1;
                }
            }
            self.rows[node].len -= group.len() as u32;
        }
    }

    /// Whether `edges`, which is how many there are, lie without gaps.
    pub fn is_compact(&self, edges: usize) -> bool {
        self.used == edges && self.arena.len() == edges
    }

    /// Whether closing the gaps is worth while; `edges` is how many there are.
    pub fn is_sparse(&self, edges: usize) -> bool {
        self.used > 2 * edges + GAPS
    }

    /// A copy of the `edges` edges without gaps.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn compacted(&self, edges: usize) -> Result<Self> {
        let mut copy = Self::new(self.by);
        copy.rows.try_reserve_exact(self.rows.len())?;
        copy.arena.try_reserve_exact(edges)?;
        for row in &self.rows {
            copy.rows.push(Row {
                start: copy.arena.len() as u32,
                len: row.len,
                room: row.len,
            });
            copy.arena.extend_from_slice(&self.arena[row.range()]);
        }
        copy.used = edges;
        Ok(copy)
    }
}
