"""Which kind of answer a question asks for: a table of cues, added up.

Every cue of `cues/` that the text shows counts once, for its kind. A kind's sum is the weight of its strongest cue,
half of the next, a quarter of the next and so on; the scores are the softmax of the sums. So a weight is a logarithm
of odds, many weak cues do not outvote a strong one, and no kind has code of its own. `factual` starts ahead of the
others: it is what a text is that says nothing.

English only. Words and their order are all that is looked at: neither meaning nor what is known counts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from math import exp

from pramana.reason.cues import CUES, START, Cue
from pramana.reason.phrases import line_of, literals, plain, regex_of
from pramana.text.checks import refuse

__all__ = ["KINDS", "KindScore", "classify"]

KINDS = (
    "causal",
    "comparative",
    "procedural",
    "hypothetical",
    "diagnostic",
    "exploratory",
    "systems",
    "lateral",
    "factual",
)

REPEAT = 0.5
"""Cues of one kind repeat each other: the strongest counts in full, the next this much, the next its square."""


@dataclass(frozen=True, slots=True)
class KindScore:
    """How much a text asks for one kind of answer.

    Attributes:
        kind: one of KINDS.
        score: share in [0, 1]; those of all kinds sum to 1.
        cues: what in the text said so: its words and what they mean, in the order of the table.
    """

    kind: str
    score: float
    cues: tuple[str, ...]


def classify(text: str) -> tuple[KindScore, ...]:
    """Return all kinds, the likeliest first; equal ones in the order of KINDS.

    Args:
        text: a question, an order or a report in English; case and spacing do not matter. Of a text over
            `phrases.MAX_CHARS` characters only the beginning and the end are read.

    Raises:
        InputError: `text` is not a string.
    """
    if not isinstance(text, str):
        refuse("text", "a text", text)
    weights: dict[str, list[float]] = {kind: [] for kind in KINDS}
    said: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for cue, words in found_cues(text):
        weights[cue.kind].append(cue.weight)
        said[cue.kind].append(f"{words}: {cue.why}")
    odds = {kind: exp(START.get(kind, 0.0) + _together(weights[kind])) for kind in KINDS}
    whole = sum(odds.values())
    scores = [KindScore(kind, odds[kind] / whole, tuple(said[kind])) for kind in KINDS]
    return tuple(sorted(scores, key=lambda score: -score.score))


def _together(weights: list[float]) -> float:
    """The weight of several cues for one kind."""
    return sum(weight * REPEAT**rank for rank, weight in enumerate(sorted(weights, reverse=True)))


def found_cues(text: str) -> list[tuple[Cue, str]]:
    """Return the cues that the text shows, in the order of the table, each with the words that show it first."""
    line = line_of(text)
    by_word, always = _index()
    candidates = set(always)
    for word in set(plain(line).split()):
        candidates.update(by_word.get(word, ()))
    found: dict[int, str] = {}
    for at, phrase in sorted(candidates):
        if at not in found and (match := regex_of(phrase).search(line)):
            found[at] = plain(match[0])
    return [(CUES[at], words) for at, words in found.items()]


@cache
def _index() -> tuple[dict[str, tuple[tuple[int, str], ...]], tuple[tuple[int, str], ...]]:
    """The phrases by the words that they need, and those that need none in particular."""
    by_word: dict[str, list[tuple[int, str]]] = defaultdict(list)
    always = []
    for at, cue in enumerate(CUES):
        for phrase in cue.phrases:
            words = literals(phrase)
            for word in words:
                by_word[word].append((at, phrase))
            if not words:
                always.append((at, phrase))
    return {word: tuple(entries) for word, entries in by_word.items()}, tuple(always)
