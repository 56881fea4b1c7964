"""What would be otherwise if some statements held, or did not: found in a base apart, so that nothing is stored."""

from __future__ import annotations

from array import array
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import chain

from pramana.graph.inference import Deadline
from pramana.graph.knowledge_state import Knowledge
from pramana.graph.matching import holding
from pramana.graph.program import triple_of
from pramana.graph.proving import Prover
from pramana.graph.reads import MAX_DERIVED, TIMEOUT_S, GraphReads
from pramana.graph.validate import pattern_of
from pramana.graph.view import View
from pramana.kernels.rules import MISSING
from pramana.knowledge import Atom, Proof

__all__ = ["Difference", "difference"]

MAX_LISTED = 200
"""Statements that are looked at on each side of a term."""
MAX_PROVED = 6


@dataclass(frozen=True, slots=True)
class Difference:
    """What no longer follows, proved as things are; and what would follow, proved with what is supposed.

    In the latter proofs what is supposed stands as facts with ids "assumption:1" and so on.
    """

    lost: tuple[Proof, ...]
    gained: tuple[Proof, ...]


async def difference(
    graph: GraphReads,
    *,
    gone: Sequence[Atom] = (),
    assumed: Sequence[Atom] = (),
    about: Sequence[str],
    as_of_ms: int | None = None,
) -> Difference:
    """Return what would be otherwise, by the rules, of some terms.

    Args:
        graph: what is known; it is not changed.
        gone: statements that are stated and would not be.
        assumed: statements that would be; looked at only where none would be gone.
        about: the terms whose statements are compared.
        as_of_ms: the moment; None for now.

    Raises:
        BudgetError: too much follows.
    """
    async with graph._view(as_of_ms, None, MAX_DERIVED, TIMEOUT_S) as (state, view, deadline):
        if not view.program.rules:
            return Difference((), ())
        before = await _around(state, view, about, deadline)
        prover = Prover(view, deadline)
        proofs = {atom: await prover.proofs(atom, 1) for atom in before}
        other = _without(view, gone, deadline) if gone else view.assuming(assumed, deadline)
        async with other as supposed:
            after = await _around(state, supposed, about, deadline)
            stated = {*gone, *assumed}
            lost = [
                one for atom in before if atom not in after and atom not in stated for one in proofs[atom]
            ]
            new = [atom for atom in after if atom not in before and atom not in stated][:MAX_PROVED]
            gained = [one for atom in new for one in await Prover(supposed, deadline).proofs(atom, 1)]
        return Difference(tuple(lost[:MAX_PROVED]), tuple(gained))


async def _around(state: Knowledge, view: View, terms: Sequence[str], deadline: Deadline) -> dict[Atom, None]:
    """What follows of some terms, without what is stated."""
    found: dict[Atom, None] = {}
    for ends in chain.from_iterable(((term, None), (None, term)) for term in terms):
        listed = 0
        async for fact in holding(state, view, pattern_of(ends[0], None, ends[1]), None, 0.0, deadline):
            if fact.derived:
                found[fact.atom] = None
            listed += 1
            if listed == MAX_LISTED:
                break
    return found


@asynccontextmanager
async def _without(view: View, gone: Sequence[Atom], deadline: Deadline) -> AsyncIterator[View]:
    """The view as it would be if some statements were not stated; as `View.assuming` otherwise."""
    inference = await view.apart(deadline)
    triples = [triple for one in gone if (triple := triple_of(one, view.names)) is not None]
    flat = array("I", chain.from_iterable(triples))
    numbers = inference.base.find(flat)
    known = array("I", (number for number in numbers if number != MISSING))
    asserted = dict(zip(known, inference.base.describe(known).asserted, strict=True))
    before = array("d", (asserted.get(number, 0.0) for number in numbers))
    inference.base.assert_facts(flat, array("d", [0.0]) * len(triples))
    try:
        await inference.run(deadline)
        yield replace(view, inference=inference)
    finally:
        inference.base.assert_facts(flat, before)
