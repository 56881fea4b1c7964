"""What is said of a subject: "is red", "is a red cat", "is vulnerable to Y", "does not like the cat", "flies"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pramana.graph.english.lexicon import (
    ARTICLES,
    BASE,
    GENERIC,
    NUMBERS,
    PARTICIPLES,
    PARTICLES,
    PASTS,
    PREPOSITIONS,
    RELATIVES,
    RESERVED,
    THIRD,
    TIMES,
    VERBS_ONLY,
    is_adjective,
)
from pramana.graph.english.morphology import singular, third_person
from pramana.graph.english.phrases import check_shared_noun, class_of, names_one, phrase_of
from pramana.graph.english.spoken import (
    KINDS,
    Phrase,
    Predicate,
    Property,
    RefusalError,
    Relation,
    relation_name,
)
from pramana.graph.english.tokens import Token
from pramana.graph.english.verbs import opens_object, singular_form, verb_strength

__all__ = ["continued", "predicate_at", "says_one", "starts_predicate"]


def predicate_at(tokens: Sequence[Token], *, plural: bool, asked: bool = False) -> Predicate:
    """Return what tokens that begin with a verb say.

    Args:
        tokens: a verb and what belongs to it, without "and".
        plural: the verb's number.
        asked: it is a question's, where "does" stands before the verb.

    Raises:
        RefusalError: they are outside the grammar.
    """
    verb, rest = tokens[0], tokens[1:]
    if verb.word in {"is", "are"}:
        return complement(rest, plural=plural, verb=verb, first=True)
    if verb.word in {"does", "do"}:
        negated = bool(rest) and rest[0].word == "not"
        base = rest[1:] if negated else rest
        if negated or asked:
            return _after_do(base, verb, negated=negated)
        if base and base[0].word in BASE:
            raise RefusalError(
                f'say "{third_person(base[0].word)}" instead of "{verb.text} {base[0].text}"', verb
            )
    if verb.word in {"has", "have"} and rest:
        if rest[0].word == "not":
            raise RefusalError(f'say "{"do" if plural else "does"} not have"', rest[0])
        if rest[0].word in PASTS:
            raise RefusalError("only the present is told", rest[0])
    return _verb_with_object(singular_form(verb.word, plural=plural), rest, verb, negated=False)


def _after_do(base: Sequence[Token], do: Token, *, negated: bool) -> Predicate:
    if not base:
        raise RefusalError(f'a verb is missing after "{do.text}"', do)
    verb = base[0]
    if verb.kind != "word" or (verb.word in RESERVED and verb.word not in {"do", "have"}):
        raise RefusalError(f'"{verb.text}" is no verb to stand here', verb)
    if verb.word in THIRD or verb.word in {"has", "does"}:
        raise RefusalError(f'after "{do.text}" the verb has no -s', verb)
    return _verb_with_object(third_person(verb.word), base[1:], verb, negated=negated)


def _verb_with_object(verb: str, rest: Sequence[Token], token: Token, *, negated: bool) -> Predicate:
    words = [verb]
    while rest and rest[0].word in PREPOSITIONS:
        words.append(rest[0].word)
        rest = rest[1:]
    if not rest:
        if verb in {"has", "does"} or not PARTICLES.issuperset(words[1:]):
            raise RefusalError(f'"{" ".join(words)}" needs an object', token)
        return Property((), " ".join(words), negated, verb=True)
    if words[-1] == "to" and _is_infinitive(verb, rest):
        raise RefusalError(f'"to {rest[0].text}" cannot be told: only what is, has or does', rest[0], ())
    return Relation(relation_name(words, token), relation_object(rest), negated)


def _is_infinitive(verb: str, rest: Sequence[Token]) -> bool:
    """Whether words after "to" say what has to be done, or to what end: "wants to run" is a relation."""
    word = rest[0].word
    if verb == "has" and word in BASE and not rest[0].capital:
        return True
    return len(rest) > 1 and (word in VERBS_ONLY or (word in BASE and opens_object(rest[1])))


def relation_object(tokens: Sequence[Token]) -> Phrase:
    """Return the object that tokens are: a noun phrase, or "everyone" or "every cat" with a relative clause.

    Raises:
        RefusalError: they are none.
    """
    place = next((place for place, token in enumerate(tokens) if place and token.word in RELATIVES), None)
    if place is None:
        phrase = phrase_of(tokens)
        if phrase.kind == "every" and phrase.noun in TIMES:
            raise RefusalError("when and how often cannot be told", tokens[0], ())
        return phrase
    phrase, marker = phrase_of(tokens[:place]), tokens[place]
    if phrase.kind not in {"every", "some", "any", "a"}:
        raise RefusalError(f'"{marker.text}" follows "everyone", "someone", "every …" or "a …" only', marker)
    if place + 1 == len(tokens) or not verb_strength(tokens, place + 1, plural=False):
        raise RefusalError(f'a verb is missing after "{marker.text}"', marker)
    return replace(phrase, relative=(predicate_at(tokens[place + 1 :], plural=False),))


def complement(tokens: Sequence[Token], *, plural: bool, verb: Token, first: bool = False) -> Predicate:
    """Return what stands after "is": a class, or words, a preposition and an object; `first`: not after "and".

    Raises:
        RefusalError: it is neither.
    """
    negated = bool(tokens) and tokens[0].word == "not"
    words = tokens[1:] if negated else tokens
    if not words:
        raise RefusalError(f'something is missing after "{verb.text}"', verb)
    start = words[0]
    if start.word in PARTICIPLES and len(words) > 1:
        verb_said = third_person(PARTICIPLES[start.word])
        raise RefusalError(f'say "{verb_said}" instead of "is {start.text}"', start)
    place = next((place for place, token in enumerate(words) if token.word in PREPOSITIONS), None)
    if start.word in {"like", "unlike"} and len(words) > 1:
        raise RefusalError(f'"is {start.text} …" cannot be told', start, ())
    if start.word in PASTS and len(words) > 1 and place is None and not plural:
        raise RefusalError(f'"{start.text}" goes on with a preposition', words[1], ())
    if place is not None and place + 1 < len(words):
        return _with_preposition(words, place, plural=plural, negated=negated)
    if not plural and start.word not in ARTICLES:
        _check_without_article(words, first=first)
    return _property(words, plural=plural, negated=negated)


def _with_preposition(words: Sequence[Token], place: int, *, plural: bool, negated: bool) -> Predicate:
    """Return "vulnerable to Y", "the capital of Y", "in Y"; "a kind of Y" is Y."""
    start, preposition = words[0], words[place]
    article = start.word in ARTICLES
    said = words[article:place]
    kind = len(said) == 1 and singular(said[0].word) in KINDS and (article or plural)
    if kind and preposition.word == "of":
        return _property(words[place + 1 :], plural=plural, negated=negated)
    wrong = next((token for token in said if token.kind != "word" or token.word in RESERVED), None)
    if start.word in {"as", "of", "than", "to"} or (article and not said):
        raise RefusalError(f'words are missing between "is" and "{preposition.text}"', start)
    if wrong:
        raise RefusalError(f'"{wrong.text}" has no place between "is" and "{preposition.text}"', wrong)
    if said and said[0].word in NUMBERS:
        raise RefusalError("numbers of things cannot be told", said[0], ())
    if said and names_one(said[-1]) and preposition.word == "of" and start.word in {"a", "an"}:
        raise RefusalError(f'"{said[-1].text} of …" reads as a name: put it in quotes', said[-1], ())
    spoken = [token.word for token in said] or ["is"]
    adjectives: list[str] = []
    if preposition.word == "of" and (plural or start.word in {"a", "an"}):
        while len(spoken) > 1 and is_adjective(spoken[0]):
            adjectives.append(spoken.pop(0))
        spoken[-1] = singular(spoken[-1]) if plural else spoken[-1]
    if adjectives and negated:
        raise RefusalError(
            f'which of "{" ".join([*adjectives, *spoken])}" is not so? Say "not" of one', start
        )
    predicate = relation_name([*spoken, preposition.word], start)
    object_ = relation_object(words[place + 1 :])
    return Relation(predicate, object_, negated, adjectival=True, adjectives=tuple(adjectives))


def _check_without_article(words: Sequence[Token], *, first: bool) -> None:
    """Refuse "is happy home" and "Bob kind": without an article, an adjective stands alone in the singular."""
    if len(words) < 2 or words[-1].word in PREPOSITIONS:
        return
    if (first and _is_adjective(words[0])) or _is_adjective(words[-1]):
        raise RefusalError(
            f'an article is missing before "{words[0].text}", or there is a word too many', words[1]
        )


def _is_adjective(token: Token) -> bool:
    return not token.capital and is_adjective(token.word)


def _property(words: Sequence[Token], *, plural: bool, negated: bool) -> Property:
    first = words[0]
    if first.word in ARTICLES:
        words, plural = words[1:], plural and first.word == "the"
        if not words:
            raise RefusalError(f'"{first.text}" needs a noun', first)
    if words[-1].word in PREPOSITIONS:  # "turned on"
        if words[-1].word not in PARTICLES:
            raise RefusalError(f'something is missing after "{words[-1].text}"', words[-1])
        spoken = [*(class_of(words[:-1], plural=False)[1:] if len(words) > 1 else ()), words[-1].word]
        return Property((), " ".join(spoken), negated)
    adjectives, noun = class_of(words, plural=plural)
    if negated and len(adjectives) + (noun not in GENERIC) > 1:
        raise RefusalError(
            f'which of "{" ".join([*adjectives, noun])}" is not so? Say "not" of one', words[0]
        )
    named = first.word == "the" or (first.word not in ARTICLES and any(token.capital for token in words))
    name = Phrase("the" if first.word == "the" else "name", first, " ".join(token.name for token in words))
    return Property(adjectives, noun, negated, named=name if named and not plural else None)


def says_one(tokens: Sequence[Token]) -> bool:
    """Whether a predicate, or what goes on with one, is "(are) (not) a …": of several no kind is said like that."""
    words = [token.word for token in tokens[:3] if token.word not in {"are", "not"}]
    return words[:1] in (["a"], ["an"]) and not any(token.word in PREPOSITIONS for token in tokens)


def starts_predicate(tokens: Sequence[Token], *, plural: bool) -> bool:
    """Whether tokens after "and" begin with a verb of the subject before, not with another object or property."""
    strength = verb_strength(tokens, 0, plural=plural)
    return strength >= 2 or (strength == 1 and len(tokens) > 1)


def continued(last: Predicate, tokens: Sequence[Token], *, plural: bool, joint: str) -> Predicate:
    """Return what tokens after "and" add where they begin with no verb: another property, or another object.

    After "is", words, a preposition and an object, an adjective or another preposition makes a property or such
    words again; all else is another object.

    Raises:
        RefusalError: they cannot be joined to `last`, or how far its "not" reaches is not clear.
    """
    negated = tokens[0].word == "not"
    if last.negated and not negated and joint != "but":
        raise RefusalError('how far "not" reaches is not clear: say "not" of each', tokens[0])
    if isinstance(last, Property):
        if last.verb:
            raise RefusalError(f'a verb is missing before "{tokens[0].text}"', tokens[0])
        return complement(tokens, plural=plural, verb=tokens[0])
    words = tokens[1:] if negated else tokens
    check_shared_noun(last.object.name.split(), words)
    if last.adjectival and words and _is_property(words):
        return complement(tokens, plural=plural, verb=tokens[0])
    return Relation(last.predicate, relation_object(words), negated, last.adjectival)


def _is_property(words: Sequence[Token]) -> bool:
    preposition = any(token.word in PREPOSITIONS and token.word != "of" for token in words)
    return preposition or _is_adjective(words[-1])
