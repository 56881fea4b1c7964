from __future__ import annotations

import asyncio
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import pramana
from pramana.app.parts import Parts
from pramana.errors import (
    ClosedError,
    EmbedderError,
    EmbedderMismatchError,
    InputError,
    InUseError,
    NotFoundError,
    ReadOnlyError,
)
from pramana.platform import current
from tests.unit.bank.banks import WordEmbedder

native = pytest.mark.skipif(sys.platform == "emscripten", reason="a page keeps databases, not files")


def test_the_public_names_are_sorted_and_there() -> None:
    assert pramana.__all__ == sorted(pramana.__all__)
    for name in pramana.__all__:
        assert hasattr(pramana, name)


def test_the_release_is_that_of_the_project_file(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert pramana.__version__ == project["version"]


@pytest.mark.skipif(sys.platform == "emscripten", reason="a page has no threads")
def test_threads_share_no_embedder() -> None:
    """What runs on a kernel serves one thread: another thread's call would change the result before it is read."""

    def embedder() -> Any:
        return asyncio.run(Parts.load(current(), "auto", None, None)).embedder

    with ThreadPoolExecutor(1) as pool:
        there = pool.submit(embedder).result()
    assert there is not embedder()
    assert embedder() is embedder()


async def test_in_memory_with_everything_in_the_box() -> None:
    stages: list[str] = []
    async with await pramana.open(":memory:", on_progress=lambda stage, done: stages.append(stage)) as memory:
        pid = await memory.store(
            task_description="Implement REST API", task_category="backend", strategy="TDD", content="…",
            success_score=0.95, tags=["http"], metadata={"a": 1},
        )  # fmt: skip
        ids = await memory.store_many(
            [{"task_description": "Bake sourdough bread"}, {"task_description": "Tune SQL"}]
        )
        hits = await memory.find_similar("Build API endpoint", k=1, category="backend", namespace="default")
        assert hits[0].pattern.id == pid
        assert hits[0].pattern.strategy == "TDD"
        assert hits[0].similarity > 0.4
        assert await memory.get(pid) == (await memory.get_many([pid]))[0]
        await memory.update(pid, strategy="BDD")
        await memory.used([pid, *ids], success=True)
        await memory.delete(ids[0])
        await memory.purge(ids[0])
        assert [p.strategy for p in await memory.by_category("backend", limit=20)] == ["BDD"]
        assert len((await memory.list(limit=10)).patterns) == 2
        assert (await memory.stats())["patterns"] == 2
        about = memory.capabilities()
        assert about["role"] == memory.role == "leader"
        assert about["version"] == pramana.__version__
        assert about["kernels"]["build"] in ("simd", "scalar")
        assert about["kernels"]["fallbacks"] == []
        assert about["store"]["backend"] == "memory"
        assert about["embedder"]["dim"] == 256
        assert "memory" in repr(memory)
    assert stages[0] == "kernels"


async def test_after_close_every_call_raises() -> None:
    memory = await pramana.open(":memory:")
    await memory.close()
    await memory.close()
    for call in (
        memory.store(task_description="x"),
        memory.store_many([]),
        memory.find_similar("x"),
        memory.get("x"),
        memory.get_many([]),
        memory.update("x", title="y"),
        memory.delete("x"),
        memory.purge("x"),
        memory.used([]),
        memory.list(),
        memory.by_category("x"),
        memory.stats(),
        memory.export_jsonl("nowhere"),
        memory.import_jsonl("nowhere"),
    ):
        with pytest.raises(ClosedError):
            await call
    with pytest.raises(ClosedError):
        memory.capabilities()
    with pytest.raises(ClosedError):
        memory.export_lines()
    assert "closed" in await memory.dispatch_json("stats", "{}")


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("",), "name"), ((None,), "name"), ((b"bytes",), "name"), (("a\0b",), "name"), ((7,), "name"),
        ((":memory:", {"read_only": 1}), "read_only"),
        ((":memory:", {"ranking": {"relevance": 1}}), "ranking"),
        ((":memory:", {"embedder": len}), "embedder"),
        ((":memory:", {"kernels": "fast"}), "kernels"),
    ],
)  # fmt: skip
async def test_what_open_is_given_is_checked(arguments: tuple[Any, ...], field: str) -> None:
    name, options = arguments[0], arguments[1] if len(arguments) > 1 else {}
    with pytest.raises(InputError) as caught:
        await pramana.open(name, **options)
    assert caught.value.details["field"] == field


async def test_an_embedder_without_a_name_is_refused() -> None:
    with pytest.raises(EmbedderError):
        await pramana.open(":memory:", embedder=WordEmbedder(id=""))


async def test_an_embedder_of_ones_own() -> None:
    embedder = pramana.CallableEmbedder(
        lambda texts: [[float(len(text)), 1.0] for text in texts], id="length@1", dim=2
    )
    async with await pramana.open(":memory:", embedder=embedder) as memory:
        await memory.store_many([{"task_description": "a" * n} for n in (1, 50)])
        (hit,) = await memory.find_similar("b" * 50, k=1)
        assert len(hit.pattern.task_description) == 50
        assert memory.capabilities()["embedder"] == {"id": "length@1", "dim": 2}


async def test_the_pure_python_kernels_find_the_same() -> None:
    found = []
    for kernels in ("auto", "reference"):
        async with await pramana.open(":memory:", kernels=kernels, embedder=WordEmbedder()) as memory:
            await memory.store_many(
                [
                    {"task_description": text}
                    for text in ("write a parser", "bake bread", "parse a date", "fix the parser")
                ]
            )
            hits = await memory.find_similar("parser for dates", k=4)
            found.append([(hit.pattern.task_description, round(hit.score, 3)) for hit in hits])
            assert (memory.capabilities()["kernels"]["build"] == "reference") == (kernels == "reference")
    assert found[0] == found[1]


async def test_opening_and_closing_in_memory_leaves_nothing_behind() -> None:
    from pramana.kernels.load import load_kernels
    from pramana.platform import current

    async def once() -> None:
        async with await pramana.open(":memory:") as memory:
            await memory.store_many([{"task_description": f"some task number {n}"} for n in range(50)])
            await memory.find_similar("task")
            await memory.graph.tell("Rex is red. Everything that is red is kind.")
            assert (await memory.graph.ask("Is Rex kind?")).verdict == "true"
            await memory.graph.rank(["Rex"])
            await memory.reason("Why would somebody pick a crimson animal?")

    for _ in range(5):
        await once()
    loaded = await load_kernels(current(), current(), "auto")
    modules = loaded._loaded.modules
    before = {name: module.bind("alloc")(1 << 16) for name, module in modules.items()}
    for name, ptr in before.items():
        modules[name].bind("free")(ptr, 1 << 16)
    for _ in range(100):
        await once()
    # An allocation finds the place it found a hundred memories ago.
    for name, module in modules.items():
        ptr = module.bind("alloc")(1 << 16)
        module.bind("free")(ptr, 1 << 16)
        assert ptr == before[name]


async def test_dispatch_serves_a_page() -> None:
    async with await pramana.open(":memory:") as memory:
        assert "ok" in await memory.dispatch_json("store", '{"task_description": "x"}', "r1")
        assert await memory.dispatch_json("stats", "{}") == await memory.dispatch_json("stats", "")
        assert "invalid_input" in await memory.dispatch_json("nothing", "{}")
    reader = pramana.Pramana("x", memory._owner, read_only=True)
    assert "read_only" in await reader.dispatch_json("store", '{"task_description": "x"}')


@native
async def test_a_file_keeps_everything(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    async with await pramana.open(path) as memory:
        pid = await memory.store(task_description="Implement REST API", metadata={"a": ["ü"]})
        await memory.used([pid], success=True)
        stored = await memory.get(pid)
        assert memory.capabilities()["store"]["backend"] == "sqlite"
    async with await pramana.open(str(path), read_only=True) as memory:
        assert await memory.get(pid) == stored
        assert (await memory.find_similar("REST API", k=1))[0].pattern.id == pid
        for write in (
            memory.store(task_description="x"),
            memory.store_many([]),
            memory.update(pid, title="x"),
            memory.delete(pid),
            memory.purge(pid),
            memory.used([pid]),
            memory.import_jsonl("x"),
        ):
            with pytest.raises(ReadOnlyError):
                await write
    with pytest.raises(EmbedderMismatchError):
        await pramana.open(path, embedder=WordEmbedder())
    await pramana.destroy(path)
    assert list(tmp_path.iterdir()) == []


@native
async def test_purged_text_is_nowhere_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    async with await pramana.open(path) as memory:
        ids = await memory.store_many(
            [{"task_description": f"filler {n}", "tags": ["filler"]} for n in range(250)]
            + [{"task_description": "the zanzibar secret", "tags": ["zanzibar"], "content": "zanzibar " * 50}]
        )
    async with await pramana.open(path) as memory:
        await memory.update(ids[-1], content="another zanzibar")
        await memory.purge(ids[-1])
    for file in tmp_path.iterdir():
        assert b"zanzibar" not in file.read_bytes(), file.name


@native
async def test_destroying_what_is_open_or_absent(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    with pytest.raises(NotFoundError):
        await pramana.destroy(path)
    with pytest.raises(NotFoundError):
        await pramana.open(path, read_only=True)
    assert list(tmp_path.iterdir()) == []
    async with await pramana.open(path):
        with pytest.raises(InUseError):
            await pramana.destroy(path)
    for name in (":memory:", "", None):
        with pytest.raises(InputError):
            await pramana.destroy(name)  # type: ignore[arg-type]


@native
async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, and longer than a header of SQLite would be" * 10)
    with pytest.raises(pramana.PramanaError):
        await pramana.open(path)
    assert path.read_text().startswith("not a database")


async def test_a_request_id_is_no_field() -> None:
    async with await pramana.open(":memory:") as memory:
        with pytest.raises(InputError, match="request_id"):
            await memory.store(task_description="x", request_id=["x"])
        pid = await memory.store(task_description="x")
        with pytest.raises(InputError, match="request_id"):
            await memory.update(pid, strategy="s", request_id="r")
