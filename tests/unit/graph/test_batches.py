from __future__ import annotations

import json
import zlib
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.errors import CorruptError
from pramana.graph.batches import MAX_FACTS, Batch, decode, encode, header_of
from pramana.graph.fact_table import ALWAYS, FOREVER, Columns
from pramana.records import canonical

TERMS = ["socrates", "is", "Größe", "a term", "日本"]
facts = st.tuples(
    st.integers(0, 4),
    st.integers(0, 9),
    st.integers(0, 4),
    st.sampled_from([1.0, 0.5, 1e-9]),
    st.integers(0, 1),
    st.sampled_from([ALWAYS, 0, -5, 2**53]),
    st.sampled_from([FOREVER, 7]),
    st.integers(0, 1),
)


def batch_of(rows: list[tuple[int, int, int, float, int, int, int, int]]) -> Batch:
    columns = Columns(
        array("I", [term for row in rows for term in row[:3]]),
        array("d", [row[3] for row in rows]),
        array("I", [row[4] for row in rows]),
        array("q", [row[5] for row in rows]),
        array("q", [row[6] for row in rows]),
        bytes(row[7] for row in rows),
    )
    return Batch("the-id", 1_800_000_000_000, "0001-clock", TERMS, ["one", "two"], columns)


@given(st.lists(facts, min_size=1, max_size=40))
def test_a_batch_comes_back_as_it_was(rows: list[tuple[int, int, int, float, int, int, int, int]]) -> None:
    batch = batch_of(rows)
    assert decode(encode(batch)) == batch


def test_a_whole_batch_of_distinct_terms_comes_back() -> None:
    terms = [f"t{number}" for number in range(3 * MAX_FACTS)]
    triples = array("I", range(3 * MAX_FACTS))
    triples[1::3] = array("I", [2 * place + place % 2 for place in triples[1::3]])
    columns = Columns(
        triples,
        array("d", [0.25]) * MAX_FACTS,
        array("I", bytes(4 * MAX_FACTS)),
        array("q", [ALWAYS]) * MAX_FACTS,
        array("q", [FOREVER]) * MAX_FACTS,
        bytes(MAX_FACTS),
    )
    batch = Batch("id", 1, "", terms, [""], columns)
    assert decode(encode(batch)) == batch


def test_what_is_the_same_for_all_takes_no_column() -> None:
    plain = encode(batch_of([(0, 2, 2, 1.0, 0, ALWAYS, FOREVER, 0)] * 3))
    assert header_of(plain)["columns"] == ["subjects", "predicates", "objects"]
    assert header_of(plain)["id"] == "the-id"
    varied = encode(batch_of([(0, 3, 2, 1.0, 0, ALWAYS, 9, 0), (0, 2, 2, 0.5, 1, 3, FOREVER, 1)]))
    assert header_of(varied)["columns"][3:] == ["sources", "flags", "confidences", "valid_from", "valid_to"]


def test_equal_batches_have_equal_bodies() -> None:
    rows = [(0, 2, 2, 1.0, 0, ALWAYS, FOREVER, 0)]
    assert encode(batch_of(rows)) == encode(batch_of(rows))


def changed(body: bytes, **header: object) -> bytes:
    return canonical(header_of(body) | header) + body[body.index(b"\n") :]


BODY = encode(batch_of([(0, 3, 2, 1.0, 0, ALWAYS, 9, 0), (0, 2, 4, 0.5, 1, 3, FOREVER, 1)]))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}\n",
        b"no header\n" + BODY,
        BODY[:-1],
        BODY.replace(b"\n", b"", 1),
        changed(BODY, format=2),
        changed(BODY, count=1),
        changed(BODY, count=3),
        changed(BODY, terms=6),
        changed(BODY, text_bytes=3),
        changed(BODY, sources=["one"]),
        changed(BODY, columns=["subjects"]),
        changed(BODY, columns=[*header_of(BODY)["columns"], "more"]),
        json.dumps(header_of(BODY)).encode() + b"\n" + zlib.compress(b"\xff" * 60),
    ],
)
def test_a_body_that_was_not_written_so_is_corrupt(body: bytes) -> None:
    with pytest.raises(CorruptError, match="batch of facts"):
        decode(body)


def test_a_flipped_bit_never_makes_other_facts_of_the_columns_and_shows_in_the_header() -> None:
    batch, columns = decode(BODY), BODY.index(b"\n") + 1
    for bit in range(8 * len(BODY)):
        body = bytearray(BODY)
        body[bit >> 3] ^= 1 << (bit & 7)
        try:
            found = decode(bytes(body))
        except CorruptError:
            continue
        # Deflating leaves some bits unused.
        assert (found == batch) is (bit >> 3 >= columns), bit
