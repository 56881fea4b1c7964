"""What became of a fact after it was recorded: the ends others gave it, and how sure of it one was since.

Likewise when a declaration was in force.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple, TypeAlias

__all__ = ["Ending", "InForce", "Rated", "Rating", "Superseded", "Times"]


class Ending(NamedTuple):
    """That a fact was superseded: by which, when that was recorded, and the end that this gives it."""

    by: str
    at_ms: int
    ends: int


class Superseded(NamedTuple):
    """The end that a fact was stated to have, and how it came to others since, in the order of recording."""

    stated_to: int
    endings: tuple[Ending, ...]

    def known(self, known_ms: int | None) -> Ending | None:
        """The ending that counts by what was known then (None: now), if there was one yet."""
        earlier = (one for one in reversed(self.endings) if known_ms is None or one.at_ms <= known_ms)
        return next(earlier, None)

    def ends(self, known_ms: int | None) -> int:
        """When the fact ends to hold, by what was known then."""
        ending = self.known(known_ms)
        return self.stated_to if ending is None else ending.ends

    def also(self, ending: Ending) -> Superseded:
        """With one ending more, unless it is among them. Each is earlier than those recorded before it."""
        if ending in self.endings:
            return self
        endings = sorted((*self.endings, ending), key=lambda one: -one.ends)
        return self._replace(endings=tuple(endings))


class Rating(NamedTuple):
    """That a fact got another confidence."""

    updated: str
    """The clock reading of the commit, which orders ratings also within a millisecond."""
    at_ms: int
    confidence: float


class Rated(NamedTuple):
    """The confidence that a fact was recorded with, and how it was rated since, in the order of recording."""

    stated: float
    ratings: list[Rating]

    def known(self, known_ms: int | None) -> float:
        """The confidence by what was known then (None: now)."""
        earlier = (one for one in reversed(self.ratings) if known_ms is None or one.at_ms <= known_ms)
        rating = next(earlier, None)
        return self.stated if rating is None else rating.confidence

    def take(self, rating: Rating) -> None:
        """Put a rating in its place, unless it is there."""
        at = bisect_left(self.ratings, rating)
        if at == len(self.ratings) or self.ratings[at] != rating:
            self.ratings.insert(at, rating)


class InForce(NamedTuple):
    """That a declaration was in force from one time to before another, None for still."""

    from_ms: int
    until_ms: int | None = None


Times: TypeAlias = tuple[InForce, ...]
"""In the order of time; only the last one may have no end."""
