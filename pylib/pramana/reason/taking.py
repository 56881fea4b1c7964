"""Which of the statements and chains that were found are taken into an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.knowledge import Fact, FactPath
from pramana.reason.evidence import Evidence
from pramana.reason.gather import Gatherer
from pramana.reason.options import Options
from pramana.reason.question import Question, stems_in
from pramana.text.terms import key_of

__all__ = ["MAX_FACTS", "MAX_PROVED", "Taking"]

MAX_FACTS = 12
"""Statements in an answer."""
MAX_PROVED = 3
"""Of them, those that follow and are not stated, unless they were asked for."""
MAX_RANKED, RANK_EPSILON = 1_000, 1e-4
"""Terms that are ranked where there are more statements than are told, and how exactly."""


class Taking:
    """Takes evidence for one question.

    Args:
        graph: what is known.
        gatherer: of the same graph and moment.
        question: what is asked.
        options: how many, and when.
    """

    def __init__(
        self, graph: KnowledgeGraph, gatherer: Gatherer, question: Question, options: Options
    ) -> None:
        self._graph = graph
        self._gatherer = gatherer
        self._question = question
        self._k = options.k
        self._at = options.as_of_ms

    def paths(self, found: Evidence, paths: Iterable[FactPath], words: Set[str] = frozenset()) -> None:
        """Take the paths that speak of the question's words, or of others that are given, then the surest."""
        words = words or {word.stem for word in self._question.words}
        ranked = sorted(
            paths,
            key=lambda path: (-len(words & stems_in(*path.terms[1:])), -path.confidence, len(path.steps)),
        )
        for path in ranked[: self._k]:
            found.add_path(path)

    async def facts(self, found: Evidence, facts: Sequence[Fact], proved: int = MAX_PROVED) -> None:
        """Take the best statements; of those that follow at most `proved`, each with its proof."""
        near = await self._nearness() if len(facts) > MAX_FACTS else {}
        best = self.best(facts, near)[:MAX_FACTS]
        for fact in best:
            if not fact.derived:
                found.add_fact(fact)
        derived = [fact for fact in best if fact.derived]
        await self.prove(found, derived[:proved])
        found.more += len(facts) - len(best) + len(derived[proved:])

    async def _nearness(self) -> Mapping[str, float]:
        """The terms around those of the question, by personalized PageRank from them."""
        seeds = [term for term in self._question.terms if any((await self._gatherer.stated(term)).all())]
        if not seeds:
            return {}
        ranking = await self._graph.rank(seeds, MAX_RANKED, epsilon=RANK_EPSILON, as_of_ms=self._at)
        return {key_of(one.term): one.score for one in ranking.ranked}

    def best(self, facts: Iterable[Fact], near: Mapping[str, float] | None = None) -> list[Fact]:
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

    async def prove(self, found: Evidence, facts: Iterable[Fact]) -> None:
        """Take what follows with its proof."""
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
