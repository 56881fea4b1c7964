"""The manners of asking, which cannot change an answer: greetings, "please", "could you tell me", thanks."""

from __future__ import annotations

import re

__all__ = ["MANNERS", "blanked", "without_manners"]

_WH = r"(?:who|whom|whose|what|which|when|where|why|how)\b"
_TELL = r"(?:explain|list|show|describe|compare|name|find|give|tell|can|could|would|will|do|does|is|are)\b"
_TELL_ME = (
    r"(?:(?:can|could|would|will) (?:you|anyone|anybody|someone|somebody) (?:please )?tell me|tell me"
    r"|(?:do|does) (?:you|anyone|anybody|someone|somebody) (?:happen to )?know"
    r"|i(?:'d| would) like to know|i want to know|i(?: was)? wonder(?:ing)?)"
)
MANNERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[,.?] ?(?:please|thanks|thank you)[.!?]*$",
        r"^\s*(?:hi|hello|hey|ok|okay|so|well)[,!] ",
        rf"^\s*please,? (?={_WH}|{_TELL})",
        rf"^\s*{_TELL_ME},? (?={_WH})",
    )
)
"""In this order; each looks at what the ones before left."""


def blanked(text: str, start: int, end: int) -> str:
    """The text with spaces for a part, so that places in it stay."""
    return f"{text[:start]}{' ' * (end - start)}{text[end:]}"


def without_manners(text: str) -> str:
    """Return a text of the same length with spaces for manners."""
    for pattern in MANNERS:
        found = pattern.search(text.rstrip())
        if found:
            text = blanked(text, *found.span())
    return text
