"""WordNet in CPython over SQLite.

Each step has a process of its own, so that what is cold is cold, and the peak of memory is its own.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pramana

from . import wordnet
from .closure_peer import peak_bytes
from .timing import summary


async def store(database: str, facts: str, rules: str) -> dict[str, Any]:
    """Import the pack into a new database."""
    texts = [Path(name).read_text("utf-8") for name in (facts, rules)]
    began = time.perf_counter()
    async with await pramana.open(database) as memory:
        added = await memory.graph.add_pack(texts[0], rules=texts[1])
    return {
        "facts": added.pack.facts,
        "import_ms": (time.perf_counter() - began) * 1e3,
        "size_bytes": Path(database).stat().st_size,
        "peak_bytes": peak_bytes(),
    }


async def ask(database: str, questions: list[str]) -> dict[str, Any]:
    """Open it again and ask."""
    times, verdicts = [], []
    began = time.perf_counter()
    async with await pramana.open(database) as memory:
        open_ms = (time.perf_counter() - began) * 1e3
        for question in [*questions, questions[0]]:
            began = time.perf_counter()
            verdicts.append((await memory.reason(question)).verdict)
            times.append((time.perf_counter() - began) * 1e3)
    return {"open_ms": open_ms, "times": times, "verdicts": verdicts[:-1], "peak_bytes": peak_bytes()}


def figures(stored: dict[str, Any], asked: dict[str, Any], found: wordnet.Pack) -> dict[str, Any]:
    """Both steps in one."""
    times = asked["times"]
    return {
        **stored,
        "open_ms": asked["open_ms"],
        "cold_ms": times[0],
        "warm": summary(times[1:-1]),
        "cached_ms": times[-1],
        "peak_bytes_asking": asked["peak_bytes"],
        "disagreements": wordnet.wrong(found, stored["facts"], asked["verdicts"]),
    }


def run(tiny: bool) -> dict[str, Any]:
    """Import, reopening, questions; or why not."""
    with tempfile.TemporaryDirectory() as scratch:
        found = wordnet.pack(tiny, Path(scratch))
        if found is None:
            return {"not_measured": wordnet.ABSENT}
        print("native: WordNet", file=sys.stderr)
        database = str(Path(scratch) / "wordnet.db")
        stored = _apart("import", database, str(found.facts), str(found.rules))
        return figures(stored, _apart("ask", database, *found.questions), found)


def _apart(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", __name__, *arguments]
    ran = subprocess.run(command, cwd=wordnet.ROOT, stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


if __name__ == "__main__":
    step, place, *rest = sys.argv[1:]
    print(json.dumps(asyncio.run(store(place, *rest) if step == "import" else ask(place, rest))))
