"""Loading: hashes, builds and fall-backs, sharing, the self-test."""

from __future__ import annotations

import asyncio
import hashlib
import json
import struct
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from pramana.errors import BootError, InputError, KernelError, KernelHashError, KernelUnavailableError
from pramana.kernels import load_kernels, selftest
from pramana.kernels.interfaces import Matches
from pramana.protocol import ABI_VERSION
from tests.unit.kernels.builds import ALL_BUILDS, build_of, new_module, wasm_bytes

MODULES = ("vector", "text", "graph", "rules")
LOADED = [(name, build_of(name, "simd")) for name in MODULES]


class Files:
    """The built kernels, any of which a test may replace."""

    def __init__(self, **replaced: bytes | None) -> None:
        self.replaced = {f"kernels/{name.replace('__', '.')}": data for name, data in replaced.items()}
        self.asked: list[str] = []

    async def asset(self, name: str) -> bytes:
        self.asked.append(name)
        if name in self.replaced:
            data = self.replaced[name]
            if data is None:
                raise BootError(f"no {name}")
            return data
        if name == "kernels/manifest.json":
            return json.dumps(self.manifest()).encode()
        kernel, build, _ = name.removeprefix("kernels/").split(".")
        return wasm_bytes(kernel, build)

    def manifest(self) -> dict:
        names = {(name, build_of(name, build)) for name in MODULES for build in ("simd", "scalar")}
        return {
            "abi": ABI_VERSION,
            "kernels": {
                f"{kernel}.{build}.wasm": {"sha256": hashlib.sha256(wasm_bytes(kernel, build)).hexdigest()}
                for kernel, build in names
            },
        }


class Host:
    """Runs the real kernels, but only those of some builds."""

    def __init__(self, *builds: str, simd: bool = True) -> None:
        self.builds = builds or ("simd", "scalar")
        self.has_simd = simd
        self.instantiated: list[tuple[str, str]] = []

    def simd(self) -> bool:
        return self.has_simd

    async def instantiate(self, name: str, build: str, wasm: bytes):
        if build not in self.builds:
            raise KernelUnavailableError(f"no {build} here")
        self.instantiated.append((name, build))
        # the bytes that were hashed are the bytes that run
        assert wasm == wasm_bytes(name, build)
        return new_module(name, build)


async def test_auto_takes_simd():
    kernels = await load_kernels(Files(), Host())
    assert (kernels.build, kernels.reported) == ("simd", [])
    kernels.self_test()


async def test_auto_takes_scalar_without_simd_and_says_so():
    host = Host(simd=False)
    kernels = await load_kernels(Files(), host)
    assert kernels.build == "scalar"
    assert host.instantiated == [(name, "scalar") for name in MODULES]
    assert len(kernels.reported) == 1
    assert kernels.capabilities()["fallbacks"] == kernels.reported


async def test_auto_takes_scalar_when_simd_cannot_be_instantiated():
    kernels = await load_kernels(Files(), Host("scalar"))
    assert kernels.build == "scalar"
    assert "no simd here" in kernels.reported[0]


async def test_auto_takes_the_reference_only_when_nothing_runs():
    kernels = await load_kernels(Files(), Host("none"))
    assert (kernels.build, kernels.runtime) == ("reference", "python")
    assert "no simd here" in kernels.reported[0]
    assert "no scalar here" in kernels.reported[1]
    assert len(kernels.reported) == 3


@pytest.mark.parametrize("build", ["simd", "scalar"])
async def test_what_was_asked_for_is_taken_or_refused(build):
    assert (await load_kernels(Files(), Host(), build)).build == build
    with pytest.raises(KernelUnavailableError):
        await load_kernels(Files(), Host("none"), build)


async def test_an_unknown_build_is_refused():
    with pytest.raises(InputError):
        await load_kernels(Files(), Host(), "fast")


@pytest.mark.parametrize("build", ALL_BUILDS)
async def test_every_build_makes_working_indexes(build):
    kernels = await load_kernels(Files(), Host(), build)
    index = kernels.vector_index(dim=3)
    index.add([4], [[1, 2, 3]])
    copy = kernels.load_vector_index(index.save())
    assert list(copy.search([1, 2, 3], 1).ordinals) == [4]
    ranked = kernels.bm25(weights=[1.0])
    ranked.add([4], [("a needle in the haystack",)])
    assert list(kernels.load_bm25(ranked.save()).search("needle", 1).ordinals) == [4]
    assert list(kernels.text_model(selftest.tiny_model()).tokenize("hello")) == [0]
    for closing in (index, copy, ranked):
        closing.close()


@pytest.mark.parametrize("build", ["auto", "simd", "scalar"])
@pytest.mark.parametrize("kernel", ["vector", "text"])
async def test_a_changed_kernel_is_refused_and_never_replaced(build, kernel):
    taken = "scalar" if build == "scalar" else "simd"
    changed = bytearray(wasm_bytes(kernel, taken))
    changed[-1] ^= 1
    host = Host()
    with pytest.raises(KernelHashError) as caught:
        await load_kernels(Files(**{f"{kernel}__{taken}__wasm": bytes(changed)}), host, build)
    assert caught.value.details["file"] == f"{kernel}.{taken}.wasm"
    assert (kernel, taken) not in host.instantiated


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[]",
        b"{}",
        b'{"abi": 1}',
        b'{"abi": 1, "kernels": {}}',
        b'{"abi": 1, "kernels": {"vector.simd.wasm": 3}}',
    ],
)
async def test_a_broken_manifest_is_refused(manifest):
    with pytest.raises(KernelHashError):
        await load_kernels(Files(manifest__json=manifest), Host())


async def test_a_missing_file_is_not_a_reason_to_fall_back():
    with pytest.raises(BootError):
        await load_kernels(Files(text__simd__wasm=None), Host())
    with pytest.raises(BootError):
        await load_kernels(Files(manifest__json=None), Host())


async def test_another_abi_is_refused():
    manifest = Files().manifest() | {"abi": ABI_VERSION + 1}
    with pytest.raises(KernelError) as caught:
        await load_kernels(Files(manifest__json=json.dumps(manifest).encode()), Host())
    assert caught.value.details["got"] == ABI_VERSION + 1


async def test_a_scalar_kernel_in_simd_clothes_is_refused():
    class Confused(Host):
        async def instantiate(self, name, build, wasm):
            module = new_module(name, "scalar")
            module.build = build
            return module

    with pytest.raises(KernelError) as caught:
        await load_kernels(Files(), Confused(), "simd")
    assert caught.value.details["call"] == "capabilities"


async def test_modules_are_instantiated_once():
    files, host = Files(), Host()
    first, second = await load_kernels(files, host), await load_kernels(files, host)
    assert host.instantiated == LOADED
    assert len(files.asked) == 1 + len(MODULES)
    one, other = first.vector_index(dim=2), second.vector_index(dim=2)
    assert one._module is other._module
    one.close()
    other.close()
    await load_kernels(files, host, "scalar")
    assert len(host.instantiated) == 2 * len(MODULES)


@pytest.mark.skipif(sys.platform == "emscripten", reason="a page has no threads")
def test_threads_share_no_instance():
    files, host = Files(), Host()

    def modules() -> list:
        return list(asyncio.run(load_kernels(files, host))._loaded.modules.values())

    with ThreadPoolExecutor(1) as pool:
        here, there = modules(), pool.submit(modules).result()
    assert all(module is not other for module in here for other in there)
    assert host.instantiated == LOADED * 2


async def test_other_files_are_other_instances():
    host = Host()
    await load_kernels(Files(), host)
    with pytest.raises(KernelHashError):
        await load_kernels(Files(vector__simd__wasm=b"\0asm"), host)


@pytest.mark.parametrize("build", ALL_BUILDS)
async def test_a_model_is_loaded_once_and_survives_close(build):
    files, host = Files(), Host()
    sve = selftest.tiny_model()
    model = (await load_kernels(files, host, build)).text_model(sve)
    model.close()
    again = (await load_kernels(files, host, build)).text_model(bytes(bytearray(sve)))
    assert again is model
    assert list(again.tokenize("world")) == [1]
    other = (await load_kernels(files, host, build)).text_model(sve.replace(b"hello", b"adieu"))
    assert other is not model
    assert list(other.tokenize("adieu")) == [0]
    assert list(model.tokenize("adieu")) == []


async def test_capabilities_name_what_runs():
    about = (await load_kernels(Files(), Host())).capabilities()
    assert (about["build"], about["abi"], about["fallbacks"]) == ("simd", ABI_VERSION, [])
    assert about["modules"]["vector"] == {
        "build": "simd",
        "sha256": hashlib.sha256(wasm_bytes("vector", "simd")).hexdigest(),
        "size_bytes": len(wasm_bytes("vector", "simd")),
    }
    assert [*about["modules"]] == [*MODULES]
    assert about["modules"]["rules"]["build"] == "scalar"
    json.dumps(about)


# The self-test must be able to fail


class Wrong:
    """Delegates to a real object, with one method's answer changed."""

    def __init__(self, real, **changed):
        self.__dict__.update(real=real, changed=changed)

    def __getattr__(self, name):
        call = getattr(self.real, name)
        if name not in self.changed:
            return call
        return lambda *args, **options: self.changed[name](call(*args, **options))


def nudged(found: Matches) -> Matches:
    scores = found.scores[:]
    if scores:
        scores[-1] += 0.5
    return Matches(found.ordinals, scores)


def reversed_order(found: Matches) -> Matches:
    return Matches(found.ordinals[::-1], found.scores)


@pytest.mark.parametrize(
    "wrong", [nudged, reversed_order, lambda found: Matches(found.ordinals[:-1], found.scores[:-1])]
)
async def test_a_wrong_ranking_fails_the_self_test(wrong):
    kernels = await load_kernels(Files(), Host())
    with pytest.raises(KernelError) as caught:
        selftest.check_vectors(
            lambda **options: Wrong(kernels.vector_index(**options), search=wrong), kernels.load_vector_index
        )
    assert caught.value.details["kernel"] == "vector"
    with pytest.raises(KernelError):
        selftest.check_vectors(
            kernels.vector_index, lambda data: Wrong(kernels.load_vector_index(data), search=wrong)
        )
    with pytest.raises(KernelError) as caught:
        selftest.check_bm25(lambda **options: Wrong(kernels.bm25(**options), search=wrong), kernels.load_bm25)
    assert caught.value.details["kernel"] == "bm25"


async def test_a_wrong_text_kernel_fails_the_self_test():
    kernels = await load_kernels(Files(), Host())
    for changed in (
        {"tokenize": lambda ids: ids[:-1]},
        {"embed": lambda vectors: vectors[::-1]},
        {"embed": lambda vectors: vectors[:4]},
    ):
        with pytest.raises(KernelError):
            selftest.check_model(Wrong(kernels.text_model(selftest.tiny_model()), **changed))
    with pytest.raises(KernelError):
        selftest.check_bm25(
            lambda **options: Wrong(kernels.bm25(**options), terms=lambda terms: terms[1:]), kernels.load_bm25
        )


async def test_kernels_that_fail_the_self_test_are_not_handed_out():
    class Broken(Host):
        async def instantiate(self, name, build, wasm):
            module = await super().instantiate(name, build, wasm)
            read = module.read

            def lying(ptr, size):
                data = read(ptr, size)
                return struct.pack("<I", 1) + data[4:] if size else data

            module.read = lying
            return module

    files, host = Files(), Broken()
    for _ in range(2):
        with pytest.raises(KernelError) as caught:
            await load_kernels(files, host)
        assert caught.value.details["call"] == "self_test"
