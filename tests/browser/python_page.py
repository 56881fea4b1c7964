"""A page with a Pyodide of its own, into which micropip installs the wheel: bare_pyodide.html."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.pyodide.wheels import MICROPIP, PYODIDE, wheels

from .conftest import HERE, ROOT
from .site_server import Site


def add_pyodide(site: Site, wheel: Path) -> Site:
    """Put Pyodide's own files, micropip and the wheel beside what the site serves."""
    micropip = wheels(MICROPIP)
    site.roots = {
        "/pyodide/": PYODIDE,
        "/micropip/": micropip[0].parent,
        "/wheel/": wheel.parent,
        "/contract/": ROOT / "tests/contract",
        **site.roots,
    }
    listed = {"micropip": [f"/micropip/{file.name}" for file in micropip], "pramana": f"/wheel/{wheel.name}"}
    site.replaced["/wheels.json"] = json.dumps(listed).encode()
    return site


def bare_site(wheel: Path) -> Site:
    """A site without the built one."""
    return add_pyodide(Site({"/own/": HERE / "pages"}), wheel)


async def python(page: Page, source: str) -> Any:
    """Run Python in the page's own Pyodide; its last expression, a JSON text, is returned."""
    text = await page.evaluate("(source) => pyodide.runPythonAsync(source)", source)
    return None if text is None else json.loads(text)
