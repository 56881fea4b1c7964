"""Words of questions ask for families of relations, however a graph names them."""

from __future__ import annotations

import pytest

from pramana.reason.families import FAMILIES
from pramana.reason.kinds import KINDS
from pramana.reason.relations import (
    accepts,
    akin,
    effect_of,
    families_of_word,
    family_of,
    own_stems,
    root_of,
    turns,
    word_stem,
)
from pramana.reason.strategies import ONWARD, STRATEGIES


@pytest.mark.parametrize(
    ("predicate", "family"),
    [
        ("leads_to", "effect"),
        ("results_in", "effect"),
        ("causes", "cause"),
        ("caused_by", "cause"),
        ("is", "kind"),
        ("is_a", "kind"),
        ("calls_for", "remedy"),
        ("called", "naming"),
        ("has_part", "part"),
        ("depends_on", "requirement"),
        ("wrote", ""),
        ("is_in", ""),
    ],
)
def test_a_predicate_belongs_to_a_family_by_its_words(predicate: str, family: str) -> None:
    assert family_of(predicate) == family


def test_a_stronger_relation_is_accepted_for_a_weaker_word_and_not_the_other_way() -> None:
    help_, prevent = word_stem("help"), word_stem("prevent")
    assert accepts(help_, "prevents")
    assert accepts(help_, "mitigates")
    assert accepts(word_stem("stops"), "prevents")
    assert not accepts(prevent, "mitigates")
    assert akin(prevent, "mitigates")
    assert not akin(prevent, "causes")


def test_a_predicate_without_a_family_answers_to_its_own_words() -> None:
    assert accepts(word_stem("written"), "wrote")
    assert accepts(word_stem("capital"), "capital_of")
    assert not accepts(word_stem("of"), "capital_of")
    assert own_stems("is") == frozenset()


def test_effects_run_from_what_enables_and_against_what_exploits() -> None:
    assert [effect_of(one) for one in ("enables", "leads_to", "exploits", "requires", "wrote")] == [
        1,
        1,
        -1,
        0,
        0,
    ]


def test_predicates_that_say_it_the_other_way_round_are_known() -> None:
    assert all(map(turns, ("detected_by", "defined_in", "is_caused_by", "contains")))
    assert not any(map(turns, ("detects", "part_of", "is", "before", "suitable_for", "exposed_to", "called")))


def test_the_table_is_sound() -> None:
    names = {family.name for family in FAMILIES}
    assert len(names) == len(FAMILIES)
    assert all(family.broader in names | {""} for family in FAMILIES)
    assert all(root_of(name) in names for name in names)
    assert all(families_of_word(word_stem(word)) for family in FAMILIES for word in family.words.split())


def test_every_kind_has_a_strategy_over_families_that_there_are() -> None:
    assert set(STRATEGIES) == set(KINDS)
    names = {family.name for family in FAMILIES}
    looks = [look for one in STRATEGIES.values() for look in (*one.looks, *one.then)] + list(ONWARD.values())
    assert all(set(look.families) <= names for look in looks)
    assert {look.way for look in looks} <= {"in", "out", "effects", "causes"}
    assert all(0.0 <= one.slack <= one.asked_slack <= 1.0 for one in STRATEGIES.values())
    assert set(ONWARD) <= names
