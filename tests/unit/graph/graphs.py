"""Graphs for tests: real stores and kernels, a clock that moves when told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.kernels.graph import Graph
from pramana.kernels.interfaces import GraphLike, RulesLike
from pramana.kernels.reference.graph import ReferenceGraph
from pramana.kernels.reference.rules import ReferenceRuleBase
from pramana.kernels.rules import RuleBase
from pramana.knowledge import Fact
from pramana.ports import RecordStore
from pramana.store.database import Database
from tests.unit.bank.banks import Reopenable, StillClock
from tests.unit.kernels.builds import shared_module

__all__ = ["DAY", "START", "BuildKernels", "Reopenable", "StillClock", "open_graph", "said", "state_of"]

START = StillClock().ms
DAY = 86_400_000
EXPOSURE = "(?x vulnerable_to ?y) & (?y enables ?z) => (?x exposed_to ?z) @0.9"
CHAIN = "(?x next ?y) => (?x before ?y)", "(?x before ?y) & (?y next ?z) => (?x before ?z)"


@dataclass
class BuildKernels:
    """The graph's kernels of one build; counts the bases that are open."""

    build: str = "simd"
    bases: list[RulesLike] = field(default_factory=list)

    def rules(self) -> RulesLike:
        base = (
            ReferenceRuleBase() if self.build == "reference" else RuleBase(shared_module("rules", self.build))
        )
        self.bases.append(base)
        return base

    def graph(self) -> GraphLike:
        return ReferenceGraph() if self.build == "reference" else Graph(shared_module("graph", self.build))


@asynccontextmanager
async def open_graph(
    store: RecordStore | None = None, clock: StillClock | None = None, build: str = "simd", **options: Any
) -> AsyncIterator[KnowledgeGraph]:
    """A graph over a fresh memory store, unless another is given, closed with its database."""
    clock = clock or StillClock()
    database = await Database.open(store or Reopenable(), clock=clock, **options)
    graph = KnowledgeGraph(database, BuildKernels(build))
    try:
        yield graph
    finally:
        await graph.close()
        await database.close()


def said(fact: Fact) -> str:
    """A fact in a line: what it says, and how sure that is."""
    words = f"{fact.subject} {fact.predicate} {fact.object}"
    return f"{'not ' * fact.negated}{words} {fact.confidence:g}{' derived' * fact.derived}"


async def state_of(graph: KnowledgeGraph, moments: tuple[int | None, ...] = (None,)) -> dict[str, Any]:
    """All that a graph shows, at some moments, without what differs when it is loaded again."""
    shown: dict[str, Any] = {
        "rules": await graph.rules(),
        "declarations": await graph.declarations(),
        "proposals": await graph.proposals(status=None),
        "stats": {k: v for k, v in (await graph.stats()).items() if k not in ("terms", "derived")},
    }
    for at in moments:
        for known in moments:
            times: dict[str, Any] = {"as_of_ms": at, "known_at_ms": known}
            page = await graph.facts(**times, limit=1_000_000)
            shown[f"facts {at} {known}"] = page.facts
            matched = await graph.match(negated=None, **times, limit=1_000_000)
            shown[f"match {at} {known}"] = sorted(matched, key=lambda fact: fact.id)
            assert sorted(page.facts, key=lambda fact: fact.id) == shown[f"match {at} {known}"]
            following = await graph.match(derived=True, negated=None, **times, limit=1_000_000)
            shown[f"derived {at} {known}"] = sorted(map(said, following))
            shown[f"conflicts {at} {known}"] = await graph.conflicts(**times)
    return shown


async def all_said(graph: KnowledgeGraph, *pattern: Any, **options: Any) -> list[str]:
    return sorted(map(said, await graph.match(*pattern, **options)))
