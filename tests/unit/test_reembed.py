"""`reembed` through what `pramana.open` returns, with everything in the box."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

import pramana
from pramana.errors import ClosedError, EmbedderMismatchError, InputError, InUseError, ReadOnlyError
from tests.unit.bank.banks import Reopenable, WordEmbedder
from tests.unit.seats import Table
from tests.unit.test_seated import sit


async def test_a_memory_goes_from_the_embedder_in_the_box_to_another_and_back() -> None:
    async with await pramana.open(":memory:") as memory:
        await memory.store_many([{"task_description": text} for text in ("Tune SQL", "Bake bread", "Sail")])
        await memory.graph.tell("Bread is a food.")
        assert (await memory.reason("Is bread a food?")).verdict == "true"
        about = memory.capabilities()["embedder"]
        other = WordEmbedder(dim=300)
        told: list[tuple[int, int]] = []
        assert await memory.reembed(other, on_progress=lambda *step: told.append(step)) == 3
        assert told == [(0, 3), (3, 3)]
        assert memory.capabilities()["embedder"] == {"id": "words@1", "dim": 300}
        asked = len(other.asked)
        (hit, *_) = await memory.find_similar("bread")
        assert (hit.pattern.task_description, hit.pattern.embedder) == ("Bake bread", "words@1")
        # What reasons finds names and memories with the new one, too.
        assert (await memory.reason("Is bread a food?")).verdict == "true"
        assert len(other.asked) > asked + 1
        async with await pramana.open(":memory:") as boxed:
            own = boxed._owner.bank.embedder  # type: ignore[attr-defined]
            assert await memory.reembed(own) == 3
        assert memory.capabilities()["embedder"] == about
        (hit, *_) = await memory.find_similar("Optimise a database query")
        assert hit.pattern.task_description == "Tune SQL"


@pytest.mark.skipif(sys.platform == "emscripten", reason="a page keeps databases, not files")
async def test_it_writes_so_it_is_refused_where_nothing_may_be_written(tmp_path: Path) -> None:
    path = tmp_path / "m.db"
    stages: list[tuple[str, int]] = []
    async with await pramana.open(path) as memory:
        await memory.store(task_description="x")
    async with await pramana.open(path, read_only=True) as memory:
        with pytest.raises(ReadOnlyError):
            await memory.reembed(WordEmbedder())
    with pytest.raises(ClosedError):
        await memory.reembed(WordEmbedder())
    with pytest.raises(EmbedderMismatchError, match="reembed=True"):
        await pramana.open(path, embedder=WordEmbedder())
    for options in ({"reembed": 1}, {"reembed": True, "read_only": True}):
        with pytest.raises(InputError) as caught:
            await pramana.open(path, embedder=WordEmbedder(), **options)  # type: ignore[arg-type]
        assert caught.value.details["field"] == "reembed"
    async with await pramana.open(
        path, embedder=WordEmbedder(), reembed=True, on_progress=lambda *step: stages.append(step)
    ) as memory:
        assert memory.capabilities()["embedder"]["id"] == "words@1"
    assert stages[-1] == ("embedding", 1)
    with pytest.raises(EmbedderMismatchError):
        await pramana.open(path)


@pytest.mark.parametrize("build", ["simd", "scalar", "reference"])
async def test_every_build_of_the_kernels_takes_vectors_of_any_length(build: str) -> None:
    tasks = [f"{word} number{n}" for n in range(8) for word in ("alpha", "beta", "gamma")]
    async with await pramana.open(":memory:", kernels=build, embedder=WordEmbedder(dim=7)) as memory:
        await memory.store_many({"task_description": task} for task in tasks)
        for dim in (1, 33, 768):
            other = WordEmbedder(id=f"words@{dim}", dim=dim)
            assert await memory.reembed(other) == 24
            async with await pramana.open(":memory:", kernels=build, embedder=other) as fresh:
                await fresh.store_many({"task_description": task} for task in tasks)
                found, expected = [await each.find_similar("gamma number5", k=5) for each in (memory, fresh)]
            assert [hit.similarity for hit in found] == [hit.similarity for hit in expected]


@pytest.mark.parametrize(
    "embedder", [None, object(), lambda texts: [], WordEmbedder(id=""), WordEmbedder(dim=0)]
)
async def test_what_is_no_embedder_is_refused(embedder: Any) -> None:
    async with await pramana.open(":memory:") as memory:
        with pytest.raises(pramana.PramanaError) as caught:
            await memory.reembed(embedder)
        assert caught.value.code == "embedder_failed"


async def test_only_the_tab_that_leads_changes_it_and_one_that_takes_over_with_the_old_one_is_told() -> None:
    table, store = Table(), Reopenable()
    leader, _ = await sit(table, store)
    follower, _ = await sit(table, store)
    await follower.bank.store(task_description="alpha")
    other = WordEmbedder(id="words@2", dim=8)
    with pytest.raises(InUseError):
        await follower.reembed(other)
    assert await leader.reembed(other) == 1
    (hit,) = await follower.bank.find_similar("alpha")
    assert hit.pattern.embedder == "words@2"
    await leader.close()
    with pytest.raises(EmbedderMismatchError):
        await follower.bank.find_similar("alpha")
    await follower.close()
