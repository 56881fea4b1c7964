"""What follows now, in a base beside that of the facts, so that these can be read while rules are followed.

The base is made when something that follows is first asked for, by copying what is asserted; from then on changes wait
until it is asked for again. A triple has 74 bytes there.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Sequence

from pramana.graph.inference import Deadline, Inference
from pramana.graph.state import State
from pramana.kernels.interfaces import RulesLike

__all__ = ["BATCH", "Present"]

BATCH = 4096
"""Facts in one stretch."""


class Present:
    """What is asserted in a state, and what follows from it by its rules. Close it: the base is in a kernel."""

    def __init__(self, state: State, new_base: Callable[[], RulesLike]) -> None:
        self._state = state
        self._new_base = new_base
        self._inference: Inference | None = None
        self._last = -1
        """Of the numbers in the state's base, the last one that was copied."""
        self._changes: deque[tuple[array[int], array[float]]] = deque()
        self._waiting = 0
        state.on_asserted.append(self._note)

    @property
    def derived(self) -> int:
        """How much followed when rules were last followed."""
        return 0 if self._inference is None else self._inference.derived

    def close(self) -> None:
        """Free the base; it is made anew when it is needed. Closing twice is allowed."""
        if self._inference is not None:
            self._inference.base.close()
        self._inference, self._last, self._waiting = None, -1, 0
        self._changes.clear()

    async def follow(self, deadline: Deadline, *, max_derived: int) -> Inference:
        """Bring what follows up to date. One call at a time, and the state must not change meanwhile.

        Args:
            deadline: ends it; the next call goes on.
            max_derived: at most so many derived triples.

        Raises:
            BudgetError: see `Inference.follow`.
        """
        if self._inference is None:
            self._inference = Inference(self._new_base(), self._state.terms)
        inference, state = self._inference, self._state
        await self._copy(inference.base, deadline)
        while self._changes:
            triples, confidences = self._changes[0]
            for start in range(0, len(confidences), BATCH):
                part = slice(start, start + BATCH)
                inference.base.assert_facts(triples[3 * part.start : 3 * part.stop], confidences[part])
                await deadline()
            self._changes.popleft()
            self._waiting -= len(confidences)
        await inference.follow(state.rules, state.rules_version, deadline, max_derived=max_derived)
        return inference

    async def _copy(self, base: RulesLike, deadline: Deadline) -> None:
        """Copy the rest of what has a number: what is not asserted too, so that the order stays the same."""
        source = self._state.base
        while self._last + 1 < len(source):
            numbers = source.match(None, None, None, which="known", limit=BATCH, after=self._last)
            described = source.describe(numbers)
            base.assert_facts(described.triples, described.asserted)
            self._last = numbers[-1]
            await deadline()

    def _note(self, triples: Sequence[int], confidences: Sequence[float]) -> None:
        """Remember what is asserted from now on; so much of it that copying is cheaper is not."""
        if self._inference is None:
            return
        self._changes.append((array("I", triples), array("d", confidences)))
        self._waiting += len(confidences)
        if self._waiting > max(BATCH, len(self._state.base)):
            self.close()
