"""Ways of speaking that are read as plainer ones: "none of the", "both … and", "is neither … nor"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pramana.graph.english.lexicon import CONJUNCTIONS
from pramana.graph.english.tokens import Token

__all__ = ["begins_with_neither", "reworded"]


def reworded(tokens: Sequence[Token]) -> Sequence[Token]:
    """Return the tokens in plainer words, each where it stood in the text.

    "None of the cats" is "no cats", "both Anne and Bob" is "Anne and Bob", "is neither red nor kind" is "is not red
    and not kind". What does not go on like that is left as it is, and refused later.
    """
    said: list[Token] = []
    joined = False
    for place, token in enumerate(tokens):
        before, following = _word(tokens, place - 1), _word(tokens, place + 1)
        if token.word == "none" and following == "of" and _word(tokens, place + 2) == "the":
            said.append(replace(token, word="no"))
        elif token.word == "neither" and before in {"is", "are"} and "nor" in _words(tokens[place:]):
            joined = True
            said.append(replace(token, word="not"))
        elif token.word == "nor" and joined:
            said += [replace(token, word="and"), replace(token, word="not")]
        elif not _is_left_out(tokens, place):
            said.append(token)
    return said


def _words(tokens: Sequence[Token]) -> list[str]:
    return [token.word for token in tokens]


def _word(tokens: Sequence[Token], place: int) -> str:
    return tokens[place].word if 0 <= place < len(tokens) else ""


def _is_left_out(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word is "of" or "the" after "none", or a "both" before two."""
    if tokens[place].word == "both":
        return _joins_two(tokens[place + 1 :])
    starts = (start for start in (place - 1, place - 2) if start >= 0)
    return any(_words(tokens[start : start + 3]) == ["none", "of", "the"] for start in starts)


def _joins_two(tokens: Sequence[Token]) -> bool:
    """Whether what follows "both" is two things: one "and" before the condition or the sentence ends."""
    words = _words(tokens)
    end = next((place for place, word in enumerate(words) if word in {"if", "then"}), len(words))
    joints = [place for place, word in enumerate(words[:end]) if word in CONJUNCTIONS]
    commas = any(token.kind == "comma" for token in tokens[:end])
    return len(joints) == 1 and 0 < joints[0] < end - 1 and not commas and words[0] != "of"


def begins_with_neither(tokens: Sequence[Token], place: int) -> bool:
    """Whether a "neither" or "nor" at a place belongs to a subject ("Neither Tom nor Bob is rich")."""
    words = _words(tokens[: place + 1])
    start = max((at for at, word in enumerate(words) if word == "neither"), default=-1)
    opens = start == 0 or (
        start > 0 and (words[start - 1] in {"if", "then"} or tokens[start - 1].kind == "comma")
    )
    return opens and "nor" in _words(tokens[start:])
