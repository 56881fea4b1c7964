"""What a text or a question was understood as."""

from __future__ import annotations

from dataclasses import dataclass

from pramana.knowledge import Atom, Comparison, Rule

__all__ = ["Conditional", "Meaning", "Question", "Sentence", "Statement"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement without variables."""

    atom: Atom


@dataclass(frozen=True, slots=True)
class Conditional:
    """A rule without id and `text`; its `sentence` is the English."""

    rule: Rule


Meaning = Statement | Conditional


@dataclass(frozen=True, slots=True)
class Sentence:
    """Characters `start` to before `end` of the text, and all that they say."""

    text: str
    start: int
    end: int
    meanings: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    `kind` is "ground": do all of `atoms` hold? "exists": is there a value for their variables with which they do,
    and `where` is so? "who": for which values of the variable `asked`? "universal": does each of `rules` follow, the
    body assumed of fresh individuals? `otherwise` are other statements than `atoms` that would do as well: she owns the
    kind dog, or something that is a dog.
    """

    text: str
    kind: str
    atoms: tuple[Atom, ...] = ()
    rules: tuple[Rule, ...] = ()
    asked: str = ""
    where: tuple[Comparison, ...] = ()
    otherwise: tuple[tuple[Atom, ...], ...] = ()
