"""A list of facts, checked whole before anything is written, as columns over a dictionary of its own."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pramana.graph.fact_table import ALWAYS, FOREVER, Columns
from pramana.graph.validate import circumstances_of, fields_of, spell
from pramana.knowledge import IS
from pramana.pace import Pace
from pramana.text.checks import Place, refuse
from pramana.text.terms import key_of, predicate_of, spelled

__all__ = ["Bulk", "Gathered", "bulk_of"]


@dataclass(frozen=True, slots=True)
class Bulk:
    """Facts of one `add_many`, no two the same. In `facts`, terms and sources are places in the lists here."""

    terms: list[str]
    sources: list[str]
    facts: Columns
    repeats: int
    """Facts that were given again. Of such the last confidence counts."""


async def bulk_of(facts: Any, source: str) -> Bulk:
    """Check a list of facts.

    Args:
        facts: objects with the arguments of `add`, or (subject, predicate, object).
        source: of those that name none; checked already.

    Raises:
        InputError: `details` hold index and field.
    """
    if isinstance(facts, (str, bytes, Mapping)) or not isinstance(facts, Iterable):
        refuse("facts", "a list of facts", facts)
    gathered, pace = Gathered(source), Pace()
    for index, given in enumerate(facts):
        at = Place("facts", index)
        gathered.add(fields_of(given, at), at)
        if not index & 0xFF:
            await pace()
    return gathered.bulk()


class _Places:
    """Places given out in the order of first mention, one per key."""

    def __init__(self, key: Callable[[str], str]) -> None:
        self.names: list[str] = []
        self._key = key
        self._places: dict[str, int] = {}

    def of(self, name: str) -> int:
        """The place of a name."""
        place = self._places.setdefault(self._key(name), len(self.names))
        if place == len(self.names):
            self.names.append(name)
        return place


class Gathered:
    """Columns that grow.

    Args:
        source: of facts that name none; checked already.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._terms, self._sources = _Places(key_of), _Places(str)
        self._known: dict[str, dict[str, int]] = {"subject": {}, "predicate": {}}
        self._known["object"] = self._known["subject"]
        self._plain = circumstances_of(source=source)
        self._first: dict[tuple[Any, ...], int] = {}
        """What was given → its place."""
        self._repeats = 0
        self._triples, self._source_of = array("I"), array("I")
        self._confidences = array("d")
        self._valid_from, self._valid_to = array("q"), array("q")

    def __len__(self) -> int:
        return len(self._confidences)

    def add(self, fields: dict[str, Any], at: Place | None = None) -> None:
        """Check the arguments of one fact, which are used up, and append it.

        Raises:
            InputError: `details` hold field, and index if `at` is given; nothing was appended.
        """
        subject, relation, object_ = (
            fields.pop("subject"),
            fields.pop("predicate"),
            fields.pop("object", None),
        )
        about = self._place("subject", subject, at)
        if object_ is None:
            # Spelled as an object, and the error speaks of what the caller wrote.
            predicate = self._terms.of(IS)
            object_ = self._terms.of(spell(spelled, "predicate", relation, at))
        else:
            predicate = self._place("predicate", relation, at)
            object_ = self._place("object", object_, at)
        given = circumstances_of(**{"source": self._source, **fields}, at=at) if fields else self._plain
        negated, confidence, source, starts, ends = given
        triple = (about, 2 * predicate + negated, object_)
        key = triple if given[2:] == self._plain[2:] else (*triple, source, starts, ends)
        first = self._first.setdefault(key, len(self._confidences))
        if first < len(self._confidences):
            self._confidences[first] = confidence
            self._repeats += 1
            return
        self._triples.extend(triple)
        self._confidences.append(confidence)
        self._source_of.append(self._sources.of(source))
        self._valid_from.append(ALWAYS if starts is None else starts)
        self._valid_to.append(FOREVER if ends is None else ends)

    def _place(self, field: str, value: Any, at: Place | None) -> int:
        """The place of a term; most come many times, and are spelled and checked once."""
        known = self._known[field]
        place = known.get(value) if type(value) is str else None
        if place is None:
            how = predicate_of if field == "predicate" else spelled
            place = self._terms.of(spell(how, field, value, at))
            if type(value) is str:
                known[value] = place
        return place

    def bulk(self) -> Bulk:
        """What was gathered."""
        count = len(self._confidences)
        columns = Columns(
            self._triples,
            self._confidences,
            self._source_of,
            self._valid_from,
            self._valid_to,
            bytes(count),
        )
        return Bulk(self._terms.names, self._sources.names, columns, self._repeats)
