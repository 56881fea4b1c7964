from __future__ import annotations

import asyncio
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.pace import Pace
from pramana.reason.fuzzy import NearNames, american, distance, edits_of, form_of, parts_of


def near(names: list[str], typed: str, real: frozenset[str] = frozenset()) -> list[tuple[int, str]]:
    held = NearNames()
    held.add(names)
    return [tuple(one) for one in asyncio.run(held.near(parts_of(typed), real, Pace()))]


def alignment(one: str, other: str) -> int:
    """The recurrence as it stands in the literature."""

    @cache
    def of(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        best = min(of(i - 1, j) + 1, of(i, j - 1) + 1, of(i - 1, j - 1) + (one[i - 1] != other[j - 1]))
        if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
            best = min(best, of(i - 2, j - 2) + 1)
        return best

    return of(len(one), len(other))


letters = st.text("abc", max_size=9)


@given(one=letters, other=letters, most=st.integers(0, 3))
def test_distance_is_the_optimal_string_alignment_up_to_its_limit(one: str, other: str, most: int) -> None:
    assert distance(one, other, most) == min(alignment(one, other), most + 1)


@given(name=st.text("abcd", min_size=4, max_size=12), edits=st.data())
def test_a_name_is_found_from_every_word_within_its_edits(name: str, edits: st.DataObject) -> None:
    typed = name
    for _ in range(edits_of(len(name))):
        at = edits.draw(st.integers(0, len(typed) - 1))
        typed = edits.draw(
            st.sampled_from(
                [
                    typed[:at] + typed[at + 1 :],
                    typed[:at] + "d" + typed[at:],
                    typed[:at] + "a" + typed[at + 1 :],
                    typed[:at] + typed[at : at + 2][::-1] + typed[at + 2 :],
                ]
            )
        )
    allowed = edits_of(min(len(name), len(typed)))
    expected = alignment(typed, name)
    assert near(["zzzzzz", name], typed) == (
        [(expected, name)] if expected <= allowed or typed == name else []
    )


@given(
    st.lists(st.text("ab", min_size=4, max_size=9), unique=True, max_size=12),
    st.text("ab", min_size=4, max_size=9),
)
def test_what_is_found_is_what_comparing_with_every_name_finds(names: list[str], typed: str) -> None:
    expected = [
        (alignment(typed, name), name)
        for name in names
        if alignment(typed, name) <= edits_of(min(len(typed), len(name)))
    ]
    assert sorted(near(names, typed)) == sorted(expected)


def test_names_may_come_after_the_first_look_up() -> None:
    held = NearNames()
    held.add(["clickjacking"])
    assert [one.name for one in asyncio.run(held.near(["clikjacking"], (), Pace()))] == ["clickjacking"]
    held.add(["clickjackings", "eavesdropping"])
    found = asyncio.run(held.near(["clikjacking"], (), Pace()))
    assert [tuple(one) for one in found] == [(1, "clickjacking"), (2, "clickjackings")]


@pytest.mark.parametrize(
    ("name", "typed", "edits"),
    [
        ("cross-site scripting", "crosssite scripting", 0),
        ("cross-site scripting", "cross site scripting", 0),
        ("sql injection", "SQL-Injection", 0),
        ("tls 1.3", "tls1.3", 0),
        ("sql injection", "sql injecton", 1),
        ("sql injection", "slq injection", 1),
        ("web cache poisoning", "web cahce poisoning", 1),
        ("remote code execution", "remot code excution", 2),
        ("clickjacking", "click jackin", 1),
        ("clickjacking", "clck jackin", None),
        ("webauthn", "saw ebauthn", None),
        ("straße", "strase", 1),
        ("tls 1.3", "tls 1.2", None),
        ("cwe-89", "cwe-88", None),
        ("hs256", "rs256", None),
        ("aes-gcm", "aes-ccm", None),
        ("host", "hots", 1),
        ("jwt", "jtw", None),
        ("port", "sports", None),
        ("brute force attack", "brte frce atack", None),
        ("sql injection", "xyl injection", None),
    ],
)  # fmt: skip
def test_what_counts_as_a_slip(name: str, typed: str, edits: int | None) -> None:
    assert near([name], typed) == ([] if edits is None else [(edits, name)])


@pytest.mark.parametrize(
    ("name", "typed", "found"),
    [
        ("host", "cost", False),
        ("sql injection", "log injection", False),
        ("authorization server", "authorisation server", True),
        ("color", "colour", True),
        ("unique salt", "unique slat", True),
        ("unique salt", "unique halt", False),
        ("clickjacking", "click jacking", True),
        ("salt", "slat", False),
    ],
)  # fmt: skip
def test_words_of_the_language_are_no_slips_but_spellings_and_exchanges(
    name: str, typed: str, found: bool
) -> None:
    assert [one for _, one in near([name], typed, frozenset(parts_of(typed)))] == ([name] if found else [])


def test_names_of_one_form_are_all_kept() -> None:
    assert near(["login", "log in", "log-in"], "login") == [(0, "login"), (0, "log in"), (0, "log-in")]


def test_the_longest_name_is_measured_in_words_and_marks() -> None:
    held = NearNames()
    held.add(["samesite=none"])
    assert held.most_words >= 3
    held.add(["one two three four five six"])
    assert held.most_words == 6
    assert {"samesite=none", "three"} <= held.words


def test_forms_and_spellings() -> None:
    assert form_of("Cross-Site  Scripting") == "crosssitescripting"
    assert parts_of("Cross-Site  Scripting") == ["cross", "site", "scripting"]
    assert american("organisation") == american("organization")
    assert american("defence") == american("defense")
    assert american("catalogue") == american("catalog")
