"""Graphs, rules and knowledge in Chromium, against plain JavaScript and the graph libraries."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from playwright.async_api import Playwright

from . import closure_peer, closures, graphs, kernel_graph, native_rules, packs
from .timing import summary

ROOT = Path(__file__).parents[2]
PEERS = Path(__file__).parent / "peers"
BUNDLED = ROOT / "out" / "bench"
LIBRARIES = {"ngraph": "Ngraph", "graphology": "Graphology"}
Ask = Callable[[str, dict[str, Any]], Awaitable[Any]]


def bundle() -> str | None:
    """Bundle the libraries for the page; return why that cannot be, or None."""
    if not (PEERS / "node_modules").is_dir():
        return "not measured: its npm packages are not installed, which ./build.sh bench does"
    esbuild = ROOT / "web" / "node_modules" / ".bin" / "esbuild"
    target = f"--outfile={BUNDLED / 'peers.js'}"
    arguments = [str(PEERS / "peers.js"), "--bundle", "--format=esm", "--log-level=warning", target]
    subprocess.run([str(esbuild), *arguments], check=True)
    return None


def versions() -> dict[str, str]:
    """The libraries' pinned versions."""
    pinned: dict[str, str] = json.loads((PEERS / "package.json").read_text())["dependencies"]
    return pinned


async def graph(
    ask: Ask, base: str, folder: Path, sizes: list[tuple[int, int]], asked: int, runs: int
) -> Any:
    """Every question to graphs of these sizes; under "disagreements" what the peers answer differently."""
    reason = bundle()
    out = []
    for nodes, edges in sizes:
        print(f"page: graph of {nodes:,} / {edges:,}", file=sys.stderr)
        sample = graphs.sample(nodes, edges, asked)
        files = sample.write(folder)
        own = {"seeds": sample.seeds, "pairs": sample.pairs, "runs": runs, "files": files}
        rows = {}
        for build in ("simd", "scalar"):
            params = {"base": base, "call": "graph", "params": {**own, "build": build}}
            rows[f"pramana {build}"] = await ask("python", params)
        rows["plain JS"] = await ask("graph", _javascript(sample, files, runs, None))
        for name, library in LIBRARIES.items():
            if reason is None:
                rows[name] = await ask("graph", _javascript(sample, files, runs, library))
        out.append(graphs.result(sample, rows, {} if reason is None else dict.fromkeys(LIBRARIES, reason)))
    return out


def _javascript(
    sample: graphs.Sample, files: dict[str, str], runs: int, library: str | None
) -> dict[str, Any]:
    """What a peer in JavaScript is asked; a library builds and ranks once, since it takes seconds."""
    asked = {
        "seeds": sample.seeds,
        "pairs": sample.pairs,
        "depth": kernel_graph.DEPTH,
        "damping": kernel_graph.DAMPING,
        "tolerance": kernel_graph.PAGERANK_TOLERANCE,
        "personalTolerance": graphs.TOLERANCE,
        "pushed": 0 if library else kernel_graph.PUSHED,
        "builds": 1 if library else kernel_graph.BUILDS,
        "runs": runs,
        "rankRuns": 1 if library else max(3, runs // 4),
    }
    return {"library": library, "nodes": sample.nodes, "files": files, "asked": asked}


async def rules(ask: Ask, base: str, tiny: bool, runs: int) -> dict[str, Any]:
    """Transitive closures by the rules kernel and by a loop in JavaScript, and the changes of the first."""
    made, changes = [], {}
    cases = closures.cases(tiny)
    for case in cases:
        print(f"page: {case.name}", file=sys.stderr)
        asked = {"name": case.name, "edges": case.edges, "linear": case.linear, "runs": runs}
        params = {**asked, "build": "simd", "change": case is cases[0]}
        figure = await ask("python", {"base": base, "call": "closure", "params": params})
        changed = figure.pop("changes")
        peers = {closure_peer.OWN: figure}
        if changed:
            changes[closure_peer.OWN] = changed
        peers["JavaScript loop"] = await ask("closure", asked)
        made.append(native_rules.gather(case, peers))
    return {"closures": made, "changes": changes, "changed": cases[0].name}


IMPORT = """async ([name, url]) => {
  const { open } = await import("/pramana.js");
  const facts = await (await fetch(url)).json();
  const memory = await open(name, { offline: false });
  const start = performance.now();
  const { added } = await memory.graph.addMany(facts);
  const ms = performance.now() - start;
  const closing = performance.now();
  await memory.close();
  return { added, ms, close: performance.now() - closing };
}"""

REOPEN = """async ([name, triple]) => {
  const { open } = await import("/pramana.js");
  const memory = await open(name, { offline: false });
  const opened = performance.now();
  const found = await memory.graph.match(...triple);
  const matched = performance.now();
  const again = [];
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    await memory.graph.match(...triple);
    again.push(performance.now() - start);
  }
  return { opened, matched, found: found.length, again };
}"""

TELL = """async ([name, url, rules]) => {
  const { open } = await import("/pramana.js");
  const facts = await (await fetch(url)).json();
  const memory = await open(name, { offline: false });
  await memory.graph.addMany(facts);
  await memory.graph.tell(rules);
  await memory.close();
}"""

ASK = """async ([name, questions]) => {
  const { open } = await import("/pramana.js");
  const memory = await open(name, { offline: false });
  const times = [];
  const verdicts = [];
  for (const question of questions) {
    const start = performance.now();
    const { verdict } = await memory.graph.ask(question);
    times.push(performance.now() - start);
    verdicts.push(verdict);
  }
  return { times, verdicts };
}"""


async def knowledge(
    playwright: Playwright, browser: dict[str, Any], origin: str, folder: Path, tiny: bool, runs: int
) -> dict[str, Any]:
    """Import and reopening of a pack, and questions, from the page; the browser is closed in between."""
    print("page: knowledge", file=sys.stderr)
    triples = packs.pack(500 if tiny else 250_000)
    world = packs.world(100 if tiny else 10_000, runs + 1)
    (folder / "pack.json").write_text(json.dumps(triples))
    (folder / "world.json").write_text(json.dumps(world.facts))
    with tempfile.TemporaryDirectory() as profile:

        async def visit(script: str, arguments: list[Any]) -> Any:
            context = await playwright.chromium.launch_persistent_context(profile, **browser)
            try:
                page = await context.new_page()
                await page.goto(f"{origin}/bench/blank.html")
                return await page.evaluate(script, arguments)
            finally:
                await context.close()

        stored = await visit(IMPORT, ["pack", "/data/pack.json"])
        again = await visit(REOPEN, ["pack", triples[len(triples) // 2]])
        await visit(TELL, ["world", "/data/world.json", world.rules])
        answers = await visit(ASK, ["world", world.questions])
    wrong = []
    if stored["added"] != len(triples) or again["found"] != 1:
        wrong.append(f"{stored['added']} of {len(triples)} facts imported, {again['found']} of 1 found again")
    if set(answers["verdicts"]) != {"true"}:
        wrong.append(f"ask answers {sorted(set(answers['verdicts']))}, all are true")
    return {
        "import": {
            "triples": len(triples),
            "add_many_ms": stored["ms"],
            "close_ms": stored["close"],
            "opened_ms": again["opened"],
            "reopen_and_match_ms": again["matched"],
            "match": summary(again["again"]),
        },
        "ask": {
            "facts": len(world.facts),
            "cold_ms": answers["times"][0],
            "warm": summary(answers["times"][1:]),
        },
        "disagreements": wrong,
    }
