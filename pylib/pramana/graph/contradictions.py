"""The conflicts of a moment: pairs that time settled, and pairs that hold side by side."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from itertools import combinations, product
from typing import TypeAlias

from pramana.errors import BudgetError
from pramana.graph.conflicts import kind_between
from pramana.graph.fact_table import NONE
from pramana.graph.inference import Deadline
from pramana.graph.knowledge_state import Knowledge
from pramana.graph.matching import Search, facts_of, pages
from pramana.graph.view import Moment, View
from pramana.knowledge import Conflict, Fact

__all__ = ["MAX_CONFLICTS", "open_conflicts", "superseded"]

MAX_CONFLICTS = 100_000
"""Of one listing."""
KINDS = ("negation", "disjoint", "functional")
"""In the order in which they are listed."""

Triple: TypeAlias = tuple[int, int, int]
Opposite: TypeAlias = Callable[[Triple], Triple]


async def superseded(state: Knowledge, moment: Moment, deadline: Deadline) -> list[Conflict]:
    """Return the pairs of which the newer fact ended the older one, oldest first; none that was retracted since."""
    table = state.table
    found: list[Conflict] = []
    known_ms = moment.known_ms
    for row in sorted(table.superseded, key=table.age):
        ending = table.superseded[row].known(known_ms)
        newer = None if ending is None else table.row_of(ending.by)
        # One that is ended by a fact not there yet was loaded while another process committed that.
        if newer is not None and table.stands(row, known_ms) and table.stands(newer, known_ms):
            kind = kind_between(state, table.triple(row), table.triple(newer))
            found.append(Conflict(kind, table.fact(row, known_ms), table.fact(newer, known_ms), "superseded"))
        await deadline()
    return found


async def open_conflicts(state: Knowledge, view: View, deadline: Deadline) -> list[Conflict]:
    """Return the pairs that both hold in a view, of which one or both may have been derived.

    Raises:
        BudgetError: they are more than `MAX_CONFLICTS`, or the time is over.
    """
    found: list[Conflict] = []
    async for kind, one, other in _pairs(state, view, deadline):
        sides = [list(facts_of(state, view, array("I", [number]))) for number in (one, other)]
        for first, second in product(*map(_sides, sides)):
            older, newer = sorted((first, second), key=_age)
            found.append(Conflict(kind, older, newer, "open"))
        if len(found) > MAX_CONFLICTS:
            message = f"there are more than {MAX_CONFLICTS:,} open conflicts"
            raise BudgetError(message, budget="conflicts", limit=MAX_CONFLICTS)
        await deadline()
    # The numbers of predicates, by which they were found, are others when the graph is loaded again.
    found.sort(key=lambda one: (KINDS.index(one.kind), _age(one.older), _age(one.newer)))
    return found


def _age(fact: Fact) -> tuple[bool, int, str, str, str, str]:
    """What orders the facts of conflicts; a derived one has only what it says."""
    return fact.derived, fact.created_ms, fact.id, fact.subject, fact.predicate, fact.object


def _sides(facts: list[Fact]) -> list[Fact]:
    """The asserted facts of a triple; what is derived speaks only where nobody asserted it."""
    return [fact for fact in facts if not fact.derived] or facts


async def _pairs(state: Knowledge, view: View, deadline: Deadline) -> AsyncIterator[tuple[str, int, int]]:
    """Yield the numbers of triples that hold and exclude each other, each pair once."""
    declared, codes = state.declared.known(view.moment.known_ms), _codes(state, view)
    searches: list[tuple[str, Search, Opposite]] = [
        ("negation", (None, code, None), lambda triple: (triple[0], triple[1] ^ 1, triple[2]))
        for code in sorted(codes)
        if code & 1 and code ^ 1 in codes
    ]
    for one, other in _once(declared.disjoint):
        searches.append(("disjoint", (None, 2 * one, None), _with(1, 2 * other)))
    for one, other in _once(declared.disjoint_classes):
        searches.append(("disjoint", (None, 2 * state.is_id, one), _with(2, other)))
    for kind, search, opposite in searches:
        for numbers in pages(view.base, search, "holding"):
            for pair in _both(view, numbers, opposite):
                yield (kind, *pair)
            await deadline()
    for predicate in sorted(declared.functional):
        objects: defaultdict[int, list[int]] = defaultdict(list)
        for numbers in pages(view.base, (None, 2 * predicate, None), "holding"):
            for subject, number in zip(view.base.describe(numbers).triples[::3], numbers, strict=True):
                objects[subject].append(number)
            await deadline()
        for numbers_of_one in objects.values():
            for pair in combinations(numbers_of_one, 2):
                yield ("functional", *pair)


def _codes(state: Knowledge, view: View) -> set[int]:
    """The predicates, with their signs, that anything may be said with."""
    heads = {
        2 * state.terms.intern(rule.head.predicate) + rule.head.negated
        for rule in view.program.rules.values()
    }
    return heads | {code for code, count in state.table.in_use.items() if count}


def _once(pairs: Mapping[int, Iterable[int]]) -> list[tuple[int, int]]:
    return sorted((one, other) for one, others in pairs.items() for other in others if one < other)


def _with(place: int, term: int) -> Opposite:
    """Triples with another term at a place."""

    def opposite(triple: Triple) -> Triple:
        subject, code, object_ = triple
        return (subject, term, object_) if place == 1 else (subject, code, term)

    return opposite


def _both(view: View, numbers: array[int], opposite: Opposite) -> Iterator[tuple[int, int]]:
    """Yield the triples whose opposite holds too, with its number."""
    flat = view.base.describe(numbers).triples
    triples = zip(flat[::3], flat[1::3], flat[2::3], strict=True)
    others = view.base.find(array("I", (term for triple in triples for term in opposite(triple))))
    there = array("I", (other for other in others if other != NONE))
    holds = dict(zip(there, view.base.describe(there).confidence, strict=True))
    for number, other in zip(numbers, others, strict=True):
        if holds.get(other):
            yield number, other
