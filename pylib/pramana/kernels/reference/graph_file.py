"""The saved graph (docs/abi.md, "graph": `PGRA`), written and read in pure Python."""

from __future__ import annotations

from collections.abc import Iterator
from struct import pack, unpack_from
from typing import NoReturn

from pramana.kernels.buffers import as_bytes
from pramana.kernels.edges import ID_LIMIT
from pramana.kernels.reference.envelope import seal, unseal
from pramana.kernels.reference.walk import Rows
from pramana.kernels.statuses import raise_status
from pramana.ports import Buffer
from pramana.protocol import STATUS

__all__ = ["decode", "encode"]

_MAGIC = b"PGRA"
_VARINT_BYTES = 5


def encode(bound: int, rows: Rows) -> bytes:
    """Return the file of edges by source."""
    content = bytearray(pack("<II", bound, sum(map(len, rows.values()))))
    after = 0
    for node in sorted(node for node, row in rows.items() if row):
        content += _varint(node - after) + _varint(len(rows[node]))
        after, last = node + 1, 0
        for target, predicate, weight in rows[node]:
            content += _varint(target - last) + _varint(predicate << 1 | (weight < 1))
            content += pack("<f", weight) if weight < 1 else b""
            last = target
    return seal(_MAGIC, bytes(content))


def decode(data: Buffer) -> tuple[int, list[tuple[int, int, int, float]]]:
    """Return the node bound, and source, predicate, target and weight of each edge.

    Raises:
        CorruptError: the bytes are no file that `encode` wrote.
    """
    content = bytes(unseal(_MAGIC, as_bytes(data, "data")[0], kernel="graph", call="graph_load"))
    if len(content) < 8:
        _refuse()
    bound, count = unpack_from("<II", content)
    if bound > ID_LIMIT:
        _refuse()
    return bound, list(_Decoder(content, bound).edges(count))


class _Decoder:
    def __init__(self, content: bytes, bound: int) -> None:
        self._content = content
        self._bound = bound
        self._at = 8

    def edges(self, left: int) -> Iterator[tuple[int, int, int, float]]:
        after = 0
        while left:
            source, length = after + self._varint(), self._varint()
            if source >= self._bound or not 0 < length <= left:
                _refuse()
            for target, predicate, weight in self._row(length):
                yield source, predicate, target, weight
            left, after = left - length, source + 1
        if self._at != len(self._content):
            _refuse()

    def _row(self, length: int) -> Iterator[tuple[int, int, float]]:
        last = (0, -1)
        for _ in range(length):
            target, word = last[0] + self._varint(), self._varint()
            weight = self._weight() if word & 1 else 1.0
            edge = (target, word >> 1)
            weighs = 0 < weight < 1 or (weight == 1 and not word & 1)
            if target >= self._bound or edge[1] >= ID_LIMIT or edge <= last or not weighs:
                _refuse()
            yield target, edge[1], weight
            last = edge

    def _weight(self) -> float:
        if len(self._content) < self._at + 4:
            _refuse()
        (weight,) = unpack_from("<f", self._content, self._at)
        self._at += 4
        return float(weight)

    def _varint(self) -> int:
        value = 0
        for index, byte in enumerate(self._content[self._at : self._at + _VARINT_BYTES]):
            value |= (byte & 0x7F) << 7 * index
            if byte < 0x80:
                self._at += index + 1
                return value if not value >> 32 else _refuse()
        return _refuse()


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _refuse() -> NoReturn:
    raise_status("graph", "graph_load", STATUS["bad_format"])
