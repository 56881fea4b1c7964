"""Questions with known answers, put to each kernel before it is trusted.

The expected values were worked out from the definitions in docs/abi.md, not by running a kernel.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from itertools import product
from struct import pack
from typing import Any, NoReturn

from pramana.errors import KernelError
from pramana.kernels.interfaces import Bm25Like, GraphLike, Matches, RulesLike, TextModelLike, VectorIndexLike
from pramana.kernels.rules import VARIABLE, ProgramRule, encode_program

__all__ = ["check_bm25", "check_graph", "check_model", "check_rules", "check_vectors", "tiny_model"]

# Five rows of five: past one SIMD register, and past one block of four rows.
_ROWS = {
    7: [1.0, 2.0, 3.0, 4.0, 5.0],
    3: [5.0, 4.0, 3.0, 2.0, 1.0],
    9: [-1.0, 0.0, 0.0, 0.0, 0.0],
    2: [0.0, 0.0, 0.0, 0.0, 3.0],
    40: [0.0, -2.0, 0.0, -2.0, 0.0],
}
_QUERY = [1.0, 2.0, 3.0, 4.0, 5.0]  # squared norm 55
_VECTORS: dict[str, list[tuple[int, float]]] = {
    # 5/√55 · 3/3, 35/55, -1/√55, -12/√(55·8)
    "cosine": [(7, 1.0), (2, 0.6741999), (3, 0.6363636), (9, -0.1348400), (40, -0.5720776)],
    "ip": [(7, 55.0), (3, 35.0), (2, 15.0), (9, -1.0), (40, -12.0)],
    "l2sq": [(7, 0.0), (2, -34.0), (3, -40.0), (9, -58.0), (40, -87.0)],
}
# Rounding to int8 moves a component by at most max|row| / 254, a product with the query by 15 times that, and a
# squared distance by twice as much, and as much again for the row's own norm.
_INT8_ERROR = {"cosine": 0.02, "ip": 0.3, "l2sq": 1.3}
_FLOAT_ERROR = 1e-4

_DOCUMENTS = {5: ["Retry flaky tests", ""], 1: ["", "tests run slowly"], 8: ["Deploy", "nothing here"]}
_TERMS = ["flaki", "flaki test", "retri", "retri flaki", "test"]
# Mean length 13/3, k1 1.2, b 0.75. "flaki" and "flaki test" are in one document of three: idf = ln(8/3); "test" in
# two: ln(8/5). Document 5 has tf 2, length 6: (2 ln(8/3) + ln(8/5)) · 4.4 / (2 + 1.2·(0.25 + 0.75·18/13)).
# Document 1 has tf 1, length 3: ln(8/5) · 2.2 / (1 + 1.2·(0.25 + 0.75·9/13)).
_RANKED = [(5, 3.0171600), (1, 0.5376842)]

_EDGE, _PATH, _END = 1, 2, 3
_X, _Y, _Z = VARIABLE, VARIABLE | 1, VARIABLE | 2
# Paths over edges, each step at 0.5; and an end is where a path leads to that no edge leaves.
_RULES = [
    ProgramRule(1, 1.0, 0, 2, (_X, _PATH, _Y), [(_X, _EDGE, _Y)]),
    ProgramRule(2, 0.5, 0, 3, (_X, _PATH, _Z), [(_X, _PATH, _Y), (_Y, _EDGE, _Z)]),
    ProgramRule(7, 1.0, 1, 3, (_Y, _END, _Y), [(_X, _PATH, _Y)], [(_Y, _EDGE, _Z)], [("!=", _X, _Y)]),
]
_EDGES = [(10, _EDGE, 11), (11, _EDGE, 12), (10, _EDGE, 12), (12, _EDGE, 13)]
_CONFIDENCES = [0.5, 0.5, 0.0625, 1.0]
# From 10 to 12 by two edges is 0.5 · 0.5 · 0.5 = 0.125, better than by the one.
_FOLLOWS = {
    (10, _PATH, 11): 0.5,
    (11, _PATH, 12): 0.5,
    (10, _PATH, 12): 0.125,
    (12, _PATH, 13): 1.0,
    (11, _PATH, 13): 0.25,
    (10, _PATH, 13): 0.0625,
    (13, _END, 13): 1.0,
}
# Without the edge from 11 to 12.
_REMAINS = {
    (10, _PATH, 11): 0.5,
    (10, _PATH, 12): 0.0625,
    (12, _PATH, 13): 1.0,
    (10, _PATH, 13): 0.03125,
    (11, _END, 11): 0.5,
    (13, _END, 13): 1.0,
}


_RING, _CHORD = 1, 9
# A ring of three with a chord, and a pair.
_ARROWS = {
    (2, _RING, 0): 1.0,
    (0, _RING, 1): 0.5,
    (1, _RING, 2): 0.5,
    (0, _CHORD, 2): 0.125,
    (4, _RING, 3): 1.0,
}
_CHEAPEST = [([0, 1, 2], 1.3862944), ([0, 2], 2.0794415)]  # ln 4, ln 8
# With b = (0.15 + 0.85 · rank of 3) / 5, where 3 is dangling: 4 has b, 3 has 1.85 b, each of the ring b / 0.15; these
# sum to 1, so b = 0.03 / 0.6855.
_RANKS = [0.291757841, 0.291757841, 0.291757841, 0.080962801, 0.043763676]
# A walk stops k steps on with probability 0.5 ** (k + 1), so at node 0 with 0.5 / (1 - 0.5 ** 3).
_PUSHED = [0.571428571, 0.285714286, 0.142857143]


def check_vectors(make: Callable[..., VectorIndexLike], load: Callable[[bytes], VectorIndexLike]) -> None:
    """Search five rows by each metric in each storage, then a saved and loaded index, then a filter."""
    for metric, storage in product(_VECTORS, ("f32", "i8", "i8_f32")):
        expected = _VECTORS[metric]
        error = _INT8_ERROR[metric] if storage == "i8" else _FLOAT_ERROR
        index = make(dim=5, metric=metric, storage=storage)
        index.add(array("I", _ROWS), array("f", [value for row in _ROWS.values() for value in row]))
        query = array("f", _QUERY)
        _compare(f"vector {metric} {storage}", index.search(query, 10), expected, error)
        if storage != "f32":
            _check_hnsw(f"vector {metric} {storage}, linked", index, query, expected, error)
        copy = load(index.save())
        index.close()
        _compare(f"vector {metric} {storage}, loaded", copy.search(query, 2), expected[:2], error)
        allowed = copy.search(query, 3, allow=bytes([1 << 3]))
        _compare(
            f"vector {metric} {storage}, filtered",
            allowed,
            [pair for pair in expected if pair[0] == 3],
            error,
        )
        copy.close()


def _check_hnsw(
    what: str, index: VectorIndexLike, query: array[float], expected: list[tuple[int, float]], error: float
) -> None:
    """Link the rows, one of them after the graph was saved and loaded; so few are scanned, linked or not."""
    index.hnsw_create()
    _equal(what, 1, index.hnsw_insert(len(_ROWS) - 1))
    index.hnsw_load(index.hnsw_save())
    _equal(what, 0, index.hnsw_insert(len(_ROWS)))
    _compare(what, index.hnsw_search(query, 10), expected, error)


def check_bm25(make: Callable[..., Bm25Like], load: Callable[[bytes], Bm25Like]) -> None:
    """Rank three documents of two fields, then a saved and loaded index without its best document."""
    index = make(weights=[2.0, 1.0])
    index.add(array("I", _DOCUMENTS), list(_DOCUMENTS.values()))
    terms = sorted(index.terms(_DOCUMENTS[5][0]))
    if terms != _TERMS:
        _fail("bm25 terms", _TERMS, terms)
    _compare("bm25", index.search("flaky test", 10), _RANKED, _FLOAT_ERROR)
    copy = load(index.save())
    index.close()
    copy.remove([5])
    found = list(copy.search("flaky test", 10).ordinals)
    if found != [1] or len(copy) != 2:
        _fail("bm25, one document removed", [1], found)
    copy.close()


def check_graph(make: Callable[[], GraphLike], load: Callable[[bytes], GraphLike]) -> None:
    """Search and rank a graph of five nodes, then a saved and loaded one without an edge."""
    graph = make()
    graph.add(array("I", [number for edge in _ARROWS for number in edge]), array("f", _ARROWS.values()))
    copy = load(graph.save())
    graph.close()
    _equal("graph khop", [0, 1, 2], list(copy.khop([0], depth=1).nodes))
    _equal("graph components", (2, array("I", [0, 0, 0, 1, 1])), copy.components())
    paths = [(list(path.nodes), round(path.cost, 7)) for path in copy.paths(0, 2, 3)]
    _equal("graph paths", _CHEAPEST, paths)
    shortest = copy.path(0, 2, weighted=False)
    _equal("graph path by hops", [0, 2], shortest and list(shortest.nodes))
    ranks = copy.pagerank(weighted=False, predicates=[_RING])
    if len(ranks) != 5 or not _near(ranks, _RANKS, 1e-8):
        _fail("graph pagerank", _RANKS, list(ranks))
    pushed = copy.personalized_pagerank([0], alpha=0.5, epsilon=1e-9, predicates=[_RING])
    if list(pushed.nodes) != [0, 1, 2] or not _near(pushed.scores, _PUSHED, 1e-8) or pushed.residual > 1e-8:
        _fail("graph personalized pagerank", _PUSHED, list(pushed.scores))
    copy.remove([0, _RING, 1])
    _equal("graph, an edge removed", [0, 2], list(copy.khop([0], depth=1).nodes))
    copy.close()


def check_model(model: TextModelLike) -> None:
    """Tokenise and embed with the model of `tiny_model`, then close it."""
    ids = list(model.tokenize("Héllo, worlds unknowable!"))
    if ids != [0, 1, 2]:
        _fail("text tokenize", [0, 1, 2], ids)
    # 0.5·([3, 4, 0, 0] + [0, 0, 5, 0] + [0, 0, 0, 1]) over its norm; then a text without a known token
    expected = [0.4200840, 0.5601120, 0.7001400, 0.1400280, 0.0, 0.0, 0.0, 0.0]
    got = model.embed(["hello worlds", "?"])
    if len(got) != 8 or not _near(got, expected, 1e-6):
        _fail("text embed", expected, list(got))
    model.close()


def check_rules(make: Callable[[], RulesLike]) -> None:
    """Derive what follows from four edges by three rules, then from three edges."""
    base = make()
    base.set_program(encode_program(_RULES))
    base.assert_facts([term for edge in _EDGES for term in edge], _CONFIDENCES)
    for expected in (_FOLLOWS, _REMAINS):
        base.run()
        numbers = [number for end in (_PATH, _END) for number in base.match(None, end, None)]
        found = base.describe(numbers)
        triples = zip(found.triples[::3], found.triples[1::3], found.triples[2::3], strict=True)
        got = dict(zip(triples, found.confidence, strict=True))
        if got != expected or base.derived != len(expected):
            _fail("rules", expected, got)
        base.assert_facts(_EDGES[1], [0.0])
    base.close()


def tiny_model() -> bytes:
    """Return a model file of three tokens and four dimensions."""
    vocabulary = b"hello\nworld\n##s"
    rows = bytes([3, 4, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1])
    head = _pad(b"SVE1" + pack("<4I", 3, 4, 8, len(vocabulary)) + vocabulary)
    return _pad(head + pack("<3e", 0.5, 0.5, 0.5)) + rows


def _pad(data: bytes) -> bytes:
    return data + bytes(-len(data) % 16)


def _near(got: Sequence[float], expected: Sequence[float], error: float) -> bool:
    return all(abs(a - b) <= error for a, b in zip(got, expected, strict=True))


def _compare(what: str, got: Matches, expected: list[tuple[int, float]], error: float) -> None:
    ordinals, scores = [pair[0] for pair in expected], [pair[1] for pair in expected]
    if list(got.ordinals) != ordinals or not _near(got.scores, scores, error):
        _fail(what, expected, list(zip(got.ordinals, got.scores, strict=True)))


def _equal(what: str, expected: Any, got: Any) -> None:
    if got != expected:
        _fail(what, expected, got)


def _fail(what: str, expected: Any, got: Any) -> NoReturn:
    raise KernelError(
        f"a kernel fails its self-test ({what}): expected {expected}, got {got}",
        kernel=what.split(maxsplit=1)[0],
        call="self_test",
        expected=expected,
        got=got,
    )
