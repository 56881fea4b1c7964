"""The command line's grammar."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

from pramana.app import VERSION
from pramana.bank.importing import CONFLICTS
from pramana.cli import commands, knowledge, packs
from pramana.cli.running import KEY

__all__ = ["parser"]

Command: TypeAlias = Callable[[argparse.Namespace], Coroutine[Any, Any, None]]


def parser() -> argparse.ArgumentParser:
    """Return the parser; what it parses has the coroutine function to run as `command`."""
    whole = argparse.ArgumentParser(
        prog="pramana", description="Memory for agents: stored locally, found by meaning."
    )
    whole.add_argument("--version", action="version", version=f"pramana {VERSION}")
    made = whole.add_subparsers(required=True, metavar="COMMAND")

    store = _command(
        made, "store", commands.store, "store a memory, or many from standard input", writes=True
    )
    store.add_argument(
        "--stdin", action="store_true", help="read JSONL from standard input, one memory per line"
    )
    _fields(store)

    find = _command(made, "find", commands.find, "find memories by meaning")
    find.add_argument("query", metavar="TASK", help="what is about to be done, in any words")
    find.add_argument("-k", type=int, default=5, help="how many (default 5)")
    find.add_argument("--min-similarity", type=float, metavar="COSINE", help="least cosine, -1 to 1")
    _filters(find)

    listing = _command(made, "list", commands.list_, "list memories, newest first")
    listing.add_argument("--limit", type=int, default=50, help="how many, at most 1000 (default 50)")
    listing.add_argument("--cursor", help="where the page before ended")
    _filters(listing)

    show = _command(made, "show", commands.show, "show a memory with all its fields")
    _id(show)

    update = _command(made, "update", commands.update, "change the given fields of a memory", writes=True)
    _id(update)
    _fields(update)

    used = _command(
        made, "used", commands.used, "count that memories were used, and how it went", writes=True
    )
    used.add_argument("ids", metavar="ID", nargs="+", help="a memory's id")
    went = used.add_mutually_exclusive_group()
    went.add_argument(
        "--success", dest="success", action="store_const", const=True, default=None, help="it went well"
    )
    went.add_argument("--failure", dest="success", action="store_const", const=False, help="it did not")

    delete = _command(
        made, "delete", commands.delete, "hide a memory; its text stays on disk until purged", writes=True
    )
    _id(delete)

    purge = _command(
        made, "purge", commands.purge, "remove a memory's text from the disk for good", writes=True
    )
    _id(purge)

    export = _command(made, "export", commands.export, "write all memories as JSONL")
    export.add_argument("file", metavar="FILE", help='what to write; "-" for standard output')

    importing = _command(made, "import", commands.import_, "read memories from JSONL", writes=True)
    importing.add_argument("file", metavar="FILE", help='what to read; "-" for standard input')
    importing.add_argument(
        "--on-conflict",
        choices=CONFLICTS,
        default="newer",
        help="for an id that is here: take the later one (the default), keep it, replace it, or refuse the file",
    )

    _command(
        made,
        "reembed",
        commands.reembed,
        "have all memories embedded by the embedder given, or by the one in the box",
        writes=True,
    )
    _command(made, "stats", commands.stats, "show counts, sizes and what runs")
    _knowledge(made)
    return whole


def _knowledge(made: Any) -> None:
    tell = _command(made, "tell", knowledge.tell, "store facts and rules told in plain English", writes=True)
    tell.add_argument("text", metavar="TEXT", help='sentences; "-" for standard input')
    tell.add_argument("--source", default="", help="who says so")
    tell.add_argument("--confidence", type=float, default=1.0, help="how sure, above 0 to 1 (default 1)")

    ask = _command(made, "ask", knowledge.ask, "ask whether something holds, and why")
    ask.add_argument("text", metavar="QUESTION", help='"Is Socrates mortal?" or "Socrates is mortal."')
    ask.add_argument("--proofs", type=int, default=3, help="how many proofs at most (default 3)")
    _moment(ask)

    reason = _command(made, "reason", knowledge.reason, "answer a question from memories and knowledge")
    reason.add_argument("text", metavar="QUESTION", help='"Why is JWT risky?"')
    reason.add_argument(
        "--depth", type=int, default=3, help="how many statements a chain may have (default 3)"
    )
    reason.add_argument("-k", "--k", type=int, default=5, help="how many chains and memories (default 5)")
    reason.add_argument(
        "--min-confidence",
        type=float,
        default=0.0,
        metavar="SURE",
        help="least confidence, 0 to 1 (default 0)",
    )
    reason.add_argument("--namespace", help="draw on memories of this namespace only")
    reason.add_argument("--as-of-ms", type=int, metavar="MS", help="what held then (milliseconds since 1970)")
    reason.add_argument("--trace", action="store_true", help="show each step and its time")

    rule = _command(made, "rule", knowledge.rule, "add a rule, remove one, or list them", writes=True)
    rule.add_argument("text", metavar="RULE", nargs="?", help='"(?x p ?y) & (?y q ?z) => (?x r ?z) @0.9"')
    rule.add_argument("--name", default="", help="a name for it")
    rule.add_argument("--source", default="", help="who says so")
    rule.add_argument("--remove", metavar="ID", help="the id or name of the rule to remove")

    facts = _command(made, "facts", knowledge.facts, "list facts, all or those that match")
    _triple(facts)
    facts.add_argument("--derived", action="store_true", help="with what follows from them")
    _moment(facts)
    facts.add_argument("--limit", type=int, default=1000, help="how many (default 1000)")

    retract = _command(made, "retract", knowledge.retract, "retract a fact, or all that match", writes=True)
    retract.add_argument("id", metavar="ID", nargs="?", help="the fact's id")
    _triple(retract)
    retract.add_argument("--source", help="only of this source")

    pack = made.add_parser("pack", help="load knowledge packs, list and remove them")
    _packs(pack.add_subparsers(required=True, metavar="COMMAND", help="what to do"))


def _packs(made: Any) -> None:
    add = _command(made, "add", packs.add, "load facts and rules from elsewhere in one commit", writes=True)
    add.add_argument("file", metavar="FILE", help='its facts; "-" for standard input')
    add.add_argument("--rules", metavar="FILE", help="its rules, in the rule language")
    add.add_argument(
        "--format",
        choices=tuple(packs.SUFFIXES.values()),
        help=f"what the file is; guessed from its suffix ({', '.join(packs.SUFFIXES)}) if not given",
    )
    add.add_argument("--name", default="", help="by which it can be removed")
    add.add_argument("--licence", default="", help="under which it may be used")
    add.add_argument("--source", default="", help="where it is from")
    add.add_argument("--version", default="", help="which one it is")
    add.add_argument(
        "--skip-malformed", action="store_true", help="load the other lines, and say which were left out"
    )
    _command(made, "list", packs.list_, "list the packs that are loaded")
    remove = _command(made, "remove", packs.remove, "retract the facts and rules of a pack", writes=True)
    remove.add_argument("name", metavar="NAME", help="the pack's name")


def _moment(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--as-of-ms", type=int, metavar="MS", help="what held then (milliseconds since 1970)"
    )
    command.add_argument("--known-at-ms", type=int, metavar="MS", help="by what was known then")


def _triple(command: argparse.ArgumentParser) -> None:
    command.add_argument("--subject", help="only about this")
    command.add_argument("--predicate", help="only with this predicate")
    command.add_argument("--object", help="only with this object")


def _command(
    made: Any, name: str, run: Command, text: str, *, writes: bool = False
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = made.add_parser(name, help=text, description=text.capitalize() + ".")
    command.set_defaults(command=run)
    command.add_argument(
        "--db",
        required=True,
        metavar="FILE",
        type=_lasting if writes else str,
        help="the database file"
        + ("; made if need be" if name in ("store", "import", "tell", "rule", "add") else ""),
    )
    command.add_argument("--json", action="store_true", help="print results, and errors, as JSON")
    command.add_argument(
        "--kernels",
        choices=("auto", "simd", "scalar", "reference"),
        default="auto",
        help="what computes (default auto: the fastest that runs here)",
    )
    embedder = command.add_argument_group("embedder", f"by default the one in the box; its key is in ${KEY}")
    embedder.add_argument("--embedder-url", metavar="URL", help="of an API in OpenAI's format, up to /v1")
    embedder.add_argument("--embedder-model", metavar="NAME", help="its model")
    embedder.add_argument("--embedder-dim", metavar="N", type=int, help="the model's floats per vector")
    return command


def _lasting(db: str) -> str:
    if db == ":memory:":
        raise argparse.ArgumentTypeError(":memory: keeps nothing once the command has ended; name a file")
    return db


def _id(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", metavar="ID", help="the memory's id")


def _fields(command: argparse.ArgumentParser) -> None:
    command.add_argument("--task", help="what was to be done")
    command.add_argument("--title", help="a few words for it")
    command.add_argument("--strategy", help="how it was done")
    command.add_argument("--description", help="one sentence about it")
    command.add_argument("--content", help="what is worth knowing")
    command.add_argument("--score", type=float, help="how well it went, 0 to 1")
    command.add_argument("--category", help='its kind ("general" if never given)')
    command.add_argument("--namespace", help='whose it is ("default" if never given)')
    command.add_argument("--tag", action="append", help="a tag; may be repeated; update replaces all tags")
    command.add_argument("--metadata", metavar="JSON", help="a JSON object of your own")


def _filters(command: argparse.ArgumentParser) -> None:
    command.add_argument("--category", help="only of this category")
    command.add_argument("--tag", action="append", help="only with this tag; may be repeated")
    where = command.add_mutually_exclusive_group()
    where.add_argument("--namespace", help='only in this namespace (default "default")')
    where.add_argument("--all-namespaces", action="store_true", help="in every namespace")
