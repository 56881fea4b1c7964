from __future__ import annotations

from array import array
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.embed.callable import CallableEmbedder
from pramana.embed.vectors import check_embedder, embed, is_zero
from pramana.errors import EmbedderError, OfflineError


def returning(value: Any, dim: int = 2) -> CallableEmbedder:
    return CallableEmbedder(lambda texts: value, id="test@1", dim=dim)


@pytest.mark.parametrize(
    "value",
    [
        [[1, 2.0], [3, 4]],
        [(1.0, 2.0), (3.0, 4.0)],
        array("f", [1, 2, 3, 4]),
        array("f", [1, 2, 3, 4]).tobytes(),
        memoryview(array("f", [1, 2, 3, 4])),
        iter([[1, 2], [3, 4]]),
    ],
)
async def test_every_shape_of_two_vectors_becomes_one_flat_array(value: Any) -> None:
    assert list(await embed(returning(value), ["a", "b"])) == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int8"])
@pytest.mark.parametrize("shape", [(2, 2), (4,)])
async def test_numpy_arrays_of_any_type_are_taken(dtype: str, shape: tuple[int, ...]) -> None:
    numpy = pytest.importorskip("numpy")
    value = numpy.array([1, 2, 3, 4], dtype=dtype).reshape(shape)
    assert list(await embed(returning(value), ["a", "b"])) == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([[1.0, 2.0]], "shape"),
        ([[1.0, 2.0], [3.0]], "shape"),
        ([[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]], "shape"),
        (array("f", [1, 2, 3]), "shape"),
        (b"12345", "not vectors"),
        ("ab", "not vectors"),
        (None, "not vectors"),
        ([1.0, 2.0, 3.0, 4.0], "not vectors"),
        ([["x", 1.0], [1.0, 2.0]], "not vectors"),
        ([[float("nan"), 1.0], [1.0, 2.0]], "NaN"),
        ([[1.0, 1.0], [1.0, float("-inf")]], "NaN"),
        ([[float("inf"), 1.0], [1.0, float("-inf")]], "NaN"),
    ],
)
async def test_what_is_not_two_finite_vectors_is_an_embedder_error(value: Any, said: str) -> None:
    with pytest.raises(EmbedderError, match=said) as caught:
        await embed(returning(value), ["a", "b"])
    assert caught.value.details["id"] == "test@1"


async def test_numpy_of_another_shape_is_an_embedder_error() -> None:
    numpy = pytest.importorskip("numpy")
    with pytest.raises(EmbedderError) as caught:
        await embed(returning(numpy.zeros((2, 3), "float32")), ["a", "b"])
    assert caught.value.details["expected"] == [2, 2]
    assert caught.value.details["got"] == [2, 3]


async def test_what_the_embedder_raises_is_wrapped_but_for_our_own_errors() -> None:
    def fail(texts: list[str]) -> Any:
        raise ConnectionError("no route")

    with pytest.raises(EmbedderError, match="no route") as caught:
        await embed(CallableEmbedder(fail, id="x", dim=2), ["a"])
    assert isinstance(caught.value.__cause__, ConnectionError)

    def offline(texts: list[str]) -> Any:
        raise OfflineError("offline")

    with pytest.raises(OfflineError):
        await embed(CallableEmbedder(offline, id="x", dim=2), ["a"])


async def test_functions_may_be_coroutines_and_embedders_may_be_plain() -> None:
    async def later(texts: list[str]) -> list[list[float]]:
        return [[float(len(text)), 0.0] for text in texts]

    assert list(await embed(CallableEmbedder(later, id="x", dim=2), ["abc"])) == [3.0, 0.0]

    class Plain:
        id, dim = "plain", 2

        def embed(self, texts: list[str]) -> list[list[float]]:
            return [[1.0, 0.0] for _ in texts]

    assert list(await embed(Plain(), ["a", "b"])) == [1.0, 0.0, 1.0, 0.0]  # type: ignore[arg-type]


async def test_no_texts_are_not_even_asked_for() -> None:
    assert len(await embed(returning(None), [])) == 0


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), max_size=6))
def test_a_row_is_zero_if_the_kernel_would_flush_all_of_it(row: list[float]) -> None:
    assert is_zero(row) == all(abs(value) < 2.0**-126 for value in row)


@pytest.mark.parametrize(
    ("id", "dim"),
    [("", 2), (None, 2), ("x" * 201, 2), ("x", 0), ("x", 65537), ("x", True), ("x", 2.0)],
)
def test_an_embedder_needs_a_name_and_a_dimension(id: Any, dim: Any) -> None:
    with pytest.raises(EmbedderError):
        check_embedder(CallableEmbedder(list, id=id, dim=dim), 65536)


def test_an_embedder_needs_its_method() -> None:
    class Mute:
        id, dim = "mute", 4

    with pytest.raises(EmbedderError, match="CallableEmbedder"):
        check_embedder(Mute(), 65536)  # type: ignore[arg-type]
