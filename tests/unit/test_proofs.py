from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.errors import ProofError
from pramana.graph.rule_language import ParsedFact, parse_program
from pramana.knowledge import Atom, Fact, Proof, Rule
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


def failing_step(proof: Proof, asserted: list[Fact], rules: list[Rule]) -> list[int]:
    with pytest.raises(ProofError) as caught:
        check(proof, asserted, rules)
    step: list[int] = caught.value.details["step"]
    assert str(caught.value).startswith(
        f"step {'.'.join(map(str, step))} does" if step else "the last step does"
    )
    return step


def steps(proof: Proof, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Proof]]:
    yield path, proof
    for index, premise in enumerate(proof.premises):
        yield from steps(premise, (*path, index))


def changed(proof: Proof, path: tuple[int, ...], other: Proof) -> Proof:
    """A proof with another step at a path."""
    if not path:
        return other
    premises = list(proof.premises)
    premises[path[0]] = changed(premises[path[0]], path[1:], other)
    return replace(proof, premises=tuple(premises))


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


def _other_subject(step: Proof) -> Proof:
    return replace(step, conclusion=replace(step.conclusion, subject="carol"))


def _flipped(step: Proof) -> Proof:
    return replace(step, conclusion=replace(step.conclusion, negated=not step.conclusion.negated))


def _without_a_premise(step: Proof) -> Proof | None:
    return replace(step, premises=step.premises[1:]) if step.premises else None


def _with_a_premise_more(step: Proof) -> Proof | None:
    return replace(step, premises=(*step.premises, step.premises[0])) if step.premises else None


def _swapped(step: Proof) -> Proof | None:
    if len(step.premises) < 2 or key(step.premises[0].conclusion) == key(step.premises[1].conclusion):
        return None
    return replace(step, premises=(step.premises[1], step.premises[0], *step.premises[2:]))


def _bound_otherwise(step: Proof) -> Proof | None:
    return replace(step, bindings=dict.fromkeys(step.bindings, "carol")) if step.bindings else None


def _bound_to_a_variable(step: Proof) -> Proof | None:
    return replace(step, bindings={name: name for name in step.bindings}) if step.bindings else None


def _not_bound(step: Proof) -> Proof | None:
    return replace(step, bindings={}) if step.bindings else None


def _without_absent(step: Proof) -> Proof | None:
    return replace(step, absent=step.absent[1:]) if step.absent else None


def _other_absent(step: Proof) -> Proof | None:
    return (
        replace(step, absent=tuple(Atom("carol", "is", "red") for _ in step.absent)) if step.absent else None
    )


CHANGES: dict[str, Callable[[Proof], Proof | None]] = {
    "another subject is concluded": _other_subject,
    "another object is concluded": lambda step: replace(
        step, conclusion=replace(step.conclusion, object="carol")
    ),
    "another predicate is concluded": lambda step: replace(
        step, conclusion=replace(step.conclusion, predicate="eats")
    ),
    "the sign is flipped": _flipped,
    "a premise is missing": _without_a_premise,
    "a premise is too many": _with_a_premise_more,
    "premises are swapped": _swapped,
    "a variable is bound otherwise": _bound_otherwise,
    "a variable is bound to a variable": _bound_to_a_variable,
    "a variable is not bound": _not_bound,
    "something is bound that is no variable of the rule": lambda step: replace(
        step, bindings={**step.bindings, "?other": "anne"}
    ),
    "the confidence is higher": lambda step: replace(step, confidence=step.confidence * (1 + 3e-9)),
    "the confidence is lower": lambda step: replace(step, confidence=step.confidence / 2),
    "the confidence is none": lambda step: replace(step, confidence=math.nan),
    "there is no such fact": lambda step: replace(step, fact="f99") if step.fact else None,
    "there is no such rule": lambda step: replace(step, rule="r99") if step.rule else None,
    "it is both": lambda step: replace(step, fact=step.fact or "f0", rule=step.rule or "r0"),
    "it is neither": lambda step: replace(step, fact="", rule=""),
    "something absent is not listed": _without_absent,
    "something else is listed as absent": _other_absent,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@settings(max_examples=25)
@given(programs, st.data())
def test_no_changed_proof_holds_and_the_step_is_named(
    change: Callable[[Proof], Proof | None], drawn: Program, data: st.DataObject
) -> None:
    asserted, rules = drawn
    found = list(prove(asserted, rules).values())
    if not any(change(step) for proof in found for _, step in steps(proof)):
        asserted, rules = told(AGES)  # where every change finds a place
        found = list(prove(asserted, rules).values())
    places = [
        (proof, path, other) for proof in found for path, step in steps(proof) if (other := change(step))
    ]
    proof, path, other = data.draw(st.sampled_from(places))
    assert failing_step(changed(proof, path, other), asserted, rules) == list(path)


@settings(max_examples=500)
@given(programs, seeds)
def test_what_a_proof_says_is_absent_is_looked_for_in_all_that_follows(drawn: Program, seed: int) -> None:
    absent = atom(Random(seed), (*NAMES, "?any", "?other"))
    probe = Rule("probe", Atom("probe", "is", "new"), (Atom("probe", "is", "asked"),), (absent,))
    asserted = [*drawn[0], Fact("asked", "probe", "is", "asked")]
    rules = [*drawn[1], probe]
    leaf = Proof(Atom("probe", "is", "asked"), 1.0, fact="asked")
    proof = Proof(probe.head, 1.0, rule="probe", premises=(leaf,), absent=(absent,))
    if key(probe.head) in prove(asserted, rules):
        check(proof, asserted, rules)
    else:
        assert failing_step(proof, asserted, rules) == []


def test_a_proof_through_every_kind_of_condition_holds() -> None:
    proof, asserted, rules = proof_of(AGES, "not (anne needs bob)")
    check(proof, asserted, rules)
    assert proof.confidence == pytest.approx(0.9 * 0.8 * 0.5)
    assert [path for path, _ in steps(proof)] == [(), (0,), (0, 0), (0, 1), (0, 2), (1,)]
    assert failing_step(proof, [*asserted, Fact("f9", "anne", "has", "a car")], rules) == []
    assert failing_step(proof, [replace(asserted[0], object="17.5"), *asserted[1:]], rules) == [0, 0]
    assert failing_step(proof, [asserted[0], *asserted[2:]], rules) == [0, 1]


def test_names_go_by_identity_and_not_by_spelling() -> None:
    proof, asserted, rules = proof_of(SOCRATES, "(socrates subject_to death)")
    check(proof, [replace(asserted[0], subject="SOCRATES", predicate="IS")], rules)
    check(replace(proof, conclusion=Atom("socrates", "Subject_To", "DEATH")), asserted, rules)
    check(replace(proof, bindings={"?x": "socrates"}), asserted, rules)
    exact = [Fact("f0", "http://Socrates", "is", "human")]
    assert failing_step(Proof(Atom("http://socrates", "is", "human"), 1.0, fact="f0"), exact, rules) == []


def test_a_derived_statement_is_not_a_fact_to_rest_on() -> None:
    leaf = Proof(Atom("a", "is", "b"), 1.0, fact="f0")
    check(leaf, [Fact("f0", "a", "is", "b")], [])
    assert failing_step(leaf, [Fact("f0", "a", "is", "b", derived=True)], []) == []
    assert failing_step(replace(leaf, premises=(leaf,)), [Fact("f0", "a", "is", "b")], []) == []


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
        leaf = Proof(Atom(left, "p", right), 1.0, fact="f0")
        bindings = {"?x": left, "?y": right}
        proof = Proof(Atom(left, "q", right), 1.0, rule="r0", bindings=bindings, premises=(leaf,))
        if (left, right) in holding:
            check(proof, [Fact("f0", left, "p", right)], rules)
        else:
            assert failing_step(proof, [Fact("f0", left, "p", right)], rules) == []


def test_a_condition_of_two_equal_variables_is_met_by_equal_names_only() -> None:
    text = "(a is b)\n(a likes b)\n(?x is ?y) & unless (?any likes ?any) => (?x has ?y)"
    proof, asserted, rules = proof_of(text, "(a has b)")
    check(proof, asserted, rules)
    assert failing_step(proof, [*asserted, Fact("f2", "b", "likes", "B")], rules) == []


def test_rules_that_never_settle_prove_no_absence() -> None:
    asserted, rules = told("(a is b)\n(?x is b) & unless (?x q c) => (?x p c)")
    proof = prove(asserted, rules)[key(Atom("a", "p", "c"))]
    check(proof, asserted, rules)
    circular = [*rules, *told("(?z is b) & unless (?z p c) => (?z q c)")[1]]
    circular[1] = replace(circular[1], id="r1")
    assert failing_step(proof, asserted, circular) == []


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
    assert failing_step(proof, [*asserted[:2], *asserted[3:]], rules) == []


def test_what_unless_reads_may_be_another_statement_of_the_same_predicate() -> None:
    _, rules = told(
        "(?x is bird) & unless (?x is penguin) => (?x is flier)\n(?x lives ice) => (?x is penguin)"
    )
    asserted = [Fact("f0", "pip", "is", "bird")]
    leaf = Proof(Atom("pip", "is", "bird"), 1.0, fact="f0")
    absent = (Atom("pip", "is", "penguin"),)
    head = Atom("pip", "is", "flier")
    proof = Proof(head, 1.0, rule="r0", bindings={"?x": "pip"}, premises=(leaf,), absent=absent)
    check(proof, asserted, rules)
    assert failing_step(proof, [*asserted, Fact("f1", "pip", "lives", "ice")], rules) == []


def chain(length: int) -> tuple[Proof, list[Fact], list[Rule]]:
    """The proof that the last of a row of stations is reached, from one to the next."""
    _, rules = told("(?x reached yes) & (?x next ?y) => (?y reached yes)")
    asserted = [Fact("start", "0", "reached", "yes")]
    asserted += [Fact(f"f{n}", f"{n}", "next", f"{n + 1}") for n in range(length)]
    proof = Proof(asserted[0].atom, 1.0, fact="start")
    for n, fact in enumerate(asserted[1:]):
        bindings = {"?x": f"{n}", "?y": f"{n + 1}"}
        premises = (proof, Proof(fact.atom, 1.0, fact=fact.id))
        proof = Proof(
            Atom(f"{n + 1}", "reached", "yes"), 1.0, rule="r0", bindings=bindings, premises=premises
        )
    return proof, asserted, rules


def test_a_proof_of_ten_thousand_steps_is_checked_to_its_end() -> None:
    proof, asserted, rules = chain(10_000)
    check(proof, asserted, rules)
    assert failing_step(proof, asserted[1:], rules) == [0] * 10_000


def test_a_step_that_many_rest_on_is_checked_once() -> None:
    _, rules = told("(?x likes ?x) & (?x likes ?x) => (?x likes ?x)")
    proof = Proof(Atom("a", "likes", "a"), 1.0, fact="f0")
    for _ in range(200):
        proof = Proof(proof.conclusion, 1.0, rule="r0", bindings={"?x": "a"}, premises=(proof, proof))
    check(proof, [Fact("f0", "a", "likes", "a")], rules)
    assert failing_step(proof, [], rules) == [0] * 200


def test_the_drawn_programs_are_not_idle() -> None:
    """The properties above say little unless rules of what is drawn apply."""
    derived = [proof for seed in range(100) for proof in prove(*program(seed)).values() if proof.rule]
    assert len(derived) >= 100
    assert sum(bool(proof.absent) for proof in derived) >= 10
    assert sum(any(premise.rule for premise in proof.premises) for proof in derived) >= 10
