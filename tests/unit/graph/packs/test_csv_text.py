"""What a CSV comes to, line by line."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.errors import InputError
from pramana.graph.packs import lines
from pramana.graph.packs.csv_text import CsvText
from pramana.graph.packs.lines import Lines

HEADER = "subject,predicate,object,negated,confidence,source,valid_from_ms,valid_to_ms\n"


def read(text: str) -> list[tuple[Any, ...]]:
    """(line, subject, predicate, object, the rest) of facts, (line, reason) of what is none."""
    found = []
    for number, fields, reason in CsvText(text):
        rest = {k: v for k, v in fields.items() if k not in ("subject", "predicate", "object")}
        found.append(
            (number, reason)
            if reason
            else (number, fields["subject"], fields["predicate"], fields["object"], rest)
        )
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("subject,predicate,object\na,b,c\n", [(2, "a", "b", "c", {})]),
        ("subject,predicate,object\r\na,b,c\r\nd,e,f", [(2, "a", "b", "c", {}), (3, "d", "e", "f", {})]),
        ("subject,predicate,object\ra,b,c\r", [(2, "a", "b", "c", {})]),
        ("object, subject ,predicate\nc,a,b\n", [(2, "a", "b", "c", {})]),
        ('subject,predicate,object\n"a, ""b""","c","d\ne"\nf,g,h\n',
         [(2, 'a, "b"', "c", "d\ne", {}), (4, "f", "g", "h", {})]),
        ("subject,predicate,object\n\na,b,c\n\n\nd,e,f\n", [(3, "a", "b", "c", {}), (6, "d", "e", "f", {})]),
        ("# by hand\n\n# name: n\nsubject,predicate,object\n# a,b,c\n", [(5, "# a", "b", "c", {})]),
        (HEADER + "a,b,c,,,,,\n", [(2, "a", "b", "c", {})]),
        (HEADER + "a,b,c,TRUE,.5,s,-3, 4\n",
         [(2, "a", "b", "c", {"negated": True, "confidence": 0.5, "source": "s", "valid_from_ms": -3,
                              "valid_to_ms": 4})]),
        (HEADER + "a,b,c,false,1e-3,,,\n", [(2, "a", "b", "c", {"negated": False, "confidence": 0.001})]),
        ("subject,predicate,object\n", []),
    ],
)  # fmt: skip
def test_rows_are_facts(text: str, expected: list[Any]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,b", "the header has 8 columns, and this row 2"),
        ("a,b,c,,,,,,", "the header has 8 columns, and this row 9"),
        ("a,b,c,yes,,,,", "negated must be true or false, or empty; got 'yes'"),
        ("a,b,c,,high,,,", "confidence must be a decimal number, or empty; got 'high'"),
        ("a,b,c,,nan,,,", "confidence must be a decimal number, or empty; got 'nan'"),
        ("a,b,c,,,,1.5,", "valid_from_ms must be a whole number of milliseconds, or empty; got '1.5'"),
        ("a,b,c,,,,,soon", "valid_to_ms must be a whole number of milliseconds, or empty; got 'soon'"),
        ('"a"b,c,d,,,,,', "this is not CSV: ',' expected after '\"'"),
    ],
)
def test_a_row_that_is_no_fact_says_why_and_the_next_is_read(row: str, reason: str) -> None:
    assert read(f"{HEADER}{row}\na,b,c,,,,,\n") == [(2, reason), (3, "a", "b", "c", {})]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "a header row"),
        ("# name: n\n\n", 2, "a header row"),
        ("a,b,c\n", 1, "unknown columns 'a', 'b', 'c'; "),
        ("# x\nsubject,predicate,object,sauce\n", 2, "unknown columns 'sauce'; did you mean 'source'"),
        ("subject,predicate\n", 1, "the header lacks object"),
        ("subject,predicate,object,object\n", 1, "a column is named twice"),
        ('subject,"predicate\n', 1, "this is not CSV"),
    ],
)
def test_a_header_that_is_none_is_refused(text: str, line: int, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        CsvText(text)
    assert caught.value.details["line"] == line
    assert caught.value.details["reason"].startswith(reason)
    assert str(caught.value).startswith(f"line {line}: ")


def test_comments_before_the_header_describe_the_pack() -> None:
    read = CsvText(
        "# name: web security\n#licence:CC0-1.0\r\n# about: nothing\n# version : 2: b\n# source:\n"
        "subject,predicate,object\n# name: x,b,c\n"
    )
    assert read.about == {"name": "web security", "licence": "CC0-1.0", "version": "2: b", "source": ""}


@pytest.mark.parametrize("more", ["", "z,z,z\n" * 30_000])
def test_after_a_quote_that_is_not_closed_the_lines_that_it_took_in_are_read(more: str) -> None:
    found = read(f'subject,predicate,object\na,"b,c\nd,e,f\ng,h,i\n{more}')
    assert found[0][0] == 2
    assert found[0][1].startswith("this is not CSV: ")
    assert found[1:3] == [(3, "d", "e", "f", {}), (4, "g", "h", "i", {})]
    assert len(found) == 3 + more.count("\n")


def test_a_record_may_be_as_long_as_a_line_may_be_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pramana.graph.packs.csv_text.MAX_LINE", 40)
    assert len("subject,predicate,object\n") < 40
    assert read(f"subject,predicate,object\na,b,{'c' * 35}\n")[0][0:2] == (2, "a")
    assert "more than 40 characters" in read(f"subject,predicate,object\na,b,{'c' * 36}\n")[0][1]
    assert lines.MAX_LINE >= 8 * 4_000


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)


@given(st.lists(st.tuples(cells, cells, cells), max_size=8), st.sampled_from(["\r\n", "\n"]))
def test_what_the_csv_module_writes_is_read(rows: list[tuple[str, str, str]], end: str) -> None:
    # A row whose first cell is blank and unquoted is no blank line: the writer quotes it.
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    assert [fact[1:4] for fact in read("subject,predicate,object\n" + written.getvalue())] == rows


@given(st.text("ab\r\n", max_size=30))
def test_lines_are_those_of_the_text(text: str) -> None:
    found = Lines(text)
    listed = list(found)
    assert listed == io.StringIO(text, newline="").readlines()
    assert found.number == len(listed)
