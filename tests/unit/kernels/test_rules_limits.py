"""What a rule base refuses, and what is too much for it."""

from __future__ import annotations

import sys

import pytest

from pramana.errors import ClosedError, InputError, KernelError
from pramana.kernels.rules import RuleBase
from tests.unit.kernels.builds import new_module, shared_module
from tests.unit.kernels.rule_bases import (
    IS,
    LEAP,
    STEP,
    chain,
    known,
    teach,
    tell,
)


@pytest.fixture
def base(make_rules):
    base = make_rules()
    yield base
    base.close()


def run_to_the_end(base, steps):
    while not base.run(steps):
        pass


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda base: base.assert_facts([1, 2], [1]), "triples"),
        (lambda base: base.assert_facts([1, 2, -3], [1]), "triples"),
        (lambda base: base.assert_facts([1, 2, 3], [1, 1]), "confidences"),
        (lambda base: base.assert_facts([1, 2, 3], ["much"]), "confidences"),
        (lambda base: base.assert_facts([1, 2, 3], b"\1"), "confidences"),
        (lambda base: base.assert_facts([1, 2, 3, 1, 2, 4], [1, 1.5]), "confidences"),
        (lambda base: base.assert_facts([1, 2, 3], [-0.5]), "confidences"),
        (lambda base: base.assert_facts([1, 2, 3], [float("nan")]), "confidences"),
        (lambda base: base.set_numbers([1], []), "values"),
        (lambda base: base.set_numbers([1, 2], [0, float("inf")]), "values"),
        (lambda base: base.set_numbers("1", [0]), "terms"),
        (lambda base: base.match(-1, None, None), "subject"),
        (lambda base: base.match(None, "is", None), "predicate"),
        (lambda base: base.match(None, None, 1 << 32), "object"),
        (lambda base: base.match(None, None, None, which="derived"), "which"),
        (lambda base: base.match(None, None, None, limit=-1), "limit"),
        (lambda base: base.match(None, None, None, after=-2), "after"),
        (lambda base: base.find([1]), "triples"),
        (lambda base: base.describe([0, 5]), "number"),
        (lambda base: base.support(5), "number"),
        (lambda base: base.support(True), "number"),
        (lambda base: base.derivations(5, 1), "number"),
        (lambda base: base.derivations(0, -1), "limit"),
        (lambda base: base.run(-1), "steps"),
        (lambda base: base.run(max_derived=1.5), "max_derived"),
    ],
)
def test_bad_arguments_are_refused_by_name_and_change_nothing(base, call, field):
    tell(base, [(9, IS, 9)])
    before = known(base)
    with pytest.raises(InputError) as error:
        call(base)
    assert error.value.details["field"] == field
    assert (known(base), len(base)) == (before, 1)


def test_the_confidence_at_fault_is_named(base):
    with pytest.raises(InputError, match=r"from 0 to 1, got 1\.5 at 1") as error:
        base.assert_facts([1, 2, 3, 1, 2, 4], [1, 1.5])
    assert error.value.details["index"] == 1


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_term_beyond_the_limit_is_out_of_memory(base, at):
    triple = [1, 1, 1]
    triple[at] = 1 << 28
    with pytest.raises(KernelError) as error:
        base.assert_facts(triple, [1])
    assert error.value.details["status"] == "out_of_memory"
    with pytest.raises(KernelError) as error:
        base.set_numbers([1 << 28], [1])
    assert error.value.details["status"] == "out_of_memory"
    assert len(base) == 0
    tell(base, [((1 << 28) - 1, (1 << 28) - 1, (1 << 28) - 1)])
    assert base.holding == 1


def test_a_closed_base_says_so(make_rules):
    base = make_rules()
    base.close()
    base.close()
    for call in (lambda: len(base), base.run, base.rollback, lambda: base.find([]), lambda: base.support(0)):
        with pytest.raises(ClosedError):
            call()


def test_a_stale_handle_is_refused_by_the_kernel():
    module = shared_module("rules", "scalar")
    base, other = RuleBase(module), RuleBase(module)
    handle = base._handle
    base.close()
    assert module.bind("rules_len")(handle) == -1
    assert module.bind("rules_run")(handle, 0, 0) == -1
    assert len(other) == 0
    other.close()


@pytest.mark.skipif(sys.platform == "emscripten", reason="the browser sets no limit on an instance's memory")
def test_running_out_of_memory_rolls_back():
    base = RuleBase(new_module("rules", "scalar", memory_limit=8 << 20))
    teach(base, STEP, LEAP)
    tell(base, chain(600))
    before = known(base)
    for steps in (0, 1000):
        with pytest.raises(KernelError) as error:
            run_to_the_end(base, steps)
        assert error.value.details["status"] == "out_of_memory"
        assert known(base) == before
    tell(base, chain(600), 0.0)
    tell(base, chain(20))
    base.run()
    assert base.derived == 20 * 21 // 2
    with pytest.raises(KernelError):
        tell(base, chain(200_000))
    assert len(base) == 600 + 210
    base.close()
