"""Why something holds: its best proof, and others that share no asserted statement with it.

The best proof follows the supports that inference keeps, which never end in a circle. Further ones are looked for
among all applications of rules near the goal: the best proof that uses none of the facts used so far, again and
again; what two sources state is two facts. Finding it is a shortest path problem, since a step never is surer than
its premises (Knuth, 1977, "A generalization of Dijkstra's algorithm"), so no proof rests on itself.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from pramana.errors import BudgetError
from pramana.graph.inference import Deadline
from pramana.graph.program import Triple, atom_of
from pramana.graph.view import View
from pramana.kernels.interfaces import Derivation
from pramana.kernels.rules import MISSING
from pramana.knowledge import Atom, Fact, Proof, ProofStep, Verdict

__all__ = ["MAX_STEPS", "Prover", "noisy_or"]

MAX_STEPS = 100_000
"""Of one proof."""
EXPLORED = 500
"""Statements near the goal of which all derivations are looked at; of those beyond, only the one that supports them."""
NEAR = 20_000
"""When so many statements near the goal are known, those that are not looked at yet count as not following."""
DERIVATIONS = 16
"""At most so many of one statement."""

NOTHING: Mapping[int, int] = {}
Choices = Mapping[int, Derivation | None]
"""The application of a rule that yields a triple, None where it is asserted, by the triple's number."""


def noisy_or(proofs: Iterable[Proof]) -> float:
    """The confidence of proofs that share nothing: that not all of them fail."""
    return 1.0 - math.prod(1.0 - proof.confidence for proof in proofs)


class _Step(NamedTuple):
    """An application of a rule near the goal, or (`derivation` None) a statement's assertion."""

    conclusion: int
    weight: float
    derivation: Derivation | None


class Prover:
    """Proofs within one view, which must not change meanwhile."""

    def __init__(self, view: View, deadline: Deadline) -> None:
        self._view = view
        self._deadline = deadline
        self._triples: dict[int, Triple] = {}
        self._asserted: dict[int, float] = {}

    async def verdict(self, statement: Atom, max_proofs: int, *, question: str = "") -> Verdict:
        """Return whether a statement without variables is true, false or unknown, and why.

        Args:
            statement: what is asked.
            max_proofs: at most so many for it, and against it.
            question: as it was put.

        Raises:
            BudgetError: the time is over, or the best proof has more than `MAX_STEPS` steps.
        """
        opposite = Atom(statement.subject, statement.predicate, statement.object, not statement.negated)
        proofs = await self.proofs(statement, max_proofs)
        against = await self.proofs(opposite, max_proofs)
        if bool(proofs) == bool(against):
            return Verdict("unknown", 0.0, proofs, against, question)
        if proofs:
            return Verdict("true", noisy_or(proofs), proofs, question=question)
        return Verdict("false", noisy_or(against), against, question=question)

    async def proofs(self, statement: Atom, max_proofs: int) -> tuple[Proof, ...]:
        """Return up to `max_proofs` proofs of a statement, the best one first; none if it does not hold.

        Raises:
            BudgetError: see `verdict`.
        """
        goal = self._view.number_of(statement)
        if goal is None:
            return ()
        choices = await self._supports(goal)
        best = await self._proof(goal, choices)
        if best is None:
            message = f"the proof has more than {MAX_STEPS:,} steps"
            raise BudgetError(message, budget="proof_steps", limit=MAX_STEPS)
        found = [best]
        records = self._records(goal)[choices[goal] is None :]
        used = Counter(self._leaves(goal, choices))
        steps = await self._near(goal) if max_proofs > 1 else []
        while len(found) < max_proofs:
            chosen = await self._best_without(goal, steps, used)
            other = None if chosen is None else await self._proof(goal, chosen, used)
            surer = [fact for fact in records if other is None or fact.confidence >= other.confidence]
            found += (Proof((_leaf(fact),)) for fact in surer)
            if chosen is None or other is None:
                break
            found.append(other)
            records = records[len(surer) :]
            used.update(self._leaves(goal, chosen))
        return tuple(found[:max_proofs])

    async def _supports(self, goal: int) -> dict[int, Derivation | None]:
        """Return what supports a triple, and what supports that, down to what is asserted."""
        support = self._view.base.support
        found: dict[int, Derivation | None] = {}
        waiting = [goal]
        while waiting:
            number = waiting.pop()
            if number in found:
                continue
            found[number] = derivation = support(number)
            if derivation is not None:
                waiting += derivation.premises
            await self._deadline()
        self._describe(found)
        return found

    def _describe(self, numbers: Iterable[int]) -> None:
        """Look up what the triples say, and how far they are asserted."""
        wanted = array("I", (number for number in numbers if number not in self._triples))
        if not wanted:
            return
        described = self._view.base.describe(wanted)
        flat = described.triples
        self._triples.update(zip(wanted, zip(flat[::3], flat[1::3], flat[2::3], strict=True), strict=True))
        self._asserted.update(zip(wanted, described.asserted, strict=True))

    def _records(self, number: int) -> list[Fact]:
        """The records of an asserted statement, the most confident first; one for each source, which is one witness."""
        witnesses: dict[str, Fact] = {}
        for fact in self._view.records(self._triples[number]):
            witnesses.setdefault(fact.source, fact)
        return list(witnesses.values())

    def _leaves(self, goal: int, choices: Choices) -> set[int]:
        """The asserted statements of a proof."""
        seen, waiting = {goal}, [goal]
        leaves = set()
        while waiting:
            number = waiting.pop()
            derivation = choices[number]
            if derivation is None:
                leaves.add(number)
            else:
                fresh = set(derivation.premises) - seen
                seen |= fresh
                waiting += fresh
        return leaves

    async def _proof(self, goal: int, choices: Choices, used: Mapping[int, int] = NOTHING) -> Proof | None:
        """Write the proof of `goal` down, premises first; None if it has too many steps."""
        places: dict[int, int] = {}
        steps: list[ProofStep] = []
        waiting = [goal]
        while waiting:
            number = waiting[-1]
            derivation = choices[number]
            needed = () if derivation is None else derivation.premises
            missing = [premise for premise in needed if premise not in places]
            if missing:
                waiting += reversed(missing)
            else:
                waiting.pop()
                if number not in places:
                    places[number] = len(steps)
                    if derivation is None:
                        steps.append(_leaf(self._records(number)[used.get(number, 0)]))
                    else:
                        steps.append(self._step(number, derivation, places, steps))
                if len(steps) > MAX_STEPS:
                    return None
            await self._deadline()
        return Proof(tuple(steps))

    def _step(
        self,
        number: int,
        derivation: Derivation,
        places: Mapping[int, int],
        steps: Sequence[ProofStep],
    ) -> ProofStep:
        program, names = self._view.program, self._view.names
        rule = program.rules[derivation.rule]
        bindings = {
            variable: names.name(term)
            for variable, term in zip(program.variables[derivation.rule], derivation.bindings, strict=True)
            if term != MISSING
        }
        premises = tuple(places[premise] for premise in derivation.premises)
        return ProofStep(
            conclusion=atom_of(self._triples[number], names),
            confidence=rule.weight * math.prod(steps[place].confidence for place in premises),
            rule=rule.id,
            bindings=bindings,
            premises=premises,
            absent=tuple(_bound(atom, bindings) for atom in rule.unless),
            text=rule.sentence or rule.text,
        )

    async def _near(self, goal: int) -> list[_Step]:
        """Return the applications of rules that may be part of a proof of `goal`, and what is asserted among them."""
        base, rules = self._view.base, self._view.program.rules
        steps: list[_Step] = []
        seen = {goal: None}
        order = [goal]
        for place, number in enumerate(order):  # it grows
            derivations = base.derivations(number, DERIVATIONS) if place < EXPLORED else None
            applied: list[Derivation] = [] if derivations is None else list(derivations)
            if derivations is None or not derivations.complete:
                support = base.support(number)
                applied += [support] if support is not None and support not in applied else []
            for one in applied:
                steps.append(_Step(number, rules[one.rule].weight, one))
                fresh = dict.fromkeys(premise for premise in one.premises if premise not in seen)
                seen |= fresh
                order += fresh
            if len(order) > NEAR:
                break
            await self._deadline()
        self._describe(order)
        return steps + [
            _Step(number, self._asserted[number], None)
            for number in order
            if self._asserted[number] > 0 and number != goal
        ]

    async def _best_without(self, goal: int, steps: list[_Step], used: Mapping[int, int]) -> Choices | None:
        """Return the surest proof of `goal` by rules from records of asserted statements that were not used yet.

        `used` tells how many of each statement's records were.
        """
        missing: dict[int, int] = {}
        uses: dict[int, list[int]] = {}
        heap: list[tuple[float, int]] = []
        for index, step in enumerate(steps):
            if step.derivation is None:
                confidence = self._unused(step, used.get(step.conclusion, 0))
                if confidence:
                    heappush(heap, (-confidence, index))
                continue
            premises = set(step.derivation.premises)
            missing[index] = len(premises)
            for premise in premises:
                uses.setdefault(premise, []).append(index)
        sure: dict[int, float] = {}
        chosen: dict[int, Derivation | None] = {}
        while heap:
            await self._deadline()
            confidence, index = heappop(heap)
            number = steps[index].conclusion
            if number in sure:
                continue
            sure[number], chosen[number] = -confidence, steps[index].derivation
            if number == goal:
                return chosen
            for after in uses.get(number, ()):
                missing[after] -= 1
                derivation = steps[after].derivation
                if not missing[after] and derivation is not None:
                    product = math.prod(sure[premise] for premise in derivation.premises)
                    heappush(heap, (-steps[after].weight * product, after))
        return None

    def _unused(self, step: _Step, used: int) -> float:
        """The confidence of the best record of an asserted statement beyond those used; 0 if there is none."""
        if not used:
            return step.weight
        left = self._records(step.conclusion)[used:]
        return left[0].confidence if left else 0.0


def _leaf(fact: Fact) -> ProofStep:
    return ProofStep(fact.atom, fact.confidence, fact=fact.id, source=fact.source)


def _bound(atom: Atom, bindings: Mapping[str, str]) -> Atom:
    """Put in the terms; a variable of `unless` alone stays, and means any."""
    subject = bindings.get(atom.subject, atom.subject)
    object_ = bindings.get(atom.object, atom.object)
    return Atom(subject, atom.predicate, object_, atom.negated)
