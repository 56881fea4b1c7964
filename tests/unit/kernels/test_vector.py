"""The vector wrapper: what it takes, what it returns, what it refuses."""

from __future__ import annotations

from array import array
from struct import unpack

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pramana.errors import ClosedError, CorruptError, DimensionError, InputError
from pramana.kernels.vector import VectorIndex
from tests.unit.kernels.builds import ALL_BUILDS, shared_module, vector_factory

ROWS = [[3.0, 4.0, 0.0], [0.0, 0.0, 2.0], [-1.0, 0.0, 0.0]]


@pytest.fixture
def index(make_vector_index):
    index = make_vector_index(dim=3, metric="ip", storage="f32")
    yield index
    index.close()


def test_knows_its_shape(make_vector_index):
    index = make_vector_index(dim=3)
    assert (index.dim, index.metric, index.storage, len(index)) == (3, "cosine", "i8", 0)
    index.close()


def test_an_empty_index_finds_nothing(index):
    assert list(index.search([1, 0, 0], 5).ordinals) == []
    assert [list(found.ordinals) for found in index.search_batch([[1, 0, 0], [0, 1, 0]], 5)] == [[], []]


def test_matches_are_typed_arrays_best_first(index):
    index.add([5, 9, 2], ROWS)
    found = index.search([1.0, 0.5, 0.25], 10)
    assert (found.ordinals.typecode, found.scores.typecode) == ("I", "f")
    assert list(found.ordinals) == [5, 9, 2]
    assert list(found.scores) == [5.0, 0.5, -1.0]


def test_equal_scores_are_ordered_by_ordinal(index):
    index.add([7, 1, 300, 4, 2], [ROWS[0]] * 5)
    assert list(index.search(ROWS[0], 3).ordinals) == [1, 2, 4]


def test_update_replaces_and_remove_frees_the_ordinal(index):
    index.add([5, 9], ROWS[:2])
    index.update([9], [[0, 0, 8]])
    assert list(index.score([0, 0, 1], [9, 5])) == [8.0, 0.0]
    index.remove([5])
    assert len(index) == 1
    index.add([5], [[1, 1, 1]])
    assert list(index.score([1, 1, 1], [5])) == [3.0]


def test_allow_filters_before_top_k(index):
    index.add(range(20), [[float(at + 1), 0, 0] for at in range(20)])
    bitmap = bytearray(3)
    for ordinal in (3, 8, 15):
        bitmap[ordinal >> 3] |= 1 << (ordinal & 7)
    for allow in (bitmap, bytes(bitmap), memoryview(bitmap)):
        assert list(index.search([1, 0, 0], 2, allow=allow).ordinals) == [15, 8]
    assert list(index.search([1, 0, 0], 5, allow=b"\xff").ordinals) == [7, 6, 5, 4, 3]
    assert list(index.search([1, 0, 0], 5, allow=b"").ordinals) == []
    batch = index.search_batch([[1, 0, 0], [-1, 0, 0]], 1, allow=bitmap)
    assert [list(found.ordinals) for found in batch] == [[15], [3]]


def test_a_batch_finds_what_single_searches_find(make_vector_index):
    for storage in ("f32", "i8", "i8_f32"):
        index = make_vector_index(dim=5, storage=storage)
        index.add(range(30), [[at % 7 + 1, at % 3, at, 1, -at] for at in range(30)])
        queries = [[1, 2, 3, 4, 5], [5, 4, 3, 2, 1], [0, 0, 1, 0, -1]]
        assert index.search_batch(queries, 4) == [index.search(query, 4) for query in queries]
        index.close()


def test_pairwise_is_the_square_of_scores(make_vector_index):
    index = make_vector_index(dim=3, metric="cosine", storage="f32")
    index.add([5, 9, 2], ROWS)
    assert list(index.pairwise([2, 5])) == pytest.approx([1.0, -0.6, -0.6, 1.0], abs=1e-6)
    assert list(index.pairwise([])) == []
    index.close()


def test_packed_rows_travel(make_vector_index):
    index = make_vector_index(dim=3, storage="i8")
    packed = index.quantize(ROWS)
    assert len(packed) == 3 * 7
    assert len(index) == 0
    index.add_packed([1, 2, 3], packed)
    assert index.get([1, 2, 3]) == packed
    assert index.get([3, 1]) == packed[14:] + packed[:7]
    index.close()


def test_f32_rows_come_back_as_they_went_in(index):
    index.add([5, 9, 2], ROWS)
    assert unpack("<6f", index.get([2, 5])) == (-1.0, 0.0, 0.0, 3.0, 4.0, 0.0)
    assert index.get([]) == b""


@pytest.mark.parametrize("storage", ["f32", "i8", "i8_f32"])
@pytest.mark.parametrize("metric", ["cosine", "ip", "l2sq"])
def test_a_saved_index_loads_as_it_was(make_vector_index, metric, storage):
    index = make_vector_index(dim=3, metric=metric, storage=storage)
    index.add([5, 9, 2], ROWS)
    saved = index.save()
    assert saved[:4] == b"PVEC"
    copy = make_vector_index.load(saved)
    assert (copy.dim, copy.metric, copy.storage, len(copy)) == (3, metric, storage, 3)
    assert copy.search([1, 2, 3], 3) == index.search([1, 2, 3], 3)
    copy.add([0], [[9, 9, 9]])
    assert (len(copy), len(index)) == (4, 3)
    index.close()
    copy.close()


def test_every_build_reads_what_another_saved():
    saved = []
    for build in ALL_BUILDS:
        index = vector_factory(build)(dim=3, storage="i8")
        index.add([5, 9, 2], ROWS)
        saved.append(index.save())
        index.close()
    assert saved[0] == saved[1]
    for data in saved:
        for build in ALL_BUILDS:
            copy = vector_factory(build).load(data)
            assert list(copy.search(ROWS[1], 1).ordinals) == [9]
            copy.close()


def test_damaged_bytes_are_refused(make_vector_index):
    index = make_vector_index(dim=3, storage="f32")
    index.add([5, 9, 2], ROWS)
    saved = index.save()
    index.close()
    for damaged in (b"", b"PVEC", saved[:-1], saved + b"\0", b"XVEC" + saved[4:]):
        with pytest.raises(CorruptError):
            make_vector_index.load(damaged)
    for at in range(0, len(saved), 3):
        changed = bytearray(saved)
        changed[at] ^= 0x10
        with pytest.raises(CorruptError):
            make_vector_index.load(bytes(changed))


# What goes in


def f32(*values: float) -> array:
    return array("f", values)


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        tuple(map(tuple, ROWS)),
        [array("f", row) for row in ROWS],
        [array("d", row) for row in ROWS],
        [x for row in ROWS for x in row],
        f32(*(x for row in ROWS for x in row)),
        array("d", (x for row in ROWS for x in row)),
        f32(*(x for row in ROWS for x in row)).tobytes(),
        bytearray(f32(*(x for row in ROWS for x in row)).tobytes()),
        memoryview(f32(*(x for row in ROWS for x in row))),
        memoryview(f32(*(x for row in ROWS for x in row)).tobytes()),
        memoryview(f32(*(x for row in ROWS for x in row)).tobytes()).cast("f", (3, 3)),
        memoryview(array("d", (x for row in ROWS for x in row)).tobytes()).cast("d", (3, 3)),
        [3, 4, 0, 0, 0, 2, -1, 0, 0],
    ],
    ids=lambda rows: type(rows).__name__,
)
def test_rows_come_in_many_forms(index, rows):
    index.add([5, 9, 2], rows)
    assert unpack("<9f", index.get([5, 9, 2])) == tuple(x for row in ROWS for x in row)


@pytest.mark.parametrize("dtype", ["f4", "f8", "f2", "i4", "i1", "u1", ">f4"])
def test_numpy_arrays_of_any_dtype_and_layout(index, dtype):
    numpy = pytest.importorskip("numpy")
    rows = numpy.array([[3, 4, 0], [0, 0, 2], [1, 0, 5]], dtype=dtype)
    index.add(numpy.array([5, 9, 2], dtype="u4"), rows)
    index.update(numpy.array([5, 9, 2], dtype="i8"), numpy.asfortranarray(rows))
    index.update([5, 9, 2], rows[::-1][::-1])
    index.update(numpy.arange(6, dtype="u4")[5:6], rows[0])
    assert unpack("<9f", index.get([5, 9, 2])) == (3, 4, 0, 0, 0, 2, 1, 0, 5)
    assert list(index.search(rows[2], 1).ordinals) == [2]


def test_float32_arrays_are_not_copied():
    numpy = pytest.importorskip("numpy")
    from pramana.kernels.buffers import as_f32, as_u32

    rows, ordinals = numpy.ones((4, 3), dtype="f4"), numpy.arange(4, dtype="u4")
    buffer, count = as_f32(rows, 3)
    assert count == 4
    assert numpy.shares_memory(numpy.asarray(buffer), rows)
    assert numpy.shares_memory(numpy.asarray(as_u32(ordinals)[0]), ordinals)


def test_nothing_added_is_nothing(index):
    for nothing in ([], array("f"), b""):
        index.add([], nothing)
    index.update([], [])
    index.remove([])
    index.add_packed([], b"")
    assert len(index) == 0
    assert index.quantize([]) == b""
    assert list(index.score([1, 2, 3], [])) == []


@pytest.mark.parametrize(
    ("rows", "got"),
    [
        ([1.0, 2.0], 2),
        ([[1, 2, 3], [1, 2]], 2),
        ([1.0] * 4, 4),
        (memoryview(f32(1, 2)), 2),
        ([[1, 2, 3, 4]], 4),
    ],
)
def test_rows_of_another_length_are_refused(index, rows, got):
    with pytest.raises(DimensionError) as caught:
        index.add([1], rows)
    assert (caught.value.details["expected"], caught.value.details["got"]) == (3, got)
    with pytest.raises(DimensionError):
        index.search(rows, 1)
    assert len(index) == 0


def test_a_ragged_list_names_its_row(index):
    with pytest.raises(DimensionError) as caught:
        index.add([1, 2], [[1, 2, 3], [1, 2]])
    assert caught.value.details["index"] == 1


@pytest.mark.parametrize("query", [[1, 2, 3, 4, 5, 6], [[1, 2, 3], [4, 5, 6]], []])
def test_a_query_is_one_vector(index, query):
    with pytest.raises(DimensionError):
        index.search(query, 1)
    with pytest.raises(DimensionError):
        index.score(query, [])


@pytest.mark.parametrize("bad", ["abc", [["x", 1, 2]], None, 7, {1: 2}, [None, 1, 2], b"abc", [[1, 2, 3], 4]])
def test_what_is_no_vector_is_refused(index, bad):
    with pytest.raises(InputError) as caught:
        index.add([1], bad)
    assert caught.value.details["field"] == "vector"


@pytest.mark.parametrize("bad", [[-1], [2**32], ["1"], [1.5], "1", b"\1\0\0\0", None, 3])
def test_what_is_no_ordinal_is_refused(index, bad):
    for call in (index.remove, index.get, lambda ordinals: index.add(ordinals, [ROWS[0]])):
        with pytest.raises(InputError) as caught:
            call(bad)
        assert caught.value.details["field"] == "ordinals"


def test_negative_numpy_ordinals_do_not_wrap(index):
    numpy = pytest.importorskip("numpy")
    with pytest.raises(InputError):
        index.add(numpy.array([-1]), [ROWS[0]])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), 1e300])
@pytest.mark.parametrize("storage", ["f32", "i8"])
def test_not_finite_is_refused_whole(make_vector_index, value, storage):
    index = make_vector_index(dim=3, storage=storage)
    with pytest.raises(InputError) as caught:
        index.add([1, 2], [ROWS[0], [1.0, value, 0.0]])
    assert caught.value.details["status"] == "not_finite"
    assert (caught.value.details["field"], caught.value.details["index"]) == ("vector", 1)
    assert len(index) == 0
    for call in (lambda: index.search([value, 1, 1], 1), lambda: index.quantize([value, 1, 1])):
        with pytest.raises(InputError):
            call()
    index.close()


@pytest.mark.parametrize("zero", [[0.0, 0.0, 0.0], [-0.0, 1e-40, -1e-39]])
@pytest.mark.parametrize("metric", ["cosine", "ip", "l2sq"])
def test_a_zero_vector_is_refused_by_every_metric(make_vector_index, zero, metric):
    index = make_vector_index(dim=3, metric=metric)
    with pytest.raises(InputError) as caught:
        index.add([1, 2], [ROWS[0], zero])
    assert (caught.value.details["status"], caught.value.details["index"]) == ("zero_vector", 1)
    with pytest.raises(InputError):
        index.search(zero, 1)
    assert len(index) == 0
    index.close()


def test_denormals_are_flushed(index):
    index.add([1], [[1e-40, 2.0, -1e-42]])
    assert unpack("<3f", index.get([1])) == (0.0, 2.0, 0.0)


def test_taken_and_missing_ordinals_change_nothing(index):
    index.add([5, 9], ROWS[:2])
    before = index.save()
    calls = {
        "ordinal_taken": [lambda: index.add([1, 5], ROWS[:2]), lambda: index.add([1, 1], ROWS[:2])],
        "ordinal_missing": [
            lambda: index.update([5, 1], ROWS[:2]),
            lambda: index.remove([9, 1]),
            lambda: index.get([9, 1]),
            lambda: index.score(ROWS[0], [9, 1]),
            lambda: index.pairwise([9, 1]),
            lambda: index.remove([9, 9]),
        ],
    }
    for status, failing in calls.items():
        for call in failing:
            with pytest.raises(InputError) as caught:
                call()
            assert caught.value.details["status"] == status
            assert caught.value.details["field"] == "ordinals"
    assert index.save() == before


def test_counts_must_agree(index):
    with pytest.raises(InputError) as caught:
        index.add([1, 2], [ROWS[0]])
    assert caught.value.details["field"] == "ordinals"


@pytest.mark.parametrize("k", [0, -1, 65_537, 1.5, None, "3"])
def test_k_out_of_range_is_refused(index, k):
    for call in (index.search, index.search_batch):
        with pytest.raises(InputError) as caught:
            call([1, 2, 3], k)
        assert caught.value.details["field"] == "k"


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"dim": 3, "metric": "manhattan"}, "metric"),
        ({"dim": 3, "storage": "f64"}, "storage"),
        ({"dim": 0}, "dim"),
        ({"dim": 65_537}, "dim"),
        ({"dim": 2.0}, "dim"),
    ],
)
def test_impossible_indexes_are_refused(make_vector_index, options, field):
    with pytest.raises(InputError) as caught:
        make_vector_index(**options)
    assert caught.value.details["field"] == field


def test_packed_rows_belong_to_int8_indexes(make_vector_index):
    index = make_vector_index(dim=3, storage="f32")
    packed = index.quantize(ROWS)
    with pytest.raises(InputError):
        index.add_packed([1, 2, 3], packed)
    index.close()
    index = make_vector_index(dim=3, storage="i8")
    for bad in (packed[:-1], packed[:-4] + b"\0\0\xc0\x7f", packed[:-7] + bytes(7), 7):
        with pytest.raises(InputError):
            index.add_packed([1, 2, 3], bad)
    assert len(index) == 0
    index.close()


def test_a_closed_index_says_so(make_vector_index):
    index = make_vector_index(dim=3)
    index.close()
    index.close()
    for call in (
        lambda: len(index),
        lambda: index.add([1], [ROWS[0]]),
        lambda: index.add([], []),
        lambda: index.remove([]),
        lambda: index.search(ROWS[0], 1),
        lambda: index.score(ROWS[0], []),
        lambda: index.reserve(1),
        index.save,
    ):
        with pytest.raises(ClosedError):
            call()


# In the module's memory


@pytest.fixture
def held(vector_module, monkeypatch):
    """The host's buffers in the module's memory that are not freed yet: sizes by pointer."""
    live: dict[int, int] = {}
    bind = vector_module.bind

    def alloc(size):
        ptr = bind("alloc")(size)
        live[ptr] = size
        return ptr

    def free(ptr, size):
        assert live.pop(ptr) == size
        return bind("free")(ptr, size)

    watched = {"alloc": alloc, "free": free}
    monkeypatch.setattr(vector_module, "bind", lambda export: watched.get(export) or bind(export))
    return live


def test_searches_reuse_their_buffers(vector_module, held):
    index = VectorIndex(vector_module, dim=3)
    index.add([5, 9, 2], ROWS)
    index.search(ROWS[0], 3, allow=b"\xff")
    index.score(ROWS[0], [5])
    before = dict(held)
    for _ in range(100):
        index.search(ROWS[0], 3, allow=b"\xff")
        index.score(ROWS[0], [5])
    assert held == before
    index.close()
    assert held == {}


def test_buffers_of_large_batches_are_given_back(vector_module, held):
    index = VectorIndex(vector_module, dim=256)
    rows = array("f", [0.5]) * (256 * 1000)
    for call in (
        lambda: index.add(range(1000), rows),
        lambda: index.update(range(1000), rows),
        lambda: index.quantize(rows),
        lambda: index.search_batch(rows, 3),
        lambda: index.add_packed(range(1000, 11_000), index.quantize(rows) * 10),
        lambda: index.score(rows[:256], range(11_000)),
        lambda: VectorIndex.load(vector_module, index.save()).close(),
    ):
        call()
        assert sum(held.values()) < 1 << 18
    with pytest.raises(InputError):
        index.add(range(1000), rows)
    assert sum(held.values()) < 1 << 18
    index.close()
    assert held == {}


def test_open_and_close_leave_no_memory_behind(vector_module):
    def cycle():
        index = VectorIndex(vector_module, dim=256, storage="i8_f32")
        index.add(range(500), array("f", [0.5]) * (256 * 500))
        copy = VectorIndex.load(vector_module, index.save())
        copy.search_batch(array("f", [0.5]) * (256 * 20), 10)
        index.close()
        copy.close()

    def room() -> int:
        """The largest block that needs no growth is the same if everything was given back."""
        alloc, free = vector_module.bind("alloc"), vector_module.bind("free")
        ptr = alloc(1 << 20)
        free(ptr, 1 << 20)
        return ptr

    cycle()
    cycle()
    before = room()
    for _ in range(50):
        cycle()
    assert room() == before


def test_indexes_of_one_module_are_apart(vector_module):
    indexes = [VectorIndex(vector_module, dim=dim, storage="f32", metric="ip") for dim in (2, 3, 2)]
    for at, index in enumerate(indexes):
        index.add([at], [[at + 1.0] * index.dim])
    assert [list(index.search([1.0] * index.dim, 5).ordinals) for index in indexes] == [[0], [1], [2]]
    indexes[1].close()
    assert list(indexes[2].search([1.0, 1.0], 1).scores) == [6.0]
    indexes[0].close()
    indexes[2].close()


class AgainstADict(RuleBasedStateMachine):
    """Any sequence of changes leaves the index equal to a dictionary of rows."""

    build = "simd"

    @initialize(storage=st.sampled_from(["f32", "i8", "i8_f32"]))
    def open(self, storage):
        self.index = VectorIndex(shared_module("vector", self.build), dim=2, metric="ip", storage=storage)
        self.rows: dict[int, list[float]] = {}

    # Rows whose int8 form is exact, so that every storage scores exactly.
    row = st.tuples(st.just(127.0), st.integers(-127, 127).map(float)).map(list)
    ordinal = st.one_of(st.integers(0, 12), st.integers(0, 5000))

    @rule(rows=st.dictionaries(ordinal, row, min_size=1, max_size=6))
    def add(self, rows):
        if self.rows.keys() & rows.keys():
            with pytest.raises(InputError):
                self.index.add(list(rows), list(rows.values()))
        else:
            self.index.add(list(rows), list(rows.values()))
            self.rows |= rows

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), row=row)
    def update(self, data, row):
        ordinal = data.draw(st.sampled_from(sorted(self.rows)))
        self.index.update([ordinal], [row])
        self.rows[ordinal] = row

    @precondition(lambda self: self.rows)
    @rule(data=st.data())
    def remove(self, data):
        chosen = data.draw(st.lists(st.sampled_from(sorted(self.rows)), unique=True, min_size=1))
        self.index.remove(chosen)
        for ordinal in chosen:
            del self.rows[ordinal]

    @rule()
    def save_and_load(self):
        data = self.index.save()
        self.index.close()
        self.index = VectorIndex.load(shared_module("vector", self.build), data)

    @rule(
        query=st.tuples(st.integers(-9, 9), st.integers(1, 9)),
        k=st.integers(1, 9),
        allow=st.binary(max_size=3),
    )
    def search(self, query, k, allow):
        def best(ordinals):
            scored = [(-(query[0] * self.rows[at][0] + query[1] * self.rows[at][1]), at) for at in ordinals]
            return [(at, -score) for score, at in sorted(scored)[:k]]

        allowed = [at for at in self.rows if at >> 3 < len(allow) and allow[at >> 3] >> (at & 7) & 1]
        for found, expected in (
            (self.index.search(query, k), best(self.rows)),
            (self.index.search(query, k, allow=allow), best(allowed)),
        ):
            got = list(zip(found.ordinals, found.scores, strict=True))
            assert [score for _, score in got] == pytest.approx(
                [score for _, score in expected], rel=1e-6, abs=1e-3
            )
            assert [at for at, _ in got] == [at for at, _ in expected]

    @invariant()
    def same_length(self):
        assert len(self.index) == len(self.rows)

    def teardown(self):
        if hasattr(self, "index"):
            self.index.close()


class AgainstADictScalar(AgainstADict):
    build = "scalar"


TestAgainstADict = AgainstADict.TestCase
TestAgainstADict.settings = settings(max_examples=40, stateful_step_count=25)
TestAgainstADictScalar = AgainstADictScalar.TestCase
TestAgainstADictScalar.settings = settings(max_examples=20, stateful_step_count=25)
