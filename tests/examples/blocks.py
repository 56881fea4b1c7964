"""The fenced blocks of a Markdown page, and what its examples say that comes of them.

A page is one program a language: its blocks run in order and share names. Where a block needs what a reader would have
by then, the page says so in a comment, which a reader does not see: `<!-- before js: const text = "…"; -->` stands
before the block. `# → value`, in JavaScript `// → value`, after an expression is checked; "…" there is anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
STAND_INS = {
    "https://api.openai.com/v1": "openai",
    "http://localhost:11434/v1": "ollama",
    "https://cdn.jsdelivr.net/npm/@huggingface/transformers@3": "transformers",
}
"""Addresses of others, for each of which a test gives one of its own."""
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(
    r"(?:^<!-- before (?P<hidden>\w+): (?P<before>.*?) -->\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


class Block(NamedTuple):
    """A block: the language it names, where it begins, its text, and what must have run before it."""

    language: str
    line: int
    text: str
    before: str


def blocks_of(page: Path, *languages: str) -> Iterator[Block]:
    """Yield the blocks of a page in some languages."""
    text = page.read_text("utf-8")
    for found in _BLOCK.finditer(text):
        if found["language"] in languages:
            line = text.count("\n", 0, found.start("text")) + 1
            yield Block(found["language"], line, found["text"], found["before"] or "")


def nearer(text: str, addresses: Mapping[str, str]) -> str:
    """A text with the addresses of others replaced, by the names in `STAND_INS`."""
    for address, name in STAND_INS.items():
        text = text.replace(address, addresses.get(name, address))
    return text


def says(said: str, value: str) -> bool:
    """Whether what a page says of a value holds of it as it is written."""
    pattern = ".*".join(map(re.escape, said.strip().split("…")))
    return re.fullmatch(pattern, value, re.DOTALL) is not None
