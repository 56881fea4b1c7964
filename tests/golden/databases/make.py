"""Writes the databases of the present release, to be opened by every later one.

    python -m tests.golden.databases.make

Run it once per release that changes what is stored, before the release, and keep what it writes for ever:
`<version>.sqlite.gz`, `<version>.indexeddb.json.gz` (see browser/pages/raw_indexeddb.js), and
`<version>.expected.json`, what a reader must find in both. It needs the built wheel and Chromium.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

import pramana
from tests.browser.conftest import launch
from tests.browser.python_page import bare_site, python
from tests.golden.databases import contents

HERE = Path(__file__).parent
SOURCE = (HERE / "contents.py").read_text(encoding="utf-8")
IN_THE_PAGE = """
async with await pramana.open("made") as memory:
    await fill(memory)
    found = await read(memory)
json.dumps(found)
"""


async def natively(path: Path) -> dict[str, Any]:
    """Make the SQLite file, and return what is found in it."""
    async with await pramana.open(path) as memory:
        await contents.fill(memory)
        return await contents.read(memory)


async def in_a_page(directory: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Make the database in Chromium; return all of it, and what is found in it."""
    wheel = next((HERE.parents[2] / "dist").glob("pramana-*.whl"))
    site = bare_site(wheel)
    site.start()
    async with async_playwright() as driver:
        browser = await launch(driver, "chromium", directory)
        page = await browser.new_page()
        await page.goto(f"{site.url}/own/bare_pyodide.html")
        await page.wait_for_function("window.pyodide")
        found = await python(page, SOURCE + IN_THE_PAGE)
        dumped = await page.evaluate(
            "import('/own/raw_indexeddb.js').then(({ dump }) => dump('pramana:made'))"
        )
        await browser.close()
    site.stop()
    return dumped, found


async def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "made.db"
        found = await natively(file)
        dumped, found_in_page = await in_a_page(Path(place) / "profile")
        assert found == found_in_page, "the page and CPython disagree"
        made = {"sqlite.gz": file.read_bytes(), "indexeddb.json.gz": json.dumps(dumped).encode()}
    for suffix, data in made.items():
        (HERE / f"{pramana.__version__}.{suffix}").write_bytes(gzip.compress(data, mtime=0))
    text = json.dumps(found, ensure_ascii=False, indent=1)
    (HERE / f"{pramana.__version__}.expected.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
