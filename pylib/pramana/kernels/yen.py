"""The k cheapest simple paths from searches for one (Yen, 1971, with Lawler's rule of 1972).

A path is varied only from where it left the path it came from, so that none is found twice. Two paths differ if their
edges do: parallel edges of different predicates make different paths.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from heapq import heappop, heappush
from math import fsum
from typing import NamedTuple, TypeAlias

from pramana.kernels.interfaces import GraphPath
from pramana.kernels.statuses import raise_status
from pramana.protocol import STATUS

__all__ = ["Find", "Found", "as_path", "cheapest_paths"]


class Found(NamedTuple):
    """The cheapest path, as it was found."""

    reached: int
    """How many nodes the search reached"""
    costs: array[float]
    """array("d"): of each edge"""
    nodes: array[int]
    """array("I")"""
    predicates: array[int]
    """array("I")"""
    forward: bytes


Find: TypeAlias = Callable[[int, list[int], list[int], int], Found | None]
"""From a source, without the nodes of a list, beginning with none of some steps (flat: predicate, forward, node),
reaching at most so many nodes (0: no bound)."""


class _Path(NamedTuple):
    """In the order of paths. The costs are added up without rounding in between, so that equal ones are equal."""

    cost: float
    edges: int
    nodes: tuple[int, ...]
    steps: tuple[tuple[int, int], ...]
    """Predicate, forward"""
    costs: tuple[float, ...]
    deviation: int
    """The edge with which it left the path it came from"""


def as_path(found: Found) -> GraphPath:
    """Return a found path as the one that was asked for."""
    return GraphPath(fsum(found.costs), found.nodes, found.predicates, found.forward)


def cheapest_paths(find: Find, source: int, k: int, max_nodes: int) -> list[GraphPath]:
    """Return up to `k` paths, cheapest first; of equally cheap ones the shorter, then by nodes, then by edges.

    Raises:
        BudgetError: the searches together would reach more than `max_nodes` nodes (0: no bound).
    """
    left = max_nodes
    found: list[_Path] = []
    candidates: list[_Path] = []

    def complete(start: _Path, banned: list[int]) -> None:
        nonlocal left
        if max_nodes and not left:
            raise_status("graph", "graph_path", STATUS["over_budget"])
        rest = find(start.nodes[-1], list(start.nodes[:-1]), banned, left)
        if rest is not None:
            left -= rest.reached if max_nodes else 0
            steps = start.steps + tuple(zip(rest.predicates, rest.forward, strict=True))
            costs = start.costs + tuple(rest.costs)
            nodes = start.nodes[:-1] + tuple(rest.nodes)
            heappush(candidates, _Path(fsum(costs), len(costs), nodes, steps, costs, start.edges))

    complete(_Path(0.0, 0, (source,), (), (), 0), [])
    while candidates:
        path = heappop(candidates)
        found.append(path)
        if len(found) == k:
            break
        for at in range(path.deviation, path.edges):
            nodes, steps = path.nodes[: at + 1], path.steps[:at]
            banned = [
                number
                for other in found
                if other.edges > at and other.nodes[: at + 1] == nodes and other.steps[:at] == steps
                for number in (*other.steps[at], other.nodes[at + 1])
            ]
            complete(_Path(0.0, at, nodes, steps, path.costs[:at], at), banned)
    return [
        GraphPath(
            path.cost,
            array("I", path.nodes),
            array("I", [predicate for predicate, _ in path.steps]),
            bytes(forward for _, forward in path.steps),
        )
        for path in sorted(found)
    ]
