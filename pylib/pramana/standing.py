"""Cancellation of work whose first effect stands: it comes too late, so the work ends and its result is returned."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

__all__ = ["disregard", "to_its_end"]

T = TypeVar("T")


async def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Await `work`, which a cancellation of the caller does not reach; what it returns or raises is the outcome.

    Raises:
        asyncio.CancelledError: `work` itself was cancelled, as every task is when the event loop ends.
    """
    task = asyncio.ensure_future(work)
    ignored = 0
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError:
            ignored += 1
    if task.cancelled():
        raise asyncio.CancelledError
    disregard(ignored)
    return task.result()


def disregard(cancellations: int = 1) -> None:
    """Have the current task forget cancellations that it caught and does not obey: timeouts and groups count them."""
    task = asyncio.current_task()
    for _ in range(cancellations if task is not None else 0):
        task.uncancel()  # type: ignore[union-attr]  # the range is empty without a task
