"""The same figures in Chromium: scans against plain JavaScript, the page API, start-up, a first visit's bytes."""

from __future__ import annotations

import asyncio
import functools
import http.server
import json
import subprocess
import tempfile
import threading
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import wasmtime
from playwright.async_api import Page, async_playwright

from . import data, page_knowledge, page_reason
from .native import READ_BOUND, K

ROOT = Path(__file__).parents[2]
DIST = ROOT / "dist" / "web"
CHROMIUM = {
    "executable_path": "/usr/bin/chromium",
    "args": [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ],
}


class _Files(http.server.SimpleHTTPRequestHandler):
    """dist/web at the root, this bench's page, Python and bundled peers under /bench…/, generated data under /data/.

    Cross-origin isolated, so that performance.now() has a resolution of 5 µs.
    """

    extensions_map = {  # noqa: RUF012 (the base class declares it so)
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".wasm": "application/wasm",
        ".js": "text/javascript",
        ".mjs": "text/javascript",
    }

    def __init__(self, *args: Any, folders: dict[str, Path], **kwargs: Any) -> None:
        self.folders = folders
        super().__init__(*args, **kwargs)

    def translate_path(self, path: str) -> str:
        path = path.partition("?")[0].lstrip("/")
        for prefix, folder in self.folders.items():
            if path.startswith(prefix):
                return str(folder / path.removeprefix(prefix))
        return str(DIST / (path or "index.html"))

    def end_headers(self) -> None:
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing: requests are part of the measurement."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the release, the bench page and `folder` on a free loopback port."""
    here = Path(__file__).parent
    folders = {
        "bench/": here / "page",
        "bench-python/": here,
        "bench-peers/": page_knowledge.BUNDLED,
        "data/": folder,
    }
    handler = functools.partial(_Files, folders=folders)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def assets_base(origin: str) -> str:
    """The release's asset folder."""
    (folder,) = (DIST / "v").iterdir()
    return f"{origin}/v/{folder.name}/"


async def _ask(page: Page, kind: str, params: dict[str, Any]) -> Any:
    return await page.evaluate("([kind, params]) => window.bench(kind, params)", [kind, params])


async def _vectors(
    page: Page, base: str, folder: Path, sizes: list[tuple[int, int]], runs: int
) -> list[dict[str, Any]]:
    rows_out: list[dict[str, Any]] = []
    for n, dim in sizes:
        rows, queries = data.hard(n, dim, runs)
        truth = data.exact_top(rows, queries, K)
        rows.tofile(folder / f"rows-{n}-{dim}.bin")
        queries.tofile(folder / f"queries-{n}-{dim}.bin")
        files = {"rows": f"/data/rows-{n}-{dim}.bin", "queries": f"/data/queries-{n}-{dim}.bin"}
        peers = await _ask(page, "peers", {**files, "dim": dim, "k": K, "runs": runs})
        plain, bound = peers["plain"], peers["bound"]
        rows_out.append(
            {
                "peer": "plain JavaScript",
                "n": n,
                "dim": dim,
                **plain,
                "recall": data.recall(peers["found"], truth),
            }
        )
        rows_out.append(
            {
                "peer": "read bound, f32 bytes",
                "n": n,
                "dim": dim,
                **bound,
                "gb_per_s": n * dim * 4 / bound["p50_ms"] / 1e6,
            }
        )
        for storage in ("f32", "i8_f32", "i8"):
            for build in ("simd", "scalar"):
                params = {
                    "build": build,
                    "storage": storage,
                    "dim": dim,
                    "k": K,
                    "runs": runs,
                    "files": files,
                }
                figure = await _ask(page, "python", {"base": base, "call": "vectors", "params": params})
                rows_out.append(
                    {
                        "case": f"{storage} {build}",
                        "n": n,
                        "dim": dim,
                        "recall": data.recall(figure.pop("found"), truth),
                        **figure,
                        "to_plain_js": figure["p50_ms"] / plain["p50_ms"],
                        "to_read_bound": figure["p50_ms"]
                        / (bound["p50_ms"] / (1 if storage == "f32" else 4)),
                    }
                )
    return rows_out


STORE_AND_ASK = """async ([name, url, asked]) => {
  const { open } = await import("/pramana.js");
  const made = await (await fetch(url)).json();
  const memory = await open(name, { offline: false });
  const began = performance.now();
  for (let at = 0; at < made.length; at += 10_000) await memory.storePatterns(made.slice(at, at + 10_000));
  const stored = performance.now() - began;
  const one = [];
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    await memory.storePattern({ task_description: `a single memory ${i} of size ${made.length}` });
    one.push(performance.now() - start);
  }
  for (const question of asked.slice(0, 5)) await memory.findSimilar(question, { k: 5 });
  const times = [];
  for (const question of asked) {
    const start = performance.now();
    await memory.findSimilar(question, { k: 5 });
    times.push(performance.now() - start);
  }
  const closing = performance.now();
  await memory.close();
  return { stored, one, times, close: performance.now() - closing };
}"""

START = """async ([name, offline]) => {
  const { open } = await import("/pramana.js");
  const memory = await open(name, { offline });
  const opened = performance.now();
  const hits = await memory.findSimilar("a question to begin with", { k: 5 });
  const answered = performance.now();
  if (offline) await memory.offline;
  const resources = performance.getEntriesByType("resource").map((r) => [r.name, r.transferSize, r.decodedBodySize]);
  const { size_bytes, index } = await memory.stats();
  return { opened, answered, hits: hits.length, resources, size_bytes, opened_from: index.opened_from };
}"""


async def run(
    sizes: list[tuple[int, int]], bank_sizes: list[int], start_size: int, runs: int
) -> dict[str, Any]:
    """All figures of the page."""
    from .timing import summary

    out: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryDirectory() as profile:
        folder = Path(scratch)
        with served(folder) as origin:
            base = assets_base(origin)
            (folder / "read_bound.wasm").write_bytes(bytes(wasmtime.wat2wasm(READ_BOUND.read_text())))
            async with async_playwright() as playwright:
                context = await playwright.chromium.launch_persistent_context(profile, **CHROMIUM)
                page = await context.new_page()
                await page.goto(f"{origin}/bench/index.html")
                await page.wait_for_function("window.benchReady")
                out["browser"] = context.browser.version if context.browser else "chromium"
                out["vectors"] = await _vectors(page, base, folder, sizes, runs)
                embed: dict[str, Any] = {}
                for build in ("simd", "scalar"):
                    params = {"build": build, "sentence": data.SENTENCE, "runs": max(50, runs)}
                    embed[build] = await _ask(
                        page, "python", {"base": base, "call": "embedding", "params": params}
                    )
                out["embedding"] = embed
                found = []
                for n in [n for n in bank_sizes if n <= 10_000]:
                    (folder / f"memories-{n}.json").write_text(json.dumps(data.memories(n)))
                    params = {
                        "questions": data.questions(runs),
                        "files": {"memories": f"/data/memories-{n}.json"},
                    }
                    figure = await _ask(
                        page, "python", {"base": base, "call": "find_similar", "params": params}
                    )
                    found.append({"n": n, **figure})
                out["find_similar_python"] = found
                await page.close()

                out["page"] = []
                for n in bank_sizes:
                    (folder / f"memories-{n}.json").write_text(json.dumps(data.memories(n)))
                    page = await context.new_page()
                    await page.goto(f"{origin}/bench/blank.html")
                    figure = await page.evaluate(
                        STORE_AND_ASK, [f"bench-{n}", f"/data/memories-{n}.json", data.questions(runs)]
                    )
                    await page.close()
                    page = await context.new_page()
                    await page.goto(f"{origin}/bench/blank.html")
                    again = await page.evaluate(START, [f"bench-{n}", False])
                    await page.close()
                    out["page"].append(
                        {
                            "n": n,
                            "store_ms": figure["stored"],
                            "store_one": summary(figure["one"]),
                            "find_similar": summary(figure["times"]),
                            "close_ms": figure["close"],
                            "reopen_ms": again["opened"],
                            "size_bytes": again["size_bytes"],
                            "opened_from": again["opened_from"],
                        }
                    )
                await context.close()
            out["start"] = await _start(origin, start_size, folder)
    return out


async def _start(origin: str, n: int, folder: Path) -> dict[str, Any]:
    """Cold: a fresh profile. Warm: the next visits, the browser closed in between, with `n` memories."""
    (folder / f"memories-{n}.json").write_text(json.dumps(data.memories(n)))
    cold, warm, visit = [], [], {}
    async with async_playwright() as playwright:
        for _ in range(3):
            with tempfile.TemporaryDirectory() as profile:
                context = await playwright.chromium.launch_persistent_context(profile, **CHROMIUM)
                page = await context.new_page()
                await page.goto(f"{origin}/bench/blank.html")
                first = await page.evaluate(START, ["start", False])
                cold.append(first["opened"])
                visit = {name.removeprefix(origin): size for name, _, size in first["resources"]}
                await page.evaluate(
                    STORE_AND_ASK.replace("const made", "let made"),
                    ["start", f"/data/memories-{n}.json", ["one"]],
                )
                await context.close()
                for _ in range(3):
                    context = await playwright.chromium.launch_persistent_context(profile, **CHROMIUM)
                    page = await context.new_page()
                    await page.goto(f"{origin}/bench/blank.html")
                    again = await page.evaluate(START, ["start", False])
                    warm.append(again["opened"])
                    await context.close()
                await asyncio.sleep(0)
    return {"patterns": n, "cold_ms": sorted(cold), "warm_ms": sorted(warm), "page_resources": visit}


BROTLI = (
    "const z=require('node:zlib'),f=require('node:fs');let n=0;"
    "for(const p of process.argv.slice(1))n+=z.brotliCompressSync(f.readFileSync(p),"
    "{params:{[z.constants.BROTLI_PARAM_QUALITY]:9}}).length;console.log(n)"
)


def first_visit() -> dict[str, Any]:
    """Bytes of everything a first visit loads, plain and as brotli (quality 9) would send them."""
    files = [str(DIST / name) for name in json.loads((DIST / "pramana-precache.json").read_text())["files"]]
    compressed = subprocess.run(["node", "-e", BROTLI, *files], capture_output=True, text=True, check=True)
    return {
        "files": len(files),
        "bytes": sum(Path(name).stat().st_size for name in files),
        "brotli_bytes": int(compressed.stdout),
    }


async def run_knowledge(
    tiny: bool, parts: Container[str], sizes: list[tuple[int, int]], asked: int, rule_runs: int
) -> dict[str, Any]:
    """Graphs, rules, knowledge, reasoning and WordNet in the page, of them the parts that are wanted."""
    out: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch, served(Path(scratch)) as origin:
        base, folder = assets_base(origin), Path(scratch)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(**CHROMIUM)
            page = await browser.new_page()
            await page.goto(f"{origin}/bench/index.html")
            await page.wait_for_function("window.benchReady")
            ask = functools.partial(_ask, page)
            out["browser"] = browser.version
            if "graphs" in parts:
                out["graphs"] = await page_knowledge.graph(ask, base, folder, sizes, asked, asked)
            if "rules" in parts:
                out["rules"] = await page_knowledge.rules(ask, base, tiny, rule_runs)
            await browser.close()
            if "knowledge" in parts:
                out["knowledge"] = await page_knowledge.knowledge(
                    playwright, CHROMIUM, origin, folder, tiny, asked
                )
            where = (playwright, CHROMIUM, origin, folder, tiny)
            if "reasoning" in parts:
                out["reasoning"] = {"latency": await page_reason.latency(*where)}
            if "wordnet" in parts:
                out["wordnet"] = await page_reason.words(*where)
    return out
