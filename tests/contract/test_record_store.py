"""The contract of `ports.RecordStore`, for the backends that run in CPython."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.register_assert_rewrite("record_store")

from record_store import CHECKS, Check  # noqa: E402

from pramana.store.memory import MemoryStore  # noqa: E402
from pramana.store.sqlite import SqliteStore  # noqa: E402

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
    assert len({check.name for check in CHECKS}) == len(CHECKS) >= 25
