"""Rules in a short notation, what a base knows as a dict, and what follows by going through all substitutions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from operator import eq, ge, gt, le, lt, ne
from typing import Any, TypeAlias

from pramana.kernels.interfaces import Derivation, RulesLike
from pramana.kernels.rules import MISSING, VARIABLE, ProgramRule, encode_program

Triple: TypeAlias = tuple[int, int, int]

_COMPARE = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


def rule(
    number: int,
    head: Sequence[Any],
    *body: Sequence[Any],
    unless: Iterable[Sequence[Any]] = (),
    where: Iterable[tuple[str, Any, Any]] = (),
    weight: float = 1.0,
    stratum: int = 0,
) -> ProgramRule:
    """A rule whose variables are strings, numbered as they first occur in body, head, unless, where."""
    names: dict[str, int] = {}

    def slot(term: Any) -> int:
        return VARIABLE | names.setdefault(term, len(names)) if isinstance(term, str) else term

    def literal(terms: Sequence[Any]) -> Triple:
        subject, predicate, object_ = (slot(term) for term in terms)
        return subject, predicate, object_

    premises = [literal(terms) for terms in body]
    conclusion = literal(head)
    absent = [literal(terms) for terms in unless]
    compared = [(operator, slot(left), slot(right)) for operator, left, right in where]
    return ProgramRule(number, weight, stratum, len(names), conclusion, premises, absent, compared)


IS, EDGE, PATH = 1, 2, 3
STEP = rule(1, ("x", PATH, "y"), ("x", EDGE, "y"))
LEAP = rule(2, ("x", PATH, "z"), ("x", PATH, "y"), ("y", EDGE, "z"))


def chain(length: int) -> list[Triple]:
    """Edges from 0 to 1, to 2, and so on."""
    return [(at, EDGE, at + 1) for at in range(length)]


def teach(base: RulesLike, *rules: ProgramRule) -> None:
    """Replace the rules of a base."""
    base.set_program(encode_program(rules))


def tell(base: RulesLike, facts: Iterable[Triple], confidence: float = 1.0) -> None:
    """Assert triples with one confidence."""
    flat = [term for triple in facts for term in triple]
    base.assert_facts(flat, [confidence] * (len(flat) // 3))


def known(base: RulesLike) -> dict[Triple, tuple[float, float]]:
    """What holds: the confidence of its assertion, and of its best proof."""
    found = base.describe(base.match(None, None, None))
    return dict(
        zip(triples_of(found.triples), zip(found.asserted, found.confidence, strict=True), strict=True)
    )


def confidences(base: RulesLike) -> dict[Triple, float]:
    """What holds, with which confidence."""
    return {triple: confidence for triple, (_, confidence) in known(base).items()}


def said(base: RulesLike, number: int) -> Triple:
    """What the triple of a number says."""
    return triples_of(base.describe([number]).triples)[0]


def number_of(base: RulesLike, triple: Triple) -> int:
    """The number of a triple."""
    return base.find(triple)[0]


def premises(base: RulesLike, found: Derivation | None) -> list[Triple]:
    """What the premises of a derivation say."""
    assert found is not None
    return [said(base, number) for number in found.premises]


def triples_of(flat: Sequence[int]) -> list[Triple]:
    """Flat terms as triples."""
    return list(zip(flat[::3], flat[1::3], flat[2::3], strict=True))


def closure(
    asserted: Mapping[Triple, float], rules: Iterable[ProgramRule], values: Mapping[int, float]
) -> dict[Triple, float]:
    """What holds by definition: every rule is tried with every term for every variable, until nothing gets better."""
    rules = list(rules)
    terms = {term for triple in asserted for term in (triple[0], triple[2])}
    terms |= {
        slot for one in rules for literal in (one.head, *one.body) for slot in literal[::2] if slot < VARIABLE
    }
    facts = dict(asserted)
    for stratum in sorted({one.stratum for one in rules}):
        better = True
        while better:
            better = False
            for one in (one for one in rules if one.stratum == stratum):
                for conclusion, confidence in _instances(one, facts, terms, values):
                    if confidence > facts.get(conclusion, 0.0):
                        facts[conclusion] = confidence
                        better = True
    return facts


def _instances(
    one: ProgramRule, facts: dict[Triple, float], terms: set[int], values: Mapping[int, float]
) -> Iterable[tuple[Triple, float]]:
    bound = sorted({slot for literal in one.body for slot in literal if slot & VARIABLE})
    for chosen in product(sorted(terms), repeat=len(bound)):
        bindings = dict(zip(bound, chosen, strict=True))
        body = [_ground(literal, bindings) for literal in one.body]
        if all(triple in facts for triple in body) and _allowed(one, facts, bindings, terms, values):
            confidence = one.weight
            for triple in body:
                confidence *= facts[triple]
            yield _ground(one.head, bindings), confidence


def _ground(literal: Sequence[int], bindings: Mapping[int, int]) -> Triple:
    subject, predicate, object_ = (bindings.get(slot, slot) for slot in literal)
    return subject, predicate, object_


def _allowed(
    one: ProgramRule,
    facts: dict[Triple, float],
    bindings: dict[int, int],
    terms: set[int],
    values: Mapping[int, float],
) -> bool:
    for operator, *slots in one.comparisons:
        left, right = (bindings.get(slot, slot) for slot in slots)
        if operator in ("=", "!="):
            if not _COMPARE[operator](left, right):
                return False
        elif left not in values or right not in values or not _COMPARE[operator](values[left], values[right]):
            return False
    for literal in one.unless:
        free = sorted({slot for slot in literal if slot & VARIABLE} - bindings.keys())
        for chosen in product(sorted(terms), repeat=len(free)):
            if _ground(literal, bindings | dict(zip(free, chosen, strict=True))) in facts:
                return False
    return True


def check_supports(base: RulesLike, rules: Iterable[ProgramRule]) -> None:
    """Assert that every derived triple's support is a right application of a rule, and that none goes in a circle."""
    by_number = {one.number: one for one in rules}
    facts = known(base)
    supports: dict[Triple, list[Triple]] = {}
    for triple, (asserted, confidence) in facts.items():
        found = base.support(number_of(base, triple))
        assert (found is None) == (asserted == confidence), triple
        if found is not None:
            supports[triple] = check_derivation(base, by_number[found.rule], triple, found, facts)
            assert found.confidence == confidence
    while supports:
        grounded = [triple for triple, rest in supports.items() if not any(one in supports for one in rest)]
        assert grounded, f"supports in a circle: {supports}"
        for triple in grounded:
            del supports[triple]


def check_derivation(
    base: RulesLike,
    one: ProgramRule,
    triple: Triple,
    found: Derivation,
    facts: Mapping[Triple, tuple[float, float]],
) -> list[Triple]:
    """Assert that a derivation is an application of a rule to what holds; return its premises."""
    assert len(found.bindings) == one.variables
    bindings = {VARIABLE | index: term for index, term in enumerate(found.bindings) if term != MISSING}
    body = premises(base, found)
    assert body == [_ground(literal, bindings) for literal in one.body]
    assert triple == _ground(one.head, bindings)
    confidence = one.weight
    for premise in body:
        confidence *= facts[premise][1]
    assert confidence == found.confidence
    return body
