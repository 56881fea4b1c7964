"""What every memory is made of besides its store: kernels and an embedder, loaded once per thread."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from typing import Any, TypeAlias

from pramana.app.engine import Engine
from pramana.app.version import VERSION
from pramana.bank.ranking import Ranking
from pramana.bank.reasoning_bank import ReasoningBank
from pramana.embed.static import StaticEmbedder
from pramana.errors import KernelHashError
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.kernels.interfaces import TextModelLike
from pramana.kernels.load import Kernels, load_kernels
from pramana.platform import Platform
from pramana.ports import Embedder, RecordStore
from pramana.store.database import Database

__all__ = ["Parts", "Progress"]

Progress: TypeAlias = Callable[[str, int], None]
"""Told the stage ("kernels", "data", "embedding") and how many memories are loaded, or embedded, so far."""


class _Embedders(threading.local):
    """The embedder in the box, by kernel build; per thread, as the kernels it runs on are."""

    def __init__(self) -> None:
        self.by_build: dict[str, StaticEmbedder] = {}


_embedders = _Embedders()


class Parts:
    """Platform, kernels and embedder of one memory."""

    def __init__(self, platform: Platform, kernels: Kernels, embedder: Embedder) -> None:
        self._platform = platform
        self._kernels = kernels
        self.embedder = embedder

    @classmethod
    async def load(
        cls, platform: Platform, build: str, embedder: Embedder | None, on_progress: Progress | None
    ) -> Parts:
        """Load the kernels, and describe the embedder in the box unless another is given."""
        if on_progress is not None:
            on_progress("kernels", 0)
        kernels = await load_kernels(platform, platform, build)
        return cls(platform, kernels, embedder or await _default_embedder(platform, kernels))

    async def open_engine(
        self,
        store: RecordStore,
        ranking: Ranking | None,
        *,
        read_only: bool,
        on_progress: Progress | None,
        on_change: Callable[[int], None] | None = None,
        reembed: bool = False,
    ) -> Engine:
        """Open `store`, which is closed with the engine, or when opening fails."""
        database = await Database.open(store, read_only=read_only, on_change=on_change)
        bank = await ReasoningBank.open(
            database,
            self._kernels,
            self.embedder,
            ranking=ranking,
            on_loaded=None if on_progress is None else lambda loaded: on_progress("data", loaded),
            about=self._about(),
            reembed=reembed,
            on_embedded=None if on_progress is None else lambda done, _: on_progress("embedding", done),
        )
        return Engine(bank, KnowledgeGraph(database, self._kernels), self._kernels)

    def _about(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "kernels": self._kernels.capabilities(),
            "platform": self._platform.describe(),
        }


async def _default_embedder(platform: Platform, kernels: Kernels) -> StaticEmbedder:
    known = _embedders.by_build.get(kernels.build)
    if known is None:
        about = json.loads(await platform.asset("embedder.json"))

        async def load() -> TextModelLike:
            sve = await platform.asset(about["file"])
            digest = hashlib.sha256(sve).hexdigest()
            if digest != about["sha256"]:
                raise KernelHashError(
                    f"{about['file']} is not the file that was released: clear the site's data, or reinstall",
                    file=about["file"],
                    expected=about["sha256"],
                    got=digest,
                )
            return kernels.text_model(sve)

        known = _embedders.by_build.setdefault(kernels.build, StaticEmbedder(about["id"], about["dim"], load))
    return known
