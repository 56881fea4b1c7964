"""Results as text: columns that fit the terminal, and one memory with all its fields."""

from __future__ import annotations

import json
import shutil
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from pramana.records import Hit, Pattern

__all__ = ["hits_table", "patterns_table", "sheet", "table"]

LEAST_WIDTH = 8
"""Columns are not cut below this."""


def hits_table(hits: Sequence[Hit]) -> str:
    """Return the hits, or that there are none."""
    rows = [
        [
            f"{hit.score:.3f}",
            f"{hit.similarity:.3f}",
            _task(hit.pattern) + (f" (+{len(hit.duplicates)})" if hit.duplicates else ""),
            hit.pattern.task_category,
            hit.pattern.strategy,
            _tags(hit.pattern),
            f"{hit.pattern.reliability:.2f}",
            hit.pattern.id,
        ]
        for hit in hits
    ]
    header = ["score", "cosine", "task", "category", "strategy", "tags", "reliable", "id"]
    return table(header, rows, numbers={0, 1, 6}) if rows else "nothing found"


def patterns_table(patterns: Iterable[Pattern]) -> str:
    """Return the patterns of a page, or that there are none."""
    rows = [
        [
            _time(pattern.created_ms),
            _task(pattern),
            pattern.task_category,
            pattern.strategy,
            _tags(pattern),
            f"{pattern.success_score:.2f}",
            str(pattern.usage_count),
            pattern.id,
        ]
        for pattern in patterns
    ]
    header = ["created", "task", "category", "strategy", "tags", "score", "used", "id"]
    return table(header, rows, numbers={5, 6}) if rows else "nothing found"


def sheet(pattern: Pattern) -> str:
    """Return all that one memory holds, uncut, one field after the other; empty ones are left out."""
    last_used = "" if pattern.last_used_ms is None else f", last {_time(pattern.last_used_ms)}"
    fields = {
        "id": pattern.id,
        "title": pattern.title,
        "task": pattern.task_description,
        "category": pattern.task_category,
        "namespace": pattern.namespace,
        "tags": _tags(pattern),
        "strategy": pattern.strategy,
        "description": pattern.description,
        "content": pattern.content,
        "metadata": json.dumps(pattern.metadata, ensure_ascii=False) if pattern.metadata else "",
        "source": ", ".join(pattern.source),
        "score": f"{pattern.success_score:g}",
        "reliable": f"{pattern.reliability:.2f}",
        "used": f"{pattern.usage_count}{last_used}",
        "created": _time(pattern.created_ms),
        "status": pattern.status,
    }
    width = max(map(len, fields)) + 2
    return "\n".join(
        name.ljust(width) + value.replace("\n", "\n" + " " * width) for name, value in fields.items() if value
    )


def _task(pattern: Pattern) -> str:
    return f"{pattern.title}: {pattern.task_description}" if pattern.title else pattern.task_description


def _tags(pattern: Pattern) -> str:
    return ", ".join(pattern.tags)


def _time(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000).astimezone():%Y-%m-%d %H:%M}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: set[int]) -> str:
    """Return aligned columns, `numbers` to the right, that fit the terminal: the widest are cut until they do."""
    cells = [[" ".join(cell.split()) for cell in row] for row in (header, *rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    room = shutil.get_terminal_size((160, 24)).columns - 2 * (len(header) - 1)
    last = len(header) - 1  # the id, which is of no use when cut
    while sum(widths) > room and max(widths[:last]) > LEAST_WIDTH:
        widest = max(range(last), key=widths.__getitem__)
        widths[widest] -= 1
    lines = []
    for row in cells:
        fitted = [_fit(cell, width) for cell, width in zip(row, widths, strict=True)]
        padded = [
            " " * (width - _width(cell)) + cell if at in numbers else cell + " " * (width - _width(cell))
            for at, (cell, width) in enumerate(zip(fitted, widths, strict=True))
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines if any(header) else lines[1:])


def _width(text: str) -> int:
    """Columns on a terminal: wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def _fit(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    while _width(text) > width - 1:
        text = text[:-1]
    return text + "…"
