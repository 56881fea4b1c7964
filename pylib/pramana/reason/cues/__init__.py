"""What in an English question says which kind of answer it asks for: a table, one module a kind.

A row is a weight, what the cue means, and the phrases that show it, any one of them (`phrases.py` says how they are
written). Weights are logarithms of odds: 1 is a hint, 2 makes a kind likely, 3 to 5 settle a plain question, and
6 or more stand against the cues of other kinds. Lateral cues weigh most: who wants the unusual may ask for it in
any form. They are set by hand: weights learned from the labelled set did not do better in cross-validation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import (
    causal,
    comparative,
    diagnostic,
    exploratory,
    factual,
    hypothetical,
    lateral,
    procedural,
    systems,
)

__all__ = ["CUES", "START", "Cue"]


@dataclass(frozen=True, slots=True)
class Cue:
    """Phrases that say the same of a text.

    Attributes:
        kind: the kind of answer that they speak for.
        weight: how much, as a logarithm of odds.
        why: what they mean, in a few words.
        phrases: any one of them is enough.
    """

    kind: str
    weight: float
    why: str
    phrases: tuple[str, ...]


START = {"factual": 1.0}
"""What kinds have before any cue; the others have 0."""

_TABLE = {
    "causal": causal.ROWS,
    "comparative": comparative.ROWS,
    "procedural": procedural.ROWS,
    "hypothetical": hypothetical.ROWS,
    "diagnostic": diagnostic.ROWS,
    "exploratory": exploratory.ROWS,
    "systems": systems.ROWS,
    "lateral": lateral.ROWS,
    "factual": factual.ROWS,
}


def _cues() -> Iterator[Cue]:
    """Read the rows: "weight meaning:", then indented phrases with " / " between; a line may break after a "|"."""
    for kind, rows in _TABLE.items():
        for head, body in re.findall(r"^(\S.*):\n((?:    .*\n)+)", rows, re.MULTILINE):
            weight, _, why = head.partition(" ")
            phrases = re.sub(r"\|\s+", "|", " ".join(body.split())).split(" / ")
            yield Cue(kind, float(weight), why, tuple(phrases))


CUES = tuple(_cues())
