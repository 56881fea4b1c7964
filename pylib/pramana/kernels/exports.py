"""What every wrapper does with a module: bind exports, place arguments, turn statuses to errors, fetch results.

A kernel object is freed by `close` only. A finaliser would run wherever garbage happens to be collected, which can be
a storage thread, in the middle of a call.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any, NoReturn

from pramana.errors import ClosedError
from pramana.kernels.buffers import as_bytes
from pramana.kernels.interfaces import Allow, Matches
from pramana.kernels.statuses import raise_status
from pramana.ports import Buffer, WasmModule
from pramana.protocol import STATUS

__all__ = ["KernelObject", "Scratch", "to_matches"]

_UNSIGNED = 0xFFFF_FFFF
_LARGEST = 0x7FFF_FFFF  # a single Rust allocation cannot be larger on wasm32
_SMALLEST = 64
_KEPT = 1 << 18
"""Buffers beyond this size (a batch, a saved index) are given back after the call."""


class Scratch:
    """The host's own buffers in a module's memory, one per purpose, kept between calls and grown by doubling."""

    __slots__ = ("_alloc", "_free", "_module", "_slots", "_write")

    def __init__(self, module: WasmModule) -> None:
        self._module = module
        self._alloc = module.bind("alloc")
        self._free = module.bind("free")
        self._write = module.write
        self._slots: dict[str, tuple[int, int]] = {}

    def place(self, purpose: str, data: Buffer, size: int) -> int:
        """Copy the `size` bytes of `data` into the buffer for `purpose` and return where it is.

        Raises:
            KernelError: status "out_of_memory"; what the buffer held is gone, and nothing else changed.
        """
        ptr, capacity = self._slots.get(purpose, (0, 0))
        if size > capacity or not ptr:
            ptr = self._grow(purpose, ptr, capacity, size)
        if size:
            self._write(ptr, data)
        return ptr

    def _grow(self, purpose: str, ptr: int, capacity: int, size: int) -> int:
        if ptr:
            del self._slots[purpose]
            self._give_back(ptr, capacity)
        wanted = max(size, _SMALLEST) if size > _KEPT else max(size, 2 * capacity, _SMALLEST)
        ptr = self._alloc(wanted) & _UNSIGNED if wanted <= _LARGEST else 0
        if not ptr:
            raise_status(self._module.name, "alloc", STATUS["out_of_memory"], size_bytes=wanted)
        self._slots[purpose] = (ptr, wanted)
        return ptr

    def _give_back(self, ptr: int, capacity: int) -> None:
        status = self._free(ptr, capacity)
        if status < 0:
            raise_status(self._module.name, "free", status)

    def trim(self) -> None:
        """Give back the buffers that are too large to keep."""
        for purpose, (ptr, capacity) in list(self._slots.items()):
            if capacity > _KEPT:
                del self._slots[purpose]
                self._give_back(ptr, capacity)

    def close(self) -> None:
        """Give back everything."""
        slots, self._slots = self._slots, {}
        for ptr, capacity in slots.values():
            self._give_back(ptr, capacity)


class KernelObject:
    """Base of the wrappers: one handle of a module, with its scratch.

    A subclass makes the handle with `_create` and then reads `_live()` before each call.
    """

    _what = "object"

    def __init__(self, module: WasmModule) -> None:
        self._module = module
        self._scratch = Scratch(module)
        self._handle = 0
        self._result_ptr = module.bind("result_ptr")
        self._result_len = module.bind("result_len")
        self._exports: dict[str, Callable[..., int]] = {}

    def _export(self, name: str) -> Callable[..., int]:
        export = self._exports.get(name)
        if export is None:
            export = self._exports[name] = self._module.bind(name)
        return export

    def _create(self, export: str, *args: float, **details: Any) -> None:
        """Take the handle that `export` returns; errors as in `_call`, with everything placed given back."""
        try:
            handle = self._export(export)(*args)
            if handle < 0:
                self._fail(export, handle, **details)
            self._scratch.trim()
        except BaseException:
            self._scratch.close()
            raise
        self._handle = handle

    def _load(self, export: str, data: Buffer, size: int) -> None:
        """Make the handle from saved bytes."""
        self._create(export, self._scratch.place("data", data, size), size)

    def _live(self) -> int:
        """The handle, or ClosedError."""
        if not self._handle:
            raise ClosedError(f"the {self._what} was closed")
        return self._handle

    def _call(self, export: str, *args: float) -> int:
        """Call `export` with the handle and `args`; return its count.

        Raises:
            PramanaError: the error its status stands for (see `statuses`).
        """
        status = self._export(export)(self._live(), *args)
        if status < 0:
            self._fail(export, status)
        return status

    def _fail(self, export: str, status: int, **details: Any) -> NoReturn:
        raise_status(self._module.name, export, status, **details)

    def _result(self, size: int) -> bytes:
        """The first `size` bytes of the last call's result."""
        return self._module.read(self._result_ptr(self._handle) & _UNSIGNED, size) if size else b""

    def _whole_result(self) -> bytes:
        size = self._result_len(self._handle)
        if size < 0:
            self._fail("result_len", size)
        return self._result(size)

    def _matches(self, found: int) -> Matches:
        """The result of a search that returned `found`."""
        return to_matches(self._result(8 * found), 0, found)

    def _place_allow(self, allow: Allow) -> tuple[int, int]:
        """Place a bitmap. None is pointer and length 0; an empty one has a pointer, and allows nothing."""
        if allow is None:
            return 0, 0
        data, size = as_bytes(allow, "allow")
        return self._scratch.place("allow", data, size), size

    def _release_result(self, export: str) -> None:
        """Call a cheap `export` that returns a count: the kernel drops a large result when the next call begins."""
        self._call(export)

    def close(self) -> None:
        """Free what the kernel holds. Closing twice is allowed."""
        handle, self._handle = self._handle, 0
        if not handle:
            return
        self._scratch.close()
        status = self._module.bind("destroy")(handle)
        if status < 0:
            self._fail("destroy", status)


def to_matches(data: bytes, at: int, found: int) -> Matches:
    """Read `found` u32 ordinals and as many f32 scores from `at`."""
    middle = at + 4 * found
    return Matches(array("I", data[at:middle]), array("f", data[middle : middle + 4 * found]))
