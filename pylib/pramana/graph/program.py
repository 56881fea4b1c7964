"""Rules as the rules kernel takes them: numbered, over terms that are integers, in strata.

The kernel knows no signs: predicate p is the code `2 · p`, and "not p" is `2 · p + 1`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeAlias

from pramana.errors import RuleError
from pramana.graph.stratify import rule_strata
from pramana.kernels.rules import VARIABLE, ProgramRule, encode_program
from pramana.knowledge import Atom, Rule, is_variable

__all__ = ["Names", "Program", "Triple", "atom_of", "check_size", "triple_of", "variables_of"]

MAX_VARIABLES, MAX_LITERALS = 64, 32
"""What the kernel has room for in a rule: variables, and conditions of each kind."""
Triple: TypeAlias = tuple[int, int, int]
"""Subject, predicate code and object."""


class Names(Protocol):
    """Which number stands for which term."""

    def __len__(self) -> int: ...
    def id_of(self, text: str) -> int | None:
        """The number of a term, None for one that has none."""
        ...

    def intern(self, text: str) -> int:
        """The number of a term, a new one where it has none."""
        ...

    def name(self, term: int) -> str:
        """The term of a number."""
        ...


def triple_of(atom: Atom, names: Names) -> Triple | None:
    """Return the triple of a statement without variables; None if it names what has no number."""
    subject, predicate, object_ = map(names.id_of, (atom.subject, atom.predicate, atom.object))
    if subject is None or predicate is None or object_ is None:
        return None
    return subject, 2 * predicate + atom.negated, object_


def atom_of(triple: Triple, names: Names) -> Atom:
    """Return the statement of a triple."""
    subject, code, object_ = triple
    return Atom(names.name(subject), names.name(code >> 1), names.name(object_), bool(code & 1))


def variables_of(rule: Rule) -> tuple[str, ...]:
    """Return a rule's variables in the order of the kernel: as they occur in body and unless."""
    atoms = (*rule.body, *rule.unless)
    return tuple(
        dict.fromkeys(term for atom in atoms for term in (atom.subject, atom.object) if is_variable(term))
    )


def check_size(rule: Rule) -> None:
    """Refuse a rule that the kernel has no room for.

    Raises:
        RuleError: too many variables or conditions.
    """
    count = len(variables_of(rule))
    if count > MAX_VARIABLES:
        raise RuleError(f"a rule has at most {MAX_VARIABLES} variables, got {count}", field="rule")
    for what, parts in (("conditions", rule.body), ("unless", rule.unless), ("comparisons", rule.where)):
        if len(parts) > MAX_LITERALS:
            raise RuleError(f"a rule has at most {MAX_LITERALS} {what}, got {len(parts)}", field="rule")


class Program:
    """The rules in force, each under a number that is never given to another."""

    def __init__(self, names: Names) -> None:
        self.rules: dict[int, Rule] = {}
        """By number."""
        self.variables: dict[int, tuple[str, ...]] = {}
        """By number, in the order of a derivation's bindings."""
        self._names = names
        self._numbers: dict[str, int] = {}

    @property
    def compares(self) -> bool:
        """Whether a rule asks which of two numbers is greater."""
        return any(one.operator not in {"=", "!="} for rule in self.rules.values() for one in rule.where)

    def replace(self, rules: Iterable[Rule]) -> bytes:
        """Put `rules` in force and return the program; the terms they name get numbers.

        Raises:
            RuleError: they cannot be stratified, or one is too large.
        """
        given = list(rules)
        order = rule_strata(given)
        for rule in given:
            check_size(rule)
        self.rules = {self._numbers.setdefault(rule.id, len(self._numbers)): rule for rule in given}
        self.variables = {number: variables_of(rule) for number, rule in self.rules.items()}
        return encode_program(
            self._compiled(self._numbers[rule.id], rule, stratum)
            for rule, stratum in zip(given, order, strict=True)
        )

    def _compiled(self, number: int, rule: Rule, stratum: int) -> ProgramRule:
        slots = {variable: VARIABLE | index for index, variable in enumerate(self.variables[number])}

        def slot(term: str) -> int:
            return slots[term] if is_variable(term) else self._names.intern(term)

        def literal(atom: Atom) -> Triple:
            return (
                slot(atom.subject),
                2 * self._names.intern(atom.predicate) + atom.negated,
                slot(atom.object),
            )

        return ProgramRule(
            number,
            rule.weight,
            stratum,
            len(slots),
            literal(rule.head),
            [literal(atom) for atom in rule.body],
            [literal(atom) for atom in rule.unless],
            [(one.operator, slot(one.left), slot(one.right)) for one in rule.where],
        )
