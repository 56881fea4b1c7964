"""Clauses: subjects, and what is said of each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pramana.graph.english.lexicon import ARTICLES, CONJUNCTIONS, PASTS, RELATIVES
from pramana.graph.english.phrases import Phrase, Predicate, RefusalError, cut_at_joints, subjects_of
from pramana.graph.english.predicates import continued, predicate_at, says_one, starts_predicate
from pramana.graph.english.tokens import Token
from pramana.graph.english.verbs import verb_strength, verbs_from

__all__ = ["Clause", "Part", "clauses_of", "subject_with_relative"]

Part = tuple[str, Sequence[Token]]


@dataclass(slots=True)
class Clause:
    """Subjects, each of which has every one of the predicates; `plural` is the number of its verb."""

    subjects: tuple[Phrase, ...]
    plural: bool
    predicates: list[Predicate] = field(default_factory=list)

    def extend(self, part: Part, *, asked: bool = False) -> None:
        """Add what a part after "and" says.

        Raises:
            RefusalError: it is outside the grammar.
        """
        joint, tokens = part
        they = [phrase.token.word for phrase in self.subjects] == ["they"]  # who is one: "they are a bird"
        if self.plural and not they and says_one(tokens):
            article = next(token for token in tokens if token.word in ARTICLES)
            raise RefusalError(f'"{article.text}" goes with a subject in the singular', article)
        if not self.predicates or starts_predicate(tokens, plural=self.plural):
            self.predicates.append(predicate_at(tokens, plural=self.plural, asked=asked))
        else:
            self.predicates.append(continued(self.predicates[-1], tokens, plural=self.plural, joint=joint))


def clauses_of(tokens: Sequence[Token]) -> list[Clause]:
    """Return the clauses that "and" joins in the tokens.

    Raises:
        RefusalError: they are outside the grammar.
    """
    parts = cut_at_joints(tokens)
    clauses: list[Clause] = []
    waiting: list[Part] = []
    while parts:
        part = parts.pop(0)
        if clauses and not waiting and starts_predicate(part[1], plural=clauses[-1].plural):
            clauses[-1].extend(part)
            continue
        opened = _opened([*waiting, part], parts, least=2 if clauses else 1)
        if opened:
            clauses.append(opened)
            waiting = []
        elif clauses:
            clauses[-1].extend(part)
        else:
            waiting.append(part)
    if waiting:
        raise _no_verb(tokens)
    return clauses


def _opened(parts: list[Part], rest: list[Part], *, least: int) -> Clause | None:
    """Return the clause whose subject begins `parts` and whose verb is in the last of them; None without a verb.

    A relative clause may reach into `rest`, from which it takes what it needs.
    """
    tokens = parts[-1][1]
    relative = next((place for place, token in enumerate(tokens) if place and token.word in RELATIVES), None)
    if relative is not None and not verbs_from(tokens[:relative], 1, least=2):
        return _with_relative(parts, relative, rest)
    refusal: RefusalError | None = None
    for place, plural in verbs_from(tokens, 1, least=least):
        try:
            subjects = subjects_of([*parts[:-1], (parts[-1][0], tokens[:place])], plural=plural)
            clause = Clause(subjects, plural)
            clause.extend(("", tokens[place:]))
        except RefusalError as error:
            refusal = refusal or error
        else:
            return clause
    if refusal:
        raise refusal
    return None


def _with_relative(parts: list[Part], relative: int, rest: list[Part]) -> Clause:
    """Read a subject with a relative clause: what is before its last verb that leaves both sides whole is its own."""
    joint, tokens = parts[-1]
    marker = tokens[relative]
    refusal = RefusalError(f'a second verb is missing after "{marker.text} …"', marker)
    for count in range(len(rest) + 1):
        inner = [("", tokens[relative + 1 :]), *rest[:count]]
        if not inner[0][1]:
            break
        last = inner[-1][1]
        for place, plural in verbs_from(last, 0 if count else 1):
            said = [*inner[:-1], (inner[-1][0], last[:place])] if place else inner[:-1]
            try:
                subjects = subjects_of([*parts[:-1], (joint, tokens[:relative])], plural=plural)
                clause = Clause(_restricted(subjects, said, plural=plural, marker=marker), plural)
                clause.extend(("", last[place:]))
            except RefusalError as error:
                refusal = error
            else:
                del rest[:count]
                return clause
    raise refusal


def subject_with_relative(parts: Sequence[Part], relative: int, *, plural: bool) -> tuple[Phrase, ...]:
    """Return the subjects that parts are, the last with a relative clause from place `relative` on unless that is 0.

    Raises:
        RefusalError: they are none.
    """
    if not relative:
        return subjects_of(parts, plural=plural)
    joint, tokens = parts[-1]
    subjects = subjects_of([*parts[:-1], (joint, tokens[:relative])], plural=plural)
    said = cut_at_joints(tokens[relative + 1 :])
    return _restricted(subjects, said, plural=plural, marker=tokens[relative])


def _restricted(
    subjects: tuple[Phrase, ...], said: Sequence[Part], *, plural: bool, marker: Token
) -> tuple[Phrase, ...]:
    if len(subjects) > 1 or subjects[0].kind in {"name", "the", "pronoun", "reflexive"}:
        raise RefusalError(f'"{marker.text}" follows "everyone", "every …", "a …" or a plural only', marker)
    if not verb_strength(said[0][1], 0, plural=plural):
        raise RefusalError(f'a verb is missing after "{marker.text}"', marker)
    inner = Clause(subjects, plural)
    for part in said:
        inner.extend(part)
    return (replace(subjects[0], relative=tuple(inner.predicates)),)


def _no_verb(tokens: Sequence[Token]) -> RefusalError:
    told = next((token for token in tokens if token.word in PASTS), None)
    if told:
        return RefusalError("only the present is told", told)
    joined = next((token for token in tokens if token.word in CONJUNCTIONS), None)
    return RefusalError("no verb was found that goes with the subject", None if joined else tokens[-1])
