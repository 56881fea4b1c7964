from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.graph.extract import CONFIDENCE, Candidate, candidates, extract
from pramana.text.terms import MAX_TERM, predicate_of, spelled

TABLE = Path(__file__).with_name("extract_sentences.txt")
Stated = tuple[str, str, str, bool, str]


def rows() -> list[tuple[str, list[Stated], bool]]:
    """(sentence, what is to be proposed, whether the patterns manage it) of each line of the table."""
    found = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if "=>>" not in line or line.startswith("#"):
            continue
        sentence, expected = line.split("=>>")
        stated = []
        for part in filter(None, (part.strip() for part in expected.split(" ; "))):
            subject, predicate, object_, pattern = (field.strip() for field in part.split("|"))
            name = subject.removeprefix("not ")
            stated.append((name, predicate, object_, subject != name, pattern))
        found.append((sentence.removeprefix("??").strip(), stated, not sentence.startswith("??")))
    return found


def stated(found: list[Candidate]) -> list[Stated]:
    return [(one.subject, one.predicate, one.object, one.negated, one.pattern) for one in found]


@pytest.mark.parametrize(
    ("sentence", "expected"), [(text, what) for text, what, managed in rows() if managed]
)
def test_a_sentence_proposes_just_this(sentence: str, expected: list[Stated]) -> None:
    found = extract(sentence)
    assert sorted(stated(found)) == sorted(expected)
    for one in found:
        assert one.confidence == CONFIDENCE[one.pattern] < 1
        assert (one.sentence, one.start, one.end) == (sentence, 0, len(sentence))


def test_what_the_table_says_of_the_patterns() -> None:
    """Precision and recall over the table, whose sentences were written with the patterns in mind."""
    proposed = right = wanted = 0
    for sentence, expected, _ in rows():
        found = stated(extract(sentence))
        proposed += len(found)
        wanted += len(expected)
        right += len(set(found) & set(expected))
    assert len(rows()) >= 75
    print(f"precision {right}/{proposed}, recall {right}/{wanted}")
    assert right / proposed >= 0.98
    assert right / wanted >= 0.92


def test_a_known_miss_that_is_no_longer_one_is_told() -> None:
    missed = [
        sentence
        for sentence, expected, managed in rows()
        if not managed and stated(extract(sentence)) == expected
    ]
    assert not missed


def test_a_fact_stated_twice_is_proposed_once_with_its_best_pattern() -> None:
    text = "Whales are mammals. A Whale is a kind of mammal. Mammals such as whales swim."
    (one,) = extract(text)
    assert (one.subject, one.pattern) == ("whale", "such_as")
    assert text[one.start : one.end] == one.sentence == "Mammals such as whales swim."
    assert len(list(candidates(text))) == 3


def test_the_opposite_is_another_fact() -> None:
    assert [one.negated for one in extract("RSA is a cipher. RSA is not a cipher.")] == [False, True]


def test_a_name_too_long_to_store_is_left_out() -> None:
    assert extract(f"RSA is a {'c' * MAX_TERM}.") != []
    assert extract(f"RSA is a {'c' * (MAX_TERM + 1)}.") == []


def test_nothing_is_said_to_be_itself() -> None:
    assert extract("RSA is a rsa.") == []


WORDS = """the a is are not and or such as other including part of consists causes leads to vulnerable located in also
known RSA Anne cats cat whale mammals ( ) , . ? may if every live has X"""
texts = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS.split()), max_size=40).map(" ".join))


@given(texts)
def test_any_text_gives_only_facts_that_can_be_stored(text: str) -> None:
    for one in extract(text):
        assert spelled(one.subject) == one.subject
        assert predicate_of(one.predicate) == one.predicate
        assert spelled(one.object) == one.object
        assert text[one.start : one.end] == one.sentence


@given(st.sampled_from([sentence for sentence, expected, _ in rows() if expected]))
def test_a_question_proposes_nothing(sentence: str) -> None:
    assert extract(sentence.rstrip(".") + "?") == []


@pytest.mark.parametrize(
    "text", ["A, and " * 1500, "such as " * 1250, "( " * 5000, "X is a Y, " * 1000, "of " * 3300]
)
def test_ten_thousand_characters_take_no_second(text: str) -> None:
    began = time.process_time()
    extract(text)
    assert time.process_time() - began < 1
