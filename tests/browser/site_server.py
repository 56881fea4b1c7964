"""A static site on loopback that a test can stop, start again on the same port, and lie with."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


class Site:
    """Serves directories under URL prefixes; `replaced` maps a path to other bytes, `headers` adds to every answer.

    `requested` lists the paths asked for since it was last cleared.
    """

    def __init__(
        self, roots: Mapping[str, Path], *, headers: Mapping[str, str] | None = None, port: int = 0
    ) -> None:
        self.roots = dict(sorted(roots.items(), key=lambda item: -len(item[0])))
        self.headers = dict(headers or {})
        self.replaced: dict[str, bytes] = {}
        self.requested: list[str] = []
        self._port = port
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self._port}"

    def start(self) -> None:
        site = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site._answer(self)

            do_HEAD = do_GET

            def log_message(self, format: str, *args: object) -> None:
                """Quiet: a failing test shows the page's console instead."""

        class Server(ThreadingHTTPServer):
            # Several tabs ask for forty files each at once; the default of 5 would turn connections away.
            request_queue_size = 128

        self._server = Server(("localhost", self._port), Answer)
        self._server.daemon_threads = True
        self._port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        if self._server and self._thread:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = None

    def find(self, path: str) -> bytes | None:
        if path in self.replaced:
            return self.replaced[path]
        for prefix, root in self.roots.items():
            if path.startswith(prefix):
                file = (root / path.removeprefix(prefix)).resolve()
                if file.is_dir():
                    file = file / "index.html"
                if file.is_file() and file.is_relative_to(root.resolve()):
                    return file.read_bytes()
        return None

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        path = unquote(urlsplit(request.path).path)
        self.requested.append(path)
        body = self.find(path)
        request.send_response(404 if body is None else 200)
        suffix = ".html" if path.endswith("/") else Path(path).suffix
        request.send_header("Content-Type", TYPES.get(suffix, "application/octet-stream"))
        request.send_header("Content-Length", str(len(body or b"")))
        request.send_header("Cache-Control", "no-cache")
        for name, value in self.headers.items():
            request.send_header(name, value)
        request.end_headers()
        if body is not None and request.command == "GET":
            try:
                request.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                self.requested.append(f"{path} (left by the client)")
