from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.text.normalise import normalise, text_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fix the  BUG\n", "fix the bug"),
        ("Straße", "STRASSE"),
        ("café", unicodedata.normalize("NFD", "CAFÉ")),
        ("\u00a0a\u2003b", "a b"),
        ("ΐ", unicodedata.normalize("NFD", "ΐ")),
    ],
)
def test_texts_that_count_as_the_same(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)
    assert text_key(one) == text_key(other)


@pytest.mark.parametrize(("one", "other"), [("a b", "ab"), ("résumé", "resume"), ("", "x"), ("a-b", "a b")])
def test_texts_that_do_not(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)
    assert text_key(one) != text_key(other)


@given(st.text())
def test_it_is_idempotent_and_in_nfc(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(st.text(st.characters(max_codepoint=127)))
def test_the_short_way_for_ascii_is_the_long_way(text: str) -> None:
    assert normalise(text) == " ".join(unicodedata.normalize("NFC", text).casefold().split())
