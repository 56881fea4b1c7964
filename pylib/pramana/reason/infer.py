"""From a question and a strategy to evidence: chains, statements of a relation, contrasts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from itertools import combinations, permutations

from pramana.answers import Entity
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.knowledge import Fact, FactPath
from pramana.reason.evidence import Evidence, Shared
from pramana.reason.gather import Gatherer, against_effects, along_effects, any_relation, by_family
from pramana.reason.options import Options
from pramana.reason.question import Question, Word, stems_in
from pramana.reason.realise import is_noun
from pramana.reason.relations import (
    accepts,
    akin,
    chains,
    effect_of,
    family_of,
    flows,
    flows_surely,
    is_nominal,
    turns,
)
from pramana.reason.strategies import ONWARD, Look, Strategy
from pramana.text.terms import key_of

__all__ = ["Inferring"]

MAX_FACTS = 12
"""Statements in an answer."""
MAX_PROVED = 3
"""Of them, those that follow and are not stated."""
MAX_RANKED, RANK_EPSILON = 1_000, 1e-4
"""Terms that are ranked where there are more statements than are told, and how exactly."""
Suits = Callable[[str, str], bool]
"""Whether a stem asks for a predicate."""


class Inferring:
    """Answers one question from a graph at one moment.

    Args:
        graph: what is known.
        gatherer: of the same graph and moment.
        question: what is asked.
        options: how deep, how many, and when.
    """

    def __init__(
        self, graph: KnowledgeGraph, gatherer: Gatherer, question: Question, options: Options
    ) -> None:
        self._graph = graph
        self._gatherer = gatherer
        self._question = question
        self._depth = options.depth
        self._k = options.k
        self._at = options.as_of_ms

    async def gather(self, strategy: Strategy) -> Evidence:
        """Look for what a strategy says, in its order."""
        question, found = self._question, Evidence()
        several = len(question.entities) > 1
        if several and (strategy.contrast or question.contrasts):
            await self._contrast(found)
        elif several and strategy.between:
            await self._between(found, strategy.between)
            if not found and self._presupposed():
                return found
        if not found:
            await self._asked(found)
        await self._of_kind(found)
        if not found and not self._names_flow():
            await self._looks(strategy.looks, found, all_looks=strategy.all_looks)
        await self._onward(strategy.then, found)
        return found

    async def _of_kind(self, found: Evidence) -> None:
        """Add which of the terms found are of the kind that the question asks for."""
        words = self._question.kinds_asked()
        terms = found.terms_beyond(self._question, MAX_FACTS) if words else []
        for term in terms:
            for fact in (await self._gatherer.stated(term)).out:
                if family_of(fact.predicate) == "kind" and words & stems_in(fact.object):
                    found.add_fact(fact)

    def _names_flow(self) -> bool:
        """Whether effects or causes are asked for by name, so that nothing else would answer."""
        question = self._question
        return not question.assumes and any(flows_surely(word.stem) for word in question.relations)

    def _presupposed(self) -> bool:
        """Whether the question takes for granted that one of its terms brings about another."""
        first, *others = self._question.entities
        return self._question.relates or any(
            first.start < word.start < other.start and flows(word.stem)
            for word in self._question.relations
            for other in others
        )

    async def _between(self, found: Evidence, what: str) -> None:
        """Look for chains between the terms; for what follows from one of another; for chains towards its words."""
        pairs = list(combinations(self._question.entities, 2))
        ways = [way for pair in pairs for way in self._ways(*pair)]
        for start, end in ways:
            for path in await self._gatherer.route(start.term, end.term, self._depth, along_effects):
                found.add_path(path)
        for start, end in ways if not found else ():
            await self._follows(found, start.term, end.term)
        for first, second in pairs if not found else ():
            if what == "any" and not self._presupposed():
                for ends in ((first, second), (second, first)):
                    stated = await self._gatherer.between(ends[0].term, ends[1].term)
                    await self._take_facts(
                        found, [one for one in stated if family_of(one.predicate) != "naming"]
                    )
            if self._question.relates and not found:
                for path in await self._gatherer.route(first.term, second.term, self._depth, any_relation):
                    found.add_path(path)
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
        return [(first, second) if question.first_does(flow, first, second) else (second, first)]

    async def _follows(self, found: Evidence, cause: str, effect: str) -> None:
        """Take what follows by rules of a cause and its effect."""
        for ends, sign in (((cause, effect), 1), ((effect, cause), -1)):
            for fact in await self._gatherer.between(*ends):
                if effect_of(fact.predicate) == sign and not fact.negated:
                    await self._prove(found, [fact])
                    return

    async def _towards(self, found: Evidence, cause: Entity, effect: Entity) -> None:
        """Take chains of effects from one term, or of causes to another, that reach what the other words say."""
        for start, follow in ((cause, along_effects), (effect, against_effects)):
            own = stems_in(start.term, start.mention)
            words = stems_in(self._question.text) - own
            paths = await self._gatherer.walk(start.term, self._depth, follow)
            reaching = [path for path in paths if words & (stems_in(*path.terms[1:]) - own)]
            self._take(found, [_up_to(path, words - own) for path in reaching], words)
            if found:
                return

    async def _asked(self, found: Evidence) -> None:
        """Take the statements of the relations that the question names; of words, the first that has any."""
        question = self._question
        named = sorted(question.relations, key=lambda word: flows(word.stem) and not flows_surely(word.stem))
        words = {word.stem: word for word in (*named, *question.words)}
        await self._asked_of_pairs(found, list(words))
        for suits in () if found else (accepts, akin):
            for word in words.values():
                await self._gatherer.pace()
                for entity in question.entities:
                    await self._of_relation(found, word, entity, suits)
                if found:
                    found.asked = True
                    return

    async def _asked_of_pairs(self, found: Evidence, words: Sequence[str]) -> None:
        """Take the statements between terms of the question by relations that it names: "Why is X not good for Y?"."""
        for first, second in permutations(self._question.terms, 2):
            between = await self._gatherer.between(first, second)
            facts = [one for one in between if any(accepts(word, one.predicate) for word in words)]
            await self._take_facts(found, facts)
        found.asked = bool(found)

    async def _of_relation(self, found: Evidence, word: Word, entity: Entity, suits: Suits) -> None:
        question = self._question
        if flows(word.stem):
            follow = along_effects if question.asks_effects(word, entity) else against_effects
            self._take(found, await self._gatherer.walk(entity.term, self._depth, follow))
            if found:
                return
        around = await self._gatherer.holding(entity.term)
        out = question.subject_first(word, entity)
        facts = [one for one in around.out if suits(word.stem, one.predicate) and out != turns(one.predicate)]
        facts += [
            one for one in around.into if suits(word.stem, one.predicate) and out == turns(one.predicate)
        ]
        if not facts:
            facts = [
                one
                for one in around.all()
                if suits(word.stem, one.predicate) and (is_nominal(word.stem) or is_noun(one.predicate))
            ]
        linked = [one for one in facts if chains(one.predicate) and not one.derived and not one.negated]
        for fact in linked[:1]:
            way = Look((family_of(fact.predicate),), "out" if fact in around.out else "in", self._depth)
            await self._walked(way, entity.term, found)
        await self._take_facts(found, [one for one in facts if not one.derived] if linked else facts)

    async def _looks(self, looks: Iterable[Look], found: Evidence, *, all_looks: bool) -> None:
        if len(self._question.entities) == 1 and self._question.lists(self._question.entities[0]):
            await self._look(Look(("kind",), "in"), self._question.terms[0], found)
        if found:
            return
        for entity in self._question.entities:
            before = found.size
            for look in looks:
                await self._look(look, entity.term, found)
                if found.size > before and not all_looks:
                    break

    async def _look(self, look: Look, term: str, found: Evidence) -> None:
        if look.way in {"effects", "causes"}:
            await self._flow(term, found, effects=look.way == "effects")
            return
        out = look.way == "out"
        follow = by_family(look.families, out=out)
        if min(look.hops, self._depth) > 1:
            await self._walked(look, term, found)
            return
        around = await self._gatherer.holding(term)
        facts = [one for one in (around.out if out else around.into) if follow(one, out)]
        await self._take_facts(found, [one for one in facts if not one.derived] or facts)

    async def _walked(self, look: Look, term: str, found: Evidence) -> None:
        """Take chains away from a term as they are; of those towards it the statements, nearest first."""
        out = look.way == "out"
        hops = min(look.hops, self._depth)
        paths = await self._gatherer.walk(term, hops, by_family(look.families, out=out))
        if out:
            self._take(found, paths)
            return
        for place in range(hops):
            for path in paths:
                if place < len(path.steps) and len(found.facts) < MAX_FACTS:
                    found.add_fact(path.steps[place].fact)

    async def _flow(self, term: str, found: Evidence, *, effects: bool) -> None:
        """Take chains of effects or causes, and those that follow by rules alone."""
        follow = along_effects if effects else against_effects
        self._take(found, await self._gatherer.walk(term, self._depth, follow))
        around = await self._gatherer.holding(term)
        known = {key_of(end) for first, _, last in found.statements() for end in (first, last)}
        further = [
            fact
            for fact in (around.out if effects else around.into)
            if fact.derived and not fact.negated and effect_of(fact.predicate) == 1
            and key_of(fact.object if effects else fact.subject) not in known
        ]  # fmt: skip
        await self._prove(found, self._best(further)[:MAX_PROVED])

    async def _onward(self, looks: Sequence[Look], found: Evidence) -> None:
        """Look further at what was found, unless it is an effect or a cause."""
        named = {key_of(term) for term in self._question.terms}
        for fact in list(found.facts):
            ends = [end for end in (fact.subject, fact.object) if key_of(end) not in named]
            family = family_of(fact.predicate)
            further = (*looks, ONWARD[family]) if family in ONWARD else looks
            for end in ends if not effect_of(fact.predicate) else ():
                for look in further:
                    await self._further(look, end, found)

    async def _further(self, look: Look, term: str, found: Evidence) -> None:
        around = await self._gatherer.stated(term)
        out = look.way == "out"
        for fact in around.out if out else around.into:
            if by_family(look.families, out=out)(fact, out) and len(found.facts) < MAX_FACTS:
                found.add_fact(fact)

    async def _contrast(self, found: Evidence) -> None:
        """Put side by side what holds of the first two terms that have anything in common, or else of both."""
        pairs = list(combinations(self._question.terms, 2))[:6]
        for first, second in pairs:
            one, other = await self._gatherer.holding(first), await self._gatherer.holding(second)
            theirs = {(fact.predicate, key_of(fact.object), fact.negated): fact for fact in other.out}
            both = [
                (fact, theirs[key])
                for fact in one.out
                if (key := (fact.predicate, key_of(fact.object), fact.negated)) in theirs and not fact.derived
            ]
            found.shared += [Shared(pair) for pair in both if not pair[1].derived]
            alike = {id(fact) for pair in both for fact in pair}
            for around in (one, other):
                await self._take_facts(
                    found,
                    [fact for fact in around.out if id(fact) not in alike and not fact.derived][
                        : MAX_FACTS // 2
                    ],
                )
                denied = [
                    fact for fact in around.out if fact.derived and family_of(fact.predicate) == "suitability"
                ]
                await self._prove(found, denied[:1])
            if found:
                return

    def _take(
        self, found: Evidence, paths: Iterable[FactPath], words: Set[str] = frozenset(), limit: int = 0
    ) -> None:
        words = words or {word.stem for word in self._question.words}
        ranked = sorted(
            paths,
            key=lambda path: (-len(words & stems_in(*path.terms[1:])), -path.confidence, len(path.steps)),
        )
        for path in ranked[: limit or self._k]:
            found.add_path(path)

    async def _take_facts(self, found: Evidence, facts: Sequence[Fact]) -> None:
        near = await self._nearness() if len(facts) > MAX_FACTS else {}
        best = self._best(facts, near)[:MAX_FACTS]
        for fact in best:
            if not fact.derived:
                found.add_fact(fact)
        await self._prove(found, [fact for fact in best if fact.derived][:MAX_PROVED])

    async def _nearness(self) -> Mapping[str, float]:
        """The terms around those of the question, by personalized PageRank from them."""
        seeds = [term for term in self._question.terms if any((await self._gatherer.stated(term)).all())]
        if not seeds:
            return {}
        ranking = await self._graph.rank(seeds, MAX_RANKED, epsilon=RANK_EPSILON, as_of_ms=self._at)
        return {key_of(one.term): one.score for one in ranking.ranked}

    def _best(self, facts: Iterable[Fact], near: Mapping[str, float] | None = None) -> list[Fact]:
        """Those that speak of the question's words first, then what is asserted, the most confident, the nearest."""
        words = {word.stem for word in self._question.words}
        known = {key_of(term) for term in self._question.terms}
        near = near or {}

        def order(fact: Fact) -> tuple[float, ...]:
            beyond = [end for end in (key_of(fact.subject), key_of(fact.object)) if end not in known]
            closeness = max((near.get(end, 0.0) for end in beyond), default=0.0)
            said = len(words & stems_in(fact.subject, fact.object))
            return (-said, fact.derived, -fact.confidence, -closeness)

        return sorted(facts, key=order)

    async def _prove(self, found: Evidence, facts: Iterable[Fact]) -> None:
        for fact in facts:
            verdict = await self._graph.explain(
                fact.subject,
                fact.predicate,
                fact.object,
                negated=fact.negated,
                as_of_ms=self._at,
                max_proofs=1,
            )
            if verdict.verdict == "true":
                found.proofs += verdict.proofs


def _up_to(path: FactPath, words: Set[str]) -> FactPath:
    """A path as far as its last term that has one of some words."""
    last = max(place for place, term in enumerate(path.terms) if place and words & stems_in(term))
    steps = path.steps[:last]
    return FactPath(path.terms[: last + 1], steps, math.prod(step.fact.confidence for step in steps))
