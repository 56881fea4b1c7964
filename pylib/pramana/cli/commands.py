"""What each command does: it reads and checks its input first, and only then opens the database."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pramana.app import Pramana, open
from pramana.bank.files import check_source
from pramana.bank.intents import not_found
from pramana.cli.tables import hits_table, patterns_table, sheet, table
from pramana.errors import InputError, NotFoundError
from pramana.text.json_input import parse_json

__all__ = [
    "delete",
    "export",
    "find",
    "import_",
    "list_",
    "purge",
    "show",
    "stats",
    "store",
    "update",
    "used",
]


async def store(options: argparse.Namespace) -> None:
    """Store one memory, or the lines of standard input."""
    fields = _fields(options)
    if options.stdin:
        if fields:
            raise InputError(
                "--stdin takes every field from its lines; give no other field with it", field="stdin"
            )
        patterns = _standard_input()
    elif options.task is None:
        raise InputError("give either --task or --stdin (JSONL, one memory per line)", field="task")
    else:
        patterns = [fields]
    ids = []
    if patterns:
        async with _opened(options) as memory:
            ids = await memory.store_many(patterns) if options.stdin else [await memory.store(**fields)]
    _print(options, {"ids": ids}, "\n".join(ids) or "0 memories stored: standard input held no line")


def _standard_input() -> list[Any]:
    try:
        return [
            parse_json(line, f"line {number}") for number, line in enumerate(sys.stdin, 1) if line.strip()
        ]
    except UnicodeDecodeError as error:
        raise InputError("standard input is not UTF-8", field="stdin") from error


async def find(options: argparse.Namespace) -> None:
    """Find by meaning."""
    async with _opened(options, read_only=True) as memory:
        hits = await memory.find_similar(
            options.query, options.k, min_similarity=options.min_similarity, **_filters(options)
        )
    _print(options, [hit.to_dict() for hit in hits], hits_table(hits))


async def list_(options: argparse.Namespace) -> None:
    """List one page, newest first."""
    async with _opened(options, read_only=True) as memory:
        page = await memory.list(cursor=options.cursor, limit=options.limit, **_filters(options))
    more = "" if page.cursor is None else f"\nmore: --cursor {page.cursor}"
    _print(options, page.to_dict(), patterns_table(page.patterns) + more)


async def show(options: argparse.Namespace) -> None:
    """Show one memory whole."""
    async with _opened(options, read_only=True) as memory:
        pattern = await memory.get(options.id)
    if pattern is None:
        raise not_found([options.id])
    _print(options, pattern.to_dict(), sheet(pattern))


async def update(options: argparse.Namespace) -> None:
    """Change the given fields."""
    fields = _fields(options)
    async with _opened(options, must_exist=True) as memory:
        await memory.update(options.id, **fields)
    _print(options, {"updated": options.id}, f"updated {options.id}")


async def delete(options: argparse.Namespace) -> None:
    """Hide one memory."""
    async with _opened(options, must_exist=True) as memory:
        await memory.delete(options.id)
    _print(
        options, {"deleted": options.id}, f"deleted {options.id}; purge removes its text from the disk too"
    )


async def purge(options: argparse.Namespace) -> None:
    """Remove one memory's text from the disk."""
    async with _opened(options, must_exist=True) as memory:
        await memory.purge(options.id)
    _print(options, {"purged": options.id}, f"purged {options.id}")


async def used(options: argparse.Namespace) -> None:
    """Count a use of each memory, and how it went."""
    async with _opened(options, must_exist=True) as memory:
        await memory.used(options.ids, success=options.success)
    ids = list(dict.fromkeys(options.ids))
    went = {True: ", with success", False: ", without success", None: ""}[options.success]
    _print(options, {"used": ids}, f"counted one use of {', '.join(ids)}{went}")


async def export(options: argparse.Namespace) -> None:
    """Write all memories to a file or to standard output."""
    _check_target(options)
    async with _opened(options, read_only=True) as memory:
        if options.file == "-":
            async for chunk in memory.export_lines():
                sys.stdout.write(chunk)
            sys.stdout.flush()
            return
        lines = await memory.export_jsonl(options.file)
    _print(options, {"lines": lines, "file": options.file}, f"{_counted(lines)} written to {options.file}")


def _check_target(options: argparse.Namespace) -> None:
    if options.file != "-" and Path(options.file).resolve() == Path(options.db).resolve():
        raise InputError("the export would replace the database; name another file", field="file")


async def import_(options: argparse.Namespace) -> None:
    """Read memories from a file or from standard input."""
    source = sys.stdin.buffer if options.file == "-" else options.file
    if options.file != "-":
        check_source(options.file)
    async with _opened(options) as memory:
        counts = await memory.import_jsonl(source, on_conflict=options.on_conflict)
    _print(
        options, counts, "{added} added, {updated} updated, {skipped} skipped, of {lines}".format(**counts)
    )


async def stats(options: argparse.Namespace) -> None:
    """Show what is stored and what runs."""
    async with _opened(options, read_only=True) as memory:
        found, capabilities = await memory.stats(), memory.capabilities()
    kernels, kept = capabilities["kernels"], capabilities["store"]
    rows = [
        ["memories", str(found["patterns"])],
        ["deleted", str(found["deleted"])],
        ["commits", str(found["head_seq"])],
        ["size on disk", f"{found['size_bytes'] / 1024:,.0f} KiB"],
        ["store", f"{kept['backend']} (survives: {kept['durability']})"],
        ["embedder", f"{found['embedder']['id']}, {found['embedder']['dim']} floats"],
        ["kernels", f"{kernels['build']} on {kernels['runtime']}"],
        *([["fall-back", reason] for reason in kernels["fallbacks"]]),
        *([f"category {name}", str(count)] for name, count in found["categories"].items()),
    ]
    _print(options, {"stats": found, "capabilities": capabilities}, table(["", ""], rows, numbers=set()))


@asynccontextmanager
async def _opened(
    options: argparse.Namespace, *, read_only: bool = False, must_exist: bool = False
) -> AsyncIterator[Pramana]:
    """Open the database; to store or import it is made if need be, to change a memory it must exist."""
    if must_exist:
        _check_exists(options.db)
    async with await open(options.db, read_only=read_only, kernels=options.kernels) as memory:
        yield memory


def _check_exists(db: str) -> None:
    if not Path(db).exists():
        raise NotFoundError(f"there is no database at {Path(db).absolute()}", path=str(Path(db).absolute()))


def _fields(options: argparse.Namespace) -> dict[str, Any]:
    """The fields that were given; the others keep their defaults, or what they are."""
    given = {
        "task_description": options.task,
        "task_category": options.category,
        "namespace": options.namespace,
        "strategy": options.strategy,
        "title": options.title,
        "description": options.description,
        "content": options.content,
        "success_score": options.score,
        "tags": options.tag,
        "metadata": None if options.metadata is None else parse_json(options.metadata, "--metadata"),
    }
    return {name: value for name, value in given.items() if value is not None}


def _filters(options: argparse.Namespace) -> dict[str, Any]:
    namespace = "default" if options.namespace is None else options.namespace
    return {
        "category": options.category,
        "namespace": None if options.all_namespaces else namespace,
        "tags": options.tag,
    }


def _counted(memories: int) -> str:
    return "1 memory" if memories == 1 else f"{memories} memories"


def _print(options: argparse.Namespace, value: Any, text: str) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2) if options.json else text)
