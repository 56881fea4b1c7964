"""What each write of proposals puts into a commit (see `intents`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pramana.errors import InputError, NotFoundError
from pramana.graph.intents import record_facts, stamp
from pramana.graph.knowledge_state import Knowledge
from pramana.graph.rows import PROPOSAL, proposal_row
from pramana.graph.validate import Statement
from pramana.knowledge import Proposal
from pramana.records import uuid7
from pramana.store.draft import Draft
from pramana.store.writer import Intent
from pramana.text.terms import key_of
from pramana.text.wording import quoted

__all__ = ["to_accept", "to_propose", "to_reject"]


def to_propose(state: Knowledge, proposals: Sequence[Proposal]) -> Intent:
    """Keep proposals until they are decided on; the result is their ids. One that is pending is not kept twice."""

    async def intent(draft: Draft) -> list[str]:
        await state.bring_up()
        pending = {_key(one): one.id for one in state.proposals.values() if one.status == "pending"}
        ids = []
        for one in proposals:
            key = _key(one)
            if key not in pending:
                kept = replace(one, id=uuid7(state.now_ms), created_ms=state.now_ms)
                draft.put(proposal_row(kept, draft.hlc))
                pending[key] = kept.id
            ids.append(pending[key])
        return list(dict.fromkeys(ids))

    return intent


def to_accept(state: Knowledge, proposal_id: str) -> Intent:
    """Record what a proposal says; the result is the id of the fact. Accepted again, it is the same one.

    Raises:
        NotFoundError: there is no such proposal.
        InputError: it was rejected.
    """

    async def intent(draft: Draft) -> str:
        await state.bring_up()
        one = _found(state, proposal_id, refused="rejected")
        if one.status == "accepted":
            return one.fact
        statement = Statement(one.subject, one.predicate, one.object, one.negated, one.confidence, one.source)
        (fact,) = await record_facts(draft, state, [statement])
        await _put(draft, replace(one, status="accepted", fact=fact))
        return fact

    return intent


def to_reject(state: Knowledge, proposal_id: str) -> Intent:
    """Put a proposal aside.

    Raises:
        NotFoundError: there is no such proposal.
        InputError: it was accepted: retract the fact.
    """

    async def intent(draft: Draft) -> None:
        await state.bring_up()
        one = _found(state, proposal_id, refused="accepted")
        if one.status == "pending":
            await _put(draft, replace(one, status="rejected"))

    return intent


def _key(one: Proposal) -> tuple[object, ...]:
    return (*map(key_of, (one.subject, one.predicate, one.object)), one.negated, one.source)


def _found(state: Knowledge, proposal_id: str, *, refused: str) -> Proposal:
    one = state.proposals.get(proposal_id)
    if one is None:
        raise NotFoundError(f"there is no proposal {quoted(proposal_id)}", ids=[proposal_id])
    if one.status == refused:
        raise InputError(f"the proposal was {refused} already", field="id", accepted="a pending proposal")
    return one


async def _put(draft: Draft, one: Proposal) -> None:
    draft.put(proposal_row(one, await stamp(draft, PROPOSAL, one.id)))
