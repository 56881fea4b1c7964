"""A graph's state in memory, without a store: facts and rules go in as records."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from pramana.graph.fact_table import ALWAYS, FOREVER, Columns, FactTable
from pramana.graph.inference import Deadline
from pramana.graph.program import Triple, atom_of
from pramana.graph.rule_language import ParsedFact, ParsedRule, parse_program
from pramana.graph.terms import Terms
from pramana.graph.view import Moment, View, Views
from pramana.kernels.interfaces import GraphLike, RulesLike
from pramana.knowledge import Fact, Rule
from tests.unit.kernels.builds import graph_factory, rules_factory

NOW = Moment(1_000_000, present=True)

build = "reference"
"""Whose kernels are used; see the fixture `each_build`."""


def new_base() -> RulesLike:
    """An empty base of facts."""
    made: RulesLike = rules_factory(build)()
    return made


def new_graph() -> GraphLike:
    """An empty graph."""
    made: GraphLike = graph_factory(build)()
    return made


class SmallState:
    """What `Views` and `Traversal` read."""

    def __init__(self, new_base: Callable[[], RulesLike] = new_base) -> None:
        self.now_ms = 1_000_000
        self.terms = Terms()
        self.new_base = new_base
        self.base = new_base()
        self.table = FactTable(self.terms, self.base)
        self.rules: dict[str, Rule] = {}
        self.removed_rules: dict[str, tuple[Rule, int]] = {}
        self.rules_version = 0
        self.on_asserted: list[Callable[[Sequence[int], Sequence[float]], None]] = []
        self.lock = asyncio.Lock()
        self.views = Views(self, new_base)

    def tell(self, facts: Iterable[Fact]) -> None:
        """Record facts under their ids."""
        for fact in facts:
            subject, predicate, object_ = map(self.terms.intern, (fact.subject, fact.predicate, fact.object))
            triple = array("I", (subject, 2 * predicate + fact.negated, object_))
            (number,) = self.base.find(triple)
            if number == 0xFFFF_FFFF:
                (number,) = self.base.assert_facts(triple, [0.0])
            columns = Columns(
                triple,
                array("d", [fact.confidence]),
                array("I", [self.table.source_id(fact.source)]),
                array("q", [ALWAYS if fact.valid_from_ms is None else fact.valid_from_ms]),
                array("q", [FOREVER if fact.valid_to_ms is None else fact.valid_to_ms]),
                bytes(1),
            )
            self.table.append([fact.id], columns, array("I", [number]), array("q", [fact.created_ms]))
            self._assert((triple[0], triple[1], triple[2]))

    def retract(self, fact_id: str, at_ms: int = 900_000) -> None:
        """Retract a fact."""
        row = self.table.row_of(fact_id)
        assert row is not None
        self.table.retracted[row] = at_ms
        self._assert(self.table.triple(row))

    def set_rules(self, rules: Iterable[Rule]) -> None:
        """Put these rules in force."""
        self.rules = {rule.id: rule for rule in rules}
        self.rules_version += 1

    @asynccontextmanager
    async def view(
        self, moment: Moment = NOW, *, max_derived: int = 100_000, timeout_s: float = 60.0
    ) -> AsyncIterator[View]:
        """The view of a moment."""
        deadline = Deadline(timeout_s)
        async with self.lock, self.views.at(moment, deadline, max_derived=max_derived) as view:
            yield view

    def facts(self, moment: Moment = NOW) -> list[Fact]:
        """The facts that hold."""
        table, times = self.table, (moment.at_ms, moment.known_ms)
        return [table.fact(row, moment.known_ms) for row in range(len(table)) if table.visible(row, *times)]

    def _assert(self, triple: Triple) -> None:
        row = self.table.strongest(self.table.rows_of(*triple), NOW.at_ms)
        confidences = array("d", [0.0 if row is None else self.table.confidence(row)])
        flat = array("I", triple)
        self.base.assert_facts(flat, confidences)
        for told in self.on_asserted:
            told(flat, confidences)


def holding(view: View) -> list[Fact]:
    """Every statement that holds, without ids; one that is not asserted is `derived`."""
    described = view.base.describe(view.base.match(None, None, None))
    flat = described.triples
    triples = zip(flat[::3], flat[1::3], flat[2::3], strict=True)
    return [
        Fact("", *atom_of(triple, view.names).to_dict().values(), confidence=confidence, derived=not asserted)
        for triple, asserted, confidence in zip(
            triples, described.asserted, described.confidence, strict=True
        )
    ]


def facts_of(text: str, prefix: str = "f") -> list[Fact]:
    """The facts of a text in the rule language, with ids f0, f1 …"""
    parsed = [one for one in parse_program(text) if isinstance(one, ParsedFact)]
    return [
        Fact(f"{prefix}{at}", *one.atom.to_dict().values(), one.confidence) for at, one in enumerate(parsed)
    ]


def rules_of(text: str) -> list[Rule]:
    """The rules of a text in the rule language, with ids r0, r1 …"""
    parsed = [one.rule for one in parse_program(text) if isinstance(one, ParsedRule)]
    return [replace(rule, id=f"r{at}") for at, rule in enumerate(parsed)]


def state_of(text: str, new_base: Callable[[], RulesLike] = new_base) -> SmallState:
    """A state with the facts and rules of a text in the rule language."""
    state = SmallState(new_base)
    state.tell(facts_of(text))
    state.set_rules(rules_of(text))
    return state
