"""The built site without its server: what the service worker keeps, for whom, and when it lets go."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import HERE, run
from .recipes import recipe
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


@pytest.fixture
def site_with_its_own_worker(dist_web: Path, tmp_path: Path):
    """Pramana in a sub-folder of a site that has a service worker, which imports ours last."""
    (tmp_path / "sw.js").write_text(recipe("sw.js"))
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
        await page.evaluate(f"async () => {{ {recipe('register.js')} await navigator.serviceWorker.ready; }}")
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
