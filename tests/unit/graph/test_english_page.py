"""Every example of docs/english.md is what it says."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from pramana.errors import NotUnderstoodError
from pramana.graph import english
from pramana.graph.extract import CONFIDENCE, extract
from pramana.graph.rule_language import atom_text, rule_text
from pramana.knowledge import Atom

PAGE = Path(__file__).parents[3] / "docs" / "english.md"


def examples(heading: str) -> list[tuple[str, ...]]:
    """The code spans of each row of the table under a heading; of the third column's pattern also its number."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")
    rows = [line for line in rest.partition("\n## ")[0].splitlines() if line.startswith("| `")]
    return [tuple(re.findall(r"`([^`]+)`", row)) for row in rows]


@pytest.mark.parametrize(("sentence", "expected"), examples("Facts") + examples("Rules"))
def test_what_is_told(sentence: str, expected: str) -> None:
    meanings = [one for sentence in english.parse(sentence) for one in sentence.meanings]
    assert " ".join(
        atom_text(one.atom) if isinstance(one, english.Statement) else rule_text(replace(one.rule, sentence=""))
        for one in meanings
    ) == expected  # fmt: skip


@pytest.mark.parametrize("row", examples("Questions"))
def test_what_is_asked(row: tuple[str, ...]) -> None:
    question, expected, *others = row
    asked = english.parse_question(question)
    assert [" ".join(map(atom_text, way)) for way in asked.otherwise] == others
    said = " ".join([*map(atom_text, asked.atoms), *map(rule_text, asked.rules)])
    assert f"{asked.kind} {asked.asked}".strip() + f": {said}" == expected


@pytest.mark.parametrize("row", examples("What is refused"))
def test_what_is_refused(row: tuple[str, ...]) -> None:
    sentence, *offered = row
    with pytest.raises(NotUnderstoodError) as caught:
        english.parse(sentence)
    assert caught.value.details["nearest"] == "".join(offered)


@pytest.mark.parametrize(("text", "pattern", "expected"), examples("Facts out of free text"))
def test_what_is_proposed(text: str, pattern: str, expected: str) -> None:
    found = extract(text)
    said = [atom_text(Atom(one.subject, one.predicate, one.object, one.negated)) for one in found]
    assert {one.pattern for one in found} == {pattern}
    assert " ".join(said) == expected
    assert f"| `{pattern}` {CONFIDENCE[pattern]} |" in PAGE.read_text(encoding="utf-8")


def test_every_pattern_has_an_example() -> None:
    assert {row[1] for row in examples("Facts out of free text")} == set(CONFIDENCE)
    assert len(examples("Facts")) + len(examples("Rules")) == 55
    assert len(examples("Questions")) + len(examples("What is refused")) == 41
