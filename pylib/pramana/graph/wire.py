"""The knowledge graph's methods as JSON (see `pramana.wire`).

`graph.add_many` takes `{"facts": […], "source"}` and tells how far it is in chunks `{"done", "total"}`. A long list
may come in parts, numbered from 0 under one `batch` name, `"more": true` on all but the last: they are kept, and
stored together with the last one (see `staging`). So may the text of `graph.add_pack`, which otherwise is told like it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from pramana.graph.bulk_intent import Progress
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.graph.staging import Staging
from pramana.pace import Pace
from pramana.text.checks import MAX_MS, MAX_NAME, flag, integer, refuse, text
from pramana.wire import Method, OnChunk, no_chunk

__all__ = ["METHODS"]

SLICE = 256
"""Records that become JSON values in one stretch."""

Graph: TypeAlias = KnowledgeGraph

_staged: WeakKeyDictionary[Graph, Staging] = WeakKeyDictionary()


def _whole(graph: Graph, params: dict[str, Any], piece: Any) -> list[Any] | None:
    """Keep a part, and return all of them once they are complete; errors as of `Staging.keep`."""
    if "batch" not in params:
        return [piece]
    batch = text("batch", params["batch"], max_chars=MAX_NAME, filled=True)
    staging = _staged.setdefault(graph, Staging())
    name = type(piece).__name__, batch
    staging.keep(name, integer("part", params.get("part", 0), 0, MAX_MS), piece)
    return None if flag("more", params.get("more", False)) else staging.take(name)


async def _add_many(graph: Graph, params: dict[str, Any], on_chunk: OnChunk) -> Any:
    facts, source = params["facts"], params.get("source", "")
    if not isinstance(facts, list):
        refuse("facts", "a list of facts", facts)
    parts = _whole(graph, params, facts)
    if parts is None:
        return None
    added = await graph.add_many(
        [fact for part in parts for fact in part],
        source=source,
        on_progress=_told(on_chunk),
        request_id=params["request_id"],
    )
    return added.to_dict()


async def _add_pack(graph: Graph, params: dict[str, Any], on_chunk: OnChunk) -> Any:
    if not isinstance(params["text"], str):
        refuse("text", "text", params["text"])
    parts = _whole(graph, params, params["text"])
    if parts is None:
        return None
    given = {name: value for name, value in params.items() if name not in ("text", *PARTS)}
    added = await graph.add_pack("".join(parts), **given, on_progress=_told(on_chunk))
    return added.to_dict()


def _told(on_chunk: OnChunk) -> Progress | None:
    """What a method tells of its progress, as chunks."""
    if on_chunk is no_chunk:
        return None
    return lambda done, total: on_chunk({"done": done, "total": total})


def _plain(name: str) -> Callable[[Graph, dict[str, Any], OnChunk], Awaitable[Any]]:
    """A method whose parameters and result are JSON values already."""

    async def call(graph: Graph, params: dict[str, Any], _: OnChunk) -> Any:
        return await getattr(graph, name)(**params)

    return call


def _record(name: str) -> Callable[[Graph, dict[str, Any], OnChunk], Awaitable[Any]]:
    """A method that returns a record."""

    async def call(graph: Graph, params: dict[str, Any], _: OnChunk) -> Any:
        return (await getattr(graph, name)(**params)).to_dict()

    return call


def _records(name: str) -> Callable[[Graph, dict[str, Any], OnChunk], Awaitable[Any]]:
    """A method that returns a list of records."""

    async def call(graph: Graph, params: dict[str, Any], _: OnChunk) -> Any:
        return await _as_json(await getattr(graph, name)(**params))

    return call


async def _facts(graph: Graph, params: dict[str, Any], _: OnChunk) -> Any:
    page = await graph.facts(**params)
    return {"facts": await _as_json(page.facts), "cursor": page.cursor}


async def _as_json(records: Sequence[Any]) -> list[dict[str, Any]]:
    """Records as JSON values; others run in between."""
    pace, values = Pace(), []
    for start in range(0, len(records), SLICE):
        values += [record.to_dict() for record in records[start : start + SLICE]]
        await pace()
    return values


def _named(*names: str) -> frozenset[str]:
    return frozenset(names)


PARTS = ("batch", "part", "more")
PACK = ("text", "name", "format", "licence", "source", "version", "rules", "skip_malformed")
TIME = ("as_of_ms", "known_at_ms")
BUDGET = ("max_derived", "timeout_s")
TRIPLE = ("subject", "predicate", "object")
FACT = (*TRIPLE, "negated", "confidence", "source", "valid_from_ms", "valid_to_ms")

METHODS: dict[str, Method[Graph]] = {
    "graph.add": Method(_plain("add"), _named(*FACT), ("subject", "predicate"), writes=True),
    "graph.add_many": Method(_add_many, _named("facts", "source", *PARTS), ("facts",), writes=True),
    "graph.match": Method(
        _records("match"),
        _named(*TRIPLE, "derived", "negated", "min_confidence", "limit", *TIME, *BUDGET),
    ),
    "graph.facts": Method(_facts, _named("source", "predicate", "cursor", "limit", *TIME)),
    "graph.retract": Method(_plain("retract"), _named(*TRIPLE, "source"), writes=True),
    "graph.retract_fact": Method(_plain("retract_fact"), _named("fid"), ("fid",), writes=True),
    "graph.add_rule": Method(_plain("add_rule"), _named("text", "name", "source"), ("text",), writes=True),
    "graph.remove_rule": Method(_plain("remove_rule"), _named("rule"), ("rule",), writes=True),
    "graph.rules": Method(_records("rules")),
    "graph.declare": Method(
        _plain("declare"), _named("predicate", "functional", "disjoint_with"), ("predicate",), writes=True
    ),
    "graph.undeclare": Method(
        _plain("undeclare"), _named("predicate", "functional", "disjoint_with"), ("predicate",), writes=True
    ),
    "graph.declarations": Method(_records("declarations")),
    "graph.conflicts": Method(_records("conflicts"), _named(*TIME, *BUDGET)),
    "graph.tell": Method(_record("tell"), _named("text", "source", "confidence"), ("text",), writes=True),
    "graph.ask": Method(_record("ask"), _named("text", "max_proofs", *TIME, *BUDGET), ("text",)),
    "graph.explain": Method(
        _record("explain"),
        _named(*TRIPLE, "negated", "max_proofs", *TIME, *BUDGET),
        ("subject", "predicate"),
    ),
    "graph.neighbors": Method(
        _records("neighbors"),
        _named("term", "depth", "direction", "predicates", "max_nodes", *TIME),
        ("term",),
    ),
    "graph.paths": Method(
        _records("paths"),
        _named("source", "target", "k", "direction", "predicates", "max_nodes", *TIME),
        ("source", "target"),
    ),
    "graph.rank": Method(
        _record("rank"),
        _named("seeds", "k", "alpha", "epsilon", "direction", "predicates", *TIME),
        ("seeds",),
    ),
    "graph.extract": Method(_records("extract"), _named("text", "source"), ("text",), writes=True),
    "graph.proposals": Method(_records("proposals"), _named("status")),
    "graph.accept": Method(_plain("accept"), _named("pid"), ("pid",), writes=True),
    "graph.reject": Method(_plain("reject"), _named("pid"), ("pid",), writes=True),
    "graph.add_pack": Method(_add_pack, _named(*PACK, *PARTS), ("text",), writes=True),
    "graph.packs": Method(_records("packs")),
    "graph.remove_pack": Method(_plain("remove_pack"), _named("name"), ("name",), writes=True),
    "graph.stats": Method(_plain("stats")),
}
