"""A bank that lives in another tab: the same methods, each answered by the leader."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from os import PathLike
from typing import Any, TypeAlias

from pramana.bank.encode import Progress
from pramana.bank.files import Source, import_source, write_lines
from pramana.errors import InputError
from pramana.ports import Clock, Peer
from pramana.records import Hit, Page, Pattern, SystemClock, uuid7

__all__ = ["RemoteBank"]

Ids: TypeAlias = list[str]
Hits: TypeAlias = list[Hit]
Patterns: TypeAlias = list[Pattern]
Found: TypeAlias = "list[Pattern | None]"
Counts: TypeAlias = dict[str, int]


class RemoteBank:
    """See `ReasoningBank` for the methods.

    Each write carries a request id, so that none is done twice when the leader changes.

    Args:
        peer: reaches the leader.
        clock: for the request ids.
    """

    def __init__(self, peer: Peer, clock: Clock | None = None) -> None:
        self._peer = peer
        self._clock = clock or SystemClock()

    async def store(self, /, *, request_id: str | None = None, **fields: Any) -> str:
        stored: str = await self._call("store", fields, request_id)
        return stored

    async def store_many(
        self,
        patterns: Iterable[Mapping[str, Any]],
        *,
        on_progress: Progress | None = None,
        request_id: str | None = None,
    ) -> Ids:
        """Store patterns; the leader embeds them, and tells how far it is."""
        if isinstance(patterns, (str, bytes, Mapping)) or not isinstance(patterns, Iterable):
            raise InputError("patterns must be a list of patterns", field="patterns")
        given = [dict(pattern) if isinstance(pattern, Mapping) else pattern for pattern in patterns]

        def told(chunk: dict[str, int]) -> None:
            if on_progress is not None:
                on_progress(chunk["done"], chunk["total"])

        ids: Ids = await self._call("store_many", {"patterns": given}, request_id, on_chunk=told)
        return ids

    async def update(self, pid: str, /, *, request_id: str | None = None, **fields: Any) -> None:
        if "pid" in fields:
            raise InputError("pid cannot be changed", field="pid")
        await self._call("update", {**fields, "pid": pid}, request_id)

    async def delete(self, pid: str, *, request_id: str | None = None) -> None:
        await self._call("delete", {"pid": pid}, request_id)

    async def purge(self, pid: str, *, request_id: str | None = None) -> None:
        await self._call("purge", {"pid": pid}, request_id)

    async def used(
        self, ids: Iterable[str], *, success: bool | None = None, request_id: str | None = None
    ) -> None:
        await self._call("used", {"ids": _listed(ids), "success": success}, request_id)

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
        hits = await self._call(
            "find_similar",
            {
                "task": task,
                "k": k,
                "category": category,
                "namespace": namespace,
                "tags": _listed(tags),
                "since_ms": since_ms,
                "min_similarity": min_similarity,
                "prefer_category": prefer_category,
            },
        )
        return [Hit.from_dict(hit) for hit in hits]

    async def get(self, pid: str) -> Pattern | None:
        return _pattern(await self._call("get", {"pid": pid}))

    async def get_many(self, ids: Iterable[str]) -> Found:
        return [_pattern(record) for record in await self._call("get_many", {"ids": _listed(ids)})]

    async def list(
        self,
        *,
        category: str | None = None,
        namespace: str | None = "default",
        tags: Iterable[str] | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page:
        params = {
            "category": category,
            "namespace": namespace,
            "tags": _listed(tags),
            "cursor": cursor,
            "limit": limit,
        }
        return Page.from_dict(await self._call("list", params))

    async def by_category(
        self, category: str, *, namespace: str | None = "default", limit: int = 20
    ) -> Patterns:
        params = {"category": category, "namespace": namespace, "limit": limit}
        return [Pattern.from_dict(record) for record in await self._call("by_category", params)]

    async def stats(self) -> dict[str, Any]:
        stats: dict[str, Any] = await self._call("stats", {})
        return stats

    async def export_lines(self) -> AsyncIterator[str]:
        """Yield the leader's export as it comes in."""
        chunks: asyncio.Queue[str | None] = asyncio.Queue()
        request = asyncio.ensure_future(self._call("export_jsonl", {}, on_chunk=chunks.put_nowait))
        request.add_done_callback(lambda _: chunks.put_nowait(None))
        try:
            while (chunk := await chunks.get()) is not None:
                yield chunk
            await request
        finally:
            request.cancel()

    async def export_jsonl(self, path: str | PathLike[str]) -> int:
        return await write_lines(path, self.export_lines())

    async def import_lines(
        self,
        lines: str,
        *,
        on_conflict: str = "newer",
        first_line: int = 1,
        dry_run: bool = False,
        request_id: str | None = None,
    ) -> Counts:
        params = {"text": lines, "on_conflict": on_conflict, "first_line": first_line, "dry_run": dry_run}
        counts: Counts = await self._call("import_jsonl", params, request_id)
        return counts

    async def import_jsonl(self, source: Source, *, on_conflict: str = "newer") -> Counts:
        async def check(first_line: int, lines: str) -> Counts:
            return await self.import_lines(
                lines, on_conflict=on_conflict, first_line=first_line, dry_run=True
            )

        async def write(first_line: int, lines: str) -> Counts:
            return await self.import_lines(lines, on_conflict=on_conflict, first_line=first_line)

        return await import_source(source, check, write)

    async def capabilities(self) -> dict[str, Any]:
        """What the leader says of itself."""
        capabilities: dict[str, Any] = await self._call("capabilities", {})
        return capabilities

    async def close(self) -> None:
        """Nothing to release: the bank is the leader's."""

    async def _call(
        self, method: str, params: dict[str, Any], request_id: str | None = None, *, on_chunk: Any = None
    ) -> Any:
        return await self._peer.call(
            method, params, request_id=request_id or uuid7(self._clock.now_ms()), on_chunk=on_chunk
        )


def _listed(values: Any) -> Any:
    """A list of what can be sent as one; anything else goes as it is, and the leader refuses it."""
    if values is None or isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        return values
    return [*values]


def _pattern(record: dict[str, Any] | None) -> Pattern | None:
    return None if record is None else Pattern.from_dict(record)
