"""A store that keeps everything in this process: what ":memory:" opens. Nothing is shared, nothing stays behind."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

from pramana.errors import ClosedError, EpochLostError, HeadMovedError, InputError, NotFoundError
from pramana.ports import Changes, Entry, Row, Snapshot, StoreState, Transaction
from pramana.protocol import LIMITS, SCHEMA_VERSION
from pramana.store.journal import GENESIS, advance, touched_at

__all__ = ["SCAN_BATCH", "STATE_KEYS", "MemoryStore", "check_expected", "check_meta_keys"]

SCAN_BATCH = 1000
"""Rows in one batch of a scan, at most."""

STATE_KEYS = frozenset({"schema", "epoch", "head_seq", "head_hash", "device", "device_seq"})
"""Names that `StoreState` has fields for; `set_meta` may not touch them."""


def check_meta_keys(values: dict[str, Any]) -> None:
    """Refuse to set what only a commit may set.

    Raises:
        InputError: `details["field"]` names the key.
    """
    for key in STATE_KEYS & values.keys():
        raise InputError(f"{key!r} is set by commits alone", field=key)


def check_expected(transaction: Transaction, head: int, epoch: int) -> None:
    """Compare what a transaction expects with what is so. A lost epoch counts first: it cannot be caught up with.

    Raises:
        EpochLostError: another tab took over as leader.
        HeadMovedError: another process committed first.
    """
    if transaction.expect_epoch != epoch:
        raise EpochLostError(
            "another tab took over this database; nothing was written",
            expected=transaction.expect_epoch,
            found=epoch,
        )
    if transaction.expect_head != head:
        raise HeadMovedError(
            "another process committed first; catch up and try again",
            expected=transaction.expect_head,
            found=head,
        )


class MemoryStore:
    """Dicts behind `ports.RecordStore`; one instance is one database."""

    backend = "memory"
    durability = "none"

    def __init__(self) -> None:
        self._open = False
        self._forget()

    def _forget(self) -> None:
        self._state = StoreState(SCHEMA_VERSION, 0, 0, GENESIS, os.urandom(4).hex(), 0)
        self._rows: dict[tuple[str, str], Row] = {}
        self._touched: dict[tuple[str, str], int] = {}
        self._journal: list[Entry] = []
        self._done: dict[str, str] = {}
        self._snapshots: dict[int, tuple[Snapshot, tuple[bytes, ...]]] = {}

    def _check_open(self) -> None:
        if not self._open:
            raise ClosedError("this memory was closed")

    async def open(self) -> StoreState:
        self._open = True
        return self._state

    async def state(self) -> StoreState:
        self._check_open()
        return replace(self._state, meta=dict(self._state.meta))

    async def moved(self) -> bool:
        self._check_open()
        return False

    async def set_meta(self, values: dict[str, Any]) -> None:
        self._check_open()
        check_meta_keys(values)
        self._state = replace(self._state, meta={**self._state.meta, **values})

    async def commit(self, transaction: Transaction) -> None:
        self._check_open()
        check_expected(transaction, self._state.head_seq, self._state.epoch)
        state = advance(self._state, transaction.entries)
        touched = touched_at(transaction)
        # Nothing below this line can fail: it is all of the transaction or none.
        for row in transaction.rows:
            key = (row.kind, row.id)
            self._rows[key] = row
            self._touched[key] = touched.get(key, state.head_seq)
        self._journal.extend(transaction.entries)
        for request_id, result in transaction.done.items():
            self._done.setdefault(request_id, result)
        while len(self._done) > LIMITS["max_done"]:
            del self._done[next(iter(self._done))]
        self._state = state

    async def done(self, request_id: str) -> str | None:
        self._check_open()
        return self._done.get(request_id)

    async def read(self, kind: str, ids: Sequence[str]) -> list[Row | None]:
        self._check_open()
        return [self._rows.get((kind, id)) for id in ids]

    async def scan(self, kind: str | None = None) -> AsyncIterator[list[Row]]:
        self._check_open()
        rows = [self._rows[key] for key in sorted(self._rows) if kind is None or key[0] == kind]
        for start in range(0, len(rows), SCAN_BATCH):
            self._check_open()
            yield rows[start : start + SCAN_BATCH]

    async def changes_since(self, seq: int) -> Changes:
        self._check_open()
        rows = (self._rows[key] for key, touched in sorted(self._touched.items()) if touched > seq)
        return Changes(await self.state(), tuple(rows))

    async def entries(self, after: int, limit: int) -> list[Entry]:
        self._check_open()
        first = max(after, 0)
        return self._journal[first : first + max(limit, 0)]

    async def write_snapshot(self, snapshot: Snapshot, segments: Sequence[bytes]) -> None:
        self._check_open()
        self._snapshots[snapshot.gen] = (snapshot, tuple(bytes(segment) for segment in segments))
        older = sorted(gen for gen in self._snapshots if gen < snapshot.gen)
        for gen in older[:-1]:
            del self._snapshots[gen]

    async def snapshots(self) -> list[Snapshot]:
        self._check_open()
        return [self._snapshots[gen][0] for gen in sorted(self._snapshots, reverse=True)]

    async def read_segment(self, gen: int, index: int) -> bytes:
        self._check_open()
        _, segments = self._snapshots.get(gen, (None, ()))
        if not 0 <= index < len(segments):
            raise NotFoundError(f"there is no segment {index} of snapshot {gen}", gen=gen, index=index)
        return segments[index]

    async def drop_snapshots(self) -> None:
        self._check_open()
        self._snapshots.clear()

    async def size_bytes(self) -> int:
        self._check_open()
        bodies = sum(len(row.body or b"") + len(row.vector or b"") for row in self._rows.values())
        return bodies + sum(len(part) for _, parts in self._snapshots.values() for part in parts)

    async def close(self) -> None:
        self._open = False
        self._forget()
