"""Every path of the benchmark runs, at a size where its numbers mean nothing but its answers do."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from . import graphs, page, report
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
        assert measured == {"pramana simd", "pramana scalar", *PEERS}
        assert all(row["p50_ms"] > 0 < row["peak_bytes"] for row in case["peers"].values())
    table = report.table(result)
    for shown in ("find_similar", "weighted path", "chain of 30, linear", "retract", "ask, cold"):
        assert shown in table


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
    assert all("JavaScript loop" in case["peers"] for case in result["page"]["rules"]["closures"])
    assert "open again and match one" in report.table(result)


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
