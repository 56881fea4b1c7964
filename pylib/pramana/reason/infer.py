"""From a question and a strategy to evidence: chains, statements of a relation, contrasts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import combinations

from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.graph.predicates_in_use import predicates_in_use
from pramana.reason.asked import Alike, AskedFor, Match, in_broader, in_family, named
from pramana.reason.clauses import asks_effects, says
from pramana.reason.connecting import Connecting
from pramana.reason.evidence import Evidence, Shared
from pramana.reason.gather import Gatherer, against_effects, along_effects, by_family
from pramana.reason.options import Options
from pramana.reason.question import Question, Word, stems_in
from pramana.reason.relations import (
    chains,
    doing_of,
    effect_of,
    family_of,
    flows,
    flows_surely,
    own_stems,
    root_of,
    stems_of,
)
from pramana.reason.strategies import ONWARD, Look, Strategy
from pramana.reason.supposing import suppose, supposed_in
from pramana.reason.taking import MAX_FACTS, MAX_PROVED, Taking
from pramana.reason.wanted import is_amount
from pramana.text.terms import key_of

__all__ = ["Inferring"]

TYPED = frozenset(("place", "time", "amount"))
"""What is wanted so surely that nothing else would be an answer."""
HAVING = stems_of("has have had")
_PAIRING = stems_of("reason why before after then first next")
TAKEN_FOR_GRANTED = 0.4
"""How sure it is that a statement answers why it is so."""
_WHY = re.compile(r"\b(?:why|how come)\b", re.IGNORECASE)
AT_ONE_REMOVE = 0.8
"""Times how sure an answer is that is found at what lies behind a term."""


class Inferring:
    """Answers one question from a graph at one moment.

    Args:
        graph: what is known.
        gatherer: of the same graph and moment.
        question: what is asked.
        options: how deep, how many, and when.
        alike: compares words by meaning.
    """

    def __init__(
        self,
        graph: KnowledgeGraph,
        gatherer: Gatherer,
        question: Question,
        options: Options,
        alike: Alike | None = None,
    ) -> None:
        self._wanting = AskedFor(gatherer, question, alike)
        self._taking = Taking(graph, gatherer, question, options)
        self._connecting = Connecting(gatherer, question, self._taking, options)
        self._refused = False
        self._graph = graph
        self._gatherer = gatherer
        self._question = question
        self._depth = options.depth
        self._at = options.as_of_ms

    async def gather(self, strategy: Strategy) -> Evidence:
        """Look for what a strategy says, in its order."""
        question, found = self._question, Evidence()
        if await self._supposed(found):
            return found
        several = len(question.things) > 1
        if several and question.relates and not question.contrasts:
            await self._connecting.related(found)
            return found
        if several and self._asks_between() and not question.contrasts:
            await self._asked(found)
        if found:
            pass
        elif several and (strategy.contrast or question.contrasts):
            await self._contrast(found)
        elif several and strategy.between and question.wanted.what not in TYPED:
            await self._connecting.between(found, strategy.between)
            if not found and self._connecting.presupposed():
                return found
            for look in strategy.beside:
                for entity in question.things:
                    await self._look(look, entity.term, found)
        if not found:
            await self._asked(found)
        await self._of_kind(found)
        if not found and not self._names_flow() and not await self._is_missing(closed=not strategy.slack):
            await self._looks(strategy.looks, found, all_looks=strategy.all_looks)
        await self._onward(strategy.then, found)
        return found

    async def _supposed(self, found: Evidence) -> bool:
        """Take what would be otherwise in a supposed case; of what would no longer be prevented, the effects."""
        supposed = supposed_in(self._question)
        if supposed is None:
            return False
        await suppose(self._graph, self._gatherer, self._question, supposed, found, self._at)
        for fact in list(found.ending):
            if root_of(family_of(fact.predicate)) == "protection":
                await self._flow(fact.object, found, effects=True)
        return bool(found)

    def _asks_between(self) -> bool:
        """Whether a relation is asked for by name that neither is one of effects nor compares."""
        relations = self._question.relations
        return any(not flows(word.stem) and word.stem not in _PAIRING for word in relations)

    async def _of_kind(self, found: Evidence) -> None:
        """Add which of the terms found are of the kind that the question asks for."""
        words = self._question.kinds_asked()
        terms = found.terms_beyond(self._question, MAX_FACTS) if words else []
        for term in terms:
            for fact in (await self._gatherer.stated(term)).out:
                if family_of(fact.predicate) == "kind" and words & stems_in(fact.object):
                    found.add_fact(fact)

    async def _is_missing(self, *, closed: bool) -> bool:
        """Whether a relation is asked for that was not found, so that nothing else would answer.

        That is so of an amount, a place or a time; of things of a kind that have to do with a term; of a word that
        stands where the relation does; and of one that names a predicate of the graph, which is known of other terms
        then: a word that says little, or any where the question is `closed`.
        """
        question = self._question
        of_a_kind = len(question.things) < len(question.entities)
        head = question.head
        heads = head is not None and (head in question.words or head.stem in HAVING)
        if self._refused or of_a_kind or question.wanted.what in TYPED or heads:
            return True
        words = [*question.light, *(question.words if closed else ())]
        asked = [word for word in words if word.stem not in question.kinds_asked()]
        return len(await self._unknown_here(asked)) < len(asked)

    async def _unknown_here(self, words: Sequence[Word]) -> list[Word]:
        """The words that name no predicate of the graph, as what is said or as who does it."""
        known = [own_stems(one) for one in await predicates_in_use(self._graph)] if words else []
        return [
            word
            for word in words
            if not any(word.stem in stems for stems in known)
            and not (word in self._question.words and any(doing_of(word.text) in stems for stems in known))
        ]

    def _names_flow(self) -> bool:
        """Whether effects or causes are asked for by name, so that nothing else would answer."""
        question = self._question
        return not question.assumes and any(flows_surely(word.stem) for word in question.relations)

    async def _asked(self, found: Evidence) -> None:
        """Take the statements of the relation that the question asks for: of its words, the first that has any."""
        question = self._question
        relations = sorted(
            question.relations, key=lambda word: flows(word.stem) and not flows_surely(word.stem)
        )
        words = list({word.stem: word for word in (*relations, *question.words)}.values())
        await self._asked_of_pairs(found, words)
        if found:
            return
        light = [word for word in question.light if word.stem not in question.kinds_asked()]
        plain = [word for word in words if not flows(word.stem)]
        if self._lists_alone() and not question.words:
            return
        matches = await self._wanting.matches([*plain, *light], named)
        if matches and all(one.fact.derived for one in matches):
            stated = await self._wanting.matches(plain, in_family)
            matches = [one for one in stated if not one.fact.derived] + matches
        if not matches:
            await self._flows(found, [word for word in words if flows(word.stem)])
            if found:
                found.asked = True
                return
            matches = (
                await self._wanting.matches(words, in_family)
                or await self._wanting.matches(words, in_broader)
                or await self._wanting.measured()
                or await self._wanting.placed()
                or await self._wanting.nearly(await self._unknown_here(words))
                or await self._wanting.of_asked_kind()
            )
        await self._take_matches(found, matches)
        self._refused = bool(matches) and not found
        if not found and words:
            await self._behind(found, words)

    async def _behind(self, found: Evidence, words: Sequence[Word]) -> None:
        """Take what is asked for of what a term is a sign of or comes from: "how to fix" a symptom."""
        for entity in self._question.things:
            around = await self._gatherer.stated(entity.term)
            for fact in around.out:
                if family_of(fact.predicate) in {"indication", "origin"}:
                    asked = await self._wanting.of_term(fact.object, words)
                    if asked:
                        found.add_fact(fact)
                        await self._taking.facts(found, [one.fact for one in asked], MAX_FACTS)
                        found.asked, found.fit = True, min(one.fit for one in asked) * AT_ONE_REMOVE

    async def _take_matches(self, found: Evidence, matches: Sequence[Match]) -> None:
        """Take the statements that are of the kind asked for, with what they lead on to where they chain."""
        kept, sure = await self._wanting.of_kind(matches)
        counts = self._question.wanted.what == "count" and not any(is_amount(one.found) for one in kept)
        if counts:
            kinds = {key_of(one.term) for one in self._question.entities if self._question.lists(one)}
            kept = [one for one in kept if key_of(one.found) not in kinds]
        if not kept:
            return
        if counts:
            found.counted = len({key_of(one.found) for one in kept})
        linked = [one for one in kept if chains(one.fact.predicate) and not one.fact.derived]
        narrowed = sure or counts
        for one in [] if narrowed else linked[:1]:
            way = Look((family_of(one.fact.predicate),), "out" if one.out else "in", self._depth)
            await self._walked(way, one.fact.subject if one.out else one.fact.object, found)
        facts = [one.fact for one in kept]
        await self._taking.facts(
            found, [one for one in facts if not one.derived] if linked and not narrowed else facts, MAX_FACTS
        )
        found.asked, found.fit = True, min(one.fit for one in kept)
        found.heard |= {one.word for one in kept}

    async def _asked_of_pairs(self, found: Evidence, words: Sequence[Word]) -> None:
        """Take the statements between terms of the question by relations that it names: "Why is X not good for Y?".

        To say again what a question takes for granted, without a proof, hardly answers why.
        """
        question = self._question
        typed = self._question.wanted.what in TYPED
        for first, second in () if typed else combinations(question.things, 2):
            ahead = await self._gatherer.between(first.term, second.term)
            behind = await self._gatherer.between(second.term, first.term)
            facts = [
                one
                for between, forward in ((ahead, True), (behind, False))
                for one in between
                if any(says(question, word, one.predicate, first, second, forward=forward) for word in words)
            ]
            await self._taking.facts(found, facts)
        found.asked = bool(found)
        if found and not found.proofs and _WHY.search(question.text):
            found.fit = TAKEN_FOR_GRANTED

    async def _flows(self, found: Evidence, words: Sequence[Word]) -> None:
        """Take the chains of effects or causes that words ask for."""
        for word in words:
            for entity in self._question.entities:
                effects = asks_effects(self._question, word, entity)
                follow = along_effects if effects else against_effects
                self._taking.paths(found, await self._gatherer.walk(entity.term, self._depth, follow))
            if found:
                return

    async def _looks(self, looks: Iterable[Look], found: Evidence, *, all_looks: bool) -> None:
        if self._lists_alone():
            await self._list(self._question.terms[0], found)
        if found or self._question.wanted.what == "count":
            return
        for entity in self._question.entities:
            before = found.size
            within = self._question.wanted.what == "person" and self._question.within(entity)
            for look in (Look(way="in"), *looks) if within else looks:
                await self._look(look, entity.term, found)
                if found.size > before and not all_looks:
                    break

    def _lists_alone(self) -> bool:
        """Whether all that is named is a kind whose things are asked for."""
        entities = self._question.entities
        return len(entities) == 1 and self._question.lists(entities[0])

    async def _list(self, kind: str, found: Evidence) -> None:
        """Take what is of a kind."""
        around = await self._gatherer.holding(kind)
        of_kind = [fact for fact in around.into if family_of(fact.predicate) == "kind" and not fact.negated]
        if self._question.wanted.what == "count":
            found.counted = len({key_of(fact.subject) for fact in of_kind})
            found.asked = bool(of_kind)
        await self._taking.facts(
            found, [one for one in of_kind if found.counted or not one.derived] or of_kind, MAX_FACTS
        )

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
        await self._taking.facts(found, [one for one in facts if not one.derived] or facts)

    async def _walked(self, look: Look, term: str, found: Evidence) -> None:
        """Take chains away from a term as they are; of those towards it the statements, nearest first."""
        out = look.way == "out"
        hops = min(look.hops, self._depth)
        paths = await self._gatherer.walk(term, hops, by_family(look.families, out=out))
        if out:
            self._taking.paths(found, paths)
            return
        for place in range(hops):
            for path in paths:
                if place < len(path.steps) and len(found.facts) < MAX_FACTS:
                    found.add_fact(path.steps[place].fact)

    async def _flow(self, term: str, found: Evidence, *, effects: bool) -> None:
        """Take chains of effects or causes, and those that follow by rules alone."""
        follow = along_effects if effects else against_effects
        self._taking.paths(found, await self._gatherer.walk(term, self._depth, follow))
        around = await self._gatherer.holding(term)
        known = {key_of(end) for first, _, last in found.statements() for end in (first, last)}
        further = [
            fact
            for fact in (around.out if effects else around.into)
            if fact.derived and not fact.negated and effect_of(fact.predicate) == 1
            and key_of(fact.object if effects else fact.subject) not in known
        ]  # fmt: skip
        await self._taking.prove(found, self._taking.best(further)[:MAX_PROVED])

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
                await self._taking.facts(
                    found,
                    [fact for fact in around.out if id(fact) not in alike and not fact.derived][
                        : MAX_FACTS // 2
                    ],
                )
                denied = [
                    fact for fact in around.out if fact.derived and family_of(fact.predicate) == "suitability"
                ]
                await self._taking.prove(found, denied[:1])
            if found:
                return
