"""Graphs as they are changed, walked, divided into components and saved, in every build."""

from __future__ import annotations

import random
import struct
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.errors import ClosedError, CorruptError, InputError, KernelError
from pramana.kernels.reference.envelope import seal
from tests.unit.kernels import graphs
from tests.unit.kernels.builds import ONCE_BUILDS, graph_factory
from tests.unit.kernels.graphs import Model, flat

builds = pytest.mark.parametrize("build", ONCE_BUILDS)

batches = st.lists(
    st.tuples(graphs.weighted_edges, st.lists(graphs.edge, max_size=6), st.booleans()), min_size=1, max_size=5
)


def of(build: str, model: Model):
    return model.put_into(graph_factory(build)())


def neighbors(graph, node: int, direction: str = "out") -> list[int]:
    return list(graph.khop([node], depth=1, direction=direction).nodes)[1:]


@builds
@given(batches)
def test_any_sequence_of_changes_leaves_the_edges_that_a_set_would_hold(build, changes):
    model, graph = Model(), graph_factory(build)()
    for added, unwanted, compact in changes:
        assert graph.add(flat(e for e, _ in added), [w for _, w in added]) == model.add(added)
        removed = [e for e in dict.fromkeys(unwanted) if e in model.weights]
        graph.remove(flat(removed))
        for e in removed:
            del model.weights[e]
        if compact:
            graph.compact()
        assert len(graph) == len(model.weights)
        assert graph.node_bound == model.bound
        fresh = Model(model.weights.items())
        again = of(build, fresh)
        # The bound counts nodes whose edges are gone, so only what follows it is compared.
        assert graph.save()[12:-8] == again.save()[12:-8]
        for node in range(graphs.NODES):
            for direction in graphs.DIRECTIONS:
                expected = dict.fromkeys(step[0] for step in model.steps(node, direction) if step[0] != node)
                assert neighbors(graph, node, direction) == list(expected)
    graph.close()


@builds
@given(
    graphs.weighted_edges,
    graphs.seeds,
    st.integers(0, 4),
    graphs.directions,
    graphs.filters,
    st.integers(0, 9),
)
def test_a_neighborhood_is_what_breadth_first_search_reaches(
    build, edges, seeds, depth, direction, predicates, max_nodes
):
    model = Model(edges)
    reached: dict[int, tuple[int, int, int, int]] = {}
    truncated = False

    def reach(node: int, *arrival: int) -> None:
        nonlocal truncated
        if node not in reached and not truncated:
            truncated = max_nodes > 0 and len(reached) == max_nodes
            if not truncated:
                reached[node] = arrival  # type: ignore[assignment]

    for seed in seeds:
        reach(seed, 0, seed, 0, 0)
    for hops in range(depth):
        for node in [node for node, arrival in reached.items() if arrival[0] == hops]:
            for neighbor, predicate, forward, _ in model.steps(node, direction, predicates):
                reach(neighbor, hops + 1, node, predicate, forward)
    graph = of(build, model)
    found = graph.khop(seeds, depth=depth, direction=direction, predicates=predicates, max_nodes=max_nodes)
    columns = zip(found.depths, found.parents, found.predicates, found.forward, strict=True)
    assert dict(zip(found.nodes, columns, strict=True)) == reached
    assert list(found.nodes) == list(reached)
    assert found.truncated == truncated
    graph.close()


@builds
def test_searches_do_not_see_each_other(build):
    graph = of(build, Model([((0, 0, 1), 1.0), ((1, 0, 2), 1.0), ((3, 0, 2), 1.0)]))
    for _ in range(3):
        assert list(graph.khop([0], depth=9).nodes) == [0, 1, 2]
        assert list(graph.khop([3], depth=9).nodes) == [3, 2]
        assert graph.path(3, 1) is None
        assert list(graph.path(0, 2).nodes) == [0, 1, 2]
    graph.close()


@builds
@given(graphs.weighted_edges, graphs.filters)
def test_components_are_what_undirected_edges_connect(build, edges, predicates):
    model = Model(edges)
    numbers: list[int] = []
    for node in range(model.bound):
        seen, stack = {node}, [node]
        while stack:
            fresh = {step[0] for step in model.steps(stack.pop(), "both", predicates)} - seen
            seen |= fresh
            stack += fresh
        least = min(seen)
        numbers.append(numbers[least] if least < node else len(set(numbers)))
    graph = of(build, model)
    count, found = graph.components(predicates=predicates)
    assert list(found) == numbers
    assert count == len(set(numbers))
    graph.close()


@builds
@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_components_and_neighborhoods_agree_with_networkx(build, seed):
    networkx = pytest.importorskip("networkx", reason="networkx is not in a page")
    other = networkx.gnm_random_graph(60, random.Random(seed).randrange(20, 120), seed=seed, directed=True)
    graph = graph_factory(build)()
    graph.add(flat((s, 0, t) for s, t in other.edges), [1.0] * len(other.edges))
    _, numbers = graph.components()
    found = {
        node: {other for other, n in enumerate(numbers) if n == numbers[node]} for node in range(len(numbers))
    }
    for part in networkx.weakly_connected_components(other):
        assert all(found.get(node, {node}) == part for node in part)
    depths = networkx.single_source_shortest_path_length(other, 7, cutoff=3)
    near = graph.khop([7], depth=3)
    assert dict(zip(near.nodes, near.depths, strict=True)) == dict(depths)
    graph.close()


@builds
def test_rows_that_grow_edge_by_edge_are_those_of_a_batch(build):
    order = random.Random(3)
    model = Model(((0, p, order.randrange(300)), 0.5) for p in range(4) for _ in range(100))
    model.add(((order.randrange(300), 0, 1), 1.0) for _ in range(200))
    edges = list(model.weights.items())
    order.shuffle(edges)
    graph = graph_factory(build)()
    for e, w in edges:
        assert graph.add(e, [w]) == 1
        assert graph.add(e, [w]) == 0
    assert graph.save() == of(build, model).save()
    for e, _ in edges[::2]:
        graph.remove(e)
    left = Model(edges[1::2])
    assert graph.save()[12:-8] == of(build, left).save()[12:-8]
    graph.close()


@builds
def test_of_an_edge_named_twice_the_later_weight_counts(build):
    graph = graph_factory(build)()
    assert graph.add([0, 0, 1, 0, 0, 1, 0, 1, 1], [0.5, 0.25, 1.0]) == 2
    assert graph.path(0, 1, predicates=[0]).cost == pytest.approx(1.3862943611198906, abs=1e-15)
    assert graph.add([0, 0, 1], [0.5]) == 0
    assert graph.path(0, 1, predicates=[0]).cost == pytest.approx(0.6931471805599453, abs=1e-15)
    graph.close()


@builds
@pytest.mark.parametrize("weight", [0.0, -0.5, 1.0001, float("nan"), float("inf"), 1e-60])
def test_a_weight_out_of_range_is_named_and_nothing_is_added(build, weight):
    graph = graph_factory(build)()
    with pytest.raises(InputError) as error:
        graph.add([0, 0, 1, 1, 0, 2], [1.0, weight])
    assert (error.value.details["field"], error.value.details["index"]) == ("weights", 1)
    assert (len(graph), graph.node_bound) == (0, 0)
    graph.close()


@builds
def test_a_batch_with_an_edge_that_cannot_be_removed_removes_nothing(build):
    graph = of(build, Model([((0, 0, 1), 1.0), ((0, 1, 1), 1.0), ((2, 0, 0), 1.0)]))
    before = graph.save()
    for batch in ([0, 0, 1, 0, 2, 1], [0, 0, 1, 0, 0, 1], [1, 0, 0], [9, 0, 9], [0, 0, 2**32 - 1]):
        with pytest.raises((InputError, KernelError)) as error:
            graph.remove(batch)
        assert error.value.details["field"] == "edges"
        assert graph.save() == before
    graph.close()


@builds
def test_ids_beyond_what_dense_rows_can_hold_are_out_of_memory(build):
    graph = graph_factory(build)()
    calls = [
        lambda edge=edge: graph.add(edge, [1.0]) for edge in ([2**28, 0, 1], [0, 2**28, 1], [0, 0, 2**32 - 1])
    ]
    calls += [
        lambda: graph.khop([2**28], depth=1),
        lambda: graph.path(0, 2**28),
        lambda: graph.path(2**32 - 1, 0),
    ]
    calls += [lambda: graph.personalized_pagerank([2**28])]
    for call in calls:
        with pytest.raises(KernelError) as error:
            call()
        assert error.value.details["status"] == "out_of_memory"
    assert (len(graph), graph.node_bound) == (0, 0)
    graph.close()


@builds
def test_a_predicate_that_no_edge_has_lets_nothing_pass(build):
    graph = of(build, Model([((0, 5, 1), 1.0)]))
    for predicates in ([], [4], [13], [2**28 - 1], [2**28], [2**32 - 1]):
        assert neighbors(graph, 0) == [1]
        assert list(graph.khop([0], depth=1, predicates=predicates).nodes) == [0]
    assert list(graph.khop([0], depth=1, predicates=[2**32 - 1, 5]).nodes) == [0, 1]
    graph.close()


@builds
@given(graphs.weighted_edges)
def test_a_saved_graph_is_the_same_in_every_build_and_loads_again(build, edges):
    model = Model(edges)
    saved = of("reference", model).save()
    graph = of(build, model)
    assert graph.save() == saved
    copy = graph_factory(build).load(saved)
    assert (len(copy), copy.node_bound) == (len(model.weights), model.bound)
    for node in range(model.bound):
        assert copy.khop([node], depth=1, direction="in") == graph.khop([node], depth=1, direction="in")
    assert copy.save() == saved
    assert len(saved) < 24 + 16 * len(model.weights) + 1
    copy.close()
    graph.close()


@builds
def test_saved_bytes_that_were_changed_or_cut_are_refused(build):
    model = Model([((0, 1, 300), 0.5), ((0, 2, 300), 1.0), ((7, 0, 7), 0.25)])
    saved, load = of(build, model).save(), graph_factory(build).load
    for at in range(len(saved)):
        for changed in (saved[:at], saved[:at] + bytes([saved[at] ^ 4]) + saved[at + 1 :]):
            with pytest.raises(CorruptError):
                load(changed)


HALF, ONE, TWO = (struct.pack("<f", value) for value in (0.5, 1.0, 2.0))
MALFORMED = {
    "no counts": b"\0\0\0",
    "a bound beyond the ids": struct.pack("<II", 2**28 + 1, 0),
    "more edges than bytes": struct.pack("<II", 4, 2**32 - 1),
    "a row without edges": struct.pack("<II", 4, 1) + bytes([0, 0, 1, 0]),
    "a row longer than the graph": struct.pack("<II", 4, 1) + bytes([0, 2, 1, 0, 1, 0]),
    "a source beyond the bound": struct.pack("<II", 4, 1) + bytes([4, 1, 1, 0]),
    "a target beyond the bound": struct.pack("<II", 4, 1) + bytes([0, 1, 4, 0]),
    "an edge twice": struct.pack("<II", 4, 2) + bytes([0, 2, 1, 0, 0, 0]),
    "predicates out of order": struct.pack("<II", 4, 2) + bytes([0, 2, 1, 2, 0, 0]),
    "a predicate beyond the ids": struct.pack("<II", 4, 1) + bytes([0, 1, 1, 0x80, 0x80, 0x80, 0x80, 2]),
    "a number beyond u32": struct.pack("<II", 4, 1) + bytes([0, 1, 1, 0x80, 0x80, 0x80, 0x80, 0x10]),
    "a number without end": struct.pack("<II", 4, 1) + bytes([0, 1, 1]) + b"\x80" * 9,
    "a source that wraps": struct.pack("<II", 4, 2)
    + bytes([0, 1, 1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xF, 1, 1, 0]),
    "a target that wraps": struct.pack("<II", 4, 2) + bytes([0, 2, 1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xF, 0]),
    "a weight of 1 in full": struct.pack("<II", 4, 1) + bytes([0, 1, 1, 1]) + ONE,
    "a weight above 1": struct.pack("<II", 4, 1) + bytes([0, 1, 1, 1]) + TWO,
    "a weight that is no number": struct.pack("<II", 4, 1)
    + bytes([0, 1, 1, 1])
    + struct.pack("<f", float("nan")),
    "a weight of 0": struct.pack("<II", 4, 1) + bytes([0, 1, 1, 1, 0, 0, 0, 0]),
    "half a weight": struct.pack("<II", 4, 1) + bytes([0, 1, 1, 1]) + HALF[:2],
    "bytes left over": struct.pack("<II", 4, 1) + bytes([0, 1, 1, 0, 0]),
}


@builds
@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED)
def test_a_sealed_file_of_nonsense_is_refused(build, content):
    with pytest.raises(CorruptError):
        graph_factory(build).load(seal(b"PGRA", content))


@builds
def test_the_documented_file_loads(build):
    # 1 -2-> 3 of weight 0.5, 1 -0-> 300 and 1 -7-> 300, 300 -0-> 0
    rows = bytes([1, 3, 3, 2 << 1 | 1]) + HALF + bytes([0xA9, 2, 0, 0, 7 << 1]) + bytes([0xAA, 2, 1, 0, 0])
    graph = graph_factory(build).load(seal(b"PGRA", struct.pack("<II", 400, 4) + rows))
    assert (len(graph), graph.node_bound) == (4, 400)
    assert neighbors(graph, 1) == [3, 300]
    assert neighbors(graph, 0, "in") == [300]
    assert list(graph.khop([1], depth=1).predicates) == [0, 2, 0]
    assert graph.path(1, 3).cost == pytest.approx(0.6931471805599453, abs=1e-15)
    graph.close()


@builds
def test_a_closed_graph_says_so(build):
    graph = graph_factory(build)()
    graph.close()
    graph.close()
    calls = [
        lambda: len(graph),
        lambda: graph.node_bound,
        lambda: graph.add([], []),
        lambda: graph.remove([]),
        graph.compact,
        lambda: graph.khop([], depth=0),
        lambda: graph.path(0, 0),
        lambda: graph.paths(0, 0, 1),
        graph.components,
        graph.pagerank,
        lambda: graph.personalized_pagerank([0]),
        graph.save,
    ]
    for call in calls:
        with pytest.raises(ClosedError):
            call()


BAD = [
    ("edges", lambda graph: graph.add([0, 1], [1.0])),
    ("edges", lambda graph: graph.add([0, -1, 1], [1.0])),
    ("edges", lambda graph: graph.remove("abc")),
    ("weights", lambda graph: graph.add([0, 0, 1], [])),
    ("weights", lambda graph: graph.add([0, 0, 1], [1.0, 1.0])),
    ("weights", lambda graph: graph.add([0, 0, 1], ["heavy"])),
    ("seeds", lambda graph: graph.khop([0.5], depth=1)),
    ("seeds", lambda graph: graph.personalized_pagerank([])),
    ("depth", lambda graph: graph.khop([0], depth=-1)),
    ("depth", lambda graph: graph.khop([0], depth=2**32)),
    ("depth", lambda graph: graph.khop([0], depth=True)),
    ("max_nodes", lambda graph: graph.khop([0], depth=1, max_nodes=-1)),
    ("max_nodes", lambda graph: graph.path(0, 1, max_nodes=1.5)),
    ("direction", lambda graph: graph.khop([0], depth=1, direction="up")),
    ("direction", lambda graph: graph.path(0, 1, direction="")),
    ("direction", lambda graph: graph.personalized_pagerank([0], direction="down")),
    ("predicates", lambda graph: graph.components(predicates=[-1])),
    ("predicates", lambda graph: graph.pagerank(predicates="is")),
    ("source", lambda graph: graph.path(-1, 0)),
    ("target", lambda graph: graph.path(0, "x")),
    ("k", lambda graph: graph.paths(0, 1, 0)),
    ("k", lambda graph: graph.paths(0, 1, 65_537)),
    ("damping", lambda graph: graph.pagerank(damping=1.0)),
    ("damping", lambda graph: graph.pagerank(damping=-0.1)),
    ("damping", lambda graph: graph.pagerank(damping=float("nan"))),
    ("tolerance", lambda graph: graph.pagerank(tolerance=0.0)),
    ("tolerance", lambda graph: graph.pagerank(tolerance=float("inf"))),
    ("max_iterations", lambda graph: graph.pagerank(max_iterations=0)),
    ("alpha", lambda graph: graph.personalized_pagerank([0], alpha=0.0)),
    ("alpha", lambda graph: graph.personalized_pagerank([0], alpha=1.1)),
    ("epsilon", lambda graph: graph.personalized_pagerank([0], epsilon=0)),
    ("epsilon", lambda graph: graph.personalized_pagerank([0], epsilon="small")),
    ("max_pushes", lambda graph: graph.personalized_pagerank([0], max_pushes=-1)),
]


@builds
@pytest.mark.parametrize(("field", "call"), BAD)
def test_an_argument_out_of_range_is_named(build, field, call):
    graph = of(build, Model([((0, 0, 1), 1.0)]))
    with pytest.raises(InputError) as error:
        call(graph)
    assert error.value.details["field"] == field
    assert len(graph) == 1
    graph.close()


@builds
def test_an_empty_graph_answers(build):
    graph = graph_factory(build)()
    assert graph.add([], []) == 0
    graph.remove([])
    graph.compact()
    assert (len(graph), graph.node_bound, graph.components()) == (0, 0, (0, array("I")))
    assert graph.pagerank() == array("d")
    assert list(graph.khop([5], depth=3).nodes) == [5]
    assert list(graph.path(5, 5).nodes) == [5]
    assert graph.path(5, 6) is None
    pushed = graph.personalized_pagerank([5], epsilon=1e-9)
    assert list(pushed.nodes) == [5]
    assert pushed.scores[0] == pytest.approx(1, abs=1e-8)
    assert graph_factory(build).load(graph.save()).node_bound == 0
    graph.close()
