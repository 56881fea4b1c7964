from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.errors import InputError
from pramana.text.json_input import MAX_NESTING, parse_json

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.sampled_from('a"\\[]{}\n')),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.sampled_from('"\\[{')), inner),
    max_leaves=30,
)


@given(values, st.booleans())
def test_it_parses_what_json_parses(value: Any, ascii: bool) -> None:
    assert parse_json(json.dumps([value], ensure_ascii=ascii), "x") == [value]


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"]": ', '["\\\\", '])
def test_what_would_overflow_a_parser_is_refused(opening: str) -> None:
    with pytest.raises(InputError, match="nested deeper"):
        parse_json(opening * 100_000, "x")


def test_the_bound_is_exact_and_brackets_in_strings_do_not_count() -> None:
    deep = "[" * MAX_NESTING + "]" * MAX_NESTING
    assert parse_json(deep, "x") == json.loads(deep)
    with pytest.raises(InputError):
        parse_json(f"[{deep}]", "x")
    text = json.dumps(["[{" * 1000, '\\"[[' * 200])
    assert parse_json(text, "x") == json.loads(text)
    assert len(parse_json("[" + "[],{}," * 5000 + "1]", "x")) == 10_001


@pytest.mark.parametrize("text", ["", "{", "nul", "[1,]", '"' + "[" * 200, "[" * 90])
def test_what_is_not_json_is_named(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_json(text, "params")
    assert caught.value.details == {"field": "params"}
