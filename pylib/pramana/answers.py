"""What `reason()` returns: an answer with all that it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pramana.knowledge import Atom, Fact, FactPath, Proof

__all__ = ["Answer", "Citation", "Entity", "Insight", "MemoryUsed", "TraceStep"]


@dataclass(frozen=True, slots=True)
class Entity:
    """A term of the graph that a part of the question names: characters `start` to before `end`.

    `how` is "exact", "plural", "alias", "fuzzy", "meaning" or "part"; `score` in (0, 1] is how sure that is.
    """

    mention: str
    start: int
    end: int
    term: str
    how: str
    score: float

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Insight:
    """Something that follows, is not stated, and bears on the question; `proof` is its index in the answer's proofs."""

    statement: Atom
    confidence: float
    proof: int

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Insight:
        """The inverse of `to_dict`."""
        return cls(Atom.from_dict(record["statement"]), record["confidence"], record["proof"])


@dataclass(frozen=True, slots=True)
class MemoryUsed:
    """A pattern of the bank that bears on the question: its cosine similarity, and the mean of its success."""

    id: str
    task_description: str
    strategy: str
    similarity: float
    success: float

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Citation:
    """What "[n]" in the text stands for, n counting from 1: a "fact", a "rule" or a "memory", by its id."""

    kind: str
    id: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class TraceStep:
    """A step of reasoning, how long it took, and what came of it, as JSON values."""

    step: str
    ms: float
    found: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer and its evidence.

    `verdict` is "true", "false" or "unknown" where yes or no is asked for, else "answered" or "unknown". An unknown
    one has no text, and confidence 0. Everything the text says is cited in it as "[n]", see `citations`.
    """

    question: str
    """The one that was answered: where `cached` is set, in the spaces or the words of when it was asked."""
    kind: str
    verdict: str
    confidence: float = 0.0
    text: str = ""
    citations: tuple[Citation, ...] = ()
    kinds: tuple[tuple[str, float], ...] = ()
    """Every kind the question may be of, with its score, best first."""
    proofs: tuple[Proof, ...] = ()
    against: tuple[Proof, ...] = ()
    """Of the opposite, where both hold: the verdict is unknown then."""
    insights: tuple[Insight, ...] = ()
    paths: tuple[FactPath, ...] = ()
    facts: tuple[Fact, ...] = ()
    """Those that are cited; as a proof has them, so perhaps without interval and pack."""
    entities: tuple[Entity, ...] = ()
    memories: tuple[MemoryUsed, ...] = ()
    trace: tuple[TraceStep, ...] = ()
    cached: str = ""
    """ "exact" or "similar" where the answer was given before, else ""."""
    compute_ms: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "question": self.question,
            "kind": self.kind,
            "verdict": self.verdict,
            "confidence": self.confidence,
            "text": self.text,
            "citations": [one.to_dict() for one in self.citations],
            "kinds": [[kind, score] for kind, score in self.kinds],
            "proofs": [one.to_dict() for one in self.proofs],
            "against": [one.to_dict() for one in self.against],
            "insights": [one.to_dict() for one in self.insights],
            "paths": [one.to_dict() for one in self.paths],
            "facts": [one.to_dict() for one in self.facts],
            "entities": [one.to_dict() for one in self.entities],
            "memories": [one.to_dict() for one in self.memories],
            "trace": [one.to_dict() for one in self.trace],
            "cached": self.cached,
            "compute_ms": self.compute_ms,
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Answer:
        """The inverse of `to_dict`."""
        parts: dict[str, Callable[[Any], Any]] = {
            "citations": lambda one: Citation(**one),
            "kinds": tuple,
            "proofs": Proof.from_dict,
            "against": Proof.from_dict,
            "insights": Insight.from_dict,
            "paths": FactPath.from_dict,
            "facts": Fact.from_dict,
            "entities": lambda one: Entity(**one),
            "memories": lambda one: MemoryUsed(**one),
            "trace": lambda one: TraceStep(**one),
        }
        values: dict[str, Any] = {
            name: tuple(map(parts[name], value)) if name in parts else value for name, value in record.items()
        }
        return cls(**values)
