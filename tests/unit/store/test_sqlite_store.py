"""What is SQLite's own: its files, its errors, a full disk, purging, and several connections."""

from __future__ import annotations

import asyncio
import os
import random
import re
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from pramana.errors import (
    CorruptError,
    InputError,
    InUseError,
    NotFoundError,
    PramanaError,
    QuotaError,
    ReadOnlyError,
    SchemaError,
    StoreError,
)
from pramana.ports import Row, Snapshot, Transaction
from pramana.protocol import SCHEMA_VERSION
from pramana.records import body_hash
from pramana.store.journal import GENESIS
from pramana.store.sqlite import SqliteStore, destroy
from pramana.store.sqlite_file import open_file
from pramana.store.sqlite_rows import atomic, write_transaction
from pramana.store.sqlite_schema import APPLICATION_ID, MIGRATIONS, upgrade
from tests.contract import record_store as contract

put, purge, write, form = contract.put, contract.purge, contract.write, contract.form


async def opened(path: Path, **options) -> SqliteStore:
    store = SqliteStore(path, **options)
    await store.open()
    return store


async def filled(path: Path, *ids: str) -> None:
    store = await opened(path)
    await write(store, [put(id, f"text of {id} " * 20) for id in ids])
    await store.close()


async def verify_file(path: Path) -> int:
    store = await opened(path)
    try:
        await contract.scanned(store)
        return await contract.verify_chain(store)
    finally:
        await store.close()


def files(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def run(*command: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.run([*map(str, command)], capture_output=True, text=True, env=environment)


def run_python(code: str) -> str:
    """Run a program in a process of its own, and return what it printed."""
    done = run(sys.executable, "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become nobody"
)


# Opening


async def test_a_new_file_is_ours_and_closing_leaves_one_file(tmp_path: Path):
    path = tmp_path / "a.db"
    await filled(path, "x")
    assert files(tmp_path) == ["a.db"]
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


async def test_commits_are_synced_and_deletions_overwritten(tmp_path: Path):
    store = await opened(tmp_path / "a.db")
    pragmas = {
        name: await store._call(lambda connection: connection.execute(f"PRAGMA {name}").fetchone()[0])  # noqa: B023
        for name in ("synchronous", "secure_delete", "journal_mode")
    }
    assert pragmas == {"synchronous": 2, "secure_delete": 1, "journal_mode": "wal"}
    await store.close()


@pytest.mark.parametrize("read_only", [False, True])
async def test_what_is_no_database_of_ours_is_refused_and_left_alone(tmp_path: Path, read_only: bool):
    text = tmp_path / "notes.txt"
    text.write_text("not a database at all, " * 100)
    foreign = tmp_path / "foreign.db"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE t (a)")
    connection.close()
    for path, error in ((text, CorruptError), (foreign, StoreError)):
        before = path.read_bytes()
        store = SqliteStore(path, read_only=read_only)
        with pytest.raises(error) as caught:
            await store.open()
        assert str(path) in caught.value.message
        assert path.read_bytes() == before
    assert files(tmp_path) == ["foreign.db", "notes.txt"]


async def test_places_where_no_file_can_be(tmp_path: Path):
    cases = {
        tmp_path: "is a directory",
        tmp_path / "absent" / "a.db": "does not exist; create it",
        Path(f"{tmp_path}/a\0b"): "zero byte",
    }
    for path, message in cases.items():
        with pytest.raises((StoreError, InputError), match=message):
            await opened(path)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError):
        await opened(tmp_path / "file" / "a.db")
    assert files(tmp_path) == ["file"]


async def test_unusual_names(tmp_path: Path):
    for name in ("ü 記憶.db", "a?mode=memory&x=#.db", "100%41.db", ":memory:", "'quoted'"):
        await filled(tmp_path / name, "x")
        assert (tmp_path / name).stat().st_size > 0
        destroy(tmp_path / name)
    assert files(tmp_path) == []


async def test_an_empty_file_becomes_a_database_but_not_read_only(tmp_path: Path):
    path = tmp_path / "a.db"
    path.touch()
    with pytest.raises(NotFoundError):
        await opened(path, read_only=True)
    await filled(path, "x")
    assert path.stat().st_size > 0


async def test_a_newer_schema_is_refused(tmp_path: Path):
    path = tmp_path / "a.db"
    await filled(path, "x")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    for read_only in (False, True):
        with pytest.raises(SchemaError, match="upgrade pramana") as caught:
            await opened(path, read_only=read_only)
        assert (caught.value.details["stored"], caught.value.details["known"]) == (99, SCHEMA_VERSION)


def test_an_older_schema_is_upgraded_in_one_transaction(tmp_path: Path):
    connection = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    upgrade(connection)
    connection.execute("INSERT INTO meta VALUES ('embedder', '\"kept\"')")
    later = {**MIGRATIONS, 2: ["CREATE TABLE two (a)"], 3: ["INSERT INTO two VALUES (3)", "not SQL"]}
    with pytest.raises(sqlite3.OperationalError):
        upgrade(connection, later)
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'two'").fetchone() == (0,)
    device = connection.execute("SELECT v FROM meta WHERE k = 'device'").fetchone()
    later[3].pop()
    for _ in range(2):
        upgrade(connection, later)
        assert connection.execute("PRAGMA user_version").fetchone() == (3,)
        assert connection.execute("SELECT a FROM two").fetchall() == [(3,)]
    assert connection.execute("SELECT v FROM meta WHERE k = 'embedder'").fetchone() == ('"kept"',)
    assert connection.execute("SELECT v FROM meta WHERE k = 'device'").fetchone() == device
    connection.close()


async def test_a_store_is_opened_once_and_a_failed_open_leaves_no_thread(tmp_path: Path):
    store = await opened(tmp_path / "a.db")
    with pytest.raises(InputError):
        await store.open()
    await store.close()
    for _ in range(3):
        with pytest.raises(StoreError):
            await opened(tmp_path)
    await asyncio.sleep(0.05)
    assert [thread for thread in threading.enumerate() if thread.name.startswith("pramana-sqlite")] == []


async def test_many_stores_create_one_file_at_once(tmp_path: Path):
    stores = [SqliteStore(tmp_path / "a.db") for _ in range(8)]
    states = await asyncio.gather(*(store.open() for store in stores))
    assert len({state.device for state in states}) == 1
    for store in stores:
        await store.close()


# Read-only


async def test_read_only_finds_what_a_killed_process_committed(tmp_path: Path):
    path = tmp_path / "a.db"
    run_python(f"""
import asyncio, os
from pramana.store.sqlite import SqliteStore
from tests.contract import record_store as contract
async def main():
    store = SqliteStore({str(path)!r})
    await store.open()
    await contract.write(store, [contract.put("x")])
    os._exit(0)
asyncio.run(main())
""")
    assert (tmp_path / "a.db-wal").stat().st_size > 0
    (tmp_path / "a.db-shm").unlink()
    store = await opened(path, read_only=True)
    assert (await store.read("pattern", ["x"]))[0] == contract.make_row("x")
    await store.close()
    assert (tmp_path / "a.db-wal").stat().st_size > 0


async def test_read_only_follows_a_writer(tmp_path: Path):
    path = tmp_path / "a.db"
    await filled(path, "x")
    writer, reader = await opened(path), await opened(path, read_only=True)
    assert await reader.moved() is False
    await write(writer, [put("y")])
    assert await reader.moved() is True
    assert [row.id for row in (await reader.changes_since(1)).rows] == ["y"]
    with pytest.raises(ReadOnlyError):
        async with reader.reserve():
            pass
    await reader.close()
    await writer.close()


def open_as_nobody(path: Path, *, read_only: bool) -> str:
    """What an account without rights sees in the database, or the error it gets."""
    return run_python(f"""
import asyncio, os
from pramana.errors import PramanaError
from pramana.store.sqlite import SqliteStore
async def main():
    os.setgid(65534)
    os.setuid(65534)
    store = SqliteStore({str(path)!r}, read_only={read_only})
    try:
        await store.open()
        print([row.id async for batch in store.scan() for row in batch], await store.moved())
        await store.close()
    except PramanaError as error:
        print(error.code, error)
asyncio.run(main())
""")


@needs_root
async def test_accounts_without_rights():
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        place.chmod(0o755)
        path = place / "a.db"
        await filled(path, "x")
        # Nothing may be put beside the file, and nothing is needed: no commit waits in a -wal file.
        assert open_as_nobody(path, read_only=True) == "['x'] False"
        assert files(place) == ["a.db"]
        assert "store_failed no permission to write" in open_as_nobody(path, read_only=False)
        assert "no permission to create files" in open_as_nobody(place / "b.db", read_only=False)
        store = await opened(path)
        await write(store, [put("y")])
        assert open_as_nobody(path, read_only=True) == "['x', 'y'] False"
        copy = place / "copy"
        copy.mkdir()
        for name in ("a.db", "a.db-wal"):
            (copy / name).write_bytes((place / name).read_bytes())
        assert "not closed cleanly" in open_as_nobody(copy / "a.db", read_only=True)
        await store.close()
        path.chmod(0o600)
        assert "no permission to read" in open_as_nobody(path, read_only=True)


# A full disk


async def test_a_full_database_names_what_was_not_written(tmp_path: Path):
    store = await opened(tmp_path / "a.db")
    await write(store, [put("kept")])
    before = await contract.everything(store)
    pages = await store._call(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0])
    await store._call(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages + 20}"))
    large = form(await store.state(), [put(f"id-{n}", "x" * 5000) for n in range(100)])
    with pytest.raises(QuotaError) as caught:
        await store.commit(large)
    assert caught.value.details["not_written"] == [f"id-{n}" for n in range(100)]
    with pytest.raises(QuotaError):
        await store.write_snapshot(Snapshot(1, 1, GENESIS, (("part", 1 << 20, ""),)), [bytes(1 << 20)])
    assert await contract.everything(store) == before
    await write(store, [put("small")])
    await store.close()
    store = await opened(tmp_path / "a.db")
    assert await contract.verify_chain(store) == 2
    await store.close()


@needs_root
async def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path: Path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if run("mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", disk).returncode != 0:
        pytest.skip("this account may not mount a small disk")
    acknowledged: list[str] = []

    async def fill(store: SqliteStore) -> None:
        for n in range(1000):
            await write(store, [put(f"id-{n:04d}", "x" * 3000)])
            acknowledged.append(f"id-{n:04d}")

    try:
        store = await opened(disk / "a.db")
        with pytest.raises(QuotaError) as caught:
            await fill(store)
        assert caught.value.details["not_written"] == [f"id-{len(acknowledged):04d}"]
        assert len(acknowledged) > 10
        assert [row.id for row in await contract.scanned(store)] == acknowledged
        await contract.verify_chain(store)
        await store.close()
        store = await opened(disk / "a.db")
        assert [row.id for row in await contract.scanned(store)] == acknowledged
        await store.close()
        left = os.statvfs(disk)
        (disk / "filler").write_bytes(bytes(left.f_bavail * left.f_bsize))
        with pytest.raises(QuotaError):
            await opened(disk / "b.db")
    finally:
        run("umount", disk).check_returncode()


# Damage


async def test_damage_in_the_file_is_noticed(tmp_path: Path):
    """Any byte of the journal's last entry, flipped in the file itself, is found."""
    path = tmp_path / "a.db"
    store = await opened(path)
    await write(store, [put("x", "1")])
    await write(store, [put("record-in-the-tail", "2")], request_id="request-of-the-tail")
    (_, tail) = await store.entries(0, 10)
    await store.close()
    sound = path.read_bytes()
    # As it lies in the page: sizes and types, prev, device, device_seq, hlc, request_id, ops, hash.
    middle = sound.index(b"request-of-the-tail")
    start = middle - len(tail.hlc) - 1 - len(tail.device) - 32
    end = sound.index(bytes.fromhex(tail.hash), middle) + 32
    assert sound[start : start + 32] == bytes.fromhex(tail.prev)
    for offset in range(start - 12, end, 3):
        path.write_bytes(sound[:offset] + bytes([sound[offset] ^ 0x41]) + sound[offset + 1 :])
        with pytest.raises(CorruptError):
            await verify_file(path)
    path.write_bytes(sound)
    assert await verify_file(path) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM journal WHERE seq = 3",
        "DELETE FROM journal WHERE seq = 2",
        "DELETE FROM journal",
        "UPDATE journal SET seq = -seq WHERE seq = 1",
        "UPDATE journal SET ops = x'ff' WHERE seq = 2",
        "UPDATE journal SET hlc = CAST(x'ff' AS TEXT) WHERE seq = 2",
        "UPDATE journal SET prev = 7 WHERE seq = 2",
        "UPDATE journal SET device_seq = 'seven' WHERE seq = 2",
        "UPDATE meta SET v = '\"0\"' WHERE k = 'head_hash'",
        "UPDATE meta SET v = '4' WHERE k = 'head_seq'",
    ],
)
async def test_a_tampered_journal_does_not_verify(tmp_path: Path, statement: str):
    path = tmp_path / "a.db"
    store = await opened(path)
    await write(store, [put("x", "1")], [put("x", "2")], [put("x", "3")])
    await store.close()
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()
    with pytest.raises(CorruptError):
        await verify_file(path)


@pytest.mark.parametrize("statement", ["DELETE FROM meta WHERE k = 'head_seq'", "UPDATE meta SET v = '{'"])
async def test_a_damaged_state_is_corrupt(tmp_path: Path, statement: str):
    path = tmp_path / "a.db"
    await filled(path, "x")
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()
    with pytest.raises(CorruptError):
        await opened(path)


async def test_a_damaged_page_is_corrupt_and_not_wiped(tmp_path: Path):
    path = tmp_path / "a.db"
    await filled(path, *(f"id-{n:04d}" for n in range(500)))
    data = bytearray(path.read_bytes())
    for page in range(1, len(data) // 4096):
        data[page * 4096 : page * 4096 + 8] = b"\xff" * 8
    path.write_bytes(data)
    with pytest.raises(CorruptError, match="damaged"):
        await verify_file(path)
    assert path.stat().st_size == len(data)


async def test_a_damaged_snapshot_is_as_good_as_none(tmp_path: Path):
    path = tmp_path / "a.db"
    store = await opened(path)
    old, new = (Snapshot(gen, 0, GENESIS, (("part", 3, "hash"),)) for gen in (1, 2))
    await store.write_snapshot(old, [b"old"])
    await store.write_snapshot(new, [b"new"])
    raw = sqlite3.connect(path)
    for damage in ("[[1, 2]]", "{", "7"):
        raw.execute("UPDATE snapshots SET segments = ? WHERE gen = 2", (damage,))
        raw.commit()
        assert await store.snapshots() == [old]
    raw.close()
    await store.write_snapshot(new, [b"new"])
    assert await store.snapshots() == [new, old]
    await store.close()


# Purging


async def test_purged_text_leaves_file_and_wal_while_open(tmp_path: Path):
    path = tmp_path / "a.db"
    store = await opened(path)
    for round_ in range(6):
        rows = [put(f"id-{n:03d}", f"SECRET-{n:03d}-{round_} " * (1 + n * round_ % 400)) for n in range(60)]
        await write(store, rows)
    await write(store, [purge(f"id-{n:03d}") for n in range(0, 60, 2)])
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert all(f"SECRET-{n:03d}".encode() not in left for n in range(0, 60, 2))
    assert all(f"SECRET-{n:03d}".encode() in left for n in range(1, 60, 2))
    await store.close()


LEAVES_COPIES = (9, 44)
"""Of the first sixty seeds of `shuffled`, those after which a file that is not scrubbed holds purged text."""


class CommitsAlone(SqliteStore):
    """Its process ends as soon as a commit is done, every time."""

    async def commit(self, transaction: Transaction) -> None:
        connection = open_file(self.path, read_only=False, timeout_s=1.0)
        with atomic(connection):
            write_transaction(connection, transaction)
        connection.close()


async def shuffled(store: SqliteStore, seed: int) -> set[str]:
    """Store, rewrite and purge so much that SQLite moves rows between pages; return the ids that are left."""
    choose = random.Random(seed)
    live: dict[str, int] = {}
    await store.open()

    def text(id: str) -> str:
        live[id] = live.get(id, 0) + 1
        return f"SECRET-{id}-{live[id]}-END " + "x" * choose.choice([0, 10, 100, 300, 1000, 3000, 9000])

    for _ in range(8):
        new = [f"{choose.getrandbits(64):016x}" for _ in range(choose.randint(1, 80))]
        await write(store, [put(id, text(id)) for id in new])
        await write(store, [put(id, text(id)) for id in choose.sample(sorted(live), min(len(live), 30))])
        gone = choose.sample(sorted(live), min(len(live), choose.randint(1, 40)))
        await write(store, [purge(id) for id in gone])
        for id in gone:
            del live[id]
    await store.close()
    return set(live)


def secrets(directory: Path) -> set[str]:
    """The ids whose text is anywhere in the directory's files."""
    raw = b"".join(file.read_bytes() for file in directory.iterdir() if file.is_file())
    return {found.decode() for found in re.findall(rb"SECRET-([0-9a-f]{16})-", raw)}


@pytest.mark.parametrize("seed", LEAVES_COPIES)
async def test_purged_text_has_no_copies_where_sqlite_moved_rows(tmp_path: Path, seed: int):
    left = await shuffled(SqliteStore(tmp_path / "a.db"), seed)
    assert secrets(tmp_path) == left


@pytest.mark.parametrize("seed", LEAVES_COPIES)
async def test_a_purge_whose_process_ended_is_finished_by_the_next_open(tmp_path: Path, seed: int):
    path = tmp_path / "a.db"
    left = await shuffled(CommitsAlone(path), seed)
    assert secrets(tmp_path) > left, "SQLite left no copies, so the case proves nothing"
    store = await opened(path, read_only=True)
    assert (await store.state()).meta == {}
    await store.close()
    store = await opened(path)
    assert secrets(tmp_path) == left
    assert (await store.state()).meta == {}
    await store.close()
    assert await verify_file(path) == 24


async def test_a_purge_on_a_full_disk_is_committed_and_finished_later(tmp_path: Path):
    path = tmp_path / "a.db"
    await shuffled(SqliteStore(path), 4)
    store = await opened(path)
    rows = [row for batch in [batch async for batch in store.scan()] for row in batch if row.body is not None]

    def limit(bytes_: int) -> None:
        # A process may not write a file beyond this size, and SQLite reports that as a disk's failure.
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, hard))

    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    limit(path.stat().st_size // 2)
    try:
        await write(store, [purge(rows[0].id)])
        assert (await store.read("pattern", [rows[0].id]))[0].body is None
        before = time.monotonic()
        await store.state()
        assert time.monotonic() - before < 1.0
    finally:
        limit(hard)
    await store.close()
    assert rows[0].id not in secrets(tmp_path)


async def test_a_purge_under_a_scan_is_finished_after_it(tmp_path: Path):
    path = tmp_path / "a.db"
    store = await opened(path)
    await write(store, [put(f"id-{n:04d}", "SECRET" if n == 7 else "plain") for n in range(1500)])
    scan = store.scan()
    await anext(scan)
    before = time.monotonic()
    await write(store, [purge("id-0007")])
    assert time.monotonic() - before < 2.0, "the purge waited for the scan, which waits for it"
    await scan.aclose()
    await store.state()
    assert b"SECRET" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    await store.close()


@pytest.mark.parametrize("seed", range(4))
async def test_a_commit_of_anybody_else_is_seen_however_many_of_ours_came_between(tmp_path: Path, seed: int):
    drawn = random.Random(seed)
    stores = [await opened(tmp_path / "a.db") for _ in range(2)]
    for store in stores:
        await store.changes_since(0)  # opening moves the file, too
    unseen = [False, False]
    for number in range(60):
        me = drawn.randrange(2)
        store = stores[me]
        match drawn.choice(["write", "look", "look", "catch up"]):
            case "write":
                await write(store, [put(f"id-{number}", "text")])
                unseen[1 - me] = True
            case "look":
                assert [await store.moved() for _ in range(drawn.randrange(1, 4))][-1] is unseen[me]
            case _:
                await store.changes_since(0)
                unseen[me] = False
    for store in stores:
        await store.close()


async def test_a_purge_under_another_connections_reading_is_finished_after_it(tmp_path: Path):
    path = tmp_path / "a.db"
    store = await opened(path)
    await write(store, [put("x", "SECRET"), put("y")])
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM records").fetchone()
    await write(store, [purge("x")])
    for _ in range(2):
        assert await store.moved() is False
    reader.execute("ROLLBACK")
    assert await store.moved() is False
    assert b"SECRET" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    reader.close()
    await store.close()


async def test_a_purge_cut_short_is_finished_by_the_next_open(tmp_path: Path):
    path = tmp_path / "a.db"
    store = await opened(path)
    await write(store, [put("x", "SECRET")])
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM records").fetchone()
    await write(store, [purge("x")])
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("a.db", "a.db-wal"):
        (copy / name).write_bytes((tmp_path / name).read_bytes())
    reader.close()
    await store.close()
    assert b"SECRET" in b"".join(file.read_bytes() for file in copy.iterdir())
    store = await opened(copy / "a.db")
    assert b"SECRET" not in b"".join(file.read_bytes() for file in copy.iterdir())
    assert (await store.read("pattern", ["x"]))[0].body is None
    await store.close()


async def test_dropped_segments_leave_no_text(tmp_path: Path):
    store = await opened(tmp_path / "a.db")
    await store.write_snapshot(Snapshot(1, 0, GENESIS, (("part", 1 << 20, ""),)), [b"SECRET" * 100_000])
    await store.drop_snapshots()
    assert b"SECRET" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    await store.close()


# Several connections


async def test_a_lock_held_too_long_is_in_use(tmp_path: Path):
    path = tmp_path / "a.db"
    store = await opened(path, busy_timeout_s=0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(InUseError, match="locked for too long"):
        await write(store, [put("x")])
    assert await store.read("pattern", ["x"]) == [None]
    other.execute("ROLLBACK")
    await write(store, [put("x")])
    other.close()
    await store.close()


async def test_a_reservation_keeps_others_out_until_its_commit(tmp_path: Path):
    path = tmp_path / "a.db"
    mine, other = await opened(path), await opened(path, busy_timeout_s=0.05)
    async with mine.reserve():
        with pytest.raises(InUseError):
            await write(other, [put("y")])
        setting = asyncio.create_task(mine.set_meta({"embedder": "e"}))
        state = await mine.state()
        await asyncio.sleep(0.02)
        assert not setting.done(), "it would be rolled back with the reservation, or committed by it"
        await mine.commit(form(state, [put("x")]))
        await write(other, [put("y")])
    await setting
    assert (await mine.state()).meta == {"embedder": "e"}
    assert await contract.verify_chain(mine) == 2
    with pytest.raises(RuntimeError, match="on purpose"):
        async with mine.reserve():
            raise RuntimeError("on purpose")
    await write(other, [put("z")])
    async with mine.reserve():
        await mine.close()
    await write(other, [put("z", "2")])
    await other.close()


async def test_a_reservation_cancelled_while_it_waits_holds_nothing(tmp_path: Path):
    path = tmp_path / "a.db"
    mine, other = await opened(path), sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def reserve() -> None:
        async with mine.reserve():
            pytest.fail("the lock is held elsewhere")

    waiting = asyncio.create_task(reserve())
    await asyncio.sleep(0.05)
    waiting.cancel()
    await asyncio.sleep(0.05)
    other.execute("ROLLBACK")
    with pytest.raises(asyncio.CancelledError):
        await waiting
    other.execute("BEGIN IMMEDIATE")
    other.execute("ROLLBACK")
    await write(mine, [put("x")])
    other.close()
    await mine.close()


async def test_the_loop_stays_free_during_a_large_commit(tmp_path: Path):
    store = await opened(tmp_path / "a.db")
    transaction = form(await store.state(), [put(f"id-{n:05d}", "t" * 500) for n in range(10_000)])
    committing = asyncio.create_task(store.commit(transaction))
    turns = 0
    while not committing.done():
        turns += 1
        await asyncio.sleep(0.002)
    assert turns > 3
    await store.close()


async def test_a_lone_surrogate_is_refused_and_nothing_written(tmp_path: Path):
    store = await opened(tmp_path / "a.db")
    with pytest.raises(InputError, match="surrogate"):
        await store.read("pattern", ["\ud800"])
    row = Row("pattern", "x", b"{}", body_hash(b"{}"), namespace="\ud800")
    with pytest.raises(InputError, match="surrogate"):
        await write(store, [(row, "put")])
    assert await contract.scanned(store) == []
    await store.close()


# Destroying


async def test_destroy_deletes_every_file(tmp_path: Path):
    path = tmp_path / "a.db"
    await filled(path, "x")
    destroy(path)
    assert files(tmp_path) == []
    with pytest.raises(NotFoundError):
        destroy(path)


async def test_destroy_of_what_a_killed_process_left(tmp_path: Path):
    path = tmp_path / "a.db"
    store = await opened(path)
    await write(store, [put("x")])
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("a.db", "a.db-wal", "a.db-shm"):
        (copy / name).write_bytes((tmp_path / name).read_bytes())
    await store.close()
    destroy(copy / "a.db")
    assert files(copy) == []


async def test_destroy_spares_what_is_open(tmp_path: Path):
    path = tmp_path / "a.db"
    await filled(path, "x")
    for options in ({}, {"read_only": True}):
        store = await opened(path, **options)
        with pytest.raises(InUseError, match="open elsewhere"):
            destroy(path)
        assert (await store.read("pattern", ["x"]))[0] == contract.make_row("x", "text of x " * 20)
        await store.close()
    store = await opened(path)
    await write(store, [put("y")])
    await store.close()
    destroy(path)
    assert files(tmp_path) == []


async def test_destroy_spares_what_is_not_ours(tmp_path: Path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all, " * 100)
    with pytest.raises(CorruptError):
        destroy(path)
    foreign = tmp_path / "foreign.db"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE t (a)")
    connection.close()
    with pytest.raises(StoreError, match="another program"):
        destroy(foreign)
    with pytest.raises(PramanaError):
        destroy(tmp_path)
    assert files(tmp_path) == ["foreign.db", "notes.txt"]
