"""The pure-Python index, which is the oracle elsewhere: here against answers worked out by hand."""

from __future__ import annotations

import math
import pickle
import struct
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.errors import ClosedError, CorruptError, DimensionError, InputError
from pramana.kernels.reference import ReferenceVectorIndex
from pramana.kernels.reference.envelope import xxh64

NAN, INF, DENORMAL = math.nan, math.inf, 1e-40


def index_of(rows, *, metric="ip", storage="f32"):
    index = ReferenceVectorIndex(dim=len(rows[0]), metric=metric, storage=storage)
    index.add(range(len(rows)), rows)
    return index


def found(matches):
    return list(zip(matches.ordinals, matches.scores, strict=True))


ROWS = [[1, 2, -3], [0, 0, 5], [4, -4, 1]]


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("ip", [(1, 5.0), (2, 5.0), (0, 1.0)]),
        ("l2sq", [(0, -18.0), (1, -21.0), (2, -29.0)]),
    ],
)
def test_scores_by_hand(metric, expected):
    assert found(index_of(ROWS, metric=metric).search([2, 1, 1], 10)) == expected


def test_cosine_is_of_unit_vectors():
    index = index_of([[3, 4], [-30, -40], [4, -3]], metric="cosine")
    scores = index.score([0.6, 0.8], [0, 1, 2])
    assert scores.tolist() == pytest.approx([1, -1, 0], abs=1e-7)
    assert array("f", index.get([0])).tolist() == pytest.approx([0.6, 0.8], abs=1e-7)


def test_equal_scores_go_by_ordinal():
    index = ReferenceVectorIndex(dim=1, metric="ip", storage="f32")
    index.add([9, 3, 5, 4], [[1], [1], [2], [1]])
    assert list(index.search([1], 3).ordinals) == [5, 3, 4]


def test_an_equal_vector_has_no_distance():
    (score,) = index_of([[0.1, 0.2]], metric="l2sq").score([0.1, 0.2], [0])
    assert math.copysign(1, score) == 1
    assert score == 0


@pytest.mark.parametrize(
    ("bitmap", "expected"),
    [(None, [0, 1, 2]), (b"", []), (b"\x05", [0, 2]), (bytearray(b"\x02\xff"), [1]), (b"\x00", [])],
)
def test_a_bitmap_allows_exactly_its_ordinals(bitmap, expected):
    assert sorted(index_of(ROWS).search([1, 1, 1], 5, allow=bitmap).ordinals) == expected


def test_a_packed_row_by_hand():
    packed = ReferenceVectorIndex(dim=4, metric="ip", storage="f32").quantize([127.0, 0.5, 1.5, -2.5])
    assert struct.unpack("<4bf", packed) == (127, 0, 2, -2, 1.0)
    unit = ReferenceVectorIndex(dim=2, metric="cosine", storage="i8").quantize([0.0, -9.0])
    assert struct.unpack("<2bf", unit) == (0, -127, struct.unpack("<f", struct.pack("<f", 1 / 127))[0])


def test_packed_rows_go_in_and_out_unchanged():
    index = ReferenceVectorIndex(dim=3, storage="i8")
    packed = index.quantize(ROWS)
    index.add_packed([4, 5, 6], packed)
    assert index.get([4, 5, 6]) == packed
    (score,) = index.score(ROWS[0], [4])
    assert score == pytest.approx(1, abs=1e-3)


def test_a_packed_cosine_row_is_a_unit_vector_whatever_its_scale():
    index = ReferenceVectorIndex(dim=2, metric="cosine", storage="i8")
    index.add_packed([0], struct.pack("<2bf", 3, -4, 7.0))
    assert index.score([3, -4], [0])[0] == pytest.approx(1, abs=1e-7)


def test_pairs_are_symmetric_scores():
    pairs = index_of(ROWS).pairwise([2, 0, 1])
    assert pairs.tolist() == [33, -7, 5, -7, 14, -15, 5, -15, 25]


def test_a_batch_is_its_queries():
    index = index_of(ROWS, metric="l2sq")
    queries = [[1, 0, 0], [0, 1, 0]]
    assert index.search_batch(queries, 2) == [index.search(query, 2) for query in queries]


def test_rows_change_by_whole_batches():
    index = index_of(ROWS)
    index.update([1, 1], [[7, 7, 7], [8, 8, 8]])
    assert array("f", index.get([1])).tolist() == [8, 8, 8]
    index.remove([0, 2])
    assert len(index) == 1
    for change in (
        lambda: index.add([0, 1], [[1, 1, 1]] * 2),
        lambda: index.add([0, 0], [[1, 1, 1]] * 2),
        lambda: index.add([0, 2], [[1, 1, 1], [NAN, 0, 0]]),
        lambda: index.update([1, 0], [[1, 1, 1]] * 2),
        lambda: index.update([1], [[0, DENORMAL, 0]]),
        lambda: index.remove([1, 1]),
        lambda: index.remove([1, 0]),
    ):
        with pytest.raises(InputError):
            change()
        assert (len(index), array("f", index.get([1])).tolist()) == (1, [8, 8, 8])


@pytest.mark.parametrize(
    ("vector", "status"), [([1, NAN], "not_finite"), ([INF, 0], "not_finite"), ([0, DENORMAL], "zero_vector")]
)
def test_vectors_that_cannot_be_compared_are_named(vector, status):
    index = index_of([[1, 1]])
    with pytest.raises(InputError) as refused:
        index.add([1, 2], [[1, 1], vector])
    assert (refused.value.details["status"], refused.value.details["index"]) == (status, 1)
    for ask in (lambda: index.search(vector, 1), lambda: index.score(vector, [0])):
        with pytest.raises(InputError) as refused:
            ask()
        assert refused.value.details["status"] == status


def test_denormals_are_flushed():
    index = index_of([[1, DENORMAL]])
    assert array("f", index.get([0])).tolist() == [1, 0]
    assert index.score([DENORMAL, 1], [0])[0] == 0


@pytest.mark.parametrize(
    ("levels", "scale", "status"),
    [
        ((1, 2), INF, "not_finite"),
        ((1, 2), 0.0, "zero_vector"),
        ((0, 0), 1.0, "zero_vector"),
        ((1, 2), -1.0, "bad_argument"),
    ],
)
def test_bad_packed_rows_are_refused(levels, scale, status):
    index = ReferenceVectorIndex(dim=2, metric="ip", storage="i8")
    with pytest.raises(InputError) as refused:
        index.add_packed([0], struct.pack("<2bf", *levels, scale))
    assert (refused.value.details["status"], len(index)) == (status, 0)


def test_what_is_out_of_range_is_refused():
    index = index_of(ROWS)
    for ask in (
        lambda: index.search([1, 1, 1], 0),
        lambda: index.search([1, 1, 1], 65_537),
        lambda: index.search([1, 1, 1], 1, rescore=-1),
        lambda: index.score([1, 1, 1], [3]),
        lambda: index.pairwise([3]),
        lambda: index.get([3]),
        lambda: index.add_packed([7], bytes(7)),
        lambda: index.add([7], [[1, 1, 1], [1, 1, 1]]),
        lambda: index.reserve(-1),
        lambda: ReferenceVectorIndex(dim=3, metric="hamming"),
        lambda: ReferenceVectorIndex(dim=3, storage="u7"),
    ):
        with pytest.raises(InputError):
            ask()
    for ask in (
        lambda: index.search([1, 1], 1),
        lambda: index.add([7], [[1, 1]]),
        lambda: ReferenceVectorIndex(dim=0),
        lambda: ReferenceVectorIndex(dim=65_537),
    ):
        with pytest.raises(DimensionError):
            ask()


vectors = st.lists(st.integers(-8, 8), min_size=5, max_size=5).filter(any)


@given(
    rows=st.lists(vectors, max_size=6),
    metric=st.sampled_from(["cosine", "ip", "l2sq"]),
    storage=st.sampled_from(["f32", "i8", "i8_f32"]),
)
def test_a_saved_index_comes_back_the_same(rows, metric, storage):
    index = ReferenceVectorIndex(dim=5, metric=metric, storage=storage)
    ordinals = [at * 3 + 1 for at in range(len(rows))]
    index.add(ordinals, rows)
    again = ReferenceVectorIndex.load(index.save())
    assert (again.dim, again.metric, again.storage, len(again)) == (5, metric, storage, len(rows))
    assert again.get(ordinals) == index.get(ordinals)
    assert again.search([1, 2, 3, 4, 5], 4) == index.search([1, 2, 3, 4, 5], 4)
    assert again.save() == index.save()


def test_every_flipped_byte_and_every_cut_is_seen():
    data = index_of(ROWS, storage="i8").save()
    for at in range(len(data)):
        with pytest.raises(CorruptError):
            ReferenceVectorIndex.load(data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :])
        with pytest.raises(CorruptError):
            ReferenceVectorIndex.load(data[:at])


def test_hostile_counts_with_a_right_checksum_are_refused():
    data = index_of(ROWS).save()[:-8]
    for at, value in ((8, 0), (8, 4), (8, 65_537), (12, 3), (16, 1), (16, 9), (20, 2), (24, 1), (36, 0)):
        changed = data[:at] + struct.pack("<I", value) + data[at + 4 :]
        with pytest.raises(CorruptError):
            ReferenceVectorIndex.load(changed + struct.pack("<Q", xxh64(changed)))


def test_a_closed_index_says_so():
    index = index_of(ROWS)
    index.close()
    index.close()
    for ask in (lambda: len(index), lambda: index.search([1, 1, 1], 1), index.save, lambda: index.get([0])):
        with pytest.raises(ClosedError) as refused:
            ask()
        assert pickle.loads(pickle.dumps(refused.value)).code == "closed"
