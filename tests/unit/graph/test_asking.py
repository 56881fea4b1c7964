"""Questions of every kind, and the proofs behind their answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana import proofs
from pramana.errors import BudgetError
from pramana.graph import asking
from pramana.graph.asking import answer
from pramana.graph.english.records import Question
from pramana.graph.inference import Deadline
from pramana.graph.rule_language import parse_program, parse_rule
from pramana.graph.rule_safety import unsafe_part
from pramana.knowledge import Atom, Comparison, Fact, Proof, Rule, Verdict
from tests.unit.graph import naive_prover, programs
from tests.unit.graph.small_state import SmallState, facts_of, state_of

pytestmark = pytest.mark.usefixtures("each_build")


def leaves(found: Iterable[Proof]) -> set[str]:
    """The ids of the facts that proofs rest on."""
    return {fact for proof in found for fact in proof.facts}


async def put(state: SmallState, question: Question, max_proofs: int = 3) -> Verdict:
    """Ask, and check every proof of the answer."""
    async with state.view() as view:
        found = await answer(view, question, max_proofs=max_proofs, deadline=Deadline(60))
    assert found.question == question.text
    for proof in (*found.proofs, *found.against):
        proofs.check(proof, [*state.facts(), *proof.assumptions], state.rules.values())
    return found


def ground(text: str) -> Question:
    return Question("ground?", "ground", tuple(facts.atom for facts in facts_of(text)))


def some(
    condition: str, kind: str = "exists", asked: str = "", where: tuple[Comparison, ...] = ()
) -> Question:
    return Question("some?", kind, parse_rule(f"{condition} => (a b)").body, asked=asked, where=where)


def who(condition: str, asked: str = "?x", where: tuple[Comparison, ...] = ()) -> Question:
    return some(condition, "who", asked, where)


def every(*rules: str) -> Question:
    return Question("every?", "universal", rules=tuple(map(parse_rule, rules)))


PEOPLE = """
(anne red) @0.9
(anne kind) @0.5
(bob red) @0.6
(bob likes anne) @0.8
(eve likes eve)
not (eve red) @0.7
(eve red) @0.4
"""


# Ground


async def test_a_conjunction_is_as_sure_as_its_parts_together() -> None:
    found = await put(state_of(PEOPLE), ground("(anne red)\n(anne kind)\n(bob likes anne)"))
    assert (found.verdict, found.confidence) == ("true", pytest.approx(0.9 * 0.5 * 0.8))
    assert [proof.last.fact for proof in found.proofs] == ["f0", "f1", "f3"]


async def test_a_conjunction_is_false_if_a_part_is_and_unknown_if_one_is_not_known() -> None:
    state = state_of("(a p) @0.5\nnot (a q) @0.6\nnot (a r) @0.9")
    false = await put(state, ground("(a p)\n(a q)\n(a r)\n(a unheard_of)"))
    assert (false.verdict, false.confidence, [proof.last.fact for proof in false.proofs]) == (
        "false",
        pytest.approx(0.9),
        ["f2"],
    )
    assert await put(state, ground("(a p)\n(a unheard_of)")) == Verdict("unknown", 0.0, question="ground?")


async def test_a_contradicted_part_leaves_a_conjunction_open_with_both_sides() -> None:
    found = await put(state_of(PEOPLE), ground("(anne red)\n(eve red)"))
    assert (found.verdict, found.confidence, found.contradictory) == ("unknown", 0.0, True)
    assert [proof.last.fact for proof in found.proofs] == ["f0", "f6"]
    assert [proof.last.fact for proof in found.against] == ["f5"]
    assert not (await put(state_of(PEOPLE), ground("(eve red)\n(eve unheard_of)"))).proofs


# Some


async def test_someone_is_enough_and_several_make_it_surer() -> None:
    state = state_of(PEOPLE)
    found = await put(state, some("(?x red)"))
    assert (found.verdict, found.confidence) == ("true", pytest.approx(1 - 0.1 * 0.4))
    assert [proof.conclusion.subject for proof in found.proofs] == ["anne", "bob"]
    assert (await put(state, some("(?x red)"), max_proofs=1)).confidence == pytest.approx(0.9)
    assert (await put(state, some("(?x blue)"))) == Verdict("unknown", 0.0, question="some?")
    assert (await put(state, some("(?x unheard_of)"))).verdict == "unknown"


async def test_a_contradicted_example_is_none() -> None:
    state = state_of("(eve red)\nnot (eve red)")
    assert await put(state, some("(?x red)")) == Verdict("unknown", 0.0, question="some?")
    assert await put(state, who("(?x red)")) == Verdict("unknown", 0.0, question="some?")


async def test_examples_that_rest_on_the_same_fact_count_once() -> None:
    state = state_of("(a p b) @0.5\n(?x p ?y) => (?x q)\n(?x p ?y) => (?y q)")
    assert (await put(state, some("(?x q)"))).confidence == pytest.approx(0.5)


async def test_variables_join_statements() -> None:
    state = state_of(PEOPLE)
    found = await put(state, some("(?x likes ?y) & (?y kind)"))
    assert [proof.last.fact for proof in found.proofs] == ["f3", "f1"]
    assert found.confidence == pytest.approx(0.4)
    assert (await put(state, some("(?x likes ?x)"))).proofs[0].last.fact == "f4"
    assert (await put(state, some("(?x likes ?y) & (?y likes ?x) & (?x red)"))).verdict == "unknown"
    assert (await put(state, some("(?x likes ?y) & (bob red)"))).verdict == "true"


# Who


async def test_answers_come_best_first_each_once_with_proofs_of_the_first() -> None:
    state = state_of(f"{PEOPLE}\n(kim red) @0.95\n(?x likes ?y) => (?x red) @0.875")
    found = await put(state, who("(?x red)"), max_proofs=2)
    assert found.answers == ("kim", "anne", "bob")
    assert [proof.conclusion.subject for proof in found.proofs] == ["kim", "anne"]
    assert (found.verdict, found.confidence) == ("true", pytest.approx(0.95))
    assert (await put(state, who("(bob likes ?x)"))).answers == ("anne",)
    assert (await put(state, who("(?x likes ?y)"))).answers == ("eve", "bob")
    assert (await put(state, who("(?y likes ?x)"))).answers == ("eve", "anne")


async def test_more_answers_than_are_returned_leave_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MAX_ANSWERS", 2)
    monkeypatch.setattr(asking, "PAGE", 3)
    state = SmallState()
    state.tell(Fact(f"f{at}", f"n{at}", "is", "red", confidence=(at + 1) / 10) for at in range(9))
    assert (await put(state, who("(?x red)"))).answers == ("n8", "n7")


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("=", {"7"}),
        ("!=", {"8", "9", "many"}),
        ("<", set()),
        ("<=", {"7"}),
        (">", {"8", "9"}),
        (">=", {"7", "8", "9"}),
    ],
)
async def test_comparisons_choose_among_the_answers(operator: str, expected: set[str]) -> None:
    state = state_of("(a age 7)\n(b age 8)\n(c age 9)\n(d age many)")
    found = await put(state, who("(?y age ?x)", where=(Comparison("?x", operator, "7"),)))
    assert set(found.answers) == expected


async def test_a_question_with_too_many_partial_answers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MAX_SOLUTIONS", 8)
    state = state_of("(a p b)\n(a p c)\n(b p c)")
    assert (await put(state, some("(?x p ?y)"))).verdict == "true"
    with pytest.raises(BudgetError, match="8 partial answers") as caught:
        await put(state, some("(?x p ?y) & (?v p ?w)"))
    assert caught.value.details == {"budget": "solutions", "limit": 8}


# Every


async def test_a_rule_that_was_told_is_true_of_everything_and_so_is_what_rules_come_to() -> None:
    state = state_of("(?x whale) => (?x mammal) @0.9\n(?x mammal) => (?x animal)")
    found = await put(state, every("(?x whale) => (?x mammal)"))
    assert (found.verdict, found.confidence) == ("true", pytest.approx(0.9))
    deeper = await put(state, every("(?x whale) => (?x animal)"))
    assert deeper.proof is not None
    assert deeper.proof.conclusion == Atom("any whale", "is", "animal")
    assert leaves(deeper.proofs) == {"assumption:1"}
    assert (await put(state, every("(?x animal) => (?x whale)"))).verdict == "unknown"


async def test_a_negative_rule_makes_a_universal_question_false_and_its_negation_true() -> None:
    state = state_of("(?x fish) => not (?x mammal)")
    assert (await put(state, every("(?x fish) => (?x mammal)"))).verdict == "false"
    assert (await put(state, every("(?x fish) => not (?x mammal)"))).verdict == "true"


async def test_a_counterexample_makes_a_universal_question_false() -> None:
    state = state_of("(tweety bird)\nnot (tweety flies) @0.8\n(kim bird)\n(kim flies)")
    found = await put(state, every("(?x bird) => (?x flies)"))
    assert (found.verdict, found.confidence) == ("false", pytest.approx(0.8))
    assert [proof.last.fact for proof in found.proofs] == ["f0", "f1"]


async def test_a_universal_question_may_join_individuals_and_name_some() -> None:
    state = state_of(
        "(?x parent ?y) & (?y parent ?z) => (?x grandparent ?z)\n(?x likes bob) => (?x kind)\n(?x p) => (?x near ?x)"
    )
    joined = await put(state, every("(?a parent ?b) & (?b parent ?c) => (?a grandparent ?c)"))
    assert joined.verdict == "true"
    assert joined.proof is not None
    assert joined.proof.conclusion == Atom("any thing", "grandparent", "any thing 3")
    assert (await put(state, every("(?a parent ?b) => (?a grandparent ?b)"))).verdict == "unknown"
    assert (await put(state, every("(?a p) & (?b P) & (?c p) => (?a near ?b)"))).verdict == "unknown"
    assert (await put(state, every("(?x likes BOB) => (?x kind)"))).verdict == "true"
    assert (await put(state, every("(?x likes stranger) => (?x kind)"))).verdict == "unknown"


async def test_a_condition_about_names_alone_is_tried_as_it_is() -> None:
    state = state_of("(anne red) @0.5\n(?x red) => (?x seen)\n(anne seen) & (bob near) => (bob seen)")
    found = await put(state, every("(anne red) & (bob near) => (bob seen)"))
    assert (found.verdict, found.confidence) == ("true", pytest.approx(1.0))
    assert leaves(found.proofs) == {"assumption:1", "assumption:2"}
    assert (await put(state, ground("(anne seen)"))).confidence == pytest.approx(0.5)


async def test_individuals_are_none_that_the_graph_knows() -> None:
    state = state_of(
        "(any\u00a0whale is big)\n(?x whale) => (?x mammal)".replace("any\u00a0whale", '"Any Whale"')
    )
    found = await put(state, every("(?x whale) => (?x mammal)"))
    assert found.proof is not None
    assert found.proof.conclusion.subject == "any whale 2"
    assert (await put(state, every("(?x whale) => (?x big)"))).verdict == "unknown"


async def test_several_universal_statements_must_all_be_true() -> None:
    state = state_of(
        "(?x whale) => (?x mammal) @0.9\n(?x whale) => (?x big) @0.5\n(?x whale) => not (?x fish)"
    )
    both = await put(state, every("(?x whale) => (?x mammal)", "(?x whale) => (?x big)"))
    assert (both.verdict, both.confidence) == ("true", pytest.approx(0.45))
    assert (
        await put(state, every("(?x whale) => (?x mammal)", "(?x whale) => (?x fish)"))
    ).verdict == "false"
    assert (
        await put(state, every("(?x whale) => (?x mammal)", "(?x whale) => (?x blue)"))
    ).verdict == "unknown"


async def test_individuals_are_different_and_no_numbers() -> None:
    state = state_of("(?x likes ?y) & ?x != ?y => (?x kind)\n(?x age ?n) => (?x alive)")
    assert (await put(state, every("(?x likes ?y) & ?x != ?y => (?x kind)"))).verdict == "true"
    assert (await put(state, every("(?x likes ?y) & ?x = ?y => (?x kind)"))).verdict == "unknown"
    assert (await put(state, every("(?x age ?n) & ?n > 3 => (?x alive)"))).verdict == "unknown"


async def test_a_question_leaves_nothing_behind() -> None:
    state = state_of(f"{PEOPLE}\n(?x red) => (?x seen)")
    before = await put(state, who("(?x seen)"))
    terms = len(state.terms)
    await put(state, every("(?x red) & (?x strange) => (?x seen)"))
    assert await put(state, who("(?x seen)")) == before
    assert len(state.terms) == terms


# Against the oracle


def as_question(random_rule: Rule) -> Question:
    return Question("q", "exists", random_rule.body, where=random_rule.where)


@settings(max_examples=120)
@given(program=programs.programs, asked=programs.drawn_rules)
async def test_some_and_who_are_what_a_naive_search_finds(program: programs.Program, asked: Rule) -> None:
    facts, rules = program
    state = SmallState()
    state.tell(facts)
    state.set_rules(rules)
    oracle = naive_prover.prove(facts, rules)
    names = {term for key in oracle for term in (key[0], key[2])}
    solutions: list[tuple[float, dict[str, str]]] = []
    for bindings in _assignments(naive_prover.variables(asked.body), sorted(names)):
        body = [naive_prover.key(naive_prover.put_in(atom, bindings)) for atom in asked.body]
        opposites = [(*key[:3], not key[3]) for key in body]
        if (
            all(key in oracle for key in body)
            and not any(key in oracle for key in opposites)
            and all(naive_prover.is_so(one, bindings) for one in asked.where)
        ):
            confidence = 1.0
            for key in body:
                confidence *= oracle[key].confidence
            solutions.append((confidence, bindings))
    exists = await put(state, as_question(asked), max_proofs=1)
    best = max((confidence for confidence, _ in solutions), default=0.0)
    if exists.verdict == "false":  # then all of which the rest is so are told or follow to be otherwise
        denials = [
            Rule("", replace(one, negated=not one.negated), (*asked.body[:at], *asked.body[at + 1 :]))
            for at, one in enumerate(asked.body)
        ]
        bound = [rule for rule in denials if rule.body and unsafe_part(rule) is None]
        verdicts = [(await put(state, Question("q", "universal", rules=(rule,)))).verdict for rule in bound]
        bare = [] if naive_prover.variables(asked.body) else list(map(naive_prover.key, asked.body))
        assert not solutions
        assert "true" in verdicts or any((*key[:3], not key[3]) in oracle for key in bare)
    else:
        assert exists.verdict == ("true" if solutions else "unknown")
        assert exists.confidence == pytest.approx(best, rel=1e-9)
    for variable in naive_prover.variables(asked.body)[:1]:
        found = await put(state, Question("q", "who", asked.body, asked=variable, where=asked.where))
        assert {name.casefold() for name in found.answers} == {
            bindings[variable] for _, bindings in solutions
        }
        assert found.confidence == pytest.approx(best, rel=1e-9)


def _assignments(variables: list[str], names: list[str]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = [{}]
    for variable in variables:
        found = [{**one, variable: name} for one in found for name in names]
    return found


@settings(max_examples=120)
@given(program=programs.programs, asked=programs.drawn_rules, seed=st.integers(0, 3))
async def test_a_universal_answer_has_proofs_that_hold(
    program: programs.Program, asked: Rule, seed: int
) -> None:
    facts, rules = program
    state = SmallState()
    state.tell(facts)
    # Half of the time something near is asked: a rule that was told.
    told = rules[seed % len(rules)] if rules and seed % 2 else asked
    rule = Rule("", told.head, told.body, (), told.where)
    state.set_rules(rules)
    found = await put(state, Question("q", "universal", rules=(rule,)))
    if told is not asked and not told.unless and not told.where and found.verdict != "false":
        assert found.proofs  # true, or contradicted by another rule
    assert bool(found.confidence) == (found.verdict != "unknown")


async def test_what_is_asked_is_not_stated() -> None:
    state = state_of("(socrates human)")
    (parsed,) = parse_program("(socrates mortal)")
    await put(state, Question("q", "ground", (parsed.atom,)))
    assert [fact.object for fact in state.facts()] == ["human"]


async def test_what_rests_on_what_is_not_known_of_one_is_not_so_of_all() -> None:
    state = state_of(
        """(pingu is bird)
        (pingu is penguin)
        (alarm is off)
        (?x is bird) & unless (?x is penguin) => (?x is flier)
        (?x is bird) & unless (alarm is on) => (?x is calm)"""
    )
    found = await put(state, every("(?x is bird) => (?x is flier)"))
    assert (found.verdict, found.confidence, found.proofs) == ("unknown", 0.0, ())
    # What is absent has nothing to do with the bird.
    assert (await put(state, every("(?x is bird) => (?x is calm)"))).verdict == "true"
    denied = state_of("(?x is bird) & unless (?x is penguin) => not (?x is swimmer)")
    assert (await put(denied, every("(?x is bird) => (?x is swimmer)"))).verdict == "unknown"


async def test_what_is_so_of_all_but_one_is_not_so_of_all() -> None:
    state = state_of("(?x is bird) & ?x != tom => (?x is shy)\n(?x eats ?y) & ?y != tom => (?x is fed)")
    assert (await put(state, every("(?x is bird) => (?x is shy)"))).verdict == "unknown"
    assert (await put(state, every("(?x eats ?y) => (?x is fed)"))).verdict == "unknown"
    assert (await put(state, every("(?x eats fish) => (?x is fed)"))).verdict == "true"


async def test_a_number_that_only_the_question_names_is_one() -> None:
    state = state_of("(stone weighs 9)\n(?x weighs ?w) & ?w > 3 => (?x is heavy)")
    for number, verdict in (("9", "true"), ("5", "true"), ("2", "unknown"), ("five", "unknown")):
        assert (await put(state, every(f"(?x weighs {number}) => (?x is heavy)"))).verdict == verdict
    # Nor is another term taken for the number of a question before.
    assert (await put(state, every("(?x weighs lots) => (?x is heavy)"))).verdict == "unknown"
