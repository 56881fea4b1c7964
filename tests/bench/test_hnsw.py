"""The benchmark of the graph runs at a size where only its answers mean something."""

from __future__ import annotations

import json

import pytest

from . import hnsw


@pytest.mark.bench
async def test_the_graph_is_measured_on_every_kind_of_data() -> None:
    cases = await hnsw.measured((2000,), 20)
    assert [case["kind"] for case in cases] == list(hnsw.KINDS)
    for case in cases:
        assert case["scan"]["recall"] >= 0.97
        # So wide a walk is no walk any more: what it finds is what the scan finds.
        assert case["ef 256"]["recall_of_scan"] == 1.0
        assert case["scan"]["p50_ms"] > 0 < case["build_cpu_s"]
    assert cases[0]["default"]["recall_of_scan"] >= 0.98
    json.dumps(cases)
