"""Fixtures and settings that every suite shares. Loaded inside Pyodide as well, so it imports only what is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# No deadline: the same tests run on busy two-core machines and inside Pyodide, where one example may take a second.
settings.register_profile("pramana", deadline=None, print_blob=True)
settings.load_profile("pramana")

# Before any module imports it, whatever is collected first.
pytest.register_assert_rewrite("tests.contract.record_store")


def _built(path: Path, command: str) -> Path:
    if not path.exists():
        pytest.fail(f"{path.relative_to(ROOT)} is missing: run ./build.sh {command}", pytrace=False)
    return path


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def kernels_dir() -> Path:
    """Where the built kernels and their manifest lie."""
    return _built(ROOT / "pylib/pramana/data/kernels/manifest.json", "kernels").parent


@pytest.fixture(scope="session")
def dist_web() -> Path:
    """The built static site."""
    return _built(ROOT / "dist/web/pramana-precache.json", "web").parent


@pytest.fixture(scope="session")
def wheel() -> Path:
    """The newest built wheel."""
    wheels = sorted((ROOT / "dist").glob("pramana-*.whl"), key=lambda path: path.stat().st_mtime)
    return wheels[-1] if wheels else _built(ROOT / "dist/pramana.whl", "wheel")
