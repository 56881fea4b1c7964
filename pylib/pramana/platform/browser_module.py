"""A kernel run by the JavaScript engine that also runs this Python.

A bound export costs under a microsecond, a new typed array six: so exports are bound once, and the views through which
arguments and results are copied are kept, by place and size. When the memory grows all of them detach; a detached view
has no bytes, so copying through it fails, and is done again through a new one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import JsException, to_js

from pramana.errors import KernelError, KernelUnavailableError
from pramana.ports import Buffer

__all__ = ["BrowserModule", "instantiate", "validates"]

_KEPT_VIEWS = 64


def validates(wasm: bytes) -> bool:
    """Is `wasm` a module that this engine runs?"""
    try:
        return bool(js.WebAssembly.validate(to_js(wasm)))
    except (
        AttributeError
    ):  # no WebAssembly besides the one that runs Python: an engine that forbids new modules
        return False


async def instantiate(name: str, build: str, wasm: bytes) -> BrowserModule:
    """Return a new instance with a memory of its own.

    Raises:
        KernelUnavailableError: the engine refuses the module, or (by content security policy) any module.
    """
    try:
        made = await js.WebAssembly.instantiate(to_js(wasm))
    except JsException as error:
        raise KernelUnavailableError(
            f"the kernel {name} cannot be instantiated: {error}", kernel=name
        ) from error
    return BrowserModule(name, build, made.instance)


class BrowserModule:
    """One instance; `instance` is a JavaScript `WebAssembly.Instance`."""

    runtime = "browser"

    def __init__(self, name: str, build: str, instance: Any) -> None:
        self.name = name
        self.build = build
        self._exports = instance.exports
        self._memory = self._exports.memory
        self._bound: dict[str, Callable[..., int]] = {}
        self._views: OrderedDict[tuple[int, int], Any] = OrderedDict()

    def bind(self, export: str) -> Callable[..., int]:
        """Return the export as a callable; i32 results are signed.

        The callable raises KernelError (status "trap") if the kernel traps.
        """
        call = self._bound.get(export)
        if call is None:
            call = self._bound[export] = self._bind(export)
        return call

    def _bind(self, export: str) -> Callable[..., int]:
        function = getattr(self._exports, export, None)
        if not callable(function):
            raise KernelError(f"{self.name} has no export {export}", kernel=self.name, call=export)

        def call(*args: float) -> int:
            try:
                result: int = function(*args)
            except JsException as error:
                raise KernelError(
                    f"{self.name}.{export} trapped: {error}", kernel=self.name, call=export, status="trap"
                ) from error
            return result

        call.__name__ = export
        return call

    def write(self, ptr: int, data: Buffer) -> None:
        """Copy the bytes of `data` to `ptr`; KernelError if they do not fit the memory."""
        source = data if type(data) is bytes else memoryview(data).cast("B")
        size = len(source)
        if not size:
            return
        view = self._view(ptr, size)
        try:
            view.assign(source)
        except (JsException, ValueError):
            # Detached: it has room for 0 bytes. A fresh view has `size`, so what fails again is another fault.
            self._views.clear()
            self._view(ptr, size).assign(source)

    def read(self, ptr: int, size: int) -> bytes:
        """Copy `size` bytes from `ptr`; KernelError if they are not all in the memory."""
        if not size:
            return b""
        view = self._view(ptr, size)
        try:
            data: bytes = view.to_bytes()
        except JsException:
            data = b""
        if len(data) != size:
            self._views.clear()
            data = self._view(ptr, size).to_bytes()
        return data

    def _view(self, ptr: int, size: int) -> Any:
        """The bytes of memory as a Uint8Array; kept, and detached if the memory has grown since it was made."""
        views, place = self._views, (ptr, size)
        view = views.get(place)
        if view is not None:
            views.move_to_end(place)
            return view
        try:
            view = js.Uint8Array.new(self._memory.buffer, ptr, size)
        except JsException as error:
            raise KernelError(
                f"{size} bytes at {ptr} lie outside the memory of {self.name}",
                kernel=self.name,
                status="bad_pointer",
            ) from error
        views[place] = view
        if len(views) > _KEPT_VIEWS:
            views.popitem(last=False)
        return view
