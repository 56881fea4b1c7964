"""Maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998): good hits that do not repeat each other."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["maximal_marginal_relevance"]


def maximal_marginal_relevance(
    scores: Sequence[float],
    similarities: Sequence[float],
    k: int,
    *,
    trade_off: float,
    first: int | None = None,
) -> list[tuple[int, float]]:
    """Choose `min(k, n)` of `n` items one by one, by `λ·score − (1 − λ)·max(0, similarity to one chosen)`.

    Args:
        scores: `n` scores.
        similarities: `n · n` similarities, row-major.
        k: how many to choose.
        trade_off: λ in [0, 1]; 1 is the order of the scores.
        first: an item that is chosen before all others.

    Returns:
        (item, the value it was chosen at), in order of choice; of equal values the earlier item.
    """
    n = len(scores)
    values = [trade_off * score for score in scores]
    penalty = 1.0 - trade_off
    nearest = [0.0] * n
    remaining = list(range(n))
    chosen: list[tuple[int, float]] = []
    while remaining and len(chosen) < k:
        if first is not None and not chosen:
            best = first
        else:
            best = max(remaining, key=lambda item: values[item] - penalty * nearest[item])
        chosen.append((best, values[best] - penalty * nearest[best]))
        remaining.remove(best)
        row = best * n
        for item in remaining:
            similarity = similarities[row + item]
            if similarity > nearest[item]:
                nearest[item] = similarity
    return chosen
