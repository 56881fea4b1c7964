"""The classifier of question kinds: what English says, what its table holds, and how well it does on the dev half."""

from __future__ import annotations

import json
import math
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.errors import InputError
from pramana.reason.cues import CUES, START
from pramana.reason.kinds import KINDS, REPEAT, classify, found_cues
from pramana.reason.phrases import MAX_CHARS, line_of, literals, plain, regex_of
from pramana.reason.word_classes import CLASSES
from tests.golden.reason import scores

DEV = scores.rows_of(scores.FOLDER / "kinds.dev.jsonl")
REACHED = 0.967
"""Strict accuracy on the dev half that must not be lost: two points under what the table was made to reach."""

EXAMPLES = [
    ("causal", "Why do leaves fall?"),
    ("causal", "how come the bus is always late"),
    ("causal", "What are the effects of salt on steel?"),
    ("causal", "What led to the strike?"),
    ("causal", "Could you tell me why the moon has craters?"),
    ("comparative", "Tea or coffee in the morning?"),
    ("comparative", "How does brass compare with bronze?"),
    ("comparative", "Why not walk instead of driving?"),
    ("comparative", "Should we rent or buy?"),
    ("comparative", "Which of the two keys is safer?"),
    ("procedural", "How do I tie a reef knot?"),
    ("procedural", "Could you please show me how to prune a pear tree?"),
    ("procedural", "boil an egg"),
    ("procedural", "Is there a way to dry herbs indoors?"),
    ("procedural", "What steps are needed to adopt a cat?"),
    ("hypothetical", "What if the river froze?"),
    ("hypothetical", "Had we left at noon, would we be there now?"),
    ("hypothetical", "If I moved to Malta, what would I pay?"),
    ("hypothetical", "Suppose nobody votes. Who governs?"),
    ("diagnostic", "my kettle leaks when it boils"),
    ("diagnostic", "KeyError: 'name'"),
    ("diagnostic", "What is wrong with my bicycle?"),
    ("diagnostic", "The lamp flickers every night. Any ideas?"),
    ("exploratory", "Tell me about volcanoes"),
    ("exploratory", "what are my options for heating a shed"),
    ("exploratory", "an overview of glass making"),
    ("exploratory", "What is there to know about moss?"),
    ("systems", "How do the lungs and the heart work together?"),
    ("systems", "what depends on the login service"),
    ("systems", "feedback loops in a forest"),
    ("systems", "How does a parcel get from the shop to my door?"),
    ("lateral", "Give me an analogy for debt."),
    ("lateral", "How would a magician teach spelling?"),
    ("lateral", "Turn the question upside down: who should not use this?"),
    ("lateral", "What if a library were a kitchen?"),
    ("factual", "Who painted Guernica?"),
    ("factual", "how many legs does a crab have"),
    ("factual", "Is Lima older than Quito?"),
    ("factual", "What does OPEC stand for?"),
    ("factual", "Capital of Chad"),
]
WORDS = sorted(
    {word for words in CLASSES.values() for word in words} | {"?", ",", ".", "or", "not", "instead"}
)
sentences = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)


@pytest.mark.parametrize(("kind", "text"), EXAMPLES)
def test_a_plain_question_gets_its_kind(kind: str, text: str) -> None:
    assert classify(text)[0].kind == kind, classify(text)


def test_the_examples_are_not_from_the_labelled_set() -> None:
    labelled = {row["text"].casefold() for row in DEV}
    assert not [text for _, text in EXAMPLES if text.casefold() in labelled]
    assert {kind for kind, _ in EXAMPLES} == set(KINDS)


@given(st.text() | sentences)
def test_any_text_gets_every_kind_once_best_first_and_the_scores_are_shares(text: str) -> None:
    found = classify(text)
    assert sorted(one.kind for one in found) == sorted(KINDS)
    assert math.isclose(sum(one.score for one in found), 1, abs_tol=1e-12)
    assert all(0 <= one.score <= 1 for one in found)
    order = [(-one.score, KINDS.index(one.kind)) for one in found]
    assert order == sorted(order)
    assert classify(text) == found


@given(
    st.sampled_from([text for _, text in EXAMPLES] + [row["text"] for row in DEV]),
    st.sampled_from([str.upper, str.lower, str.title, str.swapcase]),
    st.sampled_from([" ", "  ", "\t", "\n ", "\u00a0"]),
)
def test_case_and_spacing_do_not_matter(text: str, recase, space: str) -> None:
    assert classify(space + recase(text).replace(" ", space) + space) == classify(text)


@pytest.mark.parametrize("text", ["", " \n", "?!", "blue", "zxqv wvqx zxq zzxq wvvq"])
def test_a_text_that_says_nothing_is_factual(text: str) -> None:
    first, *others = classify(text)
    assert (first.kind, first.cues) == ("factual", ())
    assert [one.kind for one in others] == list(KINDS[:-1])
    assert first.score == pytest.approx(math.e / (math.e + 8))
    assert all(one.score == pytest.approx(1 / (math.e + 8)) and one.cues == () for one in others)


def test_the_words_and_their_meaning_are_given_as_cues() -> None:
    first = classify("Hello, how DO  I fix it without glue?")[0]
    assert first.kind == "procedural"
    assert first.cues[0] == "how do i: asks how to do it"


@pytest.mark.parametrize("value", [None, 7, b"why", ["why"]])
def test_what_is_not_a_text_is_refused(value) -> None:
    with pytest.raises(InputError, match="text must be a text") as caught:
        classify(value)
    assert caught.value.details["field"] == "text"


def test_a_question_is_found_before_and_after_a_long_paste_and_not_within_it() -> None:
    question, paste = "Give me a metaphor for rust.", "lorem ipsum dolor " * 5_000
    assert classify(f"{question} {paste}")[0].kind == "lateral"
    assert classify(f"{paste} {question}")[0].kind == "lateral"
    assert classify(f"{paste} {question} {paste}")[0].cues == ()
    assert len(line_of(paste)) < 2 * MAX_CHARS


@given(sentences)
def test_scores_follow_from_the_weights_strongest_first(text: str) -> None:
    sums = {kind: START.get(kind, 0.0) for kind in KINDS}
    for kind in KINDS:
        weights = sorted((cue.weight for cue, _ in found_cues(text) if cue.kind == kind), reverse=True)
        factor = 1.0
        for weight in weights:
            sums[kind] += factor * weight
            factor *= REPEAT
    whole = math.fsum(math.exp(total) for total in sums.values())
    for one in classify(text):
        assert one.score == pytest.approx(math.exp(sums[one.kind]) / whole, rel=1e-9)
        assert len(one.cues) == sum(cue.kind == one.kind for cue, _ in found_cues(text))


@given(st.sampled_from([row["text"] for row in DEV]) | sentences)
def test_the_index_of_words_loses_no_cue(text: str) -> None:
    line = line_of(text)
    every = [cue for cue in CUES if any(regex_of(phrase).search(line) for phrase in cue.phrases)]
    assert [cue for cue, _ in found_cues(text)] == every


def test_the_table_is_whole() -> None:
    assert {cue.kind for cue in CUES} == set(KINDS)
    assert all(0 < cue.weight <= 10 and cue.why and all(cue.phrases) for cue in CUES)
    for kind in KINDS:
        phrases = [phrase for cue in CUES if cue.kind == kind for phrase in cue.phrases]
        assert len(phrases) >= 20
    named = {name for cue in CUES for name in re.findall(r"\{(\w+)\}", " ".join(cue.phrases))}
    assert named <= set(CLASSES)
    for cue in CUES:
        assert len(set(cue.phrases)) == len(cue.phrases), cue
        for phrase in cue.phrases:
            assert regex_of(phrase).search(" ") is None, phrase


def test_the_kinds_are_those_of_the_description_of_the_set() -> None:
    described = (Path(scores.FOLDER) / "KINDS.md").read_text("utf-8")
    assert tuple(re.findall(r"^- \*\*(\w+)\*\*:", described, re.MULTILINE)) == KINDS


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What's wrong, and how'd I fix it?", "what is wrong , how would i fix it ? $"),
        ("I can’t, won't and don't.", "i can not , will not and do not . $"),
        ("whats a week's pay vs. an hour's", "what is a week 's pay vs an hour 's $"),
        ("Please could you tell me why?", "why ? $"),
        ("Well, do you know how to swim?", "how to swim ? $"),
        ("I wonder if it rains", "it rains $"),
        ("connect to 10.0.0.1:80 in snake_case", "connect to 10.0.0.1:80 in snake_case $"),
    ],
)
def test_a_text_becomes_a_line_of_plain_words(text: str, words: str) -> None:
    assert plain(line_of(text)) == words


@pytest.mark.parametrize(
    ("phrase", "yes", "no"),
    [
        ("how|what if", "So what if", "what about if"),
        ("depend*", "it depends", "independent"),
        ("*ing", "a ring", "rings"),
        ("a _ b", "a word b", "a , b"),
        ("a ... b", "a one, two b", "a one. two b"),
        ("a ... b", "a" + " x" * 12 + " b", "a" + " x" * 13 + " b"),
        ("a .. b", "a x x x b", "a x x x x b"),
        ("a (the|an) b", "a the b", "a one b"),
        ("a !the|an _ b", "a one b", "a the b"),
        ("a =the|an _ b", "a an b", "a one b"),
        ("^ why", "No. Why?", "not why"),
        ("^ why", "no, why?", "because of why"),
        ("why $", "why, then", "why then"),
        ("why ?|$", "why", "why me"),
        ("{be} off", "is off", "off"),
        ("^ {be} off", "Are off", "he is off"),
    ],
)
def test_a_phrase_finds_what_it_says_and_no_more(phrase: str, yes: str, no: str) -> None:
    assert regex_of(phrase).search(line_of(yes))
    assert not regex_of(phrase).search(line_of(no))


def test_a_line_without_one_of_the_literals_cannot_hold_the_phrase() -> None:
    assert literals("^ how|what (a) {be} .. so|such") == {"how", "what"}
    assert literals("_ {have} *ing") == set(CLASSES["have"])
    assert literals("^ *error $") == frozenset()


def test_the_dev_half_is_classified_as_well_as_before() -> None:
    figures = scores.kind_figures(DEV, [classify(row["text"])[0].kind for row in DEV])
    assert figures["strict"] >= REACHED


def test_figures_are_counted_from_the_labels() -> None:
    rows = [
        {"kind": "causal", "also": []},
        {"kind": "causal", "also": ["factual"]},
        {"kind": "causal", "also": []},
        {"kind": "lateral", "also": []},
    ]
    assert scores.kind_figures(rows, ["causal", "factual", "factual", "lateral"]) == {
        "n": 4,
        "strict": 0.5,
        "lenient": 0.75,
        "macro": pytest.approx((1 / 3 + 1) / 2),
        "confusion": {"causal": {"causal": 1, "factual": 2}, "lateral": {"lateral": 1}},
    }


def test_the_scorer_prints_figures_and_no_text(monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["scores", "kinds", "--half", "dev"])
    monkeypatch.setattr(scores, "commit_of", lambda path: path.name)  # neither a page nor an archive has git
    scores.main()
    printed = capsys.readouterr().out
    figures = json.loads(printed)
    assert (figures["set"], figures["half"], figures["n"]) == ("kinds", "dev", len(DEV))
    assert figures["commit"] == "kinds.dev.jsonl"
    assert sum(sum(counts.values()) for counts in figures["confusion"].values()) == len(DEV)
    assert not [row["text"] for row in DEV if row["text"] in printed]
