"""packs/index.json tells of every pack that the site offers what loading it would tell."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

import pramana

LIST = """
import { addPacks } from "WEB/packs.mjs";
const files = new Map(Object.entries(JSON.parse(process.argv[1])).map(([name, text]) => [name, Buffer.from(text)]));
const later = await addPacks(files, process.argv[2]);
const index = JSON.parse(files.get("packs/index.json"));
console.log(JSON.stringify({ later, index, names: [...files.keys()].sort() }));
"""
CSV = """# name: small
# licence: CC0-1.0
# source: us: ourselves
subject,predicate,object
a,"is
kind of","a ""#b""c"

b,is,c
"""
RULES = "# (?x is ?y) => (?y is ?x)\n(?x is ?y) => (?x like ?y)\n\n(?x like ?y) => (?y like ?x)\n"


def listed(root: Path, files: dict[str, str], made: Path) -> subprocess.CompletedProcess[str]:
    script = LIST.replace("WEB", (root / "web").as_posix())
    command = ["node", "--input-type=module", "-e", script, json.dumps(files), str(made)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def index_of(root: Path, files: dict[str, str], made: Path) -> Any:
    finished = listed(root, files, made)
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


async def loaded(csv: str, rules: str) -> dict[str, Any]:
    async with await pramana.open(":memory:") as memory:
        pack = (await memory.graph.add_pack(csv, rules=rules)).pack
    return {name: getattr(pack, name) for name in ("name", "facts", "rules", "licence", "source")}


async def test_a_pack_is_listed_as_it_is_loaded_and_what_describes_it_is_not_served(
    root: Path, tmp_path: Path
) -> None:
    about = json.dumps({"title": "Small", "questions": ["Is a c?"]})
    files = {"packs/small.csv": CSV, "packs/small.rules": RULES, "packs/small.json": about}
    found = index_of(root, files, tmp_path / "nothing")
    (small,) = found["index"]
    told = await loaded(CSV, RULES)
    assert {name: small[name] for name in told} == told
    assert small["bytes"] == len(CSV.encode()) + len(RULES.encode())
    assert (small["title"], small["questions"]) == ("Small", ["Is a c?"])
    assert (small["file"], small["rules_file"]) == ("small.csv", "small.rules")
    assert found["names"] == ["packs/index.json", "packs/small.csv", "packs/small.rules"]
    assert found["later"] == []


def test_what_was_made_is_listed_and_is_fetched_on_request(root: Path, tmp_path: Path) -> None:
    (tmp_path / "large.csv").write_text(CSV.replace("small", "large"))
    (tmp_path / "notes.txt").write_text("of ours")
    found = index_of(root, {"packs/small.csv": CSV, "a.js": ""}, tmp_path)
    assert [pack["name"] for pack in found["index"]] == ["large", "small"]
    assert (found["index"][0]["title"], found["index"][0]["rules_file"]) == ("large", "")
    assert found["later"] == ["packs/large.csv"]
    assert "packs/notes.txt" not in found["names"]


def test_a_pack_that_was_made_does_not_take_the_place_of_the_explorers(root: Path, tmp_path: Path) -> None:
    (tmp_path / "small.csv").write_text(CSV)
    finished = listed(root, {"packs/small.csv": CSV}, tmp_path)
    assert finished.returncode != 0
    assert "small.csv has the name of a file of the explorer" in finished.stderr


@pytest.mark.built
async def test_the_sites_index_is_true_of_the_sample(dist_web: Path) -> None:
    packs = dist_web / "packs"
    index = json.loads((packs / "index.json").read_text())
    sample = next(pack for pack in index if pack["name"] == "web-security")
    told = await loaded(
        (packs / sample["file"]).read_text("utf-8"), (packs / sample["rules_file"]).read_text()
    )
    assert {name: sample[name] for name in told} == told


@pytest.mark.built
async def test_the_samples_questions_have_answers(dist_web: Path) -> None:
    packs = dist_web / "packs"
    (sample,) = (p for p in json.loads((packs / "index.json").read_text()) if p["name"] == "web-security")
    async with await pramana.open(":memory:") as memory:
        text, rules = ((packs / sample[name]).read_text("utf-8") for name in ("file", "rules_file"))
        await memory.graph.add_pack(text, rules=rules)
        answers = [await memory.reason(question) for question in sample["questions"]]
    assert len(answers) > 1
    assert [answer.question for answer in answers if answer.verdict == "unknown"] == []
