"""What the built kernels really contain: v128 where claimed and nowhere else, no imports, the exports of the ABI."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import wasmtime

from tests.wasm_census import Module, parse

MODULES = [
    (kernel, build)
    for kernel in ("vector", "text", "graph", "rules")
    for build in ("scalar", "simd")
    if build == "scalar" or kernel in ("vector", "text")  # the others are built once
]
HOT = {
    "vector": ["vec_search", "vec_search_batch", "vec_score", "hnsw_insert", "hnsw_search"],
    "text": ["embed"],
}
EXPORTS = {
    "vector": {
        "vec_create", "vec_len", "vec_reserve", "vec_add", "vec_update", "vec_quantize", "vec_add_packed", "vec_get",
        "vec_remove", "vec_search", "vec_search_batch", "vec_score", "vec_pairwise", "vec_save", "vec_load",
        "hnsw_create", "hnsw_drop", "hnsw_insert", "hnsw_loose", "hnsw_search", "hnsw_save", "hnsw_load",
    },
    "text": {
        "model_load", "model_dim", "model_vocab", "tokenize", "embed", "bm25_create", "bm25_len", "bm25_add",
        "bm25_remove", "bm25_search", "bm25_score", "bm25_terms", "bm25_save", "bm25_load",
    },
    "graph": {
        "graph_create", "graph_len", "graph_bound", "graph_add", "graph_remove", "graph_compact", "graph_khop",
        "graph_path", "graph_components", "graph_pagerank", "graph_push", "graph_save", "graph_load",
    },
    "rules": {
        "rules_create", "rules_len", "rules_holding", "rules_derived", "rules_assert", "rules_numbers", "rules_program",
        "rules_run", "rules_rollback", "rules_busiest", "rules_match", "rules_find", "rules_describe", "rules_support",
        "rules_derivations",
    },
}  # fmt: skip
EVERY_EXPORT = {"abi_version", "capabilities", "alloc", "free", "result_ptr", "result_len", "destroy"}


def module_of(kernels_dir: Path, kernel: str, build: str) -> Module:
    return parse((kernels_dir / f"{kernel}.{build}.wasm").read_bytes())


def wat(text: str) -> Module:
    return parse(bytes(wasmtime.wat2wasm(text)))


@pytest.mark.built
@pytest.mark.parametrize("kernel", HOT)
def test_the_simd_build_uses_v128_behind_each_hot_export(kernels_dir: Path, kernel: str) -> None:
    module = module_of(kernels_dir, kernel, "simd")
    assert {export: module.simd_behind(export) > 0 for export in HOT[kernel]} == dict.fromkeys(
        HOT[kernel], True
    )


@pytest.mark.built
@pytest.mark.parametrize("kernel", EXPORTS)
def test_the_scalar_build_has_no_v128_anywhere(kernels_dir: Path, kernel: str) -> None:
    module = module_of(kernels_dir, kernel, "scalar")
    assert module.functions
    assert (module.simd, module.v128_types) == (0, 0)


@pytest.mark.built
@pytest.mark.parametrize(("kernel", "build"), MODULES)
def test_a_module_imports_nothing_and_exports_the_abi(kernels_dir: Path, kernel: str, build: str) -> None:
    module = module_of(kernels_dir, kernel, build)
    assert module.imports == []
    assert EVERY_EXPORT | EXPORTS[kernel] <= set(module.exports)


@pytest.mark.built
def test_the_manifest_names_every_module_with_its_hash(kernels_dir: Path) -> None:
    manifest = json.dumps(json.loads((kernels_dir / "manifest.json").read_text(encoding="utf-8")))
    modules = sorted(kernels_dir.glob("*.wasm"))
    assert {path.name for path in modules} == {f"{kernel}.{build}.wasm" for kernel, build in MODULES}
    for path in modules:
        assert hashlib.sha256(path.read_bytes()).hexdigest() in manifest


def test_simd_is_found_through_calls_and_only_there() -> None:
    module = wat("""(module (memory (export "memory") 1)
        (func $leaf (param i32) (result i32) (i8x16.extract_lane_u 15 (v128.load offset=300 (local.get 0))))
        (func $middle (param i32) (result i32) (if (result i32) (local.get 0)
            (then (call $leaf (local.get 0))) (else (i32.const -65536))))
        (func (export "hot") (param i32) (result i32) (call $middle (local.get 0)))
        (func (export "cold") (result i64) (i64.const 0x7d7d7dfd7dfd7dfd)))""")
    assert module.simd == module.simd_behind("hot") == 2
    assert module.simd_behind("cold") == 0


def test_a_v128_local_counts_though_no_instruction_uses_it() -> None:
    assert wat("(module (func (local i32 v128)))").v128_types == 1
    assert wat("(module (func (local i32 i64)))").v128_types == 0


def test_imports_are_seen_and_shift_the_function_indices() -> None:
    module = wat("""(module (import "env" "log" (func $log (param i32))) (import "env" "memory" (memory 1 2))
        (func (export "f") (drop (f32x4.splat (f32.const 1)))))""")
    assert module.imports == ["env.log", "env.memory"]
    assert module.exports == {"f": 1}
    assert module.simd_behind("f") == 1


@pytest.mark.parametrize(
    "body",
    [
        "(drop (v128.const i32x4 1 2 3 0xfdfdfdfd))",
        "(drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 (local.get 1) (local.get 1)))",
        "(local.set 1 (v128.load32_lane offset=1 3 (i32.const 0) (local.get 1)))",
        "(v128.store align=1 (i32.const 9999) (local.get 1))",
        "(drop (v128.load64_zero (i32.const 0)))",
        "(drop (i32x4.dot_i16x8_s (local.get 1) (local.get 1)))",
    ],
)
def test_every_form_of_immediate_is_stepped_over(body: str) -> None:
    surroundings = """(block (br_table 0 0 0 (i32.const 1))) (memory.fill (i32.const 0) (i32.const 253) (i32.const 1))
        (drop (i32.trunc_sat_f64_s (f64.const -1e300))) (drop (select (result f32) (f32.const 1) (f32.const 2)
        (i32.const 0))) (drop (memory.grow (i32.const 0)))"""
    module = wat(f"(module (memory 1) (func (local i32 v128) {surroundings} {body} {surroundings}))")
    assert module.simd >= 1
    plain = wat(f"(module (memory 1) (func (local i32 v128) {surroundings} {surroundings}))")
    assert plain.simd == 0


def test_what_is_not_a_module_is_refused() -> None:
    with pytest.raises(ValueError, match="not a WebAssembly module"):
        parse(b"\0asm\2\0\0\0")
    good = b"\0asm\1\0\0\0" + bytes([1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 5, 1, 3, 0, 0xE9, 0x0B])
    with pytest.raises(ValueError, match="unknown instruction"):
        parse(good)
