"""What the kernel-backed classes and their pure-Python references have in common, and what loading them takes."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

from pramana.ports import Buffer, WasmModule

__all__ = [
    "Allow",
    "Assets",
    "Bm25Like",
    "Matches",
    "Ordinals",
    "TextModelLike",
    "VectorIndexLike",
    "Vectors",
    "WasmHost",
]

Vectors: TypeAlias = Any
"""float32 in a flat or row-major buffer (array("f"), NumPy, memoryview, bytes) without a copy, or anything
that can be converted: other dtypes, lists, lists of lists."""

Ordinals: TypeAlias = Any
"""array("I") or another u32 buffer without a copy, or any iterable of integers from 0 to 2**32 - 1."""

Allow: TypeAlias = Buffer | None
"""A bitmap of the ordinals that may be found: `bitmap[o >> 3] >> (o & 7) & 1`; None allows all."""


class Matches(NamedTuple):
    """Rows found, best first: scores descend (higher is better), ties by ascending ordinal."""

    ordinals: array[int]
    """array("I")"""
    scores: array[float]
    """array("f"), as long as `ordinals`"""


class VectorIndexLike(Protocol):
    """Vectors by ordinal, searched exactly or by a quantised scan."""

    dim: int
    metric: str
    storage: str

    def __len__(self) -> int: ...
    def reserve(self, rows: int) -> None:
        """Make room, so that adding up to `rows` more cannot run out of memory."""
        ...

    def add(self, ordinals: Ordinals, rows: Vectors) -> None:
        """Add rows under ordinals not in use."""
        ...

    def update(self, ordinals: Ordinals, rows: Vectors) -> None:
        """Replace the rows of ordinals in use."""
        ...

    def remove(self, ordinals: Ordinals) -> None:
        """Remove rows; their ordinals are free again."""
        ...

    def quantize(self, rows: Vectors) -> bytes:
        """Return packed rows of `dim + 4` bytes each: int8 components, then the f32 scale."""
        ...

    def add_packed(self, ordinals: Ordinals, packed: Buffer) -> None:
        """Add what `quantize` returned (storage "i8" only)."""
        ...

    def get(self, ordinals: Ordinals) -> bytes:
        """Return the rows: packed for storage "i8", float32 for the others."""
        ...

    def search(self, query: Vectors, k: int, *, rescore: int = 0, allow: Allow = None) -> Matches:
        """Return the best `min(k, rows allowed)`; `rescore` 0 means max(40, 4k)."""
        ...

    def search_batch(
        self, queries: Vectors, k: int, *, rescore: int = 0, allow: Allow = None
    ) -> list[Matches]:
        """Return one result per query."""
        ...

    def score(self, query: Vectors, ordinals: Ordinals) -> array[float]:
        """Return the exact score of each row."""
        ...

    def pairwise(self, ordinals: Ordinals) -> array[float]:
        """Return the exact scores of rows against rows, n·n floats, row-major."""
        ...

    def save(self) -> bytes:
        """Return the index as bytes that `load` takes."""
        ...

    def close(self) -> None:
        """Free the index. Closing twice is allowed."""
        ...


class TextModelLike(Protocol):
    """A tokenizer with a vector per token."""

    dim: int
    vocabulary: int

    def tokenize(self, text: str) -> array[int]:
        """Return token ids; what the vocabulary lacks is left out."""
        ...

    def embed(self, texts: Sequence[str]) -> array[float]:
        """Return `len(texts) · dim` floats: unit vectors, or zeros for a text without known tokens."""
        ...

    def close(self) -> None:
        """Free the model. Closing twice is allowed."""
        ...


class Bm25Like(Protocol):
    """Texts by ordinal, in weighted fields, ranked by BM25F."""

    def __len__(self) -> int: ...
    def add(self, ordinals: Ordinals, documents: Sequence[Sequence[str]]) -> None:
        """Add documents, one text per field, under ordinals not in use."""
        ...

    def remove(self, ordinals: Ordinals) -> None:
        """Remove documents; their ordinals are free again."""
        ...

    def search(self, query: str, k: int, *, allow: Allow = None) -> Matches:
        """Return the best `k` of the documents with a positive score."""
        ...

    def score(self, query: str, ordinals: Ordinals) -> array[float]:
        """Return each document's score, 0 without a term of the query."""
        ...

    def terms(self, text: str) -> list[str]:
        """Return the terms that a text is indexed under."""
        ...

    def save(self) -> bytes:
        """Return the index as bytes that `load` takes."""
        ...

    def close(self) -> None:
        """Free the index. Closing twice is allowed."""
        ...


class Assets(Protocol):
    """Where the package's files come from."""

    async def asset(self, name: str) -> bytes:
        """Return a file of the package's data, by its path there ("kernels/manifest.json").

        Raises:
            BootError: it cannot be loaded.
        """
        ...


class WasmHost(Protocol):
    """What executes WebAssembly here."""

    def simd(self) -> bool:
        """Does it run 128-bit SIMD?"""
        ...

    async def instantiate(self, name: str, build: str, wasm: bytes) -> WasmModule:
        """Compile and instantiate a module.

        Raises:
            KernelUnavailableError: it cannot be run here.
        """
        ...
