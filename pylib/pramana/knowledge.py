"""What a knowledge graph stores and returns: statements, facts, rules, proofs and verdicts.

A statement is a triple with a sign. A predicate of one place, `mortal(x)`, is the triple (x, "is", "mortal").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

__all__ = [
    "IS",
    "Added",
    "Atom",
    "Comparison",
    "Conflict",
    "Declaration",
    "Fact",
    "FactPage",
    "FactPath",
    "Neighbor",
    "Pack",
    "PackAdded",
    "Proof",
    "ProofStep",
    "Proposal",
    "Ranked",
    "Rule",
    "Skipped",
    "Step",
    "TermRanking",
    "Told",
    "Verdict",
    "is_variable",
]

IS = "is"
"""The predicate of predicates of one place."""


def is_variable(term: str) -> bool:
    """Whether a term of a rule stands for any term: it begins with "?"."""
    return term.startswith("?")


@dataclass(frozen=True, slots=True)
class Atom:
    """A statement, or its form in a rule, where terms may be variables ("?x"). `negated` is classical negation."""

    subject: str
    predicate: str
    object: str
    negated: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The atom as JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Atom:
        """The inverse of `to_dict`."""
        return cls(**{item.name: record[item.name] for item in fields(cls) if item.name in record})


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left operator right`, with operator one of = != < <= > >=. The last four hold between numbers only."""

    left: str
    operator: str
    right: str

    def to_dict(self) -> dict[str, Any]:
        """The comparison as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Rule:
    """If every atom of `body` holds, no atom of `unless` does, and `where` is so, then `head`, times `weight`.

    `text` is the rule in the rule language, from which it can be read again; `sentence` the English it was told in;
    `pack` the knowledge pack it came with, if any.
    """

    id: str
    head: Atom
    body: tuple[Atom, ...]
    unless: tuple[Atom, ...] = ()
    where: tuple[Comparison, ...] = ()
    weight: float = 1.0
    name: str = ""
    text: str = ""
    sentence: str = ""
    source: str = ""
    created_ms: int = 0
    pack: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The rule as JSON values."""
        return asdict(self) | {
            "body": [atom.to_dict() for atom in self.body],
            "unless": [atom.to_dict() for atom in self.unless],
            "where": [comparison.to_dict() for comparison in self.where],
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Rule:
        """The inverse of `to_dict`."""
        plain = {item.name: record[item.name] for item in fields(cls) if item.name in record}
        return cls(
            **plain
            | {
                "head": Atom.from_dict(record["head"]),
                "body": tuple(Atom.from_dict(atom) for atom in record["body"]),
                "unless": tuple(Atom.from_dict(atom) for atom in record.get("unless", ())),
                "where": tuple(Comparison(**comparison) for comparison in record.get("where", ())),
            }
        )


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement that was asserted, or (`derived`) that follows; a derived one has no id, source or interval.

    It holds from `valid_from_ms` (None: always) until before `valid_to_ms` (None: still), and was known from
    `created_ms` until before `retracted_ms`. Times are milliseconds since 1970 UTC. `pack` is the knowledge pack that
    it came with, and `licence` that one's, if any.
    """

    id: str
    subject: str
    predicate: str
    object: str
    negated: bool = False
    confidence: float = 1.0
    source: str = ""
    valid_from_ms: int | None = None
    valid_to_ms: int | None = None
    created_ms: int = 0
    retracted_ms: int | None = None
    superseded_by: str = ""
    derived: bool = False
    pack: str = ""
    licence: str = ""

    @property
    def atom(self) -> Atom:
        """What it says."""
        return Atom(self.subject, self.predicate, self.object, self.negated)

    def to_dict(self) -> dict[str, Any]:
        """The fact as JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Fact:
        """The inverse of `to_dict`."""
        return cls(**{item.name: record[item.name] for item in fields(cls) if item.name in record})


@dataclass(frozen=True, slots=True)
class FactPage:
    """Part of a listing. Pass `cursor` to `facts()` for the next part; None at the end."""

    facts: tuple[Fact, ...]
    cursor: str | None

    def to_dict(self) -> dict[str, Any]:
        """The page as JSON values."""
        return {"facts": [fact.to_dict() for fact in self.facts], "cursor": self.cursor}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> FactPage:
        """The inverse of `to_dict`."""
        return cls(tuple(Fact.from_dict(fact) for fact in record["facts"]), record["cursor"])


@dataclass(frozen=True, slots=True)
class ProofStep:
    """A statement, and why it holds: an asserted `fact`, or a `rule` applied with `bindings` to earlier steps.

    `confidence` is the fact's, or the rule's weight times the product over the premises. `absent` are the statements
    of the rule's `unless`, bound, that do not hold. Source and text are for people.
    """

    conclusion: Atom
    confidence: float
    fact: str = ""
    rule: str = ""
    bindings: dict[str, str] = field(default_factory=dict)
    premises: tuple[int, ...] = ()
    """Indexes of steps, in the order of the rule's body."""
    absent: tuple[Atom, ...] = ()
    source: str = ""
    """Of the fact."""
    text: str = ""
    """Of the rule, as written or as told."""

    def to_dict(self) -> dict[str, Any]:
        """The step as JSON values."""
        return {
            "conclusion": self.conclusion.to_dict(),
            "confidence": self.confidence,
            "fact": self.fact,
            "rule": self.rule,
            "bindings": dict(self.bindings),
            "premises": list(self.premises),
            "absent": [atom.to_dict() for atom in self.absent],
            "source": self.source,
            "text": self.text,
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> ProofStep:
        """The inverse of `to_dict`."""
        plain = {item.name: record[item.name] for item in fields(cls) if item.name in record}
        return cls(
            **plain
            | {
                "conclusion": Atom.from_dict(record["conclusion"]),
                "premises": tuple(record.get("premises", ())),
                "absent": tuple(Atom.from_dict(atom) for atom in record.get("absent", ())),
            }
        )


@dataclass(frozen=True, slots=True)
class Proof:
    """Steps that rest on earlier ones alone; the last concludes what is proved. `pramana.proofs.check` checks it.

    A list and no tree: a step that many rest on is there once, and a proof may be as long as it needs to be.
    """

    steps: tuple[ProofStep, ...]

    @property
    def last(self) -> ProofStep:
        """The step that concludes what is proved."""
        return self.steps[-1]

    @property
    def conclusion(self) -> Atom:
        """What is proved."""
        return self.last.conclusion

    @property
    def confidence(self) -> float:
        """Of what is proved."""
        return self.last.confidence

    @property
    def assumptions(self) -> tuple[Fact, ...]:
        """What it assumes of individuals of which nothing is known, as facts: "every" is proved of such a one."""
        assumed = (step for step in self.steps if step.fact.startswith("assumption:"))
        sides = ((one.fact, one.conclusion) for one in assumed)
        return tuple(Fact(id, at.subject, at.predicate, at.object, at.negated) for id, at in sides)

    @property
    def facts(self) -> tuple[str, ...]:
        """Ids of the facts that it rests on."""
        return tuple(dict.fromkeys(step.fact for step in self.steps if step.fact))

    def to_dict(self) -> dict[str, Any]:
        """The proof as JSON values, with what is proved."""
        return {
            "conclusion": self.conclusion.to_dict(),
            "confidence": self.confidence,
            "steps": [step.to_dict() for step in self.steps],
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Proof:
        """The inverse of `to_dict`."""
        return cls(tuple(ProofStep.from_dict(step) for step in record["steps"]))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a question: "true", "false" (its negation holds) or "unknown" (neither does, or both do).

    `proofs` support the verdict and share no asserted fact; `confidence` is their noisy-or, 0 when unknown.
    `against` proves the opposite where both hold (`contradictory`).
    """

    verdict: str
    confidence: float
    proofs: tuple[Proof, ...] = ()
    against: tuple[Proof, ...] = ()
    question: str = ""
    answers: tuple[str, ...] = ()
    """For "who" and "what": the terms for which it is true, best first."""

    @property
    def proof(self) -> Proof | None:
        """The best proof."""
        return self.proofs[0] if self.proofs else None

    @property
    def contradictory(self) -> bool:
        """Whether both the statement and its negation hold."""
        return bool(self.proofs and self.against)

    def to_dict(self) -> dict[str, Any]:
        """The verdict as JSON values, with `proof` and `contradictory`."""
        proofs = [proof.to_dict() for proof in self.proofs]
        return {
            "verdict": self.verdict,
            "confidence": self.confidence,
            "proof": proofs[0] if proofs else None,
            "proofs": proofs,
            "against": [proof.to_dict() for proof in self.against],
            "contradictory": self.contradictory,
            "question": self.question,
            "answers": list(self.answers),
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Verdict:
        """The inverse of `to_dict`."""
        return cls(
            record["verdict"],
            record["confidence"],
            tuple(Proof.from_dict(proof) for proof in record["proofs"]),
            tuple(Proof.from_dict(proof) for proof in record["against"]),
            record["question"],
            tuple(record["answers"]),
        )


@dataclass(frozen=True, slots=True)
class Told:
    """What a text became: ids of its facts and rules, and for each sentence what was understood."""

    facts: tuple[str, ...]
    rules: tuple[str, ...]
    understood: tuple[str, ...]
    """Per sentence, the statement or rule in the rule language."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {"facts": list(self.facts), "rules": list(self.rules), "understood": list(self.understood)}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Told:
        """The inverse of `to_dict`."""
        return cls(tuple(record["facts"]), tuple(record["rules"]), tuple(record["understood"]))


@dataclass(frozen=True, slots=True)
class Added:
    """What `add_many` did: facts added, and facts that were there already."""

    added: int
    known: int

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Pack:
    """Facts and rules that were loaded together. `facts` and `rules` count what came with it."""

    name: str
    version: str
    licence: str
    source: str
    facts: int
    rules: int
    added_ms: int

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Pack:
        """The inverse of `to_dict`."""
        return cls(**{item.name: record[item.name] for item in fields(cls)})


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line of a pack that was left out: its number from 1, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class PackAdded:
    """What `add_pack` loaded, and what it left out: the first lines of these in `skipped`, their number in all."""

    pack: Pack
    repeats: int
    """Facts that the text gave again."""
    skipped: tuple[Skipped, ...] = ()
    skipped_count: int = 0

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self) | {"skipped": [asdict(one) for one in self.skipped]}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> PackAdded:
        """The inverse of `to_dict`."""
        skipped = tuple(Skipped(**one) for one in record["skipped"])
        return cls(Pack.from_dict(record["pack"]), record["repeats"], skipped, record["skipped_count"])


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is so of a predicate: `kind` "functional" (one object per subject), or "disjoint" with `other`."""

    kind: str
    predicate: str
    other: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two facts that cannot both hold. `kind` is "functional", "disjoint" or "negation".

    `status` is "superseded" where `newer` ended `older`'s validity, "open" where both still hold.
    """

    kind: str
    older: Fact
    newer: Fact
    status: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Conflict:
        """The inverse of `to_dict`."""
        return cls(
            record["kind"], Fact.from_dict(record["older"]), Fact.from_dict(record["newer"]), record["status"]
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """A fact read out of free text, which waits until it is accepted or rejected.

    `pattern` names what read it, `sentence` is where; `status` is "pending", "accepted" or "rejected".
    """

    id: str
    subject: str
    predicate: str
    object: str
    negated: bool
    confidence: float
    pattern: str
    sentence: str
    source: str = ""
    status: str = "pending"
    fact: str = ""
    """Id of the fact it became."""
    created_ms: int = 0

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Proposal:
        """The inverse of `to_dict`."""
        return cls(**{item.name: record[item.name] for item in fields(cls) if item.name in record})


@dataclass(frozen=True, slots=True)
class Neighbor:
    """A term near the one asked for: how many hops away, and the fact over which it was reached first."""

    term: str
    depth: int
    via: Fact

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Neighbor:
        """The inverse of `to_dict`."""
        return cls(record["term"], record["depth"], Fact.from_dict(record["via"]))


@dataclass(frozen=True, slots=True)
class Step:
    """One hop of a path; `forward` from the fact's subject to its object."""

    fact: Fact
    forward: bool

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class FactPath:
    """A simple path; `confidence` is the product over its facts."""

    terms: tuple[str, ...]
    steps: tuple[Step, ...]
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self) | {"terms": list(self.terms), "steps": [step.to_dict() for step in self.steps]}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> FactPath:
        """The inverse of `to_dict`."""
        steps = tuple(Step(Fact.from_dict(step["fact"]), step["forward"]) for step in record["steps"])
        return cls(tuple(record["terms"]), steps, record["confidence"])


@dataclass(frozen=True, slots=True)
class Ranked:
    """A term and its personalized PageRank."""

    term: str
    score: float

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class TermRanking:
    """Terms by personalized PageRank, best first. No score is below the true one, or above, by more than `residual`."""

    ranked: tuple[Ranked, ...]
    residual: float

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {"ranked": [one.to_dict() for one in self.ranked], "residual": self.residual}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> TermRanking:
        """The inverse of `to_dict`."""
        return cls(tuple(Ranked(**one) for one in record["ranked"]), record["residual"])
