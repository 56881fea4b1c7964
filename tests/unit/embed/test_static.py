from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

import pytest

from pramana.embed.static import StaticEmbedder
from pramana.errors import BootError


class OneModel:
    dim, vocabulary = 2, 0

    def embed(self, texts: Sequence[str]) -> array[float]:
        return array("f", [1.0, 0.0] * len(texts))


async def test_the_model_is_loaded_when_first_needed_and_once() -> None:
    loads = []

    async def load() -> Any:
        loads.append(1)
        return OneModel()

    embedder = StaticEmbedder("m", 2, load)
    assert not loads
    assert list(await embedder.embed(["a"])) == [1.0, 0.0]
    await embedder.embed(["b"])
    assert loads == [1]


async def test_a_load_that_failed_is_tried_again() -> None:
    attempts = []

    async def load() -> Any:
        attempts.append(1)
        if len(attempts) == 1:
            raise BootError("no network")
        return OneModel()

    embedder = StaticEmbedder("m", 2, load)
    with pytest.raises(BootError):
        await embedder.embed(["a"])
    assert len(await embedder.embed(["a"])) == 2
