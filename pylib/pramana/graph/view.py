"""What holds at one moment, with all that follows, and the records it rests on.

The present is kept in memory: the facts, and where there are rules what follows from them, beside the facts. Any other
moment is a base of its own, made for one question from the facts that held then and the rules in force, both by what
was known then.
"""

from __future__ import annotations

from array import array
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import TypeAlias

from pramana.graph.fact_table import FactTable
from pramana.graph.inference import Deadline, Inference
from pramana.graph.present import BATCH, Present
from pramana.graph.program import Names, Program, Triple, triple_of
from pramana.graph.state import State
from pramana.kernels.interfaces import RulesLike
from pramana.kernels.rules import MISSING
from pramana.knowledge import Atom, Fact, Rule
from pramana.text.terms import key_of, number_of

__all__ = ["BATCH", "Moment", "View", "Views", "visible_triples"]

Apart: TypeAlias = Callable[[Deadline], Awaitable[Inference]]
"""Gives a base with the same facts and what follows, which nobody else reads."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When facts hold, and by what was known when (None: now)."""

    at_ms: int
    known_ms: int | None = None
    present: bool = False
    """Whether this is what the base in memory shows."""

    @classmethod
    def of(cls, state: State, as_of_ms: int | None, known_at_ms: int | None) -> Moment:
        """The moment that a reader asks for, None for now. The state must not change until it is read."""
        if as_of_ms is None and known_at_ms is None:
            return cls(state.now_ms, present=True)
        return cls(state.now_ms if as_of_ms is None else as_of_ms, known_at_ms)


@dataclass(frozen=True, slots=True)
class View:
    """A base brought up to date, and what is behind it. It must not change while it is read."""

    inference: Inference
    table: FactTable
    moment: Moment
    names: Names
    apart: Apart
    """May be asked while the view lasts."""
    assumed: Mapping[Triple, Fact] = field(default_factory=dict)

    @property
    def base(self) -> RulesLike:
        """What holds."""
        return self.inference.base

    @property
    def program(self) -> Program:
        """The rules that were followed."""
        return self.inference.program

    def number_of(self, statement: Atom) -> int | None:
        """The number of a statement that holds, None for any other."""
        triple = triple_of(statement, self.names)
        if triple is None:
            return None
        (number,) = self.base.find(array("I", triple))
        return number if number != MISSING and self.base.describe([number]).confidence[0] else None

    def records(self, triple: Triple) -> list[Fact]:
        """The facts that state a triple and hold, the most confident first, the older of two equals."""
        assumed = self.assumed.get(triple)
        if assumed is not None:
            return [assumed]
        table, moment = self.table, self.moment
        rows = [row for row in table.rows_of(*triple) if table.visible(row, moment.at_ms, moment.known_ms)]
        rows.sort(key=lambda row: table.confidence(row, moment.known_ms), reverse=True)
        return [table.fact(row, moment.known_ms) for row in rows]

    @asynccontextmanager
    async def assuming(self, statements: Sequence[Atom], deadline: Deadline) -> AsyncIterator[View]:
        """What would hold if some statements did, of any terms: as facts with ids "assumption:1" and so on.

        Raises:
            BudgetError: more would follow than the view's budget allows.
        """
        for term in (side for one in statements for side in (one.subject, one.object)):
            if number_of(term) is not None:
                # A number stays, as a term of which nothing is stated: the base is told its value, and keeps it.
                self.names.intern(term)
        inference = await self.apart(deadline)
        names = _Added(self.names)
        assumed: dict[Triple, Fact] = {}
        for one in statements:
            subject, predicate, object_ = map(names.intern, (one.subject, one.predicate, one.object))
            told = Fact(f"assumption:{len(assumed) + 1}", one.subject, one.predicate, one.object, one.negated)
            assumed.setdefault((subject, 2 * predicate + one.negated, object_), told)
        flat = array("I", (term for triple in assumed for term in triple))
        before = _asserted(inference.base, flat)
        inference.base.assert_facts(flat, array("d", [1.0]) * len(assumed))
        try:
            await inference.run(deadline)
            yield replace(self, inference=inference, names=names, assumed=assumed)
        finally:
            # What followed goes when rules are followed next, which is before anything that follows is read.
            inference.base.assert_facts(flat, before)


def _asserted(base: RulesLike, triples: array[int]) -> array[float]:
    """The confidence each triple is asserted with, 0 where it is not."""
    numbers = base.find(triples)
    known = array("I", (number for number in numbers if number != MISSING))
    asserted = dict(zip(known, base.describe(known).asserted, strict=True))
    return array("d", (asserted.get(number, 0.0) for number in numbers))


class _Added:
    """Terms of one question beside those of the graph, which it must not change."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._first = len(names)
        self._numbers: dict[str, int] = {}
        self._texts: list[str] = []

    def __len__(self) -> int:
        return self._first + len(self._texts)

    def id_of(self, text: str) -> int | None:
        known = self._names.id_of(text)
        return self._numbers.get(key_of(text)) if known is None else known

    def intern(self, text: str) -> int:
        known = self.id_of(text)
        if known is None:
            known = self._numbers[key_of(text)] = len(self)
            self._texts.append(text)
        return known

    def name(self, term: int) -> str:
        return self._names.name(term) if term < self._first else self._texts[term - self._first]


class Views:
    """Gives views of a graph that is in memory, one after the other. Close it: bases are in a kernel."""

    def __init__(self, state: State, new_base: Callable[[], RulesLike]) -> None:
        self._state = state
        self._new_base = new_base
        self._stated = Inference(state.base, state.terms)
        self._present = Present(state, new_base)

    @property
    def derived(self) -> int:
        """How much followed when rules were last followed in the present."""
        return self._present.derived

    def close(self) -> None:
        """Free what is kept. Closing twice is allowed."""
        self._present.close()

    @asynccontextmanager
    async def at(self, moment: Moment, deadline: Deadline, *, max_derived: int) -> AsyncIterator[View]:
        """The view of a moment, as long as it lasts. There must be no other, and the state must not change meanwhile.

        Args:
            moment: made since the state last changed.
            deadline: ends the inference.
            max_derived: at most so many derived triples.

        Raises:
            BudgetError: a budget was reached; nothing was changed.
        """
        state = self._state
        if moment.present:
            follow = partial(self._present.follow, max_derived=max_derived)
            yield self._view(await follow(deadline) if state.rules else self._stated, moment, follow)
            return
        base = self._new_base()
        try:
            await _assert_visible(base, state.table, moment, deadline)
            known = state.rules if moment.known_ms is None else _known(state, moment.known_ms)
            inference = Inference(base, state.terms)
            again = partial(inference.follow, known, 0, max_derived=max_derived)
            yield self._view(await again(deadline), moment, again)
        finally:
            base.close()

    def _view(self, inference: Inference, moment: Moment, apart: Apart) -> View:
        return View(inference, self._state.table, moment, self._state.terms, apart)


def _known(state: State, known_ms: int) -> dict[str, Rule]:
    """The rules that were in force by what was known then, oldest first."""
    removed = (rule for rule, removed_ms in state.removed_rules.values() if known_ms < removed_ms)
    known = (rule for rule in (*state.rules.values(), *removed) if rule.created_ms <= known_ms)
    return {rule.id: rule for rule in sorted(known, key=lambda rule: rule.id)}


async def _assert_visible(base: RulesLike, table: FactTable, moment: Moment, deadline: Deadline) -> None:
    strongest = await visible_triples(table, moment, deadline)
    triples, confidences = list(strongest), array("d", strongest.values())
    for start in range(0, len(triples), BATCH):
        part = triples[start : start + BATCH]
        base.assert_facts(array("I", chain.from_iterable(part)), confidences[start : start + BATCH])
        await deadline()


async def visible_triples(table: FactTable, moment: Moment, deadline: Deadline) -> dict[Triple, float]:
    """Return the triples that are stated at a moment, with the confidence of their most confident fact."""
    strongest: dict[Triple, float] = {}
    for row in range(len(table)):
        if table.visible(row, moment.at_ms, moment.known_ms):
            triple, confidence = table.triple(row), table.confidence(row, moment.known_ms)
            strongest[triple] = max(confidence, strongest.get(triple, 0.0))
        if not row % BATCH:
            await deadline()
    return strongest
