"""`python -m tests.bench.hnsw [--tiny] [--out FILE]`: the scan against the graph, natively, recall beside latency.

Three kinds of data: `clustered`; `hard` as in `data.py`; and `noise`, rows without any structure, on which a graph does
not pay and which a bank is to scan. Recall is that of the graph against the scan of the same int8 rows, and of both
against the float rows.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from array import array
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from pramana.kernels.interfaces import Matches, VectorIndexLike
from pramana.kernels.load import Kernels, load_kernels
from pramana.platform import current

from . import data
from .timing import measure, once

K, DIM, RUNS = 10, 256, 200
SIZES, WIDTHS = (10_000, 50_000), (64, 128, 256)
BATCH, GONE = 64, 128


def clustered(n: int, dim: int, queries: int) -> tuple[data.Floats, data.Floats]:
    """Unit vectors in 200 clusters, each a third as wide as they lie apart."""
    return _around(n, dim, queries, clusters=200, centre=1.0, spread=0.35)


def noise(n: int, dim: int, queries: int) -> tuple[data.Floats, data.Floats]:
    """Unit vectors in all directions alike."""
    return _around(n, dim, queries, clusters=1, centre=0.0, spread=1.0)


def _around(
    n: int, dim: int, queries: int, *, clusters: int, centre: float, spread: float
) -> tuple[data.Floats, data.Floats]:
    rng = np.random.default_rng([data.SEED, n, dim, clusters])
    centres = centre * rng.standard_normal((clusters, dim))
    rows = centres[rng.integers(clusters, size=n + queries)]
    rows = rows + spread * rng.standard_normal((n + queries, dim))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    floats: data.Floats = np.ascontiguousarray(rows, dtype=np.float32)
    return floats[:n], floats[n:]


KINDS: dict[str, Callable[[int, int, int], tuple[data.Floats, data.Floats]]] = {
    "clustered": clustered,
    "hard": data.hard,
    "noise": noise,
}


def _linked(index: VectorIndexLike) -> dict[str, float]:
    """Link every row; what that took, and the longest stretch."""
    index.hnsw_create()
    began, longest, left = process_time(), 0.0, 1
    while left:
        took, left = once(partial(index.hnsw_insert, BATCH))
        longest = max(longest, took)
    return {"build_cpu_s": process_time() - began, f"longest_of_{BATCH}_ms": longest}


def _asked(
    search: Callable[[Any], Matches], queries: data.Floats, runs: int
) -> tuple[dict[str, float], list[list[int]]]:
    found = [list(search(query).ordinals) for query in queries]
    return measure(lambda i: search(queries[i % len(queries)]), runs), found


def compare(kernels: Kernels, kind: str, n: int, dim: int, runs: int) -> dict[str, Any]:
    """One index of `n` rows: scanned, linked, walked at each width, saved, loaded, and rows removed."""
    rows, queries = KINDS[kind](n, dim, min(runs, 100))
    truth = data.exact_top(rows, queries, K)
    index = kernels.vector_index(dim=dim, storage="i8")
    for start in range(0, n, 2000):
        index.add(array("I", range(start, min(start + 2000, n))), rows[start : start + 2000])
    scan, scanned = _asked(partial(index.search, k=K), queries, runs)
    scan["recall"] = data.recall(scanned, truth)
    case: dict[str, Any] = {"kind": kind, "n": n, "dim": dim, "build": kernels.build, "scan": scan}
    case |= _linked(index)
    for ef in (0, *WIDTHS):
        walk, walked = _asked(partial(index.hnsw_search, k=K, ef=ef), queries, runs)
        walk["recall"] = data.recall(walked, truth)
        walk["recall_of_scan"] = data.recall(walked, np.array(scanned))
        case[f"ef {ef}" if ef else "default"] = walk
    case["save_ms"], saved = once(index.hnsw_save)
    case["load_ms"], _ = once(lambda: index.hnsw_load(saved))
    case["saved_bytes"] = len(saved)
    case["remove_1_ms"], _ = once(lambda: index.remove([0]))
    case[f"remove_{GONE}_ms"], _ = once(lambda: index.remove(range(1, 1 + GONE)))
    index.close()
    return case


async def measured(sizes: tuple[int, ...], runs: int) -> list[dict[str, Any]]:
    """All kinds and sizes."""
    kernels = await load_kernels(current(), current(), "simd")
    return [compare(kernels, kind, n, DIM, runs) for n in sizes for kind in KINDS]


def main() -> None:
    """Measure, write JSON, print a line per search."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="only to see that it runs")
    parser.add_argument("--out", type=Path, default=Path("out/bench-hnsw.json"))
    given = parser.parse_args()
    cases = asyncio.run(measured((2000,) if given.tiny else SIZES, 20 if given.tiny else RUNS))
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(cases, indent=1))
    for case in cases:
        print(f"{case['kind']} {case['n']:,}: built in {case['build_cpu_s']:.1f} s")
        for name, figure in case.items():
            if isinstance(figure, dict):
                print(f"  {name:8} {figure['p50_ms']:.3f} ms, recall {figure['recall']:.3f}")


if __name__ == "__main__":
    main()
