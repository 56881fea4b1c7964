from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Mapping
from typing import Any

import pytest

from pramana import pace
from pramana.bank.reasoning_bank import ReasoningBank
from pramana.bank.wire import METHODS
from pramana.errors import InputError
from pramana.wire import Method, dispatch_json
from tests.unit.bank.banks import open_bank

ADDED = {"request_id", "on_progress"}


async def ask(bank: ReasoningBank, method: str, request_id: str | None = None, **params: Any) -> Any:
    answer = json.loads(await dispatch_json(bank, METHODS, method, json.dumps(params), request_id))
    assert set(answer) in ({"ok"}, {"error"})
    return answer["ok"] if "ok" in answer else answer["error"]


def test_parameters_are_those_of_the_methods() -> None:
    for name, method in METHODS.items():
        if name in ("export_jsonl", "import_jsonl") or method.fields is not None:
            continue
        parameters = set(inspect.signature(getattr(ReasoningBank, name)).parameters) - {"self"} - ADDED
        assert method.params == parameters, name
        assert set(method.required) <= method.params


async def test_every_method_answers_in_json() -> None:
    bank = await open_bank()
    pid = await ask(bank, "store", task_description="alpha beta", tags=["t"], metadata={"a": [1]})
    ids = await ask(bank, "store_many", patterns=[{"task_description": "gamma", "task_category": "c"}])
    assert await ask(bank, "used", ids=[pid], success=True) is None
    assert await ask(bank, "update", pid=pid, strategy="s") is None
    pattern = await ask(bank, "get", pid=pid)
    assert (pattern["strategy"], pattern["usage_count"], pattern["tags"]) == ("s", 1, ["t"])
    assert await ask(bank, "get_many", ids=[ids[0], "none"]) == [await ask(bank, "get", pid=ids[0]), None]
    hits = await ask(bank, "find_similar", task="alpha beta", k=1, category=None)
    assert hits[0]["pattern"] == pattern
    assert hits[0]["parts"]["exact"] == 1.0
    assert [p["id"] for p in (await ask(bank, "list", limit=1))["patterns"]] == ids
    assert [p["id"] for p in await ask(bank, "by_category", category="c")] == ids
    assert (await ask(bank, "stats"))["patterns"] == 2
    assert (await ask(bank, "capabilities"))["embedder"] == {"id": "words@1", "dim": 64}
    assert await ask(bank, "delete", pid=ids[0]) is None
    assert await ask(bank, "purge", pid=pid) is None
    counts = await ask(
        bank, "import_jsonl", text='{"task_description": "x"}', first_line=1, on_conflict="newer"
    )
    assert counts == {"added": 1, "updated": 0, "skipped": 0, "lines": 1}
    assert (await ask(bank, "import_jsonl", text="{}", first_line=8, dry_run=True))["details"]["line"] == 8
    await bank.close()


async def test_an_export_comes_in_chunks_and_says_how_many() -> None:
    bank = await open_bank()
    await bank.store_many([{"task_description": f"t {n}", "content": "x" * 2000} for n in range(150)])
    chunks: list[str] = []
    answer = json.loads(await dispatch_json(bank, METHODS, "export_jsonl", "{}", None, chunks.append))
    assert answer == {"ok": {"lines": 150}}
    assert len(chunks) > 1
    lines = "".join(json.loads(chunk) for chunk in chunks).splitlines()
    assert len(lines) == 151
    assert (await ask(bank, "export_jsonl"))["code"] == "invalid_input"
    await bank.close()


@pytest.mark.parametrize(
    ("method", "params", "field"),
    [
        ("forget_all", {}, "method"),
        ("_fold", {}, "method"),
        ("close", {}, "method"),
        ("get", {}, "id"),
        ("get", {"pid": 5}, "id"),
        ("get", {"pid": "x", "id": "y"}, "id"),
        ("find_similar", {"k": 3}, "task"),
        ("find_similar", {"task": "x", "request_id": "r"}, "request_id"),
        ("store", {"task_description": "x", "request_id": "r"}, "request_id"),
        ("store", {"task_description": "x", "self": 1}, "self"),
        ("store", {"task_description": "\ud800"}, "task_description"),
        ("store", {"\ud800": "x"}, "\ud800"),
        ("update", {"pid": "x"}, "fields"),
        ("stats", {"verbose": True}, "verbose"),
        ("list", {"limit": 0}, "limit"),
        ("used", {"ids": "x"}, "ids"),
    ],
)
async def test_what_cannot_be_asked_is_invalid_input(method: str, params: dict[str, Any], field: str) -> None:
    bank = await open_bank()
    error = json.loads(await dispatch_json(bank, METHODS, method, json.dumps(params), None))["error"]
    assert error["code"] == "invalid_input"
    assert error["details"]["field"] == field
    assert (await bank.stats())["head_seq"] == 0
    await bank.close()


@pytest.mark.parametrize(
    ("method", "params", "message"),
    [
        ("get", {}, "a required parameter is missing: id"),
        ("find_similar", {}, "a required parameter is missing: task"),
        (
            "find_similar",
            {"task": "x", "categroy": "c"},
            "unknown parameter 'categroy'; did you mean 'category'?",
        ),
        ("stats", {"verbose": True}, "unknown parameter 'verbose'; stats takes none"),
        ("used", {"ids": [], "how": 1}, "unknown parameter 'how'; used takes ids, success"),
        ("find", {"task": "x"}, "unknown method 'find'; did you mean 'find_similar'?"),
        ("stats", [], "params must be an object; got an empty list"),
        ("update", {"pid": "x"}, "update needs at least one field"),
        ("store", {"titel": "x"}, "unknown field 'titel'; did you mean 'title'?"),
    ],
)
async def test_messages_suit_every_language(method: str, params: Any, message: str) -> None:
    bank = await open_bank()
    assert (
        json.loads(await dispatch_json(bank, METHODS, method, json.dumps(params), None))["error"]["message"]
        == message
    )
    await bank.close()


@pytest.mark.parametrize("params", ["[]", "7", "{", "nul"])
async def test_parameters_are_an_object(params: str) -> None:
    bank = await open_bank()
    error = json.loads(await dispatch_json(bank, METHODS, "stats", params, None))["error"]
    assert error["code"] == "invalid_input"
    await bank.close()


async def test_request_ids_reach_the_writer() -> None:
    bank = await open_bank()
    first = await ask(bank, "store", "r1", task_description="x")
    assert await ask(bank, "store", "r1", task_description="x") == first
    counts = await ask(bank, "import_jsonl", "r2", text='{"task_description": "y"}')
    assert await ask(bank, "import_jsonl", "r2", text='{"task_description": "y"}') == counts
    assert (await bank.stats())["patterns"] == 2
    assert await ask(bank, "store", "", task_description="x") != await ask(
        bank, "store", "", task_description="x"
    )
    await bank.close()


async def test_a_cancelled_call_says_so() -> None:
    bank = await open_bank()
    started = asyncio.Event()

    class Slow:
        id, dim = "words@1", 64

        async def embed(self, texts: Any) -> Any:
            started.set()
            await asyncio.sleep(60)

    bank._encoder._embedder = Slow()
    call = asyncio.ensure_future(dispatch_json(bank, METHODS, "store", '{"task_description": "x"}', "r"))
    await started.wait()
    call.cancel()
    assert json.loads(await call)["error"]["code"] == "cancelled"
    assert (await bank.stats())["head_seq"] == 0
    await bank.close()


async def test_errors_of_other_kinds_cross_too() -> None:
    bank = await open_bank()

    async def fail() -> Any:
        raise InputError("no", field="x") from ValueError("y")

    bank.stats = fail  # type: ignore[method-assign]
    assert (await ask(bank, "stats")) == {"code": "invalid_input", "message": "no", "details": {"field": "x"}}

    async def crash() -> Any:
        raise ZeroDivisionError("oops")

    bank.stats = crash  # type: ignore[method-assign]
    assert (await ask(bank, "stats")) == {
        "code": "error",
        "message": "ZeroDivisionError: oops",
        "details": {},
    }
    await bank.close()


@pytest.mark.parametrize("length", [1_000, 1_001, 3_456])
async def test_long_answers_are_the_same_json(length: int) -> None:
    """They are encoded in parts, between which others run."""
    answer = [{"n": n, "text": f"é {n}", "list": [n, None]} for n in range(length)]
    methods: Mapping[str, Method[None]] = {
        "list": Method(lambda _, params, on_chunk: _soon(answer)),
        "object": Method(lambda _, params, on_chunk: _soon({"facts": answer, "cursor": None, "empty": {}})),
    }
    for name, expected in (("list", answer), ("object", {"facts": answer, "cursor": None, "empty": {}})):
        got = await dispatch_json(None, methods, name, "")
        assert got == json.dumps({"ok": expected}, ensure_ascii=False, separators=(",", ":"))


async def test_others_run_while_a_long_answer_is_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "STRETCH_S", 0.0)
    methods: Mapping[str, Method[None]] = {
        "list": Method(lambda _, params, on_chunk: _soon({"facts": list(range(9_500))}))
    }
    turns = 0
    answering = asyncio.ensure_future(dispatch_json(None, methods, "list", ""))
    while not answering.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns >= 10


async def _soon(answer: Any) -> Any:
    return answer


@pytest.mark.parametrize("request_id", ["\ud800", "", "x" * 1_001, 5, ["x"]])
async def test_a_request_id_that_is_none_is_named(request_id: Any) -> None:
    bank = await open_bank()
    for call in (
        lambda: bank.store(task_description="x", request_id=request_id),
        lambda: bank.purge("x", request_id=request_id),
    ):
        with pytest.raises(InputError) as caught:
            await call()
        assert caught.value.details["field"] == "request_id"
