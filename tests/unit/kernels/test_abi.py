"""Hostile input at the ABI itself, beneath the wrappers: a status each time, never a trap, nothing changed."""

from __future__ import annotations

import sys
from array import array
from itertools import product
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.errors import InputError, KernelError
from pramana.kernels.selftest import tiny_model
from pramana.kernels.text import Bm25Index, TextModel
from pramana.kernels.vector import VectorIndex
from pramana.protocol import ABI_VERSION, KERNEL_CAPABILITIES, STATUS, STATUS_NAMES
from tests.unit.kernels.builds import WASM_BUILDS, new_module, shared_module

U32 = 0xFFFF_FFFF
KERNELS = [(kernel, build) for kernel in ("vector", "text") for build in WASM_BUILDS]


class Raw:
    """A module's exports with nothing in between; `put` copies an argument in and returns where."""

    def __init__(self, module):
        self.module = module
        self.buffers: list[tuple[int, int]] = []

    def __getattr__(self, export):
        return self.module.bind(export)

    def put(self, data: bytes) -> int:
        ptr = self.alloc(len(data)) & U32
        self.buffers.append((ptr, len(data)))
        self.module.write(ptr, data)
        return ptr

    def free_all(self):
        for ptr, size in self.buffers:
            assert self.free(ptr, size) == 0


def raw(kernel: str, build: str) -> Raw:
    return Raw(shared_module(kernel, build))


def f32(*values: float) -> bytes:
    return array("f", values).tobytes()


def u32(*values: int) -> bytes:
    return array("I", values).tobytes()


@pytest.fixture(params=WASM_BUILDS)
def vec(request):
    """The vector kernel with a three-dimensional index of two rows, by handle."""
    calls = raw("vector", request.param)
    calls.handle = calls.vec_create(3, 1, 0)
    calls.ordinals = calls.put(u32(4, 9))
    calls.rows = calls.put(f32(1, 2, 3, 4, 5, 6))
    assert calls.vec_add(calls.handle, 2, calls.ordinals, calls.rows) == 2
    yield calls
    assert calls.vec_len(calls.handle) == 2
    assert calls.destroy(calls.handle) == 0
    calls.free_all()


@pytest.mark.parametrize(("kernel", "build"), KERNELS)
def test_version_and_capabilities(kernel, build):
    calls = raw(kernel, build)
    assert calls.abi_version() == ABI_VERSION
    assert calls.capabilities() == (KERNEL_CAPABILITIES["simd128"] if build == "simd" else 0)


@pytest.mark.parametrize(("kernel", "build"), KERNELS)
def test_alloc_aligns_and_free_knows_what_it_gave(kernel, build):
    calls = raw(kernel, build)
    ptrs = {size: calls.alloc(size) & U32 for size in (0, 1, 3, 16, 100, 70_000)}
    assert all(ptr and ptr % 16 == 0 for ptr in ptrs.values())
    assert len(set(ptrs.values())) == len(ptrs)
    for ptr, size in ((ptrs[100], 99), (ptrs[100] + 16, 84), (0, 0), (U32, 16), (ptrs[100], U32)):
        assert calls.free(ptr, size) == STATUS["bad_pointer"]
    for size, ptr in ptrs.items():
        assert calls.free(ptr, size) == 0
    assert calls.free(ptrs[100], 100) == STATUS["bad_pointer"]


@pytest.mark.parametrize(("kernel", "build"), KERNELS)
def test_alloc_of_too_much_is_no_pointer(kernel, build):
    calls = raw(kernel, build)
    for size in (U32, 1 << 31, U32 - 15):
        assert calls.alloc(size) == 0


@pytest.mark.parametrize(("kernel", "build"), KERNELS)
def test_handles_that_are_none(kernel, build):
    # An instance of its own: in the shared one a number below may be the handle of another test's model.
    calls = Raw(new_module(kernel, build))
    made = (
        calls.vec_create(3, 0, 0)
        if kernel == "vector"
        else calls.bm25_create(1, calls.put(f32(1)), 1.2, 0.75)
    )
    assert made > 0
    assert calls.destroy(made) == 0
    single = [calls.destroy, calls.result_ptr, calls.result_len]
    single += [calls.vec_len, calls.vec_save] if kernel == "vector" else [calls.bm25_len, calls.model_dim]
    for handle in (made, 0, -1, 1, 4095, 1 << 12, 0x7FFF_FFFF, -(2**31)):
        for call in single:
            assert call(handle) == STATUS["bad_handle"], (call.__name__, handle)
    calls.free_all()


def test_a_handle_of_another_kind_is_none():
    calls = raw("text", "simd")
    model = TextModel(calls.module, tiny_model())
    assert calls.bm25_len(model._handle) == STATUS["bad_handle"]
    model.close()


def test_handles_run_out_and_come_back(vec):
    handles = []
    while (handle := vec.vec_create(1, 0, 0)) > 0:
        handles.append(handle)
        assert len(handles) <= 4096
    assert handle == STATUS["too_many_handles"]
    for handle in handles:
        assert vec.destroy(handle) == 0
    again = vec.vec_create(1, 0, 0)
    assert again not in handles
    assert vec.destroy(again) == 0


def test_create_checks_every_parameter(vec):
    for dim in (0, 65_537, U32, -1):
        assert vec.vec_create(dim, 0, 0) == STATUS["bad_dimension"]
    for metric, storage in ((3, 0), (U32, 0), (0, 3), (-1, 0)):
        assert vec.vec_create(3, metric, storage) == STATUS["bad_argument"]


def test_every_pointer_is_checked_before_it_is_read(vec):
    beyond = len_of_memory(vec.module)
    bad_data = [beyond - 4, beyond, U32 - 3, -4, 0, vec.rows + 1, vec.rows + 2]
    for ptr in bad_data:
        for call, *arguments in (
            (vec.vec_add, 2, vec.ordinals, ptr),
            (vec.vec_add, 2, ptr, vec.rows),
            (vec.vec_update, 2, vec.ordinals, ptr),
            (vec.vec_remove, 2, ptr),
            (vec.vec_quantize, 2, ptr),
            (vec.vec_get, 2, ptr),
            (vec.vec_search, ptr, 1, 0, 0, 0),
            (vec.vec_search_batch, 2, ptr, 1, 0, 0, 0),
            (vec.vec_score, ptr, 2, vec.ordinals),
            (vec.vec_score, vec.rows, 2, ptr),
            (vec.vec_pairwise, 2, ptr),
        ):
            assert call(vec.handle, *arguments) == STATUS["bad_pointer"], ptr
    for ptr, size in ((beyond - 4, 5), (beyond, 1), (0, 1), (U32, 1), (16, U32)):
        assert vec.vec_search(vec.handle, vec.rows, 1, 0, ptr, size) == STATUS["bad_pointer"]
        assert vec.vec_load(ptr, size) == STATUS["bad_pointer"]


def test_counts_that_overflow(vec):
    for count in (1 << 30, (1 << 30) + 1, 1 << 31, U32, 0x5555_5556, 0x1555_5556):
        for call, *arguments in (
            (vec.vec_add, count, vec.ordinals, vec.rows),
            (vec.vec_quantize, count, vec.rows),
            (vec.vec_get, count, vec.ordinals),
            (vec.vec_pairwise, count, vec.ordinals),
            (vec.vec_search_batch, count, vec.rows, 1, 0, 0, 0),
        ):
            status = call(vec.handle, *arguments)
            assert status in (STATUS["bad_pointer"], STATUS["out_of_memory"]), count
    for rows in (U32, 1 << 30):
        assert vec.vec_reserve(vec.handle, rows) == STATUS["out_of_memory"]


def test_k_and_rescore_at_their_limits(vec):
    for k in (0, 65_537, U32, -1):
        assert vec.vec_search(vec.handle, vec.rows, k, 0, 0, 0) == STATUS["bad_argument"]
    assert vec.vec_search(vec.handle, vec.rows, 65_536, U32, 0, 0) == 2


def test_ordinals_up_to_the_largest(vec):
    """An ordinal that cannot be kept is refused; it must not make the kernel allocate 16 GiB for a map."""
    for ordinal in (U32, U32 - 1, 1 << 31):
        where = vec.put(u32(ordinal))
        status = vec.vec_add(vec.handle, 1, where, vec.rows)
        assert status in (STATUS["bad_argument"], STATUS["out_of_memory"], 1), STATUS_NAMES.get(status)
        if status == 1:
            assert vec.vec_remove(vec.handle, 1, where) >= 0


@pytest.mark.parametrize("storage", [0, 1, 2])
@pytest.mark.parametrize("metric", [0, 1, 2])
@pytest.mark.parametrize("build", WASM_BUILDS)
def test_the_largest_and_smallest_floats_do_not_trap(build, metric, storage):
    calls = raw("vector", build)
    handle = calls.vec_create(5, metric, storage)
    values = [3.4028234e38, -3.4028234e38, 1.1754944e-38, -1.1754944e-38, 0.0]
    rows = [pair * 2 + (1.0,) for pair in product(values, repeat=2)]
    ordinals = calls.put(u32(*range(len(rows))))
    assert calls.vec_add(handle, len(rows), ordinals, calls.put(f32(*sum(rows, ())))) == len(rows)
    for row in rows:
        found = calls.vec_search(handle, calls.put(f32(*row)), 25, 0, 0, 0)
        assert found == 25
        data = calls.module.read(calls.result_ptr(handle) & U32, 8 * found)
        assert sorted(array("I", data[:100])) == list(range(25))
    calls.destroy(handle)
    calls.free_all()


def test_bm25_checks_every_pointer_and_length():
    calls = raw("text", "simd")
    beyond = len_of_memory(calls.module)
    weights = calls.put(f32(1, 2))
    for fields, ptr in (
        (0, weights),
        (U32, weights),
        (1 << 30, weights),
        (2, beyond - 4),
        (2, weights + 1),
        (2, 0),
    ):
        assert calls.bm25_create(fields, ptr, 1.2, 0.75) in (STATUS["bad_argument"], STATUS["bad_pointer"])
    for k1, b in ((-1.0, 0.5), (1.0, 1.5), (float("nan"), 0.5), (1.0, float("inf"))):
        assert calls.bm25_create(2, weights, k1, b) in (STATUS["bad_argument"], STATUS["not_finite"])
    handle = calls.bm25_create(2, weights, 1.2, 0.75)
    assert handle > 0
    ordinals, text = calls.put(u32(0, 1)), calls.put(b"some text that is longer than needed")
    good = calls.put(u32(4, 0, 5, 4))
    for lens in (
        calls.put(u32(4, 0, 5, U32)),
        calls.put(u32(U32, U32, U32, U32)),
        calls.put(u32(1 << 30, 1 << 30, 1 << 30, 1 << 30)),
        beyond - 8,
        good + 2,
        0,
    ):
        assert calls.bm25_add(handle, 2, ordinals, lens, text) == STATUS["bad_pointer"]
    assert calls.bm25_add(handle, 1 << 31, ordinals, good, text) == STATUS["bad_pointer"]
    assert calls.bm25_add(handle, 2, ordinals, good, beyond - 3) == STATUS["bad_pointer"]
    for ptr, size in ((beyond - 3, 4), (0, 1), (text, U32)):
        assert calls.bm25_search(handle, ptr, size, 1, 0, 0) == STATUS["bad_pointer"]
        assert calls.bm25_score(handle, ptr, size, 1, ordinals) == STATUS["bad_pointer"]
        assert calls.bm25_terms(handle, ptr, size) == STATUS["bad_pointer"]
        assert calls.bm25_load(ptr, size) == STATUS["bad_pointer"]
        assert calls.model_load(ptr, size) == STATUS["bad_pointer"]
    broken = calls.put(b"caf\xc3")
    assert calls.bm25_search(handle, broken, 4, 1, 0, 0) == STATUS["bad_utf8"]
    assert calls.bm25_terms(handle, broken, 4) == STATUS["bad_utf8"]
    # Two halves of one character are two broken texts, though their concatenation is a good one.
    split = calls.put(u32(4, 1, 0, 0))
    assert calls.bm25_add(handle, 2, ordinals, split, calls.put("café".encode())) == STATUS["bad_utf8"]
    assert calls.bm25_len(handle) == 0
    assert calls.destroy(handle) == 0
    calls.free_all()


@pytest.mark.parametrize("build", WASM_BUILDS)
@settings(max_examples=60)
@given(st.data())
def test_any_arguments_give_a_status(build, data):
    """Exports of fixed arity with arguments from the corners: no trap, and the index stays as it was."""
    calls = raw("vector", build)
    index = VectorIndex(calls.module, dim=4, storage="i8")
    index.add([1, 2], f32(1, 2, 3, 4, 5, 6, 7, 8))
    before = index.save()
    corner = st.sampled_from([0, 1, 2, 3, 4, 16, 65_536, 65_537, 1 << 20, 1 << 30, 1 << 31, U32 - 3, U32, -1])
    arity = {
        "vec_quantize": 2,
        "vec_get": 2,
        "vec_pairwise": 2,
        "vec_search": 5,
        "vec_score": 3,
        "vec_search_batch": 6,
    }
    for export, count in arity.items():
        arguments = data.draw(st.lists(corner, min_size=count, max_size=count))
        status = getattr(calls, export)(index._handle, *arguments)
        assert status >= 0 or status in STATUS_NAMES, (export, arguments, status)
    assert index.save() == before
    index.close()


@pytest.mark.parametrize("build", WASM_BUILDS)
@settings(max_examples=60)
@given(st.binary(max_size=200), st.sampled_from([b"PVEC", b"PBM2", b"SVE1", b""]), st.booleans())
def test_loading_noise_gives_a_status(build, noise, magic, versioned):
    blob = magic + (pack("<I", 1) if versioned else b"") + noise
    for kernel, exports in (("vector", ["vec_load"]), ("text", ["bm25_load", "model_load"])):
        calls = raw(kernel, build)
        ptr = calls.put(blob)
        for export in exports:
            assert getattr(calls, export)(ptr, len(blob)) in (STATUS["bad_format"], STATUS["bad_checksum"])
        calls.free_all()


def len_of_memory(module) -> int:
    """Where the memory ends: the last readable byte, by bisection, so that it works on any host."""
    low, high = 0, 1 << 32
    while high - low > 1:
        middle = (low + high) // 2
        try:
            module.read(middle - 1, 1)
            low = middle
        except KernelError:
            high = middle
    return low


native = pytest.mark.skipif(sys.platform == "emscripten", reason="a page cannot limit one module's memory")


def until_full(add, step: int) -> int:
    """Add batches until the memory is full; how many rows were added."""
    added = 0
    while (error := refusal(add, added)) is None:
        added += step
    assert error.details["status"] == "out_of_memory"
    return added


def refusal(call, *arguments) -> KernelError | None:
    try:
        call(*arguments)
    except KernelError as error:
        return error
    return None


@native
@pytest.mark.parametrize("storage", ["f32", "i8", "i8_f32"])
@pytest.mark.parametrize("build", WASM_BUILDS)
def test_memory_that_cannot_grow_is_a_status_and_changes_nothing(build, storage):
    module = new_module("vector", build, memory_limit=4 << 20)
    index = VectorIndex(module, dim=256, metric="ip", storage=storage)
    batch = array("f", [1.0, 2.0] * 128 * 100)
    added = until_full(lambda start: index.add(range(start, start + 100), batch), 100)
    assert added > 500
    assert len(index) == added
    for call in (lambda: index.reserve(10**6), lambda: index.quantize(array("f", [1.0]) * 256 * 100_000)):
        with pytest.raises(KernelError) as caught:
            call()
        assert caught.value.details["status"] == "out_of_memory"
    found = index.search(batch[:256], 5)
    assert list(found.ordinals) == [0, 1, 2, 3, 4]
    # What is freed can be used again.
    index.remove(range(0, added, 2))
    index.add(range(0, 200, 2), batch)
    assert len(index) == added - added // 2 + 100
    index.close()
    again = VectorIndex(module, dim=256, storage=storage)
    again.add(range(100), batch)
    again.close()


@native
@pytest.mark.parametrize("build", WASM_BUILDS)
def test_documents_that_do_not_fit_are_a_status_and_change_nothing(build):
    module = new_module("text", build, memory_limit=4 << 20)
    index = Bm25Index(module, weights=[1.0])

    def add(start: int) -> None:
        documents = [(" ".join(f"w{start + at}x{word}" for word in range(50)),) for at in range(20)]
        index.add(range(start, start + 20), documents)

    added = until_full(add, 20)
    assert len(index) == added > 0
    assert list(index.search("w0x7", 3).ordinals) == [0]
    with pytest.raises(InputError):
        index.score("w0x7", [added])
    index.remove(range(added))
    assert len(index) == 0
    index.close()
