"""Every path of the benchmark runs, at a size where its numbers mean nothing but its answers do."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from . import (
    __main__,
    closure_peer,
    closures,
    graphs,
    kernel_rules,
    native,
    native_graph,
    native_knowledge,
    native_reason,
    native_rules,
    native_wordnet,
    page,
    report,
    report_knowledge,
    report_reason,
    wordnet,
)
from .__main__ import PARTS, measure
from .closure_peer import PEERS

INSTALLED = {"scipy": "scipy", "igraph": "igraph"}


@pytest.mark.bench
async def test_the_native_benchmark_runs_reports_and_all_peers_agree() -> None:
    result = await measure(tiny=True, only="native")
    own = result["native"]
    exact = [row for row in own["vectors"] if row.get("case", "").startswith("f32")]
    assert [row["recall"] for row in exact] == [1.0, 1.0]
    assert all(row["p50_ms"] > 0 for row in own["vectors"])
    assert report.disagreements(result) == []
    (graph,) = own["graphs"]
    assert graph["peers"].keys() | graph["not_measured"].keys() == {
        "pramana simd",
        "pramana scalar",
        *INSTALLED,
    }
    for peer, module in INSTALLED.items():
        assert (peer in graph["peers"]) == (importlib.util.find_spec(module) is not None)
    for case in own["rules"]["closures"]:
        measured = case["peers"].keys() | case["not_measured"].keys()
        assert measured == {closure_peer.OWN, *PEERS}
        assert all(row["p50_ms"] > 0 < row["peak_bytes"] for row in case["peers"].values())
    table = report.table(result)
    for shown in ("find_similar", "weighted path", "chain of 30, linear", "retract", "ask, cold", ", SQLite"):
        assert shown in table
    assert own["wordnet"]["import_ms"] > 0 < own["wordnet"]["peak_bytes"]
    assert "WordNet as a pack" in table


@pytest.mark.bench
@pytest.mark.browser
@pytest.mark.built
async def test_the_benchmark_of_the_page_runs_reports_and_all_peers_agree(dist_web: Path) -> None:
    assert dist_web == page.DIST
    result = await measure(tiny=True, only="page", parts=[part for part in PARTS if part != "memory"])
    assert report.disagreements(result) == []
    (graph,) = result["page"]["graphs"]
    assert graph["peers"].keys() >= {"pramana simd", "pramana scalar", "plain JS"}
    assert graph["peers"].keys() | graph["not_measured"].keys() >= {"ngraph", "graphology"}
    assert all(
        case["peers"].keys() == {closure_peer.OWN, "JavaScript loop"}
        for case in result["page"]["rules"]["closures"]
    )
    table = report.table(result)
    assert "open again and match one" in table
    (reasoning,) = result["page"]["reasoning"]["latency"]
    assert reasoning["cached"]["p50_ms"] > 0 < reasoning["echo"]["p50_ms"]
    assert reasoning["steps"].keys() >= {"classify", "link", "gather"}
    assert result["page"]["wordnet"]["peak_bytes"] > 1e6
    assert table.count("empty message") == 1
    assert table.count("WordNet as a pack") == 1


def answers(**changed: object) -> dict[str, object]:
    return {
        "khop": [[1, 2, 0, 0, 9]],
        "hops": [2, None],
        "costs": [0.5, None],
        "pagerank": [0.5, 0.5],
        **changed,
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"khop": [[1, 1, 1, 0, 9]]},
        {"hops": [2, 3]},
        {"hops": [2]},
        {"costs": [0.5001, None]},
        {"costs": [0.5, 0.5]},
        {"pagerank": [0.50001, 0.49999]},
    ],
)
def test_an_answer_that_differs_is_told(changed: dict[str, object]) -> None:
    (told,) = graphs.disagreements({"one": answers(), "other": answers(**changed)})
    assert told.startswith(next(iter(changed)))
    assert "other" in told
    assert "one" in told


def test_answers_within_rounding_agree() -> None:
    other = answers(costs=[0.5 + 1e-9, None], pagerank=[0.5 + 1e-9, 0.5 - 1e-9])
    assert graphs.disagreements({"one": answers(), "other": other}) == []


def test_a_push_that_breaks_its_promise_is_told() -> None:
    truth = [0.6, 0.3, 0.1]
    kept = [[0.15, [0, 1, 2], [0.55, 0.25, 0.05]]]
    assert graphs.pushed_well(kept, [truth])[2] == []
    assert graphs.pushed_well([[0.05, *kept[0][1:]]], [truth])[2]
    assert graphs.pushed_well([[0.15, [0, 1, 2], [0.65, 0.25, 0.05]]], [truth])[2]


def test_a_disagreement_is_found_wherever_it_is_and_leads_the_report() -> None:
    result = {
        "page": {
            "rules": {"closures": [{"disagreements": ["a"]}], "changes": {"x": {"disagreements": ["b"]}}}
        }
    }
    assert report.disagreements(result) == ["a", "b"]


def test_a_run_in_which_peers_disagree_fails(monkeypatch, tmp_path, capsys) -> None:
    async def wrong(*_: object) -> dict[str, object]:
        return {"machine": __main__.machine(), "tiny": True, "native": {"disagreements": ["one says two"]}}

    monkeypatch.setattr(__main__, "measure", wrong)
    monkeypatch.setattr("sys.argv", ["bench", "--tiny", "--out", str(tmp_path / "bench.json")])
    with pytest.raises(SystemExit, match="one says two"):
        __main__.main()
    assert "- one says two" in capsys.readouterr().out
    assert (tmp_path / "bench.json").exists()


async def test_a_library_that_is_not_installed_is_told(monkeypatch) -> None:
    class Absent(native_graph.Igraph):
        needs = "no_such_library"

    monkeypatch.setattr(native_graph, "PEERS", {"igraph": Absent})
    ((figures),) = await native_graph.run([(50, 100)], 2, 2)
    assert figures["peers"].keys() == {"pramana simd", "pramana scalar"}
    assert "no_such_library" in figures["not_measured"]["igraph"]
    assert "no_such_library" in "".join(report_knowledge.sections({"graphs": [figures]}))


def test_a_prover_that_is_not_installed_is_told(monkeypatch) -> None:
    case = closures.Case("chain of 3", closures.chain(3), True)
    monkeypatch.setitem(PEERS, "clingo", (closure_peer.clingo_program, "no_such_library"))
    told = native_rules.gather(case, {"clingo": closure_peer.answer("clingo", case, 1)})
    assert told["peers"] == {}
    assert "no_such_library" in told["not_measured"]["clingo"]


def test_another_closure_is_told() -> None:
    case = closures.Case("chain of 3", closures.chain(3), True)
    reached = [(x, y) for x in range(4) for y in range(x + 1, 4)]
    swapped = [*reached[:-1], reached[-1][::-1]]
    told = native_rules.gather(
        case, {"right": {"digest": closures.digest(reached)}, "wrong": {"digest": closures.digest(swapped)}}
    )
    assert told["facts"] == 6
    (wrong,) = told["disagreements"]
    assert wrong.startswith("wrong")


@pytest.mark.parametrize("linear", [True, False])
def test_the_loop_reaches_what_a_search_reaches(linear: bool) -> None:
    edges = closures.tangle(25, 45)
    reached = {
        x: set(ends) for x, ends in closures.semi_naive(closures.Case("", edges, linear)).items() if ends
    }
    for start in {x for x, _ in edges}:
        found: set[int] = set()
        stack = [y for x, y in edges if x == start]
        while stack:
            if (node := stack.pop()) not in found:
                found.add(node)
                stack += [y for x, y in edges if x == node]
        assert reached.pop(start) == found
    assert reached == {}


async def test_a_change_that_leaves_another_closure_is_told(monkeypatch) -> None:
    put = kernel_rules.put
    case = closures.Case("chain of 5", closures.chain(5), True)
    loaded = await native.kernels("simd")
    right = kernel_rules.changed(loaded, case, 1)
    assert report.disagreements(right) == []
    assert [right[name]["facts"] for name in ("add", "retract")] == [21, 6]
    monkeypatch.setattr(kernel_rules, "put", lambda base, edges, confidence=1.0: put(base, edges))
    (wrong,) = report.disagreements(kernel_rules.changed(loaded, case, 1))
    assert "retract" in wrong


def test_another_number_of_facts_that_follow_is_told() -> None:
    case = closures.Case("chain of 3", closures.chain(3), True)
    assert native_knowledge._wrong(case, {"first": 6, "add": 10, "retract": 4}) == []
    (wrong,) = native_knowledge._wrong(case, {"first": 6, "add": 10, "retract": 5})
    assert "retract" in wrong


def test_goals_say_met_missed_and_not_measured() -> None:
    def figures(**ms: float) -> dict[str, object]:
        return {
            "figures": {name.replace("push", "push 1e-06"): {"p50_ms": value} for name, value in ms.items()}
        }

    peers = {
        "pramana simd": figures(build=50.0, khop=1.0, hops=2.0, costs=4.0, pagerank=14.0, push=36.0),
        "plain JS": figures(build=100.0, khop=1.0, hops=1.0),
        "scipy": figures(pagerank=10.0, personalized=20.0),
    }
    peers["pramana simd"]["push 1e-06"] = {"residual": 0.25}
    size = {"nodes": 10, "edges": 20, "peers": peers, "not_measured": {"ngraph": "not measured: no npm"}}
    stored = {"import": {"triples": 5, "add_many_ms": 19_000.0, "reopen_and_match_ms": 6_000.0}}
    held = report_knowledge.goals({"graphs": [size], "knowledge": stored}, {"graphs": [size]})
    assert "L1 error of 0.25" in held[5][0]
    assert [row[3] for row in held] == [
        "met",
        "met",
        "missed by 100 %",
        "not measured: no npm",
        "met",
        "missed by 50 %",
        "met",
        "missed by 100 %",
    ]


def test_goals_of_remembered_answers_are_those_of_the_largest_size() -> None:
    def figures(cached_ms: float) -> dict[str, Any]:
        small = {"triples": 10, "cached": {"p50_ms": 9.0}}
        large = {"triples": 20, "cached": {"p50_ms": cached_ms}, "echo": {"p50_ms": 0.03}}
        return {"reasoning": {"latency": [small, large]}}

    native, page = report_reason.goals(figures(0.15), figures(0.01))
    assert (native[2:], page[2:]) == ([0.01, "met"], [0.15, "missed by 50 %"])
    assert page[0].endswith("takes 0.03")
    assert report_reason.goals({}, {}) == []


def test_a_wordnet_that_is_not_there_is_told(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(wordnet, "MADE", tmp_path)
    found = native_wordnet.run(tiny=False)
    assert found == {"not_measured": wordnet.ABSENT}
    assert wordnet.ABSENT in report_reason.sections({"wordnet": found})


def test_a_wordnet_that_answers_otherwise_or_lacks_facts_is_told(tmp_path: Path) -> None:
    found = wordnet.pack(True, tmp_path)
    assert found is not None
    assert found.questions == ["Is a sloop a boat?", "Is a sloop a watercraft?"]
    assert wordnet.wrong(found, found.rows, ["true", "true"]) == []
    few, other = wordnet.wrong(found, found.rows - 1, ["true", "unknown"])
    assert f"{found.rows - 1} of {found.rows}" in few
    assert "watercraft" in other
    assert "boat" not in other


def test_an_answer_that_was_not_remembered_is_told() -> None:
    assert native_reason.not_remembered({"question": "Why?", "cached": "exact"}) == []
    assert native_reason.not_remembered({"question": "Why?", "cached": ""}) == ["not remembered: Why?"]


def test_sets_with_equal_sums_have_other_digests() -> None:
    assert closures.digest([(0, 0), (1, 1)]) != closures.digest([(0, 1), (1, 0)])
    assert closures.digest([(0, 1), (1, 2)]) == closures.digest([(1, 2), (0, 1), (0, 1)])


def test_a_push_beyond_its_residual_is_among_the_disagreements() -> None:
    sample = graphs.sample(10, 20, 1)
    rows = {
        "ours": {"answers": {"pushed": {"1e-06": [[0.01, [0], [0.5]]]}}},
        "peer": {"answers": {"personalized": [[0.6] + [0.4 / 9] * 9]}},
    }
    (wrong,) = graphs.result(sample, rows, {})["disagreements"]
    assert wrong.startswith("ours: push")


def test_memory_that_was_given_back_does_not_count() -> None:
    size = 64 << 20
    del bytearray(b"x" * size)[:]
    before = closure_peer.forget_peak()
    kept = bytearray(b"x" * (size // 4))
    added = closure_peer.peak_bytes() - before
    assert len(kept) <= added < size
