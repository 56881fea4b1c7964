"""How a bank picks between scanning its vectors and walking a graph over them."""

from __future__ import annotations

import asyncio
import json
from array import array
from random import Random
from time import process_time
from typing import Any

import pytest

from pramana.bank import vector_graph
from pramana.bank.ranking import Ranking
from pramana.bank.reasoning_bank import ReasoningBank
from pramana.bank.resident import LINKED_SLICE
from pramana.bank.vector_graph import VectorGraph
from pramana.errors import KernelError
from pramana.protocol import STATUS
from tests.unit.bank.banks import Reopenable, open_bank
from tests.unit.kernels.builds import vector_factory

DIM, MANY = 32, 1500
WORDS = [f"word{number}" for number in range(400)]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A threshold that a test reaches, widths at which its graphs are walked, and no race against a scan."""
    monkeypatch.setattr(vector_graph, "THRESHOLD", MANY)
    monkeypatch.setattr(vector_graph, "WIDTHS", (16, 48))
    monkeypatch.setattr(vector_graph, "CANDIDATES", 10)
    monkeypatch.setattr(vector_graph, "SHARE_OF_SCAN", 1e9)


def rows(seed: int, count: int, *, noise: float = 0.5, dim: int = DIM) -> array[float]:
    random = Random(seed)
    centres = [[random.gauss(0, 1) for _ in range(dim)] for _ in range(20)]
    return array(
        "f", (x + noise * random.gauss(0, 1) for _ in range(count) for x in centres[random.randrange(20)])
    )


@pytest.fixture
def index() -> Any:
    index = vector_factory("simd")(dim=DIM)
    yield index
    index.close()


async def ended(graph: VectorGraph) -> None:
    """Wait for the background."""
    while graph._task is not None:
        await asyncio.wait([graph._task])


async def test_few_vectors_are_scanned(index):
    graph = VectorGraph(index)
    index.add(range(MANY - 1), rows(1, MANY - 1))
    graph.start()
    assert (graph._task, graph.ef) == (None, 0)
    assert graph.capabilities() == {
        "method": "scan",
        "why": f"fewer than {MANY:,} vectors",
        "building": False,
    }


async def test_many_vectors_are_linked_in_the_background_then_walked(index):
    graph = VectorGraph(index)
    index.add(range(MANY), rows(1, MANY))
    graph.touched()
    assert graph._task is None  # it was not started
    graph.start()
    await asyncio.sleep(0)
    about = graph.capabilities()
    assert (about["method"], about["building"], graph.ef) == ("scan", True, 0)
    await ended(graph)
    about = graph.capabilities()
    assert (about["method"], about["building"], about["ef"]) == ("hnsw", False, graph.ef)
    assert graph.ef in (16, 48)
    assert about["recall"] >= 0.99
    assert about["scan_ms"] > 0 < about["walk_ms"]
    json.dumps(about)
    assert list(index.hnsw_loose()) == []


async def test_the_background_never_holds_the_loop_long(index):
    index.add(range(4000), rows(1, 4000))
    graph = VectorGraph(index)
    longest, turns = 0.0, 0
    graph.start()
    while graph._task is not None:
        began = process_time()  # which other programs do not delay
        await asyncio.sleep(0)
        longest, turns = max(longest, process_time() - began), turns + 1
    assert turns > 5
    assert longest < 0.25


async def test_a_graph_that_misses_too_much_is_dropped(index, monkeypatch):
    monkeypatch.setattr(vector_graph, "WIDTHS", (10,))
    index.add(range(3000), rows(2, 3000, noise=50))  # without structure
    graph = VectorGraph(index)
    graph.start()
    await ended(graph)
    about = graph.capabilities()
    assert (about["method"], graph.ef) == ("scan", 0)
    assert "3,000 vectors found 0." in about["why"]
    with pytest.raises(Exception, match="argument"):
        index.hnsw_loose()
    # It is not tried again before there are twice as many.
    index.add(range(3000, 5999), rows(3, 2999))
    graph.touched()
    assert graph._task is None
    index.add([5999], rows(3, 1))
    graph.touched()
    assert graph._task is not None
    graph.stop()


async def test_a_walk_that_is_not_faster_is_dropped(index, monkeypatch):
    monkeypatch.setattr(vector_graph, "SHARE_OF_SCAN", 0.0)
    index.add(range(MANY), rows(1, MANY))
    graph = VectorGraph(index)
    graph.start()
    await ended(graph)
    assert graph.ef == 0
    assert " ms for " in graph.capabilities()["why"]


async def test_rows_that_come_later_are_linked_when_there_are_enough(index):
    graph = VectorGraph(index)
    index.add(range(MANY), rows(1, MANY))
    graph.start()
    await ended(graph)
    index.add(range(MANY, MANY + 255), rows(4, 255))
    graph.touched()
    assert graph._task is None
    index.add([MANY + 255], rows(4, 1))
    graph.touched()
    await ended(graph)
    assert list(index.hnsw_loose()) == []
    assert graph.unsaved == MANY + 256


async def test_few_left_are_scanned_again(index):
    graph = VectorGraph(index)
    index.add(range(MANY), rows(1, MANY))
    graph.start()
    await ended(graph)
    index.remove(range(MANY // 2))
    graph.touched()
    assert graph.ef > 0
    index.remove([MANY - 1])
    graph.touched()
    assert graph.ef == 0
    assert graph.capabilities()["why"] == f"fewer than {MANY:,} vectors"


async def test_vectors_that_go_while_it_builds_are_no_trouble(index):
    graph = VectorGraph(index)
    index.add(range(MANY), rows(1, MANY))
    graph.start()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(index.hnsw_loose()) > 0
    index.remove(range(MANY))
    graph.touched()
    await ended(graph)
    assert graph.ef == 0


async def test_a_stopped_graph_touches_its_index_no_more(index):
    graph = VectorGraph(index)
    index.add(range(MANY), rows(1, MANY))
    graph.start()
    await asyncio.sleep(0)
    task = graph._task
    graph.stop()
    await asyncio.wait([task])
    assert task.cancelled()
    assert graph.ef == 0
    graph.touched()
    assert graph._task is None


async def test_a_kernel_out_of_memory_leaves_the_scan(index, monkeypatch):
    index.add(range(MANY), rows(1, MANY))

    def full(count: int) -> int:
        index._fail("hnsw_insert", STATUS["out_of_memory"])

    monkeypatch.setattr(index, "hnsw_insert", full)
    graph = VectorGraph(index)
    graph.start()
    await ended(graph)
    assert graph.ef == 0
    assert "could not be built" in graph.capabilities()["why"]
    assert len(index.search(rows(5, 1), 10).ordinals) == 10
    with pytest.raises(KernelError):
        index.hnsw_insert(1)


async def test_what_was_saved_is_used_at_once_by_its_vectors_alone(index):
    graph = VectorGraph(index)
    assert graph.save() == b""
    index.add(range(MANY), rows(1, MANY))
    graph.start()
    await ended(graph)
    data = graph.save()
    again = VectorGraph(index)
    again.load(b"")
    assert again.ef == 0
    again.load(data)
    assert (again.ef, again.capabilities()) == (graph.ef, graph.capabilities())
    index.update([0], rows(6, 1))
    for damaged in (data, data[:-1], data[:10], b"\xff\xff\xff\x00{}"):
        other = VectorGraph(index)
        other.load(damaged)
        assert other.ef == 0
        assert "could not be used" in other.capabilities()["why"]


# In a bank


async def fill(bank: ReasoningBank, count: int) -> None:
    random = Random(7)
    texts = [" ".join(random.choices(WORDS, k=6)) + f" number{at}" for at in range(count)]
    await bank.store_many({"task_description": text, "strategy": "do"} for text in texts)


async def test_a_bank_answers_by_the_graph_as_by_a_scan_and_says_so(monkeypatch):
    monkeypatch.setattr(vector_graph, "RECALL", 0.9)
    bank = await open_bank(ranking=Ranking(candidates=10))
    await fill(bank, MANY)
    questions = [" ".join(Random(at).choices(WORDS, k=6)) for at in range(20)]
    assert bank.capabilities()["index"]["method"] == "scan"
    by_scan = [await bank.find_similar(text, 1) for text in questions]
    graph = bank._resident.graph
    await ended(graph)
    assert bank.capabilities()["index"]["method"] == "hnsw"
    calls = []
    walk = bank._resident.vectors.hnsw_search
    monkeypatch.setattr(
        bank._resident.vectors, "hnsw_search", lambda *a, **k: calls.append(k["ef"]) or walk(*a, **k)
    )
    by_graph = [await bank.find_similar(text, 1) for text in questions]
    assert calls == [graph.ef] * 20
    same = sum(a[0].pattern.id == b[0].pattern.id for a, b in zip(by_scan, by_graph, strict=True))
    assert same >= 19
    (hit, *_) = await bank.find_similar(by_scan[0][0].pattern.task_description, 3, category="none") or [None]
    assert hit is None
    await bank.close()


async def test_where_there_is_a_graph_changes_are_applied_a_few_at_a_time(monkeypatch):
    monkeypatch.setattr(vector_graph, "RECALL", 0.9)
    bank = await open_bank(ranking=Ranking(candidates=10))
    await fill(bank, MANY)
    resident, removed = bank._resident, list[int]()
    await resident.settle()
    await ended(resident.graph)
    remove = resident.vectors.remove
    monkeypatch.setattr(resident.vectors, "remove", lambda which: removed.append(len(which)) or remove(which))
    lines = "".join([chunk async for chunk in bank.export_lines()])
    counts = await bank.import_lines(lines, on_conflict="replace")
    await resident.settle()
    assert counts["updated"] == sum(removed) == MANY
    assert max(removed) == LINKED_SLICE
    await bank.close()


async def test_the_graph_comes_back_with_the_snapshot(monkeypatch):
    monkeypatch.setattr(vector_graph, "RECALL", 0.9)
    store = Reopenable()
    bank = await open_bank(store, ranking=Ranking(candidates=10))
    await fill(bank, MANY)
    await bank.checkpoint()
    await ended(bank._resident.graph)
    assert bank._resident.changes == 0  # so that the graph alone is reason enough for another snapshot
    await bank.close()
    store._open = True
    monkeypatch.setattr(VectorGraph, "_run", None)
    bank = await open_bank(store, ranking=Ranking(candidates=10))
    assert bank.capabilities()["index"]["method"] == "hnsw"
    assert bank._resident.graph._task is None
    assert await bank.find_similar("word1 word2 word3", 3)
    await bank.close()
