"""The bank's methods as JSON (see `pramana.wire`).

`store_many` takes `{"patterns": […]}` and tells how far it is in chunks
`{"done", "total"}`, `export_jsonl` answers in chunks of whole lines and ends with `{"lines": n}`, `import_jsonl`
takes `{"text", "first_line", "on_conflict", "dry_run"}`.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from pramana.bank.reasoning_bank import ReasoningBank
from pramana.bank.validate import STORED_FIELDS
from pramana.wire import Method, OnChunk, no_chunk

__all__ = ["METHODS"]

Bank: TypeAlias = ReasoningBank


async def _store(bank: Bank, params: dict[str, Any], _: OnChunk) -> Any:
    return await bank.store(**params)


async def _store_many(bank: Bank, params: dict[str, Any], on_chunk: OnChunk) -> Any:
    def told(done: int, total: int) -> None:
        on_chunk({"done": done, "total": total})

    on_progress = None if on_chunk is no_chunk else told
    return await bank.store_many(
        params["patterns"], on_progress=on_progress, request_id=params.get("request_id")
    )


async def _find_similar(bank: Bank, params: dict[str, Any], _: OnChunk) -> Any:
    return [hit.to_dict() for hit in await bank.find_similar(**params)]


async def _get(bank: Bank, params: dict[str, Any], _: OnChunk) -> Any:
    pattern = await bank.get(params["pid"])
    return None if pattern is None else pattern.to_dict()


async def _get_many(bank: Bank, params: dict[str, Any], _: OnChunk) -> Any:
    patterns = await bank.get_many(params["ids"])
    return [None if pattern is None else pattern.to_dict() for pattern in patterns]


async def _update(bank: Bank, params: dict[str, Any], _: OnChunk) -> Any:
    return await bank.update(params.pop("pid"), **params)


async def _delete(bank: Bank, params: dict[str, Any], _: OnChunk) -> Any:
    return await bank.delete(**params)


async def _purge(bank: Bank, params: dict[str, Any], _: OnChunk) -> Any:
    return await bank.purge(**params)


async def _used(bank: Bank, params: dict[str, Any], _: OnChunk) -> Any:
    return await bank.used(**params)


async def _list(bank: Bank, params: dict[str, Any], _: OnChunk) -> Any:
    return (await bank.list(**params)).to_dict()


async def _by_category(bank: Bank, params: dict[str, Any], _: OnChunk) -> Any:
    return [pattern.to_dict() for pattern in await bank.by_category(**params)]


async def _stats(bank: Bank, params: dict[str, Any], _: OnChunk) -> Any:
    return await bank.stats()


async def _capabilities(bank: Bank, params: dict[str, Any], _: OnChunk) -> Any:
    return bank.capabilities()


async def _export_jsonl(bank: Bank, params: dict[str, Any], on_chunk: OnChunk) -> Any:
    lines = -1
    async for chunk in bank.export_lines():
        lines += chunk.count("\n")
        on_chunk(chunk)
    return {"lines": lines}


async def _import_jsonl(bank: Bank, params: dict[str, Any], _: OnChunk) -> Any:
    return await bank.import_lines(params.pop("text"), **params)


QUERY = frozenset(
    {"task", "k", "category", "namespace", "tags", "since_ms", "min_similarity", "prefer_category"}
)

METHODS: dict[str, Method[Bank]] = {
    "store": Method(_store, fields=STORED_FIELDS, writes=True),
    "store_many": Method(_store_many, frozenset({"patterns"}), ("patterns",), writes=True),
    "find_similar": Method(_find_similar, QUERY, ("task",)),
    "get": Method(_get, frozenset({"pid"}), ("pid",)),
    "get_many": Method(_get_many, frozenset({"ids"}), ("ids",)),
    "update": Method(_update, required=("pid",), fields=STORED_FIELDS, writes=True),
    "delete": Method(_delete, frozenset({"pid"}), ("pid",), writes=True),
    "purge": Method(_purge, frozenset({"pid"}), ("pid",), writes=True),
    "used": Method(_used, frozenset({"ids", "success"}), ("ids",), writes=True),
    "list": Method(_list, frozenset({"category", "namespace", "tags", "cursor", "limit"})),
    "by_category": Method(_by_category, frozenset({"category", "namespace", "limit"}), ("category",)),
    "stats": Method(_stats),
    "capabilities": Method(_capabilities),
    "export_jsonl": Method(_export_jsonl),
    "import_jsonl": Method(
        _import_jsonl, frozenset({"text", "first_line", "on_conflict", "dry_run"}), ("text",), writes=True
    ),
}
