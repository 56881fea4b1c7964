"""Tables and numbers as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def cell(value: Any) -> str:
    """Three digits of a float, thousands apart, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def grid(head: Sequence[str], lines: Iterable[Sequence[Any]]) -> list[str]:
    """A table, and the empty line after it."""
    made = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    made += ["| " + " | ".join(cell(value) for value in line) + " |" for line in lines]
    return [*made, ""]


def verdict(ratio: float) -> str:
    """Whether a goal is met, given what was got against it."""
    return "met" if ratio <= 1 else f"missed by {(ratio - 1) * 100:.0f} %"
