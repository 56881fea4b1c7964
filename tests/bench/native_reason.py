"""`reason()` natively: how well it does on the held-out halves of the labelled sets, and how long it takes."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pramana
from pramana.answers import Answer

from .timing import summary, timed

ROOT = Path(__file__).parents[2]
PACK = ROOT / "web/explorer/packs"
GOLDEN = ROOT / "tests/golden/reason"
SETS = ("kinds", "mentions", "answers")
PREDICATES = ("knows", "visited", "wrote", "likes", "owns")
"""No rule of the pack has them: what follows stays what follows from the pack."""
CACHED = 200


def scores(half: str) -> dict[str, Any]:
    """The figures of every set on one half, each from a process that prints counts alone."""
    found = {}
    for name in SETS:
        command = [sys.executable, "-m", "tests.golden.reason.scores", name, "--half", half]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        found[name] = json.loads(run.stdout)
    return found


async def latency(triples: int, questions: list[str]) -> dict[str, Any]:
    """The sample pack among random facts of other things, asked each question twice."""
    drawn = random.Random(triples)
    names = [f"thing {n}" for n in range(max(10, triples // 4))]
    facts = [(drawn.choice(names), drawn.choice(PREDICATES), drawn.choice(names)) for _ in range(triples)]
    async with await pramana.open(":memory:") as memory:
        text, rules = ((PACK / f"web-security.{part}").read_text("utf-8") for part in ("csv", "rules"))
        await memory.graph.add_pack(text, rules=rules)
        await memory.graph.add_many(facts)
        cold_ms = await timed(memory.reason(questions[0]))
        answers: list[Answer] = [await memory.reason(question) for question in questions[1:]]
        cached = [await timed(memory.reason(questions[-1])) for _ in range(CACHED)]
    steps = defaultdict(list)
    for answer in answers:
        for step in answer.trace:
            steps[step.step].append(step.ms)
    return {
        "triples": triples,
        "cold_ms": cold_ms,
        "warm": summary([answer.compute_ms for answer in answers]),
        "cached": summary(cached),
        "steps": {name: summary(times)["p50_ms"] for name, times in steps.items()},
    }


async def run(tiny: bool) -> dict[str, Any]:
    """Scores on the held-out halves (of the development halves where it is only tried), and times."""
    lines = (GOLDEN / "questions.dev.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    sizes = [100] if tiny else [1_000, 10_000, 100_000]
    print("native: reasoning", file=sys.stderr)
    return {
        "scores": scores("dev" if tiny else "held"),
        "latency": [await latency(size, questions[:4] if tiny else questions) for size in sizes],
    }
