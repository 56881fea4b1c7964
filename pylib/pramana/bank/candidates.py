"""The pool of a question: who is looked at closely, with both exact scores.

It is the union of the best max(`ranking.candidates`, 10·k) by cosine and by BM25 among those the filters allow,
and of the memories whose normalised task equals the question's. While copies of the same texts leave fewer than
`k` distinct ones and more exist, it is doubled.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pramana.bank.columns import Allowed, Columns
from pramana.bank.vector_graph import MOST_EF
from pramana.kernels.interfaces import Bm25Like, Matches, VectorIndexLike
from pramana.protocol import LIMITS
from pramana.text.normalise import text_key

__all__ = ["Pool", "Question", "gather"]

MAX_K = LIMITS["max_k"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is sought. `vector` is None where the embedder knows nothing of the text."""

    text: str
    vector: array[float] | None
    k: int
    allowed: Allowed
    min_similarity: float | None = None
    prefer_category: str | None = None
    ef: int = 0
    """How wide to walk the vectors' graph; 0 to scan them."""


class Pool(NamedTuple):
    """Candidates with both scores, in parallel; the cosine is 0.0 where either side has no vector."""

    ordinals: Sequence[int]
    cosine: Sequence[float]
    bm25: Sequence[float]


def gather(
    columns: Columns, vectors: VectorIndexLike, postings: Bm25Like, at_least: int, question: Question
) -> Pool:
    """Return the pool; `at_least` candidates are taken by each score, where there are so many."""
    allowed, low, k = question.allowed, question.min_similarity, question.k
    if allowed.count == 0:
        return Pool((), (), ())
    wanted = min(max(at_least, 10 * k), MAX_K)
    copies = columns.by_text.get(text_key(question.text), ())
    exact = [ordinal for ordinal in copies if ordinal in allowed][:wanted]
    while True:
        found: dict[int, None] = dict.fromkeys(exact)
        more = False
        if question.vector is not None and len(vectors):
            near = _nearest(vectors, question.vector, wanted, question)
            found.update(dict.fromkeys(near.ordinals))
            more = len(near.ordinals) == wanted and (low is None or near.scores[-1] >= low)
        worded = postings.search(question.text, wanted, allow=allowed.bitmap)
        found.update(dict.fromkeys(worded.ordinals))
        more = more or len(worded.ordinals) == wanted
        ordinals: Sequence[int] = array("I", found)
        cosine = _cosines(columns, vectors, question.vector, ordinals)
        if low is not None:
            ordinals, cosine = _at_least(low, ordinals, cosine)
        if not more or wanted >= min(allowed.count, MAX_K) or _distinct(columns, ordinals, k):
            return Pool(ordinals, cosine, postings.score(question.text, ordinals) if ordinals else ())
        wanted = min(2 * wanted, MAX_K)


def _nearest(vectors: VectorIndexLike, vector: array[float], wanted: int, question: Question) -> Matches:
    if question.ef and wanted <= MOST_EF:
        return vectors.hnsw_search(vector, wanted, ef=max(question.ef, wanted), allow=question.allowed.bitmap)
    return vectors.search(vector, wanted, rescore=wanted, allow=question.allowed.bitmap)


def _cosines(
    columns: Columns, vectors: VectorIndexLike, query: array[float] | None, ordinals: Sequence[int]
) -> Sequence[float]:
    if query is None or not ordinals:
        return [0.0] * len(ordinals)
    if not columns.without_vector:
        return vectors.score(query, ordinals)
    known = [ordinal for ordinal in ordinals if ordinal not in columns.without_vector]
    scores = dict(zip(known, vectors.score(query, known), strict=True)) if known else {}
    return [scores.get(ordinal, 0.0) for ordinal in ordinals]


def _at_least(
    low: float, ordinals: Sequence[int], cosine: Sequence[float]
) -> tuple[Sequence[int], Sequence[float]]:
    kept = [at for at, similarity in enumerate(cosine) if similarity >= low]
    return array("I", [ordinals[at] for at in kept]), [cosine[at] for at in kept]


def _distinct(columns: Columns, ordinals: Sequence[int], k: int) -> bool:
    """Are there `k` distinct texts among them? The first few mostly tell."""
    keys = columns.text_key
    return len({keys[ordinal] for ordinal in ordinals[: 2 * k]}) >= k or (
        len({keys[ordinal] for ordinal in ordinals}) >= k
    )
