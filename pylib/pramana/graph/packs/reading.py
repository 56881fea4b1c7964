"""A pack's texts as what is recorded, checked whole before anything is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from pramana.errors import InputError, RuleError
from pramana.graph import rule_language
from pramana.graph.bulk import Bulk, Gathered
from pramana.graph.packs import jsonld, ntriples
from pramana.graph.packs.csv_text import CsvText
from pramana.graph.packs.lines import Line
from pramana.graph.validate import check_choice, check_pack_name, check_source, check_text
from pramana.knowledge import Pack, Rule, Skipped
from pramana.pace import Pace
from pramana.text.checks import MAX_NAME, fail, flag, refuse, text

__all__ = ["FORMATS", "MAX_SKIPPED", "Given", "Reading", "read"]

FORMATS = ("csv", "nt", "jsonld")
MAX_CHARS = 50_000_000
MAX_SKIPPED = 100
"""Of the lines that are left out, so many are named."""


@dataclass(frozen=True, slots=True)
class Given:
    """The arguments of `add_pack`, unchecked."""

    text: Any
    rules: Any
    format: Any
    skip_malformed: Any
    about: dict[str, Any]
    """name, version, licence and source"""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a pack comes to. Of `pack` the counts are not known yet."""

    pack: Pack
    bulk: Bulk
    rules: list[Rule]
    skipped: list[Skipped]
    skipped_count: int


async def read(given: Given) -> Reading:
    """Read a pack.

    Raises:
        InputError: `details["field"]` names the argument, `details["line"]` a malformed line and `details["reason"]`
            what is wrong with it.
        RuleError: of the text of the rules.
    """
    format, skip = check_choice("format", given.format, FORMATS), flag("skip_malformed", given.skip_malformed)
    if not isinstance(given.text, str):
        refuse("text", "text", given.text)
    if len(given.text) > MAX_CHARS:
        refuse("text", f"at most {MAX_CHARS:,} characters", given.text, got=f"{len(given.text):,}")
    facts = given.text.removeprefix("\ufeff")
    lines: Iterable[Line]
    if format == "csv":
        lines = rows = CsvText(facts)
        pack = _described(given.about, rows.about)
    else:
        pack = _described(given.about, {})
        lines = (ntriples if format == "nt" else jsonld).facts(facts, pack.name)
    rules = await _rules(check_text("rules", given.rules), pack)
    gathered = Gathered(pack.source)
    skipped, count = await _gather(lines, gathered, skip=skip)
    if not len(gathered) and not rules:
        fail("text", "holds no fact, and there are no rules", "a text with at least one fact")
    return Reading(pack, gathered.bulk(), rules, skipped, count)


async def _gather(lines: Iterable[Line], gathered: Gathered, *, skip: bool) -> tuple[list[Skipped], int]:
    """Take the facts in; return the first malformed lines, and how many there are."""
    skipped: list[Skipped] = []
    count, pace = 0, Pace()
    for place, line in enumerate(lines):
        reason = line.reason or _added(gathered, line)
        if reason and not skip:
            raise InputError(
                f"line {line.number}: {reason}; nothing was stored (skip_malformed leaves such lines out)",
                field="text",
                line=line.number,
                reason=reason,
            )
        if reason:
            count += 1
            if count <= MAX_SKIPPED:
                skipped.append(Skipped(line.number, reason))
        if not place & 0xF:
            await pace()
    return skipped, count


def _added(gathered: Gathered, line: Line) -> str:
    """Take a fact in, or return why not."""
    try:
        gathered.add({**line.fields})
    except InputError as error:
        return error.message
    return ""


def _described(given: dict[str, Any], said: dict[str, str]) -> Pack:
    """What a pack says of itself; the arguments win."""
    about = {field: said.get(field, "") if value == "" else value for field, value in given.items()}
    if about["name"] == "":
        fail("name", 'is needed: an argument, or a line "# name: …" before a CSV\'s header', "a text")
    licence = text("licence", about["licence"], max_chars=MAX_NAME).strip()
    if not licence:
        reason = (
            "is needed, since a pack is somebody's work and every fact of it keeps the terms it came under: "
            'an argument, or a line "# licence: …" before a CSV\'s header'
        )
        fail("licence", reason, "a text")
    version = text("version", about["version"], max_chars=MAX_NAME).strip()
    source = check_source(about["source"])
    return Pack(check_pack_name(about["name"]), version, licence, source, 0, 0, 0)


async def _rules(program: str, pack: Pack) -> list[Rule]:
    pace, found = Pace(), []
    try:
        for rule in rule_language.rules(program):
            found.append(replace(rule, source=pack.source, pack=pack.name))
            await pace()
    except RuleError as error:
        raise RuleError(f"rules: {error.message}", **{**error.details, "field": "rules"}) from error
    return found
