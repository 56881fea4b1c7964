"""PageRank and forward push, against linear algebra and networkx, in every build."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.errors import BudgetError
from tests.unit.kernels import graphs
from tests.unit.kernels.builds import ONCE_BUILDS, graph_factory
from tests.unit.kernels.graphs import Model, stationary

builds = pytest.mark.parametrize("build", ONCE_BUILDS)
seeds = st.lists(st.integers(0, graphs.NODES + 1), min_size=1, max_size=3)


def of(build: str, model: Model):
    return model.put_into(graph_factory(build)())


@builds
@given(graphs.weighted_edges, st.booleans(), graphs.filters, st.sampled_from([0.0, 0.5, 0.85, 0.99]))
def test_pagerank_solves_its_equation(build, edges, weighted, predicates, damping):
    model = Model(edges)
    even = dict.fromkeys(range(model.bound), 1 / max(model.bound, 1))
    matrix = model.matrix(model.bound, weighted=weighted, predicates=predicates, dangling=even)
    expected = stationary(matrix, list(even.values()), 1 - damping)
    graph = of(build, model)
    ranks = graph.pagerank(
        damping=damping, tolerance=1e-11, max_iterations=5000, weighted=weighted, predicates=predicates
    )
    assert list(ranks) == pytest.approx(expected, abs=1e-8)
    if ranks:
        assert math.fsum(ranks) == pytest.approx(1, abs=1e-13)
    graph.close()


@builds
@settings(max_examples=10)
@given(st.integers(0, 2**32), st.booleans())
def test_pagerank_agrees_with_networkx(build, seed, weighted):
    pytest.importorskip("networkx", reason="networkx is not in a page")
    from networkx import MultiDiGraph
    from networkx.algorithms.link_analysis.pagerank_alg import _pagerank_python

    draw = random.Random(seed)
    model = Model(
        ((draw.randrange(101), draw.randrange(3), draw.randrange(101)), draw.uniform(0.01, 1))
        for _ in range(300)
    )
    other = MultiDiGraph()
    other.add_nodes_from(range(model.bound))
    for (s, p, t), weight in model.weights.items():
        other.add_edge(s, t, key=p, weight=weight if weighted else 1.0)
    expected = _pagerank_python(other, tol=1e-12, max_iter=1000)
    graph = of(build, model)
    ranks = graph.pagerank(tolerance=1e-12, weighted=weighted)
    assert list(ranks) == pytest.approx([expected[node] for node in range(model.bound)], abs=1e-9)
    graph.close()


@builds
def test_iterations_that_do_not_suffice_are_a_budget_reached(build):
    graph = of(build, Model([((0, 0, 1), 1.0), ((1, 0, 2), 1.0), ((2, 0, 1), 1.0)]))
    with pytest.raises(BudgetError):
        graph.pagerank(max_iterations=3)
    assert len(graph.pagerank(max_iterations=3, tolerance=1.0)) == 3
    graph.close()


@builds
@given(
    graphs.weighted_edges,
    seeds,
    st.booleans(),
    graphs.directions,
    graphs.filters,
    st.sampled_from([0.15, 0.5, 1.0]),
    st.sampled_from([0.1, 1e-3, 1e-9]),
)
def test_pushed_scores_are_within_the_residual_below_the_true_ones(
    build, edges, seeds, weighted, direction, predicates, alpha, epsilon
):
    model = Model(edges)
    nodes = graphs.NODES + 2
    restart = {seed: 1 / len(set(seeds)) for seed in seeds}
    matrix = model.matrix(
        nodes, weighted=weighted, predicates=predicates, direction=direction, dangling=restart
    )
    exact = stationary(matrix, [restart.get(node, 0.0) for node in range(nodes)], alpha)
    graph = of(build, model)
    found = graph.personalized_pagerank(
        seeds, alpha=alpha, epsilon=epsilon, weighted=weighted, direction=direction, predicates=predicates
    )
    scores = dict(zip(found.nodes, found.scores, strict=True))
    for node in range(nodes):
        assert scores.get(node, 0.0) - 1e-12 <= exact[node] <= scores.get(node, 0.0) + found.residual + 1e-12
    assert math.fsum(found.scores) + found.residual == pytest.approx(1, abs=1e-12)
    # What is left at each node is less than epsilon for each of its steps, or for each seed where it has none.
    degrees = [len(list(model.steps(node, direction, predicates))) or len(restart) for node in range(nodes)]
    assert found.residual <= epsilon * sum(degrees)
    ranked = list(zip(found.scores, found.nodes, strict=True))
    assert all(score > 0 for score, _ in ranked)
    assert ranked == sorted(ranked, key=lambda pair: (-pair[0], pair[1]))
    graph.close()


@builds
@settings(max_examples=30)
@given(
    graphs.weighted_edges, seeds, st.booleans(), st.sampled_from([0.15, 0.5]), st.sampled_from([0.1, 1e-3])
)
def test_the_builds_push_alike(build, edges, seeds, weighted, alpha, epsilon):
    options = {"alpha": alpha, "epsilon": epsilon, "weighted": weighted}
    results = [of(one, Model(edges)).personalized_pagerank(seeds, **options) for one in (build, "reference")]
    one, other = (dict(zip(result.nodes, result.scores, strict=True)) for result in results)
    assert one == pytest.approx(other, abs=1e-13)
    assert results[0].residual == pytest.approx(results[1].residual, abs=1e-13)


@builds
def test_pushes_are_no_more_than_the_bound_and_can_be_limited(build):
    draw = random.Random(5)
    graph = of(build, Model(((draw.randrange(200), 0, draw.randrange(200)), 1.0) for _ in range(1000)))
    alpha, epsilon = 0.2, 1e-3
    options = {"alpha": alpha, "epsilon": epsilon, "weighted": False}
    free = graph.personalized_pagerank([3], **options)
    assert graph.personalized_pagerank([3], max_pushes=round(1 / (alpha * epsilon)), **options) == free
    graph.close()
    # Along a chain 1, 1/2, 1/4 and 1/8 are pushed, and 1/16 is not.
    chain = of(build, Model(((node, 0, node + 1), 1.0) for node in range(9)))
    assert list(chain.personalized_pagerank([0], alpha=0.5, epsilon=0.1, max_pushes=4).nodes) == [0, 1, 2, 3]
    with pytest.raises(BudgetError) as error:
        chain.personalized_pagerank([0], alpha=0.5, epsilon=0.1, max_pushes=3)
    assert error.value.details["call"] == "graph_push"
    chain.close()


@builds
def test_a_seed_named_twice_counts_once(build):
    graph = of(build, Model([((0, 0, 1), 1.0), ((2, 0, 1), 1.0)]))
    assert graph.personalized_pagerank([0, 2, 0]) == graph.personalized_pagerank([0, 2])
    graph.close()


@builds
def test_scores_that_are_equal_come_by_node(build):
    graph = of(build, Model([((9, 0, node), 1.0) for node in (7, 1, 300, 4, 70)]))
    found = graph.personalized_pagerank([9], alpha=0.5, epsilon=1e-6)
    assert list(found.nodes) == [9, 1, 4, 7, 70, 300]
    graph.close()
