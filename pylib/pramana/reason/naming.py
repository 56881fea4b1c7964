"""What names mean in a graph: by identity, as other names of terms, and in other forms of their words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pramana.graph.english.lexicon import BASE_OF, PARTICIPLES, PASTS
from pramana.graph.english.morphology import singular, third_person
from pramana.graph.vocabulary import Vocabulary
from pramana.pace import Pace
from pramana.reason.mentions import Reading, Word
from pramana.text.terms import key_of

__all__ = ["INFLECTED", "Names", "inflected", "plurals", "said_in"]

EXACT, ALIAS, INFLECTED = 1.0, 0.97, 0.95
"""Scores: an inflected alias has the product."""
PREDICATE_WORDS = 4
"""Of the longest predicate that is looked for in a text."""


class Names:
    """Looks names up, each once.

    Args:
        vocabulary: of the graph.
        rule_terms: terms that rules name, by their `key_of`.
        counts: how many facts each term was ever stated in.
    """

    def __init__(
        self, vocabulary: Vocabulary, rule_terms: Mapping[str, str], counts: Mapping[int, int]
    ) -> None:
        self._vocabulary = vocabulary
        self._counts = counts
        self._rule_terms = rule_terms
        self._known: dict[str, list[Reading]] = {}

    def readings(self, name: str) -> list[Reading]:
        """Return what a name means: the term of that name, and what has it as another name.

        Of several that have it, each has its share of the score, by the number of its facts.
        """
        key = key_of(" ".join(name.split()))
        number = self._vocabulary.number_of(key)
        if number is None and key not in self._rule_terms:
            return []
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = list(self._look_up(number, key))
        return found

    def _look_up(self, number: int | None, key: str) -> Iterator[Reading]:
        words = self._vocabulary
        if number is not None and number in self._counts and words.is_term(number):
            yield Reading(words.name(number), "exact", EXACT)
        elif key in self._rule_terms:
            yield Reading(self._rule_terms[key], "exact", EXACT)
        if number is None:
            return
        weights = {one: self._counts.get(one, 1) for one in words.named(number) if one != number}
        for one, weight in weights.items():
            yield Reading(words.name(one), "alias", ALIAS * weight / sum(weights.values()))

    def is_predicate(self, name: str) -> bool:
        """Whether a predicate in use is named, spaces and "_" being the same."""
        number = self._vocabulary.number_of("_".join(name.split()))
        return number is not None and self._vocabulary.is_predicate(number)

    def is_said(self, word: str) -> bool:
        """Whether a word is a form of a verb that is a predicate in use: uses, use, used, using."""
        base = BASE_OF.get(word) or PASTS.get(word) or PARTICIPLES.get(word) or word
        return self.is_predicate(word) or self.is_predicate(third_person(base))


_VOWEL = re.compile("[aeiouy]")


def plurals(noun: str) -> list[str]:
    """Return the words of which a noun is the singular, as far as spelling tells; none where it cannot be spoken.

    HTTP is no singular of HTTPS.
    """
    if not _VOWEL.search(noun):
        return []
    stems = [third_person(noun), noun + "s"]
    if noun.endswith("f"):
        stems.append(noun[:-1] + "ves")
    if noun.endswith("fe"):
        stems.append(noun[:-2] + "ves")
    if noun.endswith("man"):
        stems.append(noun[:-2] + "en")
    if noun.endswith("is"):
        stems.append(noun[:-2] + "es")
    return [word for word in dict.fromkeys(stems) if singular(word) == noun]


def inflected(text: str, words: Sequence[Word]) -> Iterator[str]:
    """Yield a run of words with one of them in another form: a noun in its other number, one word also as a verb."""
    for at in range(len(words) - 1, -1, -1):
        word = words[at]
        if word.stop:
            continue
        written = text[word.start : word.end]
        before, after = text[words[0].start : word.start], text[word.end : words[-1].end]
        forms = [singular(written), singular(word.form), *plurals(word.form)]
        if len(words) == 1 and word.form in BASE_OF:
            forms.append(BASE_OF[word.form])
        for form in dict.fromkeys(forms):
            if form not in (written, word.form):
                yield before + form + after


async def said_in(text: str, words: Sequence[Word], names: Names, pace: Pace) -> set[int]:
    """Return the words that say a predicate in use, alone or several together ("part of")."""
    said = set()
    for first, word in enumerate(words):
        if not word.mark and names.is_said(word.form):
            said.add(first)
        for last in range(first + 1, min(len(words), first + PREDICATE_WORDS) + 1):
            if words[last - 1].mark:
                break
            if last > first + 1 and names.is_predicate(text[word.start : words[last - 1].end]):
                said.update(range(first, last))
        await pace()
    return said
