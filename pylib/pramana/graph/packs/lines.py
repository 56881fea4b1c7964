"""A pack's text line by line, and what a line comes to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

__all__ = ["MAX_LINE", "Line", "Lines"]

MAX_LINE = 40_000
"""Characters of a line, or of a record of several lines: three terms and a source, all of them escaped."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)?")


class Line(NamedTuple):
    """A fact that a text states, as arguments of `add`; or, with a reason and no fields, what is wrong with it."""

    number: int
    """Of the line, from 1."""
    fields: Mapping[str, Any]
    reason: str = ""


class Lines:
    """Iterates over the lines of a text, each with its end (LF, CRLF or CR), without a copy of the text.

    `at` is where the next line begins, and `number` how many came before it: set both to go back.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0
        self.number = 0

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        found = _LINE.match(self._text, self.at)
        if found is None or found.end() == self.at:
            raise StopIteration
        self.at = found.end()
        self.number += 1
        return found[0]
