"""Banks for tests: real kernels and stores, a clock that stands still, embedders whose vectors can be foretold."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pramana.bank.reasoning_bank import ReasoningBank
from pramana.kernels.load import Kernels, load_kernels
from pramana.platform import current
from pramana.store.database import Database
from pramana.store.memory import MemoryStore

DAY_MS = 86_400_000
START_MS = 1_800_000_000_000


@dataclass
class StillClock:
    """Wall time that moves when told."""

    ms: int = START_MS

    def now_ms(self) -> int:
        return self.ms


@dataclass
class WordEmbedder:
    """A bag of words: each word is one of `dim` axes. Words of `silent` say nothing."""

    id: str = "words@1"
    dim: int = 64
    silent: str = "?"
    asked: list[str] = field(default_factory=list)

    async def embed(self, texts: Sequence[str]) -> array[float]:
        self.asked += texts
        flat = array("f", bytes(4 * self.dim * len(texts)))
        for at, text in enumerate(texts):
            for word in text.lower().replace(".", " ").split():
                if self.silent not in word:
                    axis = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4]) % self.dim
                    flat[at * self.dim + axis] += 1.0
        return flat


async def kernels() -> Kernels:
    """The kernels that `pramana.open` would take."""
    return await load_kernels(current(), current(), "auto")


async def open_bank(store: Any = None, **options: Any) -> ReasoningBank:
    """A bank over a fresh memory store, unless another is given."""
    embedder = options.pop("embedder", None) or WordEmbedder()
    options.setdefault("clock", StillClock())
    ours = {name: options.pop(name) for name in ("clock", "read_only", "on_change") if name in options}
    database = await Database.open(store or MemoryStore(), **ours)
    return await ReasoningBank.open(database, await kernels(), embedder, **options)


class Reopenable(MemoryStore):
    """A memory store whose content outlives `close`: what a file is to SQLite."""

    backend = "test"  # a bank folds snapshots into it, which it would not do for "memory"

    async def close(self) -> None:
        self._open = False


class View:
    """One tab's connection to a memory store that others use too: closing it closes nothing else."""

    def __init__(self, store: Reopenable) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def close(self) -> None:
        pass
