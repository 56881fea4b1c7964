"""The BM25F index of the text kernel, in pure Python (docs/abi.md, "text")."""

from __future__ import annotations

import math
import struct
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from pramana.errors import ClosedError, InputError
from pramana.kernels.buffers import as_bytes, as_u32, as_utf8, check_k
from pramana.kernels.interfaces import Allow, Matches, Ordinals
from pramana.kernels.reference.bm25_file import Contents, read, write
from pramana.kernels.reference.words import terms_of
from pramana.kernels.statuses import raise_status
from pramana.ports import Buffer
from pramana.protocol import LIMITS, STATUS

__all__ = ["ReferenceBm25"]

_MASK = (1 << 64) - 1
_MAX_FIELDS = 64
_LARGEST = float(LIMITS["max_bm25_parameter"])


@lru_cache(maxsize=1 << 16)
def term_hash(term: str) -> int:
    """Return FNV-1a of a term, 64 bits, through MurmurHash3's finaliser."""
    value = 0xCBF29CE484222325
    for byte in term.encode():
        value = (value ^ byte) * 0x100000001B3 & _MASK
    value = (value ^ value >> 33) * 0xFF51AFD7ED558CCD & _MASK
    value = (value ^ value >> 33) * 0xC4CEB9FE1A85EC53 & _MASK
    return value ^ value >> 33


def _as_f32(value: float) -> float:
    rounded: float = struct.unpack("<f", struct.pack("<f", value))[0]
    return rounded


def _parameter(name: str, value: float, most: float = _LARGEST, least: float = 0.0) -> float:
    """Return a parameter in float32, or raise InputError."""
    try:
        rounded = _as_f32(value)
    except (struct.error, OverflowError) as error:
        raise InputError(f"{name}: no float32 number: {value!r}", field=name) from error
    if rounded and not least <= rounded <= most:  # a NaN is neither
        raise InputError(f"{name} is out of range: {value!r}", field=name)
    return rounded


class ReferenceBm25:
    """Documents by ordinal, their fields weighted as in BM25F.

    Args:
        weights: one per field, each 0 or from 1e-6 to 1e6.
        k1: term-frequency saturation, 0 to 1e6.
        b: length normalisation, 0 to 1.

    Raises:
        InputError: a parameter is out of range.
    """

    fields: int

    def __init__(self, *, weights: Sequence[float], k1: float = 1.2, b: float = 0.75) -> None:
        floats = [_parameter("weights", weight, least=_as_f32(1 / _LARGEST)) for weight in weights]
        if not 0 < len(floats) <= _MAX_FIELDS or not any(floats):
            raise InputError(f"there are 1 to {_MAX_FIELDS} weights, not all 0", field="weights")
        self.fields = len(floats)
        self._weights = floats
        self._k1 = _parameter("k1", k1)
        self._b = _parameter("b", b, 1.0)
        self._lens: dict[int, tuple[int, ...]] = {}
        self._terms: dict[int, list[int]] = {}
        self._postings: dict[int, dict[int, float]] = {}
        self._open = True

    @classmethod
    def load(cls, data: Buffer) -> ReferenceBm25:
        """Return the index that `save` wrote, here or in the kernel.

        Raises:
            CorruptError: the bytes are cut off, changed, or something else.
        """
        contents = read(as_bytes(data, "data")[0])
        try:
            index = cls(weights=contents.weights, k1=contents.k1, b=contents.b)
        except InputError:
            raise_status("text", "bm25_load", STATUS["bad_format"])
        index._lens = contents.lens
        index._postings = contents.postings
        index._terms = {ordinal: [] for ordinal in contents.lens}
        for term, postings in contents.postings.items():
            for ordinal in postings:
                index._terms[ordinal].append(term)
        return index

    def __len__(self) -> int:
        self._check_open()
        return len(self._lens)

    def add(self, ordinals: Ordinals, documents: Sequence[Sequence[str]]) -> None:
        """Add documents under ordinals not in use; of a bad batch nothing is added.

        Raises:
            InputError: another number of documents, or of texts in one; a text that is no string or holds a lone
                surrogate; an ordinal in use or repeated.
        """
        self._check_open()
        which = _ordinals(ordinals)
        if len(documents) != len(which):
            raise InputError(
                f"{len(which)} ordinals for {len(documents)} documents",
                field="ordinals",
                expected=len(documents),
                got=len(which),
            )
        for index, document in enumerate(documents):
            if isinstance(document, str) or len(document) != self.fields:
                raise InputError(
                    f"document {index} does not have {self.fields} fields", field="documents", index=index
                )
            for text in document:
                as_utf8(text, field="documents", index=index)
        if len(set(which)) != len(which) or any(ordinal in self._lens for ordinal in which):
            raise_status("text", "bm25_add", STATUS["ordinal_taken"])
        for ordinal, document in zip(which, documents, strict=True):
            self._add(ordinal, document)

    def _add(self, ordinal: int, document: Sequence[str]) -> None:
        counts: dict[int, list[int]] = {}
        lens: list[int] = []
        for field, text in enumerate(document):
            terms, words = terms_of(text)
            lens.append(words)
            for term, count in Counter(terms).items():
                counts.setdefault(term_hash(term), [0] * self.fields)[field] += count
        self._lens[ordinal] = tuple(lens)
        self._terms[ordinal] = []
        for hashed, by_field in counts.items():
            tf = _as_f32(self._weigh(by_field))
            if tf > 0:
                self._postings.setdefault(hashed, {})[ordinal] = tf
                self._terms[ordinal].append(hashed)

    def _weigh(self, counts: Iterable[int]) -> float:
        return sum(weight * count for weight, count in zip(self._weights, counts, strict=True))

    def remove(self, ordinals: Ordinals) -> None:
        """Remove documents.

        Raises:
            InputError: an ordinal is not in the index, or repeated; nothing was removed.
        """
        self._check_open()
        which = _ordinals(ordinals)
        if len(set(which)) != len(which) or any(ordinal not in self._lens for ordinal in which):
            raise_status("text", "bm25_remove", STATUS["ordinal_missing"])
        for ordinal in which:
            del self._lens[ordinal]
            for term in self._terms.pop(ordinal):
                del self._postings[term][ordinal]
                if not self._postings[term]:
                    del self._postings[term]

    def search(self, query: str, k: int, *, allow: Allow = None) -> Matches:
        """Return the best `k` of the documents with a positive score.

        Raises:
            InputError: `k` is out of range; `query` is no string or holds a lone surrogate.
        """
        self._check_open()
        check_k(k)
        bitmap = None if allow is None else memoryview(as_bytes(allow, "allow")[0]).cast("B")
        scores = self._scores(query)
        if bitmap is not None:
            scores = {ordinal: score for ordinal, score in scores.items() if _is_allowed(bitmap, ordinal)}
        # Ranked by what is returned, so that scores equal in float32 are ties.
        ranked = sorted((-_as_f32(score), ordinal) for ordinal, score in scores.items() if score > 0)[:k]
        return Matches(
            array("I", (ordinal for _, ordinal in ranked)), array("f", (-negated for negated, _ in ranked))
        )

    def score(self, query: str, ordinals: Ordinals) -> array[float]:
        """Return each document's score, 0 without a term of the query.

        Raises:
            InputError: an ordinal is not in the index; `query` is no string or holds a lone surrogate.
        """
        self._check_open()
        scores = self._scores(query)
        which = _ordinals(ordinals)
        if any(ordinal not in self._lens for ordinal in which):
            raise_status("text", "bm25_score", STATUS["ordinal_missing"])
        return array("f", (scores.get(ordinal, 0.0) for ordinal in which))

    def _scores(self, query: str) -> dict[int, float]:
        as_utf8(query, field="query")
        count = len(self._lens)
        totals = (sum(lens) for lens in zip(*self._lens.values(), strict=True))
        mean = self._weigh(totals) / count if count else 0.0
        scores: dict[int, float] = {}
        for hashed in sorted({term_hash(term) for term in terms_of(query)[0]}):
            postings = self._postings.get(hashed, {})
            idf = math.log(1 + (count - len(postings) + 0.5) / (len(postings) + 0.5))
            for ordinal, tf in postings.items():
                length = self._weigh(self._lens[ordinal]) / mean
                gain = idf * tf * (self._k1 + 1) / (tf + self._k1 * (1 - self._b + self._b * length))
                scores[ordinal] = scores.get(ordinal, 0.0) + gain
        return scores

    def terms(self, text: str) -> list[str]:
        """Return the terms of `text`: per word its stem, unless a stop word, and the bigram with the one before."""
        self._check_open()
        as_utf8(text, field="query")
        return terms_of(text)[0]

    def save(self) -> bytes:
        """Return the index as bytes with a checksum, those that the kernel would write."""
        self._check_open()
        return write(Contents(self._weights, self._k1, self._b, self._lens, self._postings))

    def close(self) -> None:
        """Close the index; using it afterwards raises ClosedError."""
        self._open = False

    def _check_open(self) -> None:
        if not self._open:
            raise ClosedError("the BM25 index was closed")


def _ordinals(ordinals: Ordinals) -> list[int]:
    return memoryview(as_u32(ordinals)[0]).tolist()


def _is_allowed(bitmap: memoryview, ordinal: int) -> bool:
    return ordinal >> 3 < len(bitmap) and bool(bitmap[ordinal >> 3] >> (ordinal & 7) & 1)
