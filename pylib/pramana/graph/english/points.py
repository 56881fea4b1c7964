"""Points that end no sentence: of abbreviations ("Dr. Smith", "e.g.", "U.S.") and of initials ("J. R. R. Tolkien").

After "U.S.", "Inc." and the like a capital may begin a sentence or go on with a name. It goes on where the sentence
has held nothing but a name so far ("The U.S. Army is big"); initials also go on among themselves.
"""

from __future__ import annotations

import re

__all__ = ["keeps_point", "named"]

_INSIDE = frozenset(["e.g", "i.e", "cf", "vs", "viz", "approx"])
_TITLE_WORDS = """
dr mr mrs ms prof st rev gen capt lt col sgt maj adm gov sen rep pres hon mt messrs
"""
_TITLES = frozenset(_TITLE_WORDS.split())
_NUMBERED = frozenset(["fig", "eq", "sec", "ch", "vol", "art"])
_AT_END = frozenset(["inc", "ltd", "co", "corp", "jr", "sr", "etc", "bros"])
_LETTERS = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]|[Pp]h\.[Dd]")
_INITIAL = re.compile(r"[A-Z]\.(?:\s|$)")


def keeps_point(word: str, rest: str, *, named: bool, after_initial: bool) -> bool:
    """Whether the point behind a word belongs to the word.

    Args:
        word: without the point.
        rest: some of what follows the point.
        named: all words of the sentence before it are articles, or written like names.
        after_initial: the word before it is an initial with its point.
    """
    lowered, following = word.lower(), rest.lstrip()
    if not following or rest[0] == ".":
        return False
    if rest[0] in ",;:)]":
        return lowered in _INSIDE | _TITLES | _AT_END or bool(_LETTERS.fullmatch(word))
    if not rest[0].isspace():
        return False
    first = following[0]
    if lowered in _INSIDE:
        return True
    if lowered in _TITLES:
        return first.isupper() or first.isdigit()
    if lowered in _NUMBERED:
        return first.isdigit()
    if lowered in _AT_END or _LETTERS.fullmatch(word):
        return named or first.islower()
    initial = len(word) == 1 and word.isupper() and first.isupper()
    return initial and (named or after_initial or bool(_INITIAL.match(following)))


def named(word: str) -> str:
    """Return a word as a name has it: "U.S." with its last point, "Inc." and "etc." without."""
    if _LETTERS.fullmatch(word):
        return word + "."
    return word[:-1] if word.endswith(".") and word[:-1].lower() in _AT_END else word
