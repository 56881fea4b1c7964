"""The saved form of a BM25F index ("PBM2"), byte for byte that of the kernel (rust-kernels/text/src/bm25/file.rs)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NoReturn

from pramana.kernels.reference.envelope import seal, unseal
from pramana.kernels.statuses import raise_status
from pramana.ports import Buffer
from pramana.protocol import LIMITS, STATUS

__all__ = ["Contents", "read", "write"]

_MAGIC = b"PBM2"
_MAX_FIELDS = 64
_MAX_U32 = (1 << 32) - 1
_MAX_U64 = (1 << 64) - 1
_MAX_TF = float(LIMITS["max_bm25_parameter"] * _MAX_FIELDS << 32)


@dataclass
class Contents:
    """What an index holds."""

    weights: list[float]
    k1: float
    b: float
    lens: dict[int, tuple[int, ...]]
    """Words per field, by ordinal."""
    postings: dict[int, dict[int, float]]
    """Weighted frequency by ordinal, by hash of the term."""


class _Writer:
    def __init__(self) -> None:
        self.data = bytearray()

    def pack(self, form: str, *values: float) -> None:
        self.data += struct.pack("<" + form, *values)

    def number(self, value: int) -> None:
        while value > 0x7F:
            self.data.append(value & 0x7F | 0x80)
            value >>= 7
        self.data.append(value)


def write(contents: Contents) -> bytes:
    """Return the file of an index."""
    writer = _Writer()
    writer.pack("I", len(contents.weights))
    writer.pack(f"{len(contents.weights)}f", *contents.weights)
    writer.pack("2f", contents.k1, contents.b)
    frequencies = sorted({tf for postings in contents.postings.values() for tf in postings.values()})
    writer.pack("3I", len(contents.lens), len(contents.postings), len(frequencies))
    writer.pack(f"{len(frequencies)}f", *frequencies)
    index_of = {tf: index for index, tf in enumerate(frequencies)}
    position_of: dict[int, int] = {}
    last = -1
    for position, ordinal in enumerate(sorted(contents.lens)):
        writer.number(ordinal - last - 1)
        for length in contents.lens[ordinal]:
            writer.number(length)
        position_of[ordinal] = position
        last = ordinal
    last = -1
    for term in sorted(contents.postings):
        postings = contents.postings[term]
        writer.number(term - last - 1)
        writer.number(len(postings))
        last = term
        before = -1
        for ordinal in sorted(postings):
            writer.number(position_of[ordinal] - before - 1)
            writer.number(index_of[postings[ordinal]])
            before = position_of[ordinal]
    return seal(_MAGIC, bytes(writer.data))


class _Reader:
    def __init__(self, data: memoryview) -> None:
        self.data, self.at = data, 0

    def unpack(self, form: str) -> tuple[float, ...]:
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += 4 * len(values)
        return values

    def number(self, most: int) -> int:
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if value > most or shift > 63:
                _refuse()
            if byte < 0x80:
                return value
            shift += 7

    def next_after(self, last: int, most: int) -> int:
        """Read a gap: the number that follows `last` in an ascending sequence."""
        value = last + 1 + self.number(most)
        if value > most:
            _refuse()
        return value


def read(data: Buffer) -> Contents:
    """Return what a file holds.

    Raises:
        CorruptError: the bytes are cut off, changed, or something else.
    """
    reader = _Reader(unseal(_MAGIC, data, kernel="text", call="bm25_load"))
    try:
        contents = _read(reader)
    except (struct.error, IndexError):
        _refuse()
    if reader.at != len(reader.data):
        _refuse()
    return contents


def _read(reader: _Reader) -> Contents:
    fields = int(reader.unpack("I")[0])
    if fields > _MAX_FIELDS:
        _refuse()
    weights = list(reader.unpack(f"{fields}f"))
    k1, b = reader.unpack("2f")
    documents, terms, distinct = map(int, reader.unpack("3I"))
    if 4 * distinct > len(reader.data):
        _refuse()
    frequencies = reader.unpack(f"{distinct}f")
    if not all(0 < tf <= _MAX_TF for tf in frequencies):
        _refuse()
    lens: dict[int, tuple[int, ...]] = {}
    ordinal = -1
    for _ in range(documents):
        ordinal = reader.next_after(ordinal, _MAX_U32)
        lens[ordinal] = tuple(reader.number(_MAX_U32) for _ in range(fields))
    ordinals = list(lens)
    postings: dict[int, dict[int, float]] = {}
    term = -1
    for _ in range(terms):
        term = reader.next_after(term, _MAX_U64)
        held: dict[int, float] = {}
        position = -1
        df = reader.number(documents)
        if not df:
            _refuse()
        for _ in range(df):
            position = reader.next_after(position, documents - 1)
            held[ordinals[position]] = frequencies[reader.number(_MAX_U32)]
        postings[term] = held
    return Contents(weights, k1, b, lens, postings)


def _refuse() -> NoReturn:
    raise_status("text", "bm25_load", STATUS["bad_format"])
