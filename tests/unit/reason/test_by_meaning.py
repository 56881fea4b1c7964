from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import pytest

from pramana.embed.static import StaticEmbedder
from pramana.errors import EmbedderError
from pramana.kernels.interfaces import TextModelLike
from pramana.kernels.load import Kernels, load_kernels
from pramana.pace import Pace
from pramana.platform import current
from pramana.reason import by_meaning
from pramana.reason.by_meaning import NamesByMeaning, content_of


async def the_embedder(build: str = "auto") -> tuple[Kernels, StaticEmbedder]:
    """The embedder in the box, and what makes indexes."""
    platform = current()
    kernels = await load_kernels(platform, platform, build)
    about = json.loads(await platform.asset("embedder.json"))

    async def load() -> TextModelLike:
        return kernels.text_model(await platform.asset(about["file"]))

    return kernels, StaticEmbedder(about["id"], about["dim"], load)


async def near(names: Sequence[str], *phrases: str, build: str = "auto") -> list[list[str]]:
    kernels, embedder = await the_embedder(build)
    held = NamesByMeaning(embedder, kernels.vector_index)
    held.add(names)
    found = await held.near([content_of(phrase) for phrase in phrases], Pace())
    return [[name for name, _ in hits] for hits in found]


NAMES = [
    "cookie theft",
    "session hijacking",
    "weak password",
    "fast hash",
    "48 hour limit",
    "cookie",
    "theft of a cookie",
]


@pytest.mark.parametrize("build", ["simd", "scalar", "reference"])
async def test_other_forms_of_the_words_in_another_order_say_the_same(build: str) -> None:
    phrases = "stolen cookies", "hijacked sessions", "hijacking of a session"
    assert await near(NAMES, *phrases, build=build) == [
        ["cookie theft", "theft of a cookie"],
        ["session hijacking"],
        ["session hijacking"],
    ]


async def test_opposites_other_numbers_and_words_without_a_partner_do_not() -> None:
    phrases = [
        "strong password",
        "slow hash",
        "72 hours limit",
        "stolen session cookies",
        "stolen",
        "stolen theft",
    ]
    assert await near(NAMES, *phrases) == [[]] * len(phrases)


async def test_the_same_words_score_most() -> None:
    kernels, embedder = await the_embedder()
    held = NamesByMeaning(embedder, kernels.vector_index)
    held.add(["stolen cookie", "cookie theft"])
    [hits] = await held.near([("cookie", "stolen")], Pace())
    assert hits[0] == ("stolen cookie", 1.0)
    assert hits[1][0] == "cookie theft"
    assert by_meaning.MIN_COSINE <= hits[1][1] < 1


async def test_names_may_come_after_the_first_look_up() -> None:
    kernels, embedder = await the_embedder()
    held = NamesByMeaning(embedder, kernels.vector_index)
    assert await held.near([("stolen", "cookies")], Pace()) == [[]]
    held.add(["cookie theft"])
    assert [name for name, _ in (await held.near([("stolen", "cookies")], Pace()))[0]] == ["cookie theft"]


async def test_it_is_off_without_an_embedder_or_with_too_many_names(monkeypatch: pytest.MonkeyPatch) -> None:
    kernels, embedder = await the_embedder()
    assert NamesByMeaning(None, kernels.vector_index).state.startswith("off")
    assert NamesByMeaning(embedder, None).state.startswith("off")
    monkeypatch.setattr(by_meaning, "MAX_NAMES", 2)
    held = NamesByMeaning(embedder, kernels.vector_index)
    held.add(["cookie theft", "weak password"])
    assert held.state == "on"
    held.add(["fast hash"])
    assert "more than 2 names" in held.state
    assert await held.near([("cookie", "theft")], Pace()) == [[]]


async def test_closed_it_finds_nothing() -> None:
    kernels, embedder = await the_embedder()
    held = NamesByMeaning(embedder, kernels.vector_index)
    held.add(["cookie theft"])
    assert await held.near([("cookie", "theft")], Pace()) != [[]]
    held.close()
    held.close()
    assert held.state.startswith("off")
    assert await held.near([("cookie", "theft")], Pace()) == [[]]


async def test_a_failing_embedder_fails_the_call_and_the_next_one_goes_on_where_it_stopped() -> None:
    kernels, embedder = await the_embedder()

    class Flaky:
        id, dim, broken = embedder.id, embedder.dim, True

        async def embed(self, texts: Sequence[str]) -> object:
            if self.broken:
                raise OSError("no network")
            return await embedder.embed(texts)

    flaky = Flaky()
    held = NamesByMeaning(flaky, kernels.vector_index)
    held.add(["cookie theft"])
    with pytest.raises(EmbedderError):
        await held.near([("stolen", "cookies")], Pace())
    flaky.broken = False
    both = await asyncio.gather(*(held.near([("stolen", "cookies")], Pace()) for _ in range(2)))
    assert [[name for name, _ in hits] for [hits] in both] == [["cookie theft"]] * 2
