"""Bringing what follows from a base of facts up to date, in short stretches and within a budget.

Rules of the file: nobody else reads or changes the base while rules are followed in it; a budget that is reached
leaves it as it was, with the work still to be done.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from time import perf_counter
from typing import Any

from pramana.errors import BudgetError
from pramana.graph.program import Names, Program
from pramana.kernels.interfaces import RulesLike
from pramana.knowledge import Rule
from pramana.pace import Pace
from pramana.text.terms import number_of
from pramana.text.wording import quoted

__all__ = ["Deadline", "Inference"]

STRETCH_S = 0.03
"""How long one stretch in the kernel should take."""
FIRST_STEPS, MAX_STEPS = 20_000, 1 << 30


class Deadline:
    """Await it between pieces of work: it lets others run, and ends what takes too long."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._end = perf_counter() + timeout_s
        self._pace = Pace()

    async def __call__(self) -> None:
        """Let others run, if it is time.

        Raises:
            BudgetError: the time is over.
        """
        if perf_counter() > self._end:
            message = f"this takes longer than timeout_s ({self._timeout_s:g} s); nothing was changed"
            raise BudgetError(message, budget="timeout_s", limit=self._timeout_s)
        await self._pace()


class Inference:
    """A base, the rules that are followed in it, and how far they have been."""

    def __init__(self, base: RulesLike, names: Names) -> None:
        self.base = base
        self.names = names
        self.program = Program(names)
        self.derived = 0
        """How much followed when `follow` was last done."""
        self._max_derived = 0
        self._version: int | None = None
        self._numbered = 0
        self._steps = FIRST_STEPS

    async def follow(
        self, rules: Mapping[str, Rule], version: int, deadline: Deadline, *, max_derived: int
    ) -> Inference:
        """Bring what follows up to date, and return this.

        Args:
            rules: all rules by id.
            version: another one whenever `rules` are others.
            deadline: ends it.
            max_derived: at most so many derived triples.

        Raises:
            BudgetError: a budget was reached; `details["budget"]` is "max_derived" or "timeout_s", `details["rule"]`
                the id of the rule by which most would follow.
            RuleError: the rules cannot be stratified.
        """
        if version != self._version:
            self.base.set_program(self.program.replace(rules.values()))
            self._version = version
        await self.say_numbers(deadline)
        self._max_derived = max_derived
        await self.run(deadline)
        self.derived = self.base.derived
        return self

    async def run(self, deadline: Deadline) -> None:
        """Follow up what was asserted or retracted since the last `follow`, within its budget; see there."""
        while not self._stretch():
            try:
                await deadline()
            except BudgetError as error:
                self.base.rollback()
                raise self._exceeded(str(error), **error.details) from error
            except BaseException:
                self.base.rollback()
                raise

    def _stretch(self) -> bool:
        began, max_derived = perf_counter(), self._max_derived
        try:
            done = self.base.run(self._steps, max_derived=max_derived)
        except BudgetError as error:
            message = f"more than max_derived ({max_derived:,}) facts would follow; nothing was changed"
            raise self._exceeded(message, budget="max_derived", limit=max_derived) from error
        took = perf_counter() - began
        if not done:
            # At most twice as many next time: the first steps may be the cheap ones.
            factor = min(2.0, STRETCH_S / max(took, 1e-6))
            self._steps = min(MAX_STEPS, max(1, int(self._steps * factor)))
        return done

    def _exceeded(self, message: str, **details: Any) -> BudgetError:
        """The error with the rule that yields most, which is the one to look at."""
        number = self.base.busiest()
        if number is None:
            return BudgetError(message, **details)
        rule = self.program.rules[number]
        told = quoted(rule.sentence or rule.text)
        return BudgetError(f"{message}. Most would follow by the rule {told}", **details, rule=rule.id)

    async def say_numbers(self, deadline: Deadline) -> None:
        """Tell the base the values of terms that came since it was last told, if a rule compares any."""
        while self.program.compares and self._numbered < len(self.names):
            until = min(self._numbered + 1000, len(self.names))
            values = {
                term: value
                for term in range(self._numbered, until)
                if (value := number_of(self.names.name(term))) is not None
            }
            if values:
                self.base.set_numbers(array("I", values), array("d", values.values()))
            self._numbered = until
            await deadline()
