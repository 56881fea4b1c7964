"""A bank's vectors under another embedder, while the one in force keeps answering.

Rules of the file:
- Each memory's row gets the new vector beside the one in force, in commits of `CHUNK`: that is all the state there is,
  so whoever goes on finds what is missing by looking.
- What is written meanwhile has the vector in force alone, and so is missing again.
- The switch is one commit of one record, made when nothing is missing, with writes of this process kept out. Another
  process that writes first moves the head, so that the intent runs again and sees what is missing.
- The index of the new vectors is built before the switch and follows every commit from then on.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from pramana.bank.embedders import Embedders, Named
from pramana.bank.encode import CHUNK, Encoder, Progress
from pramana.bank.gate import Gate
from pramana.bank.opening import scan
from pramana.bank.resident import IndexKernels, Resident
from pramana.bank.rows import PATTERN, vector_text
from pramana.errors import EmbedderError, PramanaError
from pramana.pace import Pace
from pramana.ports import Embedder, Row
from pramana.records import DELETED
from pramana.standing import disregard
from pramana.store.database import Database
from pramana.store.writer import Draft, Intent

__all__ = ["Absent", "Reembedding"]


class Absent:
    """Stands for the embedder in force where only the next one is at hand, until that has taken over."""

    def __init__(self, named: Named) -> None:
        self.id, self.dim = named.id, named.dim

    async def embed(self, texts: Sequence[str]) -> Any:
        """Raise EmbedderError."""
        raise EmbedderError(f"the embedder {self.id!r} is not at hand", id=self.id)


class Reembedding:
    """One run towards the embedder that `embedders` says is coming. Close it: it has indexes until it has switched.

    Args:
        database: committed to.
        kernels: make the new indexes.
        embedders: what the database says; `switched` of it ends the run.
        embedder: the one that is coming.
        on_progress: told how many memories have its vector, of how many.
    """

    def __init__(
        self,
        database: Database,
        kernels: IndexKernels,
        embedders: Embedders,
        embedder: Embedder,
        on_progress: Progress | None,
    ) -> None:
        assert embedders.coming is not None
        self.to = embedders.coming
        self.embedder = embedder
        self.resident = Resident.empty(kernels, self.to.dim, embedders.slot(self.to))
        self.encoder = Encoder(embedder, self.resident.vectors, self.resident.slot)
        self.built = False
        """Whether the new index follows every commit."""
        self.switched = False
        self.embedded = 0
        self._embedders = embedders
        self._database = database
        self._on_progress = on_progress
        self._told: tuple[int, int] | None = None
        self._had = 0
        self._missing: dict[str, None] = {}
        self._own: dict[str, Row] = {}
        self._missed: list[Row] | None = None
        self._stopped: PramanaError | None = None
        self._task: asyncio.Task[Any] | None = None

    def stop(self, reason: PramanaError) -> None:
        """Have `run` raise this at once, also while it waits for the embedder."""
        self._stopped = reason
        if self._task is not None:
            self._task.cancel()

    def close(self) -> None:
        """Free the indexes, unless they are in force."""
        if not self.switched:
            self.resident.close()

    def take(self, rows: Sequence[Row]) -> list[Row]:
        """Take committed rows; return those that say something to the index in force."""
        for row in rows:
            if row.kind == PATTERN:
                if self._lacks(row):
                    self._missing[row.id] = None
                else:
                    self._missing.pop(row.id, None)
        if self.built:
            self.resident.take(rows)
        elif self._missed is not None:
            self._missed += rows
        return [row for row in rows if self._own.get(row.id) is not row]

    async def run(self, gate: Gate) -> None:
        """Embed what is missing, build the index, switch."""
        self._task = asyncio.current_task()
        try:
            await self._look()
            await self._embed_missing()
            await self._build()
            async with gate.alone():
                while not self.switched:
                    await self._embed_missing()
                    self._check()
                    await self.resident.settle()
                    await self._database.submit(self._switch)
        except asyncio.CancelledError:
            if self._stopped is None:
                raise
            disregard()
            raise self._stopped from None
        finally:
            self._task = None

    def _check(self) -> None:
        if self._stopped is not None:
            raise self._stopped

    def _lacks(self, row: Row) -> bool:
        if row.body is None or self.to.number in self.resident.slot.entries(row.vector):
            return False
        return row.vector is not None or _text(row) is not None

    async def _look(self) -> None:
        pace = Pace()
        async for rows in self._database.store.scan(PATTERN):
            for row in rows:
                if self._lacks(row):
                    self._missing[row.id] = None
                elif row.vector is not None:
                    self._had += 1
                await pace()

    async def _embed_missing(self) -> None:
        while self._missing:
            self._check()
            self._tell()
            # From here on, whatever happens to them puts them back.
            ids = list(islice(self._missing, CHUNK))
            for pid in ids:
                del self._missing[pid]
            await self._embed(ids)
        self._tell()

    def _tell(self) -> None:
        done = self._had + self.embedded
        now = (done, done + len(self._missing))
        if self._on_progress is not None and now != self._told:
            self._told = now
            self._on_progress(*now)

    async def _embed(self, ids: Sequence[str]) -> None:
        found = [row for row in await self._database.store.read(PATTERN, ids) if row is not None]
        texts = {row.id: text for row in found if self._lacks(row) and (text := _text(row)) is not None}
        blobs = await self.encoder.pack([*texts.values()])
        vectors = dict(zip(texts, map(self.resident.slot.vector, blobs), strict=True))
        before = {row.id: row for row in found if row.id in vectors}
        try:
            self.embedded += await self._database.submit(self._adding(before, vectors))
        finally:
            self._own = {}

    def _adding(self, before: Mapping[str, Row], vectors: Mapping[str, bytes | None]) -> Intent:
        slot, in_force = self.resident.slot, self._embedders.in_force.number

        async def intent(draft: Draft) -> int:
            self._check()
            self._own, pace = {}, Pace()
            for row in await draft.rows(PATTERN, [*before]):
                # One that changed since it was read is missing again.
                if row is None or row != before[row.id]:
                    continue
                entries = {n: vector for n, vector in slot.entries(row.vector).items() if n == in_force}
                entries[self.to.number] = vectors[row.id] or b""
                self._own[row.id] = replace(row, vector=slot.joined(entries))
                draft.put(self._own[row.id])
                await pace()
            return len(self._own)

        return intent

    async def _build(self) -> None:
        self._missed = []
        await scan(self._database.store, self.resident)
        # All of these are as new as what was scanned, or newer, once the last of them is applied.
        self.resident.take(self._missed)
        self._missed, self.built = None, True
        await self.resident.settle()
        self.resident.loaded(behind=len(self.resident.columns))

    async def _switch(self, draft: Draft) -> None:
        self._check()
        if not self._missing and not self.switched:
            draft.put(self._embedders.switched().row(draft.hlc))


def _text(row: Row) -> str | None:
    """What the vector is of; None of a memory that was deleted."""
    record = json.loads(row.body or b"")
    if record["status"] == DELETED:
        return None
    return vector_text(record["title"], record["task_description"])
