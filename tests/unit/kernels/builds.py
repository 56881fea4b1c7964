"""Kernel modules and factories in every build, natively and inside Pyodide."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from pramana.kernels.graph import Graph
from pramana.kernels.rules import RuleBase
from pramana.kernels.text import Bm25Index, TextModel
from pramana.kernels.vector import VectorIndex
from pramana.ports import WasmModule

WASM_BUILDS = ("simd", "scalar")
ALL_BUILDS = (*WASM_BUILDS, "reference")
BUILT_ONCE = ("graph", "rules")
"""Kernels without a SIMD build."""
ONCE_BUILDS = ("scalar", "reference")
"""The builds of such a kernel."""


def build_of(kernel: str, build: str) -> str:
    """The build in which a kernel is loaded among the others of `build`."""
    return "scalar" if kernel in BUILT_ONCE else build


def wasm_bytes(kernel: str, build: str) -> bytes:
    """The built module, from the package."""
    return files("pramana").joinpath("data", "kernels", f"{kernel}.{build}.wasm").read_bytes()


def new_module(kernel: str, build: str, memory_limit: int | None = None) -> WasmModule:
    """A fresh instance, synchronously: pytest inside Pyodide cannot wait for a promise."""
    build = build_of(kernel, build)
    wasm = wasm_bytes(kernel, build)
    if sys.platform == "emscripten":
        import js
        from pyodide.ffi import to_js

        from pramana.platform.browser_module import BrowserModule

        assert memory_limit is None
        module = js.WebAssembly.Module.new(to_js(wasm))
        return BrowserModule(kernel, build, js.WebAssembly.Instance.new(module))
    from pramana.platform.module_cache import ModuleCache, default_cache_dir
    from pramana.platform.wasmtime_module import DEFAULT_MEMORY_LIMIT, WasmtimeHost

    host = WasmtimeHost(ModuleCache(default_cache_dir()), memory_limit or DEFAULT_MEMORY_LIMIT)
    return host.instantiate(kernel, build, wasm)


shared_module = cache(new_module)


def vector_factory(build: str) -> Callable[..., Any]:
    """`VectorIndex` of a build without its module argument; `.load` likewise."""
    return _factory(build, "vector", VectorIndex, "ReferenceVectorIndex")


def bm25_factory(build: str) -> Callable[..., Any]:
    """`Bm25Index` of a build without its module argument; `.load` likewise."""
    return _factory(build, "text", Bm25Index, "ReferenceBm25")


def model_factory(build: str) -> Callable[..., Any]:
    """`TextModel` of a build without its module argument."""
    return _factory(build, "text", TextModel, "ReferenceTextModel")


def graph_factory(build: str) -> Callable[..., Any]:
    """`Graph` of a build without its module argument; `.load` likewise."""
    if build == "reference":
        from pramana.kernels.reference.graph import ReferenceGraph

        return ReferenceGraph
    module = shared_module("graph", build)

    def make() -> Graph:
        return Graph(module)

    make.load = lambda data: Graph.load(module, data)  # type: ignore[attr-defined]
    return make


def rules_factory(build: str) -> Callable[..., Any]:
    """`RuleBase` of a build without its module argument."""
    if build == "reference":
        from pramana.kernels.reference.rules import ReferenceRuleBase

        return ReferenceRuleBase
    module = shared_module("rules", build)
    return lambda: RuleBase(module)


def _factory(build: str, kernel: str, wrapper: Any, reference: str) -> Callable[..., Any]:
    if build == "reference":
        import pramana.kernels.reference as pure

        found: Callable[..., Any] = getattr(pure, reference)
        return found
    module = shared_module(kernel, build)

    def make(*args: Any, **options: Any) -> Any:
        return wrapper(module, *args, **options)

    make.load = lambda data: wrapper.load(module, data)  # type: ignore[attr-defined]
    return make
