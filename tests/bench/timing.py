"""Timing one call many times, and what a figure carries."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any


def percentile(values: Sequence[float], q: float) -> float:
    """The nearest-rank q-quantile, 0 < q <= 1, of `values`."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, round(q * len(ordered)) - 1))]


def summary(ms: Sequence[float]) -> dict[str, float]:
    """p50, p95, p99 and the number of runs of a list of milliseconds."""
    shares = {f"p{share}_ms": percentile(ms, share / 100) for share in (50, 95, 99)}
    return {**shares, "runs": len(ms)}


def measure(call: Callable[[int], Any], runs: int, warmup: int = 3) -> dict[str, float]:
    """Time `call(i)` for i in range(runs), each on its own, after `warmup` uncounted calls."""
    for i in range(warmup):
        call(i)
    times = []
    for i in range(runs):
        start = time.perf_counter()
        call(i)
        times.append((time.perf_counter() - start) * 1e3)
    return summary(times)


async def measure_async(
    call: Callable[[int], Awaitable[Any]], runs: int, warmup: int = 3
) -> dict[str, float]:
    """`measure` for a coroutine function."""
    for i in range(warmup):
        await call(i)
    times = []
    for i in range(runs):
        start = time.perf_counter()
        await call(i)
        times.append((time.perf_counter() - start) * 1e3)
    return summary(times)


def once(call: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds of one call, and its result."""
    start = time.perf_counter()
    result = call()
    return (time.perf_counter() - start) * 1e3, result


async def timed(work: Awaitable[Any]) -> float:
    """Milliseconds until `work` is done."""
    start = time.perf_counter()
    await work
    return (time.perf_counter() - start) * 1e3
