"""A graph in memory: loaded at the first call, and up to date at every one.

Rules of the file: whoever reads or writes has a turn to the end, so that the state stays as it is where a call pauses.
Calls that read have it together, one of them following rules; one that writes has it alone. A bank that shares the
database never waits for that. Loading is nobody's own call: who gives up waiting for it does not break it off.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, Protocol

from pramana.errors import ClosedError
from pramana.graph.inference import Deadline
from pramana.graph.knowledge_state import Knowledge
from pramana.graph.traversal import Traversal
from pramana.graph.view import Views
from pramana.kernels.interfaces import GraphLike, RulesLike
from pramana.standing import disregard
from pramana.store.database import Database
from pramana.store.writer import Intent

__all__ = ["GraphKernels", "Loaded", "Residence"]


class GraphKernels(Protocol):
    """What makes bases of facts, and graphs."""

    def rules(self) -> RulesLike:
        """An empty base."""
        ...

    def graph(self) -> GraphLike:
        """An empty graph."""
        ...


class Loaded(NamedTuple):
    """What a call works with."""

    state: Knowledge
    views: Views
    traversal: Traversal
    naming: asyncio.Lock
    """Held by whoever has the vocabulary."""


class Residence:
    """Gives calls the graph."""

    def __init__(self, database: Database, kernels: GraphKernels) -> None:
        self._database, self._kernels = database, kernels
        self._loading: asyncio.Task[Loaded] | None = None
        self._inferring = asyncio.Lock()
        self._closed = False

    @asynccontextmanager
    async def reading(self, *, long: bool = False) -> AsyncIterator[Loaded]:
        """The graph, up to date with what was committed anywhere, and nobody changing it. See `Turns`."""
        loaded = await self._loaded()
        await self._database.catch_up()
        state = loaded.state
        while True:
            async with state.turns.reading(long=long):
                self._check_open()
                if state.up_to_date():
                    yield loaded
                    return
            async with state.turns.changing():
                self._check_open()
                await state.bring_up()

    @asynccontextmanager
    async def inferring(self) -> AsyncIterator[Loaded]:
        """The same, and nobody else following rules."""
        async with self._inferring, self.reading(long=True) as loaded:
            yield loaded

    async def write(self, intent_on: Callable[[Knowledge], Intent], request_id: str | None) -> Any:
        """Commit an intent, apply it and return its result.

        Raises:
            ReadOnlyError: the memory was opened read-only.
        """
        self._database.check_writable()
        loaded = await self._loaded()
        async with loaded.state.turns.changing():
            self._check_open()
            result = await self._database.submit(intent_on(loaded.state), request_id=request_id)
            try:
                await loaded.state.bring_up()
            except asyncio.CancelledError:
                # The commit stands, so its result is returned; the next call applies what still waits.
                disregard()
        return result

    def deadline(self, timeout_s: float) -> Deadline:
        """A deadline that also ends when this is closed."""
        return _Deadline(timeout_s, self._check_open)

    async def close(self) -> None:
        """End the calls that are under way and free the memory. Closing twice is allowed."""
        self._closed = True
        loading = self._loading
        if loading is None:
            return
        loading.cancel()
        await asyncio.wait((loading,))
        if not loading.cancelled() and loading.exception() is None:
            loaded = loading.result()
            async with loaded.state.turns.changing():
                loaded.traversal.close()
                loaded.views.close()
                loaded.state.close()

    async def _loaded(self) -> Loaded:
        self._check_open()
        if self._loading is None:
            self._loading = asyncio.ensure_future(self._load())
            self._loading.add_done_callback(self._was_loaded)
        loading = self._loading
        try:
            return await asyncio.shield(loading)
        except asyncio.CancelledError:
            if loading.cancelled():  # by `close`, and not the caller
                self._check_open()
            raise

    async def _load(self) -> Loaded:
        state = Knowledge(self._kernels.rules(), self._database.clock)
        # Before it is loaded: what is committed meanwhile must not be missed.
        self._database.attach(state)
        try:
            async with state.turns.changing():
                await state.load(self._database.store)
        except BaseException:
            self._database.detach(state)
            state.close()
            raise
        views, traversal = Views(state, self._kernels.rules), Traversal(state, self._kernels.graph)
        return Loaded(state, views, traversal, asyncio.Lock())

    def _was_loaded(self, loading: asyncio.Task[Loaded]) -> None:
        # The next call tries again. Whoever waited has the error; that nobody did is no error of the loop's.
        if not loading.cancelled() and loading.exception() is not None:
            self._loading = None

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedError("this memory was closed; open it again")
        self._database.check_open()


class _Deadline(Deadline):
    def __init__(self, timeout_s: float, check_open: Callable[[], None]) -> None:
        super().__init__(timeout_s)
        self._check_open = check_open

    async def __call__(self) -> None:
        self._check_open()
        await super().__call__()
