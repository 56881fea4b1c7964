"""The vector kernel's index (docs/abi.md, "vector")."""

from __future__ import annotations

import math
from array import array
from struct import unpack_from
from typing import Any

from pramana.errors import InputError
from pramana.kernels.buffers import as_bytes, as_f32, as_query, as_u32, check_k
from pramana.kernels.exports import KernelObject, to_matches
from pramana.kernels.hnsw import HnswCalls
from pramana.kernels.interfaces import Allow, Matches, Ordinals, Vectors
from pramana.kernels.statuses import raise_status
from pramana.ports import Buffer, WasmModule
from pramana.protocol import LIMITS, METRICS, STATUS, STORAGES

__all__ = ["Matches", "VectorIndex"]

_MIN_NORMAL = 2.0**-126
_SHAPE_AT = 8  # after magic and version: u32 dim, metric, storage
_MAX_U32 = 0xFFFF_FFFF


class VectorIndex(HnswCalls):
    """Rows by ordinal in the kernel's memory.

    Args:
        module: the vector kernel; any number of indexes share one.
        dim: floats per vector, 1 to 65,536.
        metric: "cosine", "ip" or "l2sq"; scores are higher-is-better for each (minus the squared distance).
        storage: "f32" (exact scan), "i8" (int8 rows with a scale, scanned quantised, the best rescored with the
            float query), "i8_f32" (int8 scan, rescored against float32 rows).

    Raises:
        InputError: an unknown metric or storage.
        DimensionError: `dim` is out of range.
    """

    _what = "vector index"

    dim: int
    metric: str
    storage: str

    def __init__(self, module: WasmModule, *, dim: int, metric: str = "cosine", storage: str = "i8") -> None:
        _check_dim(dim)
        super().__init__(module)
        self.dim, self.metric, self.storage = dim, metric, storage
        self._create("vec_create", dim, _code(METRICS, "metric", metric), _code(STORAGES, "storage", storage))

    @classmethod
    def load(cls, module: WasmModule, data: Buffer) -> VectorIndex:
        """Return the index that `save` wrote.

        Raises:
            CorruptError: the bytes are cut off, changed, or something else.
        """
        buffer, size = as_bytes(data, "data")
        index = cls.__new__(cls)
        KernelObject.__init__(index, module)
        index._load("vec_load", buffer, size)
        # The kernel has verified the checksum, so the shape can be trusted.
        dim, metric, storage = unpack_from("<III", buffer, _SHAPE_AT)
        index.dim = dim
        index.metric = next(name for name, code in METRICS.items() if code == metric)
        index.storage = next(name for name, code in STORAGES.items() if code == storage)
        return index

    def __len__(self) -> int:
        return self._call("vec_len")

    def reserve(self, rows: int) -> None:
        """Make room, so that adding up to `rows` more cannot run out of memory.

        Raises:
            InputError: `rows` is negative or not an integer.
            KernelError: there is no such room; the index is unchanged.
        """
        self._call("vec_reserve", _count(rows, "rows"))

    def add(self, ordinals: Ordinals, rows: Vectors) -> None:
        """Add rows under ordinals not in use; of a bad batch nothing is added.

        Args:
            ordinals: n integers.
            rows: n · dim floats.

        Raises:
            DimensionError: rows of another length.
            InputError: another number of rows; an ordinal in use or repeated; a zero vector, NaN or infinity
                (`details["index"]` names the row).
            KernelError: the kernel is out of memory.
        """
        self._put("vec_add", ordinals, rows)

    def update(self, ordinals: Ordinals, rows: Vectors) -> None:
        """Replace the rows of ordinals in use; errors as in `add`, and of a bad batch nothing is changed."""
        self._put("vec_update", ordinals, rows)

    def remove(self, ordinals: Ordinals) -> None:
        """Remove rows.

        Raises:
            InputError: an ordinal is not in the index; nothing was removed.
        """
        handle = self._live()
        which, count = as_u32(ordinals)
        if count:
            status = self._export("vec_remove")(
                handle, count, self._scratch.place("ordinals", which, 4 * count)
            )
            self._finish("vec_remove", status)

    def quantize(self, rows: Vectors) -> bytes:
        """Return packed rows: per row `dim` int8, then the f32 scale. The index is unchanged.

        Raises:
            DimensionError: rows of another length.
            InputError: a zero vector, NaN or infinity (`details["index"]` names the row).
        """
        handle = self._live()
        floats, count = as_f32(rows, self.dim)
        if not count:
            return b""
        ptr = self._scratch.place("rows", floats, 4 * count * self.dim)
        self._finish("vec_quantize", self._export("vec_quantize")(handle, count, ptr), floats)
        return self._bulk_result(count * (self.dim + 4))

    def add_packed(self, ordinals: Ordinals, packed: Buffer) -> None:
        """Add rows that `quantize` packed (storage "i8" only); errors as in `add`."""
        handle = self._live()
        which, count = as_u32(ordinals)
        data, size = as_bytes(packed, "packed")
        if size != count * (self.dim + 4):
            raise InputError(
                f"{count} packed rows of dimension {self.dim} are {count * (self.dim + 4)} bytes, got {size}",
                field="packed",
                expected=count * (self.dim + 4),
                got=size,
            )
        if count:
            at = self._scratch.place("ordinals", which, 4 * count)
            status = self._export("vec_add_packed")(
                handle, count, at, self._scratch.place("rows", data, size)
            )
            self._finish("vec_add_packed", status)

    def get(self, ordinals: Ordinals) -> bytes:
        """Return rows as they are kept: packed for storage "i8", float32 for "f32" and "i8_f32".

        Raises:
            InputError: an ordinal is not in the index.
        """
        handle = self._live()
        which, count = as_u32(ordinals)
        if not count:
            return b""
        ptr = self._scratch.place("ordinals", which, 4 * count)
        self._finish("vec_get", self._export("vec_get")(handle, count, ptr))
        return self._bulk_result(count * (self.dim + 4 if self.storage == "i8" else 4 * self.dim))

    def search(self, query: Vectors, k: int, *, rescore: int = 0, allow: Allow = None) -> Matches:
        """Return the best `min(k, rows allowed)` rows.

        Args:
            query: `dim` floats.
            k: how many, 1 to 65,536.
            rescore: how many of a quantised scan are scored again exactly; 0 means max(40, 4k).
            allow: a bitmap of ordinals, None for all.

        Raises:
            DimensionError: `query` does not hold `dim` floats.
            InputError: `k` or `rescore` is out of range; a zero query, NaN or infinity.
        """
        handle = self._live()
        check_k(k)
        place = self._scratch.place
        ptr = place("query", as_query(query, self.dim), 4 * self.dim)
        bitmap, size = self._place_allow(allow)
        found = self._export("vec_search")(handle, ptr, k, _count(rescore, "rescore"), bitmap, size)
        if found < 0:
            self._fail("vec_search", found)
        return self._matches(found)

    def search_batch(
        self, queries: Vectors, k: int, *, rescore: int = 0, allow: Allow = None
    ) -> list[Matches]:
        """Return what `search` returns for each of the queries, crossing into the kernel once."""
        handle = self._live()
        check_k(k)
        floats, count = as_f32(queries, self.dim)
        if not count:
            return []
        ptr = self._scratch.place("rows", floats, 4 * count * self.dim)
        bitmap, size = self._place_allow(allow)
        search = self._export("vec_search_batch")
        self._finish(
            "vec_search_batch",
            search(handle, count, ptr, k, _count(rescore, "rescore"), bitmap, size),
            floats,
        )
        data = self._whole_result()
        results, at = [], 0
        for _ in range(count):
            (found,) = unpack_from("<I", data, at)
            results.append(to_matches(data, at + 4, found))
            at += 4 + 8 * found
        return results

    def score(self, query: Vectors, ordinals: Ordinals) -> array[float]:
        """Return the exact score of each row (of an int8 row: that of its dequantised vector).

        Raises:
            DimensionError: `query` does not hold `dim` floats.
            InputError: an ordinal is not in the index; a zero query, NaN or infinity.
        """
        handle = self._live()
        floats = as_query(query, self.dim)
        which, count = as_u32(ordinals)
        ptr = self._scratch.place("query", floats, 4 * self.dim)
        at = self._scratch.place("ordinals", which, 4 * count)
        self._finish("vec_score", self._export("vec_score")(handle, ptr, count, at))
        return array("f", self._result(4 * count))

    def pairwise(self, ordinals: Ordinals) -> array[float]:
        """Return the exact scores of n rows against each other: n · n floats, row-major.

        Raises:
            InputError: an ordinal is not in the index.
        """
        handle = self._live()
        which, count = as_u32(ordinals)
        if not count:
            return array("f")
        ptr = self._scratch.place("ordinals", which, 4 * count)
        self._finish("vec_pairwise", self._export("vec_pairwise")(handle, count, ptr))
        return array("f", self._bulk_result(4 * count * count))

    def save(self) -> bytes:
        """Return the index as bytes with a checksum, for `load`."""
        self._call("vec_save")
        data = self._whole_result()
        self._release_result("vec_len")
        return data

    def _put(self, export: str, ordinals: Ordinals, rows: Vectors) -> None:
        handle = self._live()
        which, count = as_u32(ordinals)
        floats, given = as_f32(rows, self.dim)
        if given != count:
            raise InputError(
                f"{count} ordinals for {given} rows of {self.dim} floats",
                field="ordinals",
                expected=given,
                got=count,
            )
        if count:
            at = self._scratch.place("ordinals", which, 4 * count)
            ptr = self._scratch.place("rows", floats, 4 * count * self.dim)
            self._finish(export, self._export(export)(handle, count, at, ptr), floats)

    def _finish(self, export: str, status: int, floats: Buffer | None = None) -> None:
        """Give large scratch back after a batch, then raise if it failed, naming the row at fault."""
        self._scratch.trim()
        if status < 0:
            at_fault = {} if floats is None else _row_at_fault(floats, self.dim, status)
            self._fail(export, status, **at_fault)

    def _bulk_result(self, size: int) -> bytes:
        data = self._result(size)
        self._release_result("vec_len")
        return data


def _check_dim(dim: int) -> None:
    if isinstance(dim, bool) or not isinstance(dim, int):
        raise InputError(f"dim is an integer, got {dim!r}", field="dim")
    if not 1 <= dim <= LIMITS["max_dim"]:
        raise_status("vector", "vec_create", STATUS["bad_dimension"], got=dim)


def _code(codes: Any, field: str, name: str) -> int:
    if name not in codes:
        raise InputError(f"{field} is one of {', '.join(codes)}, got {name!r}", field=field)
    code: int = codes[name]
    return code


def _count(value: int, field: str) -> int:
    if not isinstance(value, int) or not 0 <= value <= _MAX_U32:
        raise InputError(f"{field} is an integer from 0 to {_MAX_U32}, got {value!r}", field=field)
    return value


def _row_at_fault(floats: Buffer, dim: int, status: int) -> dict[str, int]:
    """Name the first row that the kernel cannot have accepted; only read after it refused one."""
    view = memoryview(floats).cast("B").cast("f")
    for index in range(len(view) // dim):
        row = view[index * dim : (index + 1) * dim]
        if status == STATUS["not_finite"] and not all(map(math.isfinite, row)):
            return {"index": index}
        if status == STATUS["zero_vector"] and not any(abs(value) >= _MIN_NORMAL for value in row):
            return {"index": index}
    return {}
