"""Folded indexes as named parts in a store: split into pieces, hashed, and trusted only when every piece verifies.

They are a cache of the records. A missing or damaged piece costs time, never data: the reader takes the snapshot
before, and where there is none it rebuilds from the records.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping

from pramana.errors import CorruptError, NotFoundError
from pramana.ports import Buffer, RecordStore, Snapshot
from pramana.store.journal import GENESIS

__all__ = ["PIECE_BYTES", "load", "write"]

PIECE_BYTES = 4 << 20
"""Size of a piece, at most: hashing one takes tens of milliseconds in a page, and the loop runs in between."""


async def write(store: RecordStore, seq: int, head_hash: str, parts: Mapping[str, Buffer]) -> Snapshot:
    """Store `parts` as a snapshot of the journal up to `seq`, and return it.

    Args:
        store: opened for writing.
        seq: the last journal entry that the parts include.
        head_hash: that entry's hash.
        parts: bytes by name, e.g. "columns", "vectors"; empty ones are kept too.
    """
    described: list[tuple[str, int, str]] = []
    pieces: list[bytes] = []
    for name, data in parts.items():
        view = memoryview(data).cast("B")
        for start in range(0, max(len(view), 1), PIECE_BYTES):
            piece = bytes(view[start : start + PIECE_BYTES])
            described.append((name, len(piece), hashlib.sha256(piece).hexdigest()))
            pieces.append(piece)
            await asyncio.sleep(0)
    newest = await store.snapshots()
    snapshot = Snapshot(newest[0].gen + 1 if newest else 1, seq, head_hash, tuple(described))
    await store.write_snapshot(snapshot, pieces)
    return snapshot


async def load(store: RecordStore) -> tuple[Snapshot, dict[str, bytes]] | None:
    """The newest snapshot of this journal whose pieces all verify, with its parts; None if there is none."""
    for snapshot in await store.snapshots():
        if await _belongs(store, snapshot):
            parts = await _parts(store, snapshot)
            if parts is not None:
                return snapshot, parts
    return None


async def _belongs(store: RecordStore, snapshot: Snapshot) -> bool:
    """Whether the journal's entry at the snapshot's seq is the one it was folded at."""
    if snapshot.seq == 0:
        return snapshot.head_hash == GENESIS
    return [entry.hash for entry in await store.entries(snapshot.seq - 1, 1)] == [snapshot.head_hash]


async def _parts(store: RecordStore, snapshot: Snapshot) -> dict[str, bytes] | None:
    pieces: dict[str, list[bytes]] = {}
    for index, (name, size, digest) in enumerate(snapshot.segments):
        try:
            piece = await store.read_segment(snapshot.gen, index)
        except (CorruptError, NotFoundError):
            return None
        if len(piece) != size or hashlib.sha256(piece).hexdigest() != digest:
            return None
        pieces.setdefault(name, []).append(piece)
        await asyncio.sleep(0)
    return {name: b"".join(parts) for name, parts in pieces.items()}
