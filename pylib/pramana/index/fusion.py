"""Two scores of one pool made one: z-scores, summed by weight, on a scale of 0 to 1.

Plain reciprocal rank fusion loses recall on short texts; z-scores keep how much better a hit is, not only that
it is. A z-score is affine in its score, and so is the final scale, so neither needs a pass of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul
from typing import NamedTuple

__all__ = ["MIN_DEVIATION", "Scale", "fuse", "min_max"]

MIN_DEVIATION = 1e-6
"""Below this the scores are equal but for rounding, and their differences mean nothing."""


class Scale(NamedTuple):
    """What turns the scores of one pool into z-scores."""

    mean: float
    deviation: float

    @classmethod
    def of(cls, scores: Sequence[float]) -> Scale:
        """The mean and standard deviation of a pool; the deviation is 0 for fewer than two scores or below 1e-6."""
        n = len(scores)
        if n < 2:
            return cls(scores[0] if n else 0.0, 0.0)
        mean = sum(scores) / n
        variance = sum(map(mul, scores, scores)) / n - mean * mean
        deviation = variance**0.5 if variance > 0 else 0.0
        return cls(mean, deviation if deviation >= MIN_DEVIATION else 0.0)

    def z(self, score: float) -> float:
        """Return `(score − mean) / deviation`, 0 where nothing deviates."""
        return (score - self.mean) / self.deviation if self.deviation else 0.0


def fuse(
    one: Sequence[float], one_scale: Scale, other: Sequence[float], other_scale: Scale, weight: float
) -> list[float]:
    """Return `weight·z(one) + (1 − weight)·z(other)` of each, but for a constant that all share."""
    a = weight / one_scale.deviation if one_scale.deviation else 0.0
    b = (1.0 - weight) / other_scale.deviation if other_scale.deviation else 0.0
    return [a * x + b * y for x, y in zip(one, other, strict=True)]


def min_max(scores: Sequence[float]) -> list[float]:
    """Scale to [0, 1], the best being 1; ones where all are equal (each is the best there is)."""
    if not scores:
        return []
    low, high = min(scores), max(scores)
    if high - low < MIN_DEVIATION:
        return [1.0] * len(scores)
    width = high - low  # divided by, so that the best is exactly 1
    return [(score - low) / width for score in scores]
