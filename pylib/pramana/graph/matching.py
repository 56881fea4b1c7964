"""Facts by pattern, a page of triples at a time, so that a large graph is never walked in one stretch."""

from __future__ import annotations

from array import array
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from typing import TypeAlias

from pramana.graph.knowledge_state import Knowledge
from pramana.graph.program import atom_of
from pramana.graph.validate import Pattern
from pramana.graph.view import Moment, View
from pramana.kernels.interfaces import RulesLike
from pramana.knowledge import Fact

__all__ = [
    "Search",
    "asserted",
    "facts_of",
    "holding",
    "matching_rows",
    "pages",
    "rows_of_source",
    "searches",
]

Pause: TypeAlias = Callable[[], Awaitable[None]]
Search: TypeAlias = "tuple[int | None, int | None, int | None]"
"""Subject, predicate code and object; None for any."""

PAGE = 1024
SIGNS = {None: (0, 1), False: (0,), True: (1,)}


def searches(state: Knowledge, pattern: Pattern, negated: bool | None) -> list[Search]:
    """What a pattern means in numbers; nothing where it names a term that is unknown."""
    numbers = state.terms.id_of
    subject = None if pattern.subject is None else numbers(pattern.subject)
    object_ = None if pattern.object is None else numbers(pattern.object)
    if subject is None is not pattern.subject or object_ is None is not pattern.object:
        return []
    if pattern.predicate is None:
        return [(subject, None, object_)]
    found: list[Search] = []
    predicate = numbers(pattern.predicate)
    place = None if pattern.place is None else numbers(pattern.place)
    if predicate is not None:
        found += [(subject, 2 * predicate + sign, object_) for sign in SIGNS[negated]]
    if place is not None and predicate != state.is_id:
        found += [(subject, 2 * state.is_id + sign, place) for sign in SIGNS[negated]]
    return found


def pages(base: RulesLike, search: Search, which: str) -> Iterator[array[int]]:
    """Yield the numbers of matching triples, ascending."""
    numbers = base.match(*search, which=which, limit=PAGE)
    while numbers:
        yield numbers
        full = len(numbers) == PAGE
        numbers = base.match(*search, which=which, limit=PAGE, after=numbers[-1]) if full else array("I")


async def matching_rows(
    state: Knowledge, pattern: Pattern, negated: bool | None, pause: Pause, *, which: str = "known"
) -> AsyncGenerator[int, None]:
    """Yield the rows of the triples of a pattern, those of one triple together, in the order of first mention."""
    table = state.table
    for search in searches(state, pattern, negated):
        for numbers in pages(state.base, search, which):
            for number in numbers:
                for row in table.rows(number):
                    if negated is None or table.predicates[row] & 1 == negated:
                        yield row
            await pause()


async def rows_of_source(state: Knowledge, source: int, pause: Pause) -> AsyncGenerator[int, None]:
    """Yield the rows of a source."""
    sources = state.table.sources
    for start in range(0, len(sources), PAGE):
        for row in range(start, min(start + PAGE, len(sources))):
            if sources[row] == source:
                yield row
        await pause()


async def asserted(
    state: Knowledge, pattern: Pattern, negated: bool | None, moment: Moment, least: float, pause: Pause
) -> AsyncGenerator[Fact, None]:
    """Yield the facts of a pattern that were asserted with at least a confidence."""
    table = state.table
    which = "asserted" if moment.present else "known"
    async for row in matching_rows(state, pattern, negated, pause, which=which):
        confidence = table.confidence(row, moment.known_ms)
        if confidence >= least and table.visible(row, moment.at_ms, moment.known_ms):
            yield table.fact(row, moment.known_ms)


async def holding(
    state: Knowledge, view: View, pattern: Pattern, negated: bool | None, least: float, pause: Pause
) -> AsyncGenerator[Fact, None]:
    """Yield the facts of a pattern that were asserted, and those that follow, or follow with more confidence."""
    for search in searches(state, pattern, negated):
        for numbers in pages(view.base, search, "holding"):
            for fact in facts_of(state, view, numbers):
                if fact.confidence >= least and negated in (None, fact.negated):
                    yield fact
            await pause()


def facts_of(state: Knowledge, view: View, numbers: array[int]) -> Iterator[Fact]:
    """Yield the visible facts of triples that hold in a view, each triple's derived one after its asserted ones."""
    table, moment = state.table, view.moment
    described = view.base.describe(numbers)
    flat = described.triples
    for at, number in enumerate(state.base.find(flat)):
        for row in table.rows(number):
            if table.visible(row, moment.at_ms, moment.known_ms):
                yield table.fact(row, moment.known_ms)
        if described.confidence[at] > described.asserted[at]:
            atom = atom_of((flat[3 * at], flat[3 * at + 1], flat[3 * at + 2]), state.terms)
            yield Fact(
                "",
                atom.subject,
                atom.predicate,
                atom.object,
                atom.negated,
                described.confidence[at],
                derived=True,
            )
