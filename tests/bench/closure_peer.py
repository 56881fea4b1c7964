"""`python -m tests.bench.closure_peer PEER CASE RUNS [--tiny]`: one peer closes one graph; prints JSON.

Each has a process of its own, so that the peak of memory is its own.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import importlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from .closures import Case, Pair, cases, digest, semi_naive
from .timing import once, summary

OWN = "pramana"
NODE = "https://example.org/"


def forget_peak() -> int:
    """Make the kernel count the peak of memory anew, from what is resident now, and return that.

    What loading a library took for a while, and gave back, would otherwise hide as much of what the closure takes.
    """
    Path("/proc/self/clear_refs").write_text("5")  # see proc_pid_clear_refs(5)
    return peak_bytes()


def peak_bytes(process: int | str = "self") -> int:
    """The most memory that this process, or one with that number, has had resident.

    Not ru_maxrss: that begins with what the parent had, and is never reset.
    """
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise OSError(f"/proc/{process}/status tells no VmHWM")


def python_loop(case: Case) -> Callable[[], Iterable[Pair]]:
    """The hand-written semi-naive loop."""
    reached = semi_naive(case)
    return lambda: ((x, y) for x, found in reached.items() for y in found)


def clingo_program(case: Case) -> Callable[[], Iterable[Pair]]:
    """Clingo: the program is stratified, so that grounding it decides every atom."""
    import clingo

    control = clingo.Control()
    first = "edge" if case.linear else "path"
    rules = f"path(X,Y) :- edge(X,Y). path(X,Z) :- {first}(X,Y), path(Y,Z)."
    control.add("base", [], rules + "".join(f"edge({x},{y})." for x, y in case.edges))
    control.ground([("base", [])])
    return lambda: (
        (atom.symbol.arguments[0].number, atom.symbol.arguments[1].number)
        for atom in control.symbolic_atoms.by_signature("path", 2)
        if atom.is_fact
    )


def property_path(case: Case) -> Callable[[], Iterable[Pair]]:
    """Oxigraph: counts the pairs of `?x <p>+ ?y`, which is the closure by whichever rule."""
    from pyoxigraph import NamedNode, Quad, Store

    store = Store()
    edge = NamedNode(f"{NODE}edge")
    store.extend(Quad(NamedNode(f"{NODE}{x}"), edge, NamedNode(f"{NODE}{y}")) for x, y in case.edges)
    (count,) = store.query(f"SELECT (COUNT(*) AS ?count) WHERE {{ ?x <{NODE}edge>+ ?y }}")

    def pairs() -> Iterable[Pair]:
        seen = 0
        for row in store.query(f"SELECT ?x ?y WHERE {{ ?x <{NODE}edge>+ ?y }}"):
            seen += 1
            yield int(row["x"].value.removeprefix(NODE)), int(row["y"].value.removeprefix(NODE))
        if seen != int(count["count"].value):
            raise ValueError(f"Oxigraph counted {count['count'].value} pairs and then told {seen}")

    return pairs


def own_kernel() -> Callable[[Case], Callable[[], Iterable[Pair]]]:
    """The rules kernel, of which there is one build, loaded beforehand."""
    from . import kernel_rules
    from .native import kernels

    loaded = asyncio.run(kernels("simd"))

    def close(case: Case) -> Callable[[], Iterable[Pair]]:
        base = kernel_rules.closed(loaded, case)

        def pairs() -> Iterable[Pair]:
            yield from kernel_rules.paths(base)
            base.close()

        return pairs

    return close


PEERS = {
    "Python loop": (python_loop, None),
    "clingo": (clingo_program, "clingo"),
    "Oxigraph path": (property_path, "pyoxigraph"),
}


def run(peer: str, case: Case, runs: int) -> dict[str, Any]:
    """The figure, the peak of memory above what the process had before, and the digest."""
    if peer == OWN:
        close = own_kernel()
    else:
        close, module = PEERS[peer]
        if module:
            importlib.import_module(module)
    gc.collect()
    before = forget_peak()
    times, peak, answers = [], 0, []
    for _ in range(runs):
        ms, pairs = once(lambda: close(case))
        times.append(ms)
        peak = peak or peak_bytes()  # that of the first, before its answer is read
        answers.append(digest(pairs()))
        del pairs
        gc.collect()
    if any(answer != answers[0] for answer in answers):
        raise ValueError(f"{peer} finds another closure of {case.name} at each run: {answers}")
    return {**summary(times), "peak_bytes": peak, "added_bytes": peak - before, "digest": answers[0]}


def answer(peer: str, case: Case, runs: int) -> dict[str, Any]:
    """What `run` returns, or why there is nothing."""
    try:
        return run(peer, case, runs)
    except ModuleNotFoundError as error:
        return {"not_measured": str(error)}


def main() -> None:
    """Parse the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer")
    parser.add_argument("case")
    parser.add_argument("runs", type=int)
    parser.add_argument("--tiny", action="store_true")
    options = parser.parse_args()
    case = next(case for case in cases(options.tiny) if case.name == options.case)
    print(json.dumps(answer(options.peer, case, options.runs)))


if __name__ == "__main__":
    main()
