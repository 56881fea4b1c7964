"""The sample pack on web security loads, names its sources, contradicts nothing, and its rules all do something."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pramana
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.graph.remote import RemoteGraph
from pramana.graph.rule_language import parse_rules
from pramana.knowledge import Fact

PACK = Path(__file__).parents[2] / "web/explorer/packs"
FACTS = (PACK / "web-security.csv").read_text("utf-8")
RULES = (PACK / "web-security.rules").read_text("utf-8")
ROWS = list(csv.DictReader(line for line in FACTS.splitlines() if not line.startswith("#")))
TRIPLES = [(row["subject"], row["predicate"], row["object"]) for row in ROWS]

SOURCE = re.compile(
    r"OWASP (Top 10:2021 A\d\d|Top 10 CI/CD Security Risks CICD-SEC-\d+|Cheat Sheet: .+)"
    r"|OWASP: Component Analysis|OWASP Web Security Testing Guide WSTG-[A-Z]{4}-\d\d"
    r"|CWE-\d+|CAPEC-\d+|MITRE ATT&CK (T[A\d]\d+(\.\d+)?|M\d+)"
    r"|RFC \d{4}( (§[\d.]+|Appendix [A-Z]))?"
    r"|NIST SP 800-\d+([A-Z]|-3|r2)? (§[\d.]+|Appendix A|FAQ B05)"
    r"|(W3C Web Authentication Level 2|OpenID Connect Core 1\.0) §[\d.]+"
    r"|GDPR Art\. \d+\(\d+\)|(MDN|CISA|Mozilla Support): .+"
)
NAMING = {"called", "identified_by", "defined_in", "deprecated_by"}
"""Predicates whose objects are written as they are in the world, with capitals."""


async def derived(graph: KnowledgeGraph | RemoteGraph) -> list[Fact]:
    """What follows, denials too."""
    found = await graph.match(derived=True, negated=None, limit=100_000)
    return [fact for fact in found if fact.derived]


def statements(facts: list[Fact]) -> set[tuple[str, str, str, bool]]:
    return {(fact.subject, fact.predicate, fact.object, fact.negated) for fact in facts}


def vocabulary() -> set[str]:
    """The predicates that the comments of the rules explain."""
    listed: Iterator[str] = (
        match[1] for line in RULES.splitlines() if (match := re.match(r"#   (\w+(?:, \w+)*)  +\S", line))
    )
    return {name for names in listed for name in names.split(", ")}


def test_every_fact_has_a_source_that_is_named_precisely_and_a_confidence() -> None:
    assert [row["source"] for row in ROWS if not SOURCE.fullmatch(row["source"])] == []
    assert [row for row in ROWS if not 0 < float(row["confidence"]) <= 1] == []


def test_terms_are_written_as_people_write_them() -> None:
    for subject, predicate, object_ in TRIPLES:
        assert subject == subject.lower().strip()
        assert predicate in NAMING or object_ == object_.lower().strip()


def test_no_fact_stands_there_twice() -> None:
    assert [triple for triple, count in Counter(TRIPLES).items() if count > 1] == []


def test_a_name_names_one_thing_that_has_no_facts_under_that_name() -> None:
    names = [object_.casefold() for _, predicate, object_ in TRIPLES if predicate == "called"]
    assert len(set(names)) == len(names)
    others = {
        term
        for subject, predicate, object_ in TRIPLES
        for term in (subject, *([] if predicate in NAMING else [object_]))
    }
    assert others & set(names) == set()


def test_the_vocabulary_is_listed_whole_and_nothing_else_is() -> None:
    used = {predicate for _, predicate, _ in TRIPLES}
    used |= {rule.head.predicate for rule in parse_rules(RULES)}
    assert vocabulary() == used


async def load(graph: KnowledgeGraph | RemoteGraph) -> None:
    added = await graph.add_pack(FACTS, format="csv", rules=RULES)
    assert added.pack.facts == len(ROWS)


async def test_the_pack_loads_with_its_name_licence_and_every_source() -> None:
    async with await pramana.open(":memory:") as memory:
        await load(memory.graph)
        [pack] = await memory.graph.packs()
        assert (pack.name, pack.version, pack.licence) == ("web-security", "1", "CC0-1.0")
        assert (pack.facts, pack.rules) == (len(ROWS), len(parse_rules(RULES)))
        stored = await memory.graph.match(limit=1000)
        assert Counter(fact.source for fact in stored) == Counter(row["source"] for row in ROWS)


async def test_nothing_contradicts_anything_that_is_said_or_follows() -> None:
    async with await pramana.open(":memory:") as memory:
        await load(memory.graph)
        assert await memory.graph.conflicts() == []


async def test_nothing_follows_of_a_thing_and_itself_and_no_attack_helps_against_one() -> None:
    async with await pramana.open(":memory:") as memory:
        await load(memory.graph)
        followed = await derived(memory.graph)
        assert [fact for fact in followed if fact.subject == fact.object] == []
        attacks = {fact.subject for fact in await memory.graph.match(None, "is", "attack", derived=True)}
        helping = {fact.subject for fact in await memory.graph.match(None, "mitigates", None, derived=True)}
        assert len(attacks) > 40
        assert attacks & helping == set()


async def test_each_rule_gives_something_that_no_other_gives() -> None:
    async with await pramana.open(":memory:") as memory:
        graph = memory.graph
        await load(graph)
        whole = statements(await derived(graph))
        for rule in await graph.rules():
            await graph.remove_rule(rule.id)
            assert whole - statements(await derived(graph)), rule.text
            await graph.add_rule(rule.text)


async def test_what_follows_is_what_the_standards_would_have_it() -> None:
    async with await pramana.open(":memory:") as memory:
        graph = memory.graph
        await load(graph)
        for statement, verdict in {
            ("missing output encoding", "leads_to", "account takeover"): "true",
            ("webauthn", "requires", "server certificate"): "true",
            ("rate limiting", "mitigates", "password spraying"): "true",
            ("bearer token", "vulnerable_to", "token replay"): "true",
            ("dpop-bound token", "vulnerable_to", "token replay"): "false",
            ("sms code", "vulnerable_to", "phishing"): "true",
            ("security key", "vulnerable_to", "phishing"): "unknown",
            ("md5", "suitable_for", "password storage"): "false",
            ("tls 1.2", "suitable_for", "new systems"): "true",
            ("tls 1.1", "suitable_for", "new systems"): "false",
            ("oauth 2.0", "provides", "authentication"): "false",
            ("openid connect", "provides", "authentication"): "true",
            ("phishing", "needs", "several defences"): "true",
            ("sql injection", "needs", "several defences"): "unknown",
            ("unsafe-inline", "favours", "clickjacking"): "unknown",
        }.items():
            assert (await graph.explain(*statement)).verdict == verdict, statement
