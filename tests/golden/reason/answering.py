"""Ask the questions of the labelled sets over their packs and memories, and compare with the labels."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pramana
from pramana.answers import Answer
from pramana.knowledge import Fact
from pramana.text.terms import key_of

__all__ = ["PACKS", "Sample", "answer_figures", "ask_all", "calibration_error", "files_of", "open_sample"]

EXPLORER, MORE = Path(__file__).parents[3] / "web/explorer", Path(__file__).parent / "packs"
PACKS = ("web-security", "garden", "shop")
BINS = 10
Triple = tuple[str, str, str]


class Sample:
    """A pack and memories."""

    def __init__(self, memory: pramana.Pramana, facts: Sequence[Fact]) -> None:
        self.memory = memory
        self.facts = {fact.id: fact for fact in facts}
        self.aliases: dict[str, list[str]] = {}
        for fact in facts:
            if fact.predicate == "called":
                self.aliases.setdefault(key_of(fact.subject), []).append(key_of(fact.object))

    def cited(self, answer: Answer) -> set[Triple]:
        """The facts that an answer cites, proves with or has on its paths, lower case."""
        ids = {one.id for one in answer.citations if one.kind == "fact"}
        ids |= {fact for proof in answer.proofs for fact in proof.facts}
        ids |= {step.fact.id for path in answer.paths for step in path.steps}
        stated = (self.facts[one] for one in ids if one in self.facts)
        return {(key_of(one.subject), one.predicate, key_of(one.object)) for one in stated}

    def names(self, text: str, term: str) -> bool:
        """Whether a text names a term, by its name or another name of it."""
        return any(name in key_of(text) for name in (key_of(term), *self.aliases.get(key_of(term), ())))


def files_of(pack: str) -> tuple[Path, Path]:
    """The facts of a pack, beside which its rules lie, and its memories."""
    if pack == PACKS[0]:
        return EXPLORER / f"packs/{pack}.csv", EXPLORER / "samples.json"
    return MORE / f"{pack}.csv", MORE / f"{pack}.memories.json"


@asynccontextmanager
async def open_sample(pack: str = PACKS[0]) -> AsyncIterator[Sample]:
    """A pack and its memories, in memory."""
    facts, memories = files_of(pack)
    async with await pramana.open(":memory:") as memory:
        rules = facts.with_suffix(".rules").read_text("utf-8")
        await memory.graph.add_pack(facts.read_text("utf-8"), format="csv", rules=rules)
        await memory.store_many(json.loads(memories.read_text("utf-8")))
        yield Sample(memory, (await memory.graph.facts(limit=10_000)).facts)


async def ask_all(sample: Sample, rows: Iterable[Mapping[str, Any]]) -> list[Answer]:
    """The answers to questions, in their order."""
    return [await sample.memory.reason(row["question"]) for row in rows]


def answer_figures(
    sample: Sample,
    questions: Sequence[Mapping[str, Any]],
    given: Sequence[Answer],
    unknowns: Sequence[Mapping[str, Any]],
    refused: Sequence[Answer],
) -> dict[str, Any]:
    """Compare answers with labels.

    Args:
        sample: what was asked.
        questions: labelled, to be answered.
        given: the answers to them.
        unknowns: to be left unanswered.
        refused: the answers to these.

    Returns:
        Shares in [0, 1]: of right verdicts, of answer terms named, of evidence cited, of memories cited, of unknowns
        kept unknown; and the calibration error of the confidence that all is right.
    """
    pairs = list(zip(questions, given, strict=True))
    right = [row["verdict"] == answer.verdict for row, answer in pairs]
    terms = [sample.names(answer.text, term) for row, answer in pairs for term in row["answer_terms"]]
    evidence = [
        (key_of(first), predicate, key_of(last)) in sample.cited(answer)
        for row, answer in pairs
        for first, predicate, last in row["evidence"]
    ]
    memories = [
        any(one.task_description == task for one in answer.memories)
        for row, answer in pairs
        for task in row["memories"]
    ]
    kept = [answer.verdict == "unknown" for answer in refused]
    whole = [
        good and all(sample.names(answer.text, term) for term in row["answer_terms"])
        for good, (row, answer) in zip(right, pairs, strict=True)
    ]
    sure = [
        (answer.confidence, correct)
        for answer, correct in (*zip(given, whole, strict=True), *zip(refused, kept, strict=True))
        if answer.verdict != "unknown"
    ]
    kinds: dict[str, list[bool]] = {verdict: [] for verdict in ("answered", "true", "false")}
    for row, good in zip(questions, right, strict=True):
        kinds[row["verdict"]].append(good)
    return {
        "n": len(questions),
        "n_unknown": len(unknowns),
        "verdicts": share(right),
        "by_verdict": {verdict: share(good) for verdict, good in kinds.items()},
        "answer_terms": share(terms),
        "evidence_recall": share(evidence),
        "memories_recall": share(memories),
        "memories_precision": share(
            [one.task_description in row["memories"] for row, answer in pairs for one in answer.memories]
        ),
        "unknown_kept": share(kept),
        "ece": calibration_error(sure),
        "answers_given": len(sure),
    }


def share(flags: Sequence[bool]) -> float:
    """Of those that are true; 0 of none."""
    return sum(flags) / len(flags) if flags else 0.0


def calibration_error(sure: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error over ten bins of equal width (Guo et al. 2017), of (confidence, whether right)."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, correct in sure:
        bins.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, correct))
    gaps = (
        len(some) * abs(sum(value for value, _ in some) - sum(good for _, good in some)) / len(some)
        for some in bins.values()
    )
    return sum(gaps) / len(sure) if sure else 0.0
