"""Matching a rule's body against facts, literal by literal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from operator import eq, ge, gt, le, lt, ne
from typing import NamedTuple, TypeAlias

from pramana.kernels.rule_program import MISSING, VARIABLE, ProgramRule

__all__ = ["Application", "Bindings", "Facts", "Triple", "applications", "bind"]

Triple: TypeAlias = tuple[int, int, int]
Bindings: TypeAlias = dict[int, int]
"""Terms by slot of a variable."""

_IDENTITY = {"=": eq, "!=": ne}
_SIZE = {"<": lt, "<=": le, ">": gt, ">=": ge}


class Application(NamedTuple):
    """One application of a rule."""

    conclusion: Triple
    bindings: tuple[int, ...]
    premises: tuple[Triple, ...]
    confidence: float


class Facts:
    """Triples that hold, with their confidences, found by predicate, subject and object."""

    def __init__(self, confidence: Mapping[Triple, float]) -> None:
        self.confidence: dict[Triple, float] = {}
        self._like: defaultdict[tuple[int | None, int, int | None], dict[Triple, None]] = defaultdict(dict)
        for triple, value in confidence.items():
            self.set(triple, value)

    def set(self, triple: Triple, confidence: float) -> None:
        """Let a triple hold with a confidence."""
        if triple not in self.confidence:
            subject, predicate, object_ = triple
            for key in ((None, predicate, None), (subject, predicate, None), (None, predicate, object_)):
                self._like[key][triple] = None
        self.confidence[triple] = confidence

    def like(self, literal: Triple, bindings: Bindings) -> list[Triple]:
        """The triples that can match a literal; a variable without binding matches any term."""
        subject, predicate, object_ = _value(literal[0], bindings), literal[1], _value(literal[2], bindings)
        if subject is not None and object_ is not None:
            whole = (subject, predicate, object_)
            return [whole] if whole in self.confidence else []
        return list(self._like.get((subject, predicate, object_), ()))


def _value(slot: int, bindings: Bindings) -> int | None:
    return bindings.get(slot) if slot & VARIABLE else slot


def bind(literal: Triple, triple: Triple, bindings: Bindings) -> Bindings | None:
    """Return the bindings with those that make a literal the triple, or None where none do."""
    extended = dict(bindings)
    for slot, term in zip(literal, triple, strict=True):
        known = extended.setdefault(slot, term) if slot & VARIABLE else slot
        if known != term:
            return None
    return extended


def applications(
    rule: ProgramRule, facts: Facts, values: Mapping[int, float], bindings: Bindings
) -> Iterator[Application | None]:
    """Yield each application of a rule to facts under some bindings, and None for each step of work."""
    for found, premises in _bodies(rule.body, facts, bindings):
        yield None
        if premises is None or not _passes(rule, facts, values, found):
            continue
        confidence = rule.weight
        for premise in premises:
            confidence *= facts.confidence[premise]
        if confidence > 0:
            subject, predicate, object_ = (found.get(slot, slot) for slot in rule.head)
            terms = tuple(found.get(VARIABLE | index, MISSING) for index in range(rule.variables))
            yield Application((subject, predicate, object_), terms, premises, confidence)


def _bodies(
    body: Sequence[Triple], facts: Facts, bindings: Bindings
) -> Iterator[tuple[Bindings, tuple[Triple, ...] | None]]:
    """Yield bindings with the premises of a whole body, or with None for a triple that does not match."""
    if not body:
        yield bindings, ()
        return
    for triple in facts.like(body[0], bindings):
        extended = bind(body[0], triple, bindings)
        if extended is None:
            yield bindings, None
            continue
        for found, rest in _bodies(body[1:], facts, extended):
            yield found, None if rest is None else (triple, *rest)


def _passes(rule: ProgramRule, facts: Facts, values: Mapping[int, float], bindings: Bindings) -> bool:
    return all(_compare(comparison, values, bindings) for comparison in rule.comparisons) and not any(
        bind(literal, triple, bindings) is not None
        for literal in rule.unless
        for triple in facts.like(literal, bindings)
    )


def _compare(comparison: tuple[str, int, int], values: Mapping[int, float], bindings: Bindings) -> bool:
    operator = comparison[0]
    left, right = (bindings.get(slot, slot) for slot in comparison[1:])
    if operator in _IDENTITY:
        return bool(_IDENTITY[operator](left, right))
    if left not in values or right not in values:
        return False
    return bool(_SIZE[operator](values[left], values[right]))
