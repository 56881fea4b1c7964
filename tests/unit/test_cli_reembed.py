from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pramana.cli.running import KEY
from tests.unit.embed.openai_server import KEY as SECRET
from tests.unit.embed.openai_server import Server, error, serving
from tests.unit.test_cli import Command

if sys.platform == "emscripten":
    pytest.skip("the command line is native", allow_module_level=True)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def test_the_embedder_is_changed_to_a_servers_and_back(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, SECRET)
    run = Command(tmp_path / "m.db", capsys)
    at = ("--embedder-url", server.url, "--embedder-model", "letters", "--embedder-dim", "3")
    assert run("reembed", *at, "--json", status=1)["code"] == "not_found"
    run("store", "--task", "banana bread")
    run("store", "--task", "teapot")
    assert run("reembed", *at, "--json") == {"embedder": {"id": "letters", "dim": 3}}
    assert server.heard[0][1]["authorization"] == f"Bearer {SECRET}"
    assert run("find", "banana bread", "--json", status=1)["code"] == "embedder_mismatch"
    assert run("find", "banana bread", *at, "--json")[0]["similarity"] > 0.99
    assert run("find", "x", *at[:4], "--json", status=1)["details"] == {"field": "embedder_url"}
    server.says = [error(401, f"bad key {SECRET}")]
    refused = run("find", "x", *at, "--json", status=1)
    assert refused["code"] == "embedder_auth"
    assert SECRET not in str(refused)
    heard = len(server.heard)
    (line,) = run("reembed")
    assert line.startswith("embedded by ")
    assert run("find", "banana bread", "--json")[0]["similarity"] > 0.99
    assert len(server.heard) == heard
