"""What would be if something were gone, or a statement so: supposed for one question only.

Without a thing, what needs it lacks it, what it brings about or does no longer is so, and what follows by rules from
statements on it may no longer follow. The latter is found by following the rules without these statements; the proofs
of what would follow show what was assumed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pramana.answers import Entity
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.graph.supposing import difference
from pramana.knowledge import IS, Atom, Fact
from pramana.reason.evidence import Evidence
from pramana.reason.gather import Gatherer
from pramana.reason.general import is_general
from pramana.reason.question import Question
from pramana.reason.relations import accepts, effect_of, family_of, root_of, turns
from pramana.reason.wanted import placing
from pramana.text.terms import key_of

__all__ = ["Supposed", "suppose", "supposed_in", "supposes"]

MAX_AFFECTED = 8
"""Statements told of what would be gone."""
_CASE = re.compile(
    r"\b(?:if|suppos\w+|imagin\w+|assum\w+|without|what\s+(?:happens|would|breaks|stops|fails|suffers)|when)\b",
    re.IGNORECASE,
)
_IMAGINED = re.compile(r"\b(?:suppos|imagin|assum|what\s+(?:if|happens?|would)\b)", re.IGNORECASE)
_GONE_BEFORE = re.compile(
    r"\b(?:without|no|no more|lacks?|lacked|lacking|lose|loses|lost|losing|remov\w+|bann?\w*|drop\w*|delet\w+|"
    r"take away|took away|get rid of|got rid of|run out of|ran out of|turn(?:ed)? off|switch(?:ed)? off|shut down|"
    r"stop(?:ped)? (?:using|having|adding)|not (?:have|use|using|add)|n['’]t (?:have|use|add))\s+"
    r"(?:(?:an?|the|any|all|our|my|more|enough|of)\s+)*$",
    re.IGNORECASE,
)
_GONE_AFTER = re.compile(
    r"\s*(?:\w+ly\s+)?(?:fail(?:s|ed)?\b|disappear\w*|vanish\w*|die[sd]?\b|breaks?\b|broke\b|crash\w*|stop(?:s|ped)?"
    r"(?:\s+(?:work\w*|run\w*|exist\w*)|\s*[?,.;!]|\s*$)|(?:go(?:es)?|went)\s+(?:down|away|offline|missing|bankrupt)"
    r"|(?:is|are|was|were|gets?|got|has been|have been|be)\s+(?:\w+ly\s+)?(?:down|gone|removed|banned|missing|"
    r"unavailable|lost|offline|off|turned off|switched off|dropped|shut down|deleted|dead|broken|destroyed|removed|"
    r"extinct|unreachable|taken away|absent)\b|runs? out|ran out|(?:did|do|does)(?:n['’]t| not) (?:exist|work)\b"
    r"|(?:were|was|is|are)(?:n['’]t| not) (?:there|used|present|available|enabled|set|worn)\b)",
    re.IGNORECASE,
)
_NO_LONGER = re.compile(
    r"\b(?:stop(?:s|ped)?|no longer|no|not|never|quit|ceased?|without)\b|n['’]t\b", re.IGNORECASE
)
_COPULA = re.compile(r"\s+(?:were|was|is|are|became|becomes|turned into)\s+(?:an?\s+|the\s+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Supposed:
    """What a question supposes: that a thing is gone, or that one does no longer, or does, something to another."""

    gone: Entity | None = None
    pair: tuple[Entity, Entity] | None = None
    denied: bool = True


@dataclass(slots=True)
class Affected:
    """What would be otherwise: what needs what is gone, and what would no longer be so."""

    needing: list[Fact] = field(default_factory=list)
    ending: list[Fact] = field(default_factory=list)


def supposed_in(question: Question) -> Supposed | None:
    """Read what a question supposes; None where it supposes nothing of this form."""
    text = question.text
    if not _CASE.search(text):
        return None
    for first, second in pairwise(question.entities):
        between = text[first.end : second.start]
        if len(between) > 60 or re.search(r"[,;?]|\b(?:and|or|what|who|which)\b", between):
            continue
        if _NO_LONGER.search(between):
            return Supposed(pair=(first, second))
        if _COPULA.fullmatch(between) and question.assumes:
            return Supposed(pair=(first, second), denied=False)
    for one in question.entities:
        if _GONE_BEFORE.search(text[: one.start]) or _GONE_AFTER.match(text[one.end :]):
            return Supposed(gone=one)
    return None


def supposes(question: Question) -> bool:
    """Whether what a question denies is denied for a case only: "What happens if there is no X?"."""
    return not question.yes_no and (
        supposed_in(question) is not None or bool(_IMAGINED.search(question.text) and question.assumes)
    )


async def suppose(
    graph: KnowledgeGraph,
    gatherer: Gatherer,
    question: Question,
    supposed: Supposed,
    found: Evidence,
    as_of_ms: int | None,
) -> None:
    """Add to the evidence what would be otherwise in the case that is supposed."""
    if supposed.pair and not supposed.denied:
        first, second = supposed.pair
        assumed = Atom(first.term, IS, second.term)
        about = tuple(one.term for one in question.entities)
        would = await difference(graph, assumed=[assumed], about=about, as_of_ms=as_of_ms)
        found.proofs += would.gained
        found.supposed = "assumed" if would.gained else ""
        return
    if supposed.pair:
        gone = await _between(gatherer, question, *supposed.pair)
        affected = Affected(ending=gone)
        ends = [supposed.pair[1].term] if gone else []
        if not gone:
            supposed = Supposed(gone=supposed.pair[1])
    if supposed.gone:
        affected = await _resting_on(gatherer, supposed.gone.term)
        gone, ends = [*affected.needing, *affected.ending], [supposed.gone.term]
    stated = [fact.atom for fact in gone if not fact.derived and not is_general(fact)]
    about = tuple(
        dict.fromkeys((*ends, *(one.term for one in question.entities), *(_other(one, ends) for one in gone)))
    )[:MAX_AFFECTED]
    if stated:
        found.lost += (await difference(graph, gone=stated, about=about, as_of_ms=as_of_ms)).lost
    found.needing += affected.needing[:MAX_AFFECTED]
    found.ending += affected.ending[:MAX_AFFECTED]
    found.supposed = "gone" if found.needing or found.ending or found.lost else ""


def _other(fact: Fact, terms: Sequence[str]) -> str:
    """The end of a statement that is none of some terms."""
    return fact.object if key_of(fact.subject) in map(key_of, terms) else fact.subject


async def _between(gatherer: Gatherer, question: Question, first: Entity, second: Entity) -> list[Fact]:
    """What is stated between two terms, by the relation that the words between them name, if they name one."""
    around = await gatherer.stated(first.term)
    other = {key_of(second.term), key_of(second.mention)}
    both = [one for one in around.out if key_of(one.object) in other]
    both += [one for one in around.into if key_of(one.subject) in other]
    words = [
        word.stem
        for word in (*question.words, *question.light, *question.relations)
        if first.end <= word.start < second.start
    ]
    named = [one for one in both if any(accepts(word, one.predicate) for word in words)]
    return named or both


async def _resting_on(gatherer: Gatherer, term: str) -> Affected:
    """What is stated of a thing that would not be so without it; what needs it, in one step or several."""
    affected = Affected()
    around = await gatherer.stated(term)
    for fact in around.out:
        if _needs(fact) and turns(fact.predicate):
            affected.needing.append(fact)
        elif not _needs(fact) and not _states_kind(fact) and not placing(fact.predicate):
            affected.ending.append(fact)
    for fact in around.into:
        if _needs(fact):
            affected.needing += [] if turns(fact.predicate) else [fact]
        elif not effect_of(fact.predicate) and root_of(family_of(fact.predicate)) not in _AGAINST:
            affected.ending += [] if _states_kind(fact) else [fact]
    seen = {key_of(term)}
    for fact in affected.needing:  # it grows
        end = fact.object if key_of(fact.subject) in seen else fact.subject
        if key_of(end) not in seen and len(affected.needing) < MAX_AFFECTED:
            seen.add(key_of(end))
            further = await gatherer.stated(end)
            affected.needing += [one for one in further.into if _needs(one) and not turns(one.predicate)]
    affected.ending.sort(key=lambda fact: (not effect_of(fact.predicate), -fact.confidence))
    return affected


_AGAINST = frozenset(("protection", "harm", "weakening", "indication", "detection"))


def _needs(fact: Fact) -> bool:
    return family_of(fact.predicate) == "requirement"


def _states_kind(fact: Fact) -> bool:
    return fact.predicate == IS or family_of(fact.predicate) in {
        "kind",
        "naming",
        "definition",
        "identification",
    }
