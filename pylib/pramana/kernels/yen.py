"""The k cheapest simple paths from searches for one (Yen, 1971, with Lawler's rule of 1972).

A path is varied only from where it left the path it came from, so that none is found twice, and only where a step is
left to take. Two paths differ if their edges do: parallel edges of different predicates make different paths.
"""

from __future__ import annotations

from array import array
from bisect import insort
from collections.abc import Iterator, Sequence
from math import fsum
from typing import NamedTuple, Protocol, TypeAlias

from pramana.kernels.interfaces import GraphPath
from pramana.kernels.statuses import raise_status
from pramana.protocol import STATUS

__all__ = ["Found", "Searches", "as_path", "cheapest_paths"]

Step: TypeAlias = tuple[int, int, int]
"""Predicate, forward, node"""


class Found(NamedTuple):
    """The cheapest path, as it was found."""

    reached: int
    """How many nodes the search reached"""
    costs: array[float]
    """array("d"): of each edge"""
    nodes: array[int]
    """array("I"); none where there is no path"""
    predicates: array[int]
    """array("I")"""
    forward: bytes


class Searches(Protocol):
    """Searches for one path to a target."""

    def trail(self, nodes: array[int], most: int) -> Sequence[int]:
        """Return how many steps lead from each node of a path to one that is not on it so far, counting to `most`."""
        ...

    def find(self, nodes: array[int], at: int, banned: array[int], max_nodes: int) -> Found:
        """Find the cheapest path from one node of a path, without those before it.

        Args:
            nodes: the path.
            at: the place of the node.
            banned: steps that it may not begin with, flat, ascending.
            max_nodes: reach no more nodes than this; 0 for no bound.

        Raises:
            BudgetError: `max_nodes` were not enough.
        """
        ...


class _Path(NamedTuple):
    """In the order of paths. The costs are added up without rounding in between, so that equal ones are equal."""

    cost: float
    edges: int
    nodes: array[int]
    words: array[int]
    """Of each edge its predicate, and in the lowest bit whether it is walked forward"""
    costs: array[float]
    deviation: int
    """The edge with which it left the path it came from"""
    taken: frozenset[Step]
    """The other steps that paths with the same beginning take there"""

    def step(self, at: int) -> Step:
        word = self.words[at]
        return word >> 1, word & 1, self.nodes[at + 1]


def as_path(found: Found) -> GraphPath:
    """Return a found path as the one that was asked for."""
    return GraphPath(fsum(found.costs), found.nodes, found.predicates, found.forward)


def cheapest_paths(search: Searches, source: int, k: int, max_nodes: int) -> Iterator[GraphPath | None]:
    """Yield None wherever others may be let run, then up to `k` paths.

    They come cheapest first; of equally cheap ones the shorter, then by nodes, then by edges.

    Raises:
        BudgetError: the searches together would reach more than `max_nodes` nodes (0: no bound).
    """
    reached = 0
    found: list[_Path] = []
    candidates: list[_Path] = []
    start = _Path(0.0, 0, array("I", [source]), array("I"), array("d"), 0, frozenset())
    spurs: Iterator[tuple[int, frozenset[Step]]] = iter([(0, start.taken)])
    path = start
    while True:
        for at, taken in spurs:
            if max_nodes and reached >= max_nodes:
                raise_status("graph", "graph_path", STATUS["over_budget"])
            banned = array("I", [number for step in sorted(taken) for number in step])
            rest = search.find(path.nodes, at, banned, max_nodes and max_nodes - reached)
            reached += rest.reached
            if rest.nodes:
                insort(candidates, _joined(path, at, rest, taken))
                del candidates[k - len(found) :]
            yield None
        if not candidates:
            break
        path = candidates.pop(0)
        found.append(path)
        if len(found) == k:
            break
        spurs = _spurs(search, path)
        yield None
    for path in sorted(found):
        predicates = array("I", [word >> 1 for word in path.words])
        yield GraphPath(path.cost, path.nodes, predicates, bytes(word & 1 for word in path.words))


def _joined(path: _Path, at: int, rest: Found, taken: frozenset[Step]) -> _Path:
    """The path that takes `rest` from a place on."""
    words = path.words[:at]
    words.extend(
        predicate << 1 | forward for predicate, forward in zip(rest.predicates, rest.forward, strict=True)
    )
    costs = path.costs[:at] + rest.costs
    return _Path(fsum(costs), len(costs), path.nodes[:at] + rest.nodes, words, costs, at, taken)


def _spurs(search: Searches, path: _Path) -> Iterator[tuple[int, frozenset[Step]]]:
    """Yield where a path may be left for one that is not found yet, and the steps that those found take there."""
    first = path.deviation
    taken = path.taken | {path.step(first)} if path.edges else path.taken
    steps = search.trail(path.nodes, len(taken) + 1)
    if path.edges and steps[first] > len(taken):
        yield first, taken
    for at in range(first + 1, path.edges):
        if steps[at] > 1:
            yield at, frozenset((path.step(at),))
