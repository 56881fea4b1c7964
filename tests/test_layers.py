"""The layering: a module of the package imports lower ranks or its own package, never a sibling, never upwards.

Every import counts, also those inside functions, under TYPE_CHECKING, and `import_module("…")` with a literal name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = "pramana"
RANKS = {
    "errors": 0, "records": 0, "protocol": 0, "pace": 0, "standing": 0,
    "ports": 1, "knowledge": 1,
    "platform": 2, "kernels": 2, "store": 2, "text": 2, "answers": 2,
    "embed": 3, "index": 3, "proofs": 3, "wire": 3,
    "bank": 4, "graph": 4, "bus": 4,
    "reason": 5,
    "api": 6, "agent": 6,
    "app": 7,
    "cli": 8, "server": 8,
    "": 9,  # pramana/__init__.py: the public names; nothing inside imports through it
    "__main__": 9,
}  # fmt: skip
OUTSIDE = {"js", "pyodide", "pyodide_js", "_pyodide", "wasmtime"}
OUTSIDE_HOME = "platform"


def unit_of(module: str) -> str:
    """The ranked part of a dotted name: `pramana.store.sqlite` → "store", `pramana` → ""."""
    return module.split(".")[1] if "." in module else ""


def imported(tree: ast.AST, module: str, *, is_package: bool) -> Iterator[tuple[int, str]]:
    """Yield (line, absolute dotted name) of everything that a module imports."""
    parents = module.split(".")
    base = parents if is_package else parents[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = base[: len(base) - node.level + 1] if node.level else []
            target = ".".join([*start, *([node.module] if node.module else [])])
            # `from pramana import store` names a submodule in `names`, not an attribute.
            yield from ((node.lineno, f"{target}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and node.args:
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if called in {"import_module", "__import__"} and isinstance(first, ast.Constant):
                yield node.lineno, str(first.value)


def violations(module: str, source: str, *, is_package: bool = False) -> list[str]:
    """What a module imports that it may not, one line each."""
    unit = unit_of(module)
    if unit not in RANKS:
        return [f"{module}: give `{unit}` a rank in tests/test_layers.py and in the design's list"]
    found = []
    for line, name in imported(ast.parse(source), module, is_package=is_package):
        place = f"{module}:{line}"
        top = name.split(".")[0]
        if top in OUTSIDE and unit != OUTSIDE_HOME:
            found.append(f"{place} imports {name}: only {OUTSIDE_HOME}/ may")
        if top != PACKAGE:
            continue
        target = unit_of(name)
        if target not in RANKS:
            target = ""  # a name that __init__ exports
        if target == unit and unit:
            continue
        if RANKS[target] > RANKS[unit]:
            found.append(f"{place} imports {name}: a climb from rank {RANKS[unit]} to {RANKS[target]}")
        elif RANKS[target] == RANKS[unit]:
            found.append(f"{place} imports {name}: a sibling of rank {RANKS[unit]}")
    return found


def modules(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield (dotted name, file) of every module of the package."""
    for path in sorted((root / "pylib" / PACKAGE).rglob("*.py")):
        parts = path.relative_to(root / "pylib").with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def test_no_module_climbs_or_imports_a_sibling(root: Path) -> None:
    seen, found = 0, []
    for name, path in modules(root):
        seen += 1
        found += violations(name, path.read_text(encoding="utf-8"), is_package=path.name == "__init__.py")
    assert seen >= 4
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("pramana.store.sqlite", "from pramana.bank import ReasoningBank", "climb"),
        ("pramana.store.sqlite", "from ..bank.retrieve import retrieve", "climb"),
        ("pramana.store.sqlite", "from .. import app", "climb"),
        ("pramana.store.sqlite", "def f():\n    from ..kernels import vector", "sibling"),
        ("pramana.store.sqlite", "import pramana.text.stem as stem", "sibling"),
        ("pramana.records", "from .errors import InputError", "sibling"),
        ("pramana.bank", "from . import __version__", None),
        ("pramana.bank.retrieve", "from pramana import open", "climb"),
        ("pramana.bank.retrieve", "from ..graph import paths", "sibling"),
        ("pramana.bank.retrieve", "if TYPE_CHECKING:\n    from pramana.reason import answer", "climb"),
        ("pramana.bank.retrieve", "import importlib\nimportlib.import_module('pramana.app')", "climb"),
        ("pramana.kernels.vector", "import wasmtime", "only platform/"),
        ("pramana.cli", "from js import fetch", "only platform/"),
        ("pramana.embed.http", "import pyodide.http", "only platform/"),
        ("pramana.helpers", "", "give `helpers` a rank"),
        ("pramana.platform.browser", "import js\nfrom pyodide.ffi import to_js", None),
        ("pramana.platform.native", "import wasmtime\nfrom ..errors import KernelError", None),
        ("pramana.kernels.reference.vector", "from ..matches import Matches\nfrom . import text", None),
        ("pramana.bank.retrieve", "from ..index.fusion import z\nfrom .patterns import x\nimport json", None),
        ("pramana.app", "from . import bank, graph\nfrom .platform import current", None),
    ],
)  # fmt: skip
def test_a_violation_is_seen(module: str, source: str, expected: str | None) -> None:
    found = violations(module, source, is_package=module == "pramana.bank")
    if expected is None:
        assert found == []
    else:
        assert len(found) == 1
        assert expected in found[0]


def test_a_relative_import_is_resolved_against_the_package_itself_in_its_init() -> None:
    assert violations("pramana.store", "from .sqlite import SqliteStore", is_package=True) == []
    assert violations("pramana", "from .app import open", is_package=True) == []
    assert violations("pramana.store", "from ..index import ordinals", is_package=True) != []
