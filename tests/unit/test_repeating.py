"""What an engine says of answers that may be repeated: until when they stand, and that they do not any more."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any

import pramana
from pramana.app.engine import Engine
from pramana.wire import Method, Standing, dispatch_json

HOUR_MS = 3_600_000
Answer = Callable[[str, str, str, Callable[[str], None]], Coroutine[Any, Any, str]]


class Repeats:
    def __init__(self) -> None:
        self.hits = 0
        self.forgotten = 0

    def forget(self) -> None:
        self.forgotten += 1


class Seat:
    """Takes calls for an engine as platform/host.py does."""

    def __init__(self) -> None:
        self.repeats = Repeats()
        self.answer: Answer | None = None

    def serve(self, answer: Answer) -> Repeats:
        self.answer = answer
        return self.repeats

    async def ask(self, text: str, **options: Any) -> dict[str, Any]:
        assert self.answer is not None
        answer = await self.answer("reason", json.dumps({"text": text, **options}), "r", lambda _: None)
        found: dict[str, Any] = json.loads(answer)
        return found


async def opened() -> tuple[pramana.Pramana, Engine, Seat]:
    memory = await pramana.open(":memory:")
    engine, seat = memory._owner, Seat()
    assert isinstance(engine, Engine)
    engine.serve(seat)
    await memory.graph.tell("Socrates is a human. Every human is mortal.")
    return memory, engine, seat


async def test_only_an_answer_that_was_remembered_may_be_repeated_and_only_while_it_is_kept() -> None:
    memory, engine, seat = await opened()
    async with memory:
        before = engine.bank.database.clock.now_ms()
        first = await seat.ask("Is Socrates mortal?")
        after = engine.bank.database.clock.now_ms()
        assert "until_ms" not in first
        again = await seat.ask("Is Socrates mortal?")
        assert again["ok"]["cached"] == "exact"
        assert before + HOUR_MS <= again["until_ms"] <= after + HOUR_MS
        assert "until_ms" not in await seat.ask("Is Socrates mortal?", depth=2)
        assert "until_ms" not in await seat.ask("Is Socrates mortal?", depth=0)


async def test_an_answer_may_be_repeated_until_a_fact_begins_or_ends_to_hold() -> None:
    memory, engine, seat = await opened()
    async with memory:
        begins = engine.bank.database.clock.now_ms() + 60_000
        await memory.graph.add("plato", "is", "human", valid_from_ms=begins, valid_to_ms=begins + 5)
        for _ in range(2):
            answer = await seat.ask("Is Plato mortal?")
        assert answer["until_ms"] == begins
        for _ in range(2):
            answer = await seat.ask("Is Plato mortal?", as_of_ms=begins)
        assert answer["ok"]["verdict"] == "true"
        assert answer["until_ms"] > begins


async def test_every_commit_is_told_before_it_is_acknowledged_whoever_asked_for_it() -> None:
    memory, _, seat = await opened()
    async with memory:
        told = seat.repeats.forgotten
        assert told > 0
        await seat.ask("Is Socrates mortal?")
        await memory.cache_stats()
        assert seat.repeats.forgotten == told
        await memory.graph.add("plato", "is", "human")
        assert seat.repeats.forgotten == told + 1
        pid = await memory.store(task_description="Ask the Athenians")
        assert seat.repeats.forgotten == told + 2
        await memory.used([pid])
        await memory.graph.retract(subject="plato")
        await memory.purge(pid)
        assert seat.repeats.forgotten == told + 5


async def test_answers_given_without_asking_are_hits() -> None:
    memory, _, seat = await opened()
    async with memory:
        for _ in range(3):
            await seat.ask("Is Socrates mortal?")
        seat.repeats.hits = 40
        stats = await memory.cache_stats()
        assert (stats["hits"], stats["misses"]) == (42, 1)


async def test_a_result_that_stands_is_marked_before_it_and_one_that_does_not_is_not() -> None:
    async def standing(*_: Any) -> Standing:
        return Standing([1, {"a": None}], 17)

    async def plain(*_: Any) -> list[int]:
        return [1]

    methods: dict[str, Method[None]] = {"standing": Method(standing), "plain": Method(plain)}
    assert await dispatch_json(None, methods, "standing", "") == '{"until_ms":17,"ok":[1,{"a":null}]}'
    assert await dispatch_json(None, methods, "plain", "") == '{"ok":[1]}'
