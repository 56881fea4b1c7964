//! Triples by number, with what is known of each, found by what they say.
//!
//! A triple costs 56 bytes here and about 16 in the tables. Those are one of open addressing for whole triples, and
//! buckets of chains for triples of a predicate alone, with a subject, or with an object. Numbers descend along a
//! chain, also after the tables were enlarged.

use crate::program::{Literal, NONE, TERM_BOUND};
use abi::{Result, Status};
use core::ops::Range;

/// A premise for other triples: what it holds with has been followed up, or is being.
pub const VISIBLE: u32 = 1 << 28;
/// Asserted or derived.
pub const HOLDS: u32 = 1 << 29;
/// Waits to be deleted.
pub const DOOMED: u32 = 1 << 30;
/// Lost confidence, or the rule it followed by, since the last run.
pub const LOWERED: u32 = 1 << 31;

/// The bits of a predicate, or of a number, below its flags or mark.
const LOW: u32 = TERM_BOUND - 1;
const MIN_TABLE: usize = 64;

/// Marks a support with more than two premises; numbers of triples are smaller.
const LONG: u32 = 1 << 31;

/// What of a literal is given, and with it the chain to walk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// The predicate alone.
    Predicate,
    /// Predicate and subject.
    Subject,
    /// Predicate and object.
    Object,
    /// All three.
    Whole,
}

/// What is given of terms, where `NONE` is not.
pub fn given(terms: Literal) -> Given {
    match (terms[0] != NONE, terms[2] != NONE) {
        (true, true) => Given::Whole,
        (true, false) => Given::Subject,
        (false, true) => Given::Object,
        (false, false) => Given::Predicate,
    }
}

/// A triple, what is known of it, and its place in the chains.
#[derive(Clone, Copy)]
pub struct Triple {
    /// Its subject.
    pub subject: u32,
    /// Its predicate, and flags above.
    pub tagged: u32,
    /// Its object.
    pub object: u32,
    next: [u32; 3],
    /// Of the best proof, 0 where it does not hold.
    pub confidence: f64,
    /// What it was asserted with, 0 for not.
    pub asserted: f64,
    /// Where the confidence comes from.
    pub support: Support,
}

impl Triple {
    const NONE: Self = Self {
        subject: NONE,
        tagged: 0,
        object: NONE,
        next: [NONE; 3],
        confidence: 0.0,
        asserted: 0.0,
        support: Support::NONE,
    };

    /// What it says.
    pub fn terms(&self) -> Literal {
        [self.subject, self.tagged & LOW, self.object]
    }

    /// Its predicate.
    pub fn predicate(&self) -> u32 {
        self.tagged & LOW
    }

    /// Whether one of these flags is set.
    pub fn is(&self, flags: u32) -> bool {
        self.tagged & flags != 0
    }

    /// Whether it is of a predicate and has all of these flags.
    pub fn is_of(&self, predicate: u32, flags: u32) -> bool {
        self.tagged & (LOW | flags) == predicate | flags
    }
}

/// The application of a rule that a triple's confidence comes from.
#[derive(Clone, Copy)]
pub struct Support {
    /// The rule's number; `NONE` where the confidence is the assertion's.
    pub rule: u32,
    /// One or two premises; of more, where they are among the long ones, with a mark, and how many.
    pub premises: [u32; 2],
}

impl Support {
    /// None.
    pub const NONE: Self = Self {
        rule: NONE,
        premises: [NONE; 2],
    };

    /// Where the premises are, if they are more than two.
    pub fn long(&self) -> Option<Range<usize>> {
        let [at, count] = self.premises;
        if self.rule == NONE || at & LONG == 0 {
            return None;
        }
        let at = (at & !LONG) as usize;
        Some(at..at + count as usize)
    }
}

/// Triples are kept in runs of this many, so that none is ever copied, and no memory is left behind.
const RUN: usize = 1024;

type Triples = Box<[Triple; RUN]>;

/// All triples that have a number.
pub struct Store {
    /// The premises of supports with more than two.
    pub long: Vec<u32>,
    /// How many hold.
    pub holding: usize,
    len: usize,
    runs: Vec<Triples>,
    table: Vec<u32>,
    buckets: Vec<Bucket>,
}

/// Where chains begin, by what is given; and how many of the triples on that of a predicate alone hold.
type Bucket = [u32; 4];

const EMPTY: Bucket = [NONE, NONE, NONE, 0];
const HOLDING: usize = 3;

impl Store {
    /// Without triples.
    pub(crate) const fn new() -> Self {
        Self {
            long: Vec::new(),
            holding: 0,
            len: 0,
            runs: Vec::new(),
            table: Vec::new(),
            buckets: Vec::new(),
        }
    }

    /// How many triples have a number.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// A triple.
    pub fn triple(&self, number: u32) -> &Triple {
        &self.runs[number as usize / RUN][number as usize % RUN]
    }

    /// A triple, to be changed.
    pub fn triple_mut(&mut self, number: u32) -> &mut Triple {
        &mut self.runs[number as usize / RUN][number as usize % RUN]
    }

    /// All numbers.
    pub fn numbers(&self) -> Range<u32> {
        0..self.len as u32
    }

    /// Makes room for more triples, so that inserting them cannot fail.
    pub fn reserve(&mut self, additional: usize) -> Result<()> {
        let wanted = self.len + additional;
        if wanted >= TERM_BOUND as usize {
            return Err(Status::OutOfMemory);
        }
        while wanted > self.runs.len() * RUN {
            self.runs.try_reserve(1)?;
            self.runs.push(new_run()?);
        }
        if wanted * 4 > self.table.len() * 3 {
            let size = (wanted * 4 / 3 + 1).next_power_of_two().max(MIN_TABLE);
            let mut table = Vec::new();
            let mut buckets = Vec::new();
            table.try_reserve_exact(size)?;
            buckets.try_reserve_exact(size / 4)?;
            table.resize(size, NONE);
            buckets.resize(size / 4, EMPTY);
            self.table = table;
            self.buckets = buckets;
            self.numbers().for_each(|number| self.link(number));
        }
        Ok(())
    }

    /// Enters a triple into the tables.
    fn link(&mut self, number: u32) {
        let terms = self.triple(number).terms();
        let mask = self.table.len() - 1;
        let (mut at, tag) = place(terms);
        while self.table[at & mask] != NONE {
            at += 1;
        }
        self.table[at & mask] = tag | number;
        self.buckets[bucket(Given::Predicate, terms, mask)][HOLDING] +=
            u32::from(self.triple(number).is(HOLDS));
        let mut next = [NONE; 3];
        for given in [Given::Predicate, Given::Subject, Given::Object] {
            let head = &mut self.buckets[bucket(given, terms, mask)][given as usize];
            next[given as usize] = *head;
            *head = number;
        }
        self.triple_mut(number).next = next;
    }

    /// Takes the newest of the triples out of the tables again.
    fn unlink(&mut self, number: u32) {
        let &triple = self.triple(number);
        let terms = triple.terms();
        let mask = self.table.len() - 1;
        let (mut at, tag) = place(terms);
        while self.table[at & mask] != tag | number {
            at += 1;
        }
        // What was put in after it is out, so nothing is looked for beyond this place.
        self.table[at & mask] = NONE;
        for given in [Given::Predicate, Given::Subject, Given::Object] {
            self.buckets[bucket(given, terms, mask)][given as usize] = triple.next[given as usize];
        }
        self.buckets[bucket(Given::Predicate, terms, mask)][HOLDING] -= u32::from(triple.is(HOLDS));
    }

    /// Whether any triple of a predicate may hold: false is certain, true is not, since predicates can share a bucket.
    pub fn any_holds(&self, terms: Literal) -> bool {
        !self.table.is_empty()
            && self.buckets[bucket(Given::Predicate, terms, self.table.len() - 1)][HOLDING] > 0
    }

    /// The number of a triple, `NONE` without.
    pub fn find(&self, terms: Literal) -> u32 {
        if self.table.is_empty() {
            return NONE;
        }
        let mask = self.table.len() - 1;
        let (mut at, tag) = place(terms);
        loop {
            let found = self.table[at & mask];
            let number = found & LOW;
            if found == NONE {
                return NONE;
            }
            if found == tag | number && self.triple(number).terms() == terms {
                return number;
            }
            at += 1;
        }
    }

    /// Gives a number to a triple that has none.
    ///
    /// # Errors
    /// `out_of_memory`; never after `reserve`.
    pub fn insert(&mut self, terms: Literal) -> Result<u32> {
        self.reserve(1)?;
        let number = self.len as u32;
        let [subject, tagged, object] = terms;
        self.len += 1;
        *self.triple_mut(number) = Triple {
            subject,
            tagged,
            object,
            ..Triple::NONE
        };
        self.link(number);
        Ok(number)
    }

    /// The first triple of a chain that holds all triples with what is given, and others.
    pub fn first(&self, given: Given, terms: Literal) -> u32 {
        match given {
            Given::Whole => self.find(terms),
            _ if self.table.is_empty() => NONE,
            _ => self.buckets[bucket(given, terms, self.table.len() - 1)][given as usize],
        }
    }

    /// The triple after one in a chain.
    pub fn next(&self, given: Given, number: u32) -> u32 {
        match given {
            Given::Whole => NONE,
            _ => self.triple(number).next[given as usize],
        }
    }

    /// Forgets the triples from a number on.
    pub fn truncate(&mut self, len: usize) {
        if len == self.len {
            return;
        }
        if self.len - len < len {
            (len as u32..self.len as u32)
                .rev()
                .for_each(|number| self.unlink(number));
            self.len = len;
        } else {
            self.len = len;
            self.table.fill(NONE);
            self.buckets.fill(EMPTY);
            self.numbers().for_each(|number| self.link(number));
        }
        self.runs.truncate(len.div_ceil(RUN));
    }

    /// Sets with which confidence a triple holds, and by what; 0 for not at all.
    pub fn hold(&mut self, number: u32, confidence: f64, support: Support) {
        let triple = self.triple_mut(number);
        let before = u32::from(triple.is(HOLDS));
        let after = u32::from(confidence > 0.0);
        triple.confidence = confidence;
        triple.support = support;
        triple.tagged &= !HOLDS;
        triple.tagged |= after * HOLDS;
        if before != after {
            let terms = triple.terms();
            self.holding = self.holding + after as usize - before as usize;
            let at = bucket(Given::Predicate, terms, self.table.len() - 1);
            self.buckets[at][HOLDING] = self.buckets[at][HOLDING] + after - before;
        }
    }

    /// The premises of what supports a triple.
    pub fn premises(&self, number: u32) -> &[u32] {
        let support = &self.triple(number).support;
        match support.long() {
            Some(long) => &self.long[long],
            None => &support.premises[..2 - usize::from(support.premises[1] == NONE)],
        }
    }

    /// Writes down the application of a rule.
    pub fn keep(&mut self, rule: u32, premises: &[u32]) -> Result<Support> {
        let mut short = [NONE; 2];
        if premises.len() <= 2 {
            short[..premises.len()].copy_from_slice(premises);
        } else {
            self.long.try_reserve(premises.len())?;
            short = [LONG | self.long.len() as u32, premises.len() as u32];
            self.long.extend_from_slice(premises);
        }
        Ok(Support {
            rule,
            premises: short,
        })
    }

    /// Drops the long premises that nothing refers to, when they are the most; whether it did.
    pub fn compact(&mut self, garbage: usize) -> bool {
        let live = self.long.len() - garbage;
        let mut kept = Vec::new();
        if garbage <= live || kept.try_reserve_exact(live).is_err() {
            return false;
        }
        for number in self.numbers() {
            if let Some(long) = self.triple(number).support.long() {
                self.triple_mut(number).support.premises[0] = LONG | kept.len() as u32;
                kept.extend_from_slice(&self.long[long]);
            }
        }
        self.long = kept;
        true
    }
}

/// Room for a run of triples.
fn new_run() -> Result<Triples> {
    let mut run = Vec::new();
    run.try_reserve_exact(RUN)?;
    run.resize(RUN, Triple::NONE);
    run.into_boxed_slice().try_into().map_err(|_| Status::Internal)
}

fn mix(a: u32, b: u32) -> u64 {
    let product = (u64::from(a) << 32 | u64::from(b))
        .wrapping_add(0x9E37_79B9)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15);
    product ^ product >> 32
}

/// Where in the table a triple is looked for, and what marks it there above the number.
fn place([subject, predicate, object]: Literal) -> (usize, u32) {
    let mixed = mix(subject, object)
        .wrapping_add(u64::from(predicate))
        .wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let hash = (mixed >> 32) as u32;
    ((hash & LOW) as usize, hash & !LOW)
}

/// Where the chain begins that what is given leads to; there is a bucket to four places of the table.
fn bucket(given: Given, [subject, predicate, object]: Literal, mask: usize) -> usize {
    let key = match given {
        Given::Subject => mix(subject, predicate),
        Given::Object => mix(object, predicate),
        _ => mix(0, predicate),
    };
    key as usize & mask >> 2
}
