"""Seats at one database within one process: what Web Locks and a BroadcastChannel give to tabs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from pramana.errors import ClosedError, PramanaError

Answer = Callable[[str, str, str, Callable[[str], None]], Awaitable[str]]


class Table:
    """The lock and the channel."""

    def __init__(self) -> None:
        self.seats: list[TableSeat] = []
        self.answer: Answer | None = None
        self.ready = asyncio.Event()

    def pass_on(self) -> None:
        """Have the first at the table lead, who did not before."""
        self.ready.clear()
        self.answer = None
        if self.seats and (told := self.seats[0]._on_role) is not None:
            told("leader")

    def join(self) -> TableSeat:
        seat = TableSeat(self)
        self.seats.append(seat)
        return seat


class TableSeat:
    """`app.seated.Seat`; the first at the table leads, the next when it leaves."""

    name = "table"

    def __init__(self, table: Table) -> None:
        self.table = table
        self.heard: list[tuple[str, Any]] = []
        self._gone = asyncio.Event()
        self.running: set[asyncio.Future[str]] = set()
        self._on_role: Callable[[str], None] | None = None
        self._on_closed: Callable[[PramanaError], None] | None = None

    @property
    def left(self) -> bool:
        return self._gone.is_set()

    @property
    def role(self) -> str:
        return "leader" if self.table.seats and self.table.seats[0] is self else "follower"

    def serve(self, answer: Answer) -> None:
        self.table.answer = answer
        self.table.ready.set()

    async def call(
        self, method: str, params_json: str, request_id: str, on_chunk: Callable[[str], None] | None = None
    ) -> str:
        """Ask whoever leads; asked again when the leader goes before it answered."""
        while True:
            await self._served()
            answer = self.table.answer
            assert answer is not None
            task = asyncio.ensure_future(
                answer(method, params_json, request_id, on_chunk or (lambda _: None))
            )
            leader = self.table.seats[0]
            leader.running.add(task)
            try:
                return await task
            except asyncio.CancelledError:
                if not leader.left and self.table.seats[0] is leader:
                    raise
            finally:
                leader.running.discard(task)

    async def _served(self) -> None:
        """Wait until somebody answers."""
        waits = [asyncio.ensure_future(event.wait()) for event in (self.table.ready, self._gone)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if self.left:
            raise ClosedError("left")

    def on_role(self, told: Callable[[str], None]) -> None:
        self._on_role = told

    def on_closed(self, told: Callable[[PramanaError], None]) -> None:
        self._on_closed = told

    def broadcast(self, kind: str, json_text: str) -> None:
        for seat in self.table.seats:
            seat.heard.append((kind, json.loads(json_text)))

    async def leave(self) -> None:
        if not self.left:
            if self.running:
                await asyncio.wait(self.running)
            self._go()

    def die(self) -> None:
        """What a killed tab does: nothing is finished, nothing is answered."""
        self._gone.set()
        for task in list(self.running):
            task.cancel()
        self._go()

    async def retire(self, error: PramanaError) -> None:
        self.lose(error)

    def sleep(self) -> None:
        """What a stolen lock does: the next leads, and this one follows and waits for its turn."""
        for task in list(self.running):
            task.cancel()
        self.table.seats.append(self.table.seats.pop(0))
        self.table.pass_on()
        assert self._on_role is not None
        self._on_role("follower")

    def lose(self, error: PramanaError) -> None:
        """What a stolen lock or a deleted database does."""
        self._go()
        assert self._on_closed is not None
        self._on_closed(error)

    def _go(self) -> None:
        led = self.role == "leader"
        self._gone.set()
        self.table.seats.remove(self)
        if led:
            self.table.pass_on()
