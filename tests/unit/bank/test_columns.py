from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.bank.columns import Columns
from pramana.bank.packing import pack, unpack
from pramana.errors import CorruptError
from pramana.text.normalise import normalise

ids = st.sampled_from([f"p{n}" for n in range(9)])
records = st.fixed_dictionaries(
    {
        "id": ids,
        "namespace": st.sampled_from(["default", "other"]),
        "task_category": st.sampled_from(["a", "b", "c"]),
        "tags": st.lists(st.sampled_from(["x", "y", "z"]), unique=True, max_size=3),
        "task_description": st.sampled_from(["One", "one", "two", "three"]),
        "created_ms": st.integers(1, 6),
        "updated": st.just("0000000000007-0000-aa"),
        "success_score": st.sampled_from([0.0, 0.5, 1.0]),
        "status": st.sampled_from(["active", "active", "superseded"]),
    }
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), records, st.booleans()),
        st.tuples(st.just("remove"), ids),
        st.tuples(st.just("evidence"), ids, st.integers(0, 3), st.integers(0, 3), st.integers(1, 50)),
    ),
    max_size=25,
)
RECIPE = {"layout": 1}


def play(script: list[Any]) -> tuple[Columns, dict[str, dict[str, Any]]]:
    """Columns after the steps, and what a dict of dicts has to say about them."""
    columns, model = Columns(), {}
    for step in script:
        if step[0] == "put":
            counts = model.get(step[1]["id"], {}).get("counts", (0, 0, 0))
            columns.put(step[1], has_vector=step[2])
            model[step[1]["id"]] = {**step[1], "vector": step[2], "counts": counts}
        elif step[0] == "remove":
            columns.remove(step[1])
            model.pop(step[1], None)
        elif step[1] in model:
            columns.set_evidence(step[1], {"d": [step[2], 0, 1, step[4]], "e": [0, step[3], 1, 1]})
            model[step[1]]["counts"] = (step[2], step[3], step[4])
    return columns, model


def agree(columns: Columns, model: dict[str, dict[str, Any]]) -> None:
    assert set(columns.ordinal_of) == set(model)
    assert sorted(columns.ordinal_of.values()) == sorted(set(columns.ordinal_of.values()))
    for pid, record in model.items():
        ordinal = columns.ordinal_of[pid]
        good, bad, last = record["counts"]
        assert columns.ids[ordinal] == pid
        assert columns.success_score[ordinal] == record["success_score"]
        assert columns.reliability[ordinal] == pytest.approx(
            (2 * record["success_score"] + good) / (2 + good + bad)
        )
        assert columns.touched_ms[ordinal] == max(7, last)
        assert (ordinal in columns.without_vector) == (not record["vector"])
        same = {
            p
            for p, r in model.items()
            if normalise(r["task_description"]) == normalise(record["task_description"])
        }
        assert {columns.ids[o] for o in columns.by_text[columns.text_key[ordinal]]} == same
    newest = sorted(model, key=lambda pid: (model[pid]["created_ms"], pid), reverse=True)
    assert [columns.ids[o] for o in columns.newest(columns.allowed(), None, 99)] == newest
    assert set(columns.by_tag) == {tag for record in model.values() for tag in record["tags"]}


@given(steps)
def test_columns_say_what_a_dict_of_records_says(script: list[Any]) -> None:
    agree(*play(script))


@given(steps)
def test_columns_survive_a_snapshot(script: list[Any]) -> None:
    columns, model = play(script)
    columns.deleted = {"gone"}
    data = pack(columns, RECIPE)()
    again = _unpack_now(data)
    assert again is not None
    agree(again, model)
    assert again.deleted == {"gone"}
    again.put(
        {
            "id": "fresh", "namespace": "n", "task_category": "c", "tags": [], "task_description": "t",
            "created_ms": 3, "updated": "", "success_score": 0.5, "status": "active",
        },
        has_vector=True,
    )  # fmt: skip
    assert sorted(again.ordinal_of.values()) == sorted(set(again.ordinal_of.values()))


def _unpack_now(data: bytes, recipe: dict[str, Any] = RECIPE) -> Columns | None:
    coroutine = unpack(data, recipe, _no_pause)
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    raise AssertionError("unpacking waited for something")


async def _no_pause() -> None:
    return


@given(
    script=steps,
    namespace=st.sampled_from([None, "default", "other", "nowhere"]),
    category=st.sampled_from([None, "a", "b", "nowhere"]),
    tags=st.lists(st.sampled_from(["x", "y", "nowhere"]), max_size=2),
    since_ms=st.none() | st.integers(0, 7),
    active=st.booleans(),
    before=st.none() | st.tuples(st.integers(0, 7), ids),
)
def test_filters_let_through_what_matches_all_of_them(
    script: list[Any],
    namespace: str | None,
    category: str | None,
    tags: list[str],
    since_ms: int | None,
    active: bool,
    before: tuple[int, str] | None,
) -> None:
    columns, model = play(script)
    allowed = columns.allowed(
        namespace=namespace, category=category, tags=tuple(tags), since_ms=since_ms, active=active
    )
    expected = {
        pid
        for pid, record in model.items()
        if namespace in (None, record["namespace"])
        and category in (None, record["task_category"])
        and set(tags) <= set(record["tags"])
        and record["created_ms"] >= (since_ms or 0)
        and not (active and record["status"] != "active")
    }
    assert {pid for pid, ordinal in columns.ordinal_of.items() if ordinal in allowed} == expected
    assert allowed.count == len(expected)
    older = sorted(
        (pid for pid in expected if before is None or (model[pid]["created_ms"], pid) < before),
        key=lambda pid: (model[pid]["created_ms"], pid),
        reverse=True,
    )
    assert [columns.ids[o] for o in columns.newest(allowed, before, 3)] == older[:3]


def test_a_snapshot_of_another_recipe_is_not_used() -> None:
    assert _unpack_now(pack(Columns(), RECIPE)(), {"layout": 2}) is None


def test_a_snapshot_keeps_no_name_of_what_was_removed() -> None:
    columns, _ = play([])
    record = {
        "id": "secret-id", "namespace": "secret-space", "task_category": "secret-category",
        "tags": ["secret-tag"], "task_description": "secret text", "created_ms": 1, "updated": "",
        "success_score": 0.5, "status": "active",
    }  # fmt: skip
    columns.put(record, has_vector=True)
    columns.put({**record, "id": "kept", "namespace": "n", "task_category": "c", "tags": []}, has_vector=True)
    columns.remove("secret-id")
    assert b"secret" not in pack(columns, RECIPE)()


@pytest.mark.parametrize("cut", [0, 3, 10, 200, -8, -1])
def test_a_damaged_snapshot_is_corrupt(cut: int) -> None:
    columns, _ = play([("put", {
        "id": "p", "namespace": "n", "task_category": "c", "tags": ["x"], "task_description": "t",
        "created_ms": 3, "updated": "", "success_score": 0.5, "status": "active",
    }, True)])  # fmt: skip
    with pytest.raises(CorruptError):
        _unpack_now(pack(columns, RECIPE)()[:cut])


def test_a_rare_category_among_many_is_listed_newest_first() -> None:
    columns = Columns()
    for n in range(3000):
        columns.put(
            {
                "id": f"{n:05}", "namespace": "d", "task_category": "rare" if n % 1000 == 5 else "usual",
                "tags": [], "task_description": f"t{n}", "created_ms": n, "updated": "",
                "success_score": 0.5, "status": "active",
            },
            has_vector=True,
        )  # fmt: skip
    rare = columns.allowed(category="rare")
    assert [columns.ids[o] for o in columns.newest(rare, None, 9)] == ["02005", "01005", "00005"]
    usual = columns.allowed(category="usual")
    assert [columns.ids[o] for o in columns.newest(usual, (2006, "02006"), 2)] == ["02004", "02003"]
    assert usual.count == 2997
