"""What may be stored and asked: every value checked, every error naming its field and what is accepted.

Rules of the file: nothing is coerced silently (a bool is not a number, a string is not a list of tags); what
is returned is what will be stored, so JSON that would change on a round trip is refused or normalised here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from pramana.bank.wording import instead, quoted, shown
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


def refuse(
    field: str, accepted: str, value: Any, index: int | None = None, *, got: str | None = None
) -> NoReturn:
    """Raise the InputError for one field: one sentence with what is accepted and what came instead.

    Args:
        field: as the caller wrote it.
        accepted: words that follow "must be", of no one programming language.
        value: what came.
        index: place in a batch.
        got: says what came better than the value itself does.
    """
    _fail(field, f"must be {accepted}; got {shown(value) if got is None else got}", accepted, index)


def _fail(field: str, problem: str, accepted: str, index: int | None) -> NoReturn:
    place = field if index is None else f"patterns[{index}].{field}"
    raise InputError(f"{place} {problem}", **_details(field, accepted, index))


def _details(field: str, accepted: str, index: int | None) -> dict[str, Any]:
    details: dict[str, Any] = {"field": field, "accepted": accepted}
    return details if index is None else {**details, "index": index}


def text(field: str, value: Any, *, max_chars: int, index: int | None = None, filled: bool = False) -> str:
    """Return `value` if it is a string of at most `max_chars` that UTF-8 can encode.

    Args:
        field: named in the error.
        value: what was passed.
        max_chars: the limit.
        index: place in a batch, for the error.
        filled: at least one character must not be white space.
    """
    if not isinstance(value, str):
        refuse(field, "text", value, index)
    if len(value) > max_chars:
        refuse(field, f"at most {max_chars:,} characters", value, index, got=f"{len(value):,}")
    if filled and not value.strip():
        _fail(field, "must not be empty or blank", "text that is not blank", index)
    if _has_surrogate(value):
        refuse(field, "text that UTF-8 can encode", value, index, got="half of a surrogate pair")
    return value


def _has_surrogate(value: str) -> bool:
    if value.isascii():
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return True
    return False


def number(field: str, value: Any, low: float, high: float, index: int | None = None) -> float:
    """Return `value` as a float if it is a number from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        refuse(field, f"a number from {low:g} to {high:g}", value, index)
    return float(value) + 0.0  # −0.0 becomes 0.0, which JSON has no other way to mean


def integer(field: str, value: Any, low: int, high: int, index: int | None = None) -> int:
    """Return `value` if it is an integer from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        refuse(field, f"a whole number from {low:,} to {high:,}", value, index)
    return value


def names(
    field: str, value: Any, *, max_items: int, max_chars: int, index: int | None = None
) -> tuple[str, ...]:
    """Return distinct strings in their order; a lone string is refused, since it would become its letters."""
    accepted = f"a list of at most {max_items} strings of 1 to {max_chars} characters"
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        refuse(field, accepted, value, index)
    if isinstance(value, Sequence) and len(value) > max_items:
        refuse(field, accepted, value, index, got=f"{len(value):,}")
    found: dict[str, None] = {}
    for place, item in enumerate(value):
        found[_item(field, accepted, item, place, max_chars, index)] = None
        if len(found) > max_items:
            refuse(field, accepted, value, index, got="more")
    return tuple(found)


def _item(field: str, accepted: str, item: Any, place: int, max_chars: int, index: int | None = None) -> str:
    """Return one string of a list; the error names its place."""
    if not isinstance(item, str) or not item:
        refuse(field, accepted, item, index, got=f"{shown(item)} at place {place}")
    if len(item) > max_chars:
        refuse(field, accepted, item, index, got=f"{len(item):,} characters at place {place}")
    if _has_surrogate(item):
        refuse(field, accepted, item, index, got=f"half of a surrogate pair at place {place}")
    return item


def metadata(field: str, value: Any, index: int | None = None) -> dict[str, Any]:
    """Return a copy of a JSON object; keys that JSON would turn into strings, NaN and cycles are refused."""
    accepted = "a JSON object"
    if not isinstance(value, dict):
        refuse(field, accepted, value, index)
    if not value:
        return {}
    problem = _json_problem(value)
    if problem:
        refuse(field, accepted, value, index, got=f"one {problem}")
    try:
        encoded = canonical(value)
    except UnicodeEncodeError:
        refuse(field, accepted, value, index, got="one that holds half of a surrogate pair")
    except ValueError:
        refuse(field, accepted, value, index, got="one that holds a number of thousands of digits")
    if len(encoded) > MAX_METADATA:
        refuse(field, f"at most {MAX_METADATA:,} bytes of JSON", value, index, got=f"{len(encoded):,}")
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
            return f"that holds more than {MAX_METADATA:,} values"
        if depth > MAX_DEPTH:
            return f"that is nested deeper than {MAX_DEPTH} levels, or contains itself"
        if isinstance(item, dict):
            strange = [key for key in item if not isinstance(key, str)]
            if strange:
                return f"with a key that is not text: {shown(strange[0])}"
            waiting += [(inner, depth + 1) for inner in item.values()]
        elif isinstance(item, (list, tuple)):
            waiting += [(inner, depth + 1) for inner in item]
        elif isinstance(item, float):
            if not math.isfinite(item):
                return f"that holds {shown(item)}"
        elif not isinstance(item, (str, int, type(None))):
            return f"that holds {shown(item)}"
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


def fields_of(
    given: Any, *, index: int | None = None, partial: bool = False, others: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the checked fields of a pattern; only those given.

    Args:
        given: field → value.
        index: place in a batch, for the error.
        partial: `task_description` may be missing (an update), but not everything.
        others: names that the caller has taken out already, for the error.

    Raises:
        InputError: a field is unknown, missing or not acceptable; `details` hold field, accepted and index.
    """
    if not isinstance(given, Mapping):
        accepted = "an object with at least task_description"
        place = "a pattern" if index is None else f"patterns[{index}]"
        message = f"{place} must be {accepted}; got {shown(given)}"
        raise InputError(message, **_details("pattern", accepted, index))
    for name in given:
        if name not in STORED_FIELDS:
            _refuse_name(name, (*STORED_FIELDS, *others), index)
    if not partial and "task_description" not in given:
        _fail("task_description", "is required", "text that is not blank", index)
    if partial and not given:
        accepted = f"at least one of {', '.join(STORED_FIELDS)}"
        raise InputError("update needs at least one field", **_details("fields", accepted, index))
    return {name: _field(name, value, index) for name, value in given.items()}


def _refuse_name(name: Any, known: Sequence[str], index: int | None) -> NoReturn:
    place = "" if index is None else f"patterns[{index}]: "
    message = f"{place}unknown field {quoted(name)}; {instead(name, known, 'the fields are')}"
    details = _details(name if isinstance(name, str) else shown(name), f"one of {', '.join(known)}", index)
    raise InputError(message, **details)


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
    if pid == "":
        _fail("id", "must not be empty", "the id of a pattern", None)
    return text("id", pid, max_chars=MAX_NAME)


def check_ids(ids: Any) -> list[str]:
    """Return the ids as a list; a lone string is refused."""
    accepted = "a list of ids"
    if isinstance(ids, (str, bytes, Mapping)) or not isinstance(ids, Iterable):
        refuse("ids", accepted, ids)
    return [_item("ids", accepted, pid, place, MAX_NAME) for place, pid in enumerate(ids)]


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
