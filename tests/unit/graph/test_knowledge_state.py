"""The state in memory: loaded in parts, interrupted anywhere, the same in the end."""

from __future__ import annotations

import asyncio
from array import array
from itertools import count

import pytest

from pramana.errors import CorruptError, KernelError
from pramana.graph import knowledge_state
from pramana.graph.batches import Batch
from pramana.graph.fact_table import ALWAYS, FOREVER, Columns
from pramana.graph.knowledge_state import Knowledge
from pramana.graph.rows import Marks, StoredFact, batch_row, fact_row, marks_row
from pramana.kernels.rules import RuleBase
from pramana.knowledge import Fact
from pramana.ports import Row
from tests.unit.graph.graphs import Reopenable, StillClock, open_graph
from tests.unit.kernels.builds import shared_module


def new_state() -> Knowledge:
    return Knowledge(RuleBase(shared_module("rules", "simd")), StillClock())


def shown(state: Knowledge) -> tuple[object, ...]:
    facts = [state.table.fact(row) for row in state.table.newest_first()]
    base = state.base
    described = base.describe(base.match(None, None, None, which="asserted"))
    return facts, sorted(described.asserted), base.holding, state.rules, state.proposals


async def filled() -> Reopenable:
    store = Reopenable()
    async with open_graph(store) as graph:
        await graph.add("x", "p", "y")
        await graph.add_many([(f"a{n}", "p", f"b{n % 50}") for n in range(2500)], source="s")
        await graph.retract(object="b7")
        await graph.declare("p", functional=True)
        await graph.add_many([(f"a{n}", "p", "c") for n in range(100)])
        await graph.add_rule("(?x p ?y) => (?y q ?x)")
    await store.open()
    return store


class InterruptedLoadError(Exception):
    pass


@pytest.mark.parametrize("error", [asyncio.CancelledError, InterruptedLoadError])
async def test_loading_that_was_interrupted_anywhere_goes_on(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, whole = await filled(), new_state()
    await whole.load(store)
    expected = shown(whole)
    for stop in count():
        paces = iter(range(stop))

        class Stopping:
            async def __call__(self, paces: object = paces) -> None:
                if next(paces, None) is None:  # type: ignore[call-overload]
                    raise error

        state = new_state()
        with monkeypatch.context() as patch:
            patch.setattr(knowledge_state, "Pace", Stopping)
            try:
                await state.load(store)
                break
            except error:
                pass
        await state.load(store)
        assert shown(state) == expected, stop
        state.close()
    assert stop > 20


async def test_rows_that_come_again_change_nothing() -> None:
    store, state = await filled(), new_state()
    rows = [row async for batch in store.scan() for row in batch]
    state.take(rows)
    await state.settle()
    expected = shown(state)
    state.take(rows)
    state.take(rows[::-1])
    await state.settle()
    await state.bring_up()
    assert shown(state) == expected


async def test_the_marks_of_a_batch_that_comes_later_come_with_it() -> None:
    store, state = await filled(), new_state()
    rows = [row async for batch in store.scan() for row in batch]
    state.take([row for row in rows if row.kind == "marks"])
    state.take(rows)
    await state.bring_up()
    whole = new_state()
    await whole.load(store)
    assert sorted(map(str, shown(state)[0])) == sorted(map(str, shown(whole)[0]))


@pytest.mark.parametrize(
    "row",
    [
        Row("fact", "x", b'{"id":"y","subject":"a","predicate":"p","object":"b"}', None),
        Row("facts", "x", b"not a batch", None),
        Row("rule", "x", None, None),
    ],
)
async def test_a_record_that_cannot_be_one_is_corrupt(row: Row) -> None:
    class Store(Reopenable):
        async def scan(self, kind=None):
            if kind == row.kind:
                yield [row]

    store = Store()
    await store.open()
    with pytest.raises(CorruptError):
        await new_state().load(store)


async def test_other_parts_records_are_passed_over() -> None:
    state = new_state()
    state.take([Row("pattern", "x", b"{}", None)])
    await state.bring_up()
    assert shown(state)[0] == []


async def test_a_closed_state_keeps_nothing() -> None:
    store, state = await filled(), new_state()
    state.close()
    state.take([row async for batch in store.scan() for row in batch])
    await state.settle()
    await state.bring_up()
    assert len(state.table) == 0


@pytest.mark.parametrize(("fact", "count"), [("b:0", 4), ("b:2", 2), ("x", 2)])
async def test_a_retraction_of_facts_that_are_not_there_is_corrupt(fact: str, count: int) -> None:
    state = new_state()
    triples = array("I", [0, 2, 2, 2, 2, 0, 1, 2, 2])
    plain = array("q", [ALWAYS] * 3), array("q", [FOREVER] * 3), bytes(3)
    columns = Columns(triples, array("d", [1.0] * 3), array("I", bytes(12)), *plain)
    single = StoredFact(Fact("x", "a", "p", "b"))
    rows = [batch_row(Batch("b", 1, "", ["a", "p", "b"], [""], columns)), fact_row(single, "")]
    state.take(rows)
    state.take([marks_row("m", Marks([("b:0", 3, 5), ("x", 1, 5)], [], []), 5, "1")])
    await state.bring_up()
    assert [*state.table.retracted] == [5] * 4
    state.take([marks_row("n", Marks([(fact, count, 6)], [], []), 6, "2")])
    with pytest.raises(KernelError, match="there are fewer"):
        await state.bring_up()
    assert len(state.table.retracted) == len(state.table) == 4
