"""What each write of rules, declarations and told texts puts into a commit (see `intents`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pramana.errors import InputError, NotFoundError
from pramana.graph.history import InForce
from pramana.graph.intents import record_facts, stamp
from pramana.graph.knowledge_state import Knowledge
from pramana.graph.program import check_size
from pramana.graph.rows import DECLARATION, RULE, declaration_id, declaration_row, rule_row
from pramana.graph.stratify import check_stratified
from pramana.graph.validate import Statement
from pramana.knowledge import Declaration, Rule
from pramana.records import uuid7
from pramana.store.draft import Draft
from pramana.store.writer import Intent
from pramana.text.wording import quoted

__all__ = ["put_rules", "to_add_rule", "to_declare", "to_remove_rule", "to_tell", "to_undeclare"]


def to_add_rule(state: Knowledge, rule: Rule) -> Intent:
    """Put a rule in force; the result is its id, or that of the one that says the same."""

    async def intent(draft: Draft) -> str:
        await state.bring_up()
        return put_rules(draft, state, [rule])[0]

    return intent


def to_tell(state: Knowledge, statements: Sequence[Statement], rules: Sequence[Rule]) -> Intent:
    """Record facts and rules in one commit; the result is the ids of both."""

    async def intent(draft: Draft) -> dict[str, list[str]]:
        await state.bring_up()
        ids = put_rules(draft, state, rules)
        return {"facts": await record_facts(draft, state, statements), "rules": ids}

    return intent


def put_rules(draft: Draft, state: Knowledge, rules: Sequence[Rule]) -> list[str]:
    """Put rules in force together, but those that are, beside each other those of packs; return their ids.

    Raises:
        RuleError: with those in force they could not be stratified, or one is too large.
        InputError: a name is another rule's.
    """
    known = {(rule.text, rule.pack): rule for rule in state.rules.values()}
    named = {rule.name: rule for rule in state.rules.values() if rule.name}
    ids, fresh = [], []
    for rule in rules:
        there = known.get((rule.text, rule.pack))
        if there is None:
            check_size(rule)
            there = replace(rule, id=uuid7(state.now_ms), created_ms=state.now_ms)
            _check_name(rule.name, named.get(rule.name))
            fresh.append(there)
        elif rule.name and rule.name != there.name:
            _check_name(rule.name, named.get(rule.name))
            if there.name:
                accepted = f"the name it has, {quoted(there.name)}"
                message = f"this rule is there already: name must be {accepted}; got {quoted(rule.name)}"
                raise InputError(message, field="name", accepted=accepted)
            there = replace(there, name=rule.name)
            fresh.append(there)
        known[there.text, there.pack] = there
        if there.name:
            named[there.name] = there
        ids.append(there.id)
    if fresh:
        check_stratified([*state.rules.values(), *fresh])
    for rule in fresh:
        draft.put(rule_row(rule, draft.hlc))
    return ids


def _check_name(name: str, holder: Rule | None) -> None:
    if holder is not None:
        accepted = "a name that no other rule has"
        message = f"name must be {accepted}; {quoted(name)} is that of {quoted(holder.text)}"
        raise InputError(message, field="name", accepted=accepted)


def to_remove_rule(state: Knowledge, id_or_name: str) -> Intent:
    """Put a rule out of force; its text stays in the database.

    Raises:
        NotFoundError: no rule in force has that id or name.
    """

    async def intent(draft: Draft) -> None:
        await state.bring_up()
        rule = state.rules.get(id_or_name)
        if rule is None:
            named = (one for one in state.rules.values() if one.name == id_or_name)
            rule = next(named, None)
        if rule is None:
            raise NotFoundError(f"there is no rule {quoted(id_or_name)}", ids=[id_or_name])
        updated = await stamp(draft, RULE, rule.id)
        draft.put(rule_row(rule, updated, removed_ms=state.now_ms), "delete")

    return intent


def to_declare(state: Knowledge, declarations: Sequence[Declaration]) -> Intent:
    """Put declarations in force, but those that are."""

    async def intent(draft: Draft) -> None:
        await state.bring_up()
        for one in declarations:
            id = declaration_id(one)
            if id not in state.declared:
                times = (*state.declared.times(id), InForce(state.now_ms))
                draft.put(declaration_row(one, await stamp(draft, DECLARATION, id), times))

    return intent


def to_undeclare(state: Knowledge, declarations: Sequence[Declaration]) -> Intent:
    """Put declarations out of force, but those that are not in it."""

    async def intent(draft: Draft) -> None:
        await state.bring_up()
        for one in declarations:
            id = declaration_id(one)
            if id in state.declared:
                *before, last = state.declared.times(id)
                times = (*before, last._replace(until_ms=state.now_ms))
                draft.put(declaration_row(one, await stamp(draft, DECLARATION, id), times), "delete")

    return intent
