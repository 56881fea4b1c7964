"""SQLite files that earlier releases wrote are opened, read in full, written to, and hold a sound journal."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pytest

import pramana
from pramana.errors import SchemaError
from pramana.protocol import SCHEMA_VERSION
from pramana.store import journal
from pramana.store.sqlite import SqliteStore
from tests.conftest import ROOT
from tests.golden.databases.contents import read

pytestmark = pytest.mark.skipif(sys.platform == "emscripten", reason="a page keeps databases, not files")

DATABASES = ROOT / "tests/golden/databases"
RELEASES = sorted(path.name.removesuffix(".sqlite.gz") for path in DATABASES.glob("*.sqlite.gz"))


def unpack(release: str, to: Path) -> Path:
    path = to / "released.db"
    path.write_bytes(gzip.decompress((DATABASES / f"{release}.sqlite.gz").read_bytes()))
    return path


def expected(release: str) -> dict[str, Any]:
    return json.loads((DATABASES / f"{release}.expected.json").read_text(encoding="utf-8"))


async def check_journal(path: Path) -> int:
    """How many entries it has, all of which follow each other up to the head."""
    store = SqliteStore(path, read_only=True)
    try:
        state = await store.open()
        journal.verify(await store.entries(0, 1 << 30), head=state)
        return state.head_seq
    finally:
        await store.close()


def test_every_release_left_its_databases() -> None:
    assert RELEASES
    for release in RELEASES:
        assert (DATABASES / f"{release}.indexeddb.json.gz").exists()


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize("release", RELEASES)
async def test_a_file_of_an_earlier_release_reads_as_it_was_written(
    release: str, read_only: bool, tmp_path: Path
) -> None:
    path, wanted = unpack(release, tmp_path), expected(release)
    async with await pramana.open(path, read_only=read_only) as memory:
        found = await read(memory)
    assert {key: found[key] for key in wanted} == wanted


@pytest.mark.parametrize("release", RELEASES)
async def test_a_file_of_an_earlier_release_is_written_on(release: str, tmp_path: Path) -> None:
    path, wanted = unpack(release, tmp_path), expected(release)
    before = await check_journal(path)
    assert before > 10
    async with await pramana.open(path) as memory:
        new = await memory.store(task_description="Written by this release", strategy="go on")
        (old,) = await memory.find_similar("Implement REST API", k=1)
        await memory.update(old.pattern.id, strategy="changed by this release")
        await memory.graph.tell("Plato is a human.", source="this release")
    async with await pramana.open(path) as memory:
        (hit,) = await memory.find_similar("Written by this release", k=1)
        assert hit.pattern.id == new
        changed = await memory.get(old.pattern.id)
        assert changed is not None
        assert (changed.strategy, changed.content) == ("changed by this release", old.pattern.content)
        # A rule of the earlier release, and a fact of this one.
        assert (await memory.graph.ask("Is Plato mortal?")).verdict == "true"
        assert (await memory.stats())["patterns"] == wanted["count"] + 1
    assert await check_journal(path) > before


@pytest.mark.parametrize("read_only", [True, False])
async def test_a_file_of_a_later_schema_is_left_as_it_is(read_only: bool, tmp_path: Path) -> None:
    path = unpack(RELEASES[-1], tmp_path)
    data = bytearray(path.read_bytes())
    data[60:64] = (SCHEMA_VERSION + 1).to_bytes(4, "big")  # user_version, in SQLite's header
    path.write_bytes(data)
    with pytest.raises(SchemaError) as caught:
        await pramana.open(path, read_only=read_only)
    assert caught.value.details["stored"] == SCHEMA_VERSION + 1
    assert path.read_bytes() == data
    wal = path.with_name(f"{path.name}-wal")
    assert not wal.exists() or wal.stat().st_size == 0
