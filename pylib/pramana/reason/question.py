"""A question taken apart: the terms it names, the words that remain, and whether yes or no is asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from pramana.answers import Entity
from pramana.graph.english.lexicon import BASE, BASE_OF, PARTICIPLES, PASTS
from pramana.kernels.reference.stop import STOP_WORDS
from pramana.reason.families import PHRASES
from pramana.reason.relations import (
    families_of_word,
    flows,
    word_stem,
)
from pramana.reason.wanted import ANYTHING, Wanted, wanted_in
from pramana.text.normalise import normalise

__all__ = [
    "NEAR",
    "Question",
    "Word",
    "parts_of",
    "read_question",
    "said_in_phrases",
    "stems_in",
    "text_before",
]

NEAR = 100
"""Characters before a word that say how it is meant."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_YES_NO = re.compile(
    r"(?:^|[,.;:–]\s*|\bthen\s+|\bbut\s+)"
    r"(?:is|are|was|were|does|do|did|can|could|would|will|should|has|have|must|may|might)(?:n['’]t)?\s+"
    r"(?!(?:there|you|we|i|it possible to)\b)",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"\b(?:is|are|was|were|do|does|did|can|could|will|would|has|have|should)n['’]?t\s+(?:it|they|he|she|there|that)\s*\??\s*$"
    r"|,\s*(?:right|correct|yes|no|true)\s*\?*\s*$",
    re.IGNORECASE,
)
_CALLED_SO = re.compile(
    r"\b(?:would|could|can|do)\s+(?:you|one|we)\s+(?:call|say|consider|think|reckon|believe|agree)\b",
    re.IGNORECASE,
)
_NEXT_ASKED = re.compile(
    r"(?:[,;]\s*|(?<!\s)\s+)(?:and|but)\s+(?=(?:what|who|why|how|which|where|when|whose|whom)\b)|\?\s+(?=\w)",
    re.IGNORECASE,
)
_OPEN = re.compile(r"\b(?:who|whom|whose|what|which|why|how|when|where)\b", re.IGNORECASE)
_HOW = re.compile(r"\bhow\s+$", re.IGNORECASE)
_WHICH = re.compile(
    r"\b(?:which|what|list|name|any|how\s+many)\s+(?:(?:all|some|of|the|other)\s+)*$", re.IGNORECASE
)
_DENIES = re.compile(r"\b(?:not|never|cannot|no)\b|n['’]t\b", re.IGNORECASE)
_WITHIN = re.compile(r"\b(in|inside|within|on|at)\s+(?:(?:the|an?|my|our|your)\s+)?$", re.IGNORECASE)
_ASIDE = re.compile(r"\b(?:on|in|with|for|at|of|from|to)\s+(?:(?:the|an?|my|our|your)\s+)?$", re.IGNORECASE)
_ASKED = r"^\W*(?:and\s+|so\s+)?(?:what|which|who|whom|where|when)\b(?:\s+\w+){0,2}?"
_AUX = r"(?:do|does|did|is|are|was|were|can|could|will|would|should|has|have|had)"
_DET = r"(?:(?:an?|the|any|all|every|my|our|your)\s+)?"
_BEFORE_HEAD = re.compile(rf"{_ASKED}\s+{_AUX}\s+{_DET}$", re.IGNORECASE)
_UP_TO_HEAD = re.compile(rf"{_ASKED}\s+(?:{_AUX}\s+)?$", re.IGNORECASE)
_HEAD_TO_TERM = re.compile(
    r"\s+(?:(?:an?|the|any|all|every|my|our|your|by|with|from|for|to|on|in|of|at)\s+)*"
)
_STOP = re.compile(r"[.!;]\s+|,\s+(?=(?:what|which|why|how|where|who)\b)", re.IGNORECASE)
_RELATED = re.compile(
    r"\b(?:relat\w+|in between|get to the other|to do with|do(?:es)? to|connect(?:s|ed|ions?)?|link(?:s|ed)?|ties?"
    r"|tied)\b",
    re.IGNORECASE,
)
_ASSUMES = re.compile(r"\b(?:if|suppos\w+|imagin\w+|assum\w+|when|without)\b", re.IGNORECASE)
_SHARED = re.compile(
    r"\b(?:in common|differen\w+|differs?|compar\w+|versus|vs|shared?|alike|similar\w*)\b", re.IGNORECASE
)

_ASKS_WHEN = frozenset(map(word_stem, ("when", "where")))
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
related connection connected link linked think expect soon first last exactly back else plenty hardly enough somehow
quite rather perhaps maybe probably sure certain clue thought wonder lot bit little stuff wrong trouble end start begin
walk say never always again clever crafty surprising funny money extra whole wholly side forget parter
anything everything nothing everybody nobody hope spare sit per
"""
_LIGHT = frozenset(word_stem(word) for word in _LIGHT_WORDS.split())
_RELATION_STOPS = {"before", "after"}
_PLAIN_WORDS = """
do does did is are was were be can could should would will might may must has have had to come about the a an my our
your we i you it they he she this that these those if in on at
"""
_PLAIN = frozenset(_PLAIN_WORDS.split())
"""What stands after "how" without making it "how much" or "how often"."""


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
    light: tuple[Word, ...] = ()
    """Words that mostly say nothing ("other", "make", "own"), and sometimes name a relation."""
    head: Word | None = None
    """The word that stands between a question word and a term as what is asked: "What does X harm?"."""
    wanted: Wanted = ANYTHING
    single: frozenset[str] = frozenset()
    """Terms that are no kinds, wherever they stand."""

    @property
    def terms(self) -> tuple[str, ...]:
        """What it names, in order."""
        return tuple(one.term for one in self.entities)

    @property
    def content(self) -> tuple[Word, ...]:
        """The words of content but for "when" and "where"."""
        return tuple(word for word in self.words if word.stem not in _ASKS_WHEN)

    def aside(self, entity: Entity) -> bool:
        """Whether a preposition stands before a term, so that it may only say where or of what something is."""
        return bool(_ASIDE.search(text_before(self.text, entity.start)))

    @property
    def things(self) -> tuple[Entity, ...]:
        """What something is asked of; the kind of thing that is asked for is none of these, unless it stands alone."""
        return tuple(one for one in self.entities if not self.lists(one)) or self.entities

    def blamed(self) -> list[Word]:
        """The words that stand where the cause of a term would: "How does stress lead to death?"."""
        last = max((one.start for one in self.entities), default=0)
        before = max(
            (word.start for word in self.relations if flows(word.stem) and word.start < last), default=0
        )
        return [word for word in (*self.words, *(word for word, _ in self.mentioned)) if word.start < before]

    def kinds_asked(self) -> frozenset[str]:
        """The stems that say what kind of thing is asked for: "which header", "what attack"."""
        words = frozenset(
            word.stem for word in self.words if _WHICH.search(text_before(self.text, word.start))
        )
        return words | stems_in(*(one.term for one in self.entities if self.lists(one)))

    @property
    def denies(self) -> bool:
        """Whether it asks for what is not so."""
        return bool(_DENIES.search(self.text))

    def within(self, entity: Entity, predicate: str = "") -> bool:
        """Whether it asks for what is in a term, or on it, or at it; with the preposition of a predicate, if given."""
        found = _WITHIN.search(text_before(self.text, entity.start))
        return found is not None and predicate.lower().rpartition("_")[2] in {"", found[1].lower()}

    @property
    def typed(self) -> frozenset[str]:
        """The stems of words that say what kind of thing is wanted, which any statement that is asked for explains."""
        place = (word.stem for word in self.words if "place" in families_of_word(word.stem))
        placing = place if self.wanted.what == "place" else ()
        asks = map(word_stem, ("where", "when", *(("many", "much") if self.wanted.what else ())))
        return frozenset((*asks, *placing)) | self.wanted.measures | self.kinds_asked()

    def lists(self, entity: Entity) -> bool:
        """Whether the things of a kind are asked for: "Which X are there?"."""
        return entity.term not in self.single and bool(_WHICH.search(text_before(self.text, entity.start)))


def read_question(text: str, entities: Sequence[Entity]) -> Question:
    """Take a text apart.

    Args:
        text: any text.
        entities: what was found in it, without overlap.
    """
    named: dict[str, Entity] = {}
    for one in entities:
        named.setdefault(one.term, one)
    phrases = said_in_phrases(text, entities)
    words, relations, mentioned, light = [], [], [], []
    for match in _WORD.finditer(text):
        lower = normalise(match[0]).replace("’", "'")
        inside = next((one for one in entities if one.start < match.end() and match.start() < one.end), None)
        measure = lower not in _PLAIN and bool(_HOW.search(text_before(text, match.start())))
        asks_when = not text[: match.start()].strip() and lower.removesuffix("'s") in _ASKS_WHEN
        stop = not (measure or asks_when) and (
            lower == "whose" or lower.replace("'", "") in STOP_WORDS or lower.removesuffix("'s") in STOP_WORDS
        )
        word = Word(match[0], word_stem(lower.removesuffix("'s")), match.start())
        if inside:
            mentioned += [] if stop else [(word, inside.term)]
            continue
        if any(start <= match.start() < end for start, end in phrases):
            words += [said for said in (phrases[at] for at in phrases if at[0] == match.start()) if said]
            continue
        if families_of_word(word.stem) and (not stop or lower in _RELATION_STOPS):
            relations.append(word)
        if measure or (not stop and word.stem not in _LIGHT and len(lower) > 1):
            words.append(word)
        elif not stop or _is_verb(lower):
            light.append(word)
    relations += [word for word in words if word in phrases.values()]
    return Question(
        text,
        tuple(named.values()),
        tuple(words),
        tuple(relations),
        tuple(mentioned),
        asks_yes_or_no(text) and not _RELATED.search(text),
        bool(_SHARED.search(text)),
        bool(_RELATED.search(text)),
        bool(_ASSUMES.search(text)),
        _asking_from(text),
        tuple(light),
        _head(text, (*words, *light), tuple(named.values())),
        wanted_in(text),
    )


def parts_of(text: str, entities: Sequence[Entity]) -> list[tuple[str, list[Entity]]]:
    """Return the questions that a text asks one after the other, each with the terms that it names.

    What names no term belongs to the whole; there is one part then, or none.
    """
    cuts = [0, *(match.end() for match in _NEXT_ASKED.finditer(text)), len(text)]
    parts = []
    for start, end in pairwise(cuts):
        inside = [one for one in entities if start <= one.start and one.end <= end]
        if inside and _OPEN.search(text[start:end]):
            shifted = [replace(one, start=one.start - start, end=one.end - start) for one in inside]
            parts.append((text[start:end], shifted))
    return parts


def said_in_phrases(text: str, entities: Sequence[Entity]) -> dict[tuple[int, int], Word | None]:
    """Where phrases of several words stand, and what each asks for; None for one that asks for nothing."""
    found: dict[tuple[int, int], Word | None] = {}
    for pattern, word in _phrases():
        for match in pattern.finditer(text):
            if not any(one.start <= match.start() < one.end for one in entities):
                said = Word(match[0].split()[0], word_stem(word), match.start()) if word else None
                found.setdefault(match.span(), said)
    return found


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(rf"\b(?:{phrase})\b", re.IGNORECASE), word) for phrase, word in PHRASES)


def _is_verb(word: str) -> bool:
    """Whether a word that says little can be what is done: "own", "has"; not "is" or "does"."""
    base = PASTS.get(word) or PARTICIPLES.get(word) or BASE_OF.get(word) or word
    return base == "own" or (base in BASE and base not in {"do", "be"})


def _head(text: str, words: Sequence[Word], entities: Sequence[Entity]) -> Word | None:
    """The word behind the first term of "what does X …", or before it in "what … X"."""
    if not entities:
        return None
    first = entities[0]
    for word in words:
        after = word.start > first.end and not text[first.end : word.start].strip()
        if after and _BEFORE_HEAD.search(text_before(text, first.start)):
            return word
        ends = word.start + len(word.text)
        ahead = ends < first.start and _HEAD_TO_TERM.fullmatch(text[ends : first.start])
        if ahead and _UP_TO_HEAD.search(text_before(text, word.start)):
            return word
    return None


def text_before(text: str, end: int) -> str:
    """The text before a place, as much as says how the place is meant; so that a long text costs no more."""
    return text[max(0, end - NEAR) : end]


def _asking_from(text: str) -> int:
    """Where the first sentence with a question mark begins, or a question word after a comma in it; 0 without one."""
    end = text.find("?")
    return max((match.end() for match in _STOP.finditer(text, 0, max(end, 0))), default=0)


def asks_yes_or_no(text: str) -> bool:
    """Whether a clause that begins with a verb is asked, and none before it with a question word."""
    if _TAG.search(text) or _CALLED_SO.search(text):
        return not _OPEN.search(text)
    match = _YES_NO.search(text.strip())
    return match is not None and not _OPEN.search(text.strip()[: match.start() + 1])


def stems_in(*texts: str) -> frozenset[str]:
    """The stems of the words of content of texts."""
    found = (normalise(word) for text in texts for word in _WORD.findall(text.replace("_", " ")))
    return frozenset(word_stem(word) for word in found if word not in STOP_WORDS)
