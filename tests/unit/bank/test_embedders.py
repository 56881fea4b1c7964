from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.bank.embedders import Embedders, Named, Slot
from pramana.errors import CorruptError, EmbedderMismatchError
from tests.unit.bank.banks import WordEmbedder

BARE = 12
entries = st.dictionaries(st.integers(0, 2**32 - 1), st.binary(max_size=24), max_size=3)


@given(
    st.one_of(
        entries.filter(bool), st.builds(lambda bare: {0: bare}, st.binary(min_size=BARE, max_size=BARE))
    )
)
def test_a_rows_vectors_come_back_whatever_their_sizes(given: dict[int, bytes]) -> None:
    slot = Slot(0, BARE)
    assert slot.entries(slot.joined(given)) == given


def test_the_first_embedders_vector_alone_is_kept_bare_and_what_is_as_long_is_not_taken_for_it() -> None:
    bare = bytes(range(BARE))
    assert Slot(0, BARE).blob(bare) == bare
    as_long = Slot(1, BARE).blob(bytes(BARE - 8))
    assert as_long is not None
    assert len(as_long) == BARE + 1
    assert Slot(0, BARE).vector(as_long) is None
    assert Slot(1, BARE).vector(as_long) == bytes(BARE - 8)


def test_a_text_that_an_embedder_does_not_know_is_told_from_one_that_it_was_not_asked() -> None:
    slot = Slot(1, BARE)
    blob = slot.joined({0: bytes(BARE), 1: b""})
    assert slot.vector(blob) is None
    assert 1 in slot.entries(blob)
    assert slot.vector(None) is None
    assert slot.blob(None) is None


@pytest.mark.parametrize("cut", range(1, 15))
def test_cut_vectors_are_refused(cut: int) -> None:
    blob = Slot(0, BARE).joined({1: bytes(2), 2: bytes(20)})
    if len(blob) - cut in (BARE, 10, 11):
        return  # whole again: the first of the two, or one as long as a bare vector
    with pytest.raises(CorruptError):
        Slot(0, BARE).entries(blob[:-cut])


def test_numbers_are_never_used_again() -> None:
    first = Embedders(64, Named(0, "words@1", 64))
    one = first.bringing(WordEmbedder(id="b"))
    assert one.coming == Named(1, "b", 64)
    assert one.bringing(WordEmbedder(id="b")) is one
    given_up = one.staying()
    two = given_up.bringing(WordEmbedder(id="c", dim=8))
    assert two.coming == Named(2, "c", 8)
    after = two.switched()
    assert (after.in_force, after.coming) == (two.coming, None)
    assert after.bringing(WordEmbedder(id="words@1")).coming == Named(3, "words@1", 64)
    assert after.bare_dim == 64


def test_what_a_database_says_comes_back() -> None:
    said = Embedders(64, Named(1, "b", 8)).bringing(WordEmbedder(id="c", dim=3))
    body = said.row("0000000000001-0000-ab").body
    assert body is not None
    assert Embedders.of_body(body) == said


def test_another_embedder_is_refused() -> None:
    Named(4, "words@1", 64).check(WordEmbedder())
    for other in (WordEmbedder(id="b"), WordEmbedder(dim=8)):
        with pytest.raises(EmbedderMismatchError):
            Named(4, "words@1", 64).check(other)
