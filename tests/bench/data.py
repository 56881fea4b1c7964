"""Vectors to search and texts to store, from a fixed seed."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
SEED = 20261120
SENTENCE = (
    "when the build fails on the second machine check the cache key first because a stale lock file gives the same "
    "message as a missing package on a fresh clone"
)
SAMPLES = Path(__file__).parents[2] / "web" / "explorer" / "samples.json"


def hard(n: int, dim: int, queries: int) -> tuple[Floats, Floats]:
    """Unit vectors in weak clusters over a flat spectrum, and queries drawn the same way.

    Centre and noise have comparable norms, so neighbours are barely nearer than strangers: graph indexes need
    a wide beam here, and quantisation has little slack.
    """
    rng = np.random.default_rng([SEED, n, dim])
    centres = rng.standard_normal((max(8, n // 100), dim)) * 0.6
    rows = centres[rng.integers(len(centres), size=n + queries)] + rng.standard_normal((n + queries, dim))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows = np.ascontiguousarray(rows, dtype=np.float32)
    return rows[:n], rows[n:]


def exact_top(rows: Floats, queries: Floats, k: int) -> npt.NDArray[np.int64]:
    """The true k best rows of each query by inner product, in float64."""
    scores = queries.astype(np.float64) @ rows.astype(np.float64).T
    return np.argsort(-scores, axis=1, kind="stable")[:, :k]


def recall(found: list[list[int]], truth: npt.NDArray[np.int64]) -> float:
    """Mean share of the true neighbours found."""
    return float(np.mean([len(set(f) & set(t.tolist())) / len(t) for f, t in zip(found, truth, strict=True)]))


def memories(n: int) -> list[dict[str, Any]]:
    """`n` distinct memories: the sample set, then variations of it by recombination of their sentences."""
    samples: list[dict[str, Any]] = json.loads(SAMPLES.read_text())
    rng = random.Random(SEED)
    made = []
    for i in range(n):
        base = dict(samples[i % len(samples)])
        if i >= len(samples):
            other = samples[rng.randrange(len(samples))]
            base["task_description"] = (
                f"{base['task_description']} in service {i}, after: {other.get('title') or other['strategy']}"
            )
            base["content"] = other.get("content", "")
            base["success_score"] = round(rng.random(), 3)
        made.append(base)
    return made


def questions(n: int) -> list[str]:
    """`n` queries in words, from the sample memories' titles and strategies."""
    samples: list[dict[str, Any]] = json.loads(SAMPLES.read_text())
    rng = random.Random(SEED + 1)
    asked = []
    for _ in range(n):
        a, b = rng.choice(samples), rng.choice(samples)
        words = (a.get("title") or a["task_description"]).split() + b["task_description"].split()
        asked.append(" ".join(rng.sample(words, min(8, len(words)))))
    return asked
