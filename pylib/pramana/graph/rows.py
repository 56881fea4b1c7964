"""The graph's records as a store keeps them, and back."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from pramana.graph.batches import Batch, encode
from pramana.graph.fact_table import FOREVER, Ending, Superseded
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
    """A fact that is a record of its own, as it stands."""

    fact: Fact
    superseded: Superseded | None = None
    implied: bool = False
    """Whether its beginning was not stated."""


class Marks(NamedTuple):
    """What happened to the facts of a batch since it was recorded, by their place in it."""

    retracted: list[list[int]]
    """[when, first place, after the last place]"""
    superseded: dict[str, list[list[Any]]]
    """place → endings: [id of the newer fact, when that was recorded, the end it gave]"""
    confidence: dict[str, float]


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


def marks_row(batch_id: str, marks: Marks, updated: str) -> Row:
    """The row of what happened to a batch."""
    return _row(MARKS, batch_id, canonical({"id": batch_id, "updated": updated, **marks._asdict()}), updated)


def marks_of(body: bytes | None) -> Marks:
    """The inverse of `marks_row`; empty where there is none."""
    if body is None:
        return Marks([], {}, {})
    record = json.loads(body)
    return Marks(record["retracted"], record["superseded"], record["confidence"])


def rule_row(rule: Rule, updated: str, removed_ms: int | None = None) -> Row:
    """The row of a rule; one that was removed keeps its text."""
    removed = {} if removed_ms is None else {"removed_ms": removed_ms}
    return _row(RULE, rule.id, canonical(rule.to_dict() | removed | {"updated": updated}), updated)


def rule_of(body: bytes) -> Rule | None:
    """The rule of a body; None where it was removed."""
    record = json.loads(body)
    return None if "removed_ms" in record else Rule.from_dict(record)


def declaration_id(declaration: Declaration) -> str:
    """One id for the same declaration, whoever makes it."""
    names = [key_of(name) for name in (declaration.predicate, declaration.other) if name]
    return canonical([declaration.kind, *names]).decode()


def declaration_row(declaration: Declaration, updated: str, removed_ms: int | None = None) -> Row:
    """The row of a declaration."""
    id = declaration_id(declaration)
    removed = {} if removed_ms is None else {"removed_ms": removed_ms}
    body = canonical({"id": id, **declaration.to_dict(), **removed, "updated": updated})
    return _row(DECLARATION, id, body, updated)


def declaration_of(body: bytes) -> Declaration | None:
    """The declaration of a body; None where it was withdrawn."""
    record = json.loads(body)
    if "removed_ms" in record:
        return None
    return Declaration(record["kind"], record["predicate"], record["other"])


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
