"""The rule language: text to rules and facts, and back. docs/rules.md is its description for users.

    statement   = rule | fact
    rule        = condition { and condition } "=>" literal [ "@" weight ]
    fact        = literal [ "@" weight ]                       without variables
    condition   = literal | "unless" literal | comparison | "(" comparison ")"
    literal     = [ "not" ] "(" term predicate [ term ] ")"    (x mortal) is (x is mortal)
    comparison  = term ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) term
    and         = "&" | "and" | ","

A newline is white space, since no statement goes on where another could begin; but two do not share a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import NoReturn

from pramana.errors import InputError
from pramana.graph.rule_safety import malformed, unsafe_part
from pramana.graph.rule_tokens import KEYWORDS, OPERATORS, Token, failed, is_bare, tokens
from pramana.knowledge import IS, Atom, Comparison, Rule, is_variable
from pramana.text.terms import number_of, predicate_of, spelled

__all__ = [
    "ParsedFact",
    "ParsedRule",
    "atom_text",
    "fact_text",
    "parse_program",
    "parse_rule",
    "parse_rules",
    "rule_text",
    "statements",
]


@dataclass(frozen=True, slots=True)
class ParsedRule:
    """A rule, and where it stands: characters `start` to before `end`, `line` counted from 1."""

    rule: Rule
    start: int
    end: int
    line: int


@dataclass(frozen=True, slots=True)
class ParsedFact:
    """A fact, and where it stands, as `ParsedRule`."""

    atom: Atom
    confidence: float
    start: int
    end: int
    line: int


def statements(text: str) -> Iterator[ParsedRule | ParsedFact]:
    """Yield the rules and facts of a text in order, so that the caller can pause between them.

    Raises:
        RuleError: the next statement is none, or is an unsafe rule. `details`: `at` (character, counted from 0),
            `line`, and `variable` where one is at fault.
    """
    parser = _Parser(text)
    while parser.token.kind != "end":
        yield parser.statement()


def parse_program(text: str) -> list[ParsedRule | ParsedFact]:
    """Return the rules and facts of a text in order; errors as of `statements`."""
    return list(statements(text))


def parse_rules(text: str) -> list[Rule]:
    """Return the rules of a text; errors as of `statements`, and a RuleError where there is a fact."""
    return list(rules(text))


def rules(text: str) -> Iterator[Rule]:
    """Yield the rules of a text, so that the caller can pause between them; errors as of `parse_rules`."""
    return (_rule_of(text, statement) for statement in statements(text))


def parse_rule(text: str) -> Rule:
    """Return the rule of a text; errors as of `statements`, and a RuleError unless there is exactly one."""
    parser = _Parser(text)
    rule = _rule_of(text, parser.statement())
    if parser.token.kind != "end":
        parser.fail("one rule alone")
    return rule


def rule_text(rule: Rule) -> str:
    """Print a rule: its conditions, then those with unless, then comparisons. It reads back as the same rule."""
    conditions = [
        *map(atom_text, rule.body),
        *(f"unless {atom_text(atom)}" for atom in rule.unless),
        *(f"{_shown(one.left)} {one.operator} {_shown(one.right)}" for one in rule.where),
    ]
    return f"{' & '.join(conditions)} => {fact_text(rule.head, rule.weight)}"


def fact_text(atom: Atom, confidence: float = 1.0) -> str:
    """Print a statement and its confidence below 1: `(jwt enables "account takeover") @0.8`."""
    return atom_text(atom) if confidence == 1 else f"{atom_text(atom)} @{confidence!r}"


def atom_text(atom: Atom) -> str:
    """Print a statement, with "not" before it where it is negated."""
    terms = " ".join(map(_shown, (atom.subject, atom.predicate, atom.object)))
    return f"not ({terms})" if atom.negated else f"({terms})"


def _shown(term: str) -> str:
    if is_bare(term) or is_variable(term):
        return term
    return '"' + term.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _rule_of(text: str, statement: ParsedRule | ParsedFact) -> Rule:
    if isinstance(statement, ParsedFact):
        raise failed(text, statement.end, 'expected "=>" and a conclusion: without them this is a fact')
    return statement.rule


@dataclass(slots=True)
class _Conditions:
    """What was read of one statement; `variables` with the character at which each occurs first."""

    body: list[Atom] = field(default_factory=list)
    unless: list[Atom] = field(default_factory=list)
    where: list[Comparison] = field(default_factory=list)
    variables: dict[str, int] = field(default_factory=dict)


class _Parser:
    """Recursive descent over one text; `token` is the next one."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._read = _Conditions()
        self._line, self._counted, self._end = 1, 0, 0
        self.token = next(self._tokens)

    def fail(self, expected: str) -> NoReturn:
        """Raise the RuleError for the next token."""
        got = self._text[self.token.start : self.token.end]
        shown = got if len(got) <= 60 else f"{got[:59]}…"
        raise failed(
            self._text, self.token.start, f"expected {expected}, got {shown or 'the end of the text'}"
        )

    def statement(self) -> ParsedRule | ParsedFact:
        """Read a rule or a fact, which end with their line."""
        start = self.token.start
        self._line += self._text.count("\n", self._counted, start)
        self._counted = start
        self._read = _Conditions()
        self._condition()
        while self.token.kind == "&" or self._at_word("and"):
            self._advance()
            self._condition()
        parsed = self._rule(start) if self.token.kind == "=>" else self._fact(start)
        if self.token.kind != "end" and not self._at_new_line():
            self.fail("a new line")
        return parsed

    def _rule(self, start: int) -> ParsedRule:
        self._advance()
        head = self._literal("a conclusion such as (?x is red)")
        read = self._read
        rule = Rule("", head, tuple(read.body), tuple(read.unless), tuple(read.where), self._weight())
        unsafe = unsafe_part(rule)
        if unsafe:
            problem, variable = unsafe
            details = {"variable": variable} if variable else {}
            raise failed(self._text, read.variables.get(variable, start), problem, **details)
        return ParsedRule(replace(rule, text=rule_text(rule)), start, self._end, self._line)

    def _fact(self, start: int) -> ParsedFact:
        read = self._read
        if read.unless or read.where or len(read.body) > 1:
            self.fail('"&" or "=>"')
        if self.token.kind not in {"@", "end"} and not self._at_new_line():
            self.fail('"&", "=>" or a new line')
        for variable, at in read.variables.items():
            problem = f'{variable} in a fact: expected a name, or "=>" and a conclusion after the condition'
            raise failed(self._text, at, problem, variable=variable)
        return ParsedFact(read.body[0], self._weight(), start, self._end, self._line)

    def _condition(self) -> None:
        read = self._read
        if self._at_word("unless"):
            self._advance()
            read.unless.append(self._literal("a statement such as (?x is red)"))
        elif self.token.kind == "(" or self._at_word("not"):
            found = self._bracketed() if self.token.kind == "(" else self._literal("")
            if isinstance(found, Comparison):
                read.where.append(found)
            else:
                read.body.append(found)
        elif self._at_term():
            at = self.token.start
            read.where.append(self._comparison(self._term(), at))
        else:
            self.fail("a condition such as (?x is red)")

    def _literal(self, expected: str) -> Atom:
        negated = self._at_word("not")
        if negated:
            self._advance()
        if self.token.kind != "(":
            self.fail('"(" after not' if negated else expected)
        opening = self.token.start
        found = self._bracketed()
        if isinstance(found, Comparison):
            raise failed(self._text, opening, "expected a statement such as (?x is red), got a comparison")
        return replace(found, negated=negated)

    def _bracketed(self) -> Atom | Comparison:
        """Read a statement or a comparison in parentheses."""
        self._advance()
        at = self.token.start
        subject = self._term()
        if self.token.kind in OPERATORS:
            comparison = self._comparison(subject, at)
            self._expect_closing('")"')
            return comparison
        predicate = self.token
        if predicate.kind == "variable":
            self.fail("a predicate, which cannot be a variable")
        second = self._term()
        if self.token.kind == ")":
            self._advance()
            return Atom(subject, IS, second)
        atom = Atom(subject, self._spelled(predicate, predicate_of), self._term())
        self._expect_closing('")" after three names; one of several words stands in quotes')
        return atom

    def _comparison(self, left: str, at: int) -> Comparison:
        operator = self.token.kind
        if operator not in OPERATORS:
            self.fail("one of = != < <= > >=, or a condition in parentheses")
        self._advance()
        comparison = Comparison(left, operator, self._term())
        problem = malformed(comparison)
        if problem:
            raise failed(self._text, at, problem)
        return comparison

    def _term(self) -> str:
        token = self.token
        if token.kind == "variable":
            self._read.variables.setdefault(token.value, token.start)
            self._advance()
            return token.value
        if token.kind not in {"word", "quoted"}:
            self.fail("a name or a variable")
        self._advance()
        return self._spelled(token, spelled)

    def _spelled(self, token: Token, spelling: Callable[[str], str]) -> str:
        try:
            return spelling(token.value)
        except InputError as error:
            raise failed(self._text, token.start, error.message) from error

    def _weight(self) -> float:
        if self.token.kind != "@":
            return 1.0
        self._advance()
        weight = number_of(self.token.value) if self.token.kind == "word" else None
        if weight is None or not 0 < weight <= 1:
            self.fail("a weight above 0 and at most 1")
        self._advance()
        return weight

    def _expect_closing(self, expected: str) -> None:
        if self.token.kind != ")":
            self.fail(expected)
        self._advance()

    def _at_new_line(self) -> bool:
        return "\n" in self._text[self._end : self.token.start]

    def _at_word(self, word: str) -> bool:
        return self.token.kind == "word" and self.token.value == word

    def _at_term(self) -> bool:
        return self.token.kind in {"quoted", "variable"} or (
            self.token.kind == "word" and self.token.value not in KEYWORDS
        )

    def _advance(self) -> None:
        self._end = self.token.end
        self.token = next(self._tokens)
