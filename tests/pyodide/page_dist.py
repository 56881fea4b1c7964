"""A directory that a page loads Pyodide from: npm's files, local wheels, and a lock that lists them."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Sequence
from email import message_from_bytes
from pathlib import Path
from typing import Any

from .wheels import PYODIDE

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)([^;]*)(?:;(.*))?")


def make_dist(directory: Path, *, listed: Sequence[Path], beside: Sequence[Path]) -> Path:
    """Fill `directory`; the `listed` wheels are in its lock, so `loadPackage` knows them, the others are not."""
    for file in PYODIDE.iterdir():
        if file.suffix in (".mjs", ".wasm", ".zip"):
            shutil.copyfile(file, directory / file.name)
    for file in [*listed, *beside]:
        shutil.copyfile(file, directory / file.name)
    lock = json.loads((PYODIDE / "pyodide-lock.json").read_text("utf-8"))
    entries = {entry["name"]: entry for entry in map(lock_entry, listed)}
    for entry in entries.values():
        # What only another system needs is not here, nor is it needed.
        entry["depends"] = [name for name in entry["depends"] if name in entries]
    lock["packages"] |= entries
    (directory / "pyodide-lock.json").write_text(json.dumps(lock), "utf-8")
    return directory


def lock_entry(wheel: Path) -> dict[str, Any]:
    """A wheel as pyodide-lock.json describes it, with all that it may depend on."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(next(name for name in names if name.endswith(".dist-info/METADATA")))
    fields = message_from_bytes(metadata)
    requirements = [_REQUIREMENT.fullmatch(text) for text in fields.get_all("Requires-Dist", [])]
    return {
        "name": canonical(fields["Name"]),
        "version": fields["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(
            {name.split("/")[0].removesuffix(".py") for name in names if ".dist-info/" not in name}
        ),
        "depends": [
            canonical(found[1]) for found in requirements if found and "extra" not in (found[3] or "")
        ],
        "unvendored_tests": False,
    }


def canonical(name: str) -> str:
    """A project's name as package indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
