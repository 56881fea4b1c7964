"""`python -m tests.bench [--tiny] [--only native|page] [--part PART]… [--out FILE] [--docs FILE]`.

Measures, writes JSON and prints a table; ends with status 1 if the peers give different answers.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import (
    native,
    native_graph,
    native_knowledge,
    native_reason,
    native_rules,
    native_wordnet,
    page,
    page_knowledge,
    report,
)

PARTS = ("memory", "graphs", "rules", "knowledge", "reasoning", "wordnet")
RULE_RUNS = 3
ROOT = Path(__file__).parents[2]


def _commit() -> str:
    answer = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or "unknown"


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def _versions() -> dict[str, str]:
    versions = {}
    for name in ("wasmtime", "numpy", "scipy", "igraph", "clingo", "pyoxigraph"):
        with suppress(
            importlib.metadata.PackageNotFoundError
        ):  # a peer that is not there is told where it is missed
            versions[name] = importlib.metadata.version(name)
    return versions | page_knowledge.versions()


def machine() -> dict[str, Any]:
    """Where and when these figures were taken."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "python": platform.python_version(),
        "peers": _versions(),
        "commit": _commit(),
        "taken": datetime.now(UTC).isoformat(timespec="seconds"),
    }


async def measure(tiny: bool, only: str | None = None, parts: Collection[str] = PARTS) -> dict[str, Any]:
    """The figures of these parts; `tiny` runs every path in seconds and its numbers mean nothing."""
    sizes = [(200, 256)] if tiny else [(n, dim) for dim in (256, 384) for n in (1_000, 10_000, 50_000)]
    banks = [50] if tiny else [1_000, 10_000, 100_000]
    networks = [(200, 1_000)] if tiny else [(10_000, 100_000), (100_000, 1_000_000)]
    runs, asked = (3, 5) if tiny else (60, 20)
    result: dict[str, Any] = {"machine": machine(), "tiny": tiny, "k": native.K}
    if only in (None, "native"):
        own = result["native"] = {}
        if "memory" in parts:
            print("native: vectors, embedding, memory", file=sys.stderr)
            own["vectors"] = await native.vectors(sizes, runs)
            own["embedding"] = await native.embedding(20 if tiny else 300)
            own["memory"] = await native.memory(banks, runs)
        if "graphs" in parts:
            own["graphs"] = await native_graph.run(networks, asked, asked)
        if "rules" in parts:
            own["rules"] = await native_rules.run(tiny, RULE_RUNS)
        if "knowledge" in parts:
            own["knowledge"] = await native_knowledge.run(tiny, asked)
        if "reasoning" in parts:
            own["reasoning"] = await native_reason.run(tiny)
        if "wordnet" in parts:
            own["wordnet"] = native_wordnet.run(tiny)
    if only in (None, "page"):
        inside = result["page"] = {}
        if "memory" in parts:
            print("page: vectors, embedding, memory", file=sys.stderr)
            inside |= await page.run(sizes, banks, 20 if tiny else 1_000, runs)
            inside["first_visit"] = page.first_visit()
        inside |= await page.run_knowledge(tiny, parts, networks, asked, RULE_RUNS)
    return result


def main() -> None:
    """Parse the command line, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="every path in seconds; the numbers mean nothing")
    parser.add_argument("--only", choices=["native", "page"])
    parser.add_argument(
        "--part", action="append", choices=PARTS, help="this one, and others so named; else all"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench.json")
    parser.add_argument("--docs", type=Path, help="also write the table there")
    options = parser.parse_args()
    result = asyncio.run(measure(options.tiny, options.only, options.part or PARTS))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(result, indent=1))
    table = report.table(result)
    if options.docs:
        options.docs.write_text(table)
    print(table)
    print(f"JSON: {options.out}", file=sys.stderr)
    wrong = report.disagreements(result)
    if wrong:
        raise SystemExit("the peers disagree:\n" + "\n".join(wrong))


if __name__ == "__main__":
    main()
