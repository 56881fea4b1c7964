from __future__ import annotations

import asyncio
import selectors
import sys
import time
from typing import Any

import pytest

from pramana.bank import folding
from pramana.bank.folding import MIN_CHANGES, MIN_SIZE_ON_CLOSE, Folding
from pramana.errors import StoreError
from tests.unit.bank.banks import Reopenable, open_bank


class Bench:
    """A fold that is counted."""

    def __init__(self, changes: int, size: int) -> None:
        self.changes, self.size, self.folds = changes, size, 0
        self.failure: Exception | None = None
        self.errors: list[Exception] = []
        self.folding = Folding(self.fold, lambda: self.changes, lambda: self.size, self.errors.append)

    async def fold(self) -> None:
        if self.failure is not None:
            raise self.failure
        self.folds += 1
        self.changes = 0


@pytest.fixture(autouse=True)
def virtual_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the loop's clock jump to the next timer instead of waiting, so that no busy machine can be too late.

    Nothing here waits for a file descriptor or a thread. Inside Pyodide the tests' loop does so by itself.
    """
    monkeypatch.setattr(folding, "IDLE_S", 0.01)
    if sys.platform == "emscripten":
        return
    now = time.monotonic()
    wait = selectors.DefaultSelector.select

    def jump(selector: selectors.BaseSelector, timeout: float | None = None) -> Any:
        nonlocal now
        now += timeout or 0.0
        return wait(selector, 0)

    monkeypatch.setattr(asyncio.BaseEventLoop, "time", lambda _: now)
    monkeypatch.setattr(selectors.DefaultSelector, "select", jump)


@pytest.mark.parametrize(
    ("changes", "size", "folds"),
    [(MIN_CHANGES, 5000, 1), (MIN_CHANGES - 1, 5000, 0), (2500, 30_000, 0), (3000, 30_000, 1)],
)
async def test_it_folds_when_quiet_after_enough_changes(changes: int, size: int, folds: int) -> None:
    bench = Bench(changes, size)
    bench.folding.touched()
    assert bench.folds == 0
    await asyncio.sleep(0.05)
    assert bench.folds == folds
    bench.folding.stop()


async def test_every_commit_puts_it_off() -> None:
    bench = Bench(MIN_CHANGES, 0)
    for _ in range(10):
        bench.folding.touched()
        await asyncio.sleep(0.004)
    assert bench.folds == 0
    await asyncio.sleep(0.05)
    assert bench.folds == 1


@pytest.mark.parametrize(
    ("changes", "size", "folds"), [(1, MIN_SIZE_ON_CLOSE, 1), (0, 10_000, 0), (199, MIN_SIZE_ON_CLOSE - 1, 0)]
)
async def test_on_close_it_folds_what_is_worth_it(changes: int, size: int, folds: int) -> None:
    bench = Bench(changes, size)
    bench.folding.touched()
    await bench.folding.finish()
    assert bench.folds == folds


async def test_once_stopped_it_starts_nothing() -> None:
    bench = Bench(MIN_CHANGES, 0)
    bench.folding.touched()
    bench.folding.stop()
    bench.folding.touched()
    await asyncio.sleep(0.03)
    assert bench.folds == 0


async def test_a_failure_is_told_and_the_next_time_it_is_tried_again() -> None:
    bench = Bench(MIN_CHANGES, 5000)
    bench.failure = StoreError("disk full")
    await bench.folding.finish()
    assert [str(error) for error in bench.errors] == ["disk full"]
    bench.failure = None
    await bench.folding.finish()
    assert bench.folds == 1


async def test_a_bank_folds_in_the_background_and_says_when_it_could_not() -> None:
    class Full(Reopenable):
        full = False

        async def write_snapshot(self, *args: Any) -> None:
            if self.full:
                raise StoreError("no room for a cache")
            await super().write_snapshot(*args)

    store = Full()
    bank = await open_bank(store)
    await bank.store_many([{"task_description": f"alpha {n}"} for n in range(MIN_CHANGES)])
    await asyncio.sleep(0.2)
    assert len(await store.snapshots()) == 1
    store.full = True
    await bank.store_many([{"task_description": f"beta {n}"} for n in range(MIN_CHANGES)])
    await asyncio.sleep(0.2)
    assert "no room for a cache" in (await bank.stats())["index"]["snapshot_error"]
    assert len(await bank.find_similar("beta 3", k=3)) == 3
    await bank.close()


async def test_a_purge_during_a_fold_leaves_no_snapshot() -> None:
    class Slow(Reopenable):
        async def write_snapshot(self, *args: Any) -> None:
            await asyncio.sleep(0.05)
            await super().write_snapshot(*args)

    store = Slow()
    bank = await open_bank(store)
    ids = await bank.store_many(
        [{"task_description": f"alpha {n}", "tags": ["secret"]} for n in range(MIN_CHANGES)]
    )
    await asyncio.sleep(0.03)
    await bank.purge(ids[0])
    await asyncio.sleep(0.2)
    assert await store.snapshots() == []
    await bank.close()


async def test_a_snapshot_older_than_a_purge_goes_when_the_bank_is_opened() -> None:
    store = Reopenable()
    bank = await open_bank(store)
    ids = await bank.store_many([{"task_description": f"alpha {n}"} for n in range(MIN_SIZE_ON_CLOSE)])
    await bank.close()
    kept = dict(store._snapshots)
    await store.open()
    bank = await open_bank(store)
    await bank.purge(ids[0])
    await bank.close(fold=False)
    store._snapshots = kept
    await store.open()
    bank = await open_bank(store)
    assert await store.snapshots() == []
    assert (await bank.stats())["patterns"] == MIN_SIZE_ON_CLOSE - 1
    await bank.close()
