"""One database file, two graphs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from pramana import pace
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.store.database import Database
from pramana.store.sqlite import SqliteStore
from tests.unit.graph.graphs import BuildKernels, StillClock, all_said, open_graph, state_of


async def test_two_processes_see_what_the_other_wrote(tmp_path: Path) -> None:
    path, clock = tmp_path / "memory.db", StillClock()
    async with open_graph(SqliteStore(path), clock) as one, open_graph(SqliteStore(path), clock) as other:
        await one.declare("lives_in", functional=True)
        await one.add("bob", "lives_in", "rome")
        await one.add_many([("eve", "lives_in", "rome"), ("ann", "lives_in", "rome")])
        assert len(await other.match(None, "lives_in")) == 3
        await asyncio.gather(
            *(one.add("bob", "likes", n) for n in range(10)),
            *(other.add("bob", "likes", n) for n in range(5, 15)),
        )
        clock.ms += 1
        await other.add_many([("bob", "lives_in", "oslo"), ("eve", "lives_in", "oslo")])
        await other.add_rule("(?x lives_in ?y) => (?y houses ?x)")
        assert len(await one.match("bob", "likes")) == 15
        assert await all_said(one, None, "houses", derived=True) == [
            "oslo houses bob 1 derived",
            "oslo houses eve 1 derived",
            "rome houses ann 1 derived",
        ]
        await one.retract(subject="bob")
        assert await state_of(one) == await state_of(other)
        after = await state_of(one)
    async with open_graph(SqliteStore(path), clock) as graph:
        assert await state_of(graph) == after


@pytest.mark.parametrize("ms", [3, 8, 14, 18, 22, 26, 30, 40])
async def test_a_first_call_that_is_given_up_loads_to_its_end(
    ms: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "memory.db"
    async with open_graph(SqliteStore(path)) as graph:
        await graph.add_many([(f"a{n}", "p", f"b{n % 50}") for n in range(9000)], source="s")
    one, other = await Database.open(SqliteStore(path)), await Database.open(SqliteStore(path))
    slow, quick = KnowledgeGraph(one, BuildKernels()), KnowledgeGraph(other, BuildKernels())
    await quick.stats()
    with monkeypatch.context() as patch:
        patch.setattr(pace, "STRETCH_S", 0.0)
        task = asyncio.create_task(slow.match("a1"))
        await asyncio.sleep(ms / 1000)
        task.cancel()
        await asyncio.wait([task])
        await quick.add("new", "p", "c")
        await one.catch_up()  # as a bank that shares the database does at every read
    assert [fact.id for fact in await slow.match(None, "p", "b7")] == [
        fact.id for fact in await quick.match(None, "p", "b7")
    ]
    assert await slow.retract(subject="a8999") == 1
    assert await quick.match("a8999") == []
    assert len(await quick.match("a8998")) == len(await quick.match("new")) == 1
    for graph, database in ((slow, one), (quick, other)):
        await graph.close()
        await database.close()
