"""A pattern as a store keeps it, and back; and the texts by which it is found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pramana.ports import Row
from pramana.records import Evidence, Pattern, body_hash, evidence_body

__all__ = [
    "EVIDENCE",
    "KINDS",
    "PATTERN",
    "document",
    "evidence_of",
    "evidence_row",
    "pattern_of",
    "pattern_row",
    "vector_text",
]

PATTERN, EVIDENCE = "pattern", "evidence"
KINDS = (EVIDENCE, PATTERN)
"""What a bank keeps, in the order in which it is read."""


def vector_text(title: str, task_description: str) -> str:
    """What the vector of a memory is of."""
    return f"{title}. {task_description}" if title else task_description


def document(record: Mapping[str, Any]) -> list[str]:
    """The texts of the BM25 fields, in the order of `ranking.FIELD_WEIGHTS`."""
    described = (
        f"{record['description']}\n{record['content']}" if record["description"] else record["content"]
    )
    return [
        record["title"],
        record["task_description"],
        "\n".join(record["tags"]),
        record["strategy"],
        described,
    ]


def pattern_row(pattern: Pattern, vector: bytes | None) -> Row:
    """The row of a pattern; `vector` is what `Slot.blob` made, None where the embedder knows nothing of the text."""
    body = pattern.body()
    return Row(
        kind=PATTERN,
        id=pattern.id,
        body=body,
        body_hash=body_hash(body),
        vector=vector,
        namespace=pattern.namespace,
        category=pattern.task_category,
        updated=pattern.updated,
    )


def evidence_row(pattern_id: str, evidence: Evidence, updated: str) -> Row:
    """The row that counts how a pattern served."""
    body = evidence_body(pattern_id, evidence)
    return Row(kind=EVIDENCE, id=pattern_id, body=body, body_hash=body_hash(body), updated=updated)


def pattern_of(body: bytes, evidence: bytes | None, embedder: str | None = None) -> Pattern:
    """Rebuild a pattern from its two bodies; its embedder is that of when it was written, if no other is given."""
    record = {**json.loads(body), "evidence": evidence_of(evidence)}
    return Pattern.from_dict(record if embedder is None else {**record, "embedder": embedder})


def evidence_of(body: bytes | None) -> Evidence:
    """The counts in an evidence body; none without one."""
    if body is None:
        return {}
    evidence: Evidence = json.loads(body)["evidence"]
    return evidence
