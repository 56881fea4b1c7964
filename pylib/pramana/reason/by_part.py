"""Names of which a text says a part: "the storefront" is the web storefront, "black friday" the Black Friday slowdown.

A run of words stands for a name that has all of them, in any form, if no other has them as much. How sure that is
grows with the share of the name that is said, its words weighed by how few names have them (inverse document
frequency), and is less where the last word, which mostly says what it is, is not said.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from pramana.pace import Pace
from pramana.reason.fuzzy import parts_of
from pramana.reason.mentions import STOP
from pramana.reason.relations import word_stem

__all__ = ["NamesByPart", "stems_said"]

MAX_NAMES = 50_000
"""With more names this is off: in so many, most words are a part of something."""
MAX_WORDS = 6
"""Words that say something, of a name."""
SLICE = 500
"""Names looked at in one stretch."""
LEAST_SHARE = 0.3
"""Of a name that must be said."""
SAID, WHOLE = 0.5, 0.4
"""A score is the first, and of the second as large a part as is said."""
NOT_LAST = 0.85
"""Times this where the last word of a name is not said."""


def stems_said(text: str) -> tuple[str, ...]:
    """Return the stems of the words that say something, those that hyphens join apart."""
    return tuple(word_stem(part) if part.isalpha() else part for part in parts_of(text) if part not in STOP)


class NamesByPart:
    """Names by the stems of their words."""

    def __init__(self) -> None:
        self._given: list[str] = []
        self._looked = 0
        self._names: list[tuple[str, tuple[str, ...]]] = []
        self._by_stem: dict[str, set[int]] = defaultdict(set)

    def add(self, names: Sequence[str]) -> None:
        """Add names. Their words are looked at when they are first needed."""
        self._given += names

    async def prepare(self, pace: Pace) -> None:
        """Look at the words of the names that are new; awaits `pace` between stretches."""
        if self.off:
            return
        for start in range(self._looked, len(self._given), SLICE):
            for name in self._given[start : start + SLICE]:
                stems = stems_said(name)
                if 1 <= len(stems) <= MAX_WORDS:
                    for one in stems:
                        self._by_stem[one].add(len(self._names))
                    self._names.append((name, stems))
            self._looked = min(len(self._given), start + SLICE)
            await pace()

    @property
    def off(self) -> bool:
        """Whether there are too many names."""
        return len(self._given) > MAX_NAMES

    def having(self, stems: Sequence[str]) -> list[tuple[str, float]]:
        """Return the names that have all of some stems, with the score of each, best first."""
        if self.off or not stems or any(one not in self._by_stem for one in stems):
            return []
        said = set(stems)
        places = set.intersection(*(self._by_stem[one] for one in said))
        found = []
        for place in places:
            name, words = self._names[place]
            share = self._weight(said) / self._weight(set(words))
            if share >= LEAST_SHARE:
                found.append((name, (SAID + WHOLE * share) * (1.0 if words[-1] in said else NOT_LAST)))
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def _weight(self, stems: set[str]) -> float:
        return sum(math.log1p(len(self._names) / len(self._by_stem[one])) for one in stems)
