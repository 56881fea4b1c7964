from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.errors import InputError, ProofError
from pramana.graph.rule_language import ParsedFact, parse_program
from pramana.knowledge import Atom, Fact, Proof, ProofStep, Rule
from pramana.proofs import check
from tests.unit.graph.naive_prover import key, prove
from tests.unit.graph.programs import NAMES, Program, atom, program, programs, seeds


def told(text: str) -> tuple[list[Fact], list[Rule]]:
    """Facts f0, f1 … and rules r0, r1 … of a program."""
    found: list[Fact] = []
    rules: list[Rule] = []
    for item in parse_program(text):
        if isinstance(item, ParsedFact):
            atom = item.atom
            sides = atom.subject, atom.predicate, atom.object, atom.negated
            found.append(Fact(f"f{len(found)}", *sides, item.confidence))
        else:
            rules.append(replace(item.rule, id=f"r{len(rules)}"))
    return found, rules


def proof_of(text: str, goal: str) -> tuple[Proof, list[Fact], list[Rule]]:
    """The oracle's proof of a goal from a program, with the program."""
    asserted, rules = told(text)
    [parsed] = parse_program(goal)
    assert isinstance(parsed, ParsedFact)
    return prove(asserted, rules)[key(parsed.atom)], asserted, rules


def failing_step(proof: Proof, asserted: list[Fact], rules: list[Rule]) -> int:
    with pytest.raises(ProofError) as caught:
        check(proof, asserted, rules)
    step: int = caught.value.details["step"]
    assert str(caught.value).startswith(f"step {step} (")
    return step


def changed(proof: Proof, index: int, other: ProofStep) -> Proof:
    """A proof with another step in one place."""
    return Proof((*proof.steps[:index], other, *proof.steps[index + 1 :]))


def last_changed(proof: Proof, **fields: Any) -> Proof:
    return changed(proof, len(proof.steps) - 1, replace(proof.last, **fields))


SOCRATES = """
(Socrates is human) @0.9
(?x is human) => (?x is animal)
(?x is animal) & unless (?x is god) => (?x subject_to death) @0.5
"""
AGES = """
(anne age 18) @0.9
(bob age 17.5)
(anne knows bob) @0.8
not (bob likes anne)
(?x age ?a) & (?y age ?b) & (?x knows ?y) & ?a > ?b & ?x != ?y => (?x older ?y) @0.5
(?x older ?y) & not (?y likes ?x) & unless (?x has ?any) => not (?x needs ?y)
"""


@settings(max_examples=200)
@given(programs)
def test_every_proof_of_the_oracle_holds(drawn: Program) -> None:
    asserted, rules = drawn
    for proof in prove(asserted, rules).values():
        check(proof, asserted, rules)


Change = Callable[[ProofStep, Proof], ProofStep | None]
"""What is wrong with a step of a proof; None where that cannot be."""


def _flipped(step: ProofStep, _: Proof) -> ProofStep:
    return replace(step, conclusion=replace(step.conclusion, negated=not step.conclusion.negated))


def _concluding(**sides: str) -> Change:
    return lambda step, _: replace(step, conclusion=replace(step.conclusion, **sides))


def _if(name: str, change: Callable[[ProofStep], dict[str, Any]]) -> Change:
    """A change of a step that has any of something."""
    return lambda step, _: replace(step, **change(step)) if getattr(step, name) else None


def _swapped(step: ProofStep, proof: Proof) -> ProofStep | None:
    if len(step.premises) < 2:
        return None
    first, second, *others = step.premises
    if key(proof.steps[first].conclusion) == key(proof.steps[second].conclusion):
        return None
    return replace(step, premises=(second, first, *others))


def _resting_on_itself(step: ProofStep, proof: Proof) -> ProofStep | None:
    return replace(step, premises=(proof.steps.index(step), *step.premises[1:])) if step.premises else None


CHANGES: dict[str, Change] = {
    "another subject is concluded": _concluding(subject="carol"),
    "another object is concluded": _concluding(object="carol"),
    "another predicate is concluded": _concluding(predicate="eats"),
    "the sign is flipped": _flipped,
    "a premise is missing": _if("premises", lambda step: {"premises": step.premises[1:]}),
    "a premise is too many": _if("premises", lambda step: {"premises": (*step.premises, step.premises[0])}),
    "premises are swapped": _swapped,
    "a step rests on itself": _resting_on_itself,
    "a step rests on a later one": _if("premises", lambda step: {"premises": (99, *step.premises[1:])}),
    "a step rests on the end": _if("premises", lambda step: {"premises": (-1, *step.premises[1:])}),
    "a variable is bound otherwise": _if(
        "bindings", lambda step: {"bindings": dict.fromkeys(step.bindings, "carol")}
    ),
    "a variable is bound to a variable": _if(
        "bindings", lambda step: {"bindings": {name: name for name in step.bindings}}
    ),
    "a variable is not bound": _if("bindings", lambda _: {"bindings": {}}),
    "something is bound that is no variable of the rule": lambda step, _: replace(
        step, bindings={**step.bindings, "?other": "anne"}
    ),
    "the confidence is higher": lambda step, _: replace(step, confidence=step.confidence * (1 + 3e-9)),
    "the confidence is lower": lambda step, _: replace(step, confidence=step.confidence / 2),
    "the confidence is none": lambda step, _: replace(step, confidence=math.nan),
    "there is no such fact": _if("fact", lambda _: {"fact": "f99"}),
    "there is no such rule": _if("rule", lambda _: {"rule": "r99"}),
    "it is both": lambda step, _: replace(step, fact=step.fact or "f0", rule=step.rule or "r0"),
    "it is neither": lambda step, _: replace(step, fact="", rule=""),
    "something absent is not listed": _if("absent", lambda step: {"absent": step.absent[1:]}),
    "something else is listed as absent": _if(
        "absent", lambda step: {"absent": tuple(Atom("carol", "is", "red") for _ in step.absent)}
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@settings(max_examples=25)
@given(programs, st.data())
def test_no_changed_proof_holds_and_the_step_is_named(
    change: Change, drawn: Program, data: st.DataObject
) -> None:
    asserted, rules = drawn
    found = list(prove(asserted, rules).values())
    if not any(change(step, proof) for proof in found for step in proof.steps):
        asserted, rules = told(AGES)  # where every change finds a place
        found = list(prove(asserted, rules).values())
    places = [
        (proof, index, other)
        for proof in found
        for index, step in enumerate(proof.steps)
        if (other := change(step, proof))
    ]
    proof, index, other = data.draw(st.sampled_from(places))
    assert failing_step(changed(proof, index, other), asserted, rules) == index


@settings(max_examples=500)
@given(programs, seeds)
def test_what_a_proof_says_is_absent_is_looked_for_in_all_that_follows(drawn: Program, seed: int) -> None:
    absent = atom(Random(seed), (*NAMES, "?any", "?other"))
    probe = Rule("probe", Atom("probe", "is", "new"), (Atom("probe", "is", "asked"),), (absent,))
    asserted = [*drawn[0], Fact("asked", "probe", "is", "asked")]
    rules = [*drawn[1], probe]
    leaf = ProofStep(Atom("probe", "is", "asked"), 1.0, fact="asked")
    proof = Proof((leaf, ProofStep(probe.head, 1.0, rule="probe", premises=(0,), absent=(absent,))))
    if key(probe.head) in prove(asserted, rules):
        check(proof, asserted, rules)
    else:
        assert failing_step(proof, asserted, rules) == 1


def test_a_proof_through_every_kind_of_condition_holds() -> None:
    proof, asserted, rules = proof_of(AGES, "not (anne needs bob)")
    check(proof, asserted, rules)
    assert proof.confidence == pytest.approx(0.9 * 0.8 * 0.5)
    assert [step.premises for step in proof.steps] == [(), (), (), (0, 1, 2), (), (3, 4)]
    assert proof.facts == ("f0", "f1", "f2", "f3")
    assert failing_step(proof, [*asserted, Fact("f9", "anne", "has", "a car")], rules) == 5
    assert failing_step(proof, [replace(asserted[0], object="17.5"), *asserted[1:]], rules) == 0
    assert failing_step(proof, [asserted[0], *asserted[2:]], rules) == 1


def test_names_go_by_identity_and_not_by_spelling() -> None:
    proof, asserted, rules = proof_of(SOCRATES, "(socrates subject_to death)")
    check(proof, [replace(asserted[0], subject="SOCRATES", predicate="IS")], rules)
    check(last_changed(proof, conclusion=Atom("socrates", "Subject_To", "DEATH")), asserted, rules)
    check(last_changed(proof, bindings={"?x": "socrates"}), asserted, rules)
    exact = [Fact("f0", "http://Socrates", "is", "human")]
    other = Proof((ProofStep(Atom("http://socrates", "is", "human"), 1.0, fact="f0"),))
    assert failing_step(other, exact, rules) == 0


def test_a_derived_statement_is_not_a_fact_to_rest_on() -> None:
    leaf = ProofStep(Atom("a", "is", "b"), 1.0, fact="f0")
    check(Proof((leaf,)), [Fact("f0", "a", "is", "b")], [])
    assert failing_step(Proof((leaf,)), [Fact("f0", "a", "is", "b", derived=True)], []) == 0
    assert failing_step(Proof((leaf, replace(leaf, premises=(0,)))), [Fact("f0", "a", "is", "b")], []) == 1


@pytest.mark.parametrize("given", [(None, [], []), (Proof(()), [1], []), (Proof(()), [], [None])])
def test_what_is_no_proof_fact_or_rule_is_refused(given: Any) -> None:
    with pytest.raises(InputError):
        check(*given)


def test_nothing_is_proved_by_no_steps() -> None:
    with pytest.raises(ProofError):
        check(Proof(()), [], [])


@pytest.mark.parametrize(
    ("operator", "holding"),
    [
        ("<", {("1", "2")}),
        ("<=", {("1", "2"), ("2", "2.0")}),
        (">", {("2", "1")}),
        (">=", {("2", "1"), ("2", "2.0")}),
        ("=", {("red", "RED")}),
        ("!=", {("1", "2"), ("2", "1"), ("2", "2.0"), ("1", "red"), ("red", "1")}),
    ],
)
def test_a_comparison_holds_between_numbers_or_names(operator: str, holding: set[tuple[str, str]]) -> None:
    _, rules = told(f"(?x p ?y) & ?x {operator} ?y => (?x q ?y)")
    for left, right in [("1", "2"), ("2", "1"), ("2", "2.0"), ("red", "RED"), ("1", "red"), ("red", "1")]:
        leaf = ProofStep(Atom(left, "p", right), 1.0, fact="f0")
        bindings = {"?x": left, "?y": right}
        step = ProofStep(Atom(left, "q", right), 1.0, rule="r0", bindings=bindings, premises=(0,))
        proof = Proof((leaf, step))
        if (left, right) in holding:
            check(proof, [Fact("f0", left, "p", right)], rules)
        else:
            assert failing_step(proof, [Fact("f0", left, "p", right)], rules) == 1


def test_a_condition_of_two_equal_variables_is_met_by_equal_names_only() -> None:
    text = "(a is b)\n(a likes b)\n(?x is ?y) & unless (?any likes ?any) => (?x has ?y)"
    proof, asserted, rules = proof_of(text, "(a has b)")
    check(proof, asserted, rules)
    assert failing_step(proof, [*asserted, Fact("f2", "b", "likes", "B")], rules) == 1


def test_rules_that_never_settle_prove_no_absence() -> None:
    asserted, rules = told("(a is b)\n(?x is b) & unless (?x q c) => (?x p c)")
    proof = prove(asserted, rules)[key(Atom("a", "p", "c"))]
    check(proof, asserted, rules)
    circular = [*rules, *told("(?z is b) & unless (?z p c) => (?z q c)")[1]]
    circular[1] = replace(circular[1], id="r1")
    assert failing_step(proof, asserted, circular) == 1


def test_what_follows_late_is_not_absent() -> None:
    """Rules come before those they rest on, and one applies unless another does."""
    text = """
        (?x is new) & unless (?x known yes) => (?x told yes)
        (?x is seen) & unless (?x listed yes) => (?x known yes)
        (?y linked yes) => (?y listed yes)
        (?x linked yes) & (?x to ?y) => (?y linked yes)
        (start linked yes)
        (n3 to end)
        (n2 to n3)
        (start to n2)
        (end is new)
        (end is seen)
    """
    proof, asserted, rules = proof_of(text, "(end told yes)")
    check(proof, asserted, rules)
    assert failing_step(proof, [*asserted[:2], *asserted[3:]], rules) == 1


def test_what_unless_reads_may_be_another_statement_of_the_same_predicate() -> None:
    _, rules = told(
        "(?x is bird) & unless (?x is penguin) => (?x is flier)\n(?x lives ice) => (?x is penguin)"
    )
    asserted = [Fact("f0", "pip", "is", "bird")]
    leaf = ProofStep(Atom("pip", "is", "bird"), 1.0, fact="f0")
    absent = (Atom("pip", "is", "penguin"),)
    head = Atom("pip", "is", "flier")
    step = ProofStep(head, 1.0, rule="r0", bindings={"?x": "pip"}, premises=(0,), absent=absent)
    proof = Proof((leaf, step))
    check(proof, asserted, rules)
    assert failing_step(proof, [*asserted, Fact("f1", "pip", "lives", "ice")], rules) == 1


def chain(length: int) -> tuple[Proof, list[Fact], list[Rule]]:
    """The proof that the last of a row of stations is reached, from one to the next."""
    _, rules = told("(?x reached yes) & (?x next ?y) => (?y reached yes)")
    asserted = [Fact("start", "0", "reached", "yes")]
    asserted += [Fact(f"f{n}", f"{n}", "next", f"{n + 1}") for n in range(length)]
    steps = [ProofStep(asserted[0].atom, 1.0, fact="start")]
    for n, fact in enumerate(asserted[1:]):
        bindings, reached = {"?x": f"{n}", "?y": f"{n + 1}"}, Atom(f"{n + 1}", "reached", "yes")
        premises = (len(steps) - 1, len(steps))
        steps.append(ProofStep(fact.atom, 1.0, fact=fact.id))
        steps.append(ProofStep(reached, 1.0, rule="r0", bindings=bindings, premises=premises))
    return Proof(tuple(steps)), asserted, rules


def test_a_proof_of_ten_thousand_steps_is_checked_to_its_end() -> None:
    proof, asserted, rules = chain(10_000)
    check(proof, asserted, rules)
    assert failing_step(proof, asserted[1:], rules) == 0
    assert failing_step(proof, asserted[:-1], rules) == len(proof.steps) - 2


def test_a_step_that_many_rest_on_is_checked_once() -> None:
    _, rules = told("(?x likes ?x) & (?x likes ?x) => (?x likes ?x)")
    steps = [ProofStep(Atom("a", "likes", "a"), 1.0, fact="f0")]
    for n in range(200):
        steps.append(replace(steps[0], fact="", rule="r0", bindings={"?x": "a"}, premises=(n, n)))
    check(Proof(tuple(steps)), [Fact("f0", "a", "likes", "a")], rules)
    assert failing_step(Proof(tuple(steps)), [], rules) == 0


def test_the_drawn_programs_are_not_idle() -> None:
    """The properties above say little unless rules of what is drawn apply."""
    derived = [proof for seed in range(100) for proof in prove(*program(seed)).values() if proof.last.rule]
    assert len(derived) >= 100
    assert sum(bool(proof.last.absent) for proof in derived) >= 10
    assert sum(any(proof.steps[at].rule for at in proof.last.premises) for proof in derived) >= 10
