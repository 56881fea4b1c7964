"""What connects the terms of a question: chains of effects, statements between them, any path."""

from __future__ import annotations

import math
from collections.abc import Set
from itertools import combinations, pairwise

from pramana.answers import Entity
from pramana.knowledge import FactPath
from pramana.reason.clauses import first_does
from pramana.reason.evidence import Evidence
from pramana.reason.gather import Gatherer, against_effects, along_effects, any_relation
from pramana.reason.options import Options
from pramana.reason.question import Question, stems_in
from pramana.reason.relations import effect_of, family_of, flows, flows_surely
from pramana.reason.taking import Taking

__all__ = ["Connecting"]


class Connecting:
    """Looks for what connects the terms of one question.

    Args:
        gatherer: of the graph that is asked.
        question: with at least two terms.
        taking: chooses what is told.
        options: how deep, and how many.
    """

    def __init__(self, gatherer: Gatherer, question: Question, taking: Taking, options: Options) -> None:
        self._gatherer = gatherer
        self._question = question
        self._taking = taking
        self._depth = options.depth
        self._k = options.k

    def presupposed(self) -> bool:
        """Whether the question takes for granted that one of its terms brings about another."""
        first, *others = self._question.things
        return any(
            first.start < word.start < other.start and flows_surely(word.stem)
            for word in self._question.relations
            for other in others
        )

    async def related(self, found: Evidence) -> None:
        """Take how each term is connected with the next: by effects, or else by any relations."""
        for first, second in pairwise(self._question.things):
            for follow in (along_effects, against_effects, any_relation):
                paths = await self._gatherer.route(first.term, second.term, self._depth, follow)
                for path in paths:
                    found.add_path(path)
                if paths:
                    break
        found.asked = bool(found)

    async def between(self, found: Evidence, what: str) -> None:
        """Look for chains between the terms; for what follows from one of another; for chains towards its words."""
        pairs = list(combinations(self._question.things, 2))
        ways = [way for pair in pairs for way in self._ways(*pair)]
        for start, end in ways:
            for path in await self._gatherer.route(start.term, end.term, self._depth, along_effects):
                found.add_path(path)
        for start, end in ways if not found else ():
            await self._follows(found, start.term, end.term)
        for first, second in pairs if not found else ():
            if what == "any" and not self.presupposed():
                for ends in ((first, second), (second, first)):
                    stated = await self._gatherer.between(ends[0].term, ends[1].term)
                    await self._taking.facts(
                        found, [one for one in stated if family_of(one.predicate) != "naming"]
                    )
        for start, end in ways if not found else ():
            await self._towards(found, start, end)
        found.paths = sorted(found.paths, key=lambda path: -path.confidence)[: self._k]

    def _ways(self, first: Entity, second: Entity) -> list[tuple[Entity, Entity]]:
        """From cause to effect: as the words between two terms have it, or else both ways."""
        question = self._question
        flow = next(
            (one for one in question.relations if first.start < one.start < second.start and flows(one.stem)),
            None,
        )
        if flow is None:
            return [(first, second), (second, first)]
        return [(first, second) if first_does(question, flow, first, second) else (second, first)]

    async def _follows(self, found: Evidence, cause: str, effect: str) -> None:
        """Take what follows by rules of a cause and its effect."""
        for ends, sign in (((cause, effect), 1), ((effect, cause), -1)):
            for fact in await self._gatherer.between(*ends):
                if effect_of(fact.predicate) == sign and not fact.negated:
                    await self._taking.prove(found, [fact])
                    return

    async def _towards(self, found: Evidence, cause: Entity, effect: Entity) -> None:
        """Take chains of effects from one term, or of causes to another, that reach what the other words say."""
        for start, follow in ((cause, along_effects), (effect, against_effects)):
            own = stems_in(start.term, start.mention)
            words = stems_in(self._question.text) - own
            paths = await self._gatherer.walk(start.term, self._depth, follow)
            reaching = [path for path in paths if words & (stems_in(*path.terms[1:]) - own)]
            self._taking.paths(found, [_up_to(path, words - own) for path in reaching], words)
            if found:
                return


def _up_to(path: FactPath, words: Set[str]) -> FactPath:
    """A path as far as its last term that has one of some words."""
    last = max(place for place, term in enumerate(path.terms) if place and words & stems_in(term))
    steps = path.steps[:last]
    return FactPath(path.terms[: last + 1], steps, math.prod(step.fact.confidence for step in steps))
