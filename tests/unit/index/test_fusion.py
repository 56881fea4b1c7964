from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.index.fusion import Scale, fuse, min_max

scores = st.floats(-100, 100, allow_nan=False)


def z_oracle(values: list[float]) -> list[float]:
    if len(values) < 2 or statistics.pstdev(values) < 1e-6:
        return [0.0] * len(values)
    mean, deviation = statistics.fmean(values), statistics.pstdev(values)
    return [(value - mean) / deviation for value in values]


@given(values=st.lists(st.integers(-50, 50).map(float), max_size=40))
def test_z_scores_have_mean_0_and_deviation_1(values: list[float]) -> None:
    scale = Scale.of(values)
    assert [scale.z(value) for value in values] == pytest.approx(z_oracle(values), abs=1e-9)


@pytest.mark.parametrize("values", [[], [3.0], [0.25] * 7, [1.0, 1.0 + 1e-9]])
def test_scores_that_do_not_deviate_have_z_0(values: list[float]) -> None:
    scale = Scale.of(values)
    assert [scale.z(value) for value in values] == [0.0] * len(values)


@given(
    pairs=st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 50)), min_size=1, max_size=40),
    weight=st.sampled_from([0.0, 0.3, 0.5, 1.0]),
)
def test_fusing_orders_as_the_weighted_sum_of_z_scores_does(
    pairs: list[tuple[int, int]], weight: float
) -> None:
    one, other = [float(a) for a, _ in pairs], [float(b) for _, b in pairs]
    expected = [weight * a + (1 - weight) * b for a, b in zip(z_oracle(one), z_oracle(other), strict=True)]
    fused = fuse(one, Scale.of(one), other, Scale.of(other), weight)
    assert min_max(fused) == pytest.approx(min_max(expected), abs=1e-6)


def test_min_max_gives_1_to_the_best_and_0_to_the_worst() -> None:
    assert min_max([2.0, 4.0, 3.0]) == [0.0, 1.0, 0.5]
    assert min_max([0.7, 0.7]) == [1.0, 1.0]
    assert min_max([]) == []


@given(values=st.lists(scores, min_size=1, max_size=30))
def test_min_max_keeps_the_order_and_the_range(values: list[float]) -> None:
    scaled = min_max(values)
    assert max(scaled) == 1.0
    assert all(0.0 <= value <= 1.0 for value in scaled)
    by_value = sorted(range(len(values)), key=values.__getitem__)
    assert [scaled[at] for at in by_value] == sorted(scaled)
