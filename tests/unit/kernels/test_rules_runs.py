"""Runs of a rule base: in slices, rolled back, within a budget."""

from __future__ import annotations

import pytest

from pramana.errors import BudgetError, InputError
from tests.unit.kernels.rule_bases import (
    EDGE,
    IS,
    LEAP,
    PATH,
    STEP,
    chain,
    check_supports,
    closure,
    confidences,
    known,
    rule,
    teach,
    tell,
)


@pytest.fixture
def base(make_rules):
    base = make_rules()
    yield base
    base.close()


def run_all(base, steps, **options):
    """Run in slices; how many there were."""
    slices = 1
    while not base.run(steps, **options):
        slices += 1
    return slices


def test_a_run_in_slices_comes_to_the_same(make_rules):
    whole, sliced = make_rules(), make_rules()
    rules = [STEP, LEAP, rule(3, ("x", IS, 50), ("x", PATH, "y"), unless=[("y", PATH, "x")], stratum=1)]
    for base in (whole, sliced):
        teach(base, *rules)
        tell(base, [*chain(12), (5, EDGE, 2)], 0.75)
    whole.run()
    assert run_all(sliced, 7) > 20
    assert known(sliced) == known(whole)
    whole.close()
    sliced.close()


def test_only_rollback_may_interrupt_a_run(base):
    teach(base, STEP, LEAP)
    tell(base, chain(9), 0.5)
    base.run()
    before, count = known(base), len(base)
    tell(base, [(9, EDGE, 10), (3, EDGE, 10)], 0.5)
    tell(base, [(4, EDGE, 5)], 0.0)
    pending = known(base)
    for call in (
        lambda: len(base),
        lambda: base.holding,
        lambda: base.derived,
        lambda: base.match(None, None, None),
        lambda: base.find([0, EDGE, 1]),
        lambda: base.describe([0]),
        lambda: base.support(0),
        lambda: base.derivations(0, 1),
        lambda: tell(base, chain(1)),
        lambda: base.set_numbers([1], [1]),
        lambda: teach(base, STEP),
    ):
        assert not base.run(3)
        with pytest.raises(InputError, match="run is not done"):
            call()
        base.rollback()
        assert known(base) == pending
    assert len(base) == count + 2
    base.rollback()
    base.run()
    facts = {triple: 0.5 for triple in [*chain(9), (9, EDGE, 10), (3, EDGE, 10)] if triple != (4, EDGE, 5)}
    assert confidences(base) == closure(facts, [STEP, LEAP], {})
    assert known(base) != before


def test_a_rollback_at_any_step_restores_everything(base):
    rules = [
        STEP,
        LEAP,
        rule(3, ("x", 7, "y"), ("x", PATH, "y"), ("y", PATH, "x"), ("x", PATH, "x"), weight=0.5),
    ]
    rules.append(rule(4, ("x", 8, "y"), ("x", EDGE, "y"), unless=[("x", 7, "y")], stratum=1))
    teach(base, *rules)
    tell(base, [*chain(4), (3, EDGE, 1)], 0.75)
    base.run()
    numbers = list(base.match(None, None, None))
    supports = [base.support(number) for number in numbers]
    tell(base, [(3, EDGE, 1)], 0.25)
    tell(base, [(4, EDGE, 0)], 0.5)
    teach(base, *rules[1:], rule(5, ("x", PATH, "y"), ("x", EDGE, "y"), weight=0.5))
    before = known(base)
    for steps in range(1, 3000, 4):
        if base.run(steps):
            break
        base.rollback()
        assert known(base) == before
        assert list(base.match(None, None, None))[: len(numbers)] == numbers
    else:
        pytest.fail("three thousand steps should be enough")
    assert steps > 40
    tell(base, [(4, EDGE, 0)], 0.0)
    tell(base, [(3, EDGE, 1)], 0.75)
    teach(base, *rules)
    base.run()
    assert list(base.match(None, None, None)) == numbers
    again = [base.support(number) for number in numbers]
    assert [one and one.confidence for one in again] == [one and one.confidence for one in supports]
    check_supports(base, rules)


def test_a_run_over_its_budget_changes_nothing(base):
    teach(base, STEP, LEAP)
    tell(base, chain(10))
    before = known(base)
    with pytest.raises(BudgetError) as error:
        base.run(max_derived=54)
    assert (error.value.details["budget"], error.value.details["limit"]) == ("max_derived", 54)
    assert known(base) == before
    assert len(base) == 10
    with pytest.raises(BudgetError):
        run_all(base, 5, max_derived=54)
    assert known(base) == before
    assert base.run(max_derived=55)
    assert base.derived == 55
    with pytest.raises(BudgetError):
        base.run(max_derived=54)
    assert base.run(max_derived=55)


def test_the_rule_that_went_too_far_is_known_afterwards(base):
    teach(base, STEP, LEAP, rule(7, ("y", 8, "x"), ("x", EDGE, "y")))
    assert base.busiest() is None
    tell(base, chain(4))
    assert base.run()
    assert base.busiest() is None
    tell(base, [(at, EDGE, at + 1) for at in range(4, 40)])
    with pytest.raises(BudgetError):
        base.run(max_derived=500)
    assert base.busiest() == LEAP.number
    teach(base, rule(7, ("y", 8, "x"), ("x", EDGE, "y")))
    with pytest.raises(BudgetError):
        base.run(max_derived=20)
    assert base.busiest() == 7
    assert not base.run(1)
    base.rollback()
    assert base.busiest() is None


def test_the_budget_counts_what_is_derived_in_the_end(base):
    # What the second stratum derived before goes as soon as the first derives its opposite.
    teach(
        base,
        rule(1, ("x", 5, "y"), ("x", EDGE, "y"), ("y", 9, "y")),
        rule(2, ("x", 6, "y"), ("x", EDGE, "y"), unless=[("x", 5, "y")], stratum=1),
    )
    tell(base, chain(20))
    assert base.run(max_derived=20)
    tell(base, [(at, 9, at) for at in range(21)])
    assert base.run(max_derived=20)
    assert {predicate for _, predicate, _ in confidences(base)} == {EDGE, 9, 5}
    tell(base, [(0, 9, 0)], 0.0)
    tell(base, [(20, EDGE, 21)])
    with pytest.raises(BudgetError):
        base.run(max_derived=20)
