"""The graph kernel under wasmtime against SciPy and igraph, over the same edges in one run."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import numpy as np

from . import graphs, kernel_graph
from .graphs import Sample
from .kernel_graph import DAMPING, DEPTH, PAGERANK_TOLERANCE, each
from .native import kernels
from .timing import once, summary

SLOW = 5
"""Runs of what takes a peer long"""


class Scipy:
    """scipy.sparse.csgraph, which searches from one node to all others, and power iteration by its CSR product."""

    needs = "scipy.sparse.csgraph"

    def __init__(self, sample: Sample) -> None:
        from scipy.sparse import csr_matrix

        shape = (sample.nodes, sample.nodes)
        lengths = -np.log(sample.weights.astype(np.float64))
        self.nodes = sample.nodes
        self.costs = csr_matrix((lengths, (sample.sources, sample.targets)), shape=shape)
        out = np.bincount(sample.sources, minlength=sample.nodes)
        self.dangling = out == 0
        share = 1.0 / out[sample.sources]
        self.spread = csr_matrix((share, (sample.targets, sample.sources)), shape=shape)

    def khop(self, seed: int) -> list[int]:
        """Nodes at each depth, and their sum."""
        from scipy.sparse.csgraph import dijkstra

        depths = dijkstra(self.costs, indices=seed, unweighted=True, limit=DEPTH)
        near = np.flatnonzero(np.isfinite(depths))
        return kernel_graph.counted(near.tolist(), depths[near].astype(np.int64).tolist())

    def hops(self, pair: tuple[int, int]) -> int | None:
        """Length of the shortest path by a search from its source to everywhere."""
        from scipy.sparse.csgraph import breadth_first_order

        source, target = pair
        _, before = breadth_first_order(self.costs, source)
        length = 0
        while target != source:
            target = before[target]
            if target < 0:
                return None
            length += 1
        return length

    def cost(self, pair: tuple[int, int]) -> float | None:
        """Cost of the cheapest path by a search from its source to everywhere."""
        from scipy.sparse.csgraph import dijkstra

        found = float(dijkstra(self.costs, indices=pair[0])[pair[1]])
        return found if np.isfinite(found) else None

    def rank(self, restart: np.ndarray[Any, np.dtype[np.float64]], tolerance: float) -> Any:
        """PageRank by power iteration; walks restart, and dangling nodes jump, as `restart` says."""
        ranks = restart
        while True:
            loose = ranks[self.dangling].sum()
            new = DAMPING * (self.spread @ ranks) + (DAMPING * loose + 1 - DAMPING) * restart
            if np.abs(new - ranks).sum() < tolerance:
                return new
            ranks = new

    def pagerank(self) -> Any:
        """Each node's PageRank."""
        return self.rank(np.full(self.nodes, 1 / self.nodes), PAGERANK_TOLERANCE)

    def personalized(self, seed: int) -> Any:
        """Each node's rank for walks that restart at `seed`."""
        restart = np.zeros(self.nodes)
        restart[seed] = 1
        return self.rank(restart, graphs.TOLERANCE)


class Igraph:
    """python-igraph: searches end where they are told to; its PageRank is PRPACK's."""

    needs = "igraph"

    def __init__(self, sample: Sample) -> None:
        import igraph

        edges = np.stack([sample.sources, sample.targets], axis=1).astype(np.int64)
        self.graph = igraph.Graph(sample.nodes, edges, directed=True)
        self.lengths = (-np.log(sample.weights.astype(np.float64))).tolist()

    def near(self, seed: int) -> list[int]:
        """Nodes within `DEPTH` hops."""
        return self.graph.neighborhood(seed, order=DEPTH, mode="out")

    def khop(self, seed: int) -> list[int]:
        """Nodes at each depth, and their sum."""
        near = self.near(seed)
        sizes = [self.graph.neighborhood_size(seed, order=depth, mode="out") for depth in range(DEPTH + 1)]
        return [b - a for a, b in zip([0, *sizes], sizes, strict=False)] + [sum(near)]

    def hops(self, pair: tuple[int, int]) -> int | None:
        """Length of the shortest path."""
        path = self.graph.get_shortest_path(*pair, output="epath")
        return len(path) if path or pair[0] == pair[1] else None

    def cost(self, pair: tuple[int, int]) -> float | None:
        """Cost of the cheapest path."""
        path = self.graph.get_shortest_path(*pair, weights=self.lengths, output="epath")
        return sum(self.lengths[edge] for edge in path) if path or pair[0] == pair[1] else None

    def pagerank(self) -> Any:
        """Each node's PageRank."""
        return self.graph.pagerank(damping=DAMPING)

    def personalized(self, seed: int) -> Any:
        """Each node's rank for walks that restart at `seed`."""
        return self.graph.personalized_pagerank(damping=DAMPING, reset_vertices=[seed])


PEERS: dict[str, type[Scipy] | type[Igraph]] = {"scipy": Scipy, "igraph": Igraph}


def peer(kind: type[Scipy] | type[Igraph], sample: Sample, runs: int) -> dict[str, Any]:
    """Figures and answers of one library."""
    importlib.import_module(kind.needs)  # not a part of building
    build_ms, library = once(lambda: kind(sample))
    runs = min(runs, SLOW)
    figures: dict[str, Any] = {"build": summary([build_ms])}
    answers: dict[str, Any] = {}
    figures["khop"] = each(getattr(library, "near", library.khop), sample.seeds, runs)[0]
    answers["khop"] = [library.khop(seed) for seed in sample.seeds]
    figures["hops"], answers["hops"] = each(library.hops, sample.pairs, runs)
    figures["costs"], answers["costs"] = each(library.cost, sample.pairs, runs)
    figures["pagerank"], (answers["pagerank"],) = each(lambda _: library.pagerank(), [None], runs)
    seeds = sample.seeds[: kernel_graph.PUSHED]
    figures["personalized"], answers["personalized"] = each(library.personalized, seeds, runs)
    return {"figures": figures, "answers": answers}


async def run(sizes: list[tuple[int, int]], asked: int, runs: int) -> list[dict[str, Any]]:
    """All figures of each size; under "disagreements" what the peers answer differently."""
    builds = {build: await kernels(build) for build in ("simd", "scalar")}
    out = []
    for nodes, edges in sizes:
        print(f"native: graph of {nodes:,} / {edges:,}", file=sys.stderr)
        sample = graphs.sample(nodes, edges, asked)
        triples, weights = sample.triples(), sample.weights
        rows = {
            f"pramana {build}": kernel_graph.run(loaded, triples, weights, sample.seeds, sample.pairs, runs)
            for build, loaded in builds.items()
        }
        missing = {}
        for name, kind in PEERS.items():
            try:
                rows[name] = peer(kind, sample, runs)
            except ImportError as error:
                missing[name] = f"not measured: {error}"
        out.append(graphs.result(sample, rows, missing))
    return out
