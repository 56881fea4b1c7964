"""The native platform: which one is chosen, its files, where its cache lies."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from pramana import platform
from pramana.errors import BootError, KernelUnavailableError
from pramana.platform.base import SIMD_PROBE, check_asset_name
from pramana.platform.module_cache import ModuleCache, default_cache_dir
from pramana.platform.native import NativePlatform
from tests.unit.kernels.builds import wasm_bytes

pytestmark = pytest.mark.skipif(sys.platform == "emscripten", reason="of CPython")


def test_cpython_is_native_and_chosen_once():
    assert platform.current() is platform.current()
    assert platform.current().name == "native"
    about = platform.current().describe()
    assert about["name"] == "native"
    json.dumps(about)


async def test_runs_a_kernel(tmp_path):
    native = NativePlatform(tmp_path)
    assert native.simd()
    module = await native.instantiate("vector", "simd", wasm_bytes("vector", "simd"))
    assert module.bind("capabilities")() == 1
    assert len(list(tmp_path.iterdir())) == 1


async def test_assets_are_the_package_data():
    native = NativePlatform()
    about = json.loads(await native.asset("embedder.json"))
    assert len(await native.asset(about["file"])) == about["size_bytes"]
    assert await native.asset("kernels/text.simd.wasm") == wasm_bytes("text", "simd")


@pytest.mark.parametrize("name", ["absent", "kernels/absent.wasm", "kernels"])
async def test_a_missing_asset_says_what_to_do(name):
    with pytest.raises(BootError, match="reinstall") as caught:
        await NativePlatform().asset(name)
    assert caught.value.details["file"] == name


@pytest.mark.parametrize(
    "name", ["", "../errors.py", "kernels/../../errors.py", "/etc/passwd", "a//b", "a\\b", "./a", "C:a"]
)
async def test_no_asset_leads_out_of_the_data(name):
    with pytest.raises(ValueError, match="data file"):
        check_asset_name(name)
    with pytest.raises(ValueError, match="data file"):
        await NativePlatform().asset(name)


async def test_without_wasmtime_kernels_are_unavailable(monkeypatch):
    monkeypatch.setitem(sys.modules, "pramana.platform.wasmtime_module", None)
    native = NativePlatform()
    assert native.simd() is False
    with pytest.raises(KernelUnavailableError, match="wasmtime"):
        await native.instantiate("vector", "simd", b"")


def test_the_simd_probe_is_a_simd_module():
    wasmtime = pytest.importorskip("wasmtime")
    config = wasmtime.Config()
    config.wasm_relaxed_simd = False
    config.wasm_simd = False
    with pytest.raises(wasmtime.WasmtimeError, match=r"(?i)simd"):
        wasmtime.Module.validate(wasmtime.Engine(config), SIMD_PROBE)
    wasmtime.Module.validate(wasmtime.Engine(), SIMD_PROBE)


def test_where_the_cache_lies(monkeypatch, tmp_path):
    if sys.platform == "win32":
        pytest.skip("XDG is POSIX")
    monkeypatch.setenv("PRAMANA_CACHE", str(tmp_path / "own"))
    assert default_cache_dir() == tmp_path / "own"
    monkeypatch.setenv("PRAMANA_CACHE", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert default_cache_dir() == tmp_path / "xdg" / "pramana"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_cache_dir() == tmp_path / ".cache" / "pramana"

    def homeless():
        raise RuntimeError

    monkeypatch.setattr(Path, "home", homeless)
    assert default_cache_dir() is None


def test_a_cache_returns_what_was_written(tmp_path):
    cache = ModuleCache(tmp_path / "deep" / "er")
    assert cache.read("key") is None
    assert cache.write("key", b"content")
    assert cache.read("key") == b"content"
    assert cache.write("key", b"")
    assert cache.read("key") == b""
    assert not ModuleCache(None).write("key", b"content")
    assert ModuleCache(None).read("key") is None
