"""The examples of docs/recipes.md, run as they stand there; more of them in the tests of npm, policies, offline."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import run
from .python_page import add_pyodide
from .recipes import RECIPES, recipe
from .site_server import Site

CDN = "https://cdn.example"
in_chromium = pytest.mark.parametrize("context", ["chromium"], indirect=True)


async def test_every_example_is_run() -> None:
    tests = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    assert len(RECIPES) > 10
    for name in RECIPES:
        assert any(re.search(rf"\b(recipe|policy)\(['\"]{re.escape(name)}['\"]", test) for test in tests), (
            name
        )


@in_chromium
async def test_a_page_that_works_offline(served, visit):
    served.replaced["/index.html"] = recipe("index.html").encode()
    served.replaced["/app.webmanifest"] = recipe("app.webmanifest").encode()
    page = await visit("/index.html", until="window.memory")
    assert await page.title() == "Notes, offline too"
    await run(page, "await memory.storePattern({ task_description: 'Keep notes on what worked' })")
    session = await page.context.new_cdp_session(page)
    manifest = await session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert (await session.send("Page.getInstallabilityErrors"))["installabilityErrors"] == []
    served.stop()
    await page.reload()
    await page.wait_for_function("window.memory")
    assert await page.inner_text("#found li") == "Keep notes on what worked"
    manifest = await page.evaluate("fetch('app.webmanifest').then((answer) => answer.json())")
    assert manifest["icons"][0]["src"] == "icon-512.png"


@pytest.fixture
def library(dist_web: Path) -> Iterator[Site]:
    """Another origin that serves Pramana."""
    running = Site({"/": dist_web}, headers={"Access-Control-Allow-Origin": "*"})
    running.start()
    yield running
    running.stop()


def integrity(dist: Path) -> str:
    digest = subprocess.run(recipe("integrity.sh"), shell=True, cwd=dist, capture_output=True, check=True)
    return f"sha384-{digest.stdout.decode()}"


async def test_a_script_from_another_origin_works_and_says_that_offline_is_off(
    served, visit, library, dist_web
):
    expected = integrity(dist_web)
    script = (dist_web / "pramana.global.js").read_bytes()
    assert expected == "sha384-" + base64.b64encode(hashlib.sha384(script).digest()).decode()
    places = {CDN: library.url, "sha384-…": expected}
    served.replaced["/cdn.html"] = recipe("cdn.html", places).encode()
    page = await visit()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    await page.goto(f"{served.url}/cdn.html")
    await page.wait_for_function("window.memory")
    offline = await page.evaluate("memory.offline")
    assert not offline["ready"]
    assert "another origin" in offline["reason"]
    assert offline["reason"] in said
    await page.evaluate("memory.storePattern({ task_description: 'Keep notes' })")
    await page.reload()
    await page.wait_for_function("window.memory")
    first = "memory.findSimilar('how to keep notes').then(([hit]) => hit.pattern.task_description)"
    assert await page.evaluate(first) == "Keep notes"
    # The data is this page's origin's own.
    names = "indexedDB.databases().then((all) => all.map(({ name }) => name))"
    assert "pramana:notes" in await page.evaluate(names)
    # A script that was exchanged does not run.
    library.replaced["/pramana.global.js"] = script + b"//"
    await page.reload()
    assert await page.evaluate("typeof Pramana") == "undefined"


@in_chromium
async def test_a_module_from_another_origin(visit, library):
    page = await visit()
    found = await page.evaluate(
        """async (url) => {
            const { open } = await import(url);
            const memory = await open(":memory:");
            await memory.storePattern({ task_description: "Keep notes" });
            return [(await memory.findSimilar("how to keep notes")).length, (await memory.offline).ready];
        }""",
        f"{library.url}/pramana.js",
    )
    assert found == [1, False]


CONSOLE = """
import { loadPyodide } from "ORIGIN/pyodide/pyodide.mjs";
const pyodide = await loadPyodide({ indexURL: "ORIGIN/pyodide/" });
const { micropip } = await (await fetch("ORIGIN/wheels.json")).json();
await pyodide.loadPackage(micropip.map((file) => "ORIGIN" + file), { checkIntegrity: false });
pyodide.globals.set("lines", CELL.trim().split("\\n"));
postMessage(await pyodide.runPythonAsync(`
from pyodide.console import PyodideConsole
console = PyodideConsole()
for line in lines:
    result = await console.push(line)
repr(result)
`));
"""


@in_chromium
async def test_a_console_of_pyodide_in_a_worker_as_notebooks_have_it(served, visit, wheel):
    add_pyodide(served, wheel)
    page = await visit()
    place = {"https://example.org/pramana-0.1.0-py3-none-any.whl": f"{served.url}/wheel/{wheel.name}"}
    script = CONSOLE.replace("ORIGIN", served.url).replace("CELL", json.dumps(recipe("cell.py", place)))
    served.replaced["/console.js"] = script.encode()
    found = await page.evaluate(
        """() => new Promise((resolve, reject) => {
            const worker = new Worker("/console.js", { type: "module" });
            worker.onmessage = ({ data }) => (worker.terminate(), resolve(data));
            worker.onerror = (event) => reject(new Error(event.message));
        })"""
    )
    assert found == "['One line each']"
    # What the notebook kept, a script tag finds.
    kept = await run(
        page,
        """
        const memory = await pramana.open("notes", { offline: false });
        const [hit] = await memory.findSimilar("Keep notes on what worked");
        await memory.close();
        return hit.pattern.strategy;
        """,
    )
    assert kept == "One line each"


@in_chromium
async def test_a_test_with_playwright(served, tmp_path, context):
    served.replaced["/index.html"] = recipe("index.html").encode()
    (tmp_path / "test_page.py").write_text(recipe("test_page.py", {"http://localhost:8000": served.url}))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_page.py"]
    ran = await asyncio.to_thread(subprocess.run, command, cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 passed" in ran.stdout
