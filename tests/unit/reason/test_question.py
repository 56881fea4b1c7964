"""A question is taken apart into terms, words, relations and the way it is asked."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.answers import Entity
from pramana.reason.clauses import asks_effects, subject_first
from pramana.reason.ellipsis import completed
from pramana.reason.question import Question, asks_yes_or_no, parts_of, read_question


def entity(text: str, mention: str, term: str = "") -> Entity:
    start = text.index(mention)
    return Entity(mention, start, start + len(mention), term or mention, "exact", 1.0)


def read(text: str, *mentions: str) -> Question:
    return read_question(text, [entity(text, mention) for mention in mentions])


@pytest.mark.parametrize(
    ("text", "yes_no"),
    [
        ("Is phishing an attack?", True),
        ("does it rain", True),
        ("If we stored them with MD5, would that be safe?", True),
        ("Isn't MD5 broken?", True),
        ("Why is JWT risky?", False),
        ("What would happen if we allowed it?", False),
        ("Is there another angle on MFA?", False),
        ("Can you explain CSRF?", False),
        ("How can I stop it?", False),
        ("argon2id or md5", False),
        ("", False),
    ],
)
def test_yes_or_no_is_asked_by_a_clause_that_begins_with_its_verb(text: str, yes_no: bool) -> None:
    assert asks_yes_or_no(text) == yes_no


def test_words_of_content_are_those_outside_of_mentions() -> None:
    question = read("Which company makes the cheapest security key?", "security key")
    assert [word.text for word in question.words] == ["company", "makes", "cheapest"]
    assert [(word.text, term) for word, term in question.mentioned] == [
        ("security", "security key"),
        ("key", "security key"),
    ]


def test_a_measure_is_a_word_of_content() -> None:
    assert [word.text for word in read("How often does phishing happen?", "phishing").words] == ["often"]
    assert [word.text for word in read("When is phishing done?", "phishing").words] == ["When"]
    assert read("How does phishing work?", "phishing").words == ()


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("What does rain cause?", True),
        ("What causes rain?", False),
        ("What is rain caused by?", False),
        ("What is caused by rain?", True),
        ("How can rain be prevented?", False),
        ("What contains rain?", True),
        ("What is exposed to rain?", False),
        ("What is rain exposed to?", True),
        ("What does rain contain?", False),
        ("What is the name of rain?", True),
    ],
)
def test_order_and_voice_tell_who_does_it(text: str, does: bool) -> None:
    question = read(text, "rain")
    word = question.relations[0]
    assert subject_first(question, word, question.entities[0]) == does


@pytest.mark.parametrize(
    ("text", "effects"),
    [
        ("What are the effects of rain?", True),
        ("What follows from rain?", True),
        ("What happens if rain comes?", True),
        ("Why does rain happen?", False),
        ("How does rain happen?", False),
        ("How could rain become a danger?", True),
        ("What are the causes of rain?", False),
    ],
)
def test_consequences_are_asked_for_from_either_side(text: str, effects: bool) -> None:
    question = read(text, "rain")
    assert asks_effects(question, question.relations[0], question.entities[0]) == effects


def test_what_is_said_to_bring_about_a_term_is_known() -> None:
    assert [one.text for one in read("How does stress lead to death?", "death").blamed()] == ["stress"]
    assert read("How does death lead to stress?", "death").blamed() == []


def test_the_kind_of_thing_asked_for_is_known() -> None:
    assert read("Which header stops clickjacking?", "clickjacking").kinds_asked() == {"header"}
    assert read("Does a header stop clickjacking?", "clickjacking").kinds_asked() == frozenset()


def test_a_scene_is_told_from_the_question() -> None:
    text = "The CPU is busy. What causes rain?"
    assert text[read(text, "rain").asking :] == "What causes rain?"
    assert read("what causes rain", "rain").asking == 0


async def test_what_is_named_in_short_before_and_is_completed() -> None:
    names = {"stored scripting", "reflected scripting"}

    async def link(text: str) -> list[Entity]:
        return [entity(text, text)] if text in names else []

    text = "stored and reflected scripting"
    found = await completed(text, [entity(text, "reflected scripting")], link)
    assert [(one.mention, one.term) for one in found] == [
        ("stored", "stored scripting"),
        ("reflected scripting", "reflected scripting"),
    ]
    other = "hidden and reflected scripting"
    assert len(await completed(other, [entity(other, "reflected scripting")], link)) == 1


@given(st.text(max_size=200), st.integers(0, 200), st.integers(1, 20))
def test_any_text_can_be_read_and_every_word_is_where_it_says(text: str, start: int, length: int) -> None:
    mention = text[start : start + length]
    entities = (
        [Entity(mention, start, start + len(mention), mention, "exact", 1.0)] if mention.strip() else []
    )
    question = read_question(text, entities)
    for word in (*question.words, *question.relations, *(word for word, _ in question.mentioned)):
        assert text[word.start :].startswith(word.text)
    assert 0 <= question.asking <= len(text)


def test_a_long_text_is_read_in_little_time() -> None:
    text = "is caused why how which " * 420 + "rain"
    began = time.perf_counter()
    question = read(text, "rain")
    question.blamed()
    question.kinds_asked()
    assert time.perf_counter() - began < 1.0


def test_a_text_that_asks_two_things_has_two_parts_with_their_own_terms() -> None:
    text = "Who owns rain, and where does snow fall?"
    parts = parts_of(text, [entity(text, "rain"), entity(text, "snow")])
    assert [(part, [one.term for one in found]) for part, found in parts] == [
        ("Who owns rain, and ", ["rain"]),
        ("where does snow fall?", ["snow"]),
    ]
    assert all(part[one.start : one.end] == one.mention for part, found in parts for one in found)
    for whole in ("Who owns rain and snow?", "What do rain and snow share and where do they differ?"):
        assert len(parts_of(whole, [entity(whole, "rain"), entity(whole, "snow")])) == 1


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("What does rain harm?", "harm"),
        ("What harms rain?", "harms"),
        ("Who owns the rain?", "owns"),
        ("How come rain harms?", ""),
        ("Tell me about rain", ""),
    ],
)
def test_the_word_at_the_place_of_the_relation_is_the_head(text: str, head: str) -> None:
    found = read(text, "rain").head
    assert (found.text if found else "") == head


def test_phrases_of_several_words_ask_for_what_one_word_does() -> None:
    assert [one.stem for one in read("How do I get rid of rain?", "rain").relations] == ["fix"]
    assert [one.stem for one in read("Who looks after rain?", "rain").relations] == ["own"]
    assert read("What keeps slugs away from rain?", "rain").words[0].stem == "repel"


@pytest.mark.parametrize(
    ("text", "yes_no"),
    [
        ("It rains, doesn't it?", True),
        ("Would you say that it rains?", True),
        ("Why would you say that it rains?", False),
        ("Could rain and snow be related?", False),
    ],
)
def test_tags_and_opinions_ask_for_yes_or_no(text: str, yes_no: bool) -> None:
    assert read_question(text, []).yes_no == yes_no
