//! The English stemmer of Snowball, "Porter2" (M. F. Porter, snowballstem.org/algorithms/english), as revised up
//! to Snowball 3.1.
//!
//! Works on bytes of lower-case text. Letters outside ASCII are consonants and are never changed, so for the
//! steps each of them stands as one placeholder byte.

use abi::Result;

/// What a letter outside ASCII is to the steps, which count letters.
const PLACEHOLDER: u8 = 0x80;

/// A `y` that is a consonant: the first letter, or behind a vowel.
const CONSONANT_Y: u8 = b'Y';

/// Words whose stem no rule gives.
const EXCEPTIONS: [(&[u8], &[u8]); 15] = [
    (b"andes", b"andes"),
    (b"atlas", b"atlas"),
    (b"bias", b"bias"),
    (b"cosmos", b"cosmos"),
    (b"early", b"earli"),
    (b"gently", b"gentl"),
    (b"howe", b"howe"),
    (b"idly", b"idl"),
    (b"news", b"news"),
    (b"only", b"onli"),
    (b"singly", b"singl"),
    (b"skies", b"sky"),
    (b"skis", b"ski"),
    (b"sky", b"sky"),
    (b"ugly", b"ugli"),
];

/// Beginnings behind which R1 starts at once, since the rule would put too much of the word into it.
const R1_PREFIXES: [&[u8]; 9] = [
    b"arsen", b"commun", b"emerg", b"gener", b"inter", b"later", b"organ", b"past", b"univers",
];

/// What precedes -ing in words that keep it: evening, canning, inning, earring, herring, outing.
const KEEP_ING: [&[u8]; 6] = [b"even", b"cann", b"inn", b"earr", b"herr", b"out"];

/// What precedes -eed in words that keep it: succeed, proceed, exceed.
const KEEP_EED: [&[u8]; 3] = [b"succ", b"proc", b"exc"];

/// Replacements of step 2 that need nothing but R1. Of several that match, the longest counts.
const STEP_2: [(&[u8], &[u8]); 23] = [
    (b"tional", b"tion"),
    (b"enci", b"ence"),
    (b"anci", b"ance"),
    (b"abli", b"able"),
    (b"entli", b"ent"),
    (b"izer", b"ize"),
    (b"ization", b"ize"),
    (b"ational", b"ate"),
    (b"ation", b"ate"),
    (b"ator", b"ate"),
    (b"alism", b"al"),
    (b"aliti", b"al"),
    (b"alli", b"al"),
    (b"fulness", b"ful"),
    (b"fulli", b"ful"),
    (b"ousli", b"ous"),
    (b"ousness", b"ous"),
    (b"iveness", b"ive"),
    (b"iviti", b"ive"),
    (b"biliti", b"ble"),
    (b"bli", b"ble"),
    (b"ogist", b"og"),
    (b"lessli", b"less"),
];

/// Replacements of step 3 that need nothing but R1.
const STEP_3: [(&[u8], &[u8]); 8] = [
    (b"tional", b"tion"),
    (b"ational", b"ate"),
    (b"alize", b"al"),
    (b"icate", b"ic"),
    (b"iciti", b"ic"),
    (b"ical", b"ic"),
    (b"ful", b""),
    (b"ness", b""),
];

/// Endings that step 4 removes within R2; -ion is apart.
const STEP_4: [&[u8]; 17] = [
    b"al", b"ance", b"ence", b"er", b"ic", b"able", b"ible", b"ant", b"ement", b"ment", b"ent", b"ism",
    b"ate", b"iti", b"ous", b"ive", b"ize",
];

const fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// A word in the making.
struct Stem<'a> {
    word: &'a mut Vec<u8>,
    r1: usize,
    r2: usize,
}

impl Stem<'_> {
    fn ends(&self, suffix: &[u8]) -> bool {
        self.word.ends_with(suffix)
    }

    fn has_vowel(&self, len: usize) -> bool {
        self.word[..len].iter().any(|&letter| is_vowel(letter))
    }

    /// The letter `back` places before the end (1 is the last), if there is one.
    fn letter_back(&self, back: usize) -> Option<u8> {
        self.word.len().checked_sub(back).map(|at| self.word[at])
    }

    /// Replaces the last `len` letters; a replacement is never more than one letter longer than the word was.
    fn replace(&mut self, len: usize, with: &[u8]) {
        self.word.truncate(self.word.len() - len);
        self.word.extend_from_slice(with);
    }

    /// The place behind the first vowel and the first consonant after it, from `from` on.
    fn region(&self, from: usize) -> usize {
        let letters = &self.word[from..];
        let vowel = letters.iter().position(|&letter| is_vowel(letter));
        vowel
            .and_then(|at| {
                letters[at..]
                    .iter()
                    .position(|&letter| !is_vowel(letter))
                    .map(|more| at + more + 1)
            })
            .map_or(self.word.len(), |behind| from + behind)
    }

    fn mark_regions(&mut self) {
        let prefix = R1_PREFIXES.iter().find(|prefix| self.word.starts_with(prefix));
        self.r1 = prefix.map_or_else(|| self.region(0), |prefix| prefix.len());
        self.r2 = self.region(self.r1);
    }

    /// Whether the first `len` letters end in a short syllable.
    fn ends_short(&self, len: usize) -> bool {
        match self.word[..len] {
            [.., b'p', b'a', b's', b't'] => true,
            [vowel, last] => is_vowel(vowel) && !is_vowel(last),
            [.., before, vowel, last] => {
                !is_vowel(before)
                    && is_vowel(vowel)
                    && !is_vowel(last)
                    && !matches!(last, b'w' | b'x' | CONSONANT_Y)
            }
            _ => false,
        }
    }

    /// The longest of the rules whose suffix the word ends in.
    fn longest<'r>(&self, rules: &'r [(&[u8], &'r [u8])]) -> Option<(usize, &'r [u8])> {
        let matching = rules.iter().filter(|(suffix, _)| self.ends(suffix));
        matching
            .max_by_key(|(suffix, _)| suffix.len())
            .map(|&(suffix, with)| (suffix.len(), with))
    }

    fn in_r1(&self, suffix: usize) -> bool {
        self.word.len() - suffix >= self.r1
    }

    fn in_r2(&self, suffix: usize) -> bool {
        self.word.len() - suffix >= self.r2
    }

    /// Possessives, then plurals.
    fn step_1a(&mut self) {
        if let Some(suffix) = [&b"'s'"[..], b"'s", b"'"].iter().find(|suffix| self.ends(suffix)) {
            self.replace(suffix.len(), b"");
        }
        let len = self.word.len();
        if self.ends(b"sses") {
            self.replace(2, b"");
        } else if self.ends(b"ied") || self.ends(b"ies") {
            self.replace(if len > 4 { 2 } else { 1 }, b"");
        } else if self.ends(b"s")
            && !self.ends(b"us")
            && !self.ends(b"ss")
            && len >= 2
            && self.has_vowel(len - 2)
        {
            self.replace(1, b"");
        }
    }

    /// Past tenses and participles.
    fn step_1b(&mut self) {
        let suffixes = [&b"eedly"[..], b"ingly", b"edly", b"eed", b"ing", b"ed"];
        let Some(suffix) = suffixes.into_iter().find(|suffix| self.ends(suffix)) else {
            return;
        };
        let stem = self.word.len() - suffix.len();
        if suffix.starts_with(b"ee") {
            if self.in_r1(suffix.len()) && !KEEP_EED.contains(&&self.word[..stem]) {
                self.replace(suffix.len(), b"ee");
            }
            return;
        }
        if suffix == b"ing" {
            match self.word[..stem] {
                [first, b'y'] if !is_vowel(first) => return self.replace(4, b"ie"),
                _ if KEEP_ING.contains(&&self.word[..stem]) => return,
                _ => {}
            }
        }
        if self.has_vowel(stem) {
            self.word.truncate(stem);
            self.mend();
        }
    }

    /// Gives what step 1b cut the ending it has when it stands alone: hop(p), hop(e), fil(e).
    fn mend(&mut self) {
        let len = self.word.len();
        if self.ends(b"at") || self.ends(b"bl") || self.ends(b"iz") {
            self.word.push(b'e');
        } else if self.ends_double() {
            // add, egg and off end in a double letter.
            if !(len == 3 && matches!(self.word[0], b'a' | b'e' | b'o')) {
                self.word.pop();
            }
        } else if len == self.r1 && self.ends_short(len) {
            self.word.push(b'e');
        }
    }

    /// Whether the word ends in one of the double letters that a suffix brings about.
    fn ends_double(&self) -> bool {
        match self.word[..] {
            [.., before, last] => before == last && b"bdfgmnprt".contains(&last),
            _ => false,
        }
    }

    /// A final y behind a consonant that is not the first letter.
    fn step_1c(&mut self) {
        if let [_, .., before, last @ (b'y' | CONSONANT_Y)] = &mut self.word[..] {
            if !is_vowel(*before) {
                *last = b'i';
            }
        }
    }

    fn step_2(&mut self) {
        if let Some((len, with)) = self.longest(&STEP_2) {
            if self.in_r1(len) {
                self.replace(len, with);
            }
        } else if self.ends(b"ogi") {
            if self.in_r1(3) && self.letter_back(4) == Some(b'l') {
                self.replace(1, b"");
            }
        } else if self.ends(b"li")
            && self.in_r1(2)
            && matches!(
                self.letter_back(3),
                Some(b'c' | b'd' | b'e' | b'g' | b'h' | b'k' | b'm' | b'n' | b'r' | b't')
            )
        {
            self.replace(2, b"");
        }
    }

    fn step_3(&mut self) {
        if let Some((len, with)) = self.longest(&STEP_3) {
            if self.in_r1(len) {
                self.replace(len, with);
            }
        } else if self.ends(b"ative") && self.in_r1(5) && self.in_r2(5) {
            self.replace(5, b"");
        }
    }

    fn step_4(&mut self) {
        if self.ends(b"ion") {
            if self.in_r2(3) && matches!(self.letter_back(4), Some(b's' | b't')) {
                self.replace(3, b"");
            }
            return;
        }
        let matching = STEP_4.iter().filter(|suffix| self.ends(suffix));
        if let Some(len) = matching.map(|suffix| suffix.len()).max() {
            if self.in_r2(len) {
                self.replace(len, b"");
            }
        }
    }

    fn step_5(&mut self) {
        let len = self.word.len();
        let removes = if self.ends(b"e") {
            self.in_r2(1) || self.in_r1(1) && !self.ends_short(len - 1)
        } else {
            self.ends(b"ll") && self.in_r2(1)
        };
        if removes {
            self.word.truncate(len - 1);
        }
    }
}

/// Marks each y that is a consonant.
fn mark_consonant_y(word: &mut [u8]) {
    let mut after_vowel = true;
    for letter in word {
        if *letter == b'y' && after_vowel {
            *letter = CONSONANT_Y;
        }
        after_vowel = is_vowel(*letter);
    }
}

/// Stems a word of lower-case letters, one byte each.
fn stem_letters(word: &mut Vec<u8>) {
    if let Ok(at) = EXCEPTIONS.binary_search_by_key(&&word[..], |&(whole, _)| whole) {
        word.clear();
        word.extend_from_slice(EXCEPTIONS[at].1);
        return;
    }
    if word.len() < 3 {
        return;
    }
    if word[0] == b'\'' {
        word.remove(0);
    }
    mark_consonant_y(word);
    let mut stem = Stem { word, r1: 0, r2: 0 };
    stem.mark_regions();
    stem.step_1a();
    stem.step_1b();
    stem.step_1c();
    stem.step_2();
    stem.step_3();
    stem.step_4();
    stem.step_5();
    word.iter_mut()
        .filter(|letter| **letter == CONSONANT_Y)
        .for_each(|letter| *letter = b'y');
}

/// Stemming, with the memory it reuses from word to word.
#[derive(Default)]
pub struct Stemmer {
    letters: Vec<u8>,
}

impl Stemmer {
    /// Replaces a lower-case word, in UTF-8, by its stem.
    ///
    /// # Errors
    /// `out_of_memory`; the word is unchanged then.
    pub fn stem(&mut self, word: &mut Vec<u8>) -> Result<()> {
        // No step makes a word more than one letter longer than it was.
        word.try_reserve(1)?;
        if word.is_ascii() {
            stem_letters(word);
            return Ok(());
        }
        self.letters.clear();
        self.letters.try_reserve(word.len() + 1)?;
        for &byte in word.iter() {
            match byte {
                0..=0x7F => self.letters.push(byte),
                0xC0.. => self.letters.push(PLACEHOLDER),
                _ => {}
            }
        }
        stem_letters(&mut self.letters);
        restore(word, &self.letters);
        Ok(())
    }
}

/// Rewrites `word` as `letters` say. Only ASCII letters were removed, replaced or added, and only at either end,
/// so the letters behind the placeholders are those of `word`, in order.
fn restore(word: &mut Vec<u8>, letters: &[u8]) {
    let first = word
        .iter()
        .position(|byte| !byte.is_ascii())
        .unwrap_or(word.len());
    let held = letters
        .iter()
        .position(|&letter| letter == PLACEHOLDER)
        .unwrap_or(letters.len());
    word.drain(..first - held.min(first));
    let mut at = 0;
    for &letter in letters {
        if letter == PLACEHOLDER {
            at += 1;
            while word.get(at).is_some_and(|byte| byte & 0xC0 == 0x80) {
                at += 1;
            }
        } else if let Some(byte) = word.get_mut(at) {
            *byte = letter;
            at += 1;
        } else {
            word.push(letter);
            at += 1;
        }
    }
    word.truncate(at);
}

#[cfg(test)]
mod tests;
