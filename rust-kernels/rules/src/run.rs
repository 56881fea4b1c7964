//! Bringing what follows up to date: semi-naive evaluation, with deletion and rederivation.
//!
//! First everything is deleted that rests, by its stored support, on what was retracted, lowered or concluded by a
//! rule that is gone (Gupta, Mumick and Subrahmanian, "Maintaining Views Incrementally", 1993; they delete what has
//! any derivation from the deleted, here that of the stored support is enough, since supports make no circles). Then,
//! stratum by stratum: what an `unless` now forbids is deleted likewise; what one no longer forbids, what can still be
//! derived of the deleted, and what new rules say is put on the agenda, along with what changed in lower strata; the
//! agenda is worked off.
//!
//! Where much of what holds is doomed, all that was derived is deleted and derived anew: that costs what deriving the
//! rest costs, and deletion and rederivation a few times what deriving the deleted costs.
//!
//! *Visible* triples alone are premises. A triple becomes visible when it is taken off the agenda, so an application is
//! found once, with its last premise. Until the deletion is over, the visible triples are those of before the run.
//!
//! No circles: the confidence of a conclusion is at most that of each premise, in floating point too. A support is
//! replaced only by one that is strictly better. In a circle all confidences would be equal, so each support would be
//! older than the one that rests on it.

use crate::agenda::Agenda;
use crate::base::RuleBase;
use crate::join::{Join, Step};
use crate::program::{Use, NONE};
use crate::store::{Support, DOOMED, HOLDS, LOWERED, VISIBLE};
use abi::{Result, Status};

/// Of so many triples that hold, one may be doomed before everything is derived anew: about where both cost the same.
const ANEW: usize = 4;

/// What a run is doing, in this order for each stratum.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Looking for what `unless` now forbids.
    Forbid,
    /// Looking for what rests on the doomed.
    Doom,
    /// Looking for what `unless` no longer forbids.
    Permit,
    /// Looking for other ways to what was deleted.
    Rederive,
    /// Applying new rules.
    Fresh,
    /// Following up what is new.
    Agenda,
}

/// What a triple was before the run.
pub(crate) struct Undo {
    pub(crate) number: u32,
    pub(crate) tagged: u32,
    pub(crate) confidence: f64,
    pub(crate) support: Support,
}

/// A run under way, or what is left of the last one.
pub struct Run {
    /// Whether one is under way.
    pub active: bool,
    /// The search it is at.
    pub join: Join,
    /// Of `Store::long`, what nothing refers to.
    pub garbage: usize,
    /// The rule by which most was derived in the last run that was rolled back; `NONE` if nothing was.
    pub busiest: u32,
    pub(crate) max_derived: usize,
    /// Derived triples of higher strata, which may yet go.
    pub(crate) slack: usize,
    pub(crate) stage: Stage,
    /// How many stages there were.
    stages: u32,
    /// Index into the program's strata.
    stratum: usize,
    /// How far the stage is.
    at: usize,
    /// The triple it is at.
    pub(crate) item: u32,
    /// Entries of the program that are left for that.
    entries: (usize, usize),
    pub(crate) joining: bool,
    /// Whether all that was derived is deleted and derived anew.
    anew: bool,
    pub(crate) agenda: Agenda,
    pub(crate) doomed: Vec<u32>,
    /// How many of the doomed were deleted.
    deleted: usize,
    /// How many of the deleted were put on the agenda where they are still asserted.
    queued: usize,
    /// Taken off the agenda; higher strata look at them again.
    settled: Vec<u32>,
    pub(crate) undo: Vec<Undo>,
    pub(crate) before: Before,
}

#[derive(Default)]
pub(crate) struct Before {
    pub(crate) len: usize,
    long: usize,
    holding: usize,
    garbage: usize,
}

impl Run {
    /// None.
    pub(crate) const fn new() -> Self {
        Self {
            active: false,
            join: Join::new(),
            garbage: 0,
            busiest: NONE,
            max_derived: 0,
            slack: 0,
            stage: Stage::Forbid,
            stages: 0,
            stratum: 0,
            at: 0,
            item: NONE,
            entries: (0, 0),
            joining: false,
            anew: false,
            agenda: Agenda::new(),
            doomed: Vec::new(),
            deleted: 0,
            queued: 0,
            settled: Vec::new(),
            undo: Vec::new(),
            before: Before {
                len: 0,
                long: 0,
                holding: 0,
                garbage: 0,
            },
        }
    }

    /// Counts the long premises of a support that is no longer one.
    pub fn discard(&mut self, support: &Support) {
        self.garbage += support.long().map_or(0, |long| long.len());
    }

    fn enter(&mut self, stage: Stage) {
        self.stage = stage;
        self.stages = self.stages.wrapping_add(1);
        self.at = 0;
        self.item = NONE;
        self.entries = (0, 0);
    }
}

impl RuleBase {
    /// Works for about so many steps; whether everything is up to date.
    ///
    /// # Errors
    /// `over_budget`, `out_of_memory`: the run is rolled back.
    pub fn run(&mut self, mut steps: u64, max_derived: usize) -> Result<bool> {
        self.run.max_derived = max_derived;
        let worked = if self.run.active { Ok(()) } else { self.begin() }.and_then(|()| self.work(&mut steps));
        match worked {
            Ok(true) => self.commit(),
            Ok(false) => {}
            Err(_) => self.rollback(),
        }
        worked
    }

    fn begin(&mut self) -> Result<()> {
        self.run.active = true;
        self.run.before = Before {
            len: self.store.len(),
            long: self.store.long.len(),
            holding: self.store.holding,
            garbage: self.run.garbage,
        };
        self.run.stratum = 0;
        self.run.slack = 0;
        self.run.enter(Stage::Forbid);
        for at in 0..self.pending.len() {
            let number = self.pending[at];
            if self.store.triple(number).is(LOWERED) {
                self.doom(number)?;
            }
        }
        Ok(())
    }

    fn commit(&mut self) {
        for number in core::mem::take(&mut self.pending) {
            self.store.triple_mut(number).tagged &= !LOWERED;
        }
        self.program.rules.iter_mut().for_each(|rule| rule.fresh = false);
        self.end();
        if self.store.compact(self.run.garbage) {
            self.run.garbage = 0;
        }
    }

    /// Ends a run that is not done: all is as before.
    pub fn rollback(&mut self) {
        if !self.run.active {
            return;
        }
        self.run.busiest = self.busiest();
        let before = core::mem::take(&mut self.run.before);
        for undo in core::mem::take(&mut self.run.undo).iter().rev() {
            self.store.hold(undo.number, undo.confidence, undo.support);
            self.store.triple_mut(undo.number).tagged = undo.tagged;
        }
        if self.run.anew {
            for number in self.store.numbers().take(before.len) {
                let triple = self.store.triple_mut(number);
                if triple.is(HOLDS) {
                    triple.tagged |= VISIBLE;
                }
            }
        }
        for &number in &self.pending {
            // Whether they were does not matter: the next run deletes them, or puts them on its agenda.
            self.store.triple_mut(number).tagged |= VISIBLE;
        }
        self.store.truncate(before.len);
        self.store.long.truncate(before.long);
        self.store.holding = before.holding;
        self.run.garbage = before.garbage;
        self.end();
    }

    /// The rule by which most of the triples that are new to this run were derived.
    fn busiest(&self) -> u32 {
        let rules = &self.program.rules;
        let mut counts = Vec::new();
        if counts.try_reserve_exact(rules.len()).is_err() {
            return NONE;
        }
        counts.resize(rules.len(), 0u32);
        for number in self.store.numbers().skip(self.run.before.len) {
            let rule = self.store.triple(number).support.rule;
            if let Ok(index) = rules.binary_search_by_key(&rule, |rule| rule.number) {
                counts[index] += 1;
            }
        }
        let most = counts.iter().zip(rules).max_by_key(|(&count, _)| count);
        most.filter(|(&count, _)| count > 0)
            .map_or(NONE, |(_, rule)| rule.number)
    }

    /// Frees what only a run needs.
    fn end(&mut self) {
        let run = &mut self.run;
        run.active = false;
        run.joining = false;
        run.anew = false;
        run.agenda = Agenda::new();
        run.doomed = Vec::new();
        run.deleted = 0;
        run.queued = 0;
        run.settled = Vec::new();
        run.undo = Vec::new();
    }

    fn work(&mut self, steps: &mut u64) -> Result<bool> {
        loop {
            if self.run.joining {
                match self.run.join.next(&self.program, &self.store, steps) {
                    Step::Found => self.found(steps)?,
                    Step::Done => self.run.joining = false,
                    Step::Paused => return Ok(false),
                }
                continue;
            }
            if *steps == 0 {
                return Ok(false);
            }
            *steps -= 1;
            if !self.next_join() && !self.next_item()? && !self.next_stage()? {
                return Ok(true);
            }
        }
    }

    /// Begins the search for the next entry of the triple that the stage is at; whether there is one.
    fn next_join(&mut self) -> bool {
        let run = &mut self.run;
        let (at, end) = run.entries;
        if at == end {
            return false;
        }
        run.entries.0 += 1;
        let entry = self.program.entry(at);
        let (index, position) = (entry.rule as usize, entry.position as usize);
        let rule = &self.program.rules[index];
        let terms = self.store.triple(run.item).terms();
        run.join.start(&self.program, index, VISIBLE);
        run.joining = match run.stage {
            Stage::Doom | Stage::Agenda => {
                run.join
                    .fix(position, &self.program.body(rule)[position], run.item, terms)
            }
            Stage::Forbid | Stage::Permit => {
                let (free, unless) = (!rule.bound, self.program.unless(rule)[position]);
                // What binds nothing leads to the same matches for every triple.
                run.join.unify(&unless, terms).is_some_and(|bound| {
                    run.join.forget(bound & free);
                    bound & !free != 0 || self.program.follow(at, run.stages)
                })
            }
            _ => {
                // A rule cannot do better than its weight.
                rule.weight > self.store.triple(run.item).confidence
                    && run.join.unify(&self.program.head(rule), terms).is_some()
            }
        };
        true
    }

    /// Goes to the next triple, or rule, of the stage; whether there is one.
    fn next_item(&mut self) -> Result<bool> {
        let stratum = self.stratum();
        let (usage, only) = match self.run.stage {
            Stage::Forbid | Stage::Permit => {
                let forbid = self.run.stage == Stage::Forbid;
                let Some(number) = self.touched() else {
                    return Ok(false);
                };
                if self.store.triple(number).is(HOLDS) != forbid {
                    return Ok(true);
                }
                self.run.item = number;
                (Use::Unless, Some(stratum))
            }
            Stage::Doom => {
                if self.run.stratum == 0
                    && !self.run.anew
                    && self.run.doomed.len() > self.run.before.holding / ANEW
                {
                    self.doom_derived()?;
                }
                let more = self.next_doomed();
                if !more || self.run.anew {
                    return Ok(more);
                }
                (Use::Body, None)
            }
            Stage::Rederive => {
                let Some(&number) = self.run.doomed.get(self.run.at) else {
                    return Ok(false);
                };
                self.run.at += 1;
                self.run.item = number;
                (Use::Head, Some(stratum))
            }
            Stage::Fresh => return Ok(self.next_rule(stratum)),
            Stage::Agenda => {
                let (confidence, number) = self.run.agenda.pop();
                if number == NONE {
                    return Ok(false);
                }
                if !self.settle(confidence, number)? {
                    return Ok(true);
                }
                (Use::Body, Some(stratum))
            }
        };
        let predicate = self.store.triple(self.run.item).predicate();
        self.run.entries = self.program.entries(usage, predicate, only);
        Ok(true)
    }

    /// The stratum it is at; without rules there is one all the same.
    pub(crate) fn stratum(&self) -> u32 {
        self.program.strata.get(self.run.stratum).copied().unwrap_or(0)
    }

    /// The next of the triples that may have begun or ceased to hold.
    fn touched(&mut self) -> Option<u32> {
        if !self.program.has_unless() {
            return None;
        }
        let run = &mut self.run;
        let at = run.at;
        run.at += 1;
        if at < self.pending.len() {
            return Some(self.pending[at]);
        }
        let at = at - self.pending.len();
        match run.doomed.get(at) {
            Some(&number) => Some(number),
            None => run.settled.get(at - run.doomed.len()).copied(),
        }
    }

    /// Deletes the triple whose dependents have been found, and goes to the next; whether there is one.
    fn next_doomed(&mut self) -> bool {
        let number = self.run.item;
        if number != NONE {
            self.run.discard(&self.store.triple(number).support);
            self.store
                .hold(number, self.store.triple(number).asserted, Support::NONE);
            self.store.triple_mut(number).tagged &= !(VISIBLE | DOOMED);
            self.run.deleted += 1;
        }
        self.run.item = self.run.doomed.get(self.run.deleted).copied().unwrap_or(NONE);
        self.run.item != NONE
    }

    /// Dooms all that was derived.
    fn doom_derived(&mut self) -> Result<()> {
        self.run.anew = true;
        for number in self.store.numbers() {
            if self.store.triple(number).support.rule != NONE {
                self.doom(number)?;
            }
        }
        Ok(())
    }

    /// Begins to apply the next new rule of a stratum; whether there is one.
    fn next_rule(&mut self, stratum: u32) -> bool {
        let from = self.run.at;
        let found = self.program.rules[from..]
            .iter()
            .position(|rule| rule.fresh && rule.stratum == stratum);
        let Some(index) = found else {
            return false;
        };
        self.run.at = from + index + 1;
        self.run.join.start(&self.program, from + index, VISIBLE);
        self.run.joining = true;
        true
    }

    /// Makes a triple from the agenda visible; whether there is anything to follow up.
    fn settle(&mut self, confidence: f64, number: u32) -> Result<bool> {
        let triple = self.store.triple(number);
        if triple.is(VISIBLE) || triple.confidence != confidence {
            return Ok(false);
        }
        if self.run.stratum + 1 < self.program.strata.len() {
            self.run.settled.try_reserve(1)?;
            self.run.settled.push(number);
        }
        self.store.triple_mut(number).tagged |= VISIBLE;
        self.run.item = number;
        Ok(true)
    }

    /// Goes to the next stage; false after the last.
    fn next_stage(&mut self) -> Result<bool> {
        let next = match self.run.stage {
            Stage::Forbid => Stage::Doom,
            Stage::Doom => Stage::Permit,
            Stage::Permit => {
                self.queue()?;
                if self.run.anew {
                    Stage::Fresh
                } else {
                    Stage::Rederive
                }
            }
            Stage::Rederive => Stage::Fresh,
            Stage::Fresh => Stage::Agenda,
            Stage::Agenda => {
                self.run.stratum += 1;
                self.run.slack = 0;
                if self.run.stratum >= self.program.strata.len() {
                    // An earlier run may have had a wider bound.
                    let exceeded = self.run.max_derived > 0 && self.derived() > self.run.max_derived;
                    return if exceeded {
                        Err(Status::OverBudget)
                    } else {
                        Ok(false)
                    };
                }
                Stage::Forbid
            }
        };
        self.run.enter(next);
        Ok(true)
    }

    /// Puts on the agenda what changed before the stratum's own rules are applied.
    fn queue(&mut self) -> Result<()> {
        for at in self.run.queued..self.run.doomed.len() {
            self.enqueue(self.run.doomed[at])?;
        }
        self.run.queued = self.run.doomed.len();
        if self.run.stratum == 0 && self.run.anew {
            for number in self.store.numbers() {
                self.enqueue(number)?;
            }
        } else if self.run.stratum == 0 {
            for at in 0..self.pending.len() {
                self.enqueue(self.pending[at])?;
            }
        }
        for number in core::mem::take(&mut self.run.settled) {
            self.enqueue(number)?;
        }
        Ok(())
    }

    fn enqueue(&mut self, number: u32) -> Result<()> {
        let triple = self.store.triple(number);
        if triple.is(HOLDS) {
            self.run.agenda.push(triple.confidence, number)?;
            self.store.triple_mut(number).tagged &= !VISIBLE;
        }
        Ok(())
    }
}
