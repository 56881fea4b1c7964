"""What of a knowledge graph is in memory, kept in step with what was committed.

Rules of the file: only committed rows come in; they wait until somebody whose turn it is to change the state brings
it up to them (`bring_up`), so nothing changes under a reader that pauses. Applying a row twice, or again after an
interruption, comes to the same. Between two pauses the table and the base agree.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from heapq import heappop, heappush

from pramana.errors import CorruptError, KernelError
from pramana.graph import rows as records
from pramana.graph.batches import Batch, decode, header_of
from pramana.graph.declared import Declared
from pramana.graph.fact_table import ALWAYS, FOREVER, NONE, Columns, FactTable
from pramana.graph.loading import merged
from pramana.graph.terms import Terms
from pramana.graph.turns import Turns
from pramana.kernels.interfaces import RulesLike
from pramana.knowledge import IS, Pack, Proposal, Rule
from pramana.pace import Pace
from pramana.ports import Clock, RecordStore, Row

__all__ = ["Knowledge"]

SLICE = 1024
"""Facts applied in one stretch."""

OnAsserted = Callable[[Sequence[int], Sequence[float]], None]
"""Told triples (flat) and the confidences they are asserted with from now on, 0 for no longer."""


class Knowledge:
    """Terms, facts, rules and what else there is; a `Part` of a database. Close it: the base is in a kernel.

    Args:
        base: empty.
        clock: wall time.
    """

    def __init__(self, base: RulesLike, clock: Clock) -> None:
        self.base = base
        self.terms = Terms()
        self.is_id = self.terms.intern(IS)
        self.table = FactTable(self.terms, base)
        self.rules: dict[str, Rule] = {}
        self.removed_rules: dict[str, tuple[Rule, int]] = {}
        """And when each was removed."""
        self.rules_version = 0
        self.declared = Declared(self.terms)
        self.proposals: dict[str, Proposal] = {}
        self.packs: dict[str, Pack] = {}
        """Those that are loaded, by the id of the record."""
        self.on_asserted: list[OnAsserted] = []
        self.turns = Turns()
        """Of those who change the state, or read it across pauses."""
        self.now_ms = clock.now_ms()
        """The time that the base shows; it never goes back."""
        self._clock = clock
        self._due: list[tuple[int, int]] = []
        """When facts begin or end to hold: (time, number of the triple)."""
        self._waiting: deque[Sequence[Row]] = deque()
        self._failure: Exception | None = None
        self._closed = False

    def close(self) -> None:
        """Free the base; what is committed from here on is passed over."""
        self._closed = True
        self._waiting.clear()
        self.base.close()

    def take(self, rows: Sequence[Row]) -> None:
        """Take committed rows; those of other parts are passed over."""
        mine = [row for row in rows if row.kind in records.KINDS]
        if mine and not self._closed:
            self._waiting.append(mine)

    async def settle(self) -> None:
        """Apply what was taken, unless someone is at it; then the next call does.

        What goes wrong is raised to whoever uses the graph, and to nobody else.
        """
        if self._waiting and self.turns.free:
            async with self.turns.changing():
                await self._apply_waiting()

    async def load(self, store: RecordStore) -> None:
        """Apply what is stored. The caller has the turn to change the state, which was attached to the database first.

        It must run to its end: a state that holds a part of what is stored is good for nothing.
        """
        pace = Pace()
        async for rows in merged(store, (records.FACT, records.FACTS, records.RULE)):
            await self._apply(rows, pace)
        for kind in (records.MARKS, records.DECLARATION, records.PROPOSAL, records.PACK):
            async for rows in store.scan(kind):
                await self._apply(rows, pace)

    def up_to_date(self) -> bool:
        """Whether `bring_up` has nothing to do; if so, this is now. The caller has a turn to read the state."""
        now_ms = self._clock.now_ms()
        if self._waiting or self._failure is not None or (self._due and self._due[0][0] <= now_ms):
            return False
        self.now_ms = max(self.now_ms, now_ms)
        return True

    async def bring_up(self) -> None:
        """Apply what was taken, and the time that passed. The caller has the turn to change the state.

        Raises:
            KernelError: the state could not follow; it must be loaded anew.
        """
        await self._apply_waiting()
        if self._failure is not None:
            raise KernelError(
                "the graph in memory no longer follows the database, which is whole; close and open again "
                f"({type(self._failure).__name__}: {self._failure})"
            ) from self._failure
        await self._pass_time()

    async def _apply_waiting(self) -> None:
        pace = Pace()
        while self._waiting and self._failure is None:
            try:
                await self._apply(self._waiting[0], pace)
            except Exception as error:  # noqa: BLE001  # it is raised to every later reader, by bring_up()
                self._failure = error
                return
            # Cancelled before this, the rows are still waiting.
            self._waiting.popleft()

    async def _apply(self, rows: Iterable[Row], pace: Pace) -> None:
        newest = {(row.kind, row.id): row for row in rows}
        marks = [row for row in newest.values() if row.kind == records.MARKS]
        facts = [row for row in newest.values() if row.kind == records.FACT]
        for start in range(0, len(facts), SLICE):
            self._take_facts(facts[start : start + SLICE])
            await pace()
        for row in newest.values():
            match row.kind:
                case records.FACTS:
                    await self._take_batch(row, pace)
                case records.RULE:
                    self._take_rule(row)
                case records.DECLARATION:
                    self.declared.take(row.id, *records.declaration_of(_body(row)))
                case records.PROPOSAL:
                    self.proposals[row.id] = records.proposal_of(_body(row))
                case records.PACK:
                    self._take_pack(row)
            await pace()
        for row in marks:
            await self._take_marks(records.marks_of(_body(row)), pace)

    def _take_rule(self, row: Row) -> None:
        rule, removed_ms = records.rule_of(_body(row))
        if self.rules.get(row.id) != (rule if removed_ms is None else None):
            self.rules_version += 1
        if removed_ms is None:
            self.rules[row.id] = rule
        else:
            self.rules.pop(row.id, None)
            self.removed_rules[row.id] = rule, removed_ms

    def _take_pack(self, row: Row) -> None:
        pack = records.pack_of(_body(row))
        if pack is None:
            self.packs.pop(row.id, None)
        else:
            self.packs[row.id] = pack

    # Facts

    def _take_facts(self, rows: Sequence[Row]) -> None:
        fresh: list[records.StoredFact] = []
        for row in rows:
            if self.table.row_of(row.id) is None:
                fresh.append(records.stored_fact(_body(row)))
                _check_id(row, fresh[-1].fact.id)
        if fresh:
            self._take_fresh(fresh)

    def _take_fresh(self, fresh: Sequence[records.StoredFact]) -> None:
        table, intern = self.table, self.terms.intern
        facts = [stored.fact for stored in fresh]
        triples = array("I")
        for fact in facts:
            code = 2 * intern(fact.predicate) + fact.negated
            triples.extend((intern(fact.subject), code, intern(fact.object)))
        columns = Columns(
            triples,
            array("d", (fact.confidence for fact in facts)),
            array("I", (table.source_id(fact.source) for fact in facts)),
            array("q", (ALWAYS if fact.valid_from_ms is None else fact.valid_from_ms for fact in facts)),
            array("q", (FOREVER if fact.valid_to_ms is None else fact.valid_to_ms for fact in facts)),
            bytes(stored.implied for stored in fresh),
        )
        retracted = array("q", (FOREVER if one.retracted_ms is None else one.retracted_ms for one in facts))
        numbers = self._assert(columns, retracted)
        created = array("q", (fact.created_ms for fact in facts))
        first = table.append([fact.id for fact in facts], columns, numbers, created)
        table.retracted[first:] = retracted
        for at, stored in enumerate(fresh, first):
            if stored.superseded is not None:
                table.superseded[at] = stored.superseded

    async def _take_batch(self, row: Row, pace: Pace) -> None:
        body = _body(row)
        held = self.table.held(row.id)
        if held and held == header_of(body)["count"]:
            return
        batch = decode(body)
        _check_id(row, batch.id)
        numbers: list[int] = []
        for start in range(0, len(batch.terms), SLICE):
            numbers += map(self.terms.intern, batch.terms[start : start + SLICE])
            await pace()
        # Interrupted, it goes on where it stopped: nobody else can have appended rows meanwhile.
        for start in range(held, len(batch.facts.confidences), SLICE):
            self._take_part(batch, numbers, start)
            await pace()

    def _take_part(self, batch: Batch, numbers: Sequence[int], start: int) -> None:
        table = self.table
        part = batch.facts.part(start, start + SLICE)
        triples = part.triples[:]
        triples[0::3] = array("I", [numbers[place] for place in part.triples[0::3]])
        triples[1::3] = array("I", [2 * numbers[code >> 1] | code & 1 for code in part.triples[1::3]])
        triples[2::3] = array("I", [numbers[place] for place in part.triples[2::3]])
        source_ids = [table.source_id(source) for source in batch.sources]
        columns = part._replace(
            triples=triples, sources=array("I", [source_ids[place] for place in part.sources])
        )
        created = array("q", [batch.created_ms]) * len(part.confidences)
        table.append([batch.id], columns, self._assert(columns), created, bulk=True, origin=batch.origin)

    async def _take_marks(self, marks: records.Marks, pace: Pace) -> None:
        """Note what happened to facts.

        Facts that are not here were committed by another process while this was loaded: they come with what is
        caught up with, and so do their marks, once more.
        """
        table = self.table
        for fact_id, count, at_ms in marks.retracted:
            if (row := table.row_of(fact_id)) is not None:
                await self._retract(row, count, at_ms, pace)
        for fact_id, ending in marks.ended:
            if (row := table.row_of(fact_id)) is not None:
                table.end(row, ending)
                self._await(table.valid_to[row], table.numbers[row])
                self._reassert([table.numbers[row]])
                await pace()
        for fact_id, rating in marks.rated:
            if (row := table.row_of(fact_id)) is not None:
                table.rate(row, rating)
                self._reassert([table.numbers[row]])
                await pace()

    async def _retract(self, first: int, count: int, at_ms: int, pace: Pace) -> None:
        """Note that facts which follow each other in a record were retracted."""
        table, (record, place) = self.table, self.table.place(first)
        if (place or 0) + count > table.held(record):
            raise CorruptError(
                f"{count} facts from {table.id(first)} on were retracted; there are fewer", id=record
            )
        for low in range(first, first + count, SLICE):
            rows = slice(low, min(low + SLICE, first + count))
            table.retracted[rows] = array("q", [at_ms]) * (rows.stop - rows.start)
            self._reassert(table.numbers[rows])
            await pace()

    # What is asserted now

    def _assert(self, columns: Columns, retracted: array[int] | None = None) -> array[int]:
        """Assert facts that hold now, about to be appended; make the others known. Return their triples' numbers."""
        triples, now = columns.triples, self.now_ms
        stated = columns.confidences[:]
        begins, ends = columns.valid_from, columns.valid_to
        timed = begins.count(ALWAYS) < len(begins) or ends.count(FOREVER) < len(ends)
        if timed or retracted is not None:
            for at in range(len(stated)):
                if not begins[at] <= now < ends[at] or (retracted is not None and retracted[at] != FOREVER):
                    stated[at] = 0.0
        strongest: dict[int, float] = {}
        known = self.base.find(triples)
        if known.count(NONE) < len(known):
            numbers = array("I", (number for number in known if number != NONE))
            strongest = dict(zip(numbers, self.base.describe(numbers).asserted, strict=True))
            for at, number in enumerate(known):
                stated[at] = max(stated[at], strongest.get(number, 0.0))
        numbers = self._tell(triples, stated)
        self._settle_repeats(triples, numbers, stated)
        if timed:
            for number, begin, end in zip(numbers, begins, ends, strict=True):
                self._await(begin, number)
                self._await(end, number)
        return numbers

    def _settle_repeats(self, triples: array[int], numbers: array[int], stated: array[float]) -> None:
        """Of a triple that comes several times the greatest confidence counts, and not the last."""
        if len(set(numbers)) == len(numbers):
            return
        greatest: dict[int, tuple[float, int]] = {}
        for at, number in enumerate(numbers):
            greatest[number] = max(greatest.get(number, (0.0, at)), (stated[at], at))
        again = [(at, confidence) for confidence, at in greatest.values()]
        flat = array("I", (term for at, _ in again for term in triples[3 * at : 3 * at + 3]))
        self._tell(flat, array("d", (confidence for _, confidence in again)))

    def _reassert(self, numbers: Iterable[int]) -> None:
        """Assert triples of the table as their visible rows say now."""
        table, now = self.table, self.now_ms
        triples, stated = array("I"), array("d")
        for number in dict.fromkeys(numbers):
            best = table.strongest(table.lasting(number, now), now)
            triples.extend(table.triple(next(table.newest_of(number))))
            stated.append(0.0 if best is None else table.confidences[best])
        if stated:
            self._tell(triples, stated)

    def _tell(self, triples: array[int], stated: array[float]) -> array[int]:
        numbers = self.base.assert_facts(triples, stated)
        for told in self.on_asserted:
            told(triples, stated)
        return numbers

    def _await(self, at_ms: int, number: int) -> None:
        if self.now_ms < at_ms != FOREVER:
            heappush(self._due, (at_ms, number))

    @property
    def next_change_ms(self) -> int | None:
        """When a fact begins or ends to hold next."""
        return self._due[0][0] if self._due else None

    async def _pass_time(self) -> None:
        self.now_ms = max(self.now_ms, self._clock.now_ms())
        pace = Pace()
        while self._due and self._due[0][0] <= self.now_ms:
            numbers: list[int] = []
            while self._due and self._due[0][0] <= self.now_ms and len(numbers) < SLICE:
                numbers.append(heappop(self._due)[1])
            self._reassert(numbers)
            await pace()


def _body(row: Row) -> bytes:
    if row.body is None:
        raise CorruptError(f"the {row.kind} {row.id} has no body", id=row.id)
    return row.body


def _check_id(row: Row, found: str) -> None:
    if found != row.id:
        raise CorruptError(f"the body of {row.id} is that of {found}", id=row.id)
