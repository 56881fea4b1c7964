"""Answers, remembered for as long as nothing they rest on changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from time import perf_counter

from pramana.answers import Answer, Entity
from pramana.bank.reasoning_bank import ReasoningBank
from pramana.embed.vectors import embed
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.graph.vocabulary import next_change_ms
from pramana.ports import Clock, Embedder
from pramana.reason.by_meaning import NewIndex
from pramana.reason.cache import AnswerCache, CacheKey, Versions
from pramana.reason.kinds import classify
from pramana.reason.linking import KnownWords, Linker
from pramana.reason.manners import without_manners
from pramana.reason.reasoner import MAX_QUESTION, Linking, Reasoner
from pramana.reason.similar import Asked, Similar, wording
from pramana.text import checks

__all__ = ["Answering"]


class Answering:
    """A reasoner behind a cache.

    Args:
        bank: memories; its database is the graph's too.
        graph: knowledge.
        embedder: for linking by meaning.
        clock: wall time.
        new_index: makes the index of names.
        known_words: tells words from slips of the keyboard.
    """

    def __init__(
        self,
        bank: ReasoningBank,
        graph: KnowledgeGraph,
        embedder: Embedder,
        clock: Clock,
        *,
        new_index: NewIndex,
        known_words: KnownWords | None,
    ) -> None:
        self._bank, self._graph, self._embedder = bank, graph, embedder
        self._linker = Linker(graph, embedder, new_index=new_index, known_words=known_words)
        self._cache: AnswerCache[Answer] = AnswerCache(clock, similar=Similar())

    async def reason(
        self,
        text: str,
        *,
        depth: int = 3,
        min_confidence: float = 0.0,
        k: int = 5,
        as_of_ms: int | None = None,
        namespace: str | None = None,
        similar: bool = False,
    ) -> Answer:
        """Return an answer, by `Reasoner.reason` or as it was given before; arguments and errors are those.

        With `similar`, other words of a question that was asked with it find its answer too (see `similar.py`).
        """
        began = perf_counter()
        checks.text("text", text, max_chars=MAX_QUESTION)
        checks.flag("similar", similar)
        database = self._bank.database
        await database.catch_up()
        head = database.state.head_seq
        key = _key(text, depth, min_confidence, k, as_of_ms, namespace)
        versions = Versions(head, head)
        known, how = self._cache.get(key, versions), "exact"
        linking: Linking = self._linker
        asked = None
        if known is None and similar:
            plain = without_manners(text)
            mentions = await self._linker.candidates(plain)
            linking = _Linked(self._linker, plain, mentions)
            asked = await self._asked(text, [readings[0] for readings in mentions])
            hit = None if asked is None else self._cache.similar(key, versions, asked)
            known, how = (None if hit is None else hit.answer), "similar"
        if known is not None:
            return replace(known, cached=how, compute_ms=1000.0 * (perf_counter() - began))
        expires = None if as_of_ms is not None else await next_change_ms(self._graph)
        answer = await Reasoner(self._bank, self._graph, linking).reason(
            text, depth=depth, min_confidence=min_confidence, k=k, as_of_ms=as_of_ms, namespace=namespace
        )
        self._cache.put(key, versions, answer, expires_ms=expires, asked=asked)
        return answer

    def until_ms(
        self,
        text: str,
        *,
        depth: int = 3,
        min_confidence: float = 0.0,
        k: int = 5,
        as_of_ms: int | None = None,
        namespace: str | None = None,
        similar: bool = False,
    ) -> int | None:
        """When the answer that is remembered to this ceases to count, if nothing is written; None if there is none."""
        return self._cache.until_ms(_key(text, depth, min_confidence, k, as_of_ms, namespace))

    async def _asked(self, text: str, entities: Sequence[Entity]) -> Asked | None:
        """What other words of a question must have in common with it; None where it has no words."""
        words = wording(text)
        if not words:
            return None
        embedding = await embed(self._embedder, [" ".join(words)])
        return Asked(embedding, tuple(one.term for one in entities), classify(text)[0].kind)

    def cache_stats(self) -> dict[str, int]:
        """What the cache holds and what happened in it, counted; see `CacheStats`."""
        return asdict(self._cache.stats())

    def close(self) -> None:
        """Free what linking holds. Closing twice is allowed."""
        self._linker.close()


def _key(
    text: str, depth: int, min_confidence: float, k: int, as_of_ms: int | None, namespace: str | None
) -> CacheKey:
    return CacheKey(text, repr((depth, min_confidence, k, as_of_ms, namespace)))  # "3" is no 3, but refused


class _Linked:
    """A linker that knows the mentions of one text already."""

    def __init__(self, linker: Linker, text: str, mentions: list[list[Entity]]) -> None:
        self._linker, self._text, self._mentions = linker, text, mentions

    async def link(self, text: str) -> list[Entity]:
        return await self._linker.link(text)

    async def candidates(self, text: str) -> list[list[Entity]]:
        return self._mentions if text == self._text else await self._linker.candidates(text)
