"""What each write of facts puts into a commit.

An intent may run again when another process was first, and starts afresh: it brings the state up to what is
committed, and reads that. It runs while nobody else is at the state.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from pramana.errors import NotFoundError
from pramana.graph.changes import Changes
from pramana.graph.conflicts import Settled, opposed, settled, there_already
from pramana.graph.fact_table import ALWAYS, FOREVER
from pramana.graph.history import Ending, Superseded
from pramana.graph.knowledge_state import Knowledge
from pramana.graph.matching import matching_rows, rows_of_source
from pramana.graph.rows import StoredFact, fact_row
from pramana.graph.validate import Pattern, Statement
from pramana.knowledge import Fact
from pramana.pace import Pace
from pramana.records import HybridClock, uuid7
from pramana.store.draft import Draft
from pramana.store.writer import Intent
from pramana.text.terms import key_of

__all__ = ["record_facts", "stamp", "to_add", "to_retract", "to_retract_fact"]

ANYTHING = Pattern(None, None, None, None)


def to_add(state: Knowledge, statement: Statement) -> Intent:
    """Record one fact; the result is its id."""

    async def intent(draft: Draft) -> str:
        await state.bring_up()
        return (await record_facts(draft, state, [statement]))[0]

    return intent


async def record_facts(draft: Draft, state: Knowledge, statements: Sequence[Statement]) -> list[str]:
    """Record facts, each as a record of its own, and return their ids; of one that is there already, its id.

    Of a fact that is stated twice the last confidence counts.
    """
    keys = [(*map(key_of, one[:3]), one.negated, one.source, *one[6:]) for one in statements]
    distinct = dict(zip(keys, statements, strict=True))
    changes, pace = Changes(state.table, state.now_ms), Pace()
    ids = {}
    for key, one in distinct.items():
        ids[key] = _record(draft, state, changes, one)
        await pace()
    await changes.write(draft)
    return [ids[key] for key in keys]


def _record(draft: Draft, state: Knowledge, changes: Changes, one: Statement) -> str:
    table, now = state.table, state.now_ms
    subject, predicate, object_ = map(state.terms.id_of, one[:3])
    starts = ALWAYS if one.valid_from_ms is None else one.valid_from_ms
    ends = FOREVER if one.valid_to_ms is None else one.valid_to_ms
    outcome = Settled(starts, False, ends, None, [])
    if subject is not None and predicate is not None:
        code = 2 * predicate + one.negated
        there = None
        if object_ is not None:
            (number,) = state.base.find(array("I", (subject, code, object_)))
            there = there_already(state, number, table.known_source(one.source), starts, ends)
        if there is not None:
            if table.confidence(there) != one.confidence:
                changes.confidence[there] = one.confidence
            return table.id(there)
        outcome = settled(state, opposed(state, subject, code, object_), starts, ends, changes.end_of)
    fact = Fact(
        uuid7(now),
        *one[:6],
        valid_from_ms=None if outcome.starts == ALWAYS else outcome.starts,
        valid_to_ms=None if outcome.ends == FOREVER else outcome.ends,
        created_ms=now,
        superseded_by="" if outcome.by is None else table.id(outcome.by),
    )
    superseded = None
    if outcome.by is not None:
        superseded = Superseded(ends, (Ending(fact.superseded_by, now, outcome.ends),))
    draft.put(fact_row(StoredFact(fact, superseded, outcome.implied), draft.hlc))
    for row in outcome.closed:
        changes.ended[row] = (fact.id, outcome.starts)
    return fact.id


def to_retract(state: Knowledge, pattern: Pattern, source: str | None) -> Intent:
    """Retract all facts of a pattern, negated ones too, from one source or any; the result is how many they were."""

    async def intent(draft: Draft) -> int:
        await state.bring_up()
        table, pace = state.table, Pace()
        number = None if source is None else table.known_source(source)
        if source is not None and number is None:
            return 0
        if number is not None and pattern == ANYTHING:
            rows = rows_of_source(state, number, pace)
        else:
            rows = matching_rows(state, pattern, None, pace)
        changes = Changes(table, state.now_ms)
        async for row in rows:
            if table.retracted[row] == FOREVER and number in (None, table.sources[row]):
                changes.retracted.add(row)
        await changes.write(draft)
        return len(changes.retracted)

    return intent


def to_retract_fact(state: Knowledge, fact_id: str) -> Intent:
    """Retract one fact.

    Raises:
        NotFoundError: there is none with this id, or it was retracted.
    """

    async def intent(draft: Draft) -> None:
        await state.bring_up()
        row = state.table.row_of(fact_id)
        if row is None or state.table.retracted[row] != FOREVER:
            raise NotFoundError(f"there is no fact {fact_id}", ids=[fact_id])
        changes = Changes(state.table, state.now_ms)
        changes.retracted.add(row)
        await changes.write(draft)

    return intent


async def stamp(draft: Draft, kind: str, id: str) -> str:
    """The clock reading for a record that is written, later than the one it has."""
    before = await draft.row(kind, id)
    return draft.hlc if before is None else HybridClock.later(draft.hlc, before.updated)
