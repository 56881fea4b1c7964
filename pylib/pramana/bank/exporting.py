"""A bank as JSONL: one pattern per line, for backups and for moving between embedders, machines and pages.

The first line is `{"pramana": {"format": 1, "embedder": …, "dim": …, "exported_ms": …}}`. Each other line is
a pattern's fields, with its evidence, and `vector`: the packed vector in base64, or null where the embedder
knew nothing of the text. Deleted patterns are left out.
"""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator

from pramana.bank.embedders import Slot
from pramana.bank.rows import EVIDENCE, PATTERN, evidence_of
from pramana.errors import CorruptError
from pramana.pace import Pace
from pramana.ports import Embedder, RecordStore, Row
from pramana.records import DELETED

__all__ = ["CHUNK_CHARS", "FORMAT", "lines_of"]

FORMAT = 1
CHUNK_CHARS = 128 * 1024
"""Lines are handed on in strings of about this size; in UTF-8 most stay under 256 KiB."""


async def lines_of(store: RecordStore, embedder: Embedder, slot: Slot, now_ms: int) -> AsyncIterator[str]:
    """Yield the header and all patterns, as of one moment, in strings of whole lines near `CHUNK_CHARS`.

    Vectors are those in `slot`, which are `embedder`'s.

    Raises:
        CorruptError: a record cannot be read.
    """
    header = {"format": FORMAT, "embedder": embedder.id, "dim": embedder.dim, "exported_ms": now_ms}
    lines, size = [json.dumps({"pramana": header}, ensure_ascii=False)], 0
    evidence: dict[str, bytes] = {}
    pace = Pace()
    async for rows in store.scan():
        for row in rows:
            if row.kind == EVIDENCE and row.body is not None:
                evidence[row.id] = row.body  # kinds come in alphabetical order: evidence before patterns
            if row.kind != PATTERN or row.body is None:
                continue
            line = _line(row, evidence.pop(row.id, None), embedder.id, slot)
            if line is None:
                continue
            lines.append(line)
            size += len(line)
            if size >= CHUNK_CHARS:
                yield "\n".join(lines) + "\n"
                lines, size = [], 0
            await pace()
    if lines:
        yield "\n".join(lines) + "\n"


def _line(row: Row, evidence: bytes | None, embedder: str, slot: Slot) -> str | None:
    """One line of the export; None for a deleted pattern."""
    try:
        record = json.loads(row.body or b"")
        if record["status"] == DELETED:
            return None
        record["evidence"] = evidence_of(evidence)
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptError(f"the record {row.id} cannot be read: {error}", id=row.id) from error
    vector = slot.vector(row.vector)
    # The body names the embedder of when it was written.
    record |= {"embedder": embedder, "vector": None if vector is None else base64.b64encode(vector).decode()}
    return json.dumps(record, ensure_ascii=False)
