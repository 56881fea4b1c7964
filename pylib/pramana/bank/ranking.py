"""How a pool of candidates becomes a ranking: the weights, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass, fields

from pramana.errors import InputError

__all__ = ["FIELD_WEIGHTS", "Ranking"]

FIELD_WEIGHTS = {"title": 2.0, "task_description": 3.0, "tags": 1.5, "strategy": 1.0, "content": 1.0}
"""BM25F field weights; `content` is description and content. They are part of a stored index."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The weights of `find_similar`; those of the score are normalised to sum to 1.

    `score = relevance·r + recency·2^(−age/half_life) + reliability·mean(Beta) [+ category·(category
    matches)]`, where `r` is `semantic·z(cosine) + (1 − semantic)·z(bm25)` scaled to [0, 1] over the pool, age
    counts from the last update or use, and the category term takes part only when `prefer_category` is given.
    """

    relevance: float = 0.85
    recency: float = 0.05
    reliability: float = 0.10
    category: float = 0.10
    semantic: float = 0.5
    half_life_days: float = 30.0
    diversity: float = 0.7
    """λ of maximal marginal relevance; 1.0 orders by score alone."""
    candidates: int = 200
    """At least this many are taken by cosine and by BM25 each, and at least 10·k."""

    def __post_init__(self) -> None:
        for weight in fields(self):
            value = getattr(self, weight.name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
                raise InputError(f"ranking.{weight.name} must be a number of at least 0", field=weight.name)
        for name in ("semantic", "diversity"):
            if getattr(self, name) > 1:
                raise InputError(f"ranking.{name} must be from 0 to 1", field=name)
        if self.relevance + self.recency + self.reliability <= 0:
            raise InputError(
                "ranking: one of relevance, recency and reliability must be above 0", field="relevance"
            )
        if self.half_life_days <= 0:
            raise InputError("ranking.half_life_days must be above 0", field="half_life_days")
        if not isinstance(self.candidates, int) or not 1 <= self.candidates <= 10_000:
            raise InputError("ranking.candidates must be an integer from 1 to 10,000", field="candidates")
