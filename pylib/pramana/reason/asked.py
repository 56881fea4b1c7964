"""The relation that a question asks for, found among those that the graph has around its terms.

A word asks for a predicate if it is in its name, if the predicate is of its family or of a broader one, or, as the last
resort, if an embedder says that they are alike. Each is less sure than the one before, and so is the answer. The term
of the question must stand at the end of the statement where the question's words have it, and what stands at the
other end must be what is asked for: someone, some place, some time, an amount, something of a kind.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from pramana.answers import Entity
from pramana.knowledge import IS, Fact
from pramana.reason.clauses import other_end, owned_by_what, passive, possessed, subject_first
from pramana.reason.gather import Gatherer
from pramana.reason.question import Question, Word, stems_in
from pramana.reason.realise import is_noun, is_verbal
from pramana.reason.relations import (
    SYMMETRIC,
    UNDERGONE,
    accepts,
    akin,
    doing_of,
    family_of,
    is_nominal,
    is_undergone,
    own_stems,
    turns,
    word_stem,
    words_of,
)
from pramana.reason.wanted import SURELY, holds, is_amount, placing, timing
from pramana.text.terms import key_of

__all__ = ["Alike", "AskedFor", "Match", "in_broader", "in_family", "named", "singled"]

Alike: TypeAlias = Callable[[str, Sequence[str]], Awaitable[Sequence[float]]]
"""How near a word is to others in meaning: the cosine with each."""

NAMED, FAMILY, BROADER = 1.0, 0.95, 0.85
"""How sure it is that a predicate is the one asked for."""
EITHER_END = 0.9
"""Times this where the words leave open at which end of the statement the term stands."""
LOCATING = frozenset(map(word_stem, ("located", "situated", "found")))
OF_NO_KIND = 0.8
"""Times this where the graph does not say that an answer is of the kind asked for."""
AT_ALL = 0.5
"""How sure it is that a relation is asked for that has something of the kind asked for at its other end."""
LEAST_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Match:
    """A statement that says what is asked of a term, how sure that is, and whether the term is its subject.

    `word` is the stem of the word that asks for it, if one does.
    """

    fact: Fact
    fit: float
    out: bool
    word: str = ""

    @property
    def found(self) -> str:
        """The term that is an answer."""
        return self.fact.object if self.out else self.fact.subject


class AskedFor:
    """Finds the statements that a question asks for.

    Args:
        gatherer: of the graph that is asked.
        question: taken apart.
        alike: compares words by meaning; None where nothing can.
    """

    def __init__(self, gatherer: Gatherer, question: Question, alike: Alike | None) -> None:
        self._gatherer = gatherer
        self._question = question
        self._alike = alike

    async def matches(self, words: Iterable[Word], suits: Callable[[str, str], float]) -> list[Match]:
        """The statements around the terms that the first of some words asks for."""
        for word in words:
            await self._gatherer.pace()
            found = [one for entity in self._question.things for one in await self.of(word, entity, suits)]
            if found:
                return found
        return []

    async def of(self, word: Word, entity: Entity, suits: Callable[[str, str], float]) -> list[Match]:
        """The statements around one term that a word asks for; those that fit what is wanted."""
        around = await self._gatherer.holding(entity.term)
        other = other_end(self._question, word, entity)
        doing = doing_of(word.text)
        sure, either = [], []
        for fact, out in (*((one, True) for one in around.out), *((one, False) for one in around.into)):
            fit = suits(word.stem, fact.predicate) or (doing and suits(doing, fact.predicate))
            if not fit:
                continue
            one = Match(fact, fit, out, word.stem)
            if other is not None and key_of(one.found) != key_of(other.term):
                continue
            if not self._question.wanted.fits(one.found, fact):
                continue
            end = self._end(word, entity, fact.predicate)
            if end is None:
                either.append(replace(one, fit=fit * EITHER_END))
            elif end == out:
                sure.append(one)
        return sure or either

    def _end(self, word: Word, entity: Entity, predicate: str) -> bool | None:
        """Whether a term must be the subject of a statement; None where it may be at either end."""
        question = self._question
        if word.stem in SYMMETRIC:
            return None
        if (
            word.stem in UNDERGONE
            and word.stem not in own_stems(predicate)
            and family_of(predicate) == "harm"
        ):
            return turns(predicate)
        if is_undergone(predicate) and word.stem in own_stems(predicate) and passive(question, word):
            return entity.start < word.start
        noun_of = predicate.lower().endswith(("_of", "_for", "_to")) and not turns(predicate)
        if is_nominal(word.stem):
            return None if is_noun(predicate) else subject_first(question, word, entity) != turns(predicate)
        agent = bool(doing_of(word.text)) and not is_noun(predicate)
        if possessed(question, word, entity) or (agent and word.start == entity.end + 1):
            return not (noun_of or agent)
        if owned_by_what(question, word):
            return noun_of
        if is_noun(predicate):
            return True
        if passive(question, word) and not is_verbal(predicate) and not noun_of:
            return entity.start < word.start
        return subject_first(question, word, entity) != turns(predicate)

    async def of_term(self, term: str, words: Iterable[Word]) -> list[Match]:
        """The statements on a term that is not named, with the predicates that some words ask for, against it."""
        around = await self._gatherer.holding(term)
        return [
            Match(one, FAMILY, out=turned)
            for facts, turned in ((around.into, False), (around.out, True))
            for one in facts
            if any(akin(word.stem, one.predicate) for word in words)
            and turns(one.predicate) == turned
            and not one.negated
            and not one.derived
        ]

    async def measured(self) -> list[Match]:
        """The amounts of a term that the question asks for by an adjective: "how fast" is a speed."""
        for entity in self._question.entities if self._question.wanted.measures else ():
            around = await self._gatherer.holding(entity.term)
            found = [
                Match(one, FAMILY, out=True)
                for one in around.out
                if self._question.wanted.measures & own_stems(one.predicate) and is_amount(one.object)
            ]
            if found:
                return found
        return []

    async def placed(self) -> list[Match]:
        """Where a term is, if that is asked; what is in it, if the question says "in" before it."""
        found = []
        for entity in self._question.things:
            around = await self._gatherer.holding(entity.term)
            if self._question.wanted.what == "place" and self._says_place(self._question.head):
                found += [Match(one, fit, out=True) for one in around.out if (fit := placing(one.predicate))]
            elif self._question.wanted.what == "time" and not self._question.content:
                found += [Match(one, BROADER, out=True) for one in around.out if timing(one)]
            elif self._question.within(entity):
                found += [
                    Match(one, fit, out=False)
                    for one in around.into
                    if (fit := placing(one.predicate)) == SURELY
                    or self._question.within(entity, one.predicate)
                ]
                found += [Match(one, FAMILY, out=True) for one in around.out if holds(one.predicate)]
        best = max((one.fit for one in found), default=0.0)
        fitting = [one for one in found if one.fit == best]
        return [one for one in fitting if self._question.wanted.fits(one.found, one.fact)]

    @staticmethod
    def _says_place(head: Word | None) -> bool:
        """Whether it is asked where a term is, and not where it does something."""
        return head is None or head.stem in LOCATING

    async def of_asked_kind(self) -> list[Match]:
        """What anything says of a term and of something that is of the kind asked for: "which pupils go to X"."""
        if len(self._question.things) == len(self._question.entities):
            return []
        found = []
        for entity in self._question.things:
            around = await self._gatherer.holding(entity.term)
            found += [
                Match(one, AT_ALL, out=out)
                for facts, out in ((around.out, True), (around.into, False))
                for one in facts
            ]
        kept, sure = await self.of_kind(
            [one for one in found if self._question.wanted.fits(one.found, one.fact)]
        )
        return kept if sure else []

    async def of_kind(self, matches: Sequence[Match]) -> tuple[list[Match], bool]:
        """Those whose answer is of the kind that the question asks for, and whether the graph says so.

        Where it does not know the kind, or nothing of what the answers are, they are taken at their word, less surely.
        """
        kinds = self._question.kinds_asked()
        known = {key_of(one.term) for one in self._question.entities if self._question.lists(one)}
        kept, sure = [], []
        for one in matches:
            if one.fact.negated and not self._question.denies:
                continue
            if not kinds or kinds & stems_in(one.found) or key_of(one.found) in known:
                kept.append(one)
                sure += [one] if kinds else []
                continue
            is_a = [
                fact.object for fact in (await self._gatherer.holding(one.found)).out if fact.predicate == IS
            ]
            if any(key_of(kind) in known or kinds & stems_in(kind) for kind in is_a):
                kept.append(one)
                sure.append(one)
            elif not known or not is_a:
                kept.append(replace(one, fit=one.fit * (OF_NO_KIND**2 if known else OF_NO_KIND)))
        return [one for one in kept if one in sure] if sure else kept, bool(sure)

    async def nearly(self, words: Sequence[Word]) -> list[Match]:
        """The statements whose predicate is nearest in meaning to one of some words, if it is near at all."""
        if self._alike is None or not words:
            return []
        predicates: dict[str, None] = {}
        for entity in self._question.entities:
            predicates |= dict.fromkeys(
                one.predicate for one in (await self._gatherer.holding(entity.term)).all()
            )
        names = {name: " ".join(words_of(name)) for name in predicates}
        told = [name for name in names if names[name]]
        best: list[Match] = []
        for word in words if told else ():
            near = dict(
                zip(told, await self._alike(word.text.lower(), [names[name] for name in told]), strict=True)
            )
            fits = {name: cosine for name, cosine in near.items() if cosine >= LEAST_ALIKE}
            for entity in self._question.things if fits else ():
                found = await self.of(word, entity, partial(_looked_up, fits))
                top = max((one.fit for one in found), default=0.0)
                if top > max((one.fit for one in best), default=0.0):
                    best = [one for one in found if one.fit == top]
        return best


def _looked_up(fits: Mapping[str, float], _: str, predicate: str) -> float:
    return fits.get(predicate, 0.0)


async def singled(question: Question, gatherer: Gatherer) -> Question:
    """Return the question with those terms told that stand where a kind does and are none: "what Team Badger does"."""
    single = set()
    for one in question.entities:
        if question.lists(one) and question.wanted.what != "count":
            around = await gatherer.holding(one.term)
            if around.out and not any(family_of(fact.predicate) == "kind" for fact in around.into):
                single.add(one.term)
    return replace(question, single=frozenset(single)) if single else question


def named(word: str, predicate: str) -> float:
    """How sure a stem asks for a predicate by a word of its name."""
    return NAMED if word in own_stems(predicate) else 0.0


def in_family(word: str, predicate: str) -> float:
    """How sure a stem asks for a predicate by its name or family."""
    return named(word, predicate) or (FAMILY if accepts(word, predicate) else 0.0)


def in_broader(word: str, predicate: str) -> float:
    """How sure a stem asks for a predicate of its broadest family."""
    return in_family(word, predicate) or (BROADER if akin(word, predicate) else 0.0)
