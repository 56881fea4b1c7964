"""The cheapest path in pure Python: Dijkstra's algorithm from one end."""

from __future__ import annotations

import math
from array import array
from heapq import heappop, heappush

from pramana.kernels.reference.walk import Step, Walk
from pramana.kernels.statuses import raise_status
from pramana.kernels.yen import Found
from pramana.protocol import STATUS

__all__ = ["ReferenceSearches"]


class ReferenceSearches:
    """Searches for one path to a target, as `yen.Searches`."""

    def __init__(self, walk: Walk, target: int, weighted: bool) -> None:
        self._walk = walk
        self._target = target
        self._weighted = weighted

    def trail(self, nodes: array[int], most: int) -> list[int]:
        """Return how many steps lead from each node to one that is not on the path so far, counting to `most`."""
        counts, so_far = [], set[int]()
        for node in nodes:
            so_far.add(node)
            steps = sum(step.neighbor not in so_far for step in self._walk.steps(node))
            counts.append(min(steps, most))
        return counts

    def find(self, nodes: array[int], at: int, banned: array[int], max_nodes: int) -> Found:
        """Return the cheapest path from one node of a path, without those before it.

        Raises:
            BudgetError: more than `max_nodes` nodes had to be reached.
        """
        refused = set(zip(banned[::3], banned[1::3], banned[2::3], strict=True))
        settled = set(nodes[:at])
        source = nodes[at]
        arrivals: dict[int, tuple[float, int, Step | None]] = {source: (0.0, source, None)}
        heap = [(0.0, source)]
        while heap:
            so_far, node = heappop(heap)
            if max_nodes and len(arrivals) > max_nodes:
                raise_status("graph", "graph_path", STATUS["over_budget"])
            if node == self._target:
                return _traced(arrivals, node, self._weighted)
            if node in settled:
                continue
            settled.add(node)
            for step in self._walk.steps(node):
                word = (step.predicate, int(step.forward), step.neighbor)
                if step.neighbor in settled or (node == source and word in refused):
                    continue
                cost = so_far + _cost(step, self._weighted)
                if step.neighbor not in arrivals or cost < arrivals[step.neighbor][0]:
                    arrivals[step.neighbor] = (cost, node, step)
                    heappush(heap, (cost, step.neighbor))
        return Found(len(arrivals), array("d"), array("I"), array("I"), b"")


def _cost(step: Step, weighted: bool) -> float:
    return 0.0 - math.log(step.weight) if weighted else 1.0


def _traced(arrivals: dict[int, tuple[float, int, Step | None]], target: int, weighted: bool) -> Found:
    nodes, steps = [target], list[Step]()
    while (step := arrivals[nodes[-1]][2]) is not None:
        steps.append(step)
        nodes.append(arrivals[nodes[-1]][1])
    steps.reverse()
    return Found(
        len(arrivals),
        array("d", [_cost(step, weighted) for step in steps]),
        array("I", reversed(nodes)),
        array("I", [step.predicate for step in steps]),
        bytes(step.forward for step in steps),
    )
