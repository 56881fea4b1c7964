"""What a SQLite database of ours holds, and how an older one becomes the newest.

`user_version` is the schema's version and `application_id` says whose file it is; both change inside the
transaction that changes the tables, so a file is never half upgraded.

`bodies` has a rowid, since rows of a kilobyte or more belong in a table's leaves and not in an index; the narrow
tables that are only looked up by key have none. Hashes are 32 bytes, not 64 digits.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping, Sequence

from pramana.store.journal import GENESIS

__all__ = ["APPLICATION_ID", "MIGRATIONS", "upgrade"]

APPLICATION_ID = int.from_bytes(b"Prmn")

MIGRATIONS: Mapping[int, Sequence[str]] = {
    1: (
        "CREATE TABLE meta (k TEXT PRIMARY KEY, v TEXT NOT NULL) WITHOUT ROWID",
        """CREATE TABLE records (
            kind TEXT NOT NULL, id TEXT NOT NULL, body_hash BLOB, vector BLOB, namespace TEXT NOT NULL,
            category TEXT NOT NULL, updated TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (kind, id)
        ) WITHOUT ROWID""",
        "CREATE INDEX records_by_seq ON records (seq)",
        """CREATE TABLE bodies (
            kind TEXT NOT NULL, id TEXT NOT NULL, body_hash BLOB NOT NULL, bytes BLOB NOT NULL,
            PRIMARY KEY (kind, id, body_hash)
        )""",
        """CREATE TABLE journal (
            seq INTEGER PRIMARY KEY, prev BLOB NOT NULL, device TEXT NOT NULL, device_seq INTEGER NOT NULL,
            hlc TEXT NOT NULL, epoch INTEGER NOT NULL, request_id TEXT NOT NULL, ops BLOB NOT NULL,
            hash BLOB NOT NULL
        )""",
        """CREATE TABLE done (
            n INTEGER PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL, result TEXT NOT NULL
        )""",
        """CREATE TABLE snapshots (
            gen INTEGER PRIMARY KEY, seq INTEGER NOT NULL, head_hash BLOB NOT NULL, segments TEXT NOT NULL
        )""",
        "CREATE TABLE segments (gen INTEGER NOT NULL, i INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (gen, i))",
    ),
}
"""For each version of the schema, the statements that make it from the version before."""


def upgrade(connection: sqlite3.Connection, migrations: Mapping[int, Sequence[str]] = MIGRATIONS) -> None:
    """Bring the file to the newest schema in one transaction; an empty one becomes a new database.

    Whoever comes second, of two processes that open an old file at once, finds the work done.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        for target in sorted(migrations):
            if target <= version:
                continue
            for statement in migrations[target]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {target:d}")
        if version == 0:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")
            first = {
                "epoch": 0,
                "head_seq": 0,
                "head_hash": GENESIS,
                "device": os.urandom(4).hex(),
                "device_seq": 0,
            }
            connection.executemany(
                "INSERT INTO meta (k, v) VALUES (?, ?)",
                [(key, json.dumps(value)) for key, value in first.items()],
            )
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
