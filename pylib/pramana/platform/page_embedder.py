"""An embedder that runs in the page, as Python in the worker sees it (web/src/worker/embedder.js)."""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from typing import Any

from pramana.errors import from_wire

__all__ = ["PageEmbedder"]

BATCH = 32
"""Texts per message: a model in a page takes tens of milliseconds for each, and a cancellation waits for them."""


class PageEmbedder:
    """Has the page embed.

    Args:
        asked: the JavaScript object: `id`, `dim`, and `embed(texts_json)`, which resolves with a Float32Array of all
            vectors, or with the JSON of an error.
    """

    def __init__(self, asked: Any) -> None:
        self.id = str(asked.id)
        self.dim = int(asked.dim)
        self._asked = asked

    async def embed(self, texts: Sequence[str]) -> array[float]:
        """Return the flat vectors; raise what the page said."""
        flat = array("f")
        for start in range(0, len(texts), BATCH):
            # ASCII, since a lone surrogate must not break the message.
            answer = await self._asked.embed(json.dumps(texts[start : start + BATCH]))
            if isinstance(answer, str):
                raise from_wire(json.loads(answer))
            flat.frombytes(answer.to_bytes())
        return flat
