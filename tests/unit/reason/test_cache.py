from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import pytest

from pramana.errors import DimensionError, InputError
from pramana.reason.cache import (
    COLD_MS,
    LARGEST_BYTES,
    Versions,
    size_of,
)
from pramana.reason.similar import Asked, Similar
from tests.unit.reason.caches import ASKED, NOW, answer_of, key, make


def test_an_answer_is_found_by_the_very_question() -> None:
    cache, _ = make()
    answer = answer_of(3)
    cache.put(key("Who wrote Hamlet?"), NOW, answer)
    assert cache.get(key("Who wrote Hamlet?"), NOW) is answer
    assert cache.get(key("  Who wrote\tHamlet? "), NOW) is answer
    assert cache.get(key("Who wrote Hamlet"), NOW) is None
    assert cache.get(key("Who wrote Hamlet?", '{"depth":2}'), NOW) is None
    assert (cache.stats().hits, cache.stats().misses, cache.stats().entries) == (2, 2, 1)


def test_composed_and_decomposed_letters_are_one_question() -> None:
    cache, _ = make()
    cache.put(key("Wer schrieb Götz?"), NOW, "Goethe")
    assert cache.get(key("Wer schrieb Go\u0308tz?"), NOW) == "Goethe"


def test_a_name_in_capitals_and_a_list_are_other_questions() -> None:
    cache, _ = make(similar=Similar())
    cache.put(key("What is IT?"), NOW, "a department")
    cache.put(key("Is it so?\n- Why?"), NOW, "two questions")
    assert cache.get(key("What is it?"), NOW) is None
    assert cache.get(key("Is it so? - Why?"), NOW) is None
    assert cache.get(key("Is it  so? \n - Why?\n"), NOW) == "two questions"


def test_after_who_wrote_hamlet_no_unrelated_question_hits() -> None:
    # Worst case: the embedder finds all alike, and the linker finds no entities.
    cache, _ = make(similar=Similar())
    asked = Asked((1.0,), (), "factual")
    cache.put(key("Who wrote Hamlet?"), NOW, "Shakespeare", asked=asked)
    unrelated = [
        "What is the capital of France?", "How tall is Mount Everest?", "When did the war end?",
        "Which port does HTTPS use?", "Is water wet?", "Who painted the Mona Lisa?", "Why is the sky blue?",
        "Who wrote Macbeth?", "What did Hamlet write?", "Who did not write Hamlet?",
    ]  # fmt: skip
    for query in unrelated:
        assert cache.get(key(query), NOW) is None
        assert cache.similar(key(query), NOW, asked) is None
    assert cache.get(key("Who wrote Hamlet?"), NOW) == "Shakespeare"
    stats = cache.stats()
    assert (stats.hits, stats.similar_hits, stats.misses) == (1, 0, 10)


@pytest.mark.parametrize("versions", [Versions(8, 3), Versions(7, 4), Versions(6, 3), Versions(3, 7)])
def test_other_versions_make_an_answer_stale(versions: Versions) -> None:
    cache, _ = make(similar=Similar())
    cache.put(key("q"), NOW, "a", asked=ASKED)
    assert cache.similar(key("q"), versions, ASKED) is None
    assert cache.get(key("q"), versions) is None
    assert cache.get(key("q"), NOW) is None
    stats = cache.stats()
    assert (stats.stale, stats.misses, stats.entries, stats.bytes) == (1, 2, 0, 0)


def test_of_two_the_one_hit_twice_survives() -> None:
    cache, _ = make(max_entries=2)
    cache.put(key("hot"), NOW, 1)
    cache.put(key("other"), NOW, 2)
    assert cache.get(key("hot"), NOW) == 1
    assert cache.get(key("hot"), NOW) == 1
    cache.put(key("third"), NOW, 3)
    assert cache.get(key("hot"), NOW) == 1
    assert cache.get(key("other"), NOW) is None
    assert cache.get(key("third"), NOW) == 3
    assert cache.stats().evicted == 1


def test_a_similar_hit_is_a_use() -> None:
    cache, _ = make(max_entries=2, similar=Similar())
    cache.put(key("Who wrote Hamlet?"), NOW, 1, asked=ASKED)
    cache.put(key("other"), NOW, 2)
    assert cache.similar(key("Please, who wrote Hamlet"), NOW, ASKED) is not None
    cache.put(key("third"), NOW, 3)
    assert cache.get(key("Who wrote Hamlet?"), NOW) == 1
    assert cache.get(key("other"), NOW) is None


def test_an_answer_lasts_as_long_as_its_time_to_live() -> None:
    cache, clock = make(ttl_s=2.5)
    cache.put(key("q"), NOW, "a")
    clock.now += 2_499
    assert cache.get(key("q"), NOW) == "a"
    clock.now += 1
    assert cache.get(key("q"), NOW) is None
    assert (cache.stats().expired, cache.stats().entries) == (1, 0)


def test_an_answer_ends_when_a_fact_begins_or_ceases_to_hold() -> None:
    cache, clock = make()
    cache.put(key("q"), NOW, "a", expires_ms=clock.now + 10)
    clock.now += 9
    assert cache.get(key("q"), NOW) == "a"
    clock.now += 1
    assert cache.get(key("q"), NOW) is None


def test_an_answer_that_time_has_overtaken_is_not_kept_nor_the_one_before() -> None:
    cache, clock = make()
    cache.put(key("q"), NOW, "old")
    cache.put(key("q"), NOW, "a", expires_ms=clock.now)
    assert cache.get(key("q"), NOW) is None
    assert (cache.stats().expired, cache.stats().entries) == (1, 0)


def test_an_answer_does_not_count_before_it_was_given() -> None:
    cache, clock = make()
    cache.put(key("q"), NOW, "a")
    clock.now -= 1
    assert cache.get(key("q"), NOW) is None
    assert cache.stats().expired == 1


def test_an_answer_over_all_bytes_is_not_kept_and_costs_no_other_its_place() -> None:
    cache, _ = make(max_bytes=5_000)
    cache.put(key("small"), NOW, "a")
    cache.put(key("q"), NOW, "x" * 5_000)
    assert cache.get(key("q"), NOW) is None
    assert cache.get(key("small"), NOW) == "a"
    assert (cache.stats().oversized, cache.stats().evicted) == (1, 0)


def test_an_answer_that_would_hold_a_page_is_not_kept() -> None:
    cache, _ = make()
    cache.put(key("large"), NOW, "x" * (LARGEST_BYTES - 1_000))
    cache.put(key("larger"), NOW, "x" * LARGEST_BYTES)
    assert cache.get(key("large"), NOW) is not None
    assert cache.get(key("larger"), NOW) is None
    assert (cache.stats().oversized, cache.stats().evicted) == (1, 0)


def test_bytes_are_those_in_memory() -> None:
    cache, _ = make()
    cache.put(key("q"), NOW, "x" * 1_000)
    first = cache.stats().bytes
    cache.put(key("r"), NOW, "x" * 3_000)
    assert cache.stats().bytes - 2 * first == 2_000
    assert 1_000 + 2 * sys.getsizeof("q") <= first <= 1_600
    cache.clear()
    assert (cache.stats().bytes, cache.stats().entries) == (0, 0)


@dataclass(frozen=True, slots=True)
class Proof:
    steps: tuple[str, ...]
    weight: float


def test_a_cold_answer_is_compressed_and_comes_back_equal() -> None:
    cache, clock = make()
    answer = {"proofs": [Proof(("a" * 50, "b"), 0.9)] * 3, "trace": [f"step {n}" for n in range(200)]}
    cache.put(key("cold"), NOW, answer)
    before = cache.stats().bytes
    clock.now += COLD_MS
    cache.put(key("other"), NOW, "x")
    stats = cache.stats()
    assert (stats.compressed, stats.entries) == (1, 2)
    assert 0 < stats.compressed_bytes < stats.bytes < before / 4
    again = cache.get(key("cold"), NOW)
    assert again == answer
    assert again is not answer
    stats = cache.stats()
    assert (stats.compressed, stats.compressed_bytes) == (0, 0)
    assert stats.bytes > before / 2
    assert cache.get(key("cold"), NOW) is again


def test_what_is_in_use_stays_as_it_is() -> None:
    cache, clock = make()
    answer = answer_of(50)
    cache.put(key("warm"), NOW, answer)
    for n in range(5):
        clock.now += COLD_MS - 1
        assert cache.get(key("warm"), NOW) is answer
        cache.put(key(f"other {n}"), NOW, "x")
    assert cache.get(key("warm"), NOW) is answer


def test_a_put_compresses_few_and_the_following_ones_the_rest() -> None:
    cache, clock = make()
    for n in range(5):
        cache.put(key(str(n)), NOW, answer_of(50))
    clock.now += COLD_MS
    compressed = []
    for n in range(3):
        cache.put(key(f"other {n}"), NOW, "x")
        compressed.append(cache.stats().compressed)
    assert compressed == [2, 4, 5]


def test_unpacking_a_large_answer_makes_room_for_it() -> None:
    cache, clock = make(max_bytes=60_000)
    cache.put(key("large"), NOW, answer_of(700))
    clock.now += COLD_MS
    cache.put(key("a"), NOW, "x" * 20_000)
    cache.put(key("b"), NOW, "x" * 20_000)
    assert cache.stats().evicted == 0
    assert cache.get(key("large"), NOW) == answer_of(700)
    assert cache.stats().bytes <= 60_000
    assert cache.get(key("a"), NOW) is None
    assert cache.stats().evicted >= 1


@pytest.mark.parametrize("answer", [None, lambda: 1, (n for n in "ab"), {"deep": [lambda: 1]}])
def test_what_is_no_plain_data_is_refused_where_it_is_put(answer: Any) -> None:
    cache, _ = make()
    cache.put(key("q"), NOW, "a")
    with pytest.raises(InputError) as refused:
        cache.put(key("q"), NOW, answer)
    assert refused.value.details["field"] == "answer"
    assert cache.get(key("q"), NOW) == "a"


@pytest.mark.parametrize(
    ("options", "field"),
    [({"max_entries": 0}, "max_entries"), ({"max_bytes": 0}, "max_bytes"), ({"ttl_s": 0.0}, "ttl_s"),
     ({"ttl_s": float("nan")}, "ttl_s")],
)  # fmt: skip
def test_limits_that_allow_nothing_are_refused(options: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as refused:
        make(**options)
    assert refused.value.details["field"] == field


def test_similar_finds_nothing_unless_asked_for() -> None:
    cache, _ = make()
    cache.put(key("Who wrote Hamlet?"), NOW, "a", asked=ASKED)
    assert cache.similar(key("Who wrote Hamlet?"), NOW, ASKED) is None
    cache, _ = make(similar=Similar())
    cache.put(key("Who wrote Hamlet?"), NOW, "a")
    assert cache.similar(key("Who wrote Hamlet?"), NOW, ASKED) is None


def test_a_similar_hit_says_which_question_was_answered() -> None:
    cache, clock = make(similar=Similar())
    cache.put(key("Who wrote Hamlet?"), NOW, "a", asked=ASKED)
    hit = cache.similar(
        key("Could you tell me who wrote HAMLET, please?"), NOW, ASKED._replace(embedding=(3, 4))
    )
    assert hit is not None
    assert (hit.answer, hit.query, hit.cosine, hit.jaccard) == ("a", "Who wrote Hamlet?", 1.0, 1.0)
    assert cache.similar(key("Who wrote Hamlet", '{"depth":2}'), NOW, ASKED) is None
    assert cache.similar(key("Who wrote Hamlet"), Versions(8, 3), ASKED) is None
    clock.now += 3_600_000
    assert cache.similar(key("Who wrote Hamlet"), NOW, ASKED) is None
    assert (cache.stats().similar_hits, cache.stats().expired, cache.stats().entries) == (1, 1, 0)


def test_another_embedders_vector_is_an_error() -> None:
    cache, _ = make(similar=Similar())
    cache.put(key("q"), NOW, "a", asked=ASKED)
    with pytest.raises(DimensionError):
        cache.similar(key("q"), NOW, ASKED._replace(embedding=(1.0, 0.0, 0.0)))


def naive_size(value: Any) -> int:
    seen: dict[int, Any] = {}

    def walk(one: Any) -> None:
        if id(one) in seen:
            return
        seen[id(one)] = one
        if isinstance(one, dict):
            for name, content in one.items():
                walk(name)
                walk(content)
        elif isinstance(one, Proof):
            walk(one.steps)
            walk(one.weight)
        elif isinstance(one, list | tuple | set | frozenset):
            for content in one:
                walk(content)

    walk(value)
    return sum(map(sys.getsizeof, seen.values()))


@pytest.mark.parametrize(
    "value",
    ["x", 3, None, {"a": [1, 2.5, ("x", "y" * 40)], "b": {"c": frozenset("qr")}}, [Proof(("s", "t"), 0.25)] * 4,
     answer_of(30)],
)  # fmt: skip
def test_a_size_is_the_sum_over_all_objects_each_once(value: Any) -> None:
    assert size_of(value, 1 << 30) == naive_size(value)


def test_measuring_ends_beyond_the_limit() -> None:
    assert 1_000 < size_of(answer_of(100_000), 1_000) < 1_000_000
