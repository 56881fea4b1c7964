"""Names that are nearly written so: slips of the keyboard, hyphens and spaces left out, British for American.

A form is a name in lower case without spaces and joining marks: "Cross-Site Scripting" is crosssitescripting. Two
forms are near if their optimal string alignment distance (Damerau 1964, no part changed twice) is within `edits_of`
their letters, and their digits are the same: TLS 1.2 is no misspelt TLS 1.3.

Every form is filed under its halves, or thirds where two edits count: one edit spoils one part, so another is found
unspoilt in what was typed, at most so many places away (Wu and Manber's partition, 1992). An exchange of letters may
spoil two parts; hence what was typed is looked up with each pair of neighbours exchanged, too.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Collection, Iterator, Sequence
from typing import NamedTuple

from pramana.pace import Pace
from pramana.text.normalise import normalise

__all__ = ["Near", "NearNames", "american", "distance", "edits_of", "form_of", "parts_of"]

_JOINTS = re.compile(r"[ \-‐‑_.'’/]+")
_JOINED = dict.fromkeys(map(ord, " -‐‑_.'’/"))
_PLAIN = re.compile(r"\w+(?:[ .-]\w+)*")
_MARKS = re.compile(r"\W+")
LONGEST = 64
"""Characters of a form that is looked up; nobody misspells a sentence."""
SLICE = 2_000
"""Forms filed in one stretch."""


class Near(NamedTuple):
    """A name that is near, and how many edits away."""

    edits: int
    name: str


def form_of(name: str) -> str:
    """Return a name's form."""
    return normalise(name).translate(_JOINED)


def parts_of(name: str) -> list[str]:
    """Return the words of a name, those that hyphens join apart."""
    return [part for part in _JOINTS.split(normalise(name)) if part]


def edits_of(letters: int) -> int:
    """How many edits a word or a name of so many letters may be away: none below 4, 1 up to 7, else 2."""
    return 0 if letters < 4 else 1 if letters < 8 else 2


def distance(one: str, other: str, most: int) -> int:
    """Return the optimal string alignment distance, or `most` + 1 if it is greater than `most`.

    O(most · length), since only cells that far from the diagonal can lead there.
    """
    start, ends = 0, (len(one), len(other))
    while start < min(ends) and one[start] == other[start]:
        start += 1
    while min(ends) > start and one[ends[0] - 1] == other[ends[1] - 1]:
        ends = ends[0] - 1, ends[1] - 1
    one, other = one[start : ends[0]], other[start : ends[1]]
    if abs(len(one) - len(other)) > most:
        return most + 1
    far = most + 1
    before: list[int] = []
    last = [min(column, far) for column in range(len(other) + 1)]
    for row, letter in enumerate(one, 1):
        line = [far] * (len(other) + 1)
        line[0] = min(row, far)
        for column in range(max(1, row - most), min(len(other), row + most) + 1):
            best = min(last[column], line[column - 1]) + 1
            best = min(best, last[column - 1] + (letter != other[column - 1]))
            if row > 1 < column and letter == other[column - 2] and one[row - 2] == other[column - 1]:
                best = min(best, before[column - 2] + 1)
            line[column] = min(best, far)
        before, last = last, line
    return last[-1]


class NearNames:
    """Names by form. Filed under their parts are only those of a length and digits that were looked up once."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._others: dict[str, list[str]] = {}
        """Names whose form an earlier one has."""
        self._drawers: dict[str, tuple[list[str], dict[str, list[str]]]] = {}
        """By length and digits: forms not yet filed, and the filed ones by part."""
        self.words: set[str] = set()
        """The words of all names, those that hyphens join apart."""
        self.most_words = 1
        """Words of the longest name, its marks counted as words: at least as many as it has in a text."""

    def add(self, names: Sequence[str]) -> None:
        """Add names, each of them once. Of one with a colon, or of joints alone, only the words are kept."""
        for name in names:
            key = name.lower() if name.isascii() else normalise(name)
            if key.isalnum():
                form = key
                self.words.add(key)
            else:
                form = key.translate(_JOINED)
                self.words.update(key.replace("-", " ").split(" "))
                count = key.count(" ") + 1 if _PLAIN.fullmatch(key) else 2 * len(_MARKS.findall(key)) + 1
                self.most_words = max(self.most_words, count)
                if not form or ":" in key:  # an IRI is exact
                    continue
            if self._names.setdefault(form, name) is not name:
                self._others.setdefault(form, []).append(name)
            elif len(form) <= LONGEST:
                drawer = _drawer(len(form), form)
                if drawer in self._drawers:
                    self._drawers[drawer][0].append(form)
                else:
                    self._drawers[drawer] = [form], {}

    def alike(self, parts: Sequence[str]) -> list[str]:
        """Return the names of the same form as some words, as `parts_of` gives them."""
        return self._with("".join(parts))

    async def near(self, typed: Sequence[str], real: Collection[str], pace: Pace) -> list[Near]:
        """Return the names that words may have been meant for, nearest first; equal ones in the order of adding.

        Args:
            typed: words, as `parts_of` gives them.
            real: those of them that are words of their own, and so no slips.
            pace: awaited between stretches; nothing may be added meanwhile.
        """
        form = "".join(typed)
        if not 0 < len(form) <= LONGEST:
            return []
        found = [Near(0, name) for name in self._with(form)]
        if not self._may_be_slip(typed, real):
            return found
        async for other in self._forms(form, pace):
            for name in self._with(other):
                edits = _edits(typed, parts_of(name), real)
                if edits is not None:
                    found.append(Near(edits, name))
        return sorted(found, key=lambda near: near.edits)

    def _may_be_slip(self, typed: Sequence[str], real: Collection[str]) -> bool:
        """Whether words can be near a name and not be one: most are not, and need no search."""
        strange = [word for word in typed if word not in self.words]
        if sum(word in real for word in strange) > 1:
            return False
        alone = len(typed) == 1
        return any(word not in real or american(word) != word for word in typed) or (
            bool(strange) and not alone
        )

    def _with(self, form: str) -> list[str]:
        return [self._names[form], *self._others.get(form, ())] if form in self._names else []

    async def _forms(self, form: str, pace: Pace) -> AsyncGenerator[str, None]:
        """Yield the forms that are near to one, itself left out."""
        most = edits_of(_letters(form))
        seen = {form}
        letters = set(form)
        for length in range(max(4, len(form) - most), len(form) + most + 1) if most else ():
            filed = await self._filed(_drawer(length, form), pace)
            for part in _probes(form, length, most) if filed else ():
                for other in filed.get(part, ()):
                    if other in seen:
                        continue
                    seen.add(other)
                    allowed = min(most, edits_of(_letters(other)))
                    unlike = len(letters.symmetric_difference(other))
                    if unlike <= 2 * allowed and distance(form, other, allowed) <= allowed:
                        yield other

    async def _filed(self, drawer: str, pace: Pace) -> dict[str, list[str]]:
        """The forms of a drawer by part; what was added since is filed now."""
        waiting, filed = self._drawers.get(drawer, ([], {}))
        while waiting:
            for form in waiting[-SLICE:]:
                cuts = _cuts(len(form))
                for at in range(len(cuts) - 1):
                    filed.setdefault(f"{at}{form[cuts[at] : cuts[at + 1]]}", []).append(form)
            del waiting[-SLICE:]
            await pace()
        return filed


def _letters(form: str) -> int:
    return len(form) if form.isalpha() else sum(map(str.isalpha, form))


def _drawer(length: int, form: str) -> str:
    """Where the forms of a length lie that have the digits of this one."""
    digits = "" if form.isalpha() else "".join(filter(str.isdigit, form))
    return f"{length} {digits}"


def _cuts(length: int) -> list[int]:
    """Where a form of so many characters is cut; halves are enough where one edit counts."""
    pieces = 3 if length > 7 else 2
    return [length * at // pieces for at in range(pieces + 1)]


def _probes(form: str, length: int, most: int) -> Iterator[str]:
    """Yield the parts under which a form of so many characters is filed if it is within `most` edits."""
    exchanged = (form[:at] + form[at + 1] + form[at] + form[at + 2 :] for at in range(len(form) - 1))
    cuts = _cuts(length)
    for variant, shift in [(form, most), *((variant, most - 1) for variant in exchanged)]:
        if abs(length - len(form)) > shift:
            continue
        for at in range(len(cuts) - 1):
            size = cuts[at + 1] - cuts[at]
            for start in range(max(0, cuts[at] - shift), min(len(form) - size, cuts[at] + shift) + 1):
                yield f"{at}{variant[start : start + size]}"


_BRITISH = (
    (re.compile(r"is(?=e|ing|ation)"), "iz"),
    (re.compile(r"yse"), "yze"),
    (re.compile(r"our"), "or"),
    (re.compile(r"ogue$"), "og"),
    (re.compile(r"ence$"), "ense"),
    (re.compile(r"tre$"), "ter"),
    (re.compile(r"ll(?=ed|ing|er)"), "l"),
)


def american(word: str) -> str:
    """Return a word with the commonest American spellings for British ones; of an American word likewise."""
    for pattern, instead in _BRITISH:
        word = pattern.sub(instead, word)
    return word


def _edits(typed: Sequence[str], meant: Sequence[str], real: Collection[str]) -> int | None:
    """The edits between a text's words and a name's; None if they are too many for a word, or in a word that is real.

    A real word may still be British for another, or, beside words that are right, another with two letters exchanged.
    """
    if len(typed) != len(meant):
        # With a space too many or too few one slip is enough: with two, a short neighbour could be taken in.
        edits = distance("".join(typed), "".join(meant), 1)
        return None if edits > 1 or all(word in real for word in typed) else edits
    total = 0
    beside = len(typed) > 1 and sum(map(len, meant)) > 7
    for word, name in zip(typed, meant, strict=True):
        if word == name:
            continue
        letters = min(_letters(word), _letters(name))
        edits = distance(word, name, 2)
        alone = beside and len(typed) - sum(map(str.__eq__, typed, meant)) == 1
        if edits > max(edits_of(letters), 1 if alone and letters > 2 else 0):
            return None
        swapped = alone and edits == 1 and sorted(word) == sorted(name)
        if word in real and american(word) != american(name) and not swapped:
            return None
        total += edits
    return total
