"""The labelled questions and mentions of tests/golden/reason keep the form, counts and split that README.md states.

What can be checked of the labels is: verdicts and evidence against the graph, mentions against the names of the pack.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import pramana
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.graph.remote import RemoteGraph

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests/golden/reason"
README = (FOLDER / "README.md").read_text("utf-8")
FACTS = (ROOT / "web/explorer/packs/web-security.csv").read_text("utf-8")
RULES = (ROOT / "web/explorer/packs/web-security.rules").read_text("utf-8")
MEMORIES = {
    memory["task_description"]
    for memory in json.loads((ROOT / "web/explorer/samples.json").read_text("utf-8"))
}
TRIPLES = {
    (row["subject"], row["predicate"], row["object"])
    for row in csv.DictReader(line for line in FACTS.splitlines() if not line.startswith("#"))
}
NAMES = {object_: subject for subject, predicate, object_ in TRIPLES if predicate == "called"}
TERMS = {term for subject, _, object_ in TRIPLES for term in (subject, object_)}
KINDS = [
    "causal",
    "comparative",
    "procedural",
    "hypothetical",
    "diagnostic",
    "exploratory",
    "systems",
    "lateral",
    "factual",
]
REASONS = {"off_topic", "near_topic", "unsaid", "presupposition", "nonsense", "empty"}
HOWS = {"exact", "plural", "alias", "typo", "meaning"}
SETS = {
    (name, half): [
        json.loads(line) for line in (FOLDER / f"{name}.{half}.jsonl").read_text("utf-8").splitlines()
    ]
    for name in ("questions", "unknown", "mentions")
    for half in ("dev", "held")
}


def both(name: str) -> list[dict[str, Any]]:
    return SETS[name, "dev"] + SETS[name, "held"]


QUESTIONS, UNKNOWN, SENTENCES = map(both, ("questions", "unknown", "mentions"))
MENTIONS = [(row["text"], mention) for row in SENTENCES for mention in row["mentions"]]


def text_of(row: dict[str, Any]) -> str:
    return str(row["text" if "text" in row else "question"])


def edits(one: str, other: str) -> int:
    """Letters to change, add, leave out or swap with the next, to make one text the other (restricted Damerau)."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != wanted))
            if i > 1 and j > 1 and one[i - 2 : i] == other[j - 2 : j][::-1]:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


@pytest.mark.parametrize(("name", "half"), SETS)
def test_a_line_lies_in_the_half_that_its_hash_says(name: str, half: str) -> None:
    for row in SETS[name, half]:
        digit = sha256(text_of(row).encode("utf-8")).hexdigest()[0]
        assert half == ("held" if int(digit, 16) < 8 else "dev"), row


@pytest.mark.parametrize("name", ["questions", "unknown", "mentions"])
def test_the_counts_are_those_of_the_readme_and_about_even(name: str) -> None:
    dev, held = (len(SETS[name, half]) for half in ("dev", "held"))
    assert f"| `{name}` | {dev} | {held} |" in README
    assert 0.4 <= held / (dev + held) <= 0.6


def test_the_labels_are_as_many_as_the_readme_says() -> None:
    verdicts = Counter(row["verdict"] for row in QUESTIONS)
    told = f"{verdicts['answered']} with terms, {verdicts['true']} true, {verdicts['false']} false"
    assert told in README
    without = sum(not row["mentions"] for row in SENTENCES)
    assert f"sentences, {without} of them without any mention; {len(MENTIONS)} mentions" in README
    assert (len(QUESTIONS), len(UNKNOWN)) == (120, 60)
    assert len(MENTIONS) >= 200
    assert sum(verdicts[one] for one in ("true", "false")) == 40


def test_no_text_or_id_is_there_twice() -> None:
    for rows in (QUESTIONS, UNKNOWN, SENTENCES):
        texts = Counter(" ".join(re.findall(r"\w+", text_of(row).casefold())) or text_of(row) for row in rows)
        assert [text for text, count in texts.items() if count > 1] == []
    ids = Counter(row["id"] for row in QUESTIONS + UNKNOWN)
    assert max(ids.values()) == 1


def test_every_kind_is_asked_in_both_halves() -> None:
    for kind in KINDS:
        asked = [sum(row["kind"] == kind for row in SETS["questions", half]) for half in ("dev", "held")]
        assert min(asked) >= 3, kind
        assert sum(asked) >= 8, kind


def test_a_question_is_labelled_with_kinds_a_verdict_and_terms_facts_and_memories_that_exist() -> None:
    fields = ["id", "question", "kind", "also", "verdict", "answer_terms", "evidence", "memories"]
    for row in QUESTIONS:
        yes_or_no = row["verdict"] in {"true", "false"}
        assert list(row) == fields + ["statement"] * yes_or_no, row
        assert row["kind"] in KINDS, row
        assert set(row["also"]) <= set(KINDS) - {row["kind"]}, row
        assert row["verdict"] in {"true", "false", "answered"}, row
        assert set(row["answer_terms"]) <= TERMS, row
        assert bool(row["answer_terms"]) != yes_or_no, row
        assert row["evidence"], row
        assert set(map(tuple, row["evidence"])) <= TRIPLES, row
        assert set(row["memories"]) <= MEMORIES, row


def test_what_an_answer_must_name_is_in_its_evidence() -> None:
    for row in QUESTIONS:
        named = {term for subject, _, object_ in row["evidence"] for term in (subject, object_)}
        assert set(row["answer_terms"]) <= named, row


def test_an_unknown_question_is_labelled_with_its_reason_and_some_with_their_statement() -> None:
    for row in UNKNOWN:
        unsaid = row["reason"] == "unsaid"
        assert list(row) == ["id", "question", "reason"] + ["statement"] * unsaid, row
        assert row["reason"] in REASONS, row
        assert row["question"].strip(), row
    assert {row["reason"] for row in UNKNOWN} == REASONS


async def loaded(graph: KnowledgeGraph | RemoteGraph) -> KnowledgeGraph | RemoteGraph:
    await graph.add_pack(FACTS, format="csv", rules=RULES)
    return graph


async def test_yes_no_and_unknown_are_what_the_graph_says_for_the_reasons_that_are_given() -> None:
    async with await pramana.open(":memory:") as memory:
        graph = await loaded(memory.graph)
        for row in QUESTIONS + UNKNOWN:
            if "statement" not in row:
                continue
            verdict = await graph.explain(*row["statement"])
            assert verdict.verdict == row.get("verdict", "unknown"), row
            steps = [step for proof in verdict.proofs for step in proof.steps if step.fact]
            leaves = {(s.conclusion.subject, s.conclusion.predicate, s.conclusion.object) for s in steps}
            assert set(map(tuple, row.get("evidence", []))) <= leaves, row


def test_mentions_lie_in_their_text_in_order_and_apart() -> None:
    for row in SENTENCES:
        assert list(row) == ["text", "mentions"], row
        places = [(mention["start"], mention["end"]) for mention in row["mentions"]]
        assert all(0 <= start < end <= len(row["text"]) for start, end in places), row
        assert all(one[1] <= other[0] for one, other in pairwise(places)), row
    for text, mention in MENTIONS:
        assert list(mention) == ["start", "end", "term", "how"], text
        assert mention["term"] in {term.casefold() for term in TERMS - set(NAMES)}, text
        surface = text[mention["start"] : mention["end"]]
        assert surface == surface.strip(), text
        assert not re.match(r"\w", text[mention["end"] :]), text
        assert not re.search(r"\w$", text[: mention["start"]]), text


def fits(how: str, surface: str, term: str) -> bool:
    """Whether the words of a mention are what its label says of them."""
    words = surface.casefold()
    names = {name.casefold() for name, named in NAMES.items() if named.casefold() == term}
    plurals = {term + "s", term + "es", re.sub("y$", "ies", term)} - {term}
    return {
        "exact": words == term,
        "plural": words in plurals,
        "alias": words in names | {name + "s" for name in names},
        "typo": 1 <= edits(words, term) <= 2 and words not in plurals | names,
        "meaning": term not in words and not any(name in words for name in names) and edits(words, term) > 2,
    }[how]


def test_a_mention_is_written_as_its_label_says() -> None:
    assert {mention["how"] for _, mention in MENTIONS} == HOWS
    for text, mention in MENTIONS:
        surface = text[mention["start"] : mention["end"]]
        assert fits(mention["how"], surface, mention["term"]), (surface, mention)


def test_every_name_that_stands_as_words_of_its_own_is_labelled() -> None:
    every = "|".join(re.escape(term.casefold()) for term in sorted(TERMS, key=len, reverse=True))
    for row in SENTENCES:
        for found in re.finditer(rf"(?<!\w)(?:{every})s?(?!\w)", row["text"].casefold()):
            covered = any(
                mention["start"] <= found.start() and found.end() <= mention["end"]
                for mention in row["mentions"]
            )
            assert covered, (row["text"], found[0])


def test_longer_names_that_hold_shorter_ones_and_names_within_words_are_among_the_sentences() -> None:
    folded = {term.casefold() for term in TERMS}
    longest = [m["term"] for _, m in MENTIONS if any(f" {term}" in m["term"] for term in folded)]
    assert len(longest) >= 15
    within = [
        row for row in SENTENCES if not row["mentions"] and any(t in row["text"].lower() for t in folded)
    ]
    assert len(within) >= 10
