"""Who, where, when, how many or how much is asked for, and what can be that."""

from __future__ import annotations

import pytest

from pramana.knowledge import Fact
from pramana.reason.wanted import is_amount, placing, wanted_in


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Who owns it?", "person"),
        ("Where is it?", "place"),
        ("When was it built?", "time"),
        ("since when is it there", "time"),
        ("What time does it open?", "time"),
        ("How many are there?", "count"),
        ("How fast is it?", "amount"),
        ("What is it?", ""),
        ("Why does it rain when the sun shines?", ""),
        ("What happens when it rains?", ""),
        ("How do I open it?", ""),
    ],
)
def test_what_is_wanted_is_read_from_the_question_word(text: str, what: str) -> None:
    assert wanted_in(text).what == what


def test_an_adjective_asks_for_the_amount_that_it_measures() -> None:
    assert {"speed"} <= wanted_in("How fast is it?").measures
    assert wanted_in("How many pupils are there?").counted == "pupil"


@pytest.mark.parametrize(
    ("text", "predicate", "object_", "fits"),
    [
        ("Who founded it?", "founded_by", "Zed", True),
        ("Who founded it?", "founded_in", "1999", False),
        ("Who founded it?", "founded_by", "2 brothers", False),
        ("Who founded it?", "founded_in", "Zed", False),
        ("When was it founded?", "founded_in", "1999", True),
        ("When was it founded?", "founded_by", "Zed", False),
        ("When is it?", "meets_on", "Tuesday", True),
        ("Where is it?", "meets_on", "Tuesday", False),
        ("Where is it?", "meets_in", "library", True),
        ("Where is it?", "likes", "library", False),
        ("How fast is it?", "speed", "110 km/h", True),
        ("How fast is it?", "speed", "great", False),
        ("What is it?", "likes", "library", True),
    ],
)
def test_what_stands_at_the_object_is_what_is_wanted_or_not(
    text: str, predicate: str, object_: str, fits: bool
) -> None:
    fact = Fact("f", "it", predicate, object_)
    assert wanted_in(text).fits(object_, fact) == fits


def test_an_amount_begins_with_a_number() -> None:
    assert all(map(is_amount, ("10 minutes", "3.5", "two days", "$4")))
    assert not any(map(is_amount, ("hangar 7", "a few", "")))


def test_where_something_is_is_said_surely_or_by_a_preposition() -> None:
    assert placing("part_of") > placing("works_at") > placing("likes") == 0.0
