"""Everything shipped has a size budget, and exceeding one fails."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest


def sizes(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["node", str(root / "web/sizes.mjs"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def small_site(tmp_path: Path) -> Path:
    for name, size in {"dist/web/a.js": 1000, "dist/web/v/1/b.js": 10, "pylib/pramana/data/c.js": 1}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
    return tmp_path


@pytest.mark.built
@pytest.mark.usefixtures("dist_web", "wheel")
def test_what_is_built_is_within_its_budgets(root: Path) -> None:
    finished = sizes(root)
    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.built
def test_every_file_of_the_site_has_a_budget(root: Path, dist_web: Path) -> None:
    exempt = {"pramana.d.ts", "NOTICE.txt", "pramana-precache.json", "assets.json", "manifest.json"}
    budgets = json.loads((root / "web/size-budgets.json").read_text(encoding="utf-8"))
    patterns = [pattern for budget in budgets for pattern in budget["files"]]
    for path in dist_web.rglob("*"):
        if path.is_file() and path.name not in exempt:
            name = path.relative_to(root)
            assert any(len(Path(p).parts) == len(name.parts) and name.match(p) for p in patterns), name


@pytest.mark.parametrize(
    ("budget", "failing"),
    [
        ({"files": ["dist/web/*.js"], "bytes": 1000}, False),
        ({"files": ["dist/web/*.js"], "bytes": 999}, True),
        ({"files": ["dist/web/*.js"], "brotli_bytes": 5}, True),
        ({"files": ["dist/web/v/*/b.js", "pylib/pramana/data/c.js"], "bytes": 11}, False),
        ({"files": ["dist/web/v/*/b.js", "pylib/pramana/data/c.js"], "bytes": 10}, True),
        ({"files": ["dist/web/*.js"], "except": ["dist/web/a*"], "bytes": 5000}, True),
    ],
)
def test_a_budget_exceeded_or_without_a_file_fails(
    root: Path, small_site: Path, budget: dict[str, object], failing: bool
) -> None:
    budgets = small_site / "budgets.json"
    budgets.write_text(json.dumps([{"name": "one", **budget}]))
    finished = sizes(root, "--root", str(small_site), "--budgets", str(budgets))
    assert finished.returncode == int(failing), finished.stderr
    assert ("over budget or missing: one" in finished.stderr) is failing
