"""Long work in short stretches: the loop gets its turn several times a second, so that a page stays alive."""

from __future__ import annotations

import asyncio
from time import perf_counter

__all__ = ["Pace"]

STRETCH_S = 0.05
"""Work for this long, then yield. With the longest piece between two calls it must stay under 250 ms."""


class Pace:
    """Await it between pieces of work; it yields when enough time has passed."""

    def __init__(self) -> None:
        self._since = perf_counter()

    async def __call__(self) -> None:
        """Let others run, if this has run for `STRETCH_S`."""
        if perf_counter() - self._since >= STRETCH_S:
            await asyncio.sleep(0)
            self._since = perf_counter()
