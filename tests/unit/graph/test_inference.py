"""Rules compiled for the kernel, and followed in stretches, within budgets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from pramana.errors import BudgetError, RuleError
from pramana.graph import inference
from pramana.graph.inference import Deadline, Inference
from pramana.graph.program import (
    MAX_LITERALS,
    MAX_VARIABLES,
    Program,
    atom_of,
    check_size,
    triple_of,
    variables_of,
)
from pramana.graph.rule_language import parse_rule
from pramana.graph.terms import Terms
from pramana.kernels.interfaces import RulesLike
from pramana.kernels.reference.rules import ReferenceRuleBase
from pramana.kernels.rules import VARIABLE, ProgramRule, encode_program
from pramana.knowledge import Atom, Fact, Rule
from tests.unit.graph import naive_prover, programs
from tests.unit.graph.small_state import SmallState, facts_of, holding, new_base, rules_of, state_of

pytestmark = pytest.mark.usefixtures("each_build")


CHAIN = "\n".join(f"(n{step} next n{step + 1})" for step in range(12))
CLOSURE = "(?x next ?y) => (?x before ?y)\n(?x before ?y) & (?y next ?z) => (?x before ?z)"


async def followed(state: SmallState, **budget: Any) -> set[str]:
    """What follows and is not asserted."""
    async with state.view(**budget) as view:
        return {f"{fact.subject} {fact.predicate} {fact.object}" for fact in holding(view) if fact.derived}


# Program


def test_the_sign_is_in_the_predicates_code_and_variables_are_numbered_as_they_occur() -> None:
    names = Terms()
    rule = parse_rule(
        "not (?b eats a) & (?a eats ?b) & unless (?a has ?any) & ?a != 3 => not (?a likes ?b) @0.5"
    )
    program = Program(names)
    encoded = program.replace([replace(rule, id="r")])
    eats, a, has, likes, three = (names.intern(name) for name in ("eats", "a", "has", "likes", "3"))
    b, x, y = (VARIABLE | index for index in range(3))
    assert program.variables == {0: ("?b", "?a", "?any")}
    assert encoded == encode_program(
        [
            ProgramRule(
                0,
                0.5,
                1,
                3,
                (x, 2 * likes + 1, b),
                [(b, 2 * eats + 1, a), (x, 2 * eats, b)],
                [(x, 2 * has, y)],
                [("!=", x, three)],
            )
        ]
    )


def test_a_statement_and_its_triple_are_turned_into_each_other() -> None:
    names = Terms()
    triple = (names.intern("whale"), 2 * names.intern("is") + 1, names.intern("Fish"))
    assert atom_of(triple, names) == Atom("whale", "is", "Fish", negated=True)
    assert triple_of(Atom("WHALE", "is", "fish", negated=True), names) == triple
    assert triple_of(Atom("whale", "is", "cow"), names) is None


def test_a_rule_keeps_its_number_and_no_other_ever_gets_it() -> None:
    first, second, third = rules_of("(?x p ?y) => (?x q ?y)\n(?x q ?y) => (?x r ?y)\n(?x r ?y) => (?x s ?y)")
    program = Program(Terms())
    program.replace([first, second])
    program.replace([second, third])
    assert {number: rule.id for number, rule in program.rules.items()} == {1: "r1", 2: "r2"}
    program.replace([first])
    assert {number: rule.id for number, rule in program.rules.items()} == {0: "r0"}


@pytest.mark.parametrize("part", ["variables", "conditions", "unless", "comparisons"])
def test_a_rule_of_the_greatest_size_runs_and_one_beyond_is_refused(part: str) -> None:
    def rule(count: int) -> Rule:
        texts = {
            "variables": [f"(?v{at} p ?v{at + 1})" for at in range(count // 2)] if count else [],
            "conditions": ["(?x p ?y)"] * count,
            "unless": ["(?x p ?y)", *["unless (?x q ?y)"] * count],
            "comparisons": ["(?x p ?y)", *["?x != ?y"] * count],
        }
        if part == "variables":
            pairs = [f"(?v{at} p ?w{at})" for at in range(count // 2)] + ["(?odd p a)"] * (count % 2)
            texts[part] = pairs[:MAX_LITERALS] + [f"unless {pair}" for pair in pairs[MAX_LITERALS:]]
        return replace(
            parse_rule(" & ".join(texts[part]) + f" => ({'a' if part == 'variables' else '?x'} r b)"), id="r"
        )

    limit = MAX_VARIABLES if part == "variables" else MAX_LITERALS
    assert part != "variables" or len(variables_of(rule(limit))) == limit
    base = ReferenceRuleBase()
    base.set_program(Program(Terms()).replace([rule(limit)]))
    with pytest.raises(RuleError, match=f"at most {limit} {part}, got {limit + 1}") as caught:
        check_size(rule(limit + 1))
    assert caught.value.details["field"] == "rule"


def test_rules_that_have_no_order_are_refused_and_the_others_stay_in_force() -> None:
    program = Program(Terms())
    program.replace(rules_of("(?x p ?y) => (?x q ?y)"))
    with pytest.raises(RuleError, match="circle"):
        program.replace(rules_of("(?x p ?y) & unless (?x q ?y) => (?x q ?y)"))
    assert [rule.head.predicate for rule in program.rules.values()] == ["q"]


# Inference


def noted_in(made: list[RulesLike]) -> Callable[[], RulesLike]:
    """A factory of bases that notes each."""

    def make() -> RulesLike:
        made.append(new_base())
        return made[-1]

    return make


async def test_what_follows_comes_and_goes_with_facts_and_rules() -> None:
    state = state_of(f"(a next b)\n(b next c)\n{CLOSURE}")
    assert await followed(state) == {"a before b", "b before c", "a before c"}
    state.retract("f1")
    assert await followed(state) == {"a before b"}
    state.set_rules([])
    assert await followed(state) == set()


async def test_numbers_are_known_to_comparisons_also_where_they_come_later() -> None:
    state = state_of("(anne age 17)\n(bob age 18)\n(?x age ?n) & ?n >= 18 => (?x may vote)")
    assert await followed(state) == {"bob may vote"}
    state.tell(facts_of("(eve age 1e3)\n(kim age many)", "g"))
    state.retract("f0")
    assert await followed(state) == {"bob may vote", "eve may vote"}


async def test_numbers_are_told_when_the_first_rule_that_compares_comes() -> None:
    state = state_of("(anne age 17)\n(bob age 18)\n(?x age ?n) => (?x is person)")
    assert await followed(state) == {"anne is person", "bob is person"}
    state.set_rules(rules_of("(?x age ?n) & ?n < 18 => (?x is minor)"))
    assert await followed(state) == {"anne is minor"}


async def test_the_numbers_of_a_large_graph_are_told_in_parts() -> None:
    state = SmallState()
    state.tell(Fact(f"f{at}", f"n{at}", "age", str(at)) for at in range(1200))
    state.set_rules(rules_of("(?x age ?n) & ?n > 1197 => (?x is old)"))
    assert await followed(state) == {"n1198 is old", "n1199 is old"}


async def test_too_many_consequences_end_in_an_error_and_change_nothing() -> None:
    made: list[RulesLike] = []
    state = state_of("(a next b)\n(b next c)\n" + CLOSURE, noted_in(made))
    before = await followed(state)
    state.tell(facts_of(CHAIN, "g"))
    with pytest.raises(BudgetError, match="max_derived") as caught:
        await followed(state, max_derived=60)
    worst = state.rules[caught.value.details["rule"]]
    assert caught.value.details == {"budget": "max_derived", "limit": 60, "rule": worst.id}
    assert len(worst.body) == 2
    assert worst.text[:59] in str(caught.value)
    described = made[-1].describe(made[-1].match(None, None, None))
    assert sum(not asserted for asserted in described.asserted) == len(before)
    assert len(await followed(state, max_derived=100)) == 12 * 13 // 2 + 3


async def test_a_deadline_ends_inference_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "FIRST_STEPS", 1)
    made: list[RulesLike] = []
    state = state_of(f"{CHAIN}\n{CLOSURE}", noted_in(made))
    with pytest.raises(BudgetError, match=r"timeout_s \(0 s\)") as caught:
        await followed(state, timeout_s=0.0)
    assert (caught.value.details["budget"], caught.value.details["limit"]) == ("timeout_s", 0.0)
    assert made[-1].derived == 0
    assert len(await followed(state)) == 12 * 13 // 2


async def test_others_get_their_turn_and_a_cancelled_inference_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inference, "FIRST_STEPS", 1)
    monkeypatch.setattr(inference, "STRETCH_S", 0.0)  # never more than one step at a time
    monkeypatch.setattr("pramana.pace.STRETCH_S", 0.0)
    made: list[RulesLike] = []
    state = state_of(f"{CHAIN}\n{CLOSURE}", noted_in(made))
    task = asyncio.ensure_future(followed(state))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert made[-1].derived == 0
    assert len(await followed(state)) == 12 * 13 // 2


async def test_stretches_grow_while_they_are_short() -> None:
    asked: list[int] = []

    class Counting(ReferenceRuleBase):
        def run(self, steps: int = 0, *, max_derived: int = 0) -> bool:
            asked.append(steps)
            return super().run(min(steps, 3), max_derived=max_derived)

    state = state_of(f"{CHAIN}\n{CLOSURE}", Counting)
    await followed(state)
    assert asked[0] == inference.FIRST_STEPS
    assert asked[2] == 4 * inference.FIRST_STEPS


async def test_rules_are_compiled_once_as_long_as_they_stay_the_same() -> None:
    programs_set: list[bytes] = []

    class Noting(ReferenceRuleBase):
        def set_program(self, program: Any) -> None:
            programs_set.append(program)
            super().set_program(program)

    state = state_of(f"(a next b)\n{CLOSURE}", Noting)
    await followed(state)
    state.tell(facts_of("(x next y)", "g"))
    assert "x before y" in await followed(state)
    assert len(programs_set) == 1


async def test_an_error_of_the_base_is_not_taken_for_a_budget() -> None:
    state = SmallState()
    state.base.close()
    with pytest.raises(Exception, match="closed"):
        await followed(state)


async def test_a_budget_of_one_run_does_not_bind_the_next() -> None:
    names, base = Terms(), ReferenceRuleBase()
    started = Inference(base, names)
    rules = {rule.id: rule for rule in rules_of("(?x p ?y) => (?y p ?x)")}
    a, p, b = map(names.intern, "apb")
    base.assert_facts([a, 2 * p, b, b, 2 * p, b], [1.0, 1.0])
    await started.follow(rules, 1, Deadline(60), max_derived=1)
    assert base.derived == 1


@settings(max_examples=60)
@given(program=programs.programs)
async def test_what_follows_is_what_a_naive_evaluation_says_also_in_steps(program: programs.Program) -> None:
    facts, rules = program
    state = SmallState()
    for upto in range(0, len(facts), 3):
        state.tell(facts[upto : upto + 3])
        state.set_rules(rules[: upto + 1])
        await followed(state)
    for fact in facts[::4]:
        state.retract(fact.id)
    kept = state.facts()
    oracle = naive_prover.prove(kept, list(state.rules.values()))
    stated = {naive_prover.key(fact.atom) for fact in kept}
    async with state.view() as view:
        derived = [fact for fact in holding(view) if fact.derived]
    assert {naive_prover.key(fact.atom) for fact in derived} == oracle.keys() - stated
    for fact in derived:
        assert fact.confidence == pytest.approx(oracle[naive_prover.key(fact.atom)].confidence, rel=1e-9)


def test_a_variable_of_a_rule_is_no_term() -> None:
    names = Terms()
    Program(names).replace(rules_of("(?x p ?y) => (?y q ?x)"))
    assert [names.name(term) for term in range(len(names))] == ["q", "p"]
