"""What is built is complete, agrees with its own lists, and holds nothing of the machine it was built on."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

pytestmark = pytest.mark.built

UNCHECKED_HASH = 0b01  # PEP 552: the source's hash is in the file, and nothing compares it


@pytest.fixture(scope="module")
def precache(dist_web: Path) -> dict[str, object]:
    return json.loads((dist_web / "pramana-precache.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def assets_dir(dist_web: Path, precache: dict[str, object]) -> Path:
    return dist_web / "v" / str(precache["release"])


def files_below(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def test_there_is_one_release_and_the_precache_names_it(dist_web: Path, assets_dir: Path) -> None:
    assert list((dist_web / "v").iterdir()) == [assets_dir]
    assert re.fullmatch("[0-9a-f]{16}", assets_dir.name)


def test_assets_json_lists_every_file_with_its_hash_and_size(assets_dir: Path) -> None:
    listed = json.loads((assets_dir / "assets.json").read_text(encoding="utf-8"))["files"]
    there = files_below(assets_dir)
    del there["assets.json"]
    assert listed == {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}
        for name, data in there.items()
    }


def test_the_precache_lists_what_a_page_needs_offline(dist_web: Path, precache: dict[str, object]) -> None:
    # WordNet, where it was made, is fetched by who asks for it.
    there = {name for name in files_below(dist_web) if not name.startswith("packs/wordnet.")}
    listed = precache["files"]
    assert isinstance(listed, list)
    assert len(listed) == len(set(listed))
    assert there - set(listed) == {"pramana-precache.json", "pramana-sw.js", "pramana.d.ts", "NOTICE.txt"}
    assert set(listed) <= there
    assert {"index.html", "pramana.js", "pramana.global.js"} <= set(listed)


@pytest.mark.parametrize("name", ["python_stdlib.zip", "pramana.zip"])
def test_python_is_compiled_with_unchecked_hashes_and_without_sources(assets_dir: Path, name: str) -> None:
    with zipfile.ZipFile(assets_dir / name) as archive:
        names = archive.namelist()
        compiled = [archive.read(inside) for inside in names if inside.endswith(".pyc")]
    assert not [inside for inside in names if inside.endswith(".py")]
    assert len(compiled) > 20
    assert {int.from_bytes(data[4:8], "little") for data in compiled} == {UNCHECKED_HASH}
    assert len({data[:4] for data in compiled}) == 1


def test_the_package_in_the_page_is_the_package(assets_dir: Path, root: Path) -> None:
    package = root / "pylib/pramana"
    inside = {path.relative_to(package).as_posix() for path in package.rglob("*.py")}
    # A page has no command line.
    sources = {f"pramana/{path}c" for path in inside if not path.startswith(("cli/", "__main__"))}
    with zipfile.ZipFile(assets_dir / "pramana.zip") as archive:
        assert set(archive.namelist()) == sources | {"pramana/protocol.json"}


def test_the_wheel_is_complete_and_needs_only_wasmtime(wheel: Path, root: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (metadata,) = [name for name in names if name.endswith(".dist-info/METADATA")]
        message = message_from_bytes(archive.read(metadata))
        packed = {name: archive.read(name) for name in names if name.startswith("pramana/")}
    needed = [line for line in message.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert [re.split(r"[^a-z]", line)[0] for line in needed] == ["wasmtime"]
    assert 'sys_platform != "emscripten"' in needed[0].replace("'", '"')
    package = root / "pylib/pramana"
    there = {
        f"pramana/{name}": data for name, data in files_below(package).items() if "__pycache__" not in name
    }
    assert set(packed) == set(there)
    assert [name for name in sorted(packed) if packed[name] != there[name]] == [], "stale: ./build.sh wheel"
    assert {"host.js", "embedder.json"} <= {Path(name).name for name in packed}
    assert len([name for name in packed if name.endswith(".wasm")]) == 6
    assert len([name for name in packed if name.endswith(".sve")]) == 1


def test_site_and_wheel_hold_the_same_kernels_and_embedder(assets_dir: Path, wheel: Path) -> None:
    site = files_below(assets_dir)
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith("pramana/data/") and not name.endswith("host.js"):
                assert site[name.removeprefix("pramana/data/")] == archive.read(name)


def test_nothing_built_names_the_directory_it_was_built_in(dist_web: Path, wheel: Path, root: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    # Pyodide's own files name the machines that Pyodide was built on.
    site = files_below(dist_web).items()
    contents |= {name: data for name, data in site if not Path(name).name.startswith("pyodide")}
    for directory in (root, Path.home()):
        assert not [name for name, data in contents.items() if str(directory).encode() + b"/" in data]
