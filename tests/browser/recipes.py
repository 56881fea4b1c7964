"""The examples of docs/recipes.md, by the name that each has there."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .conftest import ROOT

_FENCE = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

RECIPES = dict(_FENCE.findall((ROOT / "docs/recipes.md").read_text(encoding="utf-8")))


def recipe(name: str, places: Mapping[str, str] | None = None) -> str:
    """An example, with places of the reader's own (which must be in it) replaced by others."""
    text: str = RECIPES[name]
    for old, new in (places or {}).items():
        assert old in text, f"{name} has no {old}"
        text = text.replace(old, new)
    return text


def policy(name: str, places: Mapping[str, str] | None = None) -> str:
    """A Content-Security-Policy as the one line of a header."""
    return " ".join(recipe(name, places).split())
