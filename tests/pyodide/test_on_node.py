"""The unit tests in bulk inside Pyodide on Node, with the kernels as the JavaScript engine runs them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from .wheels import PYODIDE, PYTEST, ROOT, wheels

# What needs a thread, a process, a file system of its own or a loop that waits for both.
NATIVE = [
    "tests/unit/test_cli.py",
    "tests/unit/store/test_sqlite_processes.py",
    "tests/unit/store/test_sqlite_store.py",
    "tests/unit/store/test_stores_agree.py",
]
NATIVE_TESTS = [
    "tests/unit/store/test_writer.py::test_tearing_the_loop_down_ends_the_writer",
    "tests/unit/store/test_writer.py::test_a_moved_head_is_caught_up_with_and_intents_run_again",
    "tests/unit/store/test_writer.py::test_a_request_committed_by_another_process_meanwhile_is_not_run_again",
    "tests/unit/store/test_writer.py::test_a_writer_that_keeps_losing_gets_the_store_to_itself",
]


def run_on_node(wheel: Path, *arguments: str) -> dict:
    """Run pytest inside Pyodide and return what `tests/pyodide/inside.py` reports."""
    node = shutil.which("node")
    assert node, "Node is not installed; ./build.sh setup installs it"
    installed = [*wheels(PYTEST), wheel]
    done = subprocess.run(
        [
            node,
            str(ROOT / "tests/pyodide/node_runner.mjs"),
            str(PYODIDE),
            str(ROOT),
            ",".join(map(str, installed)),
            *arguments,
        ],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    lines = done.stdout.strip().splitlines()
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return {**json.loads(lines[-1]), "output": "\n".join(lines[:-1])[-4000:]}


def test_the_unit_tests_pass_inside_pyodide(wheel: Path):
    left_out = [f"--ignore={path}" for path in NATIVE] + [f"--deselect={test}" for test in NATIVE_TESTS]
    report = run_on_node(wheel, "tests/unit", *left_out)
    assert not report["failed"], "\n\n".join(f"{name}\n{text}" for name, text in report["failed"].items())
    assert report["exit"] == 0, report["output"]
    assert report["passed"] > 1000, report


def test_a_failing_test_is_reported(wheel: Path):
    broken = run_on_node(wheel, "--noconftest", "tests/pyodide/broken_on_purpose.py")
    assert broken["exit"] == pytest.ExitCode.TESTS_FAILED, broken["output"]
    assert [name.rpartition("::")[2] for name in broken["failed"]] == [
        "test_sync",
        "test_async",
        "test_property",
    ]
    assert broken["passed"] == 1
