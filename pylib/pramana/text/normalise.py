"""When two texts count as the same: NFC, case-folded, white space folded."""

from __future__ import annotations

import hashlib
import unicodedata

__all__ = ["normalise", "text_key"]


def normalise(text: str) -> str:
    """Return the form in which texts are compared; idempotent.

    Case folding can undo NFC ("ΐ" becomes three characters), so it is composed again afterwards.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFC", text).casefold()
    return " ".join(unicodedata.normalize("NFC", folded).split())


def text_key(text: str) -> int:
    """64 bits that equal texts (after `normalise`) share; others share them with probability 2⁻⁶⁴."""
    return int.from_bytes(hashlib.blake2b(normalise(text).encode(), digest_size=8).digest())
