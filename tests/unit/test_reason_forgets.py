"""What was purged, deleted or removed is not told any more, whoever removed it and however it was remembered."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest

import pramana
from pramana.app.memory import Pramana

SECRET = "rotate the azure key in the vault of Lund"
QUESTION = "How do I deploy the payment service?"
PACK = "subject,predicate,object\njwt,vulnerable_to,timing attack\n"
RULE = "(?x vulnerable_to ?y) => (?x is risky)"

Removal: TypeAlias = Callable[[Pramana, str], Awaitable[object]]


async def with_memory(memory: Pramana) -> str:
    return await memory.store(task_description="Deploy the payment service", strategy=SECRET)


async def assert_told(memory: Pramana, question: str, told: str, *, similar: bool) -> None:
    first = await memory.reason(question, similar=similar)
    assert told in json.dumps(first.to_dict())
    assert (await memory.reason(question, similar=similar)).cached == "exact"


async def assert_not_told(memory: Pramana, question: str, told: str) -> None:
    answers = [await memory.reason(asked, similar=True) for asked in (f"Hello, {question}", question)]
    assert answers[0].cached == ""
    for answer in answers:
        assert told not in json.dumps(answer.to_dict())


@pytest.mark.parametrize(
    "remove", [lambda memory, pid: memory.purge(pid), lambda memory, pid: memory.delete(pid)]
)
async def test_a_memory_that_was_removed_is_not_told_any_more(remove: Removal) -> None:
    async with await pramana.open(":memory:") as memory:
        pid = await with_memory(memory)
        await assert_told(memory, QUESTION, SECRET, similar=True)
        await remove(memory, pid)
        await assert_not_told(memory, QUESTION, SECRET)


@pytest.mark.parametrize(
    "remove",
    [
        lambda memory, name: memory.graph.remove_pack(name),
        lambda memory, name: memory.graph.retract(predicate="vulnerable_to"),
    ],
)
async def test_a_pack_that_was_removed_is_not_told_any_more(remove: Removal) -> None:
    async with await pramana.open(":memory:") as memory:
        await memory.graph.add_pack(PACK, name="web", licence="CC0-1.0", rules=RULE)
        for question, told in (("Is JWT risky?", "risky"), ("What is JWT vulnerable to?", "timing attack")):
            await assert_told(memory, question, told, similar=True)
        await remove(memory, "web")
        risky = await memory.reason("Is JWT risky?", similar=True)
        assert (risky.verdict, risky.cached, risky.proofs) == ("unknown", "", ())
        await assert_not_told(memory, "What is JWT vulnerable to?", "timing attack")


async def test_a_rule_that_was_removed_proves_nothing_any_more() -> None:
    async with await pramana.open(":memory:") as memory:
        await memory.graph.add("jwt", "vulnerable_to", "timing attack")
        await memory.graph.add_rule(RULE, name="risk")
        assert (await memory.reason("Is JWT risky?")).verdict == "true"
        await memory.graph.remove_rule("risk")
        assert (await memory.reason("Is JWT risky?")).verdict == "unknown"


@pytest.mark.skipif(sys.platform == "emscripten", reason="a page starts no processes")
async def test_what_another_process_removed_is_not_told_any_more(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    async with await pramana.open(path) as memory:
        pid = await with_memory(memory)
        await memory.graph.add_pack(PACK, name="web", licence="CC0-1.0", rules=RULE)
        await assert_told(memory, QUESTION, SECRET, similar=True)
        await assert_told(memory, "Is JWT risky?", "timing attack", similar=True)
        await command("purge", pid, "--db", str(path))
        await assert_not_told(memory, QUESTION, SECRET)
        await command("pack", "remove", "web", "--db", str(path))
        await assert_not_told(memory, "Is JWT risky?", "timing attack")


async def command(*arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pramana", *arguments, stdout=asyncio.subprocess.DEVNULL
    )
    assert await process.wait() == 0
