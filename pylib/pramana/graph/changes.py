"""What one commit does to facts that were recorded before: it retracts them, ends them, or rates them anew.

It is written as records of its own, so that a commit costs what it changes, however long the history before it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from pramana.graph.fact_table import FactTable
from pramana.graph.history import Ending, Rating
from pramana.graph.rows import Marks, marks_row
from pramana.pace import Pace
from pramana.records import uuid7
from pramana.store.draft import Draft

__all__ = ["Changes"]

SLICE = 1024
"""Rows looked at in one stretch, and marks of one record."""


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
        self.ended_at_once: dict[str, tuple[str, int]] = {}
        """Likewise, by the ids of facts of this commit that older ones end."""
        self.confidence: dict[int, float] = {}

    def end_of(self, row: int) -> int:
        """When a fact ends to hold, with these changes."""
        return self.ended[row][1] if row in self.ended else self._table.valid_to[row]

    async def write(self, draft: Draft) -> None:
        """Put them into a commit."""
        pace, marks = Pace(), Marks([], [], [])
        async for row, count in self._runs(pace):
            marks.retracted.append((self._table.id(row), count, self._now_ms))
            marks = await self._full(marks, draft, pace)
        ended = {self._table.id(row): end for row, end in self.ended.items()} | self.ended_at_once
        for fact_id, (newer, ends) in ended.items():
            marks.ended.append((fact_id, Ending(newer, self._now_ms, ends)))
            marks = await self._full(marks, draft, pace)
        for row, confidence in self.confidence.items():
            rating = Rating(draft.hlc, self._now_ms, confidence)
            marks.rated.append((self._table.id(row), rating))
            marks = await self._full(marks, draft, pace)
        if any(marks):
            self._put(marks, draft)

    async def _full(self, marks: Marks, draft: Draft, pace: Pace) -> Marks:
        """Put marks into the commit if they fill a record; return those that are still to be put."""
        if len(marks.retracted) + len(marks.ended) + len(marks.rated) < SLICE:
            return marks
        self._put(marks, draft)
        await pace()
        return Marks([], [], [])

    def _put(self, marks: Marks, draft: Draft) -> None:
        draft.put(marks_row(uuid7(self._now_ms), marks, self._now_ms, draft.hlc))

    async def _runs(self, pace: Pace) -> AsyncIterator[tuple[int, int]]:
        """Yield the retracted rows as first rows and counts of those that follow each other in a batch."""
        start = count = 0
        for at, row in enumerate(sorted(self.retracted)):
            if count and row == start + count and self._table.place(row)[1]:
                count += 1
            else:
                if count:
                    yield start, count
                start, count = row, 1
            if not at % SLICE:
                await pace()
        if count:
            yield start, count
