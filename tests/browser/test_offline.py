"""The built site without its server: what the service worker keeps, for whom, and when it lets go."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from .conftest import HERE, run
from .site_server import Site

READY = {"ready": True, "reason": None}


async def test_a_page_of_ones_own_reloads_with_the_server_stopped(visit, served):
    page = await visit("/own/own.html?db=notes", until="window.memory")
    assert await page.evaluate("memory.offline") == READY
    await run(page, "await memory.storePattern({ task_description: 'Keep notes on what worked' })")
    served.stop()
    await page.reload()
    await page.wait_for_function("document.documentElement.dataset.state === 'ready'")
    assert await page.inner_text("#found li") == "Keep notes on what worked"
    colour = "getComputedStyle(document.querySelector('#found')).color"
    assert await page.evaluate(colour) == "rgb(1, 2, 3)"
    # And it goes on working: a write, and another reload.
    await run(page, "await memory.storePattern({ task_description: 'Written without a server' })")
    await page.reload()
    await page.wait_for_function("document.querySelectorAll('#found li').length === 2")
    served.start()
    await page.reload()
    await page.wait_for_function("document.querySelectorAll('#found li').length === 2")


async def test_offline_can_be_turned_off(visit):
    page = await visit()
    found = await run(
        page,
        """
        const memory = await pramana.open(":memory:", { offline: false });
        return [await memory.offline, (await navigator.serviceWorker.getRegistrations()).length];
        """,
    )
    assert found == [{"ready": False, "reason": "turned off"}, 0]


async def test_a_script_from_another_origin_works_and_says_that_offline_is_off(context, dist_web):
    library = Site({"/": dist_web}, headers={"Access-Control-Allow-Origin": "*"})
    site = Site({"/own/": HERE / "pages"})
    library.start()
    site.start()
    page = await context.new_page()
    try:
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        await page.goto(f"{site.url}/own/own.html?from={library.url}/pramana.js")
        await page.wait_for_function("document.documentElement.dataset.state === 'ready'")
        await page.evaluate("memory.storePattern({ task_description: 'Keep notes' })")
        offline = await page.evaluate("memory.offline")
        assert not offline["ready"]
        assert "another origin" in offline["reason"]
        assert any("another origin" in text for text in said)
        await page.reload()
        await page.wait_for_function("document.querySelector('#found li')")
    finally:
        await page.close()
        site.stop()
        library.stop()


@pytest.fixture
def site_with_its_own_worker(dist_web: Path, tmp_path: Path):
    """Pramana in a sub-folder of a site that has a service worker, which imports ours last."""
    (tmp_path / "worker.js").write_text(
        """
        self.addEventListener("fetch", (event) => {
            if (new URL(event.request.url).pathname === "/greeting") event.respondWith(new Response("hello"));
        });
        importScripts("/lib/pramana/pramana-sw.js");
        """
    )
    (tmp_path / "lonely.js").write_text("self.addEventListener('fetch', () => undefined);")
    site = Site({"/lib/pramana/": dist_web, "/own/": HERE / "pages", "/": tmp_path})
    site.start()
    yield site
    site.stop()


async def test_a_sites_own_service_worker_that_imports_ours_keeps_its_pages(
    context, site_with_its_own_worker
):
    site = site_with_its_own_worker
    page = await context.new_page()
    url = f"{site.url}/own/own.html?db=sub&from=/lib/pramana/pramana.js"
    try:
        await page.goto(url)
        await page.wait_for_function("window.memory")
        uncovered = await page.evaluate("memory.offline")
        assert not uncovered["ready"]
        assert "pramana-sw.js" in uncovered["reason"]
        await page.evaluate(
            "navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready)"
        )
        await page.reload()
        await page.wait_for_function("window.memory")
        assert await page.evaluate("memory.offline") == READY
        await page.evaluate("memory.storePattern({ task_description: 'Keep notes' })")
        site.stop()
        await page.reload()
        await page.wait_for_function("document.querySelector('#found li')")
        assert await page.evaluate("fetch('/greeting').then((answer) => answer.text())") == "hello"
    finally:
        await page.close()


def next_release(dist: Path, to: Path, release: str) -> str:
    """A copy of the site under another release's name, as a later build would make it."""
    newer = "feedfacefeedface"
    shutil.copytree(dist, to)
    for file in to.rglob("*"):
        if file.suffix in (".js", ".json"):
            file.write_bytes(file.read_bytes().replace(release.encode(), newer.encode()))
    (to / "v" / release).rename(to / "v" / newer)
    return newer


async def releases(page) -> list[str]:
    names = await page.evaluate("caches.keys()")
    return sorted(
        name.removeprefix("pramana:release:") for name in names if name.startswith("pramana:release:")
    )


async def test_a_releases_cache_goes_only_when_no_page_uses_it(context, dist_web, release, tmp_path):
    site = Site({"/own/": HERE / "pages", "/": dist_web})
    site.start()
    older, newer = await context.new_page(), await context.new_page()
    try:
        await older.goto(f"{site.url}/own/own.html?db=releases")
        await older.wait_for_function("window.memory")
        assert await older.evaluate("memory.offline") == READY
        assert await releases(older) == [release]
        number = next_release(dist_web, tmp_path / "site", release)
        site.roots["/"] = tmp_path / "site"
        # A visit with the next release: its worker takes over, and both releases are held.
        await newer.goto(f"{site.url}/own/own.html?db=releases")
        await newer.wait_for_function("window.memory")
        assert await newer.evaluate("memory.role") == "follower"
        await wait_for(newer, [release, number])
        # The older page's files are gone from the server, not for the older page.
        code = f"fetch('/v/{release}/embedder.json').then((answer) => answer.status)"
        assert await older.evaluate(code) == 200
        await older.close()
        await newer.reload()
        await newer.wait_for_function("window.memory")
        assert await newer.evaluate("memory.offline") == READY
        await wait_for(newer, [number])
    finally:
        for page in (older, newer):
            await page.close()
        site.stop()


async def wait_for(page, expected: list[str]) -> None:
    for _ in range(100):
        found = await releases(page)
        if found == sorted(expected):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"caches hold {json.dumps(found)}, not {expected}")
