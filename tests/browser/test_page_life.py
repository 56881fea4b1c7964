"""Pages that the browser stops without closing them: frozen, or kept to be shown again on "back"."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, Playwright
from playwright.async_api import Error as PlaywrightError

from .conftest import CHROMIUM_ARGS, executable, launch, run
from .site_server import Site
from .test_tabs import OPEN, STORED, WRITE

BLANK = "/own/blank.html"


@asynccontextmanager
async def undriven(playwright: Playwright, profile: Path) -> AsyncIterator[BrowserContext]:
    """Chromium as its users have it: a driven one has no back-forward cache, and takes every tab for visible."""
    running = await asyncio.create_subprocess_exec(
        executable("chromium"),
        *CHROMIUM_ARGS,
        "--headless=new",
        "--remote-debugging-port=0",
        f"--user-data-dir={profile}",
        "about:blank",
        stderr=asyncio.subprocess.PIPE,
    )
    assert running.stderr is not None
    line = b""
    while b"DevTools listening on " not in line:
        line = await running.stderr.readline()
        assert line, "Chromium did not start"
    browser = await playwright.chromium.connect_over_cdp(line.split()[-1].decode(), no_defaults=True)
    yield browser.contexts[0]
    await browser.close()
    running.terminate()
    await running.wait()


@pytest_asyncio.fixture(loop_scope="session")
async def own_chromium(playwright: Playwright, tmp_path: Path) -> AsyncIterator[BrowserContext]:
    async with undriven(playwright, tmp_path) as context:
        yield context


@pytest_asyncio.fixture(loop_scope="session", params=["chromium", "firefox"])
async def own_browser(
    request: pytest.FixtureRequest, playwright: Playwright, tmp_path: Path
) -> AsyncIterator[tuple[str, BrowserContext]]:
    if request.param == "chromium":
        async with undriven(playwright, tmp_path) as context:
            yield request.param, context
    else:
        context = await launch(playwright, request.param, tmp_path)
        yield request.param, context
        await context.close()


async def opened(context: BrowserContext, served: Site, name: str, before: str = "") -> Page:
    page = await context.new_page()
    await page.goto(served.url + BLANK)
    await run(page, before)
    await run(page, OPEN, name)
    return page


async def set_state(page: Page, state: str) -> None:
    """Freeze a page that is not in front, or thaw it."""
    session = await page.context.new_cdp_session(page)
    await session.send("Page.setWebLifecycleState", {"state": state})
    await session.detach()


async def store(page: Page, task: str) -> None:
    await run(page, "await memory.storePattern({ task_description: argument })", task)


async def tasks(page: Page) -> list[str]:
    listed = await run(page, "return (await memory.list()).patterns.map((p) => p.task_description)")
    return sorted(listed)


async def until(page: Page, condition: str, *, timeout_s: float = 30) -> None:
    """Wait in the way that works in pages that are not shown, or are another page by and by."""
    async with asyncio.timeout(timeout_s):
        while True:
            with suppress(PlaywrightError):
                if await page.evaluate(condition):
                    return
            await asyncio.sleep(0.05)


async def leads_soon(page: Page) -> None:
    """Sooner than a leader is given up that says nothing, though the engine is not ready then."""
    await until(page, "memory.role === 'leader'", timeout_s=5)


async def test_a_frozen_leader_gives_way_at_once_and_follows_when_it_is_thawed(own_chromium, served):
    first = await opened(own_chromium, served, "cold")
    second = await opened(own_chromium, served, "cold")
    await set_state(first, "frozen")
    await leads_soon(second)
    await store(second, "while the first is frozen")
    await set_state(first, "active")
    await until(first, "memory.role === 'follower'")
    await store(first, "thawed")
    both = ["thawed", "while the first is frozen"]
    assert await tasks(first) == await tasks(second) == both
    await until(first, "events.some(([type, detail]) => type === 'change' && detail.seq === 2)")
    # As a follower: what it asks while it is frozen is answered when it is thawed.
    await second.bring_to_front()
    await set_state(first, "frozen")
    await first.evaluate("() => void (window.asked = memory.storePattern({ task_description: 'asked' }))")
    await store(second, "alone")
    await set_state(first, "active")
    await first.evaluate("asked")
    assert await tasks(first) == await tasks(second) == sorted([*both, "asked", "alone"])
    assert await first.evaluate("events.filter(([type]) => type === 'closed')") == []


async def test_a_leader_that_sleeps_with_its_lock_is_replaced_and_nothing_is_lost_or_doubled(
    own_chromium, served
):
    # An engine is not ended while it holds a memory that is nowhere else.
    beside = (
        "window.beside = await pramana.open(':memory:'); await beside.storePattern({ task_description: 'x' })"
    )
    first = await opened(own_chromium, served, "asleep", beside)
    second = await opened(own_chromium, served, "asleep")
    third = await opened(own_chromium, served, "asleep")
    for page in (first, second):
        await run(page, WRITE, 20)
    for page in (first, second):
        await until(page, "acknowledged.length > 10")
    await set_state(first, "frozen")
    before = await first.evaluate("acknowledged.length")
    began = time.monotonic()
    await store(third, "by the third")
    assert time.monotonic() - began > 5, "the first was not given up at once"
    await second.evaluate("writing")
    assert before < 40, "the first froze in the middle"
    await set_state(first, "active")
    await first.evaluate("writing")
    found = [await run(page, STORED) for page in (first, second)]
    acknowledged = [*found[0]["acknowledged"], *found[1]["acknowledged"]]
    assert len(acknowledged) == 80
    stored = [entry for entry in found[0]["stored"] if entry[1] != "by the third"]
    assert sorted(stored) == sorted(acknowledged)
    assert found[0]["stored"] == found[1]["stored"]
    assert await first.evaluate("memory.role") == "follower"
    assert await run(first, "return (await beside.stats()).patterns") == 1
    # It can lead again.
    await asyncio.gather(second.close(), third.close())
    await store(first, "leading again")
    assert await first.evaluate("events.filter(([type]) => type !== 'change')") == [
        ["role", "follower"],
        ["role", "leader"],
    ]
    assert (await run(first, "return memory.stats()"))["patterns"] == 82


async def navigated(page: Page, script: str, query: str) -> None:
    """Have the page navigate itself, and wait until it is there."""
    await page.evaluate(f"() => void setTimeout(() => {{ {script} }})")
    await until(page, f"document.readyState === 'complete' && location.search === '{query}'")


async def back(page: Page) -> bool:
    """Go back, and open the memory again if the browser has not kept the page as it was."""
    await navigated(page, "history.back()", "")
    kept = await page.evaluate("'memory' in window")
    if not kept:
        await run(page, OPEN, "back")
    return kept


async def test_leaving_a_page_lets_others_lead_at_once_and_coming_back_works(own_browser, served):
    browser, context = own_browser
    first = await opened(context, served, "back")
    second = await opened(context, served, "back")
    await store(first, "before")
    # Until the service worker has claimed the page, Chromium does not keep it.
    assert (await run(first, "return memory.offline"))["ready"]
    await navigated(first, "location.search = '?elsewhere'", "?elsewhere")
    await leads_soon(second)
    await store(second, "in between")
    # Not kept, mostly: another tab waited for its lock when it was left.
    await back(first)
    await store(first, "back again")
    assert await tasks(first) == await tasks(second) == ["back again", "before", "in between"]
    assert await first.evaluate("memory.role") == "follower"
    await until(first, "events.some(([type, detail]) => type === 'change' && detail.seq === 3)")
    await second.close()
    await store(first, "alone")
    await navigated(first, "location.search = '?elsewhere'", "?elsewhere")
    # Firefox keeps no page that holds a lock.
    assert await back(first) is (browser == "chromium")
    assert len(await tasks(first)) == 4
    assert await first.evaluate("memory.role") == "leader"
    await store(first, "and on")
    await until(first, "events.some(([type, detail]) => type === 'change' && detail.seq === 5)")
