"""Opening and destroying a memory: the store is chosen here by where we run and what is asked for."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

from pramana.app.engine import Engine
from pramana.app.memory import Pramana
from pramana.app.parts import Parts, Progress
from pramana.app.seated import SeatedEngine
from pramana.bank.embedders import Named
from pramana.bank.ranking import Ranking
from pramana.errors import InputError
from pramana.platform import current
from pramana.ports import Embedder, RecordStore
from pramana.store.memory import MemoryStore

__all__ = ["destroy", "open", "open_with_seat"]

IN_MEMORY = ":memory:"


async def open(
    name: str | os.PathLike[str],
    *,
    embedder: Embedder | None = None,
    read_only: bool = False,
    ranking: Ranking | None = None,
    kernels: str = "auto",
    reembed: bool = False,
    on_progress: Progress | None = None,
) -> Pramana:
    """Open a memory, creating it if need be.

    Args:
        name: a file natively, a database's name in a page, ":memory:" anywhere.
        embedder: anything with `id`, `dim` and `embed(texts)`, for example a `CallableEmbedder` or an
            `HttpEmbedder`; None for the one in the box. It must be the one that the database was written with, or
            the one of a `Pramana.reembed` that was broken off, which is then finished.
        read_only: refuse writes; the database must exist.
        ranking: the weights of `find_similar`.
        kernels: "auto", "simd", "scalar" or "reference" (pure Python, slow).
        reembed: if the database was written with another embedder, have this one embed all memories first:
            what `Pramana.reembed` does, where the other is not at hand any more.
        on_progress: told how opening proceeds.

    Raises:
        NotFoundError: `read_only`, and there is no such database.
        EmbedderMismatchError: it was written with another embedder; the message says what to do.
        StorageUnavailableError: this page cannot keep data; ":memory:" works.
        StoreError, KernelError, BootError: see `pramana.errors`.
    """
    named = os.fspath(name) if isinstance(name, (str, os.PathLike)) else None
    if not isinstance(named, str) or not named or "\0" in named:
        raise InputError('name must be a file, a database\'s name, or ":memory:"', field="name")
    _check_options(embedder, read_only, ranking, reembed)
    platform = current()
    if named != IN_MEMORY and platform.name == "browser":
        from pramana.platform import host

        seat = await host.join(named)
        return await open_with_seat(
            seat,
            embedder=embedder,
            read_only=read_only,
            ranking=ranking,
            kernels=kernels,
            reembed=reembed,
            on_progress=on_progress,
        )
    parts = await Parts.load(platform, kernels, embedder, on_progress)
    store: RecordStore
    if named == IN_MEMORY:
        store = MemoryStore()
    else:
        from pramana.store.sqlite import SqliteStore

        store = SqliteStore(named, read_only=read_only)
    engine = await parts.open_engine(
        store, ranking, read_only=read_only, on_progress=on_progress, reembed=reembed
    )
    return Pramana(named, engine, read_only=read_only)


async def open_with_seat(
    seat: Any,
    *,
    embedder: Embedder | None = None,
    read_only: bool = False,
    ranking: Ranking | None = None,
    kernels: str = "auto",
    reembed: bool = False,
    on_progress: Progress | None = None,
) -> Pramana:
    """Open the memory at which this tab has a seat: one of platform/host.py, or the JavaScript object.

    The seat is left when the memory is closed, and when opening fails.
    """
    from pramana.platform import host
    from pramana.store.indexeddb import IndexedDbStore

    own_seat = seat if isinstance(seat, host.Seat) else host.Seat(seat)
    try:
        _check_options(embedder, read_only, ranking, reembed)
        parts = await Parts.load(current(), kernels, embedder, on_progress)
    except BaseException:
        await own_seat.leave()
        raise

    async def open_engine(on_change: Callable[[int], None]) -> Engine:
        # Others may write through this engine, so only this tab's own calls are refused when `read_only`.
        store = IndexedDbStore(own_seat, create=not read_only)
        return await parts.open_engine(
            store, ranking, read_only=False, on_progress=on_progress, on_change=on_change, reembed=reembed
        )

    seated = SeatedEngine(own_seat, open_engine, read_only=read_only)
    await seated.start()
    try:
        # A leader has checked it already; a follower's texts are embedded by the leader.
        stored = seated.capabilities()["embedder"]
        Named(0, stored["id"], stored["dim"]).check(parts.embedder)
    except BaseException:
        await seated.close()
        raise
    return Pramana(own_seat.name, seated, read_only=read_only)


async def destroy(name: str | os.PathLike[str]) -> None:
    """Delete a database with everything in it.

    Raises:
        NotFoundError: there is none.
        InUseError: it is open.
    """
    named = os.fspath(name) if isinstance(name, (str, os.PathLike)) else None
    if not isinstance(named, str) or not named or named == IN_MEMORY:
        raise InputError("name must be that of a database that is kept", field="name")
    if current().name == "browser":
        from pramana.platform import host

        await host.destroy_database(named)
    else:
        from pramana.store import sqlite

        await asyncio.to_thread(sqlite.destroy, named)


def _check_options(embedder: Any, read_only: Any, ranking: Any, reembed: Any) -> None:
    if ranking is not None and not isinstance(ranking, Ranking):
        raise InputError("ranking must be a pramana.Ranking", field="ranking")
    if not isinstance(read_only, bool):
        raise InputError("read_only must be True or False", field="read_only")
    if not isinstance(reembed, bool) or (reembed and read_only):
        raise InputError("reembed must be True or False, and False with read_only", field="reembed")
    if embedder is not None and not hasattr(embedder, "embed"):
        raise InputError(
            "embedder needs id, dim and embed(texts); wrap a function in CallableEmbedder(function, id=…, dim=…)",
            field="embedder",
        )
