"""Methods called by name with JSON: what followers, pages and servers send, and what they get back.

A part of a memory (the bank, the graph) has a table of `Method`s; names and parameters are those of Python.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from pramana.errors import CancelledError, InputError, to_wire
from pramana.pace import Pace
from pramana.text.json_input import parse_json
from pramana.text.wording import instead, quoted, shown

__all__ = ["Method", "OnChunk", "Standing", "dispatch", "dispatch_json", "failed", "no_chunk"]

SLICE = 1_000
"""Elements of a list that are encoded in one stretch."""
T = TypeVar("T")
W = TypeVar("W")
OnChunk: TypeAlias = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Method(Generic[T]):
    """One method of a part: what runs it, the parameters it takes, and whether it may write.

    `call` gets the part, the parameters (of a write, with its request id), and where parts of the answer go.
    """

    call: Callable[[T, dict[str, Any], OnChunk], Awaitable[Any]]
    params: frozenset[str] = frozenset()
    required: tuple[str, ...] = ()
    writes: bool = False
    fields: Sequence[str] | None = None
    """Where any parameter is passed on, the names to suggest; the method itself refuses what it does not know."""

    def of(self, part_of: Callable[[W], T]) -> Method[W]:
        """The same method, of a whole that has the part."""

        def call(whole: W, params: dict[str, Any], on_chunk: OnChunk) -> Awaitable[Any]:
            return self.call(part_of(whole), params, on_chunk)

        return Method(call, self.params, self.required, self.writes, self.fields)


@dataclass(frozen=True, slots=True)
class Standing:
    """A result that the very same call has again until then, in milliseconds since 1970, if nothing is committed."""

    result: Any
    until_ms: int


async def dispatch(
    part: T,
    methods: Mapping[str, Method[T]],
    method: str,
    params: Any,
    *,
    request_id: str | None = None,
    on_chunk: OnChunk | None = None,
) -> Any:
    """Run one method and return its result as JSON values, perhaps as `Standing`.

    Args:
        part: runs it.
        methods: those it has.
        method: a name of `methods`.
        params: its parameters, by name.
        request_id: a write under an id that was committed before is not run again: its first result is
            returned.
        on_chunk: gets the parts of an answer that comes in parts.

    Raises:
        InputError: the method or a parameter is unknown, or one is missing.
        PramanaError: what the method raises.
    """
    known = methods.get(method)
    if known is None:
        raise InputError(
            f"unknown method {quoted(method)}; {instead(method, [*methods], 'the methods are')}",
            field="method",
        )
    if not isinstance(params, Mapping):
        raise InputError(f"params must be an object; got {shown(params)}", field="params")
    _check_names(method, known, params)
    given = dict(params)
    if known.writes:
        given["request_id"] = request_id
    return await known.call(part, given, on_chunk or no_chunk)


def _check_names(method: str, known: Method[T], params: Mapping[str, Any]) -> None:
    for name in params:
        if name == "request_id" or (known.fields is None and name not in known.params):
            accepted = sorted(known.params if known.fields is None else known.fields)
            other = instead(name, accepted, f"{method} takes") if accepted else f"{method} takes none"
            raise InputError(f"unknown parameter {quoted(name)}; {other}", field=name)
    for name in known.required:
        if name not in params:
            # Python and JavaScript name methods differently, and call the id by its place.
            missing = "id" if name in ("pid", "fid") else name
            raise InputError(f"a required parameter is missing: {missing}", field=missing)


async def dispatch_json(
    part: T,
    methods: Mapping[str, Method[T]],
    method: str,
    params_json: str,
    request_id: str | None = None,
    on_chunk: Callable[[str], None] | None = None,
) -> str:
    """Run one method, all in JSON: `{"ok": result}` or `{"error": {code, message, details}}`; never raises.

    Of a result that is `Standing`, `"until_ms"` stands before `"ok"`: whoever knows of every commit may repeat it.
    """
    try:
        params = parse_json(params_json, "params") if params_json else {}
        emit = None if on_chunk is None else lambda chunk: on_chunk(_encode(chunk))
        result = await dispatch(part, methods, method, params, request_id=request_id or None, on_chunk=emit)
        until = ""
        if isinstance(result, Standing):
            until, result = f'"until_ms":{result.until_ms},', result.result
        return f'{{{until}"ok":{await _encode_in_stretches(result)}}}'
    except asyncio.CancelledError:
        return failed(CancelledError("the call was cancelled before its commit; nothing was written"))
    except Exception as error:  # noqa: BLE001  # this is the edge: every error crosses as code, message and details
        return failed(error)


def failed(error: BaseException) -> str:
    """The answer that says `error`. In ASCII, since a message may quote what was passed in, lone surrogates too."""
    return json.dumps({"error": to_wire(error)})


def no_chunk(_: Any) -> None:
    """Refuse a part of an answer that nobody takes."""
    raise InputError("this method answers in parts; pass on_chunk", field="on_chunk")


async def _encode_in_stretches(value: Any) -> str:
    """As `_encode`; others run between the parts of a long list."""
    if isinstance(value, dict):
        members = [f"{_encode(key)}:{await _encode_in_stretches(item)}" for key, item in value.items()]
        return f"{{{','.join(members)}}}"
    if not isinstance(value, list) or len(value) <= SLICE:
        return _encode(value)
    pace, parts = Pace(), []
    for start in range(0, len(value), SLICE):
        parts.append(_encode(value[start : start + SLICE])[1:-1])
        await pace()
    return f"[{','.join(parts)}]"


def _encode(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
