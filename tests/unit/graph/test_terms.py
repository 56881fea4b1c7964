from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pramana.errors import InputError
from pramana.graph.terms import Terms
from pramana.text.terms import key_of, spelled


def test_a_term_has_one_number_however_it_is_spelled_and_is_shown_as_it_was_first() -> None:
    terms = Terms()
    assert terms.intern("Alan Turing") == terms.intern("ALAN TURING") == terms.intern("alan turing") == 0
    assert terms.id_of("aLaN tUrInG") == 0
    assert terms.name(0) == "Alan Turing"
    assert len(terms) == 1


def test_an_iri_is_itself_alone() -> None:
    terms = Terms()
    assert terms.intern("http://example.org/A") != terms.intern("http://example.org/a")


def test_asking_for_a_term_does_not_number_it() -> None:
    terms = Terms()
    assert terms.id_of("nothing") is None
    assert len(terms) == 0


@given(
    st.lists(
        st.one_of(
            st.text("aAßİſK:/ .", min_size=1, max_size=6), st.text(min_size=1, max_size=4), st.just("ſ://A")
        ),
        max_size=30,
    )
)
def test_numbers_are_dense_in_the_order_of_first_mention_and_go_by_the_key(texts: list[str]) -> None:
    terms, seen = Terms(), {}
    for text in texts:
        try:
            term = spelled(text)
        except InputError:
            continue
        expected = seen.setdefault(key_of(term), (len(seen), term))
        assert terms.id_of(term) == (expected[0] if expected[0] < len(terms) else None)
        assert terms.intern(term) == expected[0]
        assert terms.id_of(term) == expected[0]
        assert terms.name(expected[0]) == expected[1]
    assert len(terms) == len(seen)
