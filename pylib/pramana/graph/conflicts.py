"""Statements that cannot both hold, and how time settles it.

Two statements exclude each other if one is the negation of the other, if a functional predicate gives a subject two
objects, or if two predicates, or classes, were declared disjoint. Of two that were recorded one after the other,
the one that begins to hold later ends the other; one without a stated beginning takes the other's place when it is
recorded. Those that begin at the same time, or come in one commit, stay side by side: an open conflict.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from typing import NamedTuple

from pramana.graph.fact_table import ALWAYS, FOREVER, NONE
from pramana.graph.knowledge_state import Knowledge

__all__ = ["Settled", "kind_between", "opposed", "settled", "there_already"]

Triple = tuple[int, int, int]


class Settled(NamedTuple):
    """What becomes of a new fact, and of those it excludes."""

    starts: int
    implied: bool
    """Whether `starts` is when it takes another's place."""
    ends: int
    by: int | None
    """The row of the fact that ends it."""
    closed: list[int]
    """The rows of the facts that end where it starts."""


def opposed(state: Knowledge, subject: int, code: int, object: int | None) -> list[int]:
    """Return the rows, not retracted, of facts that exclude a triple. `object` may be a term unknown so far (None)."""
    table, declared = state.table, state.declared
    triples: list[Triple] = []
    numbers: list[int] = []
    if object is not None and table.in_use[code ^ 1]:
        triples.append((subject, code ^ 1, object))
    if not code & 1:
        predicate = code >> 1
        if predicate in declared.functional:
            numbers += state.base.match(subject, code, None, which="known")
        if object is not None:
            triples += [(subject, 2 * other, object) for other in declared.disjoint.get(predicate, ())]
            if predicate == state.is_id:
                others = declared.disjoint_classes.get(object, ())
                triples += [(subject, code, other) for other in others]
    if triples:
        numbers += state.base.find(array("I", (term for triple in triples for term in triple)))
    return [
        row
        for number in numbers
        if number != NONE
        for row in table.rows(number)
        if table.retracted[row] == FOREVER and table.triple(row) != (subject, code, object)
    ]


def there_already(
    state: Knowledge, rows: Iterable[int], source: int | None, starts: int, ends: int, pack: str = ""
) -> int | None:
    """Return which of a triple's rows states the same, from the same source and for the same time, if one does.

    What came with a pack goes with it, so what is said beside it is another fact.

    A fact that was superseded and has ended is said anew if no beginning is stated: it holds again from now on.
    """
    table = state.table
    again = starts == ALWAYS and state.now_ms < ends
    for row in rows:
        superseded = table.superseded.get(row)
        stated_from = ALWAYS if row in table.implied else table.valid_from[row]
        stated_to = table.valid_to[row] if superseded is None else superseded.stated_to
        if (
            (table.sources[row], stated_from, stated_to) == (source, starts, ends)
            and table.retracted[row] == FOREVER
            and table.origin(row).pack == pack
            and not (again and superseded is not None and table.valid_to[row] <= state.now_ms)
        ):
            return row
    return None


def settled(
    state: Knowledge, rows: Iterable[int], starts: int, ends: int, end_of: Callable[[int], int]
) -> Settled:
    """Settle a new fact with those it excludes.

    Args:
        state: as of now.
        rows: of the facts that it excludes.
        starts: when it was stated to begin, ALWAYS for no time.
        ends: when it was stated to end, or FOREVER.
        end_of: when a row ends.
    """
    table, now = state.table, state.now_ms
    in_order = sorted(rows, key=lambda row: (table.valid_from[row], row))
    implied = starts == ALWAYS and now < ends and any(table.valid_from[row] <= now for row in in_order)
    if implied:
        starts = now
    by: int | None = None
    closed = []
    for row in in_order:
        begins, stops = table.valid_from[row], end_of(row)
        if not max(begins, starts) < min(stops, ends):
            continue
        if begins < starts or (implied and begins == starts):
            closed.append(row)
        elif begins > starts:
            ends, by = begins, row
    return Settled(starts, implied, ends, by, closed)


def kind_between(state: Knowledge, one: Triple, other: Triple) -> str:
    """Why two triples exclude each other, given that they do."""
    if one[1] != other[1]:
        return "negation" if one[1] ^ other[1] == 1 else "disjoint"
    predicate = one[1] >> 1
    classes = predicate == state.is_id and predicate not in state.declared.functional
    return "disjoint" if classes else "functional"
