"""Where the verb of a clause is.

No list of verbs is complete, so a verb is found by position and form. The surest first: 4 is, are, has, have, does,
do; 3 a word that is a verb only ("enables"); 2 one that can be a verb, listed or not, before a word that can
begin an object ("attacks the", "blicks the"); 1 a listed one elsewhere. An unlisted one ends in -s, or follows a plural
("wumpuses blick the").
"""

from __future__ import annotations

from collections.abc import Sequence

from pramana.graph.english.lexicon import (
    ARTICLES,
    BASE,
    EVERY,
    PASTS,
    PREPOSITIONS,
    PRONOUNS,
    REFLEXIVES,
    RESERVED,
    THIRD,
    VERBS_ONLY,
    is_adjective,
)  # fmt: skip
from pramana.graph.english.morphology import is_plural, third_person
from pramana.graph.english.tokens import Token

__all__ = ["is_verb_only", "opens_object", "singular_form", "verb_strength", "verbs_from"]

_ONLY_THIRD = frozenset(third_person(verb) for verb in VERBS_ONLY)
_OPENERS = ARTICLES | EVERY | frozenset(PRONOUNS) | REFLEXIVES | {"no", "someone", "something", "everyone"}


def is_verb_only(word: str, *, plural: bool) -> bool:
    """Whether the word is a verb wherever it stands, in the form that goes with the number."""
    return word in (VERBS_ONLY if plural else _ONLY_THIRD)


def verb_strength(tokens: Sequence[Token], place: int, *, plural: bool) -> int:
    """Return how surely the word at `place` is the verb of a subject of that number: 0 (not) to 4."""
    token = tokens[place]
    word = token.word
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if word in ({"are", "have", "do"} if plural else {"is", "has", "does"}):
        return 4
    if token.kind != "word" or token.capital or word in RESERVED or word in PREPOSITIONS:
        return 0
    if is_verb_only(word, plural=plural):
        return 3
    before_object = following is not None and opens_object(following)
    if word in (BASE if plural else THIRD):
        return 2 if before_object or (following is not None and following.word in PREPOSITIONS) else 1
    return 2 if before_object and _may_be_verb(tokens, place, plural=plural) else 0


def opens_object(token: Token) -> bool:
    """Whether a word begins an object: an article, "every", "someone", a pronoun, or a name by its capital."""
    return token.capital or token.word in _OPENERS


def _may_be_verb(tokens: Sequence[Token], place: int, *, plural: bool) -> bool:
    word = tokens[place].word
    if any(token.word == word for token in tokens[:place]):  # "service Alpha calls service Beta"
        return False
    if (
        not word.isalpha()
        or word.endswith("ing")
        or word in BASE
        or word in THIRD
        or word in PASTS
        or is_adjective(word)
    ):
        return False
    if not plural:
        return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return place > 0 and is_plural(tokens[place - 1].text) and not is_plural(word) and not word.endswith("s")


def verbs_from(tokens: Sequence[Token], first: int, *, least: int = 1) -> list[tuple[int, bool]]:
    """Return (place, plural) of what can be the verb, from place `first` on, the surest first."""
    found = [
        (-strength, place, plural)
        for place in range(first, len(tokens))
        for plural in (False, True)
        if (strength := verb_strength(tokens, place, plural=plural)) >= least
    ]
    return [(place, plural) for _, place, plural in sorted(found)]


def singular_form(word: str, *, plural: bool) -> str:
    """Return the verb as facts have it, in the third person singular."""
    return third_person(word) if plural else word
