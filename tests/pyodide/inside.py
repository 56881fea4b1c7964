"""pytest inside Pyodide where nothing can wait for JavaScript (Node without JSPI): coroutines run on a loop of their own.

The kernels are the one thing that Python gets by a promise. They are loaded before pytest starts, and kept by
`pramana.kernels.load` for the tests.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import json
import os
import sys
import time
from asyncio import events
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest


class _NoSelector:
    """Waits for time to pass, since there is nothing else to wait for."""

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("the test waits for JavaScript, which cannot go on meanwhile")
        time.sleep(max(0.0, timeout))
        return []


class LoopWithoutIO(asyncio.BaseEventLoop):
    """An event loop of timers and callbacks alone, which can be run to the end from within JavaScript's."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = _NoSelector()

    def _process_events(self, event_list: Any) -> None:
        pass

    def _write_to_self(self) -> None:
        pass


class Report:
    """A pytest plugin that runs coroutine tests and counts how all of them end."""

    def __init__(self) -> None:
        self.passed = self.skipped = 0
        self.failed: dict[str, str] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            # Hypothesis calls the test itself, once for each example, and awaits nothing.
            given = getattr(getattr(item, "obj", None), "hypothesis", None)
            if given is not None and inspect.iscoroutinefunction(given.inner_test):
                given.inner_test = _completing(given.inner_test)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        if not inspect.iscoroutinefunction(pyfuncitem.obj):
            return None
        names = pyfuncitem._fixtureinfo.argnames
        complete(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed[report.nodeid] = str(report.longrepr)[-3000:]
        elif report.skipped:
            self.skipped += 1
        elif report.when == "call":
            self.passed += 1

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed[report.nodeid] = str(report.longrepr)[-3000:]


def complete(coroutine: Any) -> Any:
    """Run a coroutine to its end, while JavaScript waits."""
    outer = events._get_running_loop()
    events._set_running_loop(None)
    loop = LoopWithoutIO()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
        events._set_running_loop(outer)


def _completing(test: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(test)
    def run_test(*args: Any, **kwargs: Any) -> None:
        complete(test(*args, **kwargs))

    return run_test


async def load() -> None:
    """Load the kernels, by the loop that can wait for JavaScript."""
    from pramana.kernels.load import load_kernels
    from pramana.platform import current

    for build in ("simd", "scalar"):
        await load_kernels(current(), current(), build)


def run(arguments: Sequence[str]) -> str:
    """Run pytest and return the report as JSON."""
    sys.path.insert(0, "/repo")
    sys.dont_write_bytecode = True
    os.chdir("/repo")
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = "/tmp/hypothesis"
    report = Report()
    # Not the project's settings, which ask for plugins that are not here.
    Path("/tmp/pytest.ini").write_text("[pytest]\nconsider_namespace_packages = true\n")
    options = ["-q", "-c", "/tmp/pytest.ini", "--rootdir=/repo", "-p", "no:cacheprovider", "--import-mode=importlib"]
    code = pytest.main([*options, *arguments], plugins=[report])
    return json.dumps(
        {"exit": int(code), "passed": report.passed, "skipped": report.skipped, "failed": report.failed}
    )
