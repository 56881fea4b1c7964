"""Group commit: intents submitted one by one, written together, acknowledged when they are on the disk.

Rules of this file:
- Idle, an intent commits at once; what arrives during a commit forms the next.
- Forming, committing and applying a batch, and catching up with other processes, exclude each other (`_lock`), so
  rows are applied in the order of the journal.
- Memory changes after the commit and before its submitters hear of it.
- An intent may run several times (when another process committed first), and must not call the writer.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, runtime_checkable

from pramana.errors import EpochLostError, HeadMovedError, PramanaError, QuotaError
from pramana.ports import Changes, Clock, RecordStore, Row, StoreState
from pramana.records import HybridClock, canonical
from pramana.store.draft import Batch, Draft

__all__ = ["Draft", "Intent", "Writer"]

Intent: TypeAlias = Callable[[Draft], Awaitable[Any]]
"""Reads and writes through the draft and returns a JSON-able result; raising drops this intent alone."""

OPTIMISTIC_ATTEMPTS = 3
"""Lost races before other processes are kept out: a large batch would lose to a stream of small ones for ever."""
MAX_ATTEMPTS = 32
"""Lost races before a store that cannot keep others out gives up with HeadMovedError."""


@runtime_checkable
class SupportsReserve(Protocol):
    """A store that several processes write, and that one of them can have to itself for one commit."""

    def reserve(self) -> AbstractAsyncContextManager[None]:
        """Keep others from committing until the next commit here, or the end of the block."""
        ...


@dataclass(eq=False, slots=True)
class _Request:
    intent: Intent
    id: str | None
    future: asyncio.Future[Any]
    waiters: int = 0
    taken: bool = False
    touched: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Outcome:
    request: _Request
    result: Any = None
    error: BaseException | None = None


class Writer:
    """All writes of one process to one store.

    Args:
        store: opened.
        state: what `store.open()` returned.
        clock: wall time for the hybrid logical clock.
        apply: changes memory; gets the newest rows of a commit and the state after it. If it raises, submitters get
            its error although the commit stands, and the rows come again through `catch_up`.
        catch_up: changes memory; gets what other processes committed. Rows may come that were applied before.
    """

    def __init__(
        self,
        store: RecordStore,
        state: StoreState,
        clock: Clock,
        apply: Callable[[Sequence[Row], StoreState], None],
        catch_up: Callable[[Changes], None],
    ) -> None:
        self.state = state
        """The head as last committed or caught up with."""
        self._store = store
        self._clock = clock
        self._hybrid = HybridClock(state.device)
        self._hybrid_seq = 0
        self._apply = apply
        self._absorb = catch_up
        self._behind = False
        self._lock = asyncio.Lock()
        self._queue: deque[_Request] = deque()
        self._by_id: dict[str, _Request] = {}
        self._runner: asyncio.Task[None] | None = None

    async def submit(self, intent: Intent, *, request_id: str | None = None) -> Any:
        """Run `intent` in the next batch and return its result once that is committed.

        A `request_id` committed before, or queued now, is not run again: its first result is returned.

        Cancelled while queued, nothing is written and CancelledError is raised. Cancelled later, the commit goes on
        and its result is returned: CancelledError would claim that nothing was written.

        Raises:
            QuotaError: `details["not_written"]` lists this intent's record ids.
            Exception: what the intent raised, or what kept the whole batch from being stored; nothing was written.
        """
        request = self._by_id.get(request_id) if request_id is not None else None
        if request is None:
            request = _Request(intent, request_id, asyncio.get_running_loop().create_future())
            if request_id is not None:
                self._by_id[request_id] = request
            self._queue.append(request)
            if self._runner is None:
                self._runner = asyncio.create_task(self._run(), name="pramana-writer")
        return await self._outcome(request)

    async def catch_up(self) -> bool:
        """Apply what other processes committed; True if there was anything."""
        if not (self._behind or await self._store.moved()):
            return False
        async with self._lock:
            # Whoever held the lock may have caught up meanwhile.
            if not (self._behind or await self._store.moved()):
                return False
            return await self._catch_up()

    async def drain(self) -> None:
        """Wait until everything submitted is committed or refused."""
        while self._runner is not None:
            await asyncio.wait((self._runner,))

    async def _outcome(self, request: _Request) -> Any:
        request.waiters += 1
        ignored = 0
        while not request.future.done():
            try:
                await asyncio.wait((request.future,))
            except asyncio.CancelledError:
                ignored += 1
                if ignored == 1:
                    request.waiters -= 1
                if not request.taken:
                    if request.waiters == 0 and not request.future.done():
                        self._queue.remove(request)
                        self._forget(request)
                    raise
        if request.future.cancelled():
            raise asyncio.CancelledError
        task = asyncio.current_task()
        for _ in range(ignored if task is not None else 0):
            task.uncancel()  # type: ignore[union-attr]  # the range is empty without a task
        return request.future.result()

    def _forget(self, request: _Request) -> None:
        if request.id is not None and self._by_id.get(request.id) is request:
            del self._by_id[request.id]

    def _settle(self, outcome: _Outcome) -> None:
        request = outcome.request
        self._forget(request)
        if isinstance(outcome.error, asyncio.CancelledError):
            request.future.cancel()
        elif outcome.error is not None:
            request.future.set_exception(outcome.error)
        else:
            request.future.set_result(outcome.result)

    async def _run(self) -> None:
        batch: list[_Request] = []
        try:
            while self._queue:
                async with self._lock:
                    batch = list(self._queue)
                    self._queue.clear()
                    for request in batch:
                        request.taken = True
                    for outcome in await self._commit(batch):
                        self._settle(outcome)
        finally:
            # Reached with work left only when the event loop is being torn down and cancels every task.
            self._runner = None
            for request in (*batch, *self._queue):
                if not request.future.done():
                    self._settle(_Outcome(request, error=asyncio.CancelledError()))
            self._queue.clear()

    async def _commit(self, requests: Sequence[_Request]) -> list[_Outcome]:
        """Form, commit and apply one batch, again and again while other processes are first."""
        attempts = 0
        dropped: list[_Outcome] = []
        while True:
            dropped += [
                _Outcome(request, error=asyncio.CancelledError())
                for request in requests
                if not request.waiters
            ]
            requests = [request for request in requests if request.waiters]
            if not requests:
                return dropped
            try:
                async with self._alone() if attempts >= OPTIMISTIC_ATTEMPTS else nullcontext():
                    if attempts or self._behind:
                        await self._catch_up()
                    batch, outcomes = await self._form(requests)
                    if batch:
                        transaction = batch.transaction()
                        await self._store.commit(transaction)
            except HeadMovedError as error:
                attempts += 1
                if attempts == MAX_ATTEMPTS:
                    return dropped + _failed(requests, error)
            except Exception as error:  # noqa: BLE001 - it goes to everyone who waits for this batch
                return dropped + _failed(requests, error)
            else:
                break
        if not batch:
            return dropped + outcomes
        try:
            self._apply(transaction.rows, batch.state)
        except Exception as error:  # noqa: BLE001 - likewise; the head stays, so the rows come again
            self._behind = True
            return dropped + _failed(requests, error)
        self.state = batch.state
        self._hybrid_seq = batch.state.head_seq
        return dropped + outcomes

    def _alone(self) -> AbstractAsyncContextManager[None]:
        return self._store.reserve() if isinstance(self._store, SupportsReserve) else nullcontext()

    async def _form(self, requests: Sequence[_Request]) -> tuple[Batch, list[_Outcome]]:
        await self._see_head()
        batch = Batch(self._store, self.state)
        outcomes = []
        for request in requests:
            # What another process, or an attempt that was not heard of, committed under this id.
            first = None if request.id is None else await self._store.done(request.id)
            outcomes.append(
                _Outcome(request, result=json.loads(first))
                if first is not None
                else await self._draft(batch, request)
            )
        return batch, outcomes

    async def _draft(self, batch: Batch, request: _Request) -> _Outcome:
        draft = Draft(batch, self._hybrid.read(self._clock.now_ms()))
        try:
            result = await request.intent(draft)
            remembered = None if request.id is None else canonical(result).decode()
            if draft.written:
                batch.accept(draft, request.id, remembered)
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            return _Outcome(request, error=error)
        except Exception as error:  # noqa: BLE001 - it goes to the one who submitted this intent
            return _Outcome(request, error=error)
        finally:
            request.touched = list(dict.fromkeys(row.id for _, row in draft.written))
        return _Outcome(request, result=result)

    async def _catch_up(self) -> bool:
        self._behind = True
        changes = await self._store.changes_since(self.state.head_seq)
        if changes.state.epoch != self.state.epoch:
            # Taking the new epoch over would let a leader that was replaced go on writing.
            raise EpochLostError(
                "another tab took over this database; nothing was written",
                expected=self.state.epoch,
                found=changes.state.epoch,
            )
        news = changes.state != self.state
        if news:
            self._absorb(changes)
            self.state = changes.state
        self._behind = False
        return news

    async def _see_head(self) -> None:
        """Make the next clock reading later than the journal's last, also when the wall clock was set back."""
        seq = self.state.head_seq
        if self._hybrid_seq == seq:
            return
        for entry in await self._store.entries(seq - 1, 1):
            self._hybrid.see(entry.hlc)
        self._hybrid_seq = seq


def _failed(requests: Sequence[_Request], error: Exception) -> list[_Outcome]:
    return [_Outcome(request, error=_error_for(request, error)) for request in requests]


def _error_for(request: _Request, error: Exception) -> Exception:
    """A copy for each, since a traceback grows with every raise; a full disk names each one's own records."""
    if not isinstance(error, PramanaError):
        return error
    details = dict(error.details)
    if isinstance(error, QuotaError):
        details["not_written"] = list(request.touched)
    copy = type(error)(error.message, **details)
    copy.__cause__ = error
    return copy
