"""Knowledge packs in a graph: loaded whole, kept across reopening, removed whole."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.errors import InputError, NotFoundError, RuleError
from pramana.graph.packs import reading
from pramana.knowledge import Pack
from tests.unit.graph.graphs import (
    EXPOSURE,
    START,
    Reopenable,
    StillClock,
    all_said,
    open_graph,
    state_of,
)
from tests.unit.kernels.builds import ALL_BUILDS

CSV = """# name: web
# version: 3
# licence: CC0-1.0
# source: there
subject,predicate,object,confidence,source
jwt,vulnerable to,timing attack,0.8,owasp
timing attack,enables,account takeover,,
"""
WEB = Pack("web", "3", "CC0-1.0", "there", 2, 1, START)


@pytest.mark.parametrize("build", ALL_BUILDS)
async def test_a_pack_is_loaded_whole_bears_its_licence_and_goes_whole(build: str) -> None:
    store, clock = Reopenable(), StillClock()
    async with open_graph(store, clock, build=build) as graph:
        await graph.add("session", "vulnerable_to", "timing attack")
        before = await state_of(graph)
        head = (await store.state()).head_seq
        added = await graph.add_pack(CSV, rules=EXPOSURE)
        assert (await store.state()).head_seq == head + 1
        assert (added.pack, added.repeats, added.skipped, added.skipped_count) == (WEB, 0, (), 0)
        facts = {(f.subject, f.predicate, f.object): f for f in await graph.match(derived=True)}
        one, other = (
            facts["jwt", "vulnerable_to", "timing attack"],
            facts["timing attack", "enables", "account takeover"],
        )
        assert (one.confidence, one.source, one.pack, one.licence) == (0.8, "owasp", "web", "CC0-1.0")
        assert (other.confidence, other.source, other.pack, other.licence) == (1.0, "there", "web", "CC0-1.0")
        mine = facts["session", "vulnerable_to", "timing attack"]
        assert (mine.pack, mine.licence) == ("", "")
        assert facts["jwt", "exposed_to", "account takeover"].confidence == pytest.approx(0.72)
        (rule,) = await graph.rules()
        assert (rule.pack, rule.source, rule.name) == ("web", "there", "")
        loaded = await state_of(graph)
    async with open_graph(store, clock, build=build) as graph:
        assert await graph.packs() == [WEB]
        assert await state_of(graph) == loaded
        then = clock.ms
        clock.ms += 10
        assert await graph.remove_pack("web") == 2
        assert await graph.packs() == []
        after = await state_of(graph)
        assert {k: v for k, v in after.items() if k != "stats"} == {
            k: v for k, v in before.items() if k != "stats"
        }
        assert len(await graph.match(known_at_ms=then)) == 3
    async with open_graph(store, clock, build=build) as graph:
        assert await graph.packs() == []
        assert await state_of(graph) == after
        with pytest.raises(NotFoundError, match="there is no pack 'web'"):
            await graph.remove_pack("web")


async def test_what_is_said_beside_a_pack_stays_when_it_goes() -> None:
    said = {"confidence": 0.8, "source": "owasp"}
    async with open_graph() as graph:
        first = await graph.add("jwt", "vulnerable_to", "timing attack", **said)
        rule = await graph.add_rule(EXPOSURE, name="mine")
        assert (await graph.add_pack(CSV, rules=EXPOSURE)).pack == WEB
        assert [f.pack for f in await graph.match("jwt")] == ["", "web"]
        assert [r.pack for r in await graph.rules()] == ["", "web"]
        assert await graph.add("jwt", "vulnerable_to", "timing attack", **said) == first
        # What only the pack said so far, said by somebody too.
        await graph.add("timing attack", "enables", "account takeover", source="there")
        many = {"subject": "jwt", "predicate": "vulnerable_to", "object": "timing attack", **said}
        assert (await graph.add_many([many])).known == 1
        assert await graph.remove_pack("web") == 2
        assert await all_said(graph, derived=True) == [
            "jwt exposed_to account takeover 0.72 derived",
            "jwt vulnerable_to timing attack 0.8",
            "timing attack enables account takeover 1",
        ]
        assert [r.id for r in await graph.rules()] == [rule]


async def test_a_rule_added_after_a_pack_that_has_it_is_ones_own() -> None:
    async with open_graph() as graph:
        await graph.add_pack(CSV, rules=f"{EXPOSURE}\n{EXPOSURE}\n")
        assert (await graph.packs())[0].rules == 1
        await graph.add_rule(EXPOSURE)
        await graph.remove_pack("web")
        assert [r.pack for r in await graph.rules()] == [""]


async def test_a_name_is_taken_until_its_pack_is_removed_and_a_retry_is_none() -> None:
    store = Reopenable()
    async with open_graph(store) as graph:
        text = CSV + "a,b,c,2,\n"
        first = await graph.add_pack(text, skip_malformed=True, request_id="r")
        assert first.skipped_count == 1
        again = await graph.add_pack(CSV, request_id="r")
        assert again == first
        head = (await store.state()).head_seq
        with pytest.raises(
            InputError, match="loaded already; remove it first, or give another name"
        ) as caught:
            await graph.add_pack(CSV, request_id="other")
        assert caught.value.details["field"] == "name"
        assert (await store.state()).head_seq == head
        assert (await graph.add_pack(CSV, name="other")).pack.name == "other"
        assert await graph.remove_pack(" web ", request_id="gone") == 2
        assert await graph.remove_pack("web", request_id="gone") == 2
        await graph.add_pack(CSV)
        assert [pack.name for pack in await graph.packs()] == ["other", "web"]
        assert await graph.remove_pack("web") == 2
        assert [f.pack for f in await graph.match()] == ["other", "other"]


async def test_facts_that_were_retracted_one_by_one_are_not_retracted_again() -> None:
    async with open_graph() as graph:
        await graph.add_pack(CSV)
        (fact,) = await graph.match("jwt")
        await graph.retract_fact(fact.id)
        assert await graph.remove_pack("web") == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",is,b,,", "subject must be a text that is not empty; got an empty or blank text"),
        ("a,is, ,,", "object must be a text that is not empty; got an empty or blank text"),
        ("?a,is,b,,", "subject must be a text that does not begin with \"?\" (that is a variable); got '?a'"),
        ("a,is,b,1.5,", "confidence must be a number above 0, up to 1; got 1.5"),
        (f"a,is,b,,{'s' * 1001}", "source must be at most 1,000 characters; got 1,001"),
        ("a,is", "the header has 5 columns, and this row 2"),
    ],
)
async def test_a_malformed_line_is_named_and_nothing_is_stored(row: str, reason: str) -> None:
    store = Reopenable()
    async with open_graph(store) as graph:
        head = (await store.state()).head_seq
        with pytest.raises(InputError) as caught:
            await graph.add_pack(f"{CSV}{row}\nx,y,z,,\n", rules=EXPOSURE)
        assert (caught.value.details["line"], caught.value.details["reason"]) == (8, reason)
        assert str(caught.value).startswith(f"line 8: {reason}")
        assert (await store.state()).head_seq == head
        assert await graph.packs() == await graph.rules() == await graph.match() == []
        added = await graph.add_pack(f"{CSV}{row}\nx,y,z,,\n", skip_malformed=True)
        assert [(one.line, one.reason) for one in added.skipped] == [(8, reason)]
        assert (added.skipped_count, added.pack.facts) == (1, 3)
        assert await all_said(graph, "x") == ["x y z 1"]


async def test_of_many_malformed_lines_the_first_hundred_are_named_and_all_are_counted() -> None:
    async with open_graph() as graph:
        added = await graph.add_pack(CSV + "a,b\n" * 150 + "x,y,z,,\n", skip_malformed=True)
        assert [one.line for one in added.skipped] == list(range(8, 108))
        assert (added.skipped_count, added.pack.facts) == (150, 3)


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"text": CSV.replace("# licence: CC0-1.0\n", "")}, "licence", "every fact of it keeps the terms"),
        ({"text": CSV.replace("CC0-1.0", " ")}, "licence", "is needed"),
        ({"text": CSV.replace("# name: web\n", "")}, "name", "is needed"),
        ({"text": CSV, "format": "xml"}, "format", '"csv" or "nt" or "jsonld"'),
        ({"text": b"subject"}, "text", "must be text; got bytes"),
        ({"text": "subject,predicate,object\n", "name": "n", "licence": "l"}, "text", "holds no fact"),
        ({"text": CSV, "name": "n" * 201}, "name", "at most 200 characters"),
        ({"text": CSV, "name": " "}, "name", "must not be empty"),
        ({"text": CSV, "version": 3}, "version", "must be text"),
        ({"text": CSV, "licence": None}, "licence", "must be text"),
        ({"text": CSV, "source": "s" * 1001}, "source", "at most 1,000 characters"),
        ({"text": CSV, "skip_malformed": 1}, "skip_malformed", "true or false"),
        ({"text": CSV, "rules": "#" * 100_001}, "rules", "at most 100,000 characters"),
        ({"text": CSV, "rules": "(a b c)"}, "rules", "without them this is a fact"),
        (
            {"text": CSV, "rules": "(?x bird) & unless (?x flies) => (?x flies)"},
            "rules",
            "is a circle through unless",
        ),
    ],
)
async def test_arguments_that_are_not_acceptable_are_named(
    given: dict[str, Any], field: str, message: str
) -> None:
    store = Reopenable()
    async with open_graph(store) as graph:
        head = (await store.state()).head_seq
        with pytest.raises(InputError, match=message) as caught:
            await graph.add_pack(**given)
        assert caught.value.details.get("field") == field
        assert isinstance(caught.value, RuleError) == ("rules" in given and not message.startswith("at most"))
        assert (await store.state()).head_seq == head


async def test_the_arguments_win_over_the_header() -> None:
    async with open_graph() as graph:
        added = await graph.add_pack("\ufeff" + CSV, name=" n ", version="4", licence="MIT", source="here")
        assert added.pack == Pack("n", "4", "MIT", "here", 2, 0, START)
        assert {f.source for f in await graph.match()} == {"owasp", "here"}


async def test_a_text_may_be_so_long_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_CHARS", len(CSV))
    async with open_graph() as graph:
        await graph.add_pack(CSV)
        with pytest.raises(InputError, match=f"at most {len(CSV)} characters; got {len(CSV) + 1}"):
            await graph.add_pack(CSV + "\n", name="more")


async def test_rules_alone_are_a_pack() -> None:
    async with open_graph() as graph:
        added = await graph.add_pack(
            "subject,predicate,object\n",
            name="n",
            licence="l",
            rules=f"# one\n{EXPOSURE}\n(?x a ?y) => (?y b ?x)",
        )
        assert (added.pack.facts, added.pack.rules) == (0, 2)
        assert await graph.remove_pack("n") == 0
        assert await graph.rules() == []


async def test_what_a_text_says_twice_is_counted_and_recorded_once() -> None:
    async with open_graph() as graph:
        added = await graph.add_pack(CSV + "JWT,vulnerable_to,timing  attack,0.9,owasp\n")
        assert (added.pack.facts, added.repeats) == (2, 1)
        assert await all_said(graph, "jwt") == ["jwt vulnerable_to timing attack 0.9"]


async def test_other_formats_are_loaded_and_an_iri_is_one_term_in_all_packs() -> None:
    async with open_graph() as graph:
        nt = '<http://x/a> <http://x/p> "b" .\n_:n <http://x/p> <http://x/a> .'
        jsonld = '{"@id": "http://x/a", "http://x/q": 2, "@type": "http://x/T"}'
        await graph.add_pack(nt, format="nt", name="one", licence="l")
        await graph.add_pack(jsonld, format="jsonld", name="two", licence="l")
        found = {(f.predicate, f.object, f.pack) for f in await graph.match("http://x/a")}
        assert found == {
            ("http://x/p", "b", "one"),
            ("called", "a", "one"),
            ("http://x/q", "2", "two"),
            ("is", "http://x/T", "two"),
            ("called", "a", "two"),
        }
        with pytest.raises(InputError, match="line 3: expected a subject"):
            await graph.add_pack(nt + "\nno", format="nt", name="three", licence="l")


async def test_progress_counts_the_facts_and_nothing_waits_long_for_its_turn() -> None:
    rows = "".join(f"s{n},p,o{n % 50},1,\n" for n in range(60_000))
    told: list[tuple[int, int]] = []
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with open_graph() as graph:
        task = asyncio.create_task(others())
        await graph.add_pack(CSV + rows, on_progress=lambda *done: told.append(done))
        task.cancel()
        assert told[-1] == (60_002, 60_002)
        assert told == sorted(told)
        assert turns > 4
        assert (await graph.stats())["facts"] == 60_002
        assert await graph.remove_pack("web") == 60_002
        assert (await graph.stats())["facts"] == 0


terms = st.sampled_from(["a", "b", "c d", "É"])
rows = st.lists(st.tuples(terms, terms, terms, st.sampled_from(["", "s"])), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["one", "two", ""]), rows), max_size=6),
    st.permutations(["one", "two"]),
)
async def test_a_pack_that_goes_leaves_what_would_be_there_without_it(
    writes: list[tuple[str, list[tuple[str, str, str, str]]]], order: list[str]
) -> None:
    expected: dict[str, set[tuple[str, ...]]] = {"": set()}
    store, clock = Reopenable(), StillClock()
    async with open_graph(store, clock) as graph:
        for pack, given in writes:
            facts = {(s.lower(), p.replace(" ", "_").lower(), o.lower(), src) for s, p, o, src in given}
            if not pack:
                names = ("subject", "predicate", "object", "source")
                await graph.add_many([dict(zip(names, one, strict=True)) for one in given])
                expected[""] |= facts
            elif pack not in expected:
                text = "subject,predicate,object,source\n" + "\n".join(map(",".join, given))
                added = await graph.add_pack(text, name=pack, licence="l")
                assert (added.pack.facts, added.repeats) == (len(facts), len(given) - len(facts))
                expected[pack] = facts
    async with open_graph(store, clock) as graph:
        assert [pack.name for pack in await graph.packs()] == [pack for pack in expected if pack]
        for gone in ("", *order):
            if gone in expected and gone:
                assert await graph.remove_pack(gone) == len(expected.pop(gone))
            page = await graph.facts(limit=1000)
            assert sorted(
                (f.pack, f.subject.lower(), f.predicate.lower(), f.object.lower(), f.source)
                for f in page.facts
            ) == sorted((pack, *fact) for pack, facts in expected.items() for fact in facts)
            assert all((f.licence == "l") == bool(f.pack) for f in page.facts)
