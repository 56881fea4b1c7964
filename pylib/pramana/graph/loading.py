"""Records of several kinds in the order in which they were made."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence

from pramana.ports import RecordStore, Row

__all__ = ["merged"]


class _Scan:
    """The records of one kind, batch by batch."""

    def __init__(self, store: RecordStore, kind: str) -> None:
        self._batches = store.scan(kind)
        self.rows: Sequence[Row] = ()

    async def fill(self) -> bool:
        """Have some rows, if there are any left."""
        if not self.rows:
            self.rows = await anext(self._batches, [])
        return bool(self.rows)

    def before(self, bound: str | None) -> Sequence[Row]:
        """Take the rows at hand with ids below `bound`."""
        stop = len(self.rows)
        if bound is not None:
            stop = bisect_left(self.rows, bound, key=lambda row: row.id)
        taken, self.rows = self.rows[:stop], self.rows[stop:]
        return taken


async def merged(store: RecordStore, kinds: Sequence[str]) -> AsyncIterator[Sequence[Row]]:
    """Yield the records of some kinds in the order of their ids, which is that of time, in runs of one kind."""
    scans = [_Scan(store, kind) for kind in kinds]
    while scans := [scan for scan in scans if await scan.fill()]:
        scans.sort(key=lambda scan: scan.rows[0].id)
        yield scans[0].before(scans[1].rows[0].id if len(scans) > 1 else None)
