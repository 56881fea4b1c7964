"""From ids and ordinals to patterns: what is resident says who exists, the store has the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from pramana.bank.bodies import Bodies
from pramana.bank.resident import Resident
from pramana.bank.retrieve import Ranked
from pramana.bank.rows import EVIDENCE, PATTERN, pattern_of
from pramana.records import DELETED, Hit, Pattern

__all__ = ["Reader"]

Found: TypeAlias = "list[Pattern | None]"

MOST_USED_TAGS = 100


class Reader:
    """Reads the patterns of a settled resident part; `embedder` is the id of that of its vectors."""

    def __init__(self, resident: Resident, bodies: Bodies, embedder: str) -> None:
        self._embedder = embedder
        self._resident = resident
        self._bodies = bodies

    async def patterns(self, ids: Sequence[str]) -> Found:
        """The patterns with these ids, in order; None for those that do not exist."""
        columns = self._resident.columns
        live = [pid for pid in dict.fromkeys(ids) if pid in columns.ordinal_of]
        counted = [pid for pid in live if columns.has_evidence(pid)]
        bodies = dict(zip(live, await self._bodies.read(PATTERN, live), strict=True))
        counts = (
            dict(zip(counted, await self._bodies.read(EVIDENCE, counted), strict=True)) if counted else {}
        )
        patterns = {
            pid: pattern_of(body, counts.get(pid), self._embedder)
            for pid, body in bodies.items()
            if body is not None
        }
        # Another process may have deleted one since the columns were last brought up to date.
        alive = {pid: pattern for pid, pattern in patterns.items() if pattern.status != DELETED}
        return [alive.get(pid) for pid in ids]

    async def hits(self, ranked: Sequence[Ranked]) -> list[Hit]:
        """The hits with their patterns; what was deleted while they were read is left out."""
        ids = self._resident.columns.ids
        # Names are taken before anything is awaited: ordinals are reused.
        named = [(hit, [ids[ordinal] or "" for ordinal in (hit.ordinal, *hit.duplicates)]) for hit in ranked]
        patterns = await self.patterns([names[0] for _, names in named])
        return [
            Hit(pattern, hit.score, hit.similarity, hit.parts, tuple(names[1:]))
            for (hit, names), pattern in zip(named, patterns, strict=True)
            if pattern is not None
        ]

    def counts(self) -> dict[str, Any]:
        """How many there are, by namespace, category and tag (the most used ones)."""
        columns = self._resident.columns
        by_tag = sorted(columns.by_tag.items(), key=lambda item: (-len(item[1]), item[0]))
        return {
            "patterns": len(columns),
            "deleted": len(columns.deleted),
            "categories": _sizes(columns.by_category),
            "namespaces": _sizes(columns.by_namespace),
            "tags": {name: len(members) for name, members in by_tag[:MOST_USED_TAGS]},
        }


def _sizes(sets: Mapping[str, Any]) -> dict[str, int]:
    return {name: len(sets[name]) for name in sorted(sets)}
