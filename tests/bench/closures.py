"""Transitive closures: the graphs, and a semi-naive loop in Python written with care."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

Pair: TypeAlias = tuple[int, int]
SEED = 20261121


class Case(NamedTuple):
    """Edges, and whether path(x, z) follows from edge(x, y), path(y, z), or from path(x, y), path(y, z)."""

    name: str
    edges: list[Pair]
    linear: bool

    @property
    def end(self) -> Pair:
        """An edge from the last node to a new one."""
        last = max(target for _, target in self.edges)
        return last, last + 1

    @property
    def middle(self) -> Pair:
        """The edge in the middle."""
        return self.edges[len(self.edges) // 2]


def chain(length: int) -> list[Pair]:
    """0 → 1 → … → length."""
    return [(node, node + 1) for node in range(length)]


def tangle(nodes: int, edges: int) -> list[Pair]:
    """Random distinct edges, circles among them, from a fixed seed."""
    rng = random.Random(SEED)
    found: dict[Pair, None] = {}
    while len(found) < edges:
        found[rng.randrange(nodes), rng.randrange(nodes)] = None
    return list(found)


def cases(tiny: bool) -> list[Case]:
    """What is measured; the first is the one that is changed, too."""
    if tiny:
        return [
            Case("chain of 30, linear", chain(30), True),
            Case("chain of 20, non-linear", chain(20), False),
        ]
    return [
        Case("chain of 1,000, linear", chain(1_000), True),
        Case("chain of 200, non-linear", chain(200), False),
        Case("chain of 300, non-linear", chain(300), False),
        Case("150 nodes, 300 edges, non-linear", tangle(150, 300), False),
    ]


def digest(pairs: Iterable[Pair]) -> list[int]:
    """The number of distinct pairs, then moments of them: equal for equal sets; below 2^53 for nodes up to 1,000."""
    count = x1 = y1 = xy = x2y = xy2 = 0
    for x, y in set(pairs):
        count += 1
        x1 += x
        y1 += y
        xy += x * y
        x2y += x * x * y
        xy2 += x * y * y
    return [count, x1, y1, xy, x2y, xy2]


def semi_naive(case: Case) -> dict[int, set[int]]:
    """The closure: per node the nodes that it reaches."""
    return _linear(case.edges) if case.linear else _non_linear(case.edges)


def _linear(edges: list[Pair]) -> dict[int, set[int]]:
    reached: defaultdict[int, set[int]] = defaultdict(set)
    sources: defaultdict[int, list[int]] = defaultdict(list)
    for x, y in edges:
        reached[x].add(y)
        sources[y].append(x)
    delta = edges
    while delta:
        new = []
        for y, z in delta:
            for x in sources.get(y, ()):
                known = reached[x]
                if z not in known:
                    known.add(z)
                    new.append((x, z))
        delta = new
    return reached


def _non_linear(edges: list[Pair]) -> dict[int, set[int]]:
    after: defaultdict[int, set[int]] = defaultdict(set)
    before: defaultdict[int, set[int]] = defaultdict(set)
    for x, y in edges:
        after[x].add(y)
        before[y].add(x)
    delta = edges
    while delta:
        new = []
        for x, y in delta:
            # A difference of sets costs less than a question for each member.
            for z in after[y] - after[x]:
                after[x].add(z)
                before[z].add(x)
                new.append((x, z))
            for w in before[x] - before[y]:
                after[w].add(y)
                before[y].add(w)
                new.append((w, y))
        delta = new
    return after
