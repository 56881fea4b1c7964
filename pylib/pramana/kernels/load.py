"""Loading the kernels: verified against their manifest, instantiated once per thread, tested before first use.

An instance serves one thread at a time: a call is followed by reads of its result, and another thread's call in
between would change it. Threads therefore share nothing here.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from pramana.errors import InputError, KernelError, KernelHashError, KernelUnavailableError
from pramana.kernels import selftest
from pramana.kernels.graph import Graph
from pramana.kernels.interfaces import (
    Assets,
    Bm25Like,
    GraphLike,
    RulesLike,
    TextModelLike,
    VectorIndexLike,
    WasmHost,
)
from pramana.kernels.rules import RuleBase
from pramana.kernels.text import Bm25Index, TextModel
from pramana.kernels.vector import VectorIndex
from pramana.ports import Buffer, WasmModule
from pramana.protocol import ABI_VERSION, KERNEL_CAPABILITIES

__all__ = ["BUILDS", "Kernels", "load_kernels"]

BUILDS = ("auto", "simd", "scalar", "reference")
_KERNELS = ("vector", "text", "graph", "rules")
_ONE_BUILD = {"graph": "scalar", "rules": "scalar"}
"""Kernels that walk more than they compute, so that SIMD would change next to nothing: they are built once."""


class _SharedModel:
    """The thread's one copy of a model. It stays loaded, so that the next memory opens at once."""

    def __init__(self, model: TextModelLike) -> None:
        self.dim = model.dim
        self.vocabulary = model.vocabulary
        self.tokenize = model.tokenize
        self.embed = model.embed

    def close(self) -> None:
        """Do nothing: other memories may be using the model."""


@dataclass
class _Loaded:
    """The modules of one build, which every `Kernels` of the thread shares; none for the reference."""

    build: str
    runtime: str
    modules: dict[str, WasmModule] = field(default_factory=dict)
    described: dict[str, dict[str, Any]] = field(default_factory=dict)
    models: list[tuple[bytes, TextModelLike]] = field(default_factory=list)


@dataclass
class Kernels:
    """The kernels of one build, ready to make indexes."""

    build: str
    """"simd", "scalar" or "reference"."""
    runtime: str
    """What executes them: "browser", "wasmtime 50.0.1", "python"."""
    reported: list[str]
    """Fall-backs taken, for people to read; empty if none."""
    _loaded: _Loaded = field(repr=False)

    def vector_index(self, *, dim: int, metric: str = "cosine", storage: str = "i8") -> VectorIndexLike:
        """Return an empty `VectorIndex`, which see."""
        module = self._loaded.modules.get("vector")
        if module is None:
            from pramana.kernels.reference import ReferenceVectorIndex

            return ReferenceVectorIndex(dim=dim, metric=metric, storage=storage)
        return VectorIndex(module, dim=dim, metric=metric, storage=storage)

    def load_vector_index(self, data: Buffer) -> VectorIndexLike:
        """Return the vector index that `save` wrote; CorruptError if it did not."""
        module = self._loaded.modules.get("vector")
        if module is None:
            from pramana.kernels.reference import ReferenceVectorIndex

            return ReferenceVectorIndex.load(bytes(data))
        return VectorIndex.load(module, data)

    def text_model(self, sve: bytes) -> TextModelLike:
        """Return the model in `sve`, loaded once per thread and shared (so closing it does nothing).

        Raises:
            CorruptError: `sve` is not a model.
        """
        for loaded, shared in self._loaded.models:
            # Comparing costs a tenth of hashing, and nothing for the same object.
            if loaded == sve:
                return shared
        model = _SharedModel(self._own_model(sve))
        self._loaded.models.append((sve, model))
        return model

    def _own_model(self, sve: bytes) -> TextModelLike:
        module = self._loaded.modules.get("text")
        if module is None:
            from pramana.kernels.reference import ReferenceTextModel

            return ReferenceTextModel(sve)
        return TextModel(module, sve)

    def bm25(self, *, weights: Sequence[float], k1: float = 1.2, b: float = 0.75) -> Bm25Like:
        """Return an empty `Bm25Index`, which see."""
        module = self._loaded.modules.get("text")
        if module is None:
            from pramana.kernels.reference import ReferenceBm25

            return ReferenceBm25(weights=weights, k1=k1, b=b)
        return Bm25Index(module, weights=weights, k1=k1, b=b)

    def load_bm25(self, data: Buffer) -> Bm25Like:
        """Return the BM25 index that `save` wrote; CorruptError if it did not."""
        module = self._loaded.modules.get("text")
        if module is None:
            from pramana.kernels.reference import ReferenceBm25

            return ReferenceBm25.load(bytes(data))
        return Bm25Index.load(module, data)

    def graph(self) -> GraphLike:
        """Return an empty `Graph`, which see."""
        module = self._loaded.modules.get("graph")
        if module is None:
            from pramana.kernels.reference.graph import ReferenceGraph

            return ReferenceGraph()
        return Graph(module)

    def load_graph(self, data: Buffer) -> GraphLike:
        """Return the graph that `save` wrote; CorruptError if it did not."""
        module = self._loaded.modules.get("graph")
        if module is None:
            from pramana.kernels.reference.graph import ReferenceGraph

            return ReferenceGraph.load(bytes(data))
        return Graph.load(module, data)

    def rules(self) -> RulesLike:
        """Return an empty `RuleBase`, which see."""
        module = self._loaded.modules.get("rules")
        if module is None:
            from pramana.kernels.reference.rules import ReferenceRuleBase

            return ReferenceRuleBase()
        return RuleBase(module)

    def self_test(self) -> None:
        """Put a question with a known answer to each kernel.

        Raises:
            KernelError: an answer is wrong.
        """
        selftest.check_vectors(self.vector_index, self.load_vector_index)
        selftest.check_bm25(self.bm25, self.load_bm25)
        selftest.check_model(self._own_model(selftest.tiny_model()))
        selftest.check_graph(self.graph, self.load_graph)
        selftest.check_rules(self.rules)

    def capabilities(self) -> dict[str, Any]:
        """Return what runs: build, runtime, abi, modules by name with hash and size, fall-backs taken."""
        return {
            "build": self.build,
            "runtime": self.runtime,
            "abi": ABI_VERSION,
            "modules": {name: dict(about) for name, about in self._loaded.described.items()},
            "fallbacks": list(self.reported),
        }


class _Shared(threading.local):
    """What this thread has loaded, by host, files and build."""

    def __init__(self) -> None:
        self.loaded: WeakKeyDictionary[WasmHost, WeakKeyDictionary[Assets, dict[str, _Loaded]]] = (
            WeakKeyDictionary()
        )


_SHARED = _Shared()


async def load_kernels(assets: Assets, host: WasmHost, build: str = "auto") -> Kernels:
    """Return the kernels, tested.

    Args:
        assets: has "kernels/manifest.json" and the modules it names.
        host: runs them.
        build: "auto" takes "simd" where the host can run it, else "scalar", and the pure-Python "reference" only
            where no WebAssembly runs; anything else is taken or refused.

    Raises:
        InputError: `build` is unknown.
        BootError: a file cannot be loaded.
        KernelHashError: a file is not the one that was released. Never answered by a fall-back.
        KernelUnavailableError: the host cannot run the build that was asked for.
        KernelError: a kernel has another ABI, or fails its self-test.
    """
    if build not in BUILDS:
        raise InputError(f"kernels is one of {', '.join(BUILDS)}, got {build!r}", field="kernels")
    reported: list[str] = []
    loaded: _Loaded | None = None
    if build == "auto":
        simd = host.simd()
        for candidate in ("simd", "scalar") if simd else ("scalar",):
            try:
                loaded = await _shared(assets, host, candidate)
                break
            except KernelUnavailableError as error:
                reported.append(f"the {candidate} kernels cannot run here: {error.message}")
        if loaded is None:
            reported.append("the kernels run in pure Python, which is slow")
        elif not simd:
            reported.append("this runtime has no 128-bit SIMD: the slower scalar kernels run")
    elif build != "reference":
        loaded = await _shared(assets, host, build)
    if loaded is None:
        loaded = await _shared(assets, host, "reference")
    return Kernels(loaded.build, loaded.runtime, reported, loaded)


async def _shared(assets: Assets, host: WasmHost, build: str) -> _Loaded:
    known = _SHARED.loaded.setdefault(host, WeakKeyDictionary()).setdefault(assets, {})
    if build not in known:
        loaded = _Loaded(build, "python") if build == "reference" else await _instantiate(assets, host, build)
        Kernels(loaded.build, loaded.runtime, [], loaded).self_test()
        # Another task may have finished first: its instance is in use, this one is not.
        known.setdefault(build, loaded)
    return known[build]


async def _instantiate(assets: Assets, host: WasmHost, build: str) -> _Loaded:
    manifest = _read_manifest(await assets.asset("kernels/manifest.json"))
    loaded = _Loaded(build, "")
    for name in _KERNELS:
        own_build = _ONE_BUILD.get(name, build)
        file = f"{name}.{own_build}.wasm"
        entry = manifest.get(file)
        if entry is None:
            raise KernelHashError(f"the manifest does not know {file}", kernel=name, file=file)
        wasm = await assets.asset(f"kernels/{file}")
        digest = hashlib.sha256(wasm).hexdigest()
        if digest != entry["sha256"]:
            raise KernelHashError(
                f"{file} is not the file that was released: clear the site's data, or reinstall",
                kernel=name,
                file=file,
                expected=entry["sha256"],
                got=digest,
            )
        module = await host.instantiate(name, own_build, wasm)
        _check_module(module)
        loaded.modules[name] = module
        loaded.described[name] = {"build": own_build, "sha256": digest, "size_bytes": len(wasm)}
        loaded.runtime = module.runtime
    return loaded


def _read_manifest(data: bytes) -> dict[str, dict[str, Any]]:
    try:
        manifest = json.loads(data)
        abi, entries = manifest["abi"], manifest["kernels"]
        known = {name: entry for name, entry in entries.items() if isinstance(entry["sha256"], str)}
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise KernelHashError("the kernels' manifest is not one", file="kernels/manifest.json") from error
    if abi != ABI_VERSION:
        raise KernelError(
            f"the kernels speak ABI {abi}, this release {ABI_VERSION}", expected=ABI_VERSION, got=abi
        )
    return known


def _check_module(module: WasmModule) -> None:
    """A module that passed its hash can still be the wrong build, if it was released under the wrong name."""
    abi = module.bind("abi_version")()
    if abi != ABI_VERSION:
        raise KernelError(
            f"{module.name} speaks ABI {abi}, this release {ABI_VERSION}",
            kernel=module.name,
            call="abi_version",
            expected=ABI_VERSION,
            got=abi,
        )
    simd = bool(module.bind("capabilities")() & KERNEL_CAPABILITIES["simd128"])
    if simd != (module.build == "simd"):
        raise KernelError(
            f"{module.name}.{module.build} {'uses' if simd else 'does not use'} SIMD",
            kernel=module.name,
            call="capabilities",
        )
