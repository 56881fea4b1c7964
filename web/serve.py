"""A small static server for dist/web, for looking at it and for driving it.

    python web/serve.py [--port 8765] [--host 127.0.0.1] [directory]

What lies under v/ never changes and may be kept for ever; everything else is asked for again at each visit.
"""

from __future__ import annotations

import argparse
import errno
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


class StaticHandler(SimpleHTTPRequestHandler):
    """Serves files with the types and cache rules that a page, its worker and its service worker need."""

    protocol_version = "HTTP/1.1"
    # Not the system's table, which differs between machines: a worker with a wrong type is not started.
    extensions_map = {  # noqa: RUF012 (the base class declares it so)
        "": "application/octet-stream",
        ".css": "text/css; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json; charset=utf-8",
        ".mjs": "text/javascript; charset=utf-8",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".ts": "text/plain; charset=utf-8",
        ".txt": "text/plain; charset=utf-8",
        ".wasm": "application/wasm",
        ".webmanifest": "application/manifest+json; charset=utf-8",
        ".whl": "application/zip",
        ".zip": "application/zip",
    }

    def send_response(self, code: int, message: str | None = None) -> None:
        """Begin the answer, and remember how it went: an error is not to be kept."""
        self.found = code < 400
        super().send_response(code, message)

    def end_headers(self) -> None:
        """Add the cache rule and close the headers."""
        versioned = self.found and self.path.startswith("/v/")
        self.send_header("Cache-Control", "public, max-age=31536000, immutable" if versioned else "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say only what went wrong; a page asks for forty files."""
        if args and str(args[1] if len(args) > 1 else "").startswith(("4", "5")):
            super().log_message(format, *args)


class StaticServer(ThreadingHTTPServer):
    """Threads end with the process; a port in use is an error, not shared."""

    daemon_threads = True
    allow_reuse_address = True
    # A page asks for forty files at once and may have several tabs; the default of 5 would drop connections.
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that closes a connection early is no error."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def make_server(directory: Path, port: int, host: str = "127.0.0.1") -> StaticServer:
    """Bind and return a server for `directory`; port 0 takes a free one.

    Raises:
        OSError: the port is taken (`errno.EADDRINUSE`) or not allowed.
    """
    return StaticServer((host, port), partial(StaticHandler, directory=str(directory)))


def port_number(text: str) -> int:
    """Return a port that can be bound; argparse shows the message."""
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


def main() -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", nargs="?", type=Path, default=ROOT / "dist/web")
    parser.add_argument("--port", type=port_number, default=8765)
    parser.add_argument("--host", default="127.0.0.1")
    options = parser.parse_args()
    if not options.directory.is_dir():
        print(f"serve.py: {options.directory} is not there: run ./build.sh web", file=sys.stderr)
        return 1
    try:
        server = make_server(options.directory, options.port, options.host)
    except OSError as error:
        busy = error.errno == errno.EADDRINUSE
        reason = "is in use: stop what listens there, or take another with --port" if busy else error.strerror
        print(f"serve.py: port {options.port} {reason}", file=sys.stderr)
        return 1
    print(f"http://localhost:{server.server_port}/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
