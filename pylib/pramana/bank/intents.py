"""What each write puts into a commit. An intent may run again when another process was first, and starts afresh."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pramana.bank.embedders import Embedders
from pramana.bank.rows import (
    EVIDENCE,
    PATTERN,
    evidence_of,
    evidence_row,
    pattern_of,
    pattern_row,
    vector_text,
)
from pramana.errors import NotFoundError
from pramana.pace import Pace
from pramana.ports import Clock, Row
from pramana.records import DELETED, HybridClock, Pattern, uuid7
from pramana.store.writer import Draft, Intent

__all__ = ["not_found", "to_announce", "to_count", "to_delete", "to_purge", "to_store", "to_update"]

VectorsOf = Callable[[Pattern], Awaitable[dict[str, "bytes | None"]]]
"""Embeds the text of a pattern: `{vector_text: packed}`."""


def to_store(
    cleaned: Sequence[Mapping[str, Any]], vectors: Sequence[bytes | None], clock: Clock, embedder_id: str
) -> Intent:
    """Store patterns of checked fields; the result is their ids."""

    async def intent(draft: Draft) -> list[str]:
        ids, pace = [], Pace()
        for fields, vector in zip(cleaned, vectors, strict=True):
            now = clock.now_ms()
            given = {"created_ms": now, **fields}
            pattern = Pattern(id=uuid7(now), updated=draft.hlc, embedder=embedder_id, **given)
            draft.put(pattern_row(pattern, vector))
            ids.append(pattern.id)
            await pace()
        return ids

    return intent


def to_update(
    pid: str, changes: Mapping[str, Any], prepared: Mapping[str, bytes | None], vectors_of: VectorsOf
) -> Intent:
    """Change the given fields; `prepared` holds the vector if the text is what it was when that was made."""

    async def intent(draft: Draft) -> None:
        row, before = await _live(draft, pid)
        after = replace(before, **changes, updated=HybridClock.later(draft.hlc, before.updated))
        wanted, vector = vector_text(after.title, after.task_description), row.vector
        if wanted != vector_text(before.title, before.task_description):
            known = prepared if wanted in prepared else await vectors_of(after)
            vector = known[wanted]
        draft.put(pattern_row(after, vector))

    return intent


def to_delete(pid: str) -> Intent:
    """Leave a tombstone."""

    async def intent(draft: Draft) -> None:
        _, before = await _live(draft, pid)
        after = replace(before, status=DELETED, updated=HybridClock.later(draft.hlc, before.updated))
        draft.put(pattern_row(after, None), "delete")

    return intent


def to_purge(pid: str) -> Intent:
    """Remove all versions of the text, and the counts."""

    async def intent(draft: Draft) -> None:
        row = await draft.row(PATTERN, pid)
        if row is None or row.body is None:
            raise not_found([pid])
        draft.purge(PATTERN, pid)
        if await draft.row(EVIDENCE, pid) is not None:
            draft.purge(EVIDENCE, pid)

    return intent


def to_count(ids: Sequence[str], success: bool | None, clock: Clock, device: str) -> Intent:
    """Count one use of each, on this device."""

    async def intent(draft: Draft) -> None:
        rows = await draft.rows(PATTERN, ids)
        missing = [pid for pid, row in zip(ids, rows, strict=True) if _pattern(row) is None]
        if missing:
            raise not_found(missing)
        now = clock.now_ms()
        for pid, row in zip(ids, await draft.rows(EVIDENCE, ids), strict=True):
            evidence = evidence_of(row.body if row is not None else None)
            good, bad, uses, last = evidence.get(device, [0, 0, 0, 0])
            evidence[device] = [good + (success is True), bad + (success is False), uses + 1, max(last, now)]
            draft.put(evidence_row(pid, evidence, draft.hlc))

    return intent


def to_announce(known: Callable[[], Embedders], change: Callable[[Embedders], Embedders]) -> Intent:
    """Change what the database says of its embedders; `known` is that as of the commit before."""

    async def intent(draft: Draft) -> None:
        before = known()
        after = change(before)
        if after != before:
            draft.put(after.row(draft.hlc))

    return intent


def not_found(ids: Sequence[str]) -> NotFoundError:
    """The error for patterns that do not exist; `details["ids"]` has all of them."""
    named = ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")
    return NotFoundError(f"there is no pattern {named}", ids=list(ids))


def _pattern(row: Row | None) -> Pattern | None:
    """The pattern of a row that is neither purged nor a tombstone."""
    if row is None or row.body is None:
        return None
    pattern = pattern_of(row.body, None)
    return None if pattern.status == DELETED else pattern


async def _live(draft: Draft, pid: str) -> tuple[Row, Pattern]:
    row = await draft.row(PATTERN, pid)
    pattern = _pattern(row)
    if row is None or pattern is None:
        raise not_found([pid])
    return row, pattern
