"""An independent check of proofs: it looks at the facts, the rules and the steps, and trusts nothing else.

It shares nothing with what makes the proofs but the records and the identity of terms. Whether a statement of a
rule's `unless` is really absent it sees by working out all that follows; so a proof with `absent` statements takes
time with the size of the whole, any other with its own size.
"""

from __future__ import annotations

import math
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TypeAlias

from pramana.errors import InputError, ProofError
from pramana.knowledge import Atom, Comparison, Fact, Proof, ProofStep, Rule, is_variable
from pramana.text.terms import key_of, number_of
from pramana.text.wording import shown

__all__ = ["check"]

TOLERANCE = 1e-9
"""Of confidences, relative: the factors may be taken in another order."""
_BY_SIZE: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_ANY = "?"
"""In a pattern, for a variable."""
_Pattern: TypeAlias = tuple[str, str, str, bool]
_Bindings: TypeAlias = Mapping[str, str]


def check(proof: Proof, facts: Iterable[Fact], rules: Iterable[Rule]) -> None:
    """Check that a proof follows from facts and rules, step by step.

    Args:
        proof: of any length.
        facts: what is asserted, at the time in question.
        rules: all that there are, since any may derive what a proof says is absent.

    Raises:
        InputError: what is given is no proof, or among the facts or rules is something else.
        ProofError: a step does not hold, the one at `details["step"]`. They are looked at in their order.
    """
    facts, rules = list(facts), list(rules)
    for given, kind in ((proof, Proof), *((fact, Fact) for fact in facts), *((rule, Rule) for rule in rules)):
        if not isinstance(given, kind):
            raise InputError(f"expected a {kind.__name__}, got {shown(given)}", field=kind.__name__.lower())
    if not proof.steps:
        raise ProofError("a proof without steps proves nothing", step=0)
    checker = _Checker(facts, rules)
    for index, step in enumerate(proof.steps):
        problem = checker.problem_of(step, index, proof.steps)
        if problem:
            raise ProofError(f"step {index} ({_said(step.conclusion)}) does not hold: {problem}", step=index)


class _Checker:
    """Looks at one step at a time, the `index` steps before it being taken for granted."""

    def __init__(self, facts: Iterable[Fact], rules: Iterable[Rule]) -> None:
        self._facts = {fact.id: fact for fact in facts if fact.id and not fact.derived}
        self._rules = {rule.id: rule for rule in rules}
        self._all: _Consequences | None = None

    def problem_of(self, step: ProofStep, index: int, steps: Sequence[ProofStep]) -> str:
        """Return why a step does not hold, or ""."""
        if step.rule and not step.fact:
            return self._application(step, index, steps)
        if step.fact and not step.rule:
            return self._assertion(step)
        return "it names both a fact and a rule" if step.fact else "it names neither a fact nor a rule"

    def _assertion(self, step: ProofStep) -> str:
        fact = self._facts.get(step.fact)
        if fact is None:
            return f"there is no fact {step.fact!r}"
        if not _same(fact.atom, step.conclusion):
            return f"the fact {step.fact!r} says something else"
        if step.premises or step.absent or step.bindings:
            return "a fact rests on nothing"
        return _wrong_confidence(step, fact.confidence)

    def _application(self, step: ProofStep, index: int, steps: Sequence[ProofStep]) -> str:
        rule = self._rules.get(step.rule)
        if rule is None:
            return f"there is no rule {step.rule!r}"
        variables = _variables((rule.head, *rule.body))
        if variables != step.bindings.keys():
            return f"the bindings must give names to {', '.join(sorted(variables)) or 'nothing'}"
        if not _same(_bound(rule.head, step.bindings), step.conclusion):
            return "the rule's head is not the conclusion"
        body = [_bound(atom, step.bindings) for atom in rule.body]
        if not all(0 <= place < index for place in step.premises):
            return "it rests on what is no earlier step"
        premises = [steps[place] for place in step.premises]
        concluded = [premise.conclusion for premise in premises]
        if len(body) != len(premises) or not all(map(_same, body, concluded)):
            return "the premises are not the rule's body"
        for one in rule.where:
            if not _compares(one, step.bindings):
                return f"{one.left} {one.operator} {one.right} is not so"
        unless = [_bound(atom, step.bindings) for atom in rule.unless]
        if len(unless) != len(step.absent) or not all(map(_same, unless, step.absent)):
            return "what is absent is not the rule's unless"
        if unless and self._consequences is None:
            return "the rules derive something unless it is so"
        for atom in unless:
            if self._consequences and self._consequences.holds(atom):
                return f"{_said(atom)} is not absent"
        return _wrong_confidence(step, rule.weight * math.prod(one.confidence for one in premises))

    @cached_property
    def _consequences(self) -> _Consequences | None:
        rules = [_keyed(rule) for rule in self._rules.values()]
        strata = _strata(rules)
        return None if strata is None else _Consequences(self._facts.values(), rules, strata)


class _Consequences:
    """All that follows from facts and rules: stratum by stratum, until a round of its rules adds nothing."""

    def __init__(self, facts: Iterable[Fact], rules: list[Rule], strata: list[int]) -> None:
        self._all = _Statements(_key(fact.atom) for fact in facts)
        for stratum in sorted(set(strata)):
            own = [rule for rule, place in zip(rules, strata, strict=True) if place == stratum]
            new = self._all
            while new:
                heads = [head for rule in own for head in self._heads(rule, new)]
                new = _Statements(head for head in heads if self._all.add(head))

    def holds(self, atom: Atom) -> bool:
        """Whether an atom holds, or with a variable in it any instance."""
        return any(True for _ in self._all.matches(_key(atom), {}))

    def _heads(self, rule: Rule, new: _Statements) -> Iterator[Atom]:
        """Yield what a rule yields from all there is, with at least one condition met by what is new."""
        for place, atom in enumerate(rule.body):
            solutions = list(new.matches(atom, {}))
            for other in (*rule.body[:place], *rule.body[place + 1 :]):
                solutions = [longer for one in solutions for longer in self._all.matches(other, one)]
            for one in solutions:
                absent = not any(True for read in rule.unless for _ in self._all.matches(read, one))
                if absent and all(_compares(item, one) for item in rule.where):
                    yield _bound(rule.head, one)


class _Statements:
    """A set of statements, each found by its subject, its object, both or neither."""

    def __init__(self, statements: Iterable[Atom]) -> None:
        self._pairs: dict[_Pattern, dict[tuple[str, str], None]] = defaultdict(dict)
        for one in statements:
            self.add(one)

    def __bool__(self) -> bool:
        return bool(self._pairs)

    def add(self, atom: Atom) -> bool:
        """Add a statement; return whether it is new."""
        pair = atom.subject, atom.object
        new = pair not in self._pairs[_pattern(atom)]
        for subject in (atom.subject, _ANY):
            for object in (atom.object, _ANY):
                self._pairs[subject, atom.predicate, object, atom.negated][pair] = None
        return new

    def matches(self, atom: Atom, bindings: _Bindings) -> Iterator[_Bindings]:
        """Yield the bindings, made longer, with which an atom is among the statements."""
        asked = _bound(atom, bindings)
        for subject, object in self._pairs.get(_pattern(asked), ()):
            if asked.subject != asked.object or subject == object:  # a variable twice is one name twice
                found = {asked.subject: subject, asked.object: object}
                yield {**bindings, **{term: found[term] for term in found if is_variable(term)}}


def _strata(rules: list[Rule]) -> list[int] | None:
    """Return in which round each rule is applied, so that what its `unless` reads is complete; None if in none."""
    makers: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for index, rule in enumerate(rules):
        makers[rule.head.predicate, rule.head.negated].append(index)
    needs = [
        [
            (maker, strict)
            for strict, atoms in enumerate((rule.body, rule.unless))
            for atom in atoms
            for maker in makers.get((atom.predicate, atom.negated), ())
            if _may_be(rules[maker].head, atom)
        ]
        for rule in rules
    ]
    strata = [0] * len(rules)
    rising = True
    while rising:
        rising = False
        for index, need in enumerate(needs):
            least = max((strata[maker] + strict for maker, strict in need), default=0)
            if least >= len(rules):
                return None
            if least > strata[index]:
                strata[index] = least
                rising = True
    return strata


def _may_be(head: Atom, atom: Atom) -> bool:
    """Whether an instance of a head can be an instance of an atom, as far as its constants tell."""
    sides = ((head.subject, atom.subject), (head.object, atom.object))
    return all(one == other or is_variable(one) or is_variable(other) for one, other in sides)


def _key(atom: Atom) -> Atom:
    """Return an atom with the identities of its names for the names."""
    subject, object = (term if is_variable(term) else key_of(term) for term in (atom.subject, atom.object))
    return Atom(subject, key_of(atom.predicate), object, atom.negated)


def _keyed(rule: Rule) -> Rule:
    body, unless = tuple(map(_key, rule.body)), tuple(map(_key, rule.unless))
    return replace(rule, head=_key(rule.head), body=body, unless=unless)


def _pattern(atom: Atom) -> _Pattern:
    subject, object = (_ANY if is_variable(term) else term for term in (atom.subject, atom.object))
    return subject, atom.predicate, object, atom.negated


def _same(one: Atom, other: Atom) -> bool:
    return _key(one) == _key(other)


def _bound(atom: Atom, bindings: _Bindings) -> Atom:
    subject, object = (bindings.get(term, term) for term in (atom.subject, atom.object))
    return Atom(subject, atom.predicate, object, atom.negated)


def _variables(atoms: Iterable[Atom]) -> set[str]:
    return {term for atom in atoms for term in (atom.subject, atom.object) if is_variable(term)}


def _compares(comparison: Comparison, bindings: _Bindings) -> bool:
    left, right = (bindings.get(side, side) for side in (comparison.left, comparison.right))
    if comparison.operator in {"=", "!="}:
        return (key_of(left) == key_of(right)) == (comparison.operator == "=")
    low, high = number_of(left), number_of(right)
    return low is not None and high is not None and _BY_SIZE[comparison.operator](low, high)


def _wrong_confidence(step: ProofStep, expected: float) -> str:
    if math.isclose(step.confidence, expected, rel_tol=TOLERANCE):
        return ""
    return f"its confidence is {expected}, not {step.confidence}"


def _said(atom: Atom) -> str:
    sign = "not " if atom.negated else ""
    return f"{sign}({atom.subject} {atom.predicate} {atom.object})"
