"""The predicates with which anything is stated in a graph."""

from __future__ import annotations

from pramana.graph.reads import GraphReads

__all__ = ["predicates_in_use"]


async def predicates_in_use(graph: GraphReads) -> frozenset[str]:
    """Return the predicates of facts that were not retracted, and of the heads of rules."""
    async with graph._residence.reading() as loaded:
        state = loaded.state
        codes = {code >> 1 for code, count in state.table.in_use.items() if count}
        heads = {rule.head.predicate for rule in state.rules.values()}
        return frozenset(map(state.terms.name, codes)) | heads
