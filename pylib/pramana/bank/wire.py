"""The bank's methods as JSON: what followers, pages and servers send, and what they get back.

Names and parameters are those of Python. `store_many` takes `{"patterns": […]}` and tells how far it is in chunks
`{"done", "total"}`, `export_jsonl` answers in chunks of whole lines and ends with `{"lines": n}`, `import_jsonl`
takes `{"text", "first_line", "on_conflict", "dry_run"}`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from pramana.bank.reasoning_bank import ReasoningBank
from pramana.bank.validate import STORED_FIELDS
from pramana.bank.wording import instead, quoted, shown
from pramana.errors import CancelledError, InputError, to_wire
from pramana.text.json_input import parse_json

__all__ = ["METHODS", "Bank", "Method", "dispatch", "dispatch_json"]

Bank: TypeAlias = ReasoningBank
OnChunk: TypeAlias = Callable[[Any], None]
Call: TypeAlias = Callable[[Bank, dict[str, Any], OnChunk], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Method:
    """One method: what runs it, the parameters it takes (None: any), and whether it may write."""

    call: Call
    params: frozenset[str] | None
    required: tuple[str, ...] = ()
    writes: bool = False


async def _store(bank: Bank, params: dict[str, Any], _: OnChunk) -> Any:
    return await bank.store(**params)


async def _store_many(bank: Bank, params: dict[str, Any], on_chunk: OnChunk) -> Any:
    def told(done: int, total: int) -> None:
        on_chunk({"done": done, "total": total})

    on_progress = None if on_chunk is _no_chunk else told
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

METHODS: dict[str, Method] = {
    "store": Method(_store, None, (), writes=True),
    "store_many": Method(_store_many, frozenset({"patterns"}), ("patterns",), writes=True),
    "find_similar": Method(_find_similar, QUERY, ("task",)),
    "get": Method(_get, frozenset({"pid"}), ("pid",)),
    "get_many": Method(_get_many, frozenset({"ids"}), ("ids",)),
    "update": Method(_update, None, ("pid",), writes=True),
    "delete": Method(_delete, frozenset({"pid"}), ("pid",), writes=True),
    "purge": Method(_purge, frozenset({"pid"}), ("pid",), writes=True),
    "used": Method(_used, frozenset({"ids", "success"}), ("ids",), writes=True),
    "list": Method(_list, frozenset({"category", "namespace", "tags", "cursor", "limit"})),
    "by_category": Method(_by_category, frozenset({"category", "namespace", "limit"}), ("category",)),
    "stats": Method(_stats, frozenset()),
    "capabilities": Method(_capabilities, frozenset()),
    "export_jsonl": Method(_export_jsonl, frozenset()),
    "import_jsonl": Method(
        _import_jsonl, frozenset({"text", "first_line", "on_conflict", "dry_run"}), ("text",), writes=True
    ),
}


async def dispatch(
    bank: Bank, method: str, params: Any, *, request_id: str | None = None, on_chunk: OnChunk | None = None
) -> Any:
    """Run one method and return its result as JSON values.

    Args:
        bank: runs it.
        method: a name of `METHODS`.
        params: its parameters, by name.
        request_id: a write under an id that was committed before is not run again: its first result is
            returned.
        on_chunk: gets the parts of an answer that comes in parts.

    Raises:
        InputError: the method or a parameter is unknown, or one is missing.
        PramanaError: what the method raises.
    """
    known = METHODS.get(method)
    if known is None:
        raise InputError(
            f"unknown method {quoted(method)}; {instead(method, [*METHODS], 'the methods are')}",
            field="method",
        )
    if not isinstance(params, Mapping):
        raise InputError(f"params must be an object; got {shown(params)}", field="params")
    _check_names(method, known, params)
    given = dict(params)
    if known.writes:
        given["request_id"] = request_id
    return await known.call(bank, given, on_chunk or _no_chunk)


def _check_names(method: str, known: Method, params: Mapping[str, Any]) -> None:
    for name in params:
        if name == "request_id" or (known.params is not None and name not in known.params):
            accepted = sorted(known.params if known.params is not None else STORED_FIELDS)
            other = instead(name, accepted, f"{method} takes") if accepted else f"{method} takes none"
            raise InputError(f"unknown parameter {quoted(name)}; {other}", field=name)
    for name in known.required:
        if name not in params:
            # Python and JavaScript name methods differently, and call the id by its place.
            missing = "id" if name == "pid" else name
            raise InputError(f"a required parameter is missing: {missing}", field=missing)


async def dispatch_json(
    bank: Bank,
    method: str,
    params_json: str,
    request_id: str | None,
    on_chunk: Callable[[str], None] | None = None,
) -> str:
    """Run one method, all in JSON: `{"ok": result}` or `{"error": {code, message, details}}`; never raises."""
    try:
        params = parse_json(params_json, "params") if params_json else {}
        emit = None if on_chunk is None else lambda chunk: on_chunk(_encode(chunk))
        return _encode(
            {"ok": await dispatch(bank, method, params, request_id=request_id or None, on_chunk=emit)}
        )
    except asyncio.CancelledError:
        return _encode(
            {
                "error": to_wire(
                    CancelledError("the call was cancelled before its commit; nothing was written")
                )
            }
        )
    except Exception as error:  # noqa: BLE001  # this is the edge: every error crosses as code, message and details
        # In ASCII, since a message may quote what was passed in, lone surrogates too.
        return json.dumps({"error": to_wire(error)})


def _encode(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _no_chunk(_: Any) -> None:
    raise InputError("this method answers in parts; pass on_chunk", field="on_chunk")
