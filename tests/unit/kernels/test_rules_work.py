"""How much work a rule base takes, counted in steps: no more than it must, and never more at a time than it may."""

from __future__ import annotations

import pytest

from tests.unit.kernels.builds import rules_factory
from tests.unit.kernels.rule_bases import (
    IS,
    check_derivation,
    confidences,
    known,
    number_of,
    rule,
    teach,
    tell,
)

LIKES, CALM, SOCIAL = 5, 6, 7
WORLD = 0
# Of whom likes something, and whom: every pair.
PAIRS = rule(1, (WORLD, SOCIAL, WORLD), ("x", LIKES, "y"), ("z", LIKES, "w"), weight=0.9)
UNBURNT = rule(2, ("x", CALM, "x"), ("x", IS, "y"), unless=[("a", LIKES, "b")], stratum=1)


@pytest.fixture
def base(make_rules):
    base = make_rules()
    yield base
    base.close()


@pytest.fixture
def kernel():
    """Of the kernel alone: the reference derives everything anew."""
    base = rules_factory("scalar")()
    yield base
    base.close()


def turns(base, steps):
    """In how many calls of so many steps everything is followed up."""
    count = 1
    while not base.run(steps):
        count += 1
    return count


def test_the_best_derivations_are_the_first_of_all(base):
    teach(base, PAIRS, rule(9, (WORLD, SOCIAL, WORLD), ("x", LIKES, "y"), weight=0.5))
    for person in range(30):
        tell(base, [(person, LIKES, 1)], (person % 7 + 1) / 7)
    base.run()
    number = number_of(base, (WORLD, SOCIAL, WORLD))
    everything = base.derivations(number, 10_000, steps=0)
    assert (len(everything), everything.complete) == (930, True)
    order = [(-one.confidence, one.rule, one.premises) for one in everything]
    assert order == sorted(order)
    for limit in (0, 1, 16, 63, 64, 65, 200, 929, 930, 0xFFFF_FFFF):
        found = base.derivations(number, limit)
        assert found == everything[:limit]
        assert found.complete


def test_a_search_for_derivations_ends_after_its_steps_and_says_so(base):
    teach(base, PAIRS)
    tell(base, [(person, LIKES, 1) for person in range(40)], 0.5)
    base.run()
    number = number_of(base, (WORLD, SOCIAL, WORLD))
    found = base.derivations(number, 16, steps=500)
    assert (len(found), found.complete) == (16, False)
    for one in found:
        check_derivation(base, PAIRS, (WORLD, SOCIAL, WORLD), one, known(base))
    assert base.derivations(number, 16, steps=1).complete is False
    assert base.derivations(number, 16, steps=100_000).complete
    assert base.derivations(number_of(base, (3, LIKES, 1)), 16, steps=1).complete


def test_steps_that_are_used_up_by_one_rule_leave_none_for_the_next(kernel):
    teach(kernel, PAIRS, PAIRS._replace(number=2))
    tell(kernel, [(person, LIKES, 1) for person in range(30)])
    kernel.run()
    found = kernel.derivations(number_of(kernel, (WORLD, SOCIAL, WORLD)), 2000, steps=500)
    assert {one.rule for one in found} == {1}
    assert len(found) < 500


def test_derivations_of_very_many_pairs_take_no_longer_by_default(kernel):
    teach(kernel, PAIRS)
    tell(kernel, [(person, LIKES, 1) for person in range(2000)])
    kernel.run()
    found = kernel.derivations(number_of(kernel, (WORLD, SOCIAL, WORLD)), 0xFFFF_FFFF)
    assert not found.complete
    assert 50_000 < len(found) <= 100_000


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("held", [0, 1])
def test_what_no_longer_holds_is_not_gone_through_for_each_match(kernel, late, held):
    size = 3000
    if not late:
        teach(kernel, UNBURNT)
    burning = [(person, LIKES, person + 1) for person in range(size)]
    tell(kernel, burning)
    tell(kernel, [(person, IS, 1) for person in range(size)])
    assert turns(kernel, 0) == 1
    assert kernel.derived == 0
    tell(kernel, burning[held:], 0.0)
    if late:
        teach(kernel, UNBURNT)
    # To look at what was retracted for each who might be calm takes 9,000,000.
    assert turns(kernel, 1000) < 60
    assert kernel.derived == (0 if held else size)
    tell(kernel, burning[:1], 1 - held)
    assert turns(kernel, 1000) < 60
    assert kernel.derived == (size if held else 0)


def test_looking_for_what_an_unless_excludes_costs_steps(kernel):
    tell(kernel, [(person, LIKES, person + 1) for person in range(500)])
    tell(kernel, [(person, IS, 1) for person in range(500)])
    teach(kernel, rule(2, ("x", CALM, "x"), ("x", IS, "y"), unless=[("self", LIKES, "self")], stratum=1))
    assert turns(kernel, 1000) > 200
    assert kernel.derived == 500


def test_an_unless_looks_for_the_terms_of_each_match(base):
    teach(
        base,
        rule(2, ("x", CALM, "x"), ("x", IS, "y"), unless=[("x", LIKES, "b"), ("y", LIKES, "x")], stratum=1),
    )
    tell(base, [(person, IS, person % 3) for person in range(10, 40)])
    tell(base, [(11, LIKES, 9), (12, LIKES, 8), (1, LIKES, 16), (2, LIKES, 21), (15, LIKES, 15)])
    base.run()
    calm = {subject for subject, predicate, _ in confidences(base) if predicate == CALM}
    assert calm == set(range(10, 40)) - {11, 12, 15, 16}


def test_a_rolled_back_run_leaves_what_an_unless_reads(kernel):
    facts = [(person, IS, 1) for person in range(100)]
    step = rule(1, ("x", LIKES, "y"), ("x", IS, "y"))
    teach(kernel, UNBURNT)
    tell(kernel, facts)
    kernel.run()
    before = known(kernel)
    for steps in (20, 90, 150, 250):
        teach(kernel, step, UNBURNT)
        assert not kernel.run(steps)
        kernel.rollback()
        assert (known(kernel), len(kernel)) == (before, 200)
        teach(kernel, UNBURNT)
        kernel.run()
        assert known(kernel) == before
    teach(kernel, step, UNBURNT)
    kernel.run()
    assert {predicate for _, predicate, _ in confidences(kernel)} == {IS, LIKES}
    teach(kernel, UNBURNT)
    kernel.run()
    assert known(kernel) == before
