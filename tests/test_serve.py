"""The static server: types that browsers insist on, and what may be kept."""

from __future__ import annotations

import http.client
import importlib.util
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Ask = Callable[[str], http.client.HTTPResponse]


@pytest.fixture(scope="module")
def ask(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    site = tmp_path_factory.mktemp("site")
    (site / "v/1").mkdir(parents=True)
    for name in ("index.html", "a.js", "m.webmanifest", "v/1/k.wasm", "v/1/p.mjs", "v/1/s.zip"):
        (site / name).write_bytes(name.encode())
    spec = importlib.util.spec_from_file_location("serve", root / "web/serve.py")
    assert spec is not None
    assert spec.loader is not None
    serve = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(serve)
    server = serve.make_server(site, 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    open_connections = []

    def get(path: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
        open_connections.append(connection)
        connection.request("GET", path)
        return connection.getresponse()

    yield get
    for connection in open_connections:
        connection.close()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/a.js", "text/javascript; charset=utf-8"),
        ("/m.webmanifest", "application/manifest+json; charset=utf-8"),
        ("/v/1/k.wasm", "application/wasm"),
        ("/v/1/p.mjs", "text/javascript; charset=utf-8"),
        ("/v/1/s.zip", "application/zip"),
    ],
)
def test_a_file_has_its_type(ask: Ask, path: str, kind: str) -> None:
    assert ask(path).headers["Content-Type"] == kind


def test_only_what_is_versioned_and_there_may_be_kept(ask: Ask) -> None:
    assert "immutable" in ask("/v/1/k.wasm").headers["Cache-Control"]
    assert ask("/a.js").headers["Cache-Control"] == "no-cache"
    missing = ask("/v/1/none.wasm")
    assert (missing.status, missing.headers["Cache-Control"]) == (404, "no-cache")


def test_a_busy_port_is_one_clear_line(root: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, str(root / "web/serve.py"), "--port", str(port), str(tmp_path)]
        finished = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert finished.returncode == 1
    assert finished.stderr.count("\n") == 1
    assert f"port {port} is in use" in finished.stderr
