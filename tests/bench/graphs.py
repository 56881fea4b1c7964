"""Random directed graphs from a fixed seed, the same for every peer, and whether the peers' answers agree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .data import SEED, Floats

Ids = npt.NDArray[np.uint32]
PREDICATES = 16
TOLERANCE = 1e-6
"""On a path's cost, relative, and on the L1 distance of two PageRanks"""


class Sample(NamedTuple):
    """A graph, and what it is asked: `seeds` for neighbourhoods and ranks, `pairs` for paths."""

    nodes: int
    sources: Ids
    targets: Ids
    predicates: Ids
    weights: Floats
    seeds: list[int]
    pairs: list[tuple[int, int]]

    @property
    def size(self) -> str:
        """Nodes and edges for people."""
        return f"{self.nodes:,} / {len(self.sources):,}"

    def triples(self) -> Ids:
        """Source, predicate and target of each edge, flat."""
        return np.ascontiguousarray(np.stack([self.sources, self.predicates, self.targets], axis=1).ravel())

    def write(self, folder: Path) -> dict[str, str]:
        """Leave the columns as files for the page; return their URLs."""
        columns = {
            "triples": self.triples(),
            "sources": self.sources,
            "targets": self.targets,
            "weights": self.weights,
        }
        for name, column in columns.items():
            column.tofile(folder / f"{name}-{self.nodes}.bin")
        return {name: f"/data/{name}-{self.nodes}.bin" for name in columns}


def sample(nodes: int, edges: int, asked: int) -> Sample:
    """A graph like a sparse knowledge graph: a few subjects say much, a few objects are named by very many.

    No edge is double or a loop, since not every peer keeps those. Edges come in no order; weights are even in (0, 1].
    """
    rng = np.random.default_rng([SEED, nodes, edges])
    talk = rng.lognormal(0, 1, nodes)
    fame = rng.permutation((np.arange(nodes) + 10.0) ** -0.6)
    drawn = edges * 2
    pairs = rng.choice(nodes, drawn, p=talk / talk.sum()).astype(np.uint64) * nodes
    pairs += rng.choice(nodes, drawn, p=fame / fame.sum()).astype(np.uint64)
    pairs = rng.permutation(np.unique(pairs))
    pairs = pairs[pairs // nodes != pairs % nodes][:edges]
    if len(pairs) < edges:
        raise ValueError(f"{nodes} nodes are too few for {edges} distinct edges")
    sources, targets = (pairs // nodes).astype(np.uint32), (pairs % nodes).astype(np.uint32)
    # From a node to itself the peers mean different things.
    ends = [(int(a), int(b)) for a, b in rng.choice(sources, (4 * asked, 2)) if a != b]
    return Sample(
        nodes,
        sources,
        targets,
        rng.integers(PREDICATES, size=edges, dtype=np.uint32),
        (1 - rng.random(edges, dtype=np.float32)).astype(np.float32),
        [int(node) for node in rng.choice(np.unique(sources), asked)],
        ends[:asked],
    )


def disagreements(answers: dict[str, dict[str, Any]]) -> list[str]:
    """What the peers' answers differ in, for people to read; empty if in nothing.

    Args:
        answers: by peer, by question: "khop" (per seed the number of nodes at each depth, and the sum of all nodes),
            "hops" and "costs" (per pair, None where there is no path), "pagerank" (per node).
    """
    (first, truth), *others = answers.items()
    found = []
    for name, answer in others:
        for question in answer.keys() & truth.keys():
            if not _same(question, truth[question], answer[question]):
                found.append(f"{question}: {name} answers differently from {first}")
    return found


def result(sample: Sample, rows: dict[str, dict[str, Any]], missing: dict[str, str]) -> dict[str, Any]:
    """The figures of one graph by peer, without the answers, but with what these differ in."""
    answers = {name: row.pop("answers") for name, row in rows.items()}
    found = disagreements(answers)
    exact = next((a["personalized"] for a in answers.values() if "personalized" in a), None)
    for name, row in rows.items():
        for epsilon, ranks in answers[name].get("pushed", {}).items():
            if exact is None:
                break
            residuals, shares, broken = pushed_well(ranks, exact)
            row[f"push {epsilon}"] = {"residual": max(residuals), "recall_at_10": min(shares)}
            found += [f"{name}: {text}" for text in broken]
    return {
        "nodes": sample.nodes,
        "edges": len(sample.sources),
        "peers": rows,
        "not_measured": missing,
        "disagreements": found,
    }


def pushed_well(pushed: list[list[Any]], exact: list[Any]) -> tuple[list[float], list[float], list[str]]:
    """Hold what was pushed against the true ranks.

    Returns:
        The residuals, the shares of the true ten best that were found, and what breaks the kernel's promise: that no
        score is above the true one, and all together are below by no more than the residual.
    """
    residuals, shares, broken = [], [], []
    for (residual, nodes, scores), truth in zip(pushed, exact, strict=True):
        truth = np.asarray(truth)
        below = truth.copy()
        below[nodes] -= scores
        if below.min() < -TOLERANCE or below.sum() > residual + TOLERANCE:
            broken.append(f"push: off by {below.min():g} to {below.sum():g} with a residual of {residual:g}")
        best = [node for node in np.argsort(-truth, kind="stable")[:10].tolist() if truth[node] > 0]
        residuals.append(residual)
        shares.append(len(set(best) & set(nodes[:10])) / len(best))
    return residuals, shares, broken


def _same(question: str, one: Sequence[Any], other: Sequence[Any]) -> bool:
    if len(one) != len(other):
        return False
    if question == "personalized":
        return all(_same("pagerank", a, b) for a, b in zip(one, other, strict=True))
    if question == "pagerank":
        return float(np.abs(np.asarray(one) - np.asarray(other)).sum()) <= TOLERANCE
    if question == "costs":
        return all(_close(a, b) for a, b in zip(one, other, strict=True))
    return list(one) == list(other)


def _close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
