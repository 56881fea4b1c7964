"""Programs of rules as bytes (docs/abi.md, "rules"): writing them, and reading and checking them.

The kernel checks a program itself, with a status for an answer. What is wrong is said here.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple, NoReturn, TypeAlias

from pramana.errors import InputError
from pramana.kernels.buffers import as_bytes
from pramana.ports import Buffer
from pramana.protocol import COMPARISONS, LIMITS

__all__ = ["MISSING", "OPERATORS", "VARIABLE", "ProgramRule", "decode_program", "encode_program"]

VARIABLE = 1 << 31
"""A slot is a term, at most LIMITS["max_term"], or `VARIABLE | index`."""
MISSING = 0xFFFF_FFFF
"""No triple, no term: in what `find` returns, and in the bindings of a variable of an `unless` alone."""
OPERATORS = {
    sign: COMPARISONS[name]
    for sign, name in {"=": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}.items()
}
"""Codes by sign."""

Literal: TypeAlias = tuple[int, int, int]
"""Slots of subject, predicate and object; the predicate is a term."""

_COUNT = struct.Struct("<I")
_HEAD = struct.Struct("<Id5I")  # number, weight, stratum, variables, body, unless, comparisons
_SIGNS = {code: sign for sign, code in OPERATORS.items()}
_MAX_TERM = LIMITS["max_term"]
_MAX_VARIABLES = LIMITS["max_rule_variables"]
_MAX_LITERALS = LIMITS["max_rule_literals"]


class ProgramRule(NamedTuple):
    """One rule as the kernel takes it."""

    number: int
    """Tells rules apart when a program is replaced: any u32 but the greatest"""
    weight: float
    """In (0, 1]"""
    stratum: int
    """At least those of the rules that can derive what `body` reads, more than those for `unless`; 0 without any.
    Rules that can derive the same have the same"""
    variables: int
    """How many; at most LIMITS["max_rule_variables"]"""
    head: Literal
    body: Sequence[Literal]
    """At least one; at most LIMITS["max_rule_literals"], as each of the following"""
    unless: Sequence[Literal] = ()
    comparisons: Sequence[tuple[str, int, int]] = ()
    """One of `OPERATORS`, and two slots"""


def encode_program(rules: Iterable[ProgramRule]) -> bytes:
    """Return the program of some rules, for `set_program`, which checks what they say.

    Raises:
        InputError: a value has no place in the format: not a u32, not a float, an unknown operator
            (`details["rule"]` is the rule's number).
    """
    encoded = [_encode_rule(rule) for rule in rules]
    return _COUNT.pack(len(encoded)) + b"".join(encoded)


def _encode_rule(rule: ProgramRule) -> bytes:
    literals = [slot for literal in (rule.head, *rule.body, *rule.unless) for slot in literal]
    sizes = (len(rule.body), len(rule.unless), len(rule.comparisons))
    if len(literals) != 3 * (1 + sizes[0] + sizes[1]):
        raise InputError("a literal has three slots", field="program", rule=rule.number)
    try:
        for operator, left, right in rule.comparisons:
            literals += (OPERATORS[operator], left, right)
        head = _HEAD.pack(rule.number, rule.weight, rule.stratum, rule.variables, *sizes)
        return head + struct.pack(f"<{len(literals)}I", *literals)
    except (struct.error, KeyError, TypeError) as error:
        raise InputError(
            f"rule {rule.number!r} cannot be written as a program: {error!r}",
            field="program",
            rule=rule.number,
        ) from error


def decode_program(program: Buffer) -> list[ProgramRule]:
    """Return the rules of a program, all checked.

    Raises:
        InputError: it is malformed, or a rule is not safe, or the strata are wrong (`details["rule"]`).
    """
    data = bytes(as_bytes(program, "program")[0])
    at, rules = 4, []
    try:
        for _ in range(_COUNT.unpack_from(data)[0]):
            rule, at = _read(data, at)
            rules.append(rule)
    except struct.error:
        raise InputError("the program ends in the middle of a rule", field="program") from None
    if at != len(data):
        raise InputError(f"{len(data) - at} bytes follow the program's last rule", field="program")
    for rule in rules:
        _check(rule)
    if len({rule.number for rule in rules}) < len(rules):
        raise InputError("two rules have the same number", field="program")
    _check_strata(rules)
    return rules


def _read(data: bytes, at: int) -> tuple[ProgramRule, int]:
    number, weight, stratum, variables, body, unless, comparisons = _HEAD.unpack_from(data, at)
    at += _HEAD.size
    rows = 1 + body + unless + comparisons
    flat = struct.unpack_from(f"<{3 * rows}I", data, at)
    slots = list(zip(flat[::3], flat[1::3], flat[2::3], strict=True))
    after = slots[1 + body + unless :]
    for operator, _, _ in after:
        if operator not in _SIGNS:
            _refuse(number, f"there is no comparison {operator}")
    compared = [(_SIGNS[operator], left, right) for operator, left, right in after]
    rule = ProgramRule(
        number,
        weight,
        stratum,
        variables,
        slots[0],
        slots[1 : 1 + body],
        slots[1 + body : 1 + body + unless],
        compared,
    )
    return rule, at + 12 * rows


def _refuse(number: int, message: str) -> NoReturn:
    raise InputError(f"rule {number}: {message}", field="program", rule=number)


def _variables(slots: Sequence[int]) -> set[int]:
    return {slot for slot in slots if slot & VARIABLE}


def _bound(rule: ProgramRule) -> set[int]:
    return {slot for literal in rule.body for slot in _variables(literal)}


def _check(rule: ProgramRule) -> None:
    if rule.number == MISSING:
        _refuse(rule.number, f"the number {MISSING} is reserved")
    if not 0 < rule.weight <= 1:
        _refuse(rule.number, f"the weight {rule.weight} is not in (0, 1]")
    if rule.variables > _MAX_VARIABLES:
        _refuse(rule.number, f"{rule.variables} variables, of at most {_MAX_VARIABLES}")
    if not rule.body or max(len(rule.body), len(rule.unless), len(rule.comparisons)) > _MAX_LITERALS:
        _refuse(
            rule.number, f"a body has 1 to {_MAX_LITERALS} literals, unless and comparisons at most as many"
        )
    for literal in (rule.head, *rule.body, *rule.unless):
        _check_slots(rule, literal)
        if literal[1] & VARIABLE:
            _refuse(rule.number, "a predicate is a variable")
    for _, left, right in rule.comparisons:
        _check_slots(rule, (left, right))
    _check_safety(rule)


def _check_slots(rule: ProgramRule, slots: Sequence[int]) -> None:
    for slot in slots:
        if slot & VARIABLE:
            if slot - VARIABLE >= rule.variables:
                _refuse(rule.number, f"variable {slot - VARIABLE} of {rule.variables}")
        elif slot > _MAX_TERM:
            _refuse(rule.number, f"the term {slot} is more than {_MAX_TERM}")


def _check_safety(rule: ProgramRule) -> None:
    elsewhere = _variables(rule.head) | _variables([slot for _, *slots in rule.comparisons for slot in slots])
    for slot in sorted(elsewhere - _bound(rule)):
        _refuse(rule.number, f"variable {slot - VARIABLE} is not in the body")
    for slot in sorted({slot for literal in rule.unless for slot in _variables(literal)} - _bound(rule)):
        if sum(slot in literal for literal in rule.unless) > 1:
            _refuse(rule.number, f"variable {slot - VARIABLE} is in several unless and not in the body")


def _check_strata(rules: list[ProgramRule]) -> None:
    """A rule derives what no other stratum derives, from what is not above it, unless what is below it."""
    deriving: defaultdict[int, list[ProgramRule]] = defaultdict(list)
    for rule in rules:
        deriving[rule.head[1]].append(rule)

    def strata_of(literal: Literal) -> set[int]:
        return {one.stratum for one in deriving[literal[1]] if _may_be_one(one.head[2], literal[2])}

    for rule in rules:
        if strata_of(rule.head) != {rule.stratum}:
            _refuse(rule.number, f"its head {rule.head[1]} is in another stratum, too")
        for literal in rule.body:
            if max(strata_of(literal), default=0) > rule.stratum:
                _refuse(rule.number, f"its body's {literal[1]} is in a higher stratum")
        for literal in rule.unless:
            if max(strata_of(literal), default=0) >= rule.stratum:
                _refuse(rule.number, f"unless reads {literal[1]}, which is not in a lower stratum")


def _may_be_one(slot: int, other: int) -> bool:
    """Whether two slots can stand for the same term."""
    return slot == other or bool((slot | other) & VARIABLE)
