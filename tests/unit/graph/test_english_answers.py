"""What is told in English is found by what is asked in English."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pramana import proofs
from pramana.errors import NotUnderstoodError
from pramana.graph import english
from pramana.graph.asking import answer
from pramana.graph.inference import Deadline
from pramana.knowledge import Fact, Rule, Verdict
from tests.unit.graph.small_state import SmallState


def state_told(text: str) -> SmallState:
    """A state that holds what a text says, and nothing else."""
    said = [one for sentence in english.parse(text) for one in sentence.meanings]
    facts = [
        Fact(f"f{at}", *one.atom.to_dict().values())
        for at, one in enumerate(said)
        if isinstance(one, english.Statement)
    ]
    rules: list[Rule] = [
        replace(one.rule, id=f"r{at}") for at, one in enumerate(said) if isinstance(one, english.Conditional)
    ]
    state = SmallState()
    state.tell(facts)
    state.set_rules(rules)
    return state


async def asked(told: str, question: str) -> Verdict:
    state = state_told(told)
    async with state.view() as view:
        found = await answer(view, english.parse_question(question), max_proofs=3, deadline=Deadline(60))
    assumed = [
        Fact(step.fact, *step.conclusion.to_dict().values())
        for proof in (*found.proofs, *found.against)
        for step in proof.steps
        if step.fact.startswith("assumption:")
    ]
    for proof in (*found.proofs, *found.against):
        proofs.check(proof, [*state.facts(), *assumed], state.rules.values())
    return found


CLUB = "Every member of the club is rich. No child of Kim is rich. Tom is a member of the club. Ann is a child of Kim."
DOG = (
    "Rex is a dog. Rex is red. Alice owns Rex. Bob owns a dog. Carol owns no dog. Dan owns Tom. Tom is a cat."
)
TAIL = "No cat has a tail. Felix is a cat."
CALLS = """If service X calls service Y then service X depends on service Y.
- Billing is a service
- Mail is a service
- Billing calls mail"""
FLIES = "Robins fly. Robins are birds. Penguins are birds. Tweety is a penguin. Tweety does not fly."


@pytest.mark.parametrize(
    ("told", "question", "verdict"),
    [
        (CLUB, "Is Tom rich?", "true"),
        (CLUB, "Is Ann rich?", "false"),
        (CLUB, "Is every member of the club rich?", "true"),
        (CLUB, "Is any child of Kim rich?", "false"),
        ("The capital of France is Paris.", "Is Paris the capital of France?", "true"),
        ("The capital of France is Paris.", "Is the capital of France Paris?", "true"),
        ("Paris is the capital of France.", "Is the capital of France Paris?", "true"),
        ("The capital of France is not Lyon.", "Is Lyon the capital of France?", "false"),
        (DOG, "Does Alice own a dog?", "true"),
        (DOG, "Does Alice own any dog?", "true"),
        (DOG, "Does Alice own a red dog?", "true"),
        (DOG, "Does Alice own a cat?", "unknown"),
        (DOG, "Does Bob own a dog?", "true"),
        (DOG, "Does Bob own a red dog?", "unknown"),
        (DOG, "Does Carol own a dog?", "false"),
        (DOG, "Does anyone own a dog?", "true"),
        (f"{DOG} Carol owns Rex.", "Does Carol own a dog?", "unknown"),
        (TAIL, "Does any cat have a tail?", "false"),
        (TAIL, "Does Felix have a tail?", "false"),
        (TAIL, "Does any dog have a tail?", "unknown"),
        ("No cat is red.", "Are any cats red?", "false"),
        ("Felix is a cat.", "Are any cats red?", "unknown"),
        ("No cat is red. Felix is a cat. Felix is red.", "Is Felix red?", "unknown"),
        (FLIES, "Do birds fly?", "false"),
        ("Birds fly. Penguins are birds.", "Do penguins fly?", "true"),
        ("None of the cats is red. Tom is a cat.", "Is Tom red?", "false"),
        ("Neither Tom nor Bob is rich.", "Is Bob rich?", "false"),
        ("Ann and Bob like each other.", "Does Bob like Ann?", "true"),
        ("No one likes Tom. Ann is a person.", "Does Ann like Tom?", "false"),
        ("A bat is a mammal that flies. Otto is a bat.", "Does Otto fly?", "true"),
        (CALLS, "Does billing depend on mail?", "true"),
    ],
)  # fmt: skip
async def test_a_question_has_this_answer(told: str, question: str, verdict: str) -> None:
    assert (await asked(told, question)).verdict == verdict


@pytest.mark.parametrize(
    ("told", "question", "answers"),
    [
        ("The capital of France is Paris.", "What is the capital of France?", {"Paris"}),
        ("Paris is the capital of France.", "What is the capital of France?", {"Paris"}),
        ("The color of the sky is blue.", "What is the color of the sky?", {"blue"}),
        ("Paris is the capital of France.", "What is Paris the capital of?", {"France"}),
        (DOG, "Who owns a dog?", {"Alice", "Bob"}),
        (f"{DOG} Carol owns Rex.", "Who owns a dog?", {"Alice", "Bob"}),
        (CLUB, "Who is a member of the club?", {"Tom"}),
        (CLUB, "Which member of the club is rich?", {"Tom"}),
    ],
)
async def test_a_question_has_these_answers(told: str, question: str, answers: set[str]) -> None:
    assert set((await asked(told, question)).answers) == answers


async def test_a_universal_question_is_false_by_one_counterexample() -> None:
    found = await asked(FLIES, "Do birds fly?")
    assert found.verdict == "false"
    assert {fact for proof in found.proofs for fact in proof.facts} == {"f3", "f4"}


async def test_what_both_owns_a_dog_and_owns_none_is_a_contradiction() -> None:
    found = await asked(f"{DOG} Carol owns Rex.", "Does Carol own a dog?")
    assert found.contradictory


async def test_ways_to_own_a_dog_make_it_surer_together() -> None:
    found = await asked(f"{DOG} Alice owns a dog.", "Does Alice own a dog?")
    assert {fact for proof in found.proofs for fact in proof.facts} == {"f0", "f2", "f7"}


def test_list_items_are_sentences_without_stops() -> None:
    text = "- Anne is kind\n- Bob is red\n\n1. Carol likes Bob.\n2. Dan is in room\n42. Eve is kind."
    assert [one.text for one in english.parse(text)] == [
        "Anne is kind", "Bob is red", "Carol likes Bob.", "Dan is in room", "Eve is kind.",
    ]  # fmt: skip
    wrapped = english.parse("Anne is in room\n42. Bob is red.")
    assert [one.text for one in wrapped] == ["Anne is in room\n42.", "Bob is red."]


def test_what_cannot_be_asked_is_said_in_words() -> None:
    for question, word in (("When was Socrates born?", "When"), ("How many cats are there?", "How many"),
                           ("Where is Paris?", "Where"), ("Why is Anne red?", "Why")):  # fmt: skip
        with pytest.raises(NotUnderstoodError) as caught:
            english.parse_question(question)
        assert word.lower() in caught.value.message.lower().partition("is not understood:")[2]
        assert caught.value.details["nearest"] == ""
