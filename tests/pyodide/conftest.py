"""Pyodide as pytest-pyodide wants it: npm's files, beside a lock that lists pytest's wheels, in Debian's browsers."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import sync_playwright
from pytest_pyodide import get_global_config
from pytest_pyodide.runner import (
    PlaywrightChromeRunner,
    PlaywrightFirefoxRunner,
    _BrowserWorkerRunnerMixin,
)
from pytest_pyodide.server import DefaultHandler

from .page_dist import make_dist
from .wheels import PAGE, numpy_wheel, wheels

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOAD = """
let pyodide = await loadPyodide({ fullStdLib: false, jsglobals: self, packageBaseUrl: location.origin + "/" });
"""


class WorkerInChromium(_BrowserWorkerRunnerMixin, PlaywrightChromeRunner):
    """pytest-pyodide runs a worker through Selenium only; what it does there, Playwright can do as well."""


class WorkerInFirefox(_BrowserWorkerRunnerMixin, PlaywrightFirefoxRunner):
    """As `WorkerInChromium`."""


RUNNERS = {"chrome": WorkerInChromium, "firefox": WorkerInFirefox}


def pytest_configure() -> None:
    for runtime in RUNNERS:
        get_global_config().set_load_pyodide_script(runtime, LOAD)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.pyodide)


@pytest.fixture(scope="module", params=list(RUNNERS))
def runtime(request: pytest.FixtureRequest) -> str:
    """In the place of `--runtime`, which could come too late for a run of all tests."""
    return request.param


@pytest.fixture(scope="session")
def pyodide_dist(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """All that a page needs to load Pyodide, pytest and our wheel; NumPy too, if its wheel is at hand."""
    numpy = numpy_wheel()
    directory = tmp_path_factory.mktemp("pyodide")
    return make_dist(directory, listed=[*wheels(PAGE), *([numpy] if numpy else [])], beside=[wheel])


@pytest.fixture(scope="session")
def web_server_main(pyodide_dist: Path) -> Iterator[tuple[str, int, None]]:
    """In a thread, where pytest-pyodide forks: a fork of a process with threads is a warning, and so an error."""
    handler = functools.partial(DefaultHandler, directory=str(pyodide_dist))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield "127.0.0.1", server.server_address[1], None
        server.shutdown()


@pytest.fixture(scope="module")
def playwright_browsers() -> Iterator[dict[str, object]]:
    """Debian's browsers, in the place of those that Playwright would download."""
    with sync_playwright() as driver:
        launched = {
            "chrome": driver.chromium.launch(executable_path=executable("chromium"), args=CHROMIUM_ARGS),
            "firefox": driver.firefox.launch(
                executable_path=executable("firefox-esr", "firefox"), channel="moz-firefox"
            ),
        }
        yield launched
        for browser in launched.values():
            browser.close()


def executable(*names: str) -> str:
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail(f"{names[0]} is not installed; ./build.sh setup installs it")
    return found


@pytest.fixture(scope="module")
def selenium_worker_module_scope(
    runtime: str, web_server_main: tuple[str, int, None], playwright_browsers: dict[str, object], wheel: Path
) -> Iterator[_BrowserWorkerRunnerMixin]:
    """A worker that runs Pyodide, with our wheel installed by micropip as any page's own Python would."""
    hostname, port, log = web_server_main
    runner = RUNNERS[runtime](
        server_hostname=hostname,
        server_port=port,
        server_log=log,
        browsers=playwright_browsers,
    )
    runner.load_package(["micropip"])
    runner.run_async(f"import micropip\nawait micropip.install({f'{runner.base_url}/{wheel.name}'!r})")
    yield runner
    runner.quit()
