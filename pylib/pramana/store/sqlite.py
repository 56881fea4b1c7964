"""A store in one SQLite file, which any number of processes may open.

Rules of this file:
- Everything SQLite does happens in one thread per store, so the event loop stays free. The one exception is a glance
  at whether anybody has committed, which reads nothing but a number that processes share in memory.
- A method that writes holds `_write_lock`, so that nothing slips into the transaction of a `reserve()`.
- What takes a connection runs in the thread and leaves no transaction open, unless reserved.
- A purge is finished when the file has been written anew and the -wal file no longer holds the text either. While
  others keep us from doing that, it is tried again after every later call, on close and on the next open.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from pramana.errors import ClosedError, InputError, NotFoundError, QuotaError, ReadOnlyError
from pramana.ports import Changes, Entry, Row, Snapshot, StoreState, Transaction
from pramana.store.memory import SCAN_BATCH, check_meta_keys
from pramana.store.sqlite_file import destroy, explain, glancing, is_busy, open_file, wal_path
from pramana.store.sqlite_rows import (
    SELECT_ROW,
    UPSERT_META,
    atomic,
    begin,
    data_version,
    entry_from,
    read_state,
    rollback,
    row_from,
    scrub,
    snapshot_from,
    view,
    write_transaction,
)

__all__ = ["SqliteStore", "destroy"]

T = TypeVar("T")

_READ_AT_ONCE = 500
"""Ids in one SELECT: far below the number of parameters any build of SQLite allows."""

_PURGE_AGAIN_S = 30.0
"""Pause before a purge that failed for another reason than being kept out (a full disk) is finished: trying costs."""


class SqliteStore:
    """One SQLite database behind `ports.RecordStore`.

    Args:
        path: the file; made when absent, unless `read_only`.
        read_only: refuse every write with ReadOnlyError.
        busy_timeout_s: how long to wait for another process's commit before InUseError.
    """

    backend = "sqlite"
    durability = "power-loss"

    def __init__(
        self, path: str | os.PathLike[str], *, read_only: bool = False, busy_timeout_s: float = 30.0
    ) -> None:
        self.path = Path(path).absolute()
        self.read_only = read_only
        self._busy_timeout_s = busy_timeout_s
        self._thread: ThreadPoolExecutor | None = None
        self._connection: sqlite3.Connection | None = None
        self._write_lock = asyncio.Lock()
        self._reserved = False
        self._scans: set[_Scan] = set()
        self._seen_version: int | None = None
        self._glances: sqlite3.Connection | None = None
        self._unmoved_at: int | None = None
        self._purge_unfinished = False
        self._purge_not_before = 0.0

    async def open(self) -> StoreState:
        if self._thread is not None:
            raise InputError("a store is opened once; make another for the same file")
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pramana-sqlite")
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._open)
        except BaseException:
            await self.close()
            raise

    async def state(self) -> StoreState:
        return await self._call(read_state)

    async def moved(self) -> bool:
        """Ask SQLite whether another connection has committed since `open` or the last `changes_since`.

        A glance from the event loop's thread is enough where nobody has committed since the last one, this store
        included: asking the thread takes ten times as long.
        """
        glance = self._glance()
        if glance is not None and glance == self._unmoved_at and not self._purge_unfinished:
            return False
        moved = await self._call(data_version) != self._seen_version
        if not moved:
            self._unmoved_at = glance
        return moved

    async def set_meta(self, values: dict[str, Any]) -> None:
        self._check_writable()
        check_meta_keys(values)
        rows = [(key, json.dumps(value, allow_nan=False)) for key, value in values.items()]

        def write(connection: sqlite3.Connection) -> None:
            with atomic(connection):
                connection.executemany(UPSERT_META, rows)

        await self._write(write)

    async def commit(self, transaction: Transaction) -> None:
        self._check_writable()

        def write(connection: sqlite3.Connection) -> None:
            with atomic(connection):
                write_transaction(connection, transaction)
            if transaction.purged:
                self._purge_unfinished, self._purge_not_before = True, 0.0

        try:
            # In a reservation the lock is held on the Writer's behalf, and the transaction has begun.
            await (self._call(write) if self._reserved else self._write(write))
        except QuotaError as error:
            error.details["not_written"] = list(dict.fromkeys(row.id for row in transaction.rows))
            raise

    @asynccontextmanager
    async def reserve(self) -> AsyncIterator[None]:
        """Keep other processes from committing until the next `commit` here, or the end of the block.

        What is read inside is then still so when it is committed.

        Raises:
            InUseError: another process held the lock for the whole busy timeout.
        """
        self._check_writable()
        async with self._write_lock:
            try:
                await self._call(begin)
                self._reserved = True
                yield
            finally:
                self._reserved = False
                if self._thread is not None:
                    await self._call(rollback)

    async def done(self, request_id: str) -> str | None:
        def read(connection: sqlite3.Connection) -> str | None:
            found = connection.execute(
                "SELECT result FROM done WHERE request_id = ?", (request_id,)
            ).fetchone()
            return None if found is None else str(found[0])

        return await self._call(read)

    async def read(self, kind: str, ids: Sequence[str]) -> list[Row | None]:
        wanted = list(ids)

        def read(connection: sqlite3.Connection) -> list[Row | None]:
            found: dict[str, Row] = {}
            with view(connection):
                for start in range(0, len(wanted), _READ_AT_ONCE):
                    part = wanted[start : start + _READ_AT_ONCE]
                    marks = ",".join("?" * len(part))
                    query = f"{SELECT_ROW} WHERE r.kind = ? AND r.id IN ({marks})"
                    found |= {row[1]: row_from(row) for row in connection.execute(query, (kind, *part))}
            return [found.get(id) for id in wanted]

        return await self._call(read)

    async def scan(self, kind: str | None = None) -> AsyncIterator[list[Row]]:
        scan = _Scan(kind)
        try:
            await self._call(lambda _: self._begin_scan(scan))
            while rows := await self._call(lambda _: scan.batch()):
                yield rows
        finally:
            if self._thread is not None:
                await self._call(lambda _: self._end_scan(scan))

    async def changes_since(self, seq: int) -> Changes:
        def read(connection: sqlite3.Connection) -> Changes:
            with view(connection):
                state = read_state(connection)
                query = f"{SELECT_ROW} WHERE r.seq > ? ORDER BY r.kind, r.id"
                rows = tuple(row_from(row) for row in connection.execute(query, (seq,)))
                self._seen_version = data_version(connection)
            return Changes(state, rows)

        return await self._call(read)

    async def entries(self, after: int, limit: int) -> list[Entry]:
        query = """SELECT seq, prev, device, device_seq, hlc, epoch, request_id, ops, hash FROM journal
            WHERE seq > ? ORDER BY seq LIMIT ?"""

        def read(connection: sqlite3.Connection) -> list[Entry]:
            return [entry_from(row) for row in connection.execute(query, (after, max(limit, 0)))]

        return await self._call(read)

    async def write_snapshot(self, snapshot: Snapshot, segments: Sequence[bytes]) -> None:
        self._check_writable()
        row = (snapshot.gen, snapshot.seq, bytes.fromhex(snapshot.head_hash), json.dumps(snapshot.segments))
        parts = [(snapshot.gen, index, segment) for index, segment in enumerate(segments)]

        def write(connection: sqlite3.Connection) -> None:
            with atomic(connection):
                # Two processes may fold the same generation: both are caches of one journal, and the later stays.
                connection.execute("DELETE FROM segments WHERE gen = ?", (snapshot.gen,))
                connection.execute(
                    "REPLACE INTO snapshots (gen, seq, head_hash, segments) VALUES (?, ?, ?, ?)", row
                )
                connection.executemany("INSERT INTO segments (gen, i, bytes) VALUES (?, ?, ?)", parts)
                kept = "SELECT max(gen) FROM snapshots WHERE gen < ?"
                for table in ("segments", "snapshots"):
                    connection.execute(f"DELETE FROM {table} WHERE gen < ({kept})", (snapshot.gen,))  # noqa: S608

        await self._write(write)

    async def snapshots(self) -> list[Snapshot]:
        def read(connection: sqlite3.Connection) -> list[Snapshot]:
            found = connection.execute(
                "SELECT gen, seq, head_hash, segments FROM snapshots ORDER BY gen DESC"
            )
            return [snapshot for row in found if (snapshot := snapshot_from(row)) is not None]

        return await self._call(read)

    async def read_segment(self, gen: int, index: int) -> bytes:
        def read(connection: sqlite3.Connection) -> bytes:
            query = "SELECT bytes FROM segments WHERE gen = ? AND i = ?"
            found = connection.execute(query, (gen, index)).fetchone()
            if found is None:
                raise NotFoundError(f"there is no segment {index} of snapshot {gen}", gen=gen, index=index)
            return bytes(found[0])

        return await self._call(read)

    async def drop_snapshots(self) -> None:
        self._check_writable()

        def write(connection: sqlite3.Connection) -> None:
            with atomic(connection):
                # All rows at once: their pages are freed whole and overwritten, so that no copies are left to scrub.
                dropped = connection.execute("DELETE FROM segments").rowcount
                connection.execute("DELETE FROM snapshots")
            # Segments hold what is in the records; dropping them is part of a purge.
            if dropped:
                self._purge_unfinished, self._purge_not_before = True, 0.0

        await self._write(write)

    async def size_bytes(self) -> int:
        def measure(_: sqlite3.Connection) -> int:
            wal = wal_path(self.path)
            return self.path.stat().st_size + (wal.stat().st_size if wal.exists() else 0)

        return await self._call(measure)

    async def close(self) -> None:
        thread, self._thread = self._thread, None
        glances, self._glances = self._glances, None
        if glances is not None:
            glances.close()
        if thread is None:
            return
        try:
            await asyncio.get_running_loop().run_in_executor(thread, self._close)
        finally:
            thread.shutdown(wait=False)

    def _glance(self) -> int | None:
        """A number that changes when anybody commits; None if it cannot be told without waiting."""
        if self._glances is None:
            return None
        try:
            return data_version(self._glances)
        except sqlite3.Error:  # locked, or no place to share: the thread's own connection waits, and says why
            return None

    def _check_writable(self) -> None:
        if self.read_only:
            raise ReadOnlyError(f"{self.path} was opened read-only")

    async def _call(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._thread is None:
            raise ClosedError(f"{self.path} is not open")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, work)

    async def _write(self, work: Callable[[sqlite3.Connection], None]) -> None:
        async with self._write_lock:
            await self._call(work)

    # What follows runs in the thread.

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._connection
        if connection is None:
            raise ClosedError(f"{self.path} is not open")
        pending = self._purge_unfinished
        try:
            result = work(connection)
        except sqlite3.Error as error:
            raise explain(error, self.path) from error
        except UnicodeEncodeError as error:
            raise InputError("a text holds a lone surrogate, which cannot be stored") from error
        due = self._purge_unfinished and time.monotonic() >= self._purge_not_before
        if due and not connection.in_transaction:
            # Others' reads are short: wait for them once, then look again whenever something is called.
            self._finish_purge(connection, wait_ms=0 if pending else 250)
        return result

    def _open(self) -> StoreState:
        connection = open_file(self.path, read_only=self.read_only, timeout_s=self._busy_timeout_s)
        self._connection = connection
        try:
            with view(connection):
                state = read_state(connection)
                self._seen_version = data_version(connection)
            # A process killed in the middle of a purge left the text in the -wal file, or copies of it.
            if not self.read_only:
                self._finish_purge(connection, wait_ms=0)
            self._glances = glancing(self.path)
        except sqlite3.Error as error:
            raise explain(error, self.path) from error
        return state

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        for scan in self._scans:
            scan.close()
        self._scans.clear()
        if connection is None:
            return
        if self._purge_unfinished:
            self._finish_purge(connection, wait_ms=250)
        connection.close()

    def _finish_purge(self, connection: sqlite3.Connection, wait_ms: int) -> None:
        """Scrub the file, and move everything from the -wal file into it and cut that to nothing.

        Failing (a reader elsewhere, a full disk) leaves it to be tried again, and takes nothing back: what called
        for it has been committed.
        """
        # Our own scans are read in this very thread, so waiting for one would never end.
        connection.execute(f"PRAGMA busy_timeout = {0 if self._scans else wait_ms}")
        self._purge_unfinished = True
        try:
            scrub(connection)
            (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self._purge_unfinished = bool(busy)
        except sqlite3.Error as error:
            if not is_busy(error):
                self._purge_not_before = time.monotonic() + _PURGE_AGAIN_S
        finally:
            connection.execute(f"PRAGMA busy_timeout = {int(self._busy_timeout_s * 1000)}")

    def _begin_scan(self, scan: _Scan) -> None:
        # A connection of its own: a cursor on the shared one would be disturbed by later commits.
        self._scans.add(scan)
        scan.begin(open_file(self.path, read_only=True, timeout_s=self._busy_timeout_s))

    def _end_scan(self, scan: _Scan) -> None:
        scan.close()
        self._scans.discard(scan)


class _Scan:
    """A reader with its own view of the database, which lasts from its first batch to its closing."""

    def __init__(self, kind: str | None) -> None:
        self._kind = kind
        self._connection: sqlite3.Connection | None = None
        self._cursor: sqlite3.Cursor | None = None

    def begin(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        wanted = "" if self._kind is None else "WHERE r.kind = :kind"
        query = f"{SELECT_ROW} {wanted} ORDER BY r.kind, r.id"
        self._cursor = connection.execute(query, {"kind": self._kind})

    def batch(self) -> list[Row]:
        if self._cursor is None:
            raise ClosedError("this scan was ended")
        return [row_from(row) for row in self._cursor.fetchmany(SCAN_BATCH)]

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._cursor = None
