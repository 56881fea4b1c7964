"""What a file keeps: written by many processes at once, reopened, or on a disk without room."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

import pramana
from pramana.embed.static import StaticEmbedder
from tests.acceptance.tasks import distinct_tasks

HERE = Path(__file__).parent
PROCESSES, EACH = 4, 1000


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(HERE / script), *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_four_processes_store_1_000_each_and_each_finds_all_4_000(tmp_path: Path) -> None:
    path = str(tmp_path / "shared.db")
    writers = [start("writer_process.py", path, f"p{n}", str(EACH)) for n in range(PROCESSES)]
    try:
        ids = [json.loads(_line(writer)) for writer in writers]
        everything = [pid for own in ids for pid in own]
        assert len(set(everything)) == PROCESSES * EACH
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.write("\n" + json.dumps(everything) + "\n")
            writer.stdin.flush()
        for writer in writers:
            report = json.loads(_line(writer))
            assert report["missing"] == 0
            assert set(report["hits"]) == {1.0}
            assert report["stats"]["patterns"] == PROCESSES * EACH
            assert report["stats"]["index"]["vectors"] == PROCESSES * EACH
        assert [writer.wait(60) for writer in writers] == [0] * PROCESSES
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


async def test_reopening_10_000_reads_vectors_and_embeds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "memory.db"
    tasks = distinct_tasks(10_000)
    async with await pramana.open(path) as memory:
        await memory.store_many([{"task_description": task} for task in tasks])
        before = await memory.find_similar(tasks[123], k=5)
    embedded: list[str] = []
    real = StaticEmbedder.embed

    async def watched(self: StaticEmbedder, texts: list[str]) -> object:
        embedded.extend(texts)
        return await real(self, texts)

    monkeypatch.setattr(StaticEmbedder, "embed", watched)
    for source in ("snapshot", "records"):
        started = time.perf_counter()
        async with await pramana.open(path) as memory:
            print(f"opened 10,000 from {source} in {time.perf_counter() - started:.2f} s")
            assert embedded == []
            stats = await memory.stats()
            assert stats["index"]["opened_from"] == source
            assert stats["index"]["vectors"] == 10_000
            after = await memory.find_similar(tasks[123], k=5)
        assert embedded == [tasks[123]]
        assert [(hit.pattern, hit.similarity) for hit in after] == [
            (hit.pattern, hit.similarity) for hit in before
        ]
        embedded.clear()
        _drop_snapshots(path)


def _drop_snapshots(path: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(path)
    for table in ("snapshots", "segments"):
        connection.execute(f"DELETE FROM {table}")
    connection.commit()
    connection.close()


async def test_finding_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    async with await pramana.open(path) as memory:
        await memory.store_many([{"task_description": task} for task in distinct_tasks(300)])
        before = _digests(tmp_path)
        for task in distinct_tasks(30, seed=2):
            assert await memory.find_similar(task)
        await memory.list()
        await memory.stats()
        assert _digests(tmp_path) == before


def _digests(folder: Path) -> dict[str, str]:
    # -shm holds the locks of readers, not data
    files = (file for file in folder.iterdir() if not file.name.endswith("-shm"))
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_a_write_that_finds_no_room_changes_nothing_here_or_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    process = start("full_disk_process.py", str(path))
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    # SQLite calls a file that may not grow an I/O error; a full disk is "quota_exceeded".
    assert json.loads(out) == {"error": "store_failed", "same": True, "then": 51}
    with subprocess.Popen(
        [sys.executable, "-m", "pramana", "stats", "--db", str(path), "--json"],
        stdout=subprocess.PIPE,
        text=True,
    ) as reopened:
        assert json.loads(reopened.communicate()[0])["stats"]["patterns"] == 51
