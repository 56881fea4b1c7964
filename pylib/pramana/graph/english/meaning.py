"""From clauses to statements and rules: names are terms, "a cat" and "someone" variables or kinds, "not" negates.

An object with "a" is a kind, as in "Anne has a dog"; only where the sentence comes back to it ("the dog") it is one of
that kind. Nothing else is decided by what words mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pramana.errors import InputError
from pramana.graph.english.clauses import Clause
from pramana.graph.english.lexicon import GENERIC, PRONOUNS
from pramana.graph.english.records import Conditional, Meaning, Statement
from pramana.graph.english.spoken import Phrase, Predicate, RefusalError, Relation
from pramana.graph.rule_safety import unsafe_part
from pramana.knowledge import IS, Atom, Comparison, Rule, is_variable
from pramana.text.terms import key_of, spelled

__all__ = ["Scope", "conditional", "is_universal", "question_atoms", "said"]

_LETTERS = "xyzuvw"
_VARIABLES = {"X", "Y", "Z"}
_INTRODUCED = {
    "statement": {"a", "every", "any", "no", "plural"},
    "condition": {"a", "some", "any", "plural"},
    "conclusion": set[str](),
    "first": {"a", "some", "any", "every", "plural"},
    "question": {"some", "any", "who"},
}
"""Kinds of subjects that are variables. "first": the conclusion before "if"."""


@dataclass(frozen=True, slots=True)
class _Variable:
    term: str
    sort: str
    keys: frozenset[str]
    """What "the …" calls it."""


@dataclass(slots=True)
class Scope:
    """What one rule or question has spoken of so far. `definite` are the names that stand after "the" in it."""

    definite: frozenset[str] = frozenset()
    variables: list[_Variable] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    body: list[Atom] = field(default_factory=list)
    where: list[Comparison] = field(default_factory=list)
    letters: bool = False
    """Whether X, Y and Z are variables, as in conditions."""
    kinds: tuple[bool, ...] = ()
    """Of each object with "a" of a question: is it the kind itself? Else it is one of that kind."""
    counted: int = 0
    """Such objects so far."""

    def fork(self) -> Scope:
        """Return a scope that goes on from here by itself."""
        return Scope(
            self.definite, self.variables[:], self.names[:], self.body[:], self.where[:], self.letters
        )

    def as_kind(self) -> bool:
        """Return whether the next object with "a" of a question is the kind itself."""
        self.counted += 1
        return self.counted > len(self.kinds) or self.kinds[self.counted - 1]

    def bind(self, phrase: Phrase) -> str:
        """Return a new variable, and add what the phrase says of it to the body."""
        count = len(self.variables)
        letter = _LETTERS[count] if count < len(_LETTERS) else f"v{count}"
        term = "?" + (phrase.name if phrase.kind == "who" else letter)
        if phrase.other:
            if not self.variables:
                raise RefusalError('"else" than whom?', phrase.token)
            self.where.append(Comparison(term, "!=", self.variables[-1].term))
        keys = frozenset(key_of(name) for name in (phrase.name, phrase.noun, phrase.head) if name)
        if any(keys & other.keys for other in self.variables) and phrase.kind == "a":
            raise RefusalError(
                f'"a {phrase.name}" twice: the second one is "the {phrase.name}"', phrase.token
            )
        self.variables.append(_Variable(term, phrase.sort, keys))
        self.body += [Atom(term, IS, value) for value in _class_values(phrase)]
        for predicate in phrase.relative:
            self.body += atoms_of(predicate, term, self, "condition")
        return term

    def constant(self, phrase: Phrase) -> str:
        """Return what a name names: the variable it came back to, or a term."""
        term = _term(phrase.name, phrase)
        key = key_of(term)
        lettered = self.letters and phrase.name in _VARIABLES
        for variable in self.variables:
            if (phrase.kind == "the" or lettered) and key in variable.keys:
                return variable.term
        if lettered:
            return self.bind(phrase)
        if self.letters and phrase.kind == "name" and len(phrase.name) == 1 and phrase.token.kind == "word":
            raise RefusalError('with "if", the letters that stand for anything are X, Y and Z', phrase.token)
        noun, _, letter = phrase.name.rpartition(" ")
        if self.letters and noun and letter in _VARIABLES:
            return self._lettered(replace(phrase, kind="name", name=letter), noun)
        if term not in self.names:
            self.names.append(term)
        return term

    def _lettered(self, letter: Phrase, noun: str) -> str:
        """Return the variable that "service X" is, of which X is a service."""
        term = self.constant(letter)
        kind = Atom(term, IS, _term(noun.lower() if letter.token.initial else noun, letter))
        if kind not in self.body:
            self.body.append(kind)
        return term

    def meant_by(self, pronoun: Phrase, subject: str = "") -> str:
        """Return what a pronoun stands for; not for the `subject` of its own clause.

        Raises:
            RefusalError: nothing, or more than one.
        """
        word = pronoun.token.word
        admitted = [one.term for one in self.variables if one.sort in PRONOUNS[word]]
        fitting = [term for term in (admitted if self.variables else self.names) if term != subject]
        if len(fitting) == 1:
            return fitting[0]
        what = "stands for nothing in this sentence" if not fitting else "could stand for more than one"
        raise RefusalError(f'"{pronoun.token.text}" {what}; use a name, or "the …"', pronoun.token)


def _class_values(phrase: Phrase) -> list[str]:
    values = [*phrase.adjectives]
    if phrase.noun and not (phrase.noun in GENERIC and (phrase.adjectives or phrase.relative)):
        values.append(phrase.noun)
    return [_term(value, phrase) for value in values]


def _term(name: str, phrase: Phrase | None = None) -> str:
    try:
        return spelled(name)
    except InputError as error:
        raise RefusalError(error.message, phrase.token if phrase else None) from error


def subject_of(phrase: Phrase, scope: Scope, role: str) -> str:
    """Return the term of a subject; `role` is statement, condition, conclusion, first or question.

    Raises:
        RefusalError: such a subject cannot stand there.
    """
    if phrase.kind in {"name", "the"}:
        return scope.constant(phrase)
    if phrase.kind == "pronoun":
        return scope.meant_by(phrase)
    if phrase.kind in _INTRODUCED[role]:
        return scope.bind(phrase)
    word = phrase.token.text
    if role == "conclusion":
        raise RefusalError(
            f'"{word}" is new in the conclusion: use "it", "they" or "the …", or a name', phrase.token
        )
    if role == "statement" and phrase.kind == "some":
        raise RefusalError(f'"{word}" says not who: facts are told of names', phrase.token)
    raise RefusalError(f'"{word}" cannot stand here', phrase.token)


def atoms_of(predicate: Predicate, term: str, scope: Scope, role: str) -> list[Atom]:
    """Return what a predicate says of a term; what it says of its object goes to the scope's body.

    Raises:
        RefusalError: it says what no statement can.
    """
    if isinstance(predicate, Relation):
        adjectives = [Atom(term, IS, _term(value)) for value in predicate.adjectives]
        return [*adjectives, _relation(predicate, term, scope, role)]
    values = [*predicate.adjectives, predicate.noun]
    asserted = role in {"statement", "conclusion", "first"} and not predicate.negated
    if predicate.noun in GENERIC and predicate.adjectives and not asserted:
        values.pop()
    return [Atom(term, IS, _term(value), predicate.negated) for value in values]


def _relation(relation: Relation, term: str, scope: Scope, role: str) -> Atom:
    phrase, negated = relation.object, relation.negated
    asserted = role in {"statement", "conclusion", "first"}
    if phrase.kind == "no" and (phrase.noun or phrase.head):
        if negated:
            raise RefusalError('"not" and "no" in one clause', phrase.token)
        return Atom(term, relation.predicate, _kind_of(phrase), negated=True)
    if phrase.kind in {"name", "the", "pronoun", "reflexive"}:
        return Atom(term, relation.predicate, _named_object(phrase, term, scope), negated)
    if role == "question" and not negated and _is_kind(phrase):
        object_ = _kind_of(phrase) if scope.as_kind() else scope.bind(phrase)
        return Atom(term, relation.predicate, object_)
    if phrase.kind == "a" and _says_no_more(phrase) and (asserted or not _comes_back(phrase, scope)):
        return Atom(term, relation.predicate, _term(phrase.name, phrase), negated)
    universal = phrase.kind in {"every", "any"} and asserted
    introduced = phrase.kind in {"a", "some", "any", "who"} and not asserted
    if (negated and phrase.kind != "who") or not (universal or introduced):
        said_not = "not … " if negated else ""
        raise RefusalError(f'"{said_not}{phrase.token.text}" cannot be an object here', phrase.token)
    return Atom(term, relation.predicate, scope.bind(phrase), negated)


def _says_no_more(phrase: Phrase) -> bool:
    """Whether no "who …" follows."""
    return len(phrase.relative) == bool(phrase.head)


def _is_kind(phrase: Phrase) -> bool:
    """Whether an object asked for may be a kind, as objects with "a" are told."""
    return phrase.kind in {"a", "some", "any"} and bool(phrase.noun or phrase.head) and _says_no_more(phrase)


def _kind_of(phrase: Phrase) -> str:
    """The kind that an object with "a", "no" or "any" is told as."""
    singular = phrase.kind == "a" or phrase.head
    return _term(phrase.name if singular else " ".join([*phrase.adjectives, phrase.noun]), phrase)


def _named_object(phrase: Phrase, subject: str, scope: Scope) -> str:
    if phrase.kind == "reflexive":
        return subject
    if phrase.kind == "pronoun":
        if phrase.token.word in {"they", "he", "she"}:
            raise RefusalError(f'"{phrase.token.text}" is no object', phrase.token)
        return scope.meant_by(phrase, subject)
    return scope.constant(phrase)


def _comes_back(phrase: Phrase, scope: Scope) -> bool:
    return any(key_of(name) in scope.definite for name in (phrase.name, phrase.noun))


def said(clauses: Iterable[Clause], sentence: str) -> list[Meaning]:
    """Return the facts and rules that clauses state.

    Raises:
        RefusalError: they state what no fact or rule can.
    """
    meanings: list[Meaning] = []
    for clause in clauses:
        for subject in clause.subjects:
            scope = Scope()
            term = subject_of(subject, scope, "statement")
            for predicate in clause.predicates:
                if subject.kind == "no" and predicate.negated:
                    raise RefusalError('"no" and "not" in one clause', subject.token)
                inner = scope.fork()
                for atom in atoms_of(predicate, term, inner, "statement"):
                    head = replace(atom, negated=atom.negated or subject.kind == "no")
                    meanings.append(_meaning(head, inner, sentence, subject))
    return meanings


def _meaning(head: Atom, scope: Scope, sentence: str, subject: Phrase) -> Meaning:
    if not scope.body and not is_variable(head.subject) and not is_variable(head.object):
        return Statement(head)
    return _rule(head, scope, sentence, subject)


def _rule(head: Atom, scope: Scope, sentence: str, place: Phrase) -> Conditional:
    everyone = [
        Atom(one.term, IS, "person" if one.sort == "one" else "thing")
        for one in scope.variables
        if one.sort in {"one", "thing"}
        and not any(one.term in (said.subject, said.object) for said in scope.body)
    ]
    body = tuple(dict.fromkeys([*everyone, *scope.body]))
    rule = Rule("", head, body, where=tuple(scope.where), sentence=sentence)
    if unsafe_part(rule):
        raise RefusalError(
            f'nothing limits who "{place.token.text}" is: say of what kind, or "everyone who …"',
            place.token,
        )
    return Conditional(rule)


def conditional(
    conditions: Sequence[Clause],
    conclusions: Sequence[Clause],
    sentence: str,
    *,
    conclusion_first: bool = False,
) -> list[Meaning]:
    """Return the rules that "if" makes, one for each statement of the conclusion.

    Raises:
        RefusalError: they are none.
    """
    scope = Scope(_definite([*conditions, *conclusions]), letters=True)
    role = "first" if conclusion_first else "conclusion"
    subjects = [one for clause in conclusions for one in clause.subjects]
    terms = [subject_of(one, scope, role) for one in subjects] if conclusion_first else []
    for clause in conditions:
        for subject in clause.subjects:
            term = subject_of(subject, scope, "condition")
            for predicate in clause.predicates:
                scope.body += atoms_of(predicate, term, scope, "condition")
    terms = terms or [subject_of(one, scope, role) for one in subjects]
    meanings: list[Meaning] = []
    for clause in conclusions:
        for _ in clause.subjects:
            term = terms.pop(0)
            for predicate in clause.predicates:
                inner = scope.fork()
                meanings += [
                    _rule(head, inner, sentence, subjects[0])
                    for head in atoms_of(predicate, term, inner, role)
                ]
    return meanings


def _definite(clauses: Iterable[Clause]) -> frozenset[str]:
    """The names that stand after "the"."""
    phrases = [phrase for clause in clauses for phrase in clause.subjects]
    phrases += [one.object for clause in clauses for one in clause.predicates if isinstance(one, Relation)]
    return frozenset(key_of(phrase.name) for phrase in phrases if phrase.kind == "the")


def is_universal(clause: Clause) -> bool:
    """Whether a question of this clause asks of all of a kind."""
    subjects = any(phrase.kind in {"a", "every", "plural", "no"} for phrase in clause.subjects)
    objects = (one.object for one in clause.predicates if isinstance(one, Relation))
    return subjects or any(phrase.kind == "every" for phrase in objects)


def question_atoms(clauses: Iterable[Clause], scope: Scope) -> tuple[Atom, ...]:
    """Return the statements that a question asks for, which hold together for one choice of its variables.

    Objects with "a", "some" and "any" are kinds, or some of that kind, as the scope has it.

    Raises:
        RefusalError: it cannot be asked.
    """
    atoms: list[Atom] = []
    for clause in clauses:
        for subject in clause.subjects:
            term = subject_of(subject, scope, "question")
            for predicate in clause.predicates:
                atoms += atoms_of(predicate, term, scope, "question")
    return tuple(dict.fromkeys([*scope.body, *atoms]))
