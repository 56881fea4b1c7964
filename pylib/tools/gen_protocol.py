"""Write the JavaScript and Rust constants from pylib/pramana/protocol.json.

    python pylib/tools/gen_protocol.py            writes web/src/protocol.js and rust-kernels/abi/src/protocol.rs
    python pylib/tools/gen_protocol.py --check    writes nothing; fails if a file on disk differs

The output is laid out as biome and rustfmt would, so both formatters leave it alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "pylib/pramana/protocol.json"
LINE_WIDTH = 110
HEADER = "Generated from pylib/pramana/protocol.json by pylib/tools/gen_protocol.py; do not edit."

SECTIONS = {
    "protocol_version": "Version of the messages between pages, tabs and workers.",
    "schema_version": "Version of what is stored.",
    "abi_version": "Version of the kernel ABI: what `abi_version()` returns.",
    "segment_version": "Version of folded segments.",
    "metrics": "Metric ids.",
    "storages": "Row storage ids.",
    "directions": "Bits of the edges that a walk may take from a node.",
    "fact_kinds": "Which triples of a rule base are meant.",
    "comparisons": "Operators in a rule: equal, not equal, less than, at most, greater than, at least.",
    "kernel_capabilities": "Bits of what a kernel's `capabilities()` returns.",
    "status": "What a kernel call returns: `>= 0` success, `< 0` one of these.",
    "limits": "Limits on what is passed in.",
    "errors": "Error codes and what each means.",
    "messages": "Kinds of message between pages, tabs and workers.",
}
JS_TYPES = {
    "metrics": ("Metric", "keyof typeof METRICS"),
    "storages": ("RowStorage", "keyof typeof STORAGES"),
    "errors": ("ErrorCode", "keyof typeof ERRORS"),
    "messages": ("MessageKind", "(typeof MESSAGES)[keyof typeof MESSAGES]"),
}
# What the kernels use, and as which type: single values by section and key, then whole sections by module name.
RUST_VALUES = (
    ("abi_version", None, "i32"),
    ("segment_version", None, "u32"),
    ("limits", "max_dim", "u32"),
    ("limits", "max_k", "u32"),
    ("limits", "max_hnsw_m", "u32"),
    ("limits", "max_hnsw_ef", "u32"),
    ("limits", "max_bm25_parameter", "u32"),
    ("limits", "max_term", "u32"),
    ("limits", "max_rule_variables", "u32"),
    ("limits", "max_rule_literals", "u32"),
)
RUST_MODULES = (
    ("status", "status", "i32"),
    ("metric", "metrics", "u32"),
    ("storage", "storages", "u32"),
    ("direction", "directions", "u32"),
    ("fact_kind", "fact_kinds", "u32"),
    ("comparison", "comparisons", "u32"),
    ("capability", "kernel_capabilities", "i32"),
)


def javascript(protocol: dict[str, Any]) -> str:
    """Return protocol.js: one frozen constant for each section."""
    lines = ["/**", " * Constants that JavaScript, Python and Rust share.", f" * {HEADER}", " */"]
    for name, value in protocol.items():
        constant = name.upper()
        lines += ["", f"/** {SECTIONS[name]} */"]
        if isinstance(value, dict):
            # Annotated as pure, so that a bundle leaves out what it does not use.
            lines.append(f"export const {constant} = /* @__PURE__ */ Object.freeze(")
            lines.append("  /** @type {const} */ ({")
            for key, item in value.items():
                line = f"    {key}: {json.dumps(item)},"
                fits = len(line) <= LINE_WIDTH
                lines += [line] if fits else [f"    {key}:", f"      {json.dumps(item)},"]
            lines += ["  }),", ");"]
        else:
            lines.append(f"export const {constant} = {json.dumps(value)};")
        if name in JS_TYPES:
            typename, definition = JS_TYPES[name]
            lines += ["", f"/** @typedef {{{definition}}} {typename} */"]
    return "\n".join(lines) + "\n"


def rust(protocol: dict[str, Any]) -> str:
    """Return protocol.rs: the values and sections that kernels use."""
    lines = [f"//! {HEADER}"]
    for section, key, kind in RUST_VALUES:
        value = protocol[section] if key is None else protocol[section][key]
        lines += ["", *_rust_constant(key or section, kind, value)]
    for module, section, kind in RUST_MODULES:
        lines += ["", f"/// {_words(module)}", f"pub mod {module} {{"]
        for key, value in protocol[section].items():
            lines += [f"    {line}" for line in _rust_constant(key, kind, value)]
        lines.append("}")
    return "\n".join(lines) + "\n"


def _rust_constant(key: str, kind: str, value: int) -> list[str]:
    return [f"/// {_words(key)}", f"pub const {key.upper()}: {kind} = {value};"]


def _words(key: str) -> str:
    return key.replace("_", " ")


def outputs() -> dict[Path, str]:
    """Return what each generated file should hold.

    Raises:
        ValueError: protocol.json has a section that `SECTIONS` does not describe.
    """
    protocol = json.loads(SOURCE.read_text(encoding="utf-8"))
    undescribed = protocol.keys() - SECTIONS.keys()
    if undescribed:
        raise ValueError(f"gen_protocol.py: say in SECTIONS what {sorted(undescribed)} means")
    return {
        ROOT / "web/src/protocol.js": javascript(protocol),
        ROOT / "rust-kernels/abi/src/protocol.rs": rust(protocol),
    }


def stale() -> dict[Path, str]:
    """Return the generated files that differ on disk, with what they should hold."""
    return {
        path: text
        for path, text in outputs().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    }


def main() -> int:
    """Write the files, or check them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file differs")
    check = parser.parse_args().check
    changed = stale()
    for path, text in changed.items():
        name = path.relative_to(ROOT)
        if check:
            print(f"{name} is stale: run python pylib/tools/gen_protocol.py", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
