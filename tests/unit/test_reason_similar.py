"""`memory.reason(…, similar=True)`: other manners find the answer that was given, other questions never do."""

from __future__ import annotations

import json
import random
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest

import pramana
from pramana.answers import Answer
from pramana.app.memory import Pramana
from pramana.errors import InputError
from tests.unit.bank.banks import Reopenable, StillClock
from tests.unit.seats import Table
from tests.unit.test_reason import SOCRATES, engine_at
from tests.unit.test_seated import sit

ROOT = Path(__file__).parents[2]
PACK = ROOT / "web/explorer/packs"
GOLDEN = ROOT / "tests/golden/reason"
LINES = (GOLDEN / "questions.dev.jsonl").read_text("utf-8").splitlines()
QUESTIONS = [json.loads(line)["question"] for line in LINES]
TERMS = ("JWT", "cookie theft", "TLS 1.3", "bcrypt")

Asked: TypeAlias = Callable[[str, Answer, random.Random], str]


@asynccontextmanager
async def security() -> AsyncIterator[Pramana]:
    async with await pramana.open(":memory:") as memory:
        text, rules = ((PACK / f"web-security.{part}").read_text("utf-8") for part in ("csv", "rules"))
        await memory.graph.add_pack(text, rules=rules)
        yield memory


def evidence(answer: Answer) -> dict[str, Any]:
    said = answer.to_dict()
    return {name: said[name] for name in said if name not in {"cached", "compute_ms"}}


async def test_after_who_wrote_hamlet_no_unrelated_question_hits() -> None:
    async with await pramana.open(":memory:") as memory:
        await memory.graph.add("Shakespeare", "wrote", "Hamlet")
        first = await memory.reason("Who wrote Hamlet?", similar=True)
        assert first.verdict == "answered"
        unrelated = [
            "What is the capital of France?", "How tall is Mount Everest?", "When did the war end?",
            "Which port does HTTPS use?", "Is water wet?", "Who painted the Mona Lisa?", "Why is the sky blue?",
            "Who wrote Macbeth?", "What did Hamlet write?", "Who did not write Hamlet?",
        ]  # fmt: skip
        for similar in (False, True):
            for question in unrelated:
                answer = await memory.reason(question, depth=3 + similar, similar=similar)
                assert (answer.cached, answer.question) == ("", question)
        stats = await memory.cache_stats()
        assert (stats["hits"], stats["similar_hits"]) == (0, 0)
        again = await memory.reason("Hello, could you tell me who wrote Hamlet, please?", similar=True)
        assert (again.cached, again.question) == ("similar", "Who wrote Hamlet?")
        assert evidence(again) == evidence(first)
        assert (await memory.cache_stats())["similar_hits"] == 1


@pytest.mark.parametrize("manner", ["Hello, {}", "Please, {}", "{}, thanks."])
async def test_manners_find_the_answer_that_was_given(manner: str) -> None:
    async with security() as memory:
        given = {question: await memory.reason(question, similar=True) for question in QUESTIONS[:20]}
        found = 0
        for question, answer in given.items():
            again = await memory.reason(manner.format(question.rstrip("?")), similar=True)
            if again.cached:
                found += 1
                assert again.cached == "similar"
                assert evidence(again) == evidence(answer)
        assert found >= 15


def negated(question: str, answer: Answer, drawn: random.Random) -> str:
    words = question.split()
    words.insert(drawn.randrange(1, len(words)), "not")
    return " ".join(words)


def with_a_number(question: str, answer: Answer, drawn: random.Random) -> str:
    if re.search(r"\d", question):
        return re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), question, count=1)
    words = question.split()
    words.insert(drawn.randrange(1, len(words)), "7")
    return " ".join(words)


def of_another_thing(question: str, answer: Answer, drawn: random.Random) -> str:
    if not answer.entities:
        return f"{question} {drawn.choice(TERMS)}"
    one = drawn.choice(answer.entities)
    other = drawn.choice([term for term in TERMS if term.lower() != one.mention.lower()])
    return question[: one.start] + other + question[one.end :]


def the_other_way_round(question: str, answer: Answer, drawn: random.Random) -> str:
    if len(answer.entities) < 2:
        words = question.split()
        return " ".join([words[-1], *words[1:-1], words[0]])
    one, *_, other = answer.entities
    middle = question[one.end : other.start]
    return question[: one.start] + other.mention + middle + one.mention + question[other.end :]


def with_another_word(question: str, answer: Answer, drawn: random.Random) -> str:
    words = question.split()
    words[drawn.randrange(len(words))] = drawn.choice(["before", "after", "most", "never", "server", "old"])
    return " ".join(words)


@pytest.mark.parametrize(
    "other", [negated, with_a_number, of_another_thing, the_other_way_round, with_another_word]
)
async def test_a_question_that_is_nearly_the_same_is_another(other: Asked) -> None:
    drawn = random.Random(other.__name__)
    async with security() as memory:
        given = [await memory.reason(question, similar=True) for question in QUESTIONS]
        for answer in given:
            near = other(answer.question, answer, drawn)
            assert (await memory.reason(near, similar=True)).cached != "similar", near


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Does Anne trust Bob?", "Please, does Bob trust Anne?"),
        ("Does Anne trust Bob?", "Please, does Anne not trust Bob?"),
        ("Does Anne trust Bob?", "Please, doesn't Anne trust Bob?"),
        ("Does Anne trust Bob?", "Please, does Anne trust Carol?"),
        ("Did Anne trust Bob in 2019?", "Please, did Anne trust Bob in 2020?"),
        ("Whom does Anne trust?", "Please, who does Anne trust?"),
        ("Does Anne trust all cats?", "Please, does Anne trust some cats?"),
    ],
)
async def test_one_word_makes_another_question(one: str, other: str) -> None:
    async with await pramana.open(":memory:") as memory:
        await memory.graph.tell("Anne trusts Bob. Bob trusts Carol.")
        await memory.reason(one, similar=True)
        assert (await memory.reason(other, similar=True)).cached == ""
        assert (await memory.reason(f"Hello, {one}", similar=True)).cached == "similar"


@pytest.mark.parametrize(
    "options",
    [
        {"depth": 2}, {"min_confidence": 0.1}, {"k": 4}, {"as_of_ms": 1_000}, {"namespace": "default"},
        {"similar": False},
    ],
)  # fmt: skip
async def test_what_was_asked_in_another_way_is_not_found(options: dict[str, Any]) -> None:
    async with await pramana.open(":memory:") as memory:
        await memory.graph.tell(SOCRATES)
        await memory.reason("Is Socrates mortal?", **{"similar": True, **options})
        assert (await memory.reason("Hello, is Socrates mortal?", similar=True)).cached == ""


async def test_a_greeting_is_one_though_something_is_called_so() -> None:
    async with await pramana.open(":memory:") as memory:
        await memory.graph.tell(f"{SOCRATES} Hello is a greeting.")
        plain = await memory.reason("Is Socrates mortal?", similar=True)
        assert (await memory.reason("Hello, is Socrates mortal?")).text == plain.text
        assert (await memory.reason("Hello, is Socrates mortal?", similar=True)).cached == "exact"
        assert (await memory.reason("Hi, is Socrates mortal?", similar=True)).cached == "similar"
        assert (await memory.reason("What is hello?", similar=True)).verdict == "answered"


async def test_what_is_written_or_ends_makes_it_stale() -> None:
    clock = StillClock()
    engine = await engine_at(clock)
    await engine.graph.add("Rex", "is", "red", valid_to_ms=clock.ms + 1_000)
    await engine.graph.add_many([("Rex", "is", "big"), ("Tom", "is", "red")])  # both stay terms
    assert (await engine.reason("Is Rex red?", similar=True)).verdict == "true"
    clock.ms += 999
    assert (await engine.reason("Please, is Rex red?", similar=True)).cached == "similar"
    clock.ms += 1
    later = await engine.reason("Please, is Rex red?", similar=True)
    assert (later.cached, later.verdict) == ("", "unknown")
    await engine.graph.add("Rex", "is", "red")
    assert (await engine.reason("Hello, is Rex red?", similar=True)).cached == ""
    await engine.close()


async def test_questions_without_words_are_answered_too() -> None:
    async with await pramana.open(":memory:") as memory:
        for text in ("", " ?", "???"):
            assert (await memory.reason(text, similar=True)).cached == ""


async def test_similar_is_true_or_false() -> None:
    async with await pramana.open(":memory:") as memory:
        with pytest.raises(InputError) as refused:
            await memory.reason("x", similar=1)  # type: ignore[arg-type]
        assert refused.value.details["field"] == "similar"


async def test_a_follower_finds_what_was_asked_of_the_leader() -> None:
    table, store = Table(), Reopenable()
    leader, _ = await sit(table, store)
    follower, _ = await sit(table, store)
    await leader.graph.tell(SOCRATES)
    await leader.reason("Is Socrates mortal?", similar=True)
    answer = await follower.reason("Is Socrates mortal, please?", similar=True)
    assert (answer.cached, answer.question) == ("similar", "Is Socrates mortal?")
    await follower.close()
    await leader.close()
