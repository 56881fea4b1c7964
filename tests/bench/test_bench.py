"""Every path of the benchmark runs, at a size where its numbers mean nothing but its recall does."""

from __future__ import annotations

from . import report
from .__main__ import measure


async def test_the_benchmark_runs_and_reports() -> None:
    result = await measure(tiny=True, only="native")
    exact = [row for row in result["native"]["vectors"] if row.get("case", "").startswith("f32")]
    assert [row["recall"] for row in exact] == [1.0, 1.0]
    assert all(row["p50_ms"] > 0 for row in result["native"]["vectors"])
    assert "find_similar" in report.table(result)
