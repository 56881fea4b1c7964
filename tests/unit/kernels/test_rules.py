"""The rule base: what follows, with which confidence, and by which support."""

from __future__ import annotations

from array import array

import pytest

from pramana.kernels.rules import MISSING, VARIABLE, RuleBase, encode_program
from tests.unit.kernels.builds import shared_module
from tests.unit.kernels.rule_bases import (
    EDGE,
    IS,
    LEAP,
    PATH,
    STEP,
    chain,
    check_supports,
    confidences,
    known,
    number_of,
    premises,
    rule,
    teach,
    tell,
    triples_of,
)

LESS = 4
SOCRATES, HUMAN, MORTAL, PLATO = 100, 101, 102, 103
MORTALS = rule(7, ("x", IS, MORTAL), ("x", IS, HUMAN), weight=0.9)


@pytest.fixture
def base(make_rules):
    base = make_rules()
    yield base
    base.close()


def test_an_empty_base_knows_nothing(base):
    assert (len(base), base.holding, base.derived) == (0, 0, 0)
    assert base.run()
    assert list(base.match(None, None, None)) == []
    assert list(base.find([1, 2, 3])) == [MISSING]
    assert base.find([]).typecode == "I"


def test_what_is_asserted_holds_at_once_under_numbers_in_order(base):
    numbers = base.assert_facts([5, 1, 6, 7, 1, 8, 5, 1, 6], [0.5, 1, 0.25])
    assert (numbers.typecode, list(numbers)) == ("I", [0, 1, 0])
    assert list(base.assert_facts(array("I", [9, 1, 9, 7, 1, 8]), array("d", [0.1, 0]))) == [2, 1]
    found = base.describe([0, 1, 2])
    assert [found.triples.typecode, found.asserted.typecode, found.confidence.typecode] == ["I", "d", "d"]
    assert triples_of(found.triples) == [(5, 1, 6), (7, 1, 8), (9, 1, 9)]
    assert list(found.asserted) == list(found.confidence) == [0.25, 0.0, 0.1]
    assert (len(base), base.holding, base.derived) == (3, 2, 0)


def test_socrates_is_mortal(base):
    teach(base, MORTALS)
    tell(base, [(SOCRATES, IS, HUMAN), (PLATO, IS, HUMAN)])
    assert base.run()
    assert (base.holding, base.derived, len(base)) == (4, 2, 4)
    number = number_of(base, (SOCRATES, IS, MORTAL))
    found = base.support(number)
    assert (found.rule, list(found.bindings), found.confidence) == (7, [SOCRATES], 0.9)
    assert premises(base, found) == [(SOCRATES, IS, HUMAN)]
    assert base.support(number_of(base, (SOCRATES, IS, HUMAN))) is None


@pytest.mark.parametrize(
    "leap",
    [
        LEAP,
        rule(2, ("x", PATH, "z"), ("x", EDGE, "y"), ("y", PATH, "z")),
        rule(2, ("x", PATH, "z"), ("x", PATH, "y"), ("y", PATH, "z")),
    ],
)
def test_the_closure_of_a_chain_is_every_pair_in_order(base, leap):
    teach(base, STEP, leap)
    tell(base, chain(30))
    base.run()
    paths = {triple for triple in confidences(base) if triple[1] == PATH}
    assert paths == {(a, PATH, b) for a in range(31) for b in range(a + 1, 31)}
    assert base.derived == 30 * 31 // 2


def test_the_closure_of_a_circle_is_every_pair(base):
    teach(base, STEP, LEAP)
    tell(base, [*chain(6), (6, EDGE, 0)], 0.5)
    base.run()
    for a in range(7):
        for b in range(7):
            hops = (b - a) % 7 or 7
            assert confidences(base)[a, PATH, b] == 0.5**hops


def test_the_same_generation(base):
    parent, same = 10, 11
    teach(
        base,
        rule(1, ("x", same, "y"), ("x", parent, "p"), ("y", parent, "p")),
        rule(2, ("x", same, "y"), ("x", parent, "p"), ("p", same, "q"), ("y", parent, "q")),
    )
    tell(base, [(child, parent, (child - 1) // 2) for child in range(1, 15)])
    base.run()
    generation = [(node + 1).bit_length() for node in range(15)]
    expected = {(a, same, b) for a in range(1, 15) for b in range(1, 15) if generation[a] == generation[b]}
    assert {triple for triple in confidences(base) if triple[1] == same} == expected


def test_of_two_proofs_the_better_counts(base):
    teach(
        base,
        rule(1, ("x", 9, "x"), ("x", 5, "y"), weight=0.5),
        rule(2, ("x", 9, "x"), ("x", 6, "y"), weight=0.8),
    )
    base.assert_facts([1, 5, 2, 1, 6, 2, 1, 6, 3], [1, 0.5, 0.75])
    base.run()
    number = number_of(base, (1, 9, 1))
    assert confidences(base)[1, 9, 1] == 0.8 * 0.75
    assert base.support(number).rule == 2
    assert premises(base, base.support(number)) == [(1, 6, 3)]
    found = base.derivations(number, 10)
    assert [(one.rule, one.confidence) for one in found] == [(2, 0.8 * 0.75), (1, 0.5), (2, 0.8 * 0.5)]
    assert base.derivations(number, 2) == found[:2]
    assert base.derivations(number, 0) == []


def test_equally_good_derivations_come_by_rule_and_premises(base):
    teach(base, rule(9, (0, 9, 0), ("x", 5, "y")), rule(3, (0, 9, 0), ("x", 5, "y"), ("x", 5, "z")))
    tell(base, [(1, 5, 2), (1, 5, 3)])
    base.run()
    found = base.derivations(number_of(base, (0, 9, 0)), 10)
    assert [(one.rule, list(one.premises)) for one in found] == [
        (3, [0, 0]),
        (3, [0, 1]),
        (3, [1, 0]),
        (3, [1, 1]),
        (9, [0]),
        (9, [1]),
    ]
    assert list(found[1].bindings) == [1, 2, 3]


def test_an_assertion_at_least_as_good_is_the_support(base):
    teach(base, MORTALS)
    tell(base, [(SOCRATES, IS, HUMAN)])
    tell(base, [(SOCRATES, IS, MORTAL)], 0.5)
    base.run()
    number = number_of(base, (SOCRATES, IS, MORTAL))
    assert known(base)[SOCRATES, IS, MORTAL] == (0.5, 0.9)
    assert base.support(number).rule == 7
    for confidence in (0.9, 1.0):
        tell(base, [(SOCRATES, IS, MORTAL)], confidence)
        base.run()
        assert known(base)[SOCRATES, IS, MORTAL] == (confidence, confidence)
        assert base.support(number) is None
        assert base.derivations(number, 5)[0].confidence == 0.9
    tell(base, [(SOCRATES, IS, MORTAL)], 0.0)
    assert not base.match(SOCRATES, IS, MORTAL)
    base.run()
    assert known(base)[SOCRATES, IS, MORTAL] == (0.0, 0.9)


def test_a_stratified_game_is_won_where_a_move_leads_to_a_loss(base):
    move, win = 5, [20, 21, 22, 23, 24, 25, 26]
    # A board without circles; who cannot move loses. In rounds: won by a move to what was not won in the round before.
    moves = [(1, move, 2), (2, move, 3), (1, move, 3), (4, move, 1), (4, move, 2), (5, move, 4)]
    teach(
        base,
        *(
            rule(at, ("x", win[at], "x"), ("x", move, "y"), unless=[("y", win[at - 1], "y")], stratum=at)
            for at in range(1, 7)
        ),
    )
    tell(base, moves)
    base.run()
    won = {position for position, predicate, _ in confidences(base) if predicate == win[6]}
    assert won == {1, 2, 5}
    tell(base, [(2, move, 3)], 0.0)
    base.run()
    assert {position for position, predicate, _ in confidences(base) if predicate == win[6]} == {1, 4}


def test_unless_with_a_variable_of_its_own_means_none_at_all(base):
    likes, lonely, selfish = 5, 6, 7
    teach(
        base,
        rule(1, ("x", lonely, "x"), ("x", IS, HUMAN), unless=[("x", likes, "anyone")], stratum=1),
        rule(2, ("x", selfish, "x"), ("x", IS, HUMAN), unless=[("same", likes, "same")], stratum=1),
    )
    tell(base, [(1, IS, HUMAN), (2, IS, HUMAN), (1, likes, 2)])
    base.run()
    assert {(s, p) for s, p, _ in confidences(base) if p > 5} == {(2, lonely), (1, selfish), (2, selfish)}
    assert list(base.support(number_of(base, (2, lonely, 2))).bindings) == [2, MISSING]
    tell(base, [(9, likes, 9)])
    tell(base, [(1, likes, 2)], 0.0)
    base.run()
    assert {(s, p) for s, p, _ in confidences(base) if p > 5} == {(1, lonely), (2, lonely)}


def test_unless_still_excludes_while_another_reason_holds(base):
    likes, lonely = 5, 6
    teach(base, rule(1, ("x", lonely, "x"), ("x", IS, HUMAN), unless=[("x", likes, "anyone")], stratum=1))
    tell(base, [(1, IS, HUMAN), (1, likes, 2), (1, likes, 3)])
    base.run()
    tell(base, [(1, likes, 2)], 0.0)
    base.run()
    assert base.derived == 0
    tell(base, [(1, likes, 3)], 0.0)
    base.run()
    assert (1, lonely, 1) in confidences(base)


def test_derivations_are_from_what_holds_now_support_is_of_the_last_run(base):
    teach(base, STEP, LEAP)
    tell(base, [(1, EDGE, 2), (2, EDGE, 4)], 0.5)
    base.run()
    number = number_of(base, (1, PATH, 4))
    tell(base, [(1, EDGE, 4)])
    assert [(one.rule, one.confidence) for one in base.derivations(number, 9)] == [(1, 1.0), (2, 0.25)]
    assert base.support(number).rule == 2
    tell(base, [(2, EDGE, 4)], 0.0)
    assert [one.rule for one in base.derivations(number, 9)] == [1]
    base.run()
    assert base.support(number).rule == 1


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("=", {(1, 1), (2, 2), (3, 3), (4, 4)}),
        (
            "!=",
            {(1, 2), (1, 3), (1, 4), (2, 1), (2, 3), (2, 4), (3, 1), (3, 2), (3, 4), (4, 1), (4, 2), (4, 3)},
        ),
        ("<", {(1, 2), (1, 3)}),
        ("<=", {(1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 2), (3, 3)}),
        (">", {(2, 1), (3, 1)}),
        (">=", {(1, 1), (2, 1), (2, 2), (2, 3), (3, 1), (3, 2), (3, 3)}),
    ],
)
def test_sizes_are_compared_between_numbers_alone(base, operator, expected):
    base.set_numbers([1, 2, 3], [-5.5, 18, 18])
    teach(base, rule(1, ("a", LESS, "b"), ("a", IS, HUMAN), ("b", IS, HUMAN), where=[(operator, "a", "b")]))
    tell(base, [(term, IS, HUMAN) for term in (1, 2, 3, 4)])
    base.run()
    assert {(a, b) for a, p, b in confidences(base) if p == LESS} == expected


def test_a_number_told_late_changes_what_follows(base):
    adult = rule(1, ("x", IS, 50), ("x", 6, "age"), where=[(">=", "age", 18)])
    teach(base, adult, MORTALS)
    tell(base, [(1, 6, 18), (2, 6, 30), (2, IS, HUMAN)])
    base.run()
    assert (1, IS, 50) not in confidences(base)
    base.set_numbers(array("I", [18, 30]), array("d", [18.0, 30.0]))
    base.run()
    assert {(1, IS, 50), (2, IS, 50), (2, IS, MORTAL)} <= confidences(base).keys()
    base.set_numbers([30], [17])
    base.run()
    assert (2, IS, 50) not in confidences(base)
    assert (1, IS, 50) in confidences(base)


def test_what_has_another_support_survives_a_retraction(base):
    teach(base, STEP, LEAP)
    tell(base, [(1, EDGE, 2), (2, EDGE, 4), (1, EDGE, 3), (3, EDGE, 4), (4, EDGE, 5)])
    base.run()
    assert (1, PATH, 5) in confidences(base)
    tell(base, [(2, EDGE, 4)], 0.0)
    base.run()
    assert {b for a, p, b in confidences(base) if (a, p) == (1, PATH)} == {2, 3, 4, 5}
    check_supports(base, [STEP, LEAP])
    tell(base, [(3, EDGE, 4)], 0.0)
    base.run()
    assert {b for a, p, b in confidences(base) if (a, p) == (1, PATH)} == {2, 3}


def test_what_supports_itself_in_a_circle_goes_with_its_ground(base):
    circle = [rule(1, ("x", 5, "x"), ("x", 6, "x")), rule(2, ("x", 6, "x"), ("x", 5, "x"))]
    teach(base, *circle)
    tell(base, [(1, 5, 1)])
    base.run()
    assert confidences(base) == {(1, 5, 1): 1.0, (1, 6, 1): 1.0}
    tell(base, [(1, 5, 1)], 0.0)
    base.run()
    assert confidences(base) == {}
    assert (len(base), base.holding, base.derived) == (2, 0, 0)


def test_a_lowered_confidence_lowers_what_follows(base):
    teach(base, STEP, LEAP)
    tell(base, [(1, EDGE, 2), (2, EDGE, 3)], 0.9)
    tell(base, [(1, EDGE, 3)], 0.5)
    base.run()
    assert confidences(base)[1, PATH, 3] == 0.9 * 0.9
    tell(base, [(2, EDGE, 3)], 0.3)
    base.run()
    assert confidences(base)[1, PATH, 3] == 0.5
    assert confidences(base)[2, PATH, 3] == 0.3


def test_rules_come_and_go(base):
    shortcut = rule(3, ("x", PATH, "z"), ("x", EDGE, "y"), ("y", EDGE, "z"), weight=0.5)
    teach(base, STEP)
    tell(base, chain(3))
    base.run()
    assert base.derived == 3
    teach(base, STEP, shortcut)
    base.run()
    assert {t: c for t, c in confidences(base).items() if c < 1} == {(0, PATH, 2): 0.5, (1, PATH, 3): 0.5}
    teach(base, shortcut)
    assert base.support(number_of(base, (0, PATH, 1))) is None
    base.run()
    assert {t for t in confidences(base) if t[1] == PATH} == {(0, PATH, 2), (1, PATH, 3)}
    teach(base, shortcut._replace(weight=0.25))
    assert confidences(base)[0, PATH, 2] == 0.5
    assert base.support(number_of(base, (0, PATH, 2))) is None
    tell(base, [(1, PATH, 3)], 0.125)
    assert confidences(base)[1, PATH, 3] == 0.125
    base.run()
    assert confidences(base)[1, PATH, 3] == 0.25
    tell(base, [(1, PATH, 3)], 0.0)
    base.run()
    assert confidences(base)[0, PATH, 2] == 0.25
    teach(base)
    base.run()
    assert base.derived == 0


def test_a_rule_keeps_its_conclusions_in_another_stratum(base):
    teach(base, MORTALS)
    tell(base, [(SOCRATES, IS, HUMAN)])
    base.run()
    before = base.support(number_of(base, (SOCRATES, IS, MORTAL)))
    teach(base, MORTALS._replace(stratum=4))
    assert base.support(number_of(base, (SOCRATES, IS, MORTAL))) == before
    base.run()
    assert base.derived == 1


def test_triples_are_matched_by_what_is_given(base):
    teach(base, STEP)
    facts = [(1, EDGE, 2), (1, EDGE, 3), (2, EDGE, 3), (1, IS, 3), (4, IS, 4)]
    tell(base, facts)
    base.run()
    tell(base, [(2, EDGE, 3)], 0.0)
    base.run()
    everything = triples_of(base.describe(range(len(base))).triples)
    holding, asserted = set(confidences(base)), {t for t in facts if t != (2, EDGE, 3)}
    for subject in (None, 1, 2, 9):
        for predicate in (None, EDGE, PATH, 9):
            for object_ in (None, 3, 4):
                like = [
                    number
                    for number, (s, p, o) in enumerate(everything)
                    if subject in (None, s) and predicate in (None, p) and object_ in (None, o)
                ]
                for which, kept in {
                    "holding": holding,
                    "asserted": asserted,
                    "known": set(everything),
                }.items():
                    expected = [number for number in like if everything[number] in kept]
                    pattern = (subject, predicate, object_)
                    assert list(base.match(*pattern, which=which)) == expected
                    assert list(base.match(*pattern, which=which, limit=1)) == expected[:1]
                    assert (
                        list(base.match(*pattern, which=which, limit=2, after=1))
                        == [number for number in expected if number > 1][:2]
                    )
                    assert list(base.match(*pattern, which=which, after=2)) == [n for n in expected if n > 2]
    assert list(base.match(None, None, None, after=MISSING)) == []
    assert list(base.match(MISSING - 1, None, None)) == []


def test_find_tells_numbers_apart_from_nothing(base):
    tell(base, chain(300))
    asked = [(at, EDGE, at + step) for at in range(300) for step in (1, 2)]
    found = base.find([term for triple in asked for term in triple])
    assert list(found[::2]) == list(range(300))
    assert set(found[1::2]) == {MISSING}
    assert list(base.find([1 << 31, EDGE, 1, 0, EDGE | 1 << 28, 1])) == [MISSING, MISSING]


def test_a_body_of_many_literals_is_supported_by_all(base):
    body = [(f"v{at}", EDGE, f"v{at + 1}") for at in range(32)]
    long = rule(1, ("v0", PATH, "v32"), *body, weight=0.5)
    teach(base, long)
    tell(base, chain(40))
    base.run()
    assert {t for t in confidences(base) if t[1] == PATH} == {(at, PATH, at + 32) for at in range(9)}
    found = base.support(number_of(base, (3, PATH, 35)))
    assert premises(base, found) == [(at, EDGE, at + 1) for at in range(3, 35)]
    assert list(found.bindings) == list(range(3, 36))
    for at in range(9):  # supports of three and more premises are kept apart, and cleared away
        tell(base, [(at, EDGE, at + 1)], 0.5)
        base.run()
        check_supports(base, [long])
    tell(base, [(20, EDGE, 21)], 0.0)
    base.run()
    assert base.derived == 0


def test_literals_without_a_common_variable_are_paired(base):
    teach(base, rule(1, ("a", 9, "c"), ("a", 5, "b"), ("c", 6, "d"), (7, 5, 7)))
    tell(base, [(at, 5, at) for at in range(4)] + [(at, 6, at) for at in range(80, 160)])
    base.run()
    assert base.derived == 0
    tell(base, [(7, 5, 7)])
    base.run()
    assert {t for t in confidences(base) if t[1] == 9} == {
        (a, 9, c) for a in (0, 1, 2, 3, 7) for c in range(80, 160)
    }


def test_a_confidence_that_underflows_does_not_hold(base):
    teach(base, rule(1, ("x", 9, "y"), ("x", EDGE, "y"), ("y", EDGE, "z"), weight=5e-324))
    tell(base, chain(2), 0.25)
    base.run()
    assert (base.derived, len(base)) == (0, 2)


def test_half_a_million_triples_follow_from_a_thousand():
    base = RuleBase(shared_module("rules", "scalar"))
    teach(base, STEP, LEAP)
    tell(base, chain(1000))
    base.run()
    assert base.derived == 500_500
    tell(base, [(500, EDGE, 501)], 0.0)
    base.run()
    assert base.derived == 500 * 501 // 2 + 499 * 500 // 2
    tell(base, [(500, EDGE, 501), (1000, EDGE, 1001)])
    base.run()
    assert base.derived == 501_501
    base.close()


def test_encoded_slots_are_terms_or_marked_indices():
    data = encode_program([rule(1, ("x", IS, 5), ("x", IS, "y"))])
    slots = array("I", data[36:])
    assert list(slots) == [VARIABLE, IS, 5, VARIABLE, IS, VARIABLE | 1]
