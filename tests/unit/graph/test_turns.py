"""Turns at a graph: readings together, a change alone, and everybody in the end."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.graph.turns import Turns


class Table:
    """People at turns, who leave when told; `began` has those who are there, in the order in which they came."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.began: list[str] = []
        self._leave: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, name: str) -> None:
        """Ask for a turn: names that begin with r read, those with l read long, those with c change."""
        self._leave[name] = asyncio.Event()
        self._tasks[name] = asyncio.ensure_future(self._sit(name))
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def leave(self, name: str) -> None:
        self._leave[name].set()
        await asyncio.wait_for(self._tasks[name], 10)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def all_leave(self) -> None:
        for event in self._leave.values():
            event.set()
        await asyncio.wait_for(asyncio.gather(*self._tasks.values()), 10)

    async def cancel(self, name: str) -> None:
        self._tasks[name].cancel()
        with pytest.raises(asyncio.CancelledError):
            await self._tasks[name]
        await asyncio.sleep(0)

    def cancel_later(self, name: str) -> None:
        self._tasks[name].cancel()

    async def _sit(self, name: str) -> None:
        turns = self.turns
        async with turns.changing() if name[0] == "c" else turns.reading(long=name[0] == "l"):
            self.began.append(name)
            await self._leave[name].wait()
            self.began.remove(name)


async def seated(*names: str) -> Table:
    table = Table()
    for name in names:
        await table.come(name)
    return table


@pytest.mark.parametrize(
    ("came", "there"),
    [
        ("r1 r2 l1 l2", "r1 r2 l1 l2"),
        ("c1 c2 r1 l1", "c1"),
        ("r1 c1 r2", "r1"),
        ("r1 c1 l1", "r1"),
        ("l1 c1 r1", "l1 r1"),
        ("l1 c1 l2", "l1"),
    ],
)
async def test_who_may_be_there_together(came: str, there: str) -> None:
    table = await seated(*came.split())
    assert table.began == there.split()
    await table.all_leave()
    assert table.turns.free


async def test_a_change_comes_when_the_readings_before_it_are_over_and_before_those_after_it() -> None:
    table = await seated("l1", "c1", "r1", "l2", "c2", "r2")
    assert table.began == ["l1", "r1", "r2"]
    await table.leave("l1")
    await table.come("r3")
    assert table.began == ["r1", "r2"]
    await table.leave("r1")
    await table.leave("r2")
    assert table.began == ["c1"]
    await table.leave("c1")
    assert table.began == ["l2", "r3"]
    await table.leave("l2")
    await table.leave("r3")
    assert table.began == ["c2"]
    await table.leave("c2")
    assert table.turns.free


async def test_who_gives_up_waiting_holds_nobody_up() -> None:
    table = await seated("r1", "c1", "r2")
    await table.cancel("c1")
    assert table.began == ["r1", "r2"]
    await table.leave("r1")
    await table.leave("r2")
    assert table.turns.free


async def test_who_is_cancelled_as_the_turn_comes_gives_it_back() -> None:
    table = await seated("c1", "c2", "r1")
    table._leave["c1"].set()
    await asyncio.sleep(0)  # c1 leaves, and c2 has the turn without knowing it
    table.cancel_later("c2")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert table.began == ["r1"]
    await table.leave("r1")
    assert table.turns.free


async def test_who_is_cancelled_is_given_no_turn() -> None:
    table = await seated("c1", "c2")
    table.cancel_later("c2")
    table._leave["c1"].set()
    for _ in range(4):
        await asyncio.sleep(0)
    assert table.turns.free


async def test_an_error_ends_a_turn() -> None:
    turns = Turns()
    for turn in (turns.changing, turns.reading):
        with pytest.raises(ZeroDivisionError):
            async with turn():
                raise ZeroDivisionError
    assert turns.free


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("rlc"), st.integers(0, 3), st.integers(0, 9)), max_size=25))
async def test_a_change_is_always_alone_and_everybody_has_a_turn(calls: list[tuple[str, int, int]]) -> None:
    turns, there, served = Turns(), list[str](), list[int]()

    async def call(number: int, kind: str, stays: int, cancelled: int) -> None:
        async with turns.changing() if kind == "c" else turns.reading(long=kind == "l"):
            there.append(kind)
            try:
                for _ in range(stays):
                    assert there == ["c"] or "c" not in there
                    await asyncio.sleep(0)
            finally:
                there.remove(kind)
        served.append(number)

    tasks = []
    given_up = set()
    for number, (kind, stays, cancelled) in enumerate(calls):
        tasks.append(asyncio.ensure_future(call(number, kind, stays, cancelled)))
        if cancelled % 3 == 0:
            await asyncio.sleep(0)
        if cancelled == 9:
            tasks[number // 2].cancel()
            given_up.add(number // 2)
    found = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
    assert [one for one in found if one is not None and not isinstance(one, asyncio.CancelledError)] == []
    assert set(served) | given_up == set(range(len(calls)))
    assert turns.free
