"""A knowledge graph that lives in another tab: the same methods, each answered by the leader."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pramana.errors import EpochLostError, ReadOnlyError
from pramana.knowledge import (
    Added,
    Conflict,
    Declaration,
    Fact,
    FactPage,
    FactPath,
    Neighbor,
    Pack,
    PackAdded,
    Proposal,
    Rule,
    TermRanking,
    Told,
    Verdict,
)
from pramana.ports import Clock, Peer
from pramana.records import SystemClock, uuid7
from pramana.text.checks import refuse

__all__ = ["RemoteGraph"]

ATTEMPTS = 3
"""Leaders to which a long list is sent."""

PART = 5_000
"""Facts in one message: what the leader parses of a longer list would hold up its page."""
PART_CHARS = 1_000_000
"""Characters of a text in one message."""


class RemoteGraph:
    """See `KnowledgeGraph` for the methods.

    Each write carries a request id, so that none is done twice when the leader changes.

    Args:
        peer: reaches the leader.
        clock: for the request ids.
        read_only: refuse to write.
    """

    def __init__(self, peer: Peer, clock: Clock | None = None, *, read_only: bool = False) -> None:
        self._peer = peer
        self._read_only = read_only
        self._clock = clock or SystemClock()

    async def add(
        self,
        subject: Any,
        predicate: str,
        object: Any = None,
        *,
        request_id: str | None = None,
        **options: Any,
    ) -> str:
        params = {"subject": subject, "predicate": predicate, "object": object, **options}
        added: str = await self._write("add", params, request_id)
        return added

    async def add_many(
        self,
        facts: Iterable[Any],
        *,
        source: str = "",
        on_progress: Callable[[int, int], None] | None = None,
        request_id: str | None = None,
    ) -> Added:
        if isinstance(facts, (str, bytes, Mapping)) or not isinstance(facts, Iterable):
            refuse("facts", "a list of facts", facts)
        given = [*facts]
        parts = [given[start : start + PART] for start in range(0, len(given), PART)] or [given]
        sent = [{"facts": part, "source": source} for part in parts]
        return Added(**await self._send("add_many", sent, on_progress, request_id))

    async def add_pack(
        self,
        text: str,
        *,
        on_progress: Callable[[int, int], None] | None = None,
        request_id: str | None = None,
        **options: Any,
    ) -> PackAdded:
        if not isinstance(text, str):
            refuse("text", "text", text)
        parts = [text[start : start + PART_CHARS] for start in range(0, len(text), PART_CHARS)] or [text]
        sent = [*({"text": part} for part in parts[:-1]), {"text": parts[-1], **options}]
        return PackAdded.from_dict(await self._send("add_pack", sent, on_progress, request_id))

    async def packs(self) -> list[Pack]:
        return [Pack.from_dict(pack) for pack in await self._call("packs", {})]

    async def remove_pack(self, name: str, *, request_id: str | None = None) -> int:
        retracted: int = await self._write("remove_pack", {"name": name}, request_id)
        return retracted

    async def _send(
        self,
        method: str,
        sent: Sequence[dict[str, Any]],
        on_progress: Callable[[int, int], None] | None,
        request_id: str | None,
    ) -> Any:
        """Send what may be too long for one message in parts; only with the last one it is stored."""
        batch = request_id or uuid7(self._clock.now_ms())

        def told(chunk: dict[str, int]) -> None:
            if on_progress is not None:
                on_progress(chunk["done"], chunk["total"])

        for _ in range(ATTEMPTS - 1):
            try:
                return await self._send_parts(method, sent, batch, told)
            except EpochLostError:
                # The leader went with the parts it had; the next one gets all of them.
                continue
        return await self._send_parts(method, sent, batch, told)

    async def _send_parts(
        self,
        method: str,
        sent: Sequence[dict[str, Any]],
        batch: str,
        told: Callable[[dict[str, int]], None],
    ) -> Any:
        answer: Any = None
        for part, params in enumerate(sent):
            last = part + 1 == len(sent)
            place = {"batch": batch, "part": part, "more": not last} if len(sent) > 1 else {}
            answer = await self._write(method, params | place, batch if last else None, on_chunk=told)
        return answer

    async def match(
        self, subject: Any = None, predicate: str | None = None, object: Any = None, **options: Any
    ) -> list[Fact]:
        params = {"subject": subject, "predicate": predicate, "object": object, **options}
        return [Fact.from_dict(fact) for fact in await self._call("match", params)]

    async def facts(self, **options: Any) -> FactPage:
        return FactPage.from_dict(await self._call("facts", options))

    async def retract(self, *, request_id: str | None = None, **options: Any) -> int:
        retracted: int = await self._write("retract", options, request_id)
        return retracted

    async def retract_fact(self, fid: str, *, request_id: str | None = None) -> None:
        await self._write("retract_fact", {"fid": fid}, request_id)

    async def add_rule(self, text: str, *, request_id: str | None = None, **options: Any) -> str:
        added: str = await self._write("add_rule", {"text": text, **options}, request_id)
        return added

    async def remove_rule(self, rule: str, *, request_id: str | None = None) -> None:
        await self._write("remove_rule", {"rule": rule}, request_id)

    async def rules(self) -> list[Rule]:
        return [Rule.from_dict(rule) for rule in await self._call("rules", {})]

    async def declare(self, predicate: str, *, request_id: str | None = None, **options: Any) -> None:
        await self._write("declare", {"predicate": predicate, **options}, request_id)

    async def undeclare(self, predicate: str, *, request_id: str | None = None, **options: Any) -> None:
        await self._write("undeclare", {"predicate": predicate, **options}, request_id)

    async def declarations(self) -> list[Declaration]:
        return [Declaration(**one) for one in await self._call("declarations", {})]

    async def conflicts(self, **options: Any) -> list[Conflict]:
        return [Conflict.from_dict(one) for one in await self._call("conflicts", options)]

    async def tell(self, text: str, *, request_id: str | None = None, **options: Any) -> Told:
        return Told.from_dict(await self._write("tell", {"text": text, **options}, request_id))

    async def ask(self, text: str, **options: Any) -> Verdict:
        return Verdict.from_dict(await self._call("ask", {"text": text, **options}))

    async def explain(self, subject: Any, predicate: str, object: Any = None, **options: Any) -> Verdict:
        params = {"subject": subject, "predicate": predicate, "object": object, **options}
        return Verdict.from_dict(await self._call("explain", params))

    async def neighbors(self, term: Any, depth: int = 1, **options: Any) -> list[Neighbor]:
        found = await self._call("neighbors", {"term": term, "depth": depth, **options})
        return [Neighbor.from_dict(one) for one in found]

    async def paths(self, source: Any, target: Any, k: int = 3, **options: Any) -> list[FactPath]:
        found = await self._call("paths", {"source": source, "target": target, "k": k, **options})
        return [FactPath.from_dict(one) for one in found]

    async def rank(self, seeds: Iterable[Any], k: int = 10, **options: Any) -> TermRanking:
        given = seeds if isinstance(seeds, (str, Mapping)) else [*seeds]
        return TermRanking.from_dict(await self._call("rank", {"seeds": given, "k": k, **options}))

    async def extract(self, text: str, *, request_id: str | None = None, **options: Any) -> list[Proposal]:
        found = await self._write("extract", {"text": text, **options}, request_id)
        return [Proposal.from_dict(one) for one in found]

    async def proposals(self, **options: Any) -> list[Proposal]:
        return [Proposal.from_dict(one) for one in await self._call("proposals", options)]

    async def accept(self, pid: str, *, request_id: str | None = None) -> str:
        accepted: str = await self._write("accept", {"pid": pid}, request_id)
        return accepted

    async def reject(self, pid: str, *, request_id: str | None = None) -> None:
        await self._write("reject", {"pid": pid}, request_id)

    async def stats(self) -> dict[str, Any]:
        stats: dict[str, Any] = await self._call("stats", {})
        return stats

    async def _write(
        self, method: str, params: dict[str, Any], request_id: str | None = None, *, on_chunk: Any = None
    ) -> Any:
        if self._read_only:
            raise ReadOnlyError("this memory was opened read-only; open it with read_only=False to write")
        return await self._call(method, params, request_id, on_chunk=on_chunk)

    async def _call(
        self, method: str, params: dict[str, Any], request_id: str | None = None, *, on_chunk: Any = None
    ) -> Any:
        return await self._peer.call(
            f"graph.{method}",
            params,
            request_id=request_id or uuid7(self._clock.now_ms()),
            on_chunk=on_chunk,
        )
