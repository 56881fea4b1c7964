"""What a caller of `reason` may set."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Options"]


@dataclass(frozen=True, slots=True)
class Options:
    """Checked; see `Reasoner.reason`."""

    depth: int = 3
    min_confidence: float = 0.0
    k: int = 5
    as_of_ms: int | None = None
    namespace: str | None = None
