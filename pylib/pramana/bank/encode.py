"""Texts to the packed vectors that are stored, in pieces that leave the loop free."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence

from pramana.bank.embedders import Slot
from pramana.embed.vectors import embed, is_zero
from pramana.kernels.interfaces import VectorIndexLike
from pramana.pace import Pace
from pramana.ports import Embedder

__all__ = ["Encoder", "Progress"]

CHUNK = 256
"""Texts per call of the embedder."""

Progress = Callable[[int, int], None]
"""Called with (done, total)."""


class Encoder:
    """Embeds with `embedder`, packs as `index` does, and makes of it what rows keep; the index is not changed."""

    def __init__(self, embedder: Embedder, index: VectorIndexLike, slot: Slot) -> None:
        self._embedder = embedder
        self._index = index
        self.slot = slot

    async def query(self, text: str) -> array[float] | None:
        """The vector of one text, None where the embedder knows nothing of it."""
        vector = await embed(self._embedder, [text])
        return None if is_zero(vector) else vector

    async def pack(self, texts: Sequence[str], on_progress: Progress | None = None) -> list[bytes | None]:
        """The vector per text as a row keeps it, None where the embedder knows nothing of it."""
        packed: list[bytes | None] = []
        pace = Pace()
        for start in range(0, len(texts), CHUNK):
            packed += await self._pack(texts[start : start + CHUNK])
            if on_progress is not None:
                on_progress(len(packed), len(texts))
            await pace()
        return packed

    async def _pack(self, texts: Sequence[str]) -> list[bytes | None]:
        dim = self._embedder.dim
        flat = await embed(self._embedder, texts)
        said = [not is_zero(flat[at * dim : (at + 1) * dim]) for at in range(len(texts))]
        if not all(said):
            kept = array("f")
            for at, says in enumerate(said):
                if says:
                    kept.extend(flat[at * dim : (at + 1) * dim])
            flat = kept
        rows = self._index.quantize(flat) if flat else b""
        size = dim + 4
        pieces = (rows[at : at + size] for at in range(0, len(rows), size))
        return [self.slot.blob(next(pieces)) if says else None for says in said]
