"""Writes that are asked for twice under one request id, and imports that are cancelled half-way."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from pramana.bank.wire import METHODS
from pramana.errors import InputError, NotFoundError, StoreError
from pramana.standing import to_its_end
from pramana.wire import dispatch_json
from tests.unit.bank.banks import Reopenable, WordEmbedder, open_bank
from tests.unit.seats import Table
from tests.unit.test_seated import sit

ALL = {"added": 1100, "updated": 0, "skipped": 0, "lines": 1100}
"""Of `LINES`, which make three commits."""
TASKS = [f"t{n}" for n in range(1100)]
LINES = "\n".join(json.dumps({"id": f"p{n}", "task_description": task}) for n, task in enumerate(TASKS))


@dataclass
class Gate(WordEmbedder):
    """Waits at the text `at` until it is opened."""

    at: str = ""
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def embed(self, texts: Sequence[str]) -> Any:
        if self.at in texts:
            self.reached.set()
            await self.opened.wait()
        return await super().embed(texts)


class Breaking(Reopenable):
    """Fails after so many commits, as a tab that is killed would."""

    def __init__(self, commits: int) -> None:
        super().__init__()
        self.left = commits

    async def commit(self, transaction: Any) -> None:
        if self.left == 0:
            raise StoreError("gone")
        self.left -= 1
        await super().commit(transaction)


async def through_lines(bank: Any) -> Any:
    return await bank.import_lines(LINES)


async def through_a_file(bank: Any) -> Any:
    return await bank.import_jsonl(io.StringIO(LINES))


async def through_json(bank: Any) -> Any:
    answer = json.loads(await dispatch_json(bank, METHODS, "import_jsonl", json.dumps({"text": LINES}), "r"))
    return answer.get("ok") or answer["error"]["code"]


WAYS: list[Callable[[Any], Awaitable[Any]]] = [through_lines, through_a_file, through_json]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("times", [1, 3])
async def test_an_import_cancelled_after_its_first_commit_goes_on_to_its_end(way: Any, times: int) -> None:
    gate = Gate(at="t700")
    bank = await open_bank(embedder=gate)
    task = asyncio.ensure_future(way(bank))
    await gate.reached.wait()
    assert (await bank.stats())["patterns"] == 500
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
    gate.opened.set()
    assert await task == ALL
    assert task.cancelling() == 0
    assert (await bank.stats())["patterns"] == 1100
    await bank.close()


@pytest.mark.parametrize("way", WAYS)
async def test_an_import_cancelled_before_its_first_commit_writes_nothing(way: Any) -> None:
    gate = Gate(at="t300")
    bank = await open_bank(embedder=gate)
    task = asyncio.ensure_future(way(bank))
    await gate.reached.wait()
    task.cancel()
    if way is through_json:
        assert await task == "cancelled"
    else:
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (await bank.stats())["head_seq"] == 0
    await bank.close()


@pytest.mark.parametrize("where", ["own", "in another tab"])
@pytest.mark.parametrize(("at", "stands"), [("t3", False), ("t100", True)])
async def test_a_file_of_several_runs_is_cancelled_before_its_first_or_not_at_all(
    where: str, at: str, stands: bool, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pramana.bank.files.READ_CHARS", 1000)
    path = tmp_path / "file"
    path.write_text("\n".join(LINES.split("\n")[:200]))
    gate, table, store = Gate(at=at), Table(), Reopenable()
    leader, _ = await sit(table, store, embedder=gate)
    follower, _ = await sit(table, store, embedder=gate)
    bank = leader.bank if where == "own" else follower.bank
    task = asyncio.ensure_future(bank.import_jsonl(path))
    await gate.reached.wait()
    task.cancel()
    await asyncio.sleep(0)
    gate.opened.set()
    if stands:
        assert (await task)["added"] == 200
        assert task.cancelling() == 0
    else:
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (await leader.bank.stats())["patterns"] == (200 if stands else 0)
    await follower.close()
    await leader.close()


async def test_an_import_cancelled_during_its_first_commit_goes_on() -> None:
    class Slow(Reopenable):
        committing = asyncio.Event()

        async def commit(self, transaction: Any) -> None:
            self.committing.set()
            await asyncio.sleep(0.01)
            await super().commit(transaction)

    store = Slow()
    bank = await open_bank(store)
    task = asyncio.ensure_future(bank.import_lines(LINES))
    await store.committing.wait()
    task.cancel()
    assert await task == ALL
    assert task.cancelling() == 0
    await bank.close()


async def test_a_cancellation_while_memory_follows_the_commit_is_forgotten() -> None:
    bank = await open_bank()
    settle = bank._resident.settle

    async def slowly() -> None:
        task.cancel()
        await asyncio.sleep(0)
        await settle()

    bank._resident.settle = slowly  # type: ignore[method-assign]
    task = asyncio.ensure_future(bank.store(task_description="x"))
    pid = await task
    assert task.cancelling() == 0
    bank._resident.settle = settle  # type: ignore[method-assign]
    assert await bank.get(pid) is not None
    await bank.close()


async def test_what_stands_hears_of_no_cancellation_but_its_own() -> None:
    async def fail() -> None:
        await asyncio.sleep(0)
        raise StoreError("full")

    task = asyncio.ensure_future(to_its_end(fail()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(StoreError):
        await task
    assert task.cancelling() == 0

    async def end() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await to_its_end(end())


@pytest.mark.parametrize("commits", [1, 2])
@pytest.mark.parametrize("on_conflict", ["error", "newer", "replace"])
async def test_an_import_goes_on_at_the_next_leader_where_the_first_died(
    commits: int, on_conflict: str
) -> None:
    store = Breaking(commits)
    bank = await open_bank(store)
    with pytest.raises(StoreError):
        await bank.import_lines(LINES, on_conflict=on_conflict, request_id="r")
    store.left = -1
    await bank.close()
    embedder = WordEmbedder()
    bank = await open_bank(store, embedder=embedder)
    assert await bank.import_lines(LINES, on_conflict=on_conflict, request_id="r") == ALL
    assert embedder.asked == TASKS[500 * commits :]
    embedder.asked.clear()
    assert await bank.import_lines(LINES, on_conflict=on_conflict, request_id="r") == ALL
    assert embedder.asked == []
    assert (await bank.stats())["head_seq"] == 3
    with pytest.raises(InputError, match="line 1: the pattern p0 is here already"):
        await bank.import_lines(LINES, on_conflict="error", request_id="other")
    await bank.close()


async def test_a_repeat_still_refuses_what_came_between() -> None:
    store = Breaking(1)
    bank = await open_bank(store)
    with pytest.raises(StoreError):
        await bank.import_lines(LINES, on_conflict="error", request_id="r")
    store.left = -1
    await bank.import_lines(json.dumps({"id": "p600", "task_description": "mine"}))
    with pytest.raises(InputError, match="line 601: the pattern p600 is here already"):
        await bank.import_lines(LINES, on_conflict="error", request_id="r")
    assert (await bank.stats())["patterns"] == 501
    await bank.close()


async def test_runs_of_one_file_may_come_under_one_request_id() -> None:
    bank = await open_bank()
    for first_line in (1, 101):
        line = json.dumps({"task_description": f"from {first_line}"})
        assert (await bank.import_lines(line, first_line=first_line, request_id="r"))["added"] == 1
    assert (await bank.stats())["patterns"] == 2
    await bank.close()


async def test_a_repeat_of_what_was_begun_cannot_be_cancelled_even_while_it_is_checked() -> None:
    class Reading(Breaking):
        reading = asyncio.Event()

        async def read(self, kind: str, ids: Sequence[str]) -> Any:
            self.reading.set()
            await asyncio.sleep(0.01)
            return await super().read(kind, ids)

    store = Reading(1)
    bank = await open_bank(store)
    with pytest.raises(StoreError):
        await bank.import_lines(LINES, on_conflict="error", request_id="r")
    store.left = -1
    store.reading.clear()
    task = asyncio.ensure_future(bank.import_lines(LINES, on_conflict="error", request_id="r"))
    await store.reading.wait()
    task.cancel()
    assert await task == ALL
    assert (await bank.stats())["head_seq"] == 3
    await bank.close()


async def test_a_repeated_update_is_done_even_if_the_pattern_went_meanwhile() -> None:
    embedder = WordEmbedder()
    bank = await open_bank(embedder=embedder)
    pid = await bank.store(task_description="alpha")
    await bank.update(pid, task_description="beta", request_id="u")
    await bank.update(pid, task_description="gamma")
    embedder.asked.clear()
    await bank.update(pid, task_description="beta", request_id="u")
    assert embedder.asked == []
    pattern = await bank.get(pid)
    assert pattern is not None
    assert pattern.task_description == "gamma"
    await bank.delete(pid)
    await bank.update(pid, task_description="beta", request_id="u")
    with pytest.raises(NotFoundError):
        await bank.update(pid, task_description="beta", request_id="another")
    await bank.close()


async def test_every_write_may_be_repeated() -> None:
    bank = await open_bank()
    pid = await bank.store(task_description="alpha", request_id="s")
    for _ in range(2):
        await bank.used([pid], request_id="c")
        await bank.delete(pid, request_id="d")
        await bank.purge(pid, request_id="p")
    assert (await bank.stats())["head_seq"] == 4
    await bank.close()


async def test_a_purge_of_what_is_not_there_leaves_the_snapshots() -> None:
    store = Reopenable()
    bank = await open_bank(store)
    ids = await bank.store_many([{"task_description": f"alpha {n}"} for n in range(250)])
    await bank.checkpoint()
    kept = await store.snapshots()
    assert len(kept) == 1
    with pytest.raises(NotFoundError) as caught:
        await bank.purge("nobody")
    assert caught.value.details == {"ids": ["nobody"]}
    assert await store.snapshots() == kept
    await bank.purge(ids[0], request_id="p")
    assert await store.snapshots() == []
    await bank.store_many([{"task_description": f"beta {n}"} for n in range(250)])
    await bank.checkpoint()
    kept = await store.snapshots()
    assert len(kept) == 1
    with pytest.raises(NotFoundError):
        await bank.purge(ids[0])
    assert await store.snapshots() == kept
    await bank.close()
