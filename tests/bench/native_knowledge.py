"""The knowledge graph through its public API in CPython: closures by rules, import and reopening, questions."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pramana

from . import closures, packs
from .timing import measure_async, timed

RULES = {
    True: "(?x edge ?y) & (?y path ?z) => (?x path ?z)",
    False: "(?x path ?y) & (?y path ?z) => (?x path ?z)",
}


async def _follows(memory: pramana.Pramana) -> None:
    """Bring what follows up to date by a question to it."""
    await memory.graph.match("0", "path", None, derived=True, limit=1)


async def closure(case: closures.Case) -> dict[str, Any]:
    """A closure from facts and rules, then the same two changes as of the kernel; the facts that follow of each."""
    out: dict[str, Any] = {"case": case.name}
    edges = [(str(x), "edge", str(y)) for x, y in case.edges]
    async with await pramana.open(":memory:") as memory:
        graph = memory.graph
        out["add_many_ms"] = await timed(graph.add_many(edges))
        await graph.add_rule("(?x edge ?y) => (?x path ?y)")
        await graph.add_rule(RULES[case.linear])
        out["first_match_ms"] = await timed(_follows(memory))
        derived = {"first": (await graph.stats())["derived"]}
        x, y = case.end
        out["add_ms"] = await timed(graph.add(str(x), "edge", str(y))) + await timed(_follows(memory))
        derived["add"] = (await graph.stats())["derived"]
        x, y = case.middle
        out["retract_ms"] = await timed(graph.retract(subject=str(x), predicate="edge", object=str(y)))
        out["retract_ms"] += await timed(_follows(memory))
        derived["retract"] = (await graph.stats())["derived"]
    return out | {"derived": derived, "disagreements": _wrong(case, derived)}


def _wrong(case: closures.Case, derived: dict[str, int]) -> list[str]:
    edges = {
        "first": case.edges,
        "add": [*case.edges, case.end],
        "retract": [edge for edge in [*case.edges, case.end] if edge != case.middle],
    }
    found = []
    for change, count in derived.items():
        reached = closures.semi_naive(closures.Case(case.name, edges[change], case.linear))
        truth = sum(len(ends) for ends in reached.values())
        if count != truth:
            found.append(f"memory.graph derives {count} facts of {case.name} ({change}), not {truth}")
    return found


async def imported(n: int) -> dict[str, Any]:
    """A pack into an SQLite file, and the first `match` after opening it again."""
    triples = packs.pack(n)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        async with await pramana.open(path) as memory:
            add_ms = await timed(memory.graph.add_many([tuple(triple) for triple in triples]))
        began = time.perf_counter()
        async with await pramana.open(path) as memory:
            found = len(await memory.graph.match(*triples[n // 2]))
            reopen_ms = (time.perf_counter() - began) * 1e3
        return {
            "triples": n,
            "add_many_ms": add_ms,
            "reopen_and_match_ms": reopen_ms,
            "size_bytes": path.stat().st_size,
            "disagreements": [] if found == 1 else [f"{found} facts instead of one after reopening"],
        }


async def asked(n: int, runs: int) -> dict[str, Any]:
    """`ask` right after opening, then of other people each time."""
    made = packs.world(n, runs)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        async with await pramana.open(path) as memory:
            await memory.graph.add_many([tuple(triple) for triple in made.facts])
            await memory.graph.tell(made.rules)
        verdicts: list[str] = []
        async with await pramana.open(path) as memory:

            async def ask(i: int) -> None:
                verdicts.append((await memory.graph.ask(made.questions[i % len(made.questions)])).verdict)

            cold_ms = await timed(ask(0))
            warm = await measure_async(ask, runs)
    wrong = [] if set(verdicts) == {"true"} else [f"ask answers {sorted(set(verdicts))}, all are true"]
    return {"facts": n, "cold_ms": cold_ms, "warm": warm, "disagreements": wrong}


async def run(tiny: bool, runs: int) -> dict[str, Any]:
    """All figures."""
    print("native: knowledge", file=sys.stderr)
    return {
        "closures": [await closure(case) for case in closures.cases(tiny)[:2]],
        "import": await imported(500 if tiny else 250_000),
        "ask": await asked(100 if tiny else 10_000, runs),
    }
