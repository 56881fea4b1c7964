"""Several real processes on one SQLite file: nothing is lost, doubled or broken, also when one is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pramana.store.journal import verify
from pramana.store.sqlite import SqliteStore

SCRIPT = Path(__file__).with_name("store_process.py")


def start(*arguments: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


async def ids_in(path: Path) -> list[str]:
    """All ids, after the journal and every body were checked against their hashes."""
    store = SqliteStore(path)
    head = await store.open()
    verify(await store.entries(0, 1_000_000), head=head)
    ids = [row.id async for batch in store.scan() for row in batch if row.body is not None]
    await store.close()
    return ids


async def test_four_processes_store_a_thousand_each(tmp_path: Path):
    path = tmp_path / "shared.db"
    processes = [start("fill", path, name, 1000) for name in "abcd"]
    try:
        for process in processes:
            assert process.stdout.readline() == "stored\n"
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        assert [process.communicate(timeout=60)[0] for process in processes] == ["4000\n"] * 4
        assert [process.returncode for process in processes] == [0] * 4
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    assert await ids_in(path) == [f"{name}-{n:05d}" for name in "abcd" for n in range(1000)]
    assert [file.name for file in tmp_path.iterdir()] == ["shared.db"]


@pytest.mark.parametrize("acknowledged", [1, 40, 333])
async def test_killed_in_the_middle_what_was_acknowledged_is_there(tmp_path: Path, acknowledged: int):
    path = tmp_path / "killed.db"
    process = start("forever", path)
    guard = threading.Timer(60, process.kill)
    guard.start()
    told = [process.stdout.readline().strip() for _ in range(acknowledged)]
    process.send_signal(signal.SIGKILL)
    told += [
        line.strip() for line in process.communicate()[0].splitlines(keepends=True) if line.endswith("\n")
    ]
    guard.cancel()
    found = await ids_in(path)
    assert len(told) >= acknowledged
    assert set(told) <= set(found)
    # An intent of several rows is there whole or not at all.
    for lane in range(4):
        assert sum(id.startswith(f"{lane}-") for id in found) % (lane + 1) == 0
    store = SqliteStore(path)
    await store.open()
    await store.close()
