"""Proofs of what holds: the best one, others that share no fact with it, and what they make of a question."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings

from pramana import proofs
from pramana.errors import BudgetError
from pramana.graph import proving
from pramana.graph.inference import Deadline
from pramana.graph.proving import Prover, noisy_or
from pramana.graph.rule_language import parse_program, parse_rules
from pramana.knowledge import Atom, Fact, Proof, ProofStep, Verdict
from tests.unit.graph import naive_prover, programs
from tests.unit.graph.small_state import SmallState, holding, state_of

pytestmark = pytest.mark.usefixtures("each_build")


def atom(text: str) -> Atom:
    (parsed,) = parse_program(text)
    return parsed.atom


async def verdict(state: SmallState, statement: str, max_proofs: int = 3) -> Verdict:
    async with state.view() as view:
        found = await Prover(view, Deadline(60)).verdict(atom(statement), max_proofs)
    for proof in (*found.proofs, *found.against):
        proofs.check(proof, state.facts(), state.rules.values())
    return found


def leaves(proof: Proof) -> set[str]:
    return set(proof.facts)


async def test_a_fact_proves_itself() -> None:
    found = await verdict(state_of("(jwt vulnerable_to timing) @0.8"), "(JWT vulnerable_to timing)")
    assert found == Verdict(
        "true",
        pytest.approx(0.8),
        (Proof((ProofStep(Atom("jwt", "vulnerable_to", "timing"), 0.8, fact="f0"),)),),
    )


async def test_a_proof_names_rule_bindings_premises_and_what_is_absent() -> None:
    state = state_of(
        """(tweety bird) @0.9
        (?x bird) & unless (?x abnormal) & unless (?x owned_by ?anyone) => (?x flies) @0.5"""
    )
    found = await verdict(state, "(tweety flies)")
    assert found.proof is not None
    told, step = found.proof.steps
    assert told == ProofStep(Atom("tweety", "is", "bird"), 0.9, fact="f0")
    assert (step.rule, step.bindings, step.premises) == ("r0", {"?x": "tweety"}, (0,))
    assert step.absent == (Atom("tweety", "is", "abnormal"), Atom("tweety", "owned_by", "?anyone"))
    assert step.text == state.rules["r0"].text
    assert found.confidence == pytest.approx(0.45)


async def test_what_was_told_in_english_is_shown_as_it_was_told() -> None:
    state = state_of("(a human)\n(?x human) => (?x mortal)")
    state.set_rules([replace(state.rules["r0"], sentence="Every human is mortal.")])
    found = await verdict(state, "(a mortal)")
    assert found.proof is not None
    assert found.proof.last.text == "Every human is mortal."


async def test_false_is_what_the_negation_proves_and_unknown_what_nothing_does() -> None:
    state = state_of("not (whale fish) @0.7\n(?x fish) => (?x swims)")
    false, unknown = await verdict(state, "(whale fish)"), await verdict(state, "(whale swims)")
    assert (false.verdict, false.confidence) == ("false", pytest.approx(0.7))
    assert [proof.conclusion.negated for proof in false.proofs] == [True]
    assert unknown == Verdict("unknown", 0.0)
    assert (await verdict(state, "not (whale fish)")).verdict == "true"
    assert (await verdict(state, "(nobody ever_heard of_this)")).verdict == "unknown"


async def test_a_contradiction_is_unknown_and_shows_both_sides() -> None:
    found = await verdict(state_of("(a fish)\n(a mammal)\n(?x mammal) => not (?x fish)"), "(a fish)")
    assert (found.verdict, found.confidence, found.contradictory) == ("unknown", 0.0, True)
    assert [proof.last.fact for proof in found.proofs] == ["f0"]
    assert [leaves(proof) for proof in found.against] == [{"f1"}]


async def test_independent_proofs_add_up_and_dependent_ones_do_not() -> None:
    state = state_of(
        """(a p b) @0.5
        (a q b) @0.4
        (?x p ?y) => (?x r ?y)
        (?x q ?y) => (?x r ?y)
        (?x p ?y) => (?x s ?y)
        (?x s ?y) => (?x r ?y) @0.9"""
    )
    found = await verdict(state, "(a r b)")
    assert [leaves(proof) for proof in found.proofs] == [{"f0"}, {"f1"}]
    assert found.confidence == pytest.approx(1 - 0.5 * 0.6)
    assert (await verdict(state, "(a r b)", max_proofs=1)).confidence == pytest.approx(0.5)


async def test_an_alternative_may_lie_deep_below_a_single_last_step() -> None:
    state = state_of(
        """(a p b) @0.5
        (a q b) @0.4
        (?x p ?y) => (?x r ?y)
        (?x q ?y) => (?x r ?y)
        (?x r ?y) => (?x s ?y)
        (?x s ?y) => (?x t ?y)"""
    )
    found = await verdict(state, "(a t b)")
    assert [leaves(proof) for proof in found.proofs] == [{"f0"}, {"f1"}]
    assert found.confidence == pytest.approx(1 - 0.5 * 0.6)


async def test_every_source_is_one_witness_of_the_statement_itself() -> None:
    state = SmallState()
    state.tell(
        Fact(f"f{index}", "a", "is", "b", confidence=confidence, source=source)
        for index, (confidence, source) in enumerate([(0.5, "x"), (0.9, "y"), (0.6, "x"), (0.2, "z")])
    )
    found = await verdict(state, "(a b)", max_proofs=9)
    assert [(proof.last.fact, proof.last.source) for proof in found.proofs] == [
        ("f1", "y"),
        ("f2", "x"),
        ("f3", "z"),
    ]
    assert found.confidence == pytest.approx(1 - 0.1 * 0.4 * 0.8)


async def test_witnesses_and_derivations_come_by_confidence() -> None:
    state = state_of("(a p b) @0.6\n(?x p ?y) => (?x r ?y)")
    state.tell(
        Fact(f"g{index}", "a", "r", "b", confidence=confidence, source=f"{index}")
        for index, confidence in enumerate([0.7, 0.5])
    )
    found = await verdict(state, "(a r b)")
    assert [proof.confidence for proof in found.proofs] == [0.7, 0.6, 0.5]
    assert [proof.confidence for proof in (await verdict(state, "(a r b)", 2)).proofs] == [0.7, 0.6]


async def test_the_best_proof_is_a_derivation_where_that_is_surer_than_the_assertion() -> None:
    state = state_of("(a r b) @0.5\n(a p b) @0.6\n(?x p ?y) => (?x r ?y)")
    found = await verdict(state, "(a r b)")
    assert [leaves(proof) for proof in found.proofs] == [{"f1"}, {"f0"}]


async def test_a_circle_proves_nothing() -> None:
    state = state_of("(a p b)\n(?x p ?y) => (?y p ?x)\n(?x p ?y) => (?x q ?y)\n(?x q ?y) => (?x p ?y)")
    found = await verdict(state, "(a q b)", max_proofs=9)
    assert [leaves(proof) for proof in found.proofs] == [{"f0"}]


async def test_every_source_is_one_witness_also_of_what_follows() -> None:
    state = SmallState()
    state.tell(Fact(f"f{n}", "a", "p", "b", confidence=0.5, source=source) for n, source in enumerate("xyy"))
    state.set_rules(replace(one, id="r") for one in parse_rules("(?x p ?y) => (?x q ?y)"))
    found = await verdict(state, "(a q b)", 5)
    assert [proof.facts for proof in found.proofs] == [("f0",), ("f1",)]
    assert found.confidence == pytest.approx(0.75)


async def test_a_proof_may_use_a_premise_twice() -> None:
    found = await verdict(state_of("(a p b) @0.5\n(?x p ?y) & (?x p ?z) => (?x r ?y)"), "(a r b)")
    assert found.proof is not None
    assert [step.premises for step in found.proof.steps] == [(), (0, 0)]
    assert found.confidence == pytest.approx(0.25)


async def test_the_limits_of_the_search_lose_alternatives_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = state_of(
        "(a p b) @0.5\n(a q b) @0.4\n(?x p ?y) => (?x r ?y)\n(?x q ?y) => (?x r ?y)\n(?x r ?y) => (?x s ?y)"
    )
    monkeypatch.setattr(proving, "EXPLORED", 1)
    assert [leaves(proof) for proof in (await verdict(state, "(a s b)")).proofs] == [{"f0"}]
    monkeypatch.setattr(proving, "NEAR", 1)
    assert [leaves(proof) for proof in (await verdict(state, "(a s b)")).proofs] == [{"f0"}]


async def test_a_long_proof_is_written_down_without_recursion() -> None:
    depth = 3_000  # one rule after another
    state = SmallState()
    state.tell([Fact("f", "a", "p0", "b")])
    rules = (f"(?x p{step} ?y) => (?x p{step + 1} ?y)" for step in range(depth + 1))
    state.set_rules(
        replace(parsed.rule, id=f"r{index}") for index, parsed in enumerate(parse_program("\n".join(rules)))
    )
    found = await verdict(state, f"(a p{depth} b)")
    assert found.proof is not None
    assert [step.premises for step in found.proof.steps[1:]] == [(n,) for n in range(depth)]


async def test_what_many_steps_rest_on_is_there_once() -> None:
    rules = "\n".join(f"(?x p{step} ?y) & (?y p{step} ?x) => (?x p{step + 1} ?y)" for step in range(20))
    found = await verdict(state_of(f"(a p0 b)\n(b p0 a)\n{rules}"), "(a p20 b)")
    assert found.proof is not None
    assert len(found.proof.steps) == 2 * 20 + 1


async def test_a_proof_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "MAX_STEPS", 3)
    rules = "\n".join(f"(?x p{step} ?y) => (?x p{step + 1} ?y)" for step in range(3))
    state = state_of(f"(a p0 b)\n{rules}")
    assert (await verdict(state, "(a p2 b)")).verdict == "true"
    with pytest.raises(BudgetError) as caught:
        await verdict(state, "(a p3 b)")
    assert caught.value.details == {"budget": "proof_steps", "limit": 3}


async def test_an_alternative_that_grows_beyond_all_bounds_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(proving, "MAX_STEPS", 3)
    state = state_of(
        """(a p b)
        (a q b) @0.5
        (a r b) @0.5
        (a s b) @0.5
        (?x q ?y) & (?x r ?y) & (?x s ?y) => (?x p ?y)
        (?x q ?y) => (?x p ?y) @0.1"""
    )
    found = await verdict(state, "(a p b)")
    assert [proof.last.fact for proof in found.proofs] == ["f0"]


@settings(max_examples=150)
@given(program=programs.programs)
async def test_everything_that_follows_has_proofs_that_hold_and_nothing_else_does(
    program: programs.Program,
) -> None:
    facts, rules = program
    state = SmallState()
    state.tell(facts)
    state.set_rules(rules)
    oracle = naive_prover.prove(facts, rules)
    async with state.view() as view:
        found = {naive_prover.key(fact.atom): (fact.atom, fact.confidence) for fact in holding(view)}
        assert found.keys() == oracle.keys()
        prover = Prover(view, Deadline(60))
        for key, (statement, confidence) in found.items():
            assert confidence == pytest.approx(oracle[key].confidence, rel=1e-9)
            several = await prover.proofs(statement, 4)
            assert several[0].confidence == pytest.approx(confidence, rel=1e-9)
            used: set[tuple[Atom, str]] = set()
            for proof in several:
                assert naive_prover.key(proof.conclusion) == key
                proofs.check(proof, facts, rules)
                own = {(fact.atom, fact.id) for fact in facts if fact.id in leaves(proof)}
                assert not own & used
                used |= own
            assert [proof.confidence for proof in several[1:]] == sorted(
                (proof.confidence for proof in several[1:]), reverse=True
            )
            answer = await prover.verdict(statement, 4)
            if not answer.contradictory:
                doubt = math.prod(1 - proof.confidence for proof in several)
                assert answer.confidence == pytest.approx(1 - doubt)


def test_noisy_or_of_nothing_is_nothing() -> None:
    assert noisy_or([]) == 0
