"""The seams: what Pramana asks of its surroundings, and nothing more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

Buffer: TypeAlias = Any  # an object with the buffer protocol (collections.abc.Buffer needs Python 3.12)


class WasmModule(Protocol):
    """One instance of a kernel with its own memory."""

    name: str
    """"vector", "text" …"""
    build: str
    """"simd" or "scalar"."""
    runtime: str
    """What executes it, for `capabilities()`: "browser", "wasmtime 50.0.1" …"""

    def bind(self, export: str) -> Callable[..., int]:
        """Return the export as a callable of ints and floats; look it up once and keep it."""
        ...

    def write(self, ptr: int, data: Buffer) -> None:
        """Copy the bytes of `data` to `ptr`."""
        ...

    def read(self, ptr: int, size: int) -> bytes:
        """Copy `size` bytes from `ptr`."""
        ...


class Embedder(Protocol):
    """Text to vectors. `id` and `dim` are stored with a database and must match when it is opened again."""

    id: str
    dim: int

    async def embed(self, texts: Sequence[str]) -> Any:
        """Return `len(texts)` vectors of `dim` floats: a flat float32 buffer, a 2-d array, or a list of lists.

        A text in which the embedder knows nothing is the zero vector.
        """
        ...


class Clock(Protocol):
    """Wall time."""

    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC."""
        ...


class Peer(Protocol):
    """The leader's engine, as a follower sees it."""

    async def call(
        self,
        method: str,
        params: dict[str, Any],
        *,
        request_id: str,
        on_chunk: Callable[[Any], None] | None = None,
    ) -> Any:
        """Have the leader run `method`; retried with the same `request_id` if the leader changes."""
        ...


@dataclass(frozen=True, slots=True)
class Row:
    """One record as a store keeps it. `body` holds canonical bytes with the id in them, None once purged."""

    kind: str
    id: str
    body: bytes | None
    body_hash: str | None
    vector: bytes | None = None
    namespace: str = ""
    category: str = ""
    updated: str = ""


@dataclass(frozen=True, slots=True)
class Op:
    """One line of a journal entry: `op` is "put", "delete" (a put of a tombstone) or "purge"."""

    kind: str
    id: str
    op: str
    body_hash: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One commit in the journal; `hash` covers all other fields (see store/journal.py)."""

    seq: int
    prev: str
    device: str
    device_seq: int
    hlc: str
    epoch: int
    request_id: str
    ops: tuple[Op, ...]
    hash: str


@dataclass(frozen=True, slots=True)
class Transaction:
    """What one atomic commit writes, and what must still be true for it.

    `rows` holds the newest row of every record touched (a purged one has `body` None); `bodies` every version
    written, by hash, with the id of its record; `purged` the (kind, id) whose bodies, of all versions, go.
    """

    expect_head: int
    expect_epoch: int
    entries: tuple[Entry, ...]
    rows: tuple[Row, ...]
    bodies: dict[str, tuple[str, bytes]]
    done: dict[str, str]
    purged: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StoreState:
    """Where a store stands. `meta` holds further keys (embedder, embedder_dim …)."""

    schema: int
    epoch: int
    head_seq: int
    head_hash: str
    device: str
    device_seq: int
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """The newest rows of the records touched after a given seq, and the state they lead to."""

    state: StoreState
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A folded index as of `seq`. `segments` is [(name, size_bytes, sha256)], in order."""

    gen: int
    seq: int
    head_hash: str
    segments: tuple[tuple[str, int, str], ...]


class RecordStore(Protocol):
    """Records, journal and derived segments, in one place that commits atomically.

    Errors are those of `pramana.errors.StoreError`; a call that raises has written nothing.
    """

    backend: str
    """"memory", "sqlite", "indexeddb"."""
    durability: str
    """"none", or what a returned commit survives: "power-loss" or "process-crash"."""

    async def open(self) -> StoreState:
        """Open, creating what is missing (unless read-only). Called once, first."""
        ...

    async def state(self) -> StoreState:
        """The state on disk now (another process may have moved it)."""
        ...

    async def moved(self) -> bool:
        """Cheaply: may another process have committed since this store last read or wrote the state?"""
        ...

    async def set_meta(self, values: dict[str, Any]) -> None:
        """Set further keys of `StoreState.meta`, durably."""
        ...

    async def commit(self, transaction: Transaction) -> None:
        """Write all of it or nothing, durably.

        Raises:
            HeadMovedError: `expect_head` is not the head.
            EpochLostError: `expect_epoch` is not the epoch.
            QuotaError: no room.
        """
        ...

    async def done(self, request_id: str) -> str | None:
        """The result recorded for a request that has been committed, if it is still remembered."""
        ...

    async def read(self, kind: str, ids: Sequence[str]) -> list[Row | None]:
        """The rows with these ids, in order; None where there is none."""
        ...

    def scan(self, kind: str | None = None) -> AsyncIterator[list[Row]]:
        """All rows, or those of a kind, in batches of at most 1,000, ordered by (kind, id), as of when it began."""
        ...

    async def changes_since(self, seq: int) -> Changes:
        """What a reader that has applied everything up to `seq` is missing."""
        ...

    async def entries(self, after: int, limit: int) -> list[Entry]:
        """Journal entries with seq > after, ascending, at most `limit`."""
        ...

    async def write_snapshot(self, snapshot: Snapshot, segments: Sequence[bytes]) -> None:
        """Store a snapshot, visible only when complete, then drop older ones but the last before it."""
        ...

    async def snapshots(self) -> list[Snapshot]:
        """Complete snapshots, newest first."""
        ...

    async def read_segment(self, gen: int, index: int) -> bytes:
        """One segment's bytes, unverified (the reader checks the hash)."""
        ...

    async def drop_snapshots(self) -> None:
        """Delete all snapshots and segments."""
        ...

    async def size_bytes(self) -> int:
        """Bytes used on disk, as near as the backend can tell."""
        ...

    async def close(self) -> None:
        """Release everything. Closing twice is allowed."""
        ...
