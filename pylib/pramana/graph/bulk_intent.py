"""What `add_many` puts into a commit: batches of columns, and what they do to the facts that were there."""

from __future__ import annotations

from array import array
from collections.abc import Callable

from pramana.graph.batches import MAX_FACTS, Batch
from pramana.graph.bulk import Bulk
from pramana.graph.changes import Changes
from pramana.graph.conflicts import Settled, opposed, settled, there_already
from pramana.graph.fact_table import NONE, OWN, Columns, Origin
from pramana.graph.knowledge_state import Knowledge
from pramana.graph.rows import batch_row
from pramana.pace import Pace
from pramana.records import uuid7
from pramana.store.draft import Draft
from pramana.store.writer import Intent

__all__ = ["Progress", "record_bulk", "to_add_bulk"]

SLICE = 512
"""Facts in one stretch."""

Progress = Callable[[int, int], None]
"""Told how many facts of how many are in the commit, or were there already."""


def to_add_bulk(state: Knowledge, bulk: Bulk, on_progress: Progress | None) -> Intent:
    """Record facts in one commit; the result is how many were added, and how many there already."""

    async def intent(draft: Draft) -> dict[str, int]:
        await state.bring_up()
        return await record_bulk(draft, state, bulk, on_progress)

    return intent


async def record_bulk(
    draft: Draft, state: Knowledge, bulk: Bulk, on_progress: Progress | None, origin: Origin = OWN
) -> dict[str, int]:
    """Record facts as batches, those of a pack under its name; return what `to_add_bulk` results in."""
    pace = Pace()
    work = _Work(draft, state, bulk, origin)
    await work.look_up_terms(pace)
    count = len(bulk.facts.confidences)
    for start in range(0, count, SLICE):
        work.take(start, min(start + SLICE, count))
        if on_progress is not None:
            on_progress(min(start + SLICE, count) + bulk.repeats, count + bulk.repeats)
        await pace()
    work.flush()
    await work.changes.write(draft)
    return {"added": count - work.known, "known": work.known + bulk.repeats}


class _Work:
    """One run of the intent."""

    def __init__(self, draft: Draft, state: Knowledge, bulk: Bulk, origin: Origin) -> None:
        self.changes = Changes(state.table, state.now_ms)
        self.known = 0
        self._draft, self._state, self._bulk, self._origin = draft, state, bulk, origin
        self._numbers = array("I")
        self._sources = [state.table.known_source(source) for source in bulk.sources]
        self._batch = _Filling(uuid7(state.now_ms), bulk)

    async def look_up_terms(self, pace: Pace) -> None:
        """Find the numbers of the terms that are known."""
        for start in range(0, len(self._bulk.terms), SLICE):
            found = map(self._state.terms.id_of, self._bulk.terms[start : start + SLICE])
            self._numbers.extend(NONE if number is None else number for number in found)
            await pace()

    def take(self, start: int, stop: int) -> None:
        """Put some of the facts into batches, but those that are there already."""
        facts, numbers = self._bulk.facts, self._numbers
        places = facts.triples[3 * start : 3 * stop]
        subjects = [numbers[place] for place in places[0::3]]
        predicates = [numbers[code >> 1] for code in places[1::3]]
        objects = [numbers[place] for place in places[2::3]]
        codes = [
            NONE if predicate == NONE else 2 * predicate + (code & 1)
            for predicate, code in zip(predicates, places[1::3], strict=True)
        ]
        told = list(zip(subjects, codes, objects, strict=True))
        known = [at for at, triple in enumerate(told) if NONE not in triple]
        found = [NONE] * len(told)
        flat = array("I", (term for at in known for term in told[at]))
        for at, number in zip(known, self._state.base.find(flat), strict=True):
            found[at] = number
        for at, (triple, number) in enumerate(zip(told, found, strict=True), start):
            self._take(at, *triple, number)

    def _take(self, at: int, subject: int, code: int, object: int, number: int) -> None:
        state, facts = self._state, self._bulk.facts
        starts, ends = facts.valid_from[at], facts.valid_to[at]
        if number != NONE:
            source = self._sources[facts.sources[at]]
            there = there_already(state, number, source, starts, ends, self._origin.pack)
            if there is not None:
                self.known += 1
                if state.table.confidence(there) != facts.confidences[at]:
                    self.changes.confidence[there] = facts.confidences[at]
                return
        outcome = Settled(starts, False, ends, None, [])
        if subject != NONE and code != NONE:
            against = opposed(state, subject, code, None if object == NONE else object)
            if against.numbers or against.functional:
                outcome = settled(state, against, starts, ends, self.changes.end_of)
        fact_id = self._append(at, outcome)
        for row in outcome.closed:
            self.changes.ended[row] = (fact_id, outcome.starts)

    def _append(self, at: int, outcome: Settled) -> str:
        """Put a fact into the batch that is being filled, and return its id."""
        if len(self._batch) == MAX_FACTS:
            self.flush()
        fact_id = self._batch.append(at, outcome)
        if outcome.by is not None:
            self.changes.ended_at_once[fact_id] = (self._state.table.id(outcome.by), outcome.ends)
        return fact_id

    def flush(self) -> None:
        """Write the batch that is being filled, unless it is empty, and begin another."""
        if len(self._batch):
            self._batch.write(self._draft, self._state.now_ms, self._origin)
        self._batch = _Filling(uuid7(self._state.now_ms), self._bulk)


class _Filling:
    """A batch that is being filled, over a dictionary of the names it needs."""

    def __init__(self, id: str, bulk: Bulk) -> None:
        self._id, self._bulk = id, bulk
        self._terms: dict[int, int] = {}
        self._sources: dict[int, int] = {}
        """Place in the whole list → place in the batch."""
        self._triples, self._source_of = array("I"), array("I")
        self._confidences = array("d")
        self._valid_from, self._valid_to = array("q"), array("q")
        self._implied = bytearray()

    def __len__(self) -> int:
        return len(self._confidences)

    def append(self, at: int, outcome: Settled) -> str:
        """Append a fact of the list and return its id.

        Args:
            at: its place in the list.
            outcome: when it begins.
        """
        facts, terms = self._bulk.facts, self._terms
        place = len(self)
        subject, code, object_ = facts.triples[3 * at : 3 * at + 3]
        subject = terms.setdefault(subject, len(terms))
        predicate = terms.setdefault(code >> 1, len(terms))
        object_ = terms.setdefault(object_, len(terms))
        self._triples.extend((subject, 2 * predicate + (code & 1), object_))
        self._source_of.append(self._sources.setdefault(facts.sources[at], len(self._sources)))
        self._confidences.append(facts.confidences[at])
        self._valid_from.append(outcome.starts)
        self._valid_to.append(facts.valid_to[at])
        self._implied.append(outcome.implied)
        return f"{self._id}:{place}"

    def write(self, draft: Draft, now_ms: int, origin: Origin) -> None:
        """Put the batch into a commit."""
        terms = [self._bulk.terms[place] for place in self._terms]
        sources = [self._bulk.sources[place] for place in self._sources]
        columns = Columns(
            self._triples,
            self._confidences,
            self._source_of,
            self._valid_from,
            self._valid_to,
            bytes(self._implied),
        )
        draft.put(batch_row(Batch(self._id, now_ms, draft.hlc, terms, sources, columns, origin)))
