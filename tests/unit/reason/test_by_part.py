"""A few words of a name stand for it where no other name has them; what is near to a name and is none."""

from __future__ import annotations

import pytest

from pramana.pace import Pace
from pramana.reason import by_part
from pramana.reason.by_part import NamesByPart, stems_said
from pramana.reason.linking import Linker
from tests.unit.reason.graphs_asked import asked

NAMES = (
    ("web storefront", "depends_on", "main database"),
    ("black friday slowdown", "hit", "main database"),
    ("march outage", "hit", "web storefront"),
    ("bolting", "ends", "harvest"),
    ("green hut", "near", "red hut"),
    ("red barn", "near", "red gate"),
)


async def found(text: str) -> list[tuple[str, str, str]]:
    async with asked(*NAMES) as here:
        readings = await Linker(here.graph).candidates(text)
        return [(one[0].mention, one[0].term, one[0].how) for one in readings]


@pytest.mark.parametrize(
    ("text", "mention", "term"),
    [
        ("what was the black friday trouble", "black friday", "black friday slowdown"),
        ("is the storefront slow", "storefront", "web storefront"),
        ("how long was the database away in all", "database", "main database"),
        ("why did they bolt", "bolt", "bolting"),
    ],
)
async def test_what_only_one_name_has_stands_for_it(text: str, mention: str, term: str) -> None:
    assert (mention, term, "part") in await found(text)


@pytest.mark.parametrize(
    "text", ["paint the hut", "which storefront is it", "did they harvest in black", "in a slow way"]
)
async def test_nothing_is_named_by_what_two_names_have_or_a_kind_or_a_verb(text: str) -> None:
    assert [one for one in await found(text) if one[2] == "part"] == []


async def test_a_part_is_no_mention_where_names_are_asked_for_alone() -> None:
    async with asked(*NAMES) as here:
        assert await Linker(here.graph).link("is the storefront slow") == []


async def test_the_more_is_said_and_the_last_word_the_surer_it_is() -> None:
    names = NamesByPart()
    names.add(["black friday slowdown", "friday market", "slowdown"])
    await names.prepare(Pace())
    both = dict(names.having(stems_said("black friday")))["black friday slowdown"]
    one = dict(names.having(stems_said("black")))["black friday slowdown"]
    last = dict(names.having(stems_said("black slowdown")))["black friday slowdown"]
    assert 0.5 < one < both < last < 0.9
    assert names.having(stems_said("black market")) == []
    assert names.having(()) == []


async def test_names_that_come_later_are_found_and_too_many_turn_it_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = NamesByPart()
    names.add(["web storefront"])
    await names.prepare(Pace())
    names.add(["black friday slowdown"])
    await names.prepare(Pace())
    assert [name for name, _ in names.having(("friday",))] == ["black friday slowdown"]
    monkeypatch.setattr(by_part, "MAX_NAMES", 1)
    assert names.off
    assert names.having(("friday",)) == []


async def test_a_name_is_found_in_two_words_of_which_one_says_nothing_and_not_in_another_word() -> None:
    async with asked(
        ("black friday slowdown", "is", "incident"), ("a name of many words", "is", "b")
    ) as here:
        linker = Linker(here.graph)
        apart = await linker.link("the black friday slow down")
        assert [(one.mention, one.how) for one in apart] == [("black friday slow down", "fuzzy")]
        assert await linker.link("an incidental remark") == []
        assert [one.how for one in await linker.link("an incidemt")] == ["fuzzy"]
