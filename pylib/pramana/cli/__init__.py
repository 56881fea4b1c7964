"""The `pramana` command: memories in a database file, stored, found, shown, changed, exported and imported.

Results go to standard output (tables, or JSON with --json); errors to standard error in one line, with --json as
`{"error": {code, message, details}}`. Exit status: 0, 1 for an error, 2 and the usage for a wrong command line.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence

from pramana.cli.arguments import parser
from pramana.errors import PramanaError, to_wire

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    options = parser().parse_args(arguments)
    try:
        asyncio.run(options.command(options))
    except PramanaError as error:
        # In ASCII, since a message may quote what was passed in, lone surrogates too.
        said = json.dumps({"error": to_wire(error)}) if options.json else f"pramana: {_one_line(error)}"
        print(said, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader has seen enough (`pramana list … | head`); nothing must be flushed to it at exit.
        sys.stdout = None
        return 1
    except KeyboardInterrupt:
        print("pramana: interrupted", file=sys.stderr)
        return 130
    return 0


def _one_line(error: PramanaError) -> str:
    return " ".join(str(error).split())
