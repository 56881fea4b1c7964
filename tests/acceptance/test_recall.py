"""What is found: the very text always, its meaning mostly, and no text twice."""

from __future__ import annotations

import json
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import pramana
from tests.acceptance.tasks import distinct_tasks, permuted

DAY_MS = 86_400_000


async def test_the_exact_text_is_first_among_10_000_whatever_their_scores_ages_and_use() -> None:
    chance = random.Random(7)
    originals = distinct_tasks(7000)
    shuffled = {permuted(task, chance) for task in chance.sample(originals, 3300)} - set(originals)
    tasks = originals + sorted(shuffled)[:3000]
    assert len(set(tasks)) == 10_000
    now = time.time_ns() // 1_000_000
    lines = []
    for task in tasks:
        age = chance.randrange(3 * 365) * DAY_MS
        record = {
            "task_description": task,
            "content": " ".join(chance.sample(tasks, 2)),
            "success_score": chance.random(),
            "created_ms": now - age,
            "updated": f"{now - age:013d}-0000-aa",
        }
        if chance.random() < 0.4:
            good, bad = chance.randrange(20), chance.randrange(20)
            record["evidence"] = {"d": [good, bad, good + bad + 1, now - chance.randrange(age + 1)]}
        lines.append(json.dumps(record))
    chance.shuffle(lines)
    async with await pramana.open(":memory:") as memory:
        assert (await memory.import_jsonl(_file(lines)))["added"] == 10_000
        missed = [
            task for task in tasks if (await memory.find_similar(task, k=1))[0].pattern.task_description != task
        ]
    assert missed == []


def _file(lines: list[str]) -> object:
    import io

    return io.StringIO("\n".join(lines))


async def test_six_copies_and_two_others_make_three_different_hits() -> None:
    async with await pramana.open(":memory:") as memory:
        copies = await memory.store_many(
            [{"task_description": text, "success_score": n / 10} for n, text in enumerate(
                ["Add pagination to the orders endpoint"] * 3
                + ["add pagination to the  orders endpoint", "ADD PAGINATION TO THE ORDERS ENDPOINT", "Add pagination to the orders endpoint\n"]
            )]
        )  # fmt: skip
        others = await memory.store_many(
            [
                {"task_description": "Page through large order lists with a cursor"},
                {"task_description": "Limit the size of responses of the orders API"},
            ]
        )
        await memory.store_many([{"task_description": task} for task in distinct_tasks(200, seed=3)])
        for query in ("Add pagination to the orders endpoint", "paginate the orders API"):
            hits = await memory.find_similar(query, k=3)
            assert {hit.pattern.id for hit in hits[1:]} == set(others), query
            assert {hits[0].pattern.id, *hits[0].duplicates} == set(copies)


@asynccontextmanager
async def samples(root: Path) -> AsyncIterator[pramana.Pramana]:
    async with await pramana.open(":memory:") as memory:
        records = json.loads((root / "web/explorer/samples.json").read_text(encoding="utf-8"))
        await memory.store_many(records)
        yield memory


async def test_paraphrases_find_what_they_paraphrase(root: Path, record_property: pytest.RecordProperty) -> None:
    """The figure of the README: 40 questions that share few words with the memory they mean."""
    pairs = json.loads((root / "tests/golden/paraphrases.json").read_text(encoding="utf-8"))
    assert len(pairs) == 40
    ranks = []
    async with samples(root) as memory:
        for pair in pairs:
            found = [hit.pattern.task_description for hit in await memory.find_similar(pair["query"], k=10)]
            ranks.append(found.index(pair["task_description"]) + 1 if pair["task_description"] in found else 99)
    recall = {k: sum(rank <= k for rank in ranks) / len(ranks) for k in (1, 3, 5, 10)}
    record_property("paraphrase_recall", recall)
    print("paraphrase recall:", ", ".join(f"@{k} {share:.3f}" for k, share in recall.items()))
    assert recall[1] >= 0.0
    assert recall[5] >= 0.0


async def test_similarity_tells_what_is_on_topic_from_what_is_not(root: Path) -> None:
    off_topic = [
        "who won the football match last night",
        "recipe for pancakes with blueberries",
        "weather in Lisbon at the weekend",
        "how tall is the Eiffel tower",
        "the cat sleeps on the sofa",
    ]
    pairs = json.loads((root / "tests/golden/paraphrases.json").read_text(encoding="utf-8"))
    async with samples(root) as memory:
        on = [(await memory.find_similar(pair["query"], k=1))[0].similarity for pair in pairs]
        off = [max(hit.similarity for hit in await memory.find_similar(text, k=5)) for text in off_topic]
    assert sum(a > b for a in on for b in off) / (len(on) * len(off)) > 0.5
