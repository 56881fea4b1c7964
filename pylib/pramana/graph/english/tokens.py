"""Words of a text, each with its place, cut into sentences at final stops and at the marks of list items."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pramana.graph.english.points import keeps_point, named

__all__ = ["SentenceTokens", "Token", "sentences_of", "tokens_of", "whole"]

_ASKING = "?？؟⁇⁈⁉‽"
"""Question marks, also of other scripts: a question must never be taken for a statement."""
_FULL = "！。"
_END = rf",;:!…){_FULL}{_ASKING}\]}}"
"""In a character class, beside the stop: what no word ends in."""
_TOKEN = re.compile(
    rf"""(?P<quoted> "[^"]*" | “[^”]*” | «[^»]*» )
    | (?P<word> (?: [A-Za-z][A-Za-z0-9+.-]* :// [^\s"“”«»]* [^\s"“”«».{_END}]       # an IRI
                  | [^\s"“”«».(\[{{{_END}]+                             # or characters, and points
                    (?: (?: [.:]+ | (?<=\d),(?=\d) ) [^\s"“”«».(\[{{{_END}]+ )* ) ) # and colons inside
    | (?P<comma> , )
    | (?P<stop> [.!…{_FULL}{_ASKING}]+ )
    | (?P<other> \S )""",
    re.VERBOSE,
)
_SPACE = re.compile(r"\s*")
_ITEM = re.compile(r"(?:[-*•‣–]|(?P<number>\d{1,3}[.)]))(?=[ \t]+\S)")
_CAPITAL = re.compile(r"\s+[A-Z]")
_NAMES_IN_CAPITALS = {"US", "IT", "WHO"}
_CUT_SHORT = {"ca": "can", "wo": "will", "sha": "shall"}
_WITH_CLITIC = re.compile(
    r"(it|he|she|that|what|who|which|where|when|why|how|there|here|i|you|we|they)('(?:s|re|m|ll|ve|d))"
)
_CLITICS = {"'s": "is", "'re": "are", "'m": "am", "'ll": "will", "'ve": "have", "'d": "would"}


@dataclass(frozen=True, slots=True)
class Token:
    """Characters `start` to before `end` of the text.

    `kind` is word, quoted, comma, stop, item (the mark of a list item) or other. `word` is how it is looked up: in
    lower case, with a straight apostrophe, "not" for "n't" and "is" for "'s" of "it's"; empty for what is quoted or
    no word, and for US, IT, WHO and the letter A. `initial`: it begins its sentence.
    """

    text: str
    start: int
    end: int
    kind: str
    word: str
    initial: bool = False

    @property
    def name(self) -> str:
        """The token as a part of a name: without its quotes."""
        return self.text[1:-1] if self.kind == "quoted" else named(self.text)

    @property
    def capital(self) -> bool:
        """Whether it is written like a name: quoted, or with a capital or a digit that no sentence start explains."""
        if self.kind == "quoted":
            return True
        letters = self.text[1:] if self.initial else self.text
        return any(letter.isupper() or letter.isdigit() for letter in letters)


@dataclass(frozen=True, slots=True)
class SentenceTokens:
    """A sentence's words without its final stop, and its place with it; `mark` is the stop, or ""."""

    tokens: tuple[Token, ...]
    mark: str
    start: int
    end: int

    @property
    def asks(self) -> bool:
        """Whether its final stop is that of a question."""
        return any(mark in self.mark for mark in _ASKING)


def whole(tokens: Sequence[Token], place: int) -> str:
    """Return a word as it is written: "can't" for "ca" before "n't"."""
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    joined = following is not None and following.start == tokens[place].end and following.text[0] in "'’n"
    return tokens[place].text + (following.text if joined and following else "")


def tokens_of(text: str) -> Iterator[Token]:
    """Yield the tokens of a text in order; every character that is not white space is in exactly one."""
    place, before = 0, ""
    initial = after_initial = numbered = False
    only_names = True
    while True:
        start = _end_of(_SPACE, text, place)
        gap = text[place:start]
        item = _ITEM.match(text, start) if "\n" in gap or not place else None
        if item and (not item["number"] or before in {"", "stop"} or numbered or gap.count("\n") > 1):
            yield Token(item.group(), start, item.end(), "item", "")
            place, before, numbered = item.end(), "", bool(item["number"])
            continue
        match = _TOKEN.match(text, start)
        if match is None:
            return
        kind, place = str(match.lastgroup), match.end()
        initial = before in {"", "stop"}
        only_names = initial or only_names
        if kind == "word" and text[place : place + 1] == ".":
            rest = text[place + 1 : place + 40]
            place += keeps_point(match.group(), rest, named=only_names, after_initial=after_initial)
        written = text[start:place]
        letter = (
            written == "A" and not initial and not _CAPITAL.match(text, place)
        )  # "service A calls", "in zone A"
        yield from (
            _split(written, start, initial=initial, plain=not letter)
            if kind == "word"
            else (Token(written, start, place, kind, "", initial),)
        )
        after_initial = len(written) == 2 and written[0].isupper() and written[1] == "."
        only_names = only_names and (written[0].isupper() or written in {"the", "a", "an"})
        numbered = numbered and kind != "stop"
        before = kind


def _end_of(pattern: re.Pattern[str], text: str, place: int) -> int:
    found = pattern.match(text, place)
    return found.end() if found else place


def _split(written: str, start: int, *, initial: bool, plain: bool) -> Iterator[Token]:
    """Yield a word, or the two that a contraction is; one that is not `plain` is looked up as nothing."""
    end = start + len(written)
    word = "" if written in _NAMES_IN_CAPITALS or not plain else written.replace("’", "'").lower()
    word = word.removesuffix(".")
    clitic = _WITH_CLITIC.fullmatch(word)
    if clitic:
        cut = start + len(clitic[1])
        yield Token(written[: len(clitic[1])], start, cut, "word", clitic[1], initial)
        yield Token(written[len(clitic[1]) :], cut, end, "word", _CLITICS[clitic[2]])
    elif word.endswith("n't") and len(word) > 3 and word != "ain't":
        yield Token(written[:-3], start, end - 3, "word", _CUT_SHORT.get(word[:-3], word[:-3]), initial)
        yield Token(written[-3:], end - 3, end, "word", "not")
    else:
        yield Token(written, start, end, "word", word, initial)


def sentences_of(text: str) -> Iterator[SentenceTokens]:
    """Yield the sentences of a text; the last one, and one before a list item, need no final stop."""
    tokens: list[Token] = []
    for token in tokens_of(text):
        if token.kind not in {"stop", "item"}:
            tokens.append(token)
            continue
        if token.kind == "stop":
            yield SentenceTokens(tuple(tokens), token.text, (tokens or [token])[0].start, token.end)
        elif tokens:
            yield SentenceTokens(tuple(tokens), "", tokens[0].start, tokens[-1].end)
        tokens = []
    if tokens:
        yield SentenceTokens(tuple(tokens), "", tokens[0].start, tokens[-1].end)
