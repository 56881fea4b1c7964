from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pramana.index.ordinals import SPARSE, Ordinals, OrdinalSet, members_of, to_bitmap

ordinals = st.integers(0, 3000)
changes = st.lists(st.tuples(st.booleans(), ordinals), max_size=60)


@given(start=st.sets(ordinals, max_size=600), changes=changes)
def test_an_ordinal_set_behaves_like_a_set(start: set[int], changes: list[tuple[bool, int]]) -> None:
    mine, model = OrdinalSet.of(start), set(start)
    for add, ordinal in changes:
        (mine.add if add else mine.discard)(ordinal)
        (model.add if add else model.discard)(ordinal)
        assert (ordinal in mine) == (ordinal in model)
    assert list(mine) == sorted(model)
    assert len(mine) == len(model)
    assert list(members_of(mine.bitmap())) == sorted(model)
    assert mine.bits() == sum(1 << ordinal for ordinal in model)


def test_growing_past_the_sparse_form_keeps_every_member() -> None:
    mine = OrdinalSet()
    for ordinal in range(0, 3 * SPARSE, 3):
        mine.add(ordinal)
        mine.add(ordinal)
    assert list(mine) == list(range(0, 3 * SPARSE, 3))
    assert len(mine) == SPARSE
    mine.add(1)
    assert len(mine) == SPARSE + 1
    assert 1 in mine
    assert 2 not in mine
    assert 10**6 not in mine


@given(members=st.sets(ordinals, max_size=50))
def test_a_bitmap_has_the_bits_of_the_kernel_abi(members: set[int]) -> None:
    bitmap = to_bitmap(members)
    assert {o for o in range(3001) if o >> 3 < len(bitmap) and bitmap[o >> 3] >> (o & 7) & 1} == members


def test_ordinals_are_dense_and_reused() -> None:
    numbers = Ordinals()
    assert [numbers.take() for _ in range(4)] == [0, 1, 2, 3]
    numbers.give_back(2)
    numbers.give_back(0)
    assert {numbers.take(), numbers.take()} == {0, 2}
    assert numbers.take() == 4
    assert numbers.capacity == 5
    assert Ordinals(5, [3, 1]).take() == 1
