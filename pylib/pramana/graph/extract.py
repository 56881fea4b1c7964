"""Facts that a free text seems to state, by patterns of words: proposals, each with its pattern and a fixed confidence.

Hearst, "Automatic acquisition of hyponyms from large text corpora" (1992), for "such as", "and other", "including".
The confidences are this module's own estimates of how often a pattern is right, not measured frequencies.
A sentence that asks, hedges, reports, or sets a condition gives nothing, nor does one with a "no" or "not" that the
pattern has not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pramana.errors import InputError
from pramana.graph.english.lexicon import MODALS
from pramana.graph.english.questions import is_question
from pramana.graph.english.tokens import SentenceTokens, sentences_of
from pramana.graph.extract_patterns import CONFIDENCE, Stated, other_names, stated
from pramana.text.terms import key_of, predicate_of, spelled

__all__ = ["CONFIDENCE", "Candidate", "candidates", "distinct", "extract"]

_HEDGE_WORDS = """
if unless without whether suppose when whenever while until perhaps maybe possibly probably likely unlikely allegedly
reportedly supposedly apparently arguably seem seems appear appears suggest suggests claim claims claimed believe
believes believed think thinks thought say says said argue argues argued assume assumes assumed hypothesis rumor
rumour never hardly rarely seldom sometimes neither nor or almost imagine pretend false
"""
_HEDGES = frozenset(_HEDGE_WORDS.split()) | MODALS
_NEGATIONS = frozenset(["not", "no", "none", "nobody", "nothing", "nowhere", "cannot"])


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fact that a sentence seems to state; `start` and `end` are the sentence's characters in the text."""

    subject: str
    predicate: str
    object: str
    negated: bool
    confidence: float
    pattern: str
    sentence: str
    start: int
    end: int


def extract(text: str) -> list[Candidate]:
    """Return the facts that a text seems to state, in its order, each once, with the best of its patterns."""
    return distinct(candidates(text))


def distinct(given: Iterable[Candidate]) -> list[Candidate]:
    """Return each fact once, with the best of its patterns."""
    found: dict[tuple[str, str, str, bool], Candidate] = {}
    for one in given:
        key = key_of(one.subject), key_of(one.predicate), key_of(one.object), one.negated
        if key not in found or found[key].confidence < one.confidence:
            found[key] = one
    return list(found.values())


def candidates(text: str) -> Iterator[Candidate]:
    """Yield what each sentence seems to state, with repetitions, so that the caller can pause between them."""
    for sentence in sentences_of(text):
        written = text[sentence.start : sentence.end]
        for subject, predicate, object_, negated, pattern in _said(sentence):
            try:
                terms = spelled(subject), predicate_of(predicate), spelled(object_)
            except (
                InputError
            ):  # longer than a name can be, or with control characters: nothing that can be stored
                continue
            if key_of(terms[0]) != key_of(terms[2]):
                yield Candidate(
                    *terms, negated, CONFIDENCE[pattern], pattern, written, sentence.start, sentence.end
                )


def _said(sentence: SentenceTokens) -> list[Stated]:
    tokens = sentence.tokens
    if sentence.asks or is_question(tokens):
        return []
    names = list(other_names(tokens))
    if any(token.word in _HEDGES for token in tokens):
        return names
    negations = sum(token.word in _NEGATIONS for token in tokens)
    # A negation that the pattern itself did not read may reach the fact from anywhere: "… in no case".
    return names + [one for one in stated(tokens) if negations == one[3]]
