"""Random graphs for the tests, and what they hold by definition."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator

from hypothesis import strategies as st

Edge = tuple[int, int, int]

NODES = 7
PREDICATES = 3
DIRECTIONS = ("out", "in", "both")

edge = st.tuples(st.integers(0, NODES - 1), st.integers(0, PREDICATES - 1), st.integers(0, NODES - 1))
# Halves are exact, so that sums of costs meet; thirds are not.
weight = st.sampled_from([1.0, 0.5, 0.25, 0.125, 1 / 3, 0.9])
weighted_edges = st.lists(st.tuples(edge, weight), max_size=30)
seeds = st.lists(st.integers(0, NODES + 2), max_size=3)
directions = st.sampled_from(DIRECTIONS)
filters = st.none() | st.lists(st.integers(0, PREDICATES + 1), max_size=3)


def flat(edges: Iterable[Edge]) -> array[int]:
    """Edges as one array, three numbers each."""
    return array("I", [number for edge in edges for number in edge])


def as_f32(value: float) -> float:
    return array("f", [value])[0]


class Model:
    """A graph as the set of its edges: what the kernels must agree with."""

    def __init__(self, edges: Iterable[tuple[Edge, float]] = ()) -> None:
        self.weights: dict[Edge, float] = {}
        self.bound = 0
        self.add(edges)

    def add(self, edges: Iterable[tuple[Edge, float]]) -> int:
        held = len(self.weights)
        for edge, weight in edges:
            self.weights[edge] = as_f32(weight)
            self.bound = max(self.bound, edge[0] + 1, edge[2] + 1)
        return len(self.weights) - held

    def put_into(self, graph):
        """The graph, with all edges added."""
        graph.add(flat(self.weights), array("f", self.weights.values()))
        return graph

    def steps(
        self, node: int, direction: str = "out", predicates: list[int] | None = None
    ) -> Iterator[tuple[int, int, int, float]]:
        """Neighbour, predicate, forward and weight of each step from a node, in the documented order."""
        for way, forward in (("out", 1), ("in", 0)):
            if direction not in (way, "both"):
                continue
            found = [
                ((target, predicate) if forward else (source, predicate), weight)
                for (source, predicate, target), weight in self.weights.items()
                if (source if forward else target) == node and (predicates is None or predicate in predicates)
            ]
            for (neighbor, predicate), weight in sorted(found):
                yield neighbor, predicate, forward, weight

    def matrix(
        self,
        nodes: int,
        *,
        weighted: bool,
        predicates: list[int] | None,
        direction: str = "out",
        dangling: dict[int, float],
    ) -> list[list[float]]:
        """By node, the probabilities of the next one; `dangling` stands in for a node without steps."""
        rows = []
        for node in range(nodes):
            row = [0.0] * nodes
            for neighbor, _, _, weight in self.steps(node, direction, predicates):
                row[neighbor] += weight if weighted else 1.0
            total = math.fsum(row)
            rows.append(
                [share / total for share in row] if total else [dangling.get(at, 0.0) for at in range(nodes)]
            )
        return rows


def stationary(matrix: list[list[float]], restart: list[float], alpha: float) -> list[float]:
    """The distribution x = alpha · restart + (1 - alpha) · x · matrix, by Gaussian elimination."""
    size = len(restart)
    # Column by column of (I - (1 - alpha) · matrix) transposed, with the right-hand side behind.
    rows = [
        [float(at == to) - (1 - alpha) * matrix[at][to] for at in range(size)] + [alpha * restart[to]]
        for to in range(size)
    ]
    for pivot in range(size):
        best = max(range(pivot, size), key=lambda row: abs(rows[row][pivot]))
        rows[pivot], rows[best] = rows[best], rows[pivot]
        for row in range(size):
            if row != pivot and rows[row][pivot]:
                factor = rows[row][pivot] / rows[pivot][pivot]
                rows[row] = [
                    value - factor * other for value, other in zip(rows[row], rows[pivot], strict=True)
                ]
    return [rows[at][size] / rows[at][at] for at in range(size)]
