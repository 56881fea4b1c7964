"""A store in a page: `ports.RecordStore` over the leader's IndexedDB. Each call is one transaction there.

What crosses to JavaScript is a JSON header and one run of bytes (row_packing.py).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any, Protocol

from pramana.errors import ClosedError
from pramana.ports import Changes, Entry, Row, Snapshot, StoreState, Transaction
from pramana.store.journal import bodies_with_kind, entry_from_dict, entry_to_dict, ops_from_json, ops_to_json
from pramana.store.memory import STATE_KEYS, check_meta_keys
from pramana.store.row_packing import Packer, rows_from_json

__all__ = ["Database", "DatabaseOwner", "IndexedDbStore"]


class Database(Protocol):
    """One open database (platform/host.py); see web/src/indexeddb.js for the headers."""

    async def state(self) -> str: ...
    async def set_meta(self, values: str) -> None: ...
    async def commit(self, header: str, data: bytes) -> None: ...
    async def done(self, request_id: str) -> str | None: ...
    async def read(self, kind: str, ids: str) -> tuple[str, bytes]: ...
    async def scan(self, after: str, kind: str) -> tuple[str, bytes]: ...
    async def changes_since(self, seq: int) -> tuple[str, bytes]: ...
    async def entries(self, after: int, limit: int) -> str: ...
    async def begin_snapshot(self, header: str) -> None: ...
    async def write_segment(self, gen: int, index: int, data: bytes) -> None: ...
    async def finish_snapshot(self, gen: int) -> None: ...
    async def snapshots(self) -> str: ...
    async def read_segment(self, gen: int, index: int) -> bytes: ...
    async def drop_snapshots(self) -> None: ...
    async def size_bytes(self) -> int: ...
    def close(self) -> None: ...


class DatabaseOwner(Protocol):
    """Who may open the database: a seat that leads (platform/host.py)."""

    async def open_database(self, *, create: bool = True) -> Database:
        """Open it and raise its epoch."""
        ...


class IndexedDbStore:
    """`ports.RecordStore` for the one tab that leads.

    Args:
        owner: the seat, which must lead.
        create: make the database if there is none; otherwise `open` raises NotFoundError.
    """

    backend = "indexeddb"
    durability = "power-loss"

    def __init__(self, owner: DatabaseOwner, *, create: bool = True) -> None:
        self._owner = owner
        self._create = create
        self._open: Database | None = None
        self._scans: list[_Scan] = []

    @property
    def _database(self) -> Database:
        if self._open is None:
            raise ClosedError("this memory was closed")
        return self._open

    async def open(self) -> StoreState:
        self._open = await self._owner.open_database(create=self._create)
        return await self.state()

    async def state(self) -> StoreState:
        return _state(json.loads(await self._database.state()))

    async def moved(self) -> bool:
        """Never: while this tab leads, nobody else writes."""
        self._database  # noqa: B018 - raises once closed
        return False

    async def set_meta(self, values: dict[str, Any]) -> None:
        database = self._database
        check_meta_keys(values)
        await database.set_meta(json.dumps(values))

    async def commit(self, transaction: Transaction) -> None:
        database = self._database
        if self._scans:
            await self._keep_for_scans(transaction.rows)
        newest = {row.body_hash for row in transaction.rows if row.body is not None}
        purged = set(transaction.purged)
        bodies = [
            body
            for body in bodies_with_kind(transaction)
            # A record purged in this very commit keeps only what was put after the purge.
            if body[:2] not in purged or body[2] in newest
        ]
        packer = Packer()
        header = {
            "expect_head": transaction.expect_head,
            "expect_epoch": transaction.expect_epoch,
            # Kept as text: a large commit's ops would be thousands of objects to copy.
            "entries": [
                {**entry_to_dict(replace(entry, ops=())), "ops": ops_to_json(entry.ops).decode()}
                for entry in transaction.entries
            ],
            "done": transaction.done,
            "purged": transaction.purged,
        }
        rows = await packer.batches(transaction.rows, packer.row)
        packed_bodies = await packer.batches(bodies, lambda body: [*body[:3], packer.place(body[3])])
        texts = json.dumps(header, ensure_ascii=False)
        await database.commit(f'{texts[:-1]}, "rows": {rows}, "bodies": {packed_bodies}}}', packer.joined())

    async def done(self, request_id: str) -> str | None:
        return await self._database.done(request_id)

    async def read(self, kind: str, ids: Sequence[str]) -> list[Row | None]:
        header, data = await self._database.read(kind, json.dumps(list(ids)))
        return rows_from_json(json.loads(header)["rows"], data)

    async def scan(self, kind: str | None = None) -> AsyncIterator[list[Row]]:
        scan = _Scan()
        self._scans.append(scan)
        try:
            while True:
                header, data = await self._database.scan(json.dumps(scan.position), json.dumps(kind))
                rows = [row for row in rows_from_json(json.loads(header)["rows"], data) if row is not None]
                if not rows:
                    return
                scan.position = (rows[-1].kind, rows[-1].id)
                if batch := scan.as_of_its_start(rows):
                    yield batch
        finally:
            self._scans.remove(scan)

    async def changes_since(self, seq: int) -> Changes:
        header, data = await self._database.changes_since(seq)
        changes = json.loads(header)
        rows = rows_from_json(changes["rows"], data)
        return Changes(_state(changes["state"]), tuple(row for row in rows if row is not None))

    async def entries(self, after: int, limit: int) -> list[Entry]:
        if limit <= 0:
            return []
        found = json.loads(await self._database.entries(after, limit))
        return [_entry(record) for record in found]

    async def write_snapshot(self, snapshot: Snapshot, segments: Sequence[bytes]) -> None:
        database = self._database
        header = {
            "gen": snapshot.gen,
            "seq": snapshot.seq,
            "head_hash": snapshot.head_hash,
            "segments": snapshot.segments,
        }
        await database.begin_snapshot(json.dumps(header))
        for index, segment in enumerate(segments):
            await database.write_segment(snapshot.gen, index, segment)
        await database.finish_snapshot(snapshot.gen)

    async def snapshots(self) -> list[Snapshot]:
        return [
            Snapshot(
                found["gen"],
                found["seq"],
                found["head_hash"],
                tuple((name, size, digest) for name, size, digest in found["segments"]),
            )
            for found in json.loads(await self._database.snapshots())
        ]

    async def read_segment(self, gen: int, index: int) -> bytes:
        return await self._database.read_segment(gen, index)

    async def drop_snapshots(self) -> None:
        await self._database.drop_snapshots()

    async def size_bytes(self) -> int:
        return await self._database.size_bytes()

    async def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    async def _keep_for_scans(self, rows: Sequence[Row]) -> None:
        """Let running scans keep what `rows` are about to replace; only this store writes, so it stays true."""
        by_kind: dict[str, list[str]] = {}
        for row in rows:
            by_kind.setdefault(row.kind, []).append(row.id)
        for kind, ids in by_kind.items():
            for id, found in zip(ids, await self.read(kind, ids), strict=True):
                for scan in self._scans:
                    scan.kept.setdefault((kind, id), found)


class _Scan:
    """A scan under way: where it stands, and rows as they were when it began that have changed since.

    A transaction cannot stay open between two batches, so commits meanwhile copy what they replace.
    """

    def __init__(self) -> None:
        self.position: tuple[str, str] | None = None
        self.kept: dict[tuple[str, str], Row | None] = {}

    def as_of_its_start(self, rows: Sequence[Row]) -> list[Row]:
        """The rows as they were; those that were not there yet are left out."""
        before = (self.kept.get((row.kind, row.id), row) for row in rows)
        return [row for row in before if row is not None]


def _entry(record: dict[str, Any]) -> Entry:
    ops = ops_from_json(record["ops"], record["seq"])
    return replace(entry_from_dict({**record, "ops": []}), ops=ops)


def _state(found: dict[str, Any]) -> StoreState:
    return StoreState(**{name: found[name] for name in STATE_KEYS}, meta=found["meta"])
