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
from pramana.kernels.interfaces import Bm25Like, Matches, TextModelLike, VectorIndexLike

__all__ = ["check_bm25", "check_model", "check_vectors", "tiny_model"]

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


def check_vectors(make: Callable[..., VectorIndexLike], load: Callable[[bytes], VectorIndexLike]) -> None:
    """Search five rows by each metric in each storage, then a saved and loaded index, then a filter."""
    for metric, storage in product(_VECTORS, ("f32", "i8", "i8_f32")):
        expected = _VECTORS[metric]
        error = _INT8_ERROR[metric] if storage == "i8" else _FLOAT_ERROR
        index = make(dim=5, metric=metric, storage=storage)
        index.add(array("I", _ROWS), array("f", [value for row in _ROWS.values() for value in row]))
        query = array("f", _QUERY)
        _compare(f"vector {metric} {storage}", index.search(query, 10), expected, error)
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


def _fail(what: str, expected: Any, got: Any) -> NoReturn:
    raise KernelError(
        f"a kernel fails its self-test ({what}): expected {expected}, got {got}",
        kernel=what.split(maxsplit=1)[0],
        call="self_test",
        expected=expected,
        got=got,
    )
