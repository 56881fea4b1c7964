"""Python's side inside Pyodide in Chromium and Firefox: kernels, a temporary memory, one that is kept, a worker."""

from __future__ import annotations

from pytest_pyodide import run_in_pyodide

PACKAGES = ["pramana"]


@run_in_pyodide(packages=PACKAGES)
async def test_both_wasm_builds_agree_with_the_reference(selenium):
    import random
    from array import array

    from pramana.kernels.load import load_kernels
    from pramana.platform import current

    platform = current()
    assert platform.name == "browser"
    assert platform.simd()
    random.seed(7)
    dim, n = 19, 40  # neither is a multiple of a lane
    rows = array("f", (random.uniform(-1, 1) for _ in range(dim * n)))
    found = {}
    for build in ("simd", "scalar", "reference"):
        kernels = await load_kernels(platform, platform, build)
        assert kernels.build == build
        index = kernels.vector_index(dim=dim, metric="cosine", storage="f32")
        index.add(array("I", range(n)), rows)
        matches = index.search(rows[:dim], 5)
        bm25 = kernels.bm25(weights=[2.0, 1.0])
        bm25.add(array("I", range(3)), [["red fox", "runs"], ["blue fox", "sleeps"], ["green", "fox fox"]])
        found[build] = list(matches.ordinals), list(matches.scores), list(bm25.search("fox", 3).ordinals)
        index.close()
        bm25.close()
    for build in ("simd", "scalar"):
        assert found[build][0] == found["reference"][0]
        assert found[build][2] == found["reference"][2]
        assert all(abs(a - b) < 1e-5 for a, b in zip(found[build][1], found["reference"][1], strict=True))


@run_in_pyodide(packages=PACKAGES)
async def test_a_temporary_memory(selenium):
    import pramana

    async with await pramana.open(":memory:") as memory:
        pid = await memory.store(task_description="Implement REST API", strategy="TDD", success_score=0.95)
        await memory.store_many([{"task_description": "Bake bread"}, {"task_description": "Tune the guitar"}])
        hits = await memory.find_similar("Build API endpoint", k=1)
        assert [hit.pattern.id for hit in hits] == [pid]
        assert hits[0].pattern.strategy == "TDD"
        try:
            await memory.store(task_description="x", success_score=2)
        except pramana.PramanaError as error:
            assert error.code == "invalid_input"
            assert error.details["field"] == "success_score"
        else:
            raise AssertionError("a score of 2 was stored")


@run_in_pyodide(packages=PACKAGES)
async def test_a_memory_that_is_kept_in_indexeddb(selenium):
    import pramana

    async with await pramana.open("kept") as memory:
        assert memory.role == "leader"
        assert memory.capabilities()["store"] == {"backend": "indexeddb", "durability": "power-loss", "read_only": False}
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


def test_in_a_worker(selenium_webworker_standalone):
    text = selenium_webworker_standalone.run_webworker(
        """
        import micropip
        await micropip.install("pramana")
        import pramana

        async with await pramana.open("in a worker") as memory:
            await memory.store(task_description="Think before you write")
            found = (await memory.find_similar("think first"))[0].pattern.task_description
        found
        """
    )
    assert text == "Think before you write"
