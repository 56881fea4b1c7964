"""Pyodide: kernels run by the JavaScript engine; files from the host page's map, else from the installed wheel.

Pramana's own worker fetches and verifies kernels and embedder once, beside a package without data, and registers them
as a JavaScript module under the name in `HOST_ASSETS`: `has(name) -> boolean`, `get(name) -> ArrayBuffer`. In a page's
own Pyodide there is no such module, and the wheel carries the files.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from pramana.platform import browser_module
from pramana.platform.base import SIMD_PROBE, HttpResponse, check_asset_name
from pramana.platform.package_data import read_package_data
from pramana.ports import WasmModule

__all__ = ["HOST_ASSETS", "BrowserPlatform"]

HOST_ASSETS = "pramana_host_assets"


class BrowserPlatform:
    """The platform of a page or worker (or of Node) that runs Pyodide."""

    name = "browser"

    def simd(self) -> bool:
        return browser_module.validates(SIMD_PROBE)

    async def asset(self, name: str) -> bytes:
        check_asset_name(name)
        host = _host_assets()
        if host is not None and host.has(name):
            data: bytes = host.get(name).to_bytes()
            return data
        return read_package_data(name)

    async def instantiate(self, name: str, build: str, wasm: bytes) -> WasmModule:
        return await browser_module.instantiate(name, build, wasm)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float) -> HttpResponse:
        from pramana.platform.fetch_post import post

        return await post(url, headers, body, timeout_s)

    def describe(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "python": platform.python_version(),
            "pyodide": getattr(sys.modules.get("pyodide"), "__version__", None),
        }


def _host_assets() -> Any:
    try:
        return import_module(HOST_ASSETS)
    except ModuleNotFoundError:
        return None
