"""The labelled queries of tests/golden/reason keep the form, the balance and the split that KINDS.md states."""

from __future__ import annotations

import json
import re
from collections import Counter
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1] / "golden" / "reason"
KINDS = [
    "causal",
    "comparative",
    "procedural",
    "hypothetical",
    "diagnostic",
    "exploratory",
    "systems",
    "lateral",
    "factual",
]
HALVES = ("dev", "held", "more.dev", "more.held")


def read(half: str) -> list[dict[str, Any]]:
    """The rows of one half, in file order."""
    lines = (FOLDER / f"kinds.{half}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


ROWS = {half: read(half) for half in HALVES}
TEXTS = [row["text"] for half in HALVES for row in ROWS[half]]
COUNTS = {half: Counter(row["kind"] for row in ROWS[half]) for half in HALVES}
MORE = ("diagnostic", "exploratory", "systems", "lateral")


def tokens(text: str) -> tuple[str, ...]:
    """The words of a text, case and punctuation aside."""
    return tuple(re.findall(r"\w+", text.casefold()))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared tokens over all tokens, from 0 to 1."""
    return len(one & other) / len(one | other)


@pytest.mark.parametrize("half", HALVES)
def test_every_row_has_a_text_a_kind_and_the_other_kinds_it_could_be(half: str) -> None:
    for row in ROWS[half]:
        assert list(row) == ["text", "kind", "also"], row
        assert row["kind"] in KINDS, row
        assert row["also"] == sorted(set(row["also"]) & set(KINDS) - {row["kind"]}), row


@pytest.mark.parametrize("half", HALVES)
def test_texts_are_one_tidy_line_of_2_to_40_words(half: str) -> None:
    for row in ROWS[half]:
        words = row["text"].split()
        assert row["text"] == " ".join(words), row
        assert 2 <= len(words) <= 40, row


@pytest.mark.parametrize("half", HALVES)
def test_a_text_lies_in_the_half_that_its_hash_says(half: str) -> None:
    for row in ROWS[half]:
        digit = sha256(row["text"].encode("utf-8")).hexdigest()[0]
        assert half.removeprefix("more.") == ("held" if int(digit, 16) < 8 else "dev"), row


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_large_enough_and_split_about_evenly(kind: str) -> None:
    dev, held, more_dev, more_held = (COUNTS[half][kind] for half in HALVES)
    assert dev + held >= 28
    assert 0.4 <= held / (dev + held) <= 0.6
    assert more_dev + more_held >= (24 if kind in MORE else 6)
    assert 0.4 <= more_held / (more_dev + more_held) <= 0.6


def test_the_set_has_at_least_420_texts_and_the_counts_of_its_description() -> None:
    assert len(TEXTS) >= 420
    described = (FOLDER / "KINDS.md").read_text("utf-8")
    table = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \|$", described, re.MULTILINE)
    pairs = (HALVES[:2], HALVES[2:])
    assert table == [(kind, *(str(COUNTS[half][kind]) for half in pair)) for pair in pairs for kind in KINDS]
    assert re.findall(r"^- \*\*(\w+)\*\*:", described, re.MULTILINE) == KINDS


def test_no_text_occurs_twice_whatever_its_case_and_punctuation() -> None:
    repeated = [words for words, n in Counter(map(tokens, TEXTS)).items() if n > 1]
    assert repeated == []


def test_no_two_texts_share_four_fifths_of_their_words() -> None:
    sets = [(text, frozenset(tokens(text))) for text in TEXTS]
    alike = [(a, b) for (a, left), (b, right) in combinations(sets, 2) if jaccard(left, right) >= 0.8]
    assert alike == []


def test_jaccard_tells_near_duplicates_from_different_texts() -> None:
    assert jaccard(frozenset("abcde"), frozenset("abcd")) == 0.8
    assert jaccard(frozenset("ab"), frozenset("cd")) == 0
