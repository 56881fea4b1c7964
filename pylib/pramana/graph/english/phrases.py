"""Noun phrases: names, "the cat", "a red cat", "every cat", "red, kind people", "someone", "it"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pramana.graph.english.lexicon import (
    ARTICLES,
    CONJUNCTIONS,
    EVERY,
    GENERIC,
    NOUNS_TOO,
    NUMBERS,
    PREPOSITIONS,
    PRONOUNS,
    REFLEXIVES,
    RESERVED,
    VERBS_ONLY,
    is_adjective,
)  # fmt: skip
from pramana.graph.english.morphology import is_irregular_plural, is_plural, singular, third_person
from pramana.graph.english.tokens import Token

__all__ = [
    "Phrase",
    "Predicate",
    "Property",
    "RefusalError",
    "Relation",
    "cut_at_joints",
    "phrase_of",
    "subjects_of",
]

_VERBS_ONLY_THIRD = {third_person(verb) for verb in VERBS_ONLY}
_ALONE = {
    "someone": "some", "somebody": "some", "something": "some", "everyone": "every", "everybody": "every",
    "everything": "every", "anyone": "any", "anybody": "any", "anything": "any", "nobody": "no", "nothing": "no",
}  # fmt: skip


class RefusalError(Exception):
    """Words that are outside the grammar: why, and the word where it was noticed. Does not leave the package."""

    def __init__(self, reason: str, token: Token | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.token = token


@dataclass(frozen=True, slots=True)
class Property:
    """What is said of a subject by "is" and adjectives and a noun, or by a verb alone (`verb`)."""

    adjectives: tuple[str, ...]
    noun: str
    negated: bool = False
    verb: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """A verb and its object, or (`adjectival`) "is", words, a preposition and an object."""

    predicate: str
    object: Phrase
    negated: bool = False
    adjectival: bool = False


Predicate = Property | Relation


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase.

    `kind`: name, the, a, some, every, any, no, plural, pronoun, reflexive, who (asked for). `name` is the words taken
    as a name, `noun` and `adjectives` taken as a class, the noun in the singular; "someone", "everything" and such
    have none. `sort` is "one" (a person), "thing" or "noun". `relative`: what "who …" says.
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


def phrase_of(tokens: Sequence[Token], *, plural: bool = False, bare: str = "name") -> Phrase:
    """Return the noun phrase that the tokens are.

    Args:
        tokens: the words of one phrase, without "and" or a relative clause.
        plural: it is the subject of a verb in the plural.
        bare: the kind of a phrase without article, "name" or "plural".

    Raises:
        RefusalError: it is none.
    """
    if not tokens:
        raise RefusalError("a name is missing")
    first = tokens[0]
    alone = _one_word(tokens)
    if alone:
        return alone
    if first.word in ARTICLES or first.word in EVERY or first.word in {"no", "some"}:
        return _determined(first, tokens[1:], plural)
    if plural and bare == "plural":
        return _class(first, tokens, "plural", plural=True)
    last = tokens[-1]
    if len(tokens) > 1 and _says_more(last) and last.word not in NOUNS_TOO:
        raise RefusalError(f'"{last.text}" reads as an adjective, not as the end of a name', last)
    return Phrase("name", first, name=_name(tokens))


def _one_word(tokens: Sequence[Token]) -> Phrase | None:
    first, word = tokens[0], tokens[0].word
    if word == "no" and len(tokens) == 2 and tokens[1].word == "one":
        return Phrase("no", first, sort="one")
    if word in _ALONE:
        other = len(tokens) == 2 and tokens[1].word == "else"
        if len(tokens) > 1 and not other:
            raise RefusalError(f'"{word}" is followed by a verb, "who" or "that"', tokens[1])
        return Phrase(_ALONE[word], first, sort="thing" if word.endswith("thing") else "one", other=other)
    if word in PRONOUNS or word in REFLEXIVES:
        if len(tokens) > 1:
            raise RefusalError(f'"{word}" stands alone', tokens[1])
        return Phrase("pronoun" if word in PRONOUNS else "reflexive", first)
    return None


def _determined(article: Token, words: Sequence[Token], plural: bool) -> Phrase:
    word = article.word
    if not words:
        raise RefusalError(f'"{article.text}" needs a noun', article)
    if word == "the":
        if plural:
            raise RefusalError(
                f'"the" with a plural names nobody: say "all {words[-1].text}", or join names by "and"',
                article,
            )
        return Phrase("the", article, name=_name(words))
    many = plural or word == "all"
    if word in {"a", "an", "every", "each"} and many:
        raise RefusalError(f'"{word}" goes with a verb in the singular', article)
    kind = "a" if word in {"a", "an"} else "every" if word in EVERY and word != "any" else word
    return _class(
        article, words, kind, plural=many or (kind in {"no", "some", "any"} and is_plural(words[-1].text))
    )


def _class(first: Token, tokens: Sequence[Token], kind: str, *, plural: bool) -> Phrase:
    head = _head(tokens)
    if plural and head.kind == "word" and not is_plural(head.text):
        raise RefusalError(f'"{head.text}" is not a plural', head)
    adjectives, noun = class_of(tokens, plural=plural)
    sort = {"person": "one", "thing": "thing"}.get(noun, "noun")
    return Phrase(kind, first, " ".join(token.name for token in tokens), noun, adjectives, sort)


def class_of(tokens: Sequence[Token], *, plural: bool) -> tuple[tuple[str, ...], str]:
    """Return the adjectives and the noun of a class, the noun in the singular.

    Raises:
        RefusalError: the tokens are no noun phrase.
    """
    _name(tokens)
    generic = tokens[-1].word in GENERIC
    count = 0
    while (
        count < len(tokens) - 1 and (generic or _says_more(tokens[count])) and tokens[count + 1].word != "of"
    ):
        count += 1
    head = _head(tokens)
    words = [
        singular(_lowered(token)) if plural and token is head and token.kind == "word" else _lowered(token)
        for token in tokens
    ]
    return tuple(words[:count]), " ".join(words[count:])


def _head(tokens: Sequence[Token]) -> Token:
    """The word that says what it is: the last, or the one before "of"."""
    place = next((place for place, token in enumerate(tokens) if place and token.word == "of"), len(tokens))
    return tokens[place - 1]


def _says_more(token: Token) -> bool:
    return not token.capital and is_adjective(token.word)


def _lowered(token: Token) -> str:
    """A word of a class: a capital that only the start of the sentence explains is taken back."""
    return token.name if token.capital or not token.initial else token.name.lower()


def _name(tokens: Sequence[Token]) -> str:
    """Return the words as a name.

    Raises:
        RefusalError: a word of the grammar is among them, a verb, a preposition other than "of", or a number.
    """
    first = tokens[0]
    if len(tokens) > 1 and (first.word in NUMBERS or first.word.replace(",", "").isdigit()):
        raise RefusalError("numbers of things cannot be told", first)
    for place, token in enumerate(tokens):
        if token.kind not in {"word", "quoted"}:
            raise RefusalError(f'"{token.text}" has no place in a name; put the name in quotes', token)
        after_of = place > 0 and tokens[place - 1].word == "of"
        if token.word == "of" and 0 < place < len(tokens) - 1:
            continue
        if token.word in ARTICLES and after_of and place < len(tokens) - 1:
            continue
        if token.word in RESERVED or token.word in PREPOSITIONS:
            raise RefusalError(f'"{token.text}" has no place in a name; put the name in quotes', token)
        if len(tokens) > 1 and not token.capital and _is_verb_only(token.word, place):
            raise RefusalError(f'"{token.text}" reads as a verb, not as part of a name', token)
    return " ".join(token.name for token in tokens)


def _is_verb_only(word: str, place: int) -> bool:
    return word in _VERBS_ONLY_THIRD or (place > 0 and word in VERBS_ONLY)


def cut_at_joints(tokens: Sequence[Token]) -> list[tuple[str, Sequence[Token]]]:
    """Cut at "," and "and" and "but"; each part with the joint before it: "", ",", "and" or "but"."""
    parts: list[tuple[str, Sequence[Token]]] = []
    joint, start = "", 0
    for place, token in enumerate(tokens):
        if token.kind != "comma" and token.word not in CONJUNCTIONS:
            continue
        if place > start:
            parts.append((joint, tokens[start:place]))
            joint = ""
        elif place == 0 or token.kind == "comma" or joint != ",":
            raise RefusalError(f'nothing stands before "{token.text}"', token)
        joint = "," if token.kind == "comma" else "but" if token.word == "but" else "and"
        start = place + 1
    if start == len(tokens):
        raise RefusalError("something is missing at the end", tokens[-1] if tokens else None)
    return [*parts, (joint, tokens[start:])]


def subjects_of(parts: Sequence[tuple[str, Sequence[Token]]], *, plural: bool) -> tuple[Phrase, ...]:
    """Return the phrases that parts cut at "," and "and" are.

    "Red, kind things" and "red and kind people" are one phrase, "cats and dogs", "Anne and Bob" are two. The parts
    are adjectives of the last where commas alone join them, where its noun is "people" or "things", or where all of
    them are adjectives.

    Raises:
        RefusalError: they are none, or their number does not go with `plural`.
    """
    if len(parts) == 1:
        return (_subject(parts[0][1], plural),)
    determiner, first = _determiner(parts[0][1])
    last = parts[-1][1]
    commas_only = all(joint in {"", ","} for joint, _ in parts)
    modifiers = [first, *(words for _, words in parts[1:-1])]
    single = all(len(words) == 1 and not words[0].capital for words in modifiers)
    named = determiner is not None and determiner.word == "the"
    generic = last[-1].word in GENERIC
    if single and not named and (commas_only or generic or all(_says_more(words[0]) for words in modifiers)):
        phrase = _subject([*([determiner] if determiner else []), *last], plural)
        if phrase.kind == "name":
            raise RefusalError('names are joined by "and"', last[0])
        _name([*(words[0] for words in modifiers), last[-1]])
        adjectives = (*(_lowered(words[0]) for words in modifiers), *phrase.adjectives)
        return (Phrase(phrase.kind, phrase.token, "", phrase.noun, adjectives, phrase.sort),)
    if commas_only:
        raise RefusalError('the last two are joined by "and"', last[0])
    shared = determiner if determiner and determiner.word not in {"the", "a", "an"} else None
    if not plural and not shared:
        raise RefusalError("a subject of several needs a verb in the plural", last[0])
    return tuple(
        _one_of_many(words, shared if place else None, plural) for place, (_, words) in enumerate(parts)
    )


def _one_of_many(words: Sequence[Token], shared: Token | None, plural: bool) -> Phrase:
    determiner, _ = _determiner(words)
    if determiner is None and shared is not None:
        return _subject([shared, *words], plural)
    many = determiner is None and not words[-1].capital and is_plural(words[-1].text)
    return _subject(words, many or (determiner is not None and determiner.word in {"all", "no"} and plural))


def _subject(words: Sequence[Token], plural: bool) -> Phrase:
    phrase = phrase_of(words, plural=plural, bare="plural")
    if plural and phrase.kind in {"some", "every", "any", "no"} and not phrase.noun:
        raise RefusalError(f'"{phrase.token.text}" goes with a verb in the singular', phrase.token)
    if phrase.kind == "pronoun" and phrase.token.word in {"them", "him", "her"}:
        raise RefusalError(f'"{phrase.token.text}" is no subject', phrase.token)
    if phrase.kind == "pronoun" and plural != (phrase.token.word == "they"):
        raise RefusalError("subject and verb differ in number", phrase.token)
    head = words[-1]
    if phrase.kind in {"name", "the"} and not plural and _is_surely_plural(head, phrase.kind):
        raise RefusalError(f'"{head.text}" goes with a verb in the plural', head)
    if not plural and words[0].word == "all":
        raise RefusalError('"all" goes with a verb in the plural', words[0])
    return phrase


def _is_surely_plural(head: Token, kind: str) -> bool:
    """Names may end in -s ("James"); "people", and "cats" after "the", are no names of one."""
    if head.kind != "word" or head.capital:
        return False
    return is_irregular_plural(head.text) or (kind == "the" and singular(head.text) != head.text)


def _determiner(words: Sequence[Token]) -> tuple[Token | None, Sequence[Token]]:
    if words[0].word in ARTICLES or words[0].word in EVERY or words[0].word in {"no", "some"}:
        return words[0], words[1:]
    return None, words
