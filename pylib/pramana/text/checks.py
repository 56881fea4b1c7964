"""Values from outside, checked: every error names its field, what is accepted, and what came.

Rules of the file: nothing is coerced silently (a bool is not a number, a string is not a list of names).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from pramana.errors import InputError
from pramana.protocol import LIMITS
from pramana.text.wording import shown

__all__ = [
    "MAX_MS",
    "MAX_NAME",
    "Place",
    "details_of",
    "fail",
    "flag",
    "integer",
    "item",
    "names",
    "number",
    "refuse",
    "text",
]

MAX_NAME = LIMITS["max_name_chars"]
MAX_MS = 2**53 - 1
"""Times stay integers that JavaScript can hold."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a batch a value stands: `patterns[3]`."""

    batch: str
    index: int

    def __str__(self) -> str:
        return f"{self.batch}[{self.index}]"


def refuse(
    field: str, accepted: str, value: Any, at: Place | None = None, *, got: str | None = None
) -> NoReturn:
    """Raise the InputError for one field: one sentence with what is accepted and what came instead.

    Args:
        field: as the caller wrote it.
        accepted: words that follow "must be", of no one programming language.
        value: what came.
        at: place in a batch.
        got: says what came better than the value itself does.
    """
    fail(field, f"must be {accepted}; got {shown(value) if got is None else got}", accepted, at)


def fail(field: str, problem: str, accepted: str, at: Place | None = None) -> NoReturn:
    """Raise the InputError that says `problem` of a field."""
    place = field if at is None else f"{at}.{field}"
    raise InputError(f"{place} {problem}", **details_of(field, accepted, at))


def details_of(field: str, accepted: str, at: Place | None) -> dict[str, Any]:
    """The details of an InputError about a field."""
    details: dict[str, Any] = {"field": field, "accepted": accepted}
    return details if at is None else {**details, "index": at.index}


def text(field: str, value: Any, *, max_chars: int, at: Place | None = None, filled: bool = False) -> str:
    """Return `value` if it is a string of at most `max_chars` that UTF-8 can encode.

    Args:
        field: named in the error.
        value: what was passed.
        max_chars: the limit.
        at: place in a batch, for the error.
        filled: at least one character must not be white space.
    """
    if not isinstance(value, str):
        refuse(field, "text", value, at)
    if len(value) > max_chars:
        refuse(field, f"at most {max_chars:,} characters", value, at, got=f"{len(value):,}")
    if filled and not value.strip():
        fail(field, "must not be empty or blank", "text that is not blank", at)
    if _has_surrogate(value):
        refuse(field, "text that UTF-8 can encode", value, at, got="half of a surrogate pair")
    return value


def _has_surrogate(value: str) -> bool:
    if value.isascii():
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return True
    return False


def number(field: str, value: Any, low: float, high: float, at: Place | None = None) -> float:
    """Return `value` as a float if it is a number from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        refuse(field, f"a number from {low:g} to {high:g}", value, at)
    return float(value) + 0.0  # −0.0 becomes 0.0, which JSON has no other way to mean


def integer(field: str, value: Any, low: int, high: int, at: Place | None = None) -> int:
    """Return `value` if it is an integer from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        refuse(field, f"a whole number from {low:,} to {high:,}", value, at)
    return value


def flag(field: str, value: Any, at: Place | None = None) -> bool:
    """Return `value` if it is true or false."""
    if not isinstance(value, bool):
        refuse(field, "true or false", value, at)
    return value


def names(
    field: str, value: Any, *, max_items: int, max_chars: int, at: Place | None = None
) -> tuple[str, ...]:
    """Return distinct strings in their order; a lone string is refused, since it would become its letters."""
    accepted = f"a list of at most {max_items} strings of 1 to {max_chars} characters"
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        refuse(field, accepted, value, at)
    if isinstance(value, Sequence) and len(value) > max_items:
        refuse(field, accepted, value, at, got=f"{len(value):,}")
    found: dict[str, None] = {}
    for place, one in enumerate(value):
        found[item(field, accepted, one, place, max_chars, at)] = None
        if len(found) > max_items:
            refuse(field, accepted, value, at, got="more")
    return tuple(found)


def item(field: str, accepted: str, value: Any, place: int, max_chars: int, at: Place | None = None) -> str:
    """Return one string of a list; the error names its place."""
    if not isinstance(value, str) or not value:
        refuse(field, accepted, value, at, got=f"{shown(value)} at place {place}")
    if len(value) > max_chars:
        refuse(field, accepted, value, at, got=f"{len(value):,} characters at place {place}")
    if _has_surrogate(value):
        refuse(field, accepted, value, at, got=f"half of a surrogate pair at place {place}")
    return value
