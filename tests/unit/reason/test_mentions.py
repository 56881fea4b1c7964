from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.reason.mentions import left_by, runs, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(XSS), the user's JWTs.", ["XSS", "the", "user", "JWTs"]),
        ("cross-site, TLS 1.3.", ["cross-site", "TLS", "1.3"]),
        ("C++ & C# don't", ["C++", "C#", "don't"]),
        ("see http://x.org/a-b?c=d. Or urn", ["see", "http://x.org/a-b?c=d", "Or", "urn"]),
        ("https://x.org, (http://y.org/)", ["https://x.org", "http://y.org/"]),
        ("__host- prefix", ["__host", "prefix"]),
        ("हिन्दी, 東京! naïve e\u0301te", ["हिन्दी", "東京", "naïve", "e\u0301te"]),
        ("“quoted”…—¡no!", ["quoted", "no"]),
        ("?!", []),
    ],
)  # fmt: skip
def test_words_are_what_stands_between_marks_and_spaces(text: str, words: list[str]) -> None:
    assert [text[word.start : word.end] for word in words_of(text) if not word.mark] == words


def test_words_that_say_nothing_are_told_from_names_in_capitals() -> None:
    assert [word.form for word in words_of("who runs IT, and A?") if not word.stop] == ["runs", "it"]
    assert [word.form for word in words_of("WHO RUNS IT") if not word.stop] == ["runs"]


@given(st.text())
def test_every_character_that_is_no_space_is_in_one_word_or_mark(text: str) -> None:
    words = list(words_of(text))
    covered = "".join(text[word.start : word.end] for word in words)
    assert covered == "".join(text.split())
    assert all(one.end <= other.start for one, other in pairwise(words))


def test_a_long_text_takes_time_in_proportion() -> None:
    for piece in ("!", "a-", "a:/", "a.-", "a", "'s", "a+"):
        assert sum(word.end - word.start for word in words_of(piece * 20_000)) == len(piece) * 20_000


def test_runs_hold_a_word_that_is_left_and_no_marks() -> None:
    words = list(words_of("the old tin box of nails, rusty"))
    left = left_by([], words)
    assert sorted(left) == [1, 2, 3, 5, 7]
    found = [" ".join(word.form for word in words[first:last]) for first, last in runs(words, {3}, 4)]
    assert found == ["old tin box", "tin box", "tin box of nails", "box", "box of nails"]
