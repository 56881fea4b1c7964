"""The cheapest path in pure Python: Dijkstra's algorithm from one end."""

from __future__ import annotations

import math
from array import array
from heapq import heappop, heappush

from pramana.kernels.reference.walk import Step, Walk
from pramana.kernels.statuses import raise_status
from pramana.kernels.yen import Found
from pramana.protocol import STATUS

__all__ = ["cheapest_path"]


def cheapest_path(
    walk: Walk,
    source: int,
    target: int,
    *,
    weighted: bool,
    blocked: list[int],
    banned: list[int],
    max_nodes: int,
) -> Found | None:
    """Return the cheapest path, or None; the arguments are those of `yen.Find`.

    Raises:
        BudgetError: more than `max_nodes` nodes had to be reached.
    """
    refused = set(zip(banned[::3], banned[1::3], banned[2::3], strict=True))
    settled = set(blocked)
    arrivals: dict[int, tuple[float, int, Step | None]] = {source: (0.0, source, None)}
    heap = [(0.0, source)]
    while heap:
        so_far, node = heappop(heap)
        if max_nodes and len(arrivals) > max_nodes:
            raise_status("graph", "graph_path", STATUS["over_budget"])
        if node == target:
            return _traced(arrivals, target, weighted)
        if node in settled:
            continue
        settled.add(node)
        for step in walk.steps(node):
            word = (step.predicate, int(step.forward), step.neighbor)
            if step.neighbor in settled or (node == source and word in refused):
                continue
            cost = so_far + _cost(step, weighted)
            if step.neighbor not in arrivals or cost < arrivals[step.neighbor][0]:
                arrivals[step.neighbor] = (cost, node, step)
                heappush(heap, (cost, step.neighbor))
    return None


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
