"""Vectors and ordinals in whatever form they come, as flat buffers a kernel can take.

Float32 and u32 buffers pass as they are; everything else is converted, once. NumPy is recognised by what it can do
(buffer protocol, `astype`, `tolist`) and never imported.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Any, NoReturn

from pramana.errors import InputError
from pramana.kernels.interfaces import Ordinals, Vectors
from pramana.kernels.statuses import raise_dimension
from pramana.ports import Buffer
from pramana.protocol import LIMITS

__all__ = ["as_bytes", "as_f32", "as_query", "as_u32", "as_utf8", "check_k"]

_RAW = (bytes, bytearray)
_RAW_FORMATS = ("B", "b", "c")


def as_f32(values: Vectors, dim: int) -> tuple[Buffer, int]:
    """Return rows of `dim` floats as one float32 buffer, and how many they are.

    Args:
        values: a float32 buffer, flat (a multiple of `dim` floats) or of shape (rows, dim); raw bytes or a
            memoryview of bytes, taken as float32; or an array of another dtype, a list, or a list of rows.
        dim: floats per row.

    Raises:
        DimensionError: rows of another length; `details["index"]` names the row where rows are given one by one.
        InputError: not numbers.
    """
    if type(values) is array and values.typecode == "f":
        size = len(values)
    else:
        values, shape = _floats(values, dim)
        if len(shape) == 2 and shape[1] != dim and shape[0]:
            raise_dimension(dim, shape[1])
        if len(shape) > 2:
            raise InputError(
                f"expected vectors as 1 or 2 dimensions, got an array of shape {shape}", field="vector"
            )
        size = shape[0] * shape[1] if len(shape) == 2 else shape[0]
    rows, rest = divmod(size, dim)
    if rest:
        raise_dimension(dim, size)
    return values, rows


def as_query(values: Vectors, dim: int) -> Buffer:
    """Return one vector of `dim` floats as a float32 buffer; errors as in `as_f32`."""
    if type(values) is array and values.typecode == "f":
        if len(values) != dim:
            raise_dimension(dim, len(values))
        return values
    buffer, rows = as_f32(values, dim)
    if rows != 1:
        raise_dimension(dim, rows * dim)
    return buffer


def as_u32(ordinals: Ordinals) -> tuple[Buffer, int]:
    """Return ordinals as one u32 buffer, and how many they are.

    Raises:
        InputError: not integers from 0 to 2**32 - 1, or more than one dimension.
    """
    if type(ordinals) is array and ordinals.typecode == "I":
        return ordinals, len(ordinals)
    if isinstance(ordinals, (str, *_RAW)):
        raise InputError(f"ordinals are integers, not {type(ordinals).__name__}", field="ordinals")
    view = _view(ordinals)
    if view is not None and view.format == "I" and view.ndim == 1 and view.c_contiguous:
        return view, len(view)
    try:
        # tolist() keeps the sign that a cast to u32 would wrap.
        numbers: Iterable[int] = ordinals.tolist() if hasattr(ordinals, "tolist") else ordinals
        converted = array("I", numbers)
    except (TypeError, OverflowError, ValueError) as error:
        raise InputError(f"ordinals are integers from 0 to 4294967295: {error}", field="ordinals") from error
    return converted, len(converted)


def as_bytes(data: Buffer, field: str) -> tuple[Buffer, int]:
    """Return a buffer and its size in bytes; InputError naming `field` if it is none."""
    if isinstance(data, _RAW):
        return data, len(data)
    view = _view(data)
    if view is None or not view.c_contiguous:
        raise InputError(f"{field} is bytes, or a contiguous buffer, not {type(data).__name__}", field=field)
    return view, view.nbytes


def as_utf8(text: str, **details: Any) -> bytes:
    """Return a text's bytes; InputError for what is not a string, or holds a lone surrogate."""
    if not isinstance(text, str):
        raise InputError(f"a text is a string, not {type(text).__name__}", **({"field": "text"} | details))
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise InputError(
            f"a text holds a lone surrogate at character {error.start}, which is no character",
            **({"field": "text"} | details),
        ) from error


def check_k(k: int) -> None:
    """Raise InputError unless `k` is an integer from 1 to the limit."""
    if not isinstance(k, int) or not 1 <= k <= LIMITS["max_k"]:
        raise InputError(f"k is an integer from 1 to {LIMITS['max_k']}, got {k!r}", field="k")


def _view(values: Any) -> memoryview | None:
    """Return the buffer, or None where there is none (ValueError: a dtype that has no buffer form)."""
    try:
        return memoryview(values)
    except (TypeError, ValueError, BufferError):
        return None


def _floats(values: Any, dim: int) -> tuple[Buffer, tuple[int, ...]]:
    """Return float32 values and their shape, converting what is not a contiguous float32 buffer."""
    view = _view(values)
    if view is not None and view.c_contiguous and view.ndim:
        if view.format == "f":
            return view, tuple(view.shape or ())
        if view.format in _RAW_FORMATS and isinstance(values, (*_RAW, memoryview)):
            if view.nbytes % 4:
                raise InputError(f"{view.nbytes} bytes are not a whole number of float32", field="vector")
            return view, (view.nbytes // 4,)
    shape = tuple(getattr(values, "shape", ()))
    if shape and hasattr(values, "astype") and hasattr(values, "tobytes"):
        try:
            return values.astype("float32").tobytes(), shape
        except (TypeError, ValueError) as error:
            raise InputError(f"a vector holds what is not a number: {error}", field="vector") from error
    return _listed(values.tolist() if hasattr(values, "tolist") else values, dim)


def _listed(values: Any, dim: int) -> tuple[array[float], tuple[int, ...]]:
    """Convert a sequence of numbers, or of rows in any of the accepted forms."""
    if isinstance(values, (str, dict)) or not isinstance(values, Iterable):
        _raise_not_numbers(values)
    items = list(values)
    if not items or not hasattr(items[0], "__len__"):
        try:
            flat = array("f", items)
        except TypeError as error:
            raise InputError(f"a vector holds what is not a number: {error}", field="vector") from error
        return flat, (len(flat),)
    rows = array("f")
    for index, row in enumerate(items):
        if not hasattr(row, "__len__"):
            _raise_not_numbers(row, index=index)
        part, shape = _floats(row, dim)
        if len(shape) != 1 or shape[0] != dim:
            raise_dimension(dim, shape[0] if len(shape) == 1 else -1, index=index)
        rows.frombytes(memoryview(part).cast("B"))
    return rows, (len(items), dim)


def _raise_not_numbers(value: Any, **details: Any) -> NoReturn:
    raise InputError(
        f"a vector is a sequence of numbers, not {type(value).__name__}", **({"field": "vector"} | details)
    )
