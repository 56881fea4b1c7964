"""Snapshots of folded indexes: split, hashed, and never trusted when damaged."""

from __future__ import annotations

import asyncio
import hashlib
from array import array
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.ports import Snapshot
from pramana.store import segments
from pramana.store.journal import GENESIS
from pramana.store.memory import MemoryStore
from pramana.store.segments import PIECE_BYTES, load, write


async def opened() -> MemoryStore:
    store = MemoryStore()
    await store.open()
    return store


def damage(store: MemoryStore, gen: int, index: int, data: bytes) -> None:
    snapshot, pieces = store._snapshots[gen]
    store._snapshots[gen] = (snapshot, (*pieces[:index], data, *pieces[index + 1 :]))


async def test_parts_come_back_and_large_ones_are_split():
    store = await opened()
    parts = {"columns": b"", "vectors": bytes(range(256)) * 40_000, "postings": b"x" * PIECE_BYTES}
    snapshot = await write(store, 0, GENESIS, parts)
    assert await load(store) == (snapshot, parts)
    assert [(name, size) for name, size, _ in snapshot.segments] == [
        ("columns", 0),
        ("vectors", PIECE_BYTES),
        ("vectors", PIECE_BYTES),
        ("vectors", 256 * 40_000 - 2 * PIECE_BYTES),
        ("postings", PIECE_BYTES),
    ]
    assert snapshot.segments[0][2] == hashlib.sha256().hexdigest()
    assert await load(await opened()) is None


async def test_any_buffer_may_be_a_part():
    store = await opened()
    numbers = array("f", [1.0, 2.0, 3.0])
    await write(store, 0, GENESIS, {"numbers": numbers, "bytes": bytearray(b"abc"), "empty": array("f")})
    _, parts = await load(store)
    assert parts == {"numbers": numbers.tobytes(), "bytes": b"abc", "empty": b""}


async def test_no_part_at_all_is_a_snapshot_too():
    store = await opened()
    snapshot = await write(store, 0, GENESIS, {})
    assert await load(store) == (snapshot, {})


@given(st.data())
async def test_a_damaged_piece_falls_back_to_the_snapshot_before(data):
    store = await opened()
    first = await write(store, 0, GENESIS, {"a": b"first", "b": b"part"})
    second = await write(store, 0, GENESIS, {"a": b"second", "b": b"part"})
    assert (await load(store))[0] == second
    pieces = store._snapshots[second.gen][1]
    index = data.draw(st.integers(0, 1))
    piece = bytearray(pieces[index])
    match data.draw(st.sampled_from(["flip", "cut", "longer"])):
        case "flip":
            piece[data.draw(st.integers(0, len(piece) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        case "cut":
            piece.pop()
        case "longer":
            piece.append(0)
    damage(store, second.gen, index, bytes(piece))
    assert await load(store) == (first, {"a": b"first", "b": b"part"})
    damage(store, first.gen, index, b"")
    assert await load(store) is None


async def test_a_missing_piece_falls_back():
    store = await opened()
    first = await write(store, 0, GENESIS, {"a": b"1"})
    second = await write(store, 0, GENESIS, {"a": b"2", "b": b"3"})
    store._snapshots[second.gen] = (second, (b"2",))
    assert (await load(store))[0] == first


async def test_a_snapshot_of_another_journal_is_not_loaded():
    store = await opened()
    await write(store, 0, "f" * 64, {"a": b"1"})
    assert await load(store) is None
    await write(store, 5, "f" * 64, {"a": b"1"})  # there is no entry 5
    assert await load(store) is None


async def test_generations_count_on():
    store = await opened()
    assert [(await write(store, 0, GENESIS, {"a": b"1"})).gen for _ in range(4)] == [1, 2, 3, 4]
    assert [snapshot.gen for snapshot in await store.snapshots()] == [4, 3]


async def test_the_loop_runs_between_pieces(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(segments, "PIECE_BYTES", 1000)
    store = await opened()
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counter = asyncio.create_task(count())
    await write(store, 0, GENESIS, {"a": bytes(50_000)})
    written, turns = turns, 0
    await load(store)
    counter.cancel()
    assert written >= 50
    assert turns >= 50


async def test_a_snapshot_record_is_checked_by_its_sizes():
    store = await opened()
    snapshot = await write(store, 0, GENESIS, {"a": b"123"})
    wrong = replace(snapshot, segments=(("a", 4, snapshot.segments[0][2]),))
    assert isinstance(wrong, Snapshot)
    store._snapshots[1] = (wrong, (b"123",))
    assert await load(store) is None
