"""What a rule base takes: triples, numbers, confidences, in whatever form they come."""

from __future__ import annotations

import math
from array import array
from typing import NoReturn

from pramana.errors import InputError
from pramana.kernels.buffers import as_u32
from pramana.kernels.interfaces import Ordinals, Vectors
from pramana.kernels.rule_program import MISSING
from pramana.ports import Buffer
from pramana.protocol import FACT_KINDS

__all__ = [
    "as_count",
    "as_doubles",
    "as_numbers",
    "as_terms",
    "as_triples",
    "check_doubles",
    "check_limit",
    "check_which",
    "raise_running",
    "raise_unknown",
]

_MAX_U32 = 0xFFFF_FFFF


def as_triples(triples: Ordinals) -> tuple[Buffer, int]:
    """Return flat triples as u32, and how many they are; InputError unless they are three each."""
    flat, terms = as_numbers(triples, "triples")
    if terms % 3:
        raise InputError(f"triples are three terms each, got {terms} terms", field="triples", got=terms)
    return flat, terms // 3


def as_numbers(values: Ordinals, field: str) -> tuple[Buffer, int]:
    """Return u32 numbers, and how many they are; InputError naming `field` if they are not."""
    try:
        return as_u32(values)
    except InputError as error:
        raise InputError(f"{field}: {error.message}", field=field) from error


def as_doubles(values: Vectors, count: int, field: str) -> array[float]:
    """Return `count` floats as doubles; InputError naming `field` for anything else."""
    doubles: array[float] = values
    if type(values) is not array or values.typecode != "d":
        try:
            if isinstance(values, (str, bytes, bytearray)):
                raise TypeError(f"not {type(values).__name__}")
            doubles = array("d", values.tolist() if hasattr(values, "tolist") else values)
        except (TypeError, ValueError, OverflowError) as error:
            raise InputError(f"{field} are numbers: {error}", field=field) from error
    if len(doubles) != count:
        raise InputError(
            f"expected {count} {field}, got {len(doubles)}", field=field, expected=count, got=len(doubles)
        )
    return doubles


def check_doubles(values: array[float], field: str, most: float = math.inf) -> None:
    """Raise InputError naming the first value that is not finite, or with `most`, not from 0 to that."""
    for index, value in enumerate(values):
        if not math.isfinite(value) or (most < math.inf and not 0 <= value <= most):
            expected = "finite" if most == math.inf else f"from 0 to {most:g}"
            raise InputError(f"{field} are {expected}, got {value} at {index}", field=field, index=index)


def as_count(value: int, field: str) -> int:
    """Return an integer from 0 to 2**32 - 1; InputError naming `field` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX_U32:
        raise InputError(f"{field} is an integer from 0 to {_MAX_U32}, got {value!r}", field=field)
    return value


def as_terms(subject: int | None, predicate: int | None, object_: int | None) -> tuple[int, int, int]:
    """Return the terms of a pattern, MISSING for None; InputError naming what is neither that nor a term."""
    subject, predicate, object_ = (
        MISSING if term is None else as_count(term, field)
        for term, field in ((subject, "subject"), (predicate, "predicate"), (object_, "object"))
    )
    return subject, predicate, object_


def check_which(which: str) -> int:
    """Return the code of a kind of triples; InputError if there is none of that name."""
    if which not in FACT_KINDS:
        raise InputError(f"which is one of {', '.join(FACT_KINDS)}, got {which!r}", field="which")
    return FACT_KINDS[which]


def check_limit(limit: int, after: int) -> None:
    """Raise InputError unless a limit is a count, and `after` a number or -1."""
    as_count(limit, "limit")
    if after != -1:
        as_count(after, "after")


def raise_running() -> NoReturn:
    """Raise InputError for a call in the middle of a run."""
    raise InputError("a run is not done: go on with it, or roll it back", field="run")


def raise_unknown(number: int, count: int) -> NoReturn:
    """Raise InputError for a number that no triple has."""
    raise InputError(f"no triple has the number {number}, of {count}", field="number", got=number)
