"""docs/packs.md tells the truth: each example comes to the facts shown, and each refusal has its reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pramana.errors import InputError
from pramana.graph.rule_language import fact_text, parse_program, parse_rules
from tests.unit.graph.graphs import open_graph

PAGE = (Path(__file__).parents[4] / "docs" / "packs.md").read_text(encoding="utf-8")
BLOCKS: list[tuple[str, str]] = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
EXAMPLES = [
    (kind, text, BLOCKS[place + 1])
    for place, (kind, text) in enumerate(BLOCKS)
    if kind in ("csv", "nt", "jsonld")
]
REFUSED = re.findall(r"^\| (\w+) \| `(.+)` \| (.+) \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("format", "text", "shown"), EXAMPLES, ids=[one[0] for one in EXAMPLES])
async def test_an_example_comes_to_the_facts_that_are_shown(
    format: str, text: str, shown: tuple[str, str]
) -> None:
    assert shown[0] == "facts"
    async with open_graph() as graph:
        await graph.add_pack(text, format=format, name="example", licence="CC0-1.0")
        found = await graph.match(negated=None)
        assert sorted(fact_text(fact.atom, fact.confidence) for fact in found) == sorted(
            fact_text(item.atom, item.confidence) for item in parse_program(shown[1])
        )


async def test_the_rule_in_ones_own_words_applies_to_the_example() -> None:
    [rules] = [text for kind, text in BLOCKS if kind == "rules"]
    assert parse_rules(rules)
    async with open_graph() as graph:
        await graph.add_pack(dict(BLOCKS)["nt"], format="nt", name="example", licence="CC0-1.0", rules=rules)
        (fact,) = await graph.match(None, "uses", derived=True)
        assert (fact.subject, fact.object) == ("urn:blank:example:b0", "http://ex.org/jwt")


@pytest.mark.parametrize(("format", "line", "reason"), REFUSED)
async def test_what_is_said_to_be_refused_is_refused_for_that_reason(
    format: str, line: str, reason: str
) -> None:
    text = f"subject,predicate,object\n{line}\n" if format == "csv" else line
    async with open_graph() as graph:
        with pytest.raises(InputError) as caught:
            await graph.add_pack(text, format=format, name="example", licence="CC0-1.0")
        assert caught.value.details["reason"] == reason


def test_the_page_has_an_example_and_a_refusal_of_each_format() -> None:
    formats = {"csv", "nt", "jsonld"}
    assert {one[0] for one in EXAMPLES} == {one[0] for one in REFUSED} == formats
