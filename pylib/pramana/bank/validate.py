"""What may be stored and asked: every value checked, every error naming its field and what is accepted.

Rules of the file: nothing is coerced silently (a bool is not a number, a string is not a list of tags); what
is returned is what will be stored, so JSON that would change on a round trip is refused or normalised here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from pramana.errors import InputError
from pramana.protocol import LIMITS
from pramana.records import canonical

__all__ = [
    "MAX_MS",
    "MAX_NAME",
    "STORED_FIELDS",
    "check_cursor",
    "check_id",
    "check_ids",
    "check_list",
    "check_query",
    "cursor_at",
    "fields_of",
    "integer",
    "number",
    "refuse",
    "text",
]

MAX_TASK, MAX_TEXT, MAX_NAME = LIMITS["max_task_chars"], LIMITS["max_text_chars"], LIMITS["max_name_chars"]
MAX_METADATA = LIMITS["max_metadata_bytes"]
MAX_MS = 2**53 - 1
"""Times stay integers that JavaScript can hold."""
MAX_DEPTH = 64
"""Nesting of metadata; deeper JSON overflows some parser's stack."""
MAX_K = 1000
"""Hits of one question, and patterns on one page."""


def refuse(field: str, accepted: str, value: Any, index: int | None = None) -> NoReturn:
    """Raise the InputError for one field."""
    place = field if index is None else f"patterns[{index}].{field}"
    shown = repr(value) if isinstance(value, (int, float, bool, type(None))) else type(value).__name__
    details: dict[str, Any] = {"field": field, "accepted": accepted}
    if index is not None:
        details["index"] = index
    raise InputError(f"{place} must be {accepted}; got {shown}", **details)


def text(
    field: str,
    value: Any,
    *,
    max_chars: int,
    index: int | None = None,
    filled: bool = False,
    empty: bool = True,
) -> str:
    """Return `value` if it is a string of at most `max_chars` that UTF-8 can encode.

    Args:
        field: named in the error.
        value: what was passed.
        max_chars: the limit.
        index: place in a batch, for the error.
        filled: at least one character must not be white space.
        empty: the empty string is accepted.
    """
    if not isinstance(value, str):
        refuse(field, "a string", value, index)
    if len(value) > max_chars:
        refuse(field, f"at most {max_chars:,} characters ({len(value):,} were given)", value, index)
    if (filled and not value.strip()) or (not empty and not value):
        refuse(field, "a string with something in it", value, index)
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            refuse(field, "text that UTF-8 can encode (it holds a lone surrogate)", value, index)
    return value


def number(field: str, value: Any, low: float, high: float, index: int | None = None) -> float:
    """Return `value` as a float if it is a number from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        refuse(field, f"a number from {low:g} to {high:g}", value, index)
    return float(value) + 0.0  # −0.0 becomes 0.0, which JSON has no other way to mean


def integer(field: str, value: Any, low: int, high: int, index: int | None = None) -> int:
    """Return `value` if it is an integer from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        refuse(field, f"an integer from {low} to {high}", value, index)
    return value


def names(
    field: str, value: Any, *, max_items: int, max_chars: int, index: int | None = None
) -> tuple[str, ...]:
    """Return distinct strings in their order; a lone string is refused, since it would become its letters."""
    accepted = f"a list of at most {max_items} strings of 1 to {max_chars} characters"
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        refuse(field, accepted, value, index)
    if isinstance(value, Sequence) and len(value) > max_items:
        refuse(field, f"{accepted} ({len(value):,} were given)", value, index)
    found: dict[str, None] = {}
    for item in value:
        found[text(field, item, max_chars=max_chars, index=index, empty=False)] = None
        if len(found) > max_items:
            refuse(field, accepted, value, index)
    return tuple(found)


def metadata(field: str, value: Any, index: int | None = None) -> dict[str, Any]:
    """Return a copy of a JSON object; keys that JSON would turn into strings, NaN and cycles are refused."""
    if not isinstance(value, dict):
        refuse(field, "a JSON object (a dict)", value, index)
    if not value:
        return {}
    problem = _json_problem(value)
    if problem:
        refuse(field, f"a JSON object; {problem}", value, index)
    try:
        encoded = canonical(value)
    except UnicodeEncodeError:
        refuse(field, "text that UTF-8 can encode (it holds a lone surrogate)", value, index)
    except ValueError:
        refuse(field, "a JSON object without integers of thousands of digits", value, index)
    if len(encoded) > MAX_METADATA:
        refuse(field, f"at most {MAX_METADATA:,} bytes of JSON ({len(encoded):,} were given)", value, index)
    copied: dict[str, Any] = json.loads(encoded)
    return copied


def _json_problem(value: Any) -> str | None:
    """Say what keeps `value` from being JSON that comes back as it went in."""
    waiting, seen = [(value, 1)], 0
    while waiting:
        item, depth = waiting.pop()
        seen += 1
        # Each value takes a byte at least, so what visits more is too large, or shares parts so often that it explodes.
        if seen > MAX_METADATA:
            return f"it holds more than {MAX_METADATA:,} values"
        if depth > MAX_DEPTH:
            return f"it is nested deeper than {MAX_DEPTH} levels, or contains itself"
        if isinstance(item, dict):
            if not all(isinstance(key, str) for key in item):
                return "its keys must be strings"
            waiting += [(inner, depth + 1) for inner in item.values()]
        elif isinstance(item, (list, tuple)):
            waiting += [(inner, depth + 1) for inner in item]
        elif isinstance(item, float):
            if not math.isfinite(item):
                return "it holds NaN or an infinity"
        elif not isinstance(item, (str, int, type(None))):
            return f"it holds a {type(item).__name__}"
    return None


STORED_FIELDS = (
    "task_description",
    "task_category",
    "strategy",
    "title",
    "description",
    "content",
    "success_score",
    "tags",
    "metadata",
    "source",
    "namespace",
    "created_ms",
)
"""The fields of a Pattern that a caller may give."""


def fields_of(given: Any, *, index: int | None = None, partial: bool = False) -> dict[str, Any]:
    """Return the checked fields of a pattern; only those given.

    Args:
        given: field → value.
        index: place in a batch, for the error.
        partial: `task_description` may be missing (an update), but not everything.

    Raises:
        InputError: a field is unknown, missing or not acceptable; `details` hold field, accepted and index.
    """
    if not isinstance(given, Mapping):
        refuse("pattern", "an object with at least task_description", given, index)
    for name in given:
        if name not in STORED_FIELDS:
            shown = name if isinstance(name, str) else repr(name)
            refuse(shown, f"one of the fields {', '.join(STORED_FIELDS)}", given[name], index)
    if not partial and "task_description" not in given:
        refuse("task_description", "given", None, index)
    if partial and not given:
        refuse("fields", f"at least one of {', '.join(STORED_FIELDS)}", None, index)
    return {name: _field(name, value, index) for name, value in given.items()}


def _field(name: str, value: Any, index: int | None) -> Any:
    match name:
        case "task_description":
            return text(name, value, max_chars=MAX_TASK, index=index, filled=True)
        case "title":
            return text(name, value, max_chars=MAX_TASK, index=index)
        case "task_category" | "namespace":
            return text(name, value, max_chars=MAX_NAME, index=index, filled=True)
        case "success_score":
            return number(name, value, 0, 1, index)
        case "tags":
            return names(
                name, value, max_items=LIMITS["max_tags"], max_chars=LIMITS["max_tag_chars"], index=index
            )
        case "source":
            return names(name, value, max_items=LIMITS["max_tags"], max_chars=MAX_NAME, index=index)
        case "metadata":
            return metadata(name, value, index)
        case "created_ms":
            return integer(name, value, 0, MAX_MS, index)
        case _:
            return text(name, value, max_chars=MAX_TEXT, index=index)


def check_id(pid: Any) -> str:
    """Return `pid` if it can be the id of a pattern."""
    return text("pid", pid, max_chars=MAX_NAME, empty=False)


def check_ids(ids: Any) -> list[str]:
    """Return the ids as a list; a lone string is refused."""
    if isinstance(ids, (str, bytes, Mapping)) or not isinstance(ids, Iterable):
        refuse("ids", "a list of pattern ids", ids)
    return [text("ids", pid, max_chars=MAX_NAME, empty=False) for pid in ids]


def check_query(
    task: Any,
    k: Any,
    category: Any,
    namespace: Any,
    tags: Any,
    since_ms: Any,
    min_similarity: Any,
    prefer_category: Any,
) -> tuple[str, ...]:
    """Check what is given to `find_similar`; return the tags."""
    text("task", task, max_chars=MAX_TEXT, filled=True)
    integer("k", k, 1, MAX_K)
    if since_ms is not None:
        integer("since_ms", since_ms, 0, MAX_MS)
    if min_similarity is not None:
        number("min_similarity", min_similarity, -1, 1)
    if prefer_category is not None:
        text("prefer_category", prefer_category, max_chars=MAX_NAME, filled=True)
    return _check_filters(category, namespace, tags)


def check_list(category: Any, namespace: Any, tags: Any, limit: Any) -> tuple[str, ...]:
    """Check what is given to `list`; return the tags."""
    integer("limit", limit, 1, MAX_K)
    return _check_filters(category, namespace, tags)


def _check_filters(category: Any, namespace: Any, tags: Any) -> tuple[str, ...]:
    for name, value in (("category", category), ("namespace", namespace)):
        if value is not None:
            text(name, value, max_chars=MAX_NAME, filled=True)
    if tags is None:
        return ()
    return names("tags", tags, max_items=LIMITS["max_tags"], max_chars=LIMITS["max_tag_chars"])


def cursor_at(created_ms: int, pid: str) -> str:
    """The cursor of a page that ends there."""
    return f"{created_ms}:{pid}"


def check_cursor(cursor: Any) -> tuple[int, str]:
    """Return the place that a cursor of `list` names."""
    created, colon, pid = cursor.partition(":") if isinstance(cursor, str) else ("", "", "")
    if not (colon and pid and created.isascii() and created.isdigit() and len(created) <= 16):
        refuse("cursor", "the cursor of a page that list() returned", cursor)
    return int(created), pid
