"""RDF 1.1 N-Triples (https://www.w3.org/TR/n-triples/), line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pramana.errors import InputError
from pramana.graph.packs.lines import MAX_LINE, Line, Lines
from pramana.graph.packs.rdf_terms import Blank, Iri, Literal, Naming, Node, Triple, absolute
from pramana.text.wording import quoted

__all__ = ["facts", "triple_of"]

_ESCAPED = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_IRI = rf'<((?:[^\x00-\x20<>"{{}}|^`\\]|{_ESCAPED})*)>'
_START = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff_:"
)
_INSIDE = rf"{_START}0-9\u00b7\u0300-\u036f\u203f\u2040\-"
_BLANK = rf"_:([{_START}0-9](?:[{_INSIDE}.]*[{_INSIDE}])?)"
_STRING = rf'"((?:[^"\\\n\r]|\\[tbnrf"\'\\]|{_ESCAPED})*)"'
_LANGUAGE = r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*"

_SUBJECT = re.compile(rf"{_IRI}|{_BLANK}")
_PREDICATE = re.compile(_IRI)
_OBJECT = re.compile(rf"{_IRI}|{_BLANK}|{_STRING}(?:\^\^{_IRI}|{_LANGUAGE})?")
_END = re.compile(r"[ \t]*\.[ \t]*(?:#.*)?")
_NOTHING = re.compile(r"[ \t]*(?:#.*)?")
_SPACE = re.compile(r"[ \t]*")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_LETTERS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


def facts(text: str, pack: str) -> Iterator[Line]:
    """Yield the facts of a text (see `rdf_terms`); the names that it does not give come last."""
    lines, naming = Lines(text), Naming(pack)
    for line in lines:
        try:
            triple = triple_of(line.rstrip("\r\n"))
            if triple is not None:
                yield Line(lines.number, naming.fact(triple))
        except InputError as error:
            yield Line(lines.number, {}, error.message)
    for name in naming.names():
        yield Line(lines.number, name)


def triple_of(line: str) -> Triple | None:
    """Return the triple of a line, None if there is none.

    Raises:
        InputError: it is not N-Triples.
    """
    if len(line) > MAX_LINE:
        raise InputError(f"a line has at most {MAX_LINE:,} characters; got {len(line):,}", field="text")
    if _NOTHING.fullmatch(line):
        return None
    at = _skip(line, 0)
    subject = _expect(_SUBJECT, line, at, "a subject: an IRI in <>, or _: and a label")
    at = _skip(line, subject.end())
    predicate = _expect(_PREDICATE, line, at, "a predicate: an IRI in <>")
    at = _skip(line, predicate.end())
    found = _expect(
        _OBJECT, line, at, "an object: an IRI in <>, _: and a label, or a literal in double quotes"
    )
    if not _END.fullmatch(line, found.end()):
        raise InputError(
            _message("a full stop, and then the end of the line", line, found.end()), field="text"
        )
    object_: Node
    if found[3] is not None:
        object_ = Literal(
            _unescaped(found[3]), "" if found[4] is None else absolute(_unescaped(found[4])).iri
        )
    else:
        object_ = _named(found)
    return _named(subject), absolute(_unescaped(predicate[1])), object_


def _skip(line: str, at: int) -> int:
    space = _SPACE.match(line, at)
    return at if space is None else space.end()


def _expect(form: re.Pattern[str], line: str, at: int, expected: str) -> re.Match[str]:
    found = form.match(line, at)
    if found is None:
        raise InputError(_message(expected, line, at), field="text")
    return found


def _message(expected: str, line: str, at: int) -> str:
    return f"expected {expected}; got {quoted(line[at:]) if line[at:].strip() else 'the end of the line'}"


def _named(found: re.Match[str]) -> Iri | Blank:
    return Blank(found[2]) if found[1] is None else absolute(_unescaped(found[1]))


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    if found[3] is not None:
        return _LETTERS[found[3]]
    code = int(found[1] or found[2], 16)
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        raise InputError(f"{found[0]} is no character", field="text")
    return chr(code)
