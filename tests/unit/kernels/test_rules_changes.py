"""Whatever comes and goes in whatever order: what is known is what follows by definition."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import event, given, settings
from hypothesis import strategies as st

from pramana.errors import BudgetError
from pramana.kernels.rules import OPERATORS, VARIABLE, ProgramRule, encode_program
from tests.unit.kernels.builds import ONCE_BUILDS, rules_factory
from tests.unit.kernels.rule_bases import (
    Triple,
    check_derivation,
    check_supports,
    closure,
    confidences,
    known,
    number_of,
    premises,
)

TERMS = st.integers(0, 3)
CONFIDENCES = st.sampled_from([0.0, 0.0, 1.0, 0.5, 0.75, 0.9])
BODY_VARIABLES = (VARIABLE, VARIABLE | 1, VARIABLE | 2)
CLASS = 6
CLASSES = ((0, 3), (1,), (2,))
"""Terms by the stratum in which (x, CLASS, term) is derived."""


@st.composite
def rules(draw: st.DrawFn, number: int) -> ProgramRule:
    """A safe rule. The stratum of predicate p is p // 2, and that of (x, CLASS, c) is c % 3."""
    stratum = draw(st.integers(0, 2))
    slots = st.one_of(st.sampled_from(BODY_VARIABLES), st.sampled_from(BODY_VARIABLES), TERMS)
    literals = st.tuples(slots, st.integers(0, 2 * stratum + 1), slots)
    body = draw(st.lists(st.one_of(literals, literals, classes(slots, stratum)), min_size=1, max_size=3))
    bound = sorted({slot for literal in body for slot in literal if slot & VARIABLE})
    either = st.one_of(st.sampled_from(bound), TERMS) if bound else TERMS
    unless: list[Triple] = []
    if stratum:
        for index in range(draw(st.integers(0, 2))):
            own = st.just(VARIABLE | (3 + index))
            loose = st.one_of(either, own)
            below = st.tuples(loose, st.integers(0, 2 * stratum - 1), loose)
            unless.append(draw(st.one_of(below, classes(loose, stratum - 1))))
    compared = draw(st.lists(st.tuples(st.sampled_from(list(OPERATORS)), either, either), max_size=1))
    weight = draw(st.sampled_from([1.0, 1.0, 0.9, 0.5]))
    own = st.tuples(either, st.sampled_from([2 * stratum, 2 * stratum + 1]), either)
    head = draw(st.one_of(own, st.tuples(either, st.just(CLASS), st.sampled_from(CLASSES[stratum]))))
    return ProgramRule(number, weight, stratum, 5, head, body, unless, compared)


def classes(subjects: st.SearchStrategy[int], greatest: int) -> st.SearchStrategy[Triple]:
    """Literals of CLASS that no rule above a stratum concludes."""
    objects = st.sampled_from([one for stratum in range(greatest + 1) for one in CLASSES[stratum]])
    return st.tuples(subjects, st.just(CLASS), st.one_of(objects, subjects) if greatest == 2 else objects)


class Program(NamedTuple):
    """New rules by number, which replace those of the same number, and numbers of rules to drop."""

    rules: dict[int, ProgramRule]
    dropped: set[int]


class Run(NamedTuple):
    """A run in slices; rolled back once before, or given a budget."""

    steps: int
    rollback: bool
    budget: int


FACTS = st.lists(
    st.tuples(st.tuples(TERMS, st.sampled_from([0, 0, 0, 1, 2, 3, 4, 5, CLASS, CLASS]), TERMS), CONFIDENCES),
    min_size=1,
    max_size=6,
)
PROGRAMS = st.builds(
    Program,
    st.lists(st.integers(1, 9), max_size=4, unique=True).flatmap(
        lambda numbers: st.fixed_dictionaries({number: rules(number) for number in numbers})
    ),
    st.sets(st.integers(1, 9), max_size=3),
)
NUMBERS = st.dictionaries(TERMS, st.sampled_from([0.0, 1.0, 2.0]), min_size=1, max_size=2)
RUNS = st.builds(Run, st.sampled_from([0, 1, 2, 10]), st.booleans(), st.sampled_from([0, 0, 0, 3, 12]))
CHANGES = st.lists(st.one_of(FACTS, FACTS, PROGRAMS, RUNS, NUMBERS), min_size=2, max_size=12)


class Model:
    """What was said so far."""

    def __init__(self) -> None:
        self.asserted: dict[Triple, float] = {}
        self.rules: dict[int, ProgramRule] = {}
        self.values: dict[int, float] = {}

    def change(self, base: Any, change: Any) -> None:
        """Make a change, but a run, in the base and here."""
        if isinstance(change, Program):
            self.rules = {n: one for n, one in (self.rules | change.rules).items() if n not in change.dropped}
            base.set_program(encode_program(self.rules.values()))
        elif isinstance(change, dict):
            self.values |= change
            base.set_numbers(list(change), list(change.values()))
        else:
            base.assert_facts([term for triple, _ in change for term in triple], [c for _, c in change])
            self.asserted = {t: c for t, c in (self.asserted | dict(change)).items() if c}

    def expected(self) -> dict[Triple, float]:
        """What follows from it."""
        return closure(self.asserted, self.rules.values(), self.values)

    def run(self, base: Any, run: Run) -> None:
        """Run, and check what is known then."""
        before, count = known(base), len(base)
        if run.rollback and not base.run(3):
            base.rollback()
            event("rolled back")
            assert (known(base), len(base)) == (before, count)
        expected = self.expected()
        derived = len(expected) - len(self.asserted)
        try:
            while not base.run(run.steps, max_derived=run.budget):
                pass
        except BudgetError:
            event("over budget")
            assert 0 < run.budget < derived
            assert (known(base), len(base)) == (before, count)
            return
        # The rolled back run may have been done already, without a budget.
        assert not run.budget or derived <= run.budget or run.rollback
        self.check(base, expected)

    def check(self, base: Any, expected: dict[Triple, float]) -> None:
        """Assert that all is known that is expected, and by right supports."""
        assert confidences(base) == expected
        assert {t: asserted for t, (asserted, _) in known(base).items() if asserted} == self.asserted
        assert (base.holding, base.derived) == (len(expected), len(expected) - len(self.asserted))
        check_supports(base, self.rules.values())


def check_changes(build: str, changes: list[Any]) -> None:
    """Make changes, and check what is known after each run."""
    base, model = rules_factory(build)(), Model()
    for change in [*changes, Run(0, rollback=False, budget=0)]:
        if isinstance(change, Run):
            model.run(base, change)
        else:
            model.change(base, change)
            assert {t: asserted for t, (asserted, _) in known(base).items() if asserted} == model.asserted
    check_derivations(base, model)
    base.close()


def check_derivations(base: Any, model: Model) -> None:
    """Assert that a triple's derivations are right, all different, best first, and lead to its confidence."""
    facts = known(base)
    for triple, (asserted, confidence) in facts.items():
        found = base.derivations(number_of(base, triple), 1000)
        for one in found:
            check_derivation(base, model.rules[one.rule], triple, one, facts)
        assert len({(one.rule, tuple(premises(base, one))) for one in found}) == len(found)
        order = [(-one.confidence, one.rule, list(one.premises)) for one in found]
        assert order == sorted(order)
        assert max([asserted, *(one.confidence for one in found)]) == confidence
        # Without the best one nothing gets better: what is not asserted rests on one of them.
        assert asserted or found


@settings(max_examples=300, deadline=None)
@given(CHANGES)
def test_the_kernel_knows_what_follows(changes):
    check_changes("scalar", changes)


@settings(max_examples=100, deadline=None)
@given(CHANGES)
def test_the_reference_knows_what_follows(changes):
    check_changes("reference", changes)


@settings(max_examples=100, deadline=None)
@given(CHANGES)
def test_kernel_and_reference_say_the_same_between_runs_too(changes):
    bases = [rules_factory(build)() for build in ONCE_BUILDS]
    models = [Model() for _ in bases]
    for change in changes:
        for base, model in zip(bases, models, strict=True):
            if isinstance(change, Run):
                base.run()
            else:
                model.change(base, change)
        assert known(bases[0]) == known(bases[1])
    for base in bases:
        base.close()
