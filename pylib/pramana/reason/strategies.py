"""What is looked for, by kind of question: a table. No kind has code of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["ONWARD", "STRATEGIES", "Look", "Strategy"]


@dataclass(frozen=True, slots=True)
class Look:
    """One thing to look for at a term.

    Attributes:
        families: of relations, see `relations.FAMILIES`; none for all but names.
        way: "effects" and "causes" run with and against effects; "out" goes from subject to object, "in" against.
        hops: at most so many, and at most the caller's depth.
    """

    families: tuple[str, ...] = ()
    way: str = "out"
    hops: int = 1


@dataclass(frozen=True, slots=True)
class Strategy:
    """How questions of one kind are answered.

    Attributes:
        looks: tried in order at each term, where the question names no relation; the first that finds something is
            taken, unless `all_looks`.
        then: looked for at what was found, unless that is an effect or a cause; see also ONWARD.
        between: what is looked for between the terms first: "effects" for chains of them, "any" for statements too.
        contrast: of two terms, what they share and what tells them apart is put side by side.
        fuller: what is gathered is given rather than what the grammar reads in the question.
        from_memory: a memory alone may be an answer.
        slack: share of the question's words of content that may be left unexplained by what was found.
        asked_slack: the same where the relation that the question names was found.
        all_looks: all looks are taken together.
        beside: looked for at each term beside what is between them.
    """

    looks: tuple[Look, ...]
    then: tuple[Look, ...] = ()
    between: str = ""
    contrast: bool = False
    fuller: bool = False
    from_memory: bool = False
    slack: float = 0.4
    asked_slack: float = 0.67
    all_looks: bool = False
    beside: tuple[Look, ...] = ()


_FAR = 99
_EFFECTS = Look(way="effects", hops=_FAR)
_CAUSES = Look(way="causes", hops=_FAR)
_KINDS = Look(("kind",), "in")
_DEFENDING = ("protection", "prevention", "removal")
_DEFENCES = Look(_DEFENDING, "in")
_LEANS_ON = ("requirement", "part", "use")
_ABOUT = Look(way="out")
_AROUND = Look(way="in")

STRATEGIES: Mapping[str, Strategy] = {
    "causal": Strategy(
        (_EFFECTS, Look(("exposure", "trait", "deprecation", "suitability")), _CAUSES),
        between="effects",
        fuller=True,
    ),
    "comparative": Strategy((_ABOUT,), contrast=True, from_memory=True),
    "procedural": Strategy(
        (_DEFENCES, Look(("remedy",)), Look(("part", "order"), "in"), Look(("suitability",), "in")),
        from_memory=True,
    ),
    "hypothetical": Strategy(
        (_EFFECTS, Look((*_DEFENDING, "weakening")), Look(("requirement", "use"), "in")),
        then=(Look(("cause", "enabling", "effect")),),
        between="effects",
        fuller=True,
    ),
    "diagnostic": Strategy(
        (
            Look(("indication",)),
            _CAUSES,
            Look(("indication",), "in"),
            Look(("presentation",), "in"),
            _EFFECTS,
        ),
        between="any",
        from_memory=True,
        fuller=True,
        slack=0.55,
        beside=(Look(("indication",)),),
    ),
    "exploratory": Strategy((_KINDS, _ABOUT, _AROUND), fuller=True, from_memory=True, all_looks=True),
    "systems": Strategy(
        (Look(_LEANS_ON, "out", _FAR), Look(_LEANS_ON, "in"), _EFFECTS),
        between="any",
        all_looks=True,
        from_memory=True,
    ),
    "lateral": Strategy(
        (Look(("weakening",), "in"), _EFFECTS, _CAUSES, _ABOUT),
        between="effects",
        contrast=True,
        slack=0.3,
    ),
    "factual": Strategy((_ABOUT, _KINDS, _AROUND), between="any", slack=0.0, asked_slack=0.4),
}

ONWARD: Mapping[str, Look] = {
    "indication": Look(("exploitation",)),
    "weakening": _DEFENCES,
    "exposure": Look(("cause", "enabling", "effect")),
}
"""What is looked for at the far end of a statement of a family, whatever the kind of question."""
