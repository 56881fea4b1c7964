"""web/explorer/catalog.js: which packs a site offers, whatever it answers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform == "emscripten":
    pytest.skip("a page runs no other program", allow_module_level=True)

ASK = """
import { offeredPacks } from "SOURCE";
const pack = (name, bytes) => ({ name, bytes });
const answers = [
  () => { throw new TypeError("no network"); },
  () => new Response("<!doctype html>"),
  () => new Response(JSON.stringify([pack("large", 9), pack("small", 1)])),
];
globalThis.fetch = async () => answers.shift()();
const seen = [];
for (let asked = 0; asked < 4; asked++) seen.push((await offeredPacks()).map(({ name }) => name));
console.log(JSON.stringify(seen));
"""


def test_a_site_without_the_list_offers_nothing_and_is_asked_again() -> None:
    source = (Path(__file__).parents[2] / "web/explorer/catalog.js").as_posix()
    command = ["node", "--input-type=module", "-e", ASK.replace("SOURCE", source)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(ran.stdout) == [[], [], ["small", "large"], ["small", "large"]]
