"""Two releases at one origin: in two tabs, one after the other, and back again. Nothing is lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page

from .conftest import HERE, run
from .releases import build_release, release_of
from .site_server import Site

MISSING = """
const list = await fetch(argument + "assets.json");
if (!list.ok) return ["assets.json"];
const names = Object.keys((await list.json()).files);
const answers = await Promise.all(names.map((name) => fetch(argument + name)));
return names.filter((_, i) => !answers[i].ok);
"""
READY = {"ready": True, "reason": None}
Visit = Callable[[], Awaitable[Page]]


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A later release that speaks with this one."""
    change = {"src/pramana.js": ("Pramana as an ES module", "Pramana, later"), **_visible("later")}
    return build_release(tmp_path_factory.mktemp("later") / "tree", change)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A later release with another protocol between tabs."""
    change = {"src/protocol.js": ("PROTOCOL_VERSION = 1", "PROTOCOL_VERSION = 2"), **_visible("stranger")}
    return build_release(tmp_path_factory.mktemp("stranger") / "tree", change)


def _visible(name: str) -> dict[str, tuple[str, str]]:
    return {"explorer/explorer.css": ("\n", f"\n/* {name} */\n")}


@pytest.fixture
def deployed(dist_web: Path) -> Iterator[Site]:
    """The site as this release left it. Deploying another one changes `roots`."""
    site = Site({"/own/": HERE / "pages", "/": dist_web})
    site.start()
    yield site
    site.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(context: BrowserContext, deployed: Site) -> AsyncIterator[Visit]:
    """Opens pages that open the memory "shared" by themselves; those still open at the end are closed."""
    pages: list[Page] = []

    async def visit_() -> Page:
        page = await context.new_page()
        pages.append(page)
        await page.goto(f"{deployed.url}/own/own.html?db=shared")
        await page.wait_for_function("window.memory ?? window.failed")
        return page

    yield visit_
    for page in pages:
        if not page.is_closed():
            await page.close()


def deploy(site: Site, dist: Path) -> str:
    site.roots["/"] = dist
    return release_of(dist)


async def store(page: Page, task: str) -> None:
    await run(page, "await memory.storePattern({ task_description: argument })", task)


async def stored(page: Page) -> list[str]:
    script = "return (await memory.list({ limit: 100 })).patterns.map((each) => each.task_description).sort()"
    return await run(page, script)


async def running(page: Page) -> str:
    return (await page.evaluate("memory.capabilities()"))["release"]


async def caches(page: Page, expected: list[str]) -> None:
    """Wait until the caches are those of these releases."""
    for _ in range(100):
        names = await page.evaluate("caches.keys()")
        found = sorted(name[16:] for name in names if name.startswith("pramana:release:"))
        if found == sorted(expected):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"caches hold {json.dumps(found)}, not {expected}")


async def eventually_served(page: Page, assets: str) -> None:
    """All files below are there. While a worker takes over from another, Firefox lets requests pass by both."""
    for _ in range(25):
        missing = await run(page, MISSING, assets)
        if not missing:
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"not served: {missing}")


async def test_two_releases_in_two_tabs_share_a_memory_and_keep_a_cache_each(deployed, visit, release, later):
    older = await visit()
    assert await older.evaluate("memory.offline") == READY
    await caches(older, [release])
    await store(older, "by the older release")
    number = deploy(deployed, later)
    newer = await visit()
    assert await newer.evaluate("memory.role") == "follower"
    assert [await running(older), await running(newer)] == [release, number]
    assert await newer.evaluate("memory.offline") == READY
    await store(newer, "by the newer release, through the older")
    await caches(newer, [release, number])
    # The older release's files are gone from the server, not for its page.
    assert deployed.find(f"/v/{release}/worker.js") is None
    await eventually_served(older, f"/v/{release}/")
    await run(older, "await memory.close()")
    await newer.wait_for_function("memory.role === 'leader'")
    await run(older, "window.memory = await pramana.open('shared')")
    await store(older, "by the older release, through the newer")
    everything = sorted(
        [
            "by the newer release, through the older",
            "by the older release",
            "by the older release, through the newer",
        ]
    )
    assert await stored(older) == await stored(newer) == everything
    # Its cache goes with its last page.
    await older.close()
    await newer.reload()
    await newer.wait_for_function("window.memory")
    assert await newer.evaluate("memory.offline") == READY
    await caches(newer, [number])
    assert await stored(newer) == everything


async def test_a_release_is_rolled_back(deployed, visit, dist_web, release, later):
    number = deploy(deployed, later)
    newer = await visit()
    assert await newer.evaluate("memory.offline") == READY
    assert await running(newer) == number
    await store(newer, "before the rollback")
    deploy(deployed, dist_web)
    older = await visit()
    await store(older, "in both at once")
    assert await older.evaluate("memory.offline") == READY
    await caches(older, [release, number])
    await newer.reload()
    await newer.wait_for_function("window.memory")
    assert await newer.evaluate("memory.offline") == READY
    await caches(newer, [release])
    await older.close()
    await newer.wait_for_function("memory.role === 'leader'")
    assert await running(newer) == release
    assert await stored(newer) == ["before the rollback", "in both at once"]


@pytest.mark.parametrize("context", ["chromium"], indirect=True)
async def test_a_release_of_another_protocol_is_told_to_reload_and_loses_nothing(
    deployed, visit, release, stranger
):
    older = await visit()
    await store(older, "before")
    number = deploy(deployed, stranger)
    newer = await visit()
    refused = await newer.evaluate("failed")
    assert refused["code"] == "protocol_mismatch"
    assert "reload" in refused["message"]
    assert refused["details"] == {"ours": 2, "theirs": 1}
    # The page that was there goes on, and takes nothing of it amiss.
    await store(older, "after")
    assert await stored(older) == ["after", "before"]
    await older.reload()
    await older.wait_for_function("window.memory")
    assert await running(older) == number
    await newer.reload()
    await newer.wait_for_function("window.memory")
    assert await stored(newer) == await stored(older) == ["after", "before"]
