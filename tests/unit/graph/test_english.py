from __future__ import annotations

import string
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.errors import NotUnderstoodError
from pramana.graph import english
from pramana.graph.english.lexicon import (
    BASE,
    PARTICLES,
    PREPOSITIONS,
    REFUSED,
    RESERVED,
    THIRD,
    is_adjective,
    is_adverb,
)
from pramana.graph.english.morphology import is_plural, singular, third_person
from pramana.graph.english.tokens import sentences_of, tokens_of
from pramana.graph.rule_language import atom_text, parse_program, parse_rule, rule_text
from pramana.graph.rule_safety import check_rule
from pramana.knowledge import Atom, Rule, is_variable
from pramana.text.terms import key_of

TABLE = Path(__file__).with_name("english_sentences.txt")


def section(name: str) -> list[tuple[str, str]]:
    """The (sentence, expected) pairs of a part of the table."""
    found, here = [], ""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            here = line.strip("[]")
        elif here == name and "=>>" in line:
            sentence, expected = line.split("=>>")
            found.append((sentence.strip(), expected.strip()))
    return found


def written(text: str) -> list[Atom | Rule]:
    """The statements and rules of a line in the rule language; which has tests of its own."""
    parts = filter(None, (part.strip() for part in text.split(";")))
    return [
        bare(parse_rule(one)) if "=>" in one else parse_rule(f"{one} => (a is b)").body[0] for one in parts
    ]


def read(text: str) -> list[Atom | Rule]:
    """What a text says; of a rule all but the sentence."""
    return [
        one.atom if isinstance(one, english.Statement) else replace(one.rule, sentence="")
        for sentence in english.parse(text)
        for one in sentence.meanings
    ]


def bare(rule: Rule) -> Rule:
    return replace(rule, sentence="", text="")


def test_the_table_is_large() -> None:
    counts = [len(section(name)) for name in ("told", "not told", "asked", "not asked")]
    assert sum(counts) > 400
    assert min(counts) > 20


@pytest.mark.parametrize(("sentence", "expected"), section("told"))
def test_a_sentence_says_just_this(sentence: str, expected: str) -> None:
    assert read(sentence) == written(expected)


@pytest.mark.parametrize(("sentence", "expected"), section("asked"))
def test_a_question_asks_just_this(sentence: str, expected: str) -> None:
    kind, _, what = expected.partition(":")
    kind, _, asked = kind.partition(" ")
    question = english.parse_question(sentence)
    assert (question.kind, question.asked, question.text) == (kind, asked, sentence)
    first, *others = what.split("|")
    assert [*question.atoms, *map(bare, question.rules)] == written(first)
    assert list(map(list, question.otherwise)) == list(map(written, others))


@pytest.mark.parametrize(("sentence", "nearest"), section("not told"))
def test_a_sentence_outside_the_grammar_is_refused_with_one_that_is_not(sentence: str, nearest: str) -> None:
    with pytest.raises(NotUnderstoodError) as caught:
        english.parse(sentence)
    offered = caught.value.details["nearest"]
    assert not offered or english.parse(offered)
    if nearest:
        assert offered == nearest.strip("-")


@pytest.mark.parametrize(("sentence", "nearest"), section("not asked"))
def test_a_question_outside_the_grammar_is_refused_with_one_that_is_not(sentence: str, nearest: str) -> None:
    with pytest.raises(NotUnderstoodError) as caught:
        english.parse_question(sentence)
    offered = caught.value.details["nearest"]
    assert not offered or english.parse_question(offered)
    if nearest:
        assert offered == nearest.strip("-")


def test_a_text_is_taken_whole_or_not_at_all() -> None:
    text = "Anne is kind.  Bob might be kind. Carol is kind."
    with pytest.raises(NotUnderstoodError, match=r'sentence 2, "Bob might be kind[.]", .* "might"') as caught:
        english.parse(text)
    assert caught.value.details == {
        "field": "text", "sentence": "Bob might be kind.", "index": 1, "start": 15, "end": 33,
        "nearest": "Bob is kind.",
    }  # fmt: skip


def test_a_pronoun_is_offered_the_name_before() -> None:
    with pytest.raises(NotUnderstoodError) as caught:
        english.parse("The bald eagle is kind. Carol is red. She likes Bob.")
    assert caught.value.details["nearest"] == "Carol likes Bob."


@pytest.mark.parametrize("text", ["", "  \n", ".", "...", "?"])
@pytest.mark.parametrize("parse", [english.parse, english.parse_question])
def test_a_text_without_a_sentence_is_refused(parse, text: str) -> None:
    with pytest.raises(NotUnderstoodError) as caught:
        parse(text)
    assert caught.value.details["nearest"] == ""


def test_sentences_know_their_places_across_lines() -> None:
    text = " Anne is\nkind.\n\nEvery cat likes Bob! «A. B.» is red"
    found = english.parse(text)
    assert [one.text for one in found] == ["Anne is\nkind.", "Every cat likes Bob!", "«A. B.» is red"]
    assert all(text[one.start : one.end] == one.text for one in found)
    assert isinstance(found[1].meanings[0], english.Conditional)
    assert found[1].meanings[0].rule.sentence == "Every cat likes Bob!"
    assert found[1].meanings[0].rule.id == found[1].meanings[0].rule.text == ""


def test_sentences_are_read_one_at_a_time() -> None:
    reading = english.sentences("Anne is kind. Anne was kind.")
    assert next(reading).text == "Anne is kind."
    with pytest.raises(NotUnderstoodError):
        next(reading)


def test_someone_else_is_someone_else() -> None:
    (rule,) = read("If someone likes someone else then the cat likes Bob.")
    assert rule == bare(parse_rule("(?x likes ?y) & ?y != ?x => (cat likes Bob)"))
    question = english.parse_question("Does someone like someone else?")
    assert [(one.left, one.operator, one.right) for one in question.where] == [("?y", "!=", "?x")]


def test_a_term_too_long_to_store_is_refused() -> None:
    with pytest.raises(NotUnderstoodError, match="at most 1,000 characters"):
        english.parse(f'"{"a" * 1001}" is red.')
    assert read(f'"{"a" * 1000}" is red.') == [Atom("a" * 1000, "is", "red")]


def test_a_sentence_has_a_longest_length() -> None:
    names = [f"N{count}" for count in range(58)]
    assert len(read(f"Anne likes {', '.join(names)}.")) == 58
    with pytest.raises(NotUnderstoodError, match="at most 120 words"):
        english.parse(f"Anne likes {', '.join([*names, 'Bob', 'Carol'])}.")


# Made-up words: what is told is what is asked, whatever the words are.

KNOWN = RESERVED | BASE | THIRD | PREPOSITIONS | PARTICLES | frozenset(REFUSED)


def made_up(ending: str) -> st.SearchStrategy[str]:
    """Words that nobody uses, of a kind whose plural and third person are spelled with -s alone."""
    letters = st.text("bcdfgklmnprtv", min_size=1, max_size=3)
    vowels = st.text("aeou", min_size=1, max_size=2)
    words = st.tuples(letters, vowels, letters, st.just(ending)).map("".join)
    return words.filter(lambda word: word not in KNOWN and not is_adjective(word) and not is_adverb(word))


nouns, verbs = made_up("og"), made_up("ick")
adjectives = made_up("ard")
Names = tuple[str, str]
names = st.tuples(nouns, nouns)


@given(names, verbs)
def test_a_made_up_verb_is_told_and_asked_alike(pair: Names, verb: str) -> None:
    one, other = pair
    told = read(f"The {one} {verb}s the {other}. The {one} does not {verb} the {other}.")
    assert told == [Atom(one, f"{verb}s", other), Atom(one, f"{verb}s", other, negated=True)]
    assert english.parse_question(f"Does the {one} {verb} the {other}?").atoms == (told[0],)
    assert english.parse_question(f"Does the {one} not {verb} the {other}?").atoms == (told[1],)
    assert english.parse_question(f"What {verb}s the {other}?").atoms == (Atom("?what", f"{verb}s", other),)
    assert english.parse_question(f"What does the {one} {verb}?").atoms == (Atom(one, f"{verb}s", "?what"),)


@given(nouns, nouns, adjectives)
def test_all_ways_to_say_all_are_one(kind: str, other: str, adjective: str) -> None:
    (rule,) = read(f"Every {kind} is {adjective}.")
    assert rule == bare(parse_rule(f"(?x is {kind}) => (?x is {adjective})"))
    for text in (
        f"{kind.capitalize()}s are {adjective}.", f"All {kind}s are {adjective}.", f"A {kind} is {adjective}.",
        f"If something is a {kind} then it is {adjective}.", f"If a {kind} is a {kind} then the {kind} is {adjective}.",
        f"Everything that is a {kind} is {adjective}.", f"Something is {adjective} if it is a {kind}.",
    ):  # fmt: skip
        assert read(text) == [rule]
    for text in (f"Are {kind}s {adjective}?", f"Is every {kind} {adjective}?", f"Is a {kind} {adjective}?"):
        assert list(map(bare, english.parse_question(text).rules)) == [rule]
    assert read(f"{kind}s are {other}s.") == read(f"Every {kind} is a {other}.")
    assert read(f"No {kind} is {adjective}.") == read(f"{kind}s are not {adjective}.")


@given(nouns, adjectives)
def test_case_of_letters_and_a_missing_stop_change_nothing(name: str, adjective: str) -> None:
    (atom,) = read(f"The {name} is {adjective}.")
    for text in (f"the {name} is {adjective}", f"The {name.capitalize()} Is {adjective}!"):
        (other,) = read(text)
        assert isinstance(atom, Atom)
        assert isinstance(other, Atom)
        assert [key_of(term) for term in (atom.subject, atom.predicate, atom.object)] == [
            key_of(term) for term in (other.subject, other.predicate, other.object)
        ]


@given(st.lists(names, min_size=1, max_size=5), adjectives)
def test_lists_say_each_of_what_they_hold(pairs: list[Names], adjective: str) -> None:
    subjects = [f"the {one}" for one, _ in pairs]
    listed = ", ".join(subjects[:-1]) + " and " * (len(subjects) > 1) + subjects[-1]
    told = read(f"{listed} {'are' if len(pairs) > 1 else 'is'} {adjective}.")
    assert told == [Atom(one, "is", adjective) for one, _ in pairs]


# Anything at all.

WORDS = """if then and or the a is are not no who that which what does do has have likes cats cat Anne Bob everyone
someone it they them , of to red kind can was every all "x_y" vulnerable chase chases people mice"""
soup = st.lists(st.sampled_from(WORDS.split()), max_size=30).map(" ".join)
texts = st.one_of(st.text(max_size=200), soup, st.tuples(soup, st.text(max_size=5), soup).map("".join))


def check_meanings(sentences: Sequence[english.Sentence]) -> None:
    for sentence in sentences:
        assert sentence.meanings
        for one in sentence.meanings:
            if isinstance(one, english.Statement):
                assert not any(map(is_variable, (one.atom.subject, one.atom.object)))
                assert len(parse_program(atom_text(one.atom))) == 1
            else:
                check_rule(one.rule)
                assert bare(parse_rule(rule_text(one.rule))) == bare(one.rule)


@given(texts)
def test_any_text_is_read_into_what_can_be_stored_or_refused_with_an_accepted_one(text: str) -> None:
    try:
        check_meanings(english.parse(text))
    except NotUnderstoodError as error:
        details = error.details
        assert text[details["start"] : details["end"]] == details["sentence"] or not details["sentence"]
        check_meanings(english.parse(details["nearest"]) if details["nearest"] else [])


@given(texts)
def test_any_question_is_read_or_refused_with_an_accepted_one(text: str) -> None:
    try:
        question = english.parse_question(text)
    except NotUnderstoodError as error:
        if not error.details["nearest"]:
            return
        question = english.parse_question(error.details["nearest"])
    assert question.rules if question.kind == "universal" else question.atoms
    variables = {term for atom in question.atoms for term in (atom.subject, atom.object) if is_variable(term)}
    assert bool(variables) == (question.kind in {"who", "exists"})
    assert question.asked in variables | {""}
    assert bool(question.asked) == (question.kind == "who")


@given(texts)
def test_no_character_is_lost_between_tokens(text: str) -> None:
    end = 0
    for token in tokens_of(text):
        assert text[token.start : token.end] == token.text != ""
        assert not text[end : token.start].strip()
        end = token.end
    assert not text[end:].strip()
    sentences = list(sentences_of(text))
    inside = [token for one in sentences for token in one.tokens]
    assert inside == [token for token in tokens_of(text) if token.kind not in {"stop", "item"}]


LONG = [
    "a" * 10_000, '"' * 10_000, "if " * 3_300, "is " * 3_300, ", " * 5_000, "! " * 5_000, "n't " * 2_500,
    "A.B" * 3_300, "Anne is red and " * 600, "who is and " * 900, "who is and " * 39,
    "Everyone who is red " + "and is red " * 36 + "is kind", "Anne likes " + "who likes and " * 38,
    "Cats that " + "chase cats that are " * 25 + "red", "Is " + "a cat that is " * 28 + "?",
    "if " + "cats like cats and " * 28 + ", cats like cats", "if a, " * 39, "cats fish " * 59, "of to in " * 39,
]  # fmt: skip


@pytest.mark.parametrize("text", LONG, ids=lambda text: text[:20])
@pytest.mark.parametrize("parse", [english.parse, english.parse_question])
def test_ten_thousand_characters_take_no_second(parse, text: str) -> None:
    began = time.process_time()
    try:
        parse(text)
    except NotUnderstoodError as error:
        if error.details["nearest"]:
            parse(error.details["nearest"])
    assert time.process_time() - began < 1


def test_time_grows_with_the_text_and_no_faster() -> None:
    def taken(count: int) -> float:
        began = time.process_time()
        english.parse("Every red cat that likes Bob chases the mouse and is kind. " * count)
        return time.process_time() - began

    taken(10)
    assert taken(400) < 8 * max(min(taken(100) for _ in range(3)), 0.005)


def test_the_alphabet_of_made_up_words_is_lower_case() -> None:
    """What `made_up` makes must not be taken for names, plurals or third persons."""
    for word in ("cog", "dard", "fick", "bleog"):
        assert set(word) <= set(string.ascii_lowercase)
        assert not is_plural(word)
        assert singular(f"{word}s") == word
        assert third_person(word) == f"{word}s"


@pytest.mark.parametrize("mark", "?？؟⁇⁈⁉‽")
def test_a_question_by_the_marks_of_any_script_is_not_stored(mark: str) -> None:
    with pytest.raises(NotUnderstoodError, match="ask"):
        english.parse(f"Rome is a village{mark}")
    assert english.parse_question(f"Is Rome a village{mark}").atoms == (Atom("Rome", "is", "village"),)
