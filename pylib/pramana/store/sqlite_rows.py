"""SQLite's rows as records and back, and the statements of one commit. Runs in the store's thread."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pramana.errors import CorruptError
from pramana.ports import Entry, Row, Snapshot, StoreState, Transaction
from pramana.protocol import LIMITS
from pramana.store.journal import advance, bodies_with_kind, ops_from_json, ops_to_json, touched_at
from pramana.store.memory import STATE_KEYS, check_expected

__all__ = [
    "SELECT_ROW",
    "UPSERT_META",
    "atomic",
    "begin",
    "data_version",
    "entry_from",
    "read_state",
    "rollback",
    "row_from",
    "scrub",
    "snapshot_from",
    "view",
    "write_transaction",
]

SELECT_ROW = """SELECT r.kind, r.id, b.bytes, r.body_hash, r.vector, r.namespace, r.category, r.updated
    FROM records r LEFT JOIN bodies b ON b.kind = r.kind AND b.id = r.id AND b.body_hash = r.body_hash"""
_UPSERT_ROW = """INSERT INTO records (kind, id, body_hash, vector, namespace, category, updated, seq)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body_hash = excluded.body_hash,
    vector = excluded.vector, namespace = excluded.namespace, category = excluded.category,
    updated = excluded.updated, seq = excluded.seq"""
_TRIM_DONE = "DELETE FROM done WHERE n <= (SELECT n FROM done ORDER BY n DESC LIMIT 1 OFFSET ?)"
_SCRUB = "scrub"
"""In `meta` while copies of what was purged may be left in the file: the seq of the purge."""
UPSERT_META = "INSERT INTO meta (k, v) VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v"


def begin(connection: sqlite3.Connection) -> None:
    """Start a transaction that has the write lock from its first moment, so that what it reads stays so."""
    connection.execute("BEGIN IMMEDIATE")


def rollback(connection: sqlite3.Connection) -> None:
    """End the transaction, if there is one, as if it had not been."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


@contextmanager
def atomic(connection: sqlite3.Connection) -> Iterator[None]:
    """All of the block or nothing; in a reservation, its transaction is the one that ends here."""
    if not connection.in_transaction:
        begin(connection)
    try:
        yield
        connection.execute("COMMIT")
    finally:
        rollback(connection)


@contextmanager
def view(connection: sqlite3.Connection) -> Iterator[None]:
    """One view of the database for all reads of the block."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        rollback(connection)


def data_version(connection: sqlite3.Connection) -> int:
    """A number that changes when another connection commits."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def read_state(connection: sqlite3.Connection) -> StoreState:
    """Where the database stands; call it in a `view` to have it fit what else is read."""
    (schema,) = connection.execute("PRAGMA user_version").fetchone()
    try:
        rows = connection.execute("SELECT k, v FROM meta WHERE k <> ?", (_SCRUB,))
        meta = {key: json.loads(value) for key, value in rows}
        fixed = {key: meta.pop(key) for key in STATE_KEYS - {"schema"}}
    except (ValueError, KeyError) as error:
        raise CorruptError(f"the database's state cannot be read: {error!r}") from error
    return StoreState(schema=schema, **fixed, meta=meta)


def write_transaction(connection: sqlite3.Connection, transaction: Transaction) -> None:
    """All statements of one commit, in the transaction that the caller began.

    Raises:
        HeadMovedError, EpochLostError: the database is not what the commit was formed on.
    """
    before = read_state(connection)
    check_expected(transaction, before.head_seq, before.epoch)
    after = advance(before, transaction.entries)
    touched = touched_at(transaction)
    # First what is purged, so that a body written after the purge, in the same transaction, stays.
    connection.executemany("DELETE FROM bodies WHERE kind = ? AND id = ?", transaction.purged)
    if transaction.purged:
        connection.execute(UPSERT_META, (_SCRUB, json.dumps(after.head_seq)))
    connection.executemany(
        "INSERT OR IGNORE INTO bodies (kind, id, body_hash, bytes) VALUES (?, ?, ?, ?)",
        [(kind, id, bytes.fromhex(digest), body) for kind, id, digest, body in bodies_with_kind(transaction)],
    )
    connection.executemany(
        _UPSERT_ROW,
        [
            (
                row.kind,
                row.id,
                None if row.body_hash is None else bytes.fromhex(row.body_hash),
                row.vector,
                row.namespace,
                row.category,
                row.updated,
                touched.get((row.kind, row.id), after.head_seq),
            )
            for row in transaction.rows
        ],
    )
    connection.executemany(
        """INSERT INTO journal (seq, prev, device, device_seq, hlc, epoch, request_id, ops, hash)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            (
                entry.seq,
                bytes.fromhex(entry.prev),
                entry.device,
                entry.device_seq,
                entry.hlc,
                entry.epoch,
                entry.request_id,
                ops_to_json(entry.ops),
                bytes.fromhex(entry.hash),
            )
            for entry in transaction.entries
        ],
    )
    if transaction.done:
        seqs = {entry.request_id: entry.seq for entry in transaction.entries}
        connection.executemany(
            "INSERT OR IGNORE INTO done (request_id, seq, result) VALUES (?, ?, ?)",
            [
                (request, seqs.get(request, after.head_seq), result)
                for request, result in transaction.done.items()
            ],
        )
        connection.execute(_TRIM_DONE, (LIMITS["max_done"],))
    head = {"head_seq": after.head_seq, "head_hash": after.head_hash, "device_seq": after.device_seq}
    connection.executemany(UPSERT_META, [(key, json.dumps(value)) for key, value in head.items()])


def scrub(connection: sqlite3.Connection) -> None:
    """If something was purged since the last time, write the whole file anew from what is live.

    `secure_delete` overwrites a deleted row where it lies. Earlier copies of it can lie in the unused parts of other
    pages, from when SQLite moved rows between pages, and only a file written anew is free of them.
    """
    found = connection.execute("SELECT v FROM meta WHERE k = ?", (_SCRUB,)).fetchall()
    if found:
        connection.execute("VACUUM")
        # Another process may have purged since: then the seq is its own, and so is the work.
        connection.execute("DELETE FROM meta WHERE k = ? AND v = ?", (_SCRUB, *found[0]))


def row_from(row: tuple[Any, ...]) -> Row:
    """A record, from the columns of `SELECT_ROW`."""
    kind, id, body, digest, vector, namespace, category, updated = row
    return Row(kind, id, body, None if digest is None else digest.hex(), vector, namespace, category, updated)


def entry_from(row: tuple[Any, ...]) -> Entry:
    """A journal entry, from the table's columns in their order."""
    seq, prev, device, device_seq, hlc, epoch, request_id, ops, digest = row
    try:
        return Entry(
            seq, prev.hex(), device, device_seq, hlc, epoch, request_id, ops_from_json(ops, seq), digest.hex()
        )
    except AttributeError as error:  # a damaged page can give a number where bytes were
        raise CorruptError(f"journal entry {seq} cannot be read: {error}", seq=seq) from error


def snapshot_from(row: tuple[Any, ...]) -> Snapshot | None:
    """A snapshot, from the table's columns in their order; None if they are damaged.

    It is a cache: a damaged one is as good as none.
    """
    gen, seq, head_hash, segments = row
    try:
        parts = tuple((name, size, digest) for name, size, digest in json.loads(segments))
        return Snapshot(gen, seq, head_hash.hex(), parts)
    except (ValueError, TypeError, AttributeError):
        return None
