"""The text kernel's static embedding model and its BM25F index (docs/abi.md, "text")."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from struct import unpack_from
from typing import Any

from pramana.errors import InputError
from pramana.kernels.buffers import as_bytes, as_u32, as_utf8, check_k
from pramana.kernels.exports import KernelObject
from pramana.kernels.interfaces import Allow, Matches, Ordinals
from pramana.ports import Buffer, WasmModule
from pramana.protocol import LIMITS

__all__ = ["Bm25Index", "TextModel"]

_TEXTS_PER_CALL = 1024
"""Bounds the kernel's result buffer, and how long a call takes."""

_LARGEST = LIMITS["max_bm25_parameter"]
"""Of a weight and of k1, and its reciprocal the smallest weight but 0: within these, float32 scores cannot overflow."""

_FIELDS_AT = 8  # after magic and version: u32 fields


class TextModel(KernelObject):
    """A WordPiece tokenizer with a static embedding per token.

    Args:
        module: the text kernel.
        sve: the model file ("SVE1"); the kernel keeps its own copy.

    Raises:
        CorruptError: `sve` is not such a file.
    """

    _what = "text model"

    dim: int
    vocabulary: int

    def __init__(self, module: WasmModule, sve: Buffer) -> None:
        super().__init__(module)
        self._load("model_load", *as_bytes(sve, "sve"))
        self.dim = self._call("model_dim")
        self.vocabulary = self._call("model_vocab")

    def tokenize(self, text: str) -> array[int]:
        """Return the token ids of `text` as array("I"); pieces that the vocabulary lacks are left out.

        Raises:
            InputError: `text` is no string, or holds a lone surrogate.
        """
        handle = self._live()
        encoded = as_utf8(text)
        ptr = self._scratch.place("text", encoded, len(encoded))
        status = self._export("tokenize")(handle, ptr, len(encoded))
        self._scratch.trim()
        if status < 0:
            self._fail("tokenize", status)
        return array("I", self._whole_result())

    def embed(self, texts: Sequence[str]) -> array[float]:
        """Return `len(texts) · dim` floats, row-major: unit vectors, zeros for a text without known tokens.

        Raises:
            InputError: a text is no string, or holds a lone surrogate (`details["index"]` names it).
        """
        self._live()
        if isinstance(texts, str):
            raise InputError("texts is a sequence of strings, not one string", field="texts")
        encoded = [as_utf8(text, field="texts", index=index) for index, text in enumerate(texts)]
        vectors = array("f")
        for start in range(0, len(encoded), _TEXTS_PER_CALL):
            vectors.frombytes(self._embed(encoded[start : start + _TEXTS_PER_CALL]))
        return vectors

    def _embed(self, encoded: list[bytes]) -> bytes:
        lengths = array("I", map(len, encoded))
        text = b"".join(encoded)
        lens_ptr = self._scratch.place("lengths", lengths, 4 * len(lengths))
        text_ptr = self._scratch.place("text", text, len(text))
        status = self._export("embed")(self._handle, len(encoded), lens_ptr, text_ptr)
        self._scratch.trim()
        if status < 0:
            self._fail("embed", status)
        return self._result(4 * len(encoded) * self.dim)


class Bm25Index(KernelObject):
    """Documents by ordinal, their fields weighted as in BM25F.

    Args:
        module: the text kernel; any number of indexes share one.
        weights: one per field, each 0 or from 1e-6 to 1e6.
        k1: term-frequency saturation, 0 to 1e6.
        b: length normalisation, 0 to 1.

    Raises:
        InputError: a parameter is out of range.
    """

    _what = "BM25 index"

    fields: int

    def __init__(
        self, module: WasmModule, *, weights: Sequence[float], k1: float = 1.2, b: float = 0.75
    ) -> None:
        floats = _weights(weights)
        _check_parameters(k1, b)
        super().__init__(module)
        self.fields = len(floats)
        ptr = self._scratch.place("weights", floats, 4 * len(floats))
        self._create("bm25_create", len(floats), ptr, k1, b)

    @classmethod
    def load(cls, module: WasmModule, data: Buffer) -> Bm25Index:
        """Return the index that `save` wrote.

        Raises:
            CorruptError: the bytes are cut off, changed, or something else.
        """
        buffer, size = as_bytes(data, "data")
        index = cls.__new__(cls)
        KernelObject.__init__(index, module)
        index._load("bm25_load", buffer, size)
        # The kernel has verified the checksum, so the count can be trusted.
        (index.fields,) = unpack_from("<I", buffer, _FIELDS_AT)
        return index

    def __len__(self) -> int:
        return self._call("bm25_len")

    def add(self, ordinals: Ordinals, documents: Sequence[Sequence[str]]) -> None:
        """Add documents under ordinals not in use; of a bad batch nothing is added.

        Args:
            ordinals: n integers.
            documents: n documents, each one text per field ("" for none).

        Raises:
            InputError: another number of documents, or of texts in one; a text that is no string or holds a
                lone surrogate (`details["index"]` names the document); an ordinal in use or repeated.
            KernelError: the kernel is out of memory.
        """
        handle = self._live()
        which, count = as_u32(ordinals)
        if len(documents) != count:
            raise InputError(
                f"{count} ordinals for {len(documents)} documents",
                field="ordinals",
                expected=len(documents),
                got=count,
            )
        if not count:
            return
        encoded = [part for index, document in enumerate(documents) for part in self._encode(index, document)]
        lengths = array("I", map(len, encoded))
        text = b"".join(encoded)
        at = self._scratch.place("ordinals", which, 4 * count)
        lens_ptr = self._scratch.place("lengths", lengths, 4 * len(lengths))
        text_ptr = self._scratch.place("text", text, len(text))
        self._finish("bm25_add", self._export("bm25_add")(handle, count, at, lens_ptr, text_ptr))

    def _encode(self, index: int, document: Sequence[str]) -> list[bytes]:
        if isinstance(document, str) or len(document) != self.fields:
            got = "one string" if isinstance(document, str) else f"{len(document)} texts"
            raise InputError(
                f"document {index} has {got} where {self.fields} fields belong",
                field="documents",
                index=index,
            )
        return [as_utf8(text, field="documents", index=index) for text in document]

    def remove(self, ordinals: Ordinals) -> None:
        """Remove documents.

        Raises:
            InputError: an ordinal is not in the index; nothing was removed.
        """
        handle = self._live()
        which, count = as_u32(ordinals)
        if count:
            ptr = self._scratch.place("ordinals", which, 4 * count)
            self._finish("bm25_remove", self._export("bm25_remove")(handle, count, ptr))

    def search(self, query: str, k: int, *, allow: Allow = None) -> Matches:
        """Return the best `k` of the documents with a positive score.

        Raises:
            InputError: `k` is out of range; `query` is no string or holds a lone surrogate.
        """
        handle = self._live()
        check_k(k)
        ptr, size = self._place_query(query)
        bitmap, bitmap_size = self._place_allow(allow)
        found = self._export("bm25_search")(handle, ptr, size, k, bitmap, bitmap_size)
        if found < 0:
            self._fail("bm25_search", found)
        return self._matches(found)

    def score(self, query: str, ordinals: Ordinals) -> array[float]:
        """Return each document's score, 0 without a term of the query.

        Raises:
            InputError: an ordinal is not in the index; `query` is no string or holds a lone surrogate.
        """
        handle = self._live()
        ptr, size = self._place_query(query)
        which, count = as_u32(ordinals)
        at = self._scratch.place("ordinals", which, 4 * count)
        self._finish("bm25_score", self._export("bm25_score")(handle, ptr, size, count, at))
        return array("f", self._result(4 * count))

    def terms(self, text: str) -> list[str]:
        """Return the terms that `text` is indexed under: stemmed words, then bigrams."""
        self._live()
        self._call("bm25_terms", *self._place_query(text))
        joined = self._whole_result().decode()
        return joined.split("\n") if joined else []

    def save(self) -> bytes:
        """Return the index as bytes with a checksum, for `load`."""
        self._call("bm25_save")
        data = self._whole_result()
        self._release_result("bm25_len")
        return data

    def _place_query(self, text: str) -> tuple[int, int]:
        encoded = as_utf8(text, field="query")
        return self._scratch.place("query", encoded, len(encoded)), len(encoded)

    def _finish(self, export: str, status: int) -> None:
        self._scratch.trim()
        if status < 0:
            self._fail(export, status)


def _weights(weights: Sequence[float]) -> array[float]:
    try:
        floats = array("f", weights)
    except TypeError as error:
        raise InputError(f"weights are numbers: {error}", field="weights") from error
    # As float32, since that is what the kernel compares: 1e-6 is not the nearest double to its float32.
    (lightest,) = array("f", [1 / _LARGEST])
    if not any(floats) or not all(weight == 0 or lightest <= weight <= _LARGEST for weight in floats):
        raise InputError(
            f"weights are 0 or from {1 / _LARGEST} to {_LARGEST}, and not all 0", field="weights"
        )
    return floats


def _check_parameters(k1: Any, b: Any) -> None:
    for name, value, most in (("k1", k1, _LARGEST), ("b", b, 1)):
        if not isinstance(value, (int, float)) or not 0 <= value <= most:  # a NaN is neither
            raise InputError(f"{name} is a number from 0 to {most}, got {value!r}", field=name)
