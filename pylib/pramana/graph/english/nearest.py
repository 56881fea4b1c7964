"""The sentence nearest to a refused one that is in the grammar.

Found, not looked up: the words at fault are repaired (another tense or number, a name for a pronoun, a word left out),
the result is read again, and repaired again; failing that, the end is left out, or a word that names nothing. Whatever
is returned has been read, and has as many negations and the same quantities as what was written: where nothing is like
that, nothing is returned.
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
    QUESTION_WORDS,
    REFLEXIVES,
    REFUSED,
    RELATIVES,
    RESERVED,
    THIRD,
    is_adjective,
    is_adverb,
)  # fmt: skip
from pramana.graph.english.morphology import comparative, is_plural, singular, third_person
from pramana.graph.english.questions import is_question, question_of, statements_asked
from pramana.graph.english.spoken import RefusalError
from pramana.graph.english.tokens import SentenceTokens, Token, tokens_of

__all__ = ["nearest_question", "nearest_statement"]

_ALL = "every each all any everyone everybody everything anyone anybody anything whoever whatever"
_NOT = "not no none nobody nothing never neither nor without cannot hardly rarely seldom unless"
_SOME = "some someone somebody something"
_ITSELF = """
most many few several both half much enough only just merely always usually often sometimes mostly almost nearly
least as
"""
_QUANTITY_OF = {
    word: name
    for name, words in (("all", _ALL), ("not", _NOT), ("some", _SOME), ("number", " ".join(NUMBERS)))
    for word in words.split()
} | {word: word for word in _ITSELF.split()}
_IDLE = (
    (frozenset(REFUSED) - {"or", "so", "except", "excluding", "its", "his", "their", "whose"})
    | MODALS
    | {"if", "then"}
)
"""Words without which a sentence is nearly the same, if no quantity goes with them."""
Accepts = Callable[[Sequence[Token]], None]
_MAX_WORDS = 24
_ROUNDS, _WIDTH = 4, 12
_NUMBER = {"is": "are", "are": "is", "does": "do", "do": "does", "has": "have", "have": "has"}


def nearest_statement(sentence: SentenceTokens, before: SentenceTokens | None) -> str:
    """Return an accepted statement close to a refused one, or ""; `before` is the sentence before, for its subject."""
    name = _subject_of(before.tokens) if before else ""
    tokens = _short(sentence.tokens)
    if not tokens or (tokens[0].word in QUESTION_WORDS and is_question(tokens)):
        return ""
    starts = [_written(map(_spelt, tokens))]
    if is_question(tokens):
        starts = [_written(words) for words in statements_asked(tokens)][:_WIDTH] + starts
    found = _search(starts, _accepts_statement, name, tokens)
    return found + "." if found else ""


def nearest_question(sentence: SentenceTokens) -> str:
    """Return an accepted question close to a refused one, or ""."""
    tokens = _short(sentence.tokens)
    if not tokens or (tokens[0].word in QUESTION_WORDS and is_question(tokens)):
        return ""
    words = [_spelt(token) for token in tokens]
    starts = [_written(words)]
    if tokens and tokens[0].word in MODALS and "be" in words:
        starts += [_written([verb, *(word for word in words[1:] if word != "be")]) for verb in ("is", "are")]
    found = _search(starts, _accepts_question, "", tokens)
    if not found:
        return ""
    return found + ("?" if is_question(list(tokens_of(found))) else ".")


def _spelt(token: Token) -> str:
    """A word as it can be written by itself: "not" for "n't", "can" for "ca", "is" for "'s"."""
    parts = (token.kind == "word" and token.word and token.text[0] in "'’") or token.word in {
        "not",
        "can",
        "will",
    }
    return token.word if (parts and token.text[:1].islower()) or token.text[:1] in "'’" else token.text


def _quantities(tokens: Iterable[Token]) -> list[str]:
    """The negations and quantifiers of a sentence, as far as they differ in meaning."""
    return sorted(_QUANTITY_OF.get(token.word, "number" if token.word.isdigit() else "") for token in tokens)


def _short(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens[:_MAX_WORDS] if len(token.text) <= 100]


def _subject_of(tokens: Sequence[Token]) -> str:
    for token in tokens:
        if token.kind in {"word", "quoted"} and token.word not in RESERVED:
            return token.text
    return ""


def _search(starts: Iterable[str], accepts: Accepts, name: str, given: Sequence[Token]) -> str:
    """Return the first text, of the starts and what repairs make of them, that is accepted and near, else ""."""
    wanted = [one for one in _quantities(given) if one]

    def is_near(tokens: Sequence[Token]) -> bool:
        return [one for one in _quantities(tokens) if one] == wanted

    seen: set[str] = set()
    queue = list(starts)
    texts = queue[:]
    two_ways = False
    for _ in range(_ROUNDS):
        repaired: list[str] = []
        for text in queue[:_WIDTH]:
            seen.add(text)
            tokens = [token for token in tokens_of(text) if token.kind != "stop"]
            refusal = _refusal(tokens, accepts)
            if refusal is None:
                if is_near(tokens):
                    return text
                continue
            two_ways = two_ways or refusal.quote is not None
            repaired += (_written(words) for words in _repairs(tokens, refusal, name))
        queue = [text for text in dict.fromkeys(repaired) if text and text not in seen]
        texts += queue[:1]
    for text in [] if two_ways else _shortened(texts):
        tokens = [token for token in tokens_of(text) if token.kind != "stop"]
        if is_near(tokens) and _refusal(tokens, accepts) is None:
            return text
    return ""


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
    text = " ".join(words).replace(" ,", ",")
    return text[:1].upper() + text[1:]


def _repairs(tokens: Sequence[Token], refusal: RefusalError, name: str) -> Iterator[list[str]]:
    """Yield what the words could be instead, the likeliest first."""
    words = [_spelt(token) for token in tokens]
    if refusal.quote is not None:
        inside = [place for place, token in enumerate(tokens) if token in refusal.quote]
        if inside:
            first, end = inside[0], inside[-1] + 1
            yield [*words[:first], '"' + " ".join(words[first:end]) + '"', *words[end:]]
        return
    yield from _turned_round(tokens, words)
    at_fault = refusal.token.start if refusal.token else None
    place = next((place for place, token in enumerate(tokens) if token.start == at_fault), None)
    if place is not None:
        for start, end, others in _instead(tokens, place, name):
            yield [*words[:start], *others, *words[end:]]
    for at, token in enumerate(tokens):
        if token.word in THIRD and at and not _several(tokens[:at]):
            continue
        for other in _other_number(token.word):
            yield [*words[:at], other, *words[at + 1 :]]
    if place is not None and (_names_nothing(tokens, place) or _is_idle_adjective(tokens, place)):
        yield words[:place] + words[place + 1 :]


def _turned_round(tokens: Sequence[Token], words: Sequence[str]) -> Iterator[list[str]]:
    """Yield "Carol is the sister of Alice" for "Alice's sister is Carol", and so for the question."""
    asked = tokens[:1] and tokens[0].word == "is"
    whose = next((place for place, token in enumerate(tokens) if token.word.endswith("'s")), len(tokens))
    behind = range(whose + 2, len(tokens))
    who = next((place for place in behind if tokens[place].capital or tokens[place - 1].word == "is"), 0)
    if who:
        negated = ["not"] if words[who] == "not" else []
        name, what = words[who + len(negated) :], words[whose + 1 : who - (not asked)]
        of = ["the", *what, "of", *words[int(bool(asked)) : whose], words[whose][:-2]]
        yield ["is", *name, *of] if asked else [*name, "is", *negated, *of]


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
    elif word in PASTS and word not in REFUSED and (word, following) != ("used", "to"):
        start = place - (before in {"has", "have"})
        yield start, place + 1, [third_person(PASTS[word])]
        yield start, place + 1, [PASTS[word]]
    elif word in PARTICIPLES and before in {"is", "are"} and (word, following) != ("going", "to"):
        verb = PARTICIPLES[word]
        yield place - 1, place + 1, [third_person(verb) if before == "is" else verb]
    elif word == "never" and before in {"is", "are"}:
        yield place, place + 1, ["not"]
    elif word == "never" and (following in THIRD or following in BASE):
        yield (
            place,
            place + 2,
            ["does" if following in THIRD else "do", "not", BASE_OF.get(following, following)],
        )
    elif word == "or":
        yield place, len(tokens), []
        yield place, place + 2, []
    elif word in REFUSED:
        yield from _instead_of_refused(tokens, place, name)
    else:
        yield from _in_form(tokens, place)
        known = name or ("" if _word(tokens, place - 1) not in {"", "is", "does"} or place > 1 else "Anne")
        yield from ((place, place + 1, others) for others in _replaced(tokens[place], known, following))
        if word in {"a", "an"} and before in {"is", "are", "not"}:
            yield place, place + 1, []


def _instead_of_refused(tokens: Sequence[Token], place: int, name: str) -> Iterator[Change]:
    word, before, following = tokens[place].word, _word(tokens, place - 1), _word(tokens, place + 1)
    pointed = word in {"this", "these", "those"} and following not in {"is", "are"}
    other = "the" if pointed else "" if word == "be" and before == "to" else REFUSED[word][1]
    if other:
        yield place, place + 1, [other.replace("Anne", name or "Anne")]
    elif word in _IDLE:
        yield place, place + 1, []


def _in_form(tokens: Sequence[Token], place: int) -> Iterator[Change]:
    """Yield what could stand instead of a word that is of the grammar, where it stands wrong."""
    word, before = tokens[place].word, _word(tokens, place - 1)
    following, after = _word(tokens, place + 1), _word(tokens, place + 2)
    if word == "as" and after == "as":
        yield place, place + 3, [*comparative(following).split(), "than"]
    elif word == "not" and before in {"has", "have"} and following in PASTS:
        yield place - 1, place + 2, ["do" if before == "have" else "does", "not", PASTS[following]]
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
    elif word in RELATIVES and before == "" and (end := _next_comma(tokens, place)):
        yield place - 1, end + 1, []  # "Anne, who is red, is kind"
    elif (word in PREPOSITIONS and not (word == "to" and (following in BASE or following in THIRD))) or (
        word in RELATIVES and following
    ):
        yield place, len(tokens), []
    elif (word in NUMBERS or word.isdigit()) and following:
        yield place, place + 2, ["a", singular(tokens[place + 1].text)]
        yield place, place + 1, []


def _several(tokens: Sequence[Token]) -> bool:
    """Whether a subject may be of several: it ends in a plural, or joins names."""
    return (
        is_plural(tokens[-1].text)
        or tokens[-1].word in {"not", "does", "do"}
        or any(token.word in CONJUNCTIONS for token in tokens)
    )


def _next_comma(tokens: Sequence[Token], start: int) -> int:
    return next((place for place in range(start, len(tokens)) if tokens[place].kind == "comma"), 0)


def _word(tokens: Sequence[Token], place: int) -> str:
    return tokens[place].word if 0 <= place < len(tokens) else ""


def _replaced(token: Token, name: str, following: str) -> list[list[str]]:
    word = token.word
    if word in PRONOUNS:
        named = [[name]] if name and (name != "Anne" or word not in {"it", "they", "them"}) else []
        return [["the"], *named] if word == "her" and following else named
    if word in {"every", "each"}:
        return [["all"]]
    if word in {"a", "an"}:
        return [["the"]]
    return [["and"]] if token.text == ";" and following else []


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


def _names_nothing(tokens: Sequence[Token], place: int) -> bool:
    """Whether what is said stays nearly the same without a word."""
    token, following = tokens[place], _word(tokens, place + 1)
    if token.kind == "word" and token.word in CONJUNCTIONS:
        return following in {"", "is", "are", "has", "have", "does", "do"}
    return token.text in {"(", ")", "[", "]"} or is_adverb(token.word) or token.word in _IDLE


def _is_idle_adjective(tokens: Sequence[Token], place: int) -> bool:
    return is_adjective(tokens[place].word) and place + 1 < len(tokens)


def _shortened(texts: Sequence[str]) -> Iterator[str]:
    for text in texts[:2]:
        tokens = [token for token in tokens_of(text) if token.kind != "stop"]
        words = [_spelt(token) for token in tokens]
        for end in range(len(words) - 1, 1, -1):
            is_so = any(token.word in {"is", "are"} for token in tokens[:end])
            mere = end == len(words) - 1 and tokens[end].word in PREPOSITIONS
            mere = mere or tokens[end].word in CONJUNCTIONS
            if tokens[end].word in PRONOUNS or tokens[end].word in REFLEXIVES:
                break
            if (is_so or mere) and tokens[end - 1].word not in PARTICIPLES:
                yield _written(words[:end])
        for place in range(len(tokens)):
            if _names_nothing(tokens, place):
                yield _written(words[:place] + words[place + 1 :])
