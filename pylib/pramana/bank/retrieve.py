"""A pool to hits: fused, weighed, collapsed to one per text, diversified. Synchronous; writes nothing."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pramana.bank.candidates import Pool, Question, gather
from pramana.bank.columns import Columns
from pramana.bank.ranking import Ranking
from pramana.index.diversity import maximal_marginal_relevance
from pramana.index.fusion import Scale, fuse, min_max
from pramana.kernels.interfaces import Bm25Like, VectorIndexLike
from pramana.text.normalise import text_key

__all__ = ["Ranked", "rank"]

DAY_MS = 86_400_000.0


class Ranked(NamedTuple):
    """A hit by ordinal; `duplicates` are the other allowed ordinals with the same normalised task."""

    ordinal: int
    score: float
    similarity: float
    parts: dict[str, float]
    duplicates: list[int]


def rank(
    columns: Columns,
    vectors: VectorIndexLike,
    postings: Bm25Like,
    ranking: Ranking,
    question: Question,
    now_ms: int,
) -> list[Ranked]:
    """Return at most `k` hits with distinct texts: an exact match first, then by marginal relevance."""
    pool = gather(columns, vectors, postings, ranking.candidates, question)
    if not pool.ordinals:
        return []
    cosines, bm25s = Scale.of(pool.cosine), Scale.of(pool.bm25)
    relevance = min_max(fuse(pool.cosine, cosines, pool.bm25, bm25s, ranking.semantic))
    weighing = _Weighing(columns, ranking, question.prefer_category, now_ms)
    scores = weighing.scores(pool.ordinals, relevance)
    exact_key = text_key(question.text)
    best, first = _one_per_text(columns, pool, scores, exact_key, max(50, 4 * question.k))
    chosen = maximal_marginal_relevance(
        [scores[at] for at in best],
        _similarities(columns, vectors, [pool.ordinals[at] for at in best]),
        question.k,
        trade_off=ranking.diversity,
        first=first,
    )
    hits = []
    for item, marginal in chosen:
        at = best[item]
        ordinal, cosine, bm25 = pool.ordinals[at], pool.cosine[at], pool.bm25[at]
        key = columns.text_key[ordinal]
        parts = {
            "exact": 1.0 if key == exact_key else 0.0,
            "cosine": cosine,
            "bm25": bm25,
            "z_cosine": cosines.z(cosine),
            "z_bm25": bm25s.z(bm25),
            "relevance": relevance[at],
            "recency": weighing.recency(ordinal),
            "reliability": columns.reliability[ordinal],
            "category": weighing.category(ordinal),
            "mmr": marginal,
        }
        copies = [copy for copy in columns.by_text[key] if copy != ordinal and copy in question.allowed]
        hits.append(Ranked(ordinal, scores[at], cosine, parts, copies))
    return hits


class _Weighing:
    """The terms of the score besides relevance, and their weights, which sum to 1."""

    def __init__(self, columns: Columns, ranking: Ranking, prefer_category: str | None, now_ms: int) -> None:
        self._columns = columns
        self._prefer = prefer_category
        self._now_ms = now_ms
        self._rate = -math.log(2) / (ranking.half_life_days * DAY_MS)
        category = ranking.category if prefer_category is not None else 0.0
        total = ranking.relevance + ranking.recency + ranking.reliability + category
        self._weights = (
            ranking.relevance / total,
            ranking.recency / total,
            ranking.reliability / total,
            category / total,
        )

    def recency(self, ordinal: int) -> float:
        """`2^(−age/half_life)`: 1 for what was just touched, or is dated in the future."""
        return math.exp(self._rate * max(self._now_ms - self._columns.touched_ms[ordinal], 0))

    def category(self, ordinal: int) -> float:
        """1 for a memory of the preferred category."""
        return 1.0 if self._prefer is not None and self._columns.category[ordinal] == self._prefer else 0.0

    def scores(self, ordinals: Sequence[int], relevance: Sequence[float]) -> list[float]:
        """The weighted sums; written out, since this runs for every candidate."""
        a, b, c, d = self._weights
        rate, now, exp = self._rate, self._now_ms, math.exp
        touched, reliability = self._columns.touched_ms, self._columns.reliability
        ages = [age if (age := now - touched[ordinal]) > 0 else 0 for ordinal in ordinals]
        scores = [
            a * relevant + b * exp(rate * age) + c * reliability[ordinal]
            for relevant, age, ordinal in zip(relevance, ages, ordinals, strict=True)
        ]
        if d:
            scores = [
                score + d * self.category(ordinal) for score, ordinal in zip(scores, ordinals, strict=True)
            ]
        return scores


def _one_per_text(
    columns: Columns, pool: Pool, scores: Sequence[float], exact_key: int, limit: int
) -> tuple[list[int], int | None]:
    """Return places in the pool, best first and one per text, and which of them is the exact match.

    At most `limit`, and the exact match if it is not among them.
    """
    keys, ordinals = columns.text_key, pool.ordinals
    awaited = exact_key in columns.by_text
    best: dict[int, int] = {}
    by_score: Callable[[int], float] = scores.__getitem__
    for at in sorted(range(len(scores)), key=by_score, reverse=True):
        key = keys[ordinals[at]]
        if len(best) < limit or key == exact_key:
            best.setdefault(key, at)
        elif not awaited or exact_key in best:
            break
    return list(best.values()), list(best).index(exact_key) if exact_key in best else None


def _similarities(columns: Columns, vectors: VectorIndexLike, ordinals: Sequence[int]) -> Sequence[float]:
    """Cosines of all pairs, row-major; 0.0 where one has no vector."""
    if not columns.without_vector:
        return vectors.pairwise(ordinals)
    n = len(ordinals)
    known = [at for at, ordinal in enumerate(ordinals) if ordinal not in columns.without_vector]
    similarities = array("f", bytes(4 * n * n))
    if known:
        between = vectors.pairwise([ordinals[at] for at in known])
        for row, at in enumerate(known):
            for column, other in enumerate(known):
                similarities[at * n + other] = between[row * len(known) + column]
    return similarities
