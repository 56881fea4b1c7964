"""Browsers and sites for the tests of this directory. All of them share one event loop, Playwright's."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, Playwright, async_playwright

from .site_server import Site

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DIST = ROOT / "dist"
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Launch = Callable[..., Awaitable[BrowserContext]]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out: list[pytest.Item] = []
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            if item.get_closest_marker("one_browser") and _browser_of(item) == "firefox":
                left_out.append(item)
            # Where tests run in several processes, those that share a browser stay together.
            if browser := _browser_of(item):
                item.add_marker(pytest.mark.xdist_group(browser))
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _browser_of(item: pytest.Item) -> str:
    call = getattr(item, "callspec", None)
    return call.params.get("context", "") if call else ""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as driver:
        yield driver


def executable(*names: str) -> str:
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail(f"{names[0]} is not installed; ./build.sh setup installs it")
    return found


async def launch(driver: Playwright, browser: str, profile: Path) -> BrowserContext:
    """A browser on a profile directory: what it stores is on disk, and there when it is launched again."""
    if browser == "chromium":
        return await driver.chromium.launch_persistent_context(
            profile, executable_path=executable("chromium"), args=CHROMIUM_ARGS
        )
    return await driver.firefox.launch_persistent_context(
        profile, executable_path=executable("firefox-esr", "firefox"), channel="moz-firefox"
    )


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=["chromium", "firefox"])
async def context(
    request: pytest.FixtureRequest, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BrowserContext]:
    """One browser of each kind for tests that keep to themselves by the names of their databases."""
    running = await launch(playwright, request.param, tmp_path_factory.mktemp(request.param))
    yield running
    await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(context: BrowserContext, site: Site) -> AsyncIterator[Callable[..., Awaitable[Page]]]:
    """Opens pages of the site; those still open at the end are closed."""
    pages: list[Page] = []

    async def open_(path: str = "/pages/blank.html") -> Page:
        page = await context.new_page()
        pages.append(page)
        await page.goto(site.url + path)
        return page

    yield open_
    for page in pages:
        if not page.is_closed():
            await page.close()


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The sources as they are, and the pages of these tests."""
    # A sandboxed frame has an origin of its own, which must be let in to import our modules.
    headers = {"Access-Control-Allow-Origin": "*"}
    running = Site({"/src/": ROOT / "web/src", "/pages/": HERE / "pages"}, headers=headers)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def served(dist_web: Path) -> Iterator[Site]:
    """The built site at an origin of this test's own, and the pages of these tests under /own/."""
    running = Site({"/": dist_web, "/own/": HERE / "pages"})
    running.start()
    yield running
    running.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(context: BrowserContext, served: Site) -> AsyncIterator[Callable[..., Awaitable[Page]]]:
    """Opens pages of the built site; those still open at the end are closed."""
    pages: list[Page] = []

    async def visit_(path: str = "/own/blank.html", *, until: str = "") -> Page:
        page = await context.new_page()
        pages.append(page)
        await page.goto(served.url + path)
        if until:
            await page.wait_for_function(until)
        return page

    yield visit_
    for page in pages:
        if not page.is_closed():
            await page.close()


@pytest.fixture
def release(dist_web: Path) -> str:
    """The content hash of the built site."""
    return json.loads((dist_web / "pramana-precache.json").read_text())["release"]


async def run(page: Page, script: str, argument: Any = None) -> Any:
    """Run the body of an async function that has Pramana's exports, `argument`, and `outcome(work)`: what the work
    returned as {value}, or the {code, details, name} that it failed with."""
    return await page.evaluate(
        """async ([script, argument]) => {
            const pramana = window.Pramana ?? await import("/pramana.js");
            const outcome = async (work) => {
                try { return { value: await work() }; }
                catch (error) {
                    return { code: error.code ?? String(error), details: error.details, name: error.name,
                        message: error.message };
                }
            };
            const AsyncFunction = outcome.constructor;
            return new AsyncFunction("pramana", "outcome", "argument", script)(pramana, outcome, argument);
        }""",
        [script, argument],
    )


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A database of this test's own."""
    return request.node.name
