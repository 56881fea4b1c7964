"""The unit tests and the stores' contract once more, by the interpreter that a page has: Pyodide, here on Node."""

from __future__ import annotations

import json
import subprocess

from .wheels import BULK, ROOT, wheels

NATIVE_ONLY = {
    "tests/unit/kernels/test_wasmtime_module.py": "wasmtime runs natively only",
    "tests/unit/store/test_sqlite_processes.py": "a page has no processes",
    "tests/unit/store/test_sqlite_store.py": "SQLite works in a thread, and a page has none",
    "tests/unit/store/test_stores_agree.py": "SQLite is one of the two stores",
    "tests/unit/test_cli.py": "the command line is native",
}
NATIVE_CASES = {
    "tests/unit/store/test_writer.py::test_a_moved_head_is_caught_up_with": "two stores on one SQLite file",
    "tests/unit/store/test_writer.py::test_a_request_committed_by_another_process": "two stores on one SQLite file",
    "tests/unit/store/test_writer.py::test_a_writer_that_keeps_losing": "two stores on one SQLite file",
    "tests/contract/test_record_store.py::test_contract[sqlite": "SQLite works in a thread, and a page has none",
}


def test_the_unit_tests_pass_inside_pyodide_on_node() -> None:
    arguments = [
        "/repo/tests/unit",
        "/repo/tests/contract",
        *(f"--ignore=/repo/{path}" for path in NATIVE_ONLY),
        *(f"--deselect={case}" for case in NATIVE_CASES),
    ]
    request = {"wheels": [str(wheel) for wheel in wheels(BULK)], "arguments": arguments}
    command = ["node", str(ROOT / "tests/pyodide/bulk.mjs"), str(ROOT), json.dumps(request)]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert finished.returncode == 0, finished.stderr[-3000:]
    print(finished.stdout[-30000:])
    outcome = json.loads(finished.stdout.strip().splitlines()[-1])
    assert not outcome["failures"], "\n\n".join(f"{test}\n{text}" for test, text in outcome["failures"][:5])
    assert outcome["exit"] == 0
    assert outcome["passed"] >= 1000, outcome
