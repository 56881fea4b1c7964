"""What was known at a moment: what the graph showed then, whatever happened since."""

from __future__ import annotations

import json
from array import array
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.graph import changes
from pramana.graph.batches import Batch, encode
from pramana.graph.fact_table import ALWAYS, FOREVER, Columns
from pramana.graph.history import Ending, Rated, Rating, Superseded
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.knowledge import Fact
from pramana.ports import Row
from pramana.records import canonical
from pramana.store.database import Database
from tests.unit.graph.graphs import START, Reopenable, StillClock, open_graph, said
from tests.unit.kernels.builds import ALL_BUILDS


async def shown(graph: KnowledgeGraph, at: int | None = None) -> dict[str, Any]:
    """All that a graph shows, now or at a moment by what was known then."""
    times: dict[str, Any] = {} if at is None else {"as_of_ms": at, "known_at_ms": at}
    stated = (await graph.facts(limit=1000, **times)).facts
    known = {fact.subject for fact in stated}
    return {
        "stated": stated,
        "follows": sorted(await graph.match(negated=None, derived=True, **times), key=repr),
        "sure": sorted(await graph.match(negated=None, min_confidence=0.5, **times), key=repr),
        "conflicts": await graph.conflicts(**times),
        "proof": await graph.explain("a", "q", "b", **times),
        # Which of two equal ways is taken depends on what else was in the graph meanwhile.
        "paths": [
            path.confidence
            for path in (await graph.paths("a", "b", 3, **times) if known >= {"a", "b"} else ())
        ],
        "near": {
            (one.term, one.depth) for one in (await graph.neighbors("a", **times) if "a" in known else ())
        },
    }


subjects, objects = st.sampled_from("ab"), st.sampled_from("abc")
confidences = st.sampled_from([0.25, 0.5, 1.0])
writes = st.lists(
    st.one_of(
        st.tuples(st.just("add"), subjects, st.sampled_from(["p", "home"]), objects, confidences),
        st.tuples(st.just("many"), subjects, st.sampled_from(["p", "home"]), objects, confidences),
        st.tuples(st.just("retract"), subjects, objects),
        st.tuples(st.just("rule"), st.sampled_from(["(?x p ?y) => (?x q ?y)", "(?x home ?y) => (?x q ?y)"])),
        st.tuples(st.just("forget")),
    ),
    min_size=2,
    max_size=9,
)


async def write(graph: KnowledgeGraph, what: str, *given: Any) -> None:
    if what == "add":
        await graph.add(*given[:3], confidence=given[3])
    elif what == "many":
        names = ("subject", "predicate", "object", "confidence")
        await graph.add_many([dict(zip(names, given, strict=True)), ("c", *given[1:3])])
    elif what == "retract":
        await graph.retract(subject=given[0], object=given[1])
    elif what == "rule":
        await graph.add_rule(given[0])
    elif rules := await graph.rules():
        await graph.remove_rule(rules[0].id)


@settings(max_examples=60, deadline=None)
@given(writes)
async def test_what_was_known_at_a_moment_is_what_was_shown_then(done: list[tuple[Any, ...]]) -> None:
    store, clock = Reopenable(), StillClock()
    then: dict[int, dict[str, Any]] = {}
    async with open_graph(store, clock, "reference") as graph:
        await graph.declare("home", functional=True)
        for one in done:
            clock.ms += 10
            await write(graph, *one)
            then[clock.ms + 5] = await shown(graph)
        clock.ms += 100
        for at, expected in then.items():
            assert await shown(graph, at) == expected
    async with open_graph(store, clock, "reference") as graph:
        for at, expected in then.items():
            assert await shown(graph, at) == expected


@pytest.mark.parametrize("bulk", [False, True])
async def test_a_confidence_of_later_is_not_known_before(bulk: bool) -> None:
    store, clock = Reopenable(), StillClock()

    async def rate(graph: KnowledgeGraph, confidence: float) -> None:
        fact: dict[str, Any] = {
            "subject": "x",
            "predicate": "p",
            "object": "y",
            "confidence": confidence,
            "source": "s",
        }
        await (graph.add_many([fact]) if bulk else graph.add(**fact))

    async with open_graph(store, clock) as graph:
        await rate(graph, 0.9)
        await graph.add_rule("(?x p ?y) => (?y q ?x)")
        for confidence in (0.1, 0.3, 0.1, 0.7):
            clock.ms += 10
            await rate(graph, confidence)
        await rate(graph, 0.2)
    for _ in range(2):
        async with open_graph(store, clock) as graph:
            for known, expected in [
                (0, 0.9),
                (9, 0.9),
                (10, 0.1),
                (20, 0.3),
                (30, 0.1),
                (40, 0.2),
                (99, 0.2),
            ]:
                times: dict[str, Any] = {"known_at_ms": START + known}
                (fact,) = await graph.match("x", **times)
                (listed,) = (await graph.facts(**times)).facts
                (derived,) = await graph.match("y", "q", derived=True, **times)
                (path,) = await graph.paths("x", "y", **times)
                assert fact == listed
                assert [fact.confidence, derived.confidence, path.confidence] == [expected] * 3, known
                assert len(await graph.match("x", min_confidence=0.5, **times)) == (expected > 0.5)
            (fact,) = await graph.match("x")
            assert fact.confidence == 0.2
            assert (await graph.stats())["recorded"] == 1


async def test_a_rule_is_known_from_when_it_was_added_until_it_was_removed() -> None:
    store, clock = Reopenable(), StillClock()
    async with open_graph(store, clock) as graph:
        await graph.add("a", "p", "b")
        clock.ms += 10
        await graph.remove_rule(await graph.add_rule("(?x p ?y) => (?x early ?y)"))
        rule = await graph.add_rule("(?x p ?y) => (?x q ?y)")
        clock.ms += 10
        await graph.remove_rule(rule)
        await graph.add_rule("(?x p ?y) & unless (?x q ?y) => (?x r ?y)")
        assert [one.text for one in await graph.rules()] == ["(?x p ?y) & unless (?x q ?y) => (?x r ?y)"]
    async with open_graph(store, clock) as graph:
        for known, expected in [(9, []), (10, ["q"]), (19, ["q"]), (20, ["r"]), (None, ["r"])]:
            at = None if known is None else START + known
            found = await graph.match("a", derived=True, known_at_ms=at)
            assert [fact.predicate for fact in found if fact.derived] == expected, known
        (proof,) = (await graph.explain("a", "q", "b", known_at_ms=START + 10)).proofs
        assert proof.last.rule == rule


@pytest.mark.parametrize("bulk", [False, True])
async def test_the_end_of_a_fact_is_shown_as_it_was_known(bulk: bool) -> None:
    clock = StillClock()

    async def tell(graph: KnowledgeGraph, value: str) -> None:
        await (graph.add_many([("k", "z", value)]) if bulk else graph.add("k", "z", value))

    async with open_graph(clock=clock) as graph:
        await graph.declare("z", functional=True)
        await tell(graph, "1")
        clock.ms += 10
        await tell(graph, "2")
        clock.ms += 10
        (newer,) = await graph.match("k")
        await graph.retract_fact(newer.id)
        for fact in (
            *await graph.match("k", known_at_ms=START + 9),
            *(await graph.facts(known_at_ms=START + 9)).facts,
        ):
            assert (fact.object, fact.valid_to_ms, fact.superseded_by) == ("1", None, "")
        (older,) = await graph.match("k", as_of_ms=START, known_at_ms=START + 10)
        assert (older.valid_to_ms, older.superseded_by) == (START + 10, newer.id)
        (fact,) = await graph.match("k", known_at_ms=START + 19)
        assert fact == newer
        (conflict,) = await graph.conflicts(known_at_ms=START + 19)
        assert (conflict.older, conflict.newer) == (older, newer)


BATCH = "018cc251-f400-7000-8000-000000000001"
SINGLE = "018cc251-f400-7000-8000-000000000002"
RULE = "018cc251-f400-7000-8000-000000000003"


def written_before() -> list[Row]:
    """A database of the first form: marks by batch, without the times of ratings; changed facts written again."""
    columns = Columns(
        array("I", [0, 2, 2, 3, 2, 2, 4, 2, 2]),
        array("d", [0.5, 0.5, 0.5]),
        array("I", [0, 0, 0]),
        array("q", [ALWAYS] * 3),
        array("q", [FOREVER] * 3),
        bytes(3),
    )
    batch = Batch(BATCH, START, "0001", ["a", "p", "x", "b", "c"], ["s"], columns)
    marks = {
        "id": BATCH,
        "updated": "0002",
        "retracted": [[START + 10, 0, 1]],
        "superseded": {"1": [["newer", START + 10, START + 50], ["newest", START + 20, START + 40]]},
        "confidence": {"2": 0.75},
    }
    single = Fact(SINGLE, "d", "p", "x", created_ms=START, valid_to_ms=START + 40, superseded_by="newest")
    record = single.to_dict() | {"stated_to_ms": None, "endings": [["newest", START + 20, START + 40]]}
    rule = {
        "id": RULE,
        "head": {"subject": "?x", "predicate": "q", "object": "?y"},
        "body": [{"subject": "?x", "predicate": "p", "object": "?y"}],
        "created_ms": START,
        "removed_ms": START + 10,
    }
    return [
        Row("facts", BATCH, encode(batch), None),
        Row("marks", BATCH, canonical(marks), None),
        Row("fact", SINGLE, canonical(record), None),
        Row("rule", RULE, canonical(rule), None),
    ]


async def test_what_was_written_in_the_first_form_is_read_and_goes_on() -> None:
    store, clock = Reopenable(), StillClock()
    clock.ms += 30
    database = await Database.open(store, clock=clock)

    async def intent(draft: Any) -> None:
        for row in written_before():
            draft.put(row)

    await database.submit(intent)
    await database.close()
    for _ in range(2):
        async with open_graph(store, clock) as graph:
            if clock.ms == START + 30:
                assert sorted(map(said, await graph.match(derived=True))) == [
                    "b p x 0.5",
                    "c p x 0.75",
                    "d p x 1",
                ]
                await graph.add("c", "p", "x", confidence=0.25, source="s")
                await graph.retract_fact(f"{BATCH}:1")
                clock.ms += 5
            known = {
                at: sorted(map(said, await graph.match(known_at_ms=START + at))) for at in (0, 10, 29, 30)
            }
            assert known == {
                0: ["a p x 0.5", "b p x 0.5", "c p x 0.75", "d p x 1"],
                10: ["b p x 0.5", "c p x 0.75", "d p x 1"],
                29: ["b p x 0.5", "c p x 0.75", "d p x 1"],
                30: ["c p x 0.25", "d p x 1"],
            }
            ends = [
                [fact.valid_to_ms for fact in await graph.match(one, known_at_ms=START + at)]
                for one in "bd"
                for at in (0, 10, 20)
            ]
            assert ends == [[None], [START + 50], [START + 40], [None], [None], [START + 40]]
            following = await graph.match(None, "q", derived=True, known_at_ms=START + 5)
            assert sorted(map(said, following)) == [
                "a q x 0.5 derived",
                "b q x 0.5 derived",
                "c q x 0.75 derived",
                "d q x 1 derived",
            ]


@given(st.permutations([Rating("0001", 5, 0.5), Rating("0002", 5, 0.7), Rating("0003", 9, 0.5)]))
def test_ratings_come_in_any_order_and_twice(ratings: list[Rating]) -> None:
    rated = Rated(1.0, [])
    for one in ratings + ratings[:2]:
        rated.take(one)
    assert len(rated.ratings) == 3
    assert [rated.known(at) for at in (4, 5, 8, 9, None)] == [1.0, 0.7, 0.7, 0.5, 0.5]


@given(st.permutations([Ending("a", 5, 90), Ending("b", 5, 80), Ending("c", 9, 70)]))
def test_endings_come_in_any_order_and_twice(endings: list[Ending]) -> None:
    superseded = Superseded(100, ())
    for one in endings + endings[:2]:
        superseded = superseded.also(one)
    assert len(superseded.endings) == 3
    assert [superseded.ends(at) for at in (4, 5, 8, 9, None)] == [100, 80, 80, 70, 70]


async def marks_in(store: Reopenable) -> list[dict[str, Any]]:
    """The records of what happened to facts."""
    await store.open()
    return [json.loads(row.body or b"") async for rows in store.scan("marks") for row in rows]


async def test_only_facts_that_follow_each_other_in_a_batch_are_named_together() -> None:
    store = Reopenable()
    async with open_graph(store) as graph:
        singles = [await graph.add(f"a{n}", "p", "b") for n in range(2)]
        for part in range(2):
            await graph.add_many([(f"b{part}{n}", "p", "b") for n in range(3)])
        last = await graph.add("c", "p", "b")
        first, second = (f.id[:-2] for f in await graph.match() if f.subject in ("b00", "b10"))
        await graph.retract_fact(f"{second}:1")
        assert await graph.retract(object="b") == 8
    one, several = await marks_in(store)
    assert one["retracted"] == [[f"{second}:1", 1]]
    assert several["retracted"] == [
        *([single, 1] for single in singles),
        [f"{first}:0", 3],
        [f"{second}:0", 1],
        [f"{second}:2", 1],
        [last, 1],
    ]


async def test_a_commit_of_many_changes_writes_records_of_a_bounded_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(changes, "SLICE", 4)
    store, clock = Reopenable(), StillClock()
    async with open_graph(store, clock) as graph:
        await graph.declare("p", functional=True)
        await graph.add_many([(f"a{n}", "p", "b") for n in range(10)], source="s")
        clock.ms += 1
        await graph.add_many([(f"a{n}", "p", "c") for n in range(10)], source="s")
        newer = [{"subject": f"a{n}", "predicate": "p", "object": "c", "confidence": 0.5} for n in range(10)]
        await graph.add_many(newer, source="s")
        for n in range(0, 10, 2):
            assert await graph.retract(subject=f"a{n}", source="s") == 2
        assert await graph.retract(source="s") == 10
        before = await shown(graph)
    sizes = [sum(len(one[kind]) for kind in ("retracted", "ended", "rated")) for one in await marks_in(store)]
    assert sizes == [4, 4, 2, 4, 4, 2, *[2] * 5, 4, 4, 2]
    async with open_graph(store, clock) as graph:
        assert await shown(graph) == before


async def size_of(store: Reopenable) -> int:
    """Bytes of all records."""
    await store.open()
    return sum([len(row.body or b"") async for rows in store.scan() for row in rows])


@pytest.mark.parametrize("build", ALL_BUILDS)
async def test_a_change_costs_the_same_however_many_were_before(build: str) -> None:
    store, clock = Reopenable(), StillClock()
    async with open_graph(store, clock, build) as graph:
        await graph.add_many([(f"a{n}", "p", "b") for n in range(400)], source="s")
        grown = []
        for part in range(3):
            facts = [await graph.match(f"a{n}") for n in range(part * 100, part * 100 + 100)]
            before = await size_of(store)
            for (fact,) in facts[::2]:
                await graph.retract_fact(fact.id)
            for (fact,) in facts[1::2]:
                await graph.add(fact.subject, "p", "b", source="s", confidence=0.5)
            for n in range(50):
                await graph.add("one", "p", "b", confidence=(n + 1) / 50)
            grown.append(await size_of(store) - before)
        assert max(grown[1:]) - min(grown[1:]) < 500
        assert grown[2] < 150 * 300
        rows = [row async for batch in store.scan("marks") for row in batch]
        assert len(rows) == 3 * 150 - 1
        removed = await graph.retract(source="s")
        assert removed == 400 - 150
        rows = [row async for batch in store.scan("marks") for row in batch]
        assert len(rows) == 3 * 150
