"""Reasoners for tests: real stores and kernels, a small graph, and the linker of the package without meaning."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pramana.answers import Answer
from pramana.bank.reasoning_bank import ReasoningBank
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.kernels.load import load_kernels
from pramana.platform import current
from pramana.reason.linking import Linker
from pramana.reason.reasoner import Reasoner
from pramana.store.database import Database
from pramana.store.memory import MemoryStore
from tests.unit.bank.banks import StillClock, WordEmbedder

__all__ = ["Asked", "asked"]


class Asked:
    """A bank, a graph and a reasoner over one database."""

    def __init__(
        self, database: Database, bank: ReasoningBank, graph: KnowledgeGraph, clock: StillClock
    ) -> None:
        self.database = database
        self.bank = bank
        self.graph = graph
        self.clock = clock
        self.reasoner = Reasoner(bank, graph, Linker(graph))

    async def facts(self, *triples: tuple[str, str, str]) -> None:
        """State triples."""
        await self.graph.add_many(triples)

    async def __call__(self, text: str, **options: object) -> Answer:
        return await self.reasoner.reason(text, **options)  # type: ignore[arg-type]


@asynccontextmanager
async def asked(*triples: tuple[str, str, str], build: str = "auto") -> AsyncIterator[Asked]:
    """Nothing but some triples, on the kernels of a build."""
    clock = StillClock()
    database = await Database.open(MemoryStore(), clock=clock)
    loaded = await load_kernels(current(), current(), build)
    bank = await ReasoningBank.open(database, loaded, WordEmbedder())
    graph = KnowledgeGraph(database, loaded)
    if triples:
        await graph.add_many(triples)
    try:
        yield Asked(database, bank, graph, clock)
    finally:
        await graph.close()
        await bank.close()
