from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.bank import validate
from pramana.errors import InputError
from pramana.protocol import LIMITS
from pramana.records import Pattern, canonical

TASK = {"task_description": "do it"}
deep: Any = {}
for _ in range(100):
    deep = {"a": deep}
looped: dict[str, Any] = {}
looped["self"] = looped
wide: Any = [1]
for _ in range(40):
    wide = [wide, wide]  # shares its parts: 2**40 values when written out

REFUSED = [
    ("task_description", ""),
    ("task_description", " \n\t"),
    ("task_description", None),
    ("task_description", b"bytes"),
    ("task_description", 7),
    ("task_description", "x" * (LIMITS["max_task_chars"] + 1)),
    ("task_description", "half a pair: \ud83d"),
    ("title", "x" * (LIMITS["max_task_chars"] + 1)),
    ("title", ["a"]),
    ("strategy", "x" * (LIMITS["max_text_chars"] + 1)),
    ("description", "\udc00"),
    ("content", 1.5),
    ("task_category", ""),
    ("task_category", "  "),
    ("task_category", "x" * (LIMITS["max_name_chars"] + 1)),
    ("namespace", None),
    ("namespace", ""),
    ("success_score", -0.001),
    ("success_score", 1.001),
    ("success_score", float("nan")),
    ("success_score", float("inf")),
    ("success_score", True),
    ("success_score", "0.5"),
    ("success_score", None),
    ("tags", "http"),
    ("tags", {"a": 1}),
    ("tags", [1]),
    ("tags", [""]),
    ("tags", ["x" * (LIMITS["max_tag_chars"] + 1)]),
    ("tags", [str(n) for n in range(10_000)]),
    ("tags", (str(n) for n in range(10_000))),
    ("tags", ["\ud800"]),
    ("tags", None),
    ("source", "t1"),
    ("source", [None]),
    ("metadata", [1]),
    ("metadata", None),
    ("metadata", {1: "a"}),
    ("metadata", {"a": {2: "b"}}),
    ("metadata", {"a": float("nan")}),
    ("metadata", {"a": [float("inf")]}),
    ("metadata", {"a": {"b": object()}}),
    ("metadata", {"a": b"x"}),
    ("metadata", {"a": "\ud800"}),
    ("metadata", {"\ud800": 1}),
    ("metadata", {"a": "x" * LIMITS["max_metadata_bytes"]}),
    ("metadata", {"a": 10**5000}),
    ("metadata", deep),
    ("metadata", looped),
    ("metadata", {"a": wide}),
    ("created_ms", -1),
    ("created_ms", 1.0),
    ("created_ms", True),
    ("created_ms", 2**53),
    ("created_ms", "2026-01-01"),
    pytest.param("created_ms", 10**5000, id="created_ms-huge"),
    ("id", "mine"),
    ("usage_count", 3),
    ("status", "deleted"),
    ("task", "do it"),
]


@pytest.mark.parametrize(("field", "value"), REFUSED)
def test_what_is_refused_is_named_and_so_is_what_is_accepted(field: str, value: Any) -> None:
    with pytest.raises(InputError) as caught:
        validate.fields_of({**TASK, field: value}, index=4)
    assert caught.value.details["field"] == field
    assert caught.value.details["index"] == 4
    assert caught.value.details["accepted"]
    assert str(caught.value).startswith((f"patterns[4].{field} ", f"patterns[4]: unknown field {field!r};"))
    assert len(str(caught.value)) < 400
    json.dumps(caught.value.details)
    with pytest.raises(InputError) as caught:
        validate.fields_of({**TASK, field: value})
    assert "index" not in caught.value.details


FIELDS = ", ".join(validate.STORED_FIELDS)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"task_descripton": "x"}, "unknown field 'task_descripton'; did you mean 'task_description'?"),
        ({"taskDescription": "x"}, "unknown field 'taskDescription'; did you mean 'task_description'?"),
        ({"task": "x"}, "unknown field 'task'; did you mean 'task_description'?"),
        ({**TASK, "score": 1}, "unknown field 'score'; did you mean 'success_score'?"),
        ({**TASK, "mood": 1}, f"unknown field 'mood'; the fields are {FIELDS}"),
        ({**TASK, "q" * 90: 1}, f"unknown field '{'q' * 59}…'; the fields are {FIELDS}"),
        ({**TASK, 5: 1}, f"unknown field '5'; the fields are {FIELDS}"),
        ({}, "task_description is required"),
        (["x"], "a pattern must be an object with at least task_description; got a list"),
        ({"task_description": " "}, "task_description must not be empty or blank"),
        ({"task_description": None}, "task_description must be text; got nothing (null)"),
        ({"task_description": 7}, "task_description must be text; got 7"),
        ({"task_description": b"x"}, "task_description must be text; got bytes"),
        ({**TASK, "title": "x" * 10_001}, "title must be at most 10,000 characters; got 10,001"),
        ({**TASK, "title": {}}, "title must be text; got an object"),
        (
            {**TASK, "tags": [1]},
            "tags must be a list of at most 64 strings of 1 to 100 characters; got 1 at place 0",
        ),
        (
            {**TASK, "tags": ["a", ""]},
            "tags must be a list of at most 64 strings of 1 to 100 characters; got an empty text at place 1",
        ),
        (
            {**TASK, "tags": "http"},
            "tags must be a list of at most 64 strings of 1 to 100 characters; got the text 'http'",
        ),
        ({**TASK, "success_score": None}, "success_score must be a number from 0 to 1; got nothing (null)"),
        (
            {**TASK, "success_score": float("nan")},
            "success_score must be a number from 0 to 1; got NaN, which is not a number",
        ),
        ({**TASK, "success_score": True}, "success_score must be a number from 0 to 1; got true"),
        (
            {**TASK, "success_score": "y" * 90},
            f"success_score must be a number from 0 to 1; got the text '{'y' * 59}…'",
        ),
        ({**TASK, "metadata": []}, "metadata must be a JSON object; got an empty list"),
        (
            {**TASK, "metadata": {"a": float("inf")}},
            "metadata must be a JSON object; got one that holds an infinite number",
        ),
        (
            {**TASK, "metadata": {1: 2}},
            "metadata must be a JSON object; got one with a key that is not text: 1",
        ),
    ],
)
def test_messages_say_what_is_accepted_and_what_came(given: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        validate.fields_of(given)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("pid", "message"),
    [
        ("", "id must not be empty"),
        (None, "id must be text; got nothing (null)"),
        (["a"], "id must be text; got a list"),
    ],
)
def test_an_id_is_a_text(pid: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        validate.check_id(pid)
    assert str(caught.value) == message
    assert caught.value.details["field"] == "id"


@pytest.mark.parametrize("given", [None, "text", ["task_description"], 3])
def test_a_pattern_is_an_object(given: Any) -> None:
    with pytest.raises(InputError) as caught:
        validate.fields_of(given, index=0)
    assert caught.value.details["index"] == 0


def test_the_task_is_required_but_for_an_update_which_needs_something() -> None:
    with pytest.raises(InputError, match="task_description"):
        validate.fields_of({"strategy": "x"})
    assert validate.fields_of({"strategy": "x"}, partial=True) == {"strategy": "x"}
    with pytest.raises(InputError, match=r"^update needs at least one field$"):
        validate.fields_of({}, partial=True)


def test_a_name_that_is_no_string_is_refused_too() -> None:
    with pytest.raises(InputError):
        validate.fields_of({**TASK, 5: "x"})


def test_limits_are_inclusive_and_values_come_back_as_they_went_in() -> None:
    given = {
        "task_description": "x" * LIMITS["max_task_chars"],
        "task_category": "y" * LIMITS["max_name_chars"],
        "content": "\0" + "z" * (LIMITS["max_text_chars"] - 1),
        "success_score": 1,
        "tags": [f"{n}" for n in range(LIMITS["max_tags"])],
        "metadata": {"nested": [{"a": None, "b": (1, 2.5, True)}], "日本": "😀"},
        "created_ms": 2**53 - 1,
        "source": ["t1", "t2"],
    }
    fields = validate.fields_of(given)
    assert fields["metadata"] == {"nested": [{"a": None, "b": [1, 2.5, True]}], "日本": "😀"}
    assert fields["success_score"] == 1.0
    assert isinstance(fields["success_score"], float)
    assert fields["tags"] == tuple(given["tags"])  # type: ignore[arg-type]
    Pattern(id="x", **fields).body()


def test_tags_lose_repetitions_and_keep_their_order() -> None:
    assert validate.fields_of({**TASK, "tags": ["b", "a", "b", "c", "a"]})["tags"] == ("b", "a", "c")


def test_metadata_is_a_copy() -> None:
    mine = {"a": [1]}
    fields = validate.fields_of({**TASK, "metadata": mine})
    mine["a"].append(2)
    assert fields["metadata"] == {"a": [1]}


texts = st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(texts, json_values, max_size=5))
def test_any_json_object_is_metadata_and_survives_its_storage(metadata: dict[str, Any]) -> None:
    stored = validate.fields_of({**TASK, "metadata": metadata})["metadata"]
    assert stored == metadata
    assert json.loads(canonical(stored)) == metadata


@pytest.mark.parametrize("ids", ["abc", None, {"a": 1}, [1], [""], ["x" * 201], ["\ud800"]])
def test_ids_are_a_list_of_strings(ids: Any) -> None:
    with pytest.raises(InputError) as caught:
        validate.check_ids(ids)
    assert caught.value.details["field"] == "ids"


QUERY: dict[str, Any] = {
    "task": "x",
    "k": 1,
    "category": None,
    "namespace": None,
    "tags": None,
    "since_ms": None,
    "min_similarity": None,
    "prefer_category": None,
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("task", ""),
        ("task", None),
        ("task", "\ud800"),
        ("task", "x" * (LIMITS["max_text_chars"] + 1)),
        ("k", 0),
        ("k", 1001),
        ("k", True),
        ("k", 2.0),
        ("category", 3),
        ("namespace", ""),
        ("prefer_category", []),
        ("tags", "a"),
        ("since_ms", -1),
        ("since_ms", 1.5),
        ("min_similarity", 1.1),
        ("min_similarity", float("nan")),
        ("min_similarity", "0.5"),
    ],
)
def test_a_question_is_checked(field: str, value: Any) -> None:
    with pytest.raises(InputError) as caught:
        validate.check_query(**{**QUERY, field: value})
    assert caught.value.details["field"] == field


@given(created_ms=st.integers(0, 2**53 - 1), pid=st.text(min_size=1, max_size=60))
def test_a_cursor_comes_back(created_ms: int, pid: str) -> None:
    assert validate.check_cursor(validate.cursor_at(created_ms, pid)) == (created_ms, pid)


@pytest.mark.parametrize("cursor", ["", "12", "12:", ":x", "x:y", "-1:x", "٣:x", "9" * 17 + ":x", 5, None])
def test_what_list_did_not_return_is_no_cursor(cursor: Any) -> None:
    with pytest.raises(InputError) as caught:
        validate.check_cursor(cursor)
    assert caught.value.details["field"] == "cursor"
