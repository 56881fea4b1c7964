"""The JavaScript and the HTML of the documentation run in a page, and give what they say."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.examples.blocks import PAGES, blocks_of, nearer

from .site_server import Site

SCRIPT = re.compile(r'<script type="module">\n(.*?)</script>', re.DOTALL)
SHOWN = re.compile(r"^(\s*)(.+);\s*// → (.+)$", re.MULTILINE)
IMPORT = re.compile(r"^\s*import .*?;$", re.MULTILINE)
TRANSFORMERS = b"""
export const pipeline = async () => async (texts) => ({
  tolist: () => texts.map((text) => [1, text.length, ...Array(382).fill(0)]),
});
"""
"""In place of transformers.js, whose models are not ours to fetch here: what the example uses of it."""
HARNESS = """
window.wrong = [];
const shown = async (value, said) => {
  const is = JSON.stringify(await value);
  const escaped = (part) => part.replace(/[.*+?^${}()|[\\]\\\\]/g, "\\\\$&").replaceAll(", ", ",");
  const pattern = said.split("…").map(escaped).join(".*");
  if (!new RegExp(`^${pattern}$`, "s").test(is)) window.wrong.push(`it says ${said}, and it is ${is}`);
};
const broke = (what) => { window.wrong.push(String(what)); window.done = true; };
window.addEventListener("error", (event) => broke(event.message));
window.addEventListener("unhandledrejection", (event) => broke(event.reason));
"""


def pages() -> list[Path]:
    return [page for page in PAGES if page.name != "api-javascript.md" and any(blocks_of(page, "js", "html"))]


def program(page: Path) -> str:
    """A module of a page's examples, imports first."""
    parts = []
    for block in blocks_of(page, "js", "html"):
        text = "\n".join(SCRIPT.findall(block.text)) if block.language == "html" else block.text
        parts.append(f"{block.before}\n{text}")
    source = nearer("\n".join(parts), {"transformers": "/transformers.js"})
    imports = dict.fromkeys(found.strip() for found in IMPORT.findall(source))
    body = SHOWN.sub(
        lambda m: f"{m[1]}await shown(({m[2]}), {json.dumps(m[3].strip())});", IMPORT.sub("", source)
    )
    return "\n".join([*imports, HARNESS, "export {};", body, "window.done = true;"])


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
@pytest.mark.one_browser
async def test_the_examples_of_a_page_run_and_give_what_they_say(
    page: Path, visit: Callable[..., Awaitable[Page]], served: Site, dist_web: Path
) -> None:
    served.roots = {"/pramana/": dist_web, **served.roots}
    served.replaced["/transformers.js"] = TRANSFORMERS
    served.replaced["/example.js"] = program(page).encode()
    served.replaced["/example.html"] = (
        b'<!doctype html><body><script type="module" src="/example.js"></script>'
    )
    tab = await visit("/example.html", until="window.done")
    assert await tab.evaluate("window.wrong") == []
