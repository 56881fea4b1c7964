"""What is in memory of a knowledge graph, as those see it who read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from pramana.graph.fact_table import FactTable
from pramana.graph.terms import Terms
from pramana.kernels.interfaces import RulesLike
from pramana.knowledge import Rule

__all__ = ["State"]


class State(Protocol):
    """What is in memory of a knowledge graph."""

    @property
    def now_ms(self) -> int:
        """The time that `base` shows."""
        ...

    @property
    def terms(self) -> Terms:
        """Of all facts and rules."""
        ...

    @property
    def table(self) -> FactTable:
        """All facts."""
        ...

    @property
    def rules(self) -> Mapping[str, Rule]:
        """Those in force, by id."""
        ...

    @property
    def removed_rules(self) -> Mapping[str, tuple[Rule, int]]:
        """Those that were in force, by id, and when each was removed."""
        ...

    @property
    def rules_version(self) -> int:
        """Another one whenever `rules` changed."""
        ...

    @property
    def base(self) -> RulesLike:
        """What is asserted now."""
        ...

    @property
    def on_asserted(self) -> list[Callable[[Sequence[int], Sequence[float]], None]]:
        """Told of flat triples and the confidence each is asserted with from now on, 0 for no longer."""
        ...
