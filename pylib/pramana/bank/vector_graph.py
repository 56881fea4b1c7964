"""How a bank's vectors are searched: by a scan, and where they are many by walking a graph (HNSW) over them.

The graph is built in the background, in short stretches. Then it is measured on rows that it does not hold yet, so
against queries it was not built for: if it finds what a scan finds, and sooner, searches walk from then on; else it is
dropped, since there are data (many independent components) on which no graph pays. Rows that come later are scored by
every search until they are linked, too.
"""

from __future__ import annotations

import asyncio
import json
from array import array
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from pramana.errors import CorruptError, KernelError
from pramana.kernels.interfaces import VectorIndexLike
from pramana.pace import Pace

__all__ = ["MOST_EF", "VectorGraph"]

THRESHOLD = 50_000
"""Vectors from which a graph is built. Half as many are scanned in half a millisecond."""
HELD_OUT, K, CANDIDATES = 32, 10, 200
"""Rows measured with, the best of each that must be found, and how many a search asks for."""
WIDTHS = (256, 512, 1024)
"""Widths tried, until the recall is reached."""
MOST_EF = 4096
RECALL, SHARE_OF_SCAN = 0.99, 0.8
"""What a walk must find of what a scan finds, and the share of its time it may take."""
LINKED_AT_ONCE = 256
"""Loose rows that are worth waking up for."""
BATCH_S, BATCH = 0.015, 64
"""How long, and how many rows at most, are linked in one stretch."""


class VectorGraph:
    """The graph of one index of vectors. `touched` after every change; `stop` before the index is closed."""

    def __init__(self, vectors: VectorIndexLike) -> None:
        self._vectors = vectors
        self._ef = 0
        self._there = False
        self._why = f"fewer than {THRESHOLD:,} vectors"
        self._measured: dict[str, float] = {}
        self._next = THRESHOLD
        self._task: asyncio.Task[None] | None = None
        self._started = False
        self.unsaved = 0
        """Rows linked that no snapshot has."""

    @property
    def ef(self) -> int:
        """How wide to walk; 0 to scan."""
        return self._ef

    @property
    def there(self) -> bool:
        """Is there a graph, in use or not, that follows the vectors?"""
        return self._there

    def capabilities(self) -> dict[str, Any]:
        """Which search is in use and why, as JSON values."""
        method = "hnsw" if self._ef else "scan"
        building = self._task is not None and not self._ef
        return {"method": method, "why": self._why, "building": building, **self._measured}

    def start(self) -> None:
        """Build from here on, when it is time."""
        self._started = True
        self.touched()

    def stop(self) -> None:
        """Build no more."""
        self._started = False
        if self._task is not None:
            self._task.cancel()

    def touched(self) -> None:
        """The vectors have changed: see whether there is something to do, in the background."""
        count = len(self._vectors)
        if self._there and 2 * count < THRESHOLD:
            self._drop(f"fewer than {THRESHOLD:,} vectors", THRESHOLD)
        if (
            self._started
            and self._task is None
            and (self._is_behind() if self._there else count >= self._next)
        ):
            self._task = asyncio.get_running_loop().create_task(self._run())

    def save(self) -> bytes:
        """Return the graph with what was measured, for `load`; nothing where there is none in use."""
        if not self._ef:
            return b""
        header = json.dumps({"ef": self._ef, "measured": self._measured}).encode()
        return len(header).to_bytes(4, "little") + header + self._vectors.hnsw_save()

    def load(self, data: bytes) -> None:
        """Take what `save` returned, if it fits these vectors; else the graph is built anew when it is time."""
        if not data:
            return
        size = 4 + int.from_bytes(data[:4], "little")
        try:
            header = json.loads(data[4:size])
            ef, measured = int(header["ef"]), dict(header["measured"])
            self._vectors.hnsw_load(data[size:])
        except (CorruptError, KeyError, TypeError, ValueError) as error:
            self._why = f"the saved graph could not be used: {error}"
            return
        self._there = True
        self._use(ef, measured)

    def _is_behind(self) -> bool:
        return len(self._vectors.hnsw_loose()) >= LINKED_AT_ONCE

    def _use(self, ef: int, measured: dict[str, float]) -> None:
        self._ef, self._measured = ef, measured
        self._why = f"{THRESHOLD:,} vectors or more, and the graph was measured to be faster"

    def _drop(self, why: str, following: int) -> None:
        self._vectors.hnsw_drop()
        self._ef, self._there, self._why, self._next = 0, False, why, following
        self._measured, self.unsaved = {}, 0

    async def _run(self) -> None:
        try:
            if not self._there:
                self._vectors.hnsw_create()
                self._there = True
                self._why = "the graph is being built"
                await self._link(HELD_OUT)
                await self._measure()
            if self._there:
                await self._link(0)
        except KernelError as error:
            self._drop(f"the graph could not be built: {error}", 2 * len(self._vectors))
        finally:
            self._task = None

    async def _link(self, left: int) -> None:
        """Link rows until only `left` are loose, or those that cannot be linked."""
        pace, count = Pace(), 8
        loose = len(self._vectors.hnsw_loose())
        failed = 0
        while self._there and loose > left and failed < loose:
            wanted = min(count, loose - left)
            began = perf_counter()
            now = self._vectors.hnsw_insert(wanted)
            took = perf_counter() - began
            if self._ef:
                self.unsaved += max(loose - now, 0)
            failed = failed + wanted if now >= loose else 0
            count = max(1, min(int(wanted * BATCH_S / max(took, 1e-6)), 2 * count, BATCH))
            await asyncio.sleep(0)
            await pace()
            # Others may have come or gone meanwhile.
            loose = len(self._vectors.hnsw_loose()) if self._there else 0

    async def _measure(self) -> None:
        """Walk for the loose rows and scan for them; use the graph if that is as good and sooner, or drop it."""
        if not self._there:
            return
        recall = walk_ms = scan_ms = 0.0
        for ef in WIDTHS:
            recall, walk_ms, scan_ms = await self._compare(ef)
            if recall >= RECALL:
                break
        measured = {"ef": ef, "recall": recall, "walk_ms": walk_ms, "scan_ms": scan_ms}
        if recall >= RECALL and walk_ms <= SHARE_OF_SCAN * scan_ms:
            self._use(ef, measured)
            self.unsaved = len(self._vectors) - len(self._vectors.hnsw_loose())
        elif self._there:
            count = len(self._vectors)
            why = (
                f"a walk {ef} wide over a graph of {count:,} vectors found {recall:.3f} of what a scan finds, "
                f"in {walk_ms:.2f} ms for {scan_ms:.2f}"
            )
            self._drop(why, 2 * count)

    async def _compare(self, ef: int) -> tuple[float, float, float]:
        """Return the recall of walks for rows held out, and the median milliseconds of a walk and of a scan."""
        vectors, pace = self._vectors, Pace()
        found = wanted = 0
        walks, scans = [0.0], [0.0]
        for query in _unpacked(vectors, vectors.hnsw_loose()[:HELD_OUT]):
            if not self._there:
                break
            held_out = set(vectors.hnsw_loose())
            began = perf_counter()
            truth = vectors.search(query, CANDIDATES, rescore=CANDIDATES)
            between = perf_counter()
            near = vectors.hnsw_search(query, CANDIDATES, ef=ef)
            walks.append(perf_counter() - between)
            scans.append(between - began)
            best, reached = (
                [ordinal for ordinal in matches.ordinals if ordinal not in held_out][:K]
                for matches in (truth, near)
            )
            found += len(set(best).intersection(reached))
            wanted += len(best)
            await pace()
        walk, scan = (1000 * sorted(times)[len(times) // 2] for times in (walks, scans))
        return found / max(wanted, 1), walk, scan


def _unpacked(vectors: VectorIndexLike, ordinals: Sequence[int]) -> list[array[float]]:
    """Rows as the vectors that they stand for, but for their length."""
    packed = vectors.get(ordinals)
    size = vectors.dim + 4
    return [
        array("f", memoryview(packed)[at : at + vectors.dim].cast("b")) for at in range(0, len(packed), size)
    ]
