"""A page's database as Python sees it: the JavaScript host module (web/src/host.js) behind plain Python calls.

Our own worker registers the module under the name `pramana_host`; a Pyodide that somebody else started imports the
copy that the wheel carries. Either way a tab takes a `Seat` at a name: it leads, and owns the database, or follows.
JavaScript objects stay inside this file; errors leave it as those of `pramana.errors`.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import pkgutil
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import js
from pyodide.code import run_js
from pyodide.ffi import JsException, create_proxy

from pramana.errors import CancelledError, PramanaError, StorageUnavailableError, from_wire, to_wire
from pramana.protocol import PROTOCOL_VERSION

__all__ = ["Database", "Repeats", "Seat", "destroy_database", "join"]

T = TypeVar("T")
Answer = Callable[[str, str, str, Callable[[str], None]], Coroutine[Any, Any, str]]
"""`(method, params_json, request_id, emit) -> '{"ok": …}' or '{"error": …}'`; `emit` sends a chunk."""

_IMPORT_SOURCE = """
async (source) => {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    try { return await import(url); } finally { URL.revokeObjectURL(url); }
}
"""

_loaded: list[Any] = []


async def join(name: str, *, protocol: int = PROTOCOL_VERSION) -> Seat:
    """Take a seat at the database `name`: as its leader if nobody leads, else as a follower.

    Raises:
        StorageUnavailableError: this page cannot keep data.
        ProtocolError: the leader is a tab with another release.
    """
    host = await _host()
    with _translated(host):
        return Seat(await host.join(name, _options(protocol=protocol)))


async def destroy_database(name: str) -> None:
    """Delete the database `name`.

    Raises:
        InUseError: a tab has it open.
        NotFoundError: there is none.
    """
    host = await _host()
    with _translated(host):
        await host.destroyDatabase(name)


class Seat:
    """A tab's place at a database. Until `leave`, it holds or waits for the lock."""

    def __init__(self, seat: Any) -> None:
        self._seat = seat
        self._host = _registered()
        self._proxies: list[Any] = []
        self._listeners: list[tuple[str, Any]] = []

    @property
    def name(self) -> str:
        """The database's name."""
        return str(self._seat.name)

    @property
    def role(self) -> str:
        """What this tab is now, "leader" or "follower"."""
        return str(self._seat.role)

    async def open_database(self, *, create: bool = True) -> Database:
        """Open the database as its leader, which ends every earlier leader's right to write.

        Raises:
            NotFoundError: there is none, and `create` is False.
            SchemaError, UpgradeBlockedError, QuotaError, StorageUnavailableError: it cannot be opened.
        """
        with _translated(self._host):
            return Database(await self._seat.openDatabase(_options(create=create)), self._host)

    def serve(self, answer: Answer) -> Repeats:
        """Answer calls from now on: this tab's own, followers', and those that waited for a leader."""
        tasks: dict[int, asyncio.Future[str]] = {}

        def start(key: int, method: str, params_json: str, request_id: str) -> str | None:
            def emit(chunk_json: str) -> None:
                served.emit(key, chunk_json)

            def finish(task: asyncio.Future[str]) -> None:
                del tasks[key]
                served.settle(key, _outcome(task))

            task = _begun(answer(method, params_json, request_id, emit))
            if task.done():
                return _outcome(task)
            tasks[key] = task
            task.add_done_callback(finish)
            return None

        def cancel(key: int) -> None:
            if task := tasks.get(key):
                task.cancel()

        served = self._host.serveSeat(self._seat, self._kept(start), self._kept(cancel))
        served.begin()
        return Repeats(served)

    async def call(
        self, method: str, params_json: str, request_id: str, on_chunk: Callable[[str], None] | None = None
    ) -> str:
        """Have the leader run `method`, whoever that is by then, and return its '{"ok": …}' or '{"error": …}'.

        Cancelling the task cancels the call at the leader, unless its commit has begun there.

        Raises:
            ClosedError: this seat was left.
            EpochLostError: another tab took over after the first chunk.
        """
        abort = js.AbortController.new()
        options = _options(requestId=request_id, signal=abort.signal)
        proxy = create_proxy(on_chunk) if on_chunk else None
        if proxy is not None:
            options.onChunk = proxy
        with _translated(self._host):
            answer = asyncio.ensure_future(self._seat.call(method, params_json, options))
            try:
                return str(await asyncio.shield(answer))
            except asyncio.CancelledError:
                abort.abort()
                # The leader decides whether it is too late; a result that stands is returned all the same.
                return str(await answer)
            finally:
                if proxy is not None:
                    proxy.destroy()

    def on_role(self, told: Callable[[str], None]) -> None:
        """Have `told(role)` called when it changes.

        The owner of a seat that takes over then opens the database and serves; one whose seat follows again, since
        another tab took over while this one slept, lets go of what it holds of the database.
        """
        self._listen("role", lambda event: told(str(event.detail)))

    def on_notice(self, told: Callable[[str, str], None]) -> None:
        """Have `told(kind, json)` called for what the leader broadcasts, also if that is this seat."""
        self._listen("notice", lambda event: told(str(event.detail.kind), str(event.detail.json)))

    def on_closed(self, told: Callable[[PramanaError], None]) -> None:
        """Have `told(error)` called once if the seat is lost otherwise than by `leave`."""
        host = self._host
        self._listen("closed", lambda event: told(_rebuilt(host, event.detail)))

    def broadcast(self, kind: str, json_text: str) -> None:
        """Send a notice to every tab at this database, this one too."""
        self._seat.broadcast(kind, json_text)

    async def retire(self, error: PramanaError) -> None:
        """Leave for a reason, which all calls that wait get, and who listens for `on_closed`."""
        await self._host.retire(self._seat, json.dumps(to_wire(error)))
        await self.leave()

    async def leave(self) -> None:
        """Finish what runs, close the database and release the lock. Leaving twice is allowed."""
        await self._seat.leave()
        for kind, proxy in self._listeners:
            self._seat.removeEventListener(kind, proxy)
        for proxy in self._proxies:
            proxy.destroy()
        self._listeners.clear()
        self._proxies.clear()

    def _listen(self, kind: str, told: Callable[[Any], None]) -> None:
        proxy = self._kept(told)
        self._listeners.append((kind, proxy))
        self._seat.addEventListener(kind, proxy)

    def _kept(self, function: Callable[..., Any]) -> Any:
        proxy = create_proxy(function)
        self._proxies.append(proxy)
        return proxy


class Repeats:
    """The answers that JavaScript gives again without asking: those that say until when they stand (`wire`)."""

    def __init__(self, served: Any) -> None:
        self._served = served

    @property
    def hits(self) -> int:
        """How many it gave."""
        return int(self._served.hits())

    def forget(self) -> None:
        """Drop them all: something was committed."""
        self._served.forget()


class Database:
    """The leader's database: `store.indexeddb.Database`, over web/src/indexeddb.js.

    Bytes cross as one array per call; what a JSON header calls `[offset, length]` lies in it.
    """

    def __init__(self, database: Any, host: Any) -> None:
        self._database = database
        self._host = host

    async def state(self) -> str:
        return str(await self._run(self._database.state()))

    async def set_meta(self, values: str) -> None:
        await self._run(self._database.setMeta(values))

    async def commit(self, header: str, data: bytes) -> None:
        await self._run(self._database.commit(header, _array(data)))

    async def done(self, request_id: str) -> str | None:
        found = await self._run(self._database.done(request_id))
        return None if found is None else str(found)

    async def read(self, kind: str, ids: str) -> tuple[str, bytes]:
        return _packed(await self._run(self._database.read(kind, ids)))

    async def scan(self, after: str, kind: str) -> tuple[str, bytes]:
        return _packed(await self._run(self._database.scan(after, kind)))

    async def changes_since(self, seq: int) -> tuple[str, bytes]:
        return _packed(await self._run(self._database.changesSince(seq)))

    async def entries(self, after: int, limit: int) -> str:
        return str(await self._run(self._database.entries(after, limit)))

    async def begin_snapshot(self, header: str) -> None:
        await self._run(self._database.beginSnapshot(header))

    async def write_segment(self, gen: int, index: int, data: bytes) -> None:
        await self._run(self._database.writeSegment(gen, index, _array(data)))

    async def finish_snapshot(self, gen: int) -> None:
        await self._run(self._database.finishSnapshot(gen))

    async def snapshots(self) -> str:
        return str(await self._run(self._database.snapshots()))

    async def read_segment(self, gen: int, index: int) -> bytes:
        return bytes((await self._run(self._database.readSegment(gen, index))).to_bytes())

    async def drop_snapshots(self) -> None:
        await self._run(self._database.dropSnapshots())

    async def size_bytes(self) -> int:
        return int(await self._run(self._database.sizeBytes()))

    def close(self) -> None:
        self._database.close()

    async def _run(self, promise: Awaitable[T]) -> T:
        with _translated(self._host):
            return await promise


async def _host() -> Any:
    try:
        return _registered()
    except ImportError:
        pass
    if not hasattr(js, "indexedDB"):
        raise StorageUnavailableError('there is no IndexedDB here; ":memory:" works', alternative=":memory:")
    source = pkgutil.get_data("pramana", "data/host.js")
    if source is None:
        raise ImportError("the package was installed without data/host.js", name=__name__)
    host = await run_js(_IMPORT_SOURCE)(source.decode())
    if not _loaded:
        _loaded.append(host)
    return _loaded[0]


def _registered() -> Any:
    """The host module, if it is here already.

    Raises:
        ImportError: neither registered nor loaded.
    """
    return _loaded[0] if _loaded else importlib.import_module("pramana_host")


@contextmanager
def _translated(host: Any) -> Iterator[None]:
    try:
        yield
    except JsException as error:
        raise _rebuilt(host, error) from error


def _rebuilt(host: Any, error: Any) -> PramanaError:
    return from_wire(json.loads(host.describe(error)))


def _begun(answering: Coroutine[Any, Any, str]) -> asyncio.Future[str]:
    """A task that ran as far as it comes without waiting: a turn of the browser's event loop takes longer than that."""
    if sys.version_info >= (3, 12):
        return asyncio.Task(answering, loop=asyncio.get_running_loop(), eager_start=True)
    return asyncio.ensure_future(answering)


def _outcome(task: asyncio.Future[str]) -> str:
    if task.cancelled():
        return json.dumps({"error": to_wire(CancelledError("the call was cancelled; nothing was written"))})
    error = task.exception()
    return task.result() if error is None else json.dumps({"error": to_wire(error)})


def _options(**values: Any) -> Any:
    options = js.Object.new()
    for name, value in values.items():
        setattr(options, name, value)
    return options


def _array(data: bytes) -> Any:
    array = js.Uint8Array.new(len(data))
    array.assign(data)
    return array


def _packed(packed: Any) -> tuple[str, bytes]:
    return str(packed.header), bytes(packed.bytes.to_bytes())
