"""The kernels' manifest: what each module is, exports and may use, read from the modules themselves.

    manifest.py DIR           writes DIR/manifest.json from DIR/<kernel>.<build>.wasm
    manifest.py --check DIR   exits 1 unless DIR/manifest.json describes the modules that are there

Fails if a module imports anything, or lacks an export that every module has.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

PROTOCOL = Path(__file__).resolve().parent.parent / "pylib" / "pramana" / "protocol.json"
EVERY_MODULE = {
    "memory",
    "abi_version",
    "capabilities",
    "alloc",
    "free",
    "result_ptr",
    "result_len",
    "destroy",
}
IMPORTS, MEMORIES, EXPORTS = 2, 5, 7


class ModuleError(Exception):
    """A file is not a WebAssembly module that can be shipped."""


class Reader:
    """Reads the binary format of a WebAssembly module (core specification, chapter 5)."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        if self.at + size > len(self.data):
            raise ModuleError("a module that ends early")
        self.at += size
        return self.data[self.at - size : self.at]

    def unsigned(self) -> int:
        """The next LEB128 integer."""
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def name(self) -> str:
        """The next name."""
        return self.take(self.unsigned()).decode("utf-8")


def sections(wasm: bytes) -> Iterator[tuple[int, Reader]]:
    """Each section's id and content."""
    reader = Reader(wasm)
    if reader.take(8) != b"\0asm\1\0\0\0":
        raise ModuleError("not a WebAssembly module of version 1")
    while reader.at < len(wasm):
        kind = reader.take(1)[0]
        yield kind, Reader(reader.take(reader.unsigned()))


def describe(path: Path, abi: int) -> dict[str, object]:
    """The manifest entry of the module `<kernel>.<build>.wasm`."""
    wasm = path.read_bytes()
    exports: list[str] = []
    memory: dict[str, int | None] = {}
    for kind, section in sections(wasm):
        count = section.unsigned() if kind in (IMPORTS, MEMORIES, EXPORTS) else 0
        if kind == IMPORTS and count:
            raise ModuleError(
                f"{path.name} imports {section.name()}.{section.name()}; kernels import nothing"
            )
        if kind == MEMORIES:
            bounded = section.unsigned() & 1
            memory = {
                "initial_pages": section.unsigned(),
                "maximum_pages": section.unsigned() if bounded else None,
            }
        if kind == EXPORTS:
            for _ in range(count):
                exports.append(section.name())
                section.take(1)
                section.unsigned()
    if missing := EVERY_MODULE.difference(exports):
        raise ModuleError(f"{path.name} does not export {', '.join(sorted(missing))}")
    kernel, build, _ = path.name.split(".")
    return {
        "id": kernel,
        "build": build,
        "sha256": hashlib.sha256(wasm).hexdigest(),
        "size_bytes": len(wasm),
        "abi": abi,
        "exports": sorted(exports),
        "memory": memory,
    }


def manifest(directory: Path) -> str:
    """The manifest of all modules in `directory`, as canonical JSON text."""
    abi = json.loads(PROTOCOL.read_text("utf-8"))["abi_version"]
    kernels = {path.name: describe(path, abi) for path in sorted(directory.glob("*.wasm"))}
    if not kernels:
        raise ModuleError(f"no modules in {directory}")
    return json.dumps({"abi": abi, "kernels": kernels}, indent=2) + "\n"


def main(arguments: list[str]) -> int:
    """Writes or checks the manifest; the process's exit status."""
    check = "--check" in arguments
    directory = Path(arguments[-1])
    target = directory / "manifest.json"
    try:
        text = manifest(directory)
    except ModuleError as error:
        if not check:
            print(f"manifest: {error}", file=sys.stderr)
        return 1
    if check:
        return 0 if target.is_file() and target.read_text("utf-8") == text else 1
    target.write_text(text, "utf-8")
    for path in sorted(directory.glob("*.wasm")):
        size = path.stat().st_size
        print(f"kernels: {path.name:20} {size:8,} bytes {len(gzip.compress(path.read_bytes(), 9)):8,} gzip")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
