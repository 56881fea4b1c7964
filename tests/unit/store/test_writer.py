"""Group commit: what is grouped, retried, dropped, remembered and applied, over real stores."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from pramana.errors import (
    EpochLostError,
    HeadMovedError,
    InputError,
    NotFoundError,
    QuotaError,
    StoreError,
)
from pramana.ports import Changes, Row, StoreState, Transaction
from pramana.records import body_hash, canonical
from pramana.store.journal import seal, verify
from pramana.store.memory import MemoryStore
from pramana.store.sqlite import SqliteStore
from pramana.store.writer import MAX_ATTEMPTS, Draft, Intent, Writer


class SetClock:
    """A clock that stands where it is put."""

    def __init__(self, ms: int = 1_700_000_000_000) -> None:
        self.ms = ms

    def now_ms(self) -> int:
        return self.ms


class GatedStore(MemoryStore):
    """A memory store whose commits wait for the gate, and may be told to fail."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.committing = asyncio.Event()
        self.transactions: list[Transaction] = []
        self.errors: list[Exception] = []

    async def commit(self, transaction: Transaction) -> None:
        self.committing.set()
        await self.gate.wait()
        if self.errors:
            raise self.errors.pop(0)
        await super().commit(transaction)
        self.transactions.append(transaction)


class Memory:
    """What a bank keeps: the newest text per record, and the order of what was told."""

    def __init__(self) -> None:
        self.texts: dict[str, bytes | None] = {}
        self.told: list[tuple[str, int]] = []
        self.fail: Exception | None = None

    def apply(self, rows: Sequence[Row], state: StoreState) -> None:
        if self.fail is not None:
            error, self.fail = self.fail, None
            raise error
        self.told.append(("apply", state.head_seq))
        self.texts.update({row.id: row.body for row in rows})

    def catch_up(self, changes: Changes) -> None:
        self.told.append(("catch_up", changes.state.head_seq))
        self.texts.update({row.id: row.body for row in changes.rows})


async def writer_on(store, clock: SetClock | None = None) -> tuple[Writer, Memory]:
    memory = Memory()
    return Writer(store, await store.open(), clock or SetClock(), memory.apply, memory.catch_up), memory


def storing(id: str, text: str = "", result: object = None) -> Intent:
    async def intent(draft: Draft) -> object:
        draft.put(Row("pattern", id, canonical([id, text]), None, updated=draft.hlc))
        return id if result is None else result

    return intent


def failing(error: Exception) -> Intent:
    async def intent(draft: Draft) -> None:
        draft.put(Row("pattern", "never", b"never", None))
        raise error

    return intent


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def ids_in(store) -> list[str]:
    return [row.id async for batch in store.scan() for row in batch]


async def check_chain(store) -> None:
    verify(await store.entries(0, 10_000), head=await store.state())


# Grouping


async def test_idle_commits_at_once_and_a_commit_gathers_the_next():
    store = GatedStore()
    writer, memory = await writer_on(store)
    store.gate.clear()
    first = asyncio.create_task(writer.submit(storing("a")))
    await store.committing.wait()
    rest = [asyncio.create_task(writer.submit(storing(id))) for id in "bcd"]
    await settle()
    assert memory.texts == {}
    assert not first.done()
    store.gate.set()
    assert await asyncio.gather(first, *rest) == ["a", "b", "c", "d"]
    assert [len(transaction.entries) for transaction in store.transactions] == [1, 3]
    assert memory.told == [("apply", 1), ("apply", 4)]
    assert writer.state == await store.state()
    await check_chain(store)


async def test_memory_changes_before_the_submitter_hears_and_after_the_commit():
    store = GatedStore()
    writer, memory = await writer_on(store)
    store.gate.clear()
    task = asyncio.create_task(writer.submit(storing("a")))
    await store.committing.wait()
    assert memory.texts == {}
    assert writer.state.head_seq == 0
    store.gate.set()
    await task
    assert memory.told == [("apply", 1)]
    assert writer.state.head_seq == 1


async def test_what_is_submitted_together_is_one_transaction():
    store = GatedStore()
    writer, _ = await writer_on(store)
    await asyncio.gather(*(writer.submit(storing(f"{n}")) for n in range(50)))
    assert [len(transaction.entries) for transaction in store.transactions] == [50]


async def test_drain_waits_for_everything():
    store = GatedStore()
    writer, _ = await writer_on(store)
    await writer.drain()
    store.gate.clear()
    tasks = [asyncio.create_task(writer.submit(storing(id))) for id in "ab"]
    await settle()
    draining = asyncio.create_task(writer.drain())
    await settle()
    assert not draining.done()
    store.gate.set()
    await draining
    assert all(task.done() for task in tasks)
    assert await ids_in(store) == ["a", "b"]


# Drafts


async def test_a_draft_sees_the_batch_and_itself():
    store = GatedStore()
    writer, _ = await writer_on(store)
    await writer.submit(storing("old", "1"))
    seen: list[bytes | None] = []

    async def look(draft: Draft) -> None:
        for row in await draft.rows("pattern", ["old", "early", "absent", "old"]):
            seen.append(row.body if row else None)
        draft.put(Row("pattern", "old", b"mine", None))
        seen.append((await draft.row("pattern", "old")).body)
        draft.purge("pattern", "early")
        seen.append((await draft.row("pattern", "early")).body)
        assert await draft.row("evidence", "old") is None

    await asyncio.gather(
        writer.submit(storing("early", "2")), writer.submit(storing("old", "3")), writer.submit(look)
    )
    third, second = canonical(["old", "3"]), canonical(["early", "2"])
    assert seen == [third, second, None, third, b"mine", None]
    (rows,) = [transaction.rows for transaction in store.transactions[1:]]
    assert {row.id: row.body for row in rows} == {"old": b"mine", "early": None}
    assert store.transactions[1].purged == (("pattern", "early"),)


async def test_every_version_is_a_body_and_the_last_put_the_row():
    store = GatedStore()
    writer, _ = await writer_on(store)

    async def twice(draft: Draft) -> None:
        draft.put(Row("pattern", "x", b"one", None))
        draft.put(Row("pattern", "x", b"two", None), op="delete")
        draft.put(Row("evidence", "x", b"three", body_hash(b"three")))

    await writer.submit(twice)
    (transaction,) = store.transactions
    assert transaction.bodies == {body_hash(text): ("x", text) for text in (b"one", b"two", b"three")}
    assert [(row.kind, row.body, row.body_hash) for row in transaction.rows] == [
        ("pattern", b"two", body_hash(b"two")),
        ("evidence", b"three", body_hash(b"three")),
    ]
    ops = [(op.kind, op.op, op.body_hash) for op in transaction.entries[0].ops]
    assert ops == [
        ("pattern", "put", body_hash(b"one")),
        ("pattern", "delete", body_hash(b"two")),
        ("evidence", "put", body_hash(b"three")),
    ]


async def test_a_body_purged_in_its_own_batch_is_not_written():
    store = GatedStore()
    writer, _ = await writer_on(store)

    async def purge(draft: Draft) -> None:
        draft.purge("pattern", "x")

    async def put_again(draft: Draft) -> None:
        draft.put(Row("pattern", "x", b"again", None))

    await asyncio.gather(writer.submit(storing("x")), writer.submit(purge))
    assert store.transactions[0].bodies == {}
    await asyncio.gather(writer.submit(purge), writer.submit(put_again))
    assert store.transactions[1].bodies == {body_hash(b"again"): ("x", b"again")}
    assert store.transactions[1].purged == (("pattern", "x"),)
    await check_chain(store)


@pytest.mark.parametrize(
    ("row", "op"), [(Row("pattern", "x", None, None), "put"), (Row("pattern", "x", b"", None), "purge")]
)
async def test_a_put_needs_a_body_and_a_known_op(row, op):
    writer, _ = await writer_on(MemoryStore())

    async def intent(draft: Draft) -> None:
        draft.put(row, op)

    with pytest.raises(InputError):
        await writer.submit(intent)


async def test_clock_readings_rise_within_a_batch_and_over_a_clock_set_back():
    store, clock = GatedStore(), SetClock()
    writer, _ = await writer_on(store, clock)
    await asyncio.gather(*(writer.submit(storing(id)) for id in "abc"))
    clock.ms -= 3_600_000
    later = Writer(store, await store.state(), clock, lambda rows, state: None, lambda changes: None)
    await later.submit(storing("d"))
    readings = [entry.hlc for entry in await store.entries(0, 10)]
    assert readings == sorted(set(readings))
    assert (await store.read("pattern", ["d"]))[0].updated == readings[-1]


# Failing


async def test_an_intent_that_raises_is_dropped_alone():
    store = GatedStore()
    writer, memory = await writer_on(store)
    results = await asyncio.gather(
        writer.submit(storing("a")),
        writer.submit(failing(NotFoundError("no such memory", id="q"))),
        writer.submit(storing("b")),
        return_exceptions=True,
    )
    assert [results[0], results[2]] == ["a", "b"]
    assert isinstance(results[1], NotFoundError)
    assert results[1].details == {"id": "q"}
    assert await ids_in(store) == ["a", "b"]
    assert sorted(memory.texts) == ["a", "b"]


async def test_intents_that_write_nothing_commit_nothing():
    store = GatedStore()
    writer, memory = await writer_on(store)

    async def read_only(draft: Draft) -> int:
        return 7

    assert await writer.submit(read_only, request_id="r") == 7
    with pytest.raises(NotFoundError):
        await writer.submit(failing(NotFoundError("gone")))
    assert store.transactions == []
    assert memory.told == []


async def test_a_result_that_is_not_json_drops_its_intent_alone():
    store = GatedStore()
    writer, _ = await writer_on(store)
    results = await asyncio.gather(
        writer.submit(storing("a", result={1, 2}), request_id="r1"),
        writer.submit(storing("b", result="\ud800"), request_id="r2"),
        writer.submit(storing("c"), request_id="r3"),
        return_exceptions=True,
    )
    assert isinstance(results[0], TypeError)
    assert isinstance(results[1], ValueError)
    assert results[2] == "c"
    assert await ids_in(store) == ["c"]


async def test_a_failed_commit_fails_its_whole_batch_and_changes_nothing():
    store = GatedStore()
    writer, memory = await writer_on(store)
    await writer.submit(storing("kept"))
    before = await store.state()
    store.errors = [StoreError("the disk is gone")]
    results = await asyncio.gather(
        *(writer.submit(storing(id), request_id=id) for id in "ab"), return_exceptions=True
    )
    assert [str(result) for result in results] == ["the disk is gone"] * 2
    assert results[0] is not results[1]
    assert writer.state == before == await store.state()
    assert sorted(memory.texts) == ["kept"]
    assert await asyncio.gather(*(writer.submit(storing(id), request_id=id) for id in "ab")) == ["a", "b"]


async def test_a_full_disk_names_each_submitters_own_records():
    store = GatedStore()
    writer, _ = await writer_on(store)
    store.errors = [QuotaError("full", not_written=["a", "b", "c"])]

    async def two(draft: Draft) -> None:
        draft.put(Row("pattern", "b", b"b", None))
        draft.put(Row("evidence", "b", b"e", None))
        draft.put(Row("pattern", "c", b"c", None))

    first, second = await asyncio.gather(
        writer.submit(storing("a")), writer.submit(two), return_exceptions=True
    )
    assert (first.details["not_written"], second.details["not_written"]) == (["a"], ["b", "c"])


async def test_a_lost_epoch_ends_writing():
    store = GatedStore()
    writer, _ = await writer_on(store)
    store._state = replace(store._state, epoch=1)
    for _ in range(2):
        with pytest.raises(EpochLostError):
            await writer.submit(storing("a"))
    assert await ids_in(store) == []


async def test_a_new_epoch_is_never_taken_over_by_catching_up():
    store = GatedStore()
    writer, _ = await writer_on(store)
    # Another leader committed, and for this one commit only the head is noticed.
    state = replace(await store.state(), epoch=1)
    store._state = state
    entry = seal(state, [], hlc="0000000000001-0000-other")
    await MemoryStore.commit(store, Transaction(0, 1, (entry,), (), {}, {}))
    store.errors = [HeadMovedError("moved")]
    for _ in range(2):
        with pytest.raises(EpochLostError):
            await writer.submit(storing("a"))


async def test_rows_that_could_not_be_applied_come_again():
    store = GatedStore()
    writer, memory = await writer_on(store)
    memory.fail = RuntimeError("the index is broken")
    with pytest.raises(RuntimeError, match="broken"):
        await writer.submit(storing("a"))
    assert await ids_in(store) == ["a"]
    assert writer.state.head_seq == 0
    assert await writer.catch_up() is True
    assert sorted(memory.texts) == ["a"]
    assert await writer.catch_up() is False
    memory.fail = RuntimeError("again")
    with pytest.raises(RuntimeError, match="again"):
        await writer.submit(storing("b"))
    assert await writer.submit(storing("c")) == "c"
    assert sorted(memory.texts) == ["a", "b", "c"]
    assert memory.told == [("catch_up", 1), ("catch_up", 2), ("apply", 3)]


# Request ids


async def test_a_request_runs_once():
    store = GatedStore()
    writer, _ = await writer_on(store)
    assert await writer.submit(storing("a", result={"b": [1], "a": "ü"}), request_id="r") == {
        "b": [1],
        "a": "ü",
    }
    assert await writer.submit(failing(RuntimeError()), request_id="r") == {"b": [1], "a": "ü"}
    restarted = Writer(store, await store.state(), SetClock(), lambda *_: None, lambda _: None)
    assert await restarted.submit(failing(RuntimeError()), request_id="r") == {"b": [1], "a": "ü"}
    assert await ids_in(store) == ["a"]
    assert (await store.entries(0, 9))[0].request_id == "r"


async def test_a_queued_twin_gets_the_first_ones_result():
    store = GatedStore()
    writer, _ = await writer_on(store)
    store.gate.clear()
    first = asyncio.create_task(writer.submit(storing("a"), request_id="r"))
    await settle()
    running_twin = asyncio.create_task(writer.submit(storing("b"), request_id="r"))
    queued = [asyncio.create_task(writer.submit(storing(id), request_id="q")) for id in "cd"]
    await settle()
    store.gate.set()
    assert await asyncio.gather(first, running_twin, *queued) == ["a", "a", "c", "c"]
    assert await ids_in(store) == ["a", "c"]
    assert writer._by_id == {}


async def test_a_request_that_failed_runs_again():
    store = GatedStore()
    writer, _ = await writer_on(store)
    first, twin = await asyncio.gather(
        writer.submit(failing(NotFoundError("not yet")), request_id="r"),
        writer.submit(storing("b"), request_id="r"),
        return_exceptions=True,
    )
    assert isinstance(first, NotFoundError)
    assert isinstance(twin, NotFoundError)
    assert await writer.submit(storing("a"), request_id="r") == "a"


# Cancelling


async def cancelled(task: asyncio.Task) -> bool:
    await asyncio.wait([task])
    return task.cancelled()


async def test_cancelled_while_queued_nothing_is_written():
    store = GatedStore()
    writer, _ = await writer_on(store)
    store.gate.clear()
    first = asyncio.create_task(writer.submit(storing("a")))
    await store.committing.wait()
    second = asyncio.create_task(writer.submit(storing("b"), request_id="r"))
    await settle()
    second.cancel()
    assert await cancelled(second)
    store.gate.set()
    await first
    await writer.drain()
    assert await ids_in(store) == ["a"]
    assert await writer.submit(storing("c"), request_id="r") == "c"


async def test_cancelled_during_the_commit_the_result_stands():
    store = GatedStore()
    writer, memory = await writer_on(store)
    store.gate.clear()
    task = asyncio.create_task(writer.submit(storing("a")))
    await store.committing.wait()
    for _ in range(2):
        task.cancel()
        await settle()
    assert not task.done()
    store.gate.set()
    assert await task == "a"
    assert task.cancelling() == 0
    assert sorted(memory.texts) == ["a"]


async def test_a_timeout_during_the_commit_returns_the_result():
    store = GatedStore()
    writer, _ = await writer_on(store)
    store.gate.clear()
    asyncio.get_running_loop().call_later(0.05, store.gate.set)
    async with asyncio.timeout(0.01):
        result = await writer.submit(storing("a"))
    assert result == "a"
    await asyncio.sleep(0)  # the task can be cancelled and awaits as before


async def test_a_cancelled_commit_that_fails_raises_its_error():
    store = GatedStore()
    writer, _ = await writer_on(store)
    store.gate.clear()
    store.errors = [StoreError("no")]
    task = asyncio.create_task(writer.submit(storing("a")))
    await store.committing.wait()
    task.cancel()
    await settle()
    store.gate.set()
    with pytest.raises(StoreError, match="no"):
        await task


async def test_a_request_is_dropped_only_when_all_its_twins_are_cancelled():
    store = GatedStore()
    writer, _ = await writer_on(store)
    store.gate.clear()
    blocker = asyncio.create_task(writer.submit(storing("blocker")))
    await store.committing.wait()
    one, two = (asyncio.create_task(writer.submit(storing("a"), request_id="r")) for _ in range(2))
    await settle()
    one.cancel()
    assert await cancelled(one)
    store.gate.set()
    assert await two == "a"
    await blocker


async def test_a_cancelled_request_is_dropped_when_its_batch_must_be_formed_again():
    store = GatedStore()
    writer, _ = await writer_on(store)
    store.gate.clear()
    store.errors = [HeadMovedError("moved")]
    one, two = (asyncio.create_task(writer.submit(storing(id))) for id in "ab")
    await store.committing.wait()
    one.cancel()
    await settle()
    store.gate.set()
    assert await cancelled(one)
    assert await two == "b"
    assert await ids_in(store) == ["b"]


async def test_an_intent_that_is_cancelled_from_within_is_dropped_alone():
    store = GatedStore()
    writer, _ = await writer_on(store)

    async def waits_for_something_cancelled(draft: Draft) -> None:
        inner = asyncio.get_running_loop().create_future()
        inner.cancel()
        await inner

    one, two = (asyncio.create_task(writer.submit(i)) for i in (waits_for_something_cancelled, storing("b")))
    assert await cancelled(one)
    assert await two == "b"
    assert await writer.submit(storing("c")) == "c"


def test_tearing_the_loop_down_ends_the_writer():
    async def main() -> None:
        store = GatedStore()
        writer, _ = await writer_on(store)
        store.gate.clear()
        tasks.extend(asyncio.create_task(writer.submit(storing(id))) for id in "ab")
        await store.committing.wait()
        tasks.append(asyncio.create_task(writer.submit(storing("c"))))
        await settle()

    tasks: list[asyncio.Task] = []
    asyncio.run(asyncio.wait_for(main(), 5))
    assert [task.cancelled() for task in tasks] == [True] * 3


# Other processes


async def test_a_moved_head_is_caught_up_with_and_intents_run_again(tmp_path):
    mine, other = (SqliteStore(tmp_path / "a.db") for _ in range(2))
    my_writer, my_memory = await writer_on(mine)
    other_writer, _ = await writer_on(other)
    await other_writer.submit(storing("count", "0"))
    runs = 0

    async def add(draft: Draft) -> int:
        nonlocal runs
        runs += 1
        row = await draft.row("pattern", "count")
        if runs == 1:  # between this look and the commit
            await other_writer.submit(storing("other", "x"))
        draft.put(Row("pattern", "count", row.body + b"!", None))
        return len(row.body)

    assert await my_writer.submit(add) == len(canonical(["count", "0"]))
    assert runs == 2
    assert my_memory.told == [("catch_up", 2), ("apply", 3)]
    assert sorted(my_memory.texts) == ["count", "other"]
    await check_chain(mine)
    assert await other_writer.catch_up() is True
    assert other_writer.state == my_writer.state
    assert await other_writer.catch_up() is False
    await mine.close()
    await other.close()


async def test_a_request_committed_by_another_process_meanwhile_is_not_run_again(tmp_path):
    mine, other = (SqliteStore(tmp_path / "a.db") for _ in range(2))
    my_writer, _ = await writer_on(mine)
    other_writer, _ = await writer_on(other)

    async def outrun(draft: Draft) -> str:
        assert await other_writer.submit(storing("x", "theirs"), request_id="r") == "x"
        draft.put(Row("pattern", "x", b"mine", None))
        return "mine"

    assert await my_writer.submit(outrun, request_id="r") == "x"
    assert (await mine.read("pattern", ["x"]))[0].body == canonical(["x", "theirs"])
    await mine.close()
    await other.close()


async def test_a_writer_that_keeps_losing_gets_the_store_to_itself(tmp_path):
    mine, other = (SqliteStore(tmp_path / "a.db", busy_timeout_s=0.05) for _ in range(2))
    my_writer, _ = await writer_on(mine)
    other_writer, _ = await writer_on(other)
    outcomes: list[str] = []

    async def slow(draft: Draft) -> str:
        try:
            await other_writer.submit(storing(f"other-{len(outcomes)}"))
            outcomes.append("lost")
        except StoreError as error:
            outcomes.append(error.code)
        draft.put(Row("pattern", "slow", b"slow", None))
        return "done"

    assert await my_writer.submit(slow) == "done"
    assert outcomes == ["lost", "lost", "lost", "in_use"]
    await check_chain(mine)
    assert len(await ids_in(mine)) == 4
    assert await other_writer.submit(storing("after")) == "after"
    await mine.close()
    await other.close()


async def test_a_store_that_moves_for_ever_is_given_up():
    store = GatedStore()
    writer, _ = await writer_on(store)
    store.errors = [HeadMovedError("moved") for _ in range(MAX_ATTEMPTS)]
    with pytest.raises(HeadMovedError):
        await writer.submit(storing("a"))
    assert store.errors == []
    assert await writer.submit(storing("b")) == "b"


async def test_catching_up_waits_for_a_commit_under_way():
    """Else its rows, older than what is caught up with, would be applied last."""
    store = GatedStore()
    writer, memory = await writer_on(store)
    store.gate.clear()
    task = asyncio.create_task(writer.submit(storing("a")))
    await store.committing.wait()
    writer._behind = True
    catching_up = asyncio.create_task(writer.catch_up())
    await settle()
    assert not catching_up.done()
    store.gate.set()
    await asyncio.gather(task, catching_up)
    assert memory.told[0] == ("apply", 1)
