"""CPython under wasmtime against NumPy: scans, embedding, find_similar, store and reopen."""

from __future__ import annotations

import gc
import tempfile
import time
from array import array
from pathlib import Path
from typing import Any

import numpy as np
import wasmtime

import pramana
from pramana.kernels.load import Kernels, load_kernels
from pramana.platform import current

from . import data
from .timing import measure, measure_async, once, timed

K = 10
READ_BOUND = Path(__file__).with_name("read_bound.wat")


class Bandwidth:
    """The read bound of this machine, by the same SIMD loads in the same runtime."""

    def __init__(self) -> None:
        config = wasmtime.Config()
        config.wasm_simd = True
        engine = wasmtime.Engine(config)
        self.store = wasmtime.Store(engine)
        module = wasmtime.Module(engine, READ_BOUND.read_text())
        exports = wasmtime.Instance(self.store, module, []).exports(self.store)
        self.read = exports["read"]
        self.memory = exports["memory"]

    def ms(self, size_bytes: int, runs: int = 15) -> float:
        """Best-of-run milliseconds to read that many bytes once, scanning like an index does."""
        size = min(size_bytes, 120 * 2**20) // 64 * 64
        # touched first, so that no page fault is timed
        self.memory.write(self.store, bytes(size), 0)
        figure = measure(lambda _: self.read(self.store, 0, size), runs)
        return figure["p50_ms"] * (size_bytes / size)


async def kernels(build: str) -> Kernels:
    """The real kernels in that build."""
    platform = current()
    return await load_kernels(platform, platform, build)


async def vectors(sizes: list[tuple[int, int]], runs: int) -> list[dict[str, Any]]:
    """Scans of every storage and build, with NumPy's matrix-vector product and argpartition as the peer."""
    simd, scalar = await kernels("simd"), await kernels("scalar")
    bound = Bandwidth()
    rows_out: list[dict[str, Any]] = []
    for n, dim in sizes:
        rows, queries = data.hard(n, dim, runs)
        truth = data.exact_top(rows, queries, K)
        bound_ms = bound.ms(n * dim * 4)

        def numpy_top(i: int, rows: data.Floats = rows, queries: data.Floats = queries) -> list[int]:
            scores = rows @ queries[i]
            best = np.argpartition(scores, -K)[-K:]
            return [int(o) for o in best[np.argsort(-scores[best])]]

        peer = measure(numpy_top, runs)
        rows_out.append(
            {
                "peer": "numpy",
                "n": n,
                "dim": dim,
                **peer,
                "recall": data.recall([numpy_top(i) for i in range(runs)], truth),
            }
        )
        for storage in ("f32", "i8_f32", "i8"):
            for build, loaded in (("simd", simd), ("scalar", scalar)):
                index = loaded.vector_index(dim=dim, storage=storage)
                ordinals = array("I", range(n))
                build_ms, _ = once(
                    lambda index=index, rows=rows, ordinals=ordinals: index.add(ordinals, rows)
                )
                found: list[list[int]] = []
                for i in range(runs):
                    found.append(list(index.search(queries[i], K).ordinals))
                figure = measure(lambda i, index=index, queries=queries: index.search(queries[i], K), runs)
                save_ms, saved = once(index.save)
                index.close()
                load_ms, again = once(lambda loaded=loaded, saved=saved: loaded.load_vector_index(saved))
                again.close()
                rows_out.append(
                    {
                        "case": f"{storage} {build}",
                        "n": n,
                        "dim": dim,
                        **figure,
                        "recall": data.recall(found, truth),
                        "build_ms": build_ms,
                        "save_ms": save_ms,
                        "load_ms": load_ms,
                        "saved_bytes": len(saved),
                        "to_numpy": figure["p50_ms"] / peer["p50_ms"],
                        "to_read_bound": figure["p50_ms"] / (bound_ms if storage == "f32" else bound_ms / 4),
                    }
                )
        rows_out.append(
            {
                "peer": "read bound, f32 bytes",
                "n": n,
                "dim": dim,
                "p50_ms": bound_ms,
                "runs": 15,
                "gb_per_s": n * dim * 4 / bound_ms / 1e6,
            }
        )
        gc.collect()
    return rows_out


async def embedding(runs: int) -> dict[str, Any]:
    """Microseconds per sentence through the wrapper, one at a time and in batches of 64."""
    platform = current()
    out: dict[str, Any] = {}
    for build in ("simd", "scalar"):
        loaded = await kernels(build)
        model = loaded.text_model(await platform.asset("minilm-static-256-i4.sve"))
        tokens = len(model.tokenize(data.SENTENCE))
        one = measure(lambda _, model=model: model.embed([data.SENTENCE]), runs)
        batch = measure(lambda _, model=model: model.embed([data.SENTENCE] * 64), max(5, runs // 10))
        out[build] = {
            "tokens": tokens,
            "one_us": one["p50_ms"] * 1e3,
            "in_batch_us": batch["p50_ms"] * 1e3 / 64,
        }
    return out


async def _memory(n: int, runs: int) -> dict[str, Any]:
    made, asked = data.memories(n), data.questions(runs)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        bank = await pramana.open(path)
        store_ms = 0.0
        for start in range(0, n, 10_000):
            store_ms += await timed(bank.store_many(made[start : start + 10_000]))
        one = await measure_async(
            lambda i: bank.store(task_description=f"a single memory {i} of size {n}"), 20
        )
        figure = await measure_async(lambda i: bank.find_similar(asked[i % len(asked)], k=5), runs)
        close_ms = await timed(bank.close())
        began = time.perf_counter()
        bank = await pramana.open(path)
        reopen_ms = (time.perf_counter() - began) * 1e3
        opened_from = (await bank.stats())["index"]["opened_from"]
        await bank.close()
        return {
            "n": n,
            "store_ms": store_ms,
            "store_one": one,
            "find_similar": figure,
            "close_ms": close_ms,
            "reopen_ms": reopen_ms,
            "opened_from": opened_from,
            "size_bytes": path.stat().st_size,
        }


async def memory(sizes: list[int], runs: int) -> list[dict[str, Any]]:
    """`find_similar`, store and reopen of a SQLite file of n memories."""
    return [await _memory(n, runs) for n in sizes]
