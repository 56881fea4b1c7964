from __future__ import annotations

import itertools
from random import Random

import pytest
from hypothesis import given

from pramana.errors import RuleError
from pramana.graph.rule_language import parse_rules
from pramana.graph.stratify import check_stratified, rule_strata, strata
from pramana.knowledge import IS, Atom, Rule, is_variable
from pramana.text.terms import key_of
from tests.unit.graph.programs import rule, seeds


def circle_in(text: str) -> tuple[list[str], str]:
    with pytest.raises(RuleError) as caught:
        check_stratified(parse_rules(text))
    return caught.value.details["cycle"], str(caught.value)


def test_relations_go_by_identity() -> None:
    rules = parse_rules(
        "(?x Likes ?y) & unless (?x http://x/P ?y) => (?x LIKED ?y)\n(?x http://x/p ?y) => (?x likes ?y)"
    )
    assert set(strata(rules)) == {
        (name, False, "") for name in ("likes", "liked", "http://x/P", "http://x/p")
    }


def test_strata_rise_by_unless_alone() -> None:
    rules = parse_rules("""
        (?x a ?y) & (?y b ?x) => (?x c ?y)
        (?x c ?y) & unless (?x D ?y) => (?x e ?y)
        (?x e ?y) => (?x f ?y)
        (?x f ?y) & unless not (?x e ?y) => not (?x g ?y)
        not (?x g ?y) & unless (?x f ?y) & unless (?x a ?y) => (?x h ?y)
    """)
    expected = {"a": 0, "b": 0, "c": 0, "d": 0, "e": 1, "f": 1, "not e": 0, "not g": 1, "h": 2}
    assert strata(rules) == {
        (name.removeprefix("not "), name.startswith("not "), ""): n for name, n in expected.items()
    }


def test_nothing_has_no_strata() -> None:
    assert strata([]) == {}


def test_a_relation_derived_from_itself_alone_is_no_circle() -> None:
    rules = parse_rules("(?x p ?y) & (?y p ?z) => (?x p ?z)\n(?x p ?y) => (?x q ?y)\n(?x q ?y) => (?x p ?y)")
    assert strata(rules) == {("p", False, ""): 0, ("q", False, ""): 0}


def test_unless_not_p_is_no_circle_with_p() -> None:
    check_stratified(parse_rules("(?x p ?y) & unless not (?x q ?y) => (?x q ?y)"))


@pytest.mark.parametrize(
    ("text", "cycle"),
    [
        ("(?x p ?y) & unless (?x q ?y) => (?x Q ?y)", ["Q", "Q"]),
        ("(?x p ?y) & unless (?y win yes) => (?x win yes)", ["win", "win"]),
        ("(?x a b) & unless (?x p b) => (?x q b)\n(?x q b) => (?x p b)", ["q", "p", "q"]),
        ("(?x a b) & unless (?x p b) => (?x q b)\n(?x a b) & unless (?x q b) => (?x p b)", ["p", "q", "p"]),
        ("(?x p b) & unless not (?x p b) => not (?x p b)", ["not p", "not p"]),
        (
            "(?x a b) & unless (?x c b) => (?x a b)\n(?x a b) => (?x d b)\n(?x d b) => (?x c b)\n(?x a b) => (?x c b)",
            ["a", "c", "a"],
        ),
        (  # the circle is not where the strata rise: they rise along a, b, c first
            """(?x a z) & unless (?x a b) => (?x b z)
            (?x a z) & unless (?x b z) => (?x c z)
            (?x c z) & unless (?x y z) => (?x y z)""",
            ["y", "y"],
        ),
    ],
)
def test_a_circle_through_unless_is_refused_and_named(text: str, cycle: list[str]) -> None:
    found, message = circle_in(text)
    assert found == cycle
    assert message.startswith(" → ".join(cycle) + " is a circle through unless")


def test_each_predicate_of_one_place_is_a_relation() -> None:
    rules = parse_rules("(?x bird) & unless (?x Penguin) => (?x flier)\n(?x emperor) => (?x penguin)")
    assert rule_strata(rules) == [1, 0]
    assert circle_in("(?x bird) & unless (?x flier) => (?x Flier)")[0] == ["Flier", "Flier"]
    cycle, _ = circle_in("(?x bird) & unless (?x penguin) => (?x flier)\n(?x flier) => (?x penguin)")
    assert cycle == ["flier", "penguin", "flier"]


def test_a_class_that_is_any_is_read_after_all_that_are_concluded() -> None:
    rules = parse_rules(
        "(?x a) & unless (?x b) => (?x c)\n(?x is ?k) => (?x has ?k)\n(?x z) & unless (?x is ?k) => (?x p q)"
    )
    assert rule_strata(rules) == [1, 1, 2]


def test_a_conclusion_of_any_class_makes_one_relation_of_all() -> None:
    any_class = "(?x is ?y) & (?y is ?z) => (?x is ?z)"
    check_stratified(parse_rules(any_class))
    cycle, message = circle_in(f"{any_class}\n(?x bird) & unless (?x penguin) => (?x flier)")
    assert cycle == ["is", "is"]
    assert message.endswith('a rule that concludes "is ?…" concludes any statement of one place')
    check_stratified(parse_rules(f"{any_class}\nnot (?x bird) & unless not (?x penguin) => not (?x flier)"))
    assert "one place" not in circle_in("(?x p a) & unless (?x q a) => (?x q a)")[1]


def may_derive(one: Rule, atom: Atom, rules: list[Rule]) -> bool:
    """Whether a rule's conclusion is, as strata see it, what an atom says."""
    head = one.head
    if (key_of(head.predicate), head.negated) != (key_of(atom.predicate), atom.negated):
        return False
    if key_of(head.predicate) != IS or any(
        key_of(other.head.predicate) == IS
        and is_variable(other.head.object)
        and other.head.negated == head.negated
        for other in rules
    ):
        return True
    return is_variable(atom.object) or key_of(head.object) == key_of(atom.object)


def by_every_numbering(rules: list[Rule]) -> list[int] | None:
    """The least of all numberings of the rules that obey the definition, tried one by one."""
    obeying = []
    for numbers in itertools.product(range(len(rules) + 1), repeat=len(rules)):

        def highest(atom: Atom, numbers: tuple[int, ...] = numbers) -> int:
            derived = (n for n, one in zip(numbers, rules, strict=True) if may_derive(one, atom, rules))
            return max(derived, default=0)

        if all(
            highest(one.head) == number
            and all(number >= highest(atom) for atom in one.body)
            and all(number > highest(atom) for atom in one.unless)
            for number, one in zip(numbers, rules, strict=True)
        ):
            obeying.append(numbers)
    return [min(column) for column in zip(*obeying, strict=True)] if obeying else None


@given(seeds)
def test_strata_are_the_least_that_obey_the_definition(seed: int) -> None:
    random = Random(seed)
    rules = [rule(random) for _ in range(random.randint(1, 4))]
    for order in itertools.permutations(rules):
        expected = by_every_numbering(list(order))
        if expected is not None:
            assert rule_strata(order) == expected
            continue
        with pytest.raises(RuleError) as caught:
            strata(order)
        cycle = caught.value.details["cycle"]
        assert cycle[0].casefold() == cycle[-1].casefold()
