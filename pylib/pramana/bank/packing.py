"""Columns to bytes and back, for a snapshot.

Layout, little endian: u32 length of the header; the header, JSON in UTF-8 (what the index was built with,
ids, names); then the columns of `COLUMNS` one after another, `n` items each, then the order. Times and counts
are columns; names are codes into the header's tables, which hold names in use only: what was purged leaves no
trace.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from pramana.bank.columns import Columns
from pramana.errors import CorruptError
from pramana.index.ordinals import Ordinals, OrdinalSet

__all__ = ["pack", "unpack"]

Name = TypeVar("Name")

COLUMNS = (
    ("text_key", "Q"),
    ("created_ms", "q"),
    ("updated_ms", "q"),
    ("last_used_ms", "q"),
    ("touched_ms", "q"),
    ("success_score", "d"),
    ("success", "d"),
    ("failure", "d"),
    ("reliability", "d"),
)
CODES = ("namespace", "category", "tags")


def pack(columns: Columns, recipe: dict[str, Any]) -> Callable[[], bytes]:
    """Copy the columns now; the function returned encodes the copy, at leisure.

    Args:
        columns: what to keep.
        recipe: what the indexes were built with; `unpack` asks for the same.
    """
    tables: dict[str, list[Any]] = {}
    data = [getattr(columns, name).tobytes() for name, _ in COLUMNS]
    for name in CODES:
        codes, tables[name] = _encode(getattr(columns, name), columns.ids)
        data.append(codes.tobytes())
    data.append(columns.in_order().tobytes())
    header = {
        "recipe": recipe,
        "ids": list(columns.ids),
        "tables": tables,
        "deleted": sorted(columns.deleted),
        "not_active": list(columns.not_active),
        "without_vector": list(columns.without_vector),
    }

    def encode() -> bytes:
        text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
        return b"".join([len(text).to_bytes(4, "little"), text, *data])

    return encode


async def unpack(data: bytes, recipe: dict[str, Any], pause: Callable[[], Awaitable[None]]) -> Columns | None:
    """Rebuild the columns; None if they were built with another recipe. `pause` is awaited between the steps.

    Raises:
        CorruptError: the bytes are not what `pack` writes.
    """
    try:
        size = int.from_bytes(data[:4], "little")
        header = json.loads(data[4 : 4 + size])
        if header["recipe"] != recipe:
            return None
        columns = Columns()
        at = _read_arrays(columns, data, 4 + size, len(header["ids"]))
        await pause()
        at = _read_names(columns, data, at, header)
        order = array("I", data[at:])
        if len(order) != len(columns.ordinal_of):
            raise CorruptError("the snapshot's order does not fit its patterns", segment="columns")
        columns.order = order
        await pause()
        for name, sets in (("namespace", columns.by_namespace), ("category", columns.by_category)):
            _group(columns, getattr(columns, name), sets)
            await pause()
        _group_tags(columns)
        await pause()
        for ordinal in columns.ordinal_of.values():
            columns.by_text.setdefault(columns.text_key[ordinal], []).append(ordinal)
        columns.deleted = set(header["deleted"])
        columns.not_active = OrdinalSet.of(header["not_active"])
        columns.without_vector = OrdinalSet.of(header["without_vector"])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise CorruptError(f"the snapshot's columns cannot be read: {error}", segment="columns") from error
    return columns


def _encode(values: Sequence[Name], ids: Sequence[str | None]) -> tuple[array[int], list[Name]]:
    """Return a code per value, and the table of those that belong to a pattern; code 0 is the first of the table."""
    codes: dict[Name, int] = {}
    encoded = array(
        "I",
        [
            0 if pid is None else codes.setdefault(value, len(codes))
            for value, pid in zip(values, ids, strict=True)
        ],
    )
    return encoded, list(codes)


def _read_arrays(columns: Columns, data: bytes, at: int, n: int) -> int:
    if sys.byteorder != "little":
        raise CorruptError("snapshots are little endian; this machine is not", segment="columns")
    for name, typecode in COLUMNS:
        column = array(typecode, data[at : at + n * 8])
        if len(column) != n:
            raise CorruptError(f"the snapshot's column {name} is cut short", segment="columns")
        setattr(columns, name, column)
        at += n * 8
    return at


def _read_names(columns: Columns, data: bytes, at: int, header: dict[str, Any]) -> int:
    ids: list[str | None] = header["ids"]
    columns.ids = ids
    columns.ordinal_of = {pid: ordinal for ordinal, pid in enumerate(ids) if pid is not None}
    columns.ordinals = Ordinals(len(ids), [ordinal for ordinal, pid in enumerate(ids) if pid is None])
    for name in CODES:
        codes = array("I", data[at : at + len(ids) * 4])
        table: list[Any] = header["tables"][name]
        if name == "tags":
            table = [columns.shared(tuple(map(columns.shared, tags))) for tags in table] or [()]
        else:
            table = [columns.shared(value) for value in table] or [""]
        setattr(columns, name, [table[code] for code in codes])
        at += len(ids) * 4
    return at


def _group(columns: Columns, names: list[str], sets: dict[str, OrdinalSet]) -> None:
    groups: dict[str, list[int]] = {}
    for ordinal in columns.ordinal_of.values():
        groups.setdefault(names[ordinal], []).append(ordinal)
    for name, members in groups.items():
        sets[name] = OrdinalSet.of(members)


def _group_tags(columns: Columns) -> None:
    groups: dict[str, list[int]] = {}
    for ordinal in columns.ordinal_of.values():
        for tag in columns.tags[ordinal]:
            groups.setdefault(tag, []).append(ordinal)
    for tag, members in groups.items():
        columns.by_tag[tag] = OrdinalSet.of(members)
