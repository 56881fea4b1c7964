"""`pramana pack`: add, list, remove."""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path
from typing import Any

import pytest

from pramana.cli import main
from pramana.cli.arguments import parser

CSV = "# name: web\n# licence: CC0-1.0\nsubject,predicate,object\r\njwt,vulnerable to,timing attack\r\n"
NT = '<http://x/a> <http://x/p> "b" .\n'


class Packs:
    """Runs `pramana pack` on one database; the lines it prints, its JSON, or its error."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path, self.capsys = path, capsys

    def __call__(self, command: str, *arguments: str, status: int = 0) -> Any:
        assert main(["pack", command, *arguments, "--db", str(self.path)]) == status
        out, err = self.capsys.readouterr()
        if status:
            assert out == ""
            return err
        return json.loads(out) if "--json" in arguments else out.splitlines()


@pytest.fixture
def pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Packs:
    return Packs(tmp_path / "m.db", capsys)


def written(path: Path, text: str) -> str:
    path.write_bytes(text.encode())
    return str(path)


def test_a_pack_is_added_listed_and_removed(pack: Packs, tmp_path: Path) -> None:
    facts = written(tmp_path / "a.CSV", "\ufeff" + CSV)
    rules = written(tmp_path / "a.rules", "# r\n(?x vulnerable_to ?y) => (?y threatens ?x)\n")
    assert pack("add", facts, "--rules", rules, "--source", "there", "--version", "2") == [
        "web: 1 facts, 1 rules, licence CC0-1.0"
    ]
    header, line = pack("list")
    assert header.split() == ["added", "version", "licence", "facts", "rules", "source", "name"]
    assert line.split()[2:] == ["2", "CC0-1.0", "1", "1", "there", "web"]
    (listed,) = pack("list", "--json")
    assert (listed["name"], listed["version"], listed["source"]) == ("web", "2", "there")
    assert "loaded already" in pack("add", facts, status=1)
    assert pack("remove", "web") == ["removed web: 1 facts retracted"]
    assert pack("list") == ["no packs"]
    assert "there is no pack 'web'" in pack("remove", "web", status=1)


def test_the_format_is_guessed_from_the_suffix_or_given(
    pack: Packs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = ("--licence", "l", "--json")
    added = pack("add", written(tmp_path / "a.nt", NT), "--name", "nt", *about)
    assert added["pack"]["facts"] == 2
    node = '{"@id": "http://x/a", "http://x/p": 1}'
    assert pack("add", written(tmp_path / "a.jsonld", node), "--name", "ld", *about)["pack"]["facts"] == 2
    assert "--format is needed" in pack("add", written(tmp_path / "a.txt", NT), status=1)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(NT.encode())))
    assert pack("add", "-", "--format", "nt", "--name", "in", *about)["pack"]["name"] == "in"


def test_lines_that_are_left_out_are_shown(pack: Packs, tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", CSV + "a,b\r\n" * 101 + "jwt,vulnerable_to,timing attack\r\n")
    assert "line 5: the header has 3 columns, and this row 2" in pack("add", file, status=1)
    lines = pack("add", file, "--skip-malformed")
    assert lines[0] == "web: 1 facts, 1 given again, 0 rules, licence CC0-1.0"
    assert lines[1] == "left out line 5: the header has 3 columns, and this row 2"
    assert lines[101:] == ["left out in all: 101 lines"]


def test_files_that_cannot_be_read_are_named_and_no_database_is_made(pack: Packs, tmp_path: Path) -> None:
    assert "there is no file" in pack("add", str(tmp_path / "none.csv"), status=1)
    (tmp_path / "a.csv").write_bytes(b"subject\xff")
    assert "is not UTF-8 text (byte 7)" in pack("add", str(tmp_path / "a.csv"), status=1)
    (tmp_path / "d.csv").mkdir()
    assert "cannot be read" in pack("add", str(tmp_path / "d.csv"), status=1)
    assert not pack.path.exists()


def test_packs_of_no_database_are_none(pack: Packs) -> None:
    assert "there is no database" in pack("remove", "web", status=1)
    assert "there is no database" in pack("list", status=1)


def test_every_argument_has_help() -> None:
    def choices(whole: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
        (made,) = (action for action in whole._actions if isinstance(action, argparse._SubParsersAction))
        return made.choices

    commands = choices(choices(parser())["pack"])
    assert set(commands) == {"add", "list", "remove"}
    for name, command in commands.items():
        assert [action.dest for action in command._actions if not action.help] == [], name
