"""What JSON-LD comes to, with rdflib."""

from __future__ import annotations

import builtins
import json
import urllib.request
from typing import Any

import pytest

from pramana.errors import InputError
from pramana.graph.packs import jsonld
from pramana.graph.packs.jsonld import facts

X = "http://x/"
CONTEXT = {"@vocab": X, "label": "http://www.w3.org/2000/01/rdf-schema#label", "knows": {"@type": "@id"}}


def said(data: Any) -> list[tuple[Any, ...]]:
    """(subject, predicate, object) of facts, (node, reason) of what is none."""
    return [
        (number, reason) if reason else (fields["subject"], fields["predicate"], fields["object"])
        for number, fields, reason in facts(data if isinstance(data, str) else json.dumps(data), "n")
    ]


def test_nodes_are_facts() -> None:
    data = {
        "@context": CONTEXT,
        "@graph": [
            {
                "@id": X + "anne",
                "@type": "Human",
                "label": "Anne",
                "age": 34,
                "tall": True,
                "knows": X + "bob",
            },
            {"@id": X + "bob", "motto": {"@value": "los", "@language": "de"}, "height": 1.85},
        ],
    }
    assert sorted(said(data)) == sorted(
        [
            (X + "anne", "is", X + "Human"),
            (X + "anne", "called", "Anne"),
            (X + "anne", X + "age", "34"),
            (X + "anne", X + "tall", "true"),
            (X + "anne", X + "knows", X + "bob"),
            (X + "bob", X + "motto", "los"),
            (X + "bob", X + "height", "1.85"),
            (X + "bob", "called", "bob"),
            (X + "Human", "called", "Human"),
        ]
    )


def test_blank_nodes_of_one_label_are_one_across_nodes_and_unnamed_ones_are_apart() -> None:
    found = said([{X + "p": [{"@id": "_:b"}], "@id": "_:a"}, {"@id": "_:b", X + "q": [{}, {}]}])
    assert ("urn:blank:n:a", X + "p", "urn:blank:n:b") in found
    (one,), (other,) = ({object_} for s, _, object_ in found if s == "urn:blank:n:b")
    assert one != other


def test_a_relative_iri_is_named_and_not_left_out() -> None:
    assert said([{"@id": "x", X + "p": 1}, {"@id": X + "y", X + "p": 2}]) == [
        (1, "an IRI must be absolute: 'x' has no scheme"),
        (X + "y", X + "p", "2"),
        (X + "y", "called", "y"),
    ]


def test_a_node_that_is_none_says_why_and_the_others_are_read() -> None:
    found = said([7, {"@id": X + "b", "@reverse": 5}, {"@id": "_:a", X + "p": 2}])
    assert [one[0] for one in found] == [1, 2, "urn:blank:n:a"]
    assert found[0][1] == "a node must be an object; got 7"
    assert found[1][1].startswith("this is not JSON-LD: ")


def test_a_node_that_would_take_too_long_is_refused_and_the_others_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short, long = {"@id": "_:a", X + "p": "1"}, {"@id": "_:a", X + "p": "123"}
    monkeypatch.setattr(jsonld, "MAX_NODE", len(json.dumps({"@graph": [short]})))
    found = said({"@graph": [long, short]})
    assert "has at most" in found[0][1]
    assert found[1:] == [("urn:blank:n:a", X + "p", "1")]


@pytest.mark.parametrize(
    "data",
    [
        {"@context": "https://schema.org/", "name": "x"},
        {"@context": [{"@vocab": X}, "https://schema.org/"], "name": "x"},
        {"@context": {"@import": "https://schema.org/"}, "name": "x"},
        {"@context": {"@vocab": X, "p": {"@id": X + "p", "@context": "context.jsonld"}}, "p": {"q": 1}},
        [{"@id": X + "a", X + "p": {"@context": "https://schema.org/", "name": "x"}}],
    ],
)
def test_a_context_that_lies_elsewhere_is_refused_and_nothing_is_fetched(
    data: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetched(*_: Any, **__: Any) -> None:
        pytest.fail("something was fetched")

    monkeypatch.setattr(urllib.request, "urlopen", fetched)
    monkeypatch.setattr("socket.socket.connect", fetched)
    with pytest.raises(InputError, match="lies elsewhere, and nothing is fetched"):
        said(data)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": ', "text is not JSON"),
        ("[" * 200 + "]" * 200, "nested deeper"),
        (" " * (jsonld.MAX_TEXT + 1), "at most 1,000,000 characters; got 1,000,001"),
    ],
)
def test_what_is_no_json_or_too_long_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        said(text)


def test_without_rdflib_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def without(name: str, *rest: Any, **options: Any) -> Any:
        if name.startswith("rdflib"):
            raise ImportError(name)
        return original(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r'pip install "pramana\[rdf\]"') as caught:
        said({})
    assert caught.value.details["field"] == "format"
