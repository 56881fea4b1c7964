"""Other releases of the site than the built one, by the real build from a changed copy of the sources."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.conftest import ROOT


def build_release(place: Path, changes: Mapping[str, tuple[str, str]]) -> Path:
    """Build the site with texts changed in files of web/, and return its directory.

    Python, kernels and the compiled zips are those that are there, so that it takes a second.

    Args:
        place: a directory that is not there yet.
        changes: by file relative to web/, a text that is in it and what stands there instead.
    """
    web = place / "web"
    shutil.copytree(ROOT / "web", web, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    (web / "node_modules").symlink_to(ROOT / "web/node_modules")
    for name in ("pylib", "pyproject.toml", "NOTICE", "out"):
        (place / name).symlink_to(ROOT / name)
    for file, (old, new) in changes.items():
        text = (web / file).read_text(encoding="utf-8")
        assert old in text, f"{file} has no {old!r}"
        (web / file).write_text(text.replace(old, new), encoding="utf-8")
    command = ["node", str(web / "build.mjs"), "site"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return place / "dist/web"


def release_of(dist: Path) -> str:
    """The content hash of a built site."""
    return json.loads((dist / "pramana-precache.json").read_text(encoding="utf-8"))["release"]
