"""The text kernel's Unicode tables: generated, and right as far as this Python's Unicode version can tell."""

from __future__ import annotations

import importlib.util
import re
import sys
import unicodedata
from itertools import accumulate
from types import ModuleType

import pytest

from tests.unit.kernels.characters import ROOT, STABLE


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gen_unicode", ROOT / "pylib/tools/gen_unicode.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def text(generator: ModuleType) -> str:
    return generator.TABLES.read_text("utf-8")


def numbers(text: str, name: str) -> list[int]:
    body = re.search(rf"static {name}: \[[^\n]*\] = \[(.*?)\n\];", text, re.DOTALL)
    assert body is not None
    return [int(number, 16) for number in re.findall(r"0x[0-9a-f]+", body[1])]


def unpacked(text: str, name: str) -> list[int]:
    """The numbers of a LEB128 table."""
    values, value, shift = [], 0, 0
    for byte in numbers(text, name):
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            values.append(value)
            value = shift = 0
    assert shift == 0
    return values


def test_the_file_is_what_the_generator_writes(generator, text):
    if generator.stored_version(text) != unicodedata.unidata_version:
        pytest.skip(f"this Python has Unicode {unicodedata.unidata_version}")
    assert text == generator.rust()


def test_classes_are_those_of_the_characters(generator, text):
    starts = list(accumulate(unpacked(text, "CLASS_GAPS")))
    ends = [*starts[1:], 0x110000]
    classes: dict[int, int] = {}
    for start, end, found in zip(starts, ends, unpacked(text, "CLASSES"), strict=True):
        classes.update(dict.fromkeys(range(start, end), found))
    assert f"CLASS_RUNS: usize = {len(starts)};" in text
    differing = [
        hex(point) for point in map(ord, STABLE) if classes[point] != generator.character_class(point)
    ]
    assert differing == []


def test_folds_are_those_of_the_characters(generator, text):
    folds: dict[int, str] = {}
    firsts = list(accumulate(unpacked(text, "FOLD_GAPS")))
    targets = accumulate(shift >> 1 ^ -(shift & 1) for shift in unpacked(text, "FOLD_SHIFTS"))
    assert f"FOLD_RUNS: usize = {len(firsts)};" in text
    for first, packed, target in zip(firsts, unpacked(text, "FOLD_LENGTHS"), targets, strict=True):
        length, stride = packed >> 1, 1 + (packed & 1)
        for at in range(0, length * stride, stride):
            assert first + at not in folds
            folds[first + at] = chr(target + at)
    many = numbers(text, "FOLD_MANY")
    for at in range(0, len(many), 4):
        folds[many[at]] = "".join(map(chr, filter(None, many[at + 1 : at + 4])))
    differing = [
        hex(point)
        for point in map(ord, STABLE)
        if point >= 0x80
        and point not in generator.HANGUL_SYLLABLES
        and unicodedata.category(chr(point)) != "Mn"
        and folds.get(point, chr(point)) != generator.fold(point)
    ]
    assert differing == []


def test_the_check_fails_for_a_changed_table(generator, text, tmp_path, monkeypatch, capsys):
    changed = tmp_path / "unicode_tables.rs"
    changed.write_text(text.replace("0x1d1bc", "0x1d1bd", 1))
    monkeypatch.setattr(generator, "TABLES", changed)
    monkeypatch.setattr(generator, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["gen_unicode.py", "--check"])
    current = generator.stored_version(text) == unicodedata.unidata_version
    assert generator.main() == (1 if current else 0)
    assert "unicode" in capsys.readouterr()[1 if current else 0].lower()
