"""Two scores of one pool made one: z-scores, a weighted sum, and a scale of 0 to 1.

Plain reciprocal rank fusion loses recall on short texts; z-scores keep how much better a hit is, not only that it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul

__all__ = ["min_max", "z_scores"]

MIN_DEVIATION = 1e-6
"""Below this the scores are equal but for rounding, and their differences mean nothing."""


def z_scores(scores: Sequence[float]) -> list[float]:
    """Return `(x − mean) / deviation` of each; zeros for fewer than two scores or a deviation below 1e-6."""
    n = len(scores)
    if n < 2:
        return [0.0] * n
    mean = sum(scores) / n
    differences = [score - mean for score in scores]
    deviation = (sum(map(mul, differences, differences)) / n) ** 0.5
    if deviation < MIN_DEVIATION:
        return [0.0] * n
    scale = 1.0 / deviation
    return [difference * scale for difference in differences]


def min_max(scores: Sequence[float]) -> list[float]:
    """Scale to [0, 1], the best being 1; ones where all are equal (each is the best there is)."""
    if not scores:
        return []
    low, high = min(scores), max(scores)
    if high - low < MIN_DEVIATION:
        return [1.0] * len(scores)
    scale = 1.0 / (high - low)
    return [(score - low) * scale for score in scores]
