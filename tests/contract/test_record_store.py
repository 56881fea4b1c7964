"""The contract of `ports.RecordStore`, for the backends that run in CPython, and that it notices what is wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from pramana.ports import Row, Transaction
from pramana.store.memory import MemoryStore
from pramana.store.sqlite import SqliteStore
from tests.contract.record_store import CHECKS, Check, run

PROVIDES = {
    "memory": frozenset[str](),
    "sqlite": frozenset({"durable", "shared", "read_only", "raw"}),
}
CASES = [
    pytest.param(backend, check, id=f"{backend}-{check.name}")
    for backend, provided in PROVIDES.items()
    for check in CHECKS
    if check.needs <= provided
]


class SqliteStores:
    """Files in one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def __call__(self, name: str, **options) -> SqliteStore:
        return SqliteStore(self._directory / f"{name}.db", **options)

    def raw(self, name: str) -> bytes:
        return b"".join(path.read_bytes() for path in sorted(self._directory.glob(f"{name}.db*")))


@pytest.mark.parametrize(("backend", "check"), CASES)
async def test_contract(backend: str, check: Check, tmp_path: Path):
    await check.run((lambda name: MemoryStore()) if backend == "memory" else SqliteStores(tmp_path))


def test_every_clause_is_run_by_a_backend_here():
    assert {case.values[1].name for case in CASES} == {check.name for check in CHECKS}
    assert len({check.name for check in CHECKS}) == len(CHECKS)


async def test_running_without_pytest():
    assert await run(lambda check: lambda name: MemoryStore()) == {}


class IgnoresTheEpoch(MemoryStore):
    async def commit(self, transaction: Transaction) -> None:
        await super().commit(replace(transaction, expect_epoch=self._state.epoch))


class WritesBeforeItChecks(MemoryStore):
    async def commit(self, transaction: Transaction) -> None:
        for row in transaction.rows:
            self._rows[row.kind, row.id] = row
        await super().commit(transaction)


class LosesAnEntry(MemoryStore):
    async def commit(self, transaction: Transaction) -> None:
        await super().commit(transaction)
        if len(transaction.entries) > 2:
            del self._journal[-2]


class ReadsInItsOwnOrder(MemoryStore):
    async def read(self, kind: str, ids) -> list[Row | None]:
        found = await super().read(kind, sorted(ids))
        return [row for row in found if row] + [row for row in found if not row]


class TakesEmptyForNothing(MemoryStore):
    async def read(self, kind: str, ids) -> list[Row | None]:
        return [row and replace(row, body=row.body or None) for row in await super().read(kind, ids)]


class ScansWhatIsThereNow(MemoryStore):
    async def scan(self) -> AsyncIterator[list[Row]]:
        async for batch in super().scan():
            yield [self._rows[row.kind, row.id] for row in batch]


class ForgetsAtOnce(MemoryStore):
    async def done(self, request_id: str) -> str | None:
        return None if len(self._done) > 4000 else await super().done(request_id)


class KeepsPurgedBodies(MemoryStore):
    async def commit(self, transaction: Transaction) -> None:
        kept = [(key, self._rows.get(key)) for key in transaction.purged]
        await super().commit(transaction)
        self._rows.update({key: row for key, row in kept if row is not None})


class ShowsHalfASnapshot(MemoryStore):
    async def write_snapshot(self, snapshot, segments) -> None:
        self._snapshots[snapshot.gen] = (snapshot, ())
        await super().write_snapshot(snapshot, segments)


class AnswersWhenClosed(MemoryStore):
    def _check_open(self) -> None:
        pass


@pytest.mark.parametrize(
    ("broken", "noticed"),
    [
        (IgnoresTheEpoch, "a_lost_epoch_refuses_the_commit_whole"),
        (WritesBeforeItChecks, "a_moved_head_refuses_the_commit_whole"),
        (LosesAnEntry, "a_group_commit_carries_several_entries"),
        (ReadsInItsOwnOrder, "read_keeps_order_and_says_none"),
        (TakesEmptyForNothing, "values_of_every_size_and_script"),
        (ScansWhatIsThereNow, "scan_shows_the_state_when_it_began"),
        (ForgetsAtOnce, "done_remembers_first_results_up_to_its_bound"),
        (KeepsPurgedBodies, "purge_deletes_bodies_and_keeps_the_chain"),
        (ShowsHalfASnapshot, "a_snapshot_is_seen_only_when_complete"),
        (AnswersWhenClosed, "closing_twice_and_use_after_close"),
    ],
)
async def test_a_broken_store_is_noticed(broken: type[MemoryStore], noticed: str):
    assert noticed in await run(lambda check: lambda name: broken(), only=noticed)
