"""Cheapest paths, against every simple path there is and against networkx, in every build."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from itertools import zip_longest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.errors import BudgetError
from tests.unit.kernels import graphs
from tests.unit.kernels.builds import ONCE_BUILDS, graph_factory
from tests.unit.kernels.graphs import Model

builds = pytest.mark.parametrize("build", ONCE_BUILDS)
# So few nodes that most graphs have several paths between two of them.
node = st.integers(0, 4)
few_edges = st.lists(st.tuples(st.tuples(node, st.integers(0, 2), node), graphs.weight), max_size=14)

Words = tuple[tuple[int, ...], tuple[tuple[int, int], ...]]


def of(build: str, model: Model):
    return model.put_into(graph_factory(build)())


def every_path(model: Model, source: int, target: int, **options) -> Iterator[tuple[float, int, *Words]]:
    """Cost, edges, nodes and (predicate, forward) of every simple path, which sorts as paths are to be."""
    weighted = options.pop("weighted")
    stack: list[tuple[Words, list[float]]] = [(((source,), ()), [])]
    while stack:
        (nodes, words), costs = stack.pop()
        if nodes[-1] == target:
            yield math.fsum(costs), len(words), nodes, words
            continue
        for neighbor, predicate, forward, weight in model.steps(nodes[-1], **options):
            if neighbor not in nodes:
                cost = 0.0 - math.log(weight) if weighted else 1.0
                stack.append((((*nodes, neighbor), (*words, (predicate, forward))), [*costs, cost]))


def described(path) -> tuple[float, int, *Words]:
    words = tuple(zip(path.predicates, path.forward, strict=True))
    assert len(path.nodes) == len(words) + 1
    return path.cost, len(words), tuple(path.nodes), words


@builds
@given(few_edges, node, node, st.booleans(), graphs.directions, graphs.filters)
def test_all_simple_paths_are_found_in_order(build, edges, source, target, weighted, direction, predicates):
    options = {"weighted": weighted, "direction": direction, "predicates": predicates}
    model = Model(edges)
    expected = sorted(every_path(model, source, target, **options))
    graph = of(build, model)
    found = [described(path) for path in graph.paths(source, target, len(expected) + 2, **options)]
    # libm's logarithm and Rust's may differ in the last bit, and so may the order of nearly equal sums.
    assert sorted(path[2:] for path in found) == sorted(path[2:] for path in expected)
    assert [path[0] for path in found] == pytest.approx([path[0] for path in expected], abs=1e-12)
    assert found == sorted(found)
    one = graph.path(source, target, **options)
    assert (one is None) == (not expected)
    if one is not None:
        cost, *words = described(one)
        assert cost == pytest.approx(expected[0][0], abs=1e-12)
        assert tuple(words) in {path[1:] for path in expected}
    graph.close()


@builds
@given(few_edges, node, node, st.booleans(), graphs.directions, st.integers(1, 4))
def test_the_first_k_paths_cost_the_least(build, edges, source, target, weighted, direction, k):
    options = {"weighted": weighted, "direction": direction}
    model = Model(edges)
    expected = sorted(every_path(model, source, target, predicates=None, **options))
    graph = of(build, model)
    found = [described(path) for path in graph.paths(source, target, k, **options)]
    assert [path[0] for path in found] == pytest.approx([path[0] for path in expected[:k]], abs=1e-12)
    assert len({path[2:] for path in found}) == len(found)
    assert {path[2:] for path in found} <= {path[2:] for path in expected}
    graph.close()


@builds
@settings(max_examples=15)
@given(st.integers(0, 2**32), graphs.directions)
def test_costs_and_hops_agree_with_networkx(build, seed, direction):
    networkx = pytest.importorskip("networkx", reason="networkx is not in a page")
    draw = random.Random(seed)
    model = Model(
        (
            (draw.randrange(80), draw.randrange(4), draw.randrange(80)),
            draw.choice([1.0, 0.5, draw.uniform(0.01, 1)]),
        )
        for _ in range(draw.choice([60, 150, 500]))
    )
    other = networkx.MultiDiGraph()
    other.add_nodes_from(range(80))
    for (s, p, t), weight in model.weights.items():
        if direction in ("out", "both"):
            other.add_edge(s, t, key=(p, 1), cost=0.0 - math.log(weight))
        if direction in ("in", "both"):
            other.add_edge(t, s, key=(p, 0), cost=0.0 - math.log(weight))
    graph = of(build, model)
    source = draw.randrange(80)
    costs = networkx.single_source_dijkstra_path_length(other, source, weight="cost")
    hops = networkx.single_source_shortest_path_length(other, source)
    for target in range(80):
        cheapest = graph.path(source, target, direction=direction)
        shortest = graph.path(source, target, weighted=False, direction=direction)
        assert (cheapest is None) == (shortest is None) == (target not in costs)
        if cheapest is not None:
            assert cheapest.cost == pytest.approx(costs[target], abs=1e-9)
            assert shortest.cost == len(shortest.predicates) == hops[target]
            walked = [
                0.0 - math.log(model.weights[(a, p, b) if forward else (b, p, a)])
                for a, b, p, forward in zip(
                    cheapest.nodes, cheapest.nodes[1:], cheapest.predicates, cheapest.forward, strict=False
                )
            ]
            assert math.fsum(walked) == pytest.approx(cheapest.cost, abs=1e-12)
    graph.close()


@builds
@settings(max_examples=5)
@given(st.integers(0, 2**32))
def test_k_shortest_paths_agree_with_networkx(build, seed):
    networkx = pytest.importorskip("networkx", reason="networkx is not in a page")
    draw = random.Random(seed)
    model = Model(((draw.randrange(40), 0, draw.randrange(40)), draw.uniform(0.05, 1)) for _ in range(160))
    other = networkx.DiGraph()
    other.add_nodes_from(range(40))
    for (s, _, t), weight in model.weights.items():
        other.add_edge(s, t, cost=0.0 - math.log(weight))
    graph = of(build, model)
    if networkx.has_path(other, 0, 39):
        generator = networkx.shortest_simple_paths(other, 0, 39, weight="cost")
        expected = [nodes for _, nodes in zip(range(12), generator, strict=False)]
        assert [list(path.nodes) for path in graph.paths(0, 39, 12)] == expected
    else:
        assert graph.paths(0, 39, 12) == []
    graph.close()


@builds
def test_parallel_edges_make_different_paths(build):
    graph = of(build, Model([((0, p, 1), 1.0) for p in range(2)] + [((1, p, 2), 1.0) for p in range(3)]))
    found = [tuple(path.predicates) for path in graph.paths(0, 2, 10, weighted=False)]
    assert found == [(first, second) for first in range(2) for second in range(3)]
    graph.close()


@builds
def test_equally_cheap_paths_come_by_edges_then_nodes_then_predicates(build):
    # Four paths of weight 0.25, one of them a single edge; costs of equal factors in any order are equal.
    edges = [((0, 0, 9), 0.25), ((0, 0, 1), 0.5), ((1, 3, 9), 0.5), ((1, 2, 9), 0.5)]
    edges += [((0, 0, 2), 0.125), ((2, 0, 9), 1.0), ((0, 5, 3), 0.25), ((3, 0, 9), 1.0)]
    graph = of(build, Model(edges))
    found = [(tuple(path.nodes), tuple(path.predicates)) for path in graph.paths(0, 9, 10)]
    assert found == [
        ((0, 9), (0,)),
        ((0, 1, 9), (0, 2)),
        ((0, 1, 9), (0, 3)),
        ((0, 3, 9), (5, 0)),
        ((0, 2, 9), (0, 0)),
    ]
    graph.close()


@builds
def test_an_edge_walked_back_is_not_forward(build):
    graph = of(build, Model([((0, 4, 1), 0.5), ((2, 6, 1), 0.5)]))
    path = graph.path(0, 2, direction="both")
    assert (list(path.nodes), list(path.predicates), path.forward) == ([0, 1, 2], [4, 6], b"\1\0")
    assert graph.path(2, 0, direction="both").forward == b"\1\0"
    assert graph.path(1, 0, direction="in").forward == b"\0"
    assert graph.path(1, 0) is graph.path(0, 1, direction="in") is None
    graph.close()


@builds
def test_edges_of_weight_1_cost_nothing_and_make_no_circles(build):
    model = Model([((a, 0, b), 1.0) for a in range(5) for b in range(5)])
    graph = of(build, model)
    found = graph.paths(0, 4, 100)
    assert [str(path.cost) for path in found] == ["0.0"] * 16
    assert all(len(set(path.nodes)) == len(path.nodes) for path in found)
    assert graph.path(2, 2).cost == 0.0
    assert len(graph.paths(2, 2, 5)) == 1
    graph.close()


@builds
def test_a_search_that_reaches_too_many_nodes_stops(build):
    graph = of(build, Model([((at, 0, at + 1), 0.5) for at in range(50)]))
    for weighted in (True, False):
        with pytest.raises(BudgetError) as error:
            graph.path(0, 50, weighted=weighted, max_nodes=20)
        assert error.value.details["call"] == "graph_path"
        assert graph.path(0, 50, weighted=weighted, max_nodes=200) is not None
    assert graph.path(0, 50).cost == pytest.approx(50 * math.log(2))
    graph.close()


@builds
def test_the_budget_is_that_of_all_searches_together(build):
    ladder = [((at, p, at + 1), 0.5) for at in range(10) for p in range(2)]
    graph = of(build, Model(ladder))
    assert len(graph.paths(0, 10, 2, max_nodes=1000)) == 2
    assert len(graph.paths(0, 10, 1, max_nodes=60)) == 1
    with pytest.raises(BudgetError):
        graph.paths(0, 10, 20, max_nodes=60)
    graph.close()


@builds
def test_searches_that_reach_nothing_cost_their_share_of_the_budget(build):
    chain = [((at, 0, at + 1), 1.0) for at in range(40)]
    leaves = [((at, 0, 100 + at), 1.0) for at in range(40)]
    graph = of(build, Model(chain + leaves))
    assert len(graph.paths(0, 40, 2, max_nodes=400)) == 1
    assert len(graph.paths(0, 40, 1, max_nodes=100)) == 1
    with pytest.raises(BudgetError):
        graph.paths(0, 40, 2, max_nodes=100)
    graph.close()


@builds
@pytest.mark.parametrize(("direction", "expected"), [("out", [0, 1]), ("both", [0, 0, 1, 1])])
def test_a_path_is_left_only_where_there_is_another_step(build, direction, expected):
    # Edges are doubled in two places, one of them where the second is walked back.
    edges = [((at, 0, at + 1), 0.5) for at in range(1000)]
    graph = of(build, Model([*edges, ((500, 1, 501), 0.25), ((7, 1, 7), 1.0), ((9, 1, 8), 0.5)]))
    pieces = list(graph.path_search(0, 1000, 9, direction=direction))
    assert [path.predicates[500] for path in pieces if path is not None] == expected
    assert len(pieces) <= 3 * len(expected)
    assert None not in pieces[-len(expected) :]
    graph.close()


@builds
@given(few_edges, few_edges, st.integers(2, 6))
def test_searches_in_turns_find_what_they_do_alone(build, edges, others, k):
    graph = of(build, Model(edges + others))
    asked = [(0, 4, "both"), (1, 3, "out"), (4, 0, "both")]
    alone = [graph.paths(source, target, k, direction=direction) for source, target, direction in asked]
    searches = [
        graph.path_search(source, target, k, direction=direction) for source, target, direction in asked
    ]
    found: list[list] = [[] for _ in asked]
    for pieces in zip_longest(*searches):
        for paths, path in zip(found, pieces, strict=True):
            paths += [] if path is None else [path]
    assert found == alone
    graph.close()
