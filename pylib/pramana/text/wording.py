"""How messages name what was passed in.

They are read in Python, in JavaScript and in a form, so they use the words of none of these: text, a number, a
list, an object, nothing. What they repeat is cut, since it may be as long as a file.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["instead", "quoted", "shown"]

MAX_SHOWN = 60
"""Characters of a value that a message repeats."""


def shown(value: Any) -> str:
    """Name a value for a message in words that suit Python, JSON and JavaScript alike; long texts are cut."""
    match value:
        case None:
            return "nothing (null)"
        case bool():
            return "true" if value else "false"
        case int():
            return f"{value}" if value.bit_length() <= 128 else "a number of very many digits"
        case float():
            if math.isnan(value):
                return "NaN, which is not a number"
            return f"{value}" if math.isfinite(value) else "an infinite number"
        case str():
            return f"the text {quoted(value)}" if value else "an empty text"
        case bytes() | bytearray() | memoryview():
            return "bytes"
        case Mapping():
            return "an object"
        case list() | tuple():
            return "a list" if value else "an empty list"
        case _:
            return f"a value of type {type(value).__name__}"


def quoted(value: Any) -> str:
    """Return a text in quotes, with what cannot be printed escaped, and cut."""
    words = value if isinstance(value, str) else shown(value)
    return repr(words if len(words) <= MAX_SHOWN else words[: MAX_SHOWN - 1] + "…")


def instead(name: Any, known: Sequence[str], otherwise: str) -> str:
    """Say what an unknown name may have been meant to be: "did you mean …?", or `otherwise` and what is known."""
    if isinstance(name, str):
        # "score" means success_score, though difflib finds the two rather different.
        near = [word for word in known if name.lower() in word.split("_")]
        near = near or difflib.get_close_matches(name[:MAX_SHOWN], known, n=1)
        if near:
            return f"did you mean {near[0]!r}?"
    return f"{otherwise} {', '.join(known)}"
