"""Lists and texts that come in parts, kept until the last part is there.

What is kept is bounded by its size and its age, and never dropped in silence: whoever sends the next part of what
was dropped is told why.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, TypeAlias

from pramana.errors import BudgetError, EpochLostError

__all__ = ["Staging"]

Name: TypeAlias = tuple[str, str]
"""What a list is of, and the name that its sender gave it."""

MAX_BYTES = 512 * 2**20
"""Kept of all that is coming in, about."""
MAX_IDLE_S = 600.0
"""How long parts wait for the next one."""
MAX_DROPPED = 1_000
"""Lists of which it is remembered that they were dropped."""


@dataclass(slots=True)
class _Incoming:
    """The parts of one list that have come."""

    parts: list[Any] = field(default_factory=list)
    size_bytes: int = 0
    since: float = 0.0
    """When the last part came."""


class Staging:
    """Parts by the list that they belong to."""

    def __init__(self) -> None:
        self._incoming: dict[Name, _Incoming] = {}
        self._dropped: dict[Name, tuple[str, float]] = {}
        """The budgets that lists were dropped for, and their limits."""

    def keep(self, name: Name, place: int, part: Any) -> None:
        """Keep a part.

        Args:
            name: of the list.
            place: of the part, from 0; that one begins the list anew.
            part: a text, or JSON values.

        Raises:
            BudgetError: too much is coming in, or the parts before waited too long; they are dropped.
            EpochLostError: the parts before went to a leader that is gone.
        """
        now, size_bytes = perf_counter(), size_of(part)
        if place == 0:
            self._incoming.pop(name, None)
            self._dropped.pop(name, None)
            self._incoming[name] = _Incoming(since=now)
        self._drop_idle(now, besides=name)
        one = self._incoming.get(name)
        if one is None and name in self._dropped:
            raise _dropped(name, *self._dropped[name])
        if one is None or len(one.parts) != place:
            raise EpochLostError("the parts that came before are gone; send the list again", batch=name[1])
        if sum(other.size_bytes for other in self._incoming.values()) + size_bytes > MAX_BYTES:
            self._drop(name, "staged_bytes", MAX_BYTES)
            raise _dropped(name, *self._dropped[name])
        one.parts.append(part)
        one.size_bytes += size_bytes
        one.since = now

    def take(self, name: Name) -> list[Any]:
        """Return the parts of a list that is complete, and keep them no longer."""
        return self._incoming.pop(name).parts

    def _drop_idle(self, now: float, *, besides: Name) -> None:
        for name, one in [*self._incoming.items()]:
            if name != besides and now - one.since > MAX_IDLE_S:
                self._drop(name, "staged_s", MAX_IDLE_S)

    def _drop(self, name: Name, budget: str, limit: float) -> None:
        del self._incoming[name]
        self._dropped[name] = budget, limit
        if len(self._dropped) > MAX_DROPPED:
            del self._dropped[next(iter(self._dropped))]


def _dropped(name: Name, budget: str, limit: float) -> BudgetError:
    if budget == "staged_s":
        problem = f"the parts of this list were dropped: no other came for {limit:g} s; send it again"
    else:
        problem = (
            f"the parts of this list were dropped: with it, lists of more than {limit / 2**20:,.0f} MB would be coming "
            "in at once; send it again when others are done, or in shorter lists"
        )
    return BudgetError(problem, budget=budget, limit=limit, batch=name[1])


def size_of(value: Any) -> int:
    """The bytes that JSON values take in memory, about."""
    size_bytes, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        size_bytes += sys.getsizeof(one)
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            waiting += one.values()
    return size_bytes
