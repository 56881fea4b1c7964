from __future__ import annotations

import asyncio
from collections.abc import Sequence

from pramana.bank.bodies import OVERHEAD, Bodies
from pramana.ports import Row
from pramana.store.memory import MemoryStore


def row(pid: str, body: bytes | None) -> Row:
    return Row("pattern", pid, body, None)


class Counting(MemoryStore):
    """Rows that were put here by hand; counts what is asked for."""

    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__()
        self.rows = {(each.kind, each.id): each for each in rows}
        self.asked: list[list[str]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def read(self, kind: str, ids: Sequence[str]) -> list[Row | None]:
        self.asked.append(list(ids))
        found = [self.rows.get((kind, pid)) for pid in ids]
        await self.gate.wait()
        return found


async def test_what_was_read_is_not_read_again() -> None:
    store = Counting([row("a", b"A"), row("b", b"B"), row("gone", None)])
    bodies = Bodies(store)
    assert await bodies.read("pattern", ["b", "a", "b", "none", "gone"]) == [b"B", b"A", b"B", None, None]
    assert store.asked == [["b", "a", "none", "gone"]]
    assert await bodies.read("pattern", ["a", "b"]) == [b"A", b"B"]
    assert len(store.asked) == 1
    assert await bodies.read("evidence", ["a"]) == [None]


async def test_commits_replace_and_remove_what_is_kept() -> None:
    bodies = Bodies(Counting([row("a", b"old")]))
    await bodies.read("pattern", ["a"])
    bodies.take([row("a", b"newer")])
    assert await bodies.read("pattern", ["a"]) == [b"newer"]
    bodies.take([row("a", None)])
    assert bodies.size_bytes == 0


async def test_the_least_recently_used_go_first() -> None:
    store = Counting([row(name, name.encode() * 100) for name in "abc"])
    bodies = Bodies(store, max_bytes=2 * (OVERHEAD + 100))
    for pid in ("a", "b", "a", "c"):
        await bodies.read("pattern", [pid])
    store.asked.clear()
    await bodies.read("pattern", ["a"])
    assert store.asked == []
    await bodies.read("pattern", ["b"])
    assert store.asked == [["b"]]
    assert bodies.size_bytes <= 2 * (OVERHEAD + 100)
    bodies.clear()
    assert bodies.size_bytes == 0


async def test_a_read_that_a_commit_overtook_is_not_kept() -> None:
    store = Counting([row("a", b"secret")])
    bodies = Bodies(store)
    store.gate.clear()
    reading = asyncio.ensure_future(bodies.read("pattern", ["a"]))
    await asyncio.sleep(0)
    store.rows["pattern", "a"] = row("a", None)
    bodies.take([row("a", None)])
    store.gate.set()
    await reading
    assert await bodies.read("pattern", ["a"]) == [None]
