"""Cheapest simple paths in pure Python: Dijkstra's algorithm from one end, varied as by Yen (1971)."""

from __future__ import annotations

import math
from array import array
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from pramana.kernels.interfaces import GraphPath
from pramana.kernels.reference.walk import Step, Walk
from pramana.kernels.statuses import raise_status
from pramana.protocol import STATUS

__all__ = ["cheapest_paths"]


class _Path(NamedTuple):
    """In the order of paths."""

    cost: float
    edges: int
    nodes: tuple[int, ...]
    steps: tuple[tuple[int, bool], ...]
    """Predicate, forward"""


def cheapest_paths(
    walk: Walk, source: int, target: int, k: int, *, weighted: bool, max_nodes: int
) -> list[GraphPath]:
    """Return up to `k` paths, cheapest first.

    Raises:
        BudgetError: more than `max_nodes` nodes (0: no bound) had to be reached.
    """
    finder = _Finder(walk, target, weighted, max_nodes or math.inf)
    found: list[_Path] = []
    candidates = finder.complete(_Path(0.0, 0, (source,), ()), set())
    known = set(candidates)
    while candidates and len(found) < k:
        path = heappop(candidates)
        found.append(path)
        if len(found) == k:
            break
        for at in range(path.edges):
            nodes, steps = path.nodes[: at + 1], path.steps[:at]
            banned = {
                (other.nodes[at + 1], *other.steps[at])
                for other in found
                if other.edges > at and other.nodes[: at + 1] == nodes and other.steps[:at] == steps
            }
            start = _Path(finder.cost_of(nodes, steps), at, nodes, steps)
            fresh = set(finder.complete(start, banned)) - known
            known |= fresh
            candidates += fresh
        heapify(candidates)
    return [
        GraphPath(
            path.cost,
            array("I", path.nodes),
            array("I", [predicate for predicate, _ in path.steps]),
            bytes(forward for _, forward in path.steps),
        )
        for path in sorted(found)
    ]


class _Finder:
    def __init__(self, walk: Walk, target: int, weighted: bool, max_nodes: float) -> None:
        self._walk = walk
        self._target = target
        self._weighted = weighted
        self._left = max_nodes

    def _cost(self, step: Step) -> float:
        return 0.0 - math.log(step.weight) if self._weighted else 1.0

    def cost_of(self, nodes: tuple[int, ...], steps: tuple[tuple[int, bool], ...]) -> float:
        """The costs of a path's edges, added from its source on."""
        total = 0.0
        for node, neighbor, way in zip(nodes, nodes[1:], steps, strict=False):
            total += next(
                self._cost(step)
                for step in self._walk.steps(node)
                if (step.neighbor, step.predicate, step.forward) == (neighbor, *way)
            )
        return total

    def _reach(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise_status("graph", "graph_paths", STATUS["over_budget"])

    def complete(self, start: _Path, banned: set[tuple[int, int, bool]]) -> list[_Path]:
        """Return the cheapest path that begins with `start` and not with a banned step after it, if there is one."""
        source = start.nodes[-1]
        costs, arrivals, settled = {source: start.cost}, {source: start}, set(start.nodes[:-1])
        heap = [(start.cost, source)]
        self._reach()
        while heap:
            so_far, node = heappop(heap)
            if node == self._target:
                return [arrivals[node]]
            if node in settled:
                continue
            settled.add(node)
            path = arrivals[node]
            for step in self._walk.steps(node):
                neighbor, way = step.neighbor, (step.predicate, step.forward)
                if neighbor in settled or (node == source and (neighbor, *way) in banned):
                    continue
                cost = so_far + self._cost(step)
                if cost < costs.get(neighbor, math.inf):
                    if neighbor not in costs:
                        self._reach()
                    costs[neighbor] = cost
                    arrivals[neighbor] = _Path(
                        cost, path.edges + 1, (*path.nodes, neighbor), (*path.steps, way)
                    )
                    heappush(heap, (cost, neighbor))
        return []
