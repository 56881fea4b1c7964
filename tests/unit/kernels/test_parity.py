"""Every build against one float64 oracle, over lane and block splits.

An inner product of d floats in any order of summation is off by at most (d + 4)·eps·Σ|aᵢbᵢ| (d - 1 additions, one
product, and two roundings of each factor where vectors are normalised). Nothing else is assumed: near-ties may rank
either way.
"""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Sequence
from struct import unpack_from

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.kernels.builds import ALL_BUILDS, vector_factory

EPS = 2.0**-23
METRICS = ("cosine", "ip", "l2sq")
STORAGES = ("f32", "i8", "i8_f32")
LANE_DIMS = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 255, 256, 257, 384]
LARGE_DIMS = [1023, 1024, 1025, 4099, 65_536]
BLOCK_ROWS = [1, 2, 3, 4, 5, 7, 8, 9]


def random_rows(seed: int, count: int, dim: int) -> list[array[float]]:
    source = random.Random(seed)
    return [array("f", (source.gauss(0, 1) for _ in range(dim))) for _ in range(count)]


def unit(vector: Sequence[float]) -> list[float]:
    length = math.sqrt(math.fsum(x * x for x in vector))
    return [x / length for x in vector]


def oracle(metric: str, query: Sequence[float], row: Sequence[float]) -> tuple[float, float]:
    """The score in float64, and how far float32 arithmetic may be from it."""
    if metric == "l2sq":
        squares = [(a - b) ** 2 for a, b in zip(query, row, strict=True)]
        total = math.fsum(squares)
        # Each difference is rounded before it is squared: relative to itself, not to its operands.
        return -total, (len(row) + 6) * EPS * total
    products = [a * b for a, b in zip(query, row, strict=True)]
    return math.fsum(products), (len(row) + 4) * EPS * math.fsum(map(abs, products))


def kept_rows(index, ordinals: Sequence[int]) -> list[list[float]]:
    """The rows that an exact score is against, in float64, as `get` shows them."""
    data = index.get(ordinals)
    if index.storage != "i8":
        flat = array("f", data)
        return [list(flat[at : at + index.dim]) for at in range(0, len(flat), index.dim)]
    rows = []
    for at in range(0, len(data), index.dim + 4):
        (scale,) = unpack_from("<f", data, at + index.dim)
        rows.append([scale * level for level in unpack_from(f"<{index.dim}b", data, at)])
    return rows


def check_against_oracle(index, metric: str, query: array[float], ordinals: list[int]) -> None:
    rows = kept_rows(index, ordinals)
    asked = unit(query) if metric == "cosine" else list(query)
    expected = [oracle(metric, asked, row) for row in rows]
    got = index.score(query, ordinals)
    # An l2sq row is dequantised in float32 before it is subtracted.
    slack = [EPS * 4 * math.fsum(abs(x) + abs(y) for x, y in zip(asked, row, strict=True)) for row in rows]
    for (score, bound), value, more in zip(expected, got, slack, strict=True):
        allowed = bound + (more * math.sqrt(-score) if metric == "l2sq" and index.storage == "i8" else 0)
        assert abs(value - score) <= allowed + 1e-37, (value, score, allowed)

    by_ordinal = dict(zip(ordinals, expected, strict=True))
    for k in {1, len(ordinals) // 2 or 1, len(ordinals), len(ordinals) + 3}:
        found = index.search(query, k)
        assert len(found.ordinals) == len(found.scores) == min(k, len(ordinals))
        assert list(found.scores) == sorted(found.scores, reverse=True)
        assert len(set(found.ordinals)) == len(found.ordinals)
        for ordinal, value in zip(found.ordinals, found.scores, strict=True):
            assert value == got[ordinals.index(ordinal)], "search and score are the same arithmetic"
        for one, other in zip(range(len(found.scores)), range(1, len(found.scores)), strict=False):
            assert (-found.scores[one], found.ordinals[one]) < (-found.scores[other], found.ordinals[other])
        worst = min(found.scores)
        for ordinal in set(ordinals) - set(found.ordinals):
            assert got[ordinals.index(ordinal)] <= worst, by_ordinal[ordinal]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("build", ALL_BUILDS)
def test_scores_hold_the_error_bound_over_lane_splits(build, storage, metric):
    make = vector_factory(build)
    for dim in LANE_DIMS:
        rows = random_rows(dim, 6, dim)
        index = make(dim=dim, metric=metric, storage=storage)
        ordinals = [11, 3, 0, 500, 64, 2]
        index.add(ordinals, array("f", b"".join(row.tobytes() for row in rows)))
        check_against_oracle(index, metric, random_rows(-dim, 1, dim)[0], ordinals)
        index.close()


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("build", ALL_BUILDS)
def test_scores_hold_the_error_bound_over_row_blocks(build, storage, metric):
    make = vector_factory(build)
    for count in BLOCK_ROWS:
        index = make(dim=19, metric=metric, storage=storage)
        ordinals = list(range(count))
        index.add(ordinals, random_rows(count, count, 19))
        check_against_oracle(index, metric, random_rows(99, 1, 19)[0], ordinals)
        index.close()


@pytest.mark.parametrize("dim", LARGE_DIMS)
@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("build", ("simd", "scalar"))
def test_scores_hold_the_error_bound_in_large_dimensions(build, storage, dim):
    index = vector_factory(build)(dim=dim, metric="cosine", storage=storage)
    index.add([0, 1, 2], random_rows(dim, 3, dim))
    check_against_oracle(index, "cosine", random_rows(7, 1, dim)[0], [0, 1, 2])
    index.close()


@pytest.mark.parametrize("build", ALL_BUILDS)
def test_int8_does_not_overflow_at_the_extremes(build):
    """All levels at ±127 and 65,536 of them: block sums must not leave an i32."""
    dim = 65_536 if build != "reference" else 4096
    for sign in (1.0, -1.0):
        index = vector_factory(build)(dim=dim, metric="ip", storage="i8")
        index.add([0], array("f", [1.0]) * dim)
        assert index.search(array("f", [sign]) * dim, 1).scores[0] == pytest.approx(sign * dim, rel=1e-5)
        index.close()


@pytest.mark.parametrize("metric", METRICS)
def test_packed_rows_are_the_nearest_levels_in_every_build(metric):
    rows = random_rows(5, 9, 37)
    packed = [
        vector_factory(build)(dim=37, metric=metric, storage="i8").quantize(rows) for build in ALL_BUILDS
    ]
    assert packed[0] == packed[1] == packed[2]
    for index, row in enumerate(rows):
        levels = unpack_from("<37b", packed[0], index * 41)
        (scale,) = unpack_from("<f", packed[0], index * 41 + 37)
        largest = max(map(abs, row))
        assert max(map(abs, levels)) == 127
        assert all(abs(level - x * 127 / largest) <= 0.5 + 1e-4 for level, x in zip(levels, row, strict=True))
        if metric == "cosine":
            assert scale * math.sqrt(sum(level**2 for level in levels)) == pytest.approx(1.0, abs=4 * EPS)
        else:
            assert scale == pytest.approx(largest / 127, rel=4 * EPS)


exact = st.integers(-8, 8).map(float)  # sums and products of these are exact in float32


@st.composite
def collections(draw):
    dim = draw(st.integers(1, 20))
    vectors = st.lists(exact, min_size=dim, max_size=dim).filter(any)
    return dim, draw(st.lists(vectors, max_size=24)), draw(vectors), draw(st.integers(1, 30))


@pytest.mark.parametrize("metric", ("ip", "l2sq"))
@pytest.mark.parametrize("build", ALL_BUILDS)
@settings(max_examples=40)
@given(collections())
def test_f32_search_equals_brute_force_where_arithmetic_is_exact(build, metric, case):
    dim, rows, query, k = case
    index = vector_factory(build)(dim=dim, metric=metric, storage="f32")
    ordinals = [(7 * at) % 101 for at in range(len(rows))]
    index.add(ordinals, rows)
    found = index.search(query, k)
    scored = [(-oracle(metric, query, row)[0], ordinal) for ordinal, row in zip(ordinals, rows, strict=True)]
    best = sorted(scored)[:k]
    assert list(found.ordinals) == [ordinal for _, ordinal in best]
    assert list(found.scores) == [-score for score, _ in best]
    index.close()


# Up to where the square of a difference of two of them is still finite.
six_floats = st.lists(st.floats(-(2.0**60), 2.0**60, width=32), min_size=6, max_size=6)


@pytest.mark.parametrize("build", ALL_BUILDS)
@settings(max_examples=40)
@given(six_floats, six_floats)
def test_scores_hold_the_error_bound_for_any_floats(build, row, query):
    def normal(vector: list[float]) -> bool:
        return any(abs(x) >= 2.0**-126 for x in vector)

    if not normal(row) or not normal(query):
        return
    flushed = [x if abs(x) >= 2.0**-126 else 0.0 for x in query]
    for metric in METRICS:
        index = vector_factory(build)(dim=6, metric=metric, storage="f32")
        index.add([0], array("f", row))
        (kept,) = kept_rows(index, [0])
        score, bound = oracle(metric, unit(flushed) if metric == "cosine" else flushed, kept)
        # Products below the normal range are rounded to a fixed spacing.
        assert abs(index.score(array("f", query), [0])[0] - score) <= bound + 12 * 2.0**-149 + 6 * 2.0**-126
        index.close()


@pytest.mark.parametrize("storage", STORAGES)
def test_simd_and_scalar_find_the_same_among_clear_winners(storage):
    """Rows in steps well above the error bound: every build must rank them alike."""
    dim, count = 65, 40
    base = random_rows(3, 1, dim)[0]
    other = random_rows(4, 1, dim)[0]
    rows = [array("f", (a + b * at / 10 for a, b in zip(base, other, strict=True))) for at in range(count)]
    found = []
    for build in ALL_BUILDS:
        index = vector_factory(build)(dim=dim, storage=storage)
        index.add(range(count), rows)
        found.append(list(index.search(base, 12).ordinals))
        index.close()
    assert found == [list(range(12))] * 3


@pytest.mark.parametrize("build", ("simd", "scalar"))
def test_quantised_scan_with_rescoring_has_full_recall_on_many_rows(build):
    dim, count, k = 48, 2000, 10
    rows = random_rows(12, count, dim)
    flat = array("f", b"".join(row.tobytes() for row in rows))
    exact_index = vector_factory(build)(dim=dim, storage="f32")
    scanned = vector_factory(build)(dim=dim, storage="i8_f32")
    for index in (exact_index, scanned):
        index.add(range(count), flat)
    hits = sum(
        len(set(exact_index.search(query, k).ordinals) & set(scanned.search(query, k).ordinals))
        for query in random_rows(13, 50, dim)
    )
    assert hits >= 0.995 * 50 * k
    for index in (exact_index, scanned):
        index.close()
