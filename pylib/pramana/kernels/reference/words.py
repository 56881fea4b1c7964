"""What the text kernel makes of a text: folded characters, words and terms (docs/abi.md, "text")."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from enum import Enum

from pramana.kernels.reference.stem import stem
from pramana.kernels.reference.stop import STOP_WORDS

__all__ = ["fold", "is_ideograph", "terms_of", "words_of"]

_IDEOGRAPHS = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0xF900, 0xFAFF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0x2F800, 0x2FA1F),
)
"""The blocks that BERT's tokenizer sets apart."""

_KANA = (
    (0x3005, 0x3007),
    (0x3041, 0x3096),
    (0x309D, 0x309F),
    (0x30A1, 0x30FA),
    (0x30FC, 0x30FF),
    (0x31F0, 0x31FF),
    (0xFF66, 0xFF9D),
)

_APOSTROPHES = frozenset("'\u2019\u02bc\uff07")


class _Folds(dict[int, str]):
    """A table for `str.translate` that computes an entry when it is first asked for."""

    def __missing__(self, point: int) -> str:
        decomposed = unicodedata.normalize("NFD", chr(point))
        folded = "".join(part.lower() for part in decomposed if unicodedata.category(part) != "Mn")
        self[point] = folded
        return folded


class _Kind(Enum):
    """What a folded character is in a text of words."""

    LETTER = 0
    WHOLE_WORD = 1
    APOSTROPHE = 2
    GAP = 3


class _Kinds(dict[str, _Kind]):
    def __missing__(self, character: str) -> _Kind:
        category = unicodedata.category(character)
        if character in _APOSTROPHES:
            kind = _Kind.APOSTROPHE
        elif category[0] not in "LN" and category != "Mc":
            kind = _Kind.GAP
        elif is_ideograph(character) or _within(character, _KANA):
            kind = _Kind.WHOLE_WORD
        else:
            kind = _Kind.LETTER
        self[character] = kind
        return kind


_FOLDS = _Folds()
_KINDS = _Kinds()


def _within(character: str, blocks: tuple[tuple[int, int], ...]) -> bool:
    point = ord(character)
    return any(first <= point <= last for first, last in blocks)


def is_ideograph(character: str) -> bool:
    """Is this one of the characters that BERT's tokenizer takes for a word of its own?"""
    return _within(character, _IDEOGRAPHS)


def fold(text: str) -> str:
    """Return the canonical decomposition without nonspacing marks, lower-cased, character by character."""
    return text.translate(_FOLDS)


def words_of(text: str) -> Iterator[str]:
    """Yield the words of a text, folded and not stemmed.

    A word is a maximal run of letters, numbers and spacing marks; an ideograph or a kana is a word of its own. An
    apostrophe inside a word is dropped, and a final "s" behind it too.
    """
    folded = fold(text)
    kinds = [_KINDS[character] for character in folded]
    kinds += [_Kind.GAP, _Kind.GAP]
    word: list[str] = []
    at = 0
    while at < len(folded):
        kind = kinds[at]
        if kind is _Kind.LETTER:
            word.append(folded[at])
        elif kind is _Kind.APOSTROPHE and word and kinds[at + 1] is _Kind.LETTER:
            if folded[at + 1] == "s" and kinds[at + 2] is not _Kind.LETTER:
                at += 1
        else:
            if word:
                yield "".join(word)
                word.clear()
            if kind is _Kind.WHOLE_WORD:
                yield folded[at]
        at += 1
    if word:
        yield "".join(word)


def terms_of(text: str) -> tuple[list[str], int]:
    """Return the terms of a text and its number of words.

    For each word: its stem unless it is a stop word, then the bigram of stems with the word before.
    """
    terms: list[str] = []
    before: str | None = None
    words = 0
    for word in words_of(text):
        words += 1
        stemmed = stem(word)
        if word not in STOP_WORDS:
            terms.append(stemmed)
        if before is not None:
            terms.append(f"{before} {stemmed}")
        before = stemmed
    return terms, words
