"""What graph searches take, checked and in the form a kernel takes: edges, weights, directions, predicates, bounds."""

from __future__ import annotations

import math
from typing import NoReturn

from pramana.errors import InputError
from pramana.kernels.buffers import as_f32, as_u32
from pramana.kernels.interfaces import Ordinals, Vectors
from pramana.kernels.statuses import raise_status
from pramana.ports import Buffer
from pramana.protocol import DIRECTIONS, STATUS

__all__ = [
    "ID_LIMIT",
    "as_edges",
    "as_ids",
    "as_weights",
    "check_count",
    "check_factor",
    "direction_code",
    "predicate_bitmap",
    "refuse_edges",
    "refuse_weights",
]

ID_LIMIT = 1 << 28
"""Nodes and predicates of edges are below this."""
_MAX_U32 = 0xFFFF_FFFF


def as_ids(values: Ordinals, field: str) -> tuple[Buffer, int]:
    """Return ids as one u32 buffer, and how many they are; InputError naming `field` if they are none."""
    try:
        return as_u32(values)
    except InputError as error:
        raise InputError(f"{field}: {error.message}", **(error.details | {"field": field})) from error


def as_edges(edges: Ordinals) -> tuple[Buffer, int]:
    """Return edges as one u32 buffer, three numbers each, and how many they are.

    Raises:
        InputError: not u32 numbers, or not a multiple of three.
    """
    numbers, size = as_ids(edges, "edges")
    count, rest = divmod(size, 3)
    if rest:
        raise InputError(
            f"edges are source, predicate and target, one after the other; got {size} numbers",
            field="edges",
            got=size,
        )
    return numbers, count


def as_weights(weights: Vectors, count: int) -> Buffer:
    """Return the weights of `count` edges as one float32 buffer.

    Raises:
        InputError: not numbers, or not `count`.
    """
    try:
        floats, given = as_f32(weights, 1)
    except InputError as error:
        raise InputError(f"weights: {error.message}", **(error.details | {"field": "weights"})) from error
    if given != count:
        raise InputError(
            f"{count} edges have {count} weights, got {given}", field="weights", expected=count, got=given
        )
    return floats


def refuse_weights(weights: Buffer) -> NoReturn:
    """Raise InputError naming the first weight that no edge can have."""
    for index, weight in enumerate(memoryview(weights).cast("B").cast("f")):
        if not 0 < weight <= 1:
            raise InputError(
                f"a weight, as a float32, is above 0 and at most 1; got {weight} at {index}",
                field="weights",
                index=index,
            )
    raise AssertionError("every weight is in range")


def refuse_edges(edges: Buffer) -> NoReturn:
    """Raise the error for edges that are not there, or that cannot be since an id is too large."""
    if any(number >= ID_LIMIT for number in memoryview(edges).cast("B").cast("I")):
        raise_status("graph", "graph_add", STATUS["out_of_memory"], field="edges")
    raise InputError(
        "an edge to be removed is not in the graph, or stands twice in the batch; nothing was removed",
        field="edges",
    )


def direction_code(direction: str) -> int:
    """Return the code of "out", "in" or "both"; InputError for anything else."""
    if direction not in DIRECTIONS:
        raise InputError(f"direction is one of {', '.join(DIRECTIONS)}, got {direction!r}", field="direction")
    return DIRECTIONS[direction]


def predicate_bitmap(predicates: Ordinals | None) -> bytes | None:
    """Return a bitmap of predicates, None for all. Those that no edge can have are left out."""
    if predicates is None:
        return None
    numbers = [number for number in memoryview(as_ids(predicates, "predicates")[0]) if number < ID_LIMIT]
    bitmap = bytearray(max(numbers, default=-1) // 8 + 1)
    for number in numbers:
        bitmap[number >> 3] |= 1 << (number & 7)
    return bytes(bitmap)


def check_count(value: int, field: str, least: int = 0) -> int:
    """Return `value`; InputError unless it is an integer from `least` to 2**32 - 1."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _MAX_U32:
        raise InputError(f"{field} is an integer from {least} to {_MAX_U32}, got {value!r}", field=field)
    return value


def check_factor(value: float, field: str, *, above: bool = True, upto: float = math.inf) -> float:
    """Return `value` as a float.

    Args:
        value: what was passed.
        field: its name.
        above: it is above 0 and at most `upto`; else from 0 to below `upto`. It is finite in any case.
        upto: the upper bound.

    Raises:
        InputError: it is not.
    """
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if not number or not (0 < value <= upto if above else 0 <= value < upto):
        bounds = (
            f"above 0{f' and at most {upto}' if upto < math.inf else ''}"
            if above
            else f"from 0 to below {upto}"
        )
        raise InputError(f"{field} is a number {bounds}, got {value!r}", field=field)
    return float(value)
