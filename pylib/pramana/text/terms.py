"""What may name something in the knowledge graph, how it is spelled, and when two spellings name the same."""

from __future__ import annotations

import math
import re
import sys
import unicodedata
from decimal import Decimal
from typing import Any

from pramana.errors import InputError
from pramana.text.normalise import normalise
from pramana.text.wording import quoted, shown

__all__ = ["MAX_TERM", "key_of", "number_of", "predicate_of", "spelled"]

MAX_TERM = 1000
"""Characters of a term."""

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|[Uu][Rr][Nn]:")
_LARGEST = int(sys.float_info.max)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def spelled(text: Any, field: str = "term") -> str:
    """Return a term as it is stored: NFC, runs of white space folded to one space, none at the ends.

    Args:
        text: a text, or a finite number, which becomes its shortest decimal text (18.0 is "18").
        field: named in the error.

    Raises:
        InputError: neither a text nor a finite number; empty; over `MAX_TERM` characters; a control character or
            half of a surrogate pair in it; or it begins with "?", which is a variable's mark.
    """
    words = text if isinstance(text, str) else _decimal(text, field)
    if len(words) > 8 * MAX_TERM:  # before NFC, which takes its time; so much white space is no name either
        raise _refused(field, f"at most {MAX_TERM:,} characters", f"{len(words):,}")
    words = " ".join(unicodedata.normalize("NFC", words).split())
    if not words:
        raise _refused(field, "a text that is not empty", "an empty or blank text")
    if len(words) > MAX_TERM:
        raise _refused(field, f"at most {MAX_TERM:,} characters", f"{len(words):,}")
    if words.startswith("?"):
        raise _refused(field, 'a text that does not begin with "?" (that is a variable)', quoted(words))
    for character in () if words.isprintable() else words:
        if unicodedata.category(character) in {"Cc", "Cs"}:
            accepted = "a text without control characters and halves of surrogates"
            raise _refused(field, accepted, quoted(character))
    return words


def key_of(term: str) -> str:
    """Return what a spelled term's identity goes by: without case, except that an IRI is exact."""
    return term if _IRI.match(term) else normalise(term)


def predicate_of(text: Any, field: str = "predicate") -> str:
    """Return a predicate as it is stored: spelled, with "_" for spaces ("vulnerable to" is vulnerable_to).

    Raises:
        InputError: as `spelled`.
    """
    return spelled(text, field).replace(" ", "_")


def number_of(term: str) -> float | None:
    """Return the value of a spelled term that is a decimal number in ASCII digits, else None.

    A number too large for a float has no value to compare by: None as well.
    """
    if not _NUMBER.fullmatch(term):
        return None
    value = float(term)
    return value if math.isfinite(value) else None


def _decimal(value: Any, field: str) -> str:
    """Return the shortest decimal text that reads back as the number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _refused(field, "a text or a number", shown(value))
    if isinstance(value, int):
        if abs(value) > _LARGEST:
            raise _refused(field, "a number below 1.8e308, or a text", shown(value))
        return str(value)
    if not math.isfinite(value):
        raise _refused(field, "a finite number", shown(value))
    return f"{Decimal(repr(value + 0.0)):f}".removesuffix(".0")  # −0.0 + 0.0 is 0.0


def _refused(field: str, accepted: str, got: str) -> InputError:
    return InputError(f"{field} must be {accepted}; got {got}", field=field, accepted=accepted)
