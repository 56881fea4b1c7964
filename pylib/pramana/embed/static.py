"""The embedder in the box: a static (Model2Vec-style) token embedding, run by the text kernel.

Order-blind and weaker on paraphrase than a transformer, but it needs no network and takes microseconds.
"""

from __future__ import annotations

from array import array
from collections.abc import Awaitable, Callable, Sequence

from pramana.kernels.interfaces import TextModelLike

__all__ = ["StaticEmbedder"]


class StaticEmbedder:
    """Embeds with a model that is loaded when it is first needed: opening a database does not need it.

    Args:
        id: the model's name, stored with a database.
        dim: floats per vector.
        load: returns the model; called once, and again only if it raised.
    """

    def __init__(self, id: str, dim: int, load: Callable[[], Awaitable[TextModelLike]]) -> None:
        self.id = id
        self.dim = dim
        self._load = load
        self._model: TextModelLike | None = None

    async def embed(self, texts: Sequence[str]) -> array[float]:
        """Return a flat array of unit vectors; a text without a known token is the zero vector."""
        return (await self._loaded()).embed(texts)

    async def knows(self, words: Sequence[str]) -> list[bool]:
        """Return of each word whether it is one of the model's, and so no slip of the keyboard."""
        model = await self._loaded()
        return [len(model.tokenize(word)) == 1 for word in words]

    async def _loaded(self) -> TextModelLike:
        if self._model is None:
            self._model = await self._load()
        return self._model
