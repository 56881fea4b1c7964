"""The order in which rules are applied: what `unless` reads is complete before it is read.

A relation is a predicate with its sign, since "not p" is a predicate of its own; and so is each predicate of one
place, (x is p), as long as no rule concludes (x is ?y). A relation's stratum is the least number that is not below
the strata of what it is derived from, and above those of what it is derived `unless`. There is none if a relation is
derived, step by step, unless it is itself (Apt, Blair and Walker, 1988).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from pramana.errors import RuleError
from pramana.knowledge import IS, Atom, Rule, is_variable
from pramana.text.terms import key_of

__all__ = ["Relation", "check_stratified", "rule_strata", "strata"]

Relation = tuple[str, bool, str]
"""A predicate's key, whether it is negated, and for a predicate of one place the key of the class, else ""."""
Uses = Mapping[Relation, Mapping[Relation, bool]]
"""For every relation those that rules derive from it, True where one does so by `unless`."""


class _Relations:
    """What the atoms of some rules say of their subjects and objects."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        heads = [rule.head for rule in rules if key_of(rule.head.predicate) == IS]
        self._classless = {head.negated for head in heads if is_variable(head.object)}
        self._derived = {self.of(head) for head in heads}

    def of(self, atom: Atom) -> Relation:
        """The relation of an atom, which for (x is ?y) is none that is derived, unless all of one place are one."""
        predicate = key_of(atom.predicate)
        one_place = predicate == IS and atom.negated not in self._classless
        return predicate, atom.negated, key_of(atom.object) if one_place else ""

    def read_by(self, atom: Atom) -> list[Relation]:
        """The relations that an atom of a condition reads."""
        relation = self.of(atom)
        if relation[2] and is_variable(atom.object):
            return [relation, *(one for one in self._derived if one[1] == atom.negated)]
        return [relation]


def check_stratified(rules: Iterable[Rule]) -> None:
    """Check that there is an order for rules; errors as of `strata`."""
    given = list(rules)
    if any(rule.unless for rule in given):
        strata(given)


def rule_strata(rules: Iterable[Rule]) -> list[int]:
    """Return the stratum of each rule; errors as of `strata`."""
    given = list(rules)
    found, relations = strata(given), _Relations(given)
    return [found[relations.of(rule.head)] for rule in given]


def strata(rules: Iterable[Rule]) -> dict[Relation, int]:
    """Return the stratum of every relation that rules name, from 0 and without gaps.

    Raises:
        RuleError: a relation would be derived unless it is itself. `details["cycle"]` holds the predicates of the
            shortest such circle, each used to derive the next, the first again at the end.
    """
    uses, names = _uses(list(rules))
    found = dict.fromkeys(uses, 0)
    waiting = deque(found)
    while waiting:
        read = waiting.popleft()
        for head, strict in uses[read].items():
            least = found[read] + strict
            if least >= len(found):  # a way with so many steps through unless passes some relation twice
                raise _circular(uses, names)
            if found[head] < least:
                found[head] = least
                waiting.append(head)
    return found


def _uses(rules: list[Rule]) -> tuple[Uses, dict[Relation, str]]:
    """Return what is derived from what, and every relation's name as it is spelled first."""
    relations = _Relations(rules)
    uses: dict[Relation, dict[Relation, bool]] = {}
    names: dict[Relation, str] = {}
    for rule in rules:
        for atom in (rule.head, *rule.body, *rule.unless):
            relation = relations.of(atom)
            uses.setdefault(relation, {})
            names.setdefault(relation, _name(atom, relation))
    for rule in rules:
        head = relations.of(rule.head)
        for atom in rule.body:
            for relation in relations.read_by(atom):
                uses[relation].setdefault(head, False)
        for atom in rule.unless:
            for relation in relations.read_by(atom):
                uses[relation][head] = True
    return uses, names


def _name(atom: Atom, relation: Relation) -> str:
    said = atom.object if relation[2] else atom.predicate
    return f"not {said}" if atom.negated else said


def _circle(uses: Uses) -> list[Relation]:
    """Return the shortest circle whose last step is through `unless`, the first in order of those as short."""
    ways = (
        [*way, head]
        for read in uses
        for head, strict in uses[read].items()
        if strict and (way := _way(uses, head, read))
    )
    return min(ways, key=lambda way: (len(way), way))


def _way(uses: Uses, start: Relation, goal: Relation) -> list[Relation] | None:
    """Return a shortest way over relations that are used to derive the next, or None."""
    came: dict[Relation, Relation | None] = {start: None}
    waiting = deque([start])
    while waiting and goal not in came:
        at = waiting.popleft()
        for after in sorted(uses[at]):
            if after not in came:
                came[after] = at
                waiting.append(after)
    if goal not in came:
        return None
    way = [goal]
    while (before := came[way[-1]]) is not None:
        way.append(before)
    return way[::-1]


def _circular(uses: Uses, names: Mapping[Relation, str]) -> RuleError:
    circle = _circle(uses)
    cycle = [names[relation] for relation in circle]
    problem = (
        f"{' → '.join(cycle)} is a circle through unless: {cycle[0]} would follow only where it does not"
    )
    if any(relation[0] == IS and not relation[2] for relation in circle):
        problem += '; a rule that concludes "is ?…" concludes any statement of one place'
    return RuleError(problem, field="rules", cycle=cycle)
