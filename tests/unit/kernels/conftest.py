"""Fixtures that give a test each build in turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pramana.ports import WasmModule
from tests.unit.kernels.builds import (
    ALL_BUILDS,
    ONCE_BUILDS,
    WASM_BUILDS,
    bm25_factory,
    graph_factory,
    model_factory,
    rules_factory,
    shared_module,
    vector_factory,
)


@pytest.fixture(params=WASM_BUILDS)
def vector_module(request: Any) -> WasmModule:
    """The vector kernel, one instance per build for all tests."""
    return shared_module("vector", request.param)


@pytest.fixture(params=WASM_BUILDS)
def text_module(request: Any) -> WasmModule:
    """The text kernel, one instance per build for all tests."""
    return shared_module("text", request.param)


@pytest.fixture(params=ALL_BUILDS)
def make_vector_index(request: Any) -> Callable[..., Any]:
    """Makes vector indexes of each build in turn."""
    return vector_factory(request.param)


@pytest.fixture(params=ALL_BUILDS)
def make_bm25(request: Any) -> Callable[..., Any]:
    """Makes BM25 indexes of each build in turn."""
    return bm25_factory(request.param)


@pytest.fixture(params=ALL_BUILDS)
def make_text_model(request: Any) -> Callable[..., Any]:
    """Loads text models into each build in turn."""
    return model_factory(request.param)


@pytest.fixture(params=ONCE_BUILDS)
def make_graph(request: Any) -> Callable[..., Any]:
    """Makes graphs of each build in turn."""
    return graph_factory(request.param)


@pytest.fixture(params=ONCE_BUILDS)
def make_rules(request: Any) -> Callable[..., Any]:
    """Makes rule bases of each build in turn."""
    return rules_factory(request.param)
