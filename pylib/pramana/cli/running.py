"""What every command does: opens the database, and prints what came of it."""

from __future__ import annotations

import argparse
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pramana.app import Pramana, open
from pramana.errors import NotFoundError

__all__ = ["check_exists", "opened", "show_result"]


@asynccontextmanager
async def opened(
    options: argparse.Namespace, *, read_only: bool = False, must_exist: bool = False
) -> AsyncIterator[Pramana]:
    """Open the database; to store or import it is made if need be, to change a memory it must exist."""
    if must_exist:
        check_exists(options.db)
    async with await open(options.db, read_only=read_only, kernels=options.kernels) as memory:
        yield memory


def check_exists(db: str) -> None:
    """Raise NotFoundError unless there is such a file."""
    if not Path(db).exists():
        raise NotFoundError(f"there is no database at {Path(db).absolute()}", path=str(Path(db).absolute()))


def show_result(options: argparse.Namespace, value: Any, text: str) -> None:
    """Print the value as JSON, or the text."""
    print(json.dumps(value, ensure_ascii=False, indent=2) if options.json else text)
