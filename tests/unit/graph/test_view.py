"""What holds now, at any other moment, and if something else did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.errors import BudgetError
from pramana.graph.inference import Deadline
from pramana.graph.view import Moment, View
from pramana.kernels.interfaces import RulesLike
from pramana.knowledge import Atom, Fact
from tests.unit.graph import naive_prover, programs
from tests.unit.graph.small_state import NOW, SmallState, facts_of, holding, new_base, rules_of, state_of

pytestmark = pytest.mark.usefixtures("each_build")


def said(view: View) -> set[str]:
    """What holds, in words; what follows with a "*"."""
    return {
        f"{'not ' * fact.negated}{fact.subject} {fact.predicate} {fact.object}{'*' * fact.derived}"
        for fact in holding(view)
    }


def counted() -> tuple[Callable[[], RulesLike], list[RulesLike]]:
    """A factory of bases, and those it made."""
    made: list[RulesLike] = []

    def make() -> RulesLike:
        made.append(new_base())
        return made[-1]

    return make, made


def history() -> list[Fact]:
    return [
        Fact("old", "eve", "lives_in", "paris", valid_to_ms=500, created_ms=100),
        Fact("new", "eve", "lives_in", "rome", valid_from_ms=500, created_ms=600),
        Fact("gone", "eve", "likes", "tea", created_ms=100),
        Fact("next", "eve", "lives_in", "oslo", valid_from_ms=NOW.at_ms + 5, created_ms=800),
    ]


async def test_now_is_the_base_in_memory_and_no_other_is_made() -> None:
    make, made = counted()
    state = SmallState(make)
    state.tell(history())
    async with state.view() as view:
        assert view.base is state.base
        assert said(view) == {"eve lives_in rome", "eve likes tea"}
    assert len(made) == 1


@pytest.mark.parametrize(
    ("at_ms", "known_ms", "expected"),
    [
        (400, None, {"eve lives_in paris", "paris home eve*"}),
        (499, None, {"eve lives_in paris", "paris home eve*"}),
        (500, None, {"eve lives_in rome", "rome home eve*"}),
        (400, 650, {"eve lives_in paris", "eve likes tea"}),
        (900, 650, {"eve lives_in rome", "eve likes tea"}),
        (900, 550, {"eve likes tea"}),
        (400, 99, set()),
        (400, 700, {"eve lives_in paris", "paris home eve*"}),
        (NOW.at_ms + 5, None, {"eve lives_in rome", "eve lives_in oslo", "rome home eve*", "oslo home eve*"}),
        (NOW.at_ms + 5, 800, {"eve lives_in rome", "eve lives_in oslo", "rome home eve*", "oslo home eve*"}),
    ],
)
async def test_any_other_moment_has_the_facts_and_rules_of_then(
    at_ms: int, known_ms: int | None, expected: set[str]
) -> None:
    make, made = counted()
    state = SmallState(make)
    state.tell(history())
    state.retract("gone", at_ms=700)
    (rule,) = rules_of("(?x lives_in ?y) => (?y home ?x)")
    state.set_rules([replace(rule, created_ms=700)])
    async with state.view(Moment(at_ms, known_ms)) as view:
        assert said(view) == expected
    _, then = made
    with pytest.raises(Exception, match="closed"):
        len(then)


async def test_a_moment_is_now_unless_a_time_is_asked_for() -> None:
    state = SmallState()
    assert Moment.of(state, None, None) == Moment(state.now_ms, None, present=True)
    assert Moment.of(state, 5, None) == Moment(5)
    assert Moment.of(state, 5, 6) == Moment(5, 6)
    assert Moment.of(state, None, 6) == Moment(state.now_ms, 6)


async def test_a_budget_reached_at_another_moment_frees_its_base() -> None:
    make, made = counted()
    state = SmallState(make)
    state.tell(facts_of("(a next b)\n(b next c)"))
    state.set_rules(rules_of("(?x next ?y) => (?x before ?y)"))
    with pytest.raises(BudgetError):
        async with state.view(Moment(10), max_derived=1):
            pass
    with pytest.raises(Exception, match="closed"):
        len(made[1])
    with pytest.raises(BudgetError, match="timeout_s"):
        async with state.view(Moment(10), timeout_s=0.0):
            pass


async def test_records_of_a_triple_come_most_confident_first_and_only_those_that_hold() -> None:
    state = SmallState()
    state.tell(
        [
            Fact("f0", "a", "p", "b", confidence=0.5),
            Fact("f1", "a", "p", "b", confidence=0.9, source="x"),
            Fact("f2", "a", "p", "b", confidence=0.5, source="y"),
            Fact("f3", "a", "p", "b", confidence=1.0, source="z", valid_to_ms=10),
        ]
    )
    async with state.view() as view:
        (number,) = view.base.match(None, None, None)
        triple = view.base.describe([number]).triples
        found = view.records((triple[0], triple[1], triple[2]))
        assert [fact.id for fact in found] == ["f1", "f0", "f2"]
        assert view.number_of(Atom("A", "p", "B")) == number
        assert view.number_of(Atom("a", "p", "b", negated=True)) is None
        assert view.number_of(Atom("a", "p", "nobody")) is None


async def test_what_is_assumed_holds_with_all_that_follows_and_is_gone_afterwards() -> None:
    state = state_of("(socrates human) @0.5\n(?x human) => (?x mortal)\n(?x p ?y) => (?y q ?x)")
    terms = len(state.terms)
    async with state.view() as view:
        terms = len(state.terms)
        before = said(view)
        statements = [
            Atom("somebody", "is", "human"),
            Atom("socrates", "is", "human"),
            Atom("SOMEBODY", "is", "human"),
        ]
        async with view.assuming(statements, Deadline(60)) as hypothetical:
            assert said(hypothetical) == before | {"somebody is human", "somebody is mortal*"}
            number = hypothetical.number_of(Atom("socrates", "is", "mortal"))
            assert number is not None
            assert hypothetical.base.describe([number]).confidence[0] == 1
            assert [(fact.id, fact.subject) for fact in hypothetical.assumed.values()] == [
                ("assumption:1", "somebody"),
                ("assumption:2", "socrates"),
            ]
    async with state.view() as view:
        assert said(view) == before
        number = view.number_of(Atom("socrates", "is", "mortal"))
        assert number is not None
        assert view.base.describe([number]).confidence[0] == 0.5
    assert len(state.terms) == terms


async def test_terms_that_come_later_do_not_meet_what_was_assumed_under_their_numbers() -> None:
    state = state_of("(a human)\n(?x human) => (?x mortal)")
    async with state.view() as view, view.assuming([Atom("somebody", "is", "human")], Deadline(60)):
        pass
    state.tell(facts_of("(newcomer knows a)", "g"))
    async with state.view() as view:
        assert said(view) == {"a is human", "a is mortal*", "newcomer knows a"}


async def test_an_assumption_that_leads_too_far_is_taken_back() -> None:
    state = state_of(
        "(a next b)\n(?x next ?y) => (?x before ?y)\n(?x before ?y) & (?y before ?z) => (?x before ?z)"
    )
    chain = [Atom(f"n{at}", "next", f"n{at + 1}") for at in range(6)]
    async with state.view(max_derived=5) as view:
        before = said(view)
        with pytest.raises(BudgetError, match="max_derived"):
            async with view.assuming(chain, Deadline(60)):
                pass
    async with state.view() as view:
        assert said(view) == before


@settings(max_examples=60)
@given(program=programs.programs, assumed=st.integers(0, 2**32 - 1))
async def test_assuming_comes_to_the_same_as_stating(program: programs.Program, assumed: int) -> None:
    facts, rules = program
    (extra, *_), _ = programs.program(assumed)
    state = SmallState()
    state.tell(facts)
    state.set_rules(rules)
    oracle = naive_prover.prove([*facts, replace(extra, id="extra", confidence=1.0)], rules)
    async with state.view() as view:
        before = {(naive_prover.key(fact.atom), fact.confidence) for fact in holding(view)}
        async with view.assuming([extra.atom], Deadline(60)) as hypothetical:
            found = {naive_prover.key(fact.atom): fact.confidence for fact in holding(hypothetical)}
    assert found == {key: pytest.approx(proof.confidence, rel=1e-9) for key, proof in oracle.items()}
    async with state.view() as view:
        assert {(naive_prover.key(fact.atom), fact.confidence) for fact in holding(view)} == before


@settings(max_examples=60)
@given(
    program=programs.programs,
    moments=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12),
)
async def test_a_moment_holds_what_a_graph_of_its_facts_alone_would(
    program: programs.Program, moments: list[tuple[int, int]]
) -> None:
    facts, rules = program
    timed = [
        replace(fact, valid_from_ms=start, valid_to_ms=start + length + 1)
        for fact, (start, length) in zip(facts, moments * 12, strict=False)
    ]
    state = SmallState()
    state.tell(timed)
    state.set_rules(rules)
    for at_ms in (0, 2, 5):
        then = [fact for fact in timed if (fact.valid_from_ms or 0) <= at_ms < (fact.valid_to_ms or 0)]
        oracle = naive_prover.prove(then, rules)
        async with state.view(Moment(at_ms)) as view:
            found = {naive_prover.key(fact.atom): fact.confidence for fact in holding(view)}
        assert found == {key: pytest.approx(proof.confidence, rel=1e-9) for key, proof in oracle.items()}
