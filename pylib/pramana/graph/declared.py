"""What was declared of predicates: which are functional, and which exclude each other.

A name in a disjointness is that of a predicate, and of a class: (x, is, name).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from pramana.graph.history import InForce, Times
from pramana.graph.terms import Terms
from pramana.knowledge import Declaration
from pramana.text.terms import predicate_of

__all__ = ["Declared"]


class _Numbered(NamedTuple):
    functional: set[int]
    disjoint: Mapping[int, set[int]]
    classes: Mapping[int, set[int]]


class Declared:
    """The declarations in force, those that were, and what the former say by the numbers of terms."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._by_id: dict[str, Declaration] = {}
        self._ever: dict[str, tuple[Declaration, Times]] = {}
        self._numbered: _Numbered | None = None
        """Made when it is asked for, since declarations come many at a time."""

    def __contains__(self, id: str) -> bool:
        return id in self._by_id

    def list(self) -> list[Declaration]:
        """All in force, in one order wherever they are loaded."""
        return [self._by_id[id] for id in sorted(self._by_id)]

    def times(self, id: str) -> Times:
        """When a declaration was in force."""
        return self._ever[id][1] if id in self._ever else ()

    def take(self, id: str, declaration: Declaration, times: Times) -> None:
        """Take a declaration, which is in force or was."""
        self._ever[id] = declaration, times
        if times[-1].until_ms is not None:
            self._by_id.pop(id, None)
        else:
            self._by_id[id] = declaration
            for name in (declaration.predicate, declaration.other):
                if name:
                    # Before any fact is looked at: what has no number is excluded by nothing.
                    self._terms.intern(name)
                    self._terms.intern(predicate_of(name))
        self._numbered = None

    def known(self, known_ms: int | None) -> Declared:
        """The declarations that were in force then, None for now."""
        if known_ms is None:
            return self
        then = Declared(self._terms)
        for id, (declaration, times) in self._ever.items():
            if any(
                one.from_ms <= known_ms and (one.until_ms is None or known_ms < one.until_ms) for one in times
            ):
                then.take(id, declaration, (InForce(0),))
        return then

    @property
    def functional(self) -> set[int]:
        """Predicates with one object for each subject."""
        return self._number().functional

    @property
    def disjoint(self) -> Mapping[int, set[int]]:
        """The predicates that a predicate excludes."""
        return self._number().disjoint

    @property
    def disjoint_classes(self) -> Mapping[int, set[int]]:
        """The classes that a class excludes."""
        return self._number().classes

    def _number(self) -> _Numbered:
        if self._numbered is None:
            self._numbered = self._make()
        return self._numbered

    def _make(self) -> _Numbered:
        intern = self._terms.intern
        functional: set[int] = set()
        disjoint, classes = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
        for one in self._by_id.values():
            predicate = intern(predicate_of(one.predicate))
            if one.kind == "functional":
                functional.add(predicate)
                continue
            other = intern(predicate_of(one.other))
            disjoint[predicate].add(other)
            disjoint[other].add(predicate)
            one_class, other_class = intern(one.predicate), intern(one.other)
            classes[one_class].add(other_class)
            classes[other_class].add(one_class)
        return _Numbered(functional, dict(disjoint), dict(classes))
