"""One database file, two graphs."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pramana.store.sqlite import SqliteStore
from tests.unit.graph.graphs import StillClock, all_said, open_graph, state_of


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
