"""What is named in short before "and": in "stored and reflected cross-site scripting" the first is that as well."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence

from pramana.answers import Entity
from pramana.reason.question import NEAR

__all__ = ["completed"]

_SHORT = re.compile(
    r"([^\W_]+(?:-[^\W_]+)*)\s+(?:and|or|vs\.?|versus|from|than)\s+(?:the\s+|an?\s+)?$", re.IGNORECASE
)


async def completed(
    text: str, entities: Sequence[Entity], link: Callable[[str], Awaitable[list[Entity]]]
) -> list[Entity]:
    """Return the entities, with those added whose last words follow later.

    Args:
        text: the question.
        entities: what was found in it, in its order.
        link: finds the terms that a text names.
    """
    found: list[Entity] = []
    for one in entities:
        cut = max(0, one.start - NEAR)
        before = _SHORT.search(text[cut : one.start])
        if before and not any(
            other.start < cut + before.end(1) and cut + before.start(1) < other.end for other in entities
        ):
            found += await _whole(before, cut, one, link)
        found.append(one)
    return found


async def _whole(
    before: re.Match[str], cut: int, entity: Entity, link: Callable[[str], Awaitable[list[Entity]]]
) -> list[Entity]:
    words = entity.mention.split()
    for first in range(1, len(words)):
        name = f"{before[1]} {' '.join(words[first:])}"
        for named in await link(name):
            if (named.start, named.end) == (0, len(name)) and named.how in {"exact", "plural", "alias"}:
                return [
                    Entity(
                        before[1],
                        cut + before.start(1),
                        cut + before.end(1),
                        named.term,
                        named.how,
                        named.score,
                    )
                ]
    return []
