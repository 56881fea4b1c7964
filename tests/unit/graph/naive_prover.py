"""An oracle: every rule under every assignment of every name to its variables, until no proof gets better."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pramana.graph.stratify import rule_strata
from pramana.knowledge import Atom, Comparison, Fact, Proof, ProofStep, Rule, is_variable
from pramana.text.terms import key_of, number_of

Key = tuple[str, str, str, bool]


@dataclass(frozen=True)
class Tree:
    """A step and the proofs of what it rests on."""

    step: ProofStep
    premises: tuple[Tree, ...] = ()


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
    best: dict[Key, Tree] = {}
    for fact in facts:
        _keep(best, Tree(ProofStep(fact.atom, fact.confidence, fact=fact.id)))
    order = rule_strata(rules)
    for level in sorted(set(order)):
        level_rules = [rule for rule, stratum in zip(rules, order, strict=True) if stratum == level]
        better = True
        while better:
            found = [tree for rule in level_rules for tree in _apply(rule, best, names.values())]
            better = sum(_keep(best, tree) for tree in found) > 0
    return {key: written(tree) for key, tree in best.items()}


def atoms_of(rule: Rule) -> tuple[Atom, ...]:
    return (rule.head, *rule.body, *rule.unless)


def written(tree: Tree) -> Proof:
    """A tree as a list, with a step for every place in it."""
    steps: list[ProofStep] = []

    def write(one: Tree) -> int:
        premises = tuple(write(premise) for premise in one.premises)
        steps.append(replace(one.step, premises=premises))
        return len(steps) - 1

    write(tree)
    return Proof(tuple(steps))


def _keep(best: dict[Key, Tree], tree: Tree) -> bool:
    known = best.get(key(tree.step.conclusion))
    if known and tree.step.confidence <= known.step.confidence * (1 + 1e-12):
        return False
    best[key(tree.step.conclusion)] = tree
    return True


def _apply(rule: Rule, best: Mapping[Key, Tree], names: Iterable[str]) -> Iterator[Tree]:
    free = variables(rule.body)
    for chosen in itertools.product(names, repeat=len(free)):
        bindings = dict(zip(free, chosen, strict=True))
        body = [best.get(key(put_in(atom, bindings))) for atom in rule.body]
        premises = tuple(tree for tree in body if tree)
        absent = tuple(put_in(atom, bindings) for atom in rule.unless)
        if len(premises) < len(body) or not all(is_so(item, bindings) for item in rule.where):
            continue
        if any(key(one) in best for atom in absent for one in instances(atom, names)):
            continue
        confidence = rule.weight
        for premise in premises:
            confidence *= premise.step.confidence
        head = put_in(rule.head, bindings)
        step = ProofStep(head, confidence, rule=rule.id, bindings=bindings, absent=absent)
        yield Tree(step, premises)
