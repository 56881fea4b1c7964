"""Caches under a clock that moves when told, and what is put into them."""

from __future__ import annotations

from typing import Any

from pramana.reason.cache import AnswerCache, CacheKey, Versions
from pramana.reason.similar import Asked

START_MS = 1_750_000_000_000
NOW = Versions(7, 3)
ASKED = Asked((0.6, 0.8), ("hamlet",), "factual")


class Clock:
    def __init__(self) -> None:
        self.now = START_MS

    def now_ms(self) -> int:
        return self.now


def key(query: str, options: str = "{}") -> CacheKey:
    return CacheKey(query, options)


def answer_of(words: int) -> dict[str, Any]:
    return {"verdict": "unknown", "confidence": 0.0, "trace": [f"step {n}" for n in range(words)]}


def make(**options: Any) -> tuple[AnswerCache[Any], Clock]:
    clock = Clock()
    return AnswerCache(clock, **options), clock
