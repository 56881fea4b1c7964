"""`memory.reason`, from the public side: evidence, the cache in front of it, and who may ask."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

import pramana
from pramana import proofs
from pramana.answers import Answer
from pramana.app.engine import Engine
from pramana.bank.reasoning_bank import ReasoningBank
from pramana.errors import ClosedError, InputError
from pramana.graph.knowledge_graph import KnowledgeGraph
from tests.unit.bank.banks import Reopenable, StillClock, WordEmbedder, kernels, open_bank
from tests.unit.seats import Table
from tests.unit.test_seated import sit

SOCRATES = "Socrates is a human. Every human is mortal."


async def test_an_answer_carries_its_evidence_and_asking_stores_nothing() -> None:
    async with await pramana.open(":memory:") as memory:
        await memory.graph.tell(SOCRATES, source="plato")
        head = (await memory.stats())["head_seq"]
        answer = await memory.reason("Is Socrates mortal?")
        assert (answer.verdict, answer.confidence, answer.cached) == ("true", 1.0, "")
        (proof,) = answer.proofs
        proofs.check(proof, await memory.graph.match(), await memory.graph.rules())
        assert {(one.kind, one.id) for one in answer.citations} >= {("fact", proof.facts[0])}
        assert [one.term.lower() for one in answer.entities][:1] == ["socrates"]
        assert [step.step for step in answer.trace][:2] == ["classify", "link"]
        assert (await memory.stats())["head_seq"] == head
        assert len(await memory.graph.match()) == 1
        assert Answer.from_dict(json.loads(json.dumps(answer.to_dict()))) == answer


async def test_what_nothing_supports_is_unknown() -> None:
    async with await pramana.open(":memory:") as memory:
        await memory.graph.tell(SOCRATES)
        for question in ("Who wrote Hamlet?", "Is Socrates a fish?", "Why?"):
            answer = await memory.reason(question)
            assert (answer.verdict, answer.confidence, answer.text) == ("unknown", 0.0, ""), question
            assert not answer.citations


async def test_an_answer_is_remembered_until_something_is_written() -> None:
    async with await pramana.open(":memory:") as memory:
        await memory.graph.tell(SOCRATES)
        first = await memory.reason("Is Socrates mortal?")
        again = await memory.reason(" Is  Socrates mortal?")
        assert (first.cached, again.cached) == ("", "exact")
        assert again.proofs == first.proofs
        assert (await memory.reason("Is Socrates mortal?", depth=2)).cached == ""
        assert (await memory.reason("Is Plato mortal?")).verdict == "unknown"
        assert (await memory.reason("Is Plato mortal?")).cached == "exact"
        await memory.graph.tell("Plato is a human.")
        assert (await memory.reason("Is Plato mortal?")).verdict == "true"
        await memory.store(task_description="anything")
        assert (await memory.reason("Is Socrates mortal?")).cached == ""
        stats = await memory.cache_stats()
        assert (stats["hits"], stats["misses"]) == (2, 5)


async def test_what_is_remembered_answers_no_other_question() -> None:
    async with await pramana.open(":memory:") as memory:
        await memory.graph.add("it", "is", "department")
        assert (await memory.reason("What is IT?")).verdict == "answered"
        assert (await memory.reason("What is it?")).verdict == "unknown"
        with pytest.raises(InputError) as caught:
            await memory.reason("What is IT?", depth="3")  # type: ignore[arg-type]
        assert caught.value.details["field"] == "depth"


@pytest.mark.skipif(sys.platform == "emscripten", reason="a page has no second process at its database")
async def test_another_process_makes_an_answer_stale(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    async with await pramana.open(path) as memory, await pramana.open(path) as other:
        assert (await memory.reason("Is Socrates mortal?")).verdict == "unknown"
        await other.graph.tell(SOCRATES)
        assert (await memory.reason("Is Socrates mortal?")).verdict == "true"


async def test_what_is_asked_is_checked() -> None:
    memory = await pramana.open(":memory:")
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("text", {"text": 5}),
        ("depth", {"text": "x", "depth": 0}),
        ("k", {"text": "x", "k": 0}),
        ("min_confidence", {"text": "x", "min_confidence": 2}),
    ]
    for field, arguments in wrong:
        with pytest.raises(InputError) as caught:
            await memory.reason(**arguments)
        assert caught.value.details["field"] == field
    await memory.close()
    with pytest.raises(ClosedError):
        await memory.reason("x")


async def test_a_follower_asks_the_leader() -> None:
    table, store = Table(), Reopenable()
    leader, _ = await sit(table, store)
    follower, _ = await sit(table, store)
    assert isinstance(leader.bank, ReasoningBank)
    await leader.graph.tell(SOCRATES)
    answer = await follower.reason("Is Socrates mortal?")
    assert answer.verdict == "true"
    assert (await leader.reason("Is Socrates mortal?")).cached == "exact"
    assert (await follower.cache_stats())["hits"] == 1
    await follower.close()
    await leader.close()


async def engine_at(clock: StillClock) -> Engine:
    embedder, loaded = WordEmbedder(), await kernels()
    bank = await open_bank(embedder=embedder, clock=clock)
    return Engine(bank, KnowledgeGraph(bank.database, loaded), loaded)


async def test_an_answer_is_forgotten_when_a_fact_ceases_to_hold() -> None:
    clock = StillClock()
    engine = await engine_at(clock)
    await engine.graph.add("Rex", "is", "red", valid_to_ms=clock.ms + 1_000)
    assert (await engine.reason("Is Rex red?")).verdict == "true"
    clock.ms += 999
    assert (await engine.reason("Is Rex red?")).cached == "exact"
    clock.ms += 1
    later = await engine.reason("Is Rex red?")
    assert (later.verdict, later.cached) == ("unknown", "")
    await engine.close()


async def test_every_moment_has_answers_of_its_own() -> None:
    clock = StillClock()
    engine = await engine_at(clock)
    await engine.graph.add("Rex", "is", "red", valid_from_ms=clock.ms + 1_000)
    assert (await engine.reason("Is Rex red?")).verdict == "unknown"
    then = await engine.reason("Is Rex red?", as_of_ms=clock.ms + 2_000)
    assert (then.verdict, then.cached) == ("true", "")
    await engine.close()


async def test_a_word_of_the_language_is_no_slip() -> None:
    async with await pramana.open(":memory:") as memory:
        await memory.graph.add("injection", "is", "attack")
        assert [one.term for one in (await memory.reason("What is injektion?")).entities] == ["injection"]
        assert (await memory.reason("What is induction?")).entities == ()
