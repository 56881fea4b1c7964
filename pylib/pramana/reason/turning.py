"""Of what was found, what answers a question that is turned round (see `operators`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import replace

from pramana.answers import Entity
from pramana.knowledge import Fact, Proof, Verdict
from pramana.reason.evidence import Evidence
from pramana.reason.operators import Operators
from pramana.reason.question import Question, stems_in
from pramana.text.terms import key_of

__all__ = ["Turning"]

_NAMING = re.compile(r"^\W*(?:who|whom|whose|what|which|where|when)\b", re.IGNORECASE)
_TELLING = frozenset(("comparative", "exploratory", "hypothetical", "lateral"))
"""Kinds of question that what is not so may answer as well."""


class Turning:
    """Sifts the evidence for one question.

    Args:
        question: what is asked.
        kind: which kind of question that is.
        turned: what turns it round.
        excluded: terms that are no answer.
    """

    def __init__(self, question: Question, kind: str, turned: Operators, excluded: Sequence[Entity]) -> None:
        self._turned = turned
        self._excluded = frozenset(key_of(one.term) for one in excluded)
        self._excluded_stems = [stems_in(one.term) for one in excluded]
        self._affirms = (
            not turned.denied
            and kind not in _TELLING
            and not question.contrasts
            and bool(_NAMING.match(question.text))
        )

    def kept(self, verdict: Verdict) -> Verdict:
        """A verdict on who or what without those that are left out."""
        if not self._excluded:
            return verdict
        found = Evidence(proofs=list(verdict.proofs))
        self._leave_out(found)
        proofs = tuple(found.proofs)
        if not proofs:
            return Verdict("unknown", 0.0)
        answers = tuple(one for one in verdict.answers if key_of(one) not in self._excluded)
        confidence = max(proof.confidence for proof in proofs)
        return replace(verdict, proofs=proofs, answers=answers, confidence=confidence)

    def keep(self, found: Evidence) -> None:
        """Drop what does not answer: what is left out, what is so where it is asked what is not, or the reverse."""
        if self._excluded:
            self._leave_out(found)
        if found.supposed:
            return
        if self._turned.denied:
            found.memories, found.counted = [], 0
            _sift(found, lambda _, negated: negated)
        elif self._affirms:
            _sift(found, lambda _, negated: not negated)
        if self._turned.joined and found:
            self._hold_of_all(found)

    def _leave_out(self, found: Evidence) -> None:
        _sift(found, lambda ends, _: not ends & self._excluded)
        found.counted = 0
        found.memories = [
            one
            for one in found.memories
            if not any(
                stems <= stems_in(one.task_description, one.strategy) for stems in self._excluded_stems
            )
        ]

    def _hold_of_all(self, found: Evidence) -> None:
        """Drop all where a term of those that "and" joins is not spoken of, or, of "both", what is not so of each."""
        members = [key_of(one.term) for one in self._turned.joined]
        spoken: list[frozenset[str]] = []

        def note(ends: Set[str], _: bool) -> bool:
            spoken.append(frozenset(ends))
            return True

        _sift(found, note)
        beyond = [
            frozenset().union(*(ends for ends in spoken if one in ends)).difference(members)
            for one in members
        ]
        shared = frozenset.intersection(*beyond)
        if not frozenset(members) <= frozenset().union(*spoken) or (self._turned.both and not shared):
            found.memories = []
            _sift(found, lambda *_: False)
        elif self._turned.both:
            _sift(found, lambda ends, _: bool(ends & shared))


def _sift(found: Evidence, stays: Callable[[Set[str], bool], bool]) -> None:
    """Keep of the evidence what stays, by the keys of its terms and by whether it denies."""

    def stated(fact: Fact) -> bool:
        return stays({key_of(fact.subject), key_of(fact.object)}, fact.negated)

    def proved(proof: Proof) -> bool:
        one = proof.conclusion
        return stays({key_of(one.subject), key_of(one.object)}, one.negated)

    found.facts = list(filter(stated, found.facts))
    found.needing = list(filter(stated, found.needing))
    found.ending = list(filter(stated, found.ending))
    found.shared = [one for one in found.shared if all(map(stated, one.facts))]
    found.paths = [one for one in found.paths if stays(set(map(key_of, one.terms)), False)]
    found.proofs = list(filter(proved, found.proofs))
    found.lost = list(filter(proved, found.lost))
