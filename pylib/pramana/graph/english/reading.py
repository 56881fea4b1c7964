"""Texts and questions: each sentence is understood, or the whole is refused, with the nearest that would be."""

from __future__ import annotations

from collections.abc import Iterator

from pramana.errors import NotUnderstoodError
from pramana.graph.english.grammar import check_words, statement_of
from pramana.graph.english.lexicon import QUESTION_WORDS
from pramana.graph.english.nearest import nearest_question, nearest_statement
from pramana.graph.english.questions import is_question, question_of
from pramana.graph.english.records import Question, Sentence
from pramana.graph.english.spoken import RefusalError
from pramana.graph.english.tokens import SentenceTokens, sentences_of

__all__ = ["parse", "parse_question", "sentences"]

_TELLING = 'A sentence says what something is, has or does: "Anne is …", "Every cat …", "If something is … then it …"'
_ASKING = 'A question is "Is …?", "Does …?", or begins with "who", "what" or "which"'


def sentences(text: str) -> Iterator[Sentence]:
    """Yield what each sentence of a text says, so that the caller can pause between them.

    Args:
        text: sentences with final stops; the last one needs none.

    Raises:
        NotUnderstoodError: the next sentence is outside the grammar, or is a question, or there is none at all.
    """
    before: SentenceTokens | None = None
    for index, sentence in enumerate(sentences_of(text)):
        written = text[sentence.start : sentence.end]
        try:
            if sentence.tokens and sentence.tokens[0].word in QUESTION_WORDS:
                check_words(sentence.tokens)
            if sentence.asks or is_question(sentence.tokens):
                raise RefusalError("a question is not stored; use ask")
            meanings = statement_of(sentence.tokens, written)
        except RefusalError as refusal:
            nearest = nearest_statement(sentence, before)
            raise _refused(text, sentence, index, refusal, nearest) from None
        yield Sentence(written, sentence.start, sentence.end, tuple(meanings))
        before = sentence
    if before is None:
        nothing = SentenceTokens((), "", 0, len(text))
        raise _refused(text, nothing, 0, RefusalError("there is no sentence"), "")


def parse(text: str) -> list[Sentence]:
    """Return what every sentence of a text says; errors as of `sentences`."""
    return list(sentences(text))


def parse_question(text: str) -> Question:
    """Return what one question asks; a statement asks whether it is so.

    Raises:
        NotUnderstoodError: it is outside the grammar, or is not one sentence.
    """
    found = list(sentences_of(text))
    if not found:
        nothing = SentenceTokens((), "", 0, len(text))
        raise _refused(text, nothing, 0, RefusalError("there is no question"), "", _ASKING)
    if len(found) > 1:
        refusal = RefusalError("one question is asked at a time")
        raise _refused(text, found[1], 1, refusal, nearest_question(found[0]), _ASKING)
    try:
        return question_of(found[0].tokens, text[found[0].start : found[0].end])
    except RefusalError as refusal:
        raise _refused(text, found[0], 0, refusal, nearest_question(found[0]), _ASKING) from None


def _refused(
    text: str, sentence: SentenceTokens, index: int, refusal: RefusalError, nearest: str, form: str = _TELLING
) -> NotUnderstoodError:
    written = text[sentence.start : sentence.end]
    shown = written if len(written) <= 200 else written[:199] + "…"
    instead = f"What would be: {nearest}" if nearest else f"{form}."
    return NotUnderstoodError(
        f'sentence {index + 1}, "{shown}", is not understood: {refusal.reason}. {instead}',
        field="text", sentence=written, index=index, start=sentence.start, end=sentence.end, nearest=nearest,
    )  # fmt: skip
