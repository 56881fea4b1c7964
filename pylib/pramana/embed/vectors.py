"""What an embedder returned, checked and made flat float32."""

from __future__ import annotations

import inspect
import math
from array import array
from collections.abc import Sequence
from itertools import chain
from typing import Any

from pramana.errors import EmbedderError, PramanaError
from pramana.ports import Embedder

__all__ = ["check_embedder", "embed", "is_zero"]

MIN_NORMAL = 2.0**-126
"""The kernels flush smaller float32 components to zero."""


def check_embedder(embedder: Embedder, max_dim: int) -> None:
    """Raise EmbedderError unless `embedder` has an id, a dimension and an `embed` method."""
    name, dim = getattr(embedder, "id", None), getattr(embedder, "dim", None)
    if not isinstance(name, str) or not 0 < len(name) <= 200:
        raise EmbedderError(
            "an embedder needs `id`, a string of 1 to 200 characters that names its model and version"
        )
    if isinstance(dim, bool) or not isinstance(dim, int) or not 0 < dim <= max_dim:
        raise EmbedderError(f"an embedder needs `dim`, an integer from 1 to {max_dim}", id=name)
    if not callable(getattr(embedder, "embed", None)):
        raise EmbedderError(
            "an embedder needs a method `embed(texts)`; wrap a function in CallableEmbedder(function, id=…, dim=…)",
            id=name,
        )


async def embed(embedder: Embedder, texts: Sequence[str]) -> array[float]:
    """Return `len(texts) · dim` finite floats, row-major.

    Raises:
        EmbedderError: the embedder raised, or returned another number of vectors, another dimension, or a
            NaN.
    """
    if not texts:
        return array("f")
    try:
        returned: Any = embedder.embed(texts)
        if inspect.isawaitable(returned):
            returned = await returned
    except PramanaError:
        raise
    except Exception as error:
        raise EmbedderError(
            f"the embedder {embedder.id!r} raised {type(error).__name__}: {error}", id=embedder.id
        ) from error
    flat = _flatten(embedder, returned, len(texts))
    # A double holds the sum of any number of float32: it is finite exactly when each of them is.
    if not math.isfinite(sum(flat)):
        row = next(at for at, value in enumerate(flat) if not math.isfinite(value)) // embedder.dim
        raise EmbedderError(
            f"the embedder {embedder.id!r} returned NaN or an infinity", id=embedder.id, row=row
        )
    return flat


def is_zero(row: Sequence[float]) -> bool:
    """Does the row say nothing: is each component 0, or too small for the kernels?"""
    return not any(value >= MIN_NORMAL or value <= -MIN_NORMAL for value in row)


def _flatten(embedder: Embedder, returned: Any, rows: int) -> array[float]:
    """Return the floats as one array; EmbedderError where their number or shape is wrong."""
    expected = (rows, embedder.dim)
    try:
        if isinstance(returned, array) and returned.typecode == "f":
            shape: tuple[int, ...] = (len(returned),)
            flat = returned
        elif hasattr(returned, "shape") and hasattr(returned, "astype"):
            shape = tuple(returned.shape)
            flat = array("f", returned.astype("float32").tobytes())
        elif isinstance(returned, (bytes, bytearray, memoryview)):
            flat = array("f", bytes(returned))
            shape = (len(flat),)
        else:
            listed = [[float(value) for value in row] for row in returned]
            lengths = {len(row) for row in listed}
            shape = (len(listed), *lengths) if len(lengths) == 1 else (len(listed), -1)
            flat = array("f", chain.from_iterable(listed))
    except (TypeError, ValueError, OverflowError) as error:
        raise EmbedderError(
            f"the embedder {embedder.id!r} returned {type(returned).__name__}, which is not vectors of floats",
            id=embedder.id,
        ) from error
    if shape not in {expected, (rows * embedder.dim,)}:
        raise EmbedderError(
            f"the embedder {embedder.id!r} returned vectors of shape {shape} where {expected} was expected",
            id=embedder.id,
            expected=list(expected),
            got=list(shape),
        )
    return flat
