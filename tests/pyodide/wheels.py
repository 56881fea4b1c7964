"""Fetch the wheels that tests load into Pyodide. `python tests/pyodide/wheels.py` prints their folder."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WANTED = Path(__file__).with_name("wheels.txt")


def wheels() -> Path:
    """The folder with every wheel of wheels.txt and what they need, downloaded when the list has changed."""
    digest = hashlib.sha256(WANTED.read_bytes()).hexdigest()[:12]
    folder = ROOT / "out" / "pyodide-wheels" / digest
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        # pip takes the host's Python for granted unless told; 3.11 would get an older micropip
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(folder)]
        command += ["--python-version", "3.14", "--only-binary=:all:", "--requirement", str(WANTED)]
        subprocess.run(command, check=True)
        (folder / "complete").touch()
    return folder


if __name__ == "__main__":
    print(wheels())
