"""The figures of reasoning as tables."""

from __future__ import annotations

from typing import Any

from .markdown import grid


def sections(reason: dict[str, Any]) -> list[str]:
    """How well questions are answered, and how fast."""
    return [*_scores(reason["scores"]), *_latency(reason["latency"])]


def _scores(scores: dict[str, Any]) -> list[str]:
    kinds, mentions, answers = scores["kinds"], scores["mentions"], scores["answers"]
    lines = [
        ["kind of question, the first said", kinds["n"], kinds["strict"], kinds["commit"]],
        [
            "kind of question, any that a sensible person could say",
            kinds["n"],
            kinds["lenient"],
            kinds["commit"],
        ],
        ["entity mentions, precision", mentions["found"], mentions["precision"], mentions["commit"]],
        ["entity mentions, recall", mentions["labelled"], mentions["recall"], mentions["commit"]],
        *([name, count, answers[key], answers["commit"][0]] for name, key, count in _answers(answers)),
    ]
    return [
        f"### Reasoning, {kinds['half']} halves of the labelled sets",
        "",
        "The sets (`tests/golden/reason`) were written by hand before the code they judge, and the held-out halves",
        "were not looked at while it was written. On the others the figures are far better, and say little.",
        "",
        *grid(["what", "of", "share", "commit of the set"], lines),
    ]


def _answers(answers: dict[str, Any]) -> list[tuple[str, str, int]]:
    asked, unknown = answers["n"], answers["n_unknown"]
    return [
        ("verdicts of questions that have an answer", "verdicts", asked),
        ("terms that an answer should name", "answer_terms", asked),
        ("facts that it should rest on", "evidence_recall", asked),
        ("memories that it should cite", "memories_recall", asked),
        ("questions without an answer left unknown", "unknown_kept", unknown),
        (
            "calibration error of the confidence, of answers given (ECE, 10 bins; 0 is best)",
            "ece",
            answers["answers_given"],
        ),
    ]


def _latency(rows: list[dict[str, Any]]) -> list[str]:
    steps = list(rows[0]["steps"])
    lines = [
        [
            row["triples"],
            row["cold_ms"],
            f"{row['warm']['p50_ms']:.3g} / {row['warm']['p95_ms']:.3g}",
            row["cached"]["p50_ms"],
            *(row["steps"].get(step) for step in steps),
        ]
        for row in rows
    ]
    head = ["triples beside the sample", "first question ms", "later p50 / p95 ms", "remembered p50 ms"]
    return ["### reason(), and its steps p50 ms", "", *grid([*head, *steps], lines)]
