"""The wasmtime host: its fast call path against the public one, memory, traps, limits, the cache of modules."""

from __future__ import annotations

import gc
import stat
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

wasmtime = pytest.importorskip("wasmtime", reason="inside Pyodide the JavaScript engine runs the kernels")

from pramana.errors import KernelError, KernelUnavailableError  # noqa: E402
from pramana.platform.module_cache import ModuleCache  # noqa: E402
from pramana.platform.wasmtime_module import WasmtimeHost  # noqa: E402
from tests.unit.kernels.builds import new_module  # noqa: E402
from tests.unit.platform.probe import PAGE, WASM, WAT  # noqa: E402


@pytest.fixture(scope="module")
def shared():
    return WasmtimeHost(ModuleCache(None)).instantiate("probe", "scalar", WASM)


@pytest.fixture
def module():
    return WasmtimeHost(ModuleCache(None), memory_limit=8 * PAGE).instantiate("probe", "scalar", WASM)


def test_says_what_it_is(module):
    assert (module.name, module.build) == ("probe", "scalar")
    assert module.runtime.startswith("wasmtime 50.")


i32 = st.integers(-(2**31), 2**31 - 1)


@given(i32, i32, i32)
def test_the_fast_call_is_the_public_call(shared, a, b, c):
    for export in ("first", "sum"):
        public = shared._exports[export]
        assert shared.bind(export)(a, b, c) == public(shared._store, a, b, c)


@given(i32, st.integers(-1000, 1000).map(lambda x: x / 4), st.integers(-1000, 1000).map(lambda x: x / 8), i32)
def test_the_fast_call_converts_floats_as_the_public_call(shared, a, b, c, d):
    assert shared.bind("mixed")(a, b, c, d) == shared._exports["mixed"](shared._store, a, b, c, d)


def test_the_fast_call_of_every_kernel_export_is_the_public_one():
    module = new_module("vector", "simd")
    for export in ("abi_version", "capabilities"):
        assert module.bind(export)() == module._exports[export](module._store)
    public = module._exports["vec_len"]
    assert module.bind("vec_len")(12345) == public(module._store, 12345) < 0


def test_the_probe_is_what_its_text_says():
    assert bytes(wasmtime.wat2wasm(WAT)) == WASM


def test_a_trap_carries_its_reason(module):
    with pytest.raises(KernelError, match="unreachable") as caught:
        module.bind("fall")()
    assert isinstance(caught.value.__cause__, wasmtime.Trap)


def test_calls_outlive_every_other_reference():
    call = WasmtimeHost(ModuleCache(None)).instantiate("probe", "scalar", WASM).bind("sum")
    gc.collect()
    assert [call(1, 2, at) for at in range(1000)] == [at + 3 for at in range(1000)]


@pytest.mark.parametrize("export", ["absent", "memory", "wide", "mute"])
def test_what_is_no_call_of_the_abi_is_refused(module, export):
    with pytest.raises(KernelError) as caught:
        module.bind(export)
    assert caught.value.details["call"] == export


def test_memory_is_limited(module):
    assert module.bind("grow")(7) == 1
    assert module.bind("grow")(1) == -1


@pytest.mark.parametrize("wasm", [b"", b"\0asm", b"\0asm\1\0\0\0\xff", b"noise" * 10])
def test_what_is_no_module_is_unavailable(wasm):
    host = WasmtimeHost(ModuleCache(None))
    with pytest.raises(KernelUnavailableError):
        host.instantiate("probe", "scalar", wasm)
    assert not host.validates(wasm)


@pytest.mark.parametrize(
    "wat",
    [
        '(module (import "a" "b" (func)) (memory (export "memory") 1))',
        "(module)",
        '(module (func (export "memory")))',
        '(module (memory (export "memory") 9))',
        '(module (memory (export "memory") 1) (func $start unreachable) (start $start))',
    ],
)
def test_modules_of_another_shape_are_unavailable(wat):
    host = WasmtimeHost(ModuleCache(None), memory_limit=8 * PAGE)
    with pytest.raises(KernelUnavailableError):
        host.instantiate("probe", "scalar", bytes(wasmtime.wat2wasm(wat)))


# The cache


def compiled(directory, wasm=WASM):
    """Instantiate through a cache; was the module compiled?"""
    compilations = []
    host = WasmtimeHost(ModuleCache(directory))
    serialize = wasmtime.Module.serialize

    def counting(self):
        compilations.append(self)
        return serialize(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wasmtime.Module, "serialize", counting)
        module = host.instantiate("probe", "scalar", wasm)
    assert module.bind("sum")(1, 2, 3) == 6
    return bool(compilations)


def test_a_module_is_compiled_once(tmp_path):
    cache = tmp_path / "a" / "cache"
    assert compiled(cache)
    assert not compiled(cache)
    assert len(list(cache.iterdir())) == 1  # and no temporary file
    if sys.platform != "win32":
        assert stat.S_IMODE(cache.stat().st_mode) == 0o700


def test_another_module_is_another_file(tmp_path):
    other = bytes(wasmtime.wat2wasm(WAT.replace("-7", "-8")))
    assert compiled(tmp_path)
    assert compiled(tmp_path, other)
    assert not compiled(tmp_path)
    assert not compiled(tmp_path, other)


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "foreign"])
def test_a_damaged_file_is_compiled_again_and_replaced(tmp_path, damage):
    compiled(tmp_path)
    (path,) = tmp_path.iterdir()
    data = bytearray(path.read_bytes())
    if damage == "foreign":  # a sound file, but not a compiled module
        ModuleCache(tmp_path).write(path.name, b"not a compiled module")
    else:
        data[len(data) // 2] ^= 1
        path.write_bytes({"cut": data[:-10], "flipped": data, "empty": b""}[damage])
    assert compiled(tmp_path)
    assert not compiled(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="permission bits are POSIX")
def test_a_file_that_others_may_write_is_not_run(tmp_path):
    compiled(tmp_path)
    (path,) = tmp_path.iterdir()
    path.chmod(0o666)
    assert compiled(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not compiled(tmp_path)


def test_without_a_writable_directory_modules_still_run(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert compiled(blocked / "cache")
    assert compiled(blocked)
    assert compiled(None)
    assert blocked.read_text() == "in the way"
    assert list(tmp_path.iterdir()) == [blocked]


def test_a_directory_in_the_way_of_the_file_is_survived(tmp_path):
    compiled(tmp_path)
    (path,) = tmp_path.iterdir()
    path.unlink()
    path.mkdir()
    (path / "x").touch()
    assert compiled(tmp_path)
    assert list(tmp_path.iterdir()) == [path]
