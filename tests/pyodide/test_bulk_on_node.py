"""The unit tests and the stores' contract once more, by the interpreter that a page has: Pyodide, here on Node."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

from .wheels import BULK, ROOT, numpy_wheel, wheels

NATIVE_ONLY = {
    "tests/unit/graph/packs/test_pack_files.py": "SQLite works in a thread, and a page has none",
    "tests/unit/graph/test_graph_processes.py": "a page has no processes",
    "tests/unit/kernels/test_wasmtime_module.py": "wasmtime is not in a page",
    "tests/unit/reason/test_ordinary_questions.py": "it takes a minute there, and knows nothing of the platform",
    "tests/unit/store/test_sqlite_processes.py": "a page has no processes",
    "tests/unit/store/test_sqlite_store.py": "SQLite works in a thread, and a page has none",
    "tests/unit/store/test_stores_agree.py": "one of the two stores is SQLite's",
    "tests/unit/test_cli.py": "the command line is native",
    "tests/unit/test_cli_packs.py": "the command line is native",
}
NATIVE_CASES = {  # by the beginning of their names
    "tests/unit/test_proofs.py::test_a_proof_of_ten_thousand_steps": "freeing objects nested so deep ends the stack",
    "tests/contract/test_record_store.py::test_contract[sqlite": "SQLite works in a thread",
    "tests/unit/store/test_writer.py::test_a_moved_head_is_caught_up_with": "two stores on one SQLite file",
    "tests/unit/store/test_writer.py::test_a_request_committed_by_another_process": "the same",
    "tests/unit/store/test_writer.py::test_a_writer_that_keeps_losing": "the same",
}


def run_on_node(*arguments: str) -> dict[str, Any]:
    """Run pytest inside Pyodide; return what `bulk.run` returns."""
    node = shutil.which("node")
    assert node, "Node is not installed"
    numpy = numpy_wheel()
    installed = [*wheels(BULK), *([numpy] if numpy else [])]
    request = {"wheels": [str(wheel) for wheel in installed], "arguments": arguments}
    command = [node, str(ROOT / "tests/pyodide/bulk.mjs"), str(ROOT), json.dumps(request)]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    print(finished.stdout[-30_000:])
    assert finished.returncode == 0, finished.stderr[-3000:]
    return json.loads(finished.stdout.strip().splitlines()[-1])


def test_what_the_unit_tests_and_the_contract_say_inside_pyodide():
    left_out = [f"--ignore=/repo/{path}" for path in NATIVE_ONLY] + [
        f"--deselect={case}" for case in NATIVE_CASES
    ]
    outcome = run_on_node("/repo/tests/unit", "/repo/tests/contract", *left_out)
    assert not outcome["failures"], "\n\n".join(f"{test}\n{text}" for test, text in outcome["failures"][:5])
    assert outcome["exit"] == 0
    assert outcome["passed"] >= 1000
    if numpy_wheel():
        assert not [reason for reason in outcome["skips"] if "numpy" in reason]


def test_what_fails_there_is_reported():
    outcome = run_on_node("--noconftest", "/repo/tests/pyodide/broken_on_purpose.py")
    assert outcome["exit"] == 1
    assert (outcome["passed"], outcome["skipped"], outcome["failed"]) == (1, 1, 7)
    assert [test.rpartition("::")[2] for test, _ in outcome["failures"]] == [
        "test_plain",
        "test_coroutine",
        "test_property",
        "test_coroutine_property",
        "test_warning",
        "test_missing_fixture",
        "test_wait_without_end",
    ]
    texts = dict(outcome["failures"])
    assert all("number=1000" in text for test, text in texts.items() if test.endswith("property"))
    assert outcome["skips"] == {"on purpose": 1}
