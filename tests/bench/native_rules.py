"""The rules kernel under wasmtime against a Python loop, clingo and Oxigraph: the same closures in one run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from . import closure_peer, closures, kernel_rules
from .closures import Case
from .native import kernels

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60


def _alone(peer: str, case: Case, runs: int, tiny: bool) -> dict[str, Any]:
    """One peer in a process of its own."""
    arguments = [peer, case.name, str(runs), *(["--tiny"] if tiny else [])]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.closure_peer", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"not_measured": f"not done after {PATIENCE_S} s"}
    if done.returncode:
        raise RuntimeError(f"{peer}, {case.name}: {done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def gather(case: Case, peers: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The figures of one case by peer, what could not be measured, and who found another closure than the loop."""
    truth = closures.digest((x, y) for x, reached in closures.semi_naive(case).items() for y in reached)
    return {
        "case": case.name,
        "facts": truth[0],
        "peers": {name: figure for name, figure in peers.items() if "not_measured" not in figure},
        "not_measured": {
            name: f"not measured: {figure['not_measured']}"
            for name, figure in peers.items()
            if "not_measured" in figure
        },
        "disagreements": [
            f"{name} finds another closure of {case.name}"
            for name, figure in peers.items()
            if figure.get("digest", truth) != truth
        ],
    }


async def run(tiny: bool, runs: int) -> dict[str, Any]:
    """Closures from nothing, and changes of the first of them."""
    cases = closures.cases(tiny)
    made = []
    for case in cases:
        print(f"native: {case.name}", file=sys.stderr)
        peers = {peer: _alone(peer, case, runs, tiny) for peer in (closure_peer.OWN, *closure_peer.PEERS)}
        made.append(gather(case, peers))
    changes = {closure_peer.OWN: kernel_rules.changed(await kernels("simd"), cases[0], runs)}
    return {"closures": made, "changes": changes, "changed": cases[0].name}
