from __future__ import annotations

import struct
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.reason.minhash import BANDS, ORDERS, bands, jaccard, shingles, sketch

# The first eight bytes of SHAKE-128, as `printf who | openssl dgst -shake128 -xoflen 8` prints them.
WHO = struct.unpack("<2I", bytes.fromhex("ba0ed8c748666d12"))
WROTE = struct.unpack("<2I", bytes.fromhex("1bc7498f9ff042d6"))

sets = st.sets(st.text(max_size=6), max_size=30)


def exact(one: set[str], other: set[str]) -> Fraction:
    return Fraction(len(one & other), len(one | other))


def test_shingles_are_words_and_pairs_of_neighbours() -> None:
    assert shingles(["did", "x", "cause", "y"]) == {"did", "x", "cause", "y", "did x", "x cause", "cause y"}
    assert shingles(["who"]) == {"who"}
    assert shingles([]) == set()


def test_the_order_of_words_counts() -> None:
    assert shingles(["x", "causes", "y"]) != shingles(["y", "causes", "x"])


@given(one=sets, other=sets)
def test_a_sketch_of_a_union_has_the_least_of_both(one: set[str], other: set[str]) -> None:
    if one and other:
        assert sketch(one | other) == tuple(map(min, sketch(one), sketch(other)))


@given(elements=sets)
def test_equal_sets_have_similarity_1_in_whatever_order_they_are_given(elements: set[str]) -> None:
    if elements:
        assert jaccard(sketch(sorted(elements)), sketch(sorted(elements, reverse=True))) == 1.0


def test_nothing_is_similar_to_nothing() -> None:
    assert sketch([]) == ()
    assert bands(()) == []
    assert jaccard((), sketch(["a"])) == 0.0
    assert jaccard((), ()) == 0.0


@pytest.mark.parametrize("shared", [0, 5, 10, 20, 30, 38, 40])
def test_the_estimate_is_unbiased_and_as_exact_as_promised(shared: int) -> None:
    # Fifty pairs of sets with the same similarity: the mean has a seventh of one estimate's error.
    estimates = []
    for sample in range(50):
        one = {f"{sample} {n}" for n in range(40)}
        other = {f"{sample} {n}" for n in range(40 - shared, 80 - shared)}
        true = float(exact(one, other))
        estimates.append(jaccard(sketch(one), sketch(other)))
    error = (true * (1 - true) / ORDERS) ** 0.5
    assert sum(estimates) / len(estimates) == pytest.approx(true, abs=4 * error / 50**0.5 + 1e-12)
    assert all(abs(estimate - true) <= 4.5 * error for estimate in estimates)


@pytest.mark.parametrize(("shared", "elements"), [(8, 56), (20, 45), (40, 50)])
def test_bands_are_shared_as_often_as_the_formula_says(shared: int, elements: int) -> None:
    met, trials = 0, 400
    for sample in range(trials):
        one = {f"{sample} {n}" for n in range(elements)}
        other = {f"{sample} {n}" for n in range(elements - shared, 2 * elements - shared)}
        met += bool(set(bands(sketch(one))) & set(bands(sketch(other))))
    similarity = float(exact(one, other))
    chance = 1 - (1 - similarity**2) ** BANDS
    assert met / trials == pytest.approx(chance, abs=4 * (chance * (1 - chance) / trials) ** 0.5 + 1e-9)


@given(elements=sets)
def test_a_band_is_two_values_and_its_place(elements: set[str]) -> None:
    sketched = sketch(elements)
    if sketched:
        assert [(n >> 64, n >> 32 & 0xFFFFFFFF, n & 0xFFFFFFFF) for n in bands(sketched)] == [
            (band, sketched[2 * band], sketched[2 * band + 1]) for band in range(BANDS)
        ]


def test_a_sketch_is_that_of_the_definition() -> None:
    assert sketch(["who"])[:2] == WHO
    assert sketch(["wrote"])[:2] == WROTE
    assert sketch(["who", "wrote"])[:2] == tuple(map(min, WHO, WROTE))


@pytest.mark.skipif(sys.platform == "emscripten", reason="a page has no processes")
def test_another_process_makes_the_same_sketch(root: Path) -> None:
    program = "from pramana.reason.minhash import sketch; print(sketch(['who', 'wrote', 'who wrote']))"
    for seed in ("1", "2"):
        told = subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(root / "pylib")},
            capture_output=True,
            text=True,
            check=True,
        )
        assert told.stdout.strip() == str(sketch(["who", "wrote", "who wrote"]))
