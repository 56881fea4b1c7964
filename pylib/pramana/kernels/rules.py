"""The rules kernel's fact base (docs/abi.md, "rules")."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from struct import unpack_from
from typing import Any

from pramana.kernels.buffers import as_bytes
from pramana.kernels.exports import KernelObject
from pramana.kernels.interfaces import (
    DERIVATION_STEPS,
    Derivation,
    Derivations,
    Described,
    Ordinals,
    Vectors,
)
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
from pramana.kernels.rule_program import (
    MISSING,
    OPERATORS,
    VARIABLE,
    ProgramRule,
    decode_program,
    encode_program,
)
from pramana.ports import Buffer, WasmModule
from pramana.protocol import STATUS

__all__ = ["MISSING", "OPERATORS", "VARIABLE", "ProgramRule", "RuleBase", "encode_program"]

_DERIVATION = "<d3I"  # confidence, rule, variables, premises


class RuleBase(KernelObject):
    """Facts by number in the kernel's memory, and what follows from them by rules.

    A triple (subject, predicate, object) has a number from its first mention on, in order and never reused. It holds
    if it is asserted or derived. What is asserted holds at once; what follows is brought up to date by `run`.

    Args:
        module: the rules kernel; any number of bases share one.
    """

    _what = "rule base"

    def __init__(self, module: WasmModule) -> None:
        super().__init__(module)
        self._running = False
        self._create("rules_create")

    def __len__(self) -> int:
        return self._idle("rules_len")

    @property
    def holding(self) -> int:
        """Triples that hold."""
        return self._idle("rules_holding")

    @property
    def derived(self) -> int:
        """Triples that hold and are not asserted."""
        return self._idle("rules_derived")

    def assert_facts(self, triples: Ordinals, confidences: Vectors) -> array[int]:
        """Set with which confidence triples are asserted; of one that is named twice the last counts.

        Args:
            triples: 3n terms, each below 2**28.
            confidences: n floats from 0 (not asserted) to 1.

        Returns:
            The triples' n numbers.

        Raises:
            InputError: not three terms each, or another number of confidences, or one that is out of range
                (`details["index"]`). Nothing was changed.
            KernelError: the kernel is out of memory, or a term is 2**28 or more. Nothing was changed.
        """
        self._check_idle()
        terms, count = as_triples(triples)
        doubles = as_doubles(confidences, count, "confidences")
        at = self._scratch.place("triples", terms, 12 * count)
        ptr = self._scratch.place("values", doubles, 8 * count)
        status = self._export("rules_assert")(self._live(), count, at, ptr)
        self._scratch.trim()
        if status == STATUS["bad_argument"]:
            check_doubles(doubles, "confidences", most=1)
        return self._numbers("rules_assert", status)

    def set_numbers(self, terms: Ordinals, values: Any) -> None:
        """Say which terms are numbers; comparisons by size hold between those alone.

        It costs least before the first triple or rule with the term: afterwards all rules that compare sizes are
        applied anew.

        Args:
            terms: n terms.
            values: n finite floats.

        Raises:
            InputError: another number of values, or one that is not finite (`details["index"]`).
            KernelError: the kernel is out of memory, or a term is 2**28 or more. Nothing was changed.
        """
        self._check_idle()
        which, count = as_numbers(terms, "terms")
        doubles = as_doubles(values, count, "values")
        at = self._scratch.place("triples", which, 4 * count)
        ptr = self._scratch.place("values", doubles, 8 * count)
        status = self._export("rules_numbers")(self._live(), count, at, ptr)
        self._scratch.trim()
        if status == STATUS["not_finite"]:
            check_doubles(doubles, "values")
        if status < 0:
            self._fail("rules_numbers", status)

    def set_program(self, program: Buffer) -> None:
        """Replace the rules by those of `encode_program`.

        A rule of the same number that says the same stays as it is, in whatever stratum.

        Raises:
            InputError: the program is malformed, a rule is not safe, or the strata are wrong (`details["rule"]`).
                The rules are as before.
        """
        self._check_idle()
        data, size = as_bytes(program, "program")
        ptr = self._scratch.place("program", data, size)
        status = self._export("rules_program")(self._live(), ptr, size)
        self._scratch.trim()
        if status == STATUS["bad_argument"]:
            decode_program(data)
        if status < 0:
            self._fail("rules_program", status, field="program")

    def run(self, steps: int = 0, *, max_derived: int = 0) -> bool:
        """Bring what follows up to date; return whether it is.

        Args:
            steps: work for about so many candidates of a match, some ten million a second; 0: to the end.
            max_derived: at most so many triples may be derived in the end, 0 for no bound.

        Between two calls that return False, nothing else but `rollback` may be called.

        Raises:
            BudgetError: more would be derived; all is as before the first of these calls, with what was asserted
                since still to be followed up.
            KernelError: the kernel is out of memory; likewise.
        """
        handle = self._live()
        status = self._export("rules_run")(
            handle, as_count(steps, "steps"), as_count(max_derived, "max_derived")
        )
        self._running = status == 0
        if status == STATUS["over_budget"]:
            self._fail("rules_run", status, budget="max_derived", limit=max_derived)
        if status < 0:
            self._fail("rules_run", status)
        return status == 1

    def rollback(self) -> None:
        """End a `run` that is not done: all is as before its first call."""
        self._call("rules_rollback")
        self._running = False

    def busiest(self) -> int | None:
        """Return the rule by which most was derived that was new, in the last run that was rolled back.

        That is the one to look at where a budget was exceeded. None if nothing was derived.
        """
        self._check_idle()
        return next(iter(self._numbers("rules_busiest", self._export("rules_busiest")(self._live()))), None)

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
        """Return the numbers of matching triples, ascending.

        Args:
            subject: a term, or None for any; likewise the others.
            predicate: see `subject`.
            object: see `subject`.
            which: "holding", "asserted", or "known" for all that have a number.
            limit: at most so many, 0 for all.
            after: only numbers greater than this.

        Raises:
            InputError: `which` is unknown, or a number is out of range.
        """
        self._check_idle()
        terms = as_terms(subject, predicate, object)
        check_limit(limit, after)
        return self._numbers(
            "rules_match",
            self._export("rules_match")(
                self._live(), *terms, check_which(which), limit, min(after + 1, MISSING)
            ),
        )

    def find(self, triples: Ordinals) -> array[int]:
        """Return the number of each triple, MISSING for one that has none."""
        self._check_idle()
        terms, count = as_triples(triples)
        at = self._scratch.place("triples", terms, 12 * count)
        status = self._export("rules_find")(self._live(), count, at)
        self._scratch.trim()
        return self._numbers("rules_find", status)

    def describe(self, numbers: Ordinals) -> Described:
        """Return what is known of triples.

        Raises:
            InputError: no triple has one of the numbers.
        """
        self._check_idle()
        which, count = as_numbers(numbers, "numbers")
        at = self._scratch.place("triples", which, 4 * count)
        status = self._export("rules_describe")(self._live(), count, at)
        self._scratch.trim()
        if status == STATUS["ordinal_missing"]:
            known = len(self)
            raise_unknown(next(number for number in memoryview(which).tolist() if number >= known), known)
        if status < 0:
            self._fail("rules_describe", status)
        data = self._whole_result()
        self._release_result("rules_len")
        terms, asserted = 12 * count, 8 * count
        return Described(
            array("I", data[:terms]),
            array("d", data[terms : terms + asserted]),
            array("d", data[terms + asserted :]),
        )

    def support(self, number: int) -> Derivation | None:
        """Return the rule application that a derived triple's confidence comes from.

        None where the triple does not hold, its assertion is at least as good, or the rule is gone since the last
        run. Following supports never ends in a circle.

        Raises:
            InputError: no triple has the number.
        """
        found, data = self._derived("rules_support", number)
        return next(_derivations(data, 0, found), None)

    def derivations(self, number: int, limit: int, *, steps: int = DERIVATION_STEPS) -> Derivations:
        """Return up to `limit` applications of rules that yield a triple from what holds now, best first.

        Of equally good ones the rule with the smaller number comes first, then the premises with smaller numbers.

        Args:
            number: the triple's.
            limit: at most so many.
            steps: look at about so many candidates, some ten million a second, and then return the best of those,
                `complete` being False; 0: look at all.

        Raises:
            InputError: no triple has the number, or another argument is out of range.
        """
        found, data = self._derived(
            "rules_derivations", number, as_count(limit, "limit"), as_count(steps, "steps")
        )
        return Derivations(_derivations(data, 4, found), complete=data[0] == 0)

    def _check_idle(self) -> None:
        self._live()
        if self._running:
            raise_running()

    def _idle(self, export: str, *args: float) -> int:
        self._check_idle()
        return self._call(export, *args)

    def _numbers(self, export: str, status: int) -> array[int]:
        """The u32 that are a call's result, as many as its status says."""
        if status < 0:
            self._fail(export, status)
        numbers = array("I", self._result(4 * status))
        self._release_result("rules_len")
        return numbers

    def _derived(self, export: str, number: int, *args: int) -> tuple[int, bytes]:
        """Call `export` for a triple; return how many derivations it found, and its result."""
        self._check_idle()
        found = self._export(export)(self._live(), as_count(number, "number"), *args)
        if found == STATUS["ordinal_missing"]:
            raise_unknown(number, len(self))
        if found < 0:
            self._fail(export, found)
        data = self._whole_result()
        self._release_result("rules_len")
        return found, data


def _derivations(data: bytes, at: int, found: int) -> Iterator[Derivation]:
    for _ in range(found):
        confidence, rule, variables, premises = unpack_from(_DERIVATION, data, at)
        at += 20
        middle, end = at + 4 * variables, at + 4 * (variables + premises)
        yield Derivation(rule, array("I", data[at:middle]), array("I", data[middle:end]), confidence)
        at = end
