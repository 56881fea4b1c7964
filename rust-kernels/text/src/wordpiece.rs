//! BERT-uncased tokens: BasicTokenizer, then greedy longest-match-first WordPiece (Devlin et al., 2018).
//!
//! A word with any part outside the vocabulary, or of more than 100 characters, gives no tokens at all, where
//! BERT's own tokenizer gives `[UNK]`.

use crate::hash::Fnv;
use crate::unicode::{class, fold, is_ideograph, Class};
use crate::vocabulary::{Vocabulary, CONTINUATION};
use abi::{AlignedVec, Result};

const MAX_WORD_CHARS: usize = 100;
const MAX_WORD_BYTES: usize = MAX_WORD_CHARS * 4;

/// One word, character by character. What exceeds the limit is counted and not kept.
struct Word {
    bytes: [u8; MAX_WORD_BYTES],
    /// Where each character ends in `bytes`.
    ends: [u16; MAX_WORD_CHARS],
    chars: usize,
}

impl Word {
    const fn new() -> Self {
        Self {
            bytes: [0; MAX_WORD_BYTES],
            ends: [0; MAX_WORD_CHARS],
            chars: 0,
        }
    }

    fn end(&self, chars: usize) -> usize {
        if chars == 0 {
            0
        } else {
            usize::from(self.ends[chars - 1])
        }
    }

    fn push(&mut self, c: char) {
        if self.chars < MAX_WORD_CHARS {
            let start = self.end(self.chars);
            let end = start + c.encode_utf8(&mut self.bytes[start..]).len();
            self.ends[self.chars] = end as u16;
        }
        self.chars = self.chars.saturating_add(1);
    }

    /// Appends the ids of the word's pieces, or nothing if it has an unknown part; empties the word.
    fn flush(&mut self, vocabulary: &Vocabulary, ids: &mut AlignedVec<u32>) -> Result<()> {
        let chars = core::mem::take(&mut self.chars);
        if chars == 0 || chars > MAX_WORD_CHARS {
            return Ok(());
        }
        let before = ids.len();
        let mut start = 0;
        while start < chars {
            match self.longest_piece(vocabulary, start, chars) {
                Some((id, end)) => {
                    ids.try_extend(&[id])?;
                    start = end;
                }
                None => {
                    ids.truncate(before);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The longest piece at character `start` of a word of `chars`, and the character behind it.
    fn longest_piece(&self, vocabulary: &Vocabulary, start: usize, chars: usize) -> Option<(u32, usize)> {
        let last = chars.min(start + vocabulary.longest_chars());
        let from = self.end(start);
        // The hashes of all candidates come from one pass, so a word costs its length times the longest piece.
        let mut hashes = [Fnv::new(); MAX_WORD_CHARS];
        let mut hash = if start == 0 {
            Fnv::new()
        } else {
            Fnv::new().bytes(CONTINUATION)
        };
        let mut hashed = from;
        for (held, &end) in hashes[start..last].iter_mut().zip(&self.ends[start..last]) {
            hash = hash.bytes(&self.bytes[hashed..usize::from(end)]);
            hashed = usize::from(end);
            *held = hash;
        }
        (start..last).rev().find_map(|final_char| {
            let piece = &self.bytes[from..usize::from(self.ends[final_char])];
            let found = if start == 0 {
                vocabulary.starting(piece, hashes[final_char])
            } else {
                vocabulary.continuing(piece, hashes[final_char])
            };
            found.map(|id| (id, final_char + 1))
        })
    }
}

/// Appends the token ids of `text`.
///
/// # Errors
/// `out_of_memory`.
pub fn tokenize(vocabulary: &Vocabulary, text: &str, ids: &mut AlignedVec<u32>) -> Result<()> {
    let mut word = Word::new();
    for c in text.chars() {
        let class_of_c = class(c);
        if c == char::REPLACEMENT_CHARACTER || class_of_c == Class::Control {
            continue;
        }
        if class_of_c == Class::Space {
            word.flush(vocabulary, ids)?;
            continue;
        }
        let apart = is_ideograph(c);
        if apart {
            word.flush(vocabulary, ids)?;
        }
        for part in fold(c, class_of_c) {
            if class(part) == Class::Punctuation {
                word.flush(vocabulary, ids)?;
                word.push(part);
                word.flush(vocabulary, ids)?;
            } else {
                word.push(part);
            }
        }
        if apart {
            word.flush(vocabulary, ids)?;
        }
    }
    word.flush(vocabulary, ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIECES: &str = "un\n##aff\n##able\nable\n,\n日\n##日\na\n##a\nнаи\n;\nß";

    fn tokens(text: &str) -> Vec<&'static str> {
        let pieces: Vec<&str> = PIECES.split('\n').collect();
        let vocabulary = Vocabulary::parse(PIECES.as_bytes(), pieces.len()).unwrap();
        let mut ids = AlignedVec::new();
        tokenize(&vocabulary, text, &mut ids).unwrap();
        ids.iter().map(|&id| pieces[id as usize]).collect()
    }

    #[test]
    fn longest_match_first() {
        assert_eq!(
            tokens("UnAffable able unable"),
            ["un", "##aff", "##able", "able", "un", "##able"]
        );
    }

    #[test]
    fn a_word_with_an_unknown_part_is_skipped_whole() {
        assert_eq!(tokens("unaffxable, able"), [",", "able"]);
    }

    #[test]
    fn punctuation_and_ideographs_stand_alone() {
        assert_eq!(tokens("able,日a日"), ["able", ",", "日", "a", "日"]);
        assert_eq!(tokens("a\u{37E}a"), ["a", ";", "a"]);
    }

    #[test]
    fn controls_vanish_and_separators_split() {
        assert_eq!(tokens("un\u{200B}\u{0}\u{B}\u{FFFD}able"), ["un", "##able"]);
        assert_eq!(tokens("un\u{3000}able\u{2028}a\tun"), ["un", "able", "a", "un"]);
    }

    #[test]
    fn case_and_accents_fold() {
        assert_eq!(tokens("НАЙ ẞ ÀÁ"), ["наи", "ß", "a", "##a"]);
    }

    #[test]
    fn a_word_of_more_than_a_hundred_characters_is_unknown() {
        assert_eq!(tokens(&"a".repeat(100)).len(), 100);
        assert_eq!(tokens(&format!("{} a", "a".repeat(101))), ["a"]);
        assert_eq!(tokens(&format!("{} a", "日本".repeat(60))).len(), 61);
        assert!(tokens(&"𐍈".repeat(100)).is_empty());
    }
}
