"""What one commit does to facts that were recorded before: it retracts them, ends them, or rates them anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pramana.errors import CorruptError
from pramana.graph.fact_table import Ending, FactTable, Superseded
from pramana.graph.rows import FACT, MARKS, Marks, StoredFact, fact_row, marks_of, marks_row, stored_fact
from pramana.pace import Pace
from pramana.records import HybridClock
from pramana.store.draft import Draft

__all__ = ["Changes"]

SLICE = 1024


class Changes:
    """Gathered by row of the table, and written at the end.

    Args:
        table: the facts as they are.
        now_ms: when this is recorded.
    """

    def __init__(self, table: FactTable, now_ms: int) -> None:
        self._table = table
        self._now_ms = now_ms
        self.retracted: set[int] = set()
        self.ended: dict[int, tuple[str, int]] = {}
        """Row → id of the newer fact, and the end it gives."""
        self.confidence: dict[int, float] = {}

    def end_of(self, row: int) -> int:
        """When a fact ends to hold, with these changes."""
        return self.ended[row][1] if row in self.ended else self._table.valid_to[row]

    async def write(self, draft: Draft) -> None:
        """Put the changed records into a commit."""
        singles: list[int] = []
        batches: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        pace = Pace()
        for count, row in enumerate(sorted({*self.retracted, *self.ended, *self.confidence})):
            record, place = self._table.place(row)
            if place is None:
                singles.append(row)
            else:
                batches[record].append((place, row))
            if not count % SLICE:
                await pace()
        for start in range(0, len(singles), SLICE):
            await self._write_singles(draft, singles[start : start + SLICE])
            await pace()
        for record, places in batches.items():
            await self._write_marks(draft, record, places)
            await pace()

    async def _write_singles(self, draft: Draft, rows: Sequence[int]) -> None:
        ids = [self._table.id(row) for row in rows]
        for row, fact_id, stored in zip(rows, ids, await draft.rows(FACT, ids), strict=True):
            if stored is None or stored.body is None:
                raise CorruptError(f"the fact {fact_id} is in memory, and not in the database", id=fact_id)
            changed = self._changed(row, stored_fact(stored.body))
            draft.put(fact_row(changed, HybridClock.later(draft.hlc, stored.updated)))

    def _changed(self, row: int, stored: StoredFact) -> StoredFact:
        fact = stored.fact
        if row in self.retracted:
            fact = replace(fact, retracted_ms=self._now_ms)
        if row in self.confidence:
            fact = replace(fact, confidence=self.confidence[row])
        if row not in self.ended:
            return stored._replace(fact=fact)
        newer, ends = self.ended[row]
        fact = replace(fact, valid_to_ms=ends, superseded_by=newer)
        return stored._replace(fact=fact, superseded=self._superseded(row))

    def _superseded(self, row: int) -> Superseded:
        """How a fact that these changes end came to its ends."""
        newer, ends = self.ended[row]
        stated_to, earlier = self._table.superseded.get(row) or (self._table.valid_to[row], ())
        return Superseded(stated_to, (*earlier, Ending(newer, self._now_ms, ends)))

    async def _write_marks(self, draft: Draft, record: str, places: Sequence[tuple[int, int]]) -> None:
        before = await draft.row(MARKS, record)
        marks = marks_of(None if before is None else before.body)
        runs = _runs(place for place, row in places if row in self.retracted)
        marks.retracted.extend([self._now_ms, start, stop] for start, stop in runs)
        for place, row in places:
            if row in self.ended:
                marks.superseded[str(place)] = [list(one) for one in self._superseded(row).endings]
            if row in self.confidence:
                marks.confidence[str(place)] = self.confidence[row]
        updated = draft.hlc if before is None else HybridClock.later(draft.hlc, before.updated)
        draft.put(marks_row(record, Marks(*marks), updated))


def _runs(places: Iterator[int]) -> Iterator[tuple[int, int]]:
    """Ascending numbers as ranges."""
    start = stop = -1
    for place in places:
        if place != stop:
            if stop > start:
                yield start, stop
            start = place
        stop = place + 1
    if stop > start:
        yield start, stop
