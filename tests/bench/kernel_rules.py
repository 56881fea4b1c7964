"""The rules kernel through its public wrapper, timed; runs natively and, loaded as it is, in Pyodide."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import chain
from typing import Any

from pramana.kernels.interfaces import RulesLike
from pramana.kernels.load import Kernels
from pramana.kernels.rules import VARIABLE, ProgramRule, encode_program

from .closures import Case, Pair, digest
from .timing import once, summary

EDGE, PATH = 0, 1
X, Y, Z = VARIABLE, VARIABLE | 1, VARIABLE | 2


def program(linear: bool) -> bytes:
    """A path is an edge, or an edge (a path, where not linear) and then a path."""
    return encode_program(
        [
            ProgramRule(0, 1.0, 0, 2, (X, PATH, Y), [(X, EDGE, Y)]),
            ProgramRule(1, 1.0, 0, 3, (X, PATH, Z), [(X, EDGE if linear else PATH, Y), (Y, PATH, Z)]),
        ]
    )


def put(base: RulesLike, edges: list[Pair], confidence: float = 1.0) -> None:
    """Assert edges, or retract them with a confidence of 0, and bring what follows up to date."""
    triples = array("I", chain.from_iterable((x, EDGE, y) for x, y in edges))
    base.assert_facts(triples, array("d", [confidence]) * len(edges))
    base.run()


def closed(kernels: Kernels, case: Case) -> RulesLike:
    """A base that holds the closure."""
    base = kernels.rules()
    base.set_program(program(case.linear))
    put(base, case.edges)
    return base


def paths(base: RulesLike) -> Iterable[Pair]:
    """The paths that hold."""
    triples = base.describe(base.match(None, PATH, None)).triples
    return zip(triples[::3], triples[2::3], strict=True)


def close(kernels: Kernels, case: Case, runs: int) -> tuple[dict[str, float], list[int]]:
    """The figure of closing a graph from nothing, and the digest of what follows."""
    times = []
    answer: list[int] = []
    for _ in range(runs):
        ms, base = once(lambda: closed(kernels, case))
        times.append(ms)
        answer = answer or digest(paths(base))
        base.close()
    return summary(times), answer


def changed(kernels: Kernels, case: Case, runs: int) -> dict[str, Any]:
    """Adding an edge at the end and retracting the one in the middle, each against the closure from nothing."""
    out: dict[str, Any] = {}
    for name, edge, confidence in (("add", case.end, 1.0), ("retract", case.middle, 0.0)):
        times = []
        for _ in range(runs):
            base = closed(kernels, case)
            times.append(once(lambda base=base, edge=edge, to=confidence: put(base, [edge], to))[0])
            answer = digest(paths(base))
            base.close()
        edges = [*case.edges, edge] if confidence else [other for other in case.edges if other != edge]
        fresh, truth = close(kernels, Case(case.name, edges, case.linear), runs)
        wrong = [] if answer == truth else [f"{case.name}: {name} and the closure from nothing differ"]
        out[name] = {
            **summary(times),
            "fresh_ms": fresh["p50_ms"],
            "facts": answer[0],
            "disagreements": wrong,
        }
    return out
