"""Answers to questions of the controlled English.

A question with several statements is true if all are, with the product of their confidences, and false if one is
false. It may be put in several ways, one of which will do: she owns the kind dog, or something that is a dog. "Is
any cat red?" is false if of a cat of which nothing else is known it follows that it is not red. One about everything
of a kind is tried on an individual of which nothing else is known: what it is assumed
to be stands in proofs as facts with ids "assumption:1" and so on. A known counterexample speaks against it. Such a
proof says nothing of others where it rests on what is not known of the individual: then the answer is unknown.
"""

from __future__ import annotations

import math
import operator
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import NamedTuple

from pramana.errors import BudgetError
from pramana.graph.english.records import Question
from pramana.graph.inference import Deadline
from pramana.graph.proving import Prover, noisy_or
from pramana.graph.view import View
from pramana.knowledge import IS, Atom, Comparison, Proof, Rule, Verdict, is_variable
from pramana.text.terms import key_of, number_of

__all__ = ["MAX_ANSWERS", "answer"]

MAX_ANSWERS = 1_000
"""Terms that one "who" or "what" returns; of several thousand it is the best."""
MAX_SOLUTIONS = 100_000
"""Ways to meet a part of a question that are kept at a time."""
PAGE = 2_048
"""Triples looked at in one stretch."""

BY_SIZE: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


async def answer(view: View, question: Question, *, max_proofs: int, deadline: Deadline) -> Verdict:
    """Return what a view says to a question.

    Args:
        view: of the moment that is asked about.
        question: as `english.parse_question` gave it.
        max_proofs: at most so many for each statement, or answer, and against it.
        deadline: ends the search.

    Returns:
        The verdict. To "who" and "what" it holds all answers and a proof of each of the first `max_proofs`; its
        confidence is that of the best answer. One that is contradicted is none.

    Raises:
        BudgetError: a budget was reached.
    """
    asking = _Asking(view, max_proofs, deadline)
    match question.kind:
        case "ground" | "exists":
            verdict = await asking.either((question.atoms, *question.otherwise), question.where)
        case "universal":
            verdict = _together([await asking.follows(rule) for rule in question.rules])
        case _:
            verdict = await asking.who(question)
    return replace(verdict, question=question.text)


class _Solution(NamedTuple):
    """Terms for the variables of a question, and the product of its statements' confidences."""

    bindings: Mapping[str, int]
    confidence: float


class _Asking:
    def __init__(self, view: View, max_proofs: int, deadline: Deadline) -> None:
        self._view = view
        self._prover = Prover(view, deadline)
        self._max_proofs = max_proofs
        self._deadline = deadline

    async def all_hold(self, statements: Sequence[Atom], max_proofs: int = 0) -> Verdict:
        """Whether all of some statements without variables are true."""
        return _together(
            [await self._prover.verdict(one, max_proofs or self._max_proofs) for one in statements]
        )

    async def either(self, ways: Sequence[Sequence[Atom]], where: Sequence[Comparison]) -> Verdict:
        """Whether all statements of one way to put the question are true; false as the first way is."""
        first, *others = [
            await (self.some_hold(way, where) if _variables(way) else self.all_hold(way)) for way in ways
        ]
        if first.verdict == "unknown" and not first.proofs and not where:
            first = await self._refuted(ways[0])
        found = [one for one in (first, *others) if one.verdict == "true"]
        if first.contradictory or not found:
            return first
        proofs: list[Proof] = []
        used: set[str] = set()
        doubt = 1.0
        for one in found[: self._max_proofs]:
            facts = {fact for proof in one.proofs for fact in proof.facts}
            if used.isdisjoint(facts):
                proofs += one.proofs
                used |= facts
                doubt *= 1.0 - one.confidence
        if first.verdict == "false":
            return Verdict("unknown", 0.0, tuple(proofs), first.proofs)
        return Verdict("true", found[0].confidence if len(found) == 1 else 1.0 - doubt, tuple(proofs))

    async def _refuted(self, statements: Sequence[Atom]) -> Verdict:
        """False where one of some statements follows to be untrue of anything of which the others are true."""
        for one in statements:
            others = tuple(other for other in statements if other is not one)
            if set(_variables([one])) <= set(_variables(others)) != set():
                rule = Rule("", replace(one, negated=not one.negated), others)
                verdict = await self._assumed(rule)
                if verdict.verdict == "true":
                    return replace(verdict, verdict="false")
        return Verdict("unknown", 0.0)

    async def some_hold(self, statements: Sequence[Atom], where: Sequence[Comparison]) -> Verdict:
        """Whether there are terms for the variables with which all of some statements are true."""
        proofs: list[Proof] = []
        used: set[str] = set()
        doubt, found = 1.0, 0
        for one in await self._solutions(statements, where):
            if found == self._max_proofs:
                break
            verdict = await self.all_hold(self._bound(statements, one), max_proofs=1)
            facts = {fact for proof in verdict.proofs for fact in proof.facts}
            if verdict.verdict == "true" and not facts & used:
                proofs += verdict.proofs
                used |= facts
                doubt *= 1.0 - verdict.confidence
                found += 1
        return Verdict("true", 1.0 - doubt, tuple(proofs)) if proofs else Verdict("unknown", 0.0)

    async def who(self, question: Question) -> Verdict:
        """For which terms all of some statements are true."""
        best: dict[int, tuple[_Solution, Sequence[Atom]]] = {}
        for way in (question.atoms, *question.otherwise):
            for one in await self._solutions(way, question.where):
                await self._deadline()
                term = one.bindings[question.asked]
                known = best.get(term)
                better = known is None or known[0].confidence < one.confidence
                if better and not any(self._contradicted(atoms, one) for atoms in {way, question.atoms}):
                    best[term] = one, way
        ranked = sorted(best.items(), key=lambda item: -item[1][0].confidence)[:MAX_ANSWERS]
        verdicts = [
            await self.all_hold(self._bound(way, one), max_proofs=1)
            for _, (one, way) in ranked[: self._max_proofs]
        ]
        return Verdict(
            "true" if best else "unknown",
            max((one.confidence for one in verdicts), default=0.0),
            tuple(proof for one in verdicts for proof in one.proofs),
            answers=tuple(self._view.names.name(term) for term, _ in ranked),
        )

    async def follows(self, rule: Rule) -> Verdict:
        """Whether a rule's head follows from its body, of anything."""
        opposite = replace(rule.head, negated=not rule.head.negated)
        counterexample = await self.some_hold((*rule.body, opposite), rule.where)
        if counterexample.proofs:
            return replace(counterexample, verdict="false")
        return await self._assumed(rule)

    async def _assumed(self, rule: Rule) -> Verdict:
        """Whether a rule's head is true of individuals of which nothing but its body is known."""
        terms = self._individuals(rule)
        if not all(_is_so(one, terms) for one in rule.where):
            return Verdict("unknown", 0.0)
        assumed = [_with(atom, terms) for atom in rule.body]
        async with self._view.assuming(assumed, self._deadline) as view:
            found = await Prover(view, self._deadline).verdict(_with(rule.head, terms), self._max_proofs)
        proofs = tuple(proof for proof in found.proofs if self._is_general(proof, terms, rule.where))
        if len(proofs) == len(found.proofs):
            return found
        return (
            replace(found, proofs=proofs, confidence=noisy_or(proofs)) if proofs else Verdict("unknown", 0.0)
        )

    def _is_general(self, proof: Proof, terms: Mapping[str, str], where: Sequence[Comparison]) -> bool:
        """Whether a proof about individuals of which nothing else is known is one about any.

        It is not where it rests on what is absent of them, or on their being other than something, unless that was
        asked: of another individual, more may be known.
        """
        individuals = set(terms.values())
        rules = {rule.id: rule for rule in self._view.program.rules.values()}
        asked = set(_different(where, terms))
        for step in proof.steps:
            if any({atom.subject, atom.object} & individuals for atom in step.absent):
                return False
            different = _different(rules[step.rule].where, step.bindings) if step.rule else ()
            if any(pair & individuals and pair not in asked for pair in different):
                return False
        return True

    def _individuals(self, rule: Rule) -> dict[str, str]:
        """Names that nothing has yet, one for each variable of a rule."""
        kinds = {
            atom.subject: atom.object
            for atom in reversed(rule.body)
            if atom.predicate == IS and not atom.negated
        }
        chosen: dict[str, str] = {}
        taken: set[str] = set()
        for variable in _variables(rule.body):
            kind = kinds.get(variable, "thing")
            names = (f"any {kind} {number}" if number > 1 else f"any {kind}" for number in count(1))
            chosen[variable] = next(
                name for name in names if key_of(name) not in taken and self._view.names.id_of(name) is None
            )
            taken.add(key_of(chosen[variable]))
        return chosen

    async def _solutions(self, statements: Sequence[Atom], where: Sequence[Comparison]) -> list[_Solution]:
        """The terms for the variables with which all of some statements hold, the most confident first."""
        found = [_Solution({}, 1.0)]
        waiting = list(statements)
        while waiting and found:
            bound = found[0].bindings
            atom = min(waiting, key=lambda one: sum(variable not in bound for variable in _variables([one])))
            waiting.remove(atom)
            longer: list[_Solution] = []
            for one in found:
                async for matched in self._matches(atom, one):
                    longer += matched
                await self._deadline()
                if len(longer) > MAX_SOLUTIONS:
                    message = f"the question has more than {MAX_SOLUTIONS:,} partial answers"
                    raise BudgetError(message, budget="solutions", limit=MAX_SOLUTIONS)
            found = longer
        kept = []
        for one in found:
            if all(_is_so(item, self._terms(one)) for item in where):
                kept.append(one)
            await self._deadline()
        return sorted(kept, key=lambda one: -one.confidence)

    async def _matches(self, atom: Atom, so_far: _Solution) -> AsyncIterator[list[_Solution]]:
        """Yield in parts how a statement can be met."""
        pattern = self._pattern(atom, so_far.bindings)
        after = -1
        while pattern is not None:
            numbers = self._view.base.match(*pattern, limit=PAGE, after=after)
            described = self._view.base.describe(numbers)
            flat = described.triples
            found = []
            for subject, object_, confidence in zip(flat[::3], flat[2::3], described.confidence, strict=True):
                if atom.subject == atom.object and subject != object_:
                    continue
                added = {
                    term: number
                    for term, number in ((atom.subject, subject), (atom.object, object_))
                    if is_variable(term)
                }
                found.append(_Solution({**so_far.bindings, **added}, so_far.confidence * confidence))
            yield found
            if len(numbers) < PAGE:
                break
            after = numbers[-1]
            await self._deadline()

    def _pattern(self, atom: Atom, bindings: Mapping[str, int]) -> tuple[int | None, int, int | None] | None:
        """What to look for, None for any term; nothing if the statement names what the graph does not know."""
        names = self._view.names
        predicate = names.id_of(atom.predicate)
        ends = [
            (bindings.get(term) if is_variable(term) else names.id_of(term), is_variable(term))
            for term in (atom.subject, atom.object)
        ]
        if predicate is None or any(term is None and not free for term, free in ends):
            return None
        return ends[0][0], 2 * predicate + atom.negated, ends[1][0]

    def _contradicted(self, statements: Sequence[Atom], solution: _Solution) -> bool:
        """Whether the opposite of one of the statements holds as well."""
        return any(
            self._view.number_of(replace(one, negated=not one.negated)) is not None
            for one in self._bound(statements, solution)
        )

    def _bound(self, statements: Sequence[Atom], solution: _Solution) -> list[Atom]:
        terms = self._terms(solution)
        return [_with(one, terms) for one in statements]

    def _terms(self, solution: _Solution) -> dict[str, str]:
        return {variable: self._view.names.name(term) for variable, term in solution.bindings.items()}


def _together(verdicts: Sequence[Verdict]) -> Verdict:
    """Whether all is true that was asked."""
    false = [one for one in verdicts if one.verdict == "false"]
    if false:
        return max(false, key=lambda one: one.confidence)
    proofs = tuple(proof for one in verdicts for proof in one.proofs)
    if all(one.verdict == "true" for one in verdicts):
        return Verdict("true", math.prod(one.confidence for one in verdicts), proofs)
    if all(one.proofs for one in verdicts):
        return Verdict("unknown", 0.0, proofs, tuple(proof for one in verdicts for proof in one.against))
    return Verdict("unknown", 0.0)


def _is_so(comparison: Comparison, terms: Mapping[str, str]) -> bool:
    """Whether a comparison holds between terms; by size only numbers compare."""
    left, right = terms.get(comparison.left, comparison.left), terms.get(comparison.right, comparison.right)
    if comparison.operator in {"=", "!="}:
        return (key_of(left) == key_of(right)) == (comparison.operator == "=")
    a, b = number_of(left), number_of(right)
    return a is not None and b is not None and BY_SIZE[comparison.operator](a, b)


def _with(atom: Atom, terms: Mapping[str, str]) -> Atom:
    subject, object_ = terms.get(atom.subject, atom.subject), terms.get(atom.object, atom.object)
    return Atom(subject, atom.predicate, object_, atom.negated)


def _variables(atoms: Iterable[Atom]) -> list[str]:
    terms = (term for atom in atoms for term in (atom.subject, atom.object))
    return list(dict.fromkeys(filter(is_variable, terms)))


def _different(where: Iterable[Comparison], terms: Mapping[str, str]) -> Iterator[frozenset[str]]:
    """Yield the terms that comparisons want to be different."""
    for one in where:
        if one.operator == "!=":
            yield frozenset(terms.get(side, side) for side in (one.left, one.right))
