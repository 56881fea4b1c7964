"""What `pramana.open` returns: the bank's methods and the graph in one object, whoever holds them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from os import PathLike
from types import TracebackType
from typing import Any, Protocol, TypeAlias

from pramana.answers import Answer
from pramana.app.engine import METHODS, Engine
from pramana.bank.encode import Progress
from pramana.bank.files import Source
from pramana.bank.reasoning_bank import ReasoningBank
from pramana.bank.remote import RemoteBank
from pramana.errors import ClosedError, InputError, ReadOnlyError
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.graph.remote import RemoteGraph
from pramana.ports import Embedder
from pramana.records import Hit, Page, Pattern
from pramana.wire import failed

__all__ = ["Owner", "Pramana"]

Ids: TypeAlias = list[str]
Hits: TypeAlias = list[Hit]
Patterns: TypeAlias = list[Pattern]
Found: TypeAlias = "list[Pattern | None]"
Counts: TypeAlias = dict[str, int]


class Owner(Protocol):
    """Who has the bank and the graph: this process's `Engine`, or a `SeatedEngine` in a page."""

    @property
    def role(self) -> str:
        """Return "leader" where they are this process's own, else "follower"."""
        ...

    @property
    def bank(self) -> ReasoningBank | RemoteBank:
        """Whom to ask for memories now."""
        ...

    @property
    def graph(self) -> KnowledgeGraph | RemoteGraph:
        """Whom to ask for knowledge now."""
        ...

    async def reason(self, text: str, **options: Any) -> Answer:
        """Answer a question."""
        ...

    async def cache_stats(self) -> dict[str, int]:
        """What happened in the cache of answers."""
        ...

    async def reembed(self, embedder: Embedder, on_progress: Progress | None = None) -> int:
        """Change the embedder."""
        ...

    def capabilities(self) -> dict[str, Any]:
        """What runs."""
        ...

    async def close(self) -> None:
        """Finish, and release everything."""
        ...


class Pramana:
    """A memory. Use it as an asynchronous context manager, or close it.

    Every method that touches data is a coroutine; each may raise ClosedError, and those that write
    ReadOnlyError. Cancelling a write takes effect until its commit begins; later its result stands.
    """

    def __init__(self, name: str, owner: Owner, *, read_only: bool) -> None:
        self.name = name
        self.read_only = read_only
        self._owner = owner
        self._closed = False

    async def __aenter__(self) -> Pramana:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<Pramana {self.name!r}{' read-only' if self.read_only else ''}{' closed' if self._closed else ''}>"

    @property
    def role(self) -> str:
        """Where this process holds the bank "leader", where another tab does "follower"."""
        return self._owner.role

    @property
    def graph(self) -> KnowledgeGraph | RemoteGraph:
        """What is known: facts, rules, what follows from them, and why. See `KnowledgeGraph`."""
        self._check(writes=False)
        return self._owner.graph

    async def reason(
        self,
        text: str,
        *,
        depth: int = 3,
        min_confidence: float = 0.0,
        k: int = 5,
        as_of_ms: int | None = None,
        namespace: str | None = None,
        similar: bool = False,
    ) -> Answer:
        """Answer a question in words from what memory and knowledge hold, with evidence, or say that it is unknown.

        Asking stores nothing. An answer is remembered until anything is written, or a fact begins or ends to hold,
        for an hour at most; of all answers the 1,000 used last, and 8 MiB.

        Args:
            text: a question, at most 10,000 characters.
            depth: how many statements a chain may have, 1 to 16. What follows by rules is not limited by it.
            min_confidence: below it a statement is no evidence, and an answer unknown.
            k: at most so many chains, and so many memories; 1 to 100.
            as_of_ms: what held then, in milliseconds since 1970 UTC; now, if not given. Memories are today's.
            namespace: of the memories; of all, if not given.
            similar: take the remembered answer to the same question put with other manners ("Could you tell me who
                …, please?"), if that was asked with `similar` too. `cached` is "similar" then, and `question` the
                one that was answered.

        Raises:
            InputError: an argument is not as said above.
            BudgetError: too much follows from the graph's rules.
            EmbedderError: the embedder failed.
        """
        self._check(writes=False)
        return await self._owner.reason(
            text,
            depth=depth,
            min_confidence=min_confidence,
            k=k,
            as_of_ms=as_of_ms,
            namespace=namespace,
            similar=similar,
        )

    async def cache_stats(self) -> dict[str, int]:
        """Return what happened in the cache of answers since it was made, and what it holds: counted."""
        self._check(writes=False)
        return await self._owner.cache_stats()

    async def store(self, **fields: Any) -> str:
        """Store one memory and return its id.

        Args:
            **fields: `task_description` (required, at most 10,000 characters); `task_category` ("general"),
                `namespace` ("default"), at most 200; `title`, at most 10,000; `strategy`, `description`,
                `content`, at most 100,000; `success_score`, 0 to 1 (0.5); `tags`, at most 64 of 100
                characters; `source`, at most 64 ids of trajectories; `metadata`, JSON of at most 64 KiB;
                `created_ms` (now).

        Raises:
            InputError: a field is unknown or not acceptable; `details["field"]` names it.
            QuotaError: no room; nothing was stored.
        """
        _refuse_request_id(fields)
        return await self._writable().store(**fields)

    async def store_many(
        self, patterns: Iterable[Mapping[str, Any]], *, on_progress: Progress | None = None
    ) -> Ids:
        """Store memories in one commit and return their ids, in order.

        Args:
            patterns: fields of each, as for `store`.
            on_progress: called with (embedded, total).

        Raises:
            InputError: `details` hold the index and the field; nothing was stored.
            QuotaError: no room; nothing was stored.
        """
        return await self._writable().store_many(patterns, on_progress=on_progress)

    async def find_similar(
        self,
        task: str,
        k: int = 5,
        *,
        category: str | None = None,
        namespace: str | None = "default",
        tags: Iterable[str] | None = None,
        since_ms: int | None = None,
        min_similarity: float | None = None,
        prefer_category: str | None = None,
    ) -> Hits:
        """Return the memories that help with `task`, at most `k`, no two with the same text.

        A memory of the very same task comes first, the others in the order in which they add most to those
        before them, so that scores need not descend. Nothing is written: say what helped with `used`.

        Args:
            task: what is about to be done, in any words.
            k: 1 to 1,000.
            category: only of this task_category.
            namespace: only in this namespace; None for all.
            tags: only with all of these.
            since_ms: only created at or after.
            min_similarity: only with at least this cosine, −1 to 1.
            prefer_category: weigh this category up, without leaving others out.
        """
        return await self._bank().find_similar(
            task,
            k,
            category=category,
            namespace=namespace,
            tags=tags,
            since_ms=since_ms,
            min_similarity=min_similarity,
            prefer_category=prefer_category,
        )

    async def get(self, pid: str) -> Pattern | None:
        """Return a memory, or None if there is none with this id."""
        return await self._bank().get(pid)

    async def get_many(self, ids: Iterable[str]) -> Found:
        """Return memories in the order of `ids`, None for those that do not exist."""
        return await self._bank().get_many(ids)

    async def update(self, pid: str, /, **fields: Any) -> None:
        """Change the given fields; a changed title or task is embedded again.

        Raises:
            NotFoundError: there is no such memory.
            InputError: a field is not acceptable, or none is given.
        """
        _refuse_request_id(fields)
        await self._writable().update(pid, **fields)

    async def delete(self, pid: str) -> None:
        """Hide a memory at once; its text stays on disk until `purge`.

        Raises:
            NotFoundError: there is no such memory.
        """
        await self._writable().delete(pid)

    async def purge(self, pid: str) -> None:
        """Remove a memory's text from disk in all its versions, also of a deleted one.

        Raises:
            NotFoundError: there is no such memory.
        """
        await self._writable().purge(pid)

    async def used(self, ids: Iterable[str], *, success: bool | None = None) -> None:
        """Count that memories were used, each once, and whether it went well if that is known.

        Raises:
            NotFoundError: one of them does not exist; nothing was counted.
        """
        await self._writable().used(ids, success=success)

    async def list(
        self,
        *,
        category: str | None = None,
        namespace: str | None = "default",
        tags: Iterable[str] | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page:
        """Return memories newest first, at most `limit` (1 to 1,000); pass `page.cursor` to get the following ones."""
        return await self._bank().list(
            category=category, namespace=namespace, tags=tags, cursor=cursor, limit=limit
        )

    async def by_category(
        self, category: str, *, namespace: str | None = "default", limit: int = 20
    ) -> Patterns:
        """Return the newest memories of a category."""
        return await self._bank().by_category(category, namespace=namespace, limit=limit)

    async def stats(self) -> dict[str, Any]:
        """Return counts and sizes as JSON values."""
        return await self._bank().stats()

    async def reembed(self, embedder: Embedder, *, on_progress: Progress | None = None) -> int:
        """Have another embedder embed all memories, then answer with it; return how many it embedded.

        The one in force answers until then, and what is written meanwhile is embedded by both. Cancelled or broken
        off, it stays in force; asked again, or when the database is opened with the new embedder, the work goes on
        where it was. Once done, the database insists on the new one.

        Args:
            embedder: anything with `id`, `dim` and `embed(texts)`.
            on_progress: called with (embedded, total).

        Raises:
            EmbedderError: it failed.
            InUseError: this is under way already, or another tab leads, where it must be asked.
        """
        self._check(writes=True)
        return await self._owner.reembed(embedder, on_progress)

    def capabilities(self) -> dict[str, Any]:
        """Return what runs here: version, role, kernels and the fall-backs taken, store, embedder, platform."""
        self._bank()
        return {**self._owner.capabilities(), "role": self.role}

    def export_lines(self) -> AsyncIterator[str]:
        """Yield the memories as JSONL, in strings of whole lines."""
        return self._bank().export_lines()

    async def export_jsonl(self, path: str | PathLike[str]) -> int:
        """Write all memories to a JSONL file, whole or not at all; return their number. Deleted ones are left out."""
        return await self._bank().export_jsonl(path)

    async def import_jsonl(self, source: Source, *, on_conflict: str = "newer") -> Counts:
        """Import a JSONL file, which is checked to its end before anything is written.

        Args:
            source: a path, or a file open for reading.
            on_conflict: for an id that is here: "newer" takes the later one, "skip" keeps what is here,
                "replace" takes the line, "error" refuses the file. Counts of use are merged unless skipped.

        Returns:
            `{"added", "updated", "skipped", "lines"}`.

        Raises:
            InputError: `details["line"]` names the line that is wrong; nothing was written.
            NotFoundError: there is no such file.
        """
        return await self._writable().import_jsonl(source, on_conflict=on_conflict)

    async def dispatch_json(
        self,
        method: str,
        params_json: str,
        request_id: str | None = None,
        on_chunk: Callable[[str], None] | None = None,
    ) -> str:
        """Run a method of `engine.METHODS` on a memory that is this process's own, all in JSON; never raises."""
        try:
            known = METHODS.get(method)
            self._check(writes=known is not None and known.writes)
            if not isinstance(self._owner, Engine):
                raise TypeError("calls on a seated memory go through its seat")
        except Exception as error:  # noqa: BLE001  # this is an edge: errors cross as JSON
            return failed(error)
        return await self._owner.dispatch_json(method, params_json, request_id, on_chunk)

    async def close(self) -> None:
        """Finish what was begun and release everything; every later call raises ClosedError. Twice is allowed."""
        self._closed = True
        await self._owner.close()

    def _bank(self) -> ReasoningBank | RemoteBank:
        self._check(writes=False)
        return self._owner.bank

    def _writable(self) -> ReasoningBank | RemoteBank:
        self._check(writes=True)
        return self._owner.bank

    def _check(self, *, writes: bool) -> None:
        if self._closed:
            raise ClosedError("this memory was closed; open it again")
        if writes and self.read_only:
            raise ReadOnlyError("this memory was opened read-only; open it with read_only=False to write")


def _refuse_request_id(fields: Mapping[str, Any]) -> None:
    """Banks take one beside the fields, for calls that another tab repeats; it is no field."""
    if "request_id" in fields:
        raise InputError("unknown field 'request_id'", field="request_id")
