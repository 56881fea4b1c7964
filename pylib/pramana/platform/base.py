"""What a platform offers: the package's files, something that runs WebAssembly, and HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pramana.ports import WasmModule

__all__ = ["SIMD_PROBE", "HttpResponse", "Platform", "check_asset_name"]

SIMD_PROBE = bytes.fromhex("0061736d010000000105016000017b030201000a080106004100fd0f0b")
"""A module that validates only with 128-bit SIMD: (func (result v128) i32.const 0 i8x16.splat)."""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What a server answered; the names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Platform(Protocol):
    """Where Pramana runs. One object per process, from `platform.current()`."""

    name: str
    """"native" or "browser"."""

    def simd(self) -> bool:
        """Does WebAssembly have 128-bit SIMD here?"""
        ...

    async def asset(self, name: str) -> bytes:
        """Return a file of the package's data by its path there: "kernels/vector.simd.wasm", "embedder.json" ….

        Raises:
            BootError: it cannot be loaded.
        """
        ...

    async def instantiate(self, name: str, build: str, wasm: bytes) -> WasmModule:
        """Compile and instantiate a kernel.

        Raises:
            KernelUnavailableError: it cannot run here.
        """
        ...

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float) -> HttpResponse:
        """Send a POST request, and follow no redirect, since the headers may hold a key.

        Raises:
            OSError: there was no answer; TimeoutError, none within `timeout_s`.
        """
        ...

    def describe(self) -> dict[str, Any]:
        """Return versions and paths, for `capabilities()`."""
        ...


def check_asset_name(name: str) -> tuple[str, ...]:
    """Return the parts of a data file's path; ValueError if it leads out of the data directory."""
    parts = tuple(name.split("/"))
    if not all(parts) or any(part in (".", "..") or "\\" in part or ":" in part for part in parts):
        raise ValueError(f"not the name of a data file: {name!r}")
    return parts
