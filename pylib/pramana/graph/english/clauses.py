"""Clauses: subjects, and what is said of each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pramana.graph.english.lexicon import ARTICLES, CONJUNCTIONS, PASTS, RELATIVES, is_demonym
from pramana.graph.english.phrases import cut_at_joints, has_inner_designator, is_designator, subjects_of
from pramana.graph.english.predicates import continued, predicate_at, says_one, starts_predicate
from pramana.graph.english.spoken import Phrase, Predicate, Property, RefusalError, Relation
from pramana.graph.english.tokens import Token
from pramana.graph.english.verbs import verb_strength, verbs_from

__all__ = ["Clause", "Part", "clauses_of", "only_reading", "plain", "subject_with_relative"]

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
        relative = _relative_of_kind(tokens, plural=self.plural)
        if relative:
            self.extend((joint, tokens[:relative]), asked=asked)
            if isinstance(self.predicates[-1], Property):
                self._restrict(tokens, relative)
                return
            self.predicates.pop()
        they = [phrase.token.word for phrase in self.subjects] == ["they"]  # who is one: "they are a bird"
        if self.plural and not they and says_one(tokens):
            article = next(token for token in tokens if token.word in ARTICLES)
            raise RefusalError(f'"{article.text}" goes with a subject in the singular', article)
        if not self.predicates or starts_predicate(tokens, plural=self.plural):
            self.predicates.append(predicate_at(tokens, plural=self.plural, asked=asked))
        else:
            self.predicates.append(continued(self.predicates[-1], tokens, plural=self.plural, joint=joint))

    def _restrict(self, tokens: Sequence[Token], relative: int) -> None:
        """Add what "that …" says of the kind that was said last: a mammal that flies is a mammal, and flies."""
        marker, said = tokens[relative], tokens[relative + 1 :]
        if self.predicates[-1].negated:
            raise RefusalError('how far "not" reaches is not clear: say "not" of each', marker)
        if not said or not verb_strength(said, 0, plural=self.plural):
            raise RefusalError(f'a verb is missing after "{marker.text}"', marker)
        self.predicates.append(predicate_at(said, plural=self.plural))


def _relative_of_kind(tokens: Sequence[Token], *, plural: bool) -> int:
    """Return where "that" stands in "is a cat that …", "are cats that …", or 0."""
    first = tokens[0].word
    place = next((place for place, token in enumerate(tokens) if place > 1 and token.word in RELATIVES), 0)
    article = any(token.word in ARTICLES for token in tokens[: min(place, 3)])
    return place if (first in {"is", "are"} and (article or plural)) or first in ARTICLES else 0


def clauses_of(tokens: Sequence[Token]) -> list[Clause]:
    """Return the clauses that "and" joins in the tokens.

    Raises:
        RefusalError: they are outside the grammar.
    """
    if tokens and tokens[0].word == "neither":
        return [_neither(tokens)]
    return [one for clause in _joined_clauses(tokens) for one in plain(clause)]


def _neither(tokens: Sequence[Token]) -> Clause:
    """Read "neither A nor B is C"."""
    cuts = [0, *(place for place, token in enumerate(tokens) if token.word == "nor"), len(tokens)]
    *others, last = [tokens[start + 1 : end] for start, end in pairwise(cuts)]
    clauses = clauses_of(last)
    clause = clauses[0]
    if len(clauses) > 1 or len(clause.predicates) > 1 or clause.predicates[0].negated:
        raise RefusalError('how far "neither" reaches is not clear: say "not" of each', tokens[0])
    subjects = [*(one for words in others for one in subjects_of([("", words)], plural=clause.plural))]
    subjects += clause.subjects
    if any(one.kind in {"no", "pronoun"} for one in subjects):
        raise RefusalError('"neither … nor" joins names or kinds', tokens[0])
    return Clause(tuple(subjects), clause.plural, [replace(clause.predicates[0], negated=True)])


def plain(clause: Clause) -> list[Clause]:
    """Return clauses that say the same without "each other" and "the capital of France is Paris".

    Raises:
        RefusalError: "each other", "himself" or the like do not go with the subjects.
    """
    objects = [one.object for one in clause.predicates if isinstance(one, Relation)]
    for phrase in objects:
        if phrase.kind == "reflexive" and (phrase.token.word == "themselves") != clause.plural:
            raise RefusalError(f'"{phrase.token.text}" and its subject differ in number', phrase.token, ())
    mutual = next((phrase for phrase in objects if phrase.kind == "reciprocal"), None)
    if mutual is None:
        return [one for subject in clause.subjects for one in _turned(clause, subject)]
    names = all(subject.kind in {"name", "the"} for subject in clause.subjects)
    if not names or len(clause.subjects) < 2:
        raise RefusalError(f'"{mutual.token.text} …" needs names joined by "and"', mutual.token)
    if any(predicate.negated for predicate in clause.predicates):
        raise RefusalError(f'how far "not" reaches is not clear with "{mutual.token.text} …"', mutual.token)
    found = []
    for subject in clause.subjects:
        others = [other for other in clause.subjects if other is not subject]
        predicates = [said for one in clause.predicates for said in _toward(one, others)]
        found.append(Clause((subject,), clause.plural, predicates))
    return found


def _toward(predicate: Predicate, others: Sequence[Phrase]) -> list[Predicate]:
    if isinstance(predicate, Relation) and predicate.object.kind == "reciprocal":
        return [replace(predicate, object=other) for other in others]
    return [predicate]


def _turned(clause: Clause, subject: Phrase) -> list[Clause]:
    """Return the clause of one of its subjects, "the capital of France is Paris" turned round.

    Raises:
        RefusalError: it may say who or what somebody is: "the capital of France is British", "Alice's sister is Carol".
    """
    if subject.kind == "name" and subject.token.kind == "word" and "'s " in subject.name.replace("’", "'"):
        for one in clause.predicates:
            if isinstance(one, Property) and one.named and one.named.kind == "name":
                _check_says_what(subject, one.named)
    if subject.kind != "the" or not subject.head:
        return [replace(clause, subjects=(subject,))]
    (of,) = subject.relative
    found = []
    for one in clause.predicates:
        if isinstance(one, Property) and one.named and isinstance(of, Relation):
            if is_demonym(one.named.name):
                reason = f'"{one.named.name}" may be a name or say of what people: put it in quotes as a name'
                raise RefusalError(f'{reason}, or say "a … person"', one.named.token, ())
            found.append(Clause((one.named,), False, [replace(of, negated=one.negated)]))
        else:
            found.append(Clause((subject,), clause.plural, [one]))
    return found


def _check_says_what(subject: Phrase, named: Phrase) -> None:
    """Refuse "Alice's sister is Carol", which says who she is, and not what."""
    if not is_demonym(named.name):
        raise RefusalError('whose somebody or something is, is said with "of"', subject.token)


def _joined_clauses(tokens: Sequence[Token]) -> list[Clause]:
    parts = cut_at_joints(tokens)
    clauses: list[Clause] = []
    waiting: list[Part] = []
    while parts:
        part = parts.pop(0)
        if clauses and not waiting and starts_predicate(part[1], plural=clauses[-1].plural):
            clauses[-1].extend(part)
            continue
        before = clauses[-1].predicates[-1] if clauses else None
        alone = before is None or (isinstance(before, Property) and before.verb)  # "Dogs bark and cats meow"
        opened = _opened([*waiting, part], parts, least=1 if alone else 2)
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
    found: list[tuple[Clause, int]] = []
    for place, plural in verbs_from(tokens, 1, least=least):
        try:
            subjects = subjects_of([*parts[:-1], (parts[-1][0], tokens[:place])], plural=plural)
            clause = Clause(subjects, plural)
            clause.extend(("", tokens[place:]))
        except RefusalError as error:
            refusal = refusal or error
        else:
            if not found and verb_strength(tokens, place, plural=plural) >= 3:
                return clause
            found.append((clause, place))
    if refusal and not found:
        raise refusal
    return only_reading(found, tokens)


def only_reading(found: Sequence[tuple[Clause, int]], tokens: Sequence[Token]) -> Clause | None:
    """Return the one clause of several, each with the place of its verb, that can be meant; None of none.

    A letter or number belongs to the noun before it ("service B"), so a verb between the two is the worse reading, as
    is a subject that goes on behind it.

    Raises:
        RefusalError: two are as good.
    """
    if len(found) < 2:
        return found[0][0] if found else None
    costs = [_unlikely(tokens, place) for _, place in found]
    best = [one for one, cost in zip(found, costs, strict=True) if cost == min(costs)]
    if len(best) == 1:
        return best[0][0]
    (_, one), (_, other) = sorted(best, key=lambda reading: reading[1])[:2]
    rest = tokens[one + 1 :]
    raise RefusalError(
        f'"{tokens[one].text}" or "{tokens[other].text}" may be the verb: put the name that the other belongs to '
        "in quotes",
        quote=rest if len(rest) > 1 else (),
    )


def _unlikely(tokens: Sequence[Token], verb: int) -> int:
    before_letter = verb + 1 < len(tokens) and is_designator(tokens[verb + 1])
    return before_letter + has_inner_designator(tokens[: verb + 1])


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
    return (replace(subjects[0], relative=(*subjects[0].relative, *inner.predicates)),)


def _no_verb(tokens: Sequence[Token]) -> RefusalError:
    told = next((token for token in tokens if token.word in PASTS), None)
    if told:
        return RefusalError("only the present is told", told)
    joined = next((token for token in tokens if token.word in CONJUNCTIONS), None)
    return RefusalError("no verb was found that goes with the subject", None if joined else tokens[-1])
