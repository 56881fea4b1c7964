//! A base of facts, and what the host says of them.

use crate::program::{Literal, Program, NONE, TERM_BOUND};
use crate::run::Run;
use crate::store::{Store, Support, Triple, LOWERED};
use abi::{Output, Result, Status};
use core::cell::Cell;

/// Facts, rules, and what follows.
pub struct RuleBase {
    /// The triples.
    pub store: Store,
    /// The rules.
    pub program: Program,
    /// Triples whose assertion, or whose rule, changed since the last run.
    pub pending: Vec<u32>,
    /// The run under way.
    pub run: Run,
    /// Values of terms that are numbers, NaN for others.
    pub(crate) values: Vec<f64>,
    /// The triple by which an `unless` was found to forbid last, which may forbid the next match too.
    pub(crate) witness: Cell<u32>,
    /// 1 + the greatest term of an assertion or a rule.
    bound: u32,
    /// Triples that are asserted.
    asserted: usize,
}

impl RuleBase {
    /// Without facts and rules.
    pub const fn new() -> Self {
        Self {
            store: Store::new(),
            program: Program::new(),
            pending: Vec::new(),
            run: Run::new(),
            values: Vec::new(),
            witness: Cell::new(NONE),
            bound: 0,
            asserted: 0,
        }
    }

    /// Triples that hold and are not asserted.
    pub fn derived(&self) -> usize {
        self.store.holding - self.asserted
    }

    /// Sets with which confidence triples are asserted; puts out their numbers.
    pub fn assert(&mut self, triples: &[Literal], confidences: &[f64], output: &mut Output) -> Result<usize> {
        // NaN is in no range.
        if !confidences
            .iter()
            .all(|confidence| (0.0..=1.0).contains(confidence))
        {
            return Err(Status::BadArgument);
        }
        let greatest = triples.iter().flatten().copied().max().unwrap_or(0);
        if greatest >= TERM_BOUND {
            return Err(Status::OutOfMemory);
        }
        let new = triples
            .iter()
            .filter(|&&terms| self.store.find(terms) == NONE)
            .count();
        self.store.reserve(new)?;
        self.pending.try_reserve(triples.len())?;
        output.reserve(4 * triples.len())?;
        if !triples.is_empty() {
            self.bound = self.bound.max(greatest + 1);
        }
        for (&terms, &confidence) in triples.iter().zip(confidences) {
            let mut number = self.store.find(terms);
            if number == NONE {
                number = self.store.insert(terms)?;
            }
            output.put(&[number])?;
            self.assert_one(number, confidence);
        }
        Ok(triples.len())
    }

    fn assert_one(&mut self, number: u32, confidence: f64) {
        let triple = self.store.triple_mut(number);
        let known = triple.confidence;
        self.asserted = self.asserted + usize::from(confidence > 0.0) - usize::from(triple.asserted > 0.0);
        triple.asserted = confidence;
        if confidence < known && triple.support.rule != NONE {
            return;
        }
        self.run.discard(&triple.support);
        self.store.hold(number, confidence, Support::NONE);
        if confidence < known {
            self.lower(number);
        } else if confidence > known {
            self.pending.push(number);
        }
    }

    /// Leaves a triple to the next run, with all that rests on it. There must be room.
    fn lower(&mut self, number: u32) {
        self.store.triple_mut(number).tagged |= LOWERED;
        self.pending.push(number);
    }

    /// Says which terms are numbers.
    pub fn set_numbers(&mut self, terms: &[u32], values: &[f64]) -> Result<usize> {
        if !values.iter().all(|value| value.is_finite()) {
            return Err(Status::NotFinite);
        }
        let bound = terms.iter().max().map_or(0, |&term| term as usize + 1);
        if bound > TERM_BOUND as usize {
            return Err(Status::OutOfMemory);
        }
        self.values.try_reserve(bound.saturating_sub(self.values.len()))?;
        let bound = bound.max(self.values.len());
        self.values.resize(bound, f64::NAN);
        let changes =
            |(&term, &value): (&u32, &f64)| term < self.bound && self.values[term as usize] != value;
        if terms.iter().zip(values).any(changes) {
            // What they concluded may not follow any more, and other things may.
            let retired = self.program.numbers(&|rule| self.program.compares_sizes(rule))?;
            self.retire(&retired, false)?;
            self.program.refresh(&retired);
        }
        for (&term, &value) in terms.iter().zip(values) {
            self.values[term as usize] = value;
        }
        Ok(0)
    }

    /// Replaces the rules.
    pub fn set_program(&mut self, bytes: &[u8]) -> Result<usize> {
        let mut program = Program::read(bytes)?;
        let retired = self
            .program
            .numbers(&|rule| !self.program.is_in(rule, &program))?;
        self.retire(&retired, true)?;
        program.keep_fresh(&self.program);
        self.bound = self.bound.max(program.bound);
        self.program = program;
        Ok(0)
    }

    /// Lowers what is supported by rules with these numbers, ascending; without support where they are gone.
    fn retire(&mut self, rules: &[u32], gone: bool) -> Result<()> {
        if rules.is_empty() {
            return Ok(());
        }
        let concerned = |triple: &Triple| rules.binary_search(&triple.support.rule).is_ok();
        let count = self
            .store
            .numbers()
            .filter(|&number| concerned(self.store.triple(number)))
            .count();
        self.pending.try_reserve(count)?;
        for number in self.store.numbers() {
            let triple = self.store.triple_mut(number);
            if concerned(triple) {
                if gone {
                    self.run.discard(&triple.support);
                    triple.support = Support::NONE;
                }
                self.lower(number);
            }
        }
        Ok(())
    }
}

impl Default for RuleBase {
    fn default() -> Self {
        Self::new()
    }
}
