"""How RDF is stated in the graph's terms.

- An IRI is a term as it is, whole and exact, so that no two ever become one, in whatever order packs are loaded. One
  of a form in which case would not count (`mailto:…`) becomes `urn:iri:mailto:…`.
- A blank node belongs to its pack: `urn:blank:<pack>:<label>`.
- A literal is a text: its lexical form, without its language and datatype. A number is the decimal text that numbers
  have everywhere in the graph ("18", not "18.0" or "1.8E1"), a boolean true or false. What is not of its datatype is
  refused.
- `rdf:type` is the predicate `is`; `rdfs:label`, `skos:prefLabel` and `skos:altLabel` of a literal are `called`. A
  subject or object IRI that has no such name is called by what follows its last "#", "/" or ":", unescaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import quote, unquote

from pramana.errors import InputError
from pramana.knowledge import IS
from pramana.text.terms import key_of, spelled
from pramana.text.wording import quoted

__all__ = ["CALLED", "Blank", "Iri", "Literal", "Naming", "Node", "Triple", "absolute"]

CALLED = "called"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
LABELS = frozenset(
    {
        "http://www.w3.org/2000/01/rdf-schema#label",
        "http://www.w3.org/2004/02/skos/core#prefLabel",
        "http://www.w3.org/2004/02/skos/core#altLabel",
    }
)
WHOLE = frozenset(
    f"{sign}{kind}"
    for sign, kinds in {
        "": ("integer", "long", "int", "short", "byte"),
        "unsigned": ("Long", "Int", "Short", "Byte"),
        "non": ("NegativeInteger", "PositiveInteger"),
        "negative": ("Integer",),
        "positive": ("Integer",),
    }.items()
    for kind in kinds
)

_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DOUBLE = re.compile(_DECIMAL.pattern + r"(?:[eE][+-]?[0-9]{1,3})?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_OURS = re.compile(r"urn:(?:iri|blank):", re.IGNORECASE)
_BOOLEANS = {"true": "true", "1": "true", "false": "false", "0": "false"}


class Iri(NamedTuple):
    """An absolute IRI."""

    iri: str


class Blank(NamedTuple):
    """A blank node, by its label within the text."""

    label: str


class Literal(NamedTuple):
    """A literal, by its lexical form."""

    text: str
    datatype: str = ""


Node: TypeAlias = "Iri | Blank | Literal"
Triple: TypeAlias = "tuple[Iri | Blank, Iri, Node]"


class Naming:
    """Turns triples of one pack into facts, and knows which IRIs still need a name."""

    def __init__(self, pack: str) -> None:
        self._blank = f"urn:blank:{quote(pack, safe='')}:"
        self._named: dict[str, bool] = {}
        """By subject or object IRI."""
        self._terms: dict[str, str] = {}
        """By IRI: most come many times, and are checked once."""

    def fact(self, triple: Triple) -> dict[str, Any]:
        """Return a triple as arguments of `add`.

        Raises:
            InputError: an IRI cannot be a term, or a literal is not of its datatype.
        """
        subject, predicate, object_ = triple
        about, relation, value = self._term(subject), self._term(predicate), self._term(object_)
        label = predicate.iri in LABELS and isinstance(object_, Literal)
        if isinstance(subject, Iri):
            self._named[subject.iri] = label or self._named.get(subject.iri, False)
        if isinstance(object_, Iri):
            self._named.setdefault(object_.iri, False)
        if label:
            relation = CALLED
        elif predicate.iri == RDF + "type":
            relation = IS
        return {"subject": about, "predicate": relation, "object": value}

    def names(self) -> Iterator[dict[str, Any]]:
        """Yield the names of the IRIs that the triples gave none."""
        for iri, named in self._named.items():
            local = re.split(r"[#/:]", iri)[-1]
            try:
                name = (
                    None if named or not local else spelled(unquote(local, errors="strict").replace("_", " "))
                )
            except (InputError, UnicodeDecodeError):
                continue
            if name is not None:
                yield {"subject": self._terms[iri], "predicate": CALLED, "object": name}

    def _term(self, node: Node) -> str:
        match node:
            case Iri(iri):
                if iri not in self._terms:
                    self._terms[iri] = _term_of(iri)
                return self._terms[iri]
            case Blank(label):
                return _exact(self._blank + label)
            case Literal(text, datatype):
                return _literal(text, datatype)


def absolute(iri: str) -> Iri:
    """Return an IRI.

    Raises:
        InputError: it is relative.
    """
    if not _SCHEME.match(iri):
        raise InputError(f"an IRI must be absolute: {quoted(iri)} has no scheme", field="iri")
    return Iri(iri)


def _term_of(iri: str) -> str:
    # Whether case counts shows in the key of one that has both.
    exact = key_of(iri + "Aa") == iri + "Aa" and not _OURS.match(iri)
    return _exact(iri if exact else f"urn:iri:{iri}")


def _exact(term: str) -> str:
    """Return a term that is spelled as it is; another would become one with what it is spelled as."""
    if spelled(term, "an IRI") != term:
        raise InputError(f"an IRI must be in NFC and without white space; got {quoted(term)}", field="iri")
    return term


def _literal(text: str, datatype: str) -> str:
    kind = datatype.removeprefix(XSD) if datatype.startswith(XSD) else ""
    words = text.strip()
    if kind in WHOLE and _INTEGER.fullmatch(words):
        return _plain(words)
    if kind == "decimal" and _DECIMAL.fullmatch(words):
        return _plain(words)
    if kind in ("double", "float"):
        if words in ("INF", "+INF", "-INF", "NaN"):
            return words
        if _DOUBLE.fullmatch(words):
            return _plain(words)
    if kind == "boolean" and words in _BOOLEANS:
        return _BOOLEANS[words]
    if kind in WHOLE | {"decimal", "double", "float", "boolean"}:
        raise InputError(f"{quoted(text)} is no xsd:{kind}", field="object")
    return text


def _plain(words: str) -> str:
    """A number as decimal text, exactly: no exponent, no zeros that say nothing."""
    number = f"{Decimal(words):f}".removeprefix("+")
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    return "0" if number in ("-0", "") else number
