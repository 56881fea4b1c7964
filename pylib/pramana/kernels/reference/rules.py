"""A base of facts and what follows from them, in pure Python: every run derives everything anew, naively.

A triple's confidence is its assertion's or that of its best proof, whichever is more. A rule application's is the
rule's weight times that of the premises, multiplied in the order of the body.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from pramana.errors import ClosedError
from pramana.kernels.interfaces import (
    DERIVATION_STEPS,
    Derivation,
    Derivations,
    Described,
    Ordinals,
    Vectors,
)
from pramana.kernels.reference.matching import Application, Facts, Triple, applications, bind
from pramana.kernels.rule_arguments import (
    as_count,
    as_doubles,
    as_numbers,
    as_terms,
    as_triples,
    check_doubles,
    check_limit,
    check_which,
    raise_running,
    raise_unknown,
)
from pramana.kernels.rule_program import MISSING, ProgramRule, decode_program
from pramana.kernels.statuses import raise_status
from pramana.ports import Buffer
from pramana.protocol import LIMITS, STATUS

__all__ = ["ReferenceRuleBase"]


class _Support(NamedTuple):
    rule: int
    bindings: tuple[int, ...]
    premises: tuple[Triple, ...]


class _Run:
    """Everything that follows, derived a step at a time."""

    def __init__(self, base: ReferenceRuleBase) -> None:
        self.facts = Facts(base._asserted)
        self.supports: dict[Triple, _Support] = {}
        self.steps = self._derive(base._rules, base._values)

    def _derive(self, rules: list[ProgramRule], values: dict[int, float]) -> Iterator[None]:
        strata: defaultdict[int, list[ProgramRule]] = defaultdict(list)
        for rule in rules:
            strata[rule.stratum].append(rule)
        for _, together in sorted(strata.items()):
            changed = True
            while changed:
                changed = False
                for rule in together:
                    for found in applications(rule, self.facts, values, {}):
                        changed |= found is not None and self._take(rule, found)
                        yield

    def _take(self, rule: ProgramRule, found: Application) -> bool:
        """Keep an application that is better than what is known; whether it is."""
        if found.confidence <= self.facts.confidence.get(found.conclusion, 0.0):
            return False
        self.facts.set(found.conclusion, found.confidence)
        self.supports[found.conclusion] = _Support(rule.number, found.bindings, found.premises)
        return True


class ReferenceRuleBase:
    """As `RuleBase`, without a kernel: same arguments but the module, same results, same errors.

    Triples that were derived in the same run may have other numbers.
    """

    def __init__(self) -> None:
        self._numbers: dict[Triple, int] | None = {}
        self._triples: list[Triple] = []
        self._asserted: dict[Triple, float] = {}
        self._confidence: dict[Triple, float] = {}
        self._supports: dict[Triple, _Support] = {}
        self._values: dict[int, float] = {}
        self._rules: list[ProgramRule] = []
        self._running: _Run | None = None
        self._busiest: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return len(self._idle())

    @property
    def holding(self) -> int:
        self._idle()
        return len(self._confidence)

    @property
    def derived(self) -> int:
        self._idle()
        return len(self._confidence) - len(self._asserted)

    def assert_facts(self, triples: Ordinals, confidences: Vectors) -> array[int]:
        numbers = self._idle()
        facts = _triples(triples)
        given = as_doubles(confidences, len(facts), "confidences")
        check_doubles(given, "confidences", most=1)
        if any(term > LIMITS["max_term"] for triple in facts for term in triple):
            raise_status("rules", "rules_assert", STATUS["out_of_memory"])
        for triple, confidence in zip(facts, given, strict=True):
            self._number(triple)
            self._assert(triple, confidence)
        return array("I", (numbers[triple] for triple in facts))

    def _number(self, triple: Triple) -> None:
        numbers = self._idle()
        if triple not in numbers:
            numbers[triple] = len(numbers)
            self._triples.append(triple)

    def _assert(self, triple: Triple, confidence: float) -> None:
        if confidence:
            self._asserted[triple] = confidence
        else:
            self._asserted.pop(triple, None)
        if confidence and confidence >= self._confidence.get(triple, 0.0):
            self._confidence[triple] = confidence
            self._supports.pop(triple, None)
        elif triple not in self._supports:
            # It held by an assertion that is no longer as good.
            self._confidence.pop(triple, None)
            if confidence:
                self._confidence[triple] = confidence

    def set_numbers(self, terms: Ordinals, values: Any) -> None:
        self._idle()
        which = _listed(terms, "terms")
        given = as_doubles(values, len(which), "values")
        check_doubles(given, "values")
        if any(term > LIMITS["max_term"] for term in which):
            raise_status("rules", "rules_numbers", STATUS["out_of_memory"])
        self._values.update(zip(which, given, strict=True))

    def set_program(self, program: Buffer) -> None:
        self._idle()
        rules = decode_program(program)
        before = {rule.number: rule._replace(stratum=0) for rule in self._rules}
        kept = {rule.number for rule in rules if before.get(rule.number) == rule._replace(stratum=0)}
        self._supports = {triple: one for triple, one in self._supports.items() if one.rule in kept}
        self._rules = rules

    def run(self, steps: int = 0, *, max_derived: int = 0) -> bool:
        self._live()
        as_count(steps, "steps")
        as_count(max_derived, "max_derived")
        run = self._running = self._running or _Run(self)
        for done, _ in enumerate(run.steps, 1):
            if max_derived and len(run.facts.confidence) - len(self._asserted) > max_derived:
                self.rollback()
                raise_status(
                    "rules", "rules_run", STATUS["over_budget"], budget="max_derived", limit=max_derived
                )
            if done == steps:
                return False
        self._running = None
        for triple in run.facts.confidence:
            self._number(triple)
        self._confidence, self._supports = run.facts.confidence, run.supports
        return True

    def rollback(self) -> None:
        known = self._live()
        if self._running is not None:
            new = (one.rule for triple, one in self._running.supports.items() if triple not in known)
            self._busiest = Counter(new).most_common(1)
            self._running = None

    def busiest(self) -> int | None:
        self._idle()
        return self._busiest[0][0] if self._busiest else None

    def match(
        self,
        subject: int | None,
        predicate: int | None,
        object: int | None,
        *,
        which: str = "holding",
        limit: int = 0,
        after: int = -1,
    ) -> array[int]:
        self._idle()
        pattern = as_terms(subject, predicate, object)
        check_which(which)
        check_limit(limit, after)
        kept = {"holding": self._confidence, "asserted": self._asserted, "known": None}[which]
        found = (
            number
            for number, triple in enumerate(self._triples[after + 1 :], after + 1)
            if all(term in (MISSING, at) for term, at in zip(pattern, triple, strict=True))
            and (kept is None or triple in kept)
        )
        return array("I", islice(found, limit or None))

    def find(self, triples: Ordinals) -> array[int]:
        numbers = self._idle()
        return array("I", (numbers.get(triple, MISSING) for triple in _triples(triples)))

    def describe(self, numbers: Ordinals) -> Described:
        triples = [self._triple(number) for number in _listed(numbers, "numbers")]
        return Described(
            array("I", (term for triple in triples for term in triple)),
            array("d", (self._asserted.get(triple, 0.0) for triple in triples)),
            array("d", (self._confidence.get(triple, 0.0) for triple in triples)),
        )

    def support(self, number: int) -> Derivation | None:
        triple = self._triple(as_count(number, "number"))
        support = self._supports.get(triple)
        if support is None:
            return None
        return self._derivation(support, self._confidence[triple])

    def derivations(self, number: int, limit: int, *, steps: int = DERIVATION_STEPS) -> Derivations:
        triple = self._triple(as_count(number, "number"))
        as_count(limit, "limit")
        candidates = self._candidates(triple)
        looked_at = list(islice(candidates, as_count(steps, "steps") or None))
        found = [one for one in looked_at if one is not None]
        found.sort(key=lambda one: (-one.confidence, one.rule, one.premises))
        return Derivations(found[:limit], complete=next(candidates, self) is self)

    def _candidates(self, triple: Triple) -> Iterator[Derivation | None]:
        """Yield the applications that yield a triple, and None for what might have been one."""
        facts = Facts(self._confidence)
        for rule in self._rules:
            bindings = bind(rule.head, triple, {})
            for one in [] if bindings is None else applications(rule, facts, self._values, bindings):
                if one is None:
                    yield None
                else:
                    support = _Support(rule.number, one.bindings, one.premises)
                    yield self._derivation(support, one.confidence)

    def close(self) -> None:
        self.__init__()  # type: ignore[misc]
        self._numbers = None

    def _derivation(self, support: _Support, confidence: float) -> Derivation:
        numbers = self._idle()
        premises = array("I", (numbers[triple] for triple in support.premises))
        return Derivation(support.rule, array("I", support.bindings), premises, confidence)

    def _triple(self, number: int) -> Triple:
        if number >= len(self._idle()):
            raise_unknown(number, len(self._triples))
        return self._triples[number]

    def _live(self) -> dict[Triple, int]:
        if self._numbers is None:
            raise ClosedError("the rule base was closed")
        return self._numbers

    def _idle(self) -> dict[Triple, int]:
        if self._running is not None:
            raise_running()
        return self._live()


def _listed(numbers: Ordinals, field: str) -> list[int]:
    return memoryview(as_numbers(numbers, field)[0]).tolist()


def _triples(triples: Ordinals) -> list[Triple]:
    flat = memoryview(as_triples(triples)[0]).tolist()
    return list(zip(flat[::3], flat[1::3], flat[2::3], strict=True))
