from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from pramana.errors import (
    ClosedError,
    EmbedderError,
    EmbedderMismatchError,
    InputError,
    NotFoundError,
    QuotaError,
    ReadOnlyError,
)
from pramana.ports import Row, Transaction
from pramana.store.memory import MemoryStore
from tests.unit.bank.banks import START_MS, Reopenable, StillClock, View, WordEmbedder, open_bank


async def test_a_pattern_comes_back_with_every_field() -> None:
    clock = StillClock()
    bank = await open_bank(clock=clock)
    given: dict[str, Any] = {
        "task_description": "Implement a REST API\0 für 日本",
        "task_category": "backend",
        "namespace": "team",
        "strategy": "TDD",
        "title": "Tests first",
        "description": "when not to: prototypes",
        "content": "line\nline",
        "success_score": 0.95,
        "tags": ["http", "api"],
        "metadata": {"k": [1, {"n": None}]},
        "source": ["t-1"],
        "created_ms": 12345,
    }
    pid = await bank.store(**given)
    pattern = await bank.get(pid)
    assert pattern is not None
    stored = pattern.to_dict()
    assert {name: stored[name] for name in given} == given
    assert pattern.embedder == "words@1"
    assert pattern.updated.startswith(str(START_MS))
    assert pattern.status == "active"
    await bank.close()


async def test_defaults_and_creation_time() -> None:
    bank = await open_bank()
    pattern = await bank.get(await bank.store(task_description="x"))
    assert pattern is not None
    assert (pattern.namespace, pattern.task_category, pattern.success_score) == ("default", "general", 0.5)
    assert pattern.created_ms == START_MS
    assert (pattern.usage_count, pattern.last_used_ms, pattern.reliability) == (0, None, 0.5)
    await bank.close()


async def test_what_is_returned_may_be_changed_without_changing_what_is_stored() -> None:
    bank = await open_bank()
    pid = await bank.store(task_description="x", metadata={"a": [1]})
    first = await bank.get(pid)
    assert first is not None
    first.metadata["a"].append(2)
    second = await bank.get(pid)
    assert second is not None
    assert second.metadata == {"a": [1]}
    await bank.close()


async def test_many_are_stored_in_one_commit_in_their_order() -> None:
    bank = await open_bank()
    told: list[tuple[int, int]] = []
    ids = await bank.store_many(
        [{"task_description": f"task {n}"} for n in range(600)], on_progress=lambda *now: told.append(now)
    )
    assert [p.task_description for p in await bank.get_many(ids) if p] == [f"task {n}" for n in range(600)]
    assert (await bank.stats())["head_seq"] == 1
    assert told[-1] == (600, 600)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len(told) == 3
    assert await bank.store_many([]) == []
    await bank.close()


async def test_nothing_of_a_bad_batch_is_stored_or_embedded() -> None:
    embedder = WordEmbedder()
    bank = await open_bank(embedder=embedder)
    with pytest.raises(InputError) as caught:
        await bank.store_many([{"task_description": "a"}, {"task_description": "b", "success_score": 2}])
    assert caught.value.details["index"] == 1
    assert caught.value.details["field"] == "success_score"
    assert embedder.asked == []
    assert (await bank.stats())["patterns"] == 0
    for wrong in ("text", {"task_description": "x"}, None, 3):
        with pytest.raises(InputError):
            await bank.store_many(wrong)  # type: ignore[arg-type]
    await bank.close()


async def test_fields_that_look_like_parameters_are_refused_as_fields() -> None:
    bank = await open_bank()
    for name in ("self", "pid", "on_progress"):
        with pytest.raises(InputError) as caught:
            await bank.store(task_description="x", **{name: "y"})
        assert caught.value.details["field"] == name
    pid = await bank.store(task_description="x")
    with pytest.raises(InputError):
        await bank.update(pid, pid="y")
    await bank.close()


async def test_an_update_changes_only_what_is_given_and_embeds_only_a_changed_text() -> None:
    embedder, clock = WordEmbedder(), StillClock()
    bank = await open_bank(embedder=embedder, clock=clock)
    pid = await bank.store(task_description="alpha beta", strategy="old", tags=["t"], success_score=0.9)
    await bank.used([pid], success=True)
    embedder.asked.clear()
    clock.ms += 1000
    await bank.update(pid, strategy="new")
    assert embedder.asked == []
    pattern = await bank.get(pid)
    assert pattern is not None
    assert (pattern.strategy, pattern.tags, pattern.success_score) == ("new", ("t",), 0.9)
    assert pattern.usage_count == 1
    assert pattern.updated.startswith(str(START_MS + 1000))
    await bank.update(pid, task_description="gamma delta", title="Greek")
    assert embedder.asked == ["Greek. gamma delta"]
    (hit,) = await bank.find_similar("gamma delta", k=1)
    assert hit.pattern.id == pid
    assert hit.parts["exact"] == 1.0
    assert (await bank.find_similar("alpha beta", k=1))[0].similarity == pytest.approx(0.0, abs=1e-6)
    await bank.update(pid, namespace="other", task_category="c2", tags=[])
    assert await bank.find_similar("gamma delta") == []
    assert (await bank.find_similar("gamma delta", namespace="other"))[0].pattern.task_category == "c2"
    assert (await bank.stats())["namespaces"] == {"other": 1}
    await bank.close()


async def test_updates_at_once_lose_nothing() -> None:
    bank = await open_bank()
    pid = await bank.store(task_description="one two")
    await asyncio.gather(
        bank.update(pid, title="three"),
        bank.update(pid, task_description="four five"),
        bank.update(pid, strategy="s"),
        bank.used([pid]),
        bank.used([pid], success=False),
    )
    pattern = await bank.get(pid)
    assert pattern is not None
    assert (pattern.title, pattern.task_description, pattern.strategy) == ("three", "four five", "s")
    assert pattern.usage_count == 2
    # The vector is that of the final text, whichever update came first.
    assert (await bank.find_similar("three four five", k=1))[0].similarity == pytest.approx(1.0, abs=0.01)
    await bank.close()


async def test_a_deleted_pattern_is_gone_from_every_answer() -> None:
    bank = await open_bank()
    keep, gone = await bank.store_many(
        [
            {"task_description": "keep this"},
            {"task_description": "drop this", "tags": ["t"], "task_category": "c"},
        ]
    )
    await bank.used([gone])
    await bank.delete(gone)
    assert await bank.get(gone) is None
    assert await bank.get_many([gone, keep]) == [None, await bank.get(keep)]
    assert [hit.pattern.id for hit in await bank.find_similar("drop this")] == [keep]
    assert [p.id for p in (await bank.list()).patterns] == [keep]
    assert await bank.by_category("c") == []
    stats = await bank.stats()
    assert (stats["patterns"], stats["deleted"], stats["tags"]) == (1, 1, {})
    for write in (bank.delete(gone), bank.update(gone, title="x"), bank.used([gone])):
        with pytest.raises(NotFoundError):
            await write
    await bank.close()


async def test_a_purge_leaves_no_text_behind() -> None:
    store = Reopenable()
    bank = await open_bank(store)
    one, two = await bank.store_many([{"task_description": "secret one"}, {"task_description": "secret two"}])
    await bank.used([one])
    await bank.update(one, content="more secret")
    await bank.delete(two)
    await bank.purge(one)
    await bank.purge(two)
    assert await bank.get(one) is None
    assert (await bank.stats())["deleted"] == 0
    rows = [row async for batch in store.scan() for row in batch]
    assert {(row.kind, row.id) for row in rows} == {("pattern", one), ("pattern", two), ("evidence", one)}
    assert [row.body for row in rows] == [None, None, None]
    with pytest.raises(NotFoundError):
        await bank.purge(one)
    with pytest.raises(NotFoundError):
        await bank.purge("never was")
    await bank.close()
    again = await open_bank(store)
    assert (await again.stats())["patterns"] == 0
    await again.close()


async def test_uses_are_counted_once_each_and_in_one_commit() -> None:
    clock = StillClock()
    bank = await open_bank(clock=clock)
    one, two = await bank.store_many([{"task_description": "one"}, {"task_description": "two"}])
    clock.ms += 5
    await bank.used([one, two, one], success=True)
    await bank.used([one], success=False)
    await bank.used([one])
    first, second = await bank.get_many([one, two])
    assert first is not None
    assert second is not None
    assert (first.usage_count, second.usage_count) == (3, 1)
    assert first.last_used_ms == START_MS + 5
    assert first.reliability == pytest.approx((1 + 1) / (2 + 2))
    assert second.reliability == pytest.approx((1 + 1) / (2 + 1))
    assert (await bank.stats())["head_seq"] == 4
    with pytest.raises(NotFoundError) as caught:
        await bank.used([two, "nobody"])
    assert caught.value.details["ids"] == ["nobody"]
    assert ((await bank.get_many([two]))[0] or first).usage_count == 1
    for wrong in (1, "yes"):
        with pytest.raises(InputError):
            await bank.used([one], success=wrong)  # type: ignore[arg-type]
    await bank.used([])
    await bank.close()


async def test_namespaces_filters_and_pages() -> None:
    clock = StillClock()
    bank = await open_bank(clock=clock)
    for n in range(7):
        clock.ms += 1
        await bank.store(
            task_description=f"common words {n}",
            namespace="a" if n < 5 else "b",
            task_category="odd" if n % 2 else "even",
            tags=["low"] if n < 3 else ["high", "late"],
        )

    async def found(**options: Any) -> set[str]:
        hits = await bank.find_similar("common words", k=10, **options)
        return {hit.pattern.task_description[-1] for hit in hits}

    assert await found() == set()
    assert await found(namespace="a") == set("01234")
    assert await found(namespace=None) == set("0123456")
    assert await found(namespace="a", category="odd") == set("13")
    assert await found(namespace=None, tags=["high", "late"]) == set("3456")
    assert await found(namespace=None, tags=["high", "low"]) == set()
    assert await found(namespace=None, since_ms=START_MS + 6) == set("56")
    page = await bank.list(namespace=None, limit=3)
    pages = [page]
    while page.cursor is not None:
        page = await bank.list(namespace=None, limit=3, cursor=page.cursor)
        pages.append(page)
    assert [[p.task_description[-1] for p in page.patterns] for page in pages] == [
        list("654"),
        list("321"),
        ["0"],
    ]
    assert (await bank.list(namespace="b", limit=2)).cursor is None
    assert [p.task_description[-1] for p in await bank.by_category("even", namespace=None, limit=2)] == [
        "6",
        "4",
    ]
    await bank.close()


async def test_finding_writes_nothing() -> None:
    store = MemoryStore()
    bank = await open_bank(store)
    await bank.store_many([{"task_description": f"task number {n}"} for n in range(20)])
    before = await store.state()
    rows = [row async for batch in store.scan() for row in batch]
    for _ in range(3):
        assert await bank.find_similar("task number 7")
    assert await store.state() == before
    assert [row async for batch in store.scan() for row in batch] == rows
    await bank.close()


class Failing(MemoryStore):
    """A store whose next commits fail as a full disk does."""

    failing = False

    async def commit(self, transaction: Transaction) -> None:
        if self.failing:
            raise QuotaError("the disk is full")
        await super().commit(transaction)


async def test_a_failed_write_changes_neither_memory_nor_index() -> None:
    store = Failing()
    bank = await open_bank(store)
    pid = await bank.store(task_description="alpha beta", strategy="s", tags=["t"])
    await bank.used([pid])

    async def picture() -> Any:
        stats = await bank.stats()
        hits = [hit.to_dict() for hit in await bank.find_similar("alpha beta gamma", k=10)]
        page = (await bank.list(namespace=None)).to_dict()
        return stats, hits, page

    before = await picture()
    store.failing = True
    for write in (
        bank.store(task_description="gamma"),
        bank.store_many([{"task_description": f"gamma {n}"} for n in range(300)]),
        bank.update(pid, task_description="gamma"),
        bank.update(pid, tags=["u"]),
        bank.used([pid], success=True),
        bank.delete(pid),
        bank.purge(pid),
        bank.import_lines('{"task_description": "gamma"}'),
    ):
        with pytest.raises(QuotaError):
            await write
        assert await picture() == before
    store.failing = False
    await bank.store(task_description="gamma")
    assert (await bank.stats())["patterns"] == 2
    await bank.close()


async def test_a_retried_request_returns_its_first_result() -> None:
    bank = await open_bank()
    first = await bank.store(task_description="x", request_id="r1")
    assert await bank.store(task_description="x", request_id="r1") == first
    await bank.used([first], request_id="r2")
    await bank.used([first], request_id="r2")
    pattern = await bank.get(first)
    assert pattern is not None
    assert pattern.usage_count == 1
    assert (await bank.stats())["patterns"] == 1
    await bank.close()


async def test_reopening_reads_vectors_and_embeds_nothing() -> None:
    store, embedder = Reopenable(), WordEmbedder()
    bank = await open_bank(store, embedder=embedder)
    ids = await bank.store_many(
        [{"task_description": f"alpha beta {n}", "tags": [f"t{n % 3}"]} for n in range(300)]
        + [{"task_description": "???"}]
    )
    await bank.used(ids[:2], success=True)
    await bank.delete(ids[2])
    clock_before = await bank.find_similar("alpha beta 7 ???", k=5)
    stats = await bank.stats()
    await bank.close()
    embedder.asked.clear()
    for source in ("snapshot", "records"):
        again = await open_bank(store, embedder=embedder)
        assert embedder.asked == []
        after = await again.stats()
        assert after["index"]["opened_from"] == source
        for name in ("patterns", "deleted", "categories", "namespaces", "tags", "head_seq"):
            assert after[name] == stats[name]
        assert [h.to_dict() for h in await again.find_similar("alpha beta 7 ???", k=5)] == [
            h.to_dict() for h in clock_before
        ]
        used = await again.get(ids[0])
        assert used is not None
        assert used.usage_count == 1
        embedder.asked.clear()
        await again.close()
        await store.open()
        await store.drop_snapshots()


async def test_what_was_committed_after_the_snapshot_is_applied_to_it() -> None:
    store = Reopenable()
    bank = await open_bank(store)
    ids = await bank.store_many([{"task_description": f"alpha {n}"} for n in range(250)])
    await bank.close()
    bank = await open_bank(store)
    await bank.update(ids[0], task_description="beta")
    await bank.delete(ids[1])
    fresh = await bank.store(task_description="gamma")
    await bank.used([ids[3]])
    await bank.close(fold=False)
    bank = await open_bank(store)
    assert (await bank.stats())["index"]["opened_from"] == "snapshot"
    assert (await bank.find_similar("beta", k=1))[0].pattern.id == ids[0]
    assert (await bank.find_similar("gamma", k=1))[0].pattern.id == fresh
    assert await bank.get(ids[1]) is None
    used = await bank.get(ids[3])
    assert used is not None
    assert used.usage_count == 1
    await bank.close()


async def test_a_damaged_snapshot_is_replaced_by_the_records() -> None:
    store = Reopenable()
    bank = await open_bank(store)
    await bank.store_many([{"task_description": f"alpha {n}"} for n in range(250)])
    await bank.close()
    await store.open()
    for gen, (snapshot, segments) in list(store._snapshots.items()):
        store._snapshots[gen] = (snapshot, (segments[0][:-1] + b"!", *segments[1:]))
    bank = await open_bank(store)
    assert (await bank.stats())["index"]["opened_from"] == "records"
    assert len(await bank.find_similar("alpha 7", k=3)) == 3
    await bank.close()


async def test_another_embedder_is_refused_and_told_what_to_do() -> None:
    store = Reopenable()
    bank = await open_bank(store)
    await bank.store(task_description="x")
    await bank.close()
    for other in (WordEmbedder(id="words@2"), WordEmbedder(dim=32)):
        with pytest.raises(EmbedderMismatchError, match="open it with reembed=True") as caught:
            await open_bank(store, embedder=other)
        assert caught.value.details == {
            "stored_id": "words@1",
            "stored_dim": 64,
            "given_id": other.id,
            "given_dim": other.dim,
        }
    again = await open_bank(store)
    assert (await again.stats())["patterns"] == 1
    await again.close()


async def test_an_embedder_that_fails_stores_nothing() -> None:
    class Broken(WordEmbedder):
        broken = True

        async def embed(self, texts: Any) -> Any:
            return [[1.0]] if self.broken else await super().embed(texts)

    embedder = Broken()
    bank = await open_bank(embedder=embedder)
    with pytest.raises(EmbedderError):
        await bank.store_many([{"task_description": "a"}, {"task_description": "b"}])
    with pytest.raises(EmbedderError):
        await bank.find_similar("a")
    embedder.broken = False
    assert (await bank.stats())["patterns"] == 0
    await bank.store(task_description="a")
    await bank.close()


async def test_a_text_the_embedder_does_not_know_is_found_by_its_words() -> None:
    bank = await open_bank()
    silent, other = await bank.store_many(
        [{"task_description": "qu?ux fr?b"}, {"task_description": "alpha beta"}]
    )
    hits = await bank.find_similar("fr?b", k=2)
    assert hits[0].pattern.id == silent
    assert hits[0].similarity == 0.0
    assert hits[0].parts["bm25"] > 0
    assert (await bank.find_similar("QU?UX  FR?B", k=1))[0].parts["exact"] == 1.0
    assert [hit.pattern.id for hit in await bank.find_similar("alpha", k=2, min_similarity=0.5)] == [other]
    assert (await bank.stats())["index"]["vectors"] == 1
    await bank.update(silent, task_description="now known")
    assert (await bank.stats())["index"]["vectors"] == 2
    await bank.update(silent, task_description="un?known")
    assert (await bank.stats())["index"]["vectors"] == 1
    await bank.close()


async def test_read_only_refuses_every_write_and_reads_on() -> None:
    store = Reopenable()
    bank = await open_bank(store)
    pid = await bank.store(task_description="x")
    await bank.close()
    bank = await open_bank(store, read_only=True)
    for write in (
        bank.store(task_description="y"),
        bank.store_many([{"task_description": "y"}]),
        bank.update(pid, title="y"),
        bank.delete(pid),
        bank.purge(pid),
        bank.used([pid]),
        bank.import_lines("{}"),
        bank.import_jsonl("nowhere"),
    ):
        with pytest.raises(ReadOnlyError):
            await write
    assert await bank.get(pid) is not None
    assert bank.capabilities()["store"]["read_only"] is True
    await bank.close()


async def test_after_close_every_call_says_so() -> None:
    bank = await open_bank()
    pid = await bank.store(task_description="x")
    await bank.close()
    await bank.close()
    for call in (
        bank.store(task_description="y"),
        bank.store_many([]),
        bank.update(pid, title="y"),
        bank.delete(pid),
        bank.purge(pid),
        bank.used([pid]),
        bank.find_similar("x"),
        bank.get(pid),
        bank.get_many([pid]),
        bank.list(),
        bank.by_category("c"),
        bank.stats(),
        bank.import_lines("{}"),
        bank.import_jsonl("nowhere"),
    ):
        with pytest.raises(ClosedError):
            await call
    with pytest.raises(ClosedError):
        bank.export_lines()


async def test_closing_waits_for_what_was_submitted() -> None:
    store = Reopenable()
    bank = await open_bank(store)
    writes = [asyncio.ensure_future(bank.store(task_description=f"t {n}")) for n in range(20)]
    await asyncio.sleep(0)
    await bank.close()
    stored = [
        write for write in await asyncio.gather(*writes, return_exceptions=True) if isinstance(write, str)
    ]
    bank = await open_bank(store)
    assert (await bank.stats())["patterns"] == len(stored)
    await bank.close()


async def test_listeners_hear_of_each_commit() -> None:
    heard: list[int] = []
    bank = await open_bank(on_change=heard.append)
    pid = await bank.store(task_description="x")
    await bank.used([pid])
    await bank.find_similar("x")
    await asyncio.sleep(0)
    assert heard == [1, 2]
    await bank.close()


class Shared(Reopenable):
    """Two views of one memory store: what two processes are to a file."""

    def __init__(self, twin: Shared | None = None) -> None:
        super().__init__()
        self.seen = 0
        self.twin = twin
        if twin is not None:
            self.__dict__.update(
                {name: value for name, value in twin.__dict__.items() if name not in ("seen", "twin")}
            )

    def _share(self, other: Shared) -> None:
        other._state = self._state

    async def moved(self) -> bool:
        return self.owner()._state.head_seq != self.seen

    def owner(self) -> Shared:
        return self.twin or self

    async def commit(self, transaction: Transaction) -> None:
        owner = self.owner()
        self._state = owner._state
        await super().commit(transaction)
        owner._state = self._state
        self.seen = self._state.head_seq

    async def state(self) -> Any:
        self._state = self.owner()._state
        self.seen = self._state.head_seq
        return await super().state()


async def test_two_banks_on_one_store_see_each_other() -> None:
    first_store = Shared()
    first = await open_bank(first_store)
    second = await open_bank(Shared(first_store))
    pid = await first.store(task_description="from the first")
    assert (await second.find_similar("from the first", k=1))[0].pattern.id == pid
    other = await second.store(task_description="from the second")
    assert (await first.find_similar("from the second", k=1))[0].pattern.id == other
    await second.delete(pid)
    assert await first.get(pid) is None
    await asyncio.gather(
        *(bank.store(task_description=f"both {n}") for n in range(5) for bank in (first, second))
    )
    assert (await first.stats())["patterns"] == (await second.stats())["patterns"] == 11
    await first.close()
    await second.close()


async def test_a_foreign_row_is_told_apart_from_ours() -> None:
    """A row whose body belongs to another pattern stops the index, not the process."""
    store = Reopenable()
    bank = await open_bank(store)
    pid = await bank.store(task_description="x")
    await bank.close()
    row = store._rows["pattern", pid]
    store._rows["pattern", "forged"] = Row(
        row.kind, "forged", row.body, row.body_hash, row.vector, row.namespace, row.category, row.updated
    )
    with pytest.raises(Exception, match="forged"):
        await open_bank(store)


async def test_a_clock_set_back_does_not_unuse() -> None:
    clock = StillClock()
    bank = await open_bank(clock=clock)
    pid = await bank.store(task_description="x")
    await bank.used([pid])
    clock.ms -= 60_000
    await bank.used([pid])
    await bank.update(pid, title="t")
    pattern = await bank.get(pid)
    assert pattern is not None
    assert (pattern.usage_count, pattern.last_used_ms) == (2, START_MS)
    assert pattern.updated > f"{START_MS}"
    await bank.close()


async def test_parts_of_different_snapshots_are_not_mixed() -> None:
    parts = []
    for count in (250, 251):
        store = Reopenable()
        bank = await open_bank(store)
        await bank.store_many([{"task_description": f"alpha {n}"} for n in range(count)])
        await bank.close()
        await store.open()
        parts.append((store, store._snapshots))
    store, snapshots = parts[0]
    for name in ("columns", "vectors", "postings"):
        mixed = {}
        for gen, (snapshot, pieces) in snapshots.items():
            other, others = parts[1][1][gen]
            at = [segment[0] for segment in snapshot.segments].index(name)
            segments = (*snapshot.segments[:at], other.segments[at], *snapshot.segments[at + 1 :])
            mixed[gen] = (replace(snapshot, segments=segments), (*pieces[:at], others[at], *pieces[at + 1 :]))
        store._snapshots = mixed
        bank = await open_bank(store)
        stats = await bank.stats()
        assert stats["patterns"] == stats["index"]["vectors"] == stats["index"]["documents"] == 250
        assert "do not belong together" in stats["index"]["opened_from"]
        await bank.close(fold=False)
        await store.open()


async def test_what_others_commit_while_it_opens_is_loaded_and_not_read_again() -> None:
    class Late(View):
        reads = 0

        async def open(self) -> Any:
            state = await self._store.open()
            other = await open_bank(View(store))
            await other.store(task_description="meanwhile")
            return state

        async def changes_since(self, seq: int) -> Any:
            self.reads += 1
            return await self._store.changes_since(seq)

    store = Reopenable()
    await (await open_bank(View(store))).store(task_description="before")
    late = Late(store)
    bank = await open_bank(late)
    loading = late.reads
    assert bank.database.state.head_seq == (await store.open()).head_seq
    await bank.store(task_description="after")
    assert (late.reads, (await bank.stats())["patterns"]) == (loading, 3)
