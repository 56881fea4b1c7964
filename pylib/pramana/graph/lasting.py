"""Rows of facts that are not over, of which there are few however long the history behind them is.

What is over stays so: a fact is never unretracted, its end only comes earlier, and the present never goes back. So of
what has many rows, those that are over are looked at once.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Iterable

__all__ = ["LONG", "Lasting"]

LONG = 16
"""Rows from which on those that are not over are remembered."""


class Lasting:
    """Rows by what they have in common: a triple, or a subject and a predicate.

    Args:
        retracted: by row, the greatest time where it was not.
        valid_to: by row, when the fact ends to hold.
    """

    def __init__(self, retracted: array[int], valid_to: array[int], forever: int) -> None:
        self._retracted, self._valid_to, self._forever = retracted, valid_to, forever
        self._known: dict[Hashable, list[int]] = {}

    def __bool__(self) -> bool:
        return bool(self._known)

    def note(self, key: Hashable, row: int) -> None:
        """Take note of a new row."""
        if (rows := self._known.get(key)) is not None:
            rows.append(row)

    def rows(self, key: Hashable, every: Callable[[], Iterable[int]], now_ms: int) -> list[int]:
        """Return the rows that are not over.

        Args:
            key: what they have in common.
            every: all of them, in order; asked where they are not known.
            now_ms: not less than it was ever before.
        """
        known = self._known.get(key)
        rows = [*every()] if known is None else known
        found = [
            row for row in rows if self._retracted[row] == self._forever and now_ms < self._valid_to[row]
        ]
        if known is not None or len(rows) > LONG:
            self._known[key] = found
        return found[:]
