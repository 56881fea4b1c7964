//! Characters: their class, and their fold (canonical decomposition, accents stripped, lower-cased).
//!
//! A fold is taken character by character, so marks that survive it are not put into canonical order.

use crate::unicode_tables::{
    CLASSES as CLASS_CODES, CLASS_GAPS, CLASS_RUNS, FOLD_GAPS, FOLD_LENGTHS, FOLD_MANY, FOLD_RUNS,
    FOLD_SHIFTS,
};
use core::str::Chars;
use std::sync::OnceLock;

/// What a character is to a tokenizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Symbols and unassigned characters.
    Other,
    /// A nonspacing mark (Mn): accents.
    Mark,
    /// General category P, and the ASCII symbols.
    Punctuation,
    /// Control, format and private-use characters.
    Control,
    /// A letter, number or spacing mark: L, N, Mc.
    Word,
    /// Separators, tab, line feed and carriage return.
    Space,
}

const CLASSES: [Class; 8] = [
    Class::Other,
    Class::Mark,
    Class::Punctuation,
    Class::Control,
    Class::Word,
    Class::Space,
    Class::Other,
    Class::Other,
];

const POINT_MASK: u32 = 0x1F_FFFF;

/// The tables, unpacked when the first character that is not ASCII comes: packed they take half the room in a module.
struct Tables {
    /// `first << 3 | class` of each run of characters of one class, ascending.
    class_starts: [u32; CLASS_RUNS],
    /// `stride - 1 << 31 | length << 21 | first` of each run of characters folded by one shift, ascending.
    fold_runs: [u32; FOLD_RUNS],
    /// What the first character of each of `fold_runs` folds to.
    fold_targets: [u32; FOLD_RUNS],
}

/// The numbers of a LEB128 array.
fn numbers(bytes: &'static [u8]) -> impl Iterator<Item = u32> {
    let mut bytes = bytes.iter();
    core::iter::from_fn(move || {
        let (mut number, mut shift) = (0, 0);
        for &byte in bytes.by_ref() {
            number |= u32::from(byte & 0x7F) << shift;
            shift += 7;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    })
}

fn unpack() -> Tables {
    let mut tables = Tables {
        class_starts: [0; CLASS_RUNS],
        fold_runs: [0; FOLD_RUNS],
        fold_targets: [0; FOLD_RUNS],
    };
    let mut first = 0;
    let classes = numbers(&CLASS_GAPS).zip(&CLASS_CODES);
    for (start, (gap, &class)) in tables.class_starts.iter_mut().zip(classes) {
        first += gap;
        *start = first << 3 | u32::from(class);
    }
    let (mut first, mut target) = (0, 0u32);
    let folds = numbers(&FOLD_GAPS)
        .zip(numbers(&FOLD_LENGTHS))
        .zip(numbers(&FOLD_SHIFTS));
    let runs = tables.fold_runs.iter_mut().zip(&mut tables.fold_targets);
    for ((run, to), ((gap, length), shift)) in runs.zip(folds) {
        first += gap;
        target = target.wrapping_add(shift >> 1 ^ 0u32.wrapping_sub(shift & 1));
        *run = (length & 1) << 31 | length >> 1 << 21 | first;
        *to = target;
    }
    tables
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(unpack)
}

const fn ascii_class(byte: u8) -> Class {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => Class::Word,
        b' ' | b'\t' | b'\n' | b'\r' => Class::Space,
        0..=0x1F | 0x7F => Class::Control,
        _ => Class::Punctuation,
    }
}

/// The class of a character.
pub fn class(c: char) -> Class {
    if c.is_ascii() {
        return ascii_class(c as u8);
    }
    class_by_table(c)
}

fn class_by_table(c: char) -> Class {
    let starts = &tables().class_starts;
    let run = starts.partition_point(|&start| start >> 3 <= c as u32) - 1;
    CLASSES[starts[run] as usize & 7]
}

/// The characters that one character folds to, at most three.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fold {
    parts: [char; 3],
    len: u8,
    next: u8,
}

impl Fold {
    const EMPTY: Self = Self {
        parts: ['\0'; 3],
        len: 0,
        next: 0,
    };

    const fn one(c: char) -> Self {
        Self {
            parts: [c, '\0', '\0'],
            len: 1,
            next: 0,
        }
    }

    fn push(&mut self, point: u32) {
        if let Some(c) = char::from_u32(point) {
            self.parts[self.len as usize] = c;
            self.len += 1;
        }
    }
}

impl Iterator for Fold {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        if self.next == self.len {
            return None;
        }
        self.next += 1;
        Some(self.parts[self.next as usize - 1])
    }
}

/// Hangul syllables decompose by arithmetic (The Unicode Standard, section 3.12).
fn fold_hangul(syllable: u32) -> Fold {
    const VOWELS: u32 = 21;
    const TRAILS: u32 = 28;
    let index = syllable - 0xAC00;
    let mut fold = Fold::EMPTY;
    fold.push(0x1100 + index / (VOWELS * TRAILS));
    fold.push(0x1161 + index / TRAILS % VOWELS);
    if !index.is_multiple_of(TRAILS) {
        fold.push(0x11A7 + index % TRAILS);
    }
    fold
}

/// What the tables say a character that is neither ASCII nor a mark folds to.
fn fold_by_table(c: char) -> Fold {
    let point = c as u32;
    if (0xAC00..=0xD7A3).contains(&point) {
        return fold_hangul(point);
    }
    let tables = tables();
    let run = tables.fold_runs.partition_point(|&run| run & POINT_MASK <= point);
    if run > 0 {
        let packed = tables.fold_runs[run - 1];
        let (shift, stride) = (point - (packed & POINT_MASK), 1 + (packed >> 31));
        if shift % stride == 0 && shift / stride < packed >> 21 & 0x3FF {
            return char::from_u32(tables.fold_targets[run - 1] + shift).map_or(Fold::EMPTY, Fold::one);
        }
    }
    match FOLD_MANY.binary_search_by_key(&point, |&(from, _)| from) {
        Ok(at) => {
            let mut fold = Fold::EMPTY;
            FOLD_MANY[at]
                .1
                .iter()
                .filter(|&&part| part != 0)
                .for_each(|&part| fold.push(part));
            fold
        }
        Err(_) => Fold::one(c),
    }
}

/// The fold of a character whose class is known.
pub fn fold(c: char, class: Class) -> Fold {
    if c.is_ascii() {
        Fold::one(c.to_ascii_lowercase())
    } else if class == Class::Mark {
        Fold::EMPTY
    } else {
        fold_by_table(c)
    }
}

/// The ideographs that BERT's tokenizer sets apart, by its own list of blocks.
pub fn is_ideograph(c: char) -> bool {
    matches!(c as u32,
        0x4E00..=0x9FFF | 0x3400..=0x4DBF | 0xF900..=0xFAFF | 0x20000..=0x2A6DF | 0x2A700..=0x2B73F
        | 0x2B740..=0x2B81F | 0x2B920..=0x2CEAF | 0x2F800..=0x2FA1F)
}

/// Whether a character is Japanese kana, or one of the marks that stand for an ideograph or a kana.
pub fn is_kana(c: char) -> bool {
    matches!(c as u32, 0x3005..=0x3007 | 0x3041..=0x3096 | 0x309D..=0x309F | 0x30A1..=0x30FA
        | 0x30FC..=0x30FF | 0x31F0..=0x31FF | 0xFF66..=0xFF9D)
}

/// A text's folded characters with their classes. Cloning it looks ahead.
#[derive(Clone)]
pub struct Folded<'a> {
    chars: Chars<'a>,
    pending: Fold,
}

impl<'a> Folded<'a> {
    /// The folded characters of `text`.
    pub fn new(text: &'a str) -> Self {
        Self {
            chars: text.chars(),
            pending: Fold::EMPTY,
        }
    }
}

impl Iterator for Folded<'_> {
    type Item = (char, Class);

    fn next(&mut self) -> Option<(char, Class)> {
        loop {
            if let Some(part) = self.pending.next() {
                return Some((part, class(part)));
            }
            let c = self.chars.next()?;
            let class = class(c);
            if c.is_ascii() {
                return Some((c.to_ascii_lowercase(), class));
            }
            self.pending = fold(c, class);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        Folded::new(text).map(|(c, _)| c).collect()
    }

    #[test]
    fn accents_go_and_case_folds() {
        assert_eq!(
            folded("Ångström NAÏVE İstanbul Σίσυφος ẞ"),
            "angstrom naive istanbul σισυφος ß"
        );
        assert_eq!(folded("e\u{301}\u{323}"), "e");
        assert_eq!(folded("\u{212A}\u{2126}\u{FB1D}"), "kω\u{5D9}");
    }

    #[test]
    fn hangul_decomposes_into_jamo() {
        assert_eq!(folded("한가"), "\u{1112}\u{1161}\u{11AB}\u{1100}\u{1161}");
        assert_eq!(folded("\u{D7A3}"), "\u{1112}\u{1175}\u{11C2}");
    }

    #[test]
    fn several_characters_and_ideographs() {
        assert_eq!(folded("\u{9CB}"), "\u{9C7}\u{9BE}");
        assert_eq!(folded("\u{1D160}"), "\u{1D158}\u{1D165}\u{1D16E}");
        assert_eq!(folded("\u{F900}\u{2FA1D}"), "\u{8C48}\u{2A600}");
    }

    #[test]
    fn alternating_case_folds_every_second() {
        assert_eq!(folded("ĀāĂăҠҡ"), "aaaaҡҡ");
        assert_eq!(folded("ѠѡѢѣ"), "ѡѡѣѣ");
    }

    #[test]
    fn ascii_is_as_the_tables_say() {
        for byte in 0..128u8 {
            assert_eq!(class_by_table(char::from(byte)), ascii_class(byte), "{byte}");
        }
    }

    #[test]
    fn classes() {
        let cases = [
            ('é', Class::Word),
            ('\u{301}', Class::Mark),
            ('。', Class::Punctuation),
            ('\u{200B}', Class::Control),
            ('\u{E000}', Class::Control),
            ('\u{A0}', Class::Space),
            ('🙂', Class::Other),
            ('\u{378}', Class::Other),
            ('\u{903}', Class::Word),
            ('\u{10FFFF}', Class::Other),
            ('日', Class::Word),
        ];
        for (c, expected) in cases {
            assert_eq!(class(c), expected, "{c:?}");
        }
    }

    #[test]
    fn no_fold_is_a_mark_or_folds_again() {
        for c in (0..0x11_0000).filter_map(char::from_u32) {
            for part in fold(c, class(c)) {
                assert_ne!(class(part), Class::Mark, "{c:?}");
                assert_eq!(fold(part, class(part)).collect::<Vec<_>>(), [part], "{c:?}");
            }
        }
    }
}
