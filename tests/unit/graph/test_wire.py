from __future__ import annotations

import asyncio
import inspect
import json
from itertools import pairwise
from typing import Any

import pytest

from pramana import pace, proofs
from pramana.graph import staging
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.graph.remote import RemoteGraph
from pramana.graph.wire import METHODS
from pramana.knowledge import Fact, Verdict
from pramana.store.database import Database
from pramana.store.memory import MemoryStore
from pramana.wire import dispatch, dispatch_json
from tests.unit.bank.banks import StillClock, kernels

NOT_PARAMETERS = {"self", "request_id", "on_progress"}
STAGING = {"batch", "part", "more"}


async def open_graph(store: Any = None, **options: Any) -> KnowledgeGraph:
    database = await Database.open(store or MemoryStore(), clock=StillClock(), **options)
    return KnowledgeGraph(database, await kernels())


async def ask(graph: KnowledgeGraph, method: str, request_id: str | None = None, **params: Any) -> Any:
    answer = json.loads(
        await dispatch_json(graph, METHODS, f"graph.{method}", json.dumps(params), request_id)
    )
    assert set(answer) in ({"ok"}, {"error"})
    return answer["ok"] if "ok" in answer else answer["error"]


def test_parameters_are_those_of_the_methods() -> None:
    for name, method in METHODS.items():
        signature = inspect.signature(getattr(KnowledgeGraph, name.removeprefix("graph.")))
        parameters = set(signature.parameters) - NOT_PARAMETERS
        assert method.params - STAGING == parameters, name
        assert set(method.required) <= method.params
        assert method.writes == ("request_id" in signature.parameters), name


def test_every_public_method_is_on_the_wire_and_in_the_remote_graph() -> None:
    public = {name for name in dir(KnowledgeGraph) if not name.startswith("_")} - {"close"}
    assert {f"graph.{name}" for name in public} == set(METHODS)
    assert {name for name in dir(RemoteGraph) if not name.startswith("_")} == public


async def test_records_cross_as_json() -> None:
    graph = await open_graph()
    fact = await ask(
        graph, "add", subject="jwt", predicate="vulnerable_to", object="timing attack", confidence=0.8
    )
    assert await ask(graph, "add", subject="timing attack", predicate="enables", object="account takeover")
    rule = "(?x vulnerable_to ?y) & (?y enables ?z) => (?x exposed_to ?z)"
    assert await ask(graph, "add_rule", text=rule, name="exposure")
    found = await ask(graph, "match", subject="jwt", derived=True)
    assert [(one["predicate"], one["derived"]) for one in found] == [
        ("vulnerable_to", False),
        ("exposed_to", True),
    ]
    verdict = await ask(graph, "ask", text="JWT is exposed to account takeover.")
    assert (verdict["verdict"], verdict["confidence"]) == ("true", pytest.approx(0.8))
    assert verdict["proof"]["steps"][0]["fact"] == fact
    assert [one["term"] for one in await ask(graph, "neighbors", term="jwt", depth=2)] == [
        "timing attack",
        "account takeover",
    ]
    (path,) = await ask(graph, "paths", source="jwt", target="account takeover")
    assert path["terms"] == ["jwt", "timing attack", "account takeover"]
    assert (await ask(graph, "rank", seeds=["jwt"]))["ranked"][0]["term"] in ("jwt", "timing attack")
    assert (await ask(graph, "facts"))["cursor"] is None
    assert [one["name"] for one in await ask(graph, "rules")] == ["exposure"]
    (proposal,) = await ask(graph, "extract", text="Phishing leads to account takeover.")
    assert await ask(graph, "accept", pid=proposal["id"])
    assert await ask(graph, "retract", subject="jwt") == 1
    assert (await ask(graph, "stats"))["facts"] == 2


async def test_a_proof_of_a_thousand_steps_crosses_as_json() -> None:
    graph = await open_graph()
    await graph.add_many([(f"s{n}", "next", f"s{n + 1}") for n in range(1_000)])
    await graph.add("s0", "is", "reached")
    await graph.add_rule("(?x is reached) & (?x next ?y) => (?y is reached)")
    verdict = Verdict.from_dict(
        await ask(graph, "explain", subject="s1000", predicate="is", object="reached")
    )
    assert verdict.proof is not None
    assert len(verdict.proof.steps) == 2 * 1_000 + 1
    proofs.check(verdict.proof, await graph.match(limit=2_000), await graph.rules())


async def test_errors_cross_with_their_details() -> None:
    graph = await open_graph()
    wrong = await ask(graph, "add_rule", text="(?x likes ?y) => (?x likes ?z)")
    assert (wrong["code"], wrong["details"]["variable"]) == ("invalid_rule", "?z")
    wrong = await ask(graph, "tell", text="Anne is red. Anne will be blue.")
    assert (wrong["code"], wrong["details"]["index"]) == ("not_understood", 1)
    assert (await ask(graph, "stats"))["facts"] == 0
    wrong = await ask(graph, "retract_fact")
    assert wrong["message"] == "a required parameter is missing: id"
    wrong = await ask(graph, "add", subject="a", predicate="b", objekt="c")
    assert "did you mean 'object'?" in wrong["message"]


async def test_a_list_in_parts_is_stored_whole_with_the_last() -> None:
    graph = await open_graph()

    def facts(start: int) -> list[list[str]]:
        return [[f"a{n}", "p", f"b{n}"] for n in range(start, start + 3)]

    assert await ask(graph, "add_many", facts=facts(0), batch="x", part=0, more=True) is None
    assert await ask(graph, "add_many", facts=facts(50), batch="y", part=0, more=True) is None
    assert (await ask(graph, "stats"))["facts"] == 0
    added = await ask(graph, "add_many", facts=facts(3), source="s", batch="x", part=1, more=False)
    assert added == {"added": 6, "known": 0}
    assert {fact["source"] for fact in (await ask(graph, "facts"))["facts"]} == {"s"}


async def test_a_leader_without_the_parts_before_asks_for_all() -> None:
    graph = await open_graph()
    fact = [["a", "p", "b"]]
    lost = await ask(graph, "add_many", facts=fact, batch="x", part=1, more=False)
    assert lost["code"] == "epoch_lost"
    assert await ask(graph, "add_many", facts=fact, batch="x", part=0, more=True) is None
    assert (await ask(graph, "add_many", facts=fact, batch="x", part=2, more=False))["code"] == "epoch_lost"
    assert (await ask(graph, "stats"))["facts"] == 0


async def test_many_lists_come_in_beside_each_other() -> None:
    graph = await open_graph()

    async def send(name: str) -> Any:
        for part in range(5):
            fact = [[f"{name}{part}", "p", "b"]]
            answer = await ask(graph, "add_many", facts=fact, batch=name, part=part, more=part < 4)
        return answer

    answers = await asyncio.gather(*(send(f"list {n}") for n in range(12)))
    assert answers == [{"added": 5, "known": 0}] * 12


async def test_what_is_dropped_for_its_size_says_so_and_the_others_are_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graph = await open_graph()
    monkeypatch.setattr(staging, "MAX_BYTES", 40_000)
    fact = [["a", "p", "b"]]
    assert await ask(graph, "add_many", facts=fact, batch="small", part=0, more=True) is None
    assert await ask(graph, "add_pack", text="x" * 30_000, batch="text", part=0, more=True) is None
    for part in (0, 0, 1):
        refused = await ask(graph, "add_many", facts=fact * 100, batch="large", part=part, more=True)
        assert (refused["code"], refused["details"]["budget"]) == ("budget_exceeded", "staged_bytes")
        assert refused["details"]["limit"] == 40_000
        assert "send it again when others are done" in refused["message"]
    assert (await ask(graph, "add_many", facts=fact, batch="small", part=1))["added"] == 1
    assert (await ask(graph, "add_pack", text="", batch="text", part=1))["code"] == "invalid_input"
    # Both are done, so there is room again.
    assert await ask(graph, "add_many", facts=fact * 100, batch="large", part=0, more=True) is None
    assert (await ask(graph, "add_many", facts=[["c", "p", "d"]], batch="large", part=1))["added"] == 1


async def test_what_waited_too_long_is_dropped_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = await open_graph()
    now = [1000.0]
    monkeypatch.setattr(staging, "perf_counter", lambda: now[0])
    fact = [["a", "p", "b"]]
    for name in ("left", "resumed"):
        assert await ask(graph, "add_many", facts=fact, batch=name, part=0, more=True) is None
    now[0] += staging.MAX_IDLE_S + 1
    # What was not dropped until it comes goes on, however late.
    assert await ask(graph, "add_many", facts=fact, batch="resumed", part=1, more=True) is None
    late = await ask(graph, "add_many", facts=fact, batch="left", part=1)
    assert (late["code"], late["details"]["budget"]) == ("budget_exceeded", "staged_s")
    assert "no other came for 600 s" in late["message"]
    assert (await ask(graph, "add_many", facts=fact, batch="resumed", part=2))["added"] == 1
    for part, more in ((0, True), (1, False)):
        answer = await ask(graph, "add_many", facts=[["c", "p", part]], batch="left", part=part, more=more)
    assert answer == {"added": 2, "known": 0}


async def test_a_text_and_a_list_of_one_name_are_two() -> None:
    graph = await open_graph()
    assert await ask(graph, "add_pack", text="x", batch="x", part=0, more=True) is None
    fact = [["a", "p", "b"]]
    assert (await ask(graph, "add_many", facts=fact, batch="x", part=1))["code"] == "epoch_lost"
    assert await ask(graph, "add_many", facts=fact, batch="x", part=0, more=True) is None
    assert (await ask(graph, "add_many", facts=fact, batch="x", part=1))["added"] == 1


def test_the_size_of_what_is_kept_is_about_that_of_its_values() -> None:
    facts = [
        {"subject": f"a{n}", "predicate": "p", "object": "x" * 1000, "source": ["y" * 500]} for n in range(10)
    ]
    assert 10 * 1500 < staging.size_of(facts) < 10 * 2500


async def test_others_run_while_a_long_answer_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = await open_graph()
    await graph.add_many([(f"a{n}", "p", f"b{n}") for n in range(3000)])
    monkeypatch.setattr(pace, "STRETCH_S", 0.0)
    made = 0
    to_dict = Fact.to_dict

    def counted(fact: Fact) -> dict[str, Any]:
        nonlocal made
        made += 1
        return to_dict(fact)

    monkeypatch.setattr(Fact, "to_dict", counted)
    for call in (
        dispatch(graph, METHODS, "graph.match", {"limit": 3000}),
        dispatch(graph, METHODS, "graph.facts", {"limit": 3000}),
    ):
        made, seen, task = 0, set(), asyncio.ensure_future(call)
        while not task.done():
            await asyncio.sleep(0)
            seen.add(made)
        assert made == 3000
        steps = sorted(seen)
        assert max(after - before for before, after in pairwise(steps)) <= 256
        result = task.result()
        facts = result["facts"] if isinstance(result, dict) else result
        assert {fact["subject"] for fact in facts} == {f"a{n}" for n in range(3000)}
        assert isinstance(result, list) or result["cursor"] is None


async def test_a_repeated_request_gives_the_first_result() -> None:
    graph = await open_graph()
    first = await ask(graph, "tell", "r1", text="Anne is red. Every red thing is round.")
    again = await ask(graph, "tell", "r1", text="Anne is red. Every red thing is round.")
    assert again == first
    assert (await ask(graph, "stats"))["facts"] == 1
