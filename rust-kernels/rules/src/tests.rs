//! Random changes: the state is that of a base that was told everything at once, and sound inside.

use crate::base::RuleBase;
use crate::program::{Literal, NONE, VARIABLE};
use crate::store::{given, DOOMED, HOLDS, LOWERED, VISIBLE};
use abi::{Output, Status};

const X: u32 = VARIABLE;
const Y: u32 = VARIABLE + 1;
const Z: u32 = VARIABLE + 2;
const OWN: u32 = VARIABLE + 3;

struct Rule {
    number: u32,
    weight: f64,
    stratum: u32,
    head: Literal,
    body: &'static [Literal],
    unless: &'static [Literal],
    comparisons: &'static [Literal],
}

/// Closure, a circle of two predicates, a long body, sizes, and what is left in a second stratum.
const RULES: [Rule; 7] = [
    rule(1, 1.0, 0, [X, 2, Y], &[[X, 1, Y]], &[], &[]),
    rule(2, 0.75, 0, [X, 2, Z], &[[X, 2, Y], [Y, 2, Z]], &[], &[]),
    rule(3, 1.0, 0, [Y, 3, X], &[[X, 2, Y]], &[], &[]),
    rule(4, 1.0, 0, [Y, 2, X], &[[X, 3, Y]], &[], &[]),
    rule(5, 0.5, 0, [X, 4, X], &[[X, 1, Y], [Y, 1, Z], [Z, 2, X]], &[], &[]),
    rule(
        6,
        0.5,
        1,
        [X, 5, Y],
        &[[X, 1, Y], [X, 2, Y], [Y, 1, Z]],
        &[[X, 4, OWN], [Y, 0, X]],
        &[],
    ),
    rule(
        7,
        1.0,
        1,
        [X, 6, Y],
        &[[X, 5, Y], [X, 1, Z], [Z, 1, Z]],
        &[],
        &[[2, X, Z]],
    ),
];

const fn rule(
    number: u32,
    weight: f64,
    stratum: u32,
    head: Literal,
    body: &'static [Literal],
    unless: &'static [Literal],
    comparisons: &'static [Literal],
) -> Rule {
    Rule {
        number,
        weight,
        stratum,
        head,
        body,
        unless,
        comparisons,
    }
}

fn program(chosen: u32) -> Vec<u8> {
    let rules = RULES.iter().filter(|rule| chosen >> rule.number & 1 == 1);
    let mut bytes = chosen.count_ones().to_le_bytes().to_vec();
    for rule in rules {
        bytes.extend(rule.number.to_le_bytes());
        bytes.extend(rule.weight.to_le_bytes());
        let sizes = [rule.body.len(), rule.unless.len(), rule.comparisons.len()].map(|len| len as u32);
        let literals = [&[rule.head], rule.body, rule.unless, rule.comparisons].concat();
        let words = [rule.stratum, 4]
            .into_iter()
            .chain(sizes)
            .chain(literals.into_iter().flatten());
        words.for_each(|word| bytes.extend(word.to_le_bytes()));
    }
    bytes
}

struct Random(u64);

impl Random {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32 % bound
    }
}

fn assert(base: &mut RuleBase, facts: &[(Literal, f64)]) {
    let (triples, confidences): (Vec<_>, Vec<_>) = facts.iter().copied().unzip();
    base.assert(&triples, &confidences, &mut Output::new()).unwrap();
}

/// What holds, with which confidence.
fn state(base: &RuleBase) -> Vec<(Literal, u64)> {
    let holding = base
        .store
        .numbers()
        .map(|number| base.store.triple(number))
        .filter(|triple| triple.is(HOLDS));
    let mut found: Vec<_> = holding
        .map(|triple| (triple.terms(), triple.confidence.to_bits()))
        .collect();
    found.sort_unstable();
    found
}

fn check_inside(base: &RuleBase) {
    let store = &base.store;
    let mut long = 0;
    let mut chains = [0; 3];
    for number in store.numbers() {
        let triple = store.triple(number);
        assert_eq!(store.find(triple.terms()), number);
        assert_eq!(triple.is(HOLDS), triple.confidence > 0.0);
        assert_eq!(triple.is(VISIBLE), triple.is(HOLDS));
        assert!(!triple.is(DOOMED | LOWERED) && triple.confidence >= triple.asserted);
        assert_eq!(triple.support.rule == NONE, triple.confidence == triple.asserted);
        long += triple.support.long().map_or(0, |long| long.len());
        let [subject, predicate, object] = triple.terms();
        for terms in [
            [NONE, predicate, NONE],
            [subject, predicate, NONE],
            [NONE, predicate, object],
        ] {
            let given = given(terms);
            let mut at = store.first(given, terms);
            let mut before = NONE;
            while at != NONE {
                assert!(at < before, "numbers descend along a chain");
                chains[given as usize] += usize::from(at == number);
                (before, at) = (at, store.next(given, at));
            }
        }
    }
    assert_eq!(chains, [store.len(); 3]);
    let predicates: std::collections::BTreeSet<u32> = store
        .numbers()
        .map(|number| store.triple(number).predicate())
        .collect();
    for predicate in predicates {
        let holds = |number: &u32| store.triple(*number).is_of(predicate, HOLDS);
        assert_eq!(
            store.any_holds([NONE, predicate, NONE]),
            store.numbers().any(|number| holds(&number))
        );
    }
    assert_eq!(store.long.len(), long + base.run.garbage);
    assert_eq!(store.holding, state(base).len());
    assert!(base.pending.is_empty());
}

#[test]
fn after_any_changes_the_state_is_that_of_a_fresh_base() {
    let mut random = Random(7);
    for _ in 0..300 {
        let mut base = RuleBase::new();
        let mut facts = std::collections::BTreeMap::new();
        let (mut chosen, mut rolled_back) = (0, 0);
        for _ in 0..12 {
            for _ in 0..random.below(5) {
                let triple = [
                    random.below(4),
                    [0, 1, 1, 1, 2, 5][random.below(6) as usize],
                    random.below(4),
                ];
                let confidence = [0.0, 0.0, 0.5, 0.75, 1.0][random.below(5) as usize];
                facts.insert(triple, confidence);
                assert(&mut base, &[(triple, confidence)]);
            }
            if random.below(3) == 0 {
                chosen = random.below(128) << 1;
                base.set_program(&program(chosen)).unwrap();
            }
            let before = state(&base);
            if base.run(u64::from(random.below(40)), 0) == Ok(false) {
                base.rollback();
                assert_eq!(state(&base), before);
                rolled_back += 1;
            }
            let step = u64::from(random.below(9) + 1);
            while !base.run(step, 0).unwrap() {}
            check_inside(&base);
            let mut fresh = RuleBase::new();
            fresh.set_program(&program(chosen)).unwrap();
            assert(
                &mut fresh,
                &facts
                    .iter()
                    .map(|(&triple, &confidence)| (triple, confidence))
                    .collect::<Vec<_>>(),
            );
            assert_eq!(fresh.run(u64::MAX, 0), Ok(true));
            assert_eq!(state(&base), state(&fresh));
            assert_eq!(base.derived(), fresh.derived());
        }
        assert!(rolled_back > 0);
    }
}

#[test]
fn tables_grow_and_shrink_with_what_is_in_them() {
    let mut base = RuleBase::new();
    base.set_program(&program(1 << 1)).unwrap();
    let facts: Vec<_> = (0..5000).map(|at| ([at % 70, 1, at], 1.0)).collect();
    assert(&mut base, &facts);
    assert_eq!(base.run(8000, 0), Ok(false));
    assert!(base.store.len() > 5000);
    base.rollback();
    assert_eq!((base.store.len(), base.store.holding), (5000, 5000));
    assert_eq!(base.run(u64::MAX, 4999), Err(Status::OverBudget));
    assert_eq!(base.run(u64::MAX, 5000), Ok(true));
    check_inside(&base);
}

#[test]
fn what_is_rolled_back_is_out_of_the_tables() {
    let mut base = RuleBase::new();
    base.set_program(&program(1 << 1 | 1 << 2)).unwrap();
    let facts: Vec<_> = (0..60).map(|at| ([at, 1, at + 1], 1.0)).collect();
    assert(&mut base, &facts);
    // Of 1,830 triples that follow fewer than there were, and then more.
    for steps in [100, 200, 800, 3000] {
        assert_eq!(base.run(steps, 0), Ok(false));
        let derived: Vec<_> = (60..base.store.len() as u32)
            .map(|number| base.store.triple(number).terms())
            .collect();
        assert_eq!(derived.len() < 60, steps < 400);
        assert!(base.store.any_holds([NONE, 2, NONE]));
        base.rollback();
        assert!(derived.iter().all(|&terms| base.store.find(terms) == NONE));
        assert!(!base.store.any_holds([NONE, 2, NONE]));
        for (number, (terms, _)) in facts.iter().enumerate() {
            assert_eq!(base.store.find(*terms), number as u32);
        }
        let mut at = base.store.first(given([NONE, 1, NONE]), [NONE, 1, NONE]);
        for number in (0..60).rev() {
            assert_eq!(at, number);
            at = base.store.next(given([NONE, 1, NONE]), at);
        }
    }
    assert_eq!(base.run(u64::MAX, 0), Ok(true));
    assert_eq!(base.derived(), 60 * 61 / 2);
    check_inside(&base);
}

#[test]
fn literals_are_matched_where_fewest_can_be() {
    let mut base = RuleBase::new();
    base.set_program(&program(1 << 5)).unwrap();
    let mut facts: Vec<_> = (0..3000).map(|at| ([at, 1, 0], 1.0)).collect();
    facts.push(([0, 1, 4000], 1.0));
    assert(&mut base, &facts);
    base.run(u64::MAX, 0).unwrap();
    // 3,000 pairs could end in (4000, 2, x), of which there is none to begin with.
    assert(&mut base, &[([4000, 2, 9], 1.0)]);
    assert_eq!(base.run(100, 0), Ok(true));
    assert_eq!(base.derived(), 1);
}
