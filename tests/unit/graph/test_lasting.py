"""Long histories of one subject: nothing comes out otherwise, and a write looks at what is not over alone."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.graph import lasting
from pramana.graph.fact_table import FactTable
from pramana.graph.knowledge_graph import KnowledgeGraph
from tests.unit.graph.graphs import START, StillClock, open_graph, said


async def recorded(graph: KnowledgeGraph) -> list[tuple[Any, ...]]:
    """Every row, with rows in the place of ids, and what is asserted of it."""
    async with graph._residence.reading() as loaded:
        table = loaded.state.table
        facts = [table.fact(row) for row in range(len(table))]
        return [
            (
                said(fact),
                (fact.valid_from_ms, fact.valid_to_ms, fact.retracted_ms),
                table.row_of(fact.superseded_by),
                loaded.state.base.describe(table.numbers[row : row + 1]).asserted[0],
            )
            for row, fact in enumerate(facts)
        ]


times = st.one_of(st.none(), st.integers(START - 3, START + 8))
facts = st.tuples(
    st.sampled_from(["f", "g", "is"]), st.sampled_from("xyz"), st.booleans(), times, times
).filter(lambda fact: fact[3] is None or fact[4] is None or fact[3] < fact[4])
writes = st.lists(
    st.tuples(st.one_of(facts, st.sampled_from("fgxyz")), st.booleans(), st.integers(0, 2)), max_size=14
)


@settings(max_examples=100, deadline=None)
@given(writes)
async def test_it_comes_to_the_same_whether_what_is_not_over_is_remembered(
    given: list[tuple[Any, bool, int]],
) -> None:
    found = []
    for long in (10**9, 0):
        clock = StillClock()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lasting, "LONG", long)
            async with open_graph(clock=clock, build="reference") as graph:
                await graph.declare("f", functional=True)
                await graph.declare("x", disjoint_with="y")
                for one, bulk, pause in given:
                    if isinstance(one, str):
                        await graph.retract(**{"predicate" if one in "fg" else "object": one})
                    else:
                        names = ("predicate", "object", "negated", "valid_from_ms", "valid_to_ms")
                        fact = {"subject": "a", **dict(zip(names, one, strict=True))}
                        await (graph.add_many([fact]) if bulk else graph.add(**fact))
                    clock.ms += pause
                found.append(await recorded(graph))
    assert found[0] == found[1]


@pytest.mark.parametrize("objects", [2, 10**6])
async def test_a_long_history_is_not_looked_at_again(objects: int, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = 0
    newest_of = FactTable.newest_of

    def counted(table: FactTable, number: int) -> Iterator[int]:
        nonlocal looked
        for row in newest_of(table, number):
            looked += 1
            yield row

    monkeypatch.setattr(FactTable, "newest_of", counted)
    clock = StillClock()
    async with open_graph(clock=clock) as graph:
        await graph.declare("state", functional=True)
        for n in range(200):
            clock.ms += 1
            if n == 150:
                looked = 0
            await graph.add("door", "state", f"s{n % objects}")
        assert looked <= 50 * 10
        (fact,) = await graph.match("door")
        assert (fact.object, fact.valid_from_ms) == (f"s{199 % objects}", clock.ms)
        assert len(await graph.conflicts()) == 199


def test_what_is_short_is_not_remembered() -> None:
    rows = lasting.Lasting(array("q", [9] * 40), array("q", range(40)), 9)
    asked = []

    def every(count: int) -> range:
        asked.append(count)
        return range(count)

    for count in (lasting.LONG, lasting.LONG + 1, lasting.LONG + 1):
        assert rows.rows("a", lambda count=count: every(count), 3) == [*range(4, count)]
    assert asked == [lasting.LONG, lasting.LONG + 1]
    rows.note("a", 39)
    rows.note("b", 39)
    assert rows.rows("a", lambda: every(1), 14) == [15, 16, 39]
    assert rows.rows("b", lambda: every(1), 14) == []
