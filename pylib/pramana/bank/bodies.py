"""The bodies of records read or written lately, bounded by bytes: the texts of a large bank stay on disk."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from pramana.ports import RecordStore, Row

__all__ = ["Bodies"]

MAX_BYTES = 16 * 1024 * 1024
OVERHEAD = 300
"""Bytes of Python objects per entry, roughly."""


class Bodies:
    """A least-recently-used cache in front of a store. It keeps bytes, so what is made of them is the caller's own."""

    def __init__(self, store: RecordStore, max_bytes: int = MAX_BYTES) -> None:
        self._store = store
        self._max_bytes = max_bytes
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._taken = 0
        self.size_bytes = 0

    async def read(self, kind: str, ids: Sequence[str]) -> list[bytes | None]:
        """The newest bodies of these records, in order; None where there is none. At most one read of the store."""
        kept, taken = self._kept, self._taken
        missing = [pid for pid in dict.fromkeys(ids) if (kind, pid) not in kept]
        if not missing:
            for pid in ids:
                kept.move_to_end((kind, pid))
            return [kept[kind, pid] for pid in ids]
        found = {pid: kept[kind, pid] for pid in ids if (kind, pid) in kept}
        for row in await self._store.read(kind, missing):
            if row is not None and row.body is not None:
                found[row.id] = row.body
                # What was committed meanwhile may be newer than what was read: then it is not kept.
                if taken == self._taken:
                    self._keep(kind, row.id, row.body)
        return [found.get(pid) for pid in ids]

    def take(self, rows: Sequence[Row]) -> None:
        """Take note of rows that were committed."""
        self._taken += 1
        for row in rows:
            self._drop(row.kind, row.id)
            if row.body is not None:
                self._keep(row.kind, row.id, row.body)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self.size_bytes = 0

    def _keep(self, kind: str, pid: str, body: bytes) -> None:
        self._drop(kind, pid)
        self._kept[kind, pid] = body
        self.size_bytes += len(body) + OVERHEAD
        while self.size_bytes > self._max_bytes:
            _, oldest = self._kept.popitem(last=False)
            self.size_bytes -= len(oldest) + OVERHEAD

    def _drop(self, kind: str, pid: str) -> None:
        body = self._kept.pop((kind, pid), None)
        if body is not None:
            self.size_bytes -= len(body) + OVERHEAD
