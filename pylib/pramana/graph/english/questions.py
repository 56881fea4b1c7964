"""Questions: the words are put in the order of a statement, and read as one.

Where the subject of "Is …?" ends no word says. It ends before "a", "an", "the", "not", "no" or a word in 's; else
before the word that goes with a preposition ("vulnerable to"), or before a preposition of place; in the plural after
the first plural ("Are timing attacks dangerous?"); else before the last word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from pramana.graph.english.clauses import Clause, Part, clauses_of, only_reading, plain, subject_with_relative
from pramana.graph.english.grammar import check_words, is_asked, statement_of
from pramana.graph.english.lexicon import (
    ARTICLES,
    MODALS,
    PREPOSITIONS,
    QUESTION_WORDS,
    RELATIVES,
    RESERVED,
    THIRD,
    is_adjective,
)
from pramana.graph.english.meaning import Scope, is_universal, question_atoms, said
from pramana.graph.english.morphology import is_plural, third_person
from pramana.graph.english.phrases import class_phrase, cut_at_joints, is_designator, phrase_of, subjects_of
from pramana.graph.english.records import Conditional, Meaning, Question
from pramana.graph.english.rewording import reworded
from pramana.graph.english.spoken import Phrase, RefusalError, Relation, relation_name
from pramana.graph.english.tokens import Token
from pramana.graph.english.verbs import opens_object, verb_strength, verbs_from
from pramana.knowledge import IS

__all__ = ["is_question", "question_of", "statements_asked"]

_BE_DO = {"is": False, "are": True, "does": False, "do": True}
_WHO = {"who": "one", "what": "thing", "which": "noun"}
_SINGULAR = THIRD | {"is", "has", "does"}
MAX_KINDS = 3
"""Objects with "a" in a question; each may be a kind, or one of that kind."""
_PLACES = {
    "in", "on", "at", "under", "inside", "outside", "near", "behind", "below", "above", "beneath", "beside", "between",
    "within", "over", "around", "among",
}  # fmt: skip


def is_question(tokens: Sequence[Token]) -> bool:
    """Whether a sentence begins like a question."""
    first = tokens[0].word if tokens else ""
    if first in QUESTION_WORDS and is_asked(tokens):
        return True
    named = first in {"may", "will"} and any(token.word in _SINGULAR for token in tokens)
    return first in _BE_DO or first in _WHO or (first in MODALS and not named)


def question_of(tokens: Sequence[Token], text: str) -> Question:
    """Return what is asked, by a question or by the statement whose truth is in question.

    Raises:
        RefusalError: it is outside the grammar.
    """
    words = reworded(_without_preamble(tokens))
    if not is_question(words):
        return _of_statement(words, text)
    check_words(words)
    if words[0].word in MODALS:
        raise RefusalError(f'"{words[0].text}": only what is can be asked', words[0])
    if len(words) == 1:
        raise RefusalError("a question needs more than one word", words[0])
    clause = _asking(words) if words[0].word in _WHO else _yes_or_no(words)
    question = _of_clauses(plain(clause), text)
    named = _named(words)
    if not named:
        return question
    return replace(question, otherwise=(*question.otherwise, question_atoms([named], Scope())))


def _named(words: Sequence[Token]) -> Clause | None:
    """Return what "What is the colour of the sky" asks of "the colour of the sky", taken as a name."""
    if [token.word for token in words[:3]] != ["what", "is", "the"] or words[-1].word in PREPOSITIONS:
        return None
    try:
        phrase = phrase_of(words[2:])
    except RefusalError:  # "What is the capital of France and big" names nothing
        return None
    who = Phrase("who", words[0], words[0].word, sort="thing")
    return Clause((phrase,), False, [Relation(IS, who)]) if phrase.head else None


def statements_asked(tokens: Sequence[Token]) -> Iterator[list[str]]:
    """Yield the words of statements that a question may ask about, the likeliest first."""
    words = _without_preamble(tokens)
    texts = [token.text for token in words]
    if len(words) < len(tokens):
        yield texts
    elif words[0].word in _WHO:
        yield ["Anne", *texts[1:]]
    elif words[0].word in {"is", "are"}:
        for place in _complement_starts(words[1:], 1, several=words[0].word == "are"):
            yield [*texts[1 : place + 1], words[0].word, *texts[place + 1 :]]
    elif words[0].word in {"does", "do"}:
        for place in _verb_starts(words[1:], 1, several=words[0].word == "do"):
            verb = texts[place + 1] if words[0].word == "do" else third_person(words[place + 1].word)
            yield [*texts[1 : place + 1], verb, *texts[place + 2 :]]


def _without_preamble(tokens: Sequence[Token]) -> Sequence[Token]:
    words = [token.word or token.text for token in tokens[:4]]
    if words == ["is", "it", "true", "that"] or words == ["true", "or", "false", ":"]:
        return tokens[4:]
    return tokens


def _of_statement(words: Sequence[Token], text: str) -> Question:
    check_words(words)
    if any(token.word == "if" for token in words):
        return _of_meanings(statement_of(words, text), text)
    return _of_clauses(clauses_of(words), text)


def _of_clauses(clauses: Sequence[Clause], text: str) -> Question:
    if any(map(is_universal, clauses)):
        return _of_meanings(said(clauses, text), text)
    scope = Scope()
    atoms = question_atoms(clauses, scope)
    if scope.counted > MAX_KINDS:
        raise RefusalError(f'at most {MAX_KINDS} objects with "a" or "any" are asked about at once')
    if scope.counted and scope.where:
        raise RefusalError('"else" and an object with "a" or "any" are asked about in two questions')
    others = list(product((True, False), repeat=scope.counted))[1:]
    otherwise = tuple(question_atoms(clauses, Scope(kinds=kinds)) for kinds in others)
    asked = next((one.term for one in scope.variables if one.term[1:] in _WHO), "")
    kind = "who" if asked else "exists" if scope.variables else "ground"
    return Question(text, kind, atoms, asked=asked, where=tuple(scope.where), otherwise=otherwise)


def _of_meanings(meanings: Sequence[Meaning], text: str) -> Question:
    rules = tuple(meaning.rule for meaning in meanings if isinstance(meaning, Conditional))
    if len(rules) < len(meanings):
        raise RefusalError("of one and of all of a kind is asked in two questions")
    return Question(text, "universal", rules=rules)


def _yes_or_no(words: Sequence[Token]) -> Clause:
    verb, rest = words[0], words[1:]
    plural = _BE_DO[verb.word]
    starts = _complement_starts if verb.word in {"is", "are"} else _verb_starts
    if rest[0].word == "not":
        raise RefusalError(f'ask "{verb.text} …", without "not"', rest[0])
    relative = next((place for place, token in enumerate(rest) if place and token.word in RELATIVES), 0)
    _check_name_end(rest)
    refusal: RefusalError | None = None
    for clause_at in dict.fromkeys((relative, 0)):  # of the subject, or else of the object
        parts = [("", rest)] if clause_at else cut_at_joints(rest)
        for count, (joint, part) in enumerate(parts):
            found: list[tuple[Clause, int]] = []
            for place in starts(part, clause_at + 2 if clause_at else 1, several=plural and count == 0):
                before = [*parts[:count], (joint, part[:place])]
                try:
                    clause = Clause(subject_with_relative(before, clause_at, plural=plural), plural)
                    _extend(clause, [*cut_at_joints([verb, *part[place:]]), *parts[count + 1 :]])
                except RefusalError as error:
                    refusal = refusal or error
                else:
                    at = place + (part[place].word == "not")
                    if starts is _complement_starts or (not found and _base_strength(part, at) >= 3):
                        return clause
                    found.append((clause, at))
            one = only_reading(found, part)
            if one:
                return one
    raise refusal or RefusalError(
        "who or what is asked about, and what of it, cannot be told apart", words[0]
    )


def _check_name_end(rest: Sequence[Token]) -> None:
    """Refuse "Is the capital of France New York?", which may end a name anywhere in "France New York".

    Raises:
        RefusalError: it is like that.
    """
    place = next((place for place, token in enumerate(rest) if token.word == "of"), 0)
    names = [token for token in rest[place + 1 :] if token.word != "the"]
    if rest[0].word != "the" or place < 2 or len(names) < 3:
        return
    if all(token.kind == "word" and token.capital and not is_designator(token) for token in names):
        raise RefusalError(
            "where the first name ends is not clear: put the second in quotes", quote=names[1:]
        )


def _extend(clause: Clause, parts: Sequence[Part]) -> None:
    for count, part in enumerate(parts):
        if count and part[1][0].word in _BE_DO:
            raise RefusalError("these are two questions", part[1][0])
        clause.extend(part, asked=not count)


def _complement_starts(words: Sequence[Token], least: int, *, several: bool) -> Iterator[int]:
    """Yield the places at which what is said can begin, the likeliest first; `several`: the verb is "are"."""
    places: list[int] = []
    for place in range(least, len(words)):
        before = words[place - 1].word
        inside = before in PREPOSITIONS or (least > 1 and verb_strength(words, place - 1, plural=several))
        owned = words[place].word.endswith("'s")  # "Is Alice Bob's mother"
        if (owned or words[place].word in {"a", "an", "the", "not", "no"}) and not inside:
            places.append(place)
            break
    places += _before_preposition(words, least)
    if several and least == 1:
        places = [place for place in places if is_plural(words[place - 1].text)]
        last = [len(words) - 1] if any(token.word == "of" for token in words) else []
        yield from dict.fromkeys([*_after_plural(words), *places, *last])
    else:
        places.append(len(words) - 1)
        if len(words) > 1 and is_designator(words[-1]) and not is_designator(words[-2]):
            places.insert(-1, len(words) - 2)  # "team 4"
        split = {place for place in places if place > 0 and _is_lettered(words, place)}  # "service | B up"
        ordered = dict.fromkeys([*(place for place in places if place not in split), *places])
        yield from (place for place in ordered if least <= place < len(words))


def _is_lettered(words: Sequence[Token], place: int) -> bool:
    return is_designator(words[place]) and not words[place - 1].capital


def _before_preposition(words: Sequence[Token], least: int) -> list[int]:
    place = next((place for place in range(least, len(words)) if words[place].word in PREPOSITIONS), None)
    if place is None or (words[place].word == "of" and words[place - 1].capital):
        return []
    before = place - 2 if place > 1 and words[place - 2].word in {"more", "less"} else place - 1
    related = words[place - 1].word.endswith("ed") or is_adjective(words[place - 1].word)
    return [place, before] if words[place].word in _PLACES and not related else [before, place]


def _after_plural(words: Sequence[Token]) -> list[int]:
    """After the first plural that no other plural follows, unless that is the last word."""
    last = len(words) - 1
    for place in range(last):
        token = words[place]
        if (
            token.kind == "word"
            and token.word not in RESERVED
            and not token.capital
            and is_plural(token.text)
        ):
            if place + 1 < last and is_plural(words[place + 1].text):
                continue
            return [place + 1]
    return []


def _verb_starts(words: Sequence[Token], least: int, *, several: bool) -> Iterator[int]:
    """Yield the places at which the verb after "does" can stand, the surest first."""
    ranked = [(-_base_strength(words, place), place) for place in range(least, len(words))]
    for strength, place in sorted(ranked):
        if strength:
            yield place - (words[place - 1].word == "not")


def _base_strength(words: Sequence[Token], place: int) -> int:
    token = words[place]
    strength = verb_strength(words, place, plural=True)
    if (
        strength
        or token.kind != "word"
        or token.capital
        or token.word in RESERVED
        or token.word in PREPOSITIONS
    ):
        return strength
    if words[place - 1].word == "not":
        return 3
    if place + 1 == len(words):
        return 1
    return 2 if opens_object(words[place + 1]) and not is_adjective(token.word) else 0


def _asking(words: Sequence[Token]) -> Clause:
    first = words[0]
    who = Phrase("who", first, first.word, sort=_WHO[first.word])
    if first.word == "which":
        return _which(words, who)
    if words[1].word in {"does", "do"} and len(words) > 2 and words[2].word != "not":
        return _object_asked(who, words[1:])
    if words[1].word == "is" and len(words) > 2:
        return _what_is(who, words[1], words[2:])
    parts = cut_at_joints(words[1:])
    if not verb_strength(parts[0][1], 0, plural=False) and not words[1].word.endswith("s"):
        raise RefusalError(f'"{first.text}" goes with a verb in the singular', words[1])
    return _with_subject(who, parts, plural=False)


def _with_subject(who: Phrase, parts: Sequence[Part], *, plural: bool) -> Clause:
    clause = Clause((who,), plural)
    for part in parts:
        clause.extend(part)
    return clause


def _which(words: Sequence[Token], who: Phrase) -> Clause:
    for place, token in enumerate(words[:-1]):
        if place > 1 and token.word in {"does", "do"} and words[place + 1].word != "not":
            return _object_asked(_of_class(who, words[1:place]), words[place:])
    refusal = RefusalError('a verb is missing after "which"', words[0])
    found: list[tuple[Clause, int]] = []
    for place, plural in verbs_from(words, 2):
        try:
            phrase = _of_class(who, words[1:place], plural=plural)
            clause = _with_subject(phrase, cut_at_joints(words[place:]), plural=plural)
        except RefusalError as error:
            refusal = error
        else:
            if not found and verb_strength(words, place, plural=plural) >= 3:
                return clause
            found.append((clause, place))
    one = only_reading(found, words)
    if one is None:
        raise refusal
    return one


def _of_class(who: Phrase, words: Sequence[Token], *, plural: bool | None = None) -> Phrase:
    many = is_plural(words[-1].text) if plural is None else plural
    return replace(class_phrase("who", who.token, words, plural=many), name=who.name)


def _object_asked(who: Phrase, words: Sequence[Token]) -> Clause:
    """Read "does the cat chase", "does Anne live in": who or what is asked for is the object."""
    plural = words[0].word == "do"
    parts = cut_at_joints(words[1:])
    joint, last = parts[-1]
    end = len(last)
    while end > 1 and last[end - 1].word in PREPOSITIONS:
        end -= 1
    verb, negated = last[end - 1], end > 1 and last[end - 2].word == "not"
    if end < 2 or not _base_strength(last[:end], end - 1):
        raise RefusalError("a verb is missing at the end", verb)
    subjects = subjects_of([*parts[:-1], (joint, last[: end - 1 - negated])], plural=plural)
    name = relation_name([third_person(verb.word), *(token.word for token in last[end:])], verb)
    return Clause(subjects, plural, [Relation(name, who, negated)])


def _what_is(who: Phrase, verb: Token, words: Sequence[Token]) -> Clause:
    """Read "Who is mortal", "What is Socrates", "What is the cat afraid of"."""
    if words[-1].word in PREPOSITIONS and len(words) > 2:
        start = len(words) - (3 if words[-3].word in {"more", "less"} else 2)
        name = relation_name([token.word for token in words[start:]], words[-1])
        start -= start > 1 and words[start - 1].word in ARTICLES  # "What is Paris the capital of"
        return Clause(subjects_of([("", words[:start])], plural=False), False, [Relation(name, who)])
    preposition = any(token.word in PREPOSITIONS for token in words)
    if not preposition and (words[0].capital or words[0].word == "the"):
        return Clause(subjects_of([("", words)], plural=False), False, [Relation(IS, who)])
    return _with_subject(who, cut_at_joints([verb, *words]), plural=False)
