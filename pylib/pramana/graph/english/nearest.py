"""The sentence nearest to a refused one that is in the grammar.

Found, not looked up: the words at fault are repaired (another tense or number, a name for a pronoun, a word left out),
the result is read again, and repaired again; failing that, one word is left out anywhere, or the end. Whatever is
returned has been read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from pramana.graph.english.grammar import statement_of
from pramana.graph.english.lexicon import (
    BASE,
    BASE_OF,
    CONJUNCTIONS,
    MODALS,
    NUMBERS,
    PARTICIPLES,
    PASTS,
    PREPOSITIONS,
    PRONOUNS,
    REFUSED,
    RELATIVES,
    RESERVED,
    THIRD,
)  # fmt: skip
from pramana.graph.english.morphology import comparative, is_plural, singular, third_person
from pramana.graph.english.phrases import RefusalError
from pramana.graph.english.questions import is_question, question_of, statements_asked
from pramana.graph.english.tokens import SentenceTokens, Token, tokens_of

__all__ = ["nearest_question", "nearest_statement"]

Accepts = Callable[[Sequence[Token]], None]
_MAX_WORDS = 24
_ROUNDS, _WIDTH = 4, 12
_NUMBER = {"is": "are", "are": "is", "does": "do", "do": "does", "has": "have", "have": "has"}


def nearest_statement(sentence: SentenceTokens, before: SentenceTokens | None) -> str:
    """Return an accepted statement close to a refused one; `before` is the sentence before, for its subject."""
    name = _subject_of(before.tokens) if before else ""
    tokens = _short(sentence.tokens)
    starts = [_written(token.text for token in tokens)]
    if is_question(tokens):
        starts = [_written(words) for words in statements_asked(tokens)][:_WIDTH] + starts
    return _search(starts, _accepts_statement, name or "Anne", "Anne is kind") + "."


def nearest_question(sentence: SentenceTokens) -> str:
    """Return an accepted question close to a refused one."""
    tokens = _short(sentence.tokens)
    words = [token.text for token in tokens]
    starts = [_written(words)]
    if tokens and tokens[0].word in MODALS and "be" in words:
        starts += [_written([verb, *(word for word in words[1:] if word != "be")]) for verb in ("is", "are")]
    found = _search(starts, _accepts_question, "Anne", "Is Anne kind")
    return found + ("?" if is_question(list(tokens_of(found))) else ".")


def _short(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens[:_MAX_WORDS] if len(token.text) <= 100]


def _subject_of(tokens: Sequence[Token]) -> str:
    for token in tokens:
        if token.kind in {"word", "quoted"} and token.word not in RESERVED:
            return token.text
    return ""


def _search(starts: Iterable[str], accepts: Accepts, name: str, last: str) -> str:
    """Return the first text, of the starts and what repairs make of them, that is accepted, else `last`."""
    seen: set[str] = set()
    queue = list(starts)
    texts = queue[:]
    for _ in range(_ROUNDS):
        repaired: list[str] = []
        for text in queue[:_WIDTH]:
            seen.add(text)
            tokens = [token for token in tokens_of(text) if token.kind != "stop"]
            refusal = _refusal(tokens, accepts)
            if refusal is None:
                return text
            repaired += (_written(words) for words in _repairs(tokens, refusal, name))
        queue = [text for text in dict.fromkeys(repaired) if text and text not in seen]
        texts += queue[:1]
    for text in _shortened(texts):
        if _refusal([token for token in tokens_of(text) if token.kind != "stop"], accepts) is None:
            return text
    return last


def _accepts_statement(tokens: Sequence[Token]) -> None:
    if is_question(tokens):
        raise RefusalError("a question", tokens[0])
    statement_of(tokens, "")


def _accepts_question(tokens: Sequence[Token]) -> None:
    question_of(tokens, "")


def _refusal(tokens: Sequence[Token], accepts: Accepts) -> RefusalError | None:
    try:
        accepts(tokens)
    except RefusalError as refusal:
        return refusal
    return None


def _written(words: Iterable[str]) -> str:
    text = " ".join(words).replace(" ,", ",").replace(" n't", "n't")
    return text[:1].upper() + text[1:]


def _repairs(tokens: Sequence[Token], refusal: RefusalError, name: str) -> Iterator[list[str]]:
    """Yield what the words could be instead, the likeliest first."""
    words = [token.text for token in tokens]
    place = next((place for place, token in enumerate(tokens) if token is refusal.token), None)
    if place is not None:
        for start, end, others in _instead(tokens, place, name):
            yield [*words[:start], *others, *words[end:]]
    for at, token in enumerate(tokens):
        for other in _other_number(token.word):
            yield [*words[:at], other, *words[at + 1 :]]
    if place is not None:
        yield words[:place] + words[place + 1 :]


Change = tuple[int, int, list[str]]
"""From which word to before which, and what could stand there."""


def _instead(tokens: Sequence[Token], place: int, name: str) -> Iterator[Change]:
    """Yield what could stand instead of the word at fault and its neighbours."""
    word = tokens[place].word
    before, following, after = _word(tokens, place - 1), _word(tokens, place + 1), _word(tokens, place + 2)
    several = place > 0 and is_plural(tokens[place - 1].text)
    if word in MODALS and place == 0:
        yield 0, 1, ["does"]
        yield 0, 1, ["do"]
    elif word in MODALS:
        for length, others in _without_modal(word, following, after, several=several):
            yield place, place + length, others
    elif word == "did" and following == "not":
        yield place, place + 3, ["do" if several else "does", "not", after]
    elif word in PASTS and word not in REFUSED:
        start = place - (before in {"has", "have"})
        yield start, place + 1, [third_person(PASTS[word])]
        yield start, place + 1, [PASTS[word]]
    elif word in PARTICIPLES and before in {"is", "are"}:
        verb = PARTICIPLES[word]
        yield place - 1, place + 1, [third_person(verb) if before == "is" else verb]
    elif word == "or":
        yield place, len(tokens), []
        yield place, place + 2, []
    elif word in REFUSED:
        other = REFUSED[word][1]
        yield from [(place, place + 1, [other.replace("Anne", name)])] if other else []
        yield place, place + 1, []
    else:
        yield from _in_form(tokens, place)
        yield from ((place, place + 1, others) for others in _replaced(tokens[place], name, following))


def _in_form(tokens: Sequence[Token], place: int) -> Iterator[Change]:
    """Yield what could stand instead of a word that is of the grammar, where it stands wrong."""
    word, before = tokens[place].word, _word(tokens, place - 1)
    following, after = _word(tokens, place + 1), _word(tokens, place + 2)
    if word == "as" and after == "as":
        yield place, place + 3, [*comparative(following).split(), "than"]
    elif word == "not" and before in {"has", "have"}:
        yield place - 1, place + 1, ["do" if before == "have" else "does", "not", "have"]
    elif word == "if":
        yield place - (before == "then"), place + 1, ["and"]
    elif word in {"is", "are", "does", "do"} and before in CONJUNCTIONS:
        yield place - 1, len(tokens), []
    elif word in {"does", "do"} and following:
        yield place, place + 2, [third_person(following) if word == "does" else following]
    elif word in {"a", "an"} and before in {"are", "not"} and following:
        yield place, place + 2, [third_person(following)]  # a plural is spelled like it
    elif word in PREPOSITIONS or word in RELATIVES:
        yield place, len(tokens), []
    elif word in THIRD and following:
        yield place + 1, len(tokens), []
    elif (word in NUMBERS or word.isdigit()) and following:
        yield place, place + 2, ["a", singular(tokens[place + 1].text)]
        yield place, place + 1, []


def _word(tokens: Sequence[Token], place: int) -> str:
    return tokens[place].word if 0 <= place < len(tokens) else ""


def _replaced(token: Token, name: str, following: str) -> list[list[str]]:
    word = token.word
    if word in PRONOUNS:
        return [["the"], [name]] if word == "her" and following else [[name]]
    if word in {"everyone", "everybody", "someone", "somebody", "anyone", "anybody"}:
        return [["every", "person"], [name]]
    if word in {"everything", "something", "anything"}:
        return [["every", "thing"], [name]]
    if word in {"nobody", "nothing"}:
        return [["no", "person" if word == "nobody" else "thing"]]
    if word == "the":
        return [["all"], []]
    if word in {"a", "an", "every", "each"}:
        return [["the"], []]
    return [["and"]] if token.kind == "other" and following else []


def _without_modal(
    word: str, following: str, after: str, *, several: bool
) -> Iterator[tuple[int, list[str]]]:
    negated = following == "not" or word == "cannot"
    length = 2 + (following == "not")
    verb = after if following == "not" else following
    if verb == "be":
        yield length, ["are" if several else "is", *(["not"] if negated else [])]
    elif negated:
        yield length, ["do" if several else "does", "not", verb]
    elif verb:
        yield length, [verb if several else third_person(verb)]


def _other_number(word: str) -> list[str]:
    if word in _NUMBER:
        return [_NUMBER[word]]
    if word in THIRD:
        return [BASE_OF[word]]
    if word in BASE:
        return [third_person(word)]
    return [singular(word)] if is_plural(word) and singular(word) != word else []


def _shortened(texts: Sequence[str]) -> Iterator[str]:
    for text in texts[:2]:
        words = [token.text for token in tokens_of(text) if token.kind != "stop"]
        for end in range(len(words) - 1, 1, -1):
            yield _written(words[:end])
        for place in range(len(words)):
            yield _written(words[:place] + words[place + 1 :])
    for text in texts[:1]:
        said = [
            token for token in tokens_of(text) if token.kind == "word" and token.word not in RESERVED | MODALS
        ]
        for last in dict.fromkeys([said[-1].text.lower(), "kind"] if said[1:] else ["kind"] if said else []):
            yield f"{_written([said[0].text])} {'are' if is_plural(said[0].text) else 'is'} {last}"
