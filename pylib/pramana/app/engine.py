"""What one process holds of a memory: bank and knowledge graph over one database, and what reasons over both."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from pramana.answers import Answer
from pramana.bank import wire as bank_wire
from pramana.bank.encode import Progress as EmbeddingProgress
from pramana.bank.reasoning_bank import ReasoningBank
from pramana.graph import wire as graph_wire
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.kernels.load import Kernels
from pramana.ports import Embedder, Row
from pramana.wire import Method, OnChunk, Standing, dispatch_json

if TYPE_CHECKING:
    from pramana.reason.answering import Answering

__all__ = ["METHODS", "Engine", "Repeats", "Server"]


class Repeats(Protocol):
    """Answers that are given again without asking the engine."""

    @property
    def hits(self) -> int:
        """Return how many were."""
        ...

    def forget(self) -> None:
        """Give none of them any more."""
        ...


class Server(Protocol):
    """Whose calls an engine answers."""

    def serve(
        self, answer: Callable[[str, str, str, Callable[[str], None]], Coroutine[Any, Any, str]]
    ) -> Repeats | None:
        """Pass calls to `answer` from now on."""
        ...


class _Forgetting:
    """Has answers forgotten at every commit: a part of the database."""

    def __init__(self, repeats: Repeats) -> None:
        self._repeats = repeats

    def take(self, rows: Sequence[Row]) -> None:
        self._repeats.forget()

    async def settle(self) -> None:
        pass


class Engine:
    """A bank and a graph that share a database, which is closed with them.

    Args:
        bank: memories.
        graph: knowledge.
        kernels: make an index of names, when something is asked.
    """

    role = "leader"

    def __init__(self, bank: ReasoningBank, graph: KnowledgeGraph, kernels: Kernels) -> None:
        self.bank = bank
        self.graph = graph
        self._kernels = kernels
        self._made: Answering | None = None
        self._made_with = bank.embedder
        self._outdated: list[Answering] = []
        self._repeats: Repeats | None = None

    def serve(self, server: Server) -> None:
        """Answer the calls of `server`, which may repeat answers until something is committed."""
        # What waited is answered before this returns, but nothing is committed: that takes a turn of the loop.
        self._repeats = server.serve(self.dispatch_json)
        if self._repeats is not None:
            self.bank.database.attach(_Forgetting(self._repeats))

    async def reason(self, text: str, **options: Any) -> Answer:
        """Answer a question; see `Reasoner.reason`."""
        return await self._answering().reason(text, **options)

    async def cache_stats(self) -> dict[str, int]:
        """What happened in the cache of answers."""
        stats = self._answering().cache_stats()
        if self._repeats is not None:
            stats["hits"] += self._repeats.hits
        return stats

    def stands_until_ms(self, **question: Any) -> int | None:
        """When the remembered answer to this ceases to count, if nothing is written; None if there is none."""
        return self._answering().until_ms(**question)

    def _answering(self) -> Answering:
        self.bank.database.check_open()
        if self._made is not None and self._made_with is not self.bank.embedder:
            self._outdated.append(self._made)  # closed with the rest: it may be answering
            self._made = None
        if self._made is None:
            # Only now: a memory that is only stored in and searched opens without all this.
            from pramana.reason.answering import Answering

            self._made_with = embedder = self.bank.embedder
            self._made = Answering(
                self.bank,
                self.graph,
                embedder,
                self.bank.database.clock,
                new_index=self._kernels.vector_index,
                known_words=getattr(embedder, "knows", None),
            )
        return self._made

    async def reembed(self, embedder: Embedder, on_progress: EmbeddingProgress | None = None) -> int:
        """Change the embedder; see `Pramana.reembed`."""
        return await self.bank.reembed(embedder, on_progress=on_progress)

    def capabilities(self) -> dict[str, Any]:
        """What stores, embeds and computes here, as JSON values."""
        return self.bank.capabilities()

    async def dispatch_json(
        self,
        method: str,
        params_json: str,
        request_id: str | None = None,
        on_chunk: Callable[[str], None] | None = None,
    ) -> str:
        """Run a method of `METHODS`, all in JSON; never raises."""
        return await dispatch_json(self, METHODS, method, params_json, request_id, on_chunk)

    async def checkpoint(self) -> None:
        """Wait for what was submitted, and write a snapshot if it is worth it; all stays open."""
        await self.bank.checkpoint()

    async def close(self, *, fold: bool = True) -> None:
        """Finish what was submitted and release everything. Twice is allowed.

        Args:
            fold: False where the database is gone already.
        """
        # The bank closes the database, so that what the graph has submitted is committed first.
        await self.graph.close()
        for made in (*self._outdated, self._made):
            if made is not None:
                made.close()
        await self.bank.close(fold=fold)


def _bank_of(engine: Engine) -> ReasoningBank:
    return engine.bank


def _graph_of(engine: Engine) -> KnowledgeGraph:
    return engine.graph


async def _reason(engine: Engine, params: dict[str, Any], _: OnChunk) -> dict[str, Any] | Standing:
    answer = await engine.reason(**params)
    # Only what was found, and says so, is the answer to the next call as it is.
    until_ms = engine.stands_until_ms(**params) if answer.cached == "exact" else None
    return answer.to_dict() if until_ms is None else Standing(answer.to_dict(), until_ms)


async def _cache_stats(engine: Engine, params: dict[str, Any], _: OnChunk) -> dict[str, int]:
    return await engine.cache_stats()


METHODS: Mapping[str, Method[Engine]] = {
    "reason": Method(
        _reason,
        frozenset({"text", "depth", "min_confidence", "k", "as_of_ms", "namespace", "similar"}),
        ("text",),
    ),
    "cache_stats": Method(_cache_stats),
    **{name: method.of(_bank_of) for name, method in bank_wire.METHODS.items()},
    **{name: method.of(_graph_of) for name, method in graph_wire.METHODS.items()},
}
"""Everything that a page, a follower or a server may ask for."""
