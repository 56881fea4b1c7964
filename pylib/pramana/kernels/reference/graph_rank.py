"""PageRank in pure Python: power iteration, and forward push (Andersen, Chung and Lang, FOCS 2006)."""

from __future__ import annotations

import math
from array import array
from collections import deque

from pramana.errors import InputError
from pramana.kernels.edges import check_count, check_factor
from pramana.kernels.interfaces import PushRank
from pramana.kernels.reference.walk import Walk
from pramana.kernels.statuses import raise_status
from pramana.protocol import STATUS

__all__ = ["forward_push", "power_iteration"]


def _spread(walk: Walk, node: int, weighted: bool) -> list[tuple[int, float]]:
    """The neighbours of a node and with which probability a walk goes on to each."""
    steps = [(step.neighbor, step.weight if weighted else 1.0) for step in walk.steps(node)]
    total = math.fsum(weight for _, weight in steps)
    return [(neighbor, weight / total) for neighbor, weight in steps]


def power_iteration(
    walk: Walk, nodes: int, *, damping: float, tolerance: float, max_iterations: int, weighted: bool
) -> array[float]:
    """Return the PageRank of the nodes from 0 to below `nodes`.

    Raises:
        InputError: a parameter is out of range.
        BudgetError: `max_iterations` were not enough.
    """
    check_factor(damping, "damping", above=False, upto=1.0)
    check_factor(tolerance, "tolerance")
    check_count(max_iterations, "max_iterations", 1)
    if not nodes:
        return array("d")
    spreads = [_spread(walk, node, weighted) for node in range(nodes)]
    ranks = array("d", [1 / nodes] * nodes)
    change, left = math.inf, max_iterations
    while change > tolerance:
        if not left:
            raise_status("graph", "graph_pagerank", STATUS["over_budget"])
        left -= 1
        dangling = math.fsum(rank for rank, spread in zip(ranks, spreads, strict=True) if not spread)
        fresh = array("d", [(1 - damping + damping * dangling) / nodes]) * nodes
        for rank, spread in zip(ranks, spreads, strict=True):
            for neighbor, share in spread:
                fresh[neighbor] += damping * rank * share
        change = math.fsum(abs(new - old) for new, old in zip(fresh, ranks, strict=True))
        ranks = fresh
    return ranks


def forward_push(
    walk: Walk, seeds: list[int], *, alpha: float, epsilon: float, weighted: bool, max_pushes: int
) -> PushRank:
    """Return the scores of walks that restart at the distinct `seeds`.

    Raises:
        InputError: a parameter is out of range, or there is no seed.
        BudgetError: `max_pushes` (0: no bound) were not enough.
    """
    check_factor(alpha, "alpha", upto=1.0)
    check_factor(epsilon, "epsilon")
    check_count(max_pushes, "max_pushes")
    if not seeds:
        raise InputError("there is no seed to restart at", field="seeds")
    restart = [(seed, 1 / len(seeds)) for seed in seeds]
    spreads: dict[int, list[tuple[int, float]]] = {}
    residuals, scores = dict.fromkeys(seeds, 0.0), dict[int, float]()
    queue, queued = deque[int](), set[int]()

    def give(node: int, amount: float) -> None:
        residuals[node] = residuals.get(node, 0.0) + amount
        if node not in spreads:
            spreads[node] = _spread(walk, node, weighted) or restart
        if residuals[node] >= epsilon * len(spreads[node]) and node not in queued:
            queue.append(node)
            queued.add(node)

    for seed, amount in restart:
        give(seed, amount)
    pushes = 0
    while queue:
        pushes += 1
        if max_pushes and pushes > max_pushes:
            raise_status("graph", "graph_push", STATUS["over_budget"])
        node = queue.popleft()
        queued.remove(node)
        residual, residuals[node] = residuals[node], 0.0
        scores[node] = scores.get(node, 0.0) + alpha * residual
        for neighbor, share in spreads[node]:
            give(neighbor, (1 - alpha) * residual * share)
    ranked = sorted(scores, key=lambda node: (-scores[node], node))
    ordered = array("d", [scores[node] for node in ranked])
    return PushRank(array("I", ranked), ordered, math.fsum(residuals.values()))
