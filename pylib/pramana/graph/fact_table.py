"""Asserted facts as columns: one row per record of a statement, chained by triple.

Rules of the file: rows are only ever appended, in the order in which they were committed; what happens to a fact
later (retracted, superseded, given another confidence) is noted in its row. A predicate code is
`2 * predicate + negated`. Times are milliseconds.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from pramana.graph.history import Ending, Rated, Rating, Superseded
from pramana.graph.lasting import Lasting
from pramana.graph.terms import Terms
from pramana.kernels.interfaces import RulesLike
from pramana.knowledge import Fact

__all__ = ["ALWAYS", "FOREVER", "NONE", "OWN", "Columns", "FactTable", "Origin"]

NONE = 0xFFFFFFFF
"""Instead of a number or a row: there is none."""
ALWAYS, FOREVER = -(2**63), 2**63 - 1
"""Instead of a time: no beginning, no end."""


class Origin(NamedTuple):
    """The knowledge pack that facts came with, and its licence."""

    pack: str
    licence: str


OWN = Origin("", "")
"""Of facts that came with no pack."""


class Columns(NamedTuple):
    """Facts to append, as columns of one length (`triples`: three times that)."""

    triples: array[int]
    """array("I"), flat: subject, predicate code, object"""
    confidences: array[float]
    """array("d")"""
    sources: array[int]
    """array("I"): numbers that `FactTable.source_id` gave"""
    valid_from: array[int]
    """array("q"), ALWAYS where there is none"""
    valid_to: array[int]
    """array("q"), FOREVER where there is none"""
    implied: bytes
    """1 where `valid_from` was not stated: it is when the fact took another's place"""

    def part(self, start: int, stop: int) -> Columns:
        """Some of the facts."""
        return Columns(
            self.triples[3 * start : 3 * stop],
            self.confidences[start:stop],
            self.sources[start:stop],
            self.valid_from[start:stop],
            self.valid_to[start:stop],
            self.implied[start:stop],
        )


class FactTable:
    """Facts by row; a row has an id, and the triple has a number in `base`, which must know it already."""

    def __init__(self, terms: Terms, base: RulesLike) -> None:
        self._terms, self._base = terms, base
        self.subjects, self.predicates, self.objects = array("I"), array("I"), array("I")
        self.confidences = array("d")
        self.sources = array("I")
        self.valid_from, self.valid_to = array("q"), array("q")
        self.created, self.retracted = array("q"), array("q")
        self.numbers = array("I")
        """Of the triples, in the base."""
        self.superseded: dict[int, Superseded] = {}
        self.rated: dict[int, Rated] = {}
        self.implied: set[int] = set()
        """Rows whose `valid_from` was not stated."""
        self.in_use: Counter[int] = Counter()
        """Rows by predicate code."""
        self.source_names: list[str] = []
        self._source_ids: dict[str, int] = {}
        self._newest = array("I")
        self._before = array("I")
        self._lasting = Lasting(self.retracted, self.valid_to, FOREVER)
        self._units = array("I")
        self._unit_ids: list[str] = []
        self._unit_first = array("I")
        self._unit_bulk = bytearray()
        self._unit_of: dict[str, int] = {}
        self._origins: dict[int, Origin] = {}
        """By unit, of those that came with a pack."""
        self._by_id: list[int] = []
        """Units in the order of their ids, which is that of time also where another process was first."""

    def __len__(self) -> int:
        return len(self.subjects)

    def source_id(self, source: str) -> int:
        """The number of a source, which it gets now if it has none."""
        found = self._source_ids.setdefault(source, len(self.source_names))
        if found == len(self.source_names):
            self.source_names.append(source)
        return found

    def known_source(self, source: str) -> int | None:
        """The number of a source, if any fact came from it."""
        return self._source_ids.get(source)

    def append(
        self,
        records: Sequence[str],
        columns: Columns,
        numbers: array[int],
        created: array[int],
        *,
        bulk: bool = False,
        origin: Origin = OWN,
    ) -> int:
        """Append facts and return the first row.

        Args:
            records: the record of each fact; of a batch, its one id.
            columns: the facts.
            numbers: of their triples in the base.
            created: when they were recorded.
            bulk: whether the record is a batch: then a fact's id is `<record>:<place>`. The facts of a batch follow
                each other, also where they come in parts.
            origin: of all facts of a batch.
        """
        first, count = len(self), len(numbers)
        if bulk:
            (record,) = records
            if record not in self._unit_of:
                self._add_units(records, first, bulk=True)
                if origin != OWN:
                    self._origins[self._unit_of[record]] = origin
            if self._unit_of[record] != len(self._unit_ids) - 1:
                raise RuntimeError(f"the facts of the batch {record} do not follow each other")
            self._units += array("I", [self._unit_of[record]]) * count
        else:
            self._units += array("I", range(len(self._unit_ids), len(self._unit_ids) + count))
            self._add_units(records, first, bulk=False)
        self.subjects += columns.triples[0::3]
        self.predicates += columns.triples[1::3]
        self.objects += columns.triples[2::3]
        self.confidences += columns.confidences
        self.sources += columns.sources
        self.valid_from += columns.valid_from
        self.valid_to += columns.valid_to
        self.created += created
        self.retracted += array("q", [FOREVER]) * count
        self.numbers += numbers
        if any(columns.implied):
            self.implied.update(first + at for at, flag in enumerate(columns.implied) if flag)
        self.in_use.update(columns.triples[1::3])
        self._chain(first, numbers)
        return first

    def _add_units(self, records: Sequence[str], first: int, *, bulk: bool) -> None:
        for record in records:
            self._unit_of[record] = len(self._unit_ids)
            self._unit_ids.append(record)
            self._unit_first.append(first)
            self._unit_bulk.append(bulk)
            first += 1
            newest = self._by_id[-1] if self._by_id else None
            self._by_id.append(self._unit_of[record])
            if newest is not None and record < self._unit_ids[newest]:
                insort(self._by_id, self._by_id.pop(), key=self._unit_ids.__getitem__)

    def _chain(self, first: int, numbers: array[int]) -> None:
        newest, before = self._newest, self._before
        newest += array("I", [NONE]) * (max(numbers, default=-1) + 1 - len(newest))
        for row, number in enumerate(numbers, first):
            before.append(newest[number])
            newest[number] = row
            if self._lasting:
                self._lasting.note(number, row)
                self._lasting.note((self.subjects[row], self.predicates[row]), row)

    @property
    def size_bytes(self) -> int:
        """Of the columns."""
        columns = (column for column in vars(self).values() if isinstance(column, array))
        return sum(len(column) * column.itemsize for column in columns)

    def held(self, record: str) -> int:
        """How many rows of a record there are."""
        unit = self._unit_of.get(record)
        return 0 if unit is None else len(self._range(unit))

    def _range(self, unit: int) -> range:
        after = unit + 1
        stop = self._unit_first[after] if after < len(self._unit_first) else len(self)
        return range(self._unit_first[unit], stop)

    # Rows

    def rows(self, number: int) -> list[int]:
        """The rows of a triple by its number in the base, newest last."""
        return [*self.newest_of(number)][::-1]

    def newest_of(self, number: int) -> Iterator[int]:
        """The rows of a triple, newest first."""
        row = self._newest[number] if number < len(self._newest) else NONE
        while row != NONE:
            yield row
            row = self._before[row]

    def lasting(self, number: int, now_ms: int) -> list[int]:
        """The rows of a triple that are neither retracted nor ended by now, newest last; see `Lasting`."""
        return self._lasting.rows(number, lambda: self.rows(number), now_ms)

    def lasting_about(
        self, subject: int, code: int, numbers: Callable[[], Iterable[int]], now_ms: int
    ) -> list[int]:
        """Likewise those of a subject and a predicate code; `numbers` gives its triples when they are needed."""
        return self._lasting.rows(
            (subject, code), lambda: (row for number in numbers() for row in self.rows(number)), now_ms
        )

    def rows_of(self, subject: int, code: int, object: int) -> list[int]:
        """The rows of a triple, newest last."""
        (number,) = self._base.find(array("I", [subject, code, object]))
        return self.rows(number)

    def row_of(self, fact_id: str) -> int | None:
        """The row of a fact."""
        record, _, place = fact_id.partition(":")
        unit = self._unit_of.get(record)
        if unit is None or bool(place) != self._unit_bulk[unit]:
            return None
        if not place:
            return self._unit_first[unit]
        # Only what `id` writes names a fact: "007" does not.
        if not (place.isascii() and place.isdigit() and len(place) <= 10 and str(int(place)) == place):
            return None
        row = self._unit_first[unit] + int(place)
        return row if row < len(self) and self._units[row] == unit else None

    def id(self, row: int) -> str:
        """The id of the fact in a row."""
        record, place = self.place(row)
        return record if place is None else f"{record}:{place}"

    def place(self, row: int) -> tuple[str, int | None]:
        """The record a row comes from, and its place there; None where the record is that one fact."""
        unit = self._units[row]
        place = row - self._unit_first[unit] if self._unit_bulk[unit] else None
        return self._unit_ids[unit], place

    def age(self, row: int) -> tuple[str, int]:
        """What orders facts from the oldest on, in the same way wherever they are loaded."""
        unit = self._units[row]
        return self._unit_ids[unit], row - self._unit_first[unit]

    def newest_first(self, before: tuple[str, int] | None = None) -> Iterator[int]:
        """The rows by descending `age`, all or those older than an age."""
        last = len(self._by_id)
        if before is not None:
            record, place = before
            last = bisect_left(self._by_id, record, key=self._unit_ids.__getitem__)
            if last < len(self._by_id) and self._unit_ids[self._by_id[last]] == record:
                yield from reversed(self._range(self._by_id[last])[:place])
        for at in range(last - 1, -1, -1):
            yield from reversed(self._range(self._by_id[at]))

    def origin(self, row: int) -> Origin:
        """The pack that the fact came with, if any."""
        return self._origins.get(self._units[row], OWN)

    def rows_of_pack(self, pack: str) -> list[range]:
        """The rows that came with packs of this name, also those that were removed since."""
        return [self._range(unit) for unit, origin in self._origins.items() if origin.pack == pack]

    def triple(self, row: int) -> tuple[int, int, int]:
        """Subject, predicate code and object."""
        return self.subjects[row], self.predicates[row], self.objects[row]

    def confidence(self, row: int, known_ms: int | None = None) -> float:
        """The confidence of the fact, by what was known then (None: now)."""
        rated = None if known_ms is None else self.rated.get(row)
        return self.confidences[row] if rated is None else rated.known(known_ms)

    # Time

    def end(self, row: int, ending: Ending) -> None:
        """Note that a fact was superseded; twice is once."""
        superseded = self.superseded.get(row) or Superseded(self.valid_to[row], ())
        self.superseded[row] = superseded.also(ending)
        self.valid_to[row] = self.superseded[row].ends(None)

    def rate(self, row: int, rating: Rating) -> None:
        """Note that a fact got another confidence; twice is once."""
        rated = self.rated.setdefault(row, Rated(self.confidences[row], []))
        rated.take(rating)
        self.confidences[row] = rated.known(None)

    def visible(self, row: int, at_ms: int, known_ms: int | None = None) -> bool:
        """Whether the fact holds at a time, by what was known at another (None: all that is known now)."""
        if not (self.valid_from[row] <= at_ms and self.stands(row, known_ms)):
            return False
        return at_ms < self.ends(row, known_ms)

    def ends(self, row: int, known_ms: int | None = None) -> int:
        """When the fact ends to hold, by what was known then (None: now)."""
        superseded = None if known_ms is None else self.superseded.get(row)
        return self.valid_to[row] if superseded is None else superseded.ends(known_ms)

    def stands(self, row: int, known_ms: int | None = None) -> bool:
        """Whether the fact was recorded and not retracted, by what was known then (None: now)."""
        if known_ms is None:
            return self.retracted[row] == FOREVER
        return self.created[row] <= known_ms < self.retracted[row]

    def strongest(self, rows: Iterable[int], at_ms: int, known_ms: int | None = None) -> int | None:
        """The most confident of the rows that are visible then, the older of two equals; None if none is."""
        best, most = None, 0.0
        for row in rows:
            confidence = self.confidence(row, known_ms)
            if (best is None or confidence > most) and self.visible(row, at_ms, known_ms):
                best, most = row, confidence
        return best

    def fact(self, row: int, known_ms: int | None = None) -> Fact:
        """The fact in a row, spelled as its terms were first, by what was known of it then (None: now)."""
        names, superseded = self._terms.name, self.superseded.get(row)
        ending = None if superseded is None else superseded.known(known_ms)
        code = self.predicates[row]
        valid_from, valid_to, retracted = self.valid_from[row], self.ends(row, known_ms), self.retracted[row]
        if known_ms is not None and known_ms < retracted:
            retracted = FOREVER
        pack, licence = self.origin(row)
        return Fact(
            id=self.id(row),
            subject=names(self.subjects[row]),
            predicate=names(code >> 1),
            object=names(self.objects[row]),
            negated=bool(code & 1),
            confidence=self.confidence(row, known_ms),
            source=self.source_names[self.sources[row]],
            valid_from_ms=None if valid_from == ALWAYS else valid_from,
            valid_to_ms=None if valid_to == FOREVER else valid_to,
            created_ms=self.created[row],
            retracted_ms=None if retracted == FOREVER else retracted,
            superseded_by="" if ending is None else ending.by,
            pack=pack,
            licence=licence,
        )
