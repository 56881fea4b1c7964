"""Each search at 100,000 nodes and 1,000,000 edges, against a few lines of NumPy."""

from __future__ import annotations

import math
import sys
from array import array

import pytest

from pramana.kernels.graph import Graph
from tests.unit.kernels.builds import shared_module

numpy = pytest.importorskip("numpy")
pytestmark = pytest.mark.skipif(sys.platform == "emscripten", reason="the same modules, only slower")

NODES, EDGES, PREDICATES = 100_000, 1_000_000, 8
KEPT = [1, 4, 6]
SEED = 20


class Large:
    """Random edges, none twice, as columns."""

    def __init__(self) -> None:
        draw = numpy.random.default_rng(SEED)
        edges = numpy.stack(
            [draw.integers(0, top, EDGES, numpy.uint32) for top in (NODES, PREDICATES, NODES)], 1
        )
        self.edges = numpy.unique(edges, axis=0)
        draw.shuffle(self.edges)
        self.weights = (1 - 0.9 * draw.random(len(self.edges))).astype(numpy.float32)
        self.source, self.predicate, self.target = self.edges.T
        self.kept = numpy.isin(self.predicate, KEPT)

    def depths(self, seed: int, depth: int, kept=True):
        found = numpy.full(NODES, -1)
        found[seed] = 0
        for hops in range(depth):
            steps = kept & (found[self.source] == hops) & (found[self.target] < 0)
            found[self.target[steps]] = hops + 1
        return found

    def costs(self, seed: int):
        """Bellman and Ford, until nothing changes."""
        found = numpy.full(NODES, numpy.inf)
        found[seed] = 0
        cost = -numpy.log(self.weights.astype(numpy.float64))
        while True:
            better = found.copy()
            numpy.minimum.at(better, self.target, found[self.source] + cost)
            if (better == found).all():
                return found
            found = better

    def ranks(self, share, kept, *, restart=None, damping=0.85):
        """Power iteration until nothing changes by much; without `restart` it is even."""
        source, target, share = self.source[kept], self.target[kept], share[kept]
        total = numpy.bincount(source, share, NODES)
        share = share / total[source]
        even = numpy.full(NODES, 1 / NODES) if restart is None else restart
        x, change = even, 1.0
        while change > 1e-12:
            pulled = numpy.bincount(target, x[source] * share, NODES)
            fresh = damping * (pulled + x[total == 0].sum() * even) + (1 - damping) * even
            x, change = fresh, abs(fresh - x).sum()
        return x


@pytest.fixture(scope="module")
def large():
    return Large()


@pytest.fixture(scope="module", params=("scalar",))
def graph(request, large):
    graph = Graph(shared_module("graph", request.param))
    assert graph.add(array("I", large.edges.tobytes()), large.weights) == len(large.edges)
    yield graph
    graph.close()


def test_neighborhoods(large, graph):
    for kept, predicates in ((True, None), (large.kept, KEPT)):
        found = graph.khop([77], depth=4, predicates=predicates)
        depths = large.depths(77, 4, kept)
        assert len(found.nodes) == (depths >= 0).sum()
        assert (
            depths[numpy.frombuffer(found.nodes, numpy.uint32)]
            == numpy.frombuffer(found.depths, numpy.uint32)
        ).all()
    back = graph.khop([5], depth=1, direction="in")
    assert sorted(back.nodes[1:]) == sorted(set(large.source[large.target == 5].tolist()) - {5})


def test_paths(large, graph):
    hops, costs = large.depths(3, 30), large.costs(3)
    for target in range(0, NODES, 1999):
        shortest, cheapest = graph.path(3, target, weighted=False), graph.path(3, target)
        assert (shortest.cost if shortest else -1) == hops[target]
        assert (cheapest.cost if cheapest else math.inf) == pytest.approx(costs[target], abs=1e-9)
    found = graph.paths(3, 50_000, 20)
    assert found[0].cost == pytest.approx(costs[50_000], abs=1e-9)
    assert [path.cost for path in found] == sorted(path.cost for path in found)
    assert len({(tuple(path.nodes), tuple(path.predicates)) for path in found}) == 20


def test_components(large, graph):
    """Labels spread to the least until nothing changes."""
    labels = numpy.arange(NODES)
    while True:
        least = labels.copy()
        numpy.minimum.at(least, large.target[large.kept], labels[large.source[large.kept]])
        numpy.minimum.at(least, large.source[large.kept], labels[large.target[large.kept]])
        least = least[least]
        if (least == labels).all():
            break
        labels = least
    count, found = graph.components(predicates=KEPT)
    expected = numpy.unique(labels, return_inverse=True)
    assert count == len(expected[0]) > 20
    assert (numpy.frombuffer(found, numpy.uint32) == expected[1]).all()


def test_pagerank(large, graph):
    every, one = numpy.ones(len(large.edges), bool), numpy.ones(len(large.edges))
    for weighted, share in ((False, one), (True, large.weights.astype(numpy.float64))):
        for kept, predicates in ((every, None), (large.kept, KEPT)):
            ranks = numpy.array(graph.pagerank(tolerance=1e-10, weighted=weighted, predicates=predicates))
            assert ranks.sum() == pytest.approx(1, abs=1e-12)
            assert abs(ranks - large.ranks(share, kept)).max() < 1e-9


def test_forward_push(large, graph):
    restart = numpy.zeros(NODES)
    restart[[9, 4711]] = 0.5
    share = large.weights.astype(numpy.float64)
    exact = large.ranks(share, numpy.ones(len(share), bool), restart=restart)
    for epsilon in (1e-4, 1e-6):
        found = graph.personalized_pagerank([9, 4711], epsilon=epsilon)
        scores = numpy.zeros(NODES)
        scores[numpy.frombuffer(found.nodes, numpy.uint32)] = found.scores
        assert (scores <= exact + 1e-9).all()
        assert (exact <= scores + found.residual + 1e-9).all()
        assert list(found.scores) == sorted(found.scores, reverse=True)


def test_saving_and_changing(large, graph):
    data = graph.save()
    assert len(data) < 16 * len(large.edges) / 2
    copy = Graph.load(graph._module, data)
    assert copy.save() == data
    gone = array("I", large.edges[::2].tobytes())
    copy.remove(gone)
    assert len(copy) == len(large.edges[1::2])
    assert copy.add(gone, large.weights[::2].copy()) == len(large.edges[::2])
    assert copy.save() == data
    copy.close()
