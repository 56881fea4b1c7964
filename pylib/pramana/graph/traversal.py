"""Walks over what is stated: terms are nodes, statements that are not negated are edges, weighted by confidence.

The graph of the present is made when it is first asked for, and from then on follows what is asserted and ended.
Any other moment has a graph of its own, made for one question. What follows by rules is no edge.
"""

from __future__ import annotations

import asyncio
import math
from array import array
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager

from pramana.errors import BudgetError, NotFoundError
from pramana.graph.inference import Deadline
from pramana.graph.program import Triple
from pramana.graph.state import State
from pramana.graph.view import BATCH, Moment, visible_triples
from pramana.kernels.interfaces import GraphLike, GraphPath
from pramana.knowledge import Fact, FactPath, Neighbor, Ranked, Step, TermRanking
from pramana.text.wording import quoted

__all__ = ["Traversal"]

MAX_WALKED = 2_000_000
"""Edges that one ranking may walk over, about: a quarter of a second, since it is one stretch."""
LEAST_WEIGHT = 2.0**-126
"""The least float32 that kernels take for more than 0."""


class Traversal:
    """Searches in the graph of a state, which must not change meanwhile."""

    def __init__(self, state: State, new_graph: Callable[[], GraphLike]) -> None:
        self._state = state
        self._new_graph = new_graph
        self._graph: GraphLike | None = None
        self._changed: dict[Triple, float] = {}
        self._lock = asyncio.Lock()
        """Held by whoever makes the graph of the present, or searches in it."""
        state.on_asserted.append(self._note)

    def close(self) -> None:
        """Free the graph. Closing twice is allowed."""
        if self._graph is not None:
            self._graph.close()
            self._graph = None

    async def neighbors(
        self,
        moment: Moment,
        term: str,
        depth: int,
        *,
        direction: str,
        predicates: Sequence[str] | None,
        max_nodes: int,
        deadline: Deadline,
    ) -> list[Neighbor]:
        """Return the terms within `depth` hops of a spelled term, nearest first, at most `max_nodes`.

        Raises:
            NotFoundError: the graph has no such term.
        """
        start = self._node(term)
        async with self._at(moment, deadline) as graph:
            found = graph.khop(
                [start],
                depth=depth,
                direction=direction,
                predicates=self._predicates(predicates),
                max_nodes=max_nodes + 1,  # the start is one of them
            )
        neighbors = []
        for node, hop, parent, predicate, forward in zip(
            found.nodes, found.depths, found.parents, found.predicates, found.forward, strict=True
        ):
            if hop:
                fact = self._fact(moment, parent, predicate, node, forward)
                neighbors.append(Neighbor(self._state.terms.name(node), hop, fact))
            await deadline()
        return neighbors

    async def paths(
        self,
        moment: Moment,
        source: str,
        target: str,
        k: int,
        *,
        direction: str,
        predicates: Sequence[str] | None,
        max_nodes: int,
        deadline: Deadline,
    ) -> list[FactPath]:
        """Return the `k` most confident simple paths between two spelled terms.

        Raises:
            NotFoundError: the graph lacks one of the terms.
            BudgetError: `max_nodes` were visited before the paths were certain, or the time is over.
        """
        start, end = self._node(source), self._node(target)
        async with self._at(moment, deadline) as graph:
            search = graph.path_search(
                start,
                end,
                k,
                direction=direction,
                predicates=self._predicates(predicates),
                max_nodes=max_nodes,
            )
            found = []
            for path in _within(max_nodes, search):
                if path is not None:
                    found.append(path)
                await deadline()
        paths = []
        for path in found:
            hops = zip(path.nodes, path.predicates, path.nodes[1:], path.forward, strict=False)
            steps = []
            for hop in hops:
                steps.append(Step(self._fact(moment, *hop), bool(hop[3])))
                await deadline()
            terms = tuple(self._state.terms.name(node) for node in path.nodes)
            paths.append(FactPath(terms, tuple(steps), math.prod(step.fact.confidence for step in steps)))
        # Weights are float32: of nearly equal paths the kernel may take the second first.
        return sorted(paths, key=lambda path: -path.confidence)

    async def rank(
        self,
        moment: Moment,
        seeds: Iterable[str],
        k: int,
        *,
        alpha: float,
        epsilon: float,
        direction: str,
        predicates: Sequence[str] | None,
        deadline: Deadline,
    ) -> TermRanking:
        """Return the `k` terms with the highest personalized PageRank for spelled seeds.

        Raises:
            NotFoundError: the graph lacks a seed.
            BudgetError: `epsilon` asks for more work than `MAX_WALKED`.
        """
        nodes = [self._node(seed) for seed in seeds]
        async with self._at(moment, deadline) as graph:
            pushes = _most_pushes(graph)
            try:
                found = graph.personalized_pagerank(
                    nodes,
                    alpha=alpha,
                    epsilon=epsilon,
                    direction=direction,
                    predicates=self._predicates(predicates),
                    max_pushes=pushes,
                )
            except BudgetError as error:
                message = (
                    f"epsilon ({epsilon:g}) takes more than {pushes:,} steps here; a greater one takes fewer"
                )
                raise BudgetError(message, budget="max_pushes", limit=pushes) from error
        ranked = []
        for node, score in zip(found.nodes[:k], found.scores, strict=False):
            ranked.append(Ranked(self._state.terms.name(node), score))
            await deadline()
        return TermRanking(tuple(ranked), found.residual)

    def _node(self, term: str) -> int:
        node = self._state.terms.id_of(term)
        if node is None:
            raise NotFoundError(f"the graph has no term {quoted(term)}", field="term", term=term)
        return node

    def _predicates(self, names: Iterable[str] | None) -> array[int] | None:
        """The numbers of predicates to go by; one that nothing is stated with has no edges to go by."""
        if names is None:
            return None
        known = (self._state.terms.id_of(name) for name in names)
        return array("I", (number for number in known if number is not None))

    def _fact(self, moment: Moment, near: int, predicate: int, far: int, forward: int) -> Fact:
        """The most confident fact behind an edge that was walked from `near` to `far`."""
        table = self._state.table
        subject, object_ = (near, far) if forward else (far, near)
        rows = table.rows_of(subject, 2 * predicate, object_)
        row = table.strongest(rows, moment.at_ms, moment.known_ms)
        assert row is not None  # the graph holds what is visible at the moment, and nothing else
        return table.fact(row, moment.known_ms)

    @asynccontextmanager
    async def _at(self, moment: Moment, deadline: Deadline) -> AsyncIterator[GraphLike]:
        """The graph of a moment, as long as it lasts."""
        if moment.present:
            async with self._lock:
                yield await self._present(deadline)
            return
        stated = await visible_triples(self._state.table, moment, deadline)
        edges = _Edges()
        for at, (triple, confidence) in enumerate(stated.items()):
            edges.take(triple, confidence)
            if not at % BATCH:
                await deadline()
        graph = self._new_graph()
        try:
            edges.put_into(graph)
            yield graph
        finally:
            graph.close()

    async def _present(self, deadline: Deadline) -> GraphLike:
        edges = _Edges()
        if self._graph is None:
            await self._gather(edges, deadline)
            graph = self._new_graph()
            try:
                edges.put_into(graph)
            except BaseException:
                graph.close()
                raise
            self._graph = graph
        elif self._changed:
            for at, (triple, confidence) in enumerate(self._changed.items()):
                edges.take(triple, confidence)
                if not at % BATCH:
                    await deadline()
            edges.put_into(self._graph)
        self._changed.clear()
        return self._graph

    async def _gather(self, edges: _Edges, deadline: Deadline) -> None:
        """Take everything that is asserted now."""
        base, after = self._state.base, -1
        while numbers := base.match(None, None, None, which="asserted", limit=BATCH, after=after):
            described = base.describe(numbers)
            flat = described.triples
            triples = zip(flat[::3], flat[1::3], flat[2::3], strict=True)
            for triple, confidence in zip(triples, described.asserted, strict=True):
                edges.take(triple, confidence)
            after = numbers[-1]
            await deadline()

    def _note(self, triples: Sequence[int], confidences: Sequence[float]) -> None:
        """Remember with which confidence triples are asserted from now on, flat; 0 for no longer."""
        if self._graph is not None:
            changed = zip(triples[::3], triples[1::3], triples[2::3], strict=True)
            self._changed.update(zip(changed, confidences, strict=True))


def _within(max_nodes: int, search: Iterator[GraphPath | None]) -> Iterator[GraphPath | None]:
    """Yield what a search does; its budget is called by the caller's name."""
    try:
        yield from search
    except BudgetError as error:
        message = f"no certain answer within max_nodes ({max_nodes:,}) visited terms"
        raise BudgetError(message, budget="max_nodes", limit=max_nodes) from error


def _most_pushes(graph: GraphLike) -> int:
    """How many nodes one ranking may push: each over all its edges, of which nodes have `degree` on average."""
    degree = max(1.0, 2 * len(graph) / max(1, graph.node_bound))
    return int(MAX_WALKED / degree)


class _Edges:
    """Edges to enter and to take out."""

    def __init__(self) -> None:
        self._edges, self._gone = array("I"), array("I")
        self._weights = array("f")

    def take(self, triple: Triple, confidence: float) -> None:
        """Enter a triple unless it is negated, or take it out where its confidence is 0."""
        subject, code, object_ = triple
        if code & 1:
            return
        edge = (subject, code >> 1, object_)
        self._edges.extend(edge)
        self._weights.append(max(confidence, LEAST_WEIGHT))
        if not confidence:
            self._gone.extend(edge)

    def put_into(self, graph: GraphLike) -> None:
        """Do it. What is to go is entered first: an edge must be there to be removed, and some never were."""
        graph.add(self._edges, self._weights)
        if self._gone:
            graph.remove(self._gone)
