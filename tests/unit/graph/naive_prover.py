"""An oracle: every rule under every assignment of every name to its variables, until no proof gets better."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pramana.graph.stratify import rule_strata
from pramana.knowledge import Atom, Comparison, Fact, Proof, Rule, is_variable
from pramana.text.terms import key_of, number_of

Key = tuple[str, str, str, bool]


def key(atom: Atom) -> Key:
    return key_of(atom.subject), key_of(atom.predicate), key_of(atom.object), atom.negated


def put_in(atom: Atom, bindings: Mapping[str, str]) -> Atom:
    subject, object = bindings.get(atom.subject, atom.subject), bindings.get(atom.object, atom.object)
    return Atom(subject, atom.predicate, object, atom.negated)


def variables(atoms: Iterable[Atom]) -> list[str]:
    return sorted({term for atom in atoms for term in (atom.subject, atom.object) if is_variable(term)})


def instances(atom: Atom, names: Iterable[str]) -> Iterator[Atom]:
    free = variables([atom])
    for chosen in itertools.product(sorted(names), repeat=len(free)):
        yield put_in(atom, dict(zip(free, chosen, strict=True)))


def is_so(comparison: Comparison, bindings: Mapping[str, str]) -> bool:
    left, right = (key_of(bindings.get(term, term)) for term in (comparison.left, comparison.right))
    if comparison.operator == "=":
        return left == right
    if comparison.operator == "!=":
        return left != right
    a, b = number_of(left), number_of(right)
    if a is None or b is None:
        return False
    return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[comparison.operator]


def prove(facts: Sequence[Fact], rules: Sequence[Rule]) -> dict[Key, Proof]:
    """Return the best proof of everything that follows. The rules are safe and stratified."""
    names = {
        key_of(term): term
        for atom in (*(fact.atom for fact in facts), *(atom for rule in rules for atom in atoms_of(rule)))
        for term in (atom.subject, atom.object)
        if not is_variable(term)
    }
    best: dict[Key, Proof] = {}
    for fact in facts:
        _keep(best, Proof(fact.atom, fact.confidence, fact=fact.id))
    order = rule_strata(rules)
    for level in sorted(set(order)):
        level_rules = [rule for rule, stratum in zip(rules, order, strict=True) if stratum == level]
        better = True
        while better:
            found = [proof for rule in level_rules for proof in _apply(rule, best, names.values())]
            better = sum(_keep(best, proof) for proof in found) > 0
    return best


def atoms_of(rule: Rule) -> tuple[Atom, ...]:
    return (rule.head, *rule.body, *rule.unless)


def _keep(best: dict[Key, Proof], proof: Proof) -> bool:
    known = best.get(key(proof.conclusion))
    if known and proof.confidence <= known.confidence * (1 + 1e-12):
        return False
    best[key(proof.conclusion)] = proof
    return True


def _apply(rule: Rule, best: Mapping[Key, Proof], names: Iterable[str]) -> Iterator[Proof]:
    free = variables(rule.body)
    for chosen in itertools.product(names, repeat=len(free)):
        bindings = dict(zip(free, chosen, strict=True))
        body = [best.get(key(put_in(atom, bindings))) for atom in rule.body]
        premises = tuple(proof for proof in body if proof)
        absent = tuple(put_in(atom, bindings) for atom in rule.unless)
        if len(premises) < len(body) or not all(is_so(item, bindings) for item in rule.where):
            continue
        if any(key(one) in best for atom in absent for one in instances(atom, names)):
            continue
        confidence = rule.weight
        for premise in premises:
            confidence *= premise.confidence
        yield Proof(
            put_in(rule.head, bindings),
            confidence,
            rule=rule.id,
            bindings=bindings,
            premises=premises,
            absent=absent,
        )
