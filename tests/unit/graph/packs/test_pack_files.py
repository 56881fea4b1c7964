"""Packs in SQLite files: of two processes, and of the release before."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

import pramana
from pramana.errors import ReadOnlyError
from pramana.store.sqlite import SqliteStore
from tests.unit.graph.graphs import EXPOSURE, StillClock, open_graph, state_of
from tests.unit.graph.packs.test_packs import CSV, WEB


async def test_a_pack_in_a_file_is_there_when_another_process_opens_it(tmp_path: Path) -> None:
    path, clock = tmp_path / "m.db", StillClock()
    async with open_graph(SqliteStore(path), clock) as first, open_graph(SqliteStore(path), clock) as second:
        assert await second.packs() == []
        await first.add_pack(CSV, rules=EXPOSURE)
        assert await second.packs() == [WEB]
        assert await state_of(first) == await state_of(second)
        await second.remove_pack("web")
        assert await first.packs() == []
        assert await first.rules() == []


async def test_a_database_of_before_there_were_packs_is_read_and_takes_one(
    root: Path, tmp_path: Path
) -> None:
    # Written by the release before: three facts of a batch, one retracted; two facts of their own, of which one ends
    # one of the batch; a rule, a declaration and a proposal.
    db = tmp_path / "before.db"
    db.write_bytes(gzip.decompress((root / "tests/golden/knowledge-before-packs.db.gz").read_bytes()))
    async with await pramana.open(db) as memory:
        graph = memory.graph
        assert [
            (f.subject, f.predicate, f.object, f.pack, f.licence) for f in await graph.match(derived=True)
        ] == [
            ("jwt", "vulnerable_to", "timing attack", "", ""),
            ("timing attack", "enables", "account takeover", "", ""),
            ("jwt", "age", "11", "", ""),
            ("jwt", "exposed_to", "account takeover", "", ""),
        ]
        assert [(rule.name, rule.pack) for rule in await graph.rules()] == [("exposure", "")]
        assert len(await graph.proposals()) == len(await graph.conflicts()) == 1
        assert await graph.packs() == []
        await graph.add_pack(CSV, rules=EXPOSURE)
    async with await pramana.open(db) as memory:
        assert [pack.name for pack in await memory.graph.packs()] == ["web"]
        assert await memory.graph.remove_pack("web") == 2
        assert len(await memory.graph.match(derived=True)) == 4
    async with await pramana.open(db, read_only=True) as memory:
        with pytest.raises(ReadOnlyError):
            await memory.graph.add_pack(CSV)
