"""Fixtures for what runs on kernels."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.graph import small_state
from tests.unit.kernels.builds import ALL_BUILDS


@pytest.fixture(scope="module", params=ALL_BUILDS)
def each_build(request: pytest.FixtureRequest) -> Iterator[str]:
    """Have `SmallState` use the kernels of each build in turn."""
    before, small_state.build = small_state.build, request.param
    yield request.param
    small_state.build = before
