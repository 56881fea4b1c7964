"""Opening and deleting the file of a SQLite database, and what SQLite's errors mean here."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from pathlib import Path

from pramana.errors import (
    CorruptError,
    InputError,
    InUseError,
    NotFoundError,
    PramanaError,
    QuotaError,
    SchemaError,
    StoreError,
)
from pramana.protocol import SCHEMA_VERSION
from pramana.store.sqlite_schema import APPLICATION_ID, upgrade

__all__ = ["destroy", "explain", "glancing", "is_busy", "open_file", "wal_path"]

_WAL_KEPT_BYTES = 4 << 20
"""The -wal file is cut back to this after a checkpoint; one large commit does not leave a large file for ever."""


def wal_path(path: Path) -> Path:
    """Where SQLite keeps what has been committed and not yet moved into the file itself."""
    return path.with_name(path.name + "-wal")


def open_file(path: Path, *, read_only: bool, timeout_s: float) -> sqlite3.Connection:
    """Open the database, creating or upgrading it unless `read_only`.

    A commit is on the disk when it returns (`synchronous=FULL`; on macOS, where fsync leaves it in the drive's
    cache, `fullfsync`), and what is deleted is overwritten (`secure_delete`).

    Read-only, SQLite still puts an empty -wal and a -shm file beside the database, to share it with writers. Where
    it may not (a read-only medium) and no -wal holds commits, nobody can be writing there: the file is then read as
    it is and as of now.

    Raises:
        StoreError: no such directory, no permission, another program's file; see `explain` for the rest.
        NotFoundError: read-only, and there is no database.
        SchemaError: a newer release wrote it.
    """
    try:
        _check_place(path, read_only)
        connection = _connect(path, "mode=ro" if read_only else "mode=rwc", timeout_s)
        try:
            version = _version(connection, path)
        except sqlite3.OperationalError as error:
            connection.close()
            if not read_only or _code(error) not in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
                raise
            connection = _connect_unshared(path, timeout_s)
            version = _version(connection, path)
    except sqlite3.Error as error:
        raise explain(error, path) from error
    except OSError as error:
        raise StoreError(f"{path} cannot be opened: {error.strerror or error}", path=str(path)) from error
    try:
        if read_only:
            if version == 0:
                raise NotFoundError(
                    f"{path} holds no database yet; open it for writing to make one", path=str(path)
                )
            if version < SCHEMA_VERSION:
                raise StoreError(
                    f"{path} was written by an older release; open it for writing once to upgrade it"
                )
        else:
            _prepare_for_writing(connection, path, version, timeout_s)
    except sqlite3.Error as error:
        connection.close()
        raise explain(error, path) from error
    except BaseException:
        connection.close()
        raise
    return connection


def glancing(path: Path) -> sqlite3.Connection:
    """A second connection that never waits, for any thread, on which nothing but `data_version` is asked."""
    return _connect(path, "mode=ro", timeout_s=0.0, any_thread=True)


def destroy(path: str | os.PathLike[str]) -> None:
    """Delete the database and the files SQLite keeps beside it.

    Raises:
        NotFoundError: there is none.
        InUseError: another connection, of this process or another, has it open.
        CorruptError, StoreError: it is not, or not recognisably, ours; nothing is deleted.
    """
    path = Path(path).absolute()
    try:
        if not path.is_file():
            raise NotFoundError(f"there is no database at {path}", path=str(path))
        connection = _connect(path, "mode=rw", timeout_s=0.0)
        try:
            _version(connection, path, any_schema=True)
            # Every connection to a WAL database holds a shared lock on it for as long as it is open, and leaving
            # WAL needs the exclusive one. It also moves the -wal's content into the file and deletes -wal and -shm.
            (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
            if mode != "delete":
                raise InUseError(f"{path} is open elsewhere; close it there first", path=str(path))
        finally:
            connection.close()
        for file in (path, wal_path(path), path.with_name(path.name + "-shm")):
            file.unlink(missing_ok=True)
    except sqlite3.Error as error:
        if is_busy(error):
            raise InUseError(f"{path} is open elsewhere; close it there first", path=str(path)) from error
        raise explain(error, path) from error
    except OSError as error:
        raise StoreError(f"{path} cannot be deleted: {error.strerror or error}", path=str(path)) from error


def explain(error: sqlite3.Error, path: Path) -> PramanaError:
    """The error of ours that says what SQLite's means."""
    where = {"path": str(path), "sqlite": getattr(error, "sqlite_errorname", type(error).__name__)}
    match _code(error):
        case sqlite3.SQLITE_FULL:
            return QuotaError(f"no room left for {path}; nothing was written", not_written=[], **where)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return InUseError(
                f"another process has kept {path} locked for too long; nothing was written", **where
            )
        case sqlite3.SQLITE_NOTADB:
            return CorruptError(f"{path} is not a SQLite database, or its first page is damaged", **where)
        case sqlite3.SQLITE_CORRUPT:
            return CorruptError(f"{path} is damaged: {error}", **where)
        case None if "decode" in str(error):  # the sqlite3 module's own: a text that is no longer UTF-8
            return CorruptError(f"{path} is damaged: {error}", **where)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return StoreError(f"no permission to write {path}: {error}", **where)
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_IOERR if _disk_is_full(path):
            # The shared index of the -wal is a mapped file; that it cannot grow is reported as an I/O error.
            return QuotaError(f"no room left for {path}; nothing was written", not_written=[], **where)
        case _:
            return StoreError(f"{path}: {error}", **where)


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another connection was in the way."""
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _code(error: sqlite3.Error) -> int | None:
    """The primary result code; the higher bits say more than is needed here."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _disk_is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < 1 << 16
    except OSError:
        return False


def _connect(path: Path, query: str, timeout_s: float, *, any_thread: bool = False) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.as_uri()}?{query}",
        uri=True,
        timeout=timeout_s,
        isolation_level=None,
        check_same_thread=not any_thread,
    )


def _connect_unshared(path: Path, timeout_s: float) -> sqlite3.Connection:
    wal = wal_path(path)
    if wal.exists() and wal.stat().st_size > 0:
        raise StoreError(
            f"{path} was not closed cleanly, and its directory is not writable; open it once from an account that "
            "may write there, or copy it with its -wal file to a place where you may",
            path=str(path),
        )
    return _connect(path, "mode=ro&immutable=1", timeout_s)


def _check_place(path: Path, read_only: bool) -> None:
    """Say plainly what SQLite would only call "unable to open database file"."""
    if "\0" in str(path):
        raise InputError("a path cannot hold a zero byte", field="path")
    if path.is_dir():
        raise StoreError(f"{path} is a directory; name a file in it", path=str(path))
    if read_only and not path.exists():
        raise NotFoundError(f"there is no database at {path}", path=str(path))
    if not path.parent.is_dir():
        raise StoreError(f"the directory {path.parent} does not exist; create it first", path=str(path))
    exists = path.exists()
    if exists and not os.access(path, os.R_OK):
        raise StoreError(f"no permission to read {path}", path=str(path))
    if read_only:
        return
    # SQLite would open a write-protected file read-only without a word.
    if exists and not os.access(path, os.W_OK):
        raise StoreError(f"no permission to write {path}; open it with read_only=True", path=str(path))
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise StoreError(f"no permission to create files in {path.parent}", path=str(path))


def _version(connection: sqlite3.Connection, path: Path, *, any_schema: bool = False) -> int:
    """The file's schema version, 0 when it is empty."""
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables == 0:
        return 0
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    if owner != APPLICATION_ID:
        raise StoreError(f"{path} is another program's SQLite database; choose another name", path=str(path))
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION and not any_schema:
        raise SchemaError(
            f"{path} was written by a newer release (schema {version}, this one knows {SCHEMA_VERSION}); "
            "upgrade pramana to open it",
            path=str(path),
            stored=version,
            known=SCHEMA_VERSION,
        )
    return int(version)


def _prepare_for_writing(connection: sqlite3.Connection, path: Path, version: int, timeout_s: float) -> None:
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute(f"PRAGMA journal_size_limit = {_WAL_KEPT_BYTES}")
    mode = _switch_to_wal(connection, timeout_s)
    if mode != "wal":
        raise StoreError(
            f"{path} lies on a file system without shared memory maps, which WAL needs", path=str(path)
        )
    if version < SCHEMA_VERSION:
        upgrade(connection)


def _switch_to_wal(connection: sqlite3.Connection, timeout_s: float) -> str:
    """Turn WAL on. SQLite does not apply its busy timeout here when several processes do it to a new file at once."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.005)
