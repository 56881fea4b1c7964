"""Many at once, or one alone: what embeds and writes passes among others, a change of the embedder passes alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

__all__ = ["Gate"]


class Gate:
    """Whoever wants to be alone goes before those who come later. One task must not enter twice."""

    def __init__(self) -> None:
        self._inside = 0
        self._door = asyncio.Lock()
        self._empty = asyncio.Event()

    @asynccontextmanager
    async def among(self) -> AsyncIterator[None]:
        """Be inside with others; waits while somebody is alone or waits to be."""
        async with self._door:
            self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1
            if not self._inside:
                self._empty.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Wait until everybody has left, and keep others out."""
        async with self._door:
            while self._inside:
                self._empty.clear()
                await self._empty.wait()
            yield
