"""What loading and removing a knowledge pack puts into a commit (see `intents`)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pramana.errors import InputError, NotFoundError
from pramana.graph.bulk_intent import Progress, record_bulk
from pramana.graph.changes import Changes
from pramana.graph.fact_table import FOREVER, Origin
from pramana.graph.intents import stamp
from pramana.graph.knowledge_state import Knowledge
from pramana.graph.rows import PACK, RULE, pack_row, rule_row
from pramana.graph.rule_intents import put_rules
from pramana.knowledge import PackAdded
from pramana.pace import Pace
from pramana.records import uuid7
from pramana.store.draft import Draft
from pramana.store.writer import Intent
from pramana.text.wording import quoted

if TYPE_CHECKING:
    from pramana.graph.packs.reading import Reading

__all__ = ["to_add_pack", "to_remove_pack"]


def to_add_pack(state: Knowledge, reading: Reading, on_progress: Progress | None) -> Intent:
    """Record all that was read in one commit; the result is a `PackAdded` as JSON values.

    Raises:
        InputError: a pack of this name is loaded.
        RuleError: its rules and those in force could not be stratified, or one is too large.
    """

    async def intent(draft: Draft) -> dict[str, Any]:
        await state.bring_up()
        pack = reading.pack
        if any(one.name == pack.name for one in state.packs.values()):
            message = f"a pack {quoted(pack.name)} is loaded already; remove it first, or give another name"
            raise InputError(message, field="name", accepted="a name that no loaded pack has")
        rules = put_rules(draft, state, reading.rules)
        origin = Origin(pack.name, pack.licence)
        counts = await record_bulk(draft, state, reading.bulk, on_progress, origin)
        loaded = replace(pack, facts=counts["added"], rules=len(dict.fromkeys(rules)), added_ms=state.now_ms)
        draft.put(pack_row(uuid7(state.now_ms), loaded, draft.hlc))
        return PackAdded(loaded, counts["known"], tuple(reading.skipped), reading.skipped_count).to_dict()

    return intent


def to_remove_pack(state: Knowledge, name: str) -> Intent:
    """Retract what came with a pack, and put its rules out of force; the result is how many facts were retracted.

    Raises:
        NotFoundError: no pack of this name is loaded.
    """

    async def intent(draft: Draft) -> int:
        await state.bring_up()
        id = next((id for id, pack in state.packs.items() if pack.name == name), None)
        if id is None:
            raise NotFoundError(f"there is no pack {quoted(name)}", ids=[name])
        changes, pace = Changes(state.table, state.now_ms), Pace()
        for rows in state.table.rows_of_pack(name):
            # A batch is short enough for one stretch.
            changes.retracted.update(row for row in rows if state.table.retracted[row] == FOREVER)
            await pace()
        await changes.write(draft)
        for rule in [rule for rule in state.rules.values() if rule.pack == name]:
            draft.put(rule_row(rule, await stamp(draft, RULE, rule.id), state.now_ms), "delete")
        updated = await stamp(draft, PACK, id)
        draft.put(pack_row(id, state.packs[id], updated, state.now_ms), "delete")
        return len(changes.retracted)

    return intent
