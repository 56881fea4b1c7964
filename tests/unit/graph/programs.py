"""Random rules and facts: few names, some spelled in two ways, so that a good part of the rules applies.

Drawn from a seed, since what Hypothesis prefers to draw, the short and the equal, seldom follows from anything.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import strategies as st

from pramana.errors import RuleError
from pramana.graph.rule_safety import malformed, unsafe_part, variables_of
from pramana.graph.stratify import check_stratified
from pramana.knowledge import Atom, Comparison, Fact, Rule

Program = tuple[list[Fact], list[Rule]]

NAMES = ("anne", "Anne", "1", "2.5")
VARIABLES = ("?x", "?y", "?X")
PREDICATES = ("likes", "LIKES", "has", "sees", "fears")
WEIGHTS = (1.0, 0.5, 0.9)
OPERATORS = ("=", "!=", "<", "<=", ">", ">=")


def atom(random: Random, terms: tuple[str, ...], predicates: tuple[str, ...] = PREDICATES) -> Atom:
    negated = random.random() < 0.15
    return Atom(random.choice(terms), random.choice(predicates), random.choice(terms), negated)


def rule(random: Random) -> Rule:
    """A safe rule, three in four without `unless` and comparisons."""
    body = tuple(atom(random, NAMES[1:] + 4 * VARIABLES) for _ in range(random.choice((1, 1, 2))))
    slots = (*NAMES, *4 * list(variables_of(*body)))
    unless = tuple(atom(random, (*slots, "?any")) for _ in range(random.choice((0, 0, 1, 2))))
    where = (Comparison(random.choice(slots), random.choice(OPERATORS), random.choice(slots)),)
    where = where if random.random() < 0.25 and malformed(where[0]) is None else ()
    head = atom(
        random, slots, PREDICATES[:4]
    )  # nothing fears by rule, so that `unless` has something to read
    drawn = Rule("", head, body, unless, where, random.choice(WEIGHTS))
    return drawn if unsafe_part(drawn) is None else replace(drawn, unless=())


def rules(random: Random, count: int) -> list[Rule]:
    """Rules with ids, without those that would make a circle through `unless`."""
    kept: list[Rule] = []
    for _ in range(count):
        drawn = replace(rule(random), id=f"r{len(kept)}")
        try:
            check_stratified([*kept, drawn])
        except RuleError:
            continue
        kept.append(drawn)
    return kept


def facts(random: Random, count: int) -> list[Fact]:
    drawn = [atom(random, NAMES) for _ in range(count)]
    return [
        Fact(f"f{n}", one.subject, one.predicate, one.object, one.negated, random.choice(WEIGHTS))
        for n, one in enumerate(drawn)
    ]


def program(seed: int) -> Program:
    random = Random(seed)
    return facts(random, random.randint(2, 12)), rules(random, random.randint(1, 8))


seeds = st.integers(0, 2**32 - 1)
drawn_rules = seeds.map(lambda seed: rule(Random(seed)))
programs = seeds.map(program)
