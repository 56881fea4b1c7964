"""A kernel run by wasmtime.

`Func.__call__` looks up the function's type and converts each value on every call (20-80 µs). Here the arguments are
packed into a prepared array and passed to `wasmtime_func_call_unchecked` (0.5 µs). That function is reached through
`wasmtime._bindings`, which is private, so the dependency is pinned to one major version and a test holds the two paths
against each other. The foreign calls keep the interpreter lock: kernels are single-threaded, and this makes each
call indivisible for Python's threads.

An instance must be used by one thread at a time, since a call is followed by reads of its result.
"""

from __future__ import annotations

import ctypes
import hashlib
import platform
import sys
from collections.abc import Callable
from importlib.metadata import version
from struct import Struct
from typing import Any

import wasmtime
from wasmtime import _bindings as ffi

from pramana.errors import KernelError, KernelUnavailableError
from pramana.platform.module_cache import ModuleCache
from pramana.ports import Buffer

__all__ = ["DEFAULT_MEMORY_LIMIT", "WasmtimeHost", "WasmtimeModule"]

DEFAULT_MEMORY_LIMIT = 2 << 30
"""Bytes of memory an instance may grow to; beyond it `memory.grow` fails and the kernel says so."""

_VERSION = version("wasmtime")

_SLOT_FORMATS = {"i32": "q8x", "f32": "f12x", "f64": "d8x"}
"""One `wasmtime_val_raw` (16 bytes, little endian) per parameter. "q" takes an i32 given signed or unsigned."""

_call_unchecked = ctypes.PYFUNCTYPE(
    ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p
)(ctypes.cast(ffi._wasmtime_func_call_unchecked, ctypes.c_void_p).value or 0)
_memory_data_size = ctypes.PYFUNCTYPE(ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p)(
    ctypes.cast(ffi._wasmtime_memory_data_size, ctypes.c_void_p).value or 0
)


class WasmtimeHost:
    """Compiles modules with one engine, and keeps what it compiled on disk.

    Args:
        cache: where compiled modules are kept.
        memory_limit: bytes of memory each instance may grow to.
    """

    def __init__(self, cache: ModuleCache, memory_limit: int = DEFAULT_MEMORY_LIMIT) -> None:
        if sys.byteorder != "little":
            raise KernelUnavailableError("WebAssembly memory is little endian, and this machine is not")
        self._engine = wasmtime.Engine()
        self._cache = cache
        self._memory_limit = memory_limit

    def validates(self, wasm: bytes) -> bool:
        """Is `wasm` a module that this engine runs?"""
        try:
            wasmtime.Module.validate(self._engine, wasm)
        except wasmtime.WasmtimeError:
            return False
        return True

    def compile(self, wasm: bytes) -> wasmtime.Module:
        """Return the compiled module, from disk if it is there.

        Raises:
            KernelUnavailableError: it is no module, or this engine cannot run it.
        """
        digest = hashlib.sha256(wasm).hexdigest()
        key = f"{digest}-wasmtime-{_VERSION}-{sys.platform}-{platform.machine()}"
        kept = self._cache.read(key)
        if kept is not None:
            try:
                return wasmtime.Module.deserialize(self._engine, kept)
            except wasmtime.WasmtimeError:
                pass  # compiled with other settings, or for a processor with more features: compile it again
        try:
            module = wasmtime.Module(self._engine, wasm)
        except wasmtime.WasmtimeError as error:
            raise KernelUnavailableError(f"wasmtime cannot compile the kernel: {error}") from error
        self._cache.write(key, bytes(module.serialize()))
        return module

    def instantiate(self, name: str, build: str, wasm: bytes) -> WasmtimeModule:
        """Return a new instance with a memory of its own; KernelUnavailableError if it cannot run here."""
        module = self.compile(wasm)
        store = wasmtime.Store(self._engine)
        store.set_limits(memory_size=self._memory_limit)
        try:
            instance = wasmtime.Instance(store, module, [])
        except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
            raise KernelUnavailableError(
                f"wasmtime cannot instantiate {name}: {error}", kernel=name
            ) from error
        return WasmtimeModule(name, build, store, instance)


class WasmtimeModule:
    """One instance, its exports bound to a fast call and its memory seen through a cached view."""

    def __init__(self, name: str, build: str, store: wasmtime.Store, instance: wasmtime.Instance) -> None:
        self.name = name
        self.build = build
        self.runtime = f"wasmtime {_VERSION}"
        self._store = store
        self._exports = instance.exports(store)
        memory = self._exports.get("memory")
        if not isinstance(memory, wasmtime.Memory):
            raise KernelUnavailableError(f"{name} does not export its memory", kernel=name)
        self._memory = memory
        self._context = ctypes.cast(store._context(), ctypes.c_void_p)
        self._memory_ref = ctypes.cast(ctypes.pointer(memory._memory), ctypes.c_void_p)
        self._bound: dict[str, Callable[..., int]] = {}
        self._size = -1
        self._view = memoryview(b"")

    def bind(self, export: str) -> Callable[..., int]:
        """Return the export as a callable; i32 results are signed.

        The callable raises KernelError (status "trap") if the kernel traps.
        """
        call = self._bound.get(export)
        if call is None:
            call = self._bound[export] = self._bind(export)
        return call

    def _bind(self, export: str) -> Callable[..., int]:
        func = self._exports.get(export)
        if not isinstance(func, wasmtime.Func):
            raise KernelError(f"{self.name} has no export {export}", kernel=self.name, call=export)
        kind = func.type(self._store)
        params, results = [str(param) for param in kind.params], [str(result) for result in kind.results]
        if results != ["i32"] or not set(params) <= _SLOT_FORMATS.keys():
            raise KernelError(
                f"{self.name}.{export} is no call of this ABI: {params} -> {results}",
                kernel=self.name,
                call=export,
            )
        slots = (ffi.wasmtime_val_raw * max(1, len(params)))()
        result = memoryview(slots).cast("B").cast("i")
        pack = Struct("<" + "".join(_SLOT_FORMATS[param] for param in params)).pack_into
        trap = ctypes.c_void_p()
        # What the closure passes by address it must also keep alive: the store, the function, the slots, the trap.
        store, raw_func = self._store, func._func
        context = self._context
        func_ref = ctypes.cast(ctypes.pointer(raw_func), ctypes.c_void_p)
        slots_ref, slot_count = ctypes.cast(slots, ctypes.c_void_p), ctypes.c_size_t(len(slots))
        trap_ref = ctypes.cast(ctypes.pointer(trap), ctypes.c_void_p)

        def call(*args: float) -> int:
            pack(slots, 0, *args)
            error = _call_unchecked(context, func_ref, slots_ref, slot_count, trap_ref)
            if error or trap.value:
                self._raise(export, error, trap)
            return result[0]

        call.__name__ = export
        vars(call)["keeps"] = (store, raw_func)
        return call

    def _raise(self, export: str, error: int | None, trap: ctypes.c_void_p) -> None:
        reason: Exception
        if error:
            pointer = ctypes.cast(ctypes.c_void_p(error), ctypes.POINTER(ffi.wasmtime_error_t))
            reason = wasmtime.WasmtimeError._from_ptr(pointer)
        else:
            reason = wasmtime.Trap._from_ptr(ctypes.cast(trap, ctypes.POINTER(ffi.wasm_trap_t)))
            trap.value = None
        raise KernelError(
            f"{self.name}.{export} trapped: {reason}", kernel=self.name, call=export, status="trap"
        ) from reason

    def write(self, ptr: int, data: Buffer) -> None:
        """Copy the bytes of `data` to `ptr`; KernelError if they do not fit the memory."""
        source = data if type(data) is bytes else memoryview(data).cast("B")
        end = ptr + len(source)
        view = self._memory_view()
        if not 0 <= ptr <= end <= self._size:
            self._raise_outside(ptr, len(source))
        view[ptr:end] = source

    def read(self, ptr: int, size: int) -> bytes:
        """Copy `size` bytes from `ptr`; KernelError if they are not all in the memory."""
        view = self._memory_view()
        if not 0 <= ptr <= ptr + size <= self._size:
            self._raise_outside(ptr, size)
        return bytes(view[ptr : ptr + size])

    def _memory_view(self) -> memoryview:
        # A memory can move only when it grows.
        size = _memory_data_size(self._context, self._memory_ref)
        if size != self._size:
            address = ctypes.addressof(self._memory.data_ptr(self._store).contents) if size else 0
            self._view = memoryview((ctypes.c_ubyte * size).from_address(address)).cast("B")
            self._size = size
        return self._view

    def _raise_outside(self, ptr: int, size: int) -> Any:
        raise KernelError(
            f"{size} bytes at {ptr} lie outside the memory of {self.name} ({self._size} bytes)",
            kernel=self.name,
            status="bad_pointer",
        )
