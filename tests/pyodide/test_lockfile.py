"""The wheel as pyodide-build's lock-file tool sees it; docs/decisions/0005 tells of the other tools."""

from __future__ import annotations

from pathlib import Path

import pytest

from .page_dist import lock_entry
from .wheels import PAGE, PYODIDE, wheels

pyodide_lock = pytest.importorskip(
    "pyodide_lock", reason="the release of pyodide-lock that reads this Pyodide's lock needs Python 3.12"
)


@pytest.fixture(scope="module")
def lock():
    return pyodide_lock.PyodideLockSpec.from_json(PYODIDE / "pyodide-lock.json")


def test_the_wheel_fits_this_pyodide_and_needs_nothing_else(lock, wheel: Path):
    extended = pyodide_lock.utils.add_wheels_to_spec(lock, [wheel])
    entry = extended.packages["pramana"]
    assert entry.depends == []
    assert entry.imports == ["pramana"]
    assert entry.file_name == wheel.name


def test_a_wheel_for_another_python_does_not_fit(lock, wheel: Path, tmp_path: Path):
    other = tmp_path / wheel.name.replace("py3-none-any", "cp311-cp311-manylinux_2_28_x86_64")
    other.write_bytes(wheel.read_bytes())
    with pytest.raises(RuntimeError, match="tags"):
        pyodide_lock.utils.add_wheels_to_spec(lock, [other])


def test_our_own_lock_entries_are_those_of_the_tool(lock):
    listed = wheels(PAGE)
    extended = pyodide_lock.utils.add_wheels_to_spec(lock, listed)
    entries = {entry["name"]: entry for entry in map(lock_entry, listed)}
    for name, entry in entries.items():
        found = extended.packages[name]
        assert (found.version, found.file_name, found.sha256) == (
            entry["version"],
            entry["file_name"],
            entry["sha256"],
        )
        assert set(found.depends) == set(entry["depends"]) & entries.keys()
