"""Reasoning: a question in words is answered from knowledge and memory with evidence, or it is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, product
from time import perf_counter
from typing import Any, Protocol

from pramana.answers import Answer, Entity, Insight, MemoryUsed, TraceStep
from pramana.bank.reasoning_bank import ReasoningBank
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.knowledge import IS, Fact, FactPath, Proof, Verdict
from pramana.reason.asked import singled
from pramana.reason.by_meaning import cosines
from pramana.reason.deciding import Deciding, replaced
from pramana.reason.ellipsis import completed
from pramana.reason.evidence import ALONE, Evidence
from pramana.reason.gather import Gatherer
from pramana.reason.general import is_general
from pramana.reason.infer import Inferring
from pramana.reason.kinds import classify
from pramana.reason.manners import without_manners
from pramana.reason.operators import Operators, operators_in, without_excluded
from pramana.reason.options import Options
from pramana.reason.question import Question, parts_of, read_question, stems_in
from pramana.reason.realise import Realiser
from pramana.reason.reasons import reasons
from pramana.reason.relations import flows
from pramana.reason.strategies import STRATEGIES, Strategy
from pramana.reason.supposing import supposes
from pramana.reason.turning import Turning
from pramana.records import Hit
from pramana.text import checks
from pramana.text.terms import key_of

__all__ = ["Linking", "Reasoner"]

MAX_QUESTION = 10_000
"""Characters."""
MAX_DEPTH = 16
MAX_K = 100
MAX_ENTITIES = 8
"""Mentions of a question, the first ones."""
MAX_READINGS = 16
"""Of a yes/no question whose mentions have several, that are tried beside the first."""
MAX_CHOICES = 1_000
MIN_SIMILARITY = 0.45
"""Of a memory that is cited beside knowledge. Learnt on the development half of tests/golden/reason."""
BEYOND = 0.5
"""Of a memory that is close to what was found rather than to the question; likewise."""


class Linking(Protocol):
    """What finds the terms of the graph that a text names."""

    async def link(self, text: str) -> list[Entity]:
        """Return mentions without overlap, in the order of the text."""
        ...

    async def candidates(self, text: str) -> list[list[Entity]]:
        """Return the same mentions, each with all its readings, best first."""
        ...


class Reasoner:
    """Answers questions from a bank of memories and a knowledge graph. Asking stores nothing.

    Args:
        bank: memories.
        graph: knowledge.
        linker: finds the graph's terms in texts.
    """

    def __init__(self, bank: ReasoningBank, graph: KnowledgeGraph, linker: Linking) -> None:
        self._bank = bank
        self._graph = graph
        self._linker = linker

    async def reason(
        self,
        text: str,
        *,
        depth: int = 3,
        min_confidence: float = 0.0,
        k: int = 5,
        as_of_ms: int | None = None,
        namespace: str | None = None,
    ) -> Answer:
        """Return an answer with its evidence; "unknown" without any where nothing supports one.

        Args:
            text: a question, at most 10,000 characters.
            depth: how many statements a chain may have, 1 to 16. What follows by rules is not limited by it.
            min_confidence: below it a statement is no evidence, and an answer unknown.
            k: at most so many chains, and so many memories; 1 to 100.
            as_of_ms: what held then, in milliseconds since 1970 UTC; now, if not given. Memories are today's, and
                so are names: a term that nothing is stated of now is found by the controlled English only.
            namespace: of the memories; of all, if not given.

        Raises:
            InputError: an argument is not as said above.
            BudgetError: too much follows from the graph's rules.
            ClosedError: the bank or the graph is closed.
        """
        checks.text("text", text, max_chars=MAX_QUESTION)
        checks.integer("depth", depth, 1, MAX_DEPTH)
        checks.integer("k", k, 1, MAX_K)
        checks.number("min_confidence", min_confidence, 0.0, 1.0)
        if namespace is not None:
            checks.text("namespace", namespace, max_chars=checks.MAX_NAME, filled=True)
        options = Options(depth, min_confidence, k, as_of_ms, namespace)
        return await _Run(self._bank, self._graph, self._linker, text, options).answer()


class _Run:
    """One question under way."""

    def __init__(
        self,
        bank: ReasoningBank,
        graph: KnowledgeGraph,
        linker: Linking,
        text: str,
        options: Options,
    ) -> None:
        self._bank, self._graph, self._linker = bank, graph, linker
        self._asked, self._options = text, options
        self._text = without_manners(text)
        self._began = self._since = perf_counter()
        self._trace: list[TraceStep] = []
        self._gatherer = Gatherer(graph, options.as_of_ms, options.min_confidence)

    def _done(self, step: str, **found: Any) -> None:
        now = perf_counter()
        self._trace.append(TraceStep(step, 1000.0 * (now - self._since), found))
        self._since = now

    async def answer(self) -> Answer:
        scores = classify(self._text)
        self._kinds = tuple((one.kind, one.score) for one in scores)
        self._kind = scores[0].kind
        self._done("classify", kind=self._kind, cues=list(scores[0].cues))
        mentions = await self._linker.candidates(self._text)
        named = [readings[0] for readings in mentions][:MAX_ENTITIES]
        await self._gatherer.pace()
        left = without_excluded(self._text, await completed(self._text, named, self._linker.link))
        self._text = left.text
        self._question = read_question(left.text, left.entities)
        await self._gatherer.pace()
        turned = operators_in(self._question, supposes=supposes(self._question))
        self._turning = Turning(self._question, self._kind, turned, left.excluded)
        self._done("link", entities=len(self._question.entities), readings=sum(map(len, mentions)))
        unsound = left.unsound or ("except" if left.excluded and self._question.yes_no else "")
        verdict = Verdict("unknown", 0.0) if unsound else await self._understood(mentions, turned)
        if not verdict.proofs and (unsound or turned.unsound):
            self._done("answer", verdict="unknown", turned_by=unsound or turned.unsound)
            return self._answer("unknown")
        question = self._question = await singled(self._question, self._gatherer)
        strategy = STRATEGIES[self._kind]
        if question.yes_no or (verdict.proofs and not strategy.fuller):
            return await self._decided(verdict)
        inside = [one for one in named if one not in left.excluded]
        because = () if unsound or turned.unsound else await reasons(question, self._deciding)
        found = Evidence(proofs=list(because), asked=True)
        if not because:
            found = await self._gathered(strategy, parts_of(self._text, inside))
        await self._remember(strategy, found)
        self._turning.keep(found)
        self._done(
            "gather", statements=self._gatherer.read, memories=len(found.memories), cut=self._gatherer.cut
        )
        known = {key_of(end) for first, _, last in found.statements() for end in (first, last)}
        if verdict.proofs and (not found or any(key_of(one) not in known for one in verdict.answers)):
            return await self._decided(verdict)
        return self._given(strategy, found)

    async def _gathered(self, strategy: Strategy, parts: Sequence[tuple[str, list[Entity]]]) -> Evidence:
        """The evidence for the question; of one that asks several things, for each."""
        questions = [self._question]
        if len(parts) > 1:
            questions = [await singled(read_question(*part), self._gatherer) for part in parts]
        found = Evidence()
        for question in questions:
            inferring = Inferring(self._graph, self._gatherer, question, self._options, self._alike)
            found.add(await inferring.gather(strategy))
        return found

    async def _alike(self, word: str, others: Sequence[str]) -> list[float]:
        """The cosines of a word with others in the bank's embedder."""
        return await cosines(self._bank.embedder, word, others)

    def _deciding(self, question: Question) -> Deciding:
        return Deciding(self._graph, self._gatherer, question, self._options.as_of_ms)

    async def _understood(self, mentions: Sequence[Sequence[Entity]], turned: Operators) -> Verdict:
        """What yes-or-no machinery says: the grammar, or else a statement that the words make.

        Where a mention has several readings, the first with which there is an answer is taken.
        """
        deciding, how = self._deciding(self._question), "grammar"
        verdict = self._turning.kept(await deciding.by_grammar())
        if not verdict.proofs and self._question.yes_no:
            verdict, how = await deciding.by_statement(turned), "statement"
        for entities in [] if verdict.proofs or not self._question.yes_no else _readings(mentions):
            question = read_question(self._text, entities)
            verdict, how = await self._deciding(question).by_grammar(), "another reading"
            if verdict.proofs:
                self._question = question
                break
        found = how if verdict.proofs else ""
        self._done("understand", yes_no=self._question.yes_no, how=found, verdict=verdict.verdict)
        return verdict

    async def _decided(self, verdict: Verdict) -> Answer:
        """A yes or no, or who and what by the grammar, with memories of the same matter."""
        question, realiser = self._question, Realiser()
        found = Evidence(proofs=list(verdict.proofs))
        links = [one.score for one in question.entities]
        confidence = verdict.confidence * min(links, default=1.0)
        if verdict.verdict == "unknown" or confidence < self._options.min_confidence:
            self._done("answer", verdict="unknown")
            against = verdict.against if verdict.contradictory else ()
            proofs = verdict.proofs if verdict.contradictory else ()
            return self._answer("unknown", proofs=proofs, against=against)
        await self._remember(STRATEGIES[self._kind], found)
        self._done("infer", proofs=len(verdict.proofs))
        if verdict.answers:
            found.more = max(0, len(verdict.answers) - len(verdict.proofs))
            text, said = realiser.evidence(_told(found)), "answered"
        else:
            said = verdict.verdict
            told = Evidence(memories=found.memories)
            text = f"{realiser.verdict(said, verdict.proofs)} {realiser.evidence(told)}".strip()
        self._done("answer", verdict=said, citations=len(realiser.citations))
        return self._answer(
            said, confidence, text, realiser, proofs=verdict.proofs, memories=tuple(found.memories)
        )

    def _given(self, strategy: Strategy, found: Evidence) -> Answer:
        """What was found, if it is about what is asked."""
        question = self._question
        slack = strategy.asked_slack if found.asked else strategy.slack
        alone = not found and any(one.similarity >= ALONE for one in found.memories) and strategy.from_memory
        open_words = found.unexplained(question)
        blamed = question.blamed()
        missed = (bool(blamed) and all(word in open_words for word in blamed)) or any(
            not found.asked and word in question.relations and not flows(word.stem) for word in open_words
        )
        confidence = found.confidence(question)
        self._done(
            "infer",
            paths=len(found.paths),
            facts=len(found.facts),
            proofs=len(found.proofs),
            unexplained=[word.text for word in open_words],
        )
        if (
            not (found or alone)
            or missed
            or (not strategy.slack and found and found.ignores(question))
            or found.share_unexplained(question) > slack
            or confidence < self._options.min_confidence
        ):
            self._done("answer", verdict="unknown")
            return self._answer("unknown")
        realiser = Realiser()
        text = realiser.evidence(found)
        insights = tuple(
            Insight(proof.conclusion, proof.confidence, place) for place, proof in enumerate(found.proofs)
        )
        self._done("answer", verdict="answered", citations=len(realiser.citations))
        return self._answer(
            "answered",
            confidence,
            text,
            realiser,
            proofs=tuple(found.proofs),
            insights=insights,
            paths=tuple(map(_path_told, found.paths)),
            memories=tuple(found.memories),
        )

    async def _remember(self, strategy: Strategy, found: Evidence) -> None:
        """Draw on the memories that are close to the question, or to what was found, and share a word with it."""
        question = self._question
        if not (question.words or question.mentioned):
            return
        beyond = found.terms_beyond(question)
        named = stems_in(self._text, *question.terms)
        queries = (
            (self._text, named, MIN_SIMILARITY),
            (replaced(question), named, MIN_SIMILARITY),
            (", ".join(beyond), stems_in(*beyond), BEYOND),
        )
        best: dict[str, Hit] = {}
        for query, words, least in queries[: 3 if beyond else 2]:
            for hit in await self._bank.find_similar(
                query, self._options.k, namespace=self._options.namespace, min_similarity=least
            ):
                pattern = hit.pattern
                known = best.get(pattern.id)
                shares = words & stems_in(pattern.task_description, pattern.title)
                if shares and (known is None or hit.similarity > known.similarity):
                    best[pattern.id] = hit
        ranked = sorted(best.values(), key=lambda hit: -hit.similarity)[: self._options.k]
        found.memories += [_used(hit) for hit in ranked]
        if strategy.from_memory and not found and found.memories:
            await self._known_of_strategies(found)

    async def _known_of_strategies(self, found: Evidence) -> None:
        """What kind of thing the terms are that a strategy which succeeded names."""
        for memory in found.memories:
            if memory.success >= 0.5 and memory.similarity >= ALONE:
                for entity in await self._linker.link(memory.strategy):
                    around = await self._gatherer.stated(entity.term)
                    for fact in around.out:
                        if fact.predicate == IS:
                            found.add_fact(fact)

    def _answer(
        self,
        verdict: str,
        confidence: float = 0.0,
        text: str = "",
        realiser: Realiser | None = None,
        **evidence: Any,
    ) -> Answer:
        return Answer(
            self._asked,
            self._kind,
            verdict,
            confidence,
            text,
            realiser.citations if realiser else (),
            self._kinds,
            facts=realiser.cited if realiser else (),
            entities=self._question.entities,
            trace=tuple(self._trace),
            compute_ms=1000.0 * (perf_counter() - self._began),
            **evidence,
        )


def _readings(mentions: Sequence[Sequence[Entity]]) -> list[tuple[Entity, ...]]:
    """Every choice of readings but the first, those nearest to it first."""
    choices = islice(product(*(enumerate(readings) for readings in mentions)), MAX_CHOICES)
    ranked = sorted(choices, key=lambda choice: sum(place for place, _ in choice))
    return [tuple(entity for _, entity in choice) for choice in ranked[1 : MAX_READINGS + 1]]


def _told(found: Evidence) -> Evidence:
    """Evidence with the proofs that are facts as facts, so that these are told together."""
    facts = [_stated(proof) for proof in found.proofs if proof.last.fact]
    derived = [proof for proof in found.proofs if not proof.last.fact]
    return Evidence(facts=facts, proofs=derived, memories=found.memories, more=found.more)


def _path_told(path: FactPath) -> FactPath:
    """A path in which what rules say of kinds stands as what follows, which it does."""
    steps = [
        replace(step, fact=replace(step.fact, id="", derived=True)) if is_general(step.fact) else step
        for step in path.steps
    ]
    return replace(path, steps=tuple(steps))


def _stated(proof: Proof) -> Fact:
    one = proof.conclusion
    last = proof.last
    return Fact(last.fact, one.subject, one.predicate, one.object, one.negated, last.confidence, last.source)


def _used(hit: Hit) -> MemoryUsed:
    pattern = hit.pattern
    return MemoryUsed(
        pattern.id, pattern.task_description, pattern.strategy, hit.similarity, pattern.success_score
    )
