"""The `pramana` command: store, find, list, export, import and stats on a database file.

Results go to standard output (tables, or JSON with --json), errors to standard error in one line. Exit
status: 0, 1 for an error, 2 for a wrong command line.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import unicodedata
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from pramana.app import VERSION, Pramana, open
from pramana.errors import InputError, PramanaError
from pramana.records import Pattern
from pramana.text.json_input import parse_json

__all__ = ["main"]

Command: TypeAlias = Callable[[Pramana, argparse.Namespace], Coroutine[Any, Any, None]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        asyncio.run(_run(options))
    except PramanaError as error:
        print(f"pramana: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader has seen enough (`pramana list … | head`); nothing must be flushed to it at exit.
        sys.stdout = None
        return 1
    except KeyboardInterrupt:
        print("pramana: interrupted", file=sys.stderr)
        return 130
    return 0


async def _run(options: argparse.Namespace) -> None:
    command: Command = options.command
    async with await open(options.db, read_only=options.reads, kernels=options.kernels) as memory:
        await command(memory, options)


async def _store(memory: Pramana, options: argparse.Namespace) -> None:
    if options.stdin == (options.task is not None):
        raise InputError("give either --task or --stdin (JSONL, one memory per line)", field="task")
    if options.stdin:
        patterns = [
            parse_json(line, f"line {number}") for number, line in enumerate(sys.stdin, 1) if line.strip()
        ]
        ids = await memory.store_many(patterns)
    else:
        ids = [await memory.store(**_fields(options))]
    if options.json:
        _print_json({"ids": ids})
    else:
        print("\n".join(ids))


def _fields(options: argparse.Namespace) -> dict[str, Any]:
    """The fields that were given; the others keep their defaults."""
    given = {
        "task_description": options.task,
        "task_category": options.category,
        "strategy": options.strategy,
        "title": options.title,
        "content": options.content,
        "success_score": options.score,
        "tags": options.tag,
        "namespace": options.namespace,
        "metadata": None if options.metadata is None else parse_json(options.metadata, "--metadata"),
    }
    return {name: value for name, value in given.items() if value is not None}


async def _find(memory: Pramana, options: argparse.Namespace) -> None:
    hits = await memory.find_similar(
        options.query,
        options.k,
        category=options.category,
        namespace=None if options.all_namespaces else options.namespace or "default",
        tags=options.tag,
        min_similarity=options.min_similarity,
    )
    if options.json:
        _print_json([hit.to_dict() for hit in hits])
        return
    rows = [
        [
            f"{hit.score:.3f}",
            f"{hit.similarity:.3f}",
            hit.pattern.task_description + (f" (+{len(hit.duplicates)})" if hit.duplicates else ""),
            hit.pattern.task_category,
            hit.pattern.strategy,
            f"{hit.pattern.reliability:.2f}",
            hit.pattern.id,
        ]
        for hit in hits
    ]
    print(
        table(["score", "cosine", "task", "category", "strategy", "reliable", "id"], rows, numbers={0, 1, 5})
    )


async def _list(memory: Pramana, options: argparse.Namespace) -> None:
    page = await memory.list(
        category=options.category,
        namespace=None if options.all_namespaces else options.namespace or "default",
        tags=options.tag,
        cursor=options.cursor,
        limit=options.limit,
    )
    if options.json:
        _print_json(page.to_dict())
        return
    header = ["created", "task", "category", "strategy", "score", "used", "id"]
    print(table(header, [_row(pattern) for pattern in page.patterns], numbers={4, 5}))
    if page.cursor is not None:
        print(f"more: --cursor {page.cursor}")


def _row(pattern: Pattern) -> list[str]:
    created = datetime.fromtimestamp(pattern.created_ms / 1000).astimezone()
    return [
        f"{created:%Y-%m-%d %H:%M}",
        pattern.task_description,
        pattern.task_category,
        pattern.strategy,
        f"{pattern.success_score:.2f}",
        str(pattern.usage_count),
        pattern.id,
    ]


async def _export(memory: Pramana, options: argparse.Namespace) -> None:
    if options.file == "-":
        async for chunk in memory.export_lines():
            sys.stdout.write(chunk)
        sys.stdout.flush()
        return
    lines = await memory.export_jsonl(options.file)
    if options.json:
        _print_json({"lines": lines, "file": options.file})
    else:
        print(f"{lines} memories written to {options.file}")


async def _import(memory: Pramana, options: argparse.Namespace) -> None:
    source = sys.stdin.buffer if options.file == "-" else options.file
    counts = await memory.import_jsonl(source, on_conflict=options.on_conflict)
    if options.json:
        _print_json(counts)
    else:
        print("{added} added, {updated} updated, {skipped} skipped, of {lines}".format(**counts))


async def _stats(memory: Pramana, options: argparse.Namespace) -> None:
    stats, capabilities = await memory.stats(), memory.capabilities()
    if options.json:
        _print_json({"stats": stats, "capabilities": capabilities})
        return
    kernels, store = capabilities["kernels"], capabilities["store"]
    rows = [
        ["memories", str(stats["patterns"])],
        ["deleted", str(stats["deleted"])],
        ["commits", str(stats["head_seq"])],
        ["size on disk", f"{stats['size_bytes'] / 1024:,.0f} KiB"],
        ["store", f"{store['backend']} (survives: {store['durability']})"],
        ["embedder", f"{stats['embedder']['id']}, {stats['embedder']['dim']} floats"],
        ["kernels", f"{kernels['build']} on {kernels['runtime']}"],
        *([["fall-back", reason] for reason in kernels["fallbacks"]]),
        *([f"category {name}", str(count)] for name, count in stats["categories"].items()),
    ]
    print(table(["", ""], rows, numbers=set()))


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: set[int]) -> str:
    """Return aligned columns, `numbers` to the right, that fit the terminal: the widest are cut until they do."""
    cells = [[" ".join(cell.split()) for cell in row] for row in (header, *rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    room = shutil.get_terminal_size((160, 24)).columns - 2 * (len(header) - 1)
    last = len(header) - 1  # the id, which is of no use when cut
    while sum(widths) > room and max(widths[:last]) > 12:
        widest = max(range(last), key=widths.__getitem__)
        widths[widest] -= 1
    lines = []
    for row in cells:
        fitted = [_fit(cell, width) for cell, width in zip(row, widths, strict=True)]
        padded = [
            " " * (width - _width(cell)) + cell if at in numbers else cell + " " * (width - _width(cell))
            for at, (cell, width) in enumerate(zip(fitted, widths, strict=True))
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines if any(header) else lines[1:])


def _width(text: str) -> int:
    """Columns on a terminal: wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def _fit(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    while _width(text) > width - 1:
        text = text[:-1]
    return text + "…"


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pramana", description="Memory for agents: stored locally, found by meaning."
    )
    parser.add_argument("--version", action="version", version=f"pramana {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    store = _command(commands, "store", _store, "store a memory, or many from standard input")
    store.add_argument("--task", help="what was to be done")
    store.add_argument(
        "--stdin", action="store_true", help="read JSONL from standard input, one memory per line"
    )
    store.add_argument("--title")
    store.add_argument("--strategy", help="how it was done")
    store.add_argument("--content", help="what is worth knowing")
    store.add_argument("--score", type=float, help="how well it went, 0 to 1")
    store.add_argument("--metadata", help="a JSON object")
    _filters(store)

    find = _command(commands, "find", _find, "find memories by meaning", reads=True)
    find.add_argument("query")
    find.add_argument("-k", type=int, default=5, help="how many (default 5)")
    find.add_argument("--min-similarity", type=float, help="least cosine, -1 to 1")
    _filters(find, everywhere=True)

    listing = _command(commands, "list", _list, "list memories, newest first", reads=True)
    listing.add_argument("--limit", type=int, default=50)
    listing.add_argument("--cursor", help="where the page before ended")
    _filters(listing, everywhere=True)

    export = _command(commands, "export", _export, "write all memories as JSONL", reads=True)
    export.add_argument("file", metavar="FILE", help='"-" for standard output')

    importing = _command(commands, "import", _import, "read memories from JSONL")
    importing.add_argument("file", metavar="FILE", help='"-" for standard input')
    importing.add_argument("--on-conflict", choices=("newer", "skip", "replace", "error"), default="newer")

    _command(commands, "stats", _stats, "show counts, sizes and what runs", reads=True)
    return parser


def _command(
    commands: Any, name: str, run: Command, text: str, *, reads: bool = False
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=text, description=text.capitalize() + "."
    )
    parser.set_defaults(command=run, reads=reads)
    parser.add_argument(
        "--db", required=True, metavar="FILE", help="the database; made if need be, except for reading"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--kernels", choices=("auto", "simd", "scalar", "reference"), default="auto")
    return parser


def _filters(parser: argparse.ArgumentParser, *, everywhere: bool = False) -> None:
    parser.add_argument("--category")
    parser.add_argument("--namespace")
    parser.add_argument("--tag", action="append", help="may be repeated")
    if everywhere:
        parser.add_argument("--all-namespaces", action="store_true")
