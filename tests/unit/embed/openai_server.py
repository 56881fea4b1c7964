"""A server on loopback that embeds as OpenAI's API does, or says what it is told to."""

from __future__ import annotations

import base64
import json
import threading
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-secret-0123456789"
Say = tuple[int, dict[str, str], Any]


def vector_of(text: str) -> list[float]:
    return [float(len(text)), float(text.count("a")), 1.5]


def embeddings(request: dict[str, Any], vectors: Sequence[Any] | None = None) -> dict[str, Any]:
    """OpenAI's answer, the last text first: only `index` says which is whose."""
    given = [vector_of(text) for text in request["input"]] if vectors is None else vectors
    if request["encoding_format"] == "base64":
        given = [base64.b64encode(array("f", vector).tobytes()).decode() for vector in given]
    data = [{"object": "embedding", "index": at, "embedding": vector} for at, vector in enumerate(given)]
    return {"object": "list", "data": data[::-1], "model": request["model"], "usage": {"total_tokens": 1}}


def error(status: int, message: str, **headers: str) -> Say:
    return status, headers, {"error": {"message": message, "type": "x", "param": None, "code": None}}


@dataclass
class Server:
    """Says what is in `says`, in turn, and then what OpenAI would."""

    says: list[Say | Callable[[dict[str, Any]], Any]] = field(default_factory=list)
    heard: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    url: str = ""

    def answer(self, path: str, headers: dict[str, str], request: dict[str, Any]) -> Say:
        self.heard.append((path, headers, request))
        said = self.says.pop(0) if self.says else embeddings
        return (200, {}, said(request)) if callable(said) else said


@contextmanager
def serving() -> Iterator[Server]:
    spoken = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def end_headers(self) -> None:
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Headers", "authorization, content-type")
            super().end_headers()

        def do_OPTIONS(self) -> None:
            self.send_response(204)
            self.end_headers()

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, more, body = spoken.answer(self.path, headers, request)
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(data)))
            with suppress(BrokenPipeError, ConnectionResetError):  # who asked may not have waited
                self.end_headers()
                self.wfile.write(data)

        def do_GET(self) -> None:
            spoken.heard.append(("GET " + self.path, {k.lower(): v for k, v in self.headers.items()}, {}))
            self.send_error(404)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        spoken.url = f"http://127.0.0.1:{running.server_port}/v1"
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield spoken
        running.shutdown()
        thread.join()
