"""What a sensible person expects of ordinary questions on small graphs of everyday matters.

Each file of `ordinary/` holds a graph (sentences that are told, facts, rules, memories) and, after an empty line,
questions: `question | verdict | words that the answer has, with commas ! words that it has not`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import pramana
from pramana.answers import Answer

FOLDER = Path(__file__).parent / "ordinary"
GRAPHS = sorted(path.stem for path in FOLDER.glob("*.txt"))


@asynccontextmanager
async def knowing(name: str) -> AsyncIterator[pramana.Pramana]:
    """A memory that holds one of the graphs."""
    async with await pramana.open(":memory:") as memory:
        for line in (FOLDER / f"{name}.txt").read_text("utf-8").partition("\n\n")[0].splitlines():
            what, _, said = line.partition(" ")
            parts = [part.strip() for part in said.split(" | ")]
            match what:
                case "tell":
                    await memory.graph.tell(said)
                case "fact":
                    await memory.graph.add(*parts)
                case "rule":
                    await memory.graph.add_rule(said)
                case _:
                    await memory.store(
                        task_description=parts[0], strategy=parts[1], success_score=float(parts[2])
                    )
        yield memory


def is_right(answer: Answer, verdict: str, words: str) -> bool:
    """Whether an answer has a verdict and the words that it should, and none that it should not."""
    wanted, _, unwanted = (part.lower() for part in words.partition("!"))
    text = answer.text.lower()
    return (
        answer.verdict == verdict
        and all(word.strip() in text for word in wanted.split(",") if word.strip())
        and not any(word.strip() in text for word in unwanted.split("!") if word.strip())
    )


@pytest.mark.parametrize("name", GRAPHS)
async def test_ordinary_questions_get_the_answers_that_a_sensible_person_expects(name: str) -> None:
    wrong = []
    async with knowing(name) as memory:
        asked = (FOLDER / f"{name}.txt").read_text("utf-8").partition("\n\n")[2].splitlines()
        for line in asked:
            question, verdict, words = (part.strip() for part in (f"{line} |").split("|")[:3])
            answer = await memory.reason(question)
            if not is_right(answer, verdict, words):
                wrong.append((question, verdict, words, answer.verdict, answer.text))
    assert len(asked) > 25
    assert wrong == []


async def test_what_is_supposed_gone_is_gone_for_that_question_alone() -> None:
    async with knowing("services") as memory:
        before = await memory.graph.facts(limit=1_000)
        without = await memory.reason("What would break without postgres?")
        assert "would no longer follow: Checkout depends on postgres" in without.text
        assert "search" not in without.text.lower()
        assert (await memory.reason("Does checkout depend on postgres?")).verdict == "true"
        assert await memory.graph.facts(limit=1_000) == before


async def test_what_is_supposed_so_is_marked_as_assumed_in_the_proof() -> None:
    async with knowing("services") as memory:
        assert (await memory.reason("Is Dana a bird?")).verdict == "unknown"
    async with knowing("animals") as memory:
        answer = await memory.reason("What if Tweety were a penguin?")
        assert answer.verdict == "answered"
        assert "Tweety does not fly, since Tweety is a penguin by assumption" in answer.text
        assert [fact.id for proof in answer.proofs for fact in proof.assumptions] == ["assumption:1"]
        assert (await memory.reason("Is Tweety a penguin?")).verdict == "unknown"


async def test_an_answer_is_less_sure_the_less_surely_its_question_is_understood() -> None:
    async with knowing("company") as memory:
        named = await memory.reason("Which company acquired Initech?")
        family = await memory.reason("Who bought Initech?")
        plain = await memory.reason("What did Globex acquire?")
        assert plain.confidence == 1.0
        assert plain.confidence > family.confidence > named.confidence > 0.5
    async with knowing("family") as memory:
        alike = await memory.reason("Who is Anna's husband?")
        assert (alike.verdict, "Carl" in alike.text) == ("answered", True)
        assert 0.4 < alike.confidence < 0.8


async def test_a_general_statement_is_cited_as_the_rule_that_it_is() -> None:
    async with knowing("company") as memory:
        answer = await memory.reason("What do rockets need?")
        assert answer.text == "A rocket needs fuel [1]."
        [cited] = answer.citations
        assert cited.kind == "rule"
        assert cited.id in {rule.id for rule in await memory.graph.rules()}


async def test_to_say_again_what_a_why_takes_for_granted_is_hardly_an_answer() -> None:
    async with knowing("company") as memory:
        granted = await memory.reason("Why did Globex acquire Initech?")
        assert granted.confidence == 0.4
        assert (await memory.reason("Why does Bob manage Alice?")).verdict == "unknown"
        assert (await memory.reason("Why is pollution bad for fish?")).confidence == 1.0


async def test_in_a_chain_a_general_statement_is_told_as_following() -> None:
    async with knowing("company") as memory:
        await memory.graph.tell("Every launcher needs rockets. Every base needs launchers.")
        answer = await memory.reason("What does a launcher need?")
        [path] = answer.paths
        assert path.terms == ("launcher", "rockets", "fuel")
        assert [(step.fact.id, step.fact.derived) for step in path.steps] == [("", True)] * 2
        assert {one.kind for one in answer.citations} == {"rule"}
