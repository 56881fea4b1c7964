from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana import records
from pramana.records import (
    Hit,
    HybridClock,
    Page,
    Pattern,
    SystemClock,
    body_hash,
    canonical,
    evidence_body,
    merge_evidence,
    posterior_mean,
    reading_ms,
    uuid7,
)

PATTERN = Pattern(
    id="p1",
    task_description="do",
    tags=("a", "b"),
    metadata={"x": {"y": [1]}},
    source=("t",),
    success_score=0.75,
    updated="0000000000005-0000-dd",
    evidence={"d1": [2, 1, 4, 50], "d2": [0, 1, 1, 70]},
)
counts = st.lists(st.integers(0, 9), min_size=4, max_size=4)
evidences = st.dictionaries(st.sampled_from("abc"), counts)


def test_what_is_derived_from_evidence() -> None:
    assert PATTERN.usage_count == 5
    assert PATTERN.last_used_ms == 70
    assert PATTERN.reliability == pytest.approx((1.5 + 2) / (2 + 2 + 2))
    assert Pattern("p", "t").last_used_ms is None
    assert Pattern("p", "t").reliability == 0.5
    assert posterior_mean(1.0, 0, 0) == 1.0
    assert posterior_mean(0.0, 0, 3) == 0.0


def test_records_survive_json() -> None:
    assert Pattern.from_dict(json.loads(json.dumps(PATTERN.to_dict()))) == PATTERN
    hit = Hit(PATTERN, 0.5, 0.25, {"exact": 1.0}, ("p2",))
    assert Hit.from_dict(json.loads(json.dumps(hit.to_dict()))) == hit
    page = Page((PATTERN,), "5:p1")
    assert Page.from_dict(json.loads(json.dumps(page.to_dict()))) == page


def test_a_dict_of_a_record_shares_nothing_with_it() -> None:
    record = PATTERN.to_dict()
    record["metadata"]["x"]["y"].append(2)
    record["evidence"]["d1"][0] = 99
    assert PATTERN.metadata == {"x": {"y": [1]}}
    assert PATTERN.evidence["d1"][0] == 2


def test_a_body_is_canonical_and_leaves_the_evidence_out() -> None:
    body = json.loads(PATTERN.body())
    assert "evidence" not in body
    assert list(body) == sorted(body)
    assert Pattern.from_dict(body) == Pattern.from_dict({**PATTERN.to_dict(), "evidence": {}})
    other = Pattern.from_dict({**PATTERN.to_dict(), "evidence": {}})
    assert other.body() == PATTERN.body()
    assert json.loads(evidence_body("p1", PATTERN.evidence)) == {"id": "p1", "evidence": PATTERN.evidence}


@given(
    st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=3), st.integers(), max_size=6)
)
def test_equal_values_have_equal_bytes(value: dict[str, int]) -> None:
    shuffled = dict(reversed(value.items()))
    assert canonical(value) == canonical(shuffled)
    assert json.loads(canonical(value)) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {"a": ["\udfff"]}])
def test_what_has_no_canonical_bytes_is_a_value_error(value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical(value)


def test_the_hash_is_256_bits_of_shake_256() -> None:
    assert body_hash(b"") == "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f"


@given(mine=evidences, theirs=evidences, third=evidences)
def test_evidence_merges_like_a_join(mine: Any, theirs: Any, third: Any) -> None:
    assert merge_evidence(mine, theirs) == merge_evidence(theirs, mine)
    assert merge_evidence(mine, mine) == mine
    assert merge_evidence(merge_evidence(mine, theirs), third) == merge_evidence(
        mine, merge_evidence(theirs, third)
    )
    for device, values in mine.items():
        assert all(a >= b for a, b in zip(merge_evidence(mine, theirs)[device], values, strict=True))


@given(st.lists(st.integers(0, 2**48 - 1), min_size=1, max_size=20))
def test_ids_are_uuid7_and_ascend_whatever_the_clock_does(times: list[int]) -> None:
    ids = [uuid7(ms) for ms in times]
    assert ids == sorted(set(ids))
    for pid in ids:
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", pid)


def test_processes_forked_at_one_id_go_on_with_different_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    uuid7(2**47)
    state = records._last_uuid
    ids = set()
    for _ in range(8):
        monkeypatch.setattr(records, "_last_uuid", state)
        ids.add(uuid7(0))
    assert len(ids) == 8


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=20))
def test_clock_readings_ascend_as_text(times: list[int]) -> None:
    clock = HybridClock("dev")
    readings = [clock.read(ms) for ms in times]
    assert readings == sorted(set(readings))
    assert reading_ms(readings[-1]) >= max(times)


def test_a_clock_is_later_than_what_it_saw_and_carries_over() -> None:
    clock = HybridClock("b")
    clock.see("0000000000100-ffff-a")
    assert clock.read(50) == "0000000000101-0000-b"
    clock.see("")
    assert reading_ms("") == 0
    assert HybridClock.later("0000000000007-0000-d", "0000000000005-0000-x") == "0000000000007-0000-d"
    assert HybridClock.later("0000000000007-0000-d", "0000000000009-0002-x") == "0000000000009-0003-d"


def test_the_system_clock_is_in_milliseconds() -> None:
    assert 1_700_000_000_000 < SystemClock().now_ms() < 5_000_000_000_000
