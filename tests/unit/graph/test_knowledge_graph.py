"""The graph as its callers see it: facts, patterns, listings."""

from __future__ import annotations

from typing import Any

import pytest

from pramana import proofs
from pramana.errors import (
    InputError,
    NotFoundError,
)
from tests.unit.graph.graphs import (
    EXPOSURE,
    START,
    Reopenable,
    all_said,
    open_graph,
    said,
    state_of,
)
from tests.unit.kernels.builds import ALL_BUILDS


@pytest.mark.parametrize("build", ALL_BUILDS)
async def test_what_follows_from_facts_and_rules_is_found_and_proved(build: str) -> None:
    async with open_graph(build=build) as graph:
        await graph.add("jwt", "vulnerable to", "timing attack", confidence=0.85, source="owasp:a02")
        await graph.add_many([("timing attack", "enables", "account takeover")], source="owasp:a07")
        await graph.add_rule(EXPOSURE, name="exposure")
        assert await all_said(graph, "JWT") == ["jwt vulnerable_to timing attack 0.85"]
        assert await all_said(graph, "jwt", derived=True) == [
            "jwt exposed_to account takeover 0.765 derived",
            "jwt vulnerable_to timing attack 0.85",
        ]
        verdict = await graph.explain("jwt", "exposed to", "account takeover")
        assert (verdict.verdict, verdict.confidence) == ("true", pytest.approx(0.765))
        assert verdict.proof is not None
        assert [step.source for step in verdict.proof.steps if step.fact] == ["owasp:a02", "owasp:a07"]
        proofs.check(verdict.proof, await graph.match(limit=10), await graph.rules())
        assert [n.term for n in await graph.neighbors("jwt", depth=2)] == [
            "timing attack",
            "account takeover",
        ]
        (path,) = await graph.paths("jwt", "account takeover", k=3)
        assert path.terms == ("jwt", "timing attack", "account takeover")
        assert {r.term for r in (await graph.rank(["jwt"], k=10)).ranked} == set(path.terms)
        assert await graph.retract(source="owasp:a02") == 1
        assert await all_said(graph, "jwt", derived=True) == []


async def test_a_fact_that_is_stated_again_is_not_recorded_twice() -> None:
    store = Reopenable()
    async with open_graph(store) as graph:
        first = await graph.add(
            "a", "p", "b", confidence=0.5, source="s", valid_from_ms=1, valid_to_ms=START * 2
        )
        head = (await store.state()).head_seq
        same = {"confidence": 0.5, "source": "s", "valid_from_ms": 1, "valid_to_ms": START * 2}
        assert await graph.add(" A", "P", "b ", **same) == first
        assert (
            await graph.add_many([{"subject": "a", "predicate": "p", "object": "b", **same}])
        ).to_dict() == {
            "added": 0,
            "known": 1,
        }
        assert (await store.state()).head_seq == head
        others = [
            await graph.add("a", "p", "b", **{**same, **other})
            for other in ({"source": "t"}, {"valid_from_ms": 2}, {"valid_to_ms": None}, {"negated": True})
        ]
        assert len({first, *others}) == 5


@pytest.mark.parametrize("bulk", [False, True])
async def test_another_confidence_of_the_same_source_rates_the_fact_anew(bulk: bool) -> None:
    store = Reopenable()
    async with open_graph(store) as graph:
        await graph.add_rule("(?x p ?y) => (?y q ?x)")
        for confidence in (0.5, 0.9, 0.2):
            if bulk:
                await graph.add_many(
                    [{"subject": "a", "predicate": "p", "object": "b", "confidence": confidence}]
                )
            else:
                await graph.add("a", "p", "b", confidence=confidence)
            (fact,) = await graph.match("a")
            assert fact.confidence == confidence
            (following,) = await graph.match("b", derived=True)
            assert following.confidence == pytest.approx(confidence)
        before = await state_of(graph)
    async with open_graph(store) as graph:
        assert await state_of(graph) == before


async def test_of_a_fact_given_twice_in_a_list_the_last_confidence_counts() -> None:
    async with open_graph() as graph:
        given = [
            {"subject": "a", "predicate": "p", "object": o, "confidence": c}
            for o, c in (("b", 0.1), ("B", 0.7))
        ]
        assert (await graph.add_many(given)).to_dict() == {"added": 1, "known": 1}
        assert await all_said(graph) == ["a p b 0.7"]
        assert (await graph.add_many([*given, *given])).to_dict() == {"added": 0, "known": 4}


async def test_a_list_may_hold_objects_triples_and_pairs() -> None:
    async with open_graph() as graph:
        added = await graph.add_many(
            (
                fact
                for fact in [
                    ("socrates", "human"),
                    ["plato", "is", "human"],
                    ("zeno", "human", None),
                    {"subject": "x", "predicate": "age", "object": 18.0, "negated": True, "source": "own"},
                    ("socrates", "is", "human"),
                ]
            ),
            source="given",
        )
        assert (added.added, added.known) == (4, 1)
        found = await graph.match(negated=None)
        assert [(said(f), f.source) for f in found] == [
            ("socrates is human 1", "given"),
            ("plato is human 1", "given"),
            ("zeno is human 1", "given"),
            ("not x age 18 1", "own"),
        ]


@pytest.mark.parametrize(
    ("fact", "field"),
    [
        (("a", "p", "?x"), "object"),
        (("", "p", "b"), "subject"),
        (("a", True, "b"), "predicate"),
        (("a", "\x00"), "predicate"),
        (("a",), "fact"),
        (("a", "p", "b", 1), "fact"),
        ("apb", "fact"),
        (None, "fact"),
        ({"subject": "a"}, "predicate"),
        ({"subject": "a", "predicate": "p", "objekt": "b"}, "objekt"),
        ({"subject": "a", "predicate": "p", "object": "b", "confidence": 0}, "confidence"),
        ({"subject": "a", "predicate": "p", "object": "b", "confidence": 1.01}, "confidence"),
        ({"subject": "a", "predicate": "p", "object": "b", "confidence": float("nan")}, "confidence"),
        ({"subject": "a", "predicate": "p", "object": "b", "confidence": True}, "confidence"),
        ({"subject": "a", "predicate": "p", "object": "b", "source": "s" * 1001}, "source"),
        ({"subject": "a", "predicate": "p", "object": "b", "negated": 1}, "negated"),
        ({"subject": "a", "predicate": "p", "object": "b", "valid_from_ms": 1.5}, "valid_from_ms"),
        (
            {"subject": "a", "predicate": "p", "object": "b", "valid_from_ms": 5, "valid_to_ms": 5},
            "valid_to_ms",
        ),
    ],
)
async def test_a_list_with_one_unacceptable_fact_is_refused_whole(fact: Any, field: str) -> None:
    store = Reopenable()
    async with open_graph(store) as graph:
        with pytest.raises(InputError, match=r"facts\[2\]") as caught:
            await graph.add_many([("a", "p", "b"), ("b", "p", "c"), fact, ("d", "p", "e")])
        assert caught.value.details["index"] == 2
        assert caught.value.details["field"] == field
        assert await graph.match() == []
        assert (await store.state()).head_seq == 0
        if isinstance(fact, dict) and {"subject", "predicate"} <= fact.keys() and "objekt" not in fact:
            with pytest.raises(InputError) as alone:
                await graph.add(**fact)
            assert alone.value.details["field"] == field


async def test_a_long_list_is_one_entry_of_the_journal_in_batches_of_columns() -> None:
    store, progress = Reopenable(), []
    facts = [(f"term {n % 700}", f"predicate {n % 7}", f"term {n // 700}") for n in range(20_000)]
    async with open_graph(store) as graph:
        added = await graph.add_many(facts, source="s", on_progress=lambda *told: progress.append(told))
        assert (added.added, added.known) == (20_000, 0)
        (entry,) = await store.entries(0, 10)
        assert [op.kind for op in entry.ops] == ["facts", "facts"]
        assert progress[-1] == (20_000, 20_000)
        assert progress == sorted(progress)
        assert (await graph.stats())["facts"] == 20_000
        assert [said(f) for f in await graph.match("term 3", "predicate 3", "term 0")] == [
            "term 3 predicate_3 term 0 1"
        ]
        ids = [f.id for f in await graph.match(limit=20_000)]
        assert len(set(ids)) == 20_000
        await graph.retract_fact(ids[17_000])
        assert await graph.retract(predicate="predicate 2") == 2857
        assert await graph.retract(predicate="predicate 2") == 0
        before = await state_of(graph)
        assert (await graph.add_many(facts, source="s")).to_dict() == {"added": 2858, "known": 17_142}
        assert (await graph.stats())["recorded"] == 22_858
    async with open_graph(store) as graph:
        assert (await graph.stats())["facts"] == 20_000
        assert before["stats"]["facts"] == 17_142


async def test_a_pattern_leaves_any_part_free() -> None:
    async with open_graph() as graph:
        await graph.add_many(
            [("a", "p", "b"), ("a", "q", "b"), ("b", "p", "a"), ("a", "p"), ("b", "is", "p")]
        )
        await graph.add("a", "p", "c", negated=True, confidence=0.5)
        everything = ["a is p 1", "a p b 1", "a q b 1", "b is p 1", "b p a 1"]
        assert await all_said(graph) == everything
        assert await all_said(graph, negated=None) == [*everything, "not a p c 0.5"]
        assert await all_said(graph, negated=True) == ["not a p c 0.5"]
        assert await all_said(graph, "a", "p", "b") == ["a p b 1"]
        assert await all_said(graph, "a", None, "b") == ["a p b 1", "a q b 1"]
        assert await all_said(graph, None, "p", "a") == ["b p a 1"]
        assert await all_said(graph, None, "p") == ["a is p 1", "a p b 1", "b is p 1", "b p a 1"]
        assert await all_said(graph, "a", "p", negated=None) == ["a is p 1", "a p b 1", "not a p c 0.5"]
        assert await all_said(graph, None, "is") == ["a is p 1", "b is p 1"]
        await graph.add("word", "is")
        assert await all_said(graph, None, "is") == ["a is p 1", "b is p 1", "word is is 1"]
        await graph.retract(subject="word")
        assert await all_said(graph, None, "is", "p") == ["a is p 1", "b is p 1"]
        assert await all_said(graph, "a", min_confidence=0.6, negated=None) == [
            "a is p 1",
            "a p b 1",
            "a q b 1",
        ]
        assert await all_said(graph, "nobody") == []
        assert await all_said(graph, None, "nothing") == []
        assert await all_said(graph, None, None, "nowhere", derived=True) == []
        assert len(await graph.match(limit=2)) == 2
        assert len(await graph.match(derived=True, limit=2)) == 2


async def test_what_is_asserted_and_follows_with_more_confidence_is_shown_as_both() -> None:
    async with open_graph() as graph:
        await graph.add("a", "q", "b", confidence=0.3)
        await graph.add("a", "p", "b", confidence=0.8)
        await graph.add_rule("(?x p ?y) => (?x q ?y)")
        assert await all_said(graph, "a", "q", derived=True) == ["a q b 0.3", "a q b 0.8 derived"]
        assert await all_said(graph, "a", "q", derived=True, min_confidence=0.5) == ["a q b 0.8 derived"]
        await graph.add("a", "q", "b", confidence=0.9)
        assert await all_said(graph, "a", "q", derived=True) == ["a q b 0.9"]


@pytest.mark.parametrize("size", [1, 3, 100])
async def test_pages_of_facts_go_from_the_newest_to_the_oldest(size: int) -> None:
    async with open_graph() as graph:
        ids = []
        for n in range(3):
            ids.append(await graph.add("single", "n", n, negated=n == 1))
            await graph.add_many([(f"bulk {n}", "n", at) for at in range(4)], source=f"s{n}")
        pages, cursor = [], None
        while not pages or cursor:
            page = await graph.facts(cursor=cursor, limit=size)
            pages.append(page.facts)
            cursor = page.cursor
        found = [fact for page in pages for fact in page]
        assert all(len(page) == size for page in pages[:-1])
        assert len(pages[-1]) <= size
        assert [f.object for f in found] == [
            "3",
            "2",
            "1",
            "0",
            "2",
            "3",
            "2",
            "1",
            "0",
            "1",
            "3",
            "2",
            "1",
            "0",
            "0",
        ]
        assert [f.id for f in found if f.subject == "single"] == ids[::-1]


async def test_a_listing_keeps_to_a_source_and_a_predicate() -> None:
    async with open_graph() as graph:
        await graph.add_many([("a", "p", "b"), ("a", "q", "b"), ("a", "p")], source="one")
        await graph.add_many([("b", "p", "c")], source="two")
        assert [said(f) for f in (await graph.facts(source="one")).facts] == [
            "a is p 1",
            "a q b 1",
            "a p b 1",
        ]
        assert [said(f) for f in (await graph.facts(predicate="p")).facts] == [
            "b p c 1",
            "a is p 1",
            "a p b 1",
        ]
        assert [said(f) for f in (await graph.facts(source="two", predicate="P")).facts] == ["b p c 1"]
        assert (await graph.facts(source="three")).facts == ()
        assert (await graph.facts(predicate="r")).facts == ()


@pytest.mark.parametrize("cursor", ["", "x", 3, "a:", ":1", "a:-1", "a:1.5"])
async def test_a_cursor_that_no_page_gave_is_refused(cursor: Any) -> None:
    async with open_graph() as graph:
        with pytest.raises(InputError) as caught:
            await graph.facts(cursor=cursor)
        assert caught.value.details["field"] == "cursor"


async def test_retracting_means_all_facts_of_a_pattern_whenever_they_hold() -> None:
    async with open_graph() as graph:

        async def fill() -> None:
            await graph.add("a", "p", "b", valid_from_ms=START * 2, source="s")
            await graph.add("a", "p", "b", source="t")
            await graph.add("a", "p", "c", negated=True)
            await graph.add_many([("a", "q", "b"), ("b", "p", "a"), ("a", "p")], source="s")

        await fill()
        for pattern, expected in [
            ({"subject": "a"}, 5),
            ({"predicate": "p"}, 5),
            ({"object": "B"}, 3),
            ({"source": "s"}, 4),
            ({"source": "s", "subject": "a"}, 3),
            ({"subject": "a", "predicate": "p", "object": "b"}, 2),
            ({"source": "u"}, 0),
            ({"subject": "z"}, 0),
        ]:
            assert await graph.retract(**pattern) == expected, pattern
            assert await graph.retract(**pattern) == 0
            await fill()
        with pytest.raises(InputError, match="at least one"):
            await graph.retract()


async def test_one_fact_is_retracted_by_its_id() -> None:
    async with open_graph() as graph:
        one = await graph.add("a", "p", "b")
        await graph.add_many([("b", "p", "c"), ("c", "p", "d")])
        two = (await graph.match("c"))[0].id
        for fact_id in (one, two):
            await graph.retract_fact(fact_id)
            with pytest.raises(NotFoundError):
                await graph.retract_fact(fact_id)
        assert await all_said(graph) == ["b p c 1"]
        with pytest.raises(NotFoundError):
            await graph.retract_fact("nothing")
