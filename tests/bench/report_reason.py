"""The figures of reasoning as tables."""

from __future__ import annotations

from typing import Any

from .markdown import grid, verdict

ANSWERS = (
    ("verdicts of questions that have an answer", "verdicts", "n"),
    ("terms that an answer should name", "answer_terms", "n"),
    ("facts that it should rest on", "evidence_recall", "n"),
    ("memories that it should cite", "memories_recall", "n"),
    ("questions without an answer left unknown", "unknown_kept", "n_unknown"),
    ("calibration error (ECE, 10 bins; 0 is best)", "ece", "answers_given"),
)
MENTIONS = (("names linked, precision", "precision", "found"), ("names linked, recall", "recall", "labelled"))


def sections(figures: dict[str, Any]) -> list[str]:
    """What was measured of reasoning in one place, the page or CPython: how well, how fast, and WordNet."""
    lines: list[str] = []
    if "reasoning" in figures:
        reason = figures["reasoning"]
        lines += _scores(reason["scores"]) if "scores" in reason else []
        lines += _latency(reason)
    return lines + (_wordnet(figures["wordnet"]) if "wordnet" in figures else [])


def _scores(scores: dict[str, list[dict[str, Any]]]) -> list[str]:
    kinds, mentions, answers = scores["kinds"], scores["mentions"], scores["answers"]
    lines = []
    for name, key, count in ANSWERS:
        lines.append([name, *(_of(one[key], one[count]) for one in answers)])
    for name, key, count in MENTIONS:
        lines.append([name, *(_of(one[key], one[count]) for one in mentions)])
    said = [
        [one["of"], one["n"], one["strict"], one["macro"], one["lenient"], one["commit"]] for one in kinds
    ]
    commits = {
        one["pack"]: ", ".join(dict.fromkeys([*one["commit"], also["commit"]]))
        for one, also in zip(answers, mentions, strict=True)
    }
    return [
        f"### Reasoning, {kinds[0]['half']} halves of the labelled sets",
        "",
        "The sets (`tests/golden/reason`) were written by hand before the code they judge, and the held-out halves",
        "were not looked at while it was written. On the others the figures are far better, and say little. Each",
        "share is followed by what it is a share of.",
        "",
        *grid(
            ["answers", *(one["pack"] for one in answers)],
            [*lines, ["commits of the sets", *commits.values()]],
        ),
        *grid(
            [
                "kinds of question",
                "of",
                "right",
                "right, mean over kinds",
                "one a reader could say",
                "commit",
            ],
            said,
        ),
    ]


def _of(share: float, count: int) -> str:
    return f"{share:.3g} ({count})"


def _latency(reason: dict[str, Any]) -> list[str]:
    rows = reason["latency"]
    steps = list(rows[0]["steps"])
    lines = [[row["triples"], *_times(row), *(row["steps"].get(step) for step in steps)] for row in rows]
    if "stored" in reason:
        row = reason["stored"]
        lines.append(
            [f"{row['triples']:,}, SQLite", *_times(row), *(row["steps"].get(step) for step in steps)]
        )
    head = [
        "triples beside the sample",
        "first question ms",
        "later p50 / p95 / p99 ms",
        "remembered p50 / p99 ms",
    ]
    if "echo" in rows[0]:
        head.append("empty message, worker and back, p50 / p99 ms")
    return ["### reason(), and its steps p50 ms", "", *grid([*head, *steps], lines)]


def _times(row: dict[str, Any]) -> list[Any]:
    found = [row["cold_ms"], _shares(row["warm"], 50, 95, 99), _shares(row["cached"], 50, 99)]
    return [*found, _shares(row["echo"], 50, 99)] if "echo" in row else found


def _shares(figure: dict[str, float], *shares: int) -> str:
    return " / ".join(f"{figure[f'p{share}_ms']:.3g}" for share in shares)


def _wordnet(words: dict[str, Any]) -> list[str]:
    head = ["### WordNet as a pack", ""]
    if "not_measured" in words:
        return [*head, words["not_measured"], ""]
    lines = [
        [f"import {words['facts']:,} facts: ms", words["import_ms"]],
        ["open again (in a page from navigation on): ms", words["open_ms"]],
        ["“Is a whale a mammal?”, the first question: ms", words["cold_ms"]],
        ["others of the kind, p50 / p95: ms", _shares(words["warm"], 50, 95)],
        ["the first again: ms", words["cached_ms"]],
        ["on disk: MB", words["size_bytes"] / 1e6],
        [
            "memory while importing, peak of the process (in a page the renderer's): MB",
            words["peak_bytes"] / 1e6,
        ],
        ["memory while asking, likewise: MB", words["peak_bytes_asking"] / 1e6],
    ]
    return [*head, *grid(["", ""], lines)]


def goals(page: dict[str, Any], own: dict[str, Any]) -> list[list[Any]]:
    """What we hold ourselves to of remembered answers, and what this run gave."""
    found: list[tuple[str, float, float]] = []
    if "reasoning" in own:
        row = own["reasoning"]["latency"][-1]
        found.append(
            (f"CPython: remembered answer, {row['triples']:,} triples: p50 ms", 0.01, row["cached"]["p50_ms"])
        )
    if "reasoning" in page:
        row = page["reasoning"]["latency"][-1]
        name = f"page: remembered answer, {row['triples']:,} triples: p50 ms, where an empty round trip takes"
        found.append((f"{name} {row['echo']['p50_ms']:.3g}", 0.1, row["cached"]["p50_ms"]))
    return [[name, f"≤ {goal:g}", got, verdict(got / goal)] for name, goal, got in found]
