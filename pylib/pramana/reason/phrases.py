"""English text as a line of marked words, and phrases to look for in it.

`line_of` writes a text as words and marks that stand one space apart, case-folded, contractions taken apart (here
without the letters that follow the words of a class):

    "What's wrong, and how'd I fix it?"   →   " ^ what is wrong , and how would i fix it ? $ "

`^` stands where a sentence or a clause begins, `$` where the text ends. A politeness before a question ("could
you tell me", "I wonder") is left out, so that a question begins with its own first word.

After a word of a class of `word_classes.py` stand a tilde and the letters of its classes ("what~aK"), so that an
expression need not list the words of a class.

A phrase is a row of items that match one word each, unless said otherwise:

    how|what      one of these words                {be}       one of the words of that class (word_classes.py)
    depend*       a word that begins so             *ing       a word that ends so
    _             any word                          ...        up to 12 words or commas of one sentence; `..` up to 3
    (a|an)        one of these or none              =the|a     nothing, but the next word is one of these
                                                    !the|a     nothing, but the next word is none of these
    ^             where a clause begins             $          nothing, but a clause ends here
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from string import ascii_letters

from pramana.reason.word_classes import CLASSES, CONTRACTIONS, FRAMES, SPELLINGS
from pramana.text.normalise import normalise

__all__ = ["MAX_CHARS", "line_of", "literals", "plain", "regex_of"]

MAX_CHARS = 2_000
"""Of a longer text its first and its last half of this are read: a question stands before or after what is pasted."""

_TOKEN = re.compile(r"'s\b|[^\W_]+(?:[-_./:][^\W_]+)*(?:'(?!s\b)[^\W\d_]+)?|\.\.\.|[^\w\s~]")
_ENDS = ".?!;:…"
_GAP = rf"(?: (?![{_ENDS}$^] )\S+)"
_STOPS = rf"[{_ENDS},$^]"
_LETTERS = dict(zip(CLASSES, ascii_letters, strict=False))
_NOT_LITERAL = re.compile(r"[*_]|^[!=($]|^\.\.\.?$|^\^$")


def line_of(text: str) -> str:
    """Return the text as a line of marked words.

    Args:
        text: any text; white space, case and the shape of apostrophes do not matter.
    """
    text = normalise(text).replace("’", "'").replace("`", "'")
    if len(text) > MAX_CHARS:
        text = f"{text[: MAX_CHARS // 2]} … {text[-MAX_CHARS // 2 :]}"
    tokens = _TOKEN.findall(text)
    words = " ".join(SPELLINGS.get(token, token) for token in tokens)
    for pattern, full in _contractions():
        words = pattern.sub(full, words)
    letters = _letters()
    marked = " ".join(word + letters.get(word, "") for word in words.split())
    line = re.sub(rf" ([{_ENDS}])(?! [{_ENDS}])(?= )", r" \1 ^", f" ^ {marked} ")
    line = _clause().sub(r" , ^", line)
    before = ""
    while line != before:
        before, line = line, _frames().sub(" ^", line)
    return f"{line}$ "


def plain(line: str) -> str:
    """Return the words of a line, or of a part of it, without the marks."""
    return " ".join(word.partition("~")[0] for word in line.split() if word != "^")


@cache
def regex_of(phrase: str) -> re.Pattern[str]:
    """Return the expression that finds the phrase in a line."""
    return re.compile("".join(map(_part, phrase.split())) + "(?= )")


def literals(phrase: str) -> frozenset[str]:
    """Return words of which a line must hold one to hold the phrase; empty if no such words are known."""
    choices = [frozenset(_words(item)) for item in phrase.split() if not _NOT_LITERAL.search(item)]
    return min(choices, key=len, default=frozenset())


def _part(item: str) -> str:
    if item in {"...", ".."}:
        return _GAP + ("{0,12}?" if item == "..." else "{0,3}?")
    if item == "$":
        return rf"(?= {_STOPS} )"
    if item[0] in "=!":
        return rf"(?{item[0]} {_choice(item[1:])} )"
    if item.startswith("("):
        return f"(?: {_choice(item[1:-1])})?"
    return f" {_choice(item)}"


def _choice(item: str) -> str:
    return rf"(?:{'|'.join(map(_word, item.split('|')))})(?:~\S*)?"


def _word(word: str) -> str:
    if word == "_":
        return r"\w\S*"
    if word.startswith("{"):
        return rf"[^\s~]+~\S*{_LETTERS[word[1:-1]]}\S*"
    return r"[^\s~]*".join(map(re.escape, word.split("*")))


def _words(item: str) -> list[str]:
    return [
        word
        for name in item.split("|")
        for word in (CLASSES[name[1:-1]] if name.startswith("{") else (name,))
    ]


@cache
def _letters() -> dict[str, str]:
    """What stands after the words of the classes."""
    letters: dict[str, str] = defaultdict(lambda: "~")
    for name, words in CLASSES.items():
        for word in words:
            letters[word] += _LETTERS[name]
    return dict(letters)


@cache
def _contractions() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), full) for pattern, full in CONTRACTIONS)


@cache
def _clause() -> re.Pattern[str]:
    """A comma before a question word or an inversion: a clause begins."""
    asked = f"(?: {_choice('and|but|so|or')})? {_choice('{wh}')}"
    inverted = f" {_choice('{aux}')} {_choice('{pronoun}')}"
    return re.compile(rf" ,(?=(?:{asked}|{inverted}) )")


@cache
def _frames() -> re.Pattern[str]:
    return re.compile(r" \^(?:" + "|".join("".join(map(_part, frame.split())) for frame in FRAMES) + ")(?= )")
