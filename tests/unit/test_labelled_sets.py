"""The labelled questions and mentions of tests/golden/reason keep the form, counts and split that README.md states.

What can be checked of the labels is: verdicts and evidence against the graph, mentions against the names of the pack.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import pramana

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests/golden/reason"
EXPLORER = ROOT / "web/explorer"
README = (FOLDER / "README.md").read_text("utf-8")
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
HALVES = ("dev", "held")
NAMES = ("questions", "unknown", "mentions")
FILES = {
    (name, half): [
        json.loads(line) for line in (FOLDER / f"{name}.{half}.jsonl").read_text("utf-8").splitlines()
    ]
    for name in (*NAMES, *(f"{name}.more" for name in NAMES))
    for half in HALVES
}

Row = dict[str, Any]
Triple = tuple[str, str, str]


@dataclass(frozen=True)
class Labelled:
    """The lines over one pack, and what they are about."""

    pack: str
    facts: str
    rules: str
    memories: list[Row]
    questions: list[Row]
    unknown: list[Row]
    sentences: list[Row]

    @cached_property
    def triples(self) -> set[Triple]:
        rows = csv.DictReader(line for line in self.facts.splitlines() if not line.startswith("#"))
        return {(row["subject"], row["predicate"], row["object"]) for row in rows}

    @cached_property
    def names(self) -> dict[str, str]:
        """What each other name is a name of."""
        return {other: subject for subject, predicate, other in self.triples if predicate == "called"}

    @cached_property
    def terms(self) -> set[str]:
        return {term for subject, _, object_ in self.triples for term in (subject, object_)}

    @property
    def functional(self) -> list[str]:
        """The predicates that the rules' comment says to be functional."""
        said = re.search(r"^# functional: (.*)$", self.rules, re.MULTILINE)
        return said[1].split(", ") if said else []

    @property
    def mentions(self) -> list[tuple[str, Row]]:
        return [(row["text"], mention) for row in self.sentences for mention in row["mentions"]]


def labelled(pack: str, packs: Path, memories: Path, more: str) -> Labelled:
    """What the files say of one pack; a line without `pack` is about web security."""
    questions, unknown, sentences = (
        [row for half in HALVES for row in FILES[name + more, half] if row.get("pack", SAMPLE) == pack]
        for name in NAMES
    )
    facts, rules = ((packs / f"{pack}.{form}").read_text("utf-8") for form in ("csv", "rules"))
    stored = json.loads(memories.read_text("utf-8"))
    return Labelled(pack, facts, rules, stored, questions, unknown, sentences)


SAMPLE = "web-security"
ADDED = ("garden", "shop")
SETS = [labelled(SAMPLE, EXPLORER / "packs", EXPLORER / "samples.json", "")]
SETS += [labelled(one, FOLDER / "packs", FOLDER / f"packs/{one}.memories.json", ".more") for one in ADDED]
in_every_pack = pytest.mark.parametrize("over", SETS, ids=lambda over: over.pack)
in_added_packs = pytest.mark.parametrize("over", SETS[1:], ids=lambda over: over.pack)


def text_of(row: Row) -> str:
    return str(row["text" if "text" in row else "question"])


def fields_of(row: Row) -> list[str]:
    """The fields of a line in order, without `pack`, which only lines over the added packs have."""
    return [field for field in row if field != "pack"]


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


@pytest.mark.parametrize(("name", "half"), FILES)
def test_a_line_lies_in_the_half_that_its_hash_says(name: str, half: str) -> None:
    for row in FILES[name, half]:
        digit = sha256(text_of(row).encode("utf-8")).hexdigest()[0]
        assert half == ("held" if int(digit, 16) < 8 else "dev"), row


@pytest.mark.parametrize("name", sorted({name for name, _ in FILES}))
def test_the_counts_are_those_of_the_readme_and_about_even(name: str) -> None:
    dev, held = (len(FILES[name, half]) for half in HALVES)
    assert f"| `{name}` | {dev} | {held} |" in README
    assert 0.4 <= held / (dev + held) <= 0.6


@in_added_packs
@pytest.mark.parametrize("name", NAMES)
def test_the_lines_over_an_added_pack_are_split_about_evenly(over: Labelled, name: str) -> None:
    dev, held = (sum(row["pack"] == over.pack for row in FILES[f"{name}.more", half]) for half in HALVES)
    assert 0.4 <= held / (dev + held) <= 0.6


def test_every_line_is_over_a_pack_that_is_there() -> None:
    for (name, _), rows in FILES.items():
        assert {row.get("pack") for row in rows} == (set(ADDED) if name.endswith(".more") else {None})


@in_every_pack
def test_the_labels_are_as_many_as_the_readme_says(over: Labelled) -> None:
    verdicts = Counter(row["verdict"] for row in over.questions)
    told = f"{verdicts['answered']} with terms, {verdicts['true']} true, {verdicts['false']} false"
    assert told in README
    without = sum(not row["mentions"] for row in over.sentences)
    assert f"{without} of them without any mention; {len(over.mentions)} mentions" in README


@in_added_packs
def test_an_added_pack_is_as_large_as_the_readme_says(over: Labelled) -> None:
    counts = len(over.triples), over.rules.count("=>"), len(over.memories)
    assert "| `{}` | {} | {} | {} |".format(over.pack, *counts) in README


def test_no_text_or_id_is_there_twice() -> None:
    for lists in zip(*((over.questions, over.unknown, over.sentences) for over in SETS), strict=True):
        texts = [text_of(row) for rows in lists for row in rows]
        same = Counter(" ".join(re.findall(r"\w+", text.casefold())) or text for text in texts)
        assert [text for text, count in same.items() if count > 1] == []
    ids = Counter(row["id"] for over in SETS for row in over.questions + over.unknown)
    assert max(ids.values()) == 1


@pytest.mark.parametrize("name", ["questions", "questions.more"])
def test_every_kind_is_asked_in_both_halves(name: str) -> None:
    for kind in KINDS:
        asked = [sum(row["kind"] == kind for row in FILES[name, half]) for half in HALVES]
        assert min(asked) >= 3, kind
        assert sum(asked) >= 8, kind


@in_every_pack
def test_a_question_is_labelled_with_kinds_a_verdict_and_terms_facts_and_memories_that_exist(
    over: Labelled,
) -> None:
    fields = ["id", "question", "kind", "also", "verdict", "answer_terms", "evidence", "memories"]
    tasks = {memory["task_description"] for memory in over.memories}
    for row in over.questions:
        yes_or_no = row["verdict"] in {"true", "false"}
        assert fields_of(row) == fields + ["statement"] * yes_or_no, row
        assert row["kind"] in KINDS, row
        assert set(row["also"]) <= set(KINDS) - {row["kind"]}, row
        assert row["verdict"] in {"true", "false", "answered"}, row
        assert set(row["answer_terms"]) <= over.terms, row
        assert bool(row["answer_terms"]) != yes_or_no, row
        assert row["evidence"], row
        assert set(map(tuple, row["evidence"])) <= over.triples, row
        assert set(row["memories"]) <= tasks, row


@in_every_pack
def test_what_an_answer_must_name_is_in_its_evidence(over: Labelled) -> None:
    for row in over.questions:
        named = {term for subject, _, object_ in row["evidence"] for term in (subject, object_)}
        assert set(row["answer_terms"]) <= named, row


@in_every_pack
def test_an_unknown_question_is_labelled_with_its_reason_and_some_with_their_statement(
    over: Labelled,
) -> None:
    for row in over.unknown:
        unsaid = row["reason"] == "unsaid"
        assert fields_of(row) == ["id", "question", "reason"] + ["statement"] * unsaid, row
        assert row["reason"] in REASONS, row
        assert row["question"].strip(), row
    assert {row["reason"] for row in over.unknown} == REASONS


@in_every_pack
async def test_yes_no_and_unknown_are_what_the_graph_says_for_the_reasons_that_are_given(
    over: Labelled,
) -> None:
    async with await pramana.open(":memory:") as memory:
        for predicate in over.functional:
            await memory.graph.declare(predicate, functional=True)
        await memory.graph.add_pack(over.facts, format="csv", rules=over.rules)
        assert await memory.graph.conflicts() == []
        for row in over.questions + over.unknown:
            if "statement" not in row:
                continue
            verdict = await memory.graph.explain(*row["statement"])
            assert verdict.verdict == row.get("verdict", "unknown"), row
            steps = [step for proof in verdict.proofs for step in proof.steps if step.fact]
            leaves = {(s.conclusion.subject, s.conclusion.predicate, s.conclusion.object) for s in steps}
            assert set(map(tuple, row.get("evidence", []))) <= leaves, row


@in_added_packs
async def test_the_memories_of_an_added_pack_can_be_stored_and_found(over: Labelled) -> None:
    async with await pramana.open(":memory:") as memory:
        await memory.store_many(over.memories)
        for one in over.memories:
            best = (await memory.find_similar(one["task_description"], k=1))[0]
            assert best.pattern.task_description == one["task_description"]


@in_added_packs
def test_an_added_pack_has_functional_predicates_denials_doubts_and_other_names(over: Labelled) -> None:
    rows = list(csv.DictReader(line for line in over.facts.splitlines() if not line.startswith("#")))
    subjects = Counter(
        (row["predicate"], row["subject"]) for row in rows if row["predicate"] in over.functional
    )
    assert len(over.functional) >= 5
    assert max(subjects.values()) == 1
    assert {predicate for predicate, _ in subjects} == set(over.functional)
    assert sum(row["negated"] == "true" for row in rows) >= 3
    assert sum(row["confidence"] not in {"", "1"} for row in rows) >= 20
    assert len(over.names) >= 10
    assert not set(over.names) & {term for s, p, o in over.triples for term in (s, o)[: 1 + (p != "called")]}


@in_every_pack
def test_mentions_lie_in_their_text_in_order_and_apart(over: Labelled) -> None:
    for row in over.sentences:
        assert fields_of(row) == ["text", "mentions"], row
        places = [(mention["start"], mention["end"]) for mention in row["mentions"]]
        assert all(0 <= start < end <= len(row["text"]) for start, end in places), row
        assert all(one[1] <= other[0] for one, other in pairwise(places)), row
    terms = {term.casefold() for term in over.terms - set(over.names)}
    for text, mention in over.mentions:
        assert list(mention) == ["start", "end", "term", "how"], text
        assert mention["term"] in terms, text
        surface = text[mention["start"] : mention["end"]]
        assert surface == surface.strip(), text
        assert not re.match(r"\w", text[mention["end"] :]), text
        assert not re.search(r"\w$", text[: mention["start"]]), text


def plurals(names: Set[str]) -> set[str]:
    return {
        plural for name in names for plural in (name + "s", name + "es", re.sub("y$", "ies", name))
    } - names


def fits(how: str, surface: str, term: str, names: Set[str]) -> bool:
    """Whether the words of a mention are what its label says of them.

    Args:
        how: the label.
        surface: the words.
        term: what they mention, in lower case.
        names: its other names, in lower case.
    """
    words = surface.casefold()
    proper = {term} | names | plurals({term}) | plurals(names)
    slips = min(edits(words, name) for name in proper)
    return {
        "exact": words == term,
        "plural": words in plurals({term}),
        "alias": words in names | plurals(names),
        "typo": 1 <= slips <= 2,
        "meaning": term not in words and not any(name in words for name in names) and slips > 2,
    }[how]


@in_every_pack
def test_a_mention_is_written_as_its_label_says(over: Labelled) -> None:
    assert {mention["how"] for _, mention in over.mentions} == HOWS
    for text, mention in over.mentions:
        surface, term = text[mention["start"] : mention["end"]], mention["term"]
        names = {name.casefold() for name, named in over.names.items() if named.casefold() == term}
        assert fits(mention["how"], surface, term, names), (surface, mention)


@in_every_pack
def test_every_name_that_stands_as_words_of_its_own_is_labelled(over: Labelled) -> None:
    every = "|".join(re.escape(term.casefold()) for term in sorted(over.terms, key=len, reverse=True))
    for row in over.sentences:
        for found in re.finditer(rf"(?<!\w)(?:{every})s?(?!\w)", row["text"].casefold()):
            covered = any(
                mention["start"] <= found.start() and found.end() <= mention["end"]
                for mention in row["mentions"]
            )
            assert covered, (row["text"], found[0])


@in_every_pack
def test_longer_names_that_hold_shorter_ones_and_names_within_words_are_among_the_sentences(
    over: Labelled,
) -> None:
    nested, hidden = (15, 10) if over.pack == SAMPLE else (5, 3)
    folded = {term.casefold() for term in over.terms}
    longest = [m["term"] for _, m in over.mentions if any(f" {term}" in m["term"] for term in folded)]
    assert len(longest) >= nested
    within = [
        row for row in over.sentences if not row["mentions"] and any(t in row["text"].lower() for t in folded)
    ]
    assert len(within) >= hidden
