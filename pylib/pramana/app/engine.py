"""What one process holds of a memory: bank and knowledge graph over one database, and what reasons over both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pramana.answers import Answer
from pramana.bank import wire as bank_wire
from pramana.bank.reasoning_bank import ReasoningBank
from pramana.graph import wire as graph_wire
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.kernels.load import Kernels
from pramana.ports import Embedder
from pramana.wire import Method, OnChunk, dispatch_json

if TYPE_CHECKING:
    from pramana.reason.answering import Answering

__all__ = ["METHODS", "Engine"]


class Engine:
    """A bank and a graph that share a database, which is closed with them.

    Args:
        bank: memories.
        graph: knowledge.
        embedder: that of the bank.
        kernels: make an index of names, when something is asked.
    """

    role = "leader"

    def __init__(
        self, bank: ReasoningBank, graph: KnowledgeGraph, embedder: Embedder, kernels: Kernels
    ) -> None:
        self.bank = bank
        self.graph = graph
        self._embedder = embedder
        self._kernels = kernels
        self._made: Answering | None = None

    async def reason(self, text: str, **options: Any) -> Answer:
        """Answer a question; see `Reasoner.reason`."""
        return await self._answering().reason(text, **options)

    async def cache_stats(self) -> dict[str, int]:
        """What happened in the cache of answers."""
        return self._answering().cache_stats()

    def _answering(self) -> Answering:
        self.bank.database.check_open()
        if self._made is None:
            # Only now: a memory that is only stored in and searched opens without all this.
            from pramana.reason.answering import Answering

            self._made = Answering(
                self.bank,
                self.graph,
                self._embedder,
                self.bank.database.clock,
                new_index=self._kernels.vector_index,
                known_words=getattr(self._embedder, "knows", None),
            )
        return self._made

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
        if self._made is not None:
            self._made.close()
        await self.bank.close(fold=fold)


def _bank_of(engine: Engine) -> ReasoningBank:
    return engine.bank


def _graph_of(engine: Engine) -> KnowledgeGraph:
    return engine.graph


async def _reason(engine: Engine, params: dict[str, Any], _: OnChunk) -> dict[str, Any]:
    return (await engine.reason(**params)).to_dict()


async def _cache_stats(engine: Engine, params: dict[str, Any], _: OnChunk) -> dict[str, int]:
    return await engine.cache_stats()


METHODS: Mapping[str, Method[Engine]] = {
    "reason": Method(
        _reason, frozenset({"text", "depth", "min_confidence", "k", "as_of_ms", "namespace"}), ("text",)
    ),
    "cache_stats": Method(_cache_stats),
    **{name: method.of(_bank_of) for name, method in bank_wire.METHODS.items()},
    **{name: method.of(_graph_of) for name, method in graph_wire.METHODS.items()},
}
"""Everything that a page, a follower or a server may ask for."""
