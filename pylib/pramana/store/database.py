"""One opened store with its one writer, shared by the parts that keep their own kinds of record in memory.

Rules of the file: every part sees every committed row, in the order of the journal, and may see one twice; a write
is acknowledged when the parts have taken it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from pramana.errors import ClosedError, InputError, ReadOnlyError
from pramana.ports import Changes, Clock, RecordStore, Row, StoreState
from pramana.records import SystemClock
from pramana.standing import disregard
from pramana.store.writer import Intent, Writer

__all__ = ["Database", "Part"]

MAX_REQUEST_ID = 1_000
"""Characters."""


class Part(Protocol):
    """What keeps something of a database in memory."""

    def take(self, rows: Sequence[Row]) -> None:
        """Take committed rows, of any kind; never raises."""
        ...

    async def settle(self) -> None:
        """Apply what was taken; raises if that cannot be done."""
        ...


class Database:
    """Commits, and keeps parts in step with what was committed here and elsewhere. Made by `Database.open`."""

    def __init__(
        self,
        store: RecordStore,
        state: StoreState,
        clock: Clock,
        *,
        read_only: bool = False,
        on_change: Callable[[int], None] | None = None,
    ) -> None:
        self.store = store
        self.clock = clock
        self.read_only = read_only
        self._on_change = on_change
        self._parts: list[Part] = []
        self._writer = Writer(store, state, clock, self._applied, self._caught_up)
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        store: RecordStore,
        *,
        clock: Clock | None = None,
        read_only: bool = False,
        on_change: Callable[[int], None] | None = None,
    ) -> Database:
        """Open `store`, which from here on is the database's own: it is closed with it, and when opening fails.

        Args:
            store: not yet opened.
            clock: wall time.
            read_only: refuse writes.
            on_change: told the seq after each commit, of this process or caught up with.

        Raises:
            StoreError: it cannot be opened.
        """
        try:
            state = await store.open()
        except BaseException:
            await store.close()
            raise
        return cls(store, state, clock or SystemClock(), read_only=read_only, on_change=on_change)

    @property
    def state(self) -> StoreState:
        """The head as last committed or caught up with."""
        return self._writer.state

    def attach(self, part: Part) -> None:
        """Tell `part` of every commit from here on."""
        self._parts.append(part)

    def detach(self, part: Part) -> None:
        """Tell `part` of nothing any more."""
        self._parts.remove(part)

    def loaded(self, state: StoreState) -> None:
        """Go on from `state`: a part was loaded as of it, before anything was committed here."""
        if state.head_seq > self._writer.state.head_seq:
            self._writer.state = state

    async def submit(self, intent: Intent, *, request_id: str | None = None) -> Any:
        """Run `intent` in the next commit and return its result; see `Writer.submit`.

        Raises:
            InputError: `request_id` is no text of up to 1,000 characters.
        """
        self.check_writable()
        _check_request_id(request_id)
        result = await self._writer.submit(intent, request_id=request_id)
        try:
            await self._settle()
        except asyncio.CancelledError:
            # The commit stands, so its result is returned; the next read applies what still waits.
            disregard()
        return result

    async def done(self, request_id: str | None) -> str | None:
        """The result, as JSON, of a request that was committed under this id, if it is still remembered."""
        _check_request_id(request_id)
        return None if request_id is None else await self.store.done(request_id)

    async def catch_up(self) -> None:
        """Bring the parts up to date with what was committed, here and elsewhere."""
        self.check_open()
        await self._writer.catch_up()
        await self._settle()
        self.check_open()

    async def drain(self) -> None:
        """Wait until everything submitted is committed or refused."""
        await self._writer.drain()

    async def close(self) -> None:
        """Finish what was submitted and close the store. Closing twice is allowed."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        try:
            await self._writer.drain()
        finally:
            await self.store.close()

    def check_open(self) -> None:
        """Raise ClosedError once this is being closed."""
        if self._closing is not None:
            raise ClosedError("this memory was closed; open it again")

    def check_writable(self) -> None:
        """Raise ClosedError or ReadOnlyError unless this may be written."""
        self.check_open()
        if self.read_only:
            raise ReadOnlyError("this memory was opened read-only; open it with read_only=False to write")

    async def _settle(self) -> None:
        for part in self._parts:
            await part.settle()

    def _applied(self, rows: Sequence[Row], state: StoreState) -> None:
        for part in self._parts:
            part.take(rows)
        if self._on_change is not None:
            asyncio.get_running_loop().call_soon(self._on_change, state.head_seq)

    def _caught_up(self, changes: Changes) -> None:
        self._applied(changes.rows, changes.state)


def _check_request_id(given: str | None) -> None:
    if given is None:
        return
    problem = ""
    if not isinstance(given, str):
        problem = f"a text, not {type(given).__name__}"
    elif not 0 < len(given) <= MAX_REQUEST_ID:
        problem = f"1 to {MAX_REQUEST_ID:,} characters"
    elif any("\ud800" <= character <= "\udfff" for character in given):
        problem = "without halves of surrogates"
    if problem:
        raise InputError(f"request_id must be {problem}", field="request_id")
