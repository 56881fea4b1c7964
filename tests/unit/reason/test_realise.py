"""Evidence is put in sentences that say what it says, and cite it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.answers import Citation, MemoryUsed
from pramana.knowledge import Atom, Fact, FactPath, Proof, ProofStep, Step
from pramana.reason.evidence import Evidence, Shared
from pramana.reason.realise import Realiser, is_noun, listed, said


def fact(subject: str, predicate: str, object_: str, *, negated: bool = False) -> Fact:
    return Fact(f"{subject}-{predicate}-{object_}", subject, predicate, object_, negated)


def path(*steps: tuple[str, str, str, bool]) -> FactPath:
    """Of (subject, predicate, object, forward)."""
    walked = tuple(Step(fact(*triple), forward) for *triple, forward in steps)
    first = steps[0][0] if steps[0][3] else steps[0][2]
    ends = [step.fact.object if step.forward else step.fact.subject for step in walked]
    return FactPath((first, *ends), walked, 1.0)


@pytest.mark.parametrize(
    ("atom", "words"),
    [
        (Atom("a", "enables", "b"), "a enables b"),
        (Atom("a", "enables", "b", True), "a does not enable b"),
        (Atom("a", "passes_to", "b", True), "a does not pass to b"),
        (Atom("a", "vulnerable_to", "b"), "a is vulnerable to b"),
        (Atom("a", "vulnerable_to", "b", True), "a is not vulnerable to b"),
        (Atom("a", "part_of", "b"), "a is part of b"),
        (Atom("a", "before", "b"), "a comes before b"),
        (Atom("a", "before", "b", True), "a does not come before b"),
        (Atom("a", "called", "b"), "a is called b"),
        (Atom("a", "detected_by", "b"), "a is detected by b"),
        (Atom("a", "written_by", "b"), "a is written by b"),
        (Atom("a", "lived_in", "b"), "a lived in b"),
        (Atom("a", "wrote", "b"), "a wrote b"),
        (Atom("a", "has", "b", True), "a does not have b"),
        (Atom("a", "deadline", "72 hours"), "the deadline of a is 72 hours"),
        (Atom("a", "deadline", "72 hours", True), "the deadline of a is not 72 hours"),
        (Atom("a", "https://example.org/hasPart", "b"), "a has part b"),
        (Atom("a", "is", "fast hash function"), "a is a fast hash function"),
        (Atom("a", "is", "attack", True), "a is not an attack"),
        (Atom("a", "is", "mortal"), "a is mortal"),
        (Atom("a", "is", "phishing"), "a is phishing"),
        (Atom("a", "is", "Superman"), "a is Superman"),
    ],
)
def test_a_statement_is_put_in_words(atom: Atom, words: str) -> None:
    assert said(atom) == words


@pytest.mark.parametrize(
    ("predicate", "words"),
    [
        ("enables", "they enable b"),
        ("carries", "they carry b"),
        ("passes", "they pass b"),
        ("is", "they are attacks"),
        ("vulnerable_to", "they are vulnerable to b"),
        ("before", "they come before b"),
        ("has", "they have b"),
        ("wrote", "they wrote b"),
    ],
)
def test_several_subjects_take_the_plural(predicate: str, words: str) -> None:
    last = "attack" if predicate == "is" else "b"
    assert said(Atom("they", predicate, last), plural=True) == words


def test_a_noun_is_told_from_what_is_said_with_a_verb() -> None:
    assert is_noun("minimum_length")
    assert not any(
        map(is_noun, ("is", "enables", "part_of", "wrote", "called", "detected_by", "suitable_for"))
    )


def test_lists_have_commas_and_one_and() -> None:
    assert [listed(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_a_chain_goes_on_with_which() -> None:
    chain = path(("a", "enables", "b", True), ("b", "causes", "c", True))
    assert Realiser().path(chain) == "a enables b [1], which causes c [2]"


def test_a_chain_keeps_the_direction_of_every_statement() -> None:
    turning = path(("a", "causes", "b", True), ("c", "exploits", "b", False), ("c", "enables", "d", True))
    assert Realiser().path(turning) == "a causes b [1], which c exploits [2]; c enables d [3]"
    against = path(("b", "causes", "a", False), ("c", "causes", "b", False))
    assert Realiser().path(against) == "b causes a [1]; c causes b [2]"
    first = path(("b", "exploits", "a", False), ("b", "enables", "c", True))
    assert Realiser().path(first) == "b exploits a [1] and enables c [2]"


def test_statements_that_share_a_side_are_one_sentence() -> None:
    facts = [
        fact("a", "mitigates", "x"),
        fact("b", "mitigates", "x"),
        fact("c", "uses", "d"),
        fact("c", "uses", "e"),
    ]
    assert Realiser().facts(facts) == ["a [1] and b [2] mitigate x", "c uses d [3] and e [4]"]


def test_a_denial_is_not_listed_with_what_is_so() -> None:
    facts = [fact("a", "uses", "b"), fact("a", "uses", "c", negated=True)]
    assert Realiser().facts(facts) == ["a uses b [1]", "a does not use c [2]"]


def test_what_is_shared_names_both_facts() -> None:
    shared = Shared((fact("a", "is", "attack"), fact("b", "is", "attack")))
    assert Realiser().shared(shared) == "both a [1] and b [2] are attacks"


def proof(*, absent: tuple[Atom, ...] = (), assumed: bool = False) -> Proof:
    base = ProofStep(Atom("a", "is", "bird"), 1.0, fact="assumption:1" if assumed else "f1")
    return Proof((base, ProofStep(Atom("a", "has", "wings"), 0.9, rule="r1", premises=(0,), absent=absent)))


def test_a_proof_says_its_facts_and_rules_and_what_is_missing() -> None:
    realiser = Realiser()
    words = realiser.proof(proof(absent=(Atom("a", "eats", "?x"),)))
    assert words == "a has wings, since a is a bird [1] and nothing says that a eats anything, by rule [2]"
    assert realiser.citations == (Citation("fact", "f1"), Citation("rule", "r1"))


def test_an_assumption_is_no_evidence_to_cite() -> None:
    realiser = Realiser()
    assert realiser.proof(proof(assumed=True)) == "a has wings, since a is a bird by assumption, by rule [1]"
    assert realiser.citations == (Citation("rule", "r1"),)


def test_what_is_cited_again_keeps_its_number() -> None:
    realiser = Realiser()
    cited = [realiser.cite(*one) for one in (("fact", "x"), ("rule", "x"), ("fact", "x"), ("fact", "y"))]
    assert cited == [" [1]", " [2]", " [1]", " [3]"]


def test_a_stated_fact_needs_no_reason() -> None:
    stated = Proof((ProofStep(Atom("a", "is", "bird"), 1.0, fact="f1"),))
    assert Realiser().verdict("true", [stated]) == "Yes: a is a bird [1]."
    assert Realiser().verdict("false", [stated]).startswith("No: ")


def test_a_memory_shows_its_success_and_claims_no_more() -> None:
    used = MemoryUsed("m1", "bake bread", "cold rise", 0.7, 0.05)
    assert Realiser().memory(used) == 'for "bake bread", the strategy "cold rise" has a success of 0.05 [1]'
    assert (
        Realiser().memory(MemoryUsed("m1", "bake bread", "", 0.7, 0.5))
        == 'a memory deals with "bake bread" [1]'
    )


def test_nothing_found_is_nothing_said() -> None:
    realiser = Realiser()
    assert realiser.evidence(Evidence()) == ""
    assert realiser.citations == ()


names = st.sampled_from(["a", "b", "c", "d"])
predicates = st.sampled_from(["is", "enables", "part_of", "deadline", "before", "wrote", "called"])
facts_of = st.lists(st.builds(fact, names, predicates, names, negated=st.booleans()), max_size=8)


@given(facts_of)
def test_every_fact_is_cited_once_and_every_number_is_in_the_text(facts: list[Fact]) -> None:
    found, realiser = Evidence(), Realiser()
    for one in facts:
        found.add_fact(one)
    text = realiser.evidence(found)
    numbers = [int(number) for number in re.findall(r"\[(\d+)\]", text)]
    assert sorted(numbers) == list(range(1, len(found.facts) + 1))
    assert {one.id for one in realiser.citations} == {one.id for one in facts}


@given(names, predicates, names, st.booleans(), st.booleans())
def test_a_statement_keeps_its_ends_in_any_form(
    first: str, predicate: str, last: str, negated: bool, plural: bool
) -> None:
    words = said(Atom(f"<{first}", predicate, f"{last}>", negated), plural=plural)
    assert f"<{first}" in words
    assert words.endswith(f"{last}>")
    assert (" not " in words) == negated
