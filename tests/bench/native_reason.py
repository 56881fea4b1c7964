"""`reason()` natively: how well it does on the held-out halves of the labelled sets, and how long it takes."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pramana

from .timing import summary, timed

ROOT = Path(__file__).parents[2]
PACK = ROOT / "web/explorer/packs"
GOLDEN = ROOT / "tests/golden/reason"
PACKS = ("web-security", "garden", "shop")
SETS = (("kinds", "--set", ("first", "more")), ("mentions", "--pack", PACKS), ("answers", "--pack", PACKS))
PREDICATES = ("knows", "visited", "wrote", "likes", "owns")
"""No rule of the pack has them: what follows stays what follows from the pack."""
CACHED = 200


def scores(half: str, most: int = 3) -> dict[str, list[dict[str, Any]]]:
    """The figures of at most so many parts of every set on one half; each from a process that prints counts alone."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, option, parts in SETS:
        for part in parts[:most]:
            words = [sys.executable, "-m", "tests.golden.reason.scores", name, "--half", half, option, part]
            run = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
            found.setdefault(name, []).append(json.loads(run.stdout))
    return found


def facts(triples: int) -> list[tuple[str, str, str]]:
    """Random ones, of other things than the sample pack tells of."""
    drawn = random.Random(triples)
    names = [f"thing {n}" for n in range(max(10, triples // 4))]
    return [(drawn.choice(names), drawn.choice(PREDICATES), drawn.choice(names)) for _ in range(triples)]


def figures(
    triples: int, cold_ms: float, answers: Sequence[Mapping[str, Any]], cached: Sequence[float]
) -> dict[str, Any]:
    """What one size gave; the answers are those after the first, each with its `ms` as the caller saw it."""
    steps = defaultdict(list)
    for answer in answers:
        for step in answer["trace"]:
            steps[step["step"]].append(step["ms"])
    return {
        "triples": triples,
        "cold_ms": cold_ms,
        "warm": summary([answer["ms"] for answer in answers]),
        "cached": summary(cached),
        "steps": {name: summary(times)["p50_ms"] for name, times in steps.items()},
    }


async def latency(triples: int, asked: list[str], place: str | Path = ":memory:") -> dict[str, Any]:
    """The sample pack among random facts of other things, asked each question once and the last one again."""
    answers: list[dict[str, Any]] = []
    async with await pramana.open(place) as memory:
        text, rules = ((PACK / f"web-security.{part}").read_text("utf-8") for part in ("csv", "rules"))
        await memory.graph.add_pack(text, rules=rules)
        await memory.graph.add_many(facts(triples))
        cold_ms = await timed(memory.reason(asked[0]))
        for question in asked[1:]:
            began = time.perf_counter()
            answer = await memory.reason(question)
            answers.append({"ms": (time.perf_counter() - began) * 1e3, **answer.to_dict()})
        cached = [await timed(memory.reason(asked[-1])) for _ in range(CACHED)]
        again = await memory.reason(asked[-1])
    return figures(triples, cold_ms, answers, cached) | {"disagreements": not_remembered(again.to_dict())}


def not_remembered(answer: Mapping[str, Any]) -> list[str]:
    """What is wrong with an answer that should have been remembered."""
    return [] if answer["cached"] == "exact" else [f"not remembered: {answer['question']}"]


def questions() -> list[str]:
    """Those of the development half."""
    lines = (GOLDEN / "questions.dev.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines]


def sizes(tiny: bool) -> list[int]:
    """Random facts beside the sample."""
    return [100] if tiny else [1_000, 10_000, 100_000]


async def run(tiny: bool) -> dict[str, Any]:
    """Scores on the held-out halves (of the development halves where it is only tried), and times."""
    asked = questions()[:4] if tiny else questions()
    print("native: reasoning", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        stored = await latency(100 if tiny else 10_000, asked, Path(folder) / "bench.db")
    return {
        "scores": scores("dev", 1) if tiny else scores("held"),
        "latency": [await latency(size, asked) for size in sizes(tiny)],
        "stored": stored,
    }
