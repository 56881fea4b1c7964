from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pramana import __version__
from pramana.cli import main
from pramana.cli.arguments import parser
from pramana.cli.tables import table


class Command:
    """Runs the command on one database and returns its lines, or its JSON with `--json`."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path, self.capsys = path, capsys

    def __call__(self, *arguments: str, status: int = 0) -> Any:
        assert main([arguments[0], "--db", str(self.path), *arguments[1:]]) == status
        out, err = self.capsys.readouterr()
        if status:
            assert out == ""
            assert err.count("\n") == 1
            if "--json" in arguments:
                return json.loads(err)["error"]
            assert err.startswith("pramana: ")
            return err
        assert err == ""
        return json.loads(out) if "--json" in arguments else out.splitlines()


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.delenv("COLUMNS", raising=False)  # a test runner may have set it
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
    assert lines[0].split() == ["score", "cosine", "task", "category", "strategy", "tags", "reliable", "id"]
    assert pid in lines[1]
    assert "T: Implement REST API" in lines[1]
    assert "http, api" in lines[1]
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


def test_standard_input_without_a_line_stores_nothing_and_says_so(
    run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert run("store", "--stdin") == ["0 memories stored: standard input held no line"]
    assert run("store", "--stdin", "--json") == {"ids": []}
    monkeypatch.setattr(
        "sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"task_description": "caf\xe9"}'), "utf-8")
    )
    assert "not UTF-8" in run("store", "--stdin", status=1)
    assert not run.path.exists()


def test_nothing_found_is_said(run: Command) -> None:
    run("store", "--task", "one", "--namespace", "n")
    assert run("find", "one") == ["nothing found"]
    assert run("list", "--category", "c") == ["nothing found"]
    assert run("find", "one", "--json") == []
    assert len(run("list", "--namespace", "n")) == 2


def test_one_memory_is_shown_changed_used_deleted_and_purged(run: Command) -> None:
    (pid,) = run(
        "store", "--task", "one", "--content", "first\nsecond", "--tag", "a", "--metadata", '{"m": "ü"}'
    )
    shown = run("show", pid)
    assert shown[0].split() == ["id", pid]
    assert [line.split() for line in shown if "first" in line or "second" in line] == [
        ["content", "first"],
        ["second"],
    ]
    assert any(line.split() == ["tags", "a"] for line in shown)
    assert any("ü" in line for line in shown)
    assert not any(line.startswith("title") for line in shown)

    assert run("update", pid, "--title", "T", "--tag", "b", "--score", "1") == [f"updated {pid}"]
    assert run("used", pid, pid, "--success") == [f"counted one use of {pid}, with success"]
    assert run("used", pid, "--failure", "--json") == {"used": [pid]}
    run("used", pid)
    pattern = run("show", pid, "--json")
    assert (pattern["title"], pattern["tags"], pattern["success_score"]) == ("T", ["b"], 1)
    assert pattern["content"] == "first\nsecond"
    assert [counts[:3] for counts in pattern["evidence"].values()] == [[1, 1, 3]]

    assert run("delete", pid)[0].startswith(f"deleted {pid}")
    for gone in (("show", pid), ("update", pid, "--title", "x"), ("used", pid), ("delete", pid)):
        error = run(*gone, "--json", status=1)
        assert (error["code"], error["details"]) == ("not_found", {"ids": [pid]})
    assert run("purge", pid, "--json") == {"purged": pid}
    assert b"second" not in run.path.read_bytes()


def test_update_without_a_field_says_so(run: Command) -> None:
    (pid,) = run("store", "--task", "one")
    assert run("update", pid, status=1) == "pramana: update needs at least one field\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "/nowhere/at/all"), ("import", "/"), ("store", "--task", "x", "--metadata", "{"),
        ("find", "x"), ("list",), ("show", "x"), ("stats",), ("export", "-"), ("export", "x"),
        ("update", "x", "--title", "y"), ("delete", "x"), ("purge", "x"), ("used", "x"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_makes_no_database(run: Command, arguments: tuple[str, ...]) -> None:
    error = run(*arguments, "--json", status=1)
    assert set(error) == {"code", "message", "details"}
    assert list(run.path.parent.iterdir()) == []


def test_an_export_does_not_replace_the_database(run: Command) -> None:
    run("store", "--task", "one")
    assert "replace the database" in run("export", str(run.path), status=1)
    assert len(run("list", "--json")["patterns"]) == 1


def test_fields_beside_standard_input_are_not_lost_silently(run: Command) -> None:
    assert "--stdin" in run("store", "--stdin", "--title", "T", status=1)


def test_every_argument_has_help() -> None:
    (made,) = (action for action in parser()._actions if isinstance(action, argparse._SubParsersAction))
    assert {"store", "find", "list", "show", "export", "import", "stats"} <= set(made.choices)
    for name, command in made.choices.items():
        assert [action.dest for action in command._actions if not action.help] == [], name


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
    assert run("export", str(file)) == [f"1 memory written to {file}"]
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
        (("store", "--task", "x", "--stdin"), "--stdin"),
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
    "arguments",
    [
        [],
        ["fly"],
        ["store"],
        ["find", "--db", "x"],
        ["list", "--db", "x", "--limit", "y"],
        ["list", "--db", "x", "--namespace", "n", "--all-namespaces"],
        ["used", "--db", "x"],
        ["used", "--db", "x", "id", "--success", "--failure"],
        ["store", "--db", ":memory:", "--task", "x"],
        ["import", "--db", ":memory:", "x"],
    ],
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


def test_told_facts_and_rules_answer_questions_with_a_proof(run: Command) -> None:
    assert run(
        "tell", "Socrates is a human. Every human is mortal. No stone is mortal.", "--source", "plato"
    ) == [
        "(Socrates is human)",
        "(?x is human) => (?x is mortal)",
        "(?x is stone) => not (?x is mortal)",
    ]
    assert run("ask", "Is Socrates mortal?") == [
        "true (1.00)",
        "  Socrates is mortal  1.00  [Every human is mortal.]",
        "    Socrates is human  1.00  [told by plato]",
    ]
    assert run("ask", "Is Plato mortal?") == ["unknown"]
    assert run("ask", "Who is mortal?")[:2] == ["true (1.00)", "Socrates"]
    verdict = run("ask", "Is Socrates mortal?", "--json")
    assert verdict["proof"]["steps"][0]["source"] == "plato"
    error = run("tell", "Plato is a human. Plato was a human.", "--json", status=1)
    assert (error["code"], error["details"]["index"]) == ("not_understood", 1)
    assert len(run("facts", "--json")) == 1


def test_a_question_is_reasoned_about(run: Command) -> None:
    run("tell", "Socrates is a human. Every human is mortal.", "--source", "plato")
    first, *others = run("reason", "Is Socrates mortal?")
    assert first.startswith("true (1.00), as a ")
    assert any("told by plato" in line for line in others)
    answer = run("reason", "Is Socrates mortal?", "--json")
    assert (answer["verdict"], answer["proofs"][0]["steps"][0]["source"]) == ("true", "plato")
    assert run("reason", "Who wrote Hamlet?")[0].startswith("unknown, as a ")


def test_reasoning_is_bounded_as_in_python(run: Command) -> None:
    run("tell", "Socrates is a human.", "--confidence", "0.6")
    for task in ("Deploy the payment service", "Deploy the payment database"):
        run("store", "--task", task, "--namespace", "ops")
    asked = ("reason", "How do I deploy the payment service?", "--json")
    assert len(run(*asked, "--namespace", "ops")["memories"]) == 2
    assert len(run(*asked, "--namespace", "ops", "--k", "1")["memories"]) == 1
    assert run(*asked, "--namespace", "home")["memories"] == []
    assert run("reason", "Is Socrates a human?", "--min-confidence", "0.6")[0].startswith("true")
    assert run("reason", "Is Socrates a human?", "--min-confidence", "0.7")[0].startswith("unknown")
    error = run("reason", "x", "--k", "0", "--json", status=1)
    assert (error["code"], error["details"]["field"]) == ("invalid_input", "k")
    assert "min_confidence must be" in run("reason", "x", "--min-confidence", "2", status=1)


def test_a_trace_is_shown_on_request(run: Command) -> None:
    run("tell", "Socrates is a human.")
    plain = run("reason", "Is Socrates a human?")
    traced = run("reason", "Is Socrates a human?", "--trace")
    assert traced[: len(plain)] == plain
    steps = traced[len(plain) :]
    assert [line.split("ms  ")[1].split(":")[0] for line in steps][:3] == ["classify", "link", "understand"]
    assert 'verdict "true"' in steps[2]


def test_what_was_known_then_is_told_again(run: Command) -> None:
    run("tell", "Anne is red.")
    then = str(run("facts", "--json")[0]["created_ms"])
    run("retract", "--predicate", "is")
    assert run("facts") == ["nothing found"]
    assert len(run("facts", "--known-at-ms", then, "--json")) == 1
    assert run("ask", "Is Anne red?") == ["unknown"]
    assert run("ask", "Is Anne red?", "--known-at-ms", then)[0].startswith("true")
    assert run("ask", "Is Anne red?", "--known-at-ms", then, "--as-of-ms", "0")[0].startswith("true")
    assert "known_at_ms" in run("ask", "Is Anne red?", "--known-at-ms", str(2**70), status=1)


def test_rules_are_added_listed_and_removed(run: Command) -> None:
    run("tell", "JWT is vulnerable to timing attacks. Timing attacks enables account takeover.")
    (rid,) = run("rule", "(?x vulnerable_to ?y) => (?x risky) @0.9", "--name", "risk")
    listed = run("rule")
    assert listed[0].split() == ["name", "rule", "source", "id"]
    assert rid in listed[1]
    facts = run("facts", "--subject", "jwt", "--derived")
    assert [line.split("  ")[0] for line in facts[1:]] == ["JWT vulnerable_to timing attacks", "JWT is risky"]
    assert "follows" in facts[2]
    assert run("rule", "--remove", "risk") == ["removed risk"]
    assert run("rule") == ["no rules"]
    assert "not both" in run("rule", "(?x a) => (?x b)", "--remove", "risk", status=1)
    assert "?y" in run("rule", "(?x a) => (?x likes ?y)", status=1)


def test_facts_are_retracted_by_id_and_by_what_they_share(run: Command) -> None:
    run("tell", "Anne is red. Bob is red. Carol is red.", "--source", "a")
    ids = [fact["id"] for fact in run("facts", "--json")]
    assert run("retract", ids[0]) == ["1 retracted"]
    assert run("retract", "--source", "a") == ["2 retracted"]
    assert run("facts") == ["nothing found"]
    assert "give either an id" in run("retract", status=1)
