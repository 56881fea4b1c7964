"""Why something is so, and what is said of what was left out."""

from __future__ import annotations

import pytest

import pramana
from pramana.answers import Answer

TOLD = """Socrates is a human. Every human is mortal. No stone is mortal. Alice is an admin. Every admin is trusted.
The shop is a service. Every service is exposed. Fuel causes pollution."""


async def answer_to(question: str) -> Answer:
    async with await pramana.open(":memory:") as memory:
        await memory.graph.tell(TOLD)
        return await memory.reason(question)


@pytest.mark.parametrize(
    "question",
    [
        "Why is Socrates mortal?",
        "why is socrates mortal",
        "How come Socrates is mortal?",
        "Could you tell me why Socrates is mortal?",
        "Explain why Socrates is mortal",
    ],
)
async def test_what_follows_is_so_because_of_its_proof(question: str) -> None:
    answer = await answer_to(question)
    assert answer.verdict == "answered"
    assert answer.text == "Socrates is mortal, since Socrates is human [1], by rule [2]."
    assert [one.kind for one in answer.citations] == ["fact", "rule"]


@pytest.mark.parametrize(
    "question",
    [
        "Why is Alice an admin?",  # stated, and for no reason
        "Why is Alice mortal?",
        "Why isn't Socrates mortal?",
        "Why is Socrates not mortal?",
        "Why doesn't fuel cause pollution?",
        "Why is Alice evil?",
    ],
)
async def test_what_does_not_follow_has_no_reason(question: str) -> None:
    answer = await answer_to(question)
    assert (answer.verdict, answer.text) == ("unknown", "")


async def test_what_is_asked_for_by_what_it_is_is_named() -> None:
    answer = await answer_to("What is exposed?")
    assert answer.text == "Shop is exposed, since shop is a service [1], by rule [2]."


@pytest.mark.parametrize("question", ["List all attacks", "What is an attack?", "Which attacks are there?"])
async def test_a_list_that_is_cut_says_how_many_more_there_are(question: str) -> None:
    async with await pramana.open(":memory:") as opened:
        await opened.graph.add_many([(f"attack {number}", "is", "attack") for number in range(20)])
        answer = await opened.reason(question)
        assert "8 more are known." in answer.text
        assert len(answer.citations) == 12
