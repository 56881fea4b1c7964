"""What each command does: it reads and checks its input first, and only then opens the database."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from pramana.bank.files import check_source
from pramana.bank.intents import not_found
from pramana.cli.running import opened, show_result
from pramana.cli.tables import hits_table, patterns_table, sheet, table
from pramana.errors import InputError
from pramana.text.json_input import parse_json

__all__ = [
    "delete",
    "export",
    "find",
    "import_",
    "list_",
    "purge",
    "reembed",
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
        async with opened(options) as memory:
            ids = await memory.store_many(patterns) if options.stdin else [await memory.store(**fields)]
    show_result(options, {"ids": ids}, "\n".join(ids) or "0 memories stored: standard input held no line")


def _standard_input() -> list[Any]:
    try:
        return [
            parse_json(line, f"line {number}") for number, line in enumerate(sys.stdin, 1) if line.strip()
        ]
    except UnicodeDecodeError as error:
        raise InputError("standard input is not UTF-8", field="stdin") from error


async def find(options: argparse.Namespace) -> None:
    """Find by meaning."""
    async with opened(options, read_only=True) as memory:
        hits = await memory.find_similar(
            options.query, options.k, min_similarity=options.min_similarity, **_filters(options)
        )
    show_result(options, [hit.to_dict() for hit in hits], hits_table(hits))


async def list_(options: argparse.Namespace) -> None:
    """List one page, newest first."""
    async with opened(options, read_only=True) as memory:
        page = await memory.list(cursor=options.cursor, limit=options.limit, **_filters(options))
    more = "" if page.cursor is None else f"\nmore: --cursor {page.cursor}"
    show_result(options, page.to_dict(), patterns_table(page.patterns) + more)


async def show(options: argparse.Namespace) -> None:
    """Show one memory whole."""
    async with opened(options, read_only=True) as memory:
        pattern = await memory.get(options.id)
    if pattern is None:
        raise not_found([options.id])
    show_result(options, pattern.to_dict(), sheet(pattern))


async def update(options: argparse.Namespace) -> None:
    """Change the given fields."""
    fields = _fields(options)
    async with opened(options, must_exist=True) as memory:
        await memory.update(options.id, **fields)
    show_result(options, {"updated": options.id}, f"updated {options.id}")


async def delete(options: argparse.Namespace) -> None:
    """Hide one memory."""
    async with opened(options, must_exist=True) as memory:
        await memory.delete(options.id)
    show_result(
        options, {"deleted": options.id}, f"deleted {options.id}; purge removes its text from the disk too"
    )


async def purge(options: argparse.Namespace) -> None:
    """Remove one memory's text from the disk."""
    async with opened(options, must_exist=True) as memory:
        await memory.purge(options.id)
    show_result(options, {"purged": options.id}, f"purged {options.id}")


async def used(options: argparse.Namespace) -> None:
    """Count a use of each memory, and how it went."""
    async with opened(options, must_exist=True) as memory:
        await memory.used(options.ids, success=options.success)
    ids = list(dict.fromkeys(options.ids))
    went = {True: ", with success", False: ", without success", None: ""}[options.success]
    show_result(options, {"used": ids}, f"counted one use of {', '.join(ids)}{went}")


async def export(options: argparse.Namespace) -> None:
    """Write all memories to a file or to standard output."""
    _check_target(options)
    async with opened(options, read_only=True) as memory:
        if options.file == "-":
            async for chunk in memory.export_lines():
                sys.stdout.write(chunk)
            sys.stdout.flush()
            return
        lines = await memory.export_jsonl(options.file)
    show_result(
        options, {"lines": lines, "file": options.file}, f"{_counted(lines)} written to {options.file}"
    )


def _check_target(options: argparse.Namespace) -> None:
    if options.file != "-" and Path(options.file).resolve() == Path(options.db).resolve():
        raise InputError("the export would replace the database; name another file", field="file")


async def import_(options: argparse.Namespace) -> None:
    """Read memories from a file or from standard input."""
    source = sys.stdin.buffer if options.file == "-" else options.file
    if options.file != "-":
        check_source(options.file)
    async with opened(options) as memory:
        counts = await memory.import_jsonl(source, on_conflict=options.on_conflict)
    show_result(
        options, counts, "{added} added, {updated} updated, {skipped} skipped, of {lines}".format(**counts)
    )


async def reembed(options: argparse.Namespace) -> None:
    """Change the embedder to the one given, or to the one in the box."""
    async with opened(options, must_exist=True, reembed=True) as memory:
        embedder = memory.capabilities()["embedder"]
    show_result(options, {"embedder": embedder}, f"embedded by {embedder['id']}, {embedder['dim']} floats")


async def stats(options: argparse.Namespace) -> None:
    """Show what is stored and what runs."""
    async with opened(options, read_only=True) as memory:
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
    show_result(options, {"stats": found, "capabilities": capabilities}, table(["", ""], rows, numbers=set()))


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
