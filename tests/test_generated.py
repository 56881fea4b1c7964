"""Generated files are what their generators write now."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from pramana import errors, protocol


@pytest.fixture(scope="module")
def generator(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("gen_protocol", root / "pylib/tools/gen_protocol.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_javascript_and_rust_constants_are_up_to_date(generator: ModuleType) -> None:
    for path, text in generator.outputs().items():
        assert path.read_text(encoding="utf-8") == text, f"run python pylib/tools/gen_protocol.py for {path}"


def test_a_changed_constant_makes_the_files_stale(generator: ModuleType, tmp_path: Path, monkeypatch) -> None:
    changed = json.loads(generator.SOURCE.read_text(encoding="utf-8"))
    changed["status"]["ok"] = 1
    source = tmp_path / "protocol.json"
    source.write_text(json.dumps(changed))
    monkeypatch.setattr(generator, "SOURCE", source)
    assert {path.name for path in generator.stale()} == {"protocol.js", "protocol.rs"}


def test_a_section_without_a_description_is_refused(
    generator: ModuleType, tmp_path: Path, monkeypatch
) -> None:
    source = tmp_path / "protocol.json"
    source.write_text('{"surprise": {}}')
    monkeypatch.setattr(generator, "SOURCE", source)
    with pytest.raises(ValueError, match="surprise"):
        generator.outputs()


def test_python_reads_the_same_file(root: Path) -> None:
    written = json.loads((root / "pylib/pramana/protocol.json").read_text(encoding="utf-8"))
    read = {name: getattr(protocol, name.upper()) for name in written}
    assert {name: dict(v) if hasattr(v, "items") else v for name, v in read.items()} == written


def test_every_error_class_is_in_the_protocol_and_the_other_way_round() -> None:
    assert set(errors.BY_CODE) == set(protocol.ERRORS)


def test_ids_and_codes_are_not_used_twice() -> None:
    for section in (protocol.STATUS, protocol.METRICS, protocol.STORAGES, protocol.KERNEL_CAPABILITIES):
        assert len(set(section.values())) == len(section)
