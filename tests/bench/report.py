"""The figures as a table people read."""

from __future__ import annotations

from typing import Any

from . import report_knowledge, report_reason
from .markdown import grid, verdict


def _vectors(rows: list[dict[str, Any]], ratio: str, peer: str) -> list[str]:
    head = [
        "n × dim",
        "case",
        "p50 ms",
        "p95 ms",
        f"× {peer}",
        "× read bound",
        "recall@10",
        "build ms",
        "save / load ms",
    ]
    lines = []
    for row in rows:
        saved = f"{row['save_ms']:.3g} / {row['load_ms']:.3g}" if "save_ms" in row else None
        lines.append(
            [
                f"{row['n']:,} × {row['dim']}",
                row.get("case") or row["peer"],
                row["p50_ms"],
                row.get("p95_ms"),
                row.get(ratio),
                row.get("to_read_bound"),
                row.get("recall"),
                row.get("build_ms"),
                saved,
            ]
        )
    return grid(head, lines)


def speedups(rows: list[dict[str, Any]]) -> list[list[Any]]:
    """SIMD against scalar, per storage, size and dimension."""
    by_case = {(row["case"], row["n"], row["dim"]): row for row in rows if "case" in row}
    return [
        [
            f"{n:,} × {dim}",
            case.removesuffix(" simd"),
            by_case[case.replace("simd", "scalar"), n, dim]["p50_ms"] / row["p50_ms"],
        ]
        for (case, n, dim), row in by_case.items()
        if case.endswith(" simd")
    ]


def _speedup_rows(rows: list[dict[str, Any]]) -> list[str]:
    return ["### SIMD against scalar (times faster)", "", *grid(["n × dim", "storage", "×"], speedups(rows))]


def _start_line(start: dict[str, Any]) -> str:
    cold, warm = (", ".join(f"{ms:,.0f}" for ms in start[kind]) for kind in ("cold_ms", "warm_ms"))
    return f"cold (fresh profile) {cold}; warm (browser restarted) {warm}"


def _preamble(machine: dict[str, Any]) -> list[str]:
    where = f"{machine['cpu']} ({machine['cores']} cores, load {machine['load_before']:.1f} before)"
    peers = ", ".join(f"{name} {version}" for name, version in machine["peers"].items())
    return [
        f"`./build.sh bench --docs docs/benchmarks.md` on {where},",
        f"commit {machine['commit']}, {machine['taken']}, Python {machine['python']}, {peers}.",
        "",
        *PREAMBLE.splitlines(),
        "",
    ]


def _page(page: dict[str, Any]) -> list[str]:
    lines = ["### Scans, through the Python wrapper in Pyodide", ""]
    lines += _vectors(page["vectors"], "to_plain_js", "plain JS")
    lines += _speedup_rows(page["vectors"])
    lines += _embedding_rows(page["embedding"])
    lines += ["### find_similar from Python in Pyodide (in memory, embed to hits)", ""]
    lines += grid(
        ["memories", "p50 ms", "p95 ms", "store_many ms"],
        [[r["n"], r["p50_ms"], r["p95_ms"], r["store_ms"]] for r in page["find_similar_python"]],
    )
    lines += ["### From the page (worker, IndexedDB, strict durability)", ""]
    lines += _memory_rows(page["page"])
    start, visit = page["start"], page["first_visit"]
    return [
        *lines,
        f"### Start-up with {start['patterns']:,} memories, navigation to open, ms",
        "",
        _start_line(start),
        "",
        f"First visit: {visit['files']} files, {visit['bytes']:,} bytes, {visit['brotli_bytes']:,} in brotli.",
        "",
    ]


def _native(own: dict[str, Any]) -> list[str]:
    lines = ["### Scans", "", *_vectors(own["vectors"], "to_numpy", "NumPy"), *_speedup_rows(own["vectors"])]
    lines += _embedding_rows(own["embedding"])
    return [*lines, "### Memory on SQLite (WAL, synchronous=FULL)", "", *_memory_rows(own["memory"])]


def _embedding_rows(figures: dict[str, Any]) -> list[str]:
    head = ["build", "tokens", "one", "in a batch of 64"]
    lines = [[build, f["tokens"], f["one_us"], f["in_batch_us"]] for build, f in figures.items()]
    return ["### Embedding a sentence, µs", "", *grid(head, lines)]


def table(result: dict[str, Any]) -> str:
    """Markdown of one run."""
    lines = ["# Benchmarks", "", *_preamble(result["machine"])]
    wrong = disagreements(result)
    if wrong:
        lines += [
            "**The peers disagree, so these figures prove nothing:**",
            "",
            *(f"- {w}" for w in wrong),
            "",
        ]
    page, own = result.get("page", {}), result.get("native", {})
    if page:
        lines += [f"## Chromium {page['browser']}", ""]
        lines += _page(page) if "vectors" in page else []
        lines += report_knowledge.sections(page)
        lines += report_reason.sections(page)
    if own:
        lines += ["## CPython, wasmtime", ""]
        lines += _native(own) if "vectors" in own else []
        lines += report_knowledge.sections(own)
        lines += report_reason.sections(own)
    if not result["tiny"]:
        held = goals(page) if "vectors" in page else []
        held += report_knowledge.goals(page, own) + report_reason.goals(page, own)
        lines += ["## Goals", "", *grid(["case", "goal", "measured", ""], held)]
        lines += [WHY] if "vectors" in page else []
    return "\n".join(lines).rstrip() + "\n"


def disagreements(result: Any) -> list[str]:
    """What peers answer differently, anywhere in a result."""
    if isinstance(result, list):
        return [wrong for item in result for wrong in disagreements(item)]
    if not isinstance(result, dict):
        return []
    return [
        wrong
        for name, item in result.items()
        for wrong in (item if name == "disagreements" else disagreements(item))
    ]


PREAMBLE = """\
Peers run in the same run, each in one thread; a ratio below 1 is faster than the peer. Vectors are *hard*: weak
clusters and a flat spectrum. Times are through the public wrappers, ids included.

`f32` is the exact scan; `i8_f32` scans int8 and rescores against the f32 rows; `i8` keeps only int8 rows, as
a bank does, so that its recall against the f32 truth includes the loss of quantisation. × read bound:
against reading the same bytes (f32, or a quarter of them for int8) with SIMD loads in the same runtime.

Graphs are random and directed, with degrees as in a sparse knowledge graph; every peer gets the same edges, and all
must give the same distances, path lengths and ranks. *Plain JS* has rows in typed arrays both ways, and searches paths
from both ends; SciPy searches from one node to all. PageRank is unweighted, to an L1 change of 1e-8. *Personalized* is
power iteration to an L1 change of 1e-6 for the peers, and forward push for ours, which does less: the residual told
below is its L1 error, so that this column does not compare like with like. *Add 1, 3 hops* adds an edge to the finished
graph and asks for a neighbourhood. Closures hold a best proof and its confidence for each fact in ours, pairs alone in
the others; each peer has a process of its own, and Oxigraph counts `?x <p>+ ?y`."""

WHY = """\
Where the exact f32 scan misses its goal at 10,000 × 384, its rows (15 MB) fit a cache of the machine, from which they
are read faster than they can be multiplied and added. At 50,000 × 384 (77 MB) they come from memory, and Chromium's
scan comes near its speed. 30 to 60 µs of each search in a page are calls through Pyodide: most of what short walks in a
graph take."""


def goals(page: dict[str, Any]) -> list[list[Any]]:
    """What we hold ourselves to, what this run gave, and whether that is enough."""

    def scan(case: str, n: int, dim: int) -> dict[str, Any]:
        return next(
            row for row in page["vectors"] if (row.get("case"), row["n"], row["dim"]) == (case, n, dim)
        )

    speed = {(size, storage): times for size, storage, times in speedups(page["vectors"])}
    exact, default = scan("f32 simd", 10_000, 384), scan("i8_f32 simd", 10_000, 384)
    found = next(row for row in page["find_similar_python"] if row["n"] == 10_000)
    small, large = (next(row for row in page["page"] if row["n"] == n) for n in (10_000, 100_000))
    warm = page["start"]["warm_ms"]
    rows = [
        ("exact scan, 10k × 384: × read bound", 1.15, exact["to_read_bound"]),
        ("int8 with rescoring, 10k × 384: build ms", 100.0, default["build_ms"]),
        ("int8 with rescoring, 10k × 384: misses of the true ten, share", 0.01, 1 - default["recall"]),
        ("save / load 10k × 384 int8: ms", 50.0, scan("i8 simd", 10_000, 384)["save_ms"]),
        ("embedding 30 tokens, in a batch: µs", 15.0, page["embedding"]["simd"]["in_batch_us"]),
        ("find_similar from Python, 10k: p50 ms", 2.0, found["p50_ms"]),
        ("find_similar page to page, 10k: p50 ms", 3.0, small["find_similar"]["p50_ms"]),
        ("start-up, second visit, 1k memories: median ms", 1800.0, warm[len(warm) // 2]),
        ("opening 100k memories: ms", 3000.0, large["reopen_ms"]),
    ]
    table_rows = [[name, f"≤ {goal:g}", got, verdict(got / goal)] for name, goal, got in rows]
    for storage, goal in (("f32", 2.5), ("i8", 4.0)):
        got = speed["10,000 × 384", storage]
        table_rows.append(
            [f"SIMD against scalar, {storage}, 10k × 384: ×", f"≥ {goal:g}", got, verdict(goal / got)]
        )
    return table_rows


def _memory_rows(rows: list[dict[str, Any]]) -> list[str]:
    head = [
        "memories",
        "store all ms",
        "store one p50 ms",
        "find_similar p50 / p95 ms",
        "close ms",
        "reopen ms",
        "bytes on disk",
    ]
    return grid(
        head,
        [
            [
                row["n"],
                row["store_ms"],
                row["store_one"]["p50_ms"],
                f"{row['find_similar']['p50_ms']:.3g} / {row['find_similar']['p95_ms']:.3g}",
                row["close_ms"],
                row["reopen_ms"],
                row["size_bytes"],
            ]
            for row in rows
        ],
    )
