"""Who does what in a question: which of its terms a word is said of, by order, voice and possession."""

from __future__ import annotations

import re

from pramana.answers import Entity
from pramana.reason.question import NEAR, Question, Word, text_before
from pramana.reason.relations import (
    ADJECTIVAL,
    CONSEQUENCES,
    INVERSE,
    UNDERGONE,
    accepts,
    families_of_word,
    family_of,
    is_nominal,
    is_past,
    is_undergone,
    own_stems,
    turns,
    word_stem,
)

__all__ = [
    "asks_effects",
    "first_does",
    "other_end",
    "owned_by_what",
    "passive",
    "possessed",
    "says",
    "subject_first",
]

_BEING = re.compile(r"\b(?:is|are|be|been|being|was|were|gets?|got)\b[^,.;?!]*$", re.IGNORECASE)
_HOW_SO = re.compile(r"\b(?:why|how|what makes)\b", re.IGNORECASE)
_THEREBY = re.compile(r"\b(?:with|using|through|via)\b", re.IGNORECASE)
_NEEDED_FOR = re.compile(r"\b(?:i|you|we|one|they)\s+$", re.IGNORECASE)
_WHOSE = re.compile(r"\bwhose\s+(?:\w+\s+)?$", re.IGNORECASE)
_OF_ITSELF = {word_stem("happen"), word_stem("possible")}


def other_end(question: Question, word: Word, entity: Entity) -> Entity | None:
    """The term at the other side of a word, where a clause says that one does it to the other: "X supplies Y"."""
    ahead = [one for one in question.things if one.end <= word.start]
    after = [one for one in question.things if one.start >= word.start + len(word.text)]
    if not ahead or not after:
        return None
    first, last = ahead[-1], after[0]
    between = question.text[first.end : word.start]
    if (
        re.search(r"[,.;:?!]", between)
        or len(between.split()) > 2
        or not _HOW_SO.search(question.text[: first.start])
    ):
        return None
    if re.search(r"[,.;:?!]", question.text[word.start : last.start]):
        return None
    return last if entity is first else first if entity is last else None


def possessed(question: Question, word: Word, entity: Entity) -> bool:
    """Whether a word is said to be a term's: "X's owner", "how many children does X have"."""
    between = question.text[entity.end : word.start]
    if re.fullmatch(r"['’]s?\s+(?:\w+\s+)?", between):
        return True
    if re.fullmatch(r"\s+(?:has|have|had)\s+(?:\w+\s+)?", between):
        return True
    has = re.match(r"\s+(?:have|has|had|got)\b", question.text[entity.end : entity.end + NEAR])
    return word.start < entity.start and bool(has)


def owned_by_what(question: Question, word: Word) -> bool:
    """Whether it is asked whose a word is: "Whose mother is X?"."""
    return bool(_WHOSE.search(text_before(question.text, word.start)))


def subject_first(question: Question, word: Word, entity: Entity) -> bool:
    """Whether a term does what a word says, by order and voice: "What does X need?", "what is caused by X?"."""
    before = entity.start < word.start
    if not before and word.stem != word_stem(word.text.lower().removesuffix("'s")):
        return word.stem in INVERSE  # a phrase: "done about X", "behind X", but "comes after X"
    of = question.text[word.start + len(word.text) : entity.start] if not before else ""
    if re.fullmatch(r"\s+(?:\w+\s+)?of\s+(?:an?\s+|the\s+)?", of) and is_nominal(word.stem):
        return True
    if "requirement" in families_of_word(word.stem) and _NEEDED_FOR.search(
        text_before(question.text, word.start)
    ):
        return True
    return before != (passive(question, word) or word.stem in INVERSE)


def first_does(question: Question, word: Word, first: Entity, second: Entity, predicate: str = "") -> bool:
    """Whether the first of two terms does what a word says to the second: not in "is X caused by Y"."""
    if word.start >= second.end and re.search(
        r"\b(?:that|which|what)\b", question.text[first.end : second.start]
    ):
        return passive(question, word)
    thereby = _THEREBY.search(question.text[first.end : second.start]) and not _THEREBY.search(
        predicate.rpartition("_")[2]
    )
    return (passive(question, word) or bool(thereby)) == (word.stem in INVERSE)


def passive(question: Question, word: Word) -> bool:
    """Whether a word is said in the passive: "is X harmed", "harmed by X" after a form of "be"."""
    written = word.text.lower()
    return (
        is_past(written)
        and written not in ADJECTIVAL
        and bool(_BEING.search(text_before(question.text, word.start)))
    )


def asks_effects(question: Question, word: Word, entity: Entity) -> bool:
    """Whether a word that flows (see `relations.flows`) asks for the effects of a term, and not for its causes."""
    if word.stem in CONSEQUENCES:
        of_itself = word.stem in _OF_ITSELF and entity.start < word.start
        return not (of_itself and _HOW_SO.search(question.text))
    return subject_first(question, word, entity)


def says(
    question: Question, word: Word, predicate: str, first: Entity, second: Entity, *, forward: bool
) -> bool:
    """Whether a statement, from the first of two terms to the second or (not `forward`) back, is what a word says."""
    own = word.stem in own_stems(predicate)
    if not accepts(word.stem, predicate):
        return False
    if word.stem in UNDERGONE and not own:
        return family_of(predicate) == "harm" and forward == turns(predicate)
    if own and passive(question, word) and is_undergone(predicate):
        return forward
    return (first_does(question, word, first, second, predicate) != turns(predicate)) == forward
