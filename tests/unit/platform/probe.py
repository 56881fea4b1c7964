"""A small module that does everything a host must cope with, and nothing else."""

from __future__ import annotations

import sys

from pramana.ports import WasmModule

PAGE = 65_536

WAT = """
(module
  (memory (export "memory") 1)
  (global $last (mut f64) (f64.const 0))
  (func (export "first") (param i32 i32 i32) (result i32) (local.get 0))
  (func (export "sum") (param i32 i32 i32) (result i32)
    (i32.add (local.get 0) (i32.add (local.get 1) (local.get 2))))
  (func (export "none") (result i32) (i32.const -7))
  (func (export "bits") (param f32) (result i32) (i32.reinterpret_f32 (local.get 0)))
  (func (export "mixed") (param i32 f32 f64 i32) (result i32)
    (i32.add (i32.add (local.get 0) (i32.trunc_f32_s (local.get 1)))
             (i32.add (i32.trunc_f64_s (local.get 2)) (local.get 3))))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "fall") (result i32) unreachable)
  (func $deep (export "deep") (param i32) (result i32) (call $deep (i32.add (local.get 0) (i32.const 1))))
  (func (export "wide") (param i64) (result i32) (i32.const 0))
  (func (export "mute") (param i32)))
"""

# What wat2wasm makes of it; a native test compares. Inside Pyodide there is no wat2wasm.
WASM = bytes.fromhex(
    "0061736d0100000001270760037f7f7f017f6000017f60017d017f60047f7d7c7f017f60017f017f60017e017f60017f0003"
    "0c0b00000102030404010405060503010001060d017c014400000000000000000b07580c066d656d6f727902000566697273"
    "7400000373756d0001046e6f6e65000204626974730003056d6978656400040467726f770005047065656b00060466616c6c"
    "00070464656570000804776964650009046d757465000a0a510b040020000b0a002000200120026a6a0b040041790b050020"
    "00bc0b0f0020002001a86a2002aa20036a6a0b0600200040000b070020002d00000b0300000b0900200041016a10080b0400"
    "41000b02000b0017046e616d6501070108046465657007070100046c617374"
)


def new_probe() -> WasmModule:
    """An instance by this platform's own host, synchronously."""
    if sys.platform == "emscripten":
        import js
        from pyodide.ffi import to_js

        from pramana.platform.browser_module import BrowserModule

        return BrowserModule(
            "probe", "scalar", js.WebAssembly.Instance.new(js.WebAssembly.Module.new(to_js(WASM)))
        )
    from pramana.platform.module_cache import ModuleCache
    from pramana.platform.wasmtime_module import WasmtimeHost

    return WasmtimeHost(ModuleCache(None)).instantiate("probe", "scalar", WASM)
