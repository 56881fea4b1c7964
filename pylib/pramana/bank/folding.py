"""When a snapshot is written: in the background, once enough has changed and it is quiet, and on close."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

__all__ = ["Folding"]

IDLE_S = 2.0
MIN_CHANGES, MIN_SHARE = 1000, 0.1
MIN_SIZE_ON_CLOSE = 200
"""A smaller bank opens from its records as quickly."""


class Folding:
    """Calls `fold` when it is time.

    Args:
        fold: writes the snapshot; returns when done.
        changes: records changed since the last snapshot.
        size: patterns in the bank.
        failed: told of an error in the background; a snapshot is only a cache, so it stops nothing.
    """

    def __init__(
        self,
        fold: Callable[[], Awaitable[None]],
        changes: Callable[[], int],
        size: Callable[[], int],
        failed: Callable[[Exception], None],
    ) -> None:
        self._fold = fold
        self._changes = changes
        self._size = size
        self._failed = failed
        self._timer: asyncio.TimerHandle | None = None
        self._running: asyncio.Task[None] | None = None
        self._stopped = False

    def touched(self) -> None:
        """Something was committed: wait for quiet, then fold if enough has changed."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._stopped and self._changes() >= max(MIN_CHANGES, MIN_SHARE * self._size()):
            self._timer = asyncio.get_running_loop().call_later(IDLE_S, self._start)

    async def finish(self) -> None:
        """Let a running fold end, then fold what has changed, if that is worth it."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._running is not None:
            await self._running
        if self._changes() and self._size() >= MIN_SIZE_ON_CLOSE:
            await self._guarded()

    def stop(self) -> None:
        """Start nothing more."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()

    def _start(self) -> None:
        self._timer = None
        if not self._stopped and self._running is None:
            self._running = asyncio.get_running_loop().create_task(self._guarded())

    async def _guarded(self) -> None:
        try:
            await self._fold()
        except Exception as error:  # noqa: BLE001  # reported; the records are whole and the next opening scans them
            self._failed(error)
        finally:
            self._running = None
