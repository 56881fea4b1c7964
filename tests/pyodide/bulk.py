"""pytest inside Pyodide: a plugin that runs coroutine tests and collects outcomes, on a loop that needs no JavaScript.

A coroutine test cannot hand control back to Node while pytest runs, so it runs on a loop of its own. What really
waits for JavaScript (compiling the kernels) is awaited once, before pytest starts.
"""

from __future__ import annotations

import asyncio
import inspect
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

ROOT = "/repo"
"""Where bulk.mjs mounts the checkout."""
MAX_EXAMPLES = 25
"""Of a property whose test does not ask for a number: natively it sees hypothesis's 100."""


class _Clock:
    """Stands where a selector would. There is no I/O to wait for, so waiting only moves the loop's own time."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("a coroutine test waits for something that can never happen on this loop")
        self.now_s += max(timeout, 0.0)
        return []

    def close(self) -> None:
        pass


class PlainLoop(asyncio.BaseEventLoop):
    """asyncio's own loop with timers and callbacks, without sockets and threads.

    Its time passes only while it waits: what is timed comes in the same order on a busy machine.
    """

    def __init__(self) -> None:
        super().__init__()
        self._selector = _Clock()

    def time(self) -> float:
        return self._selector.now_s

    def _process_events(self, event_list: list[Any]) -> None:
        pass

    def _write_to_self(self) -> None:
        pass


@contextmanager
def plain_loops() -> Iterator[None]:
    """Let `asyncio.run` and `asyncio.new_event_loop` make plain loops, outside of the page's."""
    page, new_event_loop = asyncio._get_running_loop(), asyncio.new_event_loop
    asyncio._set_running_loop(None)
    asyncio.new_event_loop = asyncio.events.new_event_loop = PlainLoop
    try:
        yield
    finally:
        asyncio.new_event_loop = asyncio.events.new_event_loop = new_event_loop
        asyncio._set_running_loop(page)


class Bulk:
    """The plugin. What pytest-asyncio does natively with coroutine tests, this does without its fixtures."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter(passed=0, failed=0, skipped=0)
        self.failures: list[tuple[str, str]] = []
        self.skips: Counter[str] = Counter()

    def pytest_sessionstart(self) -> None:
        # Here, since pytest must be the first to import it; the project's profile is loaded by now, and not yet read.
        from hypothesis import settings

        settings.register_profile("bulk", parent=settings(), max_examples=MAX_EXAMPLES)
        settings.load_profile("bulk")

    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        test = pyfuncitem.obj
        inner = getattr(getattr(test, "hypothesis", None), "inner_test", None)
        if inspect.iscoroutinefunction(inner):
            test.hypothesis.inner_test = lambda *args, **kwargs: asyncio.run(inner(*args, **kwargs))
        elif inspect.iscoroutinefunction(test):
            names = pyfuncitem._fixtureinfo.argnames
            asyncio.run(test(**{name: pyfuncitem.funcargs[name] for name in names}))
            return True
        return None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # A test counts once: by its call, or by the set-up or tear-down that kept it from passing.
        if report.when == "call" or report.outcome != "passed":
            self.counts[report.outcome] += 1
        if report.failed:
            self._failed(report)
        elif report.skipped and isinstance(report.longrepr, tuple):
            self.skips[report.longrepr[2].removeprefix("Skipped: ")] += 1

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.counts["failed"] += 1
            self._failed(report)
        elif report.skipped and isinstance(report.longrepr, tuple):
            self.skips[report.longrepr[2].removeprefix("Skipped: ")] += 1

    def _failed(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        self.failures.append((report.nodeid, str(report.longrepr)[-1500:]))


async def prepare() -> None:
    """Compile the kernels: those of one build are loaded once per process, so the tests find them there."""
    from pramana.kernels.load import load_kernels
    from pramana.platform import current

    platform = current()
    for build in ("simd", "scalar"):
        await load_kernels(platform, platform, build)


def run(arguments: list[str]) -> str:
    """Run pytest with these arguments; return {passed, failed, skipped, exit, failures, skips} as JSON."""
    plugin = Bulk()
    options = ["-q", "-c", f"{ROOT}/tests/pyodide/bulk.ini", "--rootdir", ROOT, "--confcutdir", ROOT]
    with plain_loops():
        code = pytest.main([*options, *arguments], plugins=[plugin])
    outcome = {**plugin.counts, "exit": int(code), "failures": plugin.failures, "skips": plugin.skips}
    return json.dumps(outcome)
