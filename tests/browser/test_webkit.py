"""The built site in WebKit: boot, store, reload, find, and all of it again without the server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from . import webkit
from .site_server import Site

pytestmark = pytest.mark.skipif(
    bool(webkit.missing()),
    reason=f"WebKit is not installed: as root, apt-get install {' '.join(webkit.missing())}",
)

OPEN = """
const { open } = await import("/pramana.js");
const progress = [];
window.memory = await open("webkit", { onProgress: (step) => progress.push(step) });
"""
FIND = "const [hit] = await memory.findSimilar('Build API endpoint'); return hit.pattern.strategy;"


def scenario(site: Site, home: Path) -> None:
    with webkit.session(home) as page:
        page.goto(f"{site.url}/own/blank.html")
        about, progress = page.run(OPEN + "return [await memory.capabilities(), progress];")
        loaded = [step["loaded"] for step in progress if step["phase"] == "download"]
        assert loaded == sorted(loaded)
        assert loaded[-1] > 10_000_000
        assert (about["kernels"]["build"], about["kernels"]["fallbacks"]) == ("simd", [])
        assert about["store"]["backend"] == "indexeddb"
        page.run("await memory.storePattern({ task_description: 'Implement REST API', strategy: 'TDD' });")
        page.run("await memory.graph.tell('Socrates is a human. Every human is mortal.');")
        assert page.run(FIND) == "TDD"
        assert page.run("return memory.offline;") == {"ready": True, "reason": None}
        page.reload()
        assert page.run(OPEN + FIND) == "TDD"
        site.stop()
        page.reload()
        assert page.run(OPEN + FIND) == "TDD"
        verdict = page.run("return (await memory.graph.ask('Is Socrates mortal?')).verdict;")
        assert verdict == "true"


async def test_webkit_boots_stores_reloads_and_finds_with_the_server_stopped_too(served, tmp_path):
    await asyncio.to_thread(scenario, served, tmp_path)
