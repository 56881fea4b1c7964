"""The figures of graphs, rules and knowledge as tables, and the goals for them."""

from __future__ import annotations

from typing import Any

from .graphs import TOLERANCE
from .kernel_graph import PUSHED
from .markdown import grid, verdict

OWN = "pramana simd"
QUESTIONS = {
    "build": "build",
    "khop": "3 hops",
    "hops": "hop path",
    "costs": "weighted path",
    "pagerank": "PageRank",
    "personalized": "personalized",
    "change": "add 1, 3 hops",
}
PUSH = "push 1e-06"


def sections(figures: dict[str, Any]) -> list[str]:
    """What was measured of them in one place, the page or CPython."""
    lines = _graphs(figures["graphs"]) if "graphs" in figures else []
    lines += _rules(figures["rules"]) if "rules" in figures else []
    return lines + (_knowledge(figures["knowledge"]) if "knowledge" in figures else [])


def _graphs(sizes: list[dict[str, Any]]) -> list[str]:
    lines, notes = [], []
    for size in sizes:
        name = f"{size['nodes']:,} / {size['edges']:,}"
        for peer, row in size["peers"].items():
            figures = {"personalized": row["figures"].get(PUSH), **row["figures"]}
            lines.append([name, peer, *(figures[q]["p50_ms"] if figures.get(q) else None for q in QUESTIONS)])
            if PUSH in row:
                notes.append(_note(name, peer, row))
        notes += [f"- {name}, {peer}: {reason}" for peer, reason in size["not_measured"].items()]
    return [
        "### Graphs, nodes / edges, p50 ms",
        "",
        *grid(["size", "", *QUESTIONS.values()], lines),
        *notes,
        "",
    ]


def _note(name: str, peer: str, row: dict[str, Any]) -> str:
    pushes = [
        f"{pushed.removeprefix('push ')}: {row['figures'][pushed]['p50_ms']:.3g} ms, residual at most "
        f"{row[pushed]['residual']:.2g}, at least {row[pushed]['recall_at_10'] * 10:.0f} of the true ten best"
        for pushed in (PUSH, "push 1e-05")
    ]
    save, load = (row["figures"][call]["p50_ms"] for call in ("save", "load"))
    kept = f"Save {save:.3g}, load {load:.3g} ms, {row['saved_bytes']:,} bytes."
    return f"- {name}, {peer}: push from {PUSHED} seeds, to {'; '.join(pushes)}. {kept}"


def _rules(rules: dict[str, Any]) -> list[str]:
    lines, notes = [], []
    for case in rules["closures"]:
        for peer, row in case["peers"].items():
            memory = row["added_bytes"] / 1e6 if "added_bytes" in row else None
            peak = row["peak_bytes"] / 1e6 if "peak_bytes" in row else None
            lines.append([case["case"], case["facts"], peer, row["p50_ms"], memory, peak])
        notes += [f"- {case['case']}, {peer}: {reason}" for peer, reason in case["not_measured"].items()]
    head = ["closure", "facts", "", "p50 ms", "MB for it", "MB at peak, the process"]
    changes = [
        [change, peer, row["facts"], row["p50_ms"], row["fresh_ms"], row["p50_ms"] / row["fresh_ms"]]
        for peer, made in rules["changes"].items()
        for change, row in made.items()
    ]
    return [
        "### Rules: transitive closures from nothing",
        "",
        *grid(head, lines),
        *([*notes, ""] if notes else []),
        f"### Rules: one edge of the {rules['changed']}: added at the end, or the middle one retracted",
        "",
        *grid(["change", "", "facts then", "p50 ms", "from nothing ms", "×"], changes),
    ]


def _knowledge(own: dict[str, Any]) -> list[str]:
    stored = own["import"]
    asked = own["ask"]
    lines = [
        [f"add {stored['triples']:,} triples, one call", stored["add_many_ms"]],
        [f"open again and match one, {stored['triples']:,} triples", stored["reopen_and_match_ms"]],
        [f"ask, cold, {asked['facts']:,} facts", asked["cold_ms"]],
        [f"ask, warm, {asked['facts']:,} facts, p50", asked["warm"]["p50_ms"]],
    ]
    if "match" in stored:
        lines.append([f"match one again, {stored['triples']:,} triples, p50", stored["match"]["p50_ms"]])
    for case in own.get("closures", []):
        lines += [
            [
                f"{case['case']}: first derived match, {case['derived']['first']:,} facts",
                case["first_match_ms"],
            ],
            [f"{case['case']}: add one at the end, and match", case["add_ms"]],
            [f"{case['case']}: retract the middle one, and match", case["retract_ms"]],
        ]
    return ["### Knowledge, through memory.graph", "", *grid(["", "ms"], lines)]


def goals(page: dict[str, Any], own: dict[str, Any]) -> list[list[Any]]:
    """What we hold ourselves to, what this run gave, and whether that is enough."""
    lines: list[list[Any]] = []
    if "graphs" in page:
        peers = page["graphs"][-1]
        lines += [
            _against(peers, "page", "build", "plain JS", 1.0),
            _against(peers, "page", "khop", "plain JS", 1.0),
            _against(peers, "page", "hops", "plain JS", 1.0),
            _against(peers, "page", "costs", "ngraph", 0.5),
        ]
    if "graphs" in own:
        peers = own["graphs"][-1]
        lines += [
            _against(peers, "CPython", "pagerank", "scipy", 1.5),
            _against(peers, "CPython", "personalized", "scipy", 1.2),
        ]
    if "knowledge" in page:
        stored = page["knowledge"]["import"]
        for name, goal, got in (
            ("import", 20_000.0, stored["add_many_ms"]),
            ("opening again and a first match", 3_000.0, stored["reopen_and_match_ms"]),
        ):
            case = f"page: {name}, {stored['triples']:,} triples: ms"
            lines.append([case, f"≤ {goal:,.0f}", got, verdict(got / goal)])
    return lines


def _against(size: dict[str, Any], where: str, question: str, peer: str, goal: float) -> list[Any]:
    case = f"{where}: {QUESTIONS[question]}, {size['nodes']:,} / {size['edges']:,}: × {peer}"
    if peer not in size["peers"]:
        return [case, f"≤ {goal:g}", None, size["not_measured"][peer]]
    ours, theirs = (size["peers"][name]["figures"] for name in (OWN, peer))
    if question not in ours:  # a push is another algorithm, and leaves an error that the peer does not
        residual = size["peers"][OWN][PUSH]["residual"]
        case += f", ours a push with an L1 error of {residual:.2g}, the peer's {TOLERANCE:g}"
    got = ours.get(question, ours.get(PUSH))["p50_ms"] / theirs[question]["p50_ms"]
    return [case, f"≤ {goal:g}", got, verdict(got / goal)]
