"""The npm package, packed and installed: in a project that Vite builds, and in a page without a bundler."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import ROOT
from .recipes import recipe
from .site_server import Site

VITE = ROOT / "tests/npm/node_modules/.bin"
FOUND = "memory.findSimilar('Build API endpoint').then((hits) => hits.map(({ pattern }) => pattern.strategy))"
STORE = "memory.storePattern({ task_description: 'Implement REST API', strategy: 'TDD' })"


@pytest.fixture(scope="module")
def packed() -> Path:
    found = sorted((ROOT / "dist/npm").glob("pramana-*.tgz"))
    if not found:
        pytest.fail("dist/npm/ is missing: run ./build.sh npm", pytrace=False)
    return found[-1]


@pytest.fixture(scope="module")
def installed(packed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has the package and nothing else."""
    project = tmp_path_factory.mktemp("project")
    (project / "package.json").write_text(recipe("package.json"), encoding="utf-8")
    npm(project, "install", "--offline", "--no-save", "--no-audit", "--no-fund", str(packed))
    return project


@pytest.fixture(scope="module")
def built(installed: Path) -> Path:
    """What Vite makes of the project."""
    if not (VITE / "vite").exists():
        pytest.fail("tests/npm/node_modules is missing: run npm ci --prefix tests/npm", pytrace=False)
    (installed / "main.js").write_text(recipe("main.js"), encoding="utf-8")
    (installed / "index.html").write_text(recipe("vite.html"), encoding="utf-8")
    said = npm(installed, "run", "build")
    assert "warn" not in said.lower(), said
    return installed / "dist"


def npm(project: Path, *arguments: str) -> str:
    environment = {**os.environ, "PATH": f"{VITE}{os.pathsep}{os.environ['PATH']}"}
    command = ["npm", "--loglevel=error", *arguments]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


async def test_the_package_is_complete_and_runs_nothing_when_installed(packed: Path, dist_web: Path) -> None:
    with tarfile.open(packed) as archive:
        files = {
            name.removeprefix("package/"): member.read()
            for name in archive.getnames()
            if (member := archive.extractfile(name)) is not None
        }
    manifest = json.loads(files["package.json"])
    precache = json.loads(files["dist/pramana-precache.json"])
    assert manifest["version"] == precache["version"]
    assert "scripts" not in manifest
    assert "dependencies" not in manifest
    assert {"README.md", "LICENSE-MIT", "LICENSE-APACHE", "NOTICE"} <= set(files)
    for target in (manifest["types"], *manifest["exports"]["."].values()):
        assert target.removeprefix("./") in files
    # The library as the site has it, and no explorer; all that a page needs offline is there.
    listed = {f"dist/{name}" for name in precache["files"]}
    assert listed <= set(files)
    assert "dist/pramana.js" in listed
    assert not [name for name in files if name.endswith((".html", ".css"))]
    for name, data in files.items():
        if name.startswith("dist/") and name != "dist/pramana-precache.json":
            at = dist_web / name.removeprefix("dist/")
            assert at.read_bytes() == data, f"{name} is stale: ./build.sh npm"
    versioned = {
        path.relative_to(dist_web).as_posix() for path in (dist_web / "v").rglob("*") if path.is_file()
    }
    assert {f"dist/{name}" for name in versioned} <= set(files)


@pytest.fixture
def serving(request: pytest.FixtureRequest) -> Iterator[Site]:
    running = Site({"/": request.getfixturevalue(request.param)})
    running.start()
    yield running
    running.stop()


async def visits(context, url: str) -> list[list[str]]:
    """What is found before and after a reload."""
    page = await context.new_page()
    try:
        await page.goto(url)
        await page.wait_for_function("window.memory")
        await page.evaluate(STORE)
        before = await page.evaluate(FOUND)
        await page.reload()
        await page.wait_for_function("window.memory")
        return [before, await page.evaluate(FOUND)]
    finally:
        await page.close()


@pytest.mark.parametrize("context", ["chromium"], indirect=True)
@pytest.mark.parametrize("serving", ["built"], indirect=True)
async def test_a_project_that_vite_builds_stores_reloads_and_finds(context, serving, built):
    # The bundler has taken in the script, and left the rest where it was copied.
    (bundle,) = (built / "assets").glob("*.js")
    assert "pramana" in bundle.read_text(encoding="utf-8")
    assert await visits(context, f"{serving.url}/") == [["TDD"], ["TDD"]]
    assert "/pramana/pramana.js" not in serving.requested
    assert any(path.endswith("/worker.js") for path in serving.requested)


@pytest.mark.parametrize("context", ["chromium"], indirect=True)
@pytest.mark.parametrize("serving", ["installed"], indirect=True)
async def test_a_page_without_a_bundler_stores_reloads_and_finds(context, serving, installed, tmp_path):
    shutil.copytree(installed / "node_modules/pramana/dist", tmp_path / "pramana")
    (tmp_path / "plain.html").write_text(recipe("plain.html"), encoding="utf-8")
    serving.roots = {"/vendor/": tmp_path, "/": tmp_path}
    assert await visits(context, f"{serving.url}/plain.html") == [["TDD"], ["TDD"]]
