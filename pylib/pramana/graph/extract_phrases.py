"""Noun phrases in free text, found around a place: to its left, to its right, and as lists ("A, B and C").

A phrase is a run of words with no word of the grammar, no verb and no preposition but "of" in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pramana.graph.english.lexicon import (
    ARTICLES,
    BASE,
    MODALS,
    NUMBERS,
    PASTS,
    PREPOSITIONS,
    RESERVED,
    THIRD,
    is_adjective,
    is_adverb,
)
from pramana.graph.english.morphology import is_plural, singular
from pramana.graph.english.tokens import Token
from pramana.graph.english.verbs import verb_strength

__all__ = ["Run", "list_after", "list_before", "run_after", "run_before", "separator_after"]

_VAGUE_WORDS = """
thing things one ones example examples case cases way ways lot kind other others rest more less
"""
_VAGUE = frozenset(_VAGUE_WORDS.split())


@dataclass(frozen=True, slots=True)
class Run:
    """Words `start` to before `end` of a sentence, without the article that may stand before `start`."""

    tokens: tuple[Token, ...]
    start: int
    end: int
    article: bool

    @property
    def plural(self) -> bool:
        """Whether it reads as a plural: not a name, and its noun in that form."""
        head = self._head
        return (
            head.kind == "word" and not head.text[:-1].isupper() and not head.capital and is_plural(head.text)
        )

    @property
    def proper(self) -> bool:
        """Whether every word is written like a name."""
        return all(token.kind == "quoted" or not token.text[:1].islower() for token in self.tokens)

    @property
    def vague(self) -> bool:
        """Whether it names nothing in particular, or is a mere number."""
        return self.tokens[-1].word in _VAGUE or all(token.text[0].isdigit() for token in self.tokens)

    @property
    def _head(self) -> Token:
        place = next((place for place, token in enumerate(self.tokens) if place and token.word == "of"), None)
        return self.tokens[-1 if place is None else place - 1]

    def name(self, *, plural: bool) -> str:
        """Return what it names; a plural in the singular, without the capital of its sentence's start."""
        if not plural:
            return " ".join(token.name for token in self.tokens)
        words = [
            token.name if token.capital or not token.initial else token.name.lower() for token in self.tokens
        ]
        place = self.tokens.index(self._head)
        words[place] = singular(words[place])
        return " ".join(words)

    def kind(self, *, plural: bool) -> str:
        """Return what it says taken as a class: without adjectives before its noun."""
        tokens = self.tokens
        while len(tokens) > 1 and not tokens[0].capital and is_adjective(tokens[0].word):
            tokens = tokens[1:]
        return Run(tokens, self.end - len(tokens), self.end, self.article).name(plural=plural)


def _belongs(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word can be part of a noun phrase where it stands."""
    token = tokens[place]
    word = token.word
    if token.kind not in {"word", "quoted"} or word in RESERVED or word in PREPOSITIONS or word in MODALS:
        return False
    if token.capital:
        return True
    if is_adverb(word) or word == "such":
        return False
    if token.initial:
        return True
    strength = max(verb_strength(tokens, place, plural=plural) for plural in (False, True))
    before_preposition = place + 1 < len(tokens) and tokens[place + 1].word in PREPOSITIONS
    if strength >= 3 or (strength == 2 and not before_preposition):  # "data races at compile time" are races
        return False
    followed = place + 1 < len(tokens) and tokens[place + 1].kind == "word" and not _ends(tokens[place + 1])
    after_plural = place > 0 and tokens[place - 1].kind == "word" and is_plural(tokens[place - 1].text)
    if word in THIRD and followed and not verb_strength(tokens, place + 1, plural=True):
        return False
    said_of_a_noun = place == 0 or tokens[place - 1].word in ARTICLES | {"other", "many"}
    if word in PASTS and not (followed and said_of_a_noun):
        return False
    return not (followed and word in BASE and after_plural)


def _ends(token: Token) -> bool:
    return token.word in RESERVED or token.word in PREPOSITIONS or token.word == "such"


def run_after(tokens: Sequence[Token], start: int) -> Run | None:
    """Return the noun phrase that begins at a place, with or without an article, and without a number."""
    article = start < len(tokens) and tokens[start].word in ARTICLES
    first = start + article
    first += first + 1 < len(tokens) and _is_number(tokens[first]) and _belongs(tokens, first + 1)
    end = first
    while end < len(tokens):
        if _belongs(tokens, end):
            end += 1
        elif tokens[end].word == "of" and end > first and _after_of(tokens, end):
            end = _after_of(tokens, end)
        else:
            break
    return Run(tuple(tokens[first:end]), first, end, article) if end > first else None


def _is_number(token: Token) -> bool:
    return token.word in NUMBERS or token.word.replace(",", "").isdigit()


def _after_of(tokens: Sequence[Token], place: int) -> int:
    following = place + 1
    if following < len(tokens) and tokens[following].word in ARTICLES:
        following += 1
    return following + 1 if following < len(tokens) and _belongs(tokens, following) else 0


def run_before(tokens: Sequence[Token], end: int) -> Run | None:
    """Return the noun phrase that ends before a place."""
    start = end
    while start > 0:
        if _belongs(tokens, start - 1):
            start -= 1
        elif start < end and tokens[start - 1].word == "of" and start > 1 and _belongs(tokens, start - 2):
            start -= 2
        else:
            break
    if start == end:
        return None
    return Run(tuple(tokens[start:end]), start, end, start > 0 and tokens[start - 1].word in ARTICLES)


def separator_after(tokens: Sequence[Token], place: int) -> int:
    """Return where a list goes on after "," or "and" or ", and" at a place, or 0."""
    comma = place < len(tokens) and tokens[place].kind == "comma"
    joined = place + comma < len(tokens) and tokens[place + comma].word == "and"
    return place + comma + joined if comma or joined else 0


def list_after(tokens: Sequence[Token], start: int, *, subject: bool = False) -> list[Run]:
    """Return the phrases of the list that begins at a place; none if it is one of alternatives.

    What a verb follows is the subject of another clause, and none of the list's, unless the list itself is the
    `subject`. After "and" comes the last.
    """
    runs: list[Run] = []
    place, last = start, False
    while True:
        run = run_after(tokens, place)
        if run is None or (not subject and _verb_at(tokens, run.end)):
            break
        if runs and not last and not separator_after(tokens, run.end) and tokens[place].word in BASE:
            break  # "including bats, live long"
        runs.append(run)
        following = separator_after(tokens, run.end)
        if not following or last:
            break
        place, last = following, tokens[following - 1].word == "and"
    return [] if runs and runs[-1].end < len(tokens) and tokens[runs[-1].end].word == "or" else runs


def _verb_at(tokens: Sequence[Token], place: int) -> bool:
    return place < len(tokens) and any(
        verb_strength(tokens, place, plural=plural) for plural in (False, True)
    )


def list_before(tokens: Sequence[Token], end: int) -> tuple[list[Run], int]:
    """Return the phrases of the list that ends before a place, and the place where it begins, its article included."""
    runs: list[Run] = []
    place = end
    while True:
        run = run_before(tokens, place)
        if run is None:
            break
        runs.insert(0, run)
        place = run.start - run.article
        previous = place
        if previous and tokens[previous - 1].word == "and":
            previous -= 1
        if previous and tokens[previous - 1].kind == "comma":
            previous -= 1
        if previous == place or run_before(tokens, previous) is None:
            break
        place = previous
    return runs, (runs[0].start - runs[0].article if runs else end)
