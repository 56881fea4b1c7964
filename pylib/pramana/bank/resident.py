"""The part of a bank that is in memory: columns, vectors and postings, kept in step with what was committed.

Rules of the file: only committed rows come in, in the order of their commits; what is waiting is applied
before anything is read (`settle`), in short stretches; an index that failed halfway is never read again.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol

from pramana.bank.columns import Columns
from pramana.bank.embedders import Slot
from pramana.bank.ranking import FIELD_WEIGHTS
from pramana.bank.rows import EVIDENCE, KINDS, PATTERN, document, evidence_of
from pramana.bank.vector_graph import VectorGraph
from pramana.errors import CorruptError, KernelError
from pramana.kernels.interfaces import Bm25Like, VectorIndexLike
from pramana.pace import Pace
from pramana.ports import Row
from pramana.records import DELETED

__all__ = ["IndexKernels", "Resident"]

SLICE = 128
"""Rows applied in one stretch."""
LINKED_SLICE = 16
"""The same where the vectors have a graph: to mend it takes more than a millisecond for each that goes."""
B, K1 = 0.75, 1.2


class IndexKernels(Protocol):
    """What makes indexes."""

    def vector_index(self, *, dim: int, metric: str = "cosine", storage: str = "i8") -> VectorIndexLike:
        """An empty vector index."""
        ...

    def load_vector_index(self, data: bytes) -> VectorIndexLike:
        """The index that `save` wrote."""
        ...

    def bm25(self, *, weights: Sequence[float], k1: float = 1.2, b: float = 0.75) -> Bm25Like:
        """An empty BM25F index."""
        ...

    def load_bm25(self, data: bytes) -> Bm25Like:
        """The index that `save` wrote."""
        ...


class Resident:
    """Everything that `find_similar` looks at. Close it: the indexes live in the kernels' memory.

    Of the vectors that a row has, those in `slot` are taken.
    """

    def __init__(self, columns: Columns, vectors: VectorIndexLike, postings: Bm25Like, slot: Slot) -> None:
        self.slot = slot
        self.columns = columns
        self.vectors = vectors
        self.postings = postings
        self.graph = VectorGraph(vectors)
        self.changes = 0
        """Records changed since the last snapshot."""
        self.purges = 0
        """Patterns purged since this was loaded."""
        self._evidence_first: dict[str, bytes] = {}
        self._waiting: deque[Sequence[Row]] = deque()
        self._settling = asyncio.Lock()
        self._failure: Exception | None = None

    @classmethod
    def empty(cls, kernels: IndexKernels, dim: int, slot: Slot) -> Resident:
        """Indexes of nothing, for vectors of `dim` floats."""
        postings = kernels.bm25(weights=list(FIELD_WEIGHTS.values()), k1=K1, b=B)
        try:
            return cls(Columns(), kernels.vector_index(dim=dim), postings, slot)
        except BaseException:
            postings.close()
            raise

    @staticmethod
    def recipe(embedder_id: str, dim: int) -> dict[str, Any]:
        """What a snapshot's indexes must have been built with to be used."""
        return {"embedder": embedder_id, "dim": dim, "fields": FIELD_WEIGHTS, "k1": K1, "b": B, "layout": 1}

    def close(self) -> None:
        """Free the indexes."""
        self.graph.stop()
        self.vectors.close()
        self.postings.close()

    async def retire(self) -> None:
        """Close it once those who wait for it to settle are served: another has taken its place."""
        try:
            await self.settle()
        finally:
            self.close()

    def take(self, rows: Sequence[Row]) -> None:
        """Take committed rows; few are applied at once, many when the loop is free. Never raises."""
        rows = [row for row in rows if row.kind in KINDS]
        if not rows:
            return
        self._waiting.append(rows)
        self.changes += len(rows)
        if (
            len(rows) <= self._slice
            and len(self._waiting) == 1
            and not self._settling.locked()
            and self._failure is None
        ):
            self._waiting.clear()
            self._apply_or_fail(rows)

    async def settle(self) -> None:
        """Apply what is waiting.

        Raises:
            KernelError: an index could not take what was committed; it must be built anew.
        """
        if self._waiting and self._failure is None:
            async with self._settling:
                await self._apply_waiting()
        if self._failure is not None:
            raise KernelError(
                "the index in memory no longer follows the database, which is whole; close and open again "
                f"({type(self._failure).__name__}: {self._failure})"
            ) from self._failure

    def loaded(self, *, behind: int) -> None:
        """All there was has been applied, `behind` records of it not from a snapshot."""
        self._evidence_first.clear()  # what is left belongs to deleted patterns
        self.changes, self.purges = behind, 0
        self.graph.start()

    @property
    def _slice(self) -> int:
        return LINKED_SLICE if self.graph.there else SLICE

    async def _apply_waiting(self) -> None:
        pace = Pace()
        while self._waiting and self._failure is None:
            rows = self._waiting[0]
            slice_ = self._slice
            for start in range(0, len(rows), slice_):
                self._apply_or_fail(rows[start : start + slice_])
                if self._failure is not None:
                    return
                # Cancelled here, the rows are still waiting: applying a slice twice comes to the same.
                await pace()
            self._waiting.popleft()

    def _apply_or_fail(self, rows: Sequence[Row]) -> None:
        try:
            self._apply(rows)
            self.graph.touched()
        except Exception as error:  # noqa: BLE001  # it is raised to every later reader, by settle()
            self._failure = error

    def _apply(self, rows: Sequence[Row]) -> None:
        columns = self.columns
        newest = {(row.kind, row.id): row for row in rows}
        stale: list[int] = []
        stale_vectors: list[int] = []
        documents: list[tuple[int, list[str]]] = []
        packed: list[tuple[int, bytes]] = []
        for row in newest.values():
            if row.kind != PATTERN:
                continue
            before = columns.ordinal_of.get(row.id)
            if before is not None:
                stale.append(before)
                if before not in columns.without_vector:
                    stale_vectors.append(before)
            record = None if row.body is None else json.loads(row.body)
            if record is None or record["status"] == DELETED:
                columns.remove(row.id)
                self._evidence_first.pop(row.id, None)
                if record is None:
                    self.purges += 1
                    columns.deleted.discard(row.id)
                else:
                    columns.deleted.add(row.id)
                continue
            if record["id"] != row.id:
                raise CorruptError(f"the body of {row.id} is that of {record['id']}", id=row.id)
            vector = self.slot.vector(row.vector)
            ordinal = columns.put(record, has_vector=vector is not None)
            documents.append((ordinal, document(record)))
            if vector is not None:
                packed.append((ordinal, vector))
            early = self._evidence_first.pop(row.id, None)
            if early is not None:
                columns.set_evidence(row.id, evidence_of(early))
        for row in newest.values():
            if row.kind == EVIDENCE and row.body is not None:
                if row.id in columns.ordinal_of:
                    columns.set_evidence(row.id, evidence_of(row.body))
                else:
                    # A scan is ordered by kind: the counts come before the patterns they belong to.
                    self._evidence_first[row.id] = row.body
        self._index(stale, stale_vectors, documents, packed)

    def _index(
        self,
        stale: list[int],
        stale_vectors: list[int],
        documents: list[tuple[int, list[str]]],
        packed: list[tuple[int, bytes]],
    ) -> None:
        """Remove before adding: an ordinal given back may have been taken again at once."""
        if stale:
            self.postings.remove(stale)
        if stale_vectors:
            self.vectors.remove(stale_vectors)
        if packed:
            self.vectors.add_packed(
                [ordinal for ordinal, _ in packed], b"".join(vector for _, vector in packed)
            )
        if documents:
            self.postings.add([ordinal for ordinal, _ in documents], [texts for _, texts in documents])
