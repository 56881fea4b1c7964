from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pramana import __version__
from pramana.cli import main, table


class Command:
    """Runs the command on one database and returns its lines, or its JSON with `--json`."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path, self.capsys = path, capsys

    def __call__(self, *arguments: str, status: int = 0) -> Any:
        assert main([arguments[0], "--db", str(self.path), *arguments[1:]]) == status
        out, err = self.capsys.readouterr()
        if status:
            assert err.startswith("pramana: ")
            assert err.count("\n") == 1
            return err
        assert err == ""
        return json.loads(out) if "--json" in arguments else out.splitlines()


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path / "m.db", capsys)


def test_store_and_find(run: Command) -> None:
    (pid,) = run(
        "store", "--task", "Implement REST API", "--category", "backend", "--strategy", "TDD", "--title", "T",
        "--content", "C", "--score", "0.9", "--tag", "http", "--tag", "api", "--metadata", '{"a": [1]}',
    )  # fmt: skip
    run("store", "--task", "Bake bread", "--namespace", "kitchen")
    hits = run("find", "build an API endpoint", "-k", "1", "--json")
    assert hits[0]["pattern"]["id"] == pid
    assert hits[0]["pattern"]["metadata"] == {"a": [1]}
    assert hits[0]["pattern"]["tags"] == ["http", "api"]
    lines = run("find", "build an API endpoint")
    assert lines[0].split() == ["score", "cosine", "task", "category", "strategy", "reliable", "id"]
    assert pid in lines[1]
    assert len(lines) == 2
    assert len(run("find", "bread", "--all-namespaces")) == 3
    assert len(run("find", "bread", "--namespace", "kitchen", "--json")) == 1
    assert (
        run("find", "bread", "--category", "backend", "--tag", "http", "--min-similarity", "0.9", "--json")
        == []
    )


def test_store_many_from_standard_input(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"task_description": "a"}\n\n{"task_description": "b"}\n'))
    assert len(run("store", "--stdin", "--json")["ids"]) == 2
    monkeypatch.setattr("sys.stdin", io.StringIO('{"task_description": "a"}\nno\n'))
    assert "line 2" in run("store", "--stdin", status=1)
    monkeypatch.setattr("sys.stdin", io.StringIO('{"task_description": "a"}\n{"tags": []}\n'))
    assert "patterns[1].task_description" in run("store", "--stdin", status=1)
    assert len(run("list", "--json")["patterns"]) == 2


def test_list_pages(run: Command) -> None:
    for n in range(3):
        run("store", "--task", f"task {n}", "--category", "c" if n else "d")
    lines = run("list", "--limit", "2")
    assert [line.split("task ")[1][0] for line in lines[1:3]] == ["2", "1"]
    cursor = lines[3].removeprefix("more: --cursor ")
    page = run("list", "--limit", "2", "--cursor", cursor, "--json")
    assert [pattern["task_description"] for pattern in page["patterns"]] == ["task 0"]
    assert page["cursor"] is None
    assert len(run("list", "--category", "c")) == 3


def test_export_and_import(run: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("store", "--task", "one")
    file = tmp_path / "x.jsonl"
    assert run("export", str(file)) == [f"1 memories written to {file}"]
    assert run("export", str(file), "--json") == {"lines": 1, "file": str(file)}
    assert len(run("export", "-")) == 2
    other = Command(tmp_path / "other.db", capsys)
    assert other("import", str(file)) == ["1 added, 0 updated, 0 skipped, of 1"]
    assert other("import", str(file), "--json") == {"added": 0, "updated": 0, "skipped": 1, "lines": 1}
    assert "line 2" in other("import", str(file), "--on-conflict", "error", status=1)
    file.write_text("{}")
    assert "line 1" in other("import", str(file), status=1)


def test_stats(run: Command) -> None:
    run("store", "--task", "one", "--category", "c")
    stats = run("stats", "--json")
    assert stats["stats"]["categories"] == {"c": 1}
    assert stats["capabilities"]["store"]["backend"] == "sqlite"
    text = "\n".join(run("stats"))
    assert "memories" in text
    assert "category c" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("find", "x"), "no database"),
        (("list",), "no database"),
        (("store",), "--task or --stdin"),
        (("store", "--task", "x", "--stdin"), "--task or --stdin"),
        (("store", "--task", " "), "task_description"),
        (("store", "--task", "x", "--score", "2"), "success_score"),
        (("store", "--task", "x", "--metadata", "{"), "--metadata is not JSON"),
        (("store", "--task", "x", "--metadata", "[1]"), "metadata"),
        (("import", "/nowhere/at/all"), "no file"),
    ],
)
def test_errors_are_one_line(run: Command, arguments: tuple[str, ...], said: str) -> None:
    assert said in run(*arguments, status=1)


@pytest.mark.parametrize(
    "arguments", [[], ["fly"], ["store"], ["find", "--db", "x"], ["list", "--db", "x", "--limit", "y"]]
)
def test_a_wrong_command_line_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_it_runs_as_a_module_and_stops_quietly_when_the_reader_does(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pramana"]
    shown = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == f"pramana {__version__}"
    db = str(tmp_path / "m.db")
    lines = "".join(
        json.dumps({"task_description": f"t {n}", "content": "x" * 2000}) + "\n" for n in range(300)
    )
    subprocess.run(
        [*command, "store", "--db", db, "--stdin"], input=lines, text=True, check=True, capture_output=True
    )
    piped = subprocess.Popen(
        [*command, "export", "--db", db, "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert piped.stdout is not None
    assert piped.stderr is not None
    piped.stdout.readline()
    piped.stdout.close()
    assert piped.stderr.read() == ""
    piped.stderr.close()
    assert piped.wait() == 1


def test_tables_are_aligned_and_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    text = table(
        ["n", "task", "id"],
        [["1.5", "a very long task " * 5, "id-1"], ["10", "日本\nx", "id-2"]],
        numbers={0},
    )
    lines = text.splitlines()
    assert len(lines) == 3
    assert lines[1].endswith("…  id-1")
    assert lines[1].startswith("1.5  a very")
    assert lines[2].startswith(" 10  日本 x ")
    assert len(lines[1]) == 40
    # Wide characters take two columns, so the line is two characters shorter and ends in the same column.
    assert lines[2].index("id-2") == lines[1].index("id-1") - 2
