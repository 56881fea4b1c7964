"""Wheels for Pyodide's Python, fetched once from the package index and then taken from the disk."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYODIDE = ROOT / "web/node_modules/pyodide"

MICROPIP = ("micropip==0.11.1",)
PAGE = ("pytest==8.4.2", "tblib==3.2.2", *MICROPIP)
BULK = ("pytest==8.4.2", "hypothesis==6.155.7", "snowballstemmer==3.1.1", "rdflib==7.6.0")


def wheels(requirements: Sequence[str]) -> list[Path]:
    """The pure-Python wheels of `requirements` and of what they need."""
    key = hashlib.sha256(" ".join(sorted(requirements)).encode()).hexdigest()[:12]
    directory = ROOT / "out/cache/wheels" / key
    if not directory.exists():
        # The whole of it or nothing: a download that was interrupted is begun again.
        part = directory.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        # Without the version, a pip on an older Python picks releases for that one.
        target = ["--python-version", "3.14", "--only-binary=:all:", "--dest", str(part)]
        command = [sys.executable, "-m", "pip", "download", "--quiet", *target, *requirements]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"cannot fetch {', '.join(requirements)}:\n{done.stderr[-2000:]}"
        part.rename(directory)
    return sorted(directory.glob("*.whl"))


def numpy_wheel() -> Path | None:
    """NumPy for Pyodide, if somebody put its wheel here: it is on Pyodide's own CDN, not in the package index."""
    name = "numpy-*-cp314-cp314-pyemscripten_2026_0_wasm32.whl"
    found = [wheel for place in (PYODIDE, ROOT / "out/pyodide-wheels") for wheel in place.glob(name)]
    return found[0] if found else None
