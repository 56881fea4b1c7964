//! Finding the triples that a rule's body can be matched with, one match at a time.
//!
//! Literals are matched depth first. The next one is always the one with the fewest candidates: one that is wholly
//! bound, else the one whose chain ends first when all are walked in step. The search keeps its place between calls,
//! so it can be left at any candidate and taken up again; triples may be added in between, but only after a match.

use crate::program::{Literal, Program, MAX_LITERALS, MAX_VARIABLES, NONE, VARIABLE};
use crate::store::{given, Given, Store};

/// How far chains are compared.
const RACE: usize = 64;

/// How a step of the search ended.
#[derive(PartialEq, Eq)]
pub enum Step {
    /// At a match.
    Found,
    /// There is no other match.
    Done,
    /// The steps are used up.
    Paused,
}

#[derive(Clone, Copy)]
struct Level {
    literal: usize,
    given: Given,
    /// The triple the literal is matched with, or that is next to be looked at.
    at: u32,
    /// Whether `at` has been looked at.
    seen: bool,
    /// Variables that its match has bound, as bits.
    bound: u64,
}

impl Level {
    const NONE: Self = Self {
        literal: 0,
        given: Given::Whole,
        at: NONE,
        seen: false,
        bound: 0,
    };
}

/// A search for the matches of one rule.
pub struct Join {
    /// Index of the rule.
    pub rule: usize,
    /// Terms of the variables, `NONE` for one that is not bound.
    pub bindings: [u32; MAX_VARIABLES],
    /// Numbers of the triples of the body.
    pub premises: [u32; MAX_LITERALS],
    levels: [Level; MAX_LITERALS],
    depth: usize,
    /// Literals that have no triple, as bits.
    open: u32,
    /// Flags a premise must have.
    flags: u32,
    /// Whether the last step ended at a match.
    matched: bool,
}

impl Join {
    /// A search without a rule.
    pub(crate) const fn new() -> Self {
        Self {
            rule: 0,
            bindings: [NONE; MAX_VARIABLES],
            premises: [NONE; MAX_LITERALS],
            levels: [Level::NONE; MAX_LITERALS],
            depth: 0,
            open: 0,
            flags: 0,
            matched: false,
        }
    }

    /// Begins a search for the matches of a rule with triples that have some flags.
    pub fn start(&mut self, program: &Program, rule: usize, flags: u32) {
        let size = program.body(&program.rules[rule]).len();
        self.rule = rule;
        self.bindings[..program.rules[rule].variables as usize].fill(NONE);
        self.depth = 0;
        self.open = u32::MAX >> (MAX_LITERALS - size);
        self.flags = flags;
        self.matched = false;
    }

    /// Leaves variables without binding.
    pub fn forget(&mut self, mut variables: u64) {
        while variables != 0 {
            self.bindings[variables.trailing_zeros() as usize] = NONE;
            variables &= variables - 1;
        }
    }

    /// Takes a triple as the premise at one position of the body; whether it can be.
    pub fn fix(&mut self, position: usize, literal: &Literal, number: u32, terms: Literal) -> bool {
        self.open &= !(1 << position);
        self.premises[position] = number;
        self.unify(literal, terms).is_some()
    }

    /// Goes on to the next match, taking off `steps` what it costs.
    pub fn next(&mut self, program: &Program, store: &Store, steps: &mut u64) -> Step {
        let body = program.body(&program.rules[self.rule]);
        let mut down = self.depth == 0;
        if self.matched {
            if down {
                return Step::Done;
            }
            self.matched = false;
        }
        loop {
            if down {
                if self.open == 0 {
                    self.matched = true;
                    return Step::Found;
                }
                self.choose(body, store);
            }
            match self.advance(body, store, steps) {
                Step::Found => down = true,
                Step::Paused => return Step::Paused,
                Step::Done => {
                    self.depth -= 1;
                    self.open |= 1 << self.levels[self.depth].literal;
                    if self.depth == 0 {
                        // As after the only match of a body without open literals.
                        self.matched = true;
                        self.open = 0;
                        return Step::Done;
                    }
                    down = false;
                }
            }
        }
    }

    /// Moves the deepest level on to the next triple that matches.
    fn advance(&mut self, body: &[Literal], store: &Store, steps: &mut u64) -> Step {
        let Level {
            literal,
            given,
            mut at,
            seen,
            bound,
        } = self.levels[self.depth - 1];
        self.forget(bound);
        if seen {
            at = store.next(given, at);
        }
        let wanted = &body[literal];
        let mut level = Level {
            literal,
            given,
            at,
            seen: true,
            bound: 0,
        };
        let mut end = Step::Done;
        while at != NONE {
            if *steps == 0 {
                level.seen = false;
                end = Step::Paused;
                break;
            }
            *steps -= 1;
            let triple = store.triple(at);
            if triple.is_of(wanted[1], self.flags) {
                if let Some(bound) = self.unify(wanted, triple.terms()) {
                    level.bound = bound;
                    self.premises[literal] = at;
                    end = Step::Found;
                    break;
                }
            }
            at = store.next(given, at);
        }
        level.at = at;
        self.levels[self.depth - 1] = level;
        end
    }

    /// Binds the variables of a literal to a triple's terms; which were not bound, as bits, if that can be.
    pub fn unify(&mut self, literal: &Literal, terms: Literal) -> Option<u64> {
        let mut bound = 0;
        for place in [0, 2] {
            let (slot, term) = (literal[place], terms[place]);
            let known = self.value(slot);
            if known == NONE {
                let variable = (slot - VARIABLE) as usize;
                self.bindings[variable] = term;
                bound |= 1 << variable;
            } else if known != term {
                self.forget(bound);
                return None;
            }
        }
        Some(bound)
    }

    /// The term of a slot, `NONE` for a variable that is not bound.
    pub fn value(&self, slot: u32) -> u32 {
        if slot < VARIABLE {
            slot
        } else {
            self.bindings[(slot - VARIABLE) as usize]
        }
    }

    /// Adds a level for the literal with the fewest candidates.
    fn choose(&mut self, body: &[Literal], store: &Store) {
        let mut literal = self.open.trailing_zeros() as usize;
        if self.open & (self.open - 1) != 0 {
            literal = self.fewest(body, store);
        }
        self.open &= !(1 << literal);
        self.levels[self.depth] = self.level(literal, body, store);
        self.depth += 1;
    }

    fn level(&self, literal: usize, body: &[Literal], store: &Store) -> Level {
        let terms = body[literal].map(|slot| self.value(slot));
        let given = given(terms);
        let at = store.first(given, terms);
        Level {
            literal,
            given,
            at,
            ..Level::NONE
        }
    }

    /// Walks the chains of all open literals in step, in the room for levels to come.
    fn fewest(&mut self, body: &[Literal], store: &Store) -> usize {
        let (from, mut to) = (self.depth, self.depth);
        let mut open = self.open;
        while open != 0 {
            let level = self.level(open.trailing_zeros() as usize, body, store);
            if level.given == Given::Whole || level.at == NONE {
                return level.literal;
            }
            open &= open - 1;
            self.levels[to] = level;
            to += 1;
        }
        let runners = &mut self.levels[from..to];
        for _ in 0..RACE {
            for level in runners.iter_mut() {
                level.at = store.next(level.given, level.at);
                if level.at == NONE {
                    return level.literal;
                }
            }
        }
        // All are long: then one of which something is bound.
        runners
            .iter()
            .find(|level| level.given != Given::Predicate)
            .unwrap_or(&runners[0])
            .literal
    }
}
