"""web/src/repeats.js against a model, and web/src/rpc.js's way to say that a call takes longer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

if sys.platform == "emscripten":
    pytest.skip("a page runs no other program", allow_module_level=True)

ROOT = Path(__file__).parents[2]
SOURCES = (ROOT / "web/src").as_posix()
PLAY = """
import { createInterface } from "node:readline";
import { Repeats } from "SOURCES/repeats.js";
let now = 0;
Date.now = () => now;
for await (const line of createInterface({ input: process.stdin })) {
  const repeats = new Repeats();
  const asked = [];
  const seen = [];
  now = 1000;
  for (const [move, request, value] of JSON.parse(line)) {
    if (move === "pass") now += value;
    if (move === "forget") repeats.forget();
    if (move === "ask") asked.push(repeats.commits);
    if (move === "keep") seen.push(repeats.keep(request, value, asked.shift() ?? repeats.commits));
    if (move === "find") seen.push(repeats.find(request) ?? null);
  }
  console.log(JSON.stringify({ seen, hits: repeats.hits }));
}
"""
Play = Callable[[list[list[Any]]], Any]


@pytest.fixture(scope="module")
def play() -> Iterator[Play]:
    command = ["node", "--input-type=module", "-e", PLAY.replace("SOURCES", SOURCES)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:
        assert node.stdin is not None
        assert node.stdout is not None

        def play_(moves: list[list[Any]]) -> Any:
            node.stdin.write(json.dumps(moves) + "\n")
            node.stdin.flush()
            return json.loads(node.stdout.readline())

        yield play_
        node.stdin.close()


requests = st.sampled_from(["reason a", "reason a", "reason b"])
moves = st.one_of(
    st.tuples(st.just("pass"), st.none(), st.sampled_from([-2, -1, 1, 2])),
    st.tuples(st.just("forget"), st.none(), st.none()),
    st.tuples(st.just("ask"), st.none(), st.none()),
    st.tuples(st.just("find"), requests, st.none()),
    st.tuples(st.just("keep"), requests, st.sampled_from([None, 1000, 1001, 1002, 1003])),
)


@settings(max_examples=300)
@given(st.lists(moves, max_size=30))
@example([("keep", "reason a", 1001), ("pass", None, 1), ("find", "reason a", None)])
@example([("keep", "reason a", 1001), ("pass", None, -1), ("find", "reason a", None)])
@example(
    [("ask", None, None), ("forget", None, None), ("keep", "reason a", 1001), ("find", "reason a", None)]
)
def test_what_is_found_is_what_was_kept_since_the_last_commit_and_is_not_over(play: Play, drawn: Any) -> None:
    now, commits, kept, asked, hits = 1000, 0, {}, [], 0
    played: list[list[Any]] = []
    expected: list[str | None] = []
    for number, (move, request, value) in enumerate(drawn):
        text = f'{{"ok":{number}}}'
        given_text = text if value is None else f'{{"until_ms":{value},"ok":{number}}}'
        played.append([move, request, given_text if move == "keep" else value])
        if move == "pass":
            now += value
        elif move == "forget":
            commits, kept = commits + 1, {}
        elif move == "ask":
            asked.append(commits)
        elif move == "keep":
            since = asked.pop(0) if asked else commits
            expected.append(text)
            if value is not None:
                kept.pop(request, None)
                if since == commits:
                    kept[request] = (text, now, value)
        else:
            found = kept.get(request)
            if found is not None and not found[1] <= now < found[2]:
                found = kept.pop(request) and None
            hits += found is not None
            expected.append(None if found is None else found[0])
    assert play(played) == {"seen": expected, "hits": hits}


def kept(number: int, size: int = 10) -> list[Any]:
    return ["keep", f"reason {number}", f'{{"until_ms":2000,"ok":"{"x" * size}"}}']


@pytest.mark.parametrize(("size", "many"), [(10, 256), (200_000, 10)])
def test_the_oldest_go_where_there_are_many_or_they_are_long(play: Play, size: int, many: int) -> None:
    found = play(
        [
            *(kept(n, size) for n in range(many + 1)),
            ["find", "reason 0", None],
            ["find", f"reason {many}", None],
        ]
    )
    assert [text is None for text in found["seen"][-2:]] == [True, False]
    found = play([*(kept(n, size) for n in range(many)), ["find", "reason 0", None]])
    assert found["seen"][-1] is not None


def test_what_is_asked_for_again_stays(play: Play) -> None:
    found = play(
        [
            *(kept(n) for n in range(256)),
            ["find", "reason 0", None],
            kept(256),
            *(["find", f"reason {n}", None] for n in (0, 1, 2)),
        ]
    )
    assert [text is None for text in found["seen"][-3:]] == [False, True, False]


def test_room_is_made_again_when_answers_go_and_one_that_is_too_long_is_passed_on(play: Play) -> None:
    again = [kept(n % 2, 200_000) for n in range(40)]
    found = play(
        [*again, ["forget", None, None], *again, ["find", "reason 0", None], ["find", "reason 1", None]]
    )
    assert None not in found["seen"]
    long = kept(0, 300_000)
    found = play([long, ["find", "reason 0", None]])
    assert found["seen"] == [long[2].replace('"until_ms":2000,', ""), None]


SERVE = """
import { serveSeat } from "SOURCES/host.js";
const started = [];
const standing = (key) => `{"until_ms":${Date.now() + 60000},"ok":${key}}`;
const start = (key, method) => {
  started.push(key);
  return method === "soon" ? standing(key) : undefined;
};
let answer;
const served = serveSeat({ serve: (given) => (answer = given) }, start, () => {});
served.begin();
const ask = (method) => answer(method, "{}", "id", () => {}, new AbortController().signal);
const said = [ask("soon"), ask("soon")];
const slow = ask("later");
served.forget();
served.settle(2, standing(2));
said.push(await slow);
const again = ask("later");
served.settle(3, standing(3));
said.push(await again, ask("later"), ask("soon"));
console.log(JSON.stringify({ said, started, hits: served.hits() }));
"""


def test_an_answer_that_was_under_way_at_a_commit_is_not_repeated() -> None:
    command = ["node", "--input-type=module", "-e", SERVE.replace("SOURCES", SOURCES)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    answers = [f'{{"ok":{key}}}' for key in (1, 1, 2, 3, 3, 4)]
    assert json.loads(ran.stdout) == {"said": answers, "started": [1, 2, 3, 4], "hits": 2}


ASK = """
import { Caller, Responder } from "SOURCES/rpc.js";
const told = [];
let after = 0;
const responder = new Responder((method) =>
  method === "slow" ? new Promise((resolve) => setTimeout(() => resolve("later"), 30)) : `at once ${++after}`);
const caller = new Caller();
caller.connect((message) => responder.receive(message, (answer) => {
  told.push(answer.type);
  caller.receive(answer);
}));
const first = await caller.call("quick", null);
const second = await caller.call("slow", null);
let refused;
const other = new Caller(99);
other.connect((message) => responder.receive(message, (answer) => { told.push(answer.type); other.receive(answer); }));
try { await other.call("quick", null); } catch (error) { refused = error.code; }
await new Promise((resolve) => setTimeout(resolve, 20));
console.log(JSON.stringify({ told, first, second, refused }));
"""


def test_a_call_that_takes_longer_is_said_to_be_accepted_and_no_other() -> None:
    command = ["node", "--input-type=module", "-e", ASK.replace("SOURCES", SOURCES)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(ran.stdout) == {
        "told": ["end", "accepted", "end", "fail"],
        "first": "at once 1",
        "second": "later",
        "refused": "protocol_mismatch",
    }
