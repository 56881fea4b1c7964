"""Facts in two times: when they hold, and when that was known."""

from __future__ import annotations

from typing import Any

import pytest

from pramana.graph.knowledge_graph import KnowledgeGraph
from tests.unit.graph.graphs import DAY, START, Reopenable, StillClock, open_graph, said
from tests.unit.kernels.builds import ALL_BUILDS


async def shown(graph: KnowledgeGraph, **times: Any) -> list[str]:
    """Everything stated, negated too; the listing and the pattern must agree."""
    found = [said(fact) for fact in await graph.match(negated=None, **times)]
    listed = (await graph.facts(**times)).facts
    assert sorted(found) == sorted(map(said, listed))
    return sorted(found)


async def test_a_fact_holds_from_its_beginning_until_before_its_end() -> None:
    async with open_graph() as graph:
        await graph.add("a", "p", "b", valid_from_ms=100, valid_to_ms=200)
        assert await shown(graph) == []
        seen = [at for at in (99, 100, 199, 200) if await shown(graph, as_of_ms=at)]
        assert seen == [100, 199]


@pytest.mark.parametrize("build", ALL_BUILDS)
async def test_facts_begin_and_end_as_time_passes(build: str) -> None:
    clock = StillClock()
    async with open_graph(clock=clock, build=build) as graph:
        await graph.add("a", "p", "b", valid_from_ms=START + 10, valid_to_ms=START + 20)
        await graph.add_many(
            [{"subject": "b", "predicate": "p", "object": "c", "valid_to_ms": START + 15, "confidence": 0.5}]
        )
        await graph.add_rule("(?x p ?y) & (?y p ?z) => (?x reaches ?z)")
        for at, expected in [
            (0, ["b p c 0.5"]),
            (9, ["b p c 0.5"]),
            (10, ["a p b 1", "a reaches c 0.5 derived", "b p c 0.5"]),
            (14, ["a p b 1", "a reaches c 0.5 derived", "b p c 0.5"]),
            (15, ["a p b 1"]),
            (20, []),
        ]:
            clock.ms = START + at
            found = sorted(map(said, await graph.match(derived=True)))
            assert found == expected, at
            assert [n.term for n in await graph.neighbors("a")] == ["b"] * ("a p b 1" in expected)
            past = await graph.match(derived=True, as_of_ms=START + at, known_at_ms=START + at)
            assert sorted(map(said, past)) == expected


async def test_a_clock_that_is_set_back_does_not_take_facts_back() -> None:
    clock = StillClock()
    async with open_graph(clock=clock) as graph:
        await graph.add("a", "p", "b", valid_from_ms=START + 10)
        clock.ms = START + 10
        assert await shown(graph) == ["a p b 1"]
        clock.ms = START
        assert await shown(graph) == ["a p b 1"]
        fact_id = await graph.add("c", "p", "d")
        assert next(f for f in await graph.match() if f.id == fact_id).created_ms == START + 10


async def test_of_two_records_of_a_triple_the_most_confident_that_holds_counts() -> None:
    clock = StillClock()
    async with open_graph(clock=clock) as graph:
        await graph.add("a", "p", "b", confidence=0.9, source="one", valid_to_ms=START + 10)
        await graph.add("a", "p", "b", confidence=0.3, source="two")
        await graph.add_rule("(?x p ?y) => (?y q ?x)")
        assert [said(f) for f in await graph.match("b", "q", derived=True)] == ["b q a 0.9 derived"]
        clock.ms += 10
        assert [said(f) for f in await graph.match("b", "q", derived=True)] == ["b q a 0.3 derived"]
        await graph.retract(source="two")
        assert await graph.match("b", "q", derived=True) == []


async def test_what_was_retracted_is_still_shown_by_what_was_known_before() -> None:
    clock = StillClock()
    async with open_graph(clock=clock) as graph:
        await graph.add("a", "p", "b", source="s")
        await graph.add_many([("b", "p", "c"), ("c", "p", "d")], source="s")
        clock.ms += 10
        assert await graph.retract(source="s") == 3
        clock.ms += 10
        everything = ["a p b 1", "b p c 1", "c p d 1"]
        assert await shown(graph) == []
        assert await shown(graph, known_at_ms=START - 1) == []
        assert await shown(graph, known_at_ms=START) == everything
        assert await shown(graph, known_at_ms=START + 9) == everything
        assert await shown(graph, known_at_ms=START + 10) == []
        (fact,) = await graph.match("a", known_at_ms=START)
        assert fact.retracted_ms is None


async def test_before_something_newer_was_known_the_older_fact_had_no_end() -> None:
    clock = StillClock()
    async with open_graph(clock=clock) as graph:
        await graph.declare("lives_in", functional=True)
        await graph.add("bob", "lives_in", "rome")
        clock.ms += DAY
        await graph.add("bob", "lives_in", "oslo")
        rome, oslo = ["bob lives_in rome 1"], ["bob lives_in oslo 1"]
        assert await shown(graph) == oslo
        assert await shown(graph, as_of_ms=START + DAY - 1) == rome
        assert await shown(graph, as_of_ms=START + DAY) == oslo
        assert await shown(graph, as_of_ms=START + DAY, known_at_ms=START + DAY - 1) == rome


@pytest.mark.parametrize("build", ALL_BUILDS)
async def test_what_follows_is_asked_of_any_moment(build: str) -> None:
    clock = StillClock()
    async with open_graph(clock=clock, build=build) as graph:
        await graph.add("socrates", "human", valid_from_ms=-470 * 365 * DAY, valid_to_ms=-399 * 365 * DAY)
        await graph.add_rule("(?x human) => (?x mortal)")
        assert await graph.match(None, "mortal", derived=True) == []
        then: dict[str, Any] = {"as_of_ms": -450 * 365 * DAY}
        assert [said(f) for f in await graph.match(None, "mortal", derived=True, **then)] == [
            "socrates is mortal 1 derived"
        ]
        assert (await graph.explain("socrates", "mortal", **then)).verdict == "true"
        assert (await graph.explain("socrates", "mortal")).verdict == "unknown"
        assert [n.term for n in await graph.neighbors("socrates", **then)] == ["human"]
        assert [n.term for n in await graph.neighbors("socrates")] == []
        assert len(await graph.paths("socrates", "human", **then)) == 1
        assert await graph.paths("socrates", "human") == []
        assert len((await graph.rank("socrates", **then)).ranked) == 2


async def test_times_are_kept_when_the_database_is_opened_again() -> None:
    store, clock = Reopenable(), StillClock()
    async with open_graph(store, clock) as graph:
        await graph.add("a", "p", "b", valid_from_ms=START + 10)
        await graph.add_many([{"subject": "b", "predicate": "p", "object": "c", "valid_to_ms": START + 5}])
    async with open_graph(store, clock) as graph:
        assert await shown(graph) == ["b p c 1"]
        clock.ms += 10
        assert await shown(graph) == ["a p b 1"]
