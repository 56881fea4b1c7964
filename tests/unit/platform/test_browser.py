"""The browser's platform, inside Pyodide: cached views, the host page's assets, the JavaScript engine's refusals."""

from __future__ import annotations

import json
import sys
from array import array
from types import SimpleNamespace

import pytest

if sys.platform != "emscripten":
    pytest.skip("of Pyodide", allow_module_level=True)

import js
from pyodide.ffi import to_js

from pramana import platform
from pramana.errors import BootError
from pramana.platform import browser_module
from pramana.platform.browser import HOST_ASSETS, BrowserPlatform
from tests.unit.platform.probe import PAGE, WASM, new_probe


def test_pyodide_is_the_browser_and_chosen_once():
    assert platform.current() is platform.current()
    assert platform.current().name == "browser"
    json.dumps(platform.current().describe())


def test_a_module_validates_or_not():
    assert browser_module.validates(WASM)
    assert not browser_module.validates(WASM[:-1])
    assert isinstance(platform.current().simd(), bool)


def test_views_are_kept_by_place_and_size(monkeypatch):
    module, made = new_probe(), []
    uint8array = SimpleNamespace(new=lambda *where: made.append(where[1:]) or js.Uint8Array.new(*where))
    monkeypatch.setattr(browser_module, "js", SimpleNamespace(Uint8Array=uint8array))
    for at in range(100):
        module.write(16, array("f", [at, at]))
        assert array("f", module.read(16, 8))[0] == at
    assert made == [(16, 8)]
    module.read(16, 4)
    assert made == [(16, 8), (16, 4)]


def test_old_views_make_room_for_new_ones():
    module = new_probe()
    for at in range(1000):
        module.write(at * 8, bytes([at % 256]) * 8)
    assert len(module._views) <= 64
    assert module.read(0, 8) == bytes(8)
    assert module.read(999 * 8, 8) == bytes([999 % 256]) * 8


def test_detached_views_are_made_again():
    module = new_probe()
    module.write(8, b"12345678")
    assert module.read(8, 8) == b"12345678"
    for pages in (1, 1, 5):
        assert module.bind("grow")(pages) > 0
        module.write(16, b"abcdefgh")
        assert module.bind("grow")(pages) > 0
        assert module.read(8, 16) == b"12345678abcdefgh"
        assert module.read(8, 8) == b"12345678"
        module.write(8, b"12345678")
    module.write(10 * PAGE, b"far")
    assert module.read(10 * PAGE, 3) == b"far"


def test_what_was_read_does_not_follow_the_memory():
    module = new_probe()
    module.write(0, b"before")
    data = module.read(0, 6)
    module.write(0, b"after!")
    assert data == b"before"


async def test_assets_come_from_the_host_page_first(monkeypatch):
    given = {"kernels/x.wasm": b"\0asm", "embedder.json": b"{}"}
    host = SimpleNamespace(
        has=lambda name: name in given, get=lambda name: to_js(given[name]).buffer if name in given else None
    )
    monkeypatch.setitem(sys.modules, HOST_ASSETS, host)
    browser = BrowserPlatform()
    assert await browser.asset("kernels/x.wasm") == b"\0asm"
    assert await browser.asset("embedder.json") == b"{}"
    with pytest.raises(BootError):
        await browser.asset("absent")
    with pytest.raises(ValueError, match="data file"):
        await browser.asset("../errors.py")


async def test_assets_come_from_the_package_without_a_host_page():
    assert HOST_ASSETS not in sys.modules
    about = json.loads(await BrowserPlatform().asset("embedder.json"))
    assert len(await BrowserPlatform().asset(about["file"])) == about["size_bytes"]
