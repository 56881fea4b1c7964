"""What all calls of a graph have in common, and that a graph is what was written to it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana import pace
from pramana.errors import (
    ClosedError,
    InputError,
    KernelError,
    NotFoundError,
    ReadOnlyError,
    StoreError,
)
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.ports import Row
from pramana.store.database import Database
from pramana.store.memory import MemoryStore
from tests.unit.graph.graphs import (
    CHAIN,
    EXPOSURE,
    START,
    BuildKernels,
    Reopenable,
    StillClock,
    all_said,
    open_graph,
    said,
    state_of,
)


async def test_a_write_that_is_repeated_under_its_request_id_is_done_once() -> None:
    store = Reopenable()
    async with open_graph(store) as graph:
        calls = [
            lambda: graph.add("a", "p", "b", request_id="1"),
            lambda: graph.add_many([("b", "p", "c")], request_id="2"),
            lambda: graph.add_rule(CHAIN[0], request_id="3"),
            lambda: graph.declare("next", functional=True, request_id="4"),
            lambda: graph.retract(subject="b", request_id="5"),
            lambda: graph.extract("MD5 causes collisions.", request_id="6"),
        ]
        first = [await call() for call in calls]
        head = (await store.state()).head_seq
        assert [await call() for call in calls] == first
        assert (await store.state()).head_seq == head
        fact = await graph.add("c", "p", "d")
        await graph.retract_fact(fact, request_id="7")
        await graph.retract_fact(fact, request_id="7")
        rule = (await graph.rules())[0].id
        await graph.remove_rule(rule, request_id="8")
        await graph.remove_rule(rule, request_id="8")


@pytest.mark.parametrize(
    ("method", "arguments", "field"),
    [
        ("match", {"subject": "?x"}, "subject"),
        ("match", {"limit": 0}, "limit"),
        ("match", {"limit": True}, "limit"),
        ("match", {"min_confidence": 2}, "min_confidence"),
        ("match", {"negated": "no"}, "negated"),
        ("match", {"derived": 1}, "derived"),
        ("match", {"derived": True, "max_derived": 0}, "max_derived"),
        ("match", {"derived": True, "timeout_s": -1}, "timeout_s"),
        ("match", {"as_of_ms": "now"}, "as_of_ms"),
        ("facts", {"known_at_ms": 0.5}, "known_at_ms"),
        ("facts", {"source": 1}, "source"),
        ("retract_fact", {"fid": ""}, "fid"),
        ("add_rule", {"text": None}, "text"),
        ("add_rule", {"text": EXPOSURE, "name": "n" * 201}, "name"),
        ("remove_rule", {"rule": None}, "rule"),
        ("declare", {"predicate": "p"}, "functional"),
        ("declare", {"predicate": "p", "functional": 1}, "functional"),
        ("declare", {"predicate": "p", "disjoint_with": "P"}, "disjoint_with"),
        ("declare", {"predicate": "p q", "disjoint_with": "P_Q"}, "disjoint_with"),
        ("declare", {"predicate": "p", "disjoint_with": 3}, "disjoint_with"),
        ("undeclare", {"predicate": "p", "disjoint_with": [""]}, "disjoint_with"),
        ("tell", {"text": 1}, "text"),
        ("tell", {"text": "A is b.", "confidence": 0}, "confidence"),
        ("ask", {"text": "Tom is red.", "max_proofs": 0}, "max_proofs"),
        ("explain", {"subject": "a", "predicate": "?p", "object": "b"}, "predicate"),
        ("neighbors", {"term": ""}, "term"),
        ("neighbors", {"term": "a", "depth": 0}, "depth"),
        ("neighbors", {"term": "a", "direction": "up"}, "direction"),
        ("neighbors", {"term": "a", "predicates": 3}, "predicates"),
        ("paths", {"source": "a", "target": None}, "target"),
        ("paths", {"source": "a", "target": "b", "max_nodes": 0}, "max_nodes"),
        ("rank", {"seeds": []}, "seeds"),
        ("rank", {"seeds": None}, "seeds"),
        ("rank", {"seeds": "a", "alpha": 1}, "alpha"),
        ("rank", {"seeds": "a", "epsilon": 0.0}, "epsilon"),
        ("proposals", {"status": "new"}, "status"),
        ("extract", {"text": "x" * 100_001}, "text"),
        ("add_many", {"facts": "abc"}, "facts"),
        ("add_many", {"facts": [], "source": 1}, "source"),
    ],
)
async def test_an_argument_that_is_not_acceptable_is_named(
    method: str, arguments: dict[str, Any], field: str
) -> None:
    async with open_graph() as graph:
        with pytest.raises(InputError) as caught:
            await getattr(graph, method)(**arguments)
        assert caught.value.details["field"] == field


async def test_walks_from_a_term_that_nobody_mentioned_name_it() -> None:
    async with open_graph() as graph:
        await graph.add("a", "p", "b")
        for call in (graph.neighbors("zeus"), graph.paths("a", "zeus"), graph.rank(["a", "zeus"])):
            with pytest.raises(NotFoundError, match="zeus"):
                await call


async def test_a_memory_that_is_opened_read_only_is_read() -> None:
    store = Reopenable()
    async with open_graph(store) as graph:
        await graph.add("a", "p", "b")
    async with open_graph(store, read_only=True) as graph:
        assert await all_said(graph) == ["a p b 1"]
        with pytest.raises(ReadOnlyError):
            await graph.add("a", "p", "c")


async def test_a_graph_that_nobody_uses_costs_nothing() -> None:
    database, kernels = await Database.open(MemoryStore()), BuildKernels()
    graph = KnowledgeGraph(database, kernels)
    await graph.close()
    assert kernels.bases == []
    await database.close()


async def test_what_was_closed_says_so() -> None:
    async with open_graph() as graph:
        await graph.add("a", "p", "b")
        await graph.close()
        await graph.close()
        for call in (graph.match(), graph.add("a", "p", "b"), graph.stats()):
            with pytest.raises(ClosedError):
                await call


async def test_closing_ends_what_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "STRETCH_S", 0.0)
    async with open_graph() as graph:
        for rule in CHAIN:
            await graph.add_rule(rule)
        await graph.add_many([(n, "next", n + 1) for n in range(1200)])
        asked = asyncio.create_task(graph.match(None, "before", derived=True))
        for _ in range(8):
            await asyncio.sleep(0)
        assert not asked.done()
        await graph.close()
        with pytest.raises(ClosedError):
            await asked


async def test_other_writers_of_the_database_do_not_wait_for_inference() -> None:
    database = await Database.open(MemoryStore())
    graph = KnowledgeGraph(database, BuildKernels())
    await graph.add("a", "p", "b")

    async def intent(draft: Any) -> str:
        draft.put(Row("pattern", "x", b"{}", None))
        return "done"

    async with graph._residence.reading():
        assert await asyncio.wait_for(database.submit(intent), 1) == "done"
    await graph.close()
    await database.close()


async def test_a_state_that_cannot_follow_says_so_to_the_graph_alone() -> None:
    database = await Database.open(MemoryStore())
    graph = KnowledgeGraph(database, BuildKernels())
    await graph.add("a", "p", "b")

    async def intent(draft: Any) -> str:
        draft.put(Row("fact", "x", b'{"id": "another"}', None))
        return "done"

    assert await database.submit(intent) == "done"
    for _ in range(2):
        with pytest.raises(KernelError, match="open again"):
            await graph.match()
    await graph.close()
    await database.close()


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 5, 8, 11, 14, 17, 21, 26, 34])
async def test_a_call_that_is_cancelled_leaves_a_whole_graph(
    steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cancelled(call: Coroutine[Any, Any, Any]) -> bool:
        """Let a call run for some steps, each as short as can be; whether it was cancelled."""
        with monkeypatch.context() as patch:
            patch.setattr(pace, "STRETCH_S", 0.0)
            task = asyncio.create_task(call)
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            return task.cancelled()

    store = Reopenable()
    async with open_graph(store) as graph:
        await graph.add("x", "p", "y")
        await graph.add_many([(f"a{n}", "p", f"b{n % 50}") for n in range(3000)], source="s")
        await graph.retract(object="b7")
        before = await everything(graph)
    async with open_graph(store) as graph:
        await cancelled(graph.match("x"))
        assert await everything(graph) == before
        was = await cancelled(graph.add_many([(f"c{n}", "p", "d") for n in range(3000)]))
        after = await everything(graph)
        assert len(after[0]) == len(before[0]) + (0 if was else 3000)
    async with open_graph(store) as graph:
        assert await everything(graph) == after


async def test_loading_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    database = await Database.open(MemoryStore())
    scan, fails = database.store.scan, [True]

    def failing(kind: str) -> Any:
        if fails:
            fails.clear()
            raise StoreError("the disk is away")
        return scan(kind)

    monkeypatch.setattr(database.store, "scan", failing)
    graph = KnowledgeGraph(database, BuildKernels())
    with pytest.raises(StoreError):
        await graph.match("a")
    await graph.add("a", "p", "b")
    assert len(await graph.match("a")) == 1
    assert len(database._parts) == 1  # what failed to load is told of nothing any more
    await graph.close()
    await database.close()


async def everything(graph: KnowledgeGraph) -> tuple[list[str], list[str]]:
    """What a long listing and the base show."""
    listed = (await graph.facts(limit=10_000)).facts
    return sorted(map(said, listed)), await all_said(graph, derived=True, limit=10_000)


triples = st.tuples(st.sampled_from("ab"), st.sampled_from("pq"), st.sampled_from("bc"))
writes = st.lists(
    st.one_of(
        st.tuples(
            st.just("add"), triples, st.sampled_from([0.25, 0.5, 1.0]), st.sampled_from(["", "s", "t"])
        ),
        st.tuples(st.just("add_many"), st.lists(triples, max_size=4), st.sampled_from(["", "s"])),
        st.tuples(
            st.just("retract"), st.sampled_from([{"subject": "a"}, {"source": "s"}, {"predicate": "q"}])
        ),
        st.tuples(
            st.just("rule"),
            st.sampled_from(["(?x p ?y) => (?y q ?x) @0.5", "(?x q ?y) & (?y p ?z) => (?x p ?z)"]),
        ),
        st.tuples(st.just("unrule")),
        st.tuples(st.just("wait"), st.integers(1, 3)),
    ),
    max_size=12,
)


class Model:
    """What is recorded, as a plain list: triple, source, confidences by time, when it was created and retracted."""

    def __init__(self) -> None:
        self.entries: list[list[Any]] = []

    def add(self, triple: tuple[str, str, str], source: str, confidence: float, now: int) -> None:
        for entry in self.entries:
            if entry[:2] == [triple, source] and entry[4] is None:
                entry[2][now] = confidence
                return
        self.entries.append([triple, source, {now: confidence}, now, None])

    def retract(self, pattern: dict[str, str], now: int) -> None:
        for entry in self.entries:
            slots = dict(zip(("subject", "predicate", "object"), entry[0], strict=True))
            if pattern.items() <= (slots | {"source": entry[1]}).items() and entry[4] is None:
                entry[4] = now

    def known(self, at: int) -> list[tuple[Any, ...]]:
        return sorted(
            (triple, source, next(rated[then] for then in sorted(rated, reverse=True) if then <= at))
            for triple, source, rated, created, retracted in self.entries
            if created <= at < (retracted or at + 1)
        )


async def do(
    graph: KnowledgeGraph, clock: StillClock, model: Model, write: str, arguments: list[Any]
) -> None:
    match write:
        case "add":
            triple, confidence, source = arguments
            await graph.add(*triple, confidence=confidence, source=source)
            model.add(triple, source, confidence, clock.ms)
        case "add_many":
            triples, source = arguments
            await graph.add_many(triples, source=source)
            for triple in triples:
                model.add(triple, source, 1.0, clock.ms)
        case "retract":
            await graph.retract(**arguments[0])
            model.retract(arguments[0], clock.ms)
        case "rule":
            await graph.add_rule(arguments[0])
        case "unrule":
            for rule in (await graph.rules())[:1]:
                await graph.remove_rule(rule.id)
        case "wait":
            clock.ms += arguments[0]


@settings(max_examples=50, deadline=None)
@given(writes)
async def test_a_graph_shows_what_a_plain_list_does_also_when_it_is_opened_again(
    given: list[tuple[Any, ...]],
) -> None:
    store, clock, model = Reopenable(), StillClock(), Model()
    moments = (None, START, START + 2, START + 4)
    async with open_graph(store, clock) as graph:
        for write, *arguments in given:
            await do(graph, clock, model, write, arguments)
        for known in moments:
            found = await graph.match(known_at_ms=known)
            stated = sorted(((f.subject, f.predicate, f.object), f.source, f.confidence) for f in found)
            assert stated == model.known(clock.ms if known is None else known)
        before = await state_of(graph, moments)
    async with open_graph(store, clock) as graph:
        assert await state_of(graph, moments) == before
