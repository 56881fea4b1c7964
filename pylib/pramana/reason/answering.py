"""Answers, remembered for as long as nothing they rest on changes."""

from __future__ import annotations

from dataclasses import asdict, replace
from time import perf_counter

from pramana.answers import Answer
from pramana.bank.reasoning_bank import ReasoningBank
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.graph.vocabulary import next_change_ms
from pramana.ports import Clock, Embedder
from pramana.reason.by_meaning import NewIndex
from pramana.reason.cache import AnswerCache, CacheKey, Versions
from pramana.reason.linking import KnownWords, Linker
from pramana.reason.reasoner import Reasoner

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
        self._bank, self._graph = bank, graph
        self._linker = Linker(graph, embedder, new_index=new_index, known_words=known_words)
        self._reasoner = Reasoner(bank, graph, self._linker)
        self._cache: AnswerCache[Answer] = AnswerCache(clock)

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
        """Return an answer, by `Reasoner.reason` or as it was given before; arguments and errors are those."""
        began = perf_counter()
        database = self._bank.database
        await database.catch_up()
        head = database.state.head_seq
        options = f"{depth} {min_confidence} {k} {as_of_ms} {namespace!r}"
        key, versions = CacheKey(text, options), Versions(head, head)
        known = self._cache.get(key, versions) if isinstance(text, str) else None
        if known is not None:
            return replace(known, cached="exact", compute_ms=1000.0 * (perf_counter() - began))
        expires = None if as_of_ms is not None else await next_change_ms(self._graph)
        answer = await self._reasoner.reason(
            text, depth=depth, min_confidence=min_confidence, k=k, as_of_ms=as_of_ms, namespace=namespace
        )
        self._cache.put(key, versions, answer, expires_ms=expires)
        return answer

    def cache_stats(self) -> dict[str, int]:
        """What the cache holds and what happened in it, counted; see `CacheStats`."""
        return asdict(self._cache.stats())

    def close(self) -> None:
        """Free what linking holds. Closing twice is allowed."""
        self._linker.close()
