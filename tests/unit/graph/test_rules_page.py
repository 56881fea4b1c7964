"""docs/rules.md tells the truth: what it shows is read, and what it says follows is what follows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pramana.errors import RuleError
from pramana.graph.rule_language import ParsedFact, fact_text, parse_program, parse_rule, parse_rules
from pramana.graph.stratify import check_stratified
from pramana.knowledge import Fact, Rule
from tests.unit.graph.naive_prover import prove


@pytest.fixture
def page(root: Path) -> str:
    return (root / "docs" / "rules.md").read_text(encoding="utf-8")


def blocks(page: str) -> list[tuple[str, str]]:
    """The kind and text of each fenced block."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def consequences(text: str) -> list[str]:
    """What follows from a program beside its facts, printed."""
    facts: list[Fact] = []
    rules: list[Rule] = []
    for item in parse_program(text):
        if isinstance(item, ParsedFact):
            one = item.atom
            facts.append(
                Fact(f"{len(facts)}", one.subject, one.predicate, one.object, one.negated, item.confidence)
            )
        else:
            rules.append(item.rule)
    check_stratified(rules)
    proofs = [proof for proof in prove(facts, rules).values() if not proof.last.fact]
    return sorted(fact_text(proof.conclusion, round(proof.confidence, 12)) for proof in proofs)


def test_what_is_said_to_follow_is_what_follows(page: str) -> None:
    shown = blocks(page)
    programs = [place for place, (kind, _) in enumerate(shown) if kind == "rules"]
    assert len(programs) >= 6
    for place in programs:
        kind, follows = shown[place + 1]
        assert kind == "follows"
        expected = [fact_text(item.atom, item.confidence) for item in parse_program(follows)]
        assert consequences(shown[place][1]) == sorted(expected)


def test_what_is_said_to_be_a_circle_is_refused(page: str) -> None:
    [circle] = [text for kind, text in blocks(page) if kind == "circle"]
    with pytest.raises(RuleError) as caught:
        check_stratified(parse_rules(circle))
    assert " → ".join(caught.value.details["cycle"]) in page


def test_a_rule_is_printed_as_shown(page: str) -> None:
    shown = dict(blocks(page))
    assert parse_rule(shown["rule"]).text == shown["printed"].strip()


def test_what_is_said_to_be_refused_is_for_the_reason_given(page: str) -> None:
    rows = re.findall(r"^\| `(.*?)` \| (.*) \|$", page, re.MULTILINE)
    assert len(rows) >= 10
    for text, reason in rows:
        with pytest.raises(RuleError) as caught:
            parse_program(text)
        assert caught.value.message.partition(": ")[2] == reason


def test_names_in_the_text_are_names(page: str) -> None:
    [line] = [line for line in page.splitlines() if line.startswith("A name is a word")]
    names = re.findall("`(.*?)`", line.partition(". ")[0])
    assert len(names) == 6
    for name in names:
        assert len(parse_program(f"({name} is {name})")) == 1
