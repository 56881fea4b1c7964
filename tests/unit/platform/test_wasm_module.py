"""What every implementation of `WasmModule` does: wasmtime natively, the JavaScript engine inside Pyodide."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.errors import KernelError
from tests.unit.platform.probe import PAGE, new_probe


@pytest.fixture(scope="module")
def shared():
    return new_probe()


@pytest.fixture
def module():
    return new_probe()


def test_says_what_it_is(module):
    assert (module.name, module.build) == ("probe", "scalar")
    assert module.runtime


@given(st.integers(-(2**31), 2**32 - 1))
def test_results_are_signed_and_arguments_either(shared, value):
    assert shared.bind("first")(value, 0, 0) == (value + 2**31) % 2**32 - 2**31


@given(st.floats(width=32, allow_nan=False))
def test_floats_arrive_bit_for_bit(shared, value):
    assert shared.bind("bits")(value) == array("i", array("f", [value]).tobytes())[0]


def test_integers_floats_and_doubles_mix(module):
    assert module.bind("mixed")(1, 2.5, -3.75, 40) == 1 + 2 - 3 + 40


@pytest.mark.parametrize("export", ["absent", "memory"])
def test_what_is_no_function_cannot_be_bound(module, export):
    with pytest.raises(KernelError) as caught:
        module.bind(export)
    assert caught.value.details["call"] == export


def test_an_export_is_bound_once(module):
    assert module.bind("sum") is module.bind("sum")
    assert module.bind("none")() == -7


@pytest.mark.parametrize(("export", "arguments"), [("fall", ()), ("peek", (PAGE,)), ("deep", (0,))])
def test_a_trap_is_an_error_and_the_module_goes_on(module, export, arguments):
    for _ in range(3):
        with pytest.raises(KernelError) as caught:
            module.bind(export)(*arguments)
        assert caught.value.details == {"kernel": "probe", "call": export, "status": "trap"}
        assert module.bind("sum")(1, 2, 3) == 6


def test_memory_is_written_and_read(module):
    module.write(8, b"bytes")
    module.write(16, array("f", [1.5, -2.0]))
    module.write(32, memoryview(bytes(range(12))).cast("B", (3, 4)))
    module.write(50, b"")
    assert module.read(8, 5) == b"bytes"
    assert array("f", module.read(16, 8)).tolist() == [1.5, -2.0]
    assert module.read(32, 12) == bytes(range(12))
    assert module.read(50, 0) == b""
    assert module.bind("peek")(8) == ord("b")
    assert type(module.read(0, 4)) is bytes


def test_what_was_read_is_a_copy(module):
    module.write(0, b"before")
    data = module.read(0, 6)
    module.write(0, b"after!")
    assert data == b"before"


def test_the_view_follows_the_memory_as_it_grows(module):
    module.write(PAGE - 4, b"last")
    with pytest.raises(KernelError):
        module.write(PAGE, b"x")
    assert module.bind("grow")(2) == 1
    module.write(PAGE, b"next")
    assert module.read(PAGE - 4, 8) == b"lastnext"
    assert module.bind("peek")(PAGE) == ord("n")
    module.write(3 * PAGE - 1, b"!")
    with pytest.raises(KernelError):
        module.write(3 * PAGE - 1, b"!!")


@pytest.mark.parametrize(
    ("ptr", "size"), [(PAGE - 3, 4), (PAGE, 1), (-1, 1), (-4, 4), (2**32 - 2, 4), (0, -1)]
)
def test_nothing_is_read_or_written_outside(module, ptr, size):
    with pytest.raises(KernelError) as caught:
        module.read(ptr, size)
    assert caught.value.details["status"] == "bad_pointer"
    if size > 0:
        with pytest.raises(KernelError):
            module.write(ptr, bytes(size))
