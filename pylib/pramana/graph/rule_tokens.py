"""The words of the rule language: names, variables, quoted names and signs, each with its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from pramana.errors import RuleError

__all__ = ["KEYWORDS", "OPERATORS", "Token", "failed", "is_bare", "is_variable_name", "tokens"]

OPERATORS = frozenset({"=", "!=", "<", "<=", ">", ">="})
KEYWORDS = frozenset({"and", "not", "unless"})
"""They have their meaning outside parentheses only, but are quoted everywhere when printed."""

_SPACE = re.compile(r"(?:\s+|#[^\n]*)*")
_SIGN = re.compile(r"=>|<=|>=|!=|[=<>()&,@]")
_QUOTED = re.compile(r'"(?:[^"\\\n]|\\["\\])*"')
_NAME = re.compile(r"[\w\-.:/]*")
_VARIABLE = re.compile(r"[\w\-]*")
_ESCAPED = re.compile(r'\\(["\\])')


class Token(NamedTuple):
    """`kind` is "word", "quoted", "variable", "end", or the sign itself ("&" for ","); `value` is without quotes."""

    kind: str
    value: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text, the last one of kind "end".

    Raises:
        RuleError: a character that begins no token, a quote that is not closed, two names that touch.
    """
    at = _space_end(text, 0)
    while at < len(text):
        token = _token(text, at)
        yield token
        if token.kind in {"word", "quoted", "variable"}:
            _expect_gap(text, token)
        at = _space_end(text, token.end)
    yield Token("end", "", len(text), len(text))


def is_bare(name: str) -> bool:
    """Whether a name needs no quotes."""
    return bool(name) and _name_end(_NAME, name, 0) == len(name) and name not in KEYWORDS


def is_variable_name(term: str) -> bool:
    """Whether a term is "?" and a name that the language can spell, in NFC."""
    named = len(term) > 1 and term[0] == "?" and _name_end(_VARIABLE, term, 1) == len(term)
    return named and unicodedata.is_normalized("NFC", term)


def failed(text: str, at: int, problem: str, **details: str) -> RuleError:
    """Return the error for a problem at a character of a text; its message begins with line and character."""
    line = text.count("\n", 0, at) + 1
    column = at - text.rfind("\n", 0, at)
    return RuleError(f"line {line}, character {column}: {problem}", field="rule", at=at, line=line, **details)


def _token(text: str, at: int) -> Token:
    if sign := _SIGN.match(text, at):
        kind = "&" if sign[0] == "," else sign[0]
        return Token(kind, sign[0], at, sign.end())
    if text[at] == '"':
        quoted = _QUOTED.match(text, at)
        if not quoted:
            raise failed(
                text, at, r'a quoted name ends with " on its line; write \" and \\ for a quote or a \ in it'
            )
        return Token("quoted", _ESCAPED.sub(r"\1", quoted[0][1:-1]), at, quoted.end())
    if text[at] == "?":
        end = _name_end(_VARIABLE, text, at + 1)
        if end == at + 1:
            raise failed(text, at, 'a variable is "?" and a name of letters, digits, "-" and "_"')
        return Token("variable", unicodedata.normalize("NFC", text[at:end]), at, end)
    end = _name_end(_NAME, text, at)
    if end == at:
        raise failed(text, at, f"{text[at]!r} means nothing here; a name that holds it stands in quotes")
    return Token("word", text[at:end], at, end)


def _name_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Return where a name ends: letters, digits, some signs, and the marks that combine with them."""
    while True:
        match = pattern.match(text, at)
        end = match.end() if match else at
        while end < len(text) and unicodedata.category(text[end])[0] == "M":
            end += 1
        if end == at:
            return at
        at = end


def _space_end(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _expect_gap(text: str, token: Token) -> None:
    after = token.end
    if after < len(text) and (text[after] in '"?#' or _name_end(_NAME, text, after) > after):
        problem = (
            f"{text[token.start : after]} and {text[after]!r} touch: put a space between, or quote the name"
        )
        raise failed(text, after, problem)
