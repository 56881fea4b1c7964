"""Whether what a question says is so: read by the grammar, or put together from its terms and its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from pramana.answers import Entity
from pramana.errors import NotUnderstoodError
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.knowledge import IS, Fact, Verdict
from pramana.reason.clauses import says
from pramana.reason.gather import Gatherer
from pramana.reason.operators import Operators, operators_in
from pramana.reason.question import Question, Word, read_question, stems_in
from pramana.reason.relations import (
    akin,
    families_of_word,
    own_stems,
)
from pramana.reason.wanted import SURELY, holds, placing

__all__ = ["Deciding", "replaced"]

MAX_TOLD = 12
"""Answers to "who" and "what" that are proved and told, the best ones."""
MAX_READ = 1_000
"""Characters of a question that the grammar is tried on; no sentence of it is so long."""
_BESIDE = re.compile(
    r"\s+(?:(?:\w+\s+){0,2}(?:than|as)|in|on|at|for|during|under)\s+(?:(?:an?|the)\s+)?", re.IGNORECASE
)
"""Between what is asked and a term that narrows it: "treat pain in dogs", "better than"."""
_UNKNOWN = Verdict("unknown", 0.0)
_OTHERWISE = {"true": "false", "false": "true"}


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
        if len(question.text) > MAX_READ:
            return verdict
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

    async def by_statement(self, turned: Operators) -> Verdict:
        """The verdict on what the terms and words of the question say; unknown where that may be turned round."""
        if turned.unsound:
            return _UNKNOWN
        if turned.variants:
            return together([await self._alone(*one) for one in turned.variants], every=turned.every)
        verdict = await self._stated()
        said = _OTHERWISE.get(verdict.verdict, verdict.verdict) if turned.denied else verdict.verdict
        return replace(verdict, verdict=said)

    async def _alone(self, text: str, entities: Sequence[Entity]) -> Verdict:
        """The verdict on a question of one of the terms that this one joins."""
        question = read_question(text, entities)
        alone = Deciding(self._graph, self._gatherer, question, self._at)
        verdict = await alone.by_grammar()
        return verdict if verdict.proofs else await alone.by_statement(operators_in(question))

    async def _stated(self) -> Verdict:
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
        return (
            _UNKNOWN if best is None or self._narrowed(first, second, best) else await self._verdict_on(best)
        )

    def _narrowed(self, first: Entity, last: Entity, fact: Fact) -> bool:
        """Whether words after the last term, or right before a term, ask for less than a fact says: "severe pain"."""
        said = stems_in(fact.subject, fact.object)
        if not fact.negated and any(
            _BESIDE.fullmatch(self._question.text[last.end : one.start]) for one in self._question.entities
        ):
            return True
        return any(
            (word.start > last.start or any(_right_before(word, one) for one in (first, last)))
            and word.stem not in said
            and not akin(word.stem, fact.predicate)
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


def _right_before(word: Word, entity: Entity) -> bool:
    return word.start + len(word.text) + 1 == entity.start


def together(verdicts: Sequence[Verdict], *, every: bool) -> Verdict:
    """Of several verdicts that on all at once: true where `every` one is, or else any; as sure as the least sure."""
    decides = "false" if every else "true"
    for one in verdicts:
        if one.verdict == decides:
            return one
    if any(one.verdict == "unknown" for one in verdicts):
        return _UNKNOWN
    proofs = tuple(proof for one in verdicts for proof in one.proofs)
    return Verdict(_OTHERWISE[decides], min(one.confidence for one in verdicts), proofs)


def _of_kinds(question: Question) -> str:
    """Put "Are whales mammals?" as the grammar has it of terms."""
    if len(question.entities) != 2 or not re.match(r"\s*(?:are|is)\s", question.text, re.IGNORECASE):
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
