"""The memory behind a tab's seat: its own engine while the tab leads, the leader's while it follows.

When the leader goes, the browser gives its lock to the next seat, which opens the database itself. Calls that
were under way wait in the seat meanwhile, and are answered by whoever leads then. A leader that slept, so that another
tab took over, follows again: it drops its engine, of which no commit can succeed any more.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

from pramana.answers import Answer
from pramana.app.engine import Engine, Repeats
from pramana.bank.encode import Progress
from pramana.bank.reasoning_bank import ReasoningBank
from pramana.bank.remote import RemoteBank
from pramana.errors import CancelledError, ClosedError, InUseError, PramanaError, from_wire, to_wire
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.graph.remote import RemoteGraph
from pramana.ports import Embedder
from pramana.records import SystemClock, uuid7
from pramana.standing import disregard

__all__ = ["Seat", "SeatedEngine"]


class Seat(Protocol):
    """A tab's place at a database (platform/host.py)."""

    @property
    def role(self) -> str: ...
    def serve(
        self, answer: Callable[[str, str, str, Callable[[str], None]], Coroutine[Any, Any, str]]
    ) -> Repeats | None: ...
    async def call(
        self, method: str, params_json: str, request_id: str, on_chunk: Callable[[str], None] | None = None
    ) -> str: ...
    def on_role(self, told: Callable[[str], None]) -> None: ...
    def on_closed(self, told: Callable[[PramanaError], None]) -> None: ...
    def broadcast(self, kind: str, json_text: str) -> None: ...
    async def retire(self, error: PramanaError) -> None: ...
    async def leave(self) -> None: ...


class SeatPeer:
    """Reaches the leader through a seat: `ports.Peer`.

    Args:
        seat: this tab's.
        lost: why the seat was left, if that was not asked for.
    """

    def __init__(self, seat: Seat, lost: Callable[[], PramanaError | None]) -> None:
        self._seat = seat
        self._lost = lost

    async def call(
        self,
        method: str,
        params: dict[str, Any],
        *,
        request_id: str,
        on_chunk: Callable[[Any], None] | None = None,
    ) -> Any:
        """Return the result; raise the leader's error.

        Raises:
            asyncio.CancelledError: the caller was cancelled, and the leader says that it was not too late.
        """
        told = None if on_chunk is None else lambda chunk_json: on_chunk(json.loads(chunk_json))
        task = asyncio.current_task()
        cancelled_before = task.cancelling() if task is not None else 0
        # ASCII, since a lone surrogate must reach the validation that refuses it.
        try:
            answer = json.loads(await self._seat.call(method, json.dumps(params), request_id, told))
        except ClosedError as closed:
            raise (self._lost() or closed) from closed
        cancelled = task.cancelling() - cancelled_before if task is not None else 0
        if "ok" in answer:
            disregard(cancelled)
            return answer["ok"]
        error = from_wire(answer["error"])
        if isinstance(error, CancelledError) and cancelled:
            raise asyncio.CancelledError from error
        raise error


class SeatedEngine:
    """Holds `bank` and `graph`, whosever they are now.

    Args:
        seat: this tab's.
        open_engine: opens the database that the seat leads; told the listener for its changes.
        read_only: have `graph` refuse to write, though others may write through this tab's engine.
    """

    def __init__(
        self,
        seat: Seat,
        open_engine: Callable[[Callable[[int], None]], Awaitable[Engine]],
        *,
        read_only: bool = False,
    ) -> None:
        self._seat = seat
        self._open_engine = open_engine
        self._peer = peer = SeatPeer(seat, lambda: self._lost)
        self._remote_bank = RemoteBank(peer)
        self._remote_graph = RemoteGraph(peer, read_only=read_only)
        self._read_only = read_only
        self._own: Engine | None = None
        self._about: dict[str, Any] = {}
        self._lost: PramanaError | None = None
        self._term = 0
        """How often the role changed: what was begun in an earlier term is dropped."""
        self._changing: asyncio.Future[None] | None = None

    async def start(self) -> None:
        """Lead or follow. If that fails, the seat is left."""
        try:
            self._seat.on_closed(self._on_closed)
            self._seat.on_role(self._on_role)
            if self._seat.role == "leader":
                await self._lead()
            if self._own is None:
                self._about = await self._remote_bank.capabilities()
        except BaseException:
            await self._seat.leave()
            raise

    @property
    def role(self) -> str:
        """Whether this tab is the "leader" or a "follower"."""
        return self._seat.role

    @property
    def bank(self) -> ReasoningBank | RemoteBank:
        """Whom to ask for memories now.

        Raises:
            PramanaError: the seat was lost, for this reason.
        """
        own = self._engine()
        return self._remote_bank if own is None else own.bank

    @property
    def graph(self) -> KnowledgeGraph | RemoteGraph:
        """Whom to ask for knowledge now; errors as for `bank`."""
        own = self._engine()
        return self._remote_graph if own is None or self._read_only else own.graph

    async def reason(self, text: str, **options: Any) -> Answer:
        """Answer a question, here or where the leader is; errors as for `bank`."""
        own = self._engine()
        if own is not None:
            return await own.reason(text, **options)
        return Answer.from_dict(await self._asked("reason", {"text": text, **options}))

    async def cache_stats(self) -> dict[str, int]:
        """What happened in the leader's cache of answers; errors as for `bank`."""
        own = self._engine()
        stats: dict[str, int] = await (own.cache_stats() if own else self._asked("cache_stats", {}))
        return stats

    async def reembed(self, embedder: Embedder, on_progress: Progress | None = None) -> int:
        """Change the embedder, where this tab leads: it is this tab that has the new one."""
        own = self._engine()
        if own is None:
            raise InUseError(
                "another tab leads this memory; ask for the change there, or close it there first"
            )
        return await own.reembed(embedder, on_progress)

    async def _asked(self, method: str, params: dict[str, Any]) -> Any:
        return await self._peer.call(method, params, request_id=uuid7(SystemClock().now_ms()))

    def _engine(self) -> Engine | None:
        if self._lost is not None:
            raise self._lost
        return self._own

    def capabilities(self) -> dict[str, Any]:
        """Those of the engine; a follower's are the leader's as it said when this tab joined."""
        return self._about if self._own is None else self._own.capabilities()

    async def close(self) -> None:
        """Finish, then let another tab lead: what others ask meanwhile is answered until the seat is left."""
        if self._changing is not None:
            await asyncio.wait((self._changing,))
        if self._own is not None and self._lost is None:
            await self._own.checkpoint()
        await self._seat.leave()
        if self._own is not None:
            await self._own.close(fold=False)

    async def _lead(self) -> None:
        """Open the database and serve it, unless another tab takes over meanwhile."""
        term = self._term
        try:
            engine = await self._open_engine(self._announce)
        except PramanaError:
            if term == self._term:
                raise
            return  # it was taken away while it was opened: the next change of role says what to do
        if term == self._term and self._lost is None:
            self._own = engine
            engine.serve(self._seat)
        else:
            await engine.close(fold=False)

    def _announce(self, seq: int) -> None:
        if self._lost is None:
            self._seat.broadcast("change", json.dumps({"seq": seq}))

    def _on_role(self, role: str) -> None:
        self._term += 1
        own, self._own = self._own, None
        if own is not None:
            self._about = own.capabilities()
        term = self._term if role == "leader" else None
        self._changing = asyncio.ensure_future(self._change(self._changing, own, term))

    async def _change(
        self, before: asyncio.Future[None] | None, own: Engine | None, term: int | None
    ) -> None:
        """After the change before, close the engine of the term that ended, and lead in `term` if it still lasts."""
        if before is not None:
            await asyncio.wait((before,))
        if own is not None:
            await own.close(fold=False)
        if term != self._term or self._lost is not None:
            return
        try:
            await self._lead()
        except Exception as error:  # noqa: BLE001  # this tab's calls get it, those that wait and later ones
            self._lost = from_wire(to_wire(error))
            # Nothing was served, so what other tabs ask waits on, for the next that leads.
            await self._seat.retire(self._lost)

    def _on_closed(self, error: PramanaError) -> None:
        """The seat is gone: what this tab still computes can no longer be written."""
        self._lost = error
        if self._own is not None:
            self._changing = asyncio.ensure_future(self._own.close(fold=False))
