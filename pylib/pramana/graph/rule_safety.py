"""Which rules can be applied: every variable gets its value from a condition, every part can be spelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pramana.errors import InputError, RuleError
from pramana.graph.rule_tokens import OPERATORS, is_variable_name
from pramana.knowledge import Atom, Comparison, Rule, is_variable
from pramana.text.terms import number_of, predicate_of, spelled

__all__ = ["check_rule", "malformed", "unsafe_part", "variables_of"]


def check_rule(rule: Rule) -> None:
    """Check a rule that was not read from text: such a rule prints, and reads back as itself.

    Raises:
        RuleError: a term is not spelled as it is stored, a predicate is a variable, the weight is not in (0, 1], or
            the rule is unsafe, when `details["variable"]` names the variable.
    """
    for atom in (rule.head, *rule.body, *rule.unless):
        _check_atom(atom)
    for comparison in rule.where:
        _check_term(comparison.left)
        _check_term(comparison.right)
        problem = malformed(comparison)
        if problem:
            raise RuleError(problem, field="where")
    if not 0 < rule.weight <= 1:
        raise RuleError(f"a rule's weight is above 0 and at most 1; got {rule.weight}", field="weight")
    unsafe = unsafe_part(rule)
    if unsafe:
        message, variable = unsafe
        raise RuleError(message, field="rule", **({"variable": variable} if variable else {}))


def variables_of(*atoms: Atom) -> Iterator[str]:
    """Yield the variables of atoms in order, each as often as it occurs."""
    for atom in atoms:
        yield from filter(is_variable, (atom.subject, atom.object))


def unsafe_part(rule: Rule) -> tuple[str, str] | None:
    """Return what is wrong and the variable at fault ("" where it is none), or None for a safe rule.

    A variable of the conclusion, of `unless` or of a comparison must be in the body. One that is in a single
    statement of `unless` and nowhere else means "any" there.
    """
    if not rule.body:
        return "a rule has at least one condition that is neither unless nor a comparison", ""
    bound = set(variables_of(*rule.body))
    for variable in variables_of(rule.head):
        if variable not in bound:
            return _unbound("the conclusion", variable), variable
    statements = Counter(variable for atom in rule.unless for variable in set(variables_of(atom)))
    for variable in variables_of(*rule.unless):
        if variable not in bound and statements[variable] > 1:
            return _unbound("more than one unless", variable), variable
    for comparison in rule.where:
        for variable in filter(is_variable, (comparison.left, comparison.right)):
            if variable not in bound:
                return _unbound("a comparison", variable), variable
    return None


def malformed(comparison: Comparison) -> str | None:
    """Return what is wrong with a comparison by itself, or None."""
    left, operator, right = comparison.left, comparison.operator, comparison.right
    shown = f"{left} {operator} {right}"
    if operator not in OPERATORS:
        return f"a comparison is one of = != < <= > >=; got {shown}"
    constants = [side for side in (left, right) if not is_variable(side)]
    if len(constants) == 2:
        return f"a comparison has a variable on at least one side; got {shown}"
    if operator not in {"=", "!="} and any(number_of(side) is None for side in constants):
        return f"< <= > >= compare numbers; got {shown}"
    return None


def _unbound(place: str, variable: str) -> str:
    return (
        f"{variable} is in {place}, so a condition that is neither unless nor a comparison must have it too"
    )


def _check_atom(atom: Atom) -> None:
    _check_term(atom.subject)
    _check_term(atom.object)
    if is_variable(atom.predicate):
        raise RuleError(f"a predicate cannot be a variable; got {atom.predicate}", variable=atom.predicate)
    try:
        expected = predicate_of(atom.predicate)
    except InputError as error:
        raise RuleError(error.message, **error.details) from error
    if atom.predicate != expected:
        raise RuleError(f"a predicate is spelled {expected!r}, not {atom.predicate!r}", field="predicate")


def _check_term(term: str) -> None:
    if is_variable(term):
        if not is_variable_name(term):
            problem = f'a variable is "?" and a name of letters, digits, "-" and "_"; got {term[:60]!r}'
            raise RuleError(problem, field="rule", variable=term)
        return
    try:
        expected = spelled(term)
    except InputError as error:
        raise RuleError(error.message, **error.details) from error
    if term != expected:
        raise RuleError(f"a term is spelled {expected!r}, not {term!r}", field="term")
