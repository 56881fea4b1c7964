"""The graph over a vector index's rows (docs/abi.md, "vector"): made, linked a few rows at a time, searched, saved.

The rows are the truth. A row that is not linked yet is *loose*, and every search scores the loose rows besides.
"""

from __future__ import annotations

from array import array

from pramana.errors import InputError
from pramana.kernels.buffers import as_bytes, as_query, check_k
from pramana.kernels.exports import KernelObject
from pramana.kernels.interfaces import Allow, Matches, Vectors
from pramana.ports import Buffer
from pramana.protocol import LIMITS

__all__ = ["EF_CONSTRUCTION", "SEED", "HnswCalls", "M", "check_ef", "check_rows", "check_shape"]

M, EF_CONSTRUCTION, SEED = 16, 100, 1
_MAX_U32 = 0xFFFF_FFFF


class HnswCalls(KernelObject):
    """The calls of a `VectorIndex` that concern its graph; the storage must keep int8 rows ("i8", "i8_f32")."""

    dim: int

    def hnsw_create(self, *, m: int = M, ef_construction: int = EF_CONSTRUCTION, seed: int = SEED) -> None:
        """Make a graph in which every row is loose, in place of any there was.

        Args:
            m: links per row and layer, twice as many on the ground; 2 to 64.
            ef_construction: width of the walk that finds a row's neighbours; `m` to 4,096.
            seed: the rows' levels follow from it and their ordinals.

        Raises:
            InputError: an argument is out of range, or the storage is "f32".
        """
        check_shape(m, ef_construction, seed)
        self._call("hnsw_create", m, ef_construction, seed)

    def hnsw_drop(self) -> None:
        """Forget the graph, if there is one."""
        self._call("hnsw_drop")

    def hnsw_insert(self, count: int) -> int:
        """Link up to `count` loose rows; return how many are loose then.

        Raises:
            InputError: there is no graph; `count` is negative.
            KernelError: the kernel is out of memory.
        """
        return self._call("hnsw_insert", check_rows(count))

    def hnsw_loose(self) -> array[int]:
        """Return the ordinals of the loose rows, in the order in which `hnsw_insert` takes them.

        Raises:
            InputError: there is no graph.
        """
        loose = array("I", self._result(4 * self._call("hnsw_loose")))
        self._release_result("vec_len")
        return loose

    def hnsw_search(self, query: Vectors, k: int, *, ef: int = 0, allow: Allow = None) -> Matches:
        """Return the best rows that a walk over the graph comes by, scored as `search` scores them.

        Where a scan of the allowed rows is no dearer than the walk, or the walk finds fewer than `k`, they are scanned.

        Args:
            query: `dim` floats.
            k: how many, 1 to 65,536.
            ef: width of the walk, at most 4,096; 0 means max(64, 2k).
            allow: a bitmap of ordinals, None for all.

        Raises:
            DimensionError: `query` does not hold `dim` floats.
            InputError: there is no graph; `k` or `ef` is out of range; a zero query, NaN or infinity.
        """
        handle = self._live()
        check_k(k)
        ptr = self._scratch.place("query", as_query(query, self.dim), 4 * self.dim)
        bitmap, size = self._place_allow(allow)
        found = self._export("hnsw_search")(handle, ptr, k, check_ef(ef), bitmap, size)
        if found < 0:
            self._fail("hnsw_search", found)
        return self._matches(found)

    def hnsw_save(self) -> bytes:
        """Return the graph as bytes with a checksum, for `hnsw_load` of an index with these rows.

        Raises:
            InputError: there is no graph.
        """
        self._call("hnsw_save")
        data = self._whole_result()
        self._release_result("vec_len")
        return data

    def hnsw_load(self, data: Buffer) -> int:
        """Take the graph that `hnsw_save` wrote, in place of any there was; return how many rows are loose.

        Raises:
            CorruptError: the bytes are cut off, changed, or the graph of other rows; there is no graph any the less.
        """
        buffer, size = as_bytes(data, "data")
        try:
            return self._call("hnsw_load", self._scratch.place("data", buffer, size), size)
        finally:
            self._scratch.trim()


def check_shape(m: int, ef_construction: int, seed: int) -> None:
    """Raise InputError for what no graph is made with."""
    for field, value, least, most in (
        ("m", m, 2, LIMITS["max_hnsw_m"]),
        ("ef_construction", ef_construction, m, LIMITS["max_hnsw_ef"]),
        ("seed", seed, 0, _MAX_U32),
    ):
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise InputError(f"{field} is an integer from {least} to {most}, got {value!r}", field=field)


def check_ef(ef: int) -> int:
    """Return `ef`, or raise InputError."""
    most = LIMITS["max_hnsw_ef"]
    if isinstance(ef, bool) or not isinstance(ef, int) or not 0 <= ef <= most:
        raise InputError(f"ef is an integer from 0 to {most}, got {ef!r}", field="ef")
    return ef


def check_rows(count: int) -> int:
    """Return `count`, or raise InputError."""
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= _MAX_U32:
        raise InputError(f"count is an integer from 0 to {_MAX_U32}, got {count!r}", field="count")
    return count
