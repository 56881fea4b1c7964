"""The Python and the commands of the documentation run, and give what it says."""

from __future__ import annotations

import ast
import asyncio
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from inspect import CO_COROUTINE
from pathlib import Path
from types import CodeType, MappingProxyType, ModuleType
from typing import Any

import pytest

from tests.unit.embed.openai_server import embeddings, serving

from .blocks import PAGES, ROOT, blocks_of, nearer, says

IN_PYODIDE = "import micropip"
"""Such a block is for a page; tests/browser/test_python_page.py has it."""
SIGNATURES = {"api-python.md", "api-javascript.md"}
PACKS = ROOT / "web/explorer/packs"


def python_pages() -> list[Path]:
    return [page for page in PAGES if page.name not in SIGNATURES and any(blocks_of(page, "python"))]


def command_pages() -> list[Path]:
    return [page for page in PAGES if any(blocks_of(page, "sh"))]


def compiled(source: str, page: Path, line: int) -> Iterator[CodeType]:
    """The statements of a block one by one; what is said of an expression becomes a call of `shown`."""
    lines = source.splitlines()
    for statement in ast.parse(source).body:
        said = lines[(statement.end_lineno or 1) - 1].partition("# →")[2]
        if said and isinstance(statement, ast.Expr):
            call = ast.Call(ast.Name("shown", ast.Load()), [statement.value, ast.Constant(said)], [])
            statement = ast.copy_location(ast.Expr(call), statement)
        module = ast.fix_missing_locations(ast.Module([statement], []))
        ast.increment_lineno(module, line - 1)
        yield compile(module, str(page), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def run_python(page: Path, addresses: Mapping[str, str] = MappingProxyType({})) -> None:
    """Run the Python blocks of a page. A loop is kept between them, so that what one opened is there for the next."""
    loop = asyncio.new_event_loop()

    def shown(value: Any, said: str) -> None:
        assert says(said, repr(value)), f"{page.name} says {said.strip()}, and it is {value!r}"

    names: dict[str, Any] = {"shown": shown, "__name__": "__main__"}
    try:
        for block in blocks_of(page, "python"):
            if IN_PYODIDE in block.text:
                continue
            for source, line in ((block.before, 1), (block.text, block.line)):
                for code in compiled(nearer(source, addresses), page, line):
                    if code.co_flags & CO_COROUTINE:
                        loop.run_until_complete(eval(code, names))
                    else:
                        exec(code, names)
    finally:
        if "memory" in names:
            loop.run_until_complete(names["memory"].close())
        loop.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of the reader's own, with the sample pack."""
    for name in ("web-security.csv", "web-security.rules"):
        shutil.copy(PACKS / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A server on loopback in place of each that examples name, and a module in place of one that is not ours."""

    class SentenceTransformer:
        def __init__(self, name: str) -> None:
            assert name == "all-MiniLM-L6-v2"

        def encode(self, texts: list[str]) -> list[list[float]]:
            return [[1.0, float(len(text))] + [0.0] * 382 for text in texts]

    module = ModuleType("sentence_transformers")
    module.SentenceTransformer = SentenceTransformer  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")

    def say(request: dict[str, Any]) -> Any:
        return embeddings(request, [[1.0, float(len(text))] + [0.0] * 766 for text in request["input"]])

    with serving() as server:
        server.says = [say] * 100
        yield {"ollama": server.url, "openai": server.url}


@pytest.mark.parametrize("page", python_pages(), ids=lambda page: page.name)
def test_the_python_of_a_page_runs_and_gives_what_it_says(
    page: Path, folder: Path, addresses: dict[str, str]
) -> None:
    run_python(page, addresses)


@pytest.mark.parametrize("page", command_pages(), ids=lambda page: page.name)
def test_the_commands_of_a_page_run(page: Path, folder: Path, addresses: dict[str, str]) -> None:
    for block in blocks_of(page, "sh"):
        for line in nearer(f"{block.before}\n{block.text}", addresses).splitlines():
            words = shlex.split(line, comments=True)
            if not words:
                continue
            if words[0] == "pramana":
                run = subprocess.run(
                    [sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, check=False
                )
                assert run.returncode == 0, f"{line}\n{run.stderr}"
            elif words[0] == "./build.sh":
                assert f"command_{words[1]}()" in (ROOT / "build.sh").read_text("utf-8"), line
            else:
                assert words[:2] in (["pip", "install"], ["npm", "install"]), f"nobody runs: {line}"


def test_an_example_that_says_something_wrong_fails(tmp_path: Path) -> None:
    page = tmp_path / "wrong.md"
    page.write_text("```python\nvalue = 1\nvalue + 1  # → 3\n```\n")
    with pytest.raises(AssertionError, match="says 3, and it is 2"):
        run_python(page)
