"""What a graph calls things: its terms, its predicates, and the other names of its terms. Nothing is changed here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from pramana.graph.knowledge_state import Knowledge
from pramana.graph.reads import GraphReads
from pramana.knowledge import is_variable
from pramana.text.terms import key_of

__all__ = ["ALIASES", "Vocabulary", "next_change_ms", "vocabulary_of"]

ALIASES = ("called", "also_called", "alias")
"""Predicates whose objects are other names of their subjects."""


class Vocabulary:
    """The names of a graph as of now; good until the context that gave it ends.

    Terms and predicates have numbers, given out in the order of first mention and never changed.
    """

    def __init__(self, state: Knowledge) -> None:
        self._terms, self._base, self._table, self._rules = state.terms, state.base, state.table, state.rules
        self.rules_version = state.rules_version
        """Another one where the rules are others."""
        self._aliases = {number for name in ALIASES if (number := state.terms.id_of(name)) is not None}

    def __len__(self) -> int:
        """Numbers given out."""
        return len(self._terms)

    def number_of(self, text: str) -> int | None:
        """The number of what a text names, however it is spaced and cased; None where it names nothing."""
        return self._terms.id_of(text)

    def name(self, number: int) -> str:
        """The spelling first seen."""
        return self._terms.name(number)

    def names(self, start: int, stop: int) -> list[str]:
        """The spellings of the numbers from `start` to before `stop`."""
        return [self._terms.name(number) for number in range(start, min(stop, len(self)))]

    @property
    def rows(self) -> int:
        """Facts ever stated; those that were retracted stay among them."""
        return len(self._table)

    def places(self, start: int, stop: int) -> list[int]:
        """The terms that the rows from `start` to before `stop` are about, once for each place.

        A name that a row gives to something is not among them.
        """
        table, names = self._table, {2 * alias for alias in self._aliases}
        about = list(table.subjects[start:stop])
        pairs = zip(table.predicates[start:stop], table.objects[start:stop], strict=True)
        return about + [number for code, number in pairs if code not in names]

    def is_predicate(self, number: int) -> bool:
        """Whether something is stated with it as the predicate, now."""
        codes = (2 * number, 2 * number + 1)
        return any(self._table.in_use[code] and self._found(None, code, None, 1) for code in codes)

    def is_term(self, number: int) -> bool:
        """Whether something is stated of it, now, other than that it is another name of something.

        Goes through the predicates in use, the commonest first, since the base has no index of terms alone.
        """
        for code, _ in self._table.in_use.most_common():
            if self._found(number, code, None, 1):
                return True
            if (code & 1 or code >> 1 not in self._aliases) and self._found(None, code, number, 1):
                return True
        return False

    def named(self, number: int) -> list[int]:
        """The terms that have it as another name now, in the order in which that was first stated."""
        found = [triple for alias in self._aliases for triple in self._found(None, 2 * alias, number, 0)]
        return list(dict.fromkeys(self._base.describe(sorted(found)).triples[0::3])) if found else []

    def rule_terms(self) -> dict[str, str]:
        """The terms that rules in force name, by their `key_of`."""
        atoms = (atom for rule in self._rules.values() for atom in (rule.head, *rule.body, *rule.unless))
        terms = (term for atom in atoms for term in (atom.subject, atom.object) if not is_variable(term))
        return {key_of(term): term for term in terms}

    def _found(self, subject: int | None, predicate: int, object_: int | None, limit: int) -> Sequence[int]:
        return self._base.match(subject, predicate, object_, which="asserted", limit=limit)


@asynccontextmanager
async def vocabulary_of(graph: GraphReads) -> AsyncIterator[Vocabulary]:
    """Give a graph's vocabulary, up to date; until the context ends nobody else has it, and nobody writes."""
    async with graph._residence.reading() as loaded, loaded.naming:
        yield Vocabulary(loaded.state)


async def next_change_ms(graph: GraphReads) -> int | None:
    """When a fact begins or ends to hold next, in milliseconds since 1970 UTC; None if none will."""
    async with graph._residence.reading() as loaded:
        return loaded.state.next_change_ms
