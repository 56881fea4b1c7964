"""What a graph says around the terms of a question: statements, and chains of them along effects or relations."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.knowledge import Fact, FactPath, Step
from pramana.pace import Pace
from pramana.reason.general import General
from pramana.reason.relations import effect_of, family_of
from pramana.text.terms import key_of

__all__ = ["Around", "Gatherer"]

MAX_AROUND = 300
"""Statements looked at on each side of a term."""
MAX_WALKED = 64
"""Terms whose statements one walk may look at."""

Follow = Callable[[Fact, bool], bool]
"""Whether a walk takes a statement, forward from its subject or not."""


@dataclass(slots=True)
class Around:
    """The statements of which a term is the subject (`out`), and those of which it is the object (`into`)."""

    out: list[Fact] = field(default_factory=list)
    into: list[Fact] = field(default_factory=list)

    def all(self) -> Iterable[Fact]:
        """Both."""
        return (*self.out, *self.into)


class Gatherer:
    """Reads a graph at one moment for one question; what was read is kept.

    Args:
        graph: where from.
        as_of_ms: the moment; None for now.
        min_confidence: of every statement.
    """

    def __init__(self, graph: KnowledgeGraph, as_of_ms: int | None, min_confidence: float) -> None:
        self._graph = graph
        self._at = as_of_ms
        self._least = min_confidence
        self.pace = Pace()
        self._stated: dict[str, Around] = {}
        self._holding: dict[str, Around] = {}
        self._general: General | None = None
        self.read = 0
        """Statements read."""
        self.cut = False
        """Whether a walk ended before it had seen all."""

    async def stated(self, term: str) -> Around:
        """What is asserted of a term, and what rules say of it as a kind; denials left out."""
        return await self._around(term, self._stated, derived=False)

    async def holding(self, term: str) -> Around:
        """What holds of a term, with what follows and with denials; what is asserted comes first."""
        return await self._around(term, self._holding, derived=True)

    async def _around(self, term: str, kept: dict[str, Around], *, derived: bool) -> Around:
        key = key_of(term)
        if key not in kept:
            await self.pace()
            if self._general is None:
                self._general = General(await self._graph.rules())
            general = (self._general.of(term), self._general.to(term))
            found = []
            for ends, said in zip(((term, None), (None, term)), general, strict=True):
                matched = await self._graph.match(
                    ends[0],
                    None,
                    ends[1],
                    derived=derived,
                    negated=None if derived else False,
                    min_confidence=self._least,
                    as_of_ms=self._at,
                    limit=MAX_AROUND,
                )
                said = [one for one in said if one.confidence >= self._least and (derived or not one.negated)]
                found.append([*sorted(matched, key=lambda fact: fact.derived), *said])
            kept[key] = Around(*found)
            self.read += len(found[0]) + len(found[1])
        return kept[key]

    async def between(self, first: str, second: str) -> list[Fact]:
        """What holds between two terms, from the first to the second."""
        return await self._graph.match(
            first, None, second, derived=True, negated=None, min_confidence=self._least, as_of_ms=self._at
        )

    async def walk(self, start: str, hops: int, follow: Follow) -> list[FactPath]:
        """Return the simple paths from a term that cannot be made longer, over what is asserted.

        Args:
            start: a term.
            hops: facts of a path, at most.
            follow: which facts are taken, and which way. A term is reached once, by a shortest path.
        """
        seen, ends, frontier = {key_of(start)}, [], [FactPath((start,), (), 1.0)]
        budget = MAX_WALKED
        while frontier:
            further: list[FactPath] = []
            for path in frontier:
                steps = await self._steps(path, follow, budget) if len(path.steps) < hops else []
                budget -= 1
                new = [step for step in steps if key_of(step.terms[-1]) not in seen]
                seen |= {key_of(step.terms[-1]) for step in new}
                further += new
                if not new and path.steps:
                    ends.append(path)
            frontier = further
        return ends

    async def route(self, start: str, end: str, hops: int, follow: Follow) -> list[FactPath]:
        """Return the shortest paths from one term to another over what is asserted, at most three, best first."""
        goal, seen, frontier = key_of(end), {key_of(start)}, [FactPath((start,), (), 1.0)]
        found: list[FactPath] = []
        budget = MAX_WALKED
        for _ in range(hops):
            level: dict[str, FactPath] = {}
            for path in frontier:
                for step in await self._steps(path, follow, budget):
                    key = key_of(step.terms[-1])
                    if key == goal:
                        found.append(step)
                    elif key not in seen:
                        level.setdefault(key, step)
                budget -= 1
            if found:
                break
            seen |= level.keys()
            frontier = list(level.values())
        return sorted(found, key=lambda path: -path.confidence)[:3]

    async def _steps(self, path: FactPath, follow: Follow, budget: int) -> list[FactPath]:
        """Every way to make a path longer; none where the budget of terms is used up."""
        if budget <= 0:
            self.cut = True
            return []
        around = await self.stated(path.terms[-1])
        sides = ((around.out, True), (around.into, False))
        return [longer(path, fact, way) for facts, way in sides for fact in facts if follow(fact, way)]


def longer(path: FactPath, fact: Fact, forward: bool) -> FactPath:
    """A path and one more step."""
    end = fact.object if forward else fact.subject
    steps = (*path.steps, Step(fact, forward))
    return FactPath((*path.terms, end), steps, math.prod(step.fact.confidence for step in steps))


def along_effects(fact: Fact, forward: bool) -> bool:
    """Follow from what is the cause to its effect."""
    return effect_of(fact.predicate) == (1 if forward else -1)


def against_effects(fact: Fact, forward: bool) -> bool:
    """Follow from an effect to what is its cause."""
    return effect_of(fact.predicate) == (-1 if forward else 1)


def any_relation(fact: Fact, forward: bool) -> bool:
    """Follow everything but names, either way."""
    return family_of(fact.predicate) != "naming"


def by_family(families: tuple[str, ...], *, out: bool) -> Follow:
    """Follow the relations of families; of all but names, if there are none."""

    def follow(fact: Fact, forward: bool) -> bool:
        family = family_of(fact.predicate)
        return forward == out and (family in families if families else family != "naming")

    return follow
