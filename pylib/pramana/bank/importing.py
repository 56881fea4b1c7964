"""JSONL to patterns: what `exporting` wrote, or lines of one's own. All is checked before any is written.

The header may be missing, and a line needs `task_description` alone; without an id it gets a fresh one. A
line's `vector` is used if its `embedder` is the bank's own; otherwise the text is embedded.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
import struct
from collections.abc import Awaitable, Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import mul
from typing import Any, TypeAlias

from pramana.bank.bodies import Bodies
from pramana.bank.encode import Encoder
from pramana.bank.exporting import FORMAT
from pramana.bank.rows import (
    EVIDENCE,
    PATTERN,
    evidence_of,
    evidence_row,
    pattern_of,
    pattern_row,
    vector_text,
)
from pramana.bank.validate import STORED_FIELDS, fields_of
from pramana.errors import InputError
from pramana.pace import Pace
from pramana.ports import Clock, Embedder, Row
from pramana.records import ACTIVE, DELETED, SUPERSEDED, Evidence, Pattern, merge_evidence, reading_ms, uuid7
from pramana.standing import to_its_end
from pramana.store.writer import Draft, Intent
from pramana.text.checks import MAX_MS, MAX_NAME, integer, number, refuse, text
from pramana.text.json_input import parse_json
from pramana.text.wording import shown

__all__ = ["CONFLICTS", "Importer"]

BATCH = 500
"""Patterns per commit."""
CONFLICTS = ("newer", "skip", "replace", "error")
DERIVED = ("usage_count", "last_used_ms", "reliability")
"""Fields of `Pattern.to_dict` that follow from others."""
EXPORTED = ("id", "updated", "status", "embedder", "evidence", "vector", *DERIVED)
"""Fields of a line that `store` does not take."""
MAX_AHEAD_MS = 86_400_000
"""How far in the future an imported `updated` may lie: it would win every conflict until then."""
READING = re.compile(r"\d{13}-[0-9a-f]{4}-[0-9a-f]{1,32}")

Submit: TypeAlias = Callable[[Intent, int, "str | None"], Awaitable[Any]]
"""Commits an intent that puts at most so many vectors, under a request id."""
Done: TypeAlias = Callable[[str], Awaitable["str | None"]]
"""The result of a request that was committed before: `RecordStore.done`."""
Counts: TypeAlias = dict[str, int]


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    pattern: Pattern
    has_id: bool
    vector: bytes | None
    has_vector: bool


class Importer:
    """Reads lines, then writes them. Evidence of a pattern that is here already is merged, never lost.

    Args:
        encoder: for what comes without a usable vector.
        embedder: that of the bank.
        clock: wall time.
        bodies: what is stored.
        done: what was committed under a request id.
        on_conflict: for an id that is here (also deleted): "newer" takes the later `updated`, "skip" keeps
            what is here, "replace" takes the line, "error" refuses the file.
    """

    def __init__(
        self,
        encoder: Encoder,
        embedder: Embedder,
        clock: Clock,
        bodies: Bodies,
        done: Done,
        on_conflict: str,
    ) -> None:
        if on_conflict not in CONFLICTS:
            refuse("on_conflict", f"one of {', '.join(CONFLICTS)}", on_conflict)
        self._encoder = encoder
        self._embedder = embedder
        self._clock = clock
        self._bodies = bodies
        self._done = done
        self._on_conflict = on_conflict
        self._line_of: dict[str, int] = {}

    async def run(
        self, lines: str, first_line: int, submit: Submit | None, request_id: str | None = None
    ) -> Counts:
        """Check all `lines`, then write them in commits of `BATCH`; without `submit`, only check.

        A file may come in several runs: an id that was on a line of an earlier one is refused too. Cancelled
        before the first commit, nothing was written; later, the import goes on to its end.

        Args:
            lines: whole lines; the first is number `first_line` of its file.
            first_line: 1 or more; only line 1 may be a header.
            submit: commits.
            request_id: of the whole import; its commits get ids made of it. Those that were committed before
                are neither checked nor written again: their first counts are returned.

        Returns:
            `added`, `updated`, `skipped` (all 0 without `submit`), and `lines`, the patterns read.

        Raises:
            InputError: `details["line"]` is the number of the line that is wrong; nothing was written.
        """
        text("lines", lines, max_chars=1 << 62)
        integer("first_line", first_line, 1, MAX_MS)
        if submit is None:
            return {
                "added": 0,
                "updated": 0,
                "skipped": 0,
                "lines": len(await self._read(lines, first_line, ())),
            }
        ids = _batch_ids(request_id, first_line, lines.count("\n") + 1)
        first = await self._committed(ids)
        work = self._write(lines, first_line, submit, ids, first)
        return await (to_its_end(work) if first else work)

    async def _committed(self, ids: Sequence[str | None]) -> dict[int, Counts]:
        """What each batch that an earlier attempt committed returned, by its index."""
        found = [None if batch_id is None else await self._done(batch_id) for batch_id in ids]
        return {index: json.loads(counts) for index, counts in enumerate(found) if counts is not None}

    async def _write(
        self,
        lines: str,
        first_line: int,
        submit: Submit,
        ids: Sequence[str | None],
        committed: Mapping[int, Counts],
    ) -> Counts:
        read = await self._read(lines, first_line, committed)
        counts = {"added": 0, "updated": 0, "skipped": 0, "lines": len(read)}
        for index, start in enumerate(range(0, len(read), BATCH)):
            if index in committed:
                written = committed[index]
            else:
                work = self._write_batch(read[start : start + BATCH], submit, ids[index])
                # Once one is committed, a cancellation would leave a part of the file.
                written = await (to_its_end(work) if index else work)
            for name, count in written.items():
                counts[name] += count
        return counts

    async def _write_batch(self, batch: Sequence[_Line], submit: Submit, batch_id: str | None) -> Counts:
        unknown = [line for line in batch if not line.has_vector]
        packed = await self._encoder.pack([_text(line.pattern) for line in unknown])
        vectors = {line.number: vector for line, vector in zip(unknown, packed, strict=True)}
        vectors |= {line.number: line.vector for line in batch if line.has_vector}
        written: Counts = await submit(self._intent(batch, vectors), len(batch), batch_id)
        return written

    async def _read(self, lines: str, first_line: int, committed: Container[int]) -> list[_Line]:
        read: list[_Line] = []
        pace = Pace()
        for number_, line in enumerate(lines.split("\n"), first_line):
            await pace()
            if not line.strip():
                continue
            try:
                record = parse_json(line, "line")
                if number_ == 1 and isinstance(record, dict) and "pramana" in record:
                    _check_header(record["pramana"])
                    continue
                parsed = self._parse(number_, record)
                before = self._line_of.setdefault(parsed.pattern.id, number_) if parsed.has_id else number_
                if before != number_:
                    refuse("id", "on one line only", parsed.pattern.id, got=f"it on line {before} too")
            except InputError as error:
                error.details.pop("index", None)
                raise InputError(
                    f"line {number_}: {error.message}", **{**error.details, "line": number_}
                ) from error
            read.append(parsed)
        if self._on_conflict == "error":
            for index, start in enumerate(range(0, len(read), BATCH)):
                if index not in committed:
                    await self._refuse_known(read[start : start + BATCH])
        return read

    def _parse(self, number_: int, record: Any) -> _Line:
        if not isinstance(record, dict):
            refuse("line", "a JSON object", record)
        own = {name: value for name, value in record.items() if name in STORED_FIELDS}
        extra = {
            name: value for name, value in record.items() if name not in STORED_FIELDS and name not in DERIVED
        }
        pid, updated = extra.pop("id", None), extra.pop("updated", "")
        status, embedder = extra.pop("status", ACTIVE), extra.pop("embedder", "")
        evidence, has_vector, encoded = (
            extra.pop("evidence", {}),
            "vector" in extra,
            extra.pop("vector", None),
        )
        fields = fields_of(
            {**own, **extra}, others=EXPORTED
        )  # what is left over is unknown, and refused there
        now = self._clock.now_ms()
        if pid is not None:
            text("id", pid, max_chars=MAX_NAME, filled=True)
        text("embedder", embedder, max_chars=MAX_NAME)
        if status not in (ACTIVE, SUPERSEDED):
            refuse("status", f"{ACTIVE!r} or {SUPERSEDED!r}", status)
        if updated != "":
            if not isinstance(updated, str) or not READING.fullmatch(updated):
                refuse("updated", "a clock reading as exported, or nothing", updated)
            if reading_ms(updated) > now + MAX_AHEAD_MS:
                refuse("updated", "at most a day in the future", updated)
        usable = has_vector and embedder == self._embedder.id
        vector = self._encoder.slot.blob(_vector(encoded, self._embedder.dim)) if usable else None
        pattern = Pattern(
            id=pid if pid is not None else uuid7(now),
            updated=updated,
            status=status,
            embedder=self._embedder.id,
            evidence=_evidence(evidence),
            **{"created_ms": now, **fields},
        )
        return _Line(number_, pattern, pid is not None, vector, usable)

    async def _refuse_known(self, batch: Sequence[_Line]) -> None:
        named = [line for line in batch if line.has_id]
        found = await self._bodies.read(PATTERN, [line.pattern.id for line in named])
        for line, body in zip(named, found, strict=True):
            if body is not None:
                raise _known(line)

    def _intent(self, batch: Sequence[_Line], vectors: Mapping[int, bytes | None]) -> Intent:
        async def intent(draft: Draft) -> dict[str, int]:
            counts = {"added": 0, "updated": 0, "skipped": 0}
            ids = [line.pattern.id for line in batch]
            rows = await draft.rows(PATTERN, ids)
            kept = await draft.rows(EVIDENCE, ids)
            pace = Pace()
            for line, row, counted in zip(batch, rows, kept, strict=True):
                here = pattern_of(row.body, None) if row is not None and row.body is not None else None
                counts[self._put(draft, line, vectors[line.number], here, counted)] += 1
                await pace()
            return counts

        return intent

    def _put(
        self, draft: Draft, line: _Line, vector: bytes | None, here: Pattern | None, counted: Row | None
    ) -> str:
        """Write one line into the draft if it wins; return what it counts as."""
        theirs = line.pattern
        if here is not None:
            if self._on_conflict == "error":
                raise _known(line)
            wins = self._on_conflict == "replace" or (
                self._on_conflict == "newer" and theirs.updated > here.updated
            )
            if not wins:
                if self._on_conflict == "newer" and here.status != DELETED:
                    _put_evidence(draft, theirs, counted)
                return "skipped"
        draft.put(pattern_row(replace(theirs, updated=theirs.updated or draft.hlc), vector))
        _put_evidence(draft, theirs, counted, again=here is not None and here.status == DELETED)
        return "added" if here is None or here.status == DELETED else "updated"


def _batch_ids(request_id: str | None, first_line: int, lines: int) -> list[str | None]:
    """Enough for `lines`; the place in the file is part of each, since its runs may come under one request id."""
    return [
        None if request_id is None else f"{request_id}:{first_line}.{start}"
        for start in range(0, lines, BATCH)
    ]


def _known(line: _Line) -> InputError:
    return InputError(
        f"line {line.number}: the pattern {line.pattern.id} is here already", field="id", line=line.number
    )


def _text(pattern: Pattern) -> str:
    return vector_text(pattern.title, pattern.task_description)


def _put_evidence(draft: Draft, theirs: Pattern, counted: Row | None, *, again: bool = False) -> None:
    """Merge the counts; write them only if that changes something, or `again` for a pattern that comes back."""
    mine = evidence_of(counted.body if counted is not None else None)
    merged = merge_evidence(mine, theirs.evidence)
    if merged != mine or (again and merged):
        draft.put(evidence_row(theirs.id, merged, draft.hlc))


def _check_header(header: Any) -> None:
    version = header.get("format") if isinstance(header, dict) else None
    if version != FORMAT:
        raise InputError(
            f"the file's format must be {FORMAT}, which this release reads; got {shown(version)}",
            field="format",
        )


def _evidence(value: Any) -> Evidence:
    accepted = "an object {device: [success, failure, uses, last_used_ms]} with numbers of at least 0"
    if not isinstance(value, dict) or len(value) > 1000:
        refuse("evidence", accepted, value)
    checked: Evidence = {}
    for device, counts in value.items():
        text("evidence", device, max_chars=MAX_NAME, filled=True)
        if not isinstance(counts, list) or len(counts) != 4:
            refuse("evidence", accepted, counts)
        for count in counts[:2]:
            number("evidence", count, 0, 1e15)
        integer("evidence", counts[2], 0, 10**15)
        integer("evidence", counts[3], 1, MAX_MS)
        checked[device] = list(counts)
    return checked


def _vector(encoded: Any, dim: int) -> bytes | None:
    """Decode a packed vector; one that is not of unit length would turn up with a false similarity."""
    accepted = (
        f"null, or {dim + 4} bytes in base64: {dim} int8 and the scale that makes a unit vector of them"
    )
    if encoded is None:
        return None
    try:
        packed = base64.b64decode(encoded if isinstance(encoded, str) else b"!", validate=True)
    except (binascii.Error, ValueError):
        refuse("vector", accepted, encoded)
    if len(packed) != dim + 4:
        refuse("vector", accepted, encoded)
    (scale,) = struct.unpack("<f", packed[dim:])
    row = memoryview(packed)[:dim].cast("b").tolist()
    if not math.isfinite(scale) or abs(scale * math.sqrt(sum(map(mul, row, row))) - 1.0) > 1e-3:
        refuse("vector", accepted, encoded)
    return packed
