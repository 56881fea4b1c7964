"""The vector index in pure Python: what the kernel must find, computed plainly.

Rows are kept bit for bit as the kernel keeps them (float32, or int8 levels with a float32 scale), so that packed rows
and saved indexes do not depend on what computed them. Scores are computed in float64 from the kept rows and rounded
to float32 once; every row is scored exactly, so `rescore` has nothing to do.
"""

from __future__ import annotations

import math
import struct
from array import array
from collections.abc import Iterable, Sequence
from functools import reduce
from heapq import nsmallest
from operator import mul
from typing import NamedTuple, NoReturn

from pramana.errors import ClosedError, InputError
from pramana.kernels.buffers import as_bytes, as_f32, as_query, as_u32, check_k
from pramana.kernels.hnsw import EF_CONSTRUCTION, SEED, M, check_ef
from pramana.kernels.interfaces import Allow, Matches, Ordinals, Vectors
from pramana.kernels.reference.envelope import seal, unseal
from pramana.kernels.reference.hnsw import Loose, identity
from pramana.kernels.statuses import raise_status
from pramana.ports import Buffer
from pramana.protocol import LIMITS, METRICS, STATUS, STORAGES

__all__ = ["ReferenceVectorIndex"]

_MIN_NORMAL = 2.0**-126
_LEVELS = 127
_TINY, _LIFT = 2.0**-100, 2.0**100
"""Below `_TINY` the kernel's float32 reciprocal would overflow, so it lifts such vectors first; so does this."""

_MAGIC = b"PVEC"
_SHAPE = struct.Struct("<6I")  # dim, metric, storage, count, two zeros
_MAX_U32 = 0xFFFF_FFFF


class _Row(NamedTuple):
    kept: bytes
    """What `get` returns: float32, or levels and scale."""
    vector: Sequence[float]
    """What is scored: the same in float64."""


class ReferenceVectorIndex:
    """As `VectorIndex`, without a kernel: same arguments but the module, same results, same errors."""

    def __init__(self, *, dim: int, metric: str = "cosine", storage: str = "i8") -> None:
        if isinstance(dim, bool) or not isinstance(dim, int):
            raise InputError(f"dim is an integer, got {dim!r}", field="dim")
        if not 1 <= dim <= LIMITS["max_dim"]:
            _refuse("vec_create", "bad_dimension", got=dim)
        for field, name, known in (("metric", metric, METRICS), ("storage", storage, STORAGES)):
            if name not in known:
                raise InputError(f"{field} is one of {', '.join(known)}, got {name!r}", field=field)
        self.dim, self.metric, self.storage = dim, metric, storage
        self._rows: dict[int, _Row] | None = {}
        self._loose: Loose | None = None

    @classmethod
    def load(cls, data: Buffer) -> ReferenceVectorIndex:
        """Return the index that `save` wrote.

        Raises:
            CorruptError: the bytes are cut off, changed, or something else.
        """
        content = unseal(_MAGIC, as_bytes(data, "data")[0], kernel="vector", call="vec_load")
        if len(content) < _SHAPE.size:
            _refuse("vec_load", "bad_format")
        dim, metric, storage, count, *reserved = _SHAPE.unpack_from(content)
        metrics, storages = ({code: name for name, code in codes.items()} for codes in (METRICS, STORAGES))
        if not 1 <= dim <= LIMITS["max_dim"] or metric not in metrics or storage not in storages:
            _refuse("vec_load", "bad_format")
        index = cls(dim=dim, metric=metrics[metric], storage=storages[storage])
        rows_at = _SHAPE.size + 4 * count
        if any(reserved) or len(content) != rows_at + count * index._row_bytes:
            _refuse("vec_load", "bad_format")
        ordinals = content[_SHAPE.size : rows_at].cast("I").tolist()
        if len(set(ordinals)) < count:
            _refuse("vec_load", "bad_format")
        index._rows = dict(zip(ordinals, index._read_rows(bytes(content[rows_at:]), count), strict=True))
        return index

    def __len__(self) -> int:
        return len(self._live())

    def reserve(self, rows: int) -> None:
        self._live()
        _check_count(rows, "rows")

    def add(self, ordinals: Ordinals, rows: Vectors) -> None:
        which, vectors = self._batch("vec_add", ordinals, rows)
        self._insert("vec_add", which, [self._row(vector) for vector in vectors])

    def update(self, ordinals: Ordinals, rows: Vectors) -> None:
        which, vectors = self._batch("vec_update", ordinals, rows)
        self._held("vec_update", which)
        self._live().update(zip(which, map(self._row, vectors), strict=True))
        if self._loose is not None:
            self._loose.remove(which)
            self._loose.add(which)

    def remove(self, ordinals: Ordinals) -> None:
        which = _integers(ordinals)
        self._held("vec_remove", which)
        if len(set(which)) < len(which):
            _refuse("vec_remove", "ordinal_missing")
        rows = self._live()
        for ordinal in which:
            del rows[ordinal]
        if self._loose is not None:
            self._loose.remove(which)

    def quantize(self, rows: Vectors) -> bytes:
        self._live()
        return b"".join(self._pack(vector) for vector in self._vectors("vec_quantize", rows))

    def add_packed(self, ordinals: Ordinals, packed: Buffer) -> None:
        self._live()
        which = _integers(ordinals)
        data, size = as_bytes(packed, "packed")
        row_bytes = self.dim + 4
        if size != len(which) * row_bytes:
            raise InputError(
                f"{len(which)} packed rows of dimension {self.dim} are {len(which) * row_bytes} bytes, got {size}",
                field="packed",
                expected=len(which) * row_bytes,
                got=size,
            )
        if which and self.storage != "i8":
            _refuse("vec_add_packed", "bad_argument")
        view = memoryview(data).cast("B")
        rows = [self._unpacked(bytes(view[at : at + row_bytes])) for at in range(0, size, row_bytes)]
        self._insert("vec_add_packed", which, rows)

    def get(self, ordinals: Ordinals) -> bytes:
        return b"".join(row.kept for row in self._held("vec_get", _integers(ordinals)))

    def search(self, query: Vectors, k: int, *, rescore: int = 0, allow: Allow = None) -> Matches:
        self._live()
        check_k(k)
        vector = self._query("vec_search", query)
        _check_count(rescore, "rescore")
        return self._best(vector, k, allow)

    def search_batch(
        self, queries: Vectors, k: int, *, rescore: int = 0, allow: Allow = None
    ) -> list[Matches]:
        self._live()
        check_k(k)
        vectors = self._vectors("vec_search_batch", queries)
        _check_count(rescore, "rescore")
        return [self._best(_prepared(vector, self.metric), k, allow) for vector in vectors]

    def score(self, query: Vectors, ordinals: Ordinals) -> array[float]:
        self._live()
        vector = self._query("vec_score", query)
        rows = self._held("vec_score", _integers(ordinals))
        return array("f", (self._score(vector, row.vector) for row in rows))

    def pairwise(self, ordinals: Ordinals) -> array[float]:
        rows = self._held("vec_pairwise", _integers(ordinals))
        return array("f", (self._score(one.vector, other.vector) for one in rows for other in rows))

    def save(self) -> bytes:
        rows = self._live()
        shape = _SHAPE.pack(self.dim, METRICS[self.metric], STORAGES[self.storage], len(rows), 0, 0)
        kept = [row.kept for row in rows.values()]
        if self.storage == "i8":
            kept = [row[: self.dim] for row in kept] + [row[self.dim :] for row in kept]
        return seal(_MAGIC, b"".join([shape, array("I", rows).tobytes(), *kept]))

    def hnsw_create(self, *, m: int = M, ef_construction: int = EF_CONSTRUCTION, seed: int = SEED) -> None:
        loose = Loose.new(self._live(), m=m, ef_construction=ef_construction, seed=seed)
        if self.storage == "f32":
            _refuse("hnsw_create", "bad_argument")
        self._loose = loose

    def hnsw_drop(self) -> None:
        self._live()
        self._loose = None

    def hnsw_insert(self, count: int) -> int:
        return self._graph("hnsw_insert").insert(count)

    def hnsw_loose(self) -> array[int]:
        return array("I", self._graph("hnsw_loose").ordinals)

    def hnsw_search(self, query: Vectors, k: int, *, ef: int = 0, allow: Allow = None) -> Matches:
        self._live()
        check_k(k)
        check_ef(ef)
        vector = self._query("hnsw_search", query)
        self._graph("hnsw_search")
        return self._best(vector, k, allow)

    def hnsw_save(self) -> bytes:
        return self._graph("hnsw_save").save(list(self._live()), self._identity())

    def hnsw_load(self, data: Buffer) -> int:
        rows = self._live()
        if self.storage == "f32":
            _refuse("hnsw_load", "bad_argument")
        self._loose = Loose.load(as_bytes(data, "data")[0], list(rows), self._identity)
        return len(self._loose.ordinals)

    def _graph(self, call: str) -> Loose:
        self._live()
        if self._loose is None:
            _refuse(call, "bad_argument")
        return self._loose

    def _identity(self) -> int:
        rows = self._live()
        packed = (
            row.kept if self.storage == "i8" else self._quantized(array("f", row.vector))
            for row in rows.values()
        )
        return identity(list(rows), packed, self.dim)

    def close(self) -> None:
        self._rows = None

    def _live(self) -> dict[int, _Row]:
        if self._rows is None:
            raise ClosedError("the vector index was closed")
        return self._rows

    @property
    def _row_bytes(self) -> int:
        return self.dim + 4 if self.storage == "i8" else 4 * self.dim

    def _vectors(self, call: str, rows: Vectors) -> list[Sequence[float]]:
        """Split into rows of `dim` floats; InputError naming the first that is not finite, or zero."""
        buffer, count = as_f32(rows, self.dim)
        flat = memoryview(buffer).cast("B").cast("f")
        vectors: list[Sequence[float]] = [
            flat[at * self.dim : (at + 1) * self.dim].tolist() for at in range(count)
        ]
        for index, vector in enumerate(vectors):
            _check_vector(call, vector, index=index)
        return vectors

    def _query(self, call: str, query: Vectors) -> Sequence[float]:
        vector = memoryview(as_query(query, self.dim)).cast("B").cast("f").tolist()
        _check_vector(call, vector)
        return _prepared(vector, self.metric)

    def _batch(self, call: str, ordinals: Ordinals, rows: Vectors) -> tuple[list[int], list[Sequence[float]]]:
        self._live()
        which, vectors = _integers(ordinals), self._vectors(call, rows)
        if len(which) != len(vectors):
            raise InputError(
                f"{len(which)} ordinals for {len(vectors)} rows of {self.dim} floats",
                field="ordinals",
                expected=len(vectors),
                got=len(which),
            )
        return which, vectors

    def _insert(self, call: str, which: list[int], rows: list[_Row]) -> None:
        held = self._live()
        if len(set(which)) < len(which) or not held.keys().isdisjoint(which):
            _refuse(call, "ordinal_taken")
        held.update(zip(which, rows, strict=True))
        if self._loose is not None:
            self._loose.add(which)

    def _held(self, call: str, which: list[int]) -> list[_Row]:
        rows = self._live()
        if not all(ordinal in rows for ordinal in which):
            _refuse(call, "ordinal_missing")
        return [rows[ordinal] for ordinal in which]

    def _row(self, vector: Sequence[float]) -> _Row:
        if self.storage == "i8":
            return self._restore(self._pack(vector))
        return self._restore(_prepared(vector, self.metric).tobytes())

    def _restore(self, kept: bytes) -> _Row:
        if self.storage == "i8":
            *levels, scale = struct.unpack(f"<{self.dim}bf", kept)
            return _Row(kept, [scale * level for level in levels])
        return _Row(kept, array("f", kept).tolist())

    def _read_rows(self, data: bytes, count: int) -> list[_Row]:
        if self.storage != "i8":
            size = 4 * self.dim
            return [self._restore(data[at : at + size]) for at in range(0, len(data), size)]
        scales_at = count * self.dim
        return [
            self._restore(
                data[row * self.dim : (row + 1) * self.dim]
                + data[scales_at + 4 * row : scales_at + 4 * row + 4]
            )
            for row in range(count)
        ]

    def _pack(self, vector: Sequence[float]) -> bytes:
        """Return the nearest levels and their scale; for the cosine the one that makes the row a unit vector."""
        return self._quantized(_prepared(vector, self.metric))

    def _quantized(self, prepared: array[float]) -> bytes:
        largest = max(map(abs, prepared))
        lift = _LIFT if largest < _TINY else 1.0
        factor = _f32(_LEVELS / _f32(largest * lift))
        levels = [round(_f32(x * lift * factor)) for x in prepared]
        scale = _unit_scale(levels) if self.metric == "cosine" else _f32(largest / _LEVELS)
        return struct.pack(f"<{self.dim}bf", *levels, scale)

    def _unpacked(self, kept: bytes) -> _Row:
        *levels, scale = struct.unpack(f"<{self.dim}bf", kept)
        if not math.isfinite(scale):
            _refuse("vec_add_packed", "not_finite")
        if scale == 0 or not any(levels):
            _refuse("vec_add_packed", "zero_vector")
        if scale < 0:
            _refuse("vec_add_packed", "bad_argument")
        if self.metric == "cosine":
            kept = kept[: self.dim] + struct.pack("<f", _unit_scale(levels))
        return self._restore(kept)

    def _score(self, query: Sequence[float], row: Sequence[float]) -> float:
        if self.metric == "l2sq":
            # 0 - x, so that equal vectors score 0 and not -0.
            return 0.0 - math.fsum((q - x) ** 2 for q, x in zip(query, row, strict=True))
        return math.fsum(map(mul, query, row))

    def _best(self, query: Sequence[float], k: int, allow: Allow) -> Matches:
        rows = self._live()
        bitmap = None if allow is None else memoryview(as_bytes(allow, "allow")[0]).cast("B")
        ordinals = [ordinal for ordinal in rows if bitmap is None or _is_set(bitmap, ordinal)]
        scores = array("f", (self._score(query, rows[ordinal].vector) for ordinal in ordinals))
        best = nsmallest(k, ((-score, ordinal) for score, ordinal in zip(scores, ordinals, strict=True)))
        return Matches(
            array("I", (ordinal for _, ordinal in best)), array("f", (0.0 - score for score, _ in best))
        )


def _refuse(call: str, status: str, **details: object) -> NoReturn:
    raise_status("vector", call, STATUS[status], **details)


def _integers(ordinals: Ordinals) -> list[int]:
    return memoryview(as_u32(ordinals)[0]).tolist()


def _check_count(value: int, field: str) -> None:
    if not isinstance(value, int) or not 0 <= value <= _MAX_U32:
        raise InputError(f"{field} is an integer from 0 to {_MAX_U32}, got {value!r}", field=field)


def _check_vector(call: str, vector: Sequence[float], **details: object) -> None:
    if not all(map(math.isfinite, vector)):
        _refuse(call, "not_finite", **details)
    if not any(abs(x) >= _MIN_NORMAL for x in vector):
        _refuse(call, "zero_vector", **details)


def _f32(value: float) -> float:
    return array("f", (value,))[0]


def _flushed(vector: Iterable[float]) -> array[float]:
    return array("f", (x if abs(x) >= _MIN_NORMAL else 0.0 for x in vector))


def _prepared(vector: Sequence[float], metric: str) -> array[float]:
    """Flush denormals and, for the cosine, normalise, in the kernel's order of summation."""
    flushed = _flushed(vector)
    if metric != "cosine":
        return flushed
    # Not sum(), which compensates for rounding from Python 3.12 on.
    sums = [reduce(lambda total, x: total + x * x, flushed[lane::4], 0.0) for lane in range(4)]
    inverse = 1.0 / math.sqrt((sums[0] + sums[2]) + (sums[1] + sums[3]))
    return _flushed(array("f", (x * inverse for x in flushed)))


def _unit_scale(levels: Sequence[int]) -> float:
    return _f32(1.0 / math.sqrt(sum(level * level for level in levels)))


def _is_set(bitmap: memoryview, ordinal: int) -> bool:
    return ordinal >> 3 < len(bitmap) and bool(bitmap[ordinal >> 3] >> (ordinal & 7) & 1)
