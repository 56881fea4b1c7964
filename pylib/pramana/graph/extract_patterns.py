"""The patterns by which facts are read out of free text; each yields subject, predicate, object, negated, pattern."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pramana.graph.english.lexicon import BASE, BASE_OF, PREPOSITIONS
from pramana.graph.english.morphology import third_person
from pramana.graph.english.tokens import Token
from pramana.graph.extract_phrases import Run, list_after, list_before, run_after, run_before
from pramana.knowledge import IS

__all__ = ["CONFIDENCE", "Stated", "other_names", "stated"]

Stated = tuple[str, str, str, bool, str]
CONFIDENCE = {
    "such_as": 0.85, "and_other": 0.85, "including": 0.7, "is_a": 0.8, "are": 0.6, "apposition": 0.7, "part_of": 0.8,
    "contains": 0.75, "has": 0.6, "cause": 0.75, "vulnerable": 0.85, "location": 0.75, "abbreviation": 0.9,
    "alias": 0.85,
}  # fmt: skip
"""By pattern."""

_VERBS = {
    ("cause", ""): "cause", ("lead", "to"): "cause", ("result", "in"): "cause", ("prevent", ""): "cause",
    ("enable", ""): "cause", ("require", ""): "cause", ("depend", "on"): "cause", ("rely", "on"): "cause",
    ("trigger", ""): "cause", ("mitigate", ""): "cause", ("protect", "against"): "cause",
    ("contain", ""): "contains", ("comprise", ""): "contains", ("include", ""): "contains", ("have", ""): "has",
    ("live", "in"): "location", ("lie", "in"): "location",
}  # fmt: skip
_AFTER_IS = {
    ("part", "of"): ("part_of", "part_of"), ("vulnerable", "to"): ("vulnerable_to", "vulnerable"),
    ("susceptible", "to"): ("susceptible_to", "vulnerable"), ("located", "in"): ("located_in", "location"),
}  # fmt: skip
_TURNED = {
    ("caused", "by"): ("causes", "cause"), ("prevented", "by"): ("prevents", "cause"),
    ("enabled", "by"): ("enables", "cause"), ("required", "by"): ("requires", "cause"),
    ("triggered", "by"): ("triggers", "cause"), ("mitigated", "by"): ("mitigates", "cause"),
    ("made", "of"): ("part_of", "part_of"), ("composed", "of"): ("part_of", "part_of"),
}  # fmt: skip
"""After "is": the object is the subject of the fact."""
_KINDS = frozenset(["kind", "type", "form", "sort", "class", "example", "variety", "kinds", "types", "forms"])
_SMALL = frozenset(["of", "and", "the", "for", "in"])
_OUTER = frozenset(["and", "but", "that", ";", ":", "(", "however", "therefore", "moreover", "thus"])


def stated(tokens: Sequence[Token]) -> Iterator[Stated]:
    """Yield what a sentence states by any pattern but `other_names`."""
    for place, token in enumerate(tokens):
        yield from _hearst(tokens, place)
        if token.word in {"is", "are"}:
            yield from _after_is(tokens, place)
        elif token.word in BASE_OF or token.word in BASE or token.word == "has":
            yield from _verb(tokens, place)
        elif token.kind == "comma":
            yield from _apposition(tokens, place)


def _word(tokens: Sequence[Token], place: int) -> str:
    return (tokens[place].word or tokens[place].text) if 0 <= place < len(tokens) else ""


def _hearst(tokens: Sequence[Token], place: int) -> Iterator[Stated]:
    """Read "Ys such as A, B and C", "such Ys as A", "A, B and other Ys", "Ys including A", "Ys, especially A"."""
    word, following = _word(tokens, place), _word(tokens, place + 1)
    before = _before_comma(tokens, place)
    if word == "such" and following == "as":
        members = list_after(tokens, place + 2, subject=True)
        yield from _members(_kind_before(tokens, before, place), members, "such_as")
    elif word == "such":
        kind = run_after(tokens, place + 1)
        if kind and _word(tokens, kind.end) == "as":
            yield from _members(kind, list_after(tokens, kind.end + 1, subject=True), "such_as")
    elif word in {"and", "&"} and following == "other":
        members, _ = list_before(tokens, before)
        yield from _members(run_after(tokens, place + 2), members, "and_other")
    elif word in {"including", "especially"}:
        members = list_after(tokens, place + 1, subject=True)
        yield from _members(_kind_before(tokens, before, place), members, "including")


def _kind_before(tokens: Sequence[Token], end: int, place: int) -> Run | None:
    """Return the phrase before ", such as"; in "attacks on servers, such as …" it is not certain which."""
    run = run_before(tokens, end)
    if run is None or end == place:
        return run
    return None if _word(tokens, run.start - run.article - 1) in PREPOSITIONS else run


def _before_comma(tokens: Sequence[Token], place: int) -> int:
    return place - (place > 0 and tokens[place - 1].kind == "comma")


def _members(kind: Run | None, members: Sequence[Run], pattern: str) -> Iterator[Stated]:
    if kind is None or not kind.plural or kind.vague:
        return
    for member in members:
        if not member.vague:
            yield member.name(plural=member.plural), IS, kind.kind(plural=True), False, pattern


def _subjects(tokens: Sequence[Token], end: int, *, plural: bool) -> list[Run]:
    """Return the phrases that end before a place and can be a subject there: nothing else belongs to them."""
    runs, start = list_before(tokens, _before_bracket(tokens, end))
    if not runs:
        return []
    if len(runs) > 1 and not (plural and (start == 0 or _word(tokens, start - 1) in _OUTER)):
        # One verb, one subject; and where a list that follows "In Rome," begins is not certain.
        runs = runs[-1:]
        start = runs[0].start - runs[0].article
        if plural and _word(tokens, start - 1) == "and":
            return []
    begins = start == 0 or tokens[start - 1].kind == "comma" or _word(tokens, start - 1) in _OUTER
    return [run for run in runs if not run.vague] if begins else []


def _before_bracket(tokens: Sequence[Token], end: int) -> int:
    """Return the place before "(…)" where one ends before a place."""
    if _word(tokens, end - 1) != ")":
        return end
    return next((place for place in range(end - 2, max(end - 8, 0), -1) if tokens[place].text == "("), end)


def _after_is(tokens: Sequence[Token], place: int) -> Iterator[Stated]:
    plural = tokens[place].word == "are"
    negated = _word(tokens, place + 1) == "not"
    start = place + 1 + negated
    subjects = _subjects(tokens, place, plural=plural)
    if not subjects:
        return
    pair = (_word(tokens, start), _word(tokens, start + 1))
    article = _word(tokens, start) == "a"
    if article and _word(tokens, start + 1) == "part":
        pair, start = ("part", _word(tokens, start + 2)), start + 1
    if pair in _AFTER_IS or pair in _TURNED:
        predicate, pattern = (_AFTER_IS | _TURNED)[pair]
        objects = list_after(tokens, start + 2)
        yield from _pairs(subjects, predicate, objects, plural, negated, pattern, turned=pair in _TURNED)
    else:
        yield from _copula(tokens, start, subjects, plural=plural, negated=negated)


def _copula(
    tokens: Sequence[Token], start: int, subjects: Sequence[Run], *, plural: bool, negated: bool
) -> Iterator[Stated]:
    """Read "X is a (kind of) Y", "Xs are Ys"."""
    kind = _kind_of(tokens, start)
    class_ = run_after(tokens, kind or start)
    if class_ is None or class_.vague or _word(tokens, class_.end) == "or":
        return
    if plural and not kind and (not class_.plural or class_.article):
        return
    if not plural and not kind and _word(tokens, start) not in {"a", "an"}:
        return
    for subject in subjects:
        name = subject.name(plural=plural and subject.plural)
        yield name, IS, class_.kind(plural=class_.plural), negated, "are" if plural else "is_a"


def _kind_of(tokens: Sequence[Token], start: int) -> int:
    """Return where Y begins in "a kind of Y", "an example of Y", "types of Y", or 0."""
    noun = start + (_word(tokens, start) in {"a", "an"})
    return noun + 2 if _word(tokens, noun) in _KINDS and _word(tokens, noun + 1) == "of" else 0


def _verb(tokens: Sequence[Token], place: int) -> Iterator[Stated]:
    """Read "X causes Y", "Xs do not lead to Y"."""
    word = tokens[place].word
    base = "have" if word in {"has", "have"} else BASE_OF.get(word, word)
    particle = _word(tokens, place + 1)
    particle = particle if (base, particle) in _VERBS else ""
    pattern = _VERBS.get((base, particle))
    if (base, _word(tokens, place + 1)) == ("consist", "of"):
        particle, pattern = "of", "part_of"
    if pattern is None:
        return
    start, end = place + 1 + bool(particle), place
    negated = _word(tokens, place - 1) == "not" and _word(tokens, place - 2) in {"does", "do"}
    plural = word == base
    if negated:
        end, plural = place - 2, _word(tokens, place - 2) == "do"
    none = _word(tokens, start) == "no"
    if pattern == "has" and not none and _word(tokens, start) not in {"a", "an"}:
        return
    subjects = _subjects(tokens, end, plural=plural)
    objects = list_after(tokens, start + none)
    predicate = f"{third_person(base)} {particle}".strip() if pattern != "part_of" else "part_of"
    if not (negated and none):
        yield from _pairs(
            subjects, predicate, objects, plural, negated or none, pattern, turned=pattern == "part_of"
        )


def _pairs(
    subjects: Sequence[Run], predicate: str, objects: Sequence[Run], plural: bool, negated: bool, pattern: str,
    *, turned: bool,
) -> Iterator[Stated]:  # fmt: skip
    for subject in subjects:
        for one in objects:
            names = [
                subject.name(plural=plural and subject.plural),
                one.name(plural=one.plural),
            ]
            if not one.vague:
                first, last = reversed(names) if turned else names
                yield first, predicate, last, negated, pattern


def _apposition(tokens: Sequence[Token], comma: int) -> Iterator[Stated]:
    """Read "X, a Y, …": the name X alone before the comma, the next comma or the end behind Y."""
    if _word(tokens, comma + 1) not in {"a", "an"}:
        return
    name, class_ = run_before(tokens, comma), run_after(tokens, comma + 1)
    if name is None or class_ is None or not name.proper or name.vague or class_.plural or class_.vague:
        return
    if name.start == 1 and tokens[0].word in PREPOSITIONS:  # "In 2020, a virus spread"
        return
    at_end = class_.end == len(tokens) and name.start > 0  # not "Later, a dog barked"
    closed = (
        not at_end
        and tokens[class_.end].kind == "comma"
        and _word(tokens, class_.end + 1) not in {"and", "a", "an"}
    )
    if at_end or closed:
        yield name.name(plural=False), IS, class_.kind(plural=False), False, "apposition"


def other_names(tokens: Sequence[Token]) -> Iterator[Stated]:
    """Read "Long Name (LN)" where the letters agree, "X, also known as Y", "X (aka Y)"."""
    for place, token in enumerate(tokens):
        if token.text == "(" and _word(tokens, place + 2) == ")":
            short = tokens[place + 1]
            long = _spelled_out(tokens, place, short.text)
            if long:
                yield long, "also known as", short.name, False, "abbreviation"
        known = token.word == "also" and [_word(tokens, place + 1), _word(tokens, place + 2)] == [
            "known",
            "as",
        ]
        if known or token.word == "aka":
            end = place - (_word(tokens, place - 1) in {",", "(", "is"})
            name, other = run_before(tokens, end), run_after(tokens, place + (3 if known else 1))
            if name and other:
                yield name.name(plural=False), "also known as", other.name(plural=False), False, "alias"


def _spelled_out(tokens: Sequence[Token], end: int, short: str) -> str:
    """Return the words before a place whose first letters, also after hyphens, are an abbreviation's, or ""."""
    letters = "".join(letter for letter in short if letter.isalpha()).lower()
    if not 2 <= len(letters) <= 8 or sum(letter.isupper() for letter in short) < 2:
        return ""
    for place in range(end - 1, max(end - 12, -1), -1):
        if tokens[place].kind != "word":
            return ""
        parts = [part for token in tokens[place:end] for part in token.text.lower().split("-") if part]
        if letters in {_initials(parts), _initials([part for part in parts if part not in _SMALL])}:
            return " ".join(token.name for token in tokens[place:end])
    return ""


def _initials(words: Sequence[str]) -> str:
    return "".join(word[0] for word in words)
