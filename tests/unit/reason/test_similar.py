from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pramana.errors import DimensionError, InputError
from pramana.kernels.load import load_kernels
from pramana.platform import current
from pramana.reason.similar import (
    BUCKET,
    MAX_WORDS,
    Asked,
    Similar,
    SimilarIndex,
    probe_of,
    same_wording,
    wording,
)

ALIKE = Asked((1.0,), (), "factual")
"""The worst case: an embedder that finds all alike, a linker that finds nothing, a classifier that knows one kind."""


def gullible(one: str, other: str) -> bool:
    return True


def index_of(settings: Similar, *queries: str, asked: Asked = ALIKE) -> SimilarIndex[int]:
    index: SimilarIndex[int] = SimilarIndex(settings)
    for place, query in enumerate(queries):
        probe = probe_of(query, asked, "{}")
        assert probe is not None
        index.add(place, probe)
    return index


def found(index: SimilarIndex[int], query: str, asked: Asked = ALIKE, options: str = "{}") -> list[int]:
    probe = probe_of(query, asked, options)
    return [] if probe is None else [match.place for match in index.matches(probe)]


SAME = [
    ("Who wrote Hamlet?", "who wrote hamlet"),
    ("Who wrote Hamlet?", "Please, who wrote Hamlet?"),
    ("Who wrote Hamlet?", "Hello, could you please tell me who wrote Hamlet, thanks!"),
    ("Who wrote Hamlet?", "Do you know who wrote Hamlet?? Please."),
    ("Who wrote Hamlet?", "I'd like to know, who wrote Hamlet..."),
    ("What is the capital of France?", "What’s the capital of France"),
    ("Water is not wet?", "Water isn't wet."),
    ("Why can not penguins fly?", "Why can't penguins fly?"),
    ("Why can not penguins fly?", "Why cannot penguins fly?"),
    ("Why will not it start?", "Why won't it start?"),
    ("List the ports in use", "please list the ports in use"),
]
OTHERS = [
    ("Who wrote Hamlet?", "Who wrote Macbeth?"),
    ("Who wrote Hamlet?", "Who did not write Hamlet?"),
    ("Who wrote Hamlet?", "Who has not written Hamlet?"),
    ("Is water wet?", "Isn't water wet?"),
    ("Did smoking cause cancer?", "Did cancer cause smoking?"),
    ("Does X depend on Y?", "Does Y depend on X?"),
    ("What happened before the war?", "What happened after the war?"),
    ("Which members voted for it?", "Which members voted against it?"),
    ("Who won in 2019?", "Who won in 2020?"),
    ("Is it more than 5?", "Is it less than 5?"),
    ("Is it more than 5?", "Is it more than -5?"),
    ("Can all birds fly?", "Can some birds fly?"),
    ("Who was the president?", "Who is the president?"),
    ("Who is the president?", "Who is a president?"),
    ("What is C++?", "What is C?"),
    ("What is the type of 5?", 'What is the type of "5"?'),
    ("Who wrote Hamlet?", "When was Hamlet written?"),
    ("What are the causes of inflation?", "What are the effects of inflation?"),
    ("How do I start the server?", "How do I stop the server?"),
    ("Is the flag set?", "Is the flag !set?"),
    ("Who's written Hamlet?", "Who is written Hamlet?"),
    ("When does the hey jude session end?", "When does the jude session end?"),
    ("Well depth in Texas?", "depth in Texas?"),
    ("Do you know Hamlet?", "Hamlet?"),
    ("Can you tell me a story?", "a story?"),
    ("Whom does it please?", "Whom does it?"),
    ("What is 5!", "What is 5"),
    ("Is not water wet?", "Isn't water wet?"),
    ("Is Will a human?", "Is will a human?"),
    ("What is IT?", "What is it?"),
    ("IT is a name.", "It is a name."),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_manners_of_asking_make_no_difference(one: str, other: str) -> None:
    assert wording(one) == wording(other)
    assert found(index_of(Similar(), one), other) == [0]
    assert found(index_of(Similar(), other), one) == [0]


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_another_question_is_never_the_same(one: str, other: str) -> None:
    settings = Similar(jaccard=1e-9, cosine=1e-9)
    assert found(index_of(settings, one), other) == []
    assert found(index_of(settings, other), one) == []


GRAMMAR = [
    ("What happened before the war in Vietnam?", "What happened after the war in Vietnam?"),
    ("Which members voted for it?", "Which members voted against it?"),
    ("Who won the race in 2019?", "Who won the race in 2020?"),
    ("Can all birds fly over the sea?", "Can some birds fly over the sea?"),
    ("Who is the president of the club?", "Who was the president of the club?"),
    ("Who has ever beaten the champion?", "Who has never beaten the champion?"),
    ("Which of the two costs more money?", "Which of the two costs less money?"),
    ("Is the C++ compiler installed here?", "Is the C# compiler installed here?"),
    ("Should I restart the server now?", "Must I restart the server now?"),
    ("Are one hundred users allowed there?", "Are two hundred users allowed there?"),
]


@pytest.mark.parametrize(("one", "other"), GRAMMAR)
def test_words_of_grammar_and_numbers_never_stand_for_others(one: str, other: str) -> None:
    settings = Similar(jaccard=1e-9, cosine=1e-9, same_word=gullible)
    assert found(index_of(settings, one), other) == []
    assert len(wording(one)) == len(wording(other))


def test_words_that_mean_the_same_may_be_told() -> None:
    synonyms = {frozenset({"main", "primary"}), frozenset({"start", "launch"})}
    settings = Similar(same_word=lambda one, other: frozenset({one, other}) in synonyms)
    index = index_of(
        settings, "What are the main causes of inflation?", "How do I start the database server?"
    )
    assert found(index, "What are the primary causes of inflation?") == [0]
    assert found(index, "What are the main effects of inflation?") == []
    assert found(index, "please tell me how do I launch the database server") == [1]
    assert found(index, "How do I stop the database server?") == []


def test_the_order_and_the_identity_of_entities_count_whatever_the_words() -> None:
    settings = Similar(jaccard=1e-9, same_word=gullible)
    asked = Asked((1.0,), ("smoking", "cancer"), "causal")
    index = index_of(settings, "Does smoking cause cancer?", asked=asked)
    assert found(index, "Does tobacco cause cancer?", asked) == [0]
    assert found(index, "Does cancer cause smoking?", asked._replace(entities=("cancer", "smoking"))) == []
    assert (
        found(index, "Does smoking cause cancer?", asked._replace(entities=("smoking", "cancer_sign"))) == []
    )
    assert found(index, "Does smoking cause cancer?", asked._replace(entities=("smoking",))) == []
    assert found(index, "Does smoking cause cancer?", asked._replace(kind="factual")) == []
    assert found(index, "Does smoking cause cancer?", asked, options='{"depth":2}') == []


def test_bands_that_collide_do_not_make_two_scopes_one() -> None:
    index = index_of(Similar(), "q")
    probe = probe_of("q", ALIKE, "{}")
    assert probe is not None
    assert [match.place for match in index.matches(probe)] == [0]
    assert index.matches(replace(probe, scope=("other options", *probe.scope[1:]))) == []


@pytest.mark.parametrize(("cosine", "hits"), [(0.79, [0]), (0.8, [0]), (0.81, [])])
def test_embeddings_must_be_close_enough(cosine: float, hits: list[int]) -> None:
    index = index_of(Similar(cosine=cosine), "q", asked=ALIKE._replace(embedding=(3.0, 4.0)))
    assert found(index, "q", ALIKE._replace(embedding=(0.0, 0.2))) == hits


def test_enough_words_must_be_shared() -> None:
    one, other = "who wrote old plays", "who composed old plays"  # exactly 4 of 10 words and pairs
    assert found(index_of(Similar(jaccard=0.2, same_word=gullible), one), other) == [0]
    assert found(index_of(Similar(jaccard=0.7, same_word=gullible), one), other) == []


def test_the_closest_comes_first() -> None:
    index: SimilarIndex[str] = SimilarIndex(Similar(cosine=0.1))
    for place, vector in (("far", (1.0, 2.0)), ("near", (1.0, 0.1)), ("middle", (1.0, 1.0))):
        probe = probe_of("q", ALIKE._replace(embedding=vector))
        assert probe is not None
        index.add(place, probe)
    asked = probe_of("q", ALIKE._replace(embedding=(1.0, 0.0)))
    assert asked is not None
    matches = index.matches(asked)
    assert [match.place for match in matches] == ["near", "middle", "far"]
    assert [match.cosine for match in matches] == pytest.approx(
        [1 / math.sqrt(1.01), 0.5**0.5, 0.2**0.5], abs=1e-6
    )


def test_what_is_discarded_is_found_no_more_and_leaves_nothing_behind() -> None:
    index = index_of(Similar(), "who wrote hamlet", "who wrote hamlet?", "who wrote macbeth")
    index.discard(0)
    index.discard(0)
    assert found(index, "who wrote hamlet") == [1]
    index.discard(1)
    index.discard(2)
    assert (index._probes, index._buckets) == ({}, {})


def test_of_many_that_share_a_bucket_the_newest_are_looked_at() -> None:
    index = index_of(Similar(), *["who wrote hamlet"] * (BUCKET + 3))
    assert sorted(found(index, "who wrote hamlet")) == list(range(3, BUCKET + 3))
    for place in range(BUCKET + 3):
        index.discard(place)
    assert (index._probes, index._buckets) == ({}, {})


@pytest.mark.parametrize(
    ("query", "embedding"),
    [("", (1.0,)), (" ?… ", (1.0,)), ("q", (0.0, 0.0)), ("q", ()), ("w " * (MAX_WORDS + 1), (1.0,))],
)
def test_what_cannot_be_compared_has_no_probe(query: str, embedding: tuple[float, ...]) -> None:
    assert probe_of(query, ALIKE._replace(embedding=embedding)) is None


def test_the_longest_question_that_is_compared() -> None:
    assert probe_of("w " * MAX_WORDS, ALIKE) is not None


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_an_embedding_that_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(InputError) as refused:
        probe_of("q", ALIKE._replace(embedding=(1.0, value)))
    assert refused.value.details["field"] == "embedding"


def test_embeddings_of_two_lengths_are_an_error() -> None:
    index = index_of(Similar(), "q")
    with pytest.raises(DimensionError) as refused:
        found(index, "q", ALIKE._replace(embedding=(1.0, 0.0)))
    assert (refused.value.details["expected"], refused.value.details["got"]) == (1, 2)


@pytest.mark.parametrize("field", ["jaccard", "cosine"])
@pytest.mark.parametrize("value", [0.0, -0.5, 1.001, math.nan])
def test_thresholds_are_over_0_and_at_most_1(field: str, value: float) -> None:
    values: dict[str, Any] = {field: value}
    with pytest.raises(InputError) as refused:
        Similar(**values)
    assert refused.value.details["field"] == field


@given(query=st.text(max_size=40))
def test_wording_is_the_same_in_whatever_case_and_spacing(query: str) -> None:
    assume(not query.startswith(" ") and wording(query))
    assert wording(f"  {query}\t") == wording(query)
    assert wording(query + "?") == wording(query)


words = st.sampled_from(["who", "not", "before", "after", "wrote", "x", "y", "2019", "2020", "write", "c++"])


@given(one=st.lists(words, max_size=5), other=st.lists(words, max_size=5))
def test_wording_differs_wherever_a_word_does(one: list[str], other: list[str]) -> None:
    same = same_wording(tuple(one), tuple(other))
    assert same == (one == other)
    fixed = {"who", "not", "before", "after", "2019", "2020", "c++"}
    free: Callable[[str], str] = lambda word: word if word in fixed else "*"  # noqa: E731
    assert same_wording(tuple(one), tuple(other), gullible) == (
        list(map(free, one)) == list(map(free, other))
    )


@pytest.mark.parametrize("build", ["simd", "scalar"])
async def test_with_the_embedder_in_the_box_other_questions_miss_and_the_same_ones_hit(build: str) -> None:
    platform = current()
    kernels = await load_kernels(platform, platform, build)
    model = kernels.text_model(
        await platform.asset(json.loads(await platform.asset("embedder.json"))["file"])
    )

    def embedded(query: str) -> Asked:
        return Asked(model.embed([" ".join(wording(query))]), (), "factual")

    for pairs, hits in ((SAME, True), (OTHERS, False)):
        for one, other in pairs:
            index: SimilarIndex[int] = SimilarIndex(Similar())
            probe, asked = probe_of(one, embedded(one)), probe_of(other, embedded(other))
            assert probe is not None
            assert asked is not None
            index.add(0, probe)
            assert bool(index.matches(asked)) == hits, (one, other)
