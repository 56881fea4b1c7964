from __future__ import annotations

from array import array
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.graph.fact_table import ALWAYS, FOREVER, Columns, FactTable
from pramana.graph.history import Ending, Rating, Superseded
from pramana.graph.lasting import LONG
from pramana.graph.terms import Terms
from pramana.kernels.reference.rules import ReferenceRuleBase


def table_of() -> FactTable:
    terms = Terms()
    for name in ("socrates", "is", "mortal", "plato"):
        terms.intern(name)
    return FactTable(terms, ReferenceRuleBase())


def put(table: FactTable, records: list[str], rows: list[tuple[int, int, int]], **options: Any) -> int:
    """Append facts about terms 0 to 3, known to the base."""
    count = len(rows)
    triples = array("I", (term for row in rows for term in row))
    numbers = table._base.assert_facts(triples, [0.0] * count)
    columns = Columns(
        triples,
        array("d", options.get("confidences", [1.0] * count)),
        array("I", [table.source_id(options.get("source", ""))]) * count,
        array("q", [options.get("starts", ALWAYS)]) * count,
        array("q", [options.get("ends", FOREVER)]) * count,
        bytes(count),
    )
    created = array("q", [options.get("created", 100)]) * count
    return table.append(records, columns, numbers, created, bulk=options.get("bulk", False))


def test_a_fact_comes_back_as_it_was_recorded() -> None:
    table = table_of()
    row = put(table, ["a"], [(0, 3, 2)], confidences=[0.5], source="s", starts=5, ends=9, created=7)
    fact = table.fact(row)
    assert (fact.id, fact.subject, fact.predicate, fact.object) == ("a", "socrates", "is", "mortal")
    assert (fact.negated, fact.confidence, fact.source) == (True, 0.5, "s")
    assert (fact.valid_from_ms, fact.valid_to_ms, fact.created_ms, fact.retracted_ms) == (5, 9, 7, None)
    assert (fact.superseded_by, fact.derived) == ("", False)


def test_the_rows_of_a_triple_are_found_newest_last() -> None:
    table = table_of()
    put(table, ["a"], [(0, 2, 2)])
    put(table, ["b"], [(0, 2, 2), (3, 2, 2), (0, 2, 2)], bulk=True)
    assert table.rows_of(0, 2, 2) == [0, 1, 3]
    assert table.rows_of(3, 2, 2) == [2]
    assert table.rows_of(3, 3, 2) == []
    assert [table.id(row) for row in range(4)] == ["a", "b:0", "b:1", "b:2"]
    assert table.held("a") == 1
    assert table.held("b") == 3
    assert table.held("c") == 0


@pytest.mark.parametrize(
    "fact_id", ["b", "a:0", "b:3", "b:-1", "b:01", "b:+1", "b: 1", "b:1:1", "b:²", "", ":", "c"]
)
def test_what_is_no_id_names_no_row(fact_id: str) -> None:
    table = table_of()
    put(table, ["a"], [(0, 2, 2)])
    put(table, ["b"], [(0, 2, 2)] * 3, bulk=True)
    put(table, ["z"], [(0, 2, 2)])
    assert table.row_of(fact_id) is None


def test_a_batch_that_comes_in_parts_is_one_record() -> None:
    table = table_of()
    put(table, ["b"], [(0, 2, 2)] * 2, bulk=True)
    put(table, ["b"], [(3, 2, 2)] * 2, bulk=True)
    assert table.held("b") == 4
    assert table.row_of("b:3") == 3
    assert table.place(3) == ("b", 3)


rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 7), st.integers(0, 3)), min_size=1, max_size=5)
puts = st.lists(st.tuples(st.integers(0, 999), st.booleans(), rows), max_size=8, unique_by=lambda put: put[0])


@given(puts, st.integers(0, 40))
def test_newest_first_goes_by_the_ids_of_records_and_resumes_anywhere(
    given: list[tuple[int, bool, list[tuple[int, int, int]]]], at: int
) -> None:
    table, expected = table_of(), []
    for number, bulk, facts in given:
        record = f"{number:03}"
        put(table, [record], facts if bulk else facts[:1], bulk=bulk)
        expected += [(record, place) for place in range(len(facts) if bulk else 1)]
    expected.sort(reverse=True)
    assert [table.age(row) for row in table.newest_first()] == expected
    if expected:
        before = expected[at % len(expected)]
        assert [table.age(row) for row in table.newest_first(before)] == [
            age for age in expected if age < before
        ]
    for row in range(len(table)):
        assert table.row_of(table.id(row)) == row


def test_visible_is_from_the_beginning_until_before_the_end_and_while_it_was_known() -> None:
    table = table_of()
    row = put(table, ["a"], [(0, 2, 2)], starts=10, ends=20, created=100)
    table.retracted[row] = 200
    shown = [
        (at, known)
        for at in (9, 10, 19, 20)
        for known in (99, 100, 199, 200)
        if table.visible(row, at, known)
    ]
    assert shown == [(10, 100), (10, 199), (19, 100), (19, 199)]
    assert not table.visible(row, 15)
    table.retracted[row] = FOREVER
    assert [at for at in (9, 10, 19, 20) if table.visible(row, at)] == [10, 19]


def test_a_fact_has_the_end_that_was_known_at_the_time() -> None:
    table = table_of()
    row = put(table, ["a"], [(0, 2, 2)], created=100, ends=500)
    table.valid_to[row] = 200
    table.superseded[row] = Superseded(500, (Ending("b", 150, 300), Ending("c", 170, 200)))
    ends = {None: 200, 170: 200, 169: 300, 150: 300, 149: 500, 100: 500}
    for known, end in ends.items():
        assert table.visible(row, end - 1, known)
        assert not table.visible(row, end, known)
    assert not table.visible(row, 199, 99)
    assert table.fact(row).superseded_by == "c"


def test_the_strongest_row_is_the_most_confident_visible_one_and_the_older_of_equals() -> None:
    table = table_of()
    put(table, ["a"], [(0, 2, 2)] * 3, confidences=[0.5, 0.7, 0.7], bulk=True)
    put(table, ["b"], [(0, 2, 2)], confidences=[0.9], starts=10)
    assert table.strongest(range(4), 9) == 1
    assert table.strongest(range(4), 10) == 3
    table.retracted[1] = table.retracted[3] = 5
    assert table.strongest(range(4), 10) == 2
    assert table.strongest([1, 3], 10) is None


def test_predicates_in_use_and_bytes_grow_with_the_rows() -> None:
    table = table_of()
    assert table.size_bytes == 0
    put(table, ["a"], [(0, 2, 2), (0, 3, 2), (3, 2, 0)], bulk=True)
    assert dict(table.in_use) == {2: 2, 3: 1}
    # A row takes 7 u32 (its triple, its source, number and record, the row before), 1 f64 and 4 times; a triple and a
    # record take 1 u32 each.
    assert table.size_bytes == 3 * (7 * 4 + 8 + 4 * 8) + 3 * 4 + 4


def test_what_lasts_is_neither_retracted_nor_ended_however_many_rows_there_are() -> None:
    for count in (3, LONG, LONG + 1, 60):
        table = table_of()
        put(table, ["a"], [(0, 2, 2)] * count, ends=100, bulk=True)
        put(table, ["b"], [(0, 2, 2)], starts=500)
        number = table.numbers[0]
        expected = [*range(count + 1)]
        assert table.lasting(number, 50) == expected
        table.retracted[1] = 60
        table.valid_to[2] = 70
        assert table.lasting(number, 70) == [row for row in expected if row not in (1, 2)]
        table.lasting(number, 70).clear()
        put(table, ["c"], [(0, 2, 2)])
        assert table.lasting(number, 99)[-2:] == [count, count + 1]
        assert table.lasting(number, 100) == [count, count + 1]
        assert table.rows(number) == [*range(count + 2)]
        assert table.lasting(999, 100) == []


def test_a_fact_is_as_sure_as_was_known_at_the_time() -> None:
    table = table_of()
    put(table, ["a"], [(0, 2, 2)] * 2, confidences=[0.5, 0.6], bulk=True, created=100)
    for at_ms, confidence in ((110, 0.9), (120, 0.1)):
        table.rate(0, Rating(f"{at_ms}", at_ms, confidence))
    found = {at: table.confidence(0, at) for at in (100, 109, 110, 119, 120, None)}
    assert found == {100: 0.5, 109: 0.5, 110: 0.9, 119: 0.9, 120: 0.1, None: 0.1}
    assert [table.fact(0, at).confidence for at in (100, 110, None)] == [0.5, 0.9, 0.1]
    assert [table.strongest([0, 1], 0, at) for at in (100, 110, 120, None)] == [1, 0, 1, 1]


def test_what_a_fact_became_later_is_not_known_before() -> None:
    table = table_of()
    row = put(table, ["a"], [(0, 2, 2)], created=100)
    table.end(row, Ending("b", 150, 300))
    table.end(row, Ending("b", 150, 300))
    table.retracted[row] = 200
    shown = [
        (fact.valid_to_ms, fact.superseded_by, fact.retracted_ms)
        for fact in (table.fact(row, at) for at in (149, 150, 199, 200, None))
    ]
    assert shown == [(None, "", None), *[(300, "b", None)] * 2, *[(300, "b", 200)] * 2]
    assert len(table.superseded[row].endings) == 1
