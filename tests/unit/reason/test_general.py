"""Rules about whole kinds are read as statements on the kinds."""

from __future__ import annotations

import pytest

from pramana.reason.gather import Gatherer
from pramana.reason.general import General, is_general, rule_of
from tests.unit.reason.graphs_asked import asked


async def test_rules_about_kinds_are_statements_that_are_found_in_either_number() -> None:
    async with asked() as here:
        await here.graph.tell("Foxes eat rabbits. Every fox is an animal. No fox flies.")
        rules = await here.graph.rules()
        general = General(rules)
        said = {(one.predicate, one.object, one.negated): one for one in general.of("foxes")}
        assert set(said) == {("eats", "rabbits", False), ("is", "animal", False), ("is", "flies", True)}
        assert [one.subject for one in general.to("rabbit")] == ["fox"]
        assert {rule_of(one) for one in general.of("fox")} == {rule.id for rule in rules}
        assert all(map(is_general, general.of("fox")))


@pytest.mark.parametrize(
    "rule",
    [
        "(?x is bird) & unless (?x is penguin) => (?x is flier)",
        "(?x is red) & (?x is cat) => (?x is rare)",
        "(?x likes ?y) => (?y likes ?x)",
        "(?x is cat) & (?y is dog) => (?y fears tom)",
        "(?x is cat) => (tom fears ?x)",
    ],
)
async def test_rules_with_more_conditions_say_nothing_of_a_kind_alone(rule: str) -> None:
    async with asked() as here:
        await here.graph.add_rule(rule)
        general = General(await here.graph.rules())
        assert [general.of(term) for term in ("bird", "cat", "red", "dog", "tom")] == [[]] * 5


async def test_what_is_said_of_a_kind_is_below_the_confidence_that_is_asked_for_or_not() -> None:
    async with asked() as here:
        await here.graph.add_rule("(?x is bird) => (?x has wings) @0.6")
        for least, count in ((0.5, 1), (0.7, 0)):
            around = await Gatherer(here.graph, None, least).stated("bird")
            assert len(around.out) == count
