"""JSON that somebody else wrote. Nesting is bounded first: in a page, a parser that overflows its stack ends Python."""

from __future__ import annotations

import json
import re
from typing import Any

from pramana.errors import InputError

__all__ = ["MAX_NESTING", "parse_json"]

MAX_NESTING = 100
STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
NOT_BRACKETS = re.compile(r"[^\[\]{}]+")


def parse_json(text: str, field: str) -> Any:
    """Return the value of a JSON text.

    Args:
        text: the text.
        field: what it was given as, for the error.

    Raises:
        InputError: it is not JSON, or nested deeper than `MAX_NESTING`.
    """
    if _too_deep(text):
        raise InputError(f"{field} is nested deeper than {MAX_NESTING} levels", field=field)
    try:
        return json.loads(text)
    except ValueError as error:
        raise InputError(f"{field} is not JSON: {error}", field=field) from error


def _too_deep(text: str) -> bool:
    if text.count("[") + text.count("{") <= MAX_NESTING:
        return False
    depth = 0
    for bracket in NOT_BRACKETS.sub("", STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_NESTING:
            return True
    return False
