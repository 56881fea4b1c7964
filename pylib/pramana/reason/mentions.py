"""Words of a text, runs of them, and which runs were found to name something."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pramana.graph.english.lexicon import MODALS, NUMBERS, PREPOSITIONS, RESERVED
from pramana.text.normalise import normalise

__all__ = ["STOP", "Mention", "Reading", "Word", "left_by", "longest", "runs", "words_of"]

_LETTER = r"(?:\w|[^\x00-\xbf\s\u2000-\u200b\u200e-\u206f\u2e00-\u2e7f\u3000-\u303f\uff00-\uff0f])"
"""Letters, digits and "_"; beyond Latin-1 also marks, which Python's \\w leaves out, and symbols."""
_WORD = re.compile(
    rf"""[A-Za-z][A-Za-z0-9+.-]{{0,30}}://[^\s"'<>]*[^\s"'<>.,;:!?)\]}}]   # an IRI
    | (?P<s> ['’]s\b )                                             # "the user's"
    | {_LETTER}+ (?: (?: [-‐‑.] | ['’](?!s\b) ) {_LETTER}+ )* (?: \+\+ | \# )?
    | (?P<mark> (?: (?! ['’]s\b | {_LETTER} ) \S )+ )
    """,
    re.VERBOSE,
)
_QUESTIONS = """
whom why where when how kind sort type thing things someone mean means please tell yes like me my mine our ours your
yours am be been being was were had did doing done get got let lets else ever too very just only much many more most
less least few some such same other others another own than so now then here again also
"""
STOP = RESERVED | PREPOSITIONS | MODALS | NUMBERS | frozenset(_QUESTIONS.split())
"""Words that never name something by themselves."""


@dataclass(frozen=True, slots=True)
class Word:
    """Characters `start` to before `end` of a text; `form` is how it is compared.

    `mark`: it is no word; `stop`: it says nothing alone.
    """

    start: int
    end: int
    form: str
    mark: bool
    stop: bool


def words_of(text: str) -> Iterator[Word]:
    """Yield the words of a text, and the marks between them.

    What is joined by hyphens, points or apostrophes is one word ("cross-site", "1.3"); a possessive "'s" is a mark,
    and so are runs of other characters.
    """
    shouted = text.isupper()
    for match in _WORD.finditer(text):
        written = match.group()
        form = normalise(written.replace("’", "'"))
        mark = match.lastgroup is not None
        yield Word(match.start(), match.end(), form, mark, mark or _is_stop(written, form, shouted))


def _is_stop(written: str, form: str, shouted: bool) -> bool:
    """Whether a word says nothing alone. One in capitals is a name (IT, WHO, US), unless the whole text is."""
    return form in STOP and (shouted or len(written) < 2 or not written.isupper())


@dataclass(frozen=True, slots=True)
class Reading:
    """A term that a mention may mean; `how` and `score` as in `Entity`."""

    term: str
    how: str
    score: float


@dataclass(frozen=True, slots=True)
class Mention:
    """Words `first` to before `last`, the stage that found them, and what they mean."""

    first: int
    last: int
    stage: int
    readings: Sequence[Reading]

    def only(self, words: Sequence[Word], said: Collection[int]) -> bool:
        """Whether it is one of the words `said`, but for words that say nothing."""
        content = [at for at in range(self.first, self.last) if not words[at].stop]
        return len(content) == 1 and content[0] in said


def runs(words: Sequence[Word], left: Collection[int], most: int) -> Iterator[tuple[int, int]]:
    """Yield the runs (first, before last) of up to `most` words that hold one of `left`, and no marks.

    The words at their ends say something.
    """
    for first in range(len(words)):
        holds = False
        for last in range(first + 1, min(len(words), first + most) + 1):
            word = words[last - 1]
            if word.mark or words[first].stop:
                break
            holds = holds or last - 1 in left
            if holds and not word.stop:
                yield first, last


def longest(found: Iterable[Mention], words: Sequence[Word]) -> list[Mention]:
    """Of mentions that overlap, keep the longest; of equally long ones that of the earlier stage, then the first.

    Words that say nothing count last: "people" goes before "in people" as a form of "in person".
    """

    def order(mention: Mention) -> tuple[int, int, int, int]:
        run = words[mention.first : mention.last]
        said = sum(word.end - word.start for word in run if not word.stop)
        return -said, mention.stage, run[0].start - run[-1].end, mention.first

    taken: set[int] = set()
    kept = []
    for mention in sorted(found, key=order):
        covered = range(mention.first, mention.last)
        if taken.isdisjoint(covered):
            taken.update(covered)
            kept.append(mention)
    return kept


def left_by(mentions: Iterable[Mention], words: Sequence[Word]) -> set[int]:
    """The words that say something and are in no mention."""
    covered = {at for mention in mentions for at in range(mention.first, mention.last)}
    return {at for at, word in enumerate(words) if not word.stop} - covered
