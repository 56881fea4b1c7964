"""Rows on their way between Python and a page's IndexedDB: JSON for what is text, one run of bytes for the rest.

A row is a JSON array; its byte strings follow each other in the run, in the order of the rows, and the array holds
their lengths (−1 for none). The twin is web/src/packing.js.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from pramana.ports import Row

__all__ = ["AT_ONCE", "Packer", "rows_from_json"]

T = TypeVar("T")

AT_ONCE = 256
"""Rows between two breaks for the event loop: JSON of 5,000 rows takes a quarter of a second in a page."""

_texts = attrgetter("kind", "id", "body_hash", "namespace", "category", "updated")


class Packer:
    """Gathers byte strings while the JSON that tells their lengths is written."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def place(self, part: bytes | None) -> int:
        """Add a byte string and return its length, −1 for none."""
        if part is None:
            return -1
        self._parts.append(part)
        return len(part)

    def row(self, row: Row) -> list[Any]:
        """The row as written by a commit, whose body is written apart."""
        return [*_texts(row), self.place(row.vector)]

    async def batches(self, items: Sequence[T], packed: Callable[[T], list[Any]]) -> str:
        """JSON of all items in arrays of at most `AT_ONCE`; the event loop runs in between."""
        texts = []
        for start in range(0, len(items), AT_ONCE):
            if start:
                await asyncio.sleep(0)
            batch = items[start : start + AT_ONCE]
            texts.append(json.dumps([packed(item) for item in batch], ensure_ascii=False))
        return f"[{','.join(texts)}]"

    def joined(self) -> bytes:
        """All byte strings, end to end."""
        return b"".join(self._parts)


def rows_from_json(listed: Iterable[Sequence[Any] | None], data: bytes) -> list[Row | None]:
    """The rows that web/src/packing.js packed, with their bodies; None where it found none."""
    at = 0

    def cut(length: int) -> bytes | None:
        nonlocal at
        if length < 0:
            return None
        at += length
        return data[at - length : at]

    rows: list[Row | None] = []
    for item in listed:
        if item is None:
            rows.append(None)
            continue
        kind, id, digest, namespace, category, updated, vector_size, body_size = item
        vector, body = cut(vector_size), cut(body_size)
        rows.append(Row(kind, id, body, digest, vector, namespace, category, updated))
    return rows
