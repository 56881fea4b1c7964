"""What is stored and returned: patterns, hits, identifiers, clocks and the canonical bytes that are hashed."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "ACTIVE",
    "DELETED",
    "SUPERSEDED",
    "Evidence",
    "Hit",
    "HybridClock",
    "Page",
    "Pattern",
    "SystemClock",
    "body_hash",
    "canonical",
    "evidence_body",
    "merge_evidence",
    "reading_ms",
    "uuid7",
]

ACTIVE, SUPERSEDED, DELETED = "active", "superseded", "deleted"

Evidence = dict[str, list[float]]
"""`{device: [success, failure, uses, last_used_ms]}`: counts per device, so that two devices merge without loss."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One memory of a ReasoningBank (Ouyang et al., 2025): a task, what was done, and how well it went.

    Times are milliseconds since 1970 UTC; `updated` is a hybrid logical clock reading, ordered as text.
    """

    id: str
    task_description: str
    namespace: str = "default"
    task_category: str = "general"
    strategy: str = ""
    title: str = ""
    description: str = ""
    content: str = ""
    success_score: float = 0.5
    tags: tuple[str, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)
    source: tuple[str, ...] = ()
    created_ms: int = 0
    updated: str = ""
    status: str = ACTIVE
    embedder: str = ""
    evidence: Evidence = field(default_factory=dict)

    @property
    def usage_count(self) -> int:
        """How often `used()` named it, over all devices."""
        return int(sum(counts[2] for counts in self.evidence.values()))

    @property
    def last_used_ms(self) -> int | None:
        """When `used()` last named it, on any device."""
        return max((int(counts[3]) for counts in self.evidence.values()), default=None)

    @property
    def reliability(self) -> float:
        """Mean of the Beta posterior over success; `success_score` counts as two observations."""
        return posterior_mean(
            self.success_score,
            sum(counts[0] for counts in self.evidence.values()),
            sum(counts[1] for counts in self.evidence.values()),
        )

    def to_dict(self) -> dict[str, Any]:
        """The record as JSON values, with the derived `usage_count`, `last_used_ms` and `reliability`."""
        return {
            **{name: getattr(self, name) for name in self.__dataclass_fields__},
            "tags": list(self.tags),
            "source": list(self.source),
            "metadata": deepcopy(self.metadata) if self.metadata else {},
            "evidence": {device: list(counts) for device, counts in self.evidence.items()},
            "usage_count": self.usage_count,
            "last_used_ms": self.last_used_ms,
            "reliability": self.reliability,
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Pattern:
        """The inverse of `to_dict`; derived and unknown keys are left out."""
        known = {name: record[name] for name in cls.__dataclass_fields__ if name in record}
        known["tags"] = tuple(known.get("tags", ()))
        known["source"] = tuple(known.get("source", ()))
        return cls(**known)

    def body(self) -> bytes:
        """The canonical bytes that the journal hashes; evidence has a record of its own."""
        return canonical(
            {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "evidence"}
        )


def evidence_body(pattern_id: str, evidence: Evidence) -> bytes:
    """The canonical bytes of a pattern's evidence, a record of its own: counting a use does not rewrite the text."""
    return canonical({"id": pattern_id, "evidence": evidence})


def merge_evidence(mine: Evidence, theirs: Evidence) -> Evidence:
    """Merge counts: each device only ever counts up, so the greater number is the later one."""
    merged = {device: list(counts) for device, counts in mine.items()}
    for device, counts in theirs.items():
        merged[device] = [max(pair) for pair in zip(merged.get(device, counts), counts, strict=True)]
    return merged


PRIOR_STRENGTH = 2.0


def posterior_mean(prior: float, success: float, failure: float) -> float:
    """Mean of Beta(2·prior + success, 2·(1 − prior) + failure)."""
    return (PRIOR_STRENGTH * prior + success) / (PRIOR_STRENGTH + success + failure)


@dataclass(frozen=True, slots=True)
class Hit:
    """A memory found, and why.

    `score` (higher is better) orders the pool of one query and is not comparable between queries; `similarity` is
    the cosine in [−1, 1], which is: 0.0 where either text holds no token the embedder knows. `parts` explains both.
    `duplicates` are the ids of memories with the same normalised task that this one stands for.
    """

    pattern: Pattern
    score: float
    similarity: float
    parts: dict[str, float]
    duplicates: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The hit as JSON values."""
        return {
            "pattern": self.pattern.to_dict(),
            "score": self.score,
            "similarity": self.similarity,
            "parts": dict(self.parts),
            "duplicates": list(self.duplicates),
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Hit:
        """The inverse of `to_dict`."""
        return cls(
            Pattern.from_dict(record["pattern"]),
            record["score"],
            record["similarity"],
            dict(record["parts"]),
            tuple(record["duplicates"]),
        )


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a listing. Pass `cursor` to `list()` for the next part; None at the end."""

    patterns: tuple[Pattern, ...]
    cursor: str | None

    def to_dict(self) -> dict[str, Any]:
        """The page as JSON values."""
        return {"patterns": [pattern.to_dict() for pattern in self.patterns], "cursor": self.cursor}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Page:
        """The inverse of `to_dict`."""
        return cls(tuple(Pattern.from_dict(pattern) for pattern in record["patterns"]), record["cursor"])


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, UTF-8: equal values have equal bytes.

    Raises:
        ValueError: a float is not finite; UnicodeEncodeError (a ValueError) for lone surrogates.
    """
    return _CANONICAL.encode(value).encode()


def body_hash(body: bytes) -> str:
    """SHAKE-256 with 256 bits of output, in hexadecimal."""
    return hashlib.shake_256(body).hexdigest(32)


_last_uuid = 0


def uuid7(now_ms: int) -> str:
    """A UUIDv7 (RFC 9562): 48 bits of time, then a 12-bit and a 62-bit random part.

    Within this thread each one is greater than the last, also within a millisecond and when the clock steps back: by
    a random step then, so that another thread, or a forked process, that starts at the same one takes other steps.
    """
    global _last_uuid
    fresh = (now_ms & (1 << 48) - 1) << 74 | int.from_bytes(os.urandom(10)) >> 6
    _last_uuid = fresh if fresh > _last_uuid else _last_uuid + 1 + int.from_bytes(os.urandom(6))
    time_and_a, b = _last_uuid >> 62, _last_uuid & (1 << 62) - 1
    value = (time_and_a >> 12) << 80 | 7 << 76 | (time_and_a & 0xFFF) << 64 | 2 << 62 | b
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class SystemClock:
    """The machine's wall clock."""

    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC."""
        return time.time_ns() // 1_000_000


class HybridClock:
    """A hybrid logical clock (Kulkarni et al., 2014): wall time that never runs backwards, and orders what it saw.

    A reading is `<13 digits of ms>-<4 hex digits of counter>-<device>`; readings compare as text.
    """

    def __init__(self, device: str) -> None:
        self.device = device
        self._ms = 0
        self._counter = 0

    def read(self, now_ms: int) -> str:
        """Return the next reading, later than every one read or seen."""
        if now_ms > self._ms:
            self._ms, self._counter = now_ms, 0
        else:
            self._counter += 1
            if self._counter > 0xFFFF:
                self._ms, self._counter = self._ms + 1, 0
        return f"{self._ms:013d}-{self._counter:04x}-{self.device}"

    def see(self, reading: str) -> None:
        """Take note of another clock's reading."""
        if not reading:
            return
        ms, counter, _ = reading.split("-", 2)
        self._ms, self._counter = max((self._ms, self._counter), (int(ms), int(counter, 16)))

    @classmethod
    def later(cls, reading: str, earlier: str) -> str:
        """Return `reading`, or the next one of its device after `earlier` where that is not later."""
        if reading > earlier:
            return reading
        clock = cls(reading.split("-", 2)[2])
        clock.see(earlier)
        return clock.read(0)


def reading_ms(reading: str) -> int:
    """The wall time in a clock reading; 0 for none."""
    return int(reading[:13]) if reading else 0
