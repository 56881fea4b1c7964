"""What a question supposes, and what would be otherwise then."""

from __future__ import annotations

import pytest

from pramana.answers import Entity
from pramana.graph.supposing import difference
from pramana.knowledge import Atom
from pramana.reason.question import read_question
from pramana.reason.supposing import supposed_in
from tests.unit.reason.graphs_asked import asked


def entity(text: str, mention: str) -> Entity:
    start = text.index(mention)
    return Entity(mention, start, start + len(mention), mention, "exact", 1.0)


@pytest.mark.parametrize(
    "text",
    [
        "What happens if there is no fuel?",
        "what would stop without fuel",
        "What if fuel were banned?",
        "what if we ran out of fuel",
        "Suppose the fuel disappears, what then?",
        "what if fuel isn't there",
    ],
)
def test_that_a_thing_is_gone_is_read(text: str) -> None:
    supposed = supposed_in(read_question(text, [entity(text, "fuel")]))
    assert supposed is not None
    assert supposed.gone is not None


@pytest.mark.parametrize(
    "text", ["What needs fuel?", "What if fuel causes it?", "Why is there no fuel?", "what happens with fuel"]
)
def test_what_supposes_no_such_thing_is_left_alone(text: str) -> None:
    assert supposed_in(read_question(text, [entity(text, "fuel")])) is None


def test_that_one_does_no_longer_or_is_another_is_read() -> None:
    for text, denied in (
        ("What if Acme stopped making rockets?", True),
        ("What if Acme were rockets?", False),
    ):
        supposed = supposed_in(read_question(text, [entity(text, "Acme"), entity(text, "rockets")]))
        assert supposed is not None
        assert supposed.pair is not None
        assert supposed.denied == denied


@pytest.mark.parametrize("build", ["simd", "scalar", "reference"])
async def test_what_rests_on_other_facts_too_is_not_lost(build: str) -> None:
    needs = (("a", "needs", "b"), ("b", "needs", "c"), ("a", "needs", "d"), ("d", "needs", "c"))
    async with asked(*needs, build=build) as here:
        await here.graph.add_rule("(?x needs ?y) & (?y needs ?z) => (?x needs ?z)")
        one, other = Atom("b", "needs", "c"), Atom("d", "needs", "c")
        assert (await difference(here.graph, gone=[one], about=["a", "c"])).lost == ()
        both = await difference(here.graph, gone=[one, other], about=["a", "c"])
        assert [proof.conclusion for proof in both.lost] == [Atom("a", "needs", "c")]
        held = await here.graph.match("a", "needs", "c", derived=True)
        assert [fact.derived for fact in held] == [True]


@pytest.mark.parametrize("build", ["simd", "scalar", "reference"])
async def test_what_would_follow_is_proved_with_what_is_assumed_and_gone_afterwards(build: str) -> None:
    async with asked(("tim", "is", "cat"), ("rex", "is", "dog"), build=build) as here:
        await here.graph.add_rule("(?x is dog) => (?x is loud)")
        would = await difference(here.graph, assumed=[Atom("tim", "is", "dog")], about=["tim"])
        assert [proof.conclusion for proof in would.gained] == [Atom("tim", "is", "loud")]
        assert [fact.id for fact in would.gained[0].assumptions] == ["assumption:1"]
        assert (await here.graph.explain("tim", "is", "loud")).verdict == "unknown"


async def test_without_rules_nothing_follows_that_could_be_otherwise() -> None:
    async with asked(("a", "needs", "b")) as here:
        none = await difference(here.graph, gone=[Atom("a", "needs", "b")], about=["a"])
        assert (none.lost, none.gained) == ((), ())
