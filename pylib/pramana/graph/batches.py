"""The body of a batch of facts: columns over a dictionary of terms of its own.

    body    = header newline payload              payload is deflated (RFC 1950)
    header  = {"id", "format", "count", "terms", "text_bytes", "sources", "columns", "created_ms", "updated",
               "confidence", "pack", "licence"}   canonical JSON
    payload = the terms as UTF-8, joined by newlines; then the columns, each of `count` numbers, little endian:
              subjects, predicates, objects       u16: places in the dictionary
              sources                             u16: places in the header's list
              flags                               u8: 1 negated, 2 the beginning was not stated
              confidences                         f64
              valid_from, valid_to                i64: milliseconds, the least and greatest for none

A column of which `columns` does not have the name is the same for all: the first source, no flags, the header's
confidence, no beginning, no end. The format is 1, or 2 where the facts came with a pack, which alone has the last two.
"""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

from pramana.errors import CorruptError
from pramana.graph.fact_table import ALWAYS, FOREVER, OWN, Columns, Origin
from pramana.records import canonical

__all__ = ["MAX_FACTS", "Batch", "decode", "encode", "header_of"]

PLAIN, PACKED = 1, 2
MAX_FACTS = 16_384
"""Facts of one batch: its terms, at most three times as many, have places of 16 bits."""
NEGATED, IMPLIED = 1, 2
LEVEL = 1
"""Of deflating: higher ones take much longer and save a few percent."""


class Batch(NamedTuple):
    """Facts recorded together. In `facts`, terms and sources are places in the lists here."""

    id: str
    created_ms: int
    updated: str
    terms: Sequence[str]
    sources: Sequence[str]
    facts: Columns
    origin: Origin = OWN


def encode(batch: Batch) -> bytes:
    """The body of a batch of at most `MAX_FACTS` facts."""
    facts = batch.facts
    codes = facts.triples[1::3]
    present: dict[str, array[Any]] = {
        "subjects": array("H", facts.triples[0::3]),
        "predicates": array("H", [code >> 1 for code in codes]),
        "objects": array("H", facts.triples[2::3]),
    }
    flags = array("B", [code & 1 | flag << 1 for code, flag in zip(codes, facts.implied, strict=True)])
    optional: list[tuple[str, array[Any], Any]] = [
        ("sources", array("H", facts.sources), 0),
        ("flags", flags, 0),
        ("confidences", facts.confidences, facts.confidences[0]),
        ("valid_from", facts.valid_from, ALWAYS),
        ("valid_to", facts.valid_to, FOREVER),
    ]
    present |= {name: column for name, column, same in optional if column.count(same) < len(column)}
    text = "\n".join(batch.terms).encode()
    header: dict[str, Any] = {
        "id": batch.id,
        "format": PLAIN if batch.origin == OWN else PACKED,
        "count": len(codes),
        "terms": len(batch.terms),
        "text_bytes": len(text),
        "sources": list(batch.sources),
        "columns": list(present),
        "created_ms": batch.created_ms,
        "updated": batch.updated,
    }
    if "confidences" not in present:
        header["confidence"] = facts.confidences[0]
    if batch.origin != OWN:
        header |= batch.origin._asdict()
    payload = b"".join([text, *(_bytes(column) for column in present.values())])
    return canonical(header) + b"\n" + zlib.compress(payload, LEVEL)


def header_of(body: bytes) -> dict[str, Any]:
    """What a body says of its batch."""
    header: dict[str, Any] = json.loads(body[: body.index(b"\n")])
    return header


def decode(body: bytes) -> Batch:
    """The batch of a body.

    Raises:
        CorruptError: `encode` did not write it.
    """
    try:
        header = header_of(body)
        return _decoded(header, zlib.decompress(memoryview(body)[body.index(b"\n") + 1 :]))
    except (ValueError, TypeError, LookupError, zlib.error) as error:
        raise CorruptError(f"a stored batch of facts cannot be read: {error}") from error


def _decoded(header: dict[str, Any], payload: bytes) -> Batch:
    if header["format"] not in (PLAIN, PACKED):
        raise ValueError(f"it has format {header['format']}, and this release reads {PLAIN} and {PACKED}")
    count, at = header["count"], header["text_bytes"]
    terms = payload[:at].decode().split("\n")
    same: dict[str, array[Any]] = {
        "sources": array("H", [0]),
        "flags": array("B", [0]),
        "confidences": array("d", [header.get("confidence", 0.0)]),
        "valid_from": array("q", [ALWAYS]),
        "valid_to": array("q", [FOREVER]),
    }
    columns = {name: column * count for name, column in same.items() if name not in header["columns"]}
    for name in header["columns"]:
        column = array(same[name].typecode if name in same else "H")
        end = at + count * column.itemsize
        column.frombytes(payload[at:end])
        columns[name], at = _native(column), end
    places = max(max(columns[name], default=0) for name in ("subjects", "predicates", "objects"))
    if (
        at != len(payload)
        or any(len(column) != count for column in columns.values())
        or len(terms) != header["terms"]
        or places >= len(terms)
        or max(columns["sources"], default=0) >= len(header["sources"])
    ):
        raise ValueError("its parts do not fit together")
    triples = array("I", bytes(12 * count))
    flags = columns["flags"]
    triples[0::3] = array("I", columns["subjects"])
    triples[1::3] = array(
        "I", [2 * place | flag & NEGATED for place, flag in zip(columns["predicates"], flags, strict=True)]
    )
    triples[2::3] = array("I", columns["objects"])
    return Batch(
        header["id"],
        header["created_ms"],
        header["updated"],
        terms,
        header["sources"],
        Columns(
            triples,
            columns["confidences"],
            array("I", columns["sources"]),
            columns["valid_from"],
            columns["valid_to"],
            bytes(flag >> 1 & 1 for flag in flags),
        ),
        OWN if header["format"] == PLAIN else Origin(header["pack"], header["licence"]),
    )


def _native(column: array[Any]) -> array[Any]:
    if sys.byteorder == "big":
        column.byteswap()
    return column


def _bytes(column: array[Any]) -> bytes:
    return _native(column[:]).tobytes() if sys.byteorder == "big" else column.tobytes()
