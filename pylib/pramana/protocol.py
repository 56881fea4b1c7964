"""The constants that Python, JavaScript and Rust share, read from protocol.json, their one source."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

__all__ = [
    "ABI_VERSION",
    "COMPARISONS",
    "DIRECTIONS",
    "ERRORS",
    "FACT_KINDS",
    "KERNEL_CAPABILITIES",
    "LIMITS",
    "MESSAGES",
    "METRICS",
    "PROTOCOL_VERSION",
    "SCHEMA_VERSION",
    "SEGMENT_VERSION",
    "STATUS",
    "STATUS_NAMES",
    "STORAGES",
]


def _read() -> dict[str, Any]:
    # pkgutil reads through the import system, so from a zip as well, and costs a fraction of what importing
    # importlib.resources does when a page starts.
    data = pkgutil.get_data(__name__, "protocol.json")
    if data is None:
        raise ImportError("pramana was loaded by an importer that cannot read protocol.json", name=__name__)
    protocol: dict[str, Any] = json.loads(data)
    return protocol


_PROTOCOL = _read()

PROTOCOL_VERSION: int = _PROTOCOL["protocol_version"]
"""Of the messages between pages, tabs and workers; both sides must agree."""
SCHEMA_VERSION: int = _PROTOCOL["schema_version"]
"""Of what is stored; a newer one on disk is refused."""
ABI_VERSION: int = _PROTOCOL["abi_version"]
"""What a kernel's `abi_version()` returns."""
SEGMENT_VERSION: int = _PROTOCOL["segment_version"]
"""Of folded segments; others are rebuilt from the records."""

METRICS: Mapping[str, int] = MappingProxyType(_PROTOCOL["metrics"])
STORAGES: Mapping[str, int] = MappingProxyType(_PROTOCOL["storages"])
DIRECTIONS: Mapping[str, int] = MappingProxyType(_PROTOCOL["directions"])
"""Which edges of a node a walk may take: a bit set."""
FACT_KINDS: Mapping[str, int] = MappingProxyType(_PROTOCOL["fact_kinds"])
"""Which triples of a rule base are meant."""
COMPARISONS: Mapping[str, int] = MappingProxyType(_PROTOCOL["comparisons"])
"""Operators in a program of rules."""
KERNEL_CAPABILITIES: Mapping[str, int] = MappingProxyType(_PROTOCOL["kernel_capabilities"])
"""Bit per name in what a kernel's `capabilities()` returns."""
STATUS: Mapping[str, int] = MappingProxyType(_PROTOCOL["status"])
STATUS_NAMES: Mapping[int, str] = MappingProxyType({code: name for name, code in STATUS.items()})
LIMITS: Mapping[str, int] = MappingProxyType(_PROTOCOL["limits"])
ERRORS: Mapping[str, str] = MappingProxyType(_PROTOCOL["errors"])
"""What each error code means."""
MESSAGES: Mapping[str, str] = MappingProxyType(_PROTOCOL["messages"])
"""Kinds of message on the wire between pages, tabs and workers."""
