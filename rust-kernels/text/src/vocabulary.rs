//! The pieces of a WordPiece vocabulary, found by hash without copying or allocating.

use crate::hash::Fnv;
use abi::{AlignedVec, Result, Status};

/// What marks a piece that continues a word.
pub const CONTINUATION: &[u8] = b"##";

#[derive(Clone, Copy, Default)]
struct Slot {
    tag: u32,
    /// Piece id plus one; 0 is an empty slot.
    id: u32,
}

/// Pieces by id, and ids by piece.
pub struct Vocabulary {
    bytes: AlignedVec<u8>,
    /// Where each piece starts in `bytes`, and one past the end; a separator lies between two pieces.
    starts: AlignedVec<u32>,
    slots: Vec<Slot>,
    longest_chars: usize,
}

impl Vocabulary {
    /// Reads `count` pieces joined by line feeds.
    ///
    /// # Errors
    /// `bad_format`: not UTF-8, another number of pieces, or an empty or repeated piece.
    pub fn parse(joined: &[u8], count: usize) -> Result<Self> {
        let text = core::str::from_utf8(joined).map_err(|_| Status::BadFormat)?;
        if count == 0 || count > joined.len() || joined.len() >= u32::MAX as usize {
            return Err(Status::BadFormat);
        }
        let mut bytes = AlignedVec::new();
        bytes.try_reserve_exact(joined.len())?;
        bytes.try_extend(joined)?;
        let mut vocabulary = Self {
            bytes,
            starts: AlignedVec::zeroed(count + 1)?,
            slots: Vec::new(),
            longest_chars: 0,
        };
        let slots = count.checked_mul(2).and_then(usize::checked_next_power_of_two);
        let slots = slots.ok_or(Status::OutOfMemory)?;
        vocabulary.slots.try_reserve_exact(slots)?;
        vocabulary.slots.resize(slots, Slot::default());

        let (mut found, mut start) = (0, 0);
        for piece in text.split('\n') {
            if found == count || piece.is_empty() {
                return Err(Status::BadFormat);
            }
            vocabulary.starts[found] = start as u32;
            vocabulary.insert(piece, found as u32)?;
            found += 1;
            start += piece.len() + 1;
        }
        if found != count {
            return Err(Status::BadFormat);
        }
        vocabulary.starts[count] = start as u32;
        Ok(vocabulary)
    }

    fn insert(&mut self, piece: &str, id: u32) -> Result<()> {
        let bytes = piece.as_bytes();
        let chars = piece.chars().count();
        let marked = bytes.starts_with(CONTINUATION);
        self.longest_chars = self
            .longest_chars
            .max(chars - if marked { CONTINUATION.len() } else { 0 });
        let hash = Fnv::new().bytes(bytes).finish();
        if self.probe(hash, |held| held == bytes).is_some() {
            return Err(Status::BadFormat);
        }
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at].id != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = Slot {
            tag: (hash >> 32) as u32,
            id: id + 1,
        };
        Ok(())
    }

    fn probe(&self, hash: u64, is_it: impl Fn(&[u8]) -> bool) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.id == 0 {
                return None;
            }
            if slot.tag == (hash >> 32) as u32 && is_it(self.piece(slot.id - 1)) {
                return Some(slot.id - 1);
            }
            at = (at + 1) & mask;
        }
    }

    /// The bytes of a piece, its continuation mark included.
    fn piece(&self, id: u32) -> &[u8] {
        let id = id as usize;
        // Before the next piece's start lies its separator, and the last "next start" counts one as well.
        &self.bytes[self.starts[id] as usize..self.starts[id + 1] as usize - 1]
    }

    /// The id of the piece that starts a word, given its bytes and their hash.
    pub fn starting(&self, piece: &[u8], hash: Fnv) -> Option<u32> {
        self.probe(hash.finish(), |held| held == piece)
    }

    /// The id of the piece that continues a word, given its bytes without the mark, and the hash with it.
    pub fn continuing(&self, piece: &[u8], hash: Fnv) -> Option<u32> {
        self.probe(hash.finish(), |held| {
            held.strip_prefix(CONTINUATION) == Some(piece)
        })
    }

    /// Characters in the longest piece, without the continuation mark.
    pub fn longest_chars(&self) -> usize {
        self.longest_chars
    }

    /// Number of pieces.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there are no pieces; `parse` makes no such vocabulary.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(vocabulary: &Vocabulary, piece: &str) -> Option<u32> {
        vocabulary.starting(piece.as_bytes(), Fnv::new().bytes(piece.as_bytes()))
    }

    #[test]
    fn finds_every_piece_and_no_other() {
        let words: Vec<String> = (0..500).map(|i| format!("w{i}")).collect();
        let vocabulary = Vocabulary::parse(words.join("\n").as_bytes(), 500).unwrap();
        for (id, word) in words.iter().enumerate() {
            assert_eq!(start(&vocabulary, word), Some(id as u32));
        }
        assert_eq!(start(&vocabulary, "w500"), None);
        assert_eq!((vocabulary.len(), vocabulary.longest_chars()), (500, 4));
    }

    #[test]
    fn a_continuation_is_another_piece() {
        let vocabulary = Vocabulary::parse("ab\n##ab\n##äöü".as_bytes(), 3).unwrap();
        let marked = Fnv::new().bytes(CONTINUATION);
        assert_eq!(start(&vocabulary, "ab"), Some(0));
        assert_eq!(vocabulary.continuing(b"ab", marked.bytes(b"ab")), Some(1));
        assert_eq!(vocabulary.longest_chars(), 3);
    }

    #[test]
    fn malformed_vocabularies_are_refused() {
        let cases: [(&[u8], usize); 7] = [
            (b"a\nb", 3),
            (b"a\nb", 1),
            (b"a\n\nb", 3),
            (b"a\na", 2),
            (b"a\xff", 1),
            (b"", 0),
            (b"", 1),
        ];
        for (joined, count) in cases {
            assert_eq!(
                Vocabulary::parse(joined, count).err(),
                Some(Status::BadFormat),
                "{joined:?} {count}"
            );
        }
    }
}
