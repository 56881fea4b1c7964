"""What may be stored and asked: every value checked, every error naming its field and what is accepted.

Rule of the file: what is returned is what will be stored, so JSON that would change on a round trip is refused or
normalised here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from pramana.errors import InputError
from pramana.protocol import LIMITS
from pramana.records import canonical
from pramana.text.checks import (
    MAX_MS,
    MAX_NAME,
    Place,
    details_of,
    fail,
    integer,
    item,
    names,
    number,
    refuse,
    text,
)
from pramana.text.wording import instead, quoted, shown

__all__ = [
    "STORED_FIELDS",
    "check_cursor",
    "check_id",
    "check_ids",
    "check_list",
    "check_query",
    "cursor_at",
    "fields_of",
]

MAX_TASK, MAX_TEXT = LIMITS["max_task_chars"], LIMITS["max_text_chars"]
MAX_METADATA = LIMITS["max_metadata_bytes"]
MAX_DEPTH = 64
"""Nesting of metadata; deeper JSON overflows some parser's stack."""
MAX_K = 1000
"""Hits of one question, and patterns on one page."""


def metadata(field: str, value: Any, at: Place | None = None) -> dict[str, Any]:
    """Return a copy of a JSON object; keys that JSON would turn into strings, NaN and cycles are refused."""
    accepted = "a JSON object"
    if not isinstance(value, dict):
        refuse(field, accepted, value, at)
    if not value:
        return {}
    problem = _json_problem(value)
    if problem:
        refuse(field, accepted, value, at, got=f"one {problem}")
    try:
        encoded = canonical(value)
    except UnicodeEncodeError:
        refuse(field, accepted, value, at, got="one that holds half of a surrogate pair")
    except ValueError:
        refuse(field, accepted, value, at, got="one that holds a number of thousands of digits")
    if len(encoded) > MAX_METADATA:
        refuse(field, f"at most {MAX_METADATA:,} bytes of JSON", value, at, got=f"{len(encoded):,}")
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
    at = None if index is None else Place("patterns", index)
    if not isinstance(given, Mapping):
        accepted = "an object with at least task_description"
        message = f"{at or 'a pattern'} must be {accepted}; got {shown(given)}"
        raise InputError(message, **details_of("pattern", accepted, at))
    for name in given:
        if name not in STORED_FIELDS:
            _refuse_name(name, (*STORED_FIELDS, *others), at)
    if not partial and "task_description" not in given:
        fail("task_description", "is required", "text that is not blank", at)
    if partial and not given:
        accepted = f"at least one of {', '.join(STORED_FIELDS)}"
        raise InputError("update needs at least one field", **details_of("fields", accepted, at))
    return {name: _field(name, value, at) for name, value in given.items()}


def _refuse_name(name: Any, known: Sequence[str], at: Place | None) -> NoReturn:
    place = "" if at is None else f"{at}: "
    message = f"{place}unknown field {quoted(name)}; {instead(name, known, 'the fields are')}"
    details = details_of(name if isinstance(name, str) else shown(name), f"one of {', '.join(known)}", at)
    raise InputError(message, **details)


def _field(name: str, value: Any, at: Place | None) -> Any:
    match name:
        case "task_description":
            return text(name, value, max_chars=MAX_TASK, at=at, filled=True)
        case "title":
            return text(name, value, max_chars=MAX_TASK, at=at)
        case "task_category" | "namespace":
            return text(name, value, max_chars=MAX_NAME, at=at, filled=True)
        case "success_score":
            return number(name, value, 0, 1, at)
        case "tags":
            return names(name, value, max_items=LIMITS["max_tags"], max_chars=LIMITS["max_tag_chars"], at=at)
        case "source":
            return names(name, value, max_items=LIMITS["max_tags"], max_chars=MAX_NAME, at=at)
        case "metadata":
            return metadata(name, value, at)
        case "created_ms":
            return integer(name, value, 0, MAX_MS, at)
        case _:
            return text(name, value, max_chars=MAX_TEXT, at=at)


def check_id(pid: Any) -> str:
    """Return `pid` if it can be the id of a pattern."""
    if pid == "":
        fail("id", "must not be empty", "the id of a pattern")
    return text("id", pid, max_chars=MAX_NAME)


def check_ids(ids: Any) -> list[str]:
    """Return the ids as a list; a lone string is refused."""
    accepted = "a list of ids"
    if isinstance(ids, (str, bytes, Mapping)) or not isinstance(ids, Iterable):
        refuse("ids", accepted, ids)
    return [item("ids", accepted, pid, place, MAX_NAME) for place, pid in enumerate(ids)]


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
