"""When the answer to one question is the answer to another that was asked in other words.

Whoever gives a wrong answer from a cache saves less than a millisecond, so a question counts as the same only if

1. options, state of the world, kind and entities, in the order of their mention, are equal;
2. MinHash estimates enough of their words and pairs of words to be shared, and bands find it without a scan;
3. the embeddings are close;
4. the words are the same, one by one and in order, but for the manners of asking (`wording`) and for words that
   the owner's `same_word` says mean the same.

The fourth decides. Measured with the embedder in the box, no threshold could: "causes" and "effects" of something
lie at 0.85, "before" and "after" at 0.96, "main" and "primary" at 0.91, and it does not see the order of words.
So words with a part in the grammar (not, before, which, two …), and whatever is not made of letters alone, never
stand for one another, whatever `same_word` says.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from array import array
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Generic, NamedTuple, TypeVar

from pramana.errors import DimensionError, InputError
from pramana.graph.english.lexicon import MODALS, NUMBERS, PREPOSITIONS, RESERVED
from pramana.reason.manners import MANNERS
from pramana.reason.mentions import STOP
from pramana.reason.minhash import bands, jaccard, shingles, sketch
from pramana.text.normalise import normalise
from pramana.text.wording import shown

__all__ = ["Asked", "Match", "Probe", "Similar", "SimilarIndex", "probe_of", "same_wording", "wording"]

MAX_WORDS = 256
"""A longer question is not compared with others: nobody asks it twice in other words."""
BUCKET = 8
"""Questions that share a band, kind and entities: the newest so many are looked at, which bounds a look-up."""

Place = TypeVar("Place", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Similar:
    """How alike two questions must be.

    Args:
        jaccard: least estimated similarity of their words and pairs of words, in (0, 1].
        cosine: least cosine of their embeddings, in (0, 1].
        same_word: whether two different words, lower case, mean the same; without it only equal words do.

    Raises:
        InputError: a threshold is outside of (0, 1].
    """

    jaccard: float = 0.4
    cosine: float = 0.8
    same_word: Callable[[str, str], bool] | None = None

    def __post_init__(self) -> None:
        for field, value in (("jaccard", self.jaccard), ("cosine", self.cosine)):
            if not 0.0 < value <= 1.0:
                raise InputError(
                    f"{field} must be over 0 and at most 1; got {shown(value)}",
                    field=field,
                    accepted="(0, 1]",
                )


class Asked(NamedTuple):
    """What is known of a question once it has been looked at."""

    embedding: Sequence[float]
    """Of the query's `wording`, joined by spaces, so that manners do not move it; a zero vector is close to nothing."""
    entities: tuple[str, ...]
    """Their ids, in the order of their mention: whether X causes Y is not whether Y causes X."""
    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A question as the index compares it."""

    scope: tuple[Hashable, ...]
    words: tuple[str, ...]
    sketch: tuple[int, ...]
    bands: tuple[int, ...]
    unit: array[float]


class Match(NamedTuple, Generic[Place]):
    """A question that was found to be the same."""

    place: Place
    cosine: float
    jaccard: float


class SimilarIndex(Generic[Place]):
    """Questions under the place of their answers; adding, discarding and matching are O(1) in their number."""

    def __init__(self, settings: Similar) -> None:
        self._settings = settings
        self._probes: dict[Place, Probe] = {}
        self._buckets: dict[int, tuple[Place, ...]] = {}

    def add(self, place: Place, probe: Probe) -> None:
        """Add a question; none may stand at `place`."""
        self._probes[place] = probe
        for band in probe.bands:
            self._buckets[band] = (*self._buckets.get(band, ()), place)[-BUCKET:]

    def discard(self, place: Place) -> None:
        """Remove the question at `place`, if there is one."""
        probe = self._probes.pop(place, None)
        for band in probe.bands if probe is not None else ():
            rest = tuple(other for other in self._buckets.pop(band, ()) if other != place)
            if rest:
                self._buckets[band] = rest

    def matches(self, probe: Probe) -> list[Match[Place]]:
        """Return the questions that are the same, best cosine first.

        Raises:
            DimensionError: a question that is otherwise the same has an embedding of another length.
        """
        buckets = [self._buckets.get(band, ()) for band in probe.bands]
        found = []
        for place in dict.fromkeys(place for bucket in buckets for place in bucket):
            other = self._probes[place]
            if probe.scope != other.scope or not same_wording(
                probe.words, other.words, self._settings.same_word
            ):
                continue
            shared, cosine = jaccard(probe.sketch, other.sketch), _dot(probe.unit, other.unit)
            if shared >= self._settings.jaccard and cosine >= self._settings.cosine:
                found.append(Match(place, cosine, shared))
        return sorted(found, key=lambda match: (match.cosine, match.jaccard), reverse=True)

    def clear(self) -> None:
        """Forget all questions."""
        self._probes.clear()
        self._buckets.clear()


def probe_of(query: str, asked: Asked, *equal: Hashable) -> Probe | None:
    """Return a question as it is compared; `equal` is what else must be equal.

    None if it cannot be compared: it has no words or over `MAX_WORDS`, or its embedding is zero.

    Raises:
        InputError: the embedding has a value that is not finite.
    """
    words = wording(query)
    unit = _unit(asked.embedding)
    if unit is None or not 0 < len(words) <= MAX_WORDS:
        return None
    scope = (*equal, tuple(asked.entities), asked.kind)
    sketched = sketch(shingles(words))
    # Only questions of one scope meet in a bucket, so that those of other entities do not crowd them out.
    digest = hashlib.blake2b(repr(scope).encode("utf-8", "backslashreplace"), digest_size=8).digest()
    salt = int.from_bytes(digest) << 72
    return Probe(scope, words, sketched, tuple(salt | band for band in bands(sketched)), unit)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_INSIDE = r"(?<=\w )(?<!then )(?<!but )"
"""Not where a question begins: "Isn't it so?" expects a yes, "Is not it so?" does not."""
_MANNERS = (
    *((pattern, "") for pattern in MANNERS),
    (
        _pattern(r"\b(who|what|where|when|how)'s (?=(?:an?|the|my|your|our|their|his|her|its|this|that)\b)"),
        r"\1 is ",
    ),
    (_pattern(rf"{_INSIDE}can(?:'t|not)\b"), "can not"),
    (_pattern(rf"{_INSIDE}won't\b"), "will not"),
    (
        _pattern(rf"{_INSIDE}(is|are|was|were|do|does|did|has|have|had|could|would|should|must)n't\b"),
        r"\1 not",
    ),
)
_END = "?.… "
_TYPOGRAPHIC = str.maketrans("‘’“”", "''\"\"")


def wording(query: str) -> tuple[str, ...]:
    """Return the words of a question without the manners of asking, which cannot change its answer.

    Left out are greetings, "please", "could you tell me" before a question, thanks, and a full or question mark at
    the end; contractions are written out where they can mean one thing only. So is case, but of words with a part in
    the grammar: IT, Will and May are names. All else is kept as it is, commas, quotes and articles too.
    """
    text = " ".join(unicodedata.normalize("NFC", query).split()).translate(_TYPOGRAPHIC).rstrip(_END)
    for pattern, instead in _MANNERS:
        text = pattern.sub(instead, text)
    text = text.rstrip(_END)
    words = f"{text[:1].lower()}{text[1:]}".split()
    return tuple(word if (form := normalise(word)) in _CASED else form for word in words)


_FIXED = RESERVED | PREPOSITIONS | MODALS | NUMBERS | {"more", "less", "least", "fewer", "fewest"}
_CASED = _FIXED | STOP


def same_wording(
    one: tuple[str, ...], other: tuple[str, ...], same_word: Callable[[str, str], bool] | None = None
) -> bool:
    """Whether two questions have the same words in the same order; `same_word` may let different ones pass."""
    if len(one) != len(other):
        return False
    for a, b in zip(one, other, strict=True):
        if a != b and (same_word is None or _fixed(a) or _fixed(b) or not same_word(a, b)):
            return False
    return True


def _fixed(word: str) -> bool:
    return word.lower() in _FIXED or not word.isalpha()


def _unit(embedding: Sequence[float]) -> array[float] | None:
    """The vector of length 1, None of a zero vector."""
    length = math.hypot(*embedding)
    if not math.isfinite(length):
        raise InputError("embedding must be of finite numbers; got one that is not", field="embedding")
    return array("f", [value / length for value in embedding]) if length else None


def _dot(one: array[float], other: array[float]) -> float:
    if len(one) != len(other):
        raise DimensionError(
            f"expected an embedding of {len(other)} floats, got {len(one)}", expected=len(other), got=len(one)
        )
    cosine: float = sum(map(mul, one, other))
    return round(cosine, 6)  # what floats of 24 bits can tell
