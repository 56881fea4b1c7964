"""Databases that earlier releases left in IndexedDB, laid there through the raw API, opened by this one."""

from __future__ import annotations

import gzip
import inspect
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pramana.protocol import SCHEMA_VERSION
from pramana.store import journal
from tests.golden.databases import contents
from tests.unit.store.test_released_databases import DATABASES, RELEASES, expected

from .conftest import run
from .python_page import add_pyodide, python

READ = """
async with await pramana.open("released") as memory:
    found = await read(memory)
json.dumps(found)
"""


def released(release: str) -> dict[str, Any]:
    return json.loads(gzip.decompress((DATABASES / f"{release}.indexeddb.json.gz").read_bytes()))


async def run_raw(page, script: str, argument: Any = None) -> Any:
    """Run the body of an async function that has `dump`, `restore` and `argument`, and nothing of Pramana."""
    return await page.evaluate(
        f"""async (argument) => {{
            const {{ dump, restore }} = await import("/own/raw_indexeddb.js");
            {script}
        }}""",
        argument,
    )


def check_journal(raw: dict[str, Any]) -> int:
    """How many entries there are, all of which follow each other up to the head."""
    meta = {row["key"]: row["value"] for row in raw["stores"]["meta"]["values"]}
    entries = [
        replace(
            journal.entry_from_dict({**row, "ops": []}), ops=journal.ops_from_json(row["ops"], row["seq"])
        )
        for row in raw["stores"]["journal"]["values"]
    ]
    journal.verify(entries)
    assert (meta["head_seq"], meta["head_hash"]) == (entries[-1].seq, entries[-1].hash)
    return len(entries)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("context", ["chromium"], indirect=True)
async def test_a_database_of_an_earlier_release_reads_as_it_was_written(release, visit, served, wheel: Path):
    add_pyodide(served, wheel)
    page = await visit("/own/bare_pyodide.html", until="window.pyodide")
    await run_raw(page, "await restore('pramana:released', argument)", released(release))
    found, wanted = await python(page, inspect.getsource(contents) + READ), expected(release)
    assert {key: found[key] for key in wanted} == wanted


@pytest.mark.parametrize("release", RELEASES)
async def test_a_database_of_an_earlier_release_is_written_on(release, visit):
    raw, wanted = released(release), expected(release)
    before = check_journal(raw)
    page = await visit()
    await run_raw(page, "await restore('pramana:released', argument)", raw)
    found = await run(
        page,
        """
        let memory = await pramana.open("released", { offline: false });
        await memory.storePattern({ task_description: "Written by this release" });
        const [old] = await memory.findSimilar("Implement REST API", { k: 1 });
        await memory.updatePattern(old.pattern.id, { strategy: "changed by this release" });
        await memory.graph.tell("Plato is a human.", { source: "this release" });
        await memory.close();
        memory = await pramana.open("released", { offline: false });
        const [hit] = await memory.findSimilar("Written by this release", { k: 1 });
        const changed = await memory.getPattern(old.pattern.id);
        const { verdict } = await memory.graph.ask("Is Plato mortal?");
        const { patterns } = await memory.stats();
        await memory.close();
        return { hit: hit.parts.exact, changed: [changed.strategy, changed.content], verdict, patterns };
        """,
    )
    assert found == {
        "hit": 1,
        "changed": ["changed by this release", "Write the contract test first."],
        "verdict": "true",
        "patterns": wanted["count"] + 1,
    }
    assert check_journal(await run_raw(page, "return dump('pramana:released')")) == before + 3


async def test_a_database_of_a_later_schema_is_refused_and_left_as_it_is(visit):
    raw = released(RELEASES[-1])
    raw["version"] = (SCHEMA_VERSION + 1) * 10
    raw["stores"]["of the future"] = {
        "keyPath": "id",
        "autoIncrement": False,
        "indexes": [],
        "keys": ["a"],
        "values": [{"id": "a"}],
    }
    page = await visit()
    await run_raw(page, "await restore('pramana:later', argument)", raw)
    before = await run_raw(page, "return dump('pramana:later')")
    for read_only in (True, False, True):
        refused = await run(
            page, "return outcome(() => pramana.open('later', { readOnly: argument }))", read_only
        )
        assert refused["code"] == "schema_newer"
        assert "newer release" in refused["message"]
    assert await run_raw(page, "return dump('pramana:later')") == before
