from __future__ import annotations

import math
import random
import statistics
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.bank.ranking import Ranking
from pramana.bank.reasoning_bank import ReasoningBank
from pramana.errors import InputError
from pramana.records import Hit
from tests.unit.bank.banks import DAY_MS, START_MS, StillClock, WordEmbedder, open_bank

WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)


async def scattered(texts: list[str], **options: Any) -> tuple[ReasoningBank, StillClock]:
    """A bank of these tasks, with ages, scores and uses of all kinds."""
    clock = StillClock()
    bank = await open_bank(clock=clock, **options)
    chance = random.Random(len(texts))
    for text in texts:
        clock.ms += chance.randrange(20 * DAY_MS)
        pid = await bank.store(
            task_description=text, success_score=chance.random(), task_category=chance.choice(["a", "b"])
        )
        if chance.random() < 0.3:
            await bank.used([pid], success=chance.choice([True, False, None]))
    clock.ms += 40 * DAY_MS
    return bank, clock


def z(values: list[float]) -> list[float]:
    deviation = statistics.pstdev(values) if len(values) > 1 else 0.0
    return [0.0 if deviation < 1e-6 else (value - statistics.fmean(values)) / deviation for value in values]


def scale(values: list[float]) -> list[float]:
    low, high = min(values), max(values)
    return [1.0 if high - low < 1e-6 else (value - low) / (high - low) for value in values]


async def cosine(one: str, other: str) -> float:
    flat = await WordEmbedder().embed([one, other])
    a, b = flat[:64], flat[64:]
    return sum(x * y for x, y in zip(a, b, strict=True)) / math.hypot(*a) / math.hypot(*b)


@settings(max_examples=25)
@given(
    texts=st.lists(TEXTS, min_size=1, max_size=12, unique=True),
    query=TEXTS,
    prefer=st.sampled_from([None, "a"]),
)
async def test_every_hit_can_be_computed_from_its_parts(
    texts: list[str], query: str, prefer: str | None
) -> None:
    ranking = Ranking(
        relevance=0.6, recency=0.3, reliability=0.5, category=0.2, half_life_days=10, diversity=1.0
    )
    bank, clock = await scattered(texts, ranking=ranking)
    hits = await bank.find_similar(query, k=100, prefer_category=prefer)
    await bank.close()
    assert {hit.pattern.task_description for hit in hits} == set(texts)
    parts = [hit.parts for hit in hits]
    assert [p["z_cosine"] for p in parts] == pytest.approx(z([p["cosine"] for p in parts]), abs=1e-4)
    assert [p["z_bm25"] for p in parts] == pytest.approx(z([p["bm25"] for p in parts]), abs=1e-4)
    fused = [0.5 * p["z_cosine"] + 0.5 * p["z_bm25"] for p in parts]
    assert [p["relevance"] for p in parts] == pytest.approx(scale(fused), abs=1e-4)
    total = 0.6 + 0.3 + 0.5 + (0.2 if prefer else 0.0)
    for hit, part in zip(hits, parts, strict=True):
        pattern = hit.pattern
        assert part["cosine"] == hit.similarity
        assert part["cosine"] == pytest.approx(await cosine(query, pattern.task_description), abs=0.01)
        touched = max(int(pattern.updated[:13]), pattern.last_used_ms or 0)
        assert part["recency"] == pytest.approx(0.5 ** ((clock.ms - touched) / DAY_MS / 10))
        assert part["reliability"] == pytest.approx(pattern.reliability)
        assert part["category"] == (1.0 if prefer == pattern.task_category else 0.0)
        assert hit.score == pytest.approx(
            (
                0.6 * part["relevance"]
                + 0.3 * part["recency"]
                + 0.5 * part["reliability"]
                + 0.2 * part["category"]
            )
            / total
        )
        assert part["exact"] == (1.0 if pattern.task_description == query else 0.0)
    rest = [hit.score for hit in hits if not hit.parts["exact"]]
    assert rest == sorted(rest, reverse=True)
    assert not any(hit.parts["exact"] for hit in hits[1:])


@settings(max_examples=20)
@given(texts=st.lists(TEXTS, min_size=2, max_size=12, unique=True), query=TEXTS)
async def test_the_order_is_that_of_marginal_relevance(texts: list[str], query: str) -> None:
    bank, _ = await scattered(texts)
    hits = await bank.find_similar(query, k=100)
    await bank.close()
    chosen: list[Hit] = []
    for hit in hits:
        near = [await cosine(hit.pattern.task_description, c.pattern.task_description) for c in chosen]
        expected = 0.7 * hit.score - 0.3 * max([0.0, *near])
        assert hit.parts["mmr"] == pytest.approx(expected, abs=0.01)
        chosen.append(hit)
    rest = [hit.parts["mmr"] for hit in hits[1:]]
    assert all(later <= earlier + 0.01 for earlier, later in pairwise(rest))


async def test_the_exact_text_is_first_whatever_its_score() -> None:
    clock = StillClock(START_MS - 4000 * DAY_MS)
    bank = await open_bank(clock=clock)
    old = await bank.store(task_description="Alpha  BETA", title="gamma delta epsilon", success_score=0.0)
    for _ in range(5):
        await bank.used([old], success=False)
    clock.ms = START_MS
    await bank.store_many(
        [
            {"task_description": text, "success_score": 1.0}
            for text in ("beta alpha", "alpha beta beta", "alpha beta x")
        ]
    )
    hits = await bank.find_similar("alpha beta", k=4)
    assert hits[0].pattern.id == old
    assert hits[0].parts["exact"] == 1.0
    assert hits[0].score < max(hit.score for hit in hits[1:])
    await bank.close()


async def test_copies_are_shown_once_by_the_best_of_them() -> None:
    bank = await open_bank()
    copies = await bank.store_many(
        [
            {"task_description": text, "success_score": n / 10}
            for n, text in enumerate(["Alpha beta"] * 5 + [" alpha  BETA"])
        ]
    )
    others = await bank.store_many([{"task_description": "alpha gamma"}, {"task_description": "beta delta"}])
    elsewhere = await bank.store(task_description="alpha beta", namespace="elsewhere")
    for query in ("alpha beta", "alpha beta gamma delta"):
        hits = await bank.find_similar(query, k=3)
        assert {hit.pattern.id for hit in hits} == {copies[5], *others}
        shown = next(hit for hit in hits if hit.pattern.id == copies[5])
        assert set(shown.duplicates) == set(copies[:5])
        assert all(not hit.duplicates for hit in hits if hit is not shown)
    everywhere = await bank.find_similar("alpha beta", k=1, namespace=None)
    assert {everywhere[0].pattern.id, *everywhere[0].duplicates} == {*copies, elsewhere}
    await bank.close()


async def test_a_pool_full_of_copies_is_widened_until_others_come_in() -> None:
    bank = await open_bank(ranking=Ranking(candidates=10))
    await bank.store_many([{"task_description": "alpha beta gamma"}] * 150)
    others = await bank.store_many(
        [{"task_description": "alpha delta"}, {"task_description": "alpha zeta eta"}]
    )
    hits = await bank.find_similar("alpha beta gamma", k=3)
    assert len(hits) == 3
    assert {hit.pattern.id for hit in hits[1:]} == set(others)
    assert len(hits[0].duplicates) == 149
    await bank.close()


async def test_min_similarity_lets_only_close_ones_through_and_all_of_them() -> None:
    bank = await open_bank(ranking=Ranking(candidates=5))
    await bank.store_many([{"task_description": f"alpha beta x{n}"} for n in range(40)])
    far = await bank.store_many([{"task_description": f"y{n} gamma zeta"} for n in range(40)])
    hits = await bank.find_similar("alpha beta", k=60, min_similarity=0.5)
    assert len(hits) == 40
    assert min(hit.similarity for hit in hits) >= 0.5
    assert not {hit.pattern.id for hit in hits} & set(far)
    assert await bank.find_similar("alpha beta", k=5, min_similarity=0.999) == []
    await bank.close()


async def test_filters_apply_before_the_best_are_taken() -> None:
    bank = await open_bank(ranking=Ranking(candidates=5))
    await bank.store_many([{"task_description": f"alpha beta {n}"} for n in range(100)])
    rare = await bank.store(task_description="omega", task_category="rare")
    assert [hit.pattern.id for hit in await bank.find_similar("alpha beta", k=5, category="rare")] == [rare]
    await bank.close()


async def test_a_preferred_category_is_weighed_up_and_leaves_none_out() -> None:
    bank = await open_bank(ranking=Ranking(relevance=0.5, category=0.5, diversity=1.0))
    a, b = await bank.store_many(
        [
            {"task_description": "alpha beta", "task_category": "a"},
            {"task_description": "alpha gamma", "task_category": "b"},
        ]
    )
    ranked = [hit.pattern.id for hit in await bank.find_similar("alpha", k=2, prefer_category="b")]
    assert ranked == [b, a]
    assert [hit.pattern.id for hit in await bank.find_similar("alpha", k=2, prefer_category="a")] == [a, b]
    await bank.close()


async def test_superseded_patterns_are_listed_and_not_found() -> None:
    bank = await open_bank()
    await bank.import_lines(
        '{"id": "old", "task_description": "alpha", "status": "superseded"}\n'
        '{"id": "new", "task_description": "alpha beta"}'
    )
    assert [hit.pattern.id for hit in await bank.find_similar("alpha")] == ["new"]
    assert {p.id for p in (await bank.list()).patterns} == {"old", "new"}
    await bank.close()


async def test_nothing_known_finds_nothing() -> None:
    bank = await open_bank()
    assert await bank.find_similar("alpha") == []
    await bank.store(task_description="alpha")
    assert await bank.find_similar("???") == []
    assert len(await bank.find_similar("unrelated words")) == 1
    await bank.close()


async def test_k_is_a_bound() -> None:
    bank = await open_bank()
    await bank.store_many([{"task_description": f"alpha {n}"} for n in range(30)])
    for k in (1, 7, 30, 31, 1000):
        assert len(await bank.find_similar("alpha", k=k)) == min(k, 30)
    await bank.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("relevance", -1), ("recency", float("nan")), ("reliability", "1"), ("category", True), ("semantic", 1.5),
        ("diversity", 2), ("half_life_days", 0), ("candidates", 0), ("candidates", 1.5), ("relevance", float("inf")),
    ],
)  # fmt: skip
def test_a_ranking_is_checked(name: str, value: Any) -> None:
    with pytest.raises(InputError) as caught:
        Ranking(**{name: value})
    assert caught.value.details["field"] == name


def test_a_ranking_needs_a_weight() -> None:
    with pytest.raises(InputError):
        Ranking(relevance=0, recency=0, reliability=0)


async def test_a_pool_of_close_copies_is_widened_as_far_as_others_are_close() -> None:
    bank = await open_bank(ranking=Ranking(candidates=10))
    await bank.store_many([{"task_description": "the"}] * 60)
    other = await bank.store(task_description="with of from")
    # Of stop words alone BM25 knows nothing, so that only the cosine can tell that there are more.
    hits = await bank.find_similar("the of", k=2, min_similarity=0.3)
    assert [hit.parts["bm25"] for hit in hits] == [0.0, 0.0]
    assert hits[1].pattern.id == other
    assert len(await bank.find_similar("the of", k=2, min_similarity=0.6)) == 1
    await bank.close()


async def test_a_superseded_pattern_that_is_active_again_is_found_again() -> None:
    bank = await open_bank()
    await bank.import_lines('{"id": "a", "task_description": "alpha", "status": "superseded"}')
    await bank.store(task_description="beta")
    assert [hit.pattern.id for hit in await bank.find_similar("alpha", k=1)] != ["a"]
    await bank.import_lines('{"id": "a", "task_description": "alpha"}', on_conflict="replace")
    assert [hit.pattern.id for hit in await bank.find_similar("alpha", k=1)] == ["a"]
    await bank.delete("a")
    await bank.store(task_description="alpha gamma")
    assert len(await bank.find_similar("alpha", k=5)) == 2
    await bank.close()
