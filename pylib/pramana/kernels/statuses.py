"""Kernel statuses as errors."""

from __future__ import annotations

from typing import Any, NoReturn

from pramana.errors import BudgetError, CorruptError, DimensionError, InputError, KernelError
from pramana.protocol import LIMITS, STATUS_NAMES

__all__ = ["raise_dimension", "raise_status"]

_INPUT = {
    "not_finite": ("vector", "a vector holds NaN or an infinity"),
    "zero_vector": ("vector", "a vector is zero: every component is 0 or below float32's normal range"),
    "bad_argument": (None, "an argument is out of range"),
    "ordinal_taken": ("ordinals", "an ordinal is in use already, or stands twice in the batch"),
    "ordinal_missing": ("ordinals", "an ordinal is not in the index, or stands twice in the batch"),
}
_CORRUPT = {
    "bad_format": "the saved bytes are not of this format, or are cut off",
    "bad_checksum": "the saved bytes fail their checksum",
}
_KERNEL = {
    "bad_handle": "the handle is stale",
    "out_of_memory": "the kernel's memory cannot grow any further",
    "bad_pointer": "a pointer or a length lies outside the kernel's memory",
    "bad_utf8": "a text is not valid UTF-8",
    "too_many_handles": "too many indexes are open in this process: close some",
    "internal": "the kernel broke one of its own invariants",
}


def raise_status(kernel: str, call: str, status: int, **details: Any) -> NoReturn:
    """Raise the error that a negative `status` of `kernel`'s export `call` stands for.

    `details` are added to the error's, and take precedence over a `field` known from the status.
    """
    name = STATUS_NAMES.get(status, str(status))
    found: dict[str, Any] = {"status": name, "kernel": kernel, "call": call}
    if name == "bad_dimension":
        raise DimensionError(
            f"a vector's dimension is not the index's, or not from 1 to {LIMITS['max_dim']} ({call})",
            **(found | {"field": "dim"} | details),
        )
    if name in _INPUT:
        field, message = _INPUT[name]
        if field is not None:
            found["field"] = field
        raise InputError(f"{message} ({call})", **(found | details))
    if name in _CORRUPT:
        raise CorruptError(f"{_CORRUPT[name]} ({call})", **(found | details))
    if name == "over_budget":
        raise BudgetError(f"the budget was reached ({call}); nothing was changed", **(found | details))
    meaning = _KERNEL.get(name, f"status {status}, which this release does not know")
    raise KernelError(f"{kernel}.{call} failed: {meaning}", **(found | details))


def raise_dimension(expected: int, got: int, **details: Any) -> NoReturn:
    """Raise DimensionError for a vector of `got` floats where `expected` belong."""
    raise DimensionError(
        f"expected a vector of {expected} floats, got {got}",
        **({"field": "vector", "expected": expected, "got": got} | details),
    )
