"""Words of a text, each with its place, cut into sentences at final stops."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["SentenceTokens", "Token", "sentences_of", "tokens_of"]

_TOKEN = re.compile(
    r"""(?P<quoted> "[^"]*" | “[^”]*” | «[^»]*» )
    | (?P<word> (?: [A-Za-z][A-Za-z0-9+.-]* :// [^\s"“”«»]* [^\s"“”«».,;:!?…)\]}]       # an IRI
                  | [^\s"“”«».,;:!?…()\[\]{}]+                                         # or characters, and points
                    (?: (?: [.:]+ | (?<=\d),(?=\d) ) [^\s"“”«».,;:!?…()\[\]{}]+ )* ) ) # and colons inside
    | (?P<comma> , )
    | (?P<stop> [.!?…]+ )
    | (?P<other> \S )""",
    re.VERBOSE,
)
_NAMES_IN_CAPITALS = {"US", "IT", "WHO"}
_CUT_SHORT = {"ca": "can", "wo": "will", "sha": "shall"}


@dataclass(frozen=True, slots=True)
class Token:
    """Characters `start` to before `end` of the text.

    `kind` is word, quoted, comma, stop or other. `word` is how it is looked up: in lower case, with a straight
    apostrophe, "not" for "n't"; empty for what is quoted or no word, and for US, IT and WHO. `initial`: it begins
    its sentence.
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
        return self.text[1:-1] if self.kind == "quoted" else self.text

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


def tokens_of(text: str) -> Iterator[Token]:
    """Yield the tokens of a text in order; every character that is not white space is in exactly one."""
    initial = True
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        start, end, written = match.start(), match.end(), match.group()
        word = (
            written.replace("’", "'").lower() if kind == "word" and written not in _NAMES_IN_CAPITALS else ""
        )
        if kind == "word" and word.endswith("n't") and len(word) > 3:
            stem = word[:-3]
            yield Token(written[:-3], start, end - 3, kind, _CUT_SHORT.get(stem, stem), initial)
            yield Token(written[-3:], end - 3, end, kind, "not")
        else:
            yield Token(written, start, end, kind, word, initial)
        initial = kind == "stop"


def sentences_of(text: str) -> Iterator[SentenceTokens]:
    """Yield the sentences of a text; the last one needs no final stop."""
    tokens: list[Token] = []
    for token in tokens_of(text):
        if token.kind != "stop":
            tokens.append(token)
            continue
        start = tokens[0].start if tokens else token.start
        yield SentenceTokens(tuple(tokens), token.text, start, token.end)
        tokens = []
    if tokens:
        yield SentenceTokens(tuple(tokens), "", tokens[0].start, tokens[-1].end)
