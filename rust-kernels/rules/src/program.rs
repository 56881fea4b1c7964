//! A program: rules read from bytes and checked, and where each predicate occurs in them.

use abi::order;
use abi::protocol::{comparison, MAX_RULE_LITERALS, MAX_RULE_VARIABLES, MAX_TERM};
use abi::{Reader, Result, Status};

/// No triple, no term, no rule.
pub const NONE: u32 = u32::MAX;

/// Terms, predicates and the numbers of triples are below.
pub const TERM_BOUND: u32 = MAX_TERM + 1;

/// Marks a slot that holds a variable.
pub const VARIABLE: u32 = 1 << 31;

/// Variables of a rule.
pub const MAX_VARIABLES: usize = MAX_RULE_VARIABLES as usize;

/// Literals of a body; also of `unless`, and comparisons.
pub const MAX_LITERALS: usize = MAX_RULE_LITERALS as usize;

/// Bytes of a rule before its head.
const RULE_BYTES: usize = 32;
const LITERAL_BYTES: usize = 12;

/// Subject, predicate and object; in a rule, a subject or object may be `VARIABLE | index`.
pub type Literal = [u32; 3];

/// One rule; its literals lie in the program's: head, body, unless, comparisons.
#[derive(Clone, Copy)]
pub struct Rule {
    /// The host's number.
    pub number: u32,
    /// In (0, 1].
    pub weight: f64,
    /// When it is run.
    pub stratum: u32,
    /// How many variables it has.
    pub variables: u32,
    /// Whether it is still to be applied to what is there.
    pub fresh: bool,
    /// The variables of its body, as bits.
    pub bound: u64,
    at: usize,
    body: usize,
    unless: usize,
    comparisons: usize,
}

/// How a rule uses a predicate.
#[derive(Clone, Copy)]
pub enum Use {
    /// In its body.
    Body,
    /// As its head.
    Head,
    /// In an `unless`.
    Unless,
}

/// One occurrence of a predicate.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Use, predicate and stratum.
    key: u64,
    /// Index of the rule.
    pub rule: u32,
    /// Index of the literal among those of its use.
    pub position: u32,
    /// The stage in which it was last followed up without any binding.
    pub followed: u32,
}

/// Rules by ascending number.
pub struct Program {
    /// The rules.
    pub rules: Vec<Rule>,
    /// The different strata, ascending.
    pub strata: Vec<u32>,
    /// 1 + the greatest term.
    pub bound: u32,
    literals: Vec<Literal>,
    entries: Vec<Entry>,
}

impl Program {
    /// Without rules.
    pub(crate) const fn new() -> Self {
        Self {
            rules: Vec::new(),
            strata: Vec::new(),
            bound: 0,
            literals: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// Reads and checks a program.
    ///
    /// # Errors
    /// `bad_argument`: it is malformed, a rule is not safe, or the strata are wrong.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes);
        let mut program = Self::new();
        program.read_rules(&mut reader).map_err(|status| match status {
            Status::BadFormat => Status::BadArgument,
            other => other,
        })?;
        order::sort(&mut program.rules, |a, b| a.number < b.number);
        if program
            .rules
            .windows(2)
            .any(|pair| pair[0].number == pair[1].number)
        {
            return Err(Status::BadArgument);
        }
        program.index()?;
        program.check_strata()?;
        Ok(program)
    }

    fn read_rules(&mut self, reader: &mut Reader) -> Result<()> {
        let count = reader.u32()? as usize;
        if count > reader.remaining() / RULE_BYTES {
            return Err(Status::BadFormat);
        }
        self.rules.try_reserve_exact(count)?;
        self.literals
            .try_reserve_exact(reader.remaining() / LITERAL_BYTES)?;
        for _ in 0..count {
            let number = reader.u32()?;
            let weight = f64::from_bits(reader.u64()?);
            let mut sizes = [0; 5];
            reader.fill(&mut sizes)?;
            let [stratum, variables, body, unless, comparisons] = sizes;
            let most = MAX_LITERALS as u32;
            if body == 0 || body > most || unless > most || comparisons > most {
                return Err(Status::BadArgument);
            }
            let (body, unless, comparisons) = (body as usize, unless as usize, comparisons as usize);
            let at = self.literals.len();
            for _ in 0..1 + body + unless + comparisons {
                let mut literal = [0; 3];
                reader.fill(&mut literal)?;
                self.literals.push(literal);
            }
            let mut rule = Rule {
                number,
                weight,
                stratum,
                variables,
                fresh: true,
                bound: 0,
                at,
                body,
                unless,
                comparisons,
            };
            self.check(&rule)?;
            rule.bound = union(self.body(&rule));
            self.rules.push(rule);
        }
        reader.clone().finish()
    }

    /// The head of a rule.
    pub fn head(&self, rule: &Rule) -> Literal {
        self.literals[rule.at]
    }

    /// The body of a rule.
    pub fn body(&self, rule: &Rule) -> &[Literal] {
        &self.literals[rule.at + 1..][..rule.body]
    }

    /// What must not hold for a rule to apply.
    pub fn unless(&self, rule: &Rule) -> &[Literal] {
        &self.literals[rule.at + 1 + rule.body..][..rule.unless]
    }

    /// The comparisons of a rule: operator and two slots.
    pub fn comparisons(&self, rule: &Rule) -> &[Literal] {
        &self.literals[rule.at + 1 + rule.body + rule.unless..][..rule.comparisons]
    }

    fn all(&self, rule: &Rule) -> &[Literal] {
        &self.literals[rule.at..][..1 + rule.body + rule.unless + rule.comparisons]
    }

    fn check(&self, rule: &Rule) -> Result<()> {
        let comparisons = self.comparisons(rule);
        let literals = &self.all(rule)[..1 + rule.body + rule.unless];
        // NaN is in no range.
        let sound = rule.number != NONE
            && rule.weight > 0.0
            && rule.weight <= 1.0
            && rule.variables as usize <= MAX_VARIABLES
            && literals.iter().all(|literal| literal[1] < TERM_BOUND)
            && comparisons.iter().all(|operator| operator[0] <= comparison::GE)
            && self
                .all(rule)
                .iter()
                .flatten()
                .all(|&slot| is_slot(slot, rule.variables));
        if sound && self.is_safe(rule) {
            Ok(())
        } else {
            Err(Status::BadArgument)
        }
    }

    /// Whether the body has every variable but those that occur in one `unless` alone.
    fn is_safe(&self, rule: &Rule) -> bool {
        let bound = union(self.body(rule));
        let needed = variables(&self.head(rule)) | union(self.comparisons(rule));
        let mut seen = 0;
        let once = self.unless(rule).iter().all(|literal| {
            let free = variables(literal) & !bound;
            let new = free & seen == 0;
            seen |= free;
            new
        });
        once && (needed & !bound) == 0
    }

    fn index(&mut self) -> Result<()> {
        self.entries.try_reserve_exact(self.literals.len())?;
        self.strata.try_reserve_exact(self.rules.len())?;
        for at in 0..self.rules.len() {
            let rule = self.rules[at];
            let uses = [
                (Use::Head, rule.at, 1),
                (Use::Body, rule.at + 1, rule.body),
                (Use::Unless, rule.at + 1 + rule.body, rule.unless),
            ];
            for (usage, from, count) in uses {
                for position in 0..count {
                    let key = key(usage, self.literals[from + position][1], rule.stratum);
                    self.entries.push(Entry {
                        key,
                        rule: at as u32,
                        position: position as u32,
                        followed: 0,
                    });
                }
            }
            self.strata.push(rule.stratum);
        }
        order::sort(&mut self.entries, |a, b| {
            (a.key, a.rule, a.position) < (b.key, b.rule, b.position)
        });
        order::sort(&mut self.strata, |a, b| a < b);
        self.strata.dedup();
        let greatest = self
            .literals
            .iter()
            .flatten()
            .filter(|&&slot| slot < VARIABLE)
            .max();
        self.bound = greatest.map_or(0, |&term| term + 1);
        Ok(())
    }

    fn check_strata(&self) -> Result<()> {
        let right = self.rules.iter().all(|rule| {
            self.strata_of(&self.head(rule)) == (rule.stratum, rule.stratum)
                && self
                    .body(rule)
                    .iter()
                    .all(|literal| self.strata_of(literal).1 <= rule.stratum)
                && self
                    .unless(rule)
                    .iter()
                    .all(|literal| self.strata_of(literal).1 < rule.stratum)
        });
        if right {
            Ok(())
        } else {
            Err(Status::BadArgument)
        }
    }

    /// The least and the greatest stratum of the rules that can derive what has this predicate and this object;
    /// 0 without any.
    pub fn strata_of(&self, literal: &Literal) -> (u32, u32) {
        let (from, to) = self.entries(Use::Head, literal[1], None);
        let mut found = None;
        for entry in &self.entries[from..to] {
            let object = self.head(&self.rules[entry.rule as usize])[2];
            if object == literal[2] || (object | literal[2]) & VARIABLE != 0 {
                let stratum = entry.key as u32;
                let (least, greatest) = found.unwrap_or((stratum, stratum));
                found = Some((least.min(stratum), greatest.max(stratum)));
            }
        }
        found.unwrap_or((0, 0))
    }

    /// Range of the entries of a predicate, in one stratum or in all.
    pub fn entries(&self, usage: Use, predicate: u32, stratum: Option<u32>) -> (usize, usize) {
        match stratum {
            Some(stratum) => {
                let at = key(usage, predicate, stratum);
                (self.lower(at), self.lower(at + 1))
            }
            None => (
                self.lower(key(usage, predicate, 0)),
                self.lower(key(usage, predicate + 1, 0)),
            ),
        }
    }

    /// Whether any rule has an `unless`, whose entries are the last.
    pub fn has_unless(&self) -> bool {
        self.entries
            .last()
            .is_some_and(|entry| entry.key >= key(Use::Unless, 0, 0))
    }

    /// An entry of such a range.
    pub fn entry(&self, at: usize) -> Entry {
        self.entries[at]
    }

    /// Notes that an entry is followed up without any binding in a stage; whether it was not yet.
    pub fn follow(&mut self, at: usize, stage: u32) -> bool {
        core::mem::replace(&mut self.entries[at].followed, stage) != stage
    }

    fn lower(&self, key: u64) -> usize {
        self.entries.partition_point(|entry| entry.key < key)
    }

    /// The rule of a number.
    pub fn find(&self, number: u32) -> Option<&Rule> {
        let at = self.rules.partition_point(|rule| rule.number < number);
        self.rules.get(at).filter(|rule| rule.number == number)
    }

    /// Whether `other` has this rule, in whatever stratum.
    pub fn is_in(&self, rule: &Rule, other: &Program) -> bool {
        other.find(rule.number).is_some_and(|found| {
            let shape = |rule: &Rule| (rule.weight.to_bits(), rule.body, rule.unless, rule.comparisons);
            shape(found) == shape(rule) && other.all(found) == self.all(rule)
        })
    }

    /// The numbers of rules, ascending.
    pub fn numbers(&self, chosen: &dyn Fn(&Rule) -> bool) -> Result<Vec<u32>> {
        let mut numbers = Vec::new();
        numbers.try_reserve_exact(self.rules.len())?;
        numbers.extend(
            self.rules
                .iter()
                .filter(|rule| chosen(rule))
                .map(|rule| rule.number),
        );
        Ok(numbers)
    }

    /// Lets rules with these numbers be applied again to what is there.
    pub fn refresh(&mut self, numbers: &[u32]) {
        self.rules
            .iter_mut()
            .for_each(|rule| rule.fresh |= numbers.binary_search(&rule.number).is_ok());
    }

    /// Takes from the program before which rules have been applied.
    pub fn keep_fresh(&mut self, before: &Program) {
        for at in 0..self.rules.len() {
            let rule = self.rules[at];
            self.rules[at].fresh = match before.find(rule.number) {
                Some(same) if self.is_in(&rule, before) => same.fresh,
                _ => true,
            };
        }
    }

    /// Whether a rule compares sizes, which the numbers decide.
    pub fn compares_sizes(&self, rule: &Rule) -> bool {
        self.comparisons(rule)
            .iter()
            .any(|comparison| comparison[0] >= comparison::LT)
    }
}

fn is_slot(slot: u32, variables: u32) -> bool {
    slot < TERM_BOUND || (slot >= VARIABLE && slot - VARIABLE < variables)
}

/// The variables of a literal or a comparison, as bits.
fn variables(literal: &Literal) -> u64 {
    literal.iter().fold(0, |bits, &slot| {
        if slot >= VARIABLE {
            bits | 1 << (slot - VARIABLE)
        } else {
            bits
        }
    })
}

fn union(literals: &[Literal]) -> u64 {
    literals.iter().fold(0, |all, literal| all | variables(literal))
}

fn key(usage: Use, predicate: u32, stratum: u32) -> u64 {
    (usage as u64) << 62 | u64::from(predicate) << 32 | u64::from(stratum)
}
