"""From a node of the reference graph to its neighbours: in which direction, and over which predicates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

__all__ = ["Rows", "Step", "Walk"]

Rows: TypeAlias = dict[int, list[tuple[int, int, float]]]
"""By node: neighbour, predicate and weight of each edge, sorted."""


class Step(NamedTuple):
    """An edge as it is walked."""

    neighbor: int
    predicate: int
    forward: bool
    """From its source to its target."""
    weight: float


class Walk:
    """The steps that lead away from nodes.

    Args:
        ways: rows to follow, and whether that is forward.
        allowed: a bitmap of the predicates whose edges count; None for all.
    """

    def __init__(self, ways: list[tuple[Rows, bool]], allowed: bytes | None) -> None:
        self._ways = ways
        self._allowed = allowed

    def steps(self, node: int) -> Iterator[Step]:
        """Yield the steps by neighbour, then predicate; those forward first."""
        for rows, forward in self._ways:
            for neighbor, predicate, weight in rows.get(node, ()):
                if self._allows(predicate):
                    yield Step(neighbor, predicate, forward, weight)

    def _allows(self, predicate: int) -> bool:
        allowed = self._allowed
        if allowed is None:
            return True
        return predicate >> 3 < len(allowed) and bool(allowed[predicate >> 3] >> (predicate & 7) & 1)
