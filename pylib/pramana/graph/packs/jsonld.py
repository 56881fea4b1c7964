"""JSON-LD 1.1, read by rdflib, which is an extra (`pramana[rdf]`). Nothing is fetched: contexts must be in the text."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from typing import Any, cast

from pramana.errors import InputError
from pramana.graph.packs.lines import Line
from pramana.graph.packs.rdf_terms import Blank, Literal, Naming, Node, Triple, absolute
from pramana.text.json_input import parse_json
from pramana.text.wording import quoted, shown

__all__ = ["MAX_TEXT", "facts"]

MAX_TEXT = 1_000_000
"""Characters: JSON is parsed in one stretch."""
MAX_NODE = 50_000
"""Characters of a node, with its context: rdflib reads it in one stretch."""
NOWHERE = "http://relative.invalid/"
"""What relative IRIs are taken to be relative to, so that they are seen; without it rdflib leaves them out."""


def facts(text: str, pack: str) -> Iterator[Line]:
    """Yield the facts of a text (see `rdf_terms`). A line's number is that of the node in the list of nodes, from 1.

    Raises:
        InputError: rdflib is missing, it is too long or no JSON, or it names a context that lies elsewhere.
    """
    _check_rdflib()
    if len(text) > MAX_TEXT:
        message = (
            f"JSON-LD has at most {MAX_TEXT:,} characters; got {len(text):,}. As N-Triples it may be longer"
        )
        raise InputError(message, field="text")
    data = parse_json(text, "text")
    _refuse_remote(data)
    naming, number = Naming(pack), 0
    for number, node in enumerate(_nodes(data), 1):
        try:
            triples = _triples(node)
        except InputError as error:
            triples = []
            yield Line(number, {}, error.message)
        for triple in triples:
            try:
                yield Line(number, naming.fact(triple))
            except InputError as error:
                yield Line(number, {}, error.message)
    for name in naming.names():
        yield Line(number, name)


def _check_rdflib() -> None:
    try:
        import rdflib  # noqa: F401
    except ImportError as error:
        message = (
            'the format "jsonld" needs rdflib: pip install "pramana[rdf]" (in Pyodide: micropip.install("rdflib")); '
            '"csv" and "nt" need nothing'
        )
        raise InputError(message, field="format", accepted='"csv" or "nt"') from error


def _refuse_remote(data: Any) -> None:
    """Refuse contexts by address wherever they may stand: they would have to be fetched."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        if not isinstance(value, dict):
            continue
        context = value.get("@context")
        addresses = [
            one for one in (context if isinstance(context, list) else [context]) if isinstance(one, str)
        ]
        addresses += [value["@import"]] if "@import" in value else []
        if addresses:
            message = (
                f"the context {quoted(addresses[0])} lies elsewhere, and nothing is fetched: "
                "put the context itself into the text"
            )
            raise InputError(message, field="text")
        waiting += value.values()


def _nodes(data: Any) -> Iterator[Any]:
    """The nodes of a text, each whole, so that a long text is no long stretch."""
    if isinstance(data, list):
        for part in data:
            yield from _nodes(part)
    elif (
        isinstance(data, dict)
        and isinstance(data.get("@graph"), list)
        and data.keys() <= {"@context", "@graph"}
    ):
        about = {"@context": data["@context"]} if "@context" in data else {}
        for node in data["@graph"]:
            yield about | {"@graph": [node]}
    else:
        yield data


def _triples(data: Any) -> list[Triple]:
    from rdflib import Dataset
    from rdflib.plugins.parsers.jsonld import to_rdf

    if not isinstance(data, dict):
        raise InputError(f"a node must be an object; got {shown(data)}", field="text")
    length = len(json.dumps(data))
    if length > MAX_NODE:
        message = f"a node with all that it holds has at most {MAX_NODE:,} characters; got {length:,}"
        raise InputError(f"{message}. Let it name nodes that stand beside it", field="text")
    dataset = Dataset()
    try:
        with warnings.catch_warnings():
            # rdflib's parser uses what rdflib 7.6 deprecates.
            warnings.simplefilter("ignore", DeprecationWarning)
            to_rdf(data, dataset, base=NOWHERE)
    except Exception as error:  # rdflib says of no errors that they are the text's fault
        raise InputError(f"this is not JSON-LD: {type(error).__name__}: {error}", field="text") from error
    return sorted(cast(Triple, tuple(map(_node, quad[:3]))) for quad in dataset.quads())


def _node(node: Any) -> Node:
    import rdflib

    if isinstance(node, rdflib.Literal):
        return Literal(str(node), "" if node.datatype is None else str(node.datatype))
    return Blank(str(node)) if isinstance(node, rdflib.BNode) else absolute(str(node).removeprefix(NOWHERE))
