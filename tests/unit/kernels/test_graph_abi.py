"""Hostile input to the graph kernel beneath its wrapper: a status each time, never a trap, nothing changed."""

from __future__ import annotations

import sys
from array import array
from random import Random
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.errors import KernelError
from pramana.kernels.graph import Graph
from pramana.kernels.reference.envelope import seal
from pramana.protocol import STATUS, STATUS_NAMES
from tests.unit.kernels.builds import new_module, shared_module
from tests.unit.kernels.graphs import flat
from tests.unit.kernels.test_abi import Raw, f32, len_of_memory, u32

U32 = 0xFFFF_FFFF
native = pytest.mark.skipif(sys.platform == "emscripten", reason="a page cannot limit one module's memory")


@pytest.fixture(params=("scalar",))
def raw(request):
    """The graph kernel with a graph of two edges, by handle, and arguments that are in order."""
    calls = Raw(shared_module("graph", request.param))
    calls.handle = calls.graph_create()
    calls.edges, calls.weights = calls.put(u32(0, 1, 2, 2, 1, 5)), calls.put(f32(0.5, 1))
    assert calls.graph_add(calls.handle, 2, calls.edges, calls.weights) == 2
    yield calls
    assert (calls.graph_len(calls.handle), calls.graph_bound(calls.handle)) == (2, 6)
    assert calls.destroy(calls.handle) == 0
    assert calls.graph_len(calls.handle) == STATUS["bad_handle"]
    calls.free_all()


def test_every_pointer_is_checked_before_it_is_read(raw):
    end = len_of_memory(raw.module)
    for ptr in (end - 3, end, U32 - 3, -4, 0, raw.edges + 1, raw.edges + 2):
        for call, *arguments in (
            (raw.graph_add, 2, ptr, raw.weights),
            (raw.graph_add, 2, raw.edges, ptr),
            (raw.graph_remove, 2, ptr),
            (raw.graph_khop, 2, ptr, 1, 1, 0, 0, 0),
            (raw.graph_trail, 2, ptr, 0, 1, 0, 0),
            (raw.graph_path, 0, 5, 1, 1, 0, 0, 0, 0, 2, ptr),
            (raw.graph_push, 2, ptr, 0.5, 0.1, 1, 1, 0, 0, 0),
        ):
            assert call(raw.handle, *arguments) == STATUS["bad_pointer"], (call, ptr)
    for ptr, size in ((end - 4, 5), (end, 1), (0, 1), (U32, 1), (16, U32)):
        assert raw.graph_khop(raw.handle, 1, raw.edges, 1, 1, ptr, size, 0) == STATUS["bad_pointer"]
        assert raw.graph_components(raw.handle, ptr, size) == STATUS["bad_pointer"]
        assert raw.graph_pagerank(raw.handle, 0.5, 0.1, 9, 1, ptr, size) == STATUS["bad_pointer"]
        assert raw.graph_load(ptr, size) == STATUS["bad_pointer"]


def test_counts_that_overflow(raw):
    for count in (1 << 30, 1 << 31, U32, 0x5555_5556, 0x1555_5556, 0xAAAA_AAAB):
        for call, *arguments in (
            (raw.graph_add, count, raw.edges, raw.weights),
            (raw.graph_remove, count, raw.edges),
            (raw.graph_khop, count, raw.edges, 1, 1, 0, 0, 0),
            (raw.graph_trail, count, raw.edges, 0, 1, 0, 0),
            (raw.graph_path, 0, 5, 1, 1, 0, 0, 0, 0, count, raw.edges),
        ):
            assert call(raw.handle, *arguments) == STATUS["bad_pointer"], (call, count)


def test_parameters_out_of_range(raw):
    bad, nan, infinite = STATUS["bad_argument"], float("nan"), float("inf")
    seed = raw.put(u32(2))
    for direction in (0, 4, U32):
        assert raw.graph_khop(raw.handle, 1, seed, 1, direction, 0, 0, 0) == bad
        assert raw.graph_path(raw.handle, 0, 5, 1, direction, 0, 0, 0, 0, 0, 0) == bad
        assert raw.graph_trail(raw.handle, 1, seed, 0, direction, 0, 0) == bad
        assert raw.graph_push(raw.handle, 1, seed, 0.5, 0.1, 1, direction, 0, 0, 0) == bad
    for damping, tolerance in ((1.0, 0.1), (-0.1, 0.1), (nan, 0.1), (0.5, 0.0), (0.5, nan), (0.5, infinite)):
        assert raw.graph_pagerank(raw.handle, damping, tolerance, 9, 1, 0, 0) == bad
    for alpha, epsilon in ((0.0, 0.1), (1.5, 0.1), (nan, 0.1), (0.5, 0.0), (0.5, nan), (0.5, infinite)):
        assert raw.graph_push(raw.handle, 1, seed, alpha, epsilon, 1, 1, 0, 0, 0) == bad
    assert raw.graph_push(raw.handle, 0, seed, 0.5, 0.1, 1, 1, 0, 0, 0) == bad
    assert raw.graph_trail(raw.handle, 1, seed, 0, 1, 0, 0) == 1
    for end in ((2, 5), (0, 2), (2, 2)):
        assert raw.graph_path(raw.handle, *end, 1, 1, 0, 0, 0, 1, 0, 0) == bad
    down = raw.put(u32(1, 1, 2, 1, 0, 2))
    assert raw.graph_path(raw.handle, 0, 5, 1, 1, 0, 0, 0, 0, 2, down) == bad


def test_blocked_nodes_and_banned_steps_are_kept_from(raw):
    assert raw.graph_path(raw.handle, 0, 5, 1, 1, 0, 0, 0, 7, 0, 0) == 1  # there is no trail yet
    trail, step = raw.put(u32(4, 2, 4, 2)), raw.put(u32(1, 1, 2, 1, 1, 2))
    assert raw.graph_trail(raw.handle, 4, trail, 0, 1, 0, 0) == 4
    for weighted in (0, 1):
        for blocked, found in ((0, 1), (1, 1), (2, 0), (3, 0)):
            assert raw.graph_path(raw.handle, 0, 5, weighted, 1, 0, 0, 0, blocked, 0, 0) == found
        assert raw.graph_path(raw.handle, 0, 5, weighted, 1, 0, 0, 0, 0, 2, step) == 0
        assert raw.graph_path(raw.handle, 0, 2, weighted, 1, 0, 0, 0, 0, 2, step) == 0
        assert raw.graph_path(raw.handle, 2, 5, weighted, 1, 0, 0, 0, 0, 2, step) == 1
    strange = raw.put(u32(70_000, 1 << 28))
    assert raw.graph_trail(raw.handle, 2, strange, 0, 1, 0, 0) == STATUS["out_of_memory"]
    assert raw.graph_path(raw.handle, 0, 5, 1, 1, 0, 0, 0, 2, 0, 0) == 0  # the trail is still the one before
    assert raw.graph_trail(raw.handle, 1, strange, 0, 1, 0, 0) == 1
    assert raw.graph_path(raw.handle, 0, 5, 1, 1, 0, 0, 0, 1, 0, 0) == 1
    assert raw.graph_path(raw.handle, 80_000, 90_000, 1, 1, 0, 0, 0, 1, 0, 0) == 0


@pytest.mark.parametrize("build", ["scalar"])
@settings(max_examples=80)
@given(st.data())
def test_any_arguments_give_a_status(build, data):
    calls = Raw(shared_module("graph", build))
    graph = Graph(calls.module)
    graph.add([0, 0, 1, 1, 0, 2, 2, 3, 0], [0.5, 1, 0.25])
    before = graph.save()
    corner = st.sampled_from(
        [0, 1, 2, 3, 4, 16, 65_536, 65_537, 1 << 20, 1 << 28, 1 << 30, 1 << 31, U32 - 3, U32, -1]
    )
    number = st.sampled_from([0.0, -1.0, 0.15, 0.85, 1.0, 1e-3, 1e300, float("nan"), float("inf")])
    arity = {
        "graph_khop": "iiiiiii",
        "graph_trail": "iiiiii",
        "graph_path": "iiiiiiiiii",
        "graph_components": "ii",
    }
    arity |= {"graph_pagerank": "ffiiii", "graph_push": "iiffiiiii"}
    for export, kinds in arity.items():
        arguments = [data.draw(corner if kind == "i" else number) for kind in kinds]
        status = getattr(calls, export)(graph._handle, *arguments)
        assert status >= 0 or status in STATUS_NAMES, (export, arguments, status)
    assert graph.save() == before
    graph.close()


@pytest.mark.parametrize("build", ["scalar"])
@settings(max_examples=150)
@given(st.binary(max_size=60), st.integers(0, 20), st.integers(0, 20), st.booleans())
def test_loading_noise_gives_a_status_or_a_graph_that_is_saved_as_it_came(build, noise, bound, count, sealed):
    calls = Raw(shared_module("graph", build))
    content = pack("<II", bound, count) + noise
    data = seal(b"PGRA", content) if sealed else b"PGRA" + pack("<I", 1) + content
    handle = calls.graph_load(calls.put(data), len(data))
    if handle > 0:
        assert calls.graph_len(handle) == count
        assert calls.graph_pagerank(handle, 0.85, 1e-6, 500, 1, 0, 0) >= 0
        assert calls.destroy(handle) == 0
    else:
        assert handle in ((STATUS["bad_format"],) if sealed else (STATUS["bad_checksum"],))
    calls.free_all()


@native
@pytest.mark.parametrize("build", ["scalar"])
def test_memory_that_is_full_is_a_status_and_the_graph_stays_as_it_was(build):
    graph = Graph(new_module("graph", build, memory_limit=4 << 20))
    draw = Random(1)
    held, refused = set(), 0
    for batch in range(200):
        edges = [(draw.randrange(900), batch, draw.randrange(900)) for _ in range(500)]
        try:
            graph.add(flat(edges), array("f", [0.5] * 500))
            held.update(edges)
        except KernelError as full:
            refused += full.details["status"] == "out_of_memory"
        assert len(graph) == len(held)
    assert refused > 10
    assert len(held) > 20_000
    for call in (lambda: graph.khop([1 << 27], depth=1), lambda: graph.add([0, 0, 1 << 27], [1.0])):
        with pytest.raises(KernelError) as error:
            call()
        assert error.value.details["status"] == "out_of_memory"
    for node in range(0, 900, 37):
        for direction, near in (("out", 2), ("in", 0)):
            expected = {edge[near] for edge in held if edge[2 - near] == node} | {node}
            assert set(graph.khop([node], depth=1, direction=direction).nodes) == expected
    graph.remove(flat(sorted(held)[::2]))
    assert graph.add([1, 2, 3] * 10, [1.0] * 10) in (0, 1)
    graph.close()


@native
@pytest.mark.parametrize("build", ["scalar"])
def test_first_edges_that_do_not_fit_leave_an_empty_graph(build):
    outcomes = set()
    for count in range(30_000, 90_000, 2_000):
        graph = Graph(new_module("graph", build, memory_limit=4 << 20))
        edges = [(at % 1_000, at % 13, at // 13) for at in range(count)]
        try:
            graph.add(flat(edges), array("f", [0.5]) * count)
        except KernelError:
            outcomes.add("refused")
            assert len(graph) == 0
            for node in range(0, 1_000, 111):
                for direction in ("out", "in"):
                    assert list(graph.khop([node], depth=1, direction=direction).nodes) == [node]
            assert graph.add([1, 2, 3], [1.0]) == 1
        else:
            outcomes.add("added")
            assert len(graph) == count
        graph.close()
    assert outcomes == {"refused", "added"}


@native
@pytest.mark.parametrize("build", ["scalar"])
def test_changes_without_end_do_not_fill_the_memory(build):
    module = new_module("graph", build, memory_limit=4 << 20)
    graph = Graph(module)
    for at in range(3000):
        graph.add([at % 50, at % 7, (at * 31) % 50] * 40, [0.5] * 40)
        graph.add(array("I", [n for other in range(60) for n in (at % 50, 9, other)]), [0.5] * 60)
        graph.remove(array("I", [n for other in range(60) for n in (at % 50, 9, other)]))
    assert len(graph) == len({(at % 50, at % 7, (at * 31) % 50) for at in range(3000)})
    graph.close()
