"""What an intent sees and writes while a group commit is formed, and the transaction that comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pramana.errors import InputError
from pramana.ports import Entry, Op, RecordStore, Row, StoreState, Transaction
from pramana.records import body_hash
from pramana.store.journal import advance, seal

__all__ = ["Batch", "Draft"]

Key = tuple[str, str]


class Batch:
    """The commits that go into one transaction: one entry per intent that wrote anything."""

    def __init__(self, store: RecordStore, state: StoreState) -> None:
        self._store = store
        self._before = state
        self.state = state
        """As it will be once the transaction is committed."""
        self._rows: dict[Key, Row] = {}
        self._bodies: dict[Key, dict[str, bytes]] = {}
        self._purged: dict[Key, None] = {}
        self._entries: list[Entry] = []
        self._done: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._entries)

    async def rows(self, kind: str, ids: Sequence[str]) -> list[Row | None]:
        """The rows as they will be after the intents accepted so far."""
        missing = [id for id in dict.fromkeys(ids) if (kind, id) not in self._rows]
        stored = await self._store.read(kind, missing) if missing else []
        found = dict(zip(missing, stored, strict=True))
        return [self._rows.get((kind, id)) or found.get(id) for id in ids]

    def accept(self, draft: Draft, request_id: str | None, result: str | None) -> None:
        """Add what an intent wrote; `result` is remembered for its request id.

        Raises:
            ValueError: a text cannot be hashed; the batch is as before.
        """
        entry = seal(self.state, (op for op, _ in draft.written), hlc=draft.hlc, request_id=request_id or "")
        for op, row in draft.written:
            key = (row.kind, row.id)
            self._rows[key] = row
            if op.op == "purge":
                self._bodies.pop(key, None)
                self._purged[key] = None
            elif row.body is not None and row.body_hash is not None:
                self._bodies.setdefault(key, {})[row.body_hash] = row.body
        self._entries.append(entry)
        self.state = advance(self.state, (entry,))
        if request_id is not None and result is not None:
            self._done[request_id] = result

    def transaction(self) -> Transaction:
        """All that was accepted."""
        return Transaction(
            expect_head=self._before.head_seq,
            expect_epoch=self._before.epoch,
            entries=tuple(self._entries),
            rows=tuple(self._rows.values()),
            bodies={
                digest: (id, body)
                for (_, id), versions in self._bodies.items()
                for digest, body in versions.items()
            },
            done=dict(self._done),
            purged=tuple(self._purged),
        )


class Draft:
    """One intent's view of a batch and its part of it, which is dropped when the intent raises."""

    def __init__(self, batch: Batch, hlc: str) -> None:
        self._batch = batch
        self.hlc = hlc
        """This commit's clock reading."""
        self.written: list[tuple[Op, Row]] = []
        self._newest: dict[Key, Row] = {}

    async def row(self, kind: str, id: str) -> Row | None:
        """The record's newest row: this intent's, else an earlier intent's of this batch, else the stored one."""
        return (await self.rows(kind, (id,)))[0]

    async def rows(self, kind: str, ids: Sequence[str]) -> list[Row | None]:
        """The newest rows, in the order of `ids`; None where there is none."""
        found = await self._batch.rows(kind, ids)
        return [self._newest.get((kind, id)) or row for id, row in zip(ids, found, strict=True)]

    def put(self, row: Row, op: str = "put") -> None:
        """Write a row with its body; `op` is "put", or "delete" for a tombstone. A missing `body_hash` is filled in.

        Raises:
            InputError: no body, or another op.
        """
        if row.body is None:
            raise InputError("a row that is put needs its body", field="body")
        if op not in ("put", "delete"):
            raise InputError(f'op is "put" or "delete", not {op!r}', field="op")
        if row.body_hash is None:
            row = replace(row, body_hash=body_hash(row.body))
        self._write(row, op)

    def purge(self, kind: str, id: str) -> None:
        """Delete every version of the record's body; its row stays, empty."""
        self._write(Row(kind, id, None, None, updated=self.hlc), "purge")

    def _write(self, row: Row, op: str) -> None:
        self.written.append((Op(row.kind, row.id, op, row.body_hash), row))
        self._newest[(row.kind, row.id)] = row
