"""The commands of knowledge packs: add, list, remove."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pramana.cli.running import opened, show_result
from pramana.cli.tables import table
from pramana.errors import InputError, NotFoundError
from pramana.knowledge import PackAdded

__all__ = ["SUFFIXES", "add", "list_", "remove"]

SUFFIXES = {".csv": "csv", ".nt": "nt", ".jsonld": "jsonld"}


async def add(options: argparse.Namespace) -> None:
    """Load a pack from a file, or from standard input."""
    format = options.format or SUFFIXES.get(Path(options.file).suffix.lower())
    if format is None:
        known = ", ".join(SUFFIXES)
        raise InputError(f"--format is needed where a file's name ends in none of {known}", field="format")
    text = _text(options.file)
    rules = "" if options.rules is None else _text(options.rules)
    async with opened(options) as memory:
        added = await memory.graph.add_pack(
            text,
            name=options.name,
            format=format,
            licence=options.licence,
            source=options.source,
            version=options.version,
            rules=rules,
            skip_malformed=options.skip_malformed,
        )
    show_result(options, added.to_dict(), "\n".join(_told(added)))


async def list_(options: argparse.Namespace) -> None:
    """List what is loaded."""
    async with opened(options, read_only=True) as memory:
        packs = await memory.graph.packs()
    rows = [
        [
            f"{datetime.fromtimestamp(pack.added_ms / 1000).astimezone():%Y-%m-%d %H:%M}",
            pack.version,
            pack.licence,
            f"{pack.facts:,}",
            f"{pack.rules:,}",
            pack.source,
            pack.name,
        ]
        for pack in packs
    ]
    header = ["added", "version", "licence", "facts", "rules", "source", "name"]
    listed = table(header, rows, numbers={3, 4}) if rows else "no packs"
    show_result(options, [pack.to_dict() for pack in packs], listed)


async def remove(options: argparse.Namespace) -> None:
    """Remove a pack."""
    async with opened(options, must_exist=True) as memory:
        retracted = await memory.graph.remove_pack(options.name)
    shown = f"removed {options.name}: {retracted:,} facts retracted"
    show_result(options, {"removed": options.name, "retracted": retracted}, shown)


def _text(file: str) -> str:
    try:
        # Line ends stay as they are: within a quoted cell they are its own.
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return content.decode()
    except FileNotFoundError as error:
        raise NotFoundError(f"there is no file {Path(file).absolute()}", path=file) from error
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}", field="file") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8 text (byte {error.start})", field="file") from error


def _told(added: PackAdded) -> Iterator[str]:
    pack = added.pack
    again = f", {added.repeats:,} given again" if added.repeats else ""
    yield f"{pack.name}: {pack.facts:,} facts{again}, {pack.rules:,} rules, licence {pack.licence}"
    for one in added.skipped:
        yield f"left out line {one.line}: {one.reason}"
    if added.skipped_count > len(added.skipped):
        yield f"left out in all: {added.skipped_count:,} lines"
