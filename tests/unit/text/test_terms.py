from __future__ import annotations

import math
import unicodedata
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pramana.errors import InputError
from pramana.text.terms import MAX_TERM, key_of, number_of, predicate_of, spelled


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("  account \t takeover\n", "account takeover"),
        ("a\u00a0\u2003b", "a b"),
        (unicodedata.normalize("NFD", "Café"), "Café"),
        ("who?", "who?"),
        ("\u200d", "\u200d"),
        ("x" * MAX_TERM, "x" * MAX_TERM),
        (" " * 3000 + "x", "x"),
        (18, "18"),
        (18.0, "18"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (-2.50, "-2.5"),
        (1e21, "1" + "0" * 21),
        (1e-7, "0.0000001"),
        (10**16, "1" + "0" * 16),
        (1e16, "1" + "0" * 16),
        (10**308, "1" + "0" * 308),
    ],
)
def test_how_a_term_is_spelled(given_: Any, expected: str) -> None:
    assert spelled(given_) == expected


@pytest.mark.parametrize(
    ("refused", "got"),
    [
        ("", "an empty or blank text"),
        (" \n\t\u2003", "an empty or blank text"),
        ("x" * (MAX_TERM + 1), "1,001"),
        (" x" * 10 * MAX_TERM, "20,000"),
        ("?x", "'?x'"),
        ("  ?", "'?'"),
        ("a\0b", r"'\x00'"),
        ("a\x7f", r"'\x7f'"),
        ("a\ud800", r"'\ud800'"),
        (True, "true"),
        (None, "nothing (null)"),
        (b"a", "bytes"),
        (["a"], "a list"),
        (math.nan, "NaN"),
        (-math.inf, "infinite"),
        (-(2**1024), "very many digits"),
        pytest.param(10**5000, "very many digits", id="10**5000"),
    ],
)
def test_what_is_no_term_is_refused_with_what_it_is(refused: Any, got: str) -> None:
    with pytest.raises(InputError) as caught:
        spelled(refused, "subject")
    assert caught.value.details["field"] == "subject"
    assert str(caught.value).startswith("subject must be ")
    assert str(caught.value).endswith(got) or got in str(caught.value).partition("; got ")[2]


@given(st.text(max_size=40))
def test_spelling_is_idempotent_and_refuses_or_loses_only_white_space(text: str) -> None:
    try:
        term = spelled(text)
    except InputError:
        rest = text.strip()
        assert not rest or rest[0] == "?" or {unicodedata.category(c) for c in rest} & {"Cc", "Cs"}
        return
    assert spelled(term) == term
    assert term.split() == unicodedata.normalize("NFC", text).split()
    assert " ".join(term.split(" ")) == term == term.strip()


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**30), 10**30))
def test_a_number_is_spelled_so_that_it_reads_back(number: float) -> None:
    term = spelled(number)
    assert number_of(term) == float(number)
    assert "e" not in term


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anne", "ANNE"),
        ("Straße", "STRASSE"),
        ("ΐ", "Ϊ́"),
    ],
)
def test_case_does_not_tell_terms_apart(one: str, other: str) -> None:
    assert key_of(spelled(one)) == key_of(spelled(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.org/A", "http://example.org/a"),
        ("svn+ssh://Host", "svn+ssh://host"),
        ("urn:isbn:X", "urn:isbn:x"),
        ("URN:isbn:X", "urn:isbn:x"),
        ("café", "cafe"),
        ("18", "18.0"),
    ],
)
def test_iris_are_exact_and_other_terms_go_by_their_letters(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


def test_only_what_begins_as_an_iri_is_exact() -> None:
    assert key_of("See HTTP://X") == "see http://x"
    assert key_of("1http://X") == "1http://x"
    assert key_of("urnX:Y") == "urnx:y"


@given(st.text(max_size=20))
def test_an_identity_has_itself_for_identity(text: str) -> None:
    try:
        term = spelled(text)
    except InputError:
        assume(False)
    assert key_of(key_of(term)) == key_of(term)


def test_a_predicate_is_one_word() -> None:
    assert predicate_of(" vulnerable  to ") == "vulnerable_to"
    assert predicate_of("vulnerable_to") == "vulnerable_to"
    with pytest.raises(InputError) as caught:
        predicate_of("?p")
    assert caught.value.details["field"] == "predicate"


@pytest.mark.parametrize(
    ("term", "value"),
    [
        ("18", 18),
        ("-2.5", -2.5),
        ("+3", 3),
        (".5", 0.5),
        ("5.", 5),
        ("1e3", 1000),
        ("1E-3", 0.001),
        ("007", 7),
    ],
)
def test_decimal_numbers_have_a_value(term: str, value: float) -> None:
    assert number_of(term) == value


@pytest.mark.parametrize(
    "term",
    ["", "eighteen", "18 years", "1,000", "0x10", "nan", "inf", "1_000", "٣", "1e999", ".", "-", "1e", "²"],
)
def test_other_terms_have_none(term: str) -> None:
    assert number_of(term) is None
