"""The wheel inside Pyodide in a worker of Chromium and Firefox: kernels, a memory, IndexedDB, NumPy."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from pytest_pyodide import run_in_pyodide

from .wheels import ROOT, numpy_wheel

# By itself it rewrites assertions only if it finds a lock with pytest when it is imported; ours is written later.
in_pyodide = partial(run_in_pyodide, packages=["tblib"], _force_assert_rewrites=True)


@in_pyodide()
async def test_the_kernels_of_the_wheel_pass_their_self_test(selenium_worker):
    import json
    from importlib.resources import files

    import js

    from pramana.kernels.load import load_kernels
    from pramana.platform import current

    assert not hasattr(js, "document"), "this is no worker"
    platform = current()
    assert platform.name == "browser"
    assert platform.simd()
    manifest = json.loads(files("pramana").joinpath("data/kernels/manifest.json").read_text())["kernels"]
    for build in ("simd", "scalar"):
        kernels = await load_kernels(platform, platform, build)
        kernels.self_test()
        found = kernels.capabilities()
        assert (found["build"], found["runtime"], found["fallbacks"]) == (build, "browser", [])
        hashes = {
            f"{name}.{about['build']}.wasm": about["sha256"] for name, about in found["modules"].items()
        }
        assert hashes == {file: manifest[file]["sha256"] for file in hashes}
        assert len(hashes) == 4


@in_pyodide()
async def test_both_builds_agree_with_the_reference(selenium_worker):
    import random
    from array import array

    from pramana.kernels.load import load_kernels
    from pramana.platform import current

    source = random.Random(7)
    dim, n = 19, 40  # neither is a multiple of a lane
    rows = array("f", (source.uniform(-1, 1) for _ in range(dim * n)))
    found = {}
    for build in ("simd", "scalar", "reference"):
        kernels = await load_kernels(current(), current(), build)
        index = kernels.vector_index(dim=dim, metric="cosine", storage="f32")
        index.add(array("I", range(n)), rows)
        matches = index.search(rows[:dim], 5)
        bm25 = kernels.bm25(weights=[2.0, 1.0])
        bm25.add(array("I", range(3)), [["red fox", "runs"], ["blue fox", "sleeps"], ["green", "fox fox"]])
        found[build] = list(matches.ordinals), list(matches.scores), list(bm25.search("fox", 3).ordinals)
        index.close()
        bm25.close()
    ordinals, scores, documents = found["reference"]
    bound = (dim + 4) * 2**-23  # of a dot product of unit vectors in float32
    assert ordinals[0] == 0
    for build in ("simd", "scalar"):
        assert found[build][0] == ordinals
        assert found[build][2] == documents
        assert all(abs(a - b) <= bound for a, b in zip(found[build][1], scores, strict=True))


@in_pyodide()
async def test_a_temporary_memory(selenium_worker):
    import pramana

    async with await pramana.open(":memory:") as memory:
        pid = await memory.store(task_description="Implement REST API", strategy="TDD", success_score=0.95)
        await memory.store_many([{"task_description": "Bake bread"}, {"task_description": "Tune the guitar"}])
        hits = await memory.find_similar("Build API endpoint", k=1)
        assert [hit.pattern.id for hit in hits] == [pid]
        assert hits[0].pattern.strategy == "TDD"
        assert memory.capabilities()["kernels"]["build"] == "simd"
        try:
            await memory.store(task_description="x", success_score=2)
        except pramana.PramanaError as error:
            assert error.code == "invalid_input"
            assert error.details["field"] == "success_score"
        else:
            raise AssertionError("a score of 2 was stored")


@in_pyodide()
async def test_a_memory_that_is_kept_in_indexeddb(selenium_worker):
    import pramana

    async with await pramana.open("kept") as memory:
        assert memory.role == "leader"
        store = memory.capabilities()["store"]
        assert store == {"backend": "indexeddb", "durability": "power-loss", "read_only": False}
        await memory.store(task_description="Rotate the logs")
        # A second one on the same page follows the first, and reaches the same patterns through it.
        async with await pramana.open("kept") as second:
            assert second.role == "follower"
            await second.store(task_description="Water the plants")
            assert (await memory.stats())["patterns"] == 2
    async with await pramana.open("kept", read_only=True) as memory:
        assert [hit.parts["exact"] for hit in await memory.find_similar("rotate  the LOGS", k=1)] == [1]
        try:
            await memory.delete("x")
        except pramana.PramanaError as error:
            assert error.code == "read_only"
        else:
            raise AssertionError("a read-only memory was written to")
    await pramana.destroy("kept")
    try:
        await pramana.open("kept", read_only=True)
    except pramana.PramanaError as error:
        assert error.code == "not_found"
    else:
        raise AssertionError("a destroyed memory was opened")


@pytest.fixture(scope="module")
def contract() -> str:
    """The source of the contract of record stores, which is no part of the wheel."""
    return Path(ROOT / "tests/contract/record_store.py").read_text("utf-8")


@pytest.mark.driver_timeout(120)
@in_pyodide()
async def test_the_contract_of_record_stores_over_indexeddb(selenium_worker, contract):
    import sys
    from types import ModuleType

    from pramana.platform.host import join
    from pramana.store.indexeddb import IndexedDbStore
    from pyodide.code import run_js

    # Every value of every store, bytes as one character each, so that a text is found wherever it lies.
    dump = run_js(
        """async (name) => {
            const db = await new Promise((resolve, reject) => {
                const request = indexedDB.open(name);
                request.onsuccess = () => resolve(request.result);
                request.onerror = () => reject(request.error);
            });
            const stores = [...db.objectStoreNames];
            const values = await Promise.all(stores.map((store) => new Promise((resolve, reject) => {
                const request = db.transaction(store).objectStore(store).getAll();
                request.onsuccess = () => resolve(request.result);
                request.onerror = () => reject(request.error);
            })));
            db.close();
            const bytes = (value) => value instanceof ArrayBuffer ? new Uint8Array(value)
                : ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : null;
            return JSON.stringify(values, (_, value) => {
                const found = bytes(value);
                return found ? Array.from(found, (byte) => String.fromCharCode(byte)).join("") : value;
            });
        }"""
    )

    class SeatedStore(IndexedDbStore):
        """Takes its seat when it is opened and leaves it when it is closed, as the composition root does."""

        def __init__(self, name):
            super().__init__(self)
            self.name, self.seat = name, None

        async def open_database(self, *, create=True):
            self.seat = await join(self.name)
            assert self.seat.role == "leader"
            return await self.seat.open_database(create=create)

        async def close(self):
            await super().close()
            if self.seat:
                await self.seat.leave()

    class Stores:
        """Databases of one check."""

        def __init__(self, check):
            self.check = check

        def __call__(self, name):
            return SeatedStore(f"contract/{self.check}/{name}")

        async def raw(self, name):
            return (await dump(f"pramana:contract/{self.check}/{name}")).encode("latin-1", "replace")

    suite = sys.modules["record_store"] = ModuleType("record_store")
    exec(compile(contract, "record_store.py", "exec"), suite.__dict__)
    provided = {"durable", "raw"}
    applicable = {check.name for check in suite.CHECKS if check.needs <= provided}
    # One tab leads, and only it opens the database: two open stores and a second reader are other backends' business.
    assert all(
        check.needs & {"shared", "read_only"} for check in suite.CHECKS if check.name not in applicable
    )
    assert {"reopening_sees_everything", "purged_text_is_gone_from_the_disk"} <= applicable
    failures = await suite.run(Stores, provided)
    assert not failures, "\n".join(f"{name}\n{trace}" for name, trace in failures.items())


needs_numpy = pytest.mark.skipif(
    numpy_wheel() is None,
    reason="NumPy's wheel for Pyodide is not in the package index; put one into out/pyodide-wheels to run this",
)


@needs_numpy
@in_pyodide(packages=["tblib", "numpy"])
async def test_numpy_arrays_in_the_page(selenium_worker):
    import numpy as np

    import pramana
    from pramana.kernels.load import load_kernels
    from pramana.platform import current

    rows = np.arange(1, 13, dtype="f4").reshape(3, 4) % 7
    for build in ("simd", "scalar"):
        kernels = await load_kernels(current(), current(), build)
        for dtype in ("f4", "f8", "i8"):
            index = kernels.vector_index(dim=4, metric="ip", storage="f32")
            index.add(np.array([5, 9, 2], dtype="u4"), np.asfortranarray(rows.astype(dtype)))
            scores = index.score(rows[1], np.array([2, 5, 9]))
            assert list(scores) == list(rows[[2, 0, 1]] @ rows[1])
            index.close()
    embedded = pramana.CallableEmbedder(lambda texts: np.ones((len(texts), 4)), dim=4, id="ones")
    async with await pramana.open(":memory:", embedder=embedded) as memory:
        await memory.store(task_description="Implement REST API")
        assert (await memory.find_similar("anything at all"))[0].similarity > 0.999
