//! What the host asks of a base.

use crate::base::RuleBase;
use crate::join::Step;
use crate::program::{Literal, Rule, Use, MAX_VARIABLES, NONE, VARIABLE};
use crate::store::{given, Given, HOLDS};
use abi::order;
use abi::protocol::fact_kind;
use abi::{Output, Result, Status};

/// Which triples are looked for.
#[derive(Clone, Copy)]
pub enum Which {
    /// Those that hold.
    Holding,
    /// Those that are asserted.
    Asserted,
    /// All that have a number.
    Known,
}

impl Which {
    /// From the host's code.
    pub fn from_code(code: u32) -> Result<Self> {
        match code {
            fact_kind::HOLDING => Ok(Self::Holding),
            fact_kind::ASSERTED => Ok(Self::Asserted),
            fact_kind::KNOWN => Ok(Self::Known),
            _ => Err(Status::BadArgument),
        }
    }
}

impl RuleBase {
    /// Puts out the numbers, from one on, of triples that match terms (`NONE` for any); how many.
    pub fn matching(
        &self,
        terms: Literal,
        which: Which,
        limit: usize,
        from: usize,
        output: &mut Output,
    ) -> Result<usize> {
        let limit = if limit == 0 { usize::MAX } else { limit };
        let fits = |number: u32| self.fits(number, terms, which);
        let mut found = 0;
        let given = given(terms);
        if terms[1] == NONE || (given == Given::Predicate && limit < usize::MAX) {
            // To begin a long chain at its end takes longer than to go through all triples.
            let numbers = self.store.numbers().skip(from);
            for number in numbers.filter(|&number| fits(number)).take(limit) {
                output.put(&[number])?;
                found += 1;
            }
            return Ok(found);
        }
        let mut numbers = Vec::new();
        let mut at = self.store.first(given, terms);
        // Numbers descend along a chain.
        while at != NONE && at as usize >= from {
            if fits(at) {
                numbers.try_reserve(1)?;
                numbers.push(at);
            }
            at = self.store.next(given, at);
        }
        for &number in numbers.iter().rev().take(limit) {
            output.put(&[number])?;
            found += 1;
        }
        Ok(found)
    }

    #[inline(never)]
    fn fits(&self, number: u32, terms: Literal, which: Which) -> bool {
        let triple = self.store.triple(number);
        let known = triple.terms();
        (0..3).all(|place| terms[place] == NONE || terms[place] == known[place])
            && match which {
                Which::Holding => triple.is(HOLDS),
                Which::Asserted => triple.asserted > 0.0,
                Which::Known => true,
            }
    }

    /// Puts out the numbers of triples, `NONE` for one without.
    pub fn find(&self, triples: &[Literal], output: &mut Output) -> Result<usize> {
        for &terms in triples {
            output.put(&[self.store.find(terms)])?;
        }
        Ok(triples.len())
    }

    /// Puts out triples, then their assertions' confidences, then theirs.
    pub fn describe(&self, numbers: &[u32], output: &mut Output) -> Result<usize> {
        for &number in numbers {
            self.check(number)?;
            output.put(&self.store.triple(number).terms())?;
        }
        for &number in numbers {
            output.put(&[self.store.triple(number).asserted])?;
        }
        for &number in numbers {
            output.put(&[self.store.triple(number).confidence])?;
        }
        Ok(numbers.len())
    }

    fn check(&self, number: u32) -> Result<()> {
        if (number as usize) < self.store.len() {
            Ok(())
        } else {
            Err(Status::OrdinalMissing)
        }
    }

    /// Puts out what a triple's confidence comes from; whether that is a rule.
    pub fn support(&self, number: u32, output: &mut Output) -> Result<usize> {
        self.check(number)?;
        let Some(rule) = self.program.find(self.store.triple(number).support.rule) else {
            return Ok(0);
        };
        self.put(
            rule,
            self.store.premises(number),
            self.store.triple(number).confidence,
            output,
        )?;
        Ok(1)
    }

    fn put(&self, rule: &Rule, premises: &[u32], confidence: f64, output: &mut Output) -> Result<()> {
        let mut bindings = [NONE; MAX_VARIABLES];
        for (literal, &number) in self.program.body(rule).iter().zip(premises) {
            let terms = self.store.triple(number).terms();
            for (slot, term) in literal.iter().zip(terms) {
                if *slot >= VARIABLE {
                    bindings[(slot - VARIABLE) as usize] = term;
                }
            }
        }
        output.put(&[confidence])?;
        output.put(&[rule.number, rule.variables, premises.len() as u32])?;
        output.put(&bindings[..rule.variables as usize])?;
        output.put(premises)
    }

    /// Puts out whether there were more candidates than `steps`, and the best applications of rules, among those looked
    /// at, that yield a triple from what holds; how many.
    pub fn derivations(
        &mut self,
        number: u32,
        limit: usize,
        mut steps: u64,
        output: &mut Output,
    ) -> Result<usize> {
        self.check(number)?;
        let terms = self.store.triple(number).terms();
        let mut found = Found::default();
        let mut cut = false;
        let (from, to) = self.program.entries(Use::Head, terms[1], None);
        for at in from..to {
            let rule = self.program.entry(at).rule as usize;
            self.run.join.start(&self.program, rule, HOLDS);
            if self
                .run
                .join
                .unify(&self.program.head(&self.program.rules[rule]), terms)
                .is_none()
            {
                continue;
            }
            loop {
                match self.run.join.next(&self.program, &self.store, &mut steps) {
                    Step::Found => {}
                    Step::Done => break,
                    Step::Paused => {
                        cut = true;
                        break;
                    }
                }
                let confidence = self.product(&self.run.join);
                if confidence > 0.0 && self.passes(&self.run.join, &mut steps) {
                    if found.rows.len() / 2 >= limit.max(SPARE) {
                        found.keep_best(limit)?;
                    }
                    let body = self.program.body(&self.program.rules[rule]).len();
                    found.add(rule, &self.run.join.premises[..body], confidence)?;
                }
            }
        }
        found.keep_best(limit)?;
        output.put_u32(u32::from(cut))?;
        for one in &found.rows {
            let rule = &self.program.rules[one.rule];
            self.put(rule, found.of(one), one.confidence, output)?;
        }
        Ok(found.rows.len())
    }
}

/// The best are chosen when there are twice as many applications as are wanted, but not before there are twice this.
const SPARE: usize = 64;

/// Applications that were found.
#[derive(Default)]
struct Found {
    rows: Vec<Row>,
    premises: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Row {
    confidence: f64,
    rule: usize,
    at: usize,
    end: usize,
}

impl Found {
    fn add(&mut self, rule: usize, premises: &[u32], confidence: f64) -> Result<()> {
        self.rows.try_reserve(1)?;
        self.premises.try_reserve(premises.len())?;
        let at = self.premises.len();
        self.premises.extend_from_slice(premises);
        self.rows.push(Row {
            confidence,
            rule,
            at,
            end: self.premises.len(),
        });
        Ok(())
    }

    /// Drops all but the best.
    fn keep_best(&mut self, limit: usize) -> Result<()> {
        self.sort();
        self.rows.truncate(limit);
        let mut premises = Vec::new();
        premises.try_reserve_exact(self.rows.iter().map(|row| row.end - row.at).sum())?;
        for row in &mut self.rows {
            let at = premises.len();
            premises.extend_from_slice(&self.premises[row.at..row.end]);
            (row.at, row.end) = (at, premises.len());
        }
        self.premises = premises;
        Ok(())
    }

    fn of(&self, row: &Row) -> &[u32] {
        &self.premises[row.at..row.end]
    }

    /// The most certain first; of equal ones by rule, then by premises.
    fn sort(&mut self) {
        let premises = &self.premises;
        order::sort(&mut self.rows, |a, b| {
            if a.confidence != b.confidence {
                return a.confidence > b.confidence;
            }
            (a.rule, &premises[a.at..a.end]) < (b.rule, &premises[b.at..b.end])
        });
    }
}
