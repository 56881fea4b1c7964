"""Why something is so: what follows by rules is so because of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from pramana.knowledge import Proof, Verdict
from pramana.reason.deciding import MAX_READ, Deciding
from pramana.reason.operators import Operators
from pramana.reason.question import Question, read_question

__all__ = ["reasons"]

_WHY = re.compile(r"\s*why\s+(?=(?:is|are|was|were|does|do|did|can|has|have)\s)", re.IGNORECASE)
_THAT = re.compile(r"\b(?:why|how\s+come)\s+(.+?)\s+(is|are|was|were)\s+(.+)", re.IGNORECASE | re.DOTALL)
"""A statement, as after "Explain why …"."""


async def reasons(question: Question, deciding: Callable[[Question], Deciding]) -> tuple[Proof, ...]:
    """Return the proofs of what a question asks the reason of ("Why is Socrates mortal?").

    None where it does not follow, and none where it is merely stated: a statement is no reason for itself.
    """
    if len(question.text) > MAX_READ:
        return ()
    why = _WHY.match(question.text)
    if why is None:
        that = _THAT.search(question.text)
        if that is None:
            return ()
        subject, be, rest = that.groups()
        inverted = read_question(f"{be.capitalize()} {subject} {rest.rstrip('.!? ')}?", ())
        return _derived(await deciding(inverted).by_grammar())
    cut = why.end()
    text = question.text[cut].upper() + question.text[cut + 1 :]
    entities = [replace(one, start=one.start - cut, end=one.end - cut) for one in question.entities]
    decide = deciding(read_question(text, entities))
    verdict = await decide.by_grammar()
    if not verdict.proofs:
        verdict = await decide.by_statement(Operators())
    return _derived(verdict)


def _derived(verdict: Verdict) -> tuple[Proof, ...]:
    if verdict.verdict != "true":
        return ()
    return tuple(proof for proof in verdict.proofs if not proof.last.fact)
