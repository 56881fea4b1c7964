"""Reads a WebAssembly module's code, instruction by instruction: what it imports, and where it uses v128.

Every immediate is decoded, so a byte that looks like a SIMD prefix inside a constant is not taken for one.
Opcodes are those of the WebAssembly core specification 2.0 with the relaxed SIMD extension.
"""

from __future__ import annotations

from dataclasses import dataclass, field

V128 = 0x7B
SIMD_PREFIX, MISC_PREFIX = 0xFD, 0xFC
_CUSTOM, _TYPE, _IMPORT, _FUNCTION, _EXPORT, _CODE = 0, 1, 2, 3, 7, 10
_FUNCTION_KIND = 0
# How many LEB128 immediates follow, by opcode; then how many bytes; then the opcodes that have none.
_IMMEDIATES = {0x02: 1, 0x03: 1, 0x04: 1, 0x0C: 1, 0x0D: 1, 0x11: 2, 0x13: 2, 0x20: 1, 0x21: 1, 0x22: 1, 0x23: 1,
               0x24: 1, 0x25: 1, 0x26: 1, 0x3F: 1, 0x40: 1, 0x41: 1, 0x42: 1, 0xD0: 1, 0xD2: 1}  # fmt: skip
_BYTES = {0x43: 4, 0x44: 8}
_PLAIN = {0x00, 0x01, 0x05, 0x0B, 0x0F, 0x1A, 0x1B, 0xD1, *range(0x45, 0xC5)}
_MISC_IMMEDIATES = {8: 2, 9: 1, 10: 2, 11: 1, 12: 2, 13: 1, 14: 2, 15: 1, 16: 1, 17: 1}


@dataclass
class Function:
    """One function's code."""

    simd: int = 0
    """How many instructions with the SIMD prefix it holds."""
    calls: set[int] = field(default_factory=set)
    """Function indices it calls directly."""


@dataclass
class Module:
    """What the census needs to know of a module."""

    imports: list[str] = field(default_factory=list)
    exports: dict[str, int] = field(default_factory=dict)
    """Index of each exported function."""
    functions: dict[int, Function] = field(default_factory=dict)
    v128_types: int = 0
    """How often a signature or a local is a v128."""

    @property
    def simd(self) -> int:
        """SIMD instructions in the whole module."""
        return sum(function.simd for function in self.functions.values())

    def simd_behind(self, export: str) -> int:
        """SIMD instructions in what an export reaches by direct calls."""
        reached, waiting = set(), [self.exports[export]]
        while waiting:
            index = waiting.pop()
            if index not in reached:
                reached.add(index)
                waiting += self.functions[index].calls
        return sum(self.functions[index].simd for index in reached)


class _Reader:
    def __init__(self, data: bytes, at: int = 0, end: int | None = None) -> None:
        self.data, self.at, self.end = data, at, len(data) if end is None else end

    def byte(self) -> int:
        if self.at >= self.end:
            raise ValueError(f"the module ends early, at byte {self.at}")
        self.at += 1
        return self.data[self.at - 1]

    def skip(self, count: int) -> None:
        self.at += count
        if self.at > self.end:
            raise ValueError(f"the module ends early, at byte {self.end}")

    def leb(self) -> int:
        """A LEB128 integer, read as unsigned (a signed one is only ever skipped)."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def name(self) -> str:
        size = self.leb()
        start = self.at
        self.skip(size)
        return self.data[start : self.at].decode()

    def memarg(self) -> None:
        flags = self.leb()
        if flags & 0x40:
            self.leb()
        self.leb()

    def limits(self) -> None:
        flags = self.byte()
        self.leb()
        if flags & 1:
            self.leb()


def parse(wasm: bytes) -> Module:
    """Read a module.

    Raises:
        ValueError: it is not a module, or holds an instruction that is not known here.
    """
    if wasm[:8] != b"\0asm\1\0\0\0":
        raise ValueError("not a WebAssembly module of version 1")
    module, reader, imported = Module(), _Reader(wasm, 8), 0
    while reader.at < len(wasm):
        kind, size = reader.byte(), reader.leb()
        section = _Reader(wasm, reader.at, reader.at + size)
        reader.skip(size)
        if kind == _TYPE:
            _types(section, module)
        elif kind == _IMPORT:
            imported = _imports(section, module)
        elif kind == _EXPORT:
            _exports(section, module)
        elif kind == _CODE:
            for index in range(section.leb()):
                module.functions[imported + index] = _function(section, module)
    return module


def _types(section: _Reader, module: Module) -> None:
    for _ in range(section.leb()):
        if section.byte() != 0x60:
            raise ValueError("a type that is not a function's")
        for _ in range(2):
            module.v128_types += sum(section.byte() == V128 for _ in range(section.leb()))


def _imports(section: _Reader, module: Module) -> int:
    functions = 0
    for _ in range(section.leb()):
        module.imports.append(f"{section.name()}.{section.name()}")
        kind = section.byte()
        if kind == _FUNCTION_KIND:
            functions += 1
            section.leb()
        elif kind == 1:
            section.byte()
            section.limits()
        elif kind == 2:
            section.limits()
        else:
            section.skip(2)
    return functions


def _exports(section: _Reader, module: Module) -> None:
    for _ in range(section.leb()):
        name, kind, index = section.name(), section.byte(), section.leb()
        if kind == _FUNCTION_KIND:
            module.exports[name] = index


def _function(section: _Reader, module: Module) -> Function:
    size = section.leb()
    body = _Reader(section.data, section.at, section.at + size)
    section.skip(size)
    for _ in range(body.leb()):
        body.leb()
        module.v128_types += body.byte() == V128
    function, depth = Function(), 1
    while body.at < body.end:
        opcode = body.byte()
        if opcode in (0x02, 0x03, 0x04):
            depth += 1
        elif opcode == 0x0B:
            depth -= 1
        _instruction(opcode, body, function)
    if depth != 0:
        raise ValueError(f"a function's blocks do not end where it does, at byte {body.end}")
    return function


def _instruction(opcode: int, body: _Reader, function: Function) -> None:
    """Step over an instruction's immediates, and note what it is."""
    if opcode == SIMD_PREFIX:
        function.simd += 1
        _simd(body)
    elif opcode == MISC_PREFIX:
        _misc(body)
    elif opcode in (0x10, 0x12):
        function.calls.add(body.leb())
    elif opcode == 0x0E:
        for _ in range(body.leb() + 1):
            body.leb()
    elif opcode == 0x1C:
        body.skip(body.leb())
    elif 0x28 <= opcode <= 0x3E:
        body.memarg()
    elif opcode in _IMMEDIATES:
        for _ in range(_IMMEDIATES[opcode]):
            body.leb()
    elif opcode in _BYTES:
        body.skip(_BYTES[opcode])
    elif opcode not in _PLAIN:
        raise ValueError(f"unknown instruction {opcode:#x} at byte {body.at}")


def _misc(body: _Reader) -> None:
    operation = body.leb()
    if operation > 17:
        raise ValueError(f"unknown instruction 0xFC {operation} at byte {body.at}")
    for _ in range(_MISC_IMMEDIATES.get(operation, 0)):
        body.leb()


def _simd(body: _Reader) -> None:
    operation = body.leb()
    if operation <= 11 or operation in (92, 93):
        body.memarg()
    elif operation in (12, 13):
        body.skip(16)
    elif 21 <= operation <= 34:
        body.skip(1)
    elif 84 <= operation <= 91:
        body.memarg()
        body.skip(1)
    elif operation > 0x113:
        raise ValueError(f"unknown instruction 0xFD {operation} at byte {body.at}")
