"""The graph of a vector index in pure Python: there is none. Every row is found exactly, and a file holds no link.

Such a file is a valid one, in which every row is loose; so the kernels and this read each other's.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Iterable, Sequence

from pramana.kernels.hnsw import EF_CONSTRUCTION, SEED, M, check_rows, check_shape
from pramana.kernels.reference.envelope import seal, unseal, xxh64
from pramana.kernels.statuses import raise_status
from pramana.ports import Buffer
from pramana.protocol import LIMITS, STATUS

__all__ = ["Loose", "identity"]

_MAGIC = b"PHNW"
_HEADER = struct.Struct("<6IQ")  # rows, m, ef_construction, seed, entry, loose; the identity of the rows
_NONE, _LOOSE = 0xFFFF_FFFF, 0xFF


class Loose:
    """Which rows are not linked yet, in the order in which they came."""

    def __init__(self, ordinals: Iterable[int], m: int, ef_construction: int, seed: int) -> None:
        check_shape(m, ef_construction, seed)
        self.shape = (m, ef_construction, seed)
        self.ordinals = dict.fromkeys(ordinals)

    @classmethod
    def new(
        cls,
        ordinals: Iterable[int],
        *,
        m: int = M,
        ef_construction: int = EF_CONSTRUCTION,
        seed: int = SEED,
    ) -> Loose:
        """All rows, of a graph just made."""
        return cls(ordinals, m, ef_construction, seed)

    def add(self, ordinals: Iterable[int]) -> None:
        """Rows came, or changed."""
        self.ordinals.update(dict.fromkeys(ordinals))

    def remove(self, ordinals: Iterable[int]) -> None:
        """Rows are gone."""
        for ordinal in ordinals:
            self.ordinals.pop(ordinal, None)

    def insert(self, count: int) -> int:
        """Link the first `count`; return how many are left."""
        self.remove(list(self.ordinals)[: check_rows(count)])
        return len(self.ordinals)

    def save(self, ordinals: Sequence[int], rows_identity: int) -> bytes:
        """Return the file of a graph without links over rows in this order."""
        n = len(ordinals)
        header = _HEADER.pack(n, *self.shape, _NONE, n, rows_identity)
        return seal(_MAGIC, header + array("I", range(n)).tobytes() + bytes([_LOOSE]) * n)

    @classmethod
    def load(cls, data: Buffer, ordinals: Sequence[int], rows_identity: Callable[[], int]) -> Loose:
        """Read which rows are loose from a kernel's file or this one's; its links are not looked at.

        Raises:
            CorruptError: the bytes are cut off, changed, or the graph of other rows.
        """
        content = unseal(_MAGIC, data, kernel="vector", call="hnsw_load")
        if len(content) < _HEADER.size:
            raise_status("vector", "hnsw_load", STATUS["bad_format"])
        n, m, ef_construction, seed, _, loose, of_rows = _HEADER.unpack_from(content)
        rows = content[_HEADER.size :][: 4 * loose].cast("B").tobytes()
        if (
            n != len(ordinals)
            or not 2 <= m <= LIMITS["max_hnsw_m"]
            or not m <= ef_construction <= LIMITS["max_hnsw_ef"]
            or len(rows) != 4 * loose
            or of_rows != rows_identity()
            or any(row >= n for row in array("I", rows))
        ):
            raise_status("vector", "hnsw_load", STATUS["bad_format"])
        return cls([ordinals[row] for row in array("I", rows)], m, ef_construction, seed)


def identity(ordinals: Sequence[int], packed: Iterable[bytes], dim: int) -> int:
    """Return what tells these rows from others: the XXH64 of ordinals, levels padded to 16 bytes, and scales."""
    padding = bytes(-dim % 16)
    rows = list(packed)
    hashed = xxh64(array("I", ordinals).tobytes())
    hashed = xxh64(b"".join(row[:dim] + padding for row in rows), hashed)
    return xxh64(b"".join(row[dim:] for row in rows), hashed)
