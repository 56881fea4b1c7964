"""The text kernel in pure Python: the embedding model, and the BM25F index of `bm25.py`."""

from __future__ import annotations

import math
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from struct import unpack_from
from typing import NoReturn

from pramana.errors import ClosedError, InputError
from pramana.kernels.buffers import as_bytes, as_utf8
from pramana.kernels.reference.bm25 import ReferenceBm25
from pramana.kernels.reference.words import fold, is_ideograph
from pramana.kernels.statuses import raise_status
from pramana.ports import Buffer
from pramana.protocol import LIMITS, STATUS

__all__ = ["ReferenceBm25", "ReferenceTextModel"]

_HEADER_BYTES = 20
_ALIGN = 16
_MAX_WORD_CHARS = 100
_ROWS_CACHED = 4096


@lru_cache(maxsize=4096)
def _is_dropped(character: str) -> bool:
    """Is this a control character to BERT? Unassigned characters are none."""
    if character in "\t\n\r":
        return False
    return character == "\ufffd" or unicodedata.category(character) in ("Cc", "Cf", "Co")


@lru_cache(maxsize=4096)
def _is_space(character: str) -> bool:
    return character in "\t\n\r" or unicodedata.category(character)[0] == "Z"


@lru_cache(maxsize=4096)
def _is_punctuation(character: str) -> bool:
    if "!" <= character <= "~":
        return not character.isalnum()
    return unicodedata.category(character)[0] == "P"


def basic_tokens(text: str) -> Iterator[str]:
    """Yield the words of BERT's BasicTokenizer (uncased): split at space and around punctuation and ideographs."""
    word: list[str] = []
    for character in text:
        if _is_dropped(character):
            continue
        apart = is_ideograph(character)
        if word and (apart or _is_space(character)):
            yield "".join(word)
            word.clear()
        if _is_space(character):
            continue
        for part in fold(character):
            if _is_punctuation(part):
                if word:
                    yield "".join(word)
                    word.clear()
                yield part
            else:
                word.append(part)
        if word and apart:
            yield "".join(word)
            word.clear()
    if word:
        yield "".join(word)


class ReferenceTextModel:
    """A WordPiece tokenizer with a static embedding per token, in float64.

    Args:
        sve: the model file ("SVE1").

    Raises:
        CorruptError: `sve` is not such a file.
    """

    def __init__(self, sve: Buffer) -> None:
        data = memoryview(as_bytes(sve, "sve")[0]).cast("B")
        if len(data) < _HEADER_BYTES or bytes(data[:4]) != b"SVE1":
            _refuse()
        self.vocabulary, self.dim, self._bits, size = unpack_from("<4I", data, 4)
        if self._bits not in (4, 8) or not 0 < self.dim <= LIMITS["max_dim"] or self.dim * self._bits % 8:
            _refuse()
        self._row_bytes = self.dim * self._bits // 8
        scales_at = _aligned(_HEADER_BYTES + size)
        rows_at = _aligned(scales_at + 2 * self.vocabulary)
        if len(data) != rows_at + self.vocabulary * self._row_bytes:
            _refuse()
        paddings = (data[_HEADER_BYTES + size : scales_at], data[scales_at + 2 * self.vocabulary : rows_at])
        if any(any(padding) for padding in paddings):
            _refuse()
        try:
            pieces = bytes(data[_HEADER_BYTES : _HEADER_BYTES + size]).decode().split("\n")
        except UnicodeDecodeError:
            _refuse()
        self._ids = {piece: index for index, piece in enumerate(pieces)}
        if len(self._ids) != self.vocabulary or len(pieces) != self.vocabulary or "" in self._ids:
            _refuse()
        self._longest = max(len(piece.removeprefix("##")) for piece in pieces)
        self._scales: tuple[float, ...] = unpack_from(f"<{self.vocabulary}e", data, scales_at)
        if not all(map(math.isfinite, self._scales)):
            _refuse()
        self._rows = bytes(data[rows_at:])
        self._row = lru_cache(maxsize=_ROWS_CACHED)(self._scaled_row)
        self._open = True

    def tokenize(self, text: str) -> array[int]:
        """Return the token ids of `text` as array("I"); a word with an unknown part is left out.

        Raises:
            InputError: `text` is no string, or holds a lone surrogate.
        """
        self._check_open()
        as_utf8(text)
        ids = array("I")
        for word in basic_tokens(text):
            ids.extend(self._pieces(word))
        return ids

    def _pieces(self, word: str) -> list[int]:
        """The ids of the longest pieces, from the left; none if a part of the word is unknown."""
        if len(word) > _MAX_WORD_CHARS:
            return []
        ids: list[int] = []
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            for end in range(min(len(word), start + self._longest), start, -1):
                found = self._ids.get(mark + word[start:end])
                if found is not None:
                    break
            else:
                return []
            ids.append(found)
            start = end
        return ids

    def embed(self, texts: Sequence[str]) -> array[float]:
        """Return `len(texts) · dim` floats, row-major: unit vectors, zeros for a text without known tokens.

        Raises:
            InputError: a text is no string, or holds a lone surrogate (`details["index"]` names it).
        """
        self._check_open()
        if isinstance(texts, str):
            raise InputError("texts is a sequence of strings, not one string", field="texts")
        for index, text in enumerate(texts):
            as_utf8(text, field="texts", index=index)
        vectors = array("f")
        for text in texts:
            rows = [self._row(token) for token in self.tokenize(text)]
            total = list(map(math.fsum, zip(*rows, strict=True))) if rows else [0.0] * self.dim
            norm = math.sqrt(math.fsum(value * value for value in total)) or 1.0
            vectors.extend(value / norm for value in total)
        return vectors

    def _scaled_row(self, token: int) -> list[float]:
        packed = self._rows[token * self._row_bytes : (token + 1) * self._row_bytes]
        scale = self._scales[token]
        if self._bits == 8:
            return [scale * level for level in memoryview(packed).cast("b")]
        return [scale * ((byte >> shift & 15) - 8) for byte in packed for shift in (0, 4)]

    def close(self) -> None:
        """Close the model; using it afterwards raises ClosedError."""
        self._open = False

    def _check_open(self) -> None:
        if not self._open:
            raise ClosedError("the text model was closed")


def _aligned(at: int) -> int:
    return -(-at // _ALIGN) * _ALIGN


def _refuse() -> NoReturn:
    raise_status("text", "model_load", STATUS["bad_format"])
