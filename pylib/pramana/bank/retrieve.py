"""A question to hits: candidates by cosine and by BM25, fused, weighed, collapsed, diversified. Synchronous, writes nothing.

The pool is the union of the best max(`ranking.candidates`, 10·k) by each score among those the filters allow, and of the
memories whose normalised task equals the question's; all are then scored exactly by both. While copies of the same texts
leave fewer than `k` distinct ones and more exist, the pool is doubled.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pramana.bank.columns import Allowed, Columns
from pramana.bank.ranking import Ranking
from pramana.index.diversity import maximal_marginal_relevance
from pramana.index.fusion import min_max, z_scores
from pramana.kernels.interfaces import Bm25Like, VectorIndexLike
from pramana.protocol import LIMITS
from pramana.text.normalise import text_key

__all__ = ["Question", "Ranked", "rank"]

MAX_K = LIMITS["max_k"]
DAY_MS = 86_400_000.0


@dataclass(frozen=True, slots=True)
class Question:
    """What is sought. `vector` is None where the embedder knows nothing of the text."""

    text: str
    vector: array[float] | None
    k: int
    allowed: Allowed
    min_similarity: float | None = None
    prefer_category: str | None = None


class Ranked(NamedTuple):
    """A hit by ordinal; `duplicates` are the other allowed ordinals with the same normalised task."""

    ordinal: int
    score: float
    similarity: float
    parts: dict[str, float]
    duplicates: list[int]


class Pool(NamedTuple):
    """Candidates with both scores, in parallel."""

    ordinals: list[int]
    cosine: list[float]
    bm25: list[float]


def rank(
    columns: Columns, vectors: VectorIndexLike, postings: Bm25Like, ranking: Ranking, question: Question, now_ms: int
) -> list[Ranked]:
    """Return at most `k` hits with distinct texts: an exact match first, then by marginal relevance."""
    pool = _gather(columns, vectors, postings, ranking, question)
    n = len(pool.ordinals)
    if n == 0:
        return []
    z_cosine, z_bm25 = z_scores(pool.cosine), z_scores(pool.bm25)
    semantic, lexical = ranking.semantic, 1.0 - ranking.semantic
    relevance = min_max([semantic * c + lexical * b for c, b in zip(z_cosine, z_bm25, strict=True)])
    recency = _recency(columns, pool.ordinals, ranking, now_ms)
    reliability = [columns.reliability[ordinal] for ordinal in pool.ordinals]
    matches = _matches(columns, pool.ordinals, question.prefer_category)
    scores = _weigh(ranking, relevance, recency, reliability, matches)

    exact_key = text_key(question.text)
    best, first = _distinct(columns, pool.ordinals, scores, exact_key, max(50, 4 * question.k))
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
        ordinal = pool.ordinals[at]
        key = columns.text_key[ordinal]
        copies = columns.by_text[key]
        parts = {
            "exact": 1.0 if key == exact_key else 0.0,
            "cosine": pool.cosine[at],
            "bm25": pool.bm25[at],
            "z_cosine": z_cosine[at],
            "z_bm25": z_bm25[at],
            "relevance": relevance[at],
            "recency": recency[at],
            "reliability": reliability[at],
            "category": matches[at] if matches else 0.0,
            "mmr": marginal,
        }
        duplicates = [copy for copy in copies if copy != ordinal and copy in question.allowed] if len(copies) > 1 else []
        hits.append(Ranked(ordinal, scores[at], pool.cosine[at], parts, duplicates))
    return hits


def _gather(columns: Columns, vectors: VectorIndexLike, postings: Bm25Like, ranking: Ranking, question: Question) -> Pool:
    allowed, low = question.allowed, question.min_similarity
    if allowed.count == 0:
        return Pool([], [], [])
    wanted = min(max(ranking.candidates, 10 * question.k), MAX_K)
    copies = columns.by_text.get(text_key(question.text), ())
    exact = [ordinal for ordinal in copies if ordinal in allowed][:wanted]
    keys = columns.text_key
    while True:
        found: dict[int, None] = dict.fromkeys(exact)
        more = False
        if question.vector is not None and len(vectors):
            near = vectors.search(question.vector, wanted, rescore=wanted, allow=allowed.bitmap)
            found.update(dict.fromkeys(near.ordinals))
            more = len(near.ordinals) == wanted and (low is None or near.scores[-1] >= low)
        worded = postings.search(question.text, wanted, allow=allowed.bitmap)
        found.update(dict.fromkeys(worded.ordinals))
        more = more or len(worded.ordinals) == wanted
        ordinals = list(found)
        cosine = _cosines(columns, vectors, question.vector, ordinals)
        if low is not None:
            kept = [(o, c) for o, c in zip(ordinals, cosine, strict=True) if c >= low]
            ordinals, cosine = [o for o, _ in kept], [c for _, c in kept]
        if not more or wanted >= min(allowed.count, MAX_K) or len({keys[o] for o in ordinals}) >= question.k:
            return Pool(ordinals, cosine, list(postings.score(question.text, ordinals)) if ordinals else [])
        wanted = min(2 * wanted, MAX_K)


def _cosines(columns: Columns, vectors: VectorIndexLike, query: array[float] | None, ordinals: list[int]) -> list[float]:
    """Exact cosines; 0.0 for a memory without a vector, or when the question has none."""
    if query is None or not ordinals:
        return [0.0] * len(ordinals)
    if not columns.without_vector:
        return list(vectors.score(query, ordinals))
    known = [ordinal for ordinal in ordinals if ordinal not in columns.without_vector]
    scores = dict(zip(known, vectors.score(query, known) if known else (), strict=True))
    return [scores.get(ordinal, 0.0) for ordinal in ordinals]


def _recency(columns: Columns, ordinals: list[int], ranking: Ranking, now_ms: int) -> list[float]:
    """`2^(−age/half_life)`: 1 for what was just touched (or is dated in the future)."""
    rate = -math.log(2) / (ranking.half_life_days * DAY_MS)
    updated, used, exp = columns.updated_ms, columns.last_used_ms, math.exp
    ages = [now_ms - max(updated[ordinal], used[ordinal]) for ordinal in ordinals]
    return [exp(rate * age) if age > 0 else 1.0 for age in ages]


def _matches(columns: Columns, ordinals: list[int], prefer_category: str | None) -> list[float] | None:
    if prefer_category is None:
        return None
    return [1.0 if columns.category[ordinal] == prefer_category else 0.0 for ordinal in ordinals]


def _weigh(
    ranking: Ranking,
    relevance: list[float],
    recency: list[float],
    reliability: list[float],
    matches: list[float] | None,
) -> list[float]:
    total = ranking.relevance + ranking.recency + ranking.reliability + (ranking.category if matches else 0.0)
    a, b, c, d = (
        weight / total for weight in (ranking.relevance, ranking.recency, ranking.reliability, ranking.category)
    )
    scores = [a * x + b * y + c * z for x, y, z in zip(relevance, recency, reliability, strict=True)]
    if matches:
        scores = [score + d * match for score, match in zip(scores, matches, strict=True)]
    return scores


def _distinct(
    columns: Columns, ordinals: list[int], scores: list[float], exact_key: int, limit: int
) -> tuple[list[int], int | None]:
    """Return places in the pool, best first and one per text, at most `limit`; and which of them is the exact match."""
    seen: set[int] = set()
    best: list[int] = []
    exact: int | None = None
    by_score: Callable[[int], float] = scores.__getitem__
    for at in sorted(range(len(scores)), key=by_score, reverse=True):
        key = columns.text_key[ordinals[at]]
        if key in seen or (len(best) >= limit and key != exact_key):
            continue
        seen.add(key)
        if key == exact_key:
            exact = len(best)
        best.append(at)
    return best, exact


def _similarities(columns: Columns, vectors: VectorIndexLike, ordinals: list[int]) -> Sequence[float]:
    """Cosines of all pairs, row-major; 0.0 where one has no vector."""
    n = len(ordinals)
    if not columns.without_vector:
        return vectors.pairwise(ordinals)
    known = [at for at, ordinal in enumerate(ordinals) if ordinal not in columns.without_vector]
    similarities = [0.0] * (n * n)
    if known:
        m = len(known)
        between = vectors.pairwise([ordinals[at] for at in known])
        for row, at in enumerate(known):
            for column, other in enumerate(known):
                similarities[at * n + other] = between[row * m + column]
    return similarities
