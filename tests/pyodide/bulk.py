"""pytest inside Pyodide: a collector of outcomes, and an event loop that needs no JavaScript turn.

A coroutine test cannot hand control back to Node while pytest runs, so it runs on a loop of its own. What really
waits for JavaScript (compiling the kernels) is awaited once, before pytest starts.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import time
from typing import Any

import pytest


class _Idle:
    """Stands where a selector would: there is no I/O here, only timers."""

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("a coroutine test waits for something that can never happen on this loop")
        if timeout > 0:
            time.sleep(timeout)
        return []

    def close(self) -> None:
        pass


class PlainLoop(asyncio.BaseEventLoop):
    """asyncio's own loop with timers and callbacks, without sockets."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = _Idle()

    def _process_events(self, event_list: list[Any]) -> None:
        pass

    def _write_to_self(self) -> None:
        pass


def run_plain(coroutine: Any) -> Any:
    """Run one coroutine to its end, without the page's event loop."""
    outer = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    loop = PlainLoop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
        asyncio._set_running_loop(outer)


class Collector:
    """Counts outcomes and keeps what failed."""

    def __init__(self) -> None:
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}
        self.failures: list[tuple[str, str]] = []

    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        test = pyfuncitem.obj
        inner = getattr(getattr(test, "hypothesis", None), "inner_test", None)
        if inner is not None and inspect.iscoroutinefunction(inner):
            test.hypothesis.inner_test = lambda *args, **kwargs: run_plain(inner(*args, **kwargs))
            return None
        if not inspect.iscoroutinefunction(test):
            return None
        names = pyfuncitem._fixtureinfo.argnames
        run_plain(test(**{name: pyfuncitem.funcargs[name] for name in names}))
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.counts[report.outcome] += 1
        if report.failed:
            self.failures.append((report.nodeid, str(report.longrepr)[-1500:]))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.counts["failed"] += 1
            self.failures.append((report.nodeid, str(report.longrepr)[-1500:]))


async def run(arguments: list[str]) -> str:
    """Compile the kernels, run pytest with these arguments, return the outcomes as JSON."""
    from pramana.kernels.load import load_kernels
    from pramana.platform import current

    platform = current()
    for build in ("simd", "scalar"):
        await load_kernels(platform, platform, build)
    collector = Collector()
    # -c: the native settings name plugins that are not here; warnings are errors as they are there
    options = ["-q", "-p", "no:cacheprovider", "-c", "/repo/tests/pyodide/bulk.ini", "--rootdir", "/repo", "--import-mode", "importlib"]
    code = pytest.main([*options, *[f"/repo/{path}" if path.startswith("tests/") else path for path in arguments]], plugins=[collector])
    return json.dumps({**collector.counts, "exit": int(code), "failures": collector.failures})
