"""The hash chain: what it accepts, and that it notices any change, gap or swap."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.errors import CorruptError
from pramana.ports import Entry, Op, StoreState
from pramana.store.journal import (
    GENESIS,
    advance,
    entry_from_dict,
    entry_to_dict,
    ops_from_json,
    ops_to_json,
    seal,
    verify,
)

EMPTY = StoreState(1, 0, 0, GENESIS, "0badcafe", 0)

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
hashes = st.none() | st.binary(min_size=32, max_size=32).map(bytes.hex)
ops = st.builds(Op, texts, texts, st.sampled_from(["put", "delete", "purge"]), hashes)
commits = st.lists(st.lists(ops, max_size=3), min_size=1, max_size=6)


def chain(commits, state=EMPTY) -> tuple[list[Entry], StoreState]:
    entries = []
    for number, commit in enumerate(commits):
        entries.append(seal(state, commit, hlc=f"{number:013d}-0000-0badcafe", request_id=f"r{number}"))
        state = advance(state, entries[-1:])
    return entries, state


@given(commits)
def test_a_sealed_chain_verifies_whole_and_in_parts(commits):
    entries, head = chain(commits)
    verify(entries, head=head)
    for cut in range(len(entries) + 1):
        verify(entries[:cut])
        before = entries[cut - 1] if cut else None
        verify(entries[cut:], before.hash if before else GENESIS, cut, head=head)


@given(commits)
def test_entries_survive_json(commits):
    for entry in chain(commits)[0]:
        assert entry_from_dict(entry_to_dict(entry)) == entry
        assert ops_from_json(ops_to_json(entry.ops), entry.seq) == entry.ops


@given(commits, st.data())
def test_any_flipped_bit_is_found(commits, data):
    entries, head = chain(commits)
    index = data.draw(st.integers(0, len(entries) - 1))
    name = data.draw(st.sampled_from([field.name for field in fields(Entry)]))
    entry = entries[index]
    if name == "ops":
        stored = bytearray(ops_to_json(entry.ops))
        stored[data.draw(st.integers(0, len(stored) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        try:
            changed = replace(entry, ops=ops_from_json(bytes(stored), entry.seq))
        except CorruptError:
            return
    elif isinstance(value := getattr(entry, name), int):
        changed = replace(entry, **{name: value ^ 1 << data.draw(st.integers(0, 20))})
    else:
        flipped = bytearray(value.encode("utf-32-le"))
        position = data.draw(st.integers(0, len(value) - 1)) * 4
        flipped[position] ^= 1 << data.draw(st.integers(0, 6))
        changed = replace(entry, **{name: flipped.decode("utf-32-le", "replace")})
    entries[index] = changed
    with pytest.raises(CorruptError) as caught:
        verify(entries, head=head)
    assert caught.value.details["seq"] in (index + 1, index + 2)


@given(st.lists(st.lists(ops, min_size=1, max_size=2), min_size=2, max_size=6), st.data())
def test_missing_and_reordered_entries_are_found(commits, data):
    entries, head = chain(commits)
    gone = data.draw(st.integers(0, len(entries) - 1))
    with pytest.raises(CorruptError) as caught:
        verify(entries[:gone] + entries[gone + 1 :], head=head)
    assert caught.value.details["seq"] == gone + 1
    first, second = sorted(data.draw(st.permutations(range(len(entries))))[:2])
    entries[first], entries[second] = entries[second], entries[first]
    with pytest.raises(CorruptError) as caught:
        verify(entries, head=head)
    assert caught.value.details["seq"] == first + 1


def test_a_cut_tail_is_found_only_with_the_head():
    entries, head = chain([[Op("pattern", "x", "put", "00" * 32)]] * 3)
    verify(entries[:2])
    with pytest.raises(CorruptError, match="ends at entry 2, its head is entry 3"):
        verify(entries[:2], head=head)
    with pytest.raises(CorruptError) as caught:
        verify(entries, head=replace(head, head_hash="f" * 64))
    assert caught.value.details["seq"] == 3


def test_a_chain_resealed_behind_a_change_does_not_reach_the_head():
    entries, head = chain([[Op("pattern", "x", "put", "00" * 32)]] * 3)
    forged, _ = chain([[Op("pattern", "x", "put", "11" * 32)]] * 3)
    verify(forged)
    with pytest.raises(CorruptError):
        verify(forged, head=head)
    with pytest.raises(CorruptError):
        verify([entries[0], *forged[1:]])


def test_the_hash_is_shake_256_of_the_other_fields():
    entry = seal(EMPTY, [Op("pattern", "x", "put", "ab" * 32)], hlc="h", request_id="r")
    op = f'{{"body_hash":"{"ab" * 32}","id":"x","kind":"pattern","op":"put"}}'
    text = (
        f'{{"device":"0badcafe","device_seq":1,"epoch":0,"hlc":"h","ops":[{op}],'
        f'"prev":"{GENESIS}","request_id":"r","seq":1}}'
    )
    assert entry.hash == hashlib.shake_256(text.encode()).hexdigest(32)


def test_a_chain_that_does_not_count_from_one_is_found():
    entries, _ = chain([[], []], replace(EMPTY, head_seq=5))
    with pytest.raises(CorruptError, match="entry 1 is missing: found 6") as caught:
        verify(entries)
    assert caught.value.details["seq"] == 1


def test_advance_counts_only_its_own_device():
    foreign = replace(seal(EMPTY, [], hlc="h"), device="ffffffff", device_seq=70)
    assert advance(EMPTY, [foreign]).device_seq == 0
    assert advance(EMPTY, [foreign]).head_seq == 1
    assert advance(EMPTY, []) is EMPTY


@pytest.mark.parametrize(
    "damage",
    [
        {"seq": "1"},
        {"seq": True},
        {"hash": None},
        {"ops": [{"kind": "p"}]},
        {"ops": 7},
        {"ops": [{"kind": "p", "id": 1, "op": "put", "body_hash": None}]},
    ],
)
def test_an_entry_of_the_wrong_shape_is_corrupt(damage):
    record = entry_to_dict(seal(EMPTY, [], hlc="h"))
    with pytest.raises(CorruptError):
        entry_from_dict({**record, **damage})
    del record["prev"]
    with pytest.raises(CorruptError):
        entry_from_dict(record)


@pytest.mark.parametrize("text", [b"", b"{}x", b"[1]", b'["abcd"]', b"\xff\xfe", b'[["k","i","put"]]', b"7"])
def test_ops_of_the_wrong_shape_are_corrupt(text):
    with pytest.raises(CorruptError) as caught:
        ops_from_json(text, 5)
    assert caught.value.details["seq"] == 5


def test_a_lone_surrogate_cannot_be_sealed():
    with pytest.raises(ValueError, match="surrogates"):
        seal(EMPTY, [Op("pattern", "\ud800", "put", None)], hlc="h")
