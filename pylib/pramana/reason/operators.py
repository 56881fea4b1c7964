"""Words of a question that turn it round: not, except, both, only, two, "thinks that".

Each is either handled (what is asked is what is not so, a term is left out, all that is joined must hold), or the
question is unknown, however much is known. The controlled English reads some of them itself; this is about the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pramana.answers import Entity
from pramana.graph.english.lexicon import PREPOSITIONS
from pramana.reason.manners import blanked
from pramana.reason.question import Question, said_in_phrases, text_before
from pramana.reason.relations import families_of_word, root_of, word_stem

__all__ = ["Operators", "Without", "operators_in", "without_excluded"]

_MARK = "\ufffc"
"""Stands for each character of a mention, whose words are no operators."""
_DET = r"(?:(?:an?|the|my|our|your)\s+)?"
_TERM = rf"{_DET}{_MARK}+"
_JOINED = re.compile(rf"(?<!{_MARK}){_MARK}+(?:\s*,\s*{_TERM})*,?\s+(and|or|nor)\s+{_TERM}", re.IGNORECASE)
_EXCEPT = re.compile(
    r"\b(?:other\s+than|besides|except(?:ing)?(?:\s+(?:for|from))?|(?:apart|aside)\s+from|excluding|not\s+counting)\b",
    re.IGNORECASE,
)
_EXCLUDED = re.compile(
    rf"\s+{_TERM}(?:\s*(?:,\s*(?:and\s+|or\s+)?|\s(?:and|or)\s+){_TERM})*\s*,?", re.IGNORECASE
)
_FRONTED = re.compile(
    r"(?:^|[,.;:–]|\b(?:then|but)\b)\s*(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|should"
    r"|must)(n['’]?t)\b|(?:is|are|was|were|do|does|did|can|could|will|would|has|have|should)(n['’]?t)"
    r"\s+(?:it|they|he|she|there|that)\s*\??\s*$",
    re.IGNORECASE,
)
_SAYS_NOTHING = re.compile(
    r"\b(?:whether\s+)?or\s+not\b|\bif\s+not\b|\bwhy\s+not\b|\bnot\s+only\b|\bno\s+(?:idea|clue|doubt|matter)\b"
    r"|\bi\s+(?:do\s+not|don['’]?t)\s+(?:know|understand|get|see)\b|\bnot\s+sure\b|\b(?:nobody|no\s+one)\s+(?:thinks?|thought)\s+of\b|,\s*no\s*\?*\s*$",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:not|never|cannot|no)\b|(?<=[a-z])n['’]t\b|\b(?:cant|dont|doesnt|isnt|arent|didnt|wont)\b",
    re.IGNORECASE,
)
_FALSE = re.compile(
    r"\b(?:is|was)\s+it\s+(?:false|untrue|wrong|incorrect|a\s+(?:lie|myth))\s+(?:that|to\s+say)\b",
    re.IGNORECASE,
)
_UNSOUND = re.compile(
    r"\b(?:neither|nor|none|nobody|nothing|nowhere|no\s+one|only|solely|exclusively|merely|alone|unless|hardly|rarely"
    r"|seldom|allegedly|supposedly|reportedly|but\s+not|false|untrue|either\s+of)\b",
    re.IGNORECASE,
)
_ALWAYS = re.compile(r"\b(?:always|invariably|every\s+time|without|in\s+all\s+cases)\b", re.IGNORECASE)
_FAILING = re.compile(
    r"\b(?:fail|cease|refuse|pretend|neglect)(?:e?[sd])?\s+to\b|\b(?:stop(?:s|ped)?|quits?|ceased?|avoid(?:s|ed)?)\s+\w+ing\b",
    re.IGNORECASE,
)
_OTHER_THING = re.compile(
    rf"\b(?:(?:lack|absence|shortage|loss|removal|end|opposite)\s+of|(?:quitt|stopp|avoid|remov|bann)ing|(?:too\s+)?little)"
    rf"\s+{_TERM}|{_MARK}['’]s?\s+{_MARK}",
    re.IGNORECASE,
)
"""What is named, and yet not meant itself: the lack of it, someone's."""
_THERE = re.compile(r"^\W*(?:is|are|was|were)\s+there\b", re.IGNORECASE)
_WHY_HOW = re.compile(r"^\W*(?:\w+\W+){0,3}?(?:why|how)\b", re.IGNORECASE)
_SPEECH = re.compile(
    r"\b(?:(?:think|thought|believe|sa[yi]|said|claim|argue|suspect|assert|hope|doubt|den[yi]|insist)(?:e?[sd]|ing)?"
    rf"(?:\s+that)?|(?:know|tell|told|suggest|report|assume|feel)(?:e?[sd]|ing)?(?:\s+{_TERM})?\s+that)\s+{_TERM}\s+"
    rf"(?!(?:{'|'.join(sorted(PREPOSITIONS))}|and|or|the|an?|to)\b)\w",
    re.IGNORECASE,
)
_SPEAKER = re.compile(r"(?:^|[,.;:?!]|\b(?:you|i|we|one|me|us|let['’]?s|to))\s*$", re.IGNORECASE)
"""Whose saying so is part of asking: "I think that", "say the …"."""
_AND = re.compile(
    r"(?<=[^\s,.;:?!]),?\s+(?:and|but|as\s+well\s+as)\s+(?!(?:so|then|wh|how)\b|wh)", re.IGNORECASE
)
_BOTH = re.compile(r"\bboth\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|(?:which|one|any|some)\s+of)\s+(?:an?\s+|the\s+)?$", re.IGNORECASE)
_NUMBER = re.compile(
    r"\b(\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|several|many|few|most|half)"
    rf"\s+(?:\w+\s+)?{_MARK}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Operators:
    """What turns a question round.

    Attributes:
        denied: whether what is asked is what is not so.
        unsound: the words that nothing here handles; "" for none.
        joined: the terms of an open question that "and" joins; all must be spoken of.
        both: whether what is asked must hold of all `joined` at once.
        variants: of a yes or no over several terms the texts with each alone, and their terms.
        every: whether all variants must hold, and not just one.
    """

    denied: bool = False
    unsound: str = ""
    joined: tuple[Entity, ...] = ()
    both: bool = False
    variants: tuple[tuple[str, tuple[Entity, ...]], ...] = ()
    every: bool = False


@dataclass(frozen=True, slots=True)
class Without:
    """A text without what it leaves out ("other than X"), of the same length; `unsound` where that is no term."""

    text: str
    entities: tuple[Entity, ...]
    excluded: tuple[Entity, ...] = ()
    unsound: str = ""


def without_excluded(text: str, entities: Sequence[Entity]) -> Without:
    """Take what a question leaves out of it."""
    masked, excluded = _masked(text, entities), []
    for match in _EXCEPT.finditer(masked):
        named = _EXCLUDED.match(masked, match.end())
        if named is None:
            return Without(text, tuple(entities), unsound=match[0])
        excluded += _inside(entities, match.start(), named.end())
        text = blanked(text, match.start(), named.end())
    rest = tuple(one for one in entities if one not in excluded)
    return Without(text, rest, tuple(excluded))


def operators_in(question: Question, *, supposes: bool = False) -> Operators:
    """Read what turns a question round; of one that supposes a case, negation is part of the case."""
    masked = _asking_words(question)
    turns = [match[0] for pattern in (_FALSE, _NOT) for match in pattern.finditer(masked)]
    rest = _FALSE.sub(lambda match: " " * len(match[0]), masked)
    unsound = _unsound(question, rest, supposes)
    if turns and not supposes and (len(turns) > 1 or _THERE.search(masked)):
        unsound = unsound or turns[-1]
    members, joint = _members(question, masked)
    every = joint is not None and joint[1].lower() == "and"
    both = bool(_BOTH.search(masked)) and not (question.contrasts or question.relates)
    if joint is None or not question.yes_no:
        joined = tuple(members) if every and not (question.contrasts or question.relates) else ()
        loose = _loose(masked) if question.yes_no else "both" if both and not joined else ""
        return Operators(bool(turns) and not supposes, unsound or loose, joined, both)
    variants = tuple(_variants(question, members, *joint.span()))
    unsound = unsound or _loose(masked) or (turns[0] if turns else "")
    return Operators(False, unsound, variants=variants, every=every)


def _asking_words(question: Question) -> str:
    """The text without its scene, its mentions, and what looks like an operator and is none: "isn't" in front."""
    masked = blanked(_masked(question.text, question.entities), 0, question.asking)
    for start, end in said_in_phrases(question.text, question.entities):
        masked = blanked(masked, start, end)
    for pattern in (_SAYS_NOTHING, _FRONTED):
        for match in pattern.finditer(masked):
            masked = blanked(masked, *match.span(match.lastindex or 0))
    return masked


def _loose(masked: str) -> str:
    """What joins more to a question than terms, of which nothing is decided."""
    found = _AND.search(_JOINED.sub(lambda match: _MARK * len(match[0]), masked))
    return found[0].strip() if found else ""


def _unsound(question: Question, masked: str, supposes: bool) -> str:
    """The first words that neither the sense of an answer nor a choice among terms can take up."""
    found = None if supposes else _UNSOUND.search(masked)
    if found is None and not supposes and not _WHY_HOW.search(masked):
        found = _ALWAYS.search(masked) or _FAILING.search(masked)
    if found is None and question.yes_no:
        found = _NUMBER.search(masked) or _OTHER_THING.search(masked)
    if found is None:
        found = next(_reported(masked), None)
    if found is not None:
        return found[0].strip(f" {_MARK}")
    return _turned_twice(question)


def _reported(masked: str) -> Iterator[re.Match[str]]:
    """What someone says or thinks, and is not said to be so."""
    return (one for one in _SPEECH.finditer(masked) if not _SPEAKER.search(text_before(masked, one.start())))


def _turned_twice(question: Question) -> str:
    """A word against what is against something itself: "avoid pain relief"."""
    against = [
        word
        for word in question.relations
        if any(root_of(family) == "protection" for family in families_of_word(word.stem))
    ]
    relief = [word for word in question.words if word.stem == word_stem("relief")]
    return relief[0].text if against and relief else ""


def _members(question: Question, masked: str) -> tuple[list[Entity], re.Match[str] | None]:
    """The terms of a question that "and" or "or" joins, and where."""
    match = _JOINED.search(masked)
    if match is None or _BETWEEN.search(text_before(masked, match.start())):
        return [], None
    members = _inside(question.entities, *match.span())
    return (members, match) if len(members) > 1 else ([], None)


def _variants(
    question: Question, members: Sequence[Entity], start: int, end: int
) -> Iterator[tuple[str, tuple[Entity, ...]]]:
    """A question on several terms as questions on each."""
    for one in members:
        text = blanked(question.text, start, end)
        text = f"{text[: one.start]}{question.text[one.start : one.end]}{text[one.end :]}"
        yield text, tuple(other for other in question.entities if other is one or other not in members)


def _masked(text: str, entities: Sequence[Entity]) -> str:
    for one in entities:
        text = f"{text[: one.start]}{_MARK * (one.end - one.start)}{text[one.end :]}"
    return text


def _inside(entities: Sequence[Entity], start: int, end: int) -> list[Entity]:
    return [one for one in entities if start <= one.start and one.end <= end]
