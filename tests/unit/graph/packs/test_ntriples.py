"""What N-Triples come to: the grammar, and the rules that docs/packs.md states."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.errors import InputError
from pramana.graph.packs.ntriples import facts, triple_of
from pramana.graph.packs.rdf_terms import Blank, Iri, Literal
from pramana.text.terms import key_of, spelled

RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
ALT = "<http://www.w3.org/2004/02/skos/core#altLabel>"
XSD = "http://www.w3.org/2001/XMLSchema#"
A, P, B = Iri("http://x/a"), Iri("http://x/p"), Iri("http://x/b")


def said(text: str, pack: str = "n") -> list[tuple[Any, ...]]:
    """(subject, predicate, object) of facts, (line, reason) of what is none."""
    return [
        (number, reason) if reason else (fields["subject"], fields["predicate"], fields["object"])
        for number, fields, reason in facts(text, pack)
    ]


@pytest.mark.parametrize(
    ("line", "triple"),
    [
        ("<http://x/a> <http://x/p> <http://x/b> .", (A, P, B)),
        ("<http://x/a><http://x/p><http://x/b>.", (A, P, B)),
        ("\t<http://x/a>\t <http://x/p> <http://x/b>  .  # why", (A, P, B)),
        (r"<http://x/\u0061> <http://x/p> <http://x/\U00000062> .", (A, P, B)),
        ("_:a <http://x/p> _:b.c-1 .", (Blank("a"), P, Blank("b.c-1"))),
        ("_:1 <http://x/p> _:x_é .", (Blank("1"), P, Blank("x_é"))),
        ("_:a <http://x/p> _:b.", (Blank("a"), P, Blank("b"))),
        ('<http://x/a> <http://x/p> "" .', (A, P, Literal(""))),
        ('<http://x/a> <http://x/p> "a # b \\" . \\\\ \\t\\n\\u00e9\\U0001F600"@en-GB .',
         (A, P, Literal('a # b " . \\ \t\né😀'))),
        (f'<http://x/a> <http://x/p> "1"^^<{XSD}integer> .', (A, P, Literal("1", f"{XSD}integer"))),
        ("", None),
        ("  # <http://x/a>", None),
    ],
)  # fmt: skip
def test_a_line_is_a_triple(line: str, triple: Any) -> None:
    assert triple_of(line) == triple


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("<http://x/a> <http://x/p> <http://x/b>", "expected a full stop, and then the end of the line"),
        ("<http://x/a> <http://x/p> <http://x/b> . .", "expected a full stop, and then the end of the line"),
        ("<http://x/a> <http://x/p> .", "expected an object"),
        ('"a" <http://x/p> <http://x/b> .', "expected a subject"),
        ("<http://x/a> _:p <http://x/b> .", "expected a predicate"),
        ("<http://x/a b> <http://x/p> <http://x/b> .", "expected a subject"),
        ("<http://x/a> <http://x/p> 'b' .", "expected an object"),
        ('<http://x/a> <http://x/p> "b .', "expected an object"),
        (r'<http://x/a> <http://x/p> "\x" .', "expected an object"),
        (r'<http://x/a> <http://x/p> "\ud800" .', r"\ud800 is no character"),
        (r'<http://x/a> <http://x/p> "\U00110000" .', r"\U00110000 is no character"),
        ('<http://x/a> <http://x/p> "b"@ .', "expected a full stop"),
        ('<http://x/a> <http://x/p> "b"^^<int> .', "an IRI must be absolute: 'int' has no scheme"),
        ("<a> <http://x/p> <http://x/b> .", "an IRI must be absolute: 'a' has no scheme"),
        ("_:b- <http://x/p> _:-b .", "expected an object"),
        ("<http://x/a> <http://x/p> <http://x/b> ." + " " * 40_000, "a line has at most 40,000 characters"),
        (
            "subject,predicate,object",
            "expected a subject: an IRI in <>, or _: and a label; got 'subject,pred",
        ),
    ],
)
def test_a_line_that_is_none_says_what_was_expected(line: str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        triple_of(line)
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize(
    ("literal", "term"),
    [
        ('"Rom"@de', "Rom"),
        (f'"18"^^<{XSD}integer>', "18"),
        (f'"+018"^^<{XSD}unsignedByte>', "18"),
        (f'"-0"^^<{XSD}integer>', "0"),
        (f'"123456789012345678901234567890"^^<{XSD}integer>', "123456789012345678901234567890"),
        (f'"18.0"^^<{XSD}decimal>', "18"),
        (f'"0.10000000000000000000000000000000001"^^<{XSD}decimal>', "0.10000000000000000000000000000000001"),
        (f'"100"^^<{XSD}decimal>', "100"),
        (f'" 1.80E1 "^^<{XSD}double>', "18"),
        (f'"-2.5e-3"^^<{XSD}float>', "-0.0025"),
        (f'"INF"^^<{XSD}double>', "INF"),
        (f'"1"^^<{XSD}boolean>', "true"),
        (f'"2020-01-01"^^<{XSD}date>', "2020-01-01"),
        ('"18.0"^^<http://x/integer>', "18.0"),
        ('"18.0"', "18.0"),
    ],
)
def test_a_literal_is_a_text_or_a_number(literal: str, term: str) -> None:
    assert said(f"_:a <http://x/p> {literal} .") == [("urn:blank:n:a", "http://x/p", term)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("1.5", "integer"), ("1e3", "decimal"), ("x", "double"), ("1e9999", "double"), ("yes", "boolean")],
)
def test_a_literal_that_is_not_of_its_datatype_is_refused(text: str, kind: str) -> None:
    assert said(f'_:a <http://x/p> "{text}"^^<{XSD}{kind}> .') == [(1, f"'{text}' is no xsd:{kind}")]


def test_types_and_labels_and_what_gives_no_name() -> None:
    text = f"""
<http://x/socrates> {RDF_TYPE} <http://x/Human> .
<http://x/socrates> {LABEL} "Socrates"@en .
<http://x/socrates> {ALT} "Sokrates" .
<http://x/Human> <http://x/p> <http://x/timing%20attack_%C3%A9> .
<http://x/Human> <http://x/p> <http://x/> .
<http://x/Human> <http://x/p> <http://x/%FF> .
<http://x/Human> {LABEL} _:label .
"""
    assert said(text) == [
        ("http://x/socrates", "is", "http://x/Human"),
        ("http://x/socrates", "called", "Socrates"),
        ("http://x/socrates", "called", "Sokrates"),
        ("http://x/Human", "http://x/p", "http://x/timing%20attack_%C3%A9"),
        ("http://x/Human", "http://x/p", "http://x/"),
        ("http://x/Human", "http://x/p", "http://x/%FF"),
        ("http://x/Human", LABEL.strip("<>"), "urn:blank:n:label"),
        ("http://x/Human", "called", "Human"),
        ("http://x/timing%20attack_%C3%A9", "called", "timing attack é"),
    ]


def test_lines_may_end_in_any_way_and_one_that_is_wrong_is_named() -> None:
    text = '_:a <http://x/p> "1" .\r\n\r_:a <http://x/p>\r\n_:a <http://x/p> "2" .'
    assert said(text) == [
        ("urn:blank:n:a", "http://x/p", "1"),
        (
            3,
            "expected an object: an IRI in <>, _: and a label, or a literal in double quotes; got the end of the line",
        ),
        ("urn:blank:n:a", "http://x/p", "2"),
    ]


def test_a_blank_node_is_its_packs_own() -> None:
    line = '_:A <http://x/p> "1" .'
    (one,), (other,) = said(line, "Pack 1/ä"), said(line, "pack 1/ä")
    assert one[0] == "urn:blank:Pack%201%2F%C3%A4:A"
    assert key_of(one[0]) != key_of(other[0])
    assert key_of(one[0]) != key_of(said('_:a <http://x/p> "1" .', "Pack 1/ä")[0][0])


iris = st.builds(
    "{}{}".format,
    st.sampled_from(
        ["http://x/", "HTTP://x/", "mailto:", "urn:iri:", "urn:iri:mailto:", "urn:blank:n:", "URN:x:", "x:"]
    ),
    st.text("aAbBéÉ_~%20-", max_size=3),
)


@given(iris, iris)
def test_two_iris_never_become_one_term(one: str, other: str) -> None:
    terms = []
    for iri in (one, other):
        found = said(f"<{iri}> <{iri}> <{iri}> .")
        assert spelled(found[0][0]) == found[0][0]
        assert found[0][0] == found[0][1] == found[0][2]
        terms.append(found[0][0])
    assert (key_of(terms[0]) == key_of(terms[1])) == (one == other)
    assert not any(term.startswith("urn:blank:") for term in terms)


@pytest.mark.parametrize("iri", ["http://x/e\u0301", "http://x/\u00a0", "http://x/" + "a" * 1000])
def test_an_iri_that_is_no_term_is_refused(iri: str) -> None:
    ((line, reason),) = said(f"<{iri}> <http://x/p> _:b .")
    assert line == 1
    assert reason.startswith("an IRI must be ")


literals = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(literals)
def test_a_literal_comes_back_from_its_escapes(text: str) -> None:
    escaped = "".join(f"\\U{ord(c):08X}" if c in '"\\\n\r' or not c.isalnum() else c for c in text)
    assert triple_of(f'_:a <http://x/p> "{escaped}"@en .') == (Blank("a"), P, Literal(text))
