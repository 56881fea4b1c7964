"""The unit tests once more, by the interpreter that a page has: Pyodide, here on Node."""

from __future__ import annotations

import json
import subprocess

from .wheels import ROOT, wheels

# What needs a thread, a process, a file system of its own or wasmtime is native by nature.
NATIVE_ONLY = [
    "tests/unit/store/test_sqlite.py",
    "tests/unit/test_cli.py",
    "tests/unit/kernels/test_wasmtime_module.py",
]


def test_the_unit_tests_pass_inside_pyodide_on_node() -> None:
    arguments = ["tests/unit", *[f"--ignore=/repo/{path}" for path in NATIVE_ONLY]]
    command = ["node", str(ROOT / "tests" / "pyodide" / "bulk.mjs"), str(ROOT), str(wheels()), json.dumps(arguments)]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert finished.returncode == 0, finished.stderr[-3000:]
    outcome = json.loads(finished.stdout.strip().splitlines()[-1])
    assert not outcome["failures"], "\n\n".join(f"{test}\n{text}" for test, text in outcome["failures"][:5])
    assert outcome["passed"] >= 100, outcome
