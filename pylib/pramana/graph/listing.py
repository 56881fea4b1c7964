"""Pages of what is asserted, and the figures of a graph."""

from __future__ import annotations

from typing import Any

from pramana.graph.inference import Deadline
from pramana.graph.knowledge_state import Knowledge
from pramana.graph.matching import searches
from pramana.graph.validate import Pattern
from pramana.graph.view import Moment
from pramana.knowledge import Fact, FactPage

__all__ = ["page_of", "stats_of"]

SLICE = 512
"""Rows looked at in one stretch."""


async def page_of(
    state: Knowledge,
    moment: Moment,
    deadline: Deadline,
    pattern: Pattern,
    source: str | None,
    before: tuple[str, int] | None,
    limit: int,
) -> FactPage:
    """Return the newest `limit` facts older than `before` that are visible, of a predicate and a source if given."""
    table = state.table
    number = None if source is None else table.known_source(source)
    if source is not None and number is None:
        return FactPage((), None)
    wanted = {(code, object_) for _, code, object_ in searches(state, pattern, None)}
    found: list[int] = []
    for count, row in enumerate(table.newest_first(before)):
        if not count % SLICE:
            await deadline()
        if number is not None and table.sources[row] != number:
            continue
        code = table.predicates[row]
        if not {(None, None), (code, None), (code, table.objects[row])} & wanted:
            continue
        if table.visible(row, moment.at_ms, moment.known_ms):
            found.append(row)
            if len(found) > limit:
                break
    more = len(found) > limit
    record, place = table.age(found[limit - 1]) if more else ("", 0)
    facts: list[Fact] = []
    for start in range(0, min(limit, len(found)), SLICE):
        facts += (table.fact(row, moment.known_ms) for row in found[start : min(start + SLICE, limit)])
        await deadline()
    return FactPage(tuple(facts), f"{record}:{place}" if more else None)


async def stats_of(state: Knowledge, derived: int, deadline: Deadline) -> dict[str, Any]:
    """Counts and sizes, as JSON values; `derived` is one of them."""
    table, now = state.table, state.now_ms
    visible = 0
    for start in range(0, len(table), SLICE):
        rows = range(start, min(start + SLICE, len(table)))
        visible += sum(table.visible(row, now) for row in rows)
        await deadline()
    statuses = [one.status for one in state.proposals.values()]
    return {
        "facts": visible,
        "recorded": len(table),
        "derived": derived,
        "rules": len(state.rules),
        "declarations": len(state.declared.list()),
        "terms": len(state.terms),
        "predicates": len({code >> 1 for code in table.in_use}),
        "sources": len(table.source_names),
        "proposals": statuses.count("pending"),
        "column_bytes": table.size_bytes,
    }
