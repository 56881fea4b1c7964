//! The terms of a text: stemmed words without stop words, and bigrams of adjacent words that keep them.
//!
//! A word is a maximal run of word characters of the folded text; an ideograph or a kana is a word of its own.
//! An apostrophe inside a word is dropped, and a final `s` behind it as well: "don't" is "dont", "dog's" is "dog".

use crate::hash::Fnv;
use crate::stem::Stemmer;
use crate::stop::is_stop_word;
use crate::unicode::{is_ideograph, is_kana, Class, Folded};
use abi::Result;

/// What joins the words of a bigram; no word contains it.
pub const BIGRAM_JOINT: u8 = b' ';

/// The kind of a folded character in a text of words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    WholeWord,
    Apostrophe,
    Gap,
}

fn kind(c: char, class: Class) -> Kind {
    match c {
        'a'..='z' | '0'..='9' => Kind::Letter,
        '\'' | '\u{2019}' | '\u{2BC}' | '\u{FF07}' => Kind::Apostrophe,
        _ if class != Class::Word => Kind::Gap,
        _ if is_ideograph(c) || is_kana(c) => Kind::WholeWord,
        _ => Kind::Letter,
    }
}

/// One word of a text and what it adds to the terms.
pub struct Term<'a> {
    /// The word's stem.
    pub word: &'a [u8],
    /// Hash of the stem, unless the word is a stop word.
    pub unigram: Option<u64>,
    /// Hash of the bigram with the word before, unless this is the first.
    pub bigram: Option<u64>,
}

/// What receives the words of a text.
pub type Take<'a> = dyn FnMut(Term<'_>) -> Result<()> + 'a;

/// Splits texts into terms; keeps its memory from text to text.
#[derive(Default)]
pub struct Analyser {
    stemmer: Stemmer,
    word: Vec<u8>,
    previous: Option<Fnv>,
}

impl Analyser {
    /// Calls `take` with every word of `text`, in order; the number of words.
    ///
    /// # Errors
    /// Those of `take`, and `out_of_memory`.
    pub fn terms(&mut self, text: &str, take: &mut Take<'_>) -> Result<usize> {
        self.previous = None;
        self.word.clear();
        let mut words = 0;
        let mut chars = Folded::new(text);
        while let Some((c, class)) = chars.next() {
            match kind(c, class) {
                Kind::Letter => self.push(c)?,
                Kind::Apostrophe if !self.word.is_empty() => match behind_apostrophe(&chars) {
                    Behind::Letter => {}
                    Behind::FinalS => {
                        chars.next();
                    }
                    Behind::Nothing => words += self.flush(take)?,
                },
                Kind::WholeWord => {
                    words += self.flush(take)?;
                    self.push(c)?;
                    words += self.flush(take)?;
                }
                Kind::Apostrophe | Kind::Gap => words += self.flush(take)?,
            }
        }
        words += self.flush(take)?;
        Ok(words)
    }

    fn push(&mut self, c: char) -> Result<()> {
        let mut utf8 = [0; 4];
        let bytes = c.encode_utf8(&mut utf8).as_bytes();
        self.word.try_reserve(bytes.len())?;
        self.word.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self, take: &mut Take<'_>) -> Result<usize> {
        if self.word.is_empty() {
            return Ok(0);
        }
        let stop = is_stop_word(&self.word);
        self.stemmer.stem(&mut self.word)?;
        let hash = Fnv::new().bytes(&self.word);
        let before = self.previous.replace(hash);
        take(Term {
            word: &self.word,
            unigram: (!stop).then(|| hash.finish()),
            bigram: before.map(|before| before.byte(BIGRAM_JOINT).bytes(&self.word).finish()),
        })?;
        self.word.clear();
        Ok(1)
    }
}

/// What follows an apostrophe that stands behind a letter.
enum Behind {
    /// An `s`, and the word ends with it.
    FinalS,
    /// Another letter.
    Letter,
    /// No letter: the word has ended before the apostrophe.
    Nothing,
}

fn behind_apostrophe(chars: &Folded<'_>) -> Behind {
    let mut ahead = chars.clone().map(|(c, class)| (c, kind(c, class)));
    match ahead.next() {
        Some(('s', _)) if !matches!(ahead.next(), Some((_, Kind::Letter))) => Behind::FinalS,
        Some((_, Kind::Letter)) => Behind::Letter,
        _ => Behind::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> (Vec<String>, usize) {
        let mut listed = Vec::new();
        let mut before: Option<String> = None;
        let mut analyser = Analyser::default();
        let words = analyser.terms(text, &mut |term| {
            let word = String::from_utf8(term.word.to_vec()).unwrap();
            if let Some(hash) = term.unigram {
                assert_eq!(hash, Fnv::new().bytes(word.as_bytes()).finish());
                listed.push(word.clone());
            }
            assert_eq!(term.bigram.is_some(), before.is_some());
            if let Some((hash, before)) = term.bigram.zip(before.take()) {
                let bigram = format!("{before} {word}");
                assert_eq!(hash, Fnv::new().bytes(bigram.as_bytes()).finish());
                listed.push(bigram);
            }
            before = Some(word);
            Ok(())
        });
        (listed, words.unwrap())
    }

    #[test]
    fn stop_words_stay_in_bigrams() {
        let (listed, words) = terms("Retrying the Servers");
        assert_eq!(listed, ["retri", "retri the", "server", "the server"]);
        assert_eq!(words, 3);
    }

    #[test]
    fn apostrophes_inside_words_are_dropped() {
        for (text, expected) in [
            ("don't", vec![]),
            ("dog's", vec!["dog"]),
            ("dog\u{2019}s", vec!["dog"]),
            ("O'Sullivan", vec!["osullivan"]),
            ("dogs' 'quoted'", vec!["dog", "quot", "dog quot"]),
            ("x's's", vec!["x"]),
            ("rock'n'roll", vec!["rocknrol"]),
            ("a''b", vec!["b", "a b"]),
            ("'s", vec!["s"]),
            ("日's", vec!["日", "s", "日 s"]),
            ("dog's日", vec!["dog", "日", "dog 日"]),
            ("cat\u{301}'\u{301}s\u{301}", vec!["cat"]),
        ] {
            assert_eq!(terms(text).0, expected, "{text}");
        }
    }

    #[test]
    fn ideographs_and_kana_are_words() {
        assert_eq!(terms("日本a").0, ["日", "本", "日 本", "本 a"]);
        assert_eq!(terms("がス").0, ["か", "ス", "か ス"]);
        assert_eq!(
            terms("foo_bar-2.5").0,
            ["foo", "bar", "foo bar", "2", "bar 2", "5", "2 5"]
        );
    }

    #[test]
    fn nothing_but_gaps_is_no_word() {
        for text in ["", " ''' ", "🙂 …", "\u{301}"] {
            assert_eq!(terms(text), (vec![], 0), "{text}");
        }
    }

    #[test]
    fn hostile_lengths_stay_linear() {
        for text in [
            "a".repeat(400_000),
            "a'".repeat(200_000),
            "a'\u{301}".repeat(100_000),
        ] {
            assert!(terms(&text).1 > 0);
        }
    }
}
