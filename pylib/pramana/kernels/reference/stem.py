"""The English stemmer of Snowball, "Porter2", as revised up to Snowball 3.1 (snowballstem.org/algorithms/english).

A word is lower case. Letters outside a-z, and the apostrophe, count as consonants.
"""

from __future__ import annotations

from functools import lru_cache

__all__ = ["stem"]

_VOWELS = frozenset("aeiouy")

_EXCEPTIONS = {
    "andes": "andes",
    "atlas": "atlas",
    "bias": "bias",
    "cosmos": "cosmos",
    "early": "earli",
    "gently": "gentl",
    "howe": "howe",
    "idly": "idl",
    "news": "news",
    "only": "onli",
    "singly": "singl",
    "skies": "sky",
    "skis": "ski",
    "sky": "sky",
    "ugly": "ugli",
}

_R1_PREFIXES = ("arsen", "commun", "emerg", "gener", "inter", "later", "organ", "past", "univers")
"""Beginnings behind which R1 starts at once."""

_KEEP_ING = frozenset(("even", "cann", "inn", "earr", "herr", "out"))
_KEEP_EED = frozenset(("succ", "proc", "exc"))
_DOUBLES = tuple(letter * 2 for letter in "bdfgmnprt")

_STEP_2 = {
    "tional": "tion",
    "enci": "ence",
    "anci": "ance",
    "abli": "able",
    "entli": "ent",
    "izer": "ize",
    "ization": "ize",
    "ational": "ate",
    "ation": "ate",
    "ator": "ate",
    "alism": "al",
    "aliti": "al",
    "alli": "al",
    "fulness": "ful",
    "fulli": "ful",
    "ousli": "ous",
    "ousness": "ous",
    "iveness": "ive",
    "iviti": "ive",
    "biliti": "ble",
    "bli": "ble",
    "ogist": "og",
    "lessli": "less",
    "ogi": "og",
    "li": "",
}
_STEP_3 = {
    "tional": "tion",
    "ational": "ate",
    "alize": "al",
    "icate": "ic",
    "iciti": "ic",
    "ical": "ic",
    "ful": "",
    "ness": "",
    "ative": "",
}
_STEP_4 = (
    *("al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent"),
    *("ism", "ate", "iti", "ous", "ive", "ize", "ion"),
)


def _is_vowel(letter: str) -> bool:
    return letter in _VOWELS


def _has_vowel(part: str) -> bool:
    return not _VOWELS.isdisjoint(part)


def _mark_consonant_y(word: str) -> str:
    """Write a y at the start, or behind a vowel, as Y."""
    marked: list[str] = []
    for letter in word:
        consonant = letter == "y" and (not marked or _is_vowel(marked[-1]))
        marked.append("Y" if consonant else letter)
    return "".join(marked)


def _region(word: str, start: int) -> int:
    """The place behind the first consonant that follows a vowel, from `start` on."""
    for at in range(start + 1, len(word)):
        if _is_vowel(word[at - 1]) and not _is_vowel(word[at]):
            return at + 1
    return len(word)


def _ends_short(word: str) -> bool:
    """Does the word end in a short syllable?"""
    if word.endswith("past"):
        return True
    if len(word) == 2:
        return _is_vowel(word[0]) and not _is_vowel(word[1])
    return (
        len(word) > 2
        and not _is_vowel(word[-3])
        and _is_vowel(word[-2])
        and not _is_vowel(word[-1])
        and word[-1] not in "wxY"
    )


def _longest(word: str, suffixes: dict[str, str] | tuple[str, ...]) -> str | None:
    return max((suffix for suffix in suffixes if word.endswith(suffix)), key=len, default=None)


def _step_1a(word: str) -> str:
    for possessive in ("'s'", "'s", "'"):
        if word.endswith(possessive):
            word = word.removesuffix(possessive)
            break
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith(("ied", "ies")):
        return word[:-2] if len(word) > 4 else word[:-1]
    if word.endswith("s") and not word.endswith(("us", "ss")) and _has_vowel(word[:-2]):
        return word[:-1]
    return word


def _step_1b(word: str, r1: int) -> str:
    suffix = _longest(word, ("eedly", "eed", "ed", "edly", "ing", "ingly"))
    if suffix is None:
        return word
    rest = word.removesuffix(suffix)
    if suffix.startswith("ee"):
        return rest + "ee" if len(rest) >= r1 and rest not in _KEEP_EED else word
    if suffix == "ing":
        if len(rest) == 2 and rest[1] == "y" and not _is_vowel(rest[0]):
            return rest[0] + "ie"
        if rest in _KEEP_ING:
            return word
    return _mend(rest, r1) if _has_vowel(rest) else word


def _mend(word: str, r1: int) -> str:
    """Give what step 1b cut the ending it has when it stands alone."""
    if word.endswith(("at", "bl", "iz")):
        return word + "e"
    if word.endswith(_DOUBLES):
        return word if len(word) == 3 and word[0] in "aeo" else word[:-1]
    return word + "e" if len(word) == r1 and _ends_short(word) else word


def _step_1c(word: str) -> str:
    if len(word) > 2 and word[-1] in "yY" and not _is_vowel(word[-2]):
        return word[:-1] + "i"
    return word


def _step_2(word: str, r1: int) -> str:
    suffix = _longest(word, _STEP_2)
    if suffix is None:
        return word
    rest = word.removesuffix(suffix)
    if len(rest) < r1 or (suffix == "ogi" and not rest.endswith("l")):
        return word
    if suffix == "li" and not rest.endswith(tuple("cdeghkmnrt")):
        return word
    return rest + _STEP_2[suffix]


def _step_3(word: str, r1: int, r2: int) -> str:
    suffix = _longest(word, _STEP_3)
    if suffix is None:
        return word
    rest = word.removesuffix(suffix)
    if len(rest) < r1 or (suffix == "ative" and len(rest) < r2):
        return word
    return rest + _STEP_3[suffix]


def _step_4(word: str, r2: int) -> str:
    suffix = _longest(word, _STEP_4)
    if suffix is None:
        return word
    rest = word.removesuffix(suffix)
    if len(rest) < r2 or (suffix == "ion" and not rest.endswith(("s", "t"))):
        return word
    return rest


def _step_5(word: str, r1: int, r2: int) -> str:
    rest = word[:-1]
    if word.endswith("e"):
        removes = len(rest) >= r2 or (len(rest) >= r1 and not _ends_short(rest))
    else:
        removes = word.endswith("ll") and len(rest) >= r2
    return rest if removes else word


@lru_cache(maxsize=1 << 14)
def stem(word: str) -> str:
    """Return the stem of a lower-case word."""
    if word in _EXCEPTIONS:
        return _EXCEPTIONS[word]
    if len(word) < 3:
        return word
    word = _mark_consonant_y(word.removeprefix("'"))
    r1 = next((len(prefix) for prefix in _R1_PREFIXES if word.startswith(prefix)), None)
    if r1 is None:
        r1 = _region(word, 0)
    r2 = _region(word, r1)
    word = _step_1c(_step_1b(_step_1a(word), r1))
    word = _step_4(_step_3(_step_2(word, r1), r1, r2), r2)
    return _step_5(word, r1, r2).replace("Y", "y")
