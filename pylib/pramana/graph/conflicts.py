"""Statements that cannot both hold, and how time settles it.

Two statements exclude each other if one is the negation of the other, if a functional predicate gives a subject two
objects, or if two predicates, or classes, were declared disjoint. Of two that were recorded one after the other,
the one that begins to hold later ends the other; one without a stated beginning takes the other's place when it is
recorded. Those that begin at the same time, or come in one commit, stay side by side: an open conflict.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import NamedTuple

from pramana.graph.fact_table import ALWAYS, FOREVER, NONE
from pramana.graph.knowledge_state import Knowledge
from pramana.graph.matching import pages

__all__ = ["Opposed", "Settled", "kind_between", "opposed", "settled", "there_already"]

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


class Opposed(NamedTuple):
    """The stated triples that exclude a triple."""

    triple: tuple[int, int, int | None]
    """That one; None for an object unknown so far."""
    numbers: list[int]
    """Of triples."""
    functional: bool
    """Whether those with other objects do."""


def opposed(state: Knowledge, subject: int, code: int, object: int | None) -> Opposed:
    """Return what excludes a triple. `object` may be a term unknown so far (None)."""
    declared, predicate = state.declared, code >> 1
    triples: list[Triple] = []
    if object is not None and state.table.in_use[code ^ 1]:
        triples.append((subject, code ^ 1, object))
    if not code & 1 and object is not None:
        triples += [(subject, 2 * other, object) for other in declared.disjoint.get(predicate, ())]
        if predicate == state.is_id:
            triples += [(subject, code, other) for other in declared.disjoint_classes.get(object, ())]
    numbers = state.base.find(array("I", (term for triple in triples for term in triple))) if triples else ()
    functional = not code & 1 and predicate in declared.functional
    return Opposed((subject, code, object), [number for number in numbers if number != NONE], functional)


def there_already(
    state: Knowledge, number: int, source: int | None, starts: int, ends: int, pack: str = ""
) -> int | None:
    """Return which of a triple's rows states the same, from the same source and for the same time, if one does.

    What came with a pack goes with it, so what is said beside it is another fact.

    A fact that was superseded and has ended is said anew if no beginning is stated: it holds again from now on.
    """
    table = state.table
    again = starts == ALWAYS and state.now_ms < ends
    for row in table.lasting(number, state.now_ms) if again else table.rows(number):
        superseded = table.superseded.get(row)
        stated_from = ALWAYS if row in table.implied else table.valid_from[row]
        stated_to = table.valid_to[row] if superseded is None else superseded.stated_to
        if (
            (table.sources[row], stated_from, stated_to) == (source, starts, ends)
            and table.retracted[row] == FOREVER
            and table.origin(row).pack == pack
        ):
            return row
    return None


def settled(
    state: Knowledge, against: Opposed, starts: int, ends: int, end_of: Callable[[int], int]
) -> Settled:
    """Settle a new fact with those it excludes.

    Args:
        state: as of now.
        against: what it excludes.
        starts: when it was stated to begin, ALWAYS for no time.
        ends: when it was stated to end, or FOREVER.
        end_of: when a row ends.
    """
    table, now = state.table, state.now_ms
    present = starts == ALWAYS and now < ends
    # Of what is over, it only matters to a fact of the present that it was there.
    rows = _rows(state, against, now if present else starts)
    implied = present and (any(table.valid_from[row] <= now for row in rows) or _began(state, against))
    if implied:
        starts = now
    by: int | None = None
    closed = []
    for row in sorted(rows, key=lambda row: (table.valid_from[row], row)):
        begins, stops = table.valid_from[row], end_of(row)
        if not max(begins, starts) < min(stops, ends):
            continue
        if begins < starts or (implied and begins == starts):
            closed.append(row)
        elif begins > starts:
            ends, by = begins, row
    return Settled(starts, implied, ends, by, closed)


def _began(state: Knowledge, against: Opposed) -> bool:
    """Whether a fact that is excluded, and not retracted, has begun to hold."""
    table, now = state.table, state.now_ms
    return any(
        table.retracted[row] == FOREVER and table.valid_from[row] <= now
        for number in chain(against.numbers, _others(state, against))
        for row in table.newest_of(number)
    )


def _rows(state: Knowledge, against: Opposed, starts: int) -> list[int]:
    """The facts that are excluded, were not retracted, and may hold at `starts` or later."""
    table, now = state.table, state.now_ms
    if starts < now:
        numbers = chain(against.numbers, _others(state, against))
        rows = (row for number in numbers for row in table.newest_of(number))
        return [row for row in rows if table.retracted[row] == FOREVER]
    lasting = [row for number in against.numbers for row in table.lasting(number, now)]
    if against.functional:
        subject, code, _ = against.triple
        numbers_of_all = partial(_numbers, state, subject, code)
        found = table.lasting_about(subject, code, numbers_of_all, now)
        lasting += (row for row in found if table.triple(row) != against.triple)
    return lasting


def _others(state: Knowledge, against: Opposed) -> Iterator[int]:
    """Yield the numbers of the triples that differ in their object, where the predicate is functional."""
    if against.functional:
        subject, code, object_ = against.triple
        own = NONE if object_ is None else state.base.find(array("I", (subject, code, object_)))[0]
        yield from (number for number in _numbers(state, subject, code) if number != own)


def _numbers(state: Knowledge, subject: int, code: int) -> Iterator[int]:
    for numbers in pages(state.base, (subject, code, None), "known"):
        yield from numbers


def kind_between(state: Knowledge, one: Triple, other: Triple) -> str:
    """Why two triples exclude each other, given that they do."""
    if one[1] != other[1]:
        return "negation" if one[1] ^ other[1] == 1 else "disjoint"
    predicate = one[1] >> 1
    classes = predicate == state.is_id and predicate not in state.declared.functional
    return "disjoint" if classes else "functional"
