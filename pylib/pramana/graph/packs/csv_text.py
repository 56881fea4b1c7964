"""Facts as CSV (RFC 4180): a header row that names the columns, and a fact in each row.

Before the header there may be comments; `# name: …`, `# version: …`, `# licence: …` and `# source: …` describe the
pack.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pramana.errors import InputError
from pramana.graph.packs.lines import MAX_LINE, Line, Lines
from pramana.graph.validate import FIELDS
from pramana.text.terms import number_of
from pramana.text.wording import instead, quoted

__all__ = ["ABOUT", "CsvText"]

ABOUT = ("name", "version", "licence", "source")
NEEDED = FIELDS[:3]

_COMMENT = re.compile(r"#\s*(\w+)\s*:\s*(.*?)\s*")
_WHOLE = re.compile(r"[+-]?[0-9]{1,16}")


class CsvText:
    """The facts of a text, one for each row that is not blank.

    Raises:
        InputError: the header is none (`details["line"]`).
    """

    def __init__(self, text: str) -> None:
        self._lines = Lines(text)
        self._taken = 0
        self.about: dict[str, str] = {}
        """What the comments before the header say of the pack."""
        self._begin()
        self._columns = self._header()

    def __iter__(self) -> Iterator[Line]:
        while (record := self._record()) is not None:
            number, cells = record
            if isinstance(cells, str):
                yield Line(number, {}, cells)
            elif cells:
                yield self._line(number, cells)

    def _header(self) -> list[str]:
        start = self._lines.at
        for line in self._lines:
            if line.startswith("#"):
                said = _COMMENT.fullmatch(line)
                if said is not None and said[1] in ABOUT:
                    self.about[said[1]] = said[2]
            elif line.strip():
                break
            start = self._lines.at
        if start == self._lines.at:
            raise _refused(max(self._lines.number, 1), "a header row with the names of the columns is needed")
        self._lines.at, self._lines.number = start, self._lines.number - 1
        record = self._record()
        number, cells = record if record is not None else (1, [])
        if isinstance(cells, str):
            raise _refused(number, cells)
        return _columns(number, [cell.strip() for cell in cells])

    def _record(self) -> tuple[int, list[str] | str] | None:
        """The next record with the number of its first line, or what is wrong with it; None at the end.

        After a quote that is not closed it goes on with the line after the first: what that quote took in is not lost.
        """
        lines, number = self._lines, self._lines.number + 1
        self._taken = 0
        first = lines.at
        try:
            return number, next(self._reader)
        except StopIteration:
            return None
        except csv.Error as error:
            lines.at, lines.number = first, number - 1
            next(lines)
            self._begin()
            return number, f"this is not CSV: {error}"

    def _begin(self) -> None:
        self._reader = csv.reader(iter(self._record_line, None), strict=True)

    def _record_line(self) -> str | None:
        line = next(self._lines, None)
        self._taken += len(line or "")
        if self._taken > MAX_LINE:
            raise csv.Error(f"a quote is not closed, or a record has more than {MAX_LINE:,} characters")
        return line

    def _line(self, number: int, cells: Sequence[str]) -> Line:
        if len(cells) != len(self._columns):
            return Line(number, {}, f"the header has {len(self._columns)} columns, and this row {len(cells)}")
        fields: dict[str, Any] = {}
        for column, cell in zip(self._columns, cells, strict=True):
            if column in NEEDED:
                fields[column] = cell
            elif words := cell.strip():
                accepted, read = _OPTIONAL[column]
                fields[column] = read(words)
                if fields[column] is None:
                    return Line(number, {}, f"{column} must be {accepted}, or empty; got {quoted(words)}")
        return Line(number, fields)


def _columns(number: int, names: list[str]) -> list[str]:
    unknown = [name for name in names if name not in FIELDS]
    if unknown:
        hint = instead(unknown[0], FIELDS, "the columns are")
        raise _refused(number, f"unknown columns {', '.join(map(quoted, unknown))}; {hint}")
    if len(set(names)) < len(names):
        raise _refused(number, f"a column is named twice in {', '.join(names)}")
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise _refused(number, f"the header lacks {', '.join(missing)}")
    return names


def _refused(number: int, reason: str) -> InputError:
    return InputError(f"line {number}: {reason}", field="text", line=number, reason=reason)


def _flag(words: str) -> bool | None:
    return {"true": True, "false": False}.get(words.lower())


def _whole(words: str) -> int | None:
    return int(words) if _WHOLE.fullmatch(words) else None


_OPTIONAL: dict[str, tuple[str, Callable[[str], Any]]] = {
    "negated": ("true or false", _flag),
    "confidence": ("a decimal number", number_of),
    "source": ("a text", str),
    "valid_from_ms": ("a whole number of milliseconds", _whole),
    "valid_to_ms": ("a whole number of milliseconds", _whole),
}
"""What a cell of a column may be beside empty, and how it is read; None where it is not that."""
