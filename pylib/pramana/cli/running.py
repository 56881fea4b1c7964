"""What every command does: opens the database, and prints what came of it."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pramana.app import Pramana, open
from pramana.embed import HttpEmbedder
from pramana.errors import InputError, NotFoundError

__all__ = ["KEY", "check_exists", "opened", "show_result"]

KEY = "PRAMANA_EMBEDDER_KEY"
"""The environment variable with the embedder's key: a command line is seen by everybody on the machine."""


@asynccontextmanager
async def opened(
    options: argparse.Namespace, *, read_only: bool = False, must_exist: bool = False, reembed: bool = False
) -> AsyncIterator[Pramana]:
    """Open the database; to store or import it is made if need be, to change a memory it must exist."""
    embedder = _embedder(options)
    if must_exist:
        check_exists(options.db)
    async with await open(
        options.db, embedder=embedder, read_only=read_only, reembed=reembed, kernels=options.kernels
    ) as memory:
        yield memory


def _embedder(options: argparse.Namespace) -> HttpEmbedder | None:
    given = (options.embedder_url, options.embedder_model, options.embedder_dim)
    if given == (None, None, None):
        return None
    if None in given:
        names = "--embedder-url, --embedder-model and --embedder-dim"
        raise InputError(f"{names} go together", field="embedder_url")
    return HttpEmbedder(*given, api_key=os.environ.get(KEY) or None)


def check_exists(db: str) -> None:
    """Raise NotFoundError unless there is such a file."""
    if not Path(db).exists():
        raise NotFoundError(f"there is no database at {Path(db).absolute()}", path=str(Path(db).absolute()))


def show_result(options: argparse.Namespace, value: Any, text: str) -> None:
    """Print the value as JSON, or the text."""
    print(json.dumps(value, ensure_ascii=False, indent=2) if options.json else text)
