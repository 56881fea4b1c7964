"""`python -m tests.bench [--tiny] [--only native|page] [--out FILE] [--docs FILE]`: measure, print JSON and a table."""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import native, page, report

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


def machine() -> dict[str, Any]:
    """Where and when these figures were taken."""
    import numpy as np

    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "python": platform.python_version(),
        "numpy": np.__version__,
        "wasmtime": importlib.metadata.version("wasmtime"),
        "commit": _commit(),
        "taken": datetime.now(UTC).isoformat(timespec="seconds"),
    }


async def measure(tiny: bool, only: str | None) -> dict[str, Any]:
    """All figures; `tiny` runs every path in seconds and its numbers mean nothing."""
    sizes = [(200, 256)] if tiny else [(n, dim) for dim in (256, 384) for n in (1_000, 10_000, 50_000)]
    banks = [50] if tiny else [1_000, 10_000, 100_000]
    runs = 3 if tiny else 60
    result: dict[str, Any] = {"machine": machine(), "tiny": tiny, "k": native.K}
    if only in (None, "native"):
        print("native: vectors", file=sys.stderr)
        result["native"] = {"vectors": await native.vectors(sizes, runs)}
        print("native: embedding, memory", file=sys.stderr)
        result["native"]["embedding"] = await native.embedding(20 if tiny else 300)
        result["native"]["memory"] = await native.memory(banks, runs)
    if only in (None, "page"):
        print("page: Chromium", file=sys.stderr)
        result["page"] = await page.run(sizes, banks, 20 if tiny else 1_000, runs)
        result["page"]["first_visit"] = page.first_visit()
    return result


def main() -> None:
    """Parse the command line, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="every path in seconds; the numbers mean nothing")
    parser.add_argument("--only", choices=["native", "page"])
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench.json")
    parser.add_argument("--docs", type=Path, help="also write the table there")
    options = parser.parse_args()
    result = asyncio.run(measure(options.tiny, options.only))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(result, indent=1))
    table = report.table(result)
    if options.docs:
        options.docs.write_text(table)
    print(table)
    print(f"JSON: {options.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
