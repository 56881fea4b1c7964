"""What sentences are made of: noun phrases, what is said of them, and the refusal of what is neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pramana.errors import InputError
from pramana.graph.english.tokens import Token
from pramana.text.terms import predicate_of

__all__ = ["KINDS", "Phrase", "Predicate", "Property", "RefusalError", "Relation", "relation_name"]

KINDS = frozenset({"kind", "type", "form", "sort"})
"""Before "of Y": what is Y."""


class RefusalError(Exception):
    """Words that are outside the grammar: why, and the word where it was noticed.

    `quote`: where the words can be read in two ways, those that would be understood in quotes, if any. Does not leave
    the package.
    """

    def __init__(self, reason: str, token: Token | None = None, quote: Sequence[Token] | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.token = token
        self.quote = quote


@dataclass(frozen=True, slots=True)
class Property:
    """What is said of a subject by "is" and adjectives and a noun, or by a verb alone (`verb`).

    `named`: after "is" stands what may be a name, or "the …".
    """

    adjectives: tuple[str, ...]
    noun: str
    negated: bool = False
    verb: bool = False
    named: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A verb and its object, or (`adjectival`) "is", words, a preposition and an object.

    `adjectives` of the subject stand before the words: "is an old member of the club".
    """

    predicate: str
    object: Phrase
    negated: bool = False
    adjectival: bool = False
    adjectives: tuple[str, ...] = ()


Predicate = Property | Relation


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase.

    `kind`: name, the, a, some, every, any, no, plural, pronoun, reflexive, reciprocal ("each other"), who (asked for).
    `name` is the words taken as a name, `noun` and `adjectives` taken as a class, the noun in the singular;
    "someone", "everything" and such have none. `sort` is "one" (a person), "thing" or "noun". `relative`: what
    "who …" says, and "of …" ("every member of the club" is everything that is a member of it; its noun is empty then).
    """

    kind: str
    token: Token
    name: str = ""
    noun: str = ""
    adjectives: tuple[str, ...] = ()
    sort: str = "noun"
    other: bool = False
    """Someone else."""
    relative: tuple[Predicate, ...] = ()
    head: str = ""
    """Before "of …"."""


def relation_name(words: Sequence[str], token: Token) -> str:
    """Return the predicate that words are: "vulnerable to" is vulnerable_to.

    Raises:
        RefusalError: they cannot be stored.
    """
    try:
        return predicate_of(" ".join(words))
    except InputError as error:
        raise RefusalError(error.message, token) from error
