"""An embedder of one's own: any function from texts to vectors."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["CallableEmbedder"]


class CallableEmbedder:
    """Makes a function an embedder.

    Args:
        function: takes a list of texts, returns as many vectors (2-d array, list of lists or flat float32
            buffer), or an awaitable of them.
        id: names the model *and its version*; it is stored with a database and must match when that is opened
            again.
        dim: floats per vector.
    """

    def __init__(self, function: Callable[[list[str]], Any], *, id: str, dim: int) -> None:
        self.id = id
        self.dim = dim
        self._function = function

    async def embed(self, texts: Sequence[str]) -> Any:
        """Return what the function returns for `texts`."""
        vectors = self._function(list(texts))
        return await vectors if inspect.isawaitable(vectors) else vectors
