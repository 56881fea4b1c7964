"""Who may be at a graph in memory: any number who read it, or one who changes it.

Rules of the file: turns are given in the order in which they were asked for, but for short readings, which do not wait
behind a change that itself waits for a long one. A change waits for the readings that began before it, and none that
is long begins while it waits, so it always comes to its turn.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import AbstractAsyncContextManager
from enum import Enum

__all__ = ["Turns"]


class _Turn(Enum):
    SHORT = "reads"
    LONG = "reads for long"
    CHANGE = "changes"


class Turns:
    """Turns at one graph. They do not nest: who has one must not wait for another."""

    def __init__(self) -> None:
        self._held = dict.fromkeys(_Turn, 0)
        self._waiting: deque[tuple[_Turn, asyncio.Future[None]]] = deque()

    @property
    def free(self) -> bool:
        """Whether nobody has a turn, or waits for one."""
        return not self._waiting and not any(self._held.values())

    def reading(self, *, long: bool = False) -> AbstractAsyncContextManager[None]:
        """Read beside others who read.

        Args:
            long: let short readings begin meanwhile, even if a change waits.
        """
        return _Held(self, _Turn.LONG if long else _Turn.SHORT)

    def changing(self) -> AbstractAsyncContextManager[None]:
        """Be alone."""
        return _Held(self, _Turn.CHANGE)

    async def take(self, turn: _Turn) -> None:
        """Wait for a turn, which `end` ends."""
        given = asyncio.get_running_loop().create_future()
        self._waiting.append((turn, given))
        self._give()
        try:
            await given
        except asyncio.CancelledError:
            if given.cancelled():
                self._waiting.remove((turn, given))
                self._give()
            else:
                self.end(turn)
            raise

    def end(self, turn: _Turn) -> None:
        """Give a turn back."""
        self._held[turn] -= 1
        self._give()

    def _give(self) -> None:
        """Give turns to all who may have one now."""
        held, change_waits = self._held, False
        for one in list(self._waiting):
            turn, given = one
            if given.done():
                continue  # cancelled, and about to say so
            if turn is _Turn.CHANGE:
                may = not any(held.values()) and not change_waits
                change_waits = True
            else:
                passes = turn is _Turn.SHORT and held[_Turn.LONG]
                may = not held[_Turn.CHANGE] and (not change_waits or bool(passes))
            if may:
                self._waiting.remove(one)
                held[turn] += 1
                given.set_result(None)


class _Held(AbstractAsyncContextManager[None]):
    """A turn for as long as a context lasts. No generator: a graph is also closed when its loop ends."""

    def __init__(self, turns: Turns, turn: _Turn) -> None:
        self._turns, self._turn = turns, turn

    async def __aenter__(self) -> None:
        await self._turns.take(self._turn)

    async def __aexit__(self, *error: object) -> None:
        self._turns.end(self._turn)
