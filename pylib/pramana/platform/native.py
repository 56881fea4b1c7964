"""CPython: kernels run by wasmtime, files from the installed package, HTTP by urllib."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pramana.errors import KernelUnavailableError
from pramana.platform.base import SIMD_PROBE, HttpResponse
from pramana.platform.module_cache import ModuleCache, default_cache_dir
from pramana.platform.package_data import read_package_data
from pramana.ports import WasmModule

if TYPE_CHECKING:
    from pathlib import Path

    from pramana.platform.wasmtime_module import WasmtimeHost

__all__ = ["NativePlatform"]


class NativePlatform:
    """The platform of a CPython process.

    Args:
        cache_dir: where compiled kernels are kept; by default the user's cache directory.
    """

    name = "native"

    def __init__(self, cache_dir: Path | None = None) -> None:
        self._cache_dir = cache_dir or default_cache_dir()

    @cached_property
    def _host(self) -> WasmtimeHost:
        try:
            from pramana.platform.wasmtime_module import WasmtimeHost
        except (ImportError, OSError) as error:  # not installed, or no library for this machine
            raise KernelUnavailableError(f"wasmtime cannot be loaded: {error}") from error
        return WasmtimeHost(ModuleCache(self._cache_dir))

    def simd(self) -> bool:
        try:
            return self._host.validates(SIMD_PROBE)
        except KernelUnavailableError:
            return False  # `instantiate` says why

    async def asset(self, name: str) -> bytes:
        return read_package_data(name)

    async def instantiate(self, name: str, build: str, wasm: bytes) -> WasmModule:
        return self._host.instantiate(name, build, wasm)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float) -> HttpResponse:
        from pramana.platform.urllib_post import post

        return await post(url, headers, body, timeout_s)

    def describe(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            "module_cache": str(self._cache_dir) if self._cache_dir else None,
        }
