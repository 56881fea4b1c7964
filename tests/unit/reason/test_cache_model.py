"""The cache against a list, in whatever order things happen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache as remembered
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pramana.reason.cache import COLD_MS, PACK_PER_PUT, AnswerCache, Versions
from pramana.reason.similar import Similar
from tests.unit.reason.caches import ASKED, NOW, Clock, answer_of, key, make

TTL_S = 200.0
MAX_BYTES = 7_000
QUERIES = [
    "Who wrote Hamlet?",
    "please, who wrote HAMLET",
    "Who wrote Hamlet, thanks.",
    "Who wrote Macbeth?",
    "q",
    "???",
]
WORDINGS = ["hamlet", "hamlet", "hamlet", "macbeth", "q", ""]
OPTIONS = ["{}", '{"depth":2}']


def measured(query: int, options: int, words: int) -> tuple[int, int, int]:
    return _measured(query, options, words)


@remembered
def _measured(query: int, options: int, words: int) -> tuple[int, int, int]:
    """Bytes of an entry alone in a cache: as put, compressed, and after it was unpacked."""
    cache, clock = make(similar=Similar())
    place = key(QUERIES[query], OPTIONS[options])
    cache.put(place, NOW, answer_of(words), asked=ASKED)
    put = cache.stats().bytes
    clock.now += COLD_MS
    cache.put(key("another"), NOW, "x")
    packed = cache.stats().compressed_bytes
    rest = cache.stats().bytes - packed
    assert cache.get(place, NOW) == answer_of(words)
    return put, packed, cache.stats().bytes - rest


@dataclass
class Entry:
    query: int
    options: int
    versions: Versions
    words: int
    made: int
    until: float
    used: int
    put: int
    size: int
    packed: bool = False

    @property
    def place(self) -> tuple[str, int]:
        return QUERIES[self.query], self.options


class NaiveCache(RuleBasedStateMachine):
    """The cache against a list, least recently used first."""

    @initialize()
    def start(self) -> None:
        self.clock = Clock()
        self.cache: AnswerCache[Any] = AnswerCache(
            self.clock, max_entries=3, max_bytes=MAX_BYTES, ttl_s=TTL_S, similar=Similar()
        )
        self.rows: list[Entry] = []
        self.puts = 0
        self.counted = dict.fromkeys(
            ["hits", "similar_hits", "misses", "stale", "expired", "evicted", "oversized"], 0
        )

    def drop_unless_good(self, row: Entry, versions: Versions) -> bool:
        if row.versions != versions:
            why = "stale"
        elif row.made <= self.clock.now < row.until:
            return True
        else:
            why = "expired"
        self.counted[why] += 1
        self.rows.remove(row)
        return False

    def use(self, row: Entry) -> None:
        row.used = self.clock.now
        if row.packed:
            row.packed, row.size = False, measured(row.query, row.options, row.words)[2]
        self.rows.remove(row)
        self.rows.append(row)
        self.make_room()

    def make_room(self) -> None:
        while len(self.rows) > 3 or sum(row.size for row in self.rows) > MAX_BYTES:
            del self.rows[0]
            self.counted["evicted"] += 1

    def pack(self, versions: Versions) -> None:
        for _ in range(PACK_PER_PUT):
            row = next((row for row in self.rows if not row.packed), None)
            if row is None or row.used > self.clock.now - COLD_MS:
                return
            if self.drop_unless_good(row, versions):
                row.packed, row.size = True, measured(row.query, row.options, row.words)[1]

    @rule(
        query=st.integers(0, 5), options=st.integers(0, 1), store=st.integers(1, 2),
        words=st.sampled_from([1, 5, 20, 40, 200]),
        expires_s=st.none() | st.integers(0, 100),
    )  # fmt: skip
    def put(self, query: int, options: int, store: int, words: int, expires_s: int | None) -> None:
        now, versions = self.clock.now, Versions(store, 0)
        expires = None if expires_s is None else now + 1000 * expires_s
        place = key(QUERIES[query], OPTIONS[options])
        self.cache.put(place, versions, answer_of(words), expires_ms=expires, asked=ASKED)
        self.puts += 1
        until = now + 1000 * TTL_S if expires is None else min(now + 1000 * TTL_S, expires)
        size = measured(query, options, words)[0]
        row = Entry(query, options, versions, words, now, until, now, self.puts, size)
        self.rows = [other for other in self.rows if other.place != row.place]
        self.pack(versions)
        if until <= now:
            self.counted["expired"] += 1
        elif size > MAX_BYTES:
            self.counted["oversized"] += 1
        else:
            self.rows.append(row)
        self.make_room()

    @rule(query=st.integers(0, 5), options=st.integers(0, 1), store=st.integers(1, 2))
    def get(self, query: int, options: int, store: int) -> None:
        versions = Versions(store, 0)
        place = QUERIES[query], options
        row = next((row for row in self.rows if row.place == place), None)
        found = self.cache.get(key(f" {QUERIES[query]} ", OPTIONS[options]), versions)
        if row is None or not self.drop_unless_good(row, versions):
            assert found is None
            self.counted["misses"] += 1
        else:
            assert found == answer_of(row.words)
            self.counted["hits"] += 1
            self.use(row)

    @rule(query=st.integers(0, 5), options=st.integers(0, 1), store=st.integers(1, 2))
    def similar(self, query: int, options: int, store: int) -> None:
        versions = Versions(store, 0)
        hit = self.cache.similar(key(QUERIES[query], OPTIONS[options]), versions, ASKED)
        same: Callable[[Entry], bool] = lambda row: (  # noqa: E731
            WORDINGS[row.query] == WORDINGS[query] != ""
            and (row.options, row.versions) == (options, versions)
        )
        for row in sorted(filter(same, self.rows), key=lambda row: row.put):
            if self.drop_unless_good(row, versions):
                assert hit is not None
                assert (hit.query, hit.answer) == (row.place[0], answer_of(row.words))
                self.counted["similar_hits"] += 1
                self.use(row)
                return
        assert hit is None

    @rule(seconds=st.sampled_from([1, 30, 59, 60, 100, 199]))
    def wait(self, seconds: int) -> None:
        self.clock.now += 1000 * seconds

    @rule()
    def set_the_clock_back(self) -> None:
        self.clock.now -= 500

    @rule()
    def clear(self) -> None:
        self.cache.clear()
        self.rows.clear()

    @invariant()
    def counts_and_bytes_are_those_of_the_list(self) -> None:
        stats, cold = self.cache.stats(), [row.size for row in self.rows if row.packed]
        assert {name: getattr(stats, name) for name in self.counted} == self.counted
        assert (stats.entries, stats.bytes) == (len(self.rows), sum(row.size for row in self.rows))
        assert (stats.compressed, stats.compressed_bytes) == (len(cold), sum(cold))
        assert self.cache._index is not None
        indexed = sum(WORDINGS[row.query] != "" for row in self.rows)
        assert len(self.cache._index._probes) == indexed


NaiveCache.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestAgainstANaiveCache = NaiveCache.TestCase
