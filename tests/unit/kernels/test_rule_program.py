"""Programs as bytes: what is written is read again, and kernel and reference refuse the same."""

from __future__ import annotations

import random
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.errors import InputError
from pramana.kernels.rule_program import decode_program
from pramana.kernels.rules import MISSING, OPERATORS, VARIABLE, ProgramRule, encode_program
from pramana.protocol import COMPARISONS
from tests.unit.kernels.builds import ONCE_BUILDS, rules_factory
from tests.unit.kernels.rule_bases import confidences, rule, teach, tell
from tests.unit.kernels.test_rules_changes import rules

A, B, C = 1, 2, 3
GOOD = rule(5, ("x", B, "x"), ("x", A, "y"))


@pytest.fixture
def base(make_rules):
    base = make_rules()
    yield base
    base.close()


@given(st.lists(st.integers(0, MISSING - 1), unique=True, max_size=4).flatmap(
    lambda numbers: st.tuples(*(rules(number) for number in numbers))
))  # fmt: skip
def test_a_program_is_read_as_it_was_written(program):
    assert decode_program(encode_program(program)) == list(program)


def test_operators_have_the_codes_of_the_protocol():
    assert list(OPERATORS.values()) == list(COMPARISONS.values())
    assert len(OPERATORS) == 6


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ([GOOD, GOOD], "two rules have the same number"),
        ([GOOD._replace(number=MISSING)], "is reserved"),
        ([GOOD._replace(weight=0.0)], "weight"),
        ([GOOD._replace(weight=1.0000001)], "weight"),
        ([GOOD._replace(weight=-0.5)], "weight"),
        ([GOOD._replace(weight=float("nan"))], "weight"),
        ([GOOD._replace(variables=65)], "65 variables"),
        ([GOOD._replace(variables=1)], "variable 1 of 1"),
        ([GOOD._replace(body=[])], "a body has 1 to 32"),
        ([GOOD._replace(body=[GOOD.body[0]] * 33)], "a body has 1 to 32"),
        ([GOOD._replace(comparisons=[("=", 0, 0)] * 33)], "at most as many"),
        ([GOOD._replace(unless=[(0, C, 0)] * 33, stratum=1)], "at most as many"),
        ([GOOD._replace(head=(VARIABLE, VARIABLE, VARIABLE))], "a predicate is a variable"),
        ([GOOD._replace(body=[(VARIABLE, VARIABLE, VARIABLE)])], "a predicate is a variable"),
        ([GOOD._replace(head=(1 << 28, B, 0))], "is more than"),
        ([GOOD._replace(body=[(VARIABLE, 1 << 28, 0)])], "is more than"),
        ([rule(1, ("x", B, "z"), ("x", A, "y"))], "variable 2 is not in the body"),
        ([rule(1, ("x", B, "x"), ("x", A, "y"), where=[("<", "x", "z")])], "variable 2 is not in the body"),
        ([rule(1, ("z", B, 1), ("x", A, 1), unless=[("z", A, 1)], stratum=1)], "variable 1 is not in the body"),
        (
            [rule(1, ("x", B, "x"), ("x", A, 1), unless=[("x", A, "z"), ("z", C, 1)], stratum=1)],
            "in several unless",
        ),
        ([rule(1, ("x", B, "x"), ("x", A, 1), unless=[("x", C, 1)])], "not in a lower stratum"),
        (
            [rule(1, ("x", B, "x"), ("x", A, 1), unless=[("x", B, 1)], stratum=1)],
            "not in a lower stratum",
        ),
        ([GOOD, rule(1, ("x", B, "x"), ("x", C, 1), stratum=1)], "is in another stratum"),
        ([GOOD, rule(1, ("x", B, 7), ("x", C, 1), stratum=1)], "is in another stratum"),
        ([rule(1, ("x", B, 7), ("x", B, 8)), rule(2, ("x", B, 8), ("x", A, 1), stratum=1)], "higher stratum"),
        ([rule(1, ("x", B, 7), ("x", A, 1), unless=[("x", B, "y")], stratum=1)], "not in a lower stratum"),
        ([rule(1, ("x", B, "x"), ("x", C, 1)), rule(2, ("x", C, "x"), ("x", A, 1), stratum=1)], "higher stratum"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_the_rules_stay(base, program, reason):
    keeper = rule(9, ("x", C, "x"), ("x", A, "y"), stratum=2)
    teach(base, keeper)
    with pytest.raises(InputError, match=reason) as error:
        teach(base, *program)
    assert error.value.details["field"] == "program"
    tell(base, [(7, A, 8)])
    base.run()
    assert confidences(base) == {(7, A, 8): 1.0, (7, C, 7): 1.0}


def test_the_greatest_sizes_are_taken(base):
    most = rule(
        MISSING - 1,
        (VARIABLE, B, VARIABLE | 63),
        *[(VARIABLE | 2 * at, A, VARIABLE | (2 * at + 1)) for at in range(32)],
        unless=[(VARIABLE, C, VARIABLE | 1)] * 32,
        where=[("=", VARIABLE | 1, VARIABLE | 1)] * 32,
        stratum=MISSING,
    )._replace(variables=64)
    teach(base, most)
    tell(base, [(1, A, 2)])
    base.run()
    assert (1, B, 2) in confidences(base)


@pytest.mark.parametrize(
    "wrong",
    [
        GOOD._replace(number=-1),
        GOOD._replace(number=1 << 32),
        GOOD._replace(weight="heavy"),
        GOOD._replace(stratum=1.5),
        GOOD._replace(head=(1, 2)),
        GOOD._replace(head=(1, 2, None)),
        GOOD._replace(comparisons=[("==", 1, 2)]),
    ],
)
def test_what_has_no_place_in_the_format_is_refused(wrong):
    with pytest.raises(InputError) as error:
        encode_program([wrong])
    assert (error.value.details["field"], error.value.details["rule"]) == ("program", wrong.number)


def test_a_program_cut_anywhere_is_refused(base):
    whole = encode_program([GOOD, rule(6, ("x", C, "y"), ("x", A, "y"), unless=[("y", A, "x")], stratum=1)])
    base.set_program(memoryview(whole))
    for end in range(len(whole)):
        with pytest.raises(InputError):
            base.set_program(whole[:end])
    with pytest.raises(InputError, match="1 bytes follow"):
        base.set_program(whole + b"\0")
    with pytest.raises(InputError, match="program is bytes"):
        base.set_program("rules")


def test_what_a_predicate_says_of_different_objects_may_be_in_different_strata(base):
    teach(
        base,
        rule(1, ("x", B, 7), ("x", A, 1)),
        rule(2, ("x", B, 8), ("x", A, 2), unless=[("x", B, 7)], stratum=1),
        rule(3, ("x", C, "y"), ("x", B, "y"), unless=[("x", A, 3)], stratum=1),
    )
    tell(base, [(5, A, 1), (5, A, 2), (6, A, 2)])
    base.run()
    assert {triple for triple in confidences(base) if triple[1] != A} == {
        (5, B, 7),
        (5, C, 7),
        (6, B, 8),
        (6, C, 8),
    }
    tell(base, [(5, A, 1)], 0.0)
    base.run()
    assert {triple for triple in confidences(base) if triple[1] == B} == {(5, B, 8), (6, B, 8)}


def verdict(base, program):
    """How a base takes a program."""
    try:
        base.set_program(program)
    except InputError as error:
        # A status would be of what the kernel refuses, and the reference takes.
        return "by status alone" if "status" in error.details else "refused"
    return "taken"


@settings(deadline=None)
@given(seed=st.integers(0, 2**32), changes=st.integers(0, 3), program=rules(1))
def test_kernel_and_reference_refuse_the_same(seed, changes, program):
    """Programs with a few words changed, most of them small."""
    chance = random.Random(seed)
    words = array("I", encode_program([program, GOOD._replace(number=2, stratum=0)]))
    for _ in range(changes):
        words[chance.randrange(len(words))] = chance.choice(
            [
                0,
                1,
                2,
                3,
                5,
                6,
                64,
                VARIABLE,
                VARIABLE | 1,
                VARIABLE | 4,
                1 << 28,
                MISSING,
                chance.getrandbits(32),
            ]
        )
    bases = [rules_factory(build)() for build in ONCE_BUILDS]
    assert {verdict(base, words) for base in bases} in ({"taken"}, {"refused"})
    for base in bases:
        tell(base, [(0, 0, 1), (1, 0, 2), (2, 1, 0), (1, 2, 1)])
        base.run(max_derived=100)
    assert confidences(bases[0]) == confidences(bases[1])
    for base in bases:
        base.close()


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_trap(data):
    for build in ONCE_BUILDS:
        base = rules_factory(build)()
        assert verdict(base, data) == "refused" or decode_program(data) == []
        base.close()


def test_a_rule_is_a_plain_tuple_of_defaults():
    assert ProgramRule(1, 1.0, 0, 1, (VARIABLE, B, 0), [(VARIABLE, A, 0)]) == (
        1, 1.0, 0, 1, (VARIABLE, B, 0), [(VARIABLE, A, 0)], (), (),
    )  # fmt: skip
