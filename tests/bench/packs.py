"""Facts to import and a small world to ask about, from a fixed seed."""

from __future__ import annotations

import random
from typing import NamedTuple

from .data import SEED

Triple = list[str]


def pack(n: int) -> list[Triple]:
    """`n` distinct triples over n / 5 terms and 16 predicates, like the links of a small encyclopaedia."""
    rng = random.Random(SEED + n)
    terms = max(10, n // 5)
    found: dict[tuple[int, int, int], None] = {}
    while len(found) < n:
        found[int(terms * rng.random() ** 2), rng.randrange(16), rng.randrange(terms)] = None
    return [[f"term {s}", f"relation_{p}", f"term {o}"] for s, p, o in found]


class World(NamedTuple):
    """Facts, rules in controlled English, and questions to which the answer is yes."""

    facts: list[Triple]
    rules: str
    questions: list[str]


def world(n: int, asked: int) -> World:
    """People who know each other, and what follows for each of them."""
    people = n // 2
    humans = [[f"P{i}", "is", "human"] for i in range(people)]
    known = [[f"P{i}", "knows", f"P{(i * 7 + 1) % people}"] for i in range(n - people)]
    rng = random.Random(SEED)
    return World(
        humans + known,
        "Every human is mortal. If someone is mortal then they are careful.",
        [f"P{rng.randrange(people)} is careful." for _ in range(asked)],
    )
