"""What kind of thing a question wants to know: who, where, when, how many or how much; and what can be that."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pramana.graph.english.lexicon import NUMBERS, PREPOSITIONS
from pramana.knowledge import Fact
from pramana.reason.relations import family_of, own_stems, stems_of, word_stem

__all__ = ["ANYTHING", "SURELY", "Wanted", "holds", "is_amount", "placing", "timing", "wanted_in"]

_MEASURES = {
    "long": "length duration time take last", "fast": "speed velocity", "quick": "speed time duration",
    "slow": "speed", "heavy": "weight weigh mass", "tall": "height tall", "high": "height altitude level",
    "old": "age", "big": "size area", "large": "size area population", "deep": "depth", "wide": "width spacing",
    "far": "distance spacing apart", "hot": "temperature", "cold": "temperature", "warm": "temperature",
    "much": "amount quantity cost price", "expensive": "price cost", "often": "frequency interval every",
    "strong": "strength", "thick": "thickness", "soon": "time delay deadline", "tall ": "height",
}  # fmt: skip
_COUNTED = {"people": "population inhabitant resident headcount", "person": "population headcount"}
_HOW = re.compile(rf"\bhow\s+(many|{'|'.join(map(str.strip, _MEASURES))})\b(?:\s+(\w+))?", re.IGNORECASE)
_WHO = re.compile(
    r"\b(?:who|whom|whose|(?:which|what)\s+(?:person|people|man|woman|employee)s?)\b", re.IGNORECASE
)
_WHERE = re.compile(r"\b(?:where|whereabouts|(?:which|what)\s+(?:place|location|spot)s?)\b", re.IGNORECASE)
_WHEN = re.compile(
    r"(?:^|[,.;:!?]\s*|\b(?:and|since|until|by|know|say|tell me|remember|wonder\w*|clue|idea|for)\s+)when\b"
    r"|\b(?:which|what)\s+(?:day|date|year|month|season|week|hour|time)s?\b",
    re.IGNORECASE,
)
_OPEN = re.compile(r"\b(?:why|how|what if|what happens?)\b", re.IGNORECASE)
_TIME_WORDS = """
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
october november december spring summer autumn fall winter morning noon afternoon evening night midnight dawn dusk
today tomorrow yesterday weekend year month week day daily weekly monthly yearly hour century decade season frost
"""
_TIMES = frozenset(word_stem(word) for word in _TIME_WORDS.split())
_TIMING = stems_of("date year time day month season when since until deadline founded born")
_LOCATIVE = frozenset(
    ["in", "at", "on", "inside", "near", "within", "under", "behind", "beside", "from", "through", "to"]
)
"""Prepositions of places at the end of a predicate."""
SURELY = 0.9
"""That a predicate says where something is."""
_HOLDING = frozenset(("contains", "houses", "hosts"))
_PLACING = stems_of("place location address city country home site room port region habitat")
_DATED = re.compile(
    r"(?:(?:in|on|at|since)\s+)?(?:\d{3,4}\b|\d{1,2}[.:/-]\d{1,2}|\d+\s*(?:bc|ad|am|pm|a\.m|p\.m|o'clock)\b)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: `what` is "person", "place", "time", "amount", "count" or "" for anything.

    `measures` are the stems of relations that say an amount, and `counted` is that of what "how many" stands before.
    """

    what: str = ""
    measures: frozenset[str] = frozenset()
    counted: str = ""

    def fits(self, end: str, fact: Fact) -> bool:
        """Whether a term at an end of a statement can be what is asked for."""
        last = end == fact.object
        match self.what:
            case "person":
                return not is_amount(end) and not (
                    last and _preposition(fact.predicate) in _LOCATIVE - {"to"}
                )
            case "place":
                return not is_amount(end) and not _is_time(end) and _places(fact.predicate, last=last)
            case "time":
                return last and (
                    _is_time(end) or bool(own_stems(fact.predicate) & _TIMING and is_amount(end))
                )
            case "amount":
                return is_amount(end)
            case _:
                return True


ANYTHING = Wanted()


def wanted_in(text: str) -> Wanted:
    """Read what a question wants; nothing in particular where it asks why or how."""
    how = _HOW.search(text)
    if how:
        measure, after = how[1].lower(), (how[2] or "").lower()
        if measure == "many":
            return Wanted("count", stems_of(_COUNTED.get(after, after)), word_stem(after))
        return Wanted("amount", stems_of(_MEASURES[measure]) | {word_stem(measure)})
    if _OPEN.match(text.strip()):
        return Wanted()
    for what, pattern in (("time", _WHEN), ("person", _WHO), ("place", _WHERE)):
        if pattern.search(text):
            return Wanted(what)
    return Wanted()


def _preposition(predicate: str) -> str:
    return predicate.lower().rsplit("_", 1)[-1] if "_" in predicate or predicate in PREPOSITIONS else ""


def placing(predicate: str) -> float:
    """How surely a predicate says at its object where its subject is: `part_of`, `located_in`; `works_at` less so."""
    name = predicate.lower()
    if name == "part_of" or family_of(predicate) == "place" or name.removeprefix("is_") in _LOCATIVE:
        return SURELY
    if own_stems(predicate) & _PLACING:
        return SURELY
    return 0.7 if _preposition(predicate) in _LOCATIVE else 0.0


def timing(fact: Fact) -> bool:
    """Whether a statement says at its object when its subject is."""
    if own_stems(fact.predicate) & _TIMING:
        return is_amount(fact.object) or _is_time(fact.object)
    return _preposition(fact.predicate) in PREPOSITIONS and _is_time(fact.object)


def _places(predicate: str, *, last: bool) -> bool:
    return placing(predicate) > 0 if last else holds(predicate)


def holds(predicate: str) -> bool:
    """Whether a predicate says of its subject what is in it."""
    return predicate.lower() in _HOLDING


def is_amount(term: str) -> bool:
    """Whether a term begins with a number."""
    return (bool(_NUMBERED.search(term)) and not term[:1].isalpha()) or any(
        word in NUMBERS for word in term.lower().split()[:1]
    )


def _is_time(term: str) -> bool:
    return bool(_DATED.match(term)) or any(
        word_stem(word) in _TIMES for word in term.replace("-", " ").split()
    )
