"""What one process holds of a memory: the bank and the knowledge graph over one database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pramana.bank import wire as bank_wire
from pramana.bank.reasoning_bank import ReasoningBank
from pramana.graph import wire as graph_wire
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.wire import Method, dispatch_json

__all__ = ["METHODS", "Engine"]


class Engine:
    """A bank and a graph that share a database, which is closed with them."""

    role = "leader"

    def __init__(self, bank: ReasoningBank, graph: KnowledgeGraph) -> None:
        self.bank = bank
        self.graph = graph

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
        await self.bank.close(fold=fold)


def _bank_of(engine: Engine) -> ReasoningBank:
    return engine.bank


def _graph_of(engine: Engine) -> KnowledgeGraph:
    return engine.graph


METHODS: Mapping[str, Method[Engine]] = {
    **{name: method.of(_bank_of) for name, method in bank_wire.METHODS.items()},
    **{name: method.of(_graph_of) for name, method in graph_wire.METHODS.items()},
}
"""Everything that a page, a follower or a server may ask for."""
