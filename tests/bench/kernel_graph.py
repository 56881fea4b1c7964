"""The graph kernel through its public wrapper, timed; runs natively and, loaded as it is, in Pyodide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pramana.kernels.interfaces import GraphLike
from pramana.kernels.load import Kernels

from .timing import measure, once, summary

DEPTH = 3
DAMPING, PAGERANK_TOLERANCE = 0.85, 1e-8
EPSILONS = (1e-6, 1e-5)
"""What a push may leave behind, per edge"""
BUILDS = 3
PUSHED = 5
"""Seeds whose personalized ranks are compared"""


def built(kernels: Kernels, triples: Any, weights: Any) -> GraphLike:
    """A graph of these edges, ready to be searched."""
    graph = kernels.graph()
    graph.add(triples, weights)
    graph.compact()
    return graph


def each(call: Callable[[Any], Any], asked: Sequence[Any], runs: int) -> tuple[dict[str, float], list[Any]]:
    """Every answer, which warms up, and the figure of `call` over `runs` of what is asked."""
    answers = [call(question) for question in asked]
    return measure(lambda i: call(asked[i % len(asked)]), runs, warmup=0), answers


def run(
    kernels: Kernels, triples: Any, weights: Any, seeds: list[int], pairs: list[tuple[int, int]], runs: int
) -> dict[str, Any]:
    """Figures and answers of every question to one graph."""
    times = []
    for _ in range(BUILDS):
        ms, graph = once(lambda: built(kernels, triples, weights))
        times.append(ms)
        if len(times) < BUILDS:
            graph.close()
    figures: dict[str, Any] = {"build": summary(times)}
    figures["khop"], near = each(lambda seed: graph.khop([seed], depth=DEPTH), seeds, runs)
    figures["hops"], hops = each(lambda pair: graph.path(*pair, weighted=False), pairs, runs)
    figures["costs"], costs = each(lambda pair: graph.path(*pair), pairs, runs)
    ranked = graph.pagerank(damping=DAMPING, tolerance=PAGERANK_TOLERANCE, weighted=False)
    figures["pagerank"] = measure(
        lambda _: graph.pagerank(damping=DAMPING, tolerance=PAGERANK_TOLERANCE, weighted=False),
        max(3, runs // 4),
    )
    pushed = {}
    for epsilon in EPSILONS:

        def push(seed: int, epsilon: float = epsilon) -> Any:
            return graph.personalized_pagerank([seed], alpha=1 - DAMPING, epsilon=epsilon, weighted=False)

        figures[f"push {epsilon:g}"], pushed[f"{epsilon:g}"] = each(push, seeds[:PUSHED], runs)
    figures["change"] = _change(graph, seeds, pairs, runs)
    figures["save"] = measure(lambda _: graph.save(), 3)
    saved = graph.save()
    figures["load"] = measure(lambda _: kernels.load_graph(saved).close(), 3)
    graph.close()
    answers = {
        "khop": [counted(found.nodes, found.depths) for found in near],
        "hops": [None if path is None else len(path.predicates) for path in hops],
        "costs": [None if path is None else path.cost for path in costs],
        "pagerank": list(ranked),
        "pushed": {
            epsilon: [[rank.residual, list(rank.nodes), list(rank.scores)] for rank in ranks]
            for epsilon, ranks in pushed.items()
        },
    }
    return {"figures": figures, "answers": answers, "saved_bytes": len(saved)}


def counted(nodes: Sequence[int], depths: Sequence[int]) -> list[int]:
    """How many nodes lie at each depth, then the sum of all: equal for equal sets, whatever their order."""
    by_depth = [0] * (DEPTH + 1)
    for depth in depths:
        by_depth[depth] += 1
    return [*by_depth, sum(nodes)]


def _change(graph: GraphLike, seeds: list[int], pairs: list[tuple[int, int]], runs: int) -> dict[str, float]:
    """Adding one edge of a predicate of its own and asking for a neighbourhood; the edge is removed untimed."""
    times = []
    for i in range(runs):
        source, target = pairs[i % len(pairs)]
        edge = [source, 1_000, target]

        def change(edge: list[int] = edge, seed: int = seeds[i % len(seeds)]) -> None:
            graph.add(edge, [0.5])
            graph.khop([seed], depth=DEPTH)

        times.append(once(change)[0])
        graph.remove(edge)
    return summary(times)
