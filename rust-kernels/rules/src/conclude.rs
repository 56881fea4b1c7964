//! What a match of a rule's body is good for: a conclusion, or the deletion of one.

use crate::base::RuleBase;
use crate::join::Join;
use crate::program::{Literal, NONE};
use crate::run::{Stage, Undo};
use crate::store::{given, Given, Triple, DOOMED, HOLDS, VISIBLE};
use abi::protocol::comparison;
use abi::{Result, Status};

impl RuleBase {
    /// Uses a match of the search, taking off `steps` what it costs.
    pub(crate) fn found(&mut self, steps: &mut u64) -> Result<()> {
        match self.run.stage {
            Stage::Forbid | Stage::Doom => {
                let number = self.store.find(self.conclusion(&self.run.join));
                if number != NONE && !self.store.triple(number).is(DOOMED) && self.supports(number) {
                    return self.doom(number);
                }
                Ok(())
            }
            stage => {
                self.offer(steps)?;
                let rule = &self.program.rules[self.run.join.rule];
                if stage == Stage::Rederive && self.store.triple(self.run.item).confidence >= rule.weight {
                    self.run.joining = false;
                }
                Ok(())
            }
        }
    }

    /// Whether the match is what supports a triple.
    fn supports(&self, number: u32) -> bool {
        let join = &self.run.join;
        let rule = &self.program.rules[join.rule];
        self.store.triple(number).support.rule == rule.number
            && self.store.premises(number) == &join.premises[..self.program.body(rule).len()]
    }

    pub(crate) fn doom(&mut self, number: u32) -> Result<()> {
        if self.store.triple(number).is(DOOMED) {
            return Ok(());
        }
        self.run.doomed.try_reserve(1)?;
        self.remember(number)?;
        self.store.triple_mut(number).tagged |= DOOMED;
        self.run.doomed.push(number);
        Ok(())
    }

    /// Keeps what a triple was before it changes.
    fn remember(&mut self, number: u32) -> Result<()> {
        if (number as usize) < self.run.before.len {
            let &Triple {
                tagged,
                confidence,
                support,
                ..
            } = self.store.triple(number);
            let undo = Undo {
                number,
                tagged,
                confidence,
                support,
            };
            self.run.undo.try_reserve(1)?;
            self.run.undo.push(undo);
        }
        Ok(())
    }

    /// Takes the match as the support of its conclusion, if it is better than what is known.
    fn offer(&mut self, steps: &mut u64) -> Result<()> {
        let join = &self.run.join;
        let confidence = self.product(join);
        let terms = self.conclusion(join);
        let mut number = self.store.find(terms);
        let known = if number == NONE {
            0.0
        } else {
            self.store.triple(number).confidence
        };
        if confidence <= known || !self.passes(join, steps) {
            return Ok(());
        }
        let rule = &self.program.rules[join.rule];
        let premises = &join.premises[..self.program.body(rule).len()];
        let support = self.store.keep(rule.number, premises)?;
        if known == 0.0 {
            self.check_budget()?;
        }
        if number == NONE {
            number = self.store.insert(terms)?;
        }
        self.run.agenda.push(confidence, number)?;
        self.remember(number)?;
        self.run.discard(&self.store.triple(number).support);
        self.store.hold(number, confidence, support);
        self.store.triple_mut(number).tagged &= !VISIBLE;
        Ok(())
    }

    /// Whether one more triple may be derived. What higher strata derived before does not count, it may not last.
    fn check_budget(&mut self) -> Result<()> {
        let run = &self.run;
        let exceeded = |slack| run.max_derived > 0 && self.derived() >= run.max_derived + slack;
        if !exceeded(run.slack) {
            return Ok(());
        }
        let stratum = self.stratum();
        let higher = |&number: &u32| {
            let triple = self.store.triple(number);
            triple.is(HOLDS) && triple.asserted == 0.0 && self.program.strata_of(&triple.terms()).1 > stratum
        };
        let slack = self.store.numbers().filter(higher).count();
        if exceeded(slack) {
            return Err(Status::OverBudget);
        }
        self.run.slack = slack;
        Ok(())
    }

    /// What a match of a rule's body concludes.
    pub fn conclusion(&self, join: &Join) -> Literal {
        self.program
            .head(&self.program.rules[join.rule])
            .map(|slot| join.value(slot))
    }

    /// The confidence of a match: the weight times the premises', in the order of the body.
    pub fn product(&self, join: &Join) -> f64 {
        let rule = &self.program.rules[join.rule];
        let premises = &join.premises[..self.program.body(rule).len()];
        premises.iter().fold(rule.weight, |product, &number| {
            product * self.store.triple(number).confidence
        })
    }

    /// Whether a match's comparisons are so, and nothing holds that it excludes; looking takes off `steps`.
    pub fn passes(&self, join: &Join, steps: &mut u64) -> bool {
        let rule = &self.program.rules[join.rule];
        self.program
            .comparisons(rule)
            .iter()
            .all(|comparison| self.compare(join, comparison))
            && !self
                .program
                .unless(rule)
                .iter()
                .any(|literal| self.holds(join, literal, steps))
    }

    fn compare(&self, join: &Join, comparison: &Literal) -> bool {
        let [left, right] = [comparison[1], comparison[2]].map(|slot| join.value(slot));
        let [a, b] = [left, right].map(|term| self.values.get(term as usize).copied().unwrap_or(f64::NAN));
        // NaN, which stands for no number, is in no order.
        match comparison[0] {
            comparison::EQ => left == right,
            comparison::NE => left != right,
            comparison::LT => a < b,
            comparison::LE => a <= b,
            comparison::GT => a > b,
            _ => a >= b,
        }
    }

    /// Whether a triple holds that is a literal under the bindings, with any term where there is none.
    fn holds(&self, join: &Join, literal: &Literal, steps: &mut u64) -> bool {
        let terms = literal.map(|slot| join.value(slot));
        if !self.store.any_holds(terms) {
            return false;
        }
        let given = given(terms);
        let twice = given == Given::Predicate && literal[0] == literal[2];
        let fits = |number: u32| {
            let triple = self.store.triple(number);
            let is = |wanted: u32, term: u32| wanted == NONE || wanted == term;
            triple.is_of(terms[1], HOLDS)
                && is(terms[0], triple.subject)
                && is(terms[2], triple.object)
                && !(twice && triple.subject != triple.object)
        };
        let witness = self.witness.get();
        if (witness as usize) < self.store.len() && fits(witness) {
            return true;
        }
        let mut at = self.store.first(given, terms);
        while at != NONE {
            *steps = steps.saturating_sub(1);
            if fits(at) {
                self.witness.set(at);
                return true;
            }
            at = self.store.next(given, at);
        }
        false
    }
}
