from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pramana.errors import InputError, RuleError
from pramana.graph.rule_language import (
    ParsedFact,
    ParsedRule,
    atom_text,
    fact_text,
    parse_program,
    parse_rule,
    parse_rules,
    rule_text,
)
from pramana.graph.rule_safety import check_rule, malformed, unsafe_part
from pramana.graph.rule_tokens import is_bare
from pramana.knowledge import Atom, Comparison, Rule
from pramana.text.terms import predicate_of, spelled
from tests.unit.graph.programs import drawn_rules


def test_every_part_of_a_rule_is_read() -> None:
    text = """
        (?x vulnerable_to ?y) & not (?y fixed) , (?x age ?a) and unless not (?x has "a \\\\ \\"patch\\"")
          & ?a >= 18.5 & (?x != ?y) & unless (?x trusts ?any)   # a comment
        => not (?x "exposed to" ?y) @ 0.9"""
    assert parse_rule(text) == Rule(
        "",
        head=Atom("?x", "exposed_to", "?y", negated=True),
        body=(
            Atom("?x", "vulnerable_to", "?y"),
            Atom("?y", "is", "fixed", negated=True),
            Atom("?x", "age", "?a"),
        ),
        unless=(Atom("?x", "has", 'a \\ "patch"', negated=True), Atom("?x", "trusts", "?any")),
        where=(Comparison("?a", ">=", "18.5"), Comparison("?x", "!=", "?y")),
        weight=0.9,
        text="(?x vulnerable_to ?y) & not (?y is fixed) & (?x age ?a)"
        ' & unless not (?x has "a \\\\ \\"patch\\"") & unless (?x trusts ?any)'
        " & ?a >= 18.5 & ?x != ?y => not (?x exposed_to ?y) @0.9",
    )


@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">="])
def test_every_comparison_is_read_with_or_without_spaces(operator: str) -> None:
    expected = (Comparison("?x", operator, "3"), Comparison("4", operator, "?x"))
    assert parse_rule(f"(?x p q) & ?x{operator}3 & 4 {operator} ?x => (?x p r)").where == expected


@pytest.mark.parametrize("keyword", ["and", "not", "unless"])
def test_a_quoted_keyword_is_a_name(keyword: str) -> None:
    rule = parse_rule(f'(?x p "{keyword}") & "{keyword}" != ?x => (?x p q)')
    assert rule.where == (Comparison(keyword, "!=", "?x"),)
    assert rule.text == f'(?x p "{keyword}") & "{keyword}" != ?x => (?x p q)'


@pytest.mark.parametrize(
    ("written", "term"),
    [
        ("SHA-256", "SHA-256"),
        ("http://example.org/a_b", "http://example.org/a_b"),
        ("-2.5", "-2.5"),
        ("हिन्दी", "हिन्दी"),
        ("naïve", "naïve"),
        ("nai\u0308ve", "naïve"),
        ("not", "not"),
        ("and", "and"),
        ("unless", "unless"),
        ('"two  words"', "two words"),
        ('" http://x/?q#f "', "http://x/?q#f"),
        (r'"\\\""', '\\"'),
        ('"#"', "#"),
        ('"=> & @"', "=> & @"),
    ],
)
def test_names(written: str, term: str) -> None:
    [fact] = parse_program(f"({written} likes {written})")
    assert isinstance(fact, ParsedFact)
    assert fact.atom == Atom(term, "likes", term)


def test_variables_are_told_apart_by_case_but_not_by_composition() -> None:
    rule = parse_rule("(?é-1 p ?É-1) => (?e\u0301-1 q a)")
    assert (rule.body[0].subject, rule.body[0].object, rule.head.subject) == ("?é-1", "?É-1", "?é-1")


def test_a_program_holds_rules_and_facts_with_their_places() -> None:
    text = (
        "# what we know\n"
        '(jwt enables "account takeover") @0.8\n'
        "\n"
        "(?x enables ?y) &   # goes on\n"
        "   (?y harms\n ?z)\n"
        "=> (?x harms ?z)\n"
        "not (anne is red)# the end"
    )
    fact, rule, other = parse_program(text)
    assert isinstance(fact, ParsedFact)
    assert isinstance(rule, ParsedRule)
    assert isinstance(other, ParsedFact)
    assert (fact.atom, fact.confidence, fact.line) == (Atom("jwt", "enables", "account takeover"), 0.8, 2)
    assert (other.atom, other.confidence, other.line) == (Atom("anne", "is", "red", True), 1.0, 8)
    assert rule.line == 4
    assert rule.rule.text == "(?x enables ?y) & (?y harms ?z) => (?x harms ?z)"
    assert text[fact.start : fact.end] == '(jwt enables "account takeover") @0.8'
    assert text[rule.start : rule.end].startswith("(?x enables")
    assert text[rule.start : rule.end].endswith("=> (?x harms ?z)")
    assert text[other.start : other.end] == "not (anne is red)"


def test_a_text_of_nothing_is_a_program_of_nothing() -> None:
    assert parse_program("") == parse_program(" \n # nothing\n") == []
    assert parse_rules("") == []


def test_what_must_be_rules_holds_no_fact() -> None:
    text = "(?x p ?y) => (?y p ?x)\n(a p b)\n"
    with pytest.raises(RuleError, match=r'line 2, character 8: expected "=>" and a conclusion') as caught:
        parse_rules(text)
    assert caught.value.details["at"] == text.index("\n(a") + 8
    with pytest.raises(RuleError, match="this is a fact"):
        parse_rule("(a p b)")
    assert [rule.text for rule in parse_rules("(a p b) => (b p a)\n(b p a) => (c p a)")] == [
        "(a p b) => (b p a)",
        "(b p a) => (c p a)",
    ]


P = "(?x p ?y)"
REFUSED = [
    ("¦", "expected a condition such as (?x is red), got the end of the text"),
    ("mortal¦", "expected one of = != < <= > >=, or a condition in parentheses, got the end of the text"),
    ("(a¦)", "expected a name or a variable, got )"),
    ("(¦)", "expected a name or a variable, got )"),
    ("(a b c ¦d) => (a b c)", 'expected ")" after three names; one of several words stands in quotes, got d'),
    ("(?x p ?y) => (?x ¦?p ?y)", "expected a predicate, which cannot be a variable, got ?p"),
    ("(?x p ?y) => (?x ¦?y)", "expected a predicate, which cannot be a variable, got ?y"),
    ("(?x p ?y) =>¦", "expected a conclusion such as (?x is red), got the end of the text"),
    ("(?x p ?y) => ¦?x = ?y", "expected a conclusion such as (?x is red), got ?x"),
    ("(?x p ?y) => ¦(?x = ?y)", "expected a statement such as (?x is red), got a comparison"),
    ("(?x p ?y) => ¦unless (?x q ?y)", "expected a conclusion such as (?x is red), got unless"),
    ("(?x p ?y) & ¦=> (?x q ?y)", "expected a condition such as (?x is red), got =>"),
    ("(?x p ?y) & (?x q ?y)¦", 'expected "&" or "=>", got the end of the text'),
    ("(?x p ?y) ¦(?y q z) => (?x q ?y)", 'expected "&", "=>" or a new line, got ('),
    ("(?x p ?y) & not ¦not (?x q ?y) => (?x q ?y)", 'expected "(" after not, got not'),
    ("(?x p ?y) & not ¦?x => (?x q ?y)", 'expected "(" after not, got ?x'),
    ("(?x p ?y) & unless ¦?x = ?y => (?x q ?y)", "expected a statement such as (?x is red), got ?x"),
    (
        "(?x p ?y) & unless ¦(?x = ?y) => (?x q ?y)",
        "expected a statement such as (?x is red), got a comparison",
    ),
    (
        "(?x p ?y) & ?x ¦?y => (?x q ?y)",
        "expected one of = != < <= > >=, or a condition in parentheses, got ?y",
    ),
    ("(?x p ?y) & (?x = ?y ¦z) => (?x q ?y)", 'expected ")", got z'),
    ("(?x p ?y) & ?x = ¦& => (?x q ?y)", "expected a name or a variable, got &"),
    ("(?x p ?y) & ¦3 < 4 => (?x q ?y)", "a comparison has a variable on at least one side; got 3 < 4"),
    ("(?x p ?y) & (¦a = a) => (?x q ?y)", "a comparison has a variable on at least one side; got a = a"),
    ("(?x p ?y) & ¦?x < tall => (?x q ?y)", "< <= > >= compare numbers; got ?x < tall"),
    ("(?x p ?y) & ¦tall >= ?y => (?x q ?y)", "< <= > >= compare numbers; got tall >= ?y"),
    ("(?x p ?y) => (?x q ?y) @¦1.5", "expected a weight above 0 and at most 1, got 1.5"),
    ("(?x p ?y) => (?x q ?y) @¦0", "expected a weight above 0 and at most 1, got 0"),
    ("(?x p ?y) => (?x q ?y) @¦", "expected a weight above 0 and at most 1, got the end of the text"),
    ('(?x p ?y) => (?x q ?y) @¦"1"', 'expected a weight above 0 and at most 1, got "1"'),
    ("(?x p ?y) => (?x q ?y) ¦& (?x p ?y)", "expected a new line, got &"),
    ("(?x p ?y) => (?x q ?y) ¦=> (?x p ?y)", "expected a new line, got =>"),
    ("(?x p ?y) => (?x q ?y) @0.5 ¦(?x p ?y)", "expected a new line, got ("),
    ("(?x p ?y) => (?x q ?y)\n¦(?x p ?y) => (?x r ?y)", "expected one rule alone, got ("),
    ("(a p b)¦; (c p d)", "';' means nothing here; a name that holds it stands in quotes"),
    ("(a p b ¦c", 'expected ")" after three names; one of several words stands in quotes, got c'),
    ("(a p b\n¦=> (c p d)", 'expected ")" after three names; one of several words stands in quotes, got =>'),
    ('(a p ¦"b)', 'a quoted name ends with " on its line; write \\" and \\\\ for a quote or a \\ in it'),
    ('(a p ¦"b\n")', 'a quoted name ends with " on its line; write \\" and \\\\ for a quote or a \\ in it'),
    ('(a p ¦"\\n")', 'a quoted name ends with " on its line; write \\" and \\\\ for a quote or a \\ in it'),
    ("(¦? p b)", 'a variable is "?" and a name of letters, digits, "-" and "_"'),
    ("(a p ¦?.b)", 'a variable is "?" and a name of letters, digits, "-" and "_"'),
    ("(a p http://x/¦?q)", "http://x/ and '?' touch: put a space between, or quote the name"),
    ("(a p http://x¦#q)", "http://x and '#' touch: put a space between, or quote the name"),
    ('(a p¦"b" c)', "p and '\"' touch: put a space between, or quote the name"),
    ('(a "p"¦b c)', "\"p\" and 'b' touch: put a space between, or quote the name"),
    ("(?x¦?y p c)", "?x and '?' touch: put a space between, or quote the name"),
    ('(a p ¦"")', "term must be a text that is not empty; got an empty or blank text"),
    ('(a p ¦"?b")', "term must be a text that does not begin with \"?\" (that is a variable); got '?b'"),
    (f"(a p ¦{'b' * 1001})", "term must be at most 1,000 characters; got 1,001"),
    (
        '(a p ¦"b\x00")',
        "term must be a text without control characters and halves of surrogates; got '\\x00'",
    ),
    ("(a p ¦\ud800)", "'\\ud800' means nothing here; a name that holds it stands in quotes"),
    ("(a p ¦“b”)", "'“' means nothing here; a name that holds it stands in quotes"),
    (
        "¦unless (a p b) => (a p c)",
        "a rule has at least one condition that is neither unless nor a comparison",
    ),
    ("(?x p ?y) & ¦and (?x q ?y)", "expected a condition such as (?x is red), got and"),
    ('(a p b) ¦"and" (c p d)', 'expected "&", "=>" or a new line, got "and"'),
    ("(a p b) ¦(c p d)", 'expected "&", "=>" or a new line, got ('),
    ("(a p b) @0.5 ¦(c p d)", "expected a new line, got ("),
]


@pytest.mark.parametrize(("marked", "problem"), REFUSED)
def test_what_is_no_rule_is_refused_at_its_place(marked: str, problem: str) -> None:
    at, text = marked.index("¦"), marked.replace("¦", "")
    with pytest.raises(RuleError) as caught:
        parse_rule(text)
    line = text[:at].count("\n") + 1
    column = at - text.rfind("\n", 0, at)
    assert str(caught.value) == f"line {line}, character {column}: {problem}"
    assert caught.value.details["at"] == at
    assert caught.value.details["line"] == line
    assert caught.value.details["field"] == "rule"


BODY = "so a condition that is neither unless nor a comparison must have it too"
UNSAFE = [
    (f"{P} => (?z q ?y)", "?z", 14, f"?z is in the conclusion, {BODY}"),
    (f"{P} => (?x q ?z)", "?z", 19, f"?z is in the conclusion, {BODY}"),
    (f"{P} & ?z = ?x => (?x q ?y)", "?z", 12, f"?z is in a comparison, {BODY}"),
    (f"{P} & ?x = ?z => (?x q ?y)", "?z", 17, f"?z is in a comparison, {BODY}"),
    (f"{P} & unless (?x q ?z) => (?z q ?y)", "?z", 25, f"?z is in the conclusion, {BODY}"),
    (f"{P} & unless (?x q ?z) & ?z > 3 => (?x q ?y)", "?z", 25, f"?z is in a comparison, {BODY}"),
    (
        f"{P} & unless (?x q ?z) & unless (?z q a) => (?x q ?y)",
        "?z",
        25,
        f"?z is in more than one unless, {BODY}",
    ),
    (f"{P} => (?X q ?y)", "?X", 14, f"?X is in the conclusion, {BODY}"),
    ("(a p ?z)", "?z", 5, '?z in a fact: expected a name, or "=>" and a conclusion after the condition'),
]


@pytest.mark.parametrize(("text", "variable", "at", "problem"), UNSAFE)
def test_an_unsafe_rule_is_refused_with_its_variable(text: str, variable: str, at: int, problem: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_program(f"\n{text}")
    assert str(caught.value) == f"line 2, character {at + 1}: {problem}"
    assert caught.value.details == {"field": "rule", "at": at + 1, "line": 2, "variable": variable}


def test_a_variable_of_one_unless_alone_means_any() -> None:
    rule = parse_rule(f"{P} & unless (?any likes ?any) & unless (?x has ?other) => (?x q ?y)")
    assert rule.unless == (Atom("?any", "likes", "?any"), Atom("?x", "has", "?other"))


@given(drawn_rules)
def test_a_printed_rule_reads_back_as_the_same_rule(rule: Rule) -> None:
    check_rule(rule)
    assert parse_rule(rule_text(rule)) == replace(rule, text=rule_text(rule))
    assert rule_text(parse_rule(rule_text(rule))) == rule_text(rule)


odd_text = st.text(st.sampled_from('ab "\\?#@&,()=<>!.-é\u0301न\u094d'), min_size=1, max_size=8) | st.text(
    max_size=8
)


@given(odd_text, odd_text, odd_text, st.booleans(), st.floats(0, 1, exclude_min=True))
def test_a_fact_of_any_names_reads_back_as_the_same(
    a: str, b: str, c: str, negated: bool, weight: float
) -> None:
    try:
        atom = Atom(spelled(a), predicate_of(b), spelled(c), negated)
    except InputError:
        return
    [parsed] = parse_program(fact_text(atom, weight))
    assert isinstance(parsed, ParsedFact)
    assert (parsed.atom, parsed.confidence) == (atom, weight)
    assert is_bare(atom.subject) == ('"' not in atom_text(replace(atom, predicate="p", object="o")))


pieces = st.sampled_from(
    [
        "(",
        ")",
        " ",
        "\n",
        "&",
        ",",
        "and",
        "not",
        "unless",
        "=>",
        "=",
        "<",
        "@",
        "0.5",
        "?x",
        "?y",
        "a",
        "b",
        "is",
        '"',
    ]
)


@given(st.lists(pieces, max_size=30).map("".join) | st.text())
def test_any_text_is_read_or_refused_at_a_place_in_it(text: str) -> None:
    try:
        parsed = parse_program(text)
    except RuleError as error:
        parsed, details = [], error.details
        place = details["line"], 0 <= details["at"] <= len(text)
        assert place == (text[: details["at"]].count("\n") + 1, True)
    for item in parsed:
        assert parse_program(text[item.start : item.end])[0] == replace(
            item, start=0, end=item.end - item.start, line=1
        )
        assert item.line == text[: item.start].count("\n") + 1


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (Rule("", Atom("?x", "q", "a"), (Atom("?y", "p", "a"),)), "?x is in the conclusion"),
        (Rule("", Atom("a", "q", "a"), ()), "at least one condition"),
        (Rule("", Atom("a", "?q", "a"), (Atom("?y", "p", "a"),)), "a predicate cannot be a variable"),
        (
            Rule("", Atom("a", "two words", "a"), (Atom("?y", "p", "a"),)),
            "a predicate is spelled 'two_words'",
        ),
        (Rule("", Atom("a", "", "a"), (Atom("?y", "p", "a"),)), "predicate must be a text that is not empty"),
        (Rule("", Atom(" a", "q", "a"), (Atom("?y", "p", "a"),)), "a term is spelled 'a', not ' a'"),
        (Rule("", Atom("a", "q", ""), (Atom("?y", "p", "a"),)), "term must be a text that is not empty"),
        (Rule("", Atom("a", "q", "a"), (Atom("? y", "p", "a"),)), 'a variable is "?" and a name'),
        (Rule("", Atom("a", "q", "a"), (Atom("?e\u0301", "p", "a"),)), 'a variable is "?" and a name'),
        (Rule("", Atom("a", "q", "a"), (Atom("a", "p", "a"),), (Atom("?", "p", "a"),)), 'a variable is "?"'),
        (
            Rule("", Atom("a", "q", "a"), (Atom("a", "p", "a"),), weight=0.0),
            "weight is above 0 and at most 1; got 0.0",
        ),
        (Rule("", Atom("a", "q", "a"), (Atom("a", "p", "a"),), weight=float("nan")), "got nan"),
        (
            Rule("", Atom("a", "q", "a"), (Atom("?x", "p", "a"),), where=(Comparison("?x", "~", "a"),)),
            "a comparison is one of = != < <= > >=; got ?x ~ a",
        ),
        (
            Rule("", Atom("a", "q", "a"), (Atom("?x", "p", "a"),), where=(Comparison("?x", "=", " a"),)),
            "a term is spelled 'a'",
        ),
    ],
)
def test_a_rule_made_by_hand_is_checked_like_a_written_one(rule: Rule, problem: str) -> None:
    with pytest.raises(RuleError) as caught:
        check_rule(rule)
    assert problem in str(caught.value)


def test_a_comparison_by_identity_takes_any_name() -> None:
    assert malformed(Comparison("?x", "!=", "tall")) is None
    assert unsafe_part(Rule("", Atom("a", "q", "a"), (Atom("?x", "p", "a"),))) is None


def test_a_long_program_takes_time_with_its_length() -> None:
    line = '(?x "vulnerable to" ?y) & (?y enables ?z) & ?z != 3 => (?x exposed_to ?z) @0.9\n'
    parsed = parse_program(line * 2000)
    assert len(parsed) == 2000
    assert parsed[-1].line == 2000
    assert parse_program("(a p b)" + "\n" * 200_000 + "#" * 200_000 + "\n(a p c)")[1].line == 200_002
