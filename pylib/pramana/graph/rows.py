"""The graph's records as a store keeps them, and back."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from pramana.graph.batches import Batch, encode
from pramana.graph.fact_table import ALWAYS, FOREVER
from pramana.graph.history import Ending, InForce, Rating, Superseded, Times
from pramana.knowledge import Declaration, Fact, Pack, Proposal, Rule
from pramana.ports import Row
from pramana.records import body_hash, canonical
from pramana.text.terms import key_of

__all__ = [
    "DECLARATION",
    "FACT",
    "FACTS",
    "KINDS",
    "MARKS",
    "PACK",
    "PROPOSAL",
    "RULE",
    "Marks",
    "StoredFact",
    "batch_row",
    "declaration_id",
    "declaration_of",
    "declaration_row",
    "fact_row",
    "marks_of",
    "marks_row",
    "pack_of",
    "pack_row",
    "proposal_of",
    "proposal_row",
    "rule_of",
    "rule_row",
    "stored_fact",
]

FACT, FACTS, MARKS = "fact", "facts", "marks"
RULE, DECLARATION, PROPOSAL, PACK = "rule", "declaration", "proposal", "pack"
KINDS = frozenset({FACT, FACTS, MARKS, RULE, DECLARATION, PROPOSAL, PACK})


class StoredFact(NamedTuple):
    """A fact that is a record of its own, as it was recorded."""

    fact: Fact
    superseded: Superseded | None = None
    implied: bool = False
    """Whether its beginning was not stated."""


class Marks(NamedTuple):
    """What happened to facts after they were recorded, each by its id."""

    retracted: list[tuple[str, int, int]]
    """The first of some facts that follow each other in a batch, how many they are, and when they were retracted."""
    ended: list[tuple[str, Ending]]
    rated: list[tuple[str, Rating]]


def _row(kind: str, id: str, body: bytes, updated: str) -> Row:
    return Row(kind=kind, id=id, body=body, body_hash=body_hash(body), updated=updated)


def fact_row(stored: StoredFact, updated: str) -> Row:
    """The row of a fact."""
    fact, superseded, implied = stored
    record = fact.to_dict() | {"updated": updated}
    del record["pack"], record["licence"]  # packs come as batches
    del record["derived"]
    if superseded is not None:
        stated_to, endings = superseded
        record["stated_to_ms"] = None if stated_to == FOREVER else stated_to
        record["endings"] = [list(one) for one in endings]
    if implied:
        record["implied"] = True
    return _row(FACT, fact.id, canonical(record), updated)


def stored_fact(body: bytes) -> StoredFact:
    """The inverse of `fact_row`."""
    record = json.loads(body)
    superseded = None
    if "endings" in record:
        stated_to = FOREVER if record["stated_to_ms"] is None else record["stated_to_ms"]
        superseded = Superseded(stated_to, tuple(Ending(*one) for one in record["endings"]))
    return StoredFact(Fact.from_dict(record), superseded, record.get("implied", False))


def batch_row(batch: Batch) -> Row:
    """The row of a batch."""
    return _row(FACTS, batch.id, encode(batch), batch.updated)


def marks_row(id: str, marks: Marks, at_ms: int, updated: str) -> Row:
    """The row of what happened to facts in one commit, at one time."""
    body = {
        "id": id,
        "at_ms": at_ms,
        "updated": updated,
        "retracted": [[fact, count] for fact, count, _ in marks.retracted],
        "ended": [[fact, ending.by, ending.ends] for fact, ending in marks.ended],
        "rated": [[fact, rating.confidence] for fact, rating in marks.rated],
    }
    return _row(MARKS, id, canonical(body), updated)


def marks_of(body: bytes) -> Marks:
    """The inverse of `marks_row`."""
    record = json.loads(body)
    if "at_ms" not in record:
        return _marks_of_batch(record)
    at_ms, updated = record["at_ms"], record["updated"]
    return Marks(
        [(fact, count, at_ms) for fact, count in record["retracted"]],
        [(fact, Ending(by, at_ms, ends)) for fact, by, ends in record["ended"]],
        [(fact, Rating(updated, at_ms, confidence)) for fact, confidence in record["rated"]],
    )


def _marks_of_batch(record: dict[str, Any]) -> Marks:
    """The marks of a whole batch, by place, as they were written at first: without the times of ratings."""
    batch = record["id"]
    return Marks(
        [(f"{batch}:{start}", stop - start, at_ms) for at_ms, start, stop in record["retracted"]],
        [(f"{batch}:{at}", Ending(*one)) for at, endings in record["superseded"].items() for one in endings],
        [(f"{batch}:{at}", Rating("", ALWAYS, rated)) for at, rated in record["confidence"].items()],
    )


def rule_row(rule: Rule, updated: str, removed_ms: int | None = None) -> Row:
    """The row of a rule; one that was removed keeps its text."""
    removed = {} if removed_ms is None else {"removed_ms": removed_ms}
    return _row(RULE, rule.id, canonical(rule.to_dict() | removed | {"updated": updated}), updated)


def rule_of(body: bytes) -> tuple[Rule, int | None]:
    """The rule of a body, and when it was removed, None where it is in force."""
    record = json.loads(body)
    return Rule.from_dict(record), record.get("removed_ms")


def declaration_id(declaration: Declaration) -> str:
    """One id for the same declaration, whoever makes it."""
    names = [key_of(name) for name in (declaration.predicate, declaration.other) if name]
    return canonical([declaration.kind, *names]).decode()


def declaration_row(declaration: Declaration, updated: str, times: Times) -> Row:
    """The row of a declaration, with when it was in force."""
    id = declaration_id(declaration)
    body = {"id": id, **declaration.to_dict(), "in_force": [list(one) for one in times], "updated": updated}
    if times[-1].until_ms is not None:
        body["removed_ms"] = times[-1].until_ms
    return _row(DECLARATION, id, canonical(body), updated)


def declaration_of(body: bytes) -> tuple[Declaration, Times]:
    """The inverse of `declaration_row`. Of what was recorded without a beginning, it is the beginning of time."""
    record = json.loads(body)
    times = record.get("in_force", [[0, record.get("removed_ms")]])
    declaration = Declaration(record["kind"], record["predicate"], record["other"])
    return declaration, tuple(InForce(*one) for one in times)


def proposal_row(proposal: Proposal, updated: str) -> Row:
    """The row of a proposal."""
    return _row(PROPOSAL, proposal.id, canonical(proposal.to_dict() | {"updated": updated}), updated)


def proposal_of(body: bytes) -> Proposal:
    """The inverse of `proposal_row`."""
    return Proposal.from_dict(json.loads(body))


def pack_row(id: str, pack: Pack, updated: str, removed_ms: int | None = None) -> Row:
    """The row of a pack; one that was removed says when."""
    removed = {} if removed_ms is None else {"removed_ms": removed_ms}
    return _row(PACK, id, canonical({"id": id, **pack.to_dict(), **removed, "updated": updated}), updated)


def pack_of(body: bytes) -> Pack | None:
    """The pack of a body; None where it was removed."""
    record = json.loads(body)
    return None if "removed_ms" in record else Pack.from_dict(record)
