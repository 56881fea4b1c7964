"""What was declared of predicates: which are functional, and which exclude each other.

A name in a disjointness is that of a predicate, and of a class: (x, is, name).
"""

from __future__ import annotations

from collections import defaultdict

from pramana.graph.terms import Terms
from pramana.knowledge import Declaration
from pramana.text.terms import predicate_of

__all__ = ["Declared"]


class Declared:
    """The declarations in force, and what they say by the numbers of terms."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._by_id: dict[str, Declaration] = {}
        self.functional: set[int] = set()
        self.disjoint: dict[int, set[int]] = {}
        self.disjoint_classes: dict[int, set[int]] = {}

    def __contains__(self, id: str) -> bool:
        return id in self._by_id

    def list(self) -> list[Declaration]:
        """All, in one order wherever they are loaded."""
        return [self._by_id[id] for id in sorted(self._by_id)]

    def take(self, id: str, declaration: Declaration | None) -> None:
        """Put a declaration in force, or (None) take it back."""
        if declaration is None:
            self._by_id.pop(id, None)
        else:
            self._by_id[id] = declaration
        self._number()

    def _number(self) -> None:
        intern = self._terms.intern
        self.functional = set()
        disjoint, classes = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
        for one in self._by_id.values():
            predicate = intern(predicate_of(one.predicate))
            if one.kind == "functional":
                self.functional.add(predicate)
                continue
            other = intern(predicate_of(one.other))
            disjoint[predicate].add(other)
            disjoint[other].add(predicate)
            one_class, other_class = intern(one.predicate), intern(one.other)
            classes[one_class].add(other_class)
            classes[other_class].add(one_class)
        self.disjoint, self.disjoint_classes = dict(disjoint), dict(classes)
