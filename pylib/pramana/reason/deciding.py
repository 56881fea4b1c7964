"""Whether what a question says is so: read by the grammar, or put together from its terms and its words."""

from __future__ import annotations

import re
from itertools import combinations

from pramana.answers import Entity
from pramana.errors import NotUnderstoodError
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.knowledge import IS, Fact, Verdict
from pramana.reason.clauses import says
from pramana.reason.gather import Gatherer
from pramana.reason.question import Question, stems_in
from pramana.reason.relations import (
    akin,
    families_of_word,
    own_stems,
)
from pramana.reason.wanted import SURELY, holds, placing

__all__ = ["Deciding", "replaced"]

MAX_TOLD = 12
"""Answers to "who" and "what" that are proved and told, the best ones."""
_UNKNOWN = Verdict("unknown", 0.0)


class Deciding:
    """Decides one question from a graph at one moment.

    Args:
        graph: what is known.
        gatherer: of the same graph and moment.
        question: what is asked.
        as_of_ms: the moment.
    """

    def __init__(
        self, graph: KnowledgeGraph, gatherer: Gatherer, question: Question, as_of_ms: int | None
    ) -> None:
        self._graph = graph
        self._gatherer = gatherer
        self._question = question
        self._at = as_of_ms

    async def by_grammar(self) -> Verdict:
        """What the controlled English says to the question as it stands, or with its mentions put as their terms."""
        question = self._question
        verdict = _UNKNOWN
        for text in dict.fromkeys(
            (question.text, replaced(question, '"'), replaced(question), _of_kinds(question))
        ):
            try:
                verdict = await self._graph.ask(text, as_of_ms=self._at)
            except NotUnderstoodError:
                continue
            if verdict.proofs:
                break
        if len(verdict.answers) > len(verdict.proofs):
            verdict = await self._graph.ask(text, as_of_ms=self._at, max_proofs=MAX_TOLD)
        return verdict

    async def by_statement(self) -> Verdict:
        """The verdict on the first statement between terms of the question that is decided."""
        question = self._question
        for first, second in combinations(question.entities, 2):
            verdict = await self._of_pair(first, second)
            if verdict.proofs:
                return verdict
        if len(question.entities) == 1:
            return await self._of_one(question.entities[0])
        return _UNKNOWN

    async def _of_pair(self, first: Entity, second: Entity) -> Verdict:
        question = self._question
        ahead = await self._gatherer.between(first.term, second.term)
        words = {word.stem: word for word in (*question.relations, *question.words)}.values()
        light = {word.stem: word for word in question.light}.values()
        if question.within(second) and all("place" in families_of_word(word.stem) for word in words):
            asked = [fact for fact in ahead if placing(fact.predicate) == SURELY]
            asked += [
                fact
                for fact in await self._gatherer.between(second.term, first.term)
                if holds(fact.predicate)
            ]
        else:
            behind = await self._gatherer.between(second.term, first.term)
            asked = [
                fact
                for facts, forward in ((ahead, True), (behind, False))
                for fact in facts
                if any(says(question, word, fact.predicate, first, second, forward=forward) for word in words)
                or any(
                    word.stem in own_stems(fact.predicate)
                    and says(question, word, fact.predicate, first, second, forward=forward)
                    for word in light
                )
            ]
            if not asked and not words:
                asked = [fact for fact in ahead if fact.predicate == IS]
        best = max(asked, key=lambda fact: fact.confidence, default=None)
        return _UNKNOWN if best is None or self._narrowed(second, best) else await self._verdict_on(best)

    def _narrowed(self, last: Entity, fact: Fact) -> bool:
        """Whether words after the last term ask for less than a fact says: "Is it fit for new systems on boats?"."""
        said = stems_in(fact.subject, fact.object)
        return any(
            word.start > last.start and word.stem not in said and not akin(word.stem, fact.predicate)
            for word in self._question.words
        )

    async def _of_one(self, entity: Entity) -> Verdict:
        """Whether a term has some relation that the question names: "Is SHA-1 deprecated?"."""
        around = await self._gatherer.holding(entity.term)
        words = {word.stem for word in self._question.words}
        unexplained = [
            word for word in words if not any(word in own_stems(one.predicate) for one in around.out)
        ]
        asked = [fact for fact in around.out if words & own_stems(fact.predicate)]
        if not asked or unexplained:
            return _UNKNOWN
        return await self._verdict_on(asked[0])

    async def _verdict_on(self, fact: Fact) -> Verdict:
        return await self._graph.explain(fact.subject, fact.predicate, fact.object, as_of_ms=self._at)


def _of_kinds(question: Question) -> str:
    """Put "Are whales mammals?" as the grammar has it of terms."""
    if len(question.entities) != 2 or not re.match(r"(?:are|is)\s", question.text, re.IGNORECASE):
        return question.text
    first, second = question.entities
    between, after = question.text[first.end : second.start], question.text[second.end :]
    if re.sub(r"\b(?:a|an|all|every)\b", "", between).strip() or after.strip(" ?"):
        return question.text
    return f'Is every "{first.term}" a "{second.term}"?'


def replaced(question: Question, mark: str = "") -> str:
    """The text with every mention put as its term, between marks."""
    text = question.text
    for one in sorted(question.entities, key=lambda entity: -entity.start):
        text = f"{text[: one.start]}{mark}{one.term}{mark}{text[one.end :]}"
    return text
