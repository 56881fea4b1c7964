"""Pyodide as pytest-pyodide wants it: npm's files, with a lock that lists our wheel and pytest's beside them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from pytest_pyodide import get_global_config

from .wheels import PYODIDE, PYTEST, ROOT, wheels

RUNTIMES = ["chrome", "firefox"]
CHROMIUM_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
DIST = ROOT / "out/cache/pyodide-dist"
LOAD = """
let pyodide = await loadPyodide({ fullStdLib: false, jsglobals: self, packageBaseUrl: location.origin + "/" });
"""


def pytest_configure(config: pytest.Config) -> None:
    # What `--runtime`, `--runner` and `--dist-dir` would say: as options, in case pytest-pyodide has yet to read them,
    # and where it keeps them, in case it has.
    config.option.runtime = ",".join(RUNTIMES)
    config.option.runner = "playwright"
    config.option.dist_dir = DIST
    pytest.pyodide_run_host_test = True  # otherwise every test of the session that needs no browser is skipped
    pytest.pyodide_runtimes = set(RUNTIMES)
    pytest.pyodide_dist_dir = DIST
    for runtime in RUNTIMES:
        get_global_config().set_load_pyodide_script(runtime, LOAD)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.pyodide)


@pytest.fixture(scope="session", autouse=True)
def pyodide_dist(wheel: Path) -> Path:
    """A directory with all that a page needs to load Pyodide, pytest and the wheel."""
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir(parents=True)
    for file in PYODIDE.iterdir():
        if file.suffix in (".mjs", ".wasm", ".zip"):
            os.link(file, DIST / file.name)
    lock = json.loads((PYODIDE / "pyodide-lock.json").read_text())
    ours = [*wheels(PYTEST), wheel]
    packages = {entry["name"]: entry for entry in map(locked, ours)}
    for entry in packages.values():
        entry["depends"] = [name for name in entry["depends"] if name in packages]
    lock["packages"] |= packages
    for file in ours:
        shutil.copyfile(file, DIST / file.name)
    (DIST / "pyodide-lock.json").write_text(json.dumps(lock))
    return DIST


def locked(wheel: Path) -> dict[str, object]:
    """A wheel's entry in pyodide-lock.json."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(next(name for name in names if name.endswith(".dist-info/METADATA"))).decode()
    fields = re.findall(r"^(Name|Version|Requires-Dist): ([^;\n]+)(;.*extra.*)?", metadata, re.MULTILINE)
    depends = [re.split(r"[\s<>=!~(\[]", value)[0] for key, value, extra in fields if key == "Requires-Dist" and not extra]
    first = {name.split("/")[0].removesuffix(".py") for name in names if ".dist-info/" not in name}
    return {
        "name": canonical(next(value for key, value, _ in fields if key == "Name")),
        "version": next(value for key, value, _ in fields if key == "Version").strip(),
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(first),
        "depends": [canonical(name) for name in depends],
        "unvendored_tests": False,
    }


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


@pytest.fixture(scope="module")
def playwright_browsers() -> Iterator[dict[str, object]]:
    """Debian's browsers, in the place of those that Playwright would download."""
    with sync_playwright() as driver:
        launched = {
            "chrome": driver.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_ARGS),
            "firefox": driver.firefox.launch(channel="moz-firefox", executable_path=shutil.which("firefox-esr")),
        }
        yield launched
        for browser in launched.values():
            browser.close()
