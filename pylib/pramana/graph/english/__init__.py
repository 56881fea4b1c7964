"""Controlled English: sentences that mean one thing, read into statements and rules; docs/english.md is the grammar."""

from __future__ import annotations

from pramana.graph.english.reading import parse, parse_question, sentences
from pramana.graph.english.records import Conditional, Meaning, Question, Sentence, Statement

__all__ = [
    "Conditional",
    "Meaning",
    "Question",
    "Sentence",
    "Statement",
    "parse",
    "parse_question",
    "sentences",
]
