"""What excludes what, and how time settles it."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.graph.history import InForce
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.graph.rows import declaration_of, declaration_row
from pramana.knowledge import Conflict, Declaration, Fact
from tests.unit.graph.graphs import DAY, START, Reopenable, StillClock, open_graph, said, state_of
from tests.unit.kernels.builds import ALL_BUILDS


def told(conflict: Conflict) -> tuple[str, str, str, str]:
    return conflict.kind, said(conflict.older), said(conflict.newer), conflict.status


async def conflicts(graph: KnowledgeGraph, **times: Any) -> list[tuple[str, str, str, str]]:
    return [told(one) for one in await graph.conflicts(**times)]


@pytest.mark.parametrize("build", ALL_BUILDS)
@pytest.mark.parametrize(
    ("kind", "older", "newer"),
    [
        ("functional", ("bob", "lives_in", "rome"), ("bob", "lives_in", "oslo")),
        ("negation", ("a", "p", "b"), ("a", "p", "b", True)),
        ("negation", ("a", "p", "b", True), ("a", "p", "b")),
        ("negation", ("tom", "is", "cat", True), ("tom", "cat", None)),
        ("disjoint", ("eve", "parent_of", "abel"), ("eve", "child_of", "abel")),
        ("disjoint", ("tom", "cat", None), ("tom", "is", "wild dog")),
    ],
)
async def test_the_newer_of_two_facts_takes_the_place_of_the_older(
    build: str, kind: str, older: tuple[Any, ...], newer: tuple[Any, ...]
) -> None:
    clock = StillClock()
    async with open_graph(clock=clock, build=build) as graph:
        await graph.declare("lives in", functional=True)
        await graph.declare("child_of", disjoint_with="Parent_of")
        await graph.declare("cat", disjoint_with=["wild dog", "mouse"])
        first = await graph.add(*older[:3], negated=len(older) > 3)
        clock.ms += 5
        second = await graph.add(*newer[:3], negated=len(newer) > 3)
        (one,) = await graph.conflicts()
        assert (one.kind, one.status) == (kind, "superseded")
        assert (one.older.id, one.newer.id) == (first, second)
        assert (one.older.valid_from_ms, one.older.valid_to_ms) == (None, START + 5)
        assert (one.newer.valid_from_ms, one.newer.valid_to_ms) == (START + 5, None)
        assert one.older.superseded_by == second
        assert [f.id for f in await graph.match(negated=None)] == [second]
        assert [f.id for f in await graph.match(negated=None, as_of_ms=START)] == [first]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("bob", "lives_in", "rome"), ("eve", "lives_in", "oslo")),
        (("bob", "lives_in", "rome"), ("bob", "works_in", "oslo")),
        (("bob", "lives_in", "rome"), ("bob", "lives_in", "oslo", True)),
        (("a", "p", "b"), ("a", "p", "c", True)),
        (("eve", "parent_of", "abel"), ("abel", "child_of", "eve")),
        (("tom", "cat", None), ("tom", "bird", None)),
        (("tom", "cat", None), ("jim", "dog", None)),
    ],
)
async def test_what_does_not_exclude_each_other_stays(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    async with open_graph() as graph:
        await graph.declare("lives_in", functional=True)
        await graph.declare("child_of", disjoint_with="parent_of")
        await graph.declare("cat", disjoint_with="dog")
        for fact in (one, other):
            await graph.add(*fact[:3], negated=len(fact) > 3)
        assert await graph.conflicts() == []
        assert len(await graph.match(negated=None)) == 2


async def test_the_one_that_begins_later_ends_the_other_whichever_was_recorded_first() -> None:
    async with open_graph() as graph:
        await graph.declare("lives_in", functional=True)
        oslo = await graph.add("bob", "lives_in", "oslo", valid_from_ms=2000)
        rome = await graph.add("bob", "lives_in", "rome", valid_from_ms=1000)
        bonn = await graph.add("bob", "lives_in", "bonn", valid_from_ms=1500, valid_to_ms=1800)
        found = {f.id: f for at in (1000, 1500, 2000) for f in await graph.match(as_of_ms=at)}
        assert {f: (found[f].valid_from_ms, found[f].valid_to_ms) for f in (rome, bonn, oslo)} == {
            rome: (1000, 1500),
            bonn: (1500, 1800),
            oslo: (2000, None),
        }
        assert await graph.match(as_of_ms=1900) == []
        # What was recorded late is the same fact when it is stated again, though it ends earlier than it says.
        assert await graph.add("bob", "lives_in", "rome", valid_from_ms=1000) == rome


@pytest.mark.parametrize("bulk", [False, True])
async def test_every_end_that_a_fact_was_known_to_have_is_kept(bulk: bool) -> None:
    store, clock = Reopenable(), StillClock()
    rome = ("bob", "lives_in", "rome")
    async with open_graph(store, clock) as graph:
        await graph.declare("lives_in", functional=True)
        await (graph.add_many([rome]) if bulk else graph.add(*rome))
        clock.ms += 1
        await graph.add("bob", "lives_in", "oslo", valid_from_ms=3000)
        clock.ms += 1
        await graph.add("bob", "lives_in", "bonn", valid_from_ms=1000, valid_to_ms=2000)
    async with open_graph(store, clock) as graph:
        for known, seen in [
            (START, "rome rome rome rome"),
            (START + 1, "rome rome rome oslo"),
            (START + 2, "rome bonn - oslo"),
            (None, "rome bonn - oslo"),
        ]:
            found = [await graph.match(as_of_ms=at, known_at_ms=known) for at in (999, 1000, 2000, 3000)]
            assert " ".join(facts[0].object if facts else "-" for facts in found) == seen
            assert all(len(facts) < 2 for facts in found)
        newer = [[c[2] for c in await conflicts(graph, known_at_ms=START + at)] for at in range(3)]
        assert newer == [[], ["bob lives_in oslo 1"], ["bob lives_in bonn 1"]]


async def test_intervals_that_do_not_overlap_are_no_conflict() -> None:
    async with open_graph() as graph:
        await graph.declare("lives_in", functional=True)
        await graph.add("bob", "lives_in", "rome", valid_from_ms=1000, valid_to_ms=2000)
        await graph.add("bob", "lives_in", "oslo", valid_from_ms=2000)
        assert await graph.conflicts() == []
        assert await conflicts(graph, as_of_ms=1500) == []


async def test_a_fact_without_a_beginning_begins_where_an_older_one_of_the_past_excludes_it() -> None:
    async with open_graph() as graph:
        await graph.declare("lives_in", functional=True)
        await graph.add("bob", "lives_in", "rome", valid_to_ms=2000)
        oslo = await graph.add("bob", "lives_in", "oslo")
        assert [f.object for f in await graph.match(as_of_ms=1000)] == ["rome"]
        assert [(f.id, f.valid_from_ms) for f in await graph.match()] == [(oslo, START)]
        # It is the same fact that was stated without a beginning.
        assert await graph.add("bob", "lives_in", "oslo") == oslo


async def test_a_fact_that_begins_in_the_future_ends_the_present_one_then() -> None:
    clock = StillClock()
    async with open_graph(clock=clock) as graph:
        await graph.declare("lives_in", functional=True)
        await graph.add("bob", "lives_in", "oslo", valid_from_ms=START + 10)
        await graph.add("bob", "lives_in", "rome")
        assert [f.object for f in await graph.match()] == ["rome"]
        assert [f.object for f in await graph.match(as_of_ms=START - DAY)] == ["rome"]
        clock.ms += 10
        assert [f.object for f in await graph.match()] == ["oslo"]


async def test_what_will_be_superseded_is_there_already_until_then() -> None:
    clock = StillClock()
    async with open_graph(clock=clock) as graph:
        await graph.declare("lives_in", functional=True)
        await graph.add("ann", "lives_in", "rome", valid_from_ms=START + DAY)
        first = await graph.add("ann", "lives_in", "paris")
        clock.ms += 5
        assert await graph.add("ann", "lives_in", "paris") == first
        assert len(await graph.match("ann")) == 1
        clock.ms += 2 * DAY
        assert await graph.add("ann", "lives_in", "paris") != first


async def test_what_was_superseded_holds_again_when_it_is_stated_again() -> None:
    clock = StillClock()
    async with open_graph(clock=clock) as graph:
        await graph.declare("lives_in", functional=True)
        first = await graph.add("bob", "lives_in", "rome")
        clock.ms += DAY
        await graph.add("bob", "lives_in", "oslo")
        clock.ms += DAY
        again = await graph.add("bob", "lives_in", "rome")
        assert again != first
        assert [f.id for f in await graph.match()] == [again]
        assert [f.object for f in await graph.match(as_of_ms=START + DAY)] == ["oslo"]
        assert [one[1:3] for one in await conflicts(graph)] == [
            ("bob lives_in rome 1", "bob lives_in oslo 1"),
            ("bob lives_in oslo 1", "bob lives_in rome 1"),
        ]


async def test_facts_within_a_millisecond_supersede_each_other_in_their_order() -> None:
    async with open_graph() as graph:
        await graph.declare("lives_in", functional=True)
        for place in ("rome", "oslo", "bonn", "rome"):
            await graph.add("bob", "lives_in", place)
        assert [f.object for f in await graph.match()] == ["rome"]
        assert [one[3] for one in await conflicts(graph)] == ["superseded"] * 3


async def test_those_that_begin_at_the_same_time_stay_side_by_side() -> None:
    async with open_graph() as graph:
        await graph.add("a", "p", "b", valid_from_ms=1000, confidence=0.9)
        await graph.add("a", "p", "b", valid_from_ms=1000, negated=True, confidence=0.4)
        assert await conflicts(graph) == [("negation", "a p b 0.9", "not a p b 0.4", "open")]


@pytest.mark.parametrize("build", ALL_BUILDS)
async def test_those_of_one_commit_stay_side_by_side(build: str) -> None:
    async with open_graph(build=build) as graph:
        await graph.declare("lives_in", functional=True)
        await graph.declare("cat", disjoint_with="dog")
        await graph.declare("parent_of", disjoint_with="child_of")
        await graph.add_many(
            [
                ("bob", "lives_in", "rome"),
                ("bob", "lives_in", "oslo"),
                ("bob", "lives_in", "bonn"),
                ("tom", "dog", None),
                ("tom", "cat", None),
                ("eve", "parent_of", "abel"),
                ("eve", "child_of", "abel"),
            ]
        )
        assert await conflicts(graph) == [
            ("disjoint", "tom is dog 1", "tom is cat 1", "open"),
            ("disjoint", "eve parent_of abel 1", "eve child_of abel 1", "open"),
            ("functional", "bob lives_in rome 1", "bob lives_in oslo 1", "open"),
            ("functional", "bob lives_in rome 1", "bob lives_in bonn 1", "open"),
            ("functional", "bob lives_in oslo 1", "bob lives_in bonn 1", "open"),
        ]


async def test_a_list_of_facts_supersedes_what_was_there_as_one_fact_does() -> None:
    store, clock = Reopenable(), StillClock()
    async with open_graph(store, clock) as graph:
        await graph.declare("lives_in", functional=True)
        await graph.add("bob", "lives_in", "rome")
        await graph.add_many([("eve", "lives_in", "rome"), ("ann", "lives_in", "rome")])
        await graph.add("ann", "lives_in", "bonn", valid_from_ms=START + DAY)
        clock.ms += 5
        await graph.add_many(
            [("bob", "lives_in", "oslo"), ("eve", "lives_in", "oslo"), ("ann", "lives_in", "oslo")]
        )
        ends = {said(c.older): (c.older.valid_to_ms, said(c.newer)) for c in await graph.conflicts()}
        assert ends == {
            "bob lives_in rome 1": (START + 5, "bob lives_in oslo 1"),
            "eve lives_in rome 1": (START + 5, "eve lives_in oslo 1"),
            "ann lives_in rome 1": (START + 5, "ann lives_in oslo 1"),
            "ann lives_in oslo 1": (START + DAY, "ann lives_in bonn 1"),
        }
        before = await state_of(graph, (None, START, START + 5, START + DAY))
    async with open_graph(store, clock) as graph:
        assert await state_of(graph, (None, START, START + 5, START + DAY)) == before


@pytest.mark.parametrize("build", ALL_BUILDS)
async def test_a_conflict_with_what_follows_is_open_and_shows_both_sides(build: str) -> None:
    async with open_graph(build=build) as graph:
        await graph.declare("cat", disjoint_with="dog")
        await graph.add_rule("(?x penguin) => not (?x flies)")
        await graph.add_rule("(?x bird) => (?x flies) @0.9")
        await graph.add_rule("(?x barks) => (?x dog)")
        await graph.add_many([("tweety", "bird"), ("tweety", "penguin"), ("tom", "cat"), ("tom", "barks")])
        found = await conflicts(graph)
        assert sorted(found) == [
            ("disjoint", "tom is cat 1", "tom is dog 1 derived", "open"),
            ("negation", "not tweety is flies 1 derived", "tweety is flies 0.9 derived", "open"),
        ]


async def test_a_side_that_is_asserted_speaks_for_itself_also_where_it_follows() -> None:
    async with open_graph() as graph:
        await graph.add_rule("(?y q ?x) => (?x p ?y)")
        await graph.declare("p", disjoint_with="r")
        await graph.add_many([("c", "q", "d")])
        await graph.add_many(
            [
                {"subject": "d", "predicate": "p", "object": "c", "confidence": 0.5},
                ("d", "r", "c"),
            ]
        )
        assert await conflicts(graph) == [("disjoint", "d p c 0.5", "d r c 1", "open")]


async def test_what_is_declared_later_shows_what_was_recorded_and_changes_nothing() -> None:
    async with open_graph() as graph:
        await graph.add("bob", "lives_in", "rome")
        await graph.add("bob", "lives_in", "oslo")
        assert await graph.conflicts() == []
        await graph.declare("lives_in", functional=True)
        assert await conflicts(graph) == [
            ("functional", "bob lives_in rome 1", "bob lives_in oslo 1", "open")
        ]
        await graph.undeclare("lives_in", functional=True)
        assert await graph.conflicts() == []


async def test_a_conflict_ends_when_a_side_is_retracted() -> None:
    clock = StillClock()
    async with open_graph(clock=clock) as graph:
        await graph.declare("lives_in", functional=True)
        await graph.add("bob", "lives_in", "rome")
        clock.ms += 1
        oslo = await graph.add("bob", "lives_in", "oslo")
        clock.ms += 1
        await graph.retract_fact(oslo)
        assert await graph.conflicts() == []
        assert len(await graph.conflicts(known_at_ms=START + 1)) == 1
        assert await graph.conflicts(known_at_ms=START) == []


async def test_each_record_of_a_side_is_shown() -> None:
    async with open_graph() as graph:
        await graph.add_many(
            [
                {"subject": "a", "predicate": "p", "object": "b", "source": "one"},
                {"subject": "a", "predicate": "p", "object": "b", "source": "two"},
                {"subject": "a", "predicate": "p", "object": "b", "source": "three", "negated": True},
            ]
        )
        found = await graph.conflicts()
        assert [(c.older.source, c.newer.source) for c in found] == [("one", "three"), ("two", "three")]


def excluded(one: Fact, other: Fact) -> bool:
    """Whether two facts about "a" exclude each other, by the declarations of the test below."""
    if (one.predicate, one.object) == (other.predicate, other.object):
        return one.negated != other.negated
    if one.negated or other.negated:
        return False
    if one.predicate == other.predicate:
        return one.predicate == "f" or {one.object, other.object} == {"cat", "dog"}
    return {one.predicate, other.predicate} == {"p", "q"} and one.object == other.object


times = st.one_of(st.none(), st.integers(START - 3, START + 8))
facts = st.tuples(
    st.sampled_from([("f", "x"), ("f", "y"), ("p", "x"), ("q", "x"), ("is", "cat"), ("is", "dog")]),
    st.booleans(),
    times,
    times,
).filter(lambda fact: fact[2] is None or fact[3] is None or fact[2] < fact[3])
writes = st.lists(
    st.tuples(st.lists(facts, min_size=1, max_size=3), st.booleans(), st.integers(0, 2)), max_size=7
)


@settings(max_examples=150, deadline=None)
@given(writes)
async def test_no_two_facts_that_exclude_each_other_hold_together_but_as_an_open_conflict(
    given: list[tuple[list[tuple[tuple[str, str], bool, int | None, int | None]], bool, int]],
) -> None:
    store, clock, commits = Reopenable(), StillClock(), {}
    async with open_graph(store, clock) as graph:
        await graph.declare("f", functional=True)
        await graph.declare("p", disjoint_with="q")
        await graph.declare("cat", disjoint_with="dog")
        for commit, (batch, bulk, pause) in enumerate(given):
            several = [
                {
                    "subject": "a",
                    "predicate": predicate,
                    "object": object_,
                    "negated": negated,
                    "valid_from_ms": starts,
                    "valid_to_ms": ends,
                }
                for (predicate, object_), negated, starts, ends in batch
            ]
            if bulk:
                await graph.add_many(several)
            else:
                await graph.add(**several[0])
            clock.ms += pause
            known = await graph.facts(known_at_ms=clock.ms, limit=1000)
            everything = {
                f.id
                for at in range(START - 4, START + 30)
                for f in await graph.match(as_of_ms=at, negated=None)
            }
            assert {f.id for f in known.facts} <= everything
            for fact_id in everything:
                commits.setdefault(fact_id, commit)
        for at in range(START - 4, START + 24):
            holding = await graph.match(negated=None, as_of_ms=at)
            clashes = [pair for pair in combinations(holding, 2) if excluded(*pair)]
            for one, other in clashes:
                together = commits[one.id] == commits[other.id]
                assert together or one.valid_from_ms == other.valid_from_ms, (at, one, other)
            listed = [c for c in await graph.conflicts(as_of_ms=at) if c.status == "open"]
            assert {frozenset((c.older.id, c.newer.id)) for c in listed} == {
                frozenset((one.id, other.id)) for one, other in clashes
            }
        moments = (None, START - 2, START + 1, START + 6)
        before = await state_of(graph, moments)
    async with open_graph(store, clock) as graph:
        assert await state_of(graph, moments) == before


async def test_what_was_declared_then_counts_by_what_was_known_then() -> None:
    store, clock = Reopenable(), StillClock()
    homes = [("eve", "lives_in", "rome"), ("eve", "lives_in", "oslo")]
    async with open_graph(store, clock) as graph:
        await graph.add_many(homes)
        for write in (graph.declare, graph.undeclare, graph.declare, graph.undeclare):
            clock.ms += 10
            await write("lives_in", functional=True)
    expected = [(0, 0), (9, 0), (10, 1), (19, 1), (20, 0), (29, 0), (30, 1), (39, 1), (40, 0)]
    async with open_graph(store, clock) as graph:
        for at, count in expected:
            assert len(await graph.conflicts(known_at_ms=START + at)) == count, at
        assert await graph.conflicts() == []
        assert await graph.declarations() == []


def test_a_declaration_without_a_beginning_was_always_in_force() -> None:
    declaration = Declaration("functional", "lives_in", "")
    old = b'{"kind":"functional","other":"","predicate":"lives_in"}'
    removed = old[:-1] + b',"removed_ms":7}'
    assert declaration_of(old) == (declaration, (InForce(0),))
    assert declaration_of(removed) == (declaration, (InForce(0, 7),))
    times = (InForce(3, 5), InForce(8))
    row = declaration_row(declaration, "1", times)
    assert row.body is not None
    assert declaration_of(row.body) == (declaration, times)
