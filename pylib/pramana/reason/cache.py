"""Answers that were given before: exact by default, by other words of the same question on request.

An answer belongs to a query, its options, and the versions of what it was drawn from; other versions make it stale.
It is kept as the object it is, so it must be plain data that nobody changes (finding it takes 1 µs; reading 2 KB of
it back from JSON would take 20). What has not been used for `COLD_MS` is pickled and compressed when others are put,
and unpacked when it is used again; the pickles never leave this process.

Everything is O(1) in the number of answers. Both tables are in the order of use, and what is cold was used before
what is warm, so together they are one queue: least recently used first.
"""

from __future__ import annotations

import gc
import pickle
import unicodedata
import zlib
from collections import OrderedDict
from dataclasses import dataclass, replace
from sys import getsizeof, maxsize
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from pramana.errors import InputError
from pramana.ports import Clock
from pramana.reason.similar import Asked, Probe, Similar, SimilarIndex, probe_of
from pramana.text.wording import shown

__all__ = ["COLD_MS", "LARGEST_BYTES", "AnswerCache", "CacheKey", "CacheStats", "Hit", "Versions", "size_of"]

COLD_MS = 60_000
"""An answer not used for so long is compressed."""
LARGEST_BYTES = 2 << 20
"""A larger answer is not kept: measuring it would hold a page for over 100 ms."""
PACK_PER_PUT = 2
"""Answers compressed while one is put: more than one, since an answer may grow cold many times."""

Answer = TypeVar("Answer")
_Place: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class CacheKey:
    """What an answer depends on besides the state of the world."""

    query: str
    """As asked; compared in NFC, with the spaces of each line folded. Case counts: IT is no "it"."""
    options: str
    """All options, in one way to write them down."""


def _place(key: CacheKey) -> _Place:
    lines = unicodedata.normalize("NFC", key.query).strip().split("\n")
    return "\n".join(" ".join(line.split()) for line in lines), key.options


class Versions(NamedTuple):
    """The state of the world, as it was *before* the answer was sought: equal versions, equal answers."""

    store: int
    """Of the database: its head_seq."""
    graph: int


class Hit(NamedTuple, Generic[Answer]):
    """The answer to the same question in other words."""

    answer: Answer
    query: str
    """The question that was answered, as it is compared."""
    cosine: float
    jaccard: float


@dataclass(slots=True)
class CacheStats:
    """Counted since the cache was made, except for the last four, which tell what it holds now."""

    hits: int = 0
    similar_hits: int = 0
    misses: int = 0
    """Calls of `get` that found nothing; `similar` may have found something after that."""
    stale: int = 0
    """Dropped, since the world had other versions."""
    expired: int = 0
    """Dropped, or not kept, since its time was over."""
    evicted: int = 0
    """Dropped to make room."""
    oversized: int = 0
    """Not kept, since it alone was over `max_bytes`, or over `LARGEST_BYTES`."""
    entries: int = 0
    bytes: int = 0
    """What they take in memory, as they are: question, answer, and what `similar` compares; without the tables."""
    compressed: int = 0
    """Entries that are compressed."""
    compressed_bytes: int = 0
    """What these take, of `bytes`."""


@dataclass(slots=True, eq=False)
class _Row:
    place: _Place
    versions: Versions
    made_ms: int
    until_ms: float
    used_ms: int
    probe: Probe | None
    content: Any
    """The answer, or the packed bytes of it while the row stands in the cold table."""
    size: int = 0

    def measure(self, limit: int = maxsize) -> None:
        self.size = size_of((self.place, self.versions, self.probe, self.content), limit)


class AnswerCache(Generic[Answer]):
    """A least-recently-used cache of answers.

    Args:
        clock: tells wall time. An answer counts only at times from when it was put on: if the clock is set back
            to before that, it is dropped, since it may rest on facts that did not hold yet.
        max_entries: answers kept, at least 1.
        max_bytes: what they may take in memory, at least 1; tables come on top, at most 2.5 KB an answer.
        ttl_s: how long an answer is kept, over 0.
        similar: how alike two questions must be for `similar`; without it, it finds nothing.

    Raises:
        InputError: a limit is too small.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        max_entries: int = 1_000,
        max_bytes: int = 8 << 20,
        ttl_s: float = 3_600.0,
        similar: Similar | None = None,
    ) -> None:
        for name, value, least in (("max_entries", max_entries, 1), ("max_bytes", max_bytes, 1)):
            if value < least:
                raise InputError(f"{name} must be at least {least}; got {shown(value)}", field=name)
        if not ttl_s > 0:
            raise InputError(f"ttl_s must be over 0; got {shown(ttl_s)}", field="ttl_s")
        self._clock = clock
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._largest = min(max_bytes, LARGEST_BYTES)
        self._ttl_ms = ttl_s * 1000
        self._warm: OrderedDict[_Place, _Row] = OrderedDict()
        self._cold: OrderedDict[_Place, _Row] = OrderedDict()
        self._index: SimilarIndex[_Place] | None = SimilarIndex(similar) if similar is not None else None
        self._stats = CacheStats()

    def get(self, key: CacheKey, versions: Versions) -> Answer | None:
        """Return the answer to this very question, None if there is none; what is stale or expired is dropped."""
        row = self._row(_place(key))
        now = self._clock.now_ms()
        if row is None or not self._counts(row, versions, now):
            self._stats.misses += 1
            return None
        self._stats.hits += 1
        return self._used(row, now)

    def until_ms(self, key: CacheKey) -> int | None:
        """Return when the answer to this very question expires, None if there is none; this is no use of it."""
        row = self._row(_place(key))
        return None if row is None else int(row.until_ms)

    def put(
        self,
        key: CacheKey,
        versions: Versions,
        answer: Answer,
        *,
        expires_ms: int | None = None,
        asked: Asked | None = None,
    ) -> None:
        """Keep an answer, also one that says "unknown", in place of an older one to the same question.

        Args:
            key: the question.
            versions: those from before the answer was sought.
            answer: plain data that nobody changes, not None.
            expires_ms: the next moment at which a fact begins or ceases to hold, if time alone can change the answer.
            asked: what `similar` compares; without it only the very same question finds the answer.

        Raises:
            InputError: `answer` is None, or not plain data; `asked` has an embedding that is not finite.
        """
        if answer is None:
            raise InputError("answer must be a value; got nothing (null)", field="answer")
        now = self._clock.now_ms()
        until = now + self._ttl_ms if expires_ms is None else min(now + self._ttl_ms, expires_ms)
        probe = None
        if self._index is not None and asked is not None:
            probe = probe_of(key.query, asked, key.options, versions)
        row = _Row(_place(key), versions, now, until, now, probe, answer)
        row.measure(self._largest)
        if row.size <= self._largest:
            _pickled(answer)  # refused here, and not while another answer is put
        if (old := self._row(row.place)) is not None:
            self._drop(old)
        self._pack(versions, now)
        if until <= now:
            self._stats.expired += 1
        elif row.size > self._largest:
            self._stats.oversized += 1
        else:
            self._add(self._warm, row)
            if self._index is not None and probe is not None:
                self._index.add(row.place, probe)
        self._evict()

    def similar(self, key: CacheKey, versions: Versions, asked: Asked) -> Hit[Answer] | None:
        """Return the answer to the same question in other words, as pramana.reason.similar has it.

        Raises:
            InputError: the embedding is not finite.
            DimensionError: it has another length than that of the same question before.
        """
        if self._index is None or (probe := probe_of(key.query, asked, key.options, versions)) is None:
            return None
        now = self._clock.now_ms()
        for place, cosine, jaccard in self._index.matches(probe):
            row = self._warm.get(place) or self._cold[place]
            if self._counts(row, versions, now):
                self._stats.similar_hits += 1
                return Hit(self._used(row, now), place[0], cosine, jaccard)
        return None

    def stats(self) -> CacheStats:
        """Return the counters as they are now."""
        return replace(self._stats, entries=len(self._warm) + len(self._cold), compressed=len(self._cold))

    def clear(self) -> None:
        """Forget all answers; what was counted stays."""
        self._warm.clear()
        self._cold.clear()
        if self._index is not None:
            self._index.clear()
        self._stats.bytes = self._stats.compressed_bytes = 0

    def _counts(self, row: _Row, versions: Versions, now: int) -> bool:
        """Whether the answer is one of these versions and this time; if not, it is dropped."""
        if row.versions != versions:
            self._stats.stale += 1
        elif not row.made_ms <= now < row.until_ms:
            self._stats.expired += 1
        else:
            return True
        self._drop(row)
        return False

    def _used(self, row: _Row, now: int) -> Answer:
        """Make the row the most recently used one, warm, and return its answer."""
        row.used_ms = now
        if row.place in self._warm:
            self._warm.move_to_end(row.place)
            answer: Answer = row.content
            return answer
        self._take(row)
        row.content = answer = pickle.loads(zlib.decompress(row.content))  # noqa: S301 pickled in `_pack`
        row.measure()
        self._add(self._warm, row)
        self._evict()
        return answer

    def _pack(self, versions: Versions, now: int) -> None:
        """Compress the rows not used for the longest time, if that is long; drop those that count no more."""
        for _ in range(PACK_PER_PUT):
            row = next(iter(self._warm.values()), None)
            if row is None or row.used_ms > now - COLD_MS:
                return
            if self._counts(row, versions, now):
                self._take(row)
                row.content = zlib.compress(_pickled(row.content))
                row.measure()
                self._add(self._cold, row)

    def _evict(self) -> None:
        while self._stats.bytes > self._max_bytes or len(self._warm) + len(self._cold) > self._max_entries:
            self._stats.evicted += 1
            self._drop(next(iter((self._cold or self._warm).values())))

    def _row(self, place: _Place) -> _Row | None:
        return self._warm.get(place) or self._cold.get(place)

    def _add(self, table: OrderedDict[_Place, _Row], row: _Row) -> None:
        table[row.place] = row
        self._stats.bytes += row.size
        if table is self._cold:
            self._stats.compressed_bytes += row.size

    def _take(self, row: _Row) -> None:
        self._stats.bytes -= row.size
        if self._warm.pop(row.place, None) is None:
            del self._cold[row.place]
            self._stats.compressed_bytes -= row.size

    def _drop(self, row: _Row) -> None:
        self._take(row)
        if self._index is not None:
            self._index.discard(row.place)


def size_of(value: Any, limit: int) -> int:
    """Return what `value` and all that it refers to take in memory, in bytes, as Python tells it.

    Each object counts once, classes, functions and modules not at all; what several values share counts in each.
    Beyond `limit` the count ends, with some number over it.
    """
    total, seen, layer = 0, dict[int, Any](), [value]
    while layer and total <= limit:
        fresh = {id(one): one for one in layer if id(one) not in seen and not isinstance(one, _SHARED)}
        total += sum(map(getsizeof, fresh.values()))
        seen |= fresh
        layer = gc.get_referents(*fresh.values())
        for one in fresh.values():
            if isinstance(one, dict):
                layer += one  # a dict whose keys are all texts does not tell the collector of them
    return total


_SHARED = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType)


def _pickled(answer: Any) -> bytes:
    try:
        return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(
            f"answer must be plain data; got what cannot be pickled: {error}", field="answer"
        ) from error
