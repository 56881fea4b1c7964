"""Against a real server on loopback that answers as OpenAI's does."""

from __future__ import annotations

import asyncio
import logging
import pickle
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from pramana import HttpEmbedder
from pramana.embed.vectors import check_embedder, embed
from pramana.errors import EmbedderAuthError, EmbedderError, EmbedderUnreachableError, InputError
from tests.unit.bank.banks import open_bank
from tests.unit.embed.openai_server import KEY, Server, embeddings, error, serving, vector_of

if sys.platform == "emscripten":
    pytest.skip("a page cannot serve", allow_module_level=True)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def at(server: Server, **options: Any) -> HttpEmbedder:
    return HttpEmbedder(server.url, "text-embedding-test", 3, **{"api_key": KEY, **options})


@pytest.mark.parametrize("encoding", ["float", "base64"])
async def test_vectors_come_in_the_order_of_the_texts(server: Server, encoding: str) -> None:
    texts = ["a", "banana", "č ☕ \ud83d", ""]
    flat = await at(server, encoding=encoding).embed(texts)
    assert list(flat) == [value for text in texts for value in vector_of(text)]
    ((path, headers, request),) = server.heard
    assert path == "/v1/embeddings"
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["content-type"] == "application/json"
    assert request == {"model": "text-embedding-test", "input": texts, "encoding_format": encoding}


async def test_many_texts_go_in_batches_and_none_in_none(server: Server) -> None:
    texts = ["a" * n for n in range(7)]
    flat = await at(server, batch=3).embed(texts)
    assert list(flat) == [value for text in texts for value in vector_of(text)]
    assert [len(request["input"]) for _, _, request in server.heard] == [3, 3, 1]
    assert list(await at(server).embed([])) == []
    assert len(server.heard) == 3


async def test_without_a_key_none_is_sent(server: Server) -> None:
    await at(server, api_key=None).embed(["a"])
    assert "authorization" not in server.heard[0][1]


async def test_what_follows_a_question_mark_stays_at_the_end_and_is_not_shown(server: Server) -> None:
    embedder = HttpEmbedder(f"{server.url}/?api-version=1&key={KEY}", "m", 3)
    await embedder.embed(["a"])
    assert server.heard[0][0] == f"/v1/embeddings?api-version=1&key={KEY}"
    assert KEY not in repr(embedder)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 529])
async def test_a_busy_server_is_asked_again_when_it_says(server: Server, status: int) -> None:
    server.says = [error(status, "busy", Retry_After="0"), error(status, "busy", Retry_After="0")]
    began = asyncio.get_running_loop().time()
    assert list(await at(server).embed(["a"])) == vector_of("a")
    assert len(server.heard) == 3
    assert asyncio.get_running_loop().time() - began < 0.4


async def test_retry_after_is_waited_for_as_seconds_and_as_a_date(server: Server) -> None:
    server.says = [
        error(429, "busy", Retry_After="1"),
        error(429, "busy", Retry_After="Thu, 01 Jan 2026 00:00:00 GMT"),
    ]
    began = asyncio.get_running_loop().time()
    await at(server).embed(["a"])
    assert 1 <= asyncio.get_running_loop().time() - began < 1.4


async def test_a_server_that_stays_busy_or_asks_for_too_long_a_wait_is_given_up(server: Server) -> None:
    server.says = [error(503, f"overloaded {KEY}", Retry_After="0")] * 20
    with pytest.raises(EmbedderUnreachableError, match="503: overloaded …") as caught:
        await at(server).embed(["a"])
    assert caught.value.details["status"] == 503
    assert len(server.heard) == 5
    server.says = [error(429, "tomorrow", Retry_After="86400")]
    with pytest.raises(EmbedderUnreachableError, match="tomorrow"):
        await at(server).embed(["a"])
    assert len(server.heard) == 6


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_that_is_not_accepted_is_said_at_once_and_never_shown(
    server: Server, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    long = "x" * 290 + f" Incorrect API key provided: {KEY}"
    for message in (f"Incorrect API key provided: {KEY}.", long):
        server.says = [error(status, message)]
        embedder = at(server)
        with pytest.raises(EmbedderAuthError, match="does not accept the api_key") as caught:
            await embedder.embed(["a"])
        assert caught.value.details == {"id": "text-embedding-test", "status": status}
        shown = [str(caught.value), repr(embedder), caplog.text, repr(pickle.dumps(caught.value))]
        assert not any(KEY[:8] in text for text in shown)
    server.says = [error(401, "You didn't provide an API key")]
    with pytest.raises(EmbedderAuthError, match="needs an api_key"):
        await at(server, api_key=None).embed(["a"])
    assert len(server.heard) == 3


async def test_a_refused_request_is_not_repeated(server: Server) -> None:
    server.says = [error(400, "maximum context length is 8192 tokens"), (404, {}, b"<html>\nnot here")]
    with pytest.raises(EmbedderError, match="400: maximum context length"):
        await at(server).embed(["a"])
    with pytest.raises(EmbedderError, match="404: <html> not here"):
        await at(server).embed(["a"])
    assert len(server.heard) == 2


async def test_a_redirect_is_not_followed_since_it_would_take_the_key_along(server: Server) -> None:
    for status in (301, 302, 303, 307, 308):
        server.says = [(status, {"Location": f"{server.url}/elsewhere"}, b"")]
        with pytest.raises(EmbedderError, match=str(status)):
            await at(server).embed(["a"])
    assert len(server.heard) == 5


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "something else"),
        (b"[]", "something else"),
        ({"data": [{"embedding": [1, 2, 3]}, {"embedding": [1, 2, 3]}]}, "something else"),
        ({"data": [{"index": 0, "embedding": [1, 2, 3]}]}, "1 vectors for 2 texts"),
        ({"data": [{"index": n, "embedding": [1, 2, 3]} for n in range(3)]}, "3 vectors for 2 texts"),
        ({"data": [{"index": 0, "embedding": [1, 2, 3]}] * 2}, "2 vectors for 2 texts"),
        ({"data": [{"index": n, "embedding": [1, 2]} for n in range(2)]}, "2 floats where 3"),
        ({"data": [{"index": n, "embedding": "AAAA"} for n in range(2)]}, "not a list of floats"),
        ({"data": [{"index": n, "embedding": "*"} for n in range(2)]}, "not a list of floats"),
        ({"data": [{"index": n, "embedding": ["x"] * 3} for n in range(2)]}, "not a list of floats"),
        ({"data": [{"index": n, "embedding": None} for n in range(2)]}, "not a list of floats"),
    ],
)
async def test_an_answer_that_does_not_fit_is_refused(server: Server, body: Any, said: str) -> None:
    server.says = [(200, {}, body)]
    with pytest.raises(EmbedderError, match=said) as caught:
        await at(server).embed(["a", "b"])
    assert caught.value.details["id"] == "text-embedding-test"


async def test_floats_that_are_not_finite_are_refused_where_every_embedders_are(server: Server) -> None:
    server.says = [lambda request: embeddings(request, [[1, float("nan"), 2]])]
    with pytest.raises(EmbedderError, match="NaN"):
        await embed(at(server), ["a"])


async def test_nobody_there_and_nobody_in_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pramana.embed.http.FIRST_PAUSE_S", 0.01)
    gone = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    gone.server_close()
    with pytest.raises(EmbedderUnreachableError, match="ConnectionRefusedError") as caught:
        await HttpEmbedder(f"http://127.0.0.1:{gone.server_port}", "m", 3, api_key=KEY).embed(["a"])
    assert KEY not in str(caught.value)
    asleep = threading.Event()
    server.says = [lambda request: asleep.wait(5) and {}] * 5
    with pytest.raises(EmbedderUnreachableError, match="TimeoutError"):
        await at(server, timeout_s=0.05).embed(["a"])
    asleep.set()


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("localhost:11434", "m", 3), "url"),
        (("ftp://h/v1", "m", 3), "url"),
        (("http://user:pw@h/v1", "m", 3), "url"),
        (("http://h:port/v1", "m", 3), "url"),
        ((7, "m", 3), "url"),
        (("http://h/v1", "", 3), "model"),
        (("http://h/v1", "m", 0), "dim"),
        (("http://h/v1", "m", True), "dim"),
        (("http://h/v1", "m", 3, {"batch": 0}), "batch"),
        (("http://h/v1", "m", 3, {"timeout_s": 0}), "timeout_s"),
        (("http://h/v1", "m", 3, {"encoding": "int8"}), "encoding"),
        (("http://h/v1", "m", 3, {"api_key": f"{KEY}\r\nX: y"}), "api_key"),
        (("http://h/v1", "m", 3, {"api_key": ""}), "api_key"),
    ],
)
def test_an_argument_that_is_not_acceptable_is_named(arguments: tuple[Any, ...], field: str) -> None:
    *given, last = arguments
    options = last if isinstance(last, dict) else {}
    with pytest.raises(InputError) as caught:
        HttpEmbedder(*(given if isinstance(last, dict) else arguments), **options)
    assert caught.value.details["field"] == field
    assert KEY not in str(caught.value)


async def test_a_bank_can_be_moved_to_it(server: Server) -> None:
    bank = await open_bank()
    await bank.store_many({"task_description": text} for text in ("banana bread", "a", "teapot"))
    embedder = at(server)
    check_embedder(embedder, 65536)
    assert await bank.reembed(embedder) == 3
    assert (await bank.find_similar("banana bread"))[0].similarity == pytest.approx(1, abs=0.01)
    assert bank.capabilities()["embedder"] == {"id": "text-embedding-test", "dim": 3}
    await bank.close()
