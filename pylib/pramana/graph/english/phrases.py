"""Noun phrases: names, "the cat", "a red cat", "every cat", "red, kind people", "someone", "it"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

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
from pramana.graph.english.spoken import KINDS, Phrase, RefusalError, Relation, relation_name
from pramana.graph.english.tokens import Token

__all__ = [
    "check_shared_noun",
    "class_of",
    "class_phrase",
    "cut_at_joints",
    "has_inner_designator",
    "is_designator",
    "names_one",
    "phrase_of",
    "subjects_of",
]

_VERBS_ONLY_THIRD = {third_person(verb) for verb in VERBS_ONLY}
_DESIGNATOR = re.compile(r"[B-HJ-Zb-hj-z]|[A-Z][0-9]+|[0-9]+(?:\.[0-9]+)*")
_AMOUNTS = frozenset(
    ["lot", "lots", "plenty", "couple", "dozen", "handful", "bunch", "number", "majority", "minority"]
)
_ALONE = {
    "someone": "some", "somebody": "some", "something": "some", "everyone": "every", "everybody": "every",
    "everything": "every", "anyone": "any", "anybody": "any", "anything": "any", "nobody": "no", "nothing": "no",
}  # fmt: skip


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
    if [token.word for token in tokens] in (["each", "other"], ["one", "another"]):
        return Phrase("reciprocal", first)
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
                f'"the" with a plural names nobody: say "all {_head(words).text}", or join names by "and"',
                article,
                (),
            )
        return _definite(article, words)
    many = plural or word == "all"
    if word in {"a", "an", "every", "each"} and many:
        raise RefusalError(f'"{word}" goes with a verb in the singular', article)
    kind = "a" if word in {"a", "an"} else "every" if word in EVERY and word != "any" else word
    return _class(
        article, words, kind, plural=many or (kind in {"no", "some", "any"} and is_plural(words[-1].text))
    )


def _definite(article: Token, words: Sequence[Token]) -> Phrase:
    """Return "the cat", or "the capital of France", which is of something unless its noun is part of a name."""
    name = _name(words)
    place = next((place for place, token in enumerate(words) if place and token.word == "of"), None)
    if not place or any(map(names_one, words[:place])) or singular(words[place - 1].word) in KINDS:
        return Phrase("the", article, name)
    if words[place - 1].word in {"majority", "minority", "rest"}:
        raise RefusalError("how many cannot be said: only all, no, and single things", words[place - 1], ())
    try:
        object_ = phrase_of(words[place + 1 :])
    except RefusalError:  # "the loss of life and limb" is a name still
        return Phrase("the", article, name)
    head = " ".join(token.word for token in words[:place])
    return Phrase(
        "the", article, name, relative=(Relation(relation_name([head, "of"], words[0]), object_),), head=head
    )


def _class(first: Token, tokens: Sequence[Token], kind: str, *, plural: bool) -> Phrase:
    head = _head(tokens)
    if plural and head.kind == "word" and not is_plural(head.text):
        raise RefusalError(f'"{head.text}" is not a plural', head)
    if kind in {"a", "every"} and not plural and not head.capital and singular(head.text) != head.text:
        raise RefusalError(f'"{first.text}" goes with a noun in the singular', head)
    phrase = class_phrase(kind, first, tokens, plural=plural)
    return replace(phrase, sort={"person": "one", "thing": "thing"}.get(phrase.noun, "noun"))


def class_phrase(kind: str, first: Token, tokens: Sequence[Token], *, plural: bool) -> Phrase:
    """Return a phrase of a class, such as "red cat", "member of the club" or "kind of bird" (which is a bird).

    Raises:
        RefusalError: the tokens are no noun phrase.
    """
    _name(tokens)
    place = next((place for place, token in enumerate(tokens) if place and token.word == "of"), None)
    if place and place + 1 < len(tokens) and singular(tokens[place - 1].word) in KINDS:
        if place > 1:
            raise RefusalError(
                f'"{tokens[0].text}" has no place before "{tokens[place - 1].text} of"', tokens[0]
            )
        rest = tokens[place + 1 :]
        return class_phrase(
            kind, first, rest, plural=is_plural(rest[-1].text) and rest[0].word not in ARTICLES
        )
    if place and tokens[place - 1].word in _AMOUNTS:
        raise RefusalError("how many cannot be said: only all, no, and single things", tokens[place - 1], ())
    if place and names_one(tokens[place - 1]):
        raise RefusalError(
            f'"{tokens[place - 1].text} of …" reads as a name: put it in quotes', tokens[place - 1], ()
        )
    adjectives, noun = class_of(tokens, plural=plural)
    name = " ".join(token.name for token in tokens)
    if not place:
        return Phrase(kind, first, name, noun, adjectives)
    head = noun.partition(" of ")[0]
    of = Relation(relation_name([head, "of"], tokens[0]), phrase_of(tokens[place + 1 :]))
    return Phrase(kind, first, name, "", adjectives, relative=(of,), head=head)


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


def names_one(token: Token) -> bool:
    """Whether a word before "of" begins a name: "Bank of England", but not "CEO of Acme"."""
    return token.capital and not token.text.isupper()


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
        raise RefusalError("numbers of things cannot be told", first, ())
    for place, token in enumerate(tokens):
        if token.kind not in {"word", "quoted"}:
            raise RefusalError(f'"{token.text}" has no place in a name; put the name in quotes', token)
        if token.word in {"more", "less", "fewer"} and not token.capital:
            raise RefusalError("how much more or less cannot be told", token, ())
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


def is_designator(token: Token) -> bool:
    """Whether a word tells one of a kind from others, behind the noun: a letter or a number ("service B", "team 4")."""
    return token.kind == "word" and (_DESIGNATOR.fullmatch(token.text) is not None or token.text == "A")


def has_inner_designator(tokens: Sequence[Token]) -> bool:
    """Whether a letter or number stands behind a noun, and words behind it: no likely name ("service B calls")."""
    return any(
        place and is_designator(token) and tokens[place + 1].word not in PREPOSITIONS
        for place, token in enumerate(tokens[:-1])
    )


def check_shared_noun(before: Sequence[str], words: Sequence[Token]) -> None:
    """Refuse "services C and D", of which the second would be a mere D.

    Args:
        before: the words of the name before "and".
        words: what follows it.

    Raises:
        RefusalError: it is like that.
    """
    if (
        len(words) != 1
        or len(before) < 2
        or not (is_designator(words[0]) and _DESIGNATOR.fullmatch(before[-1]))
    ):
        return
    one = singular(before[-2])
    if one != before[-2]:
        raise RefusalError(f'say "{one} {before[-1]} and {one} {words[0].text}"', words[0], ())


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
    if any(joint == "but" for joint, _ in parts):
        raise RefusalError(
            '"but" before the verb makes an exception, which cannot be told', parts[-1][1][0], ()
        )
    determiner, first = _determiner(parts[0][1])
    last = parts[-1][1]
    commas_only = all(joint in {"", ","} for joint, _ in parts)
    modifiers = [first, *(words for _, words in parts[1:-1])]
    if _are_adjectives(modifiers, determiner, last, commas_only=commas_only):
        phrase = _subject([*([determiner] if determiner else []), *last], plural)
        if phrase.kind == "name":
            raise RefusalError('names are joined by "and"', last[0])
        _name([*(words[0] for words in modifiers), last[-1]])
        adjectives = (*(_lowered(words[0]) for words in modifiers), *phrase.adjectives)
        return (replace(phrase, name="", adjectives=adjectives),)
    for count in range(1, len(parts)):
        check_shared_noun([token.text for token in parts[0][1]], parts[count][1])
    if commas_only:
        raise RefusalError('the last two are joined by "and"', last[0], ())
    shared = determiner if determiner and determiner.word not in {"the", "a", "an"} else None
    if not plural and not shared:
        raise RefusalError("a subject of several needs a verb in the plural", last[0])
    return tuple(
        _one_of_many(words, shared if place else None, plural) for place, (_, words) in enumerate(parts)
    )


def _are_adjectives(
    modifiers: Sequence[Sequence[Token]],
    determiner: Token | None,
    last: Sequence[Token],
    *,
    commas_only: bool,
) -> bool:
    """Whether what is before the last "," or "and" says more of the noun: not in "Cats, dogs", "Tom, a cat"."""
    single = all(len(words) == 1 and not words[0].capital for words in modifiers)
    if not single or (determiner is not None and determiner.word == "the"):
        return False
    if any(is_plural(words[0].text) for words in modifiers) or (determiner is None and _determiner(last)[0]):
        return False
    generic = last[-1].word in GENERIC
    return commas_only or generic or all(_says_more(words[0]) for words in modifiers)


def _one_of_many(words: Sequence[Token], shared: Token | None, plural: bool) -> Phrase:
    determiner, _ = _determiner(words)
    if determiner is None and shared is not None:
        return _subject([shared, *words], plural)
    head = _head(words)
    many = determiner is None and not head.capital and is_plural(head.text)
    return _subject(words, many or (determiner is not None and determiner.word in {"all", "no"} and plural))


def _subject(words: Sequence[Token], plural: bool) -> Phrase:
    phrase = phrase_of(words, plural=plural, bare="plural")
    if plural and phrase.kind in {"some", "every", "any", "no"} and not (phrase.noun or phrase.head):
        raise RefusalError(f'"{phrase.token.text}" goes with a verb in the singular', phrase.token)
    if phrase.kind == "pronoun" and phrase.token.word in {"them", "him", "her"}:
        raise RefusalError(f'"{phrase.token.text}" is no subject', phrase.token)
    if phrase.kind == "pronoun" and plural != (phrase.token.word == "they"):
        raise RefusalError("subject and verb differ in number", phrase.token)
    head = _head(words)
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
