"""The contract of `ports.RecordStore`: what every backend must do, as coroutines that need no test framework.

`CHECKS` lists them. Each gets `make_store(name, **options)`, which returns a store not yet opened (or an awaitable
of one); within one check the same name means the same database, across checks all names are fresh. A check is for
backends that provide all of its `needs`:

- "durable": a second store of the same name, after the first was closed, has what the first one left;
- "shared": two stores of the same name may be open at once;
- "read_only": `make_store(name, read_only=True)`;
- "raw": `make_store.raw(name)` returns (or awaits) every byte that the closed database left on disk.

`run(make_store, provides)` runs all that apply and returns what failed, for places without pytest.
"""

from __future__ import annotations

import asyncio
import inspect
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from pramana.errors import (
    ClosedError,
    EpochLostError,
    HeadMovedError,
    InputError,
    NotFoundError,
    PramanaError,
    ReadOnlyError,
)
from pramana.ports import Changes, Op, RecordStore, Row, Snapshot, StoreState, Transaction
from pramana.protocol import LIMITS, SCHEMA_VERSION
from pramana.records import body_hash, canonical
from pramana.store.journal import GENESIS, advance, seal, verify

MakeStore = Callable[..., Any]
Change = tuple[Row, str]


@dataclass(frozen=True)
class Check:
    """One clause of the contract."""

    run: Callable[[MakeStore], Awaitable[None]]
    needs: frozenset[str]

    @property
    def name(self) -> str:
        return self.run.__name__.removeprefix("check_")


CHECKS: list[Check] = []


def clause(*needs: str) -> Callable[[Any], Any]:
    def add(run: Any) -> Any:
        CHECKS.append(Check(run, frozenset(needs)))
        return run

    return add


async def run(
    make_store: Callable[[str], MakeStore], provides: Sequence[str] = (), only: str | None = None
) -> dict[str, str]:
    """Run the checks that apply; `make_store(check_name)` returns that check's own factory. Returns tracebacks."""
    failures = {}
    for check in CHECKS:
        if check.needs <= set(provides) and only in (None, check.name):
            try:
                await check.run(make_store(check.name))
            except Exception:  # noqa: BLE001 - reported
                failures[check.name] = traceback.format_exc()
    return failures


# Making rows and transactions


def make_row(id: str, text: str = "", kind: str = "pattern", **fields: Any) -> Row:
    body = canonical({"id": id, "kind": kind, "text": text})
    fields = {
        "vector": b"\x00\xff" + id.encode()[:8],
        "namespace": "default",
        "category": "general",
        **fields,
    }
    return Row(kind, id, body, body_hash(body), **{"updated": f"0001-{id}", **fields})


def put(id: str, text: str = "", kind: str = "pattern", **fields: Any) -> Change:
    return make_row(id, text, kind, **fields), "put"


def purge(id: str, kind: str = "pattern") -> Change:
    return Row(kind, id, None, None, updated="9999"), "purge"


def form(
    state: StoreState, *commits: Sequence[Change], done: dict[str, str] | None = None, request_id: str = ""
) -> Transaction:
    """A transaction on `state` with one journal entry per commit."""
    entries, rows, purged = [], {}, {}
    bodies: dict[tuple[str, str], dict[str, bytes]] = {}
    before = state
    for commit in commits:
        ops = [Op(row.kind, row.id, op, row.body_hash) for row, op in commit]
        entry = seal(state, ops, hlc=f"{1_700_000_000_000 + state.head_seq}-0000-dev", request_id=request_id)
        for row, op in commit:
            key = (row.kind, row.id)
            rows[key] = row
            if op == "purge":
                purged[key] = None
                bodies.pop(key, None)
            else:
                bodies.setdefault(key, {})[row.body_hash] = row.body
        entries.append(entry)
        state = advance(state, (entry,))
    return Transaction(
        expect_head=before.head_seq,
        expect_epoch=before.epoch,
        entries=tuple(entries),
        rows=tuple(rows.values()),
        bodies={digest: (id, body) for (_, id), all_ in bodies.items() for digest, body in all_.items()},
        done=done or {},
        purged=tuple(purged),
    )


async def write(store: RecordStore, *commits: Sequence[Change], **options: Any) -> StoreState:
    """Commit on the store's present state, and return the state after it."""
    transaction = form(await store.state(), *commits, **options)
    await store.commit(transaction)
    return await store.state()


@asynccontextmanager
async def opened(make_store: MakeStore, name: str = "a", **options: Any) -> AsyncIterator[RecordStore]:
    store = make_store(name, **options)
    if inspect.isawaitable(store):
        store = await store
    await store.open()
    try:
        yield store
    finally:
        await store.close()


async def raised(
    expected: type[BaseException] | tuple[type[BaseException], ...], work: Awaitable[Any]
) -> Any:
    """The error that `work` raises, which must be of the expected type."""
    try:
        result = await work
    except expected as error:
        return error
    raise AssertionError(f"expected {expected}, got the result {result!r}")


async def first_batch(store: RecordStore) -> list[Row] | None:
    scan = store.scan()
    try:
        return await anext(scan, None)
    finally:
        await scan.aclose()


async def scanned(store: RecordStore) -> list[Row]:
    return [row async for batch in store.scan() for row in batch]


async def everything(store: RecordStore) -> Any:
    """All that a store shows, for comparing."""
    return (
        await store.state(),
        await scanned(store),
        await store.entries(0, 1_000_000),
        await store.snapshots(),
    )


async def verify_chain(store: RecordStore, page: int = 1000) -> int:
    """Check the whole journal against the state, page by page; returns its length."""
    head = await store.state()
    prev_hash, prev_seq = GENESIS, 0
    while entries := await store.entries(prev_seq, page):
        verify(entries, prev_hash, prev_seq)
        prev_hash, prev_seq = entries[-1].hash, entries[-1].seq
    verify([], prev_hash, prev_seq, head=head)
    return prev_seq


# Opening and state


@clause()
async def check_open_creates_an_empty_database(make_store: MakeStore) -> None:
    store = make_store("a")
    store = await store if inspect.isawaitable(store) else store
    state = await store.open()
    try:
        assert (state.schema, state.head_seq, state.head_hash) == (SCHEMA_VERSION, 0, GENESIS)
        assert (state.device_seq, state.meta) == (0, {})
        assert len(state.device) == 8
        assert set(state.device) <= set("0123456789abcdef")
        assert await store.state() == state
        assert await store.moved() is False
        assert await scanned(store) == []
        assert await store.entries(0, 10) == []
        assert await store.read("pattern", ["x"]) == [None]
        assert await store.done("r") is None
        assert await store.snapshots() == []
        assert await store.changes_since(0) == Changes(state, ())
        assert store.durability in ("none", "process-crash", "power-loss")
        assert store.backend
    finally:
        await store.close()


@clause()
async def check_names_are_separate_databases(make_store: MakeStore) -> None:
    async with opened(make_store, "a") as a, opened(make_store, "b") as b:
        await write(a, [put("x")])
        assert await b.read("pattern", ["x"]) == [None]
        assert (await b.state()).head_seq == 0


@clause()
async def check_closing_twice_and_use_after_close(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        transaction = form(await store.state(), [put("x")])
        await store.close()
        await store.close()
        for call in (
            lambda: store.state(),
            lambda: store.moved(),
            lambda: store.set_meta({"embedder": "e"}),
            lambda: store.commit(transaction),
            lambda: store.done("r"),
            lambda: store.read("pattern", ["x"]),
            lambda: first_batch(store),
            lambda: store.changes_since(0),
            lambda: store.entries(0, 1),
            lambda: store.write_snapshot(Snapshot(1, 0, GENESIS, ()), []),
            lambda: store.snapshots(),
            lambda: store.read_segment(1, 0),
            lambda: store.drop_snapshots(),
            lambda: store.size_bytes(),
        ):
            await raised(ClosedError, call())


@clause("durable")
async def check_reopening_sees_everything(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        await write(store, [put("x", "first"), put("y")], [put("x", "second")])
        await write(store, [purge("y")], done={"r1": '{"id":"x"}'})
        await store.set_meta({"embedder": "model ü", "embedder_dim": 256})
        await store.write_snapshot(Snapshot(1, 2, GENESIS, (("part", 3, "00"),)), [b"abc"])
        state, *before = await everything(store)
    async with opened(make_store) as store:
        again, *after = await everything(store)
        # Whoever opens a database where one leads raises its epoch.
        assert replace(again, epoch=state.epoch) == state
        assert after == before
        assert await store.done("r1") == '{"id":"x"}'
        assert await store.read_segment(1, 0) == b"abc"
        assert await store.moved() is False
        assert await verify_chain(store) == 3
        await write(store, [put("z")])
        assert await verify_chain(store) == 4


# Commits


@clause()
async def check_a_commit_is_read_back(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        before = await store.state()
        transaction = form(before, [put("x", "text"), put("x", "counts", "evidence", vector=None)])
        await store.commit(transaction)
        rows = await store.read("pattern", ["x"]) + await store.read("evidence", ["x"])
        assert rows == list(transaction.rows)
        state = await store.state()
        entry = transaction.entries[0]
        assert (state.head_seq, state.head_hash, state.device_seq) == (1, entry.hash, entry.device_seq)
        assert state == advance(before, transaction.entries)


@clause()
async def check_the_newest_version_counts(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        await write(store, [put("x", "one", category="old")])
        await write(store, [put("x", "two", category="new", vector=None)], [put("y")])
        tombstone = make_row("y", "gone", updated="0009")
        await write(store, [(tombstone, "delete")])
        newest = make_row("x", "two", category="new", vector=None)
        assert await store.read("pattern", ["x", "y"]) == [newest, tombstone]
        assert await scanned(store) == [newest, tombstone]
        await write(store, [put("x", "one")])  # a body that was stored before
        assert (await store.read("pattern", ["x"]))[0] == make_row("x", "one")


@clause()
async def check_a_group_commit_carries_several_entries(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        state = await write(
            store, [put("x", "1")], [put("x", "2"), put("y")], [put("x", "3")], done={"r": "1"}
        )
        assert state.head_seq == state.device_seq == 3
        assert [len(entry.ops) for entry in await store.entries(0, 10)] == [1, 2, 1]
        assert (await store.read("pattern", ["x"]))[0] == make_row("x", "3")
        assert await verify_chain(store) == 3


@clause()
async def check_a_moved_head_refuses_the_commit_whole(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        stale = await store.state()
        await write(store, [put("x", "kept")])
        before = await everything(store)
        late = form(stale, [put("x", "late"), put("y"), purge("z")], done={"r": "1"})
        error = await raised(HeadMovedError, store.commit(late))
        assert (error.details["expected"], error.details["found"]) == (0, 1)
        ahead = replace(form(await store.state(), [put("y")]), expect_head=2)
        await raised(HeadMovedError, store.commit(ahead))
        assert await everything(store) == before
        assert await store.done("r") is None
        await write(store, [put("y")])  # the store is usable as before


@clause()
async def check_a_lost_epoch_refuses_the_commit_whole(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        await write(store, [put("x", "kept")])
        state = await store.state()
        before = await everything(store)
        other = replace(state, epoch=state.epoch + 1)
        error = await raised(EpochLostError, store.commit(form(other, [put("y")], done={"r": "1"})))
        assert (error.details["expected"], error.details["found"]) == (other.epoch, state.epoch)
        # With both wrong, the epoch counts: it cannot be caught up with.
        both = replace(form(other, [put("y")]), expect_head=7)
        await raised(EpochLostError, store.commit(both))
        assert await everything(store) == before
        assert await store.done("r") is None


@clause()
async def check_a_failing_commit_leaves_nothing(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        await write(store, [put("x", "kept")])
        before = await everything(store)
        unstorable: Any = object()
        bad = form(
            await store.state(), [put("x", "lost"), put("y"), put("z", vector=unstorable)], done={"r": "1"}
        )
        try:
            await store.commit(bad)
        except Exception:  # noqa: BLE001 - which one is the backend's affair
            assert await everything(store) == before
            assert await store.done("r") is None
            await write(store, [put("y")])
            assert await verify_chain(store) == 2
        else:
            assert store.backend == "memory", "an object was stored"


@clause()
async def check_a_commit_in_the_middle_of_reads(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        await write(store, [put("x", "1"), put("y", "1")])
        transaction = form(await store.state(), [put("x", "2"), put("y", "2")])
        results = await asyncio.gather(
            store.read("pattern", ["x", "y"]), store.commit(transaction), store.read("pattern", ["x", "y"])
        )
        for pair in (results[0], results[2]):
            assert pair in [[make_row("x", text), make_row("y", text)] for text in ("1", "2")]


# Reading


@clause()
async def check_read_keeps_order_and_says_none(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        ids = [f"id-{n:04d}" for n in range(1300)]
        await write(store, [put(id) for id in ids])
        wanted = ["absent", *reversed(ids), "id-0007", "ID-0007", ""]
        expected = [None, *map(make_row, reversed(ids)), make_row("id-0007"), None, None]
        assert await store.read("pattern", wanted) == expected
        assert await store.read("pattern", []) == []
        assert await store.read("evidence", ids[:2]) == [None, None]


@clause()
async def check_scan_is_ordered_in_batches(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        ids = [f"id-{n:04d}" for n in range(1250)]
        await write(store, [put(id) for id in reversed(ids)])
        await write(store, [put(id, kind="evidence") for id in ids])
        batches = [batch async for batch in store.scan()]
        assert all(0 < len(batch) <= 1000 for batch in batches)
        assert len(batches) >= 3
        expected = [make_row(id, kind=kind) for kind in ("evidence", "pattern") for id in ids]
        assert [row for batch in batches for row in batch] == expected


@clause()
async def check_a_scan_of_one_kind_leaves_the_others_out(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        ids = [f"id-{n:04d}" for n in range(1100)]
        for kind in ("evidence", "pattern", "pattern2"):
            await write(store, [put(id, kind=kind) for id in ids])
        batches = [batch async for batch in store.scan("pattern")]
        assert [len(batch) for batch in batches] == [1000, 100]
        assert [row for batch in batches for row in batch] == [make_row(id) for id in ids]
        assert [batch async for batch in store.scan("other")] == []


@clause()
async def check_scan_shows_the_state_when_it_began(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        ids = [f"id-{n:04d}" for n in range(2300)]
        await write(store, [put(id, "before") for id in ids])
        scan = store.scan()
        rows = await anext(scan)
        await write(store, [put("id-0000", "after"), put("id-2000", "after"), put("id-1500a")])
        rows += await anext(scan)
        await write(store, [purge("id-2299"), put("zzz")], [put("id-2000", "again")])
        rows += [row async for batch in scan for row in batch]
        assert rows == [make_row(id, "before") for id in ids]
        assert len(await scanned(store)) == 2302
        assert (await store.read("pattern", ["id-2299"]))[0].body is None


@clause()
async def check_a_scan_may_be_left_early(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        await write(store, [put(f"id-{n:04d}") for n in range(1500)])
        for _ in range(3):
            assert len(await first_batch(store) or ()) <= 1000
        scan = store.scan()
        await anext(scan)
        await scan.aclose()
        await write(store, [purge("id-0000")])
        assert len(await scanned(store)) == 1500


@clause()
async def check_changes_since_folds_to_the_newest_rows(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        await write(store, [put("x", "1"), put("y", "1")])
        await write(store, [put("x", "2"), put("w")], [put("x", "3"), put("z")])
        state = await write(store, [purge("y")])
        for seq, expected in {
            0: {"w": "", "x": "3", "y": None, "z": ""},
            1: {"w": "", "x": "3", "y": None, "z": ""},
            2: {"x": "3", "y": None, "z": ""},
            3: {"y": None},
            4: {},
            9: {},
        }.items():
            changes = await store.changes_since(seq)
            assert changes.state == state
            rows = {row.id: row for row in changes.rows}
            assert len(rows) == len(changes.rows)
            assert rows == {
                id: purge(id)[0] if text is None else make_row(id, text) for id, text in expected.items()
            }


@clause()
async def check_entries_are_paged_and_verify(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        first = form(await store.state(), [put("x", "1")], [put("y"), put("x", "2")], request_id="request")
        await store.commit(first)
        second = form(
            await store.state(), [(make_row("y", "gone"), "delete"), purge("x"), purge("x", "evidence")]
        )
        await store.commit(second)
        entries = await store.entries(0, 100)
        assert entries == [*first.entries, *second.entries]
        assert [entry.seq for entry in await store.entries(1, 1)] == [2]
        assert [entry.seq for entry in await store.entries(-1, 2)] == [1, 2]
        assert await store.entries(3, 10) == []
        assert await store.entries(0, 0) == []
        assert await verify_chain(store, page=2) == 3


@clause()
async def check_done_remembers_first_results_up_to_its_bound(make_store: MakeStore) -> None:
    bound = LIMITS["max_done"]
    async with opened(make_store) as store:
        await write(store, [put("x")], done={"oldest": '"ü"', "second": "{}"}, request_id="oldest")
        await write(store, [put("y")], done={"oldest": '"again"'})
        assert await store.done("oldest") == '"ü"'
        assert await store.done("absent") is None
        await write(store, [put("z")], done={f"r{n}": str(n) for n in range(bound - 2)})
        assert await store.done("oldest") == '"ü"'
        await write(store, [put("z", "2")], done={"newest": "[]"})
        assert await store.done("oldest") is None
        assert await store.done("second") == "{}"
        assert await store.done("r0") == "0"
        assert await store.done("newest") == "[]"


# Purging


@clause()
async def check_purge_deletes_bodies_and_keeps_the_chain(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        await write(store, [put("x", "1"), put("y", "1"), put("x", "counts", "evidence")], [put("x", "2")])
        await write(store, [purge("x"), purge("x", "evidence")])
        assert await store.read("pattern", ["x", "y"]) == [purge("x")[0], make_row("y", "1")]
        assert await store.read("evidence", ["x"]) == [purge("x", "evidence")[0]]
        assert [row.body for row in await scanned(store)] == [None, None, make_row("y", "1").body]
        entries = await store.entries(0, 10)
        assert entries[0].ops[0].body_hash == make_row("x", "1").body_hash
        assert await verify_chain(store) == 3
        await write(store, [put("x", "1")])
        assert (await store.read("pattern", ["x"]))[0] == make_row("x", "1")


@clause()
async def check_a_body_put_after_its_purge_stays(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        await write(store, [put("x", "1"), put("y", "1")])
        await write(store, [put("x", "2"), purge("x")], [put("x", "3")])
        assert (await store.read("pattern", ["x"]))[0] == make_row("x", "3")
        await write(store, [purge("x"), put("x", "3")])  # the same text again
        assert await store.read("pattern", ["x", "y"]) == [make_row("x", "3"), make_row("y", "1")]
        assert await verify_chain(store) == 4


@clause("durable", "raw")
async def check_purged_text_is_gone_from_the_disk(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        filler = [put(f"id-{n:04d}", "filler " * (n % 90)) for n in range(300)]
        await write(store, [*filler, put("id-0100a", "SECRET-one " * 40, category="SECRET-category")])
        await write(store, [put("id-0100a", "SECRET-two " * 2000)], [put("kept", "PUBLIC")])
        await write(store, [put("id-0100a", "SECRET-three")])
        await write(store, [purge("id-0100a")])
    raw = make_store.raw("a")  # type: ignore[attr-defined]
    raw = await raw if inspect.isawaitable(raw) else raw
    assert b"PUBLIC" in raw
    assert b"SECRET" not in raw


# Meta, snapshots, segments, size


@clause()
async def check_set_meta_merges_and_moves_nothing(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        state = await write(store, [put("x")])
        values = {"embedder": "modèle ⚙", "embedder_dim": 256, "nested": {"list": [1, 2.5, None, True, "𝄞"]}}
        await store.set_meta(values)
        await store.set_meta({"embedder_dim": 384, "empty": ""})
        await store.set_meta({})
        meta = {**values, "embedder_dim": 384, "empty": ""}
        assert await store.state() == replace(state, meta=meta)
        assert await write(store, [put("y")]) == replace(await store.state(), meta=meta)
        for key in ("schema", "epoch", "head_seq", "head_hash", "device", "device_seq"):
            error = await raised(InputError, store.set_meta({"fine": 1, key: 0}))
            assert error.details["field"] == key
        assert (await store.state()).meta == meta


@clause()
async def check_snapshots_newest_first_and_one_before(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        made = []
        for gen in (1, 2, 3, 7):
            snapshot = Snapshot(gen, gen * 10, f"{gen:064x}", (("columns", 2, "aa"), ("ü", 3, "bb")))
            await store.write_snapshot(snapshot, [b"%02d" % gen, b"x%02d" % gen])
            made.append(snapshot)
            assert await store.snapshots() == list(reversed(made))[:2]
        assert await store.read_segment(7, 0) == b"07"
        assert await store.read_segment(7, 1) == b"x07"
        assert await store.read_segment(3, 1) == b"x03"
        for gen, index in ((1, 0), (2, 0), (7, 2), (7, -1), (8, 0)):
            await raised(NotFoundError, store.read_segment(gen, index))
        again = Snapshot(7, 71, f"{71:064x}", (("columns", 1, "cc"),))
        await store.write_snapshot(again, [b"!"])
        assert await store.snapshots() == [again, made[2]]
        assert await store.read_segment(7, 0) == b"!"
        await raised(NotFoundError, store.read_segment(7, 1))
        await store.drop_snapshots()
        assert await store.snapshots() == []
        await raised(NotFoundError, store.read_segment(7, 0))
        await store.drop_snapshots()


@clause()
async def check_a_snapshot_is_seen_only_when_complete(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        old = Snapshot(1, 0, GENESIS, (("part", 1, "aa"),))
        await store.write_snapshot(old, [b"1"])
        pieces = [bytes([n]) * (1 << 20) for n in range(6)]
        new = Snapshot(2, 0, GENESIS, tuple(("part", 1 << 20, "bb") for _ in pieces))
        writing = asyncio.ensure_future(store.write_snapshot(new, pieces))
        while not writing.done():
            for snapshot in await store.snapshots():
                for index, (_, size, _) in enumerate(snapshot.segments):
                    assert len(await store.read_segment(snapshot.gen, index)) == size
            await asyncio.sleep(0)
        await writing
        unstorable: Any = object()
        try:
            await store.write_snapshot(Snapshot(3, 0, GENESIS, new.segments[:2]), [b"", unstorable])
        except Exception:  # noqa: BLE001 - which one is the backend's affair
            assert await store.snapshots() == [new, old]
            assert await store.read_segment(2, 5) == pieces[5]
        else:
            raise AssertionError("an object was stored as a segment")


@clause()
async def check_segments_keep_their_bytes(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        pieces = [bytes(range(256)) * (1 << 14), b"", b"\x00", "ü".encode()]
        sizes = tuple((f"part{n}", len(piece), "") for n, piece in enumerate(pieces))
        await store.write_snapshot(Snapshot(1, 0, GENESIS, sizes), pieces)
        assert [await store.read_segment(1, n) for n in range(4)] == pieces
        await store.write_snapshot(Snapshot(2, 0, GENESIS, ()), [])
        assert [snapshot.gen for snapshot in await store.snapshots()] == [2, 1]


@clause()
async def check_size_grows_with_what_is_stored(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        before = await store.size_bytes()
        assert before >= 0
        if store.backend == "indexeddb":
            return  # a browser's estimate is padded and late: a number is all that can be asked of it
        text = "".join(f"{n:x}" for n in range(300_000))
        await write(store, [put("x", text)])
        await store.write_snapshot(Snapshot(1, 0, GENESIS, (("part", 1 << 20, ""),)), [bytes(1 << 20)])
        assert await store.size_bytes() >= before + len(text) + (1 << 20)


# Values


@clause()
async def check_values_of_every_size_and_script(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        big = "déjà vu 記憶 𝄞 \u0000 \u2028 ".encode() * 40_000
        rows = [
            Row("pattern", "big", big, body_hash(big), bytes(range(256)) * 4, "n", "c", "u"),
            Row("pattern", "empty body", b"", body_hash(b""), b"", "", "", ""),
            Row("pattern", "no vector", b"{}", body_hash(b"{}"), None, "名前", "catégorie 𝄞", "0"),
            Row("pattern", "ключ/'\"%_\\", b"q", body_hash(b"q"), b"\x00", "'; --", "%", "'"),
        ]
        await write(
            store, [(row, "put") for row in rows], done={"запрос 𝄞": '"ответ"'}, request_id="запрос 𝄞"
        )
        assert await store.read("pattern", [row.id for row in rows]) == rows
        assert await scanned(store) == sorted(rows, key=lambda row: row.id)
        assert list((await store.changes_since(0)).rows) == sorted(rows, key=lambda row: row.id)
        assert await store.done("запрос 𝄞") == '"ответ"'
        assert len(big) > 1_000_000
        assert await verify_chain(store) == 1


@clause()
async def check_ten_thousand_rows_in_one_commit(make_store: MakeStore) -> None:
    async with opened(make_store) as store:
        ids = [f"id-{n:05d}" for n in range(10_000)]
        await write(store, [put(id, "text " * 20, vector=bytes(260)) for id in ids])
        assert [row.id for row in await scanned(store)] == ids
        assert len((await store.entries(0, 1))[0].ops) == 10_000
        assert await verify_chain(store) == 1


# Several stores of one database


@clause("durable", "shared")
async def check_another_store_is_noticed_and_caught_up_with(make_store: MakeStore) -> None:
    async with opened(make_store) as mine, opened(make_store) as other:
        await mine.changes_since(0)  # opening `other` may have counted as a move
        await write(mine, [put("x", "mine")])
        assert await mine.moved() is False
        assert await other.moved() is True
        changes = await other.changes_since(0)
        assert [row.id for row in changes.rows] == ["x"]
        assert changes.state == await mine.state()
        assert await other.moved() is False
        stale = await mine.state()
        await write(other, [put("y", "other")], done={"r": "1"})
        assert await mine.moved() is True
        await raised(HeadMovedError, mine.commit(form(stale, [put("x", "late")])))
        assert await mine.done("r") == "1"
        assert [row.id for row in (await mine.changes_since(stale.head_seq)).rows] == ["y"]
        assert await mine.moved() is False
        await other.set_meta({"embedder": "e"})
        assert await mine.moved() is True
        assert (await mine.changes_since(2)).state.meta == {"embedder": "e"}
        assert await everything(mine) == await everything(other)


@clause("durable", "read_only")
async def check_read_only_reads_and_refuses_to_write(make_store: MakeStore) -> None:
    store = make_store("absent", read_only=True)
    store = await store if inspect.isawaitable(store) else store
    await raised(NotFoundError, store.open())
    await raised(ClosedError, store.state())
    await store.close()
    async with opened(make_store) as writable:
        state = await write(writable, [put("x")], done={"r": "1"})
        await writable.write_snapshot(Snapshot(1, 1, state.head_hash, (("part", 1, ""),)), [b"1"])
        before = await everything(writable)
    async with opened(make_store, read_only=True) as store:
        for call in (
            lambda: store.commit(form(state, [put("y")])),
            lambda: store.set_meta({"embedder": "e"}),
            lambda: store.write_snapshot(Snapshot(2, 1, GENESIS, ()), []),
            lambda: store.drop_snapshots(),
        ):
            assert isinstance(await raised(ReadOnlyError, call()), PramanaError)
        state, *rest = await everything(store)
        assert (replace(state, epoch=before[0].epoch), *rest) == before
        assert await store.done("r") == "1"
        assert await store.read_segment(1, 0) == b"1"
        assert await store.size_bytes() > 0
