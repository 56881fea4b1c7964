"""Names that say what a phrase says, word by word, in whatever order: "stolen cookies" is cookie theft.

Each word of the one must be near a word of the other in the space of an embedder. Measured with the embedder in the
box, the cosine of a whole phrase and a whole name tells little: "first server" and the name "server hello" lie at
0.68, "second factor" and "multi-factor authentication" at 0.53, and words that it does not know at random. Of single
words, stolen and theft lie at 0.78, hijacked and hijacking at 0.95, but fast and slow at 0.71, strong and weak at 0.67:
`MIN_COSINE` is above opposites, so what is found is other forms of words rather than other words.
"""

from __future__ import annotations

import asyncio
import math
import operator
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from pramana.embed.vectors import embed, is_zero
from pramana.kernels.interfaces import VectorIndexLike
from pramana.pace import Pace
from pramana.ports import Embedder
from pramana.reason.fuzzy import parts_of
from pramana.reason.mentions import STOP

__all__ = ["MAX_NAMES", "MAX_WORDS", "NamesByMeaning", "NewIndex", "content_of", "cosines"]

NewIndex: TypeAlias = Callable[..., VectorIndexLike]
"""Called with `dim` and `storage`."""

MAX_NAMES = 50_000
"""With more names this is off: in so many, something is near anything."""
MIN_COSINE = 0.75
MAX_WORDS = 6
"""Words that say something, of a name or a phrase; at least two must."""
NEAREST = 16
"""Words looked at, of those near one."""
SLICE = 256
"""Words embedded in one stretch."""


def content_of(text: str) -> tuple[str, ...]:
    """Return the words that say something, those that hyphens join apart."""
    return tuple(part for part in parts_of(text) if part not in STOP)


class NamesByMeaning:
    """Names and the embeddings of their words, which are made when they are first needed and kept.

    Args:
        embedder: None leaves this off.
        new_index: makes an index of vectors; None leaves this off.
    """

    def __init__(self, embedder: Embedder | None, new_index: NewIndex | None) -> None:
        self._embedder, self._new_index = embedder, new_index
        self._added = 0
        self._names: list[tuple[str, tuple[str, ...]]] = []
        self._by_word: dict[str, set[int]] = {}
        """Places in `_names` of the names that have a word."""
        self._words: list[str] = []
        self._embedded = 0
        self._index: VectorIndexLike | None = None
        self._lock = asyncio.Lock()

    @property
    def state(self) -> str:
        """Whether it is "on", or why not."""
        if self._embedder is None or self._new_index is None:
            return "off: it needs an embedder and an index of vectors"
        if self._added > MAX_NAMES:
            return f"off: the graph has more than {MAX_NAMES:,} names"
        return "on"

    def close(self) -> None:
        """Free the index; what is looked up from here on is not found. Closing twice is allowed."""
        self._embedder = None
        if self._index is not None:
            self._index.close()

    def add(self, names: Sequence[str]) -> None:
        """Add names."""
        self._added += len(names)
        for name in names if self.state == "on" else ():
            words = content_of(name)
            if 2 <= len(words) <= MAX_WORDS:
                for word in words:
                    if word not in self._by_word:
                        self._by_word[word] = set()
                        self._words.append(word)
                    self._by_word[word].add(len(self._names))
                self._names.append((name, words))

    async def near(self, phrases: Sequence[Sequence[str]], pace: Pace) -> list[list[tuple[str, float]]]:
        """Return for each phrase the names that say the same, nearest first, each with its least near word's cosine.

        Args:
            phrases: the content of each (`content_of`).
            pace: awaited between stretches.

        Raises:
            EmbedderError: the embedder failed.
        """
        embedder = self._embedder
        if embedder is None or not phrases or self.state != "on":
            return [[] for _ in phrases]
        async with self._lock:
            index = await self._embed_names(embedder, pace)
            near = await self._near_words(
                embedder, index, {word for phrase in phrases for word in phrase}, pace
            )
        found = []
        for phrase in phrases:
            found.append(sorted(self._saying(phrase, near), key=lambda hit: -hit[1]))
            await pace()
        return found

    async def _embed_names(self, embedder: Embedder, pace: Pace) -> VectorIndexLike:
        assert self._new_index is not None  # the state is "on"
        if self._index is None:
            self._index = self._new_index(dim=embedder.dim, storage="f32")
        while self._embedded < len(self._words):
            words = self._words[self._embedded : self._embedded + SLICE]
            rows = await _embed(embedder, words)
            known = [at for at, row in enumerate(rows) if not is_zero(row)]
            if known:
                flat = array("f")
                for at in known:
                    flat += rows[at]
                self._index.add([self._embedded + at for at in known], flat)
            self._embedded += len(words)
            await pace()
        return self._index

    async def _near_words(
        self, embedder: Embedder, index: VectorIndexLike, words: Iterable[str], pace: Pace
    ) -> dict[str, dict[str, float]]:
        """For each word the words of names near it, with their cosines; digits are near nothing but themselves."""
        near: dict[str, dict[str, float]] = {
            word: {word: 1.0} if word in self._by_word else {} for word in words
        }
        asked = [word for word in near if word.isalpha()]
        for word, row in zip(asked, await _embed(embedder, asked), strict=True):
            if len(index) and not is_zero(row):
                matches = index.search(row, NEAREST)
                for ordinal, cosine in zip(matches.ordinals, matches.scores, strict=True):
                    other = self._words[ordinal]
                    if cosine >= MIN_COSINE and other.isalpha():
                        near[word].setdefault(other, min(cosine, 1.0))
            await pace()
        return near

    def _saying(
        self, phrase: Sequence[str], near: Mapping[str, Mapping[str, float]]
    ) -> Iterable[tuple[str, float]]:
        """Yield the names of whose words each is near one of the phrase, and the other way round."""
        places = [set().union(*(self._by_word[other] for other in near[word])) for word in phrase]
        for place in sorted(set.intersection(*places)):
            name, words = self._names[place]
            least = [max(near[word].get(other, 0.0) for word in phrase) for other in words]
            least += [max(near[word].get(other, 0.0) for other in words) for word in phrase]
            if min(least) > 0:
                yield name, min(least)


async def cosines(embedder: Embedder, word: str, others: Sequence[str]) -> list[float]:
    """Return the cosines of a word with others; 0 where the embedder knows nothing of either.

    Raises:
        EmbedderError: the embedder failed.
    """
    first, *rows = await _embed(embedder, [word, *others])
    return [_cosine(first, row) for row in rows]


def _cosine(one: array[float], other: array[float]) -> float:
    sizes = math.hypot(*one) * math.hypot(*other)
    return sum(map(operator.mul, one, other)) / sizes if sizes else 0.0


async def _embed(embedder: Embedder, texts: Sequence[str]) -> list[array[float]]:
    vectors = await embed(embedder, texts)
    return [vectors[at * embedder.dim : (at + 1) * embedder.dim] for at in range(len(texts))]
