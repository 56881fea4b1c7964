from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.index.diversity import maximal_marginal_relevance as mmr


def oracle(scores: list[float], similar: list[list[float]], k: int, trade_off: float) -> list[int]:
    chosen: list[int] = []
    while len(chosen) < min(k, len(scores)):
        rest = [item for item in range(len(scores)) if item not in chosen]
        gain = {
            item: trade_off * scores[item]
            - (1 - trade_off) * max([0.0, *(similar[item][other] for other in chosen)])
            for item in rest
        }
        chosen.append(max(rest, key=gain.__getitem__))
    return chosen


@st.composite
def pools(draw: st.DrawFn) -> tuple[list[float], list[list[float]]]:
    n = draw(st.integers(0, 9))
    scores = draw(st.lists(st.integers(0, 8).map(lambda x: x / 8), min_size=n, max_size=n))
    similar = [[1.0] * n for _ in range(n)]
    for a in range(n):
        for b in range(a):
            similar[a][b] = similar[b][a] = draw(st.integers(-8, 8)) / 8
    return scores, similar


@given(pool=pools(), k=st.integers(0, 10), trade_off=st.sampled_from([0.0, 0.5, 1.0]))
def test_it_chooses_what_the_definition_says(
    pool: tuple[list[float], list[list[float]]], k: int, trade_off: float
) -> None:
    scores, similar = pool
    flat = [value for row in similar for value in row]
    chosen = mmr(scores, flat, k, trade_off=trade_off)
    assert [item for item, _ in chosen] == oracle(scores, similar, k, trade_off)


def test_a_copy_of_the_best_comes_after_another_good_one() -> None:
    scores = [1.0, 0.95, 0.6]
    similar = [1.0, 0.99, 0.1, 0.99, 1.0, 0.1, 0.1, 0.1, 1.0]
    assert [item for item, _ in mmr(scores, similar, 3, trade_off=0.7)] == [0, 2, 1]
    assert [item for item, _ in mmr(scores, similar, 3, trade_off=1.0)] == [0, 1, 2]


def test_the_first_is_kept_first_whatever_its_score() -> None:
    chosen = mmr([0.9, 0.1], [1.0, 0.0, 0.0, 1.0], 2, trade_off=0.7, first=1)
    assert [item for item, _ in chosen] == [1, 0]
    assert chosen[0][1] == pytest.approx(0.07)
