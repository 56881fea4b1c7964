"""Sentences: statements, and rules with "if"."""

from __future__ import annotations

from collections.abc import Sequence

from pramana.graph.english.clauses import clauses_of
from pramana.graph.english.lexicon import MODALS, QUESTION_WORDS, REFUSED, is_adverb
from pramana.graph.english.meaning import conditional, said
from pramana.graph.english.records import Meaning
from pramana.graph.english.rewording import begins_with_neither, reworded
from pramana.graph.english.spoken import RefusalError
from pramana.graph.english.tokens import Token, whole

__all__ = ["MAX_WORDS", "check_words", "is_asked", "statement_of"]

_ASKING = MODALS | frozenset(
    ["is", "are", "was", "were", "does", "do", "did", "has", "have", "had", "many", "much", "often", "long"]
)
MAX_WORDS = 120
"""Words of a sentence."""


def check_words(tokens: Sequence[Token]) -> None:
    """Refuse sentences that are empty or too long, and words that are outside the grammar wherever they stand.

    Raises:
        RefusalError: it is such a sentence.
    """
    if not tokens:
        raise RefusalError("the sentence is empty")
    if len(tokens) > MAX_WORDS:
        raise RefusalError(f"a sentence has at most {MAX_WORDS} words; got {len(tokens)}")
    if tokens[0].word == "not":
        raise RefusalError('"not" stands after a verb; that not all are cannot be told', tokens[0])
    if tokens[0].word in QUESTION_WORDS and is_asked(tokens):
        raise RefusalError(QUESTION_WORDS[tokens[0].word])
    for place, token in enumerate(tokens):
        if token.word in {"neither", "nor"} and begins_with_neither(tokens, place):
            continue
        if token.kind == "other":
            raise RefusalError(
                f'"{token.text}" is no part of the grammar; put names with it in quotes', token
            )
        if token.word in REFUSED and not (token.capital and token.text != "I"):
            raise RefusalError(REFUSED[token.word][0], token)
        if is_adverb(token.word) and not token.capital and not token.initial:
            raise RefusalError(f'"{token.text}" reads as an adverb, and adverbs cannot be told', token)
        if token.word in MODALS and not token.capital and not token.initial:
            raise RefusalError(
                f'"{whole(tokens, place)}": only what is can be told, not what can, may, must or will be',
                token,
            )
    if sum(token.word == "as" for token in tokens) > 1:
        raise RefusalError(
            'comparisons with "as … as" cannot be told', next(t for t in tokens if t.word == "as")
        )


def is_asked(tokens: Sequence[Token]) -> bool:
    """Whether a sentence that begins with "where" or the like goes on like a question."""
    return tokens[0].word in {"how", "whose", "whom"} or (len(tokens) > 1 and tokens[1].word in _ASKING)


def statement_of(tokens: Sequence[Token], sentence: str) -> list[Meaning]:
    """Return what a sentence that is no question says.

    Raises:
        RefusalError: it is outside the grammar.
    """
    tokens = reworded(tokens)
    check_words(tokens)
    places = [place for place, token in enumerate(tokens) if token.word == "if"]
    then = [place for place, token in enumerate(tokens) if token.word == "then"]
    if len(places) > 1 or len(then) > 1:
        raise RefusalError('"if" and "then" stand once in a sentence', tokens[(places[1:] or then)[-1]])
    if not places:
        if then:
            raise RefusalError('"then" without "if"', tokens[then[0]])
        return said(clauses_of(tokens), sentence)
    if places[0] > 0:
        if then:
            raise RefusalError('"then" stands after "if …"', tokens[then[0]])
        before = _without_comma(tokens[: places[0]])
        conditions = clauses_of(tokens[places[0] + 1 :])
        return conditional(conditions, clauses_of(before), sentence, conclusion_first=True)
    return _if_first(tokens, then[0] if then else None, sentence)


def _if_first(tokens: Sequence[Token], then: int | None, sentence: str) -> list[Meaning]:
    if then is not None:
        return conditional(
            clauses_of(_without_comma(tokens[1:then])), clauses_of(tokens[then + 1 :]), sentence
        )
    found: list[list[Meaning]] = []
    refusal = RefusalError('"then" is missing', tokens[0])
    for place, token in enumerate(tokens):
        if token.kind == "comma":
            try:
                conditions, conclusions = clauses_of(tokens[1:place]), clauses_of(tokens[place + 1 :])
                found.append(conditional(conditions, conclusions, sentence))
            except RefusalError as error:
                refusal = error
    if len(found) > 1:
        raise RefusalError('where the condition ends is not clear: say "then"', tokens[0])
    if not found:
        raise refusal
    return found[0]


def _without_comma(tokens: Sequence[Token]) -> Sequence[Token]:
    return tokens[:-1] if tokens and tokens[-1].kind == "comma" else tokens
