from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.graph.english.lexicon import ADJECTIVES, BASE, BASE_OF, PASTS, is_adjective, is_adverb
from pramana.graph.english.morphology import (
    comparative,
    is_irregular_plural,
    is_plural,
    participle,
    past,
    singular,
    third_person,
)

PLURALS = """
wumpuses wumpus, yumpuses yumpus, impuses impus, tumpuses tumpus, zumpuses zumpus, lempuses lempus, boxes box,
foxes fox, flies fly, cities city, pies pie, ties tie, movies movie, wolves wolf, leaves leaf, knives knife, lives life,
dralves dralf, elves elf, caves cave, olives olive, valves valve, mice mouse, lice louse, people person,
children child, men man, women woman, firemen fireman, geese goose, feet foot, teeth tooth, oxen ox, analyses analysis,
paralyses paralysis, theses thesis, crises crisis, buses bus, viruses virus, statuses status, campuses campus,
houses house, causes cause, clauses clause, uses use, cases case, roses rose, databases database, nurses nurse,
classes class, processes process, passes pass, bosses boss, dishes dish, churches church, caches cache, quizzes quiz,
waltzes waltz, heroes hero, potatoes potato, shoes shoe, toes toe, photos photo, eyes eye, toys toy, cats cat,
whales whale, servers server, matrices matrix, indices index, criteria criterion, gases gas, lenses lens, APIs API,
PINs PIN, Whales Whale, Geese Goose, People Person, timing-attacks timing-attack
"""
pairs = [tuple(pair.split()) for pair in PLURALS.split(",")]
KEPT = """
wumpus yumpus virus bus analysis thesis class boss glass chess kind red serious famous harmless this gas lens atlas news
physics mathematics chaos DNS AWS US as is omen specimen cat mouse James's axis iris status
"""
SAME = ["sheep", "fish", "deer", "species", "series", "aircraft", "data", "Sheep"]


@pytest.mark.parametrize(("plural", "one"), pairs)
def test_a_plural_has_its_singular(plural: str, one: str) -> None:
    assert singular(plural) == one
    assert is_plural(plural)
    assert singular(one) == one


@pytest.mark.parametrize("word", KEPT.split())
def test_a_singular_is_not_cut(word: str) -> None:
    assert singular(word) == word
    assert not is_plural(word)


@pytest.mark.parametrize("word", SAME)
def test_some_plurals_are_their_singulars(word: str) -> None:
    assert singular(word) == word
    assert is_plural(word)
    assert not is_irregular_plural(word)


def test_plurals_that_look_like_no_singular() -> None:
    assert is_irregular_plural("People")
    assert is_irregular_plural("mice")
    assert not is_irregular_plural("cats")
    assert not is_irregular_plural("gases")


def plural_of(noun: str) -> str:
    """What a school grammar says, for nouns without exceptions: the inverse that `singular` is checked against."""
    if noun.endswith(("ss", "us", "sh", "ch", "x", "tz")):
        return noun + "es"
    if noun.endswith("lf"):
        return noun[:-1] + "ves"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


made_up = st.tuples(
    st.text("bcdfgklmnprt", min_size=2, max_size=4),
    st.text("ae", min_size=1, max_size=2),
    st.sampled_from(
        ["mpus", "bless", "sh", "ch", "x", "ltz", "lf", "ny", "p", "n", "ck", "de", "r", "ge", "te", "mb"]
    ),
).map("".join)


@given(made_up)
def test_rules_hold_for_made_up_nouns(noun: str) -> None:
    assert singular(plural_of(noun)) == noun
    assert singular(plural_of(noun).capitalize()) == noun.capitalize()


@given(st.text(max_size=20))
def test_a_singular_is_stable_or_shorter_by_rule(word: str) -> None:
    one = singular(word)
    assert is_plural(word) or one == word
    assert len(one) <= len(word) + 4  # people → person and such


VERBS = """
chase chases chased chasing, see sees seed seeing, carry carries carried carrying, play plays played playing,
pass passes passed passing, fix fixes fixed fixing, catch catches catched catching, push pushes pushed pushing,
go goes goed going, moo moos mooed mooing, stop stops stopped stopping, visit visits visited visiting,
die dies died dying, glorp glorps glorped glorping, show shows showed showing, prefer prefers preferred preferring,
buzz buzzes buzzed buzzing, tie ties tied tying, need needs needed needing, dye dyes dyed dyeing
"""


@pytest.mark.parametrize("forms", [forms.split() for forms in VERBS.split(",")], ids=lambda forms: forms[0])
def test_a_verb_has_its_forms(forms: list[str]) -> None:
    assert [third_person(forms[0]), past(forms[0]), participle(forms[0])] == forms[1:]


def test_is_has_and_does_are_no_regular_verbs() -> None:
    assert [third_person(verb) for verb in ("be", "are", "have", "do", "quiz")] == [
        "is", "is", "has", "does", "quizzes",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "pair",
    ["big bigger", "nice nicer", "happy happier", "dangerous more dangerous", "tall taller", "clean cleaner"],
)
def test_an_adjective_has_a_comparative(pair: str) -> None:
    adjective, more = pair.split(" ", 1)
    assert comparative(adjective) == more


def test_verbs_of_the_list_can_be_found_by_their_forms() -> None:
    assert all(BASE_OF[third_person(verb)] == verb for verb in BASE)
    assert PASTS["chased"] == "chase"
    assert PASTS["ate"] == PASTS["eaten"] == "eat"
    assert "eated" not in PASTS
    assert not any(verb in PASTS and PASTS[verb] != verb for verb in ("chase", "like", "see", "need"))


def test_words_before_a_noun_are_adjectives_by_list_or_ending() -> None:
    assert "red" in ADJECTIVES
    assert all(map(is_adjective, ["red", "blorpous", "harmless", "glorpish", "readable"]))
    assert not any(map(is_adjective, ["timing", "bald", "dish", "table", "bless", "pious"]))


def test_words_in_ly_are_adverbs_but_for_a_list() -> None:
    assert all(map(is_adverb, ["quickly", "glorply"]))
    assert not any(map(is_adverb, ["family", "fly", "apply", "friendly", "ally"]))
