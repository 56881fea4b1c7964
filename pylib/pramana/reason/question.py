"""A question taken apart: the terms it names, the words that remain, and whether yes or no is asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pramana.answers import Entity
from pramana.kernels.reference.stop import STOP_WORDS
from pramana.reason.relations import (
    ADJECTIVAL,
    CONSEQUENCES,
    INVERSE,
    families_of_word,
    flows,
    is_nominal,
    word_stem,
)
from pramana.text.normalise import normalise

__all__ = ["Question", "Word", "read_question", "stems_in"]

NEAR = 100
"""Characters before a word that say how it is meant."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_YES_NO = re.compile(
    r"(?:^|[,.;:–]\s*|\bthen\s+|\bbut\s+)"
    r"(?:is|are|was|were|does|do|did|can|could|would|will|should|has|have|must|may|might)(?:n['’]t)?\s+"
    r"(?!(?:there|you|we|i|it possible to)\b)",
    re.IGNORECASE,
)
_OPEN = re.compile(r"\b(?:who|whom|whose|what|which|why|how|when|where)\b", re.IGNORECASE)
_BE = r"\b(?:is|are|be|been|being|was|were|gets?|got)\b"
_PASSIVE = re.compile(rf"{_BE}[^,.;?!]*\w(?:ed|en)$|{_BE}\s+(?:\w+ly\s+)?\w+(?:n|nd|lt|pt)$", re.IGNORECASE)
_HOW_SO = re.compile(r"\b(?:why|how|what makes)\b", re.IGNORECASE)
_HOW = re.compile(r"\bhow\s+$", re.IGNORECASE)
_WHICH = re.compile(r"\b(?:which|what|list|name|any)\s+(?:(?:all|some|of|the|other)\s+)*$", re.IGNORECASE)
_THEREBY = re.compile(r"\b(?:with|using|through|via)\b", re.IGNORECASE)
_STOP = re.compile(r"[.!;]\s+")
_RELATED = re.compile(r"\b(?:relat\w+|connect(?:s|ed|ions?)?|link(?:s|ed)?|ties?|tied)\b", re.IGNORECASE)
_ASSUMES = re.compile(r"\b(?:if|suppos\w+|imagin\w+|assum\w+|when|without)\b", re.IGNORECASE)
_SHARED = re.compile(
    r"\b(?:in common|differen\w+|differs?|compar\w+|versus|vs|shared?|alike|similar\w*)\b", re.IGNORECASE
)

_LIGHT_WORDS = """
problem issue bad matter difference differ different common heart compare versus vs happen going wrong know knowledge
name tell explain describe overview introduction summary list show topic thing something anything somebody someone
anybody nobody people everybody user way possibility option another angle perspective view idea could suppose imagine
assume assuming if case would much many kind come goes go get gets getting let want wish like seem really actually
exactly please even still just also ever today nowadays currently now whole main major typical usual usually
complain report see notice log observe help other work works working done do new system systems give mean say said
called say question answer take took look looking around itself learn understand basically general generally time
try use using used itself between against one two become important worth bother long term set up set place
choose interesting good better well share able allow sense talk risky dangerous insecure unsafe harmful place relate
related connection connected link linked
"""
_LIGHT = frozenset(word_stem(word) for word in _LIGHT_WORDS.split())
_RELATION_STOPS = {"before", "after"}
_PLAIN_WORDS = """
do does did is are was were be can could should would will might may must has have had to come about the a an my our
your we i you it they he she this that these those if in on at
"""
_PLAIN = frozenset(_PLAIN_WORDS.split())
"""What stands after "how" without making it "how much" or "how often"."""
_OF_ITSELF = {word_stem("happen"), word_stem("possible")}


@dataclass(frozen=True, slots=True)
class Word:
    """A word outside of all mentions: as written, its stem, and where it starts."""

    text: str
    stem: str
    start: int


@dataclass(frozen=True, slots=True)
class Question:
    """What a text asks.

    Attributes:
        text: as given.
        entities: what it names, in order, each term once.
        words: the words of content outside of the mentions.
        relations: those that ask for relations.
        mentioned: the words of content of the mentions, with the term that each is part of.
        yes_no: whether yes or no is asked for.
        contrasts: whether it asks what is shared, or what differs.
    """

    text: str
    entities: tuple[Entity, ...]
    words: tuple[Word, ...]
    relations: tuple[Word, ...]
    mentioned: tuple[tuple[Word, str], ...]
    yes_no: bool
    contrasts: bool
    relates: bool = False
    """Whether it asks how its terms are connected."""
    assumes: bool = False
    """Whether it sets a case: "if", "suppose"."""
    asking: int = 0
    """Where the sentences begin that ask: what stands before is the scene."""

    @property
    def terms(self) -> tuple[str, ...]:
        """What it names, in order."""
        return tuple(one.term for one in self.entities)

    def subject_first(self, word: Word, entity: Entity) -> bool:
        """Whether a term does what a word says, by order and voice: "What does X need?", "what is caused by X?"."""
        before = entity.start < word.start
        of = self.text[word.start + len(word.text) : entity.start] if not before else ""
        if re.fullmatch(r"\s+(?:\w+\s+)?of\s+(?:an?\s+|the\s+)?", of) and is_nominal(word.stem):
            return True
        return before != (self._passive(word) or word.stem in INVERSE)

    def first_does(self, word: Word, first: Entity, second: Entity) -> bool:
        """Whether the first of two terms does what a word says to the second: not in "is X caused by Y"."""
        thereby = bool(_THEREBY.search(self.text[first.end : second.start]))
        return (self._passive(word) or thereby) == (word.stem in INVERSE)

    def _passive(self, word: Word) -> bool:
        before = _before(self.text, word.start + len(word.text))
        return word.text.lower() not in ADJECTIVAL and bool(_PASSIVE.search(before))

    def asks_effects(self, word: Word, entity: Entity) -> bool:
        """Whether a word that flows (see `relations.flows`) asks for the effects of a term, and not for its causes."""
        if word.stem in CONSEQUENCES:
            of_itself = word.stem in _OF_ITSELF and entity.start < word.start
            return not (of_itself and _HOW_SO.search(self.text))
        return self.subject_first(word, entity)

    def blamed(self) -> list[Word]:
        """The words that stand where the cause of a term would: "How does stress lead to death?"."""
        last = max((one.start for one in self.entities), default=0)
        before = max(
            (word.start for word in self.relations if flows(word.stem) and word.start < last), default=0
        )
        return [word for word in (*self.words, *(word for word, _ in self.mentioned)) if word.start < before]

    def kinds_asked(self) -> frozenset[str]:
        """The stems that say what kind of thing is asked for: "which header", "what attack"."""
        words = frozenset(word.stem for word in self.words if _WHICH.search(_before(self.text, word.start)))
        return words | stems_in(*(one.term for one in self.entities if self.lists(one)))

    def lists(self, entity: Entity) -> bool:
        """Whether the things of a kind are asked for: "Which X are there?"."""
        return bool(_WHICH.search(_before(self.text, entity.start)))


def read_question(text: str, entities: Sequence[Entity]) -> Question:
    """Take a text apart.

    Args:
        text: any text.
        entities: what was found in it, without overlap.
    """
    named: dict[str, Entity] = {}
    for one in entities:
        named.setdefault(one.term, one)
    words, relations, mentioned = [], [], []
    for match in _WORD.finditer(text):
        lower = normalise(match[0]).replace("’", "'")
        inside = next((one for one in entities if one.start < match.end() and match.start() < one.end), None)
        measure = lower not in _PLAIN and bool(_HOW.search(_before(text, match.start())))
        asks_when = not match.start() and lower in {"when", "where"}
        stop = not (measure or asks_when) and (
            lower.replace("'", "") in STOP_WORDS or lower.removesuffix("'s") in STOP_WORDS
        )
        word = Word(match[0], word_stem(lower.removesuffix("'s")), match.start())
        if inside:
            mentioned += [] if stop else [(word, inside.term)]
            continue
        if families_of_word(word.stem) and (not stop or lower in _RELATION_STOPS):
            relations.append(word)
        if measure or (not stop and word.stem not in _LIGHT and len(lower) > 1):
            words.append(word)
    return Question(
        text,
        tuple(named.values()),
        tuple(words),
        tuple(relations),
        tuple(mentioned),
        asks_yes_or_no(text),
        bool(_SHARED.search(text)),
        bool(_RELATED.search(text)),
        bool(_ASSUMES.search(text)),
        _asking_from(text),
    )


def _before(text: str, end: int) -> str:
    """The text before a place, as much as says how the place is meant; so that a long text costs no more."""
    return text[max(0, end - NEAR) : end]


def _asking_from(text: str) -> int:
    """Where the first sentence with a question mark begins; 0 if there is none."""
    end = text.find("?")
    return max((match.end() for match in _STOP.finditer(text, 0, max(end, 0))), default=0)


def asks_yes_or_no(text: str) -> bool:
    """Whether a clause that begins with a verb is asked, and none before it with a question word."""
    match = _YES_NO.search(text.strip())
    return match is not None and not _OPEN.search(text.strip()[: match.start() + 1])


def stems_in(*texts: str) -> frozenset[str]:
    """The stems of the words of content of texts."""
    found = (normalise(word) for text in texts for word in _WORD.findall(text.replace("_", " ")))
    return frozenset(word_stem(word) for word in found if word not in STOP_WORDS)
