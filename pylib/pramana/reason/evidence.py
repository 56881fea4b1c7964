"""What was found for a question, how much of the question it explains, and how sure it makes the answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pramana.answers import MemoryUsed
from pramana.knowledge import Fact, FactPath, Proof, Step
from pramana.reason.question import Question, Word, stems_in
from pramana.reason.relations import akin, stems_of
from pramana.text.terms import key_of

__all__ = ["Evidence", "Shared"]


ALONE = 0.6
"""Least similarity of a memory that is an answer by itself. Learnt on the development half of the labelled sets."""


DOUBT = 0.7
"""Of a question nothing of which is explained. Learnt, as `ALONE`."""
_IN_A_CASE = stems_of(
    "happen fail failed stop stopped vanish disappear die break broke crash go gone went down away offline missing"
    " remove ban delete drop lose lost suffer affect change follow lack run out exist work become were"
)
"""Words that say of something that it is gone, or ask what comes of it."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What is so of several terms alike: one statement of each."""

    facts: tuple[Fact, ...]


@dataclass(slots=True)
class Evidence:
    """What an answer rests on.

    `asked` says that it is of the relation that the question names, `fit` how sure that is, and `counted` how many
    terms were found where the question is how many there are.
    """

    paths: list[FactPath] = field(default_factory=list)
    shared: list[Shared] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)
    memories: list[MemoryUsed] = field(default_factory=list)
    asked: bool = False
    fit: float = 1.0
    counted: int = 0
    more: int = 0
    """Statements of the same sort that were left out."""
    heard: set[str] = field(default_factory=set)
    """The stems of the words by which the relation was asked for."""
    supposed: str = ""
    """ "gone" or "assumed" where it tells of a case that is supposed, see `supposing.py`."""
    needing: list[Fact] = field(default_factory=list)
    """Statements that something needs what would be gone."""
    ending: list[Fact] = field(default_factory=list)
    """Statements that would no longer be so."""
    lost: list[Proof] = field(default_factory=list)
    """Of what would no longer follow, as things are."""

    @property
    def size(self) -> int:
        """How many pieces of knowledge there are; memories are none."""
        supposed = len(self.needing) + len(self.ending) + len(self.lost)
        return len(self.paths) + len(self.shared) + len(self.facts) + len(self.proofs) + supposed

    def __bool__(self) -> bool:
        return self.size > 0

    def add(self, other: Evidence) -> None:
        """Take what was found for another part of the question. It is as sure as the least sure part that has any."""
        for path in other.paths:
            if path not in self.paths:
                self.paths.append(path)
        for fact in other.facts:
            self.add_fact(fact)
        for name in ("shared", "proofs", "needing", "ending", "lost"):
            mine, theirs = getattr(self, name), getattr(other, name)
            mine += [one for one in theirs if one not in mine]
        self.fit = min(self.fit, other.fit)
        self.asked = self.asked or other.asked
        self.counted = self.counted or other.counted
        self.more += other.more
        self.heard |= other.heard
        self.supposed = self.supposed or other.supposed

    def add_path(self, path: FactPath) -> None:
        """Take a path, as a fact if it is one step."""
        if len(path.steps) == 1:
            self.add_fact(path.steps[0].fact)
        else:
            self.paths.append(path)

    def add_fact(self, fact: Fact) -> None:
        """Take a fact once, and not if it is on a path."""
        known = {step.fact.id for step in self.steps()} | {one.id for one in self.facts}
        if fact.id not in known:
            self.facts.append(fact)

    def steps(self) -> Iterator[Step]:
        """Of all paths."""
        return (step for path in self.paths for step in path.steps)

    def statements(self) -> Iterator[tuple[str, str, str]]:
        """All that was found, as triples."""
        shared = (fact for one in self.shared for fact in one.facts)
        for fact in (
            *(step.fact for step in self.steps()),
            *self.facts,
            *shared,
            *self.needing,
            *self.ending,
        ):
            yield fact.subject, fact.predicate, fact.object
        for proof in (*self.proofs, *self.lost):
            for step in proof.steps:
                yield step.conclusion.subject, step.conclusion.predicate, step.conclusion.object

    def terms_beyond(self, question: Question, most: int = 4) -> list[str]:
        """The first terms that were found and that the question does not name."""
        named = {key_of(term) for term in question.terms}
        terms = {key_of(term): term for first, _, last in self.statements() for term in (first, last)}
        return [term for key, term in terms.items() if key not in named][:most]

    def unexplained(self, question: Question) -> list[Word]:
        """The words of a question that nothing found deals with; those of a mention whose term was not used, too."""
        statements = list(self.statements())
        predicates = {predicate for _, predicate, _ in statements}
        texts = [f"{one.task_description} {one.strategy}" for one in self.memories if one.similarity >= ALONE]
        known = stems_in(*(term for triple in statements for term in triple), *texts)
        if self.asked:
            known |= question.typed | self.heard
        if self.supposed:
            known |= _IN_A_CASE
        spoken = {key_of(term) for first, _, last in statements for term in (first, last)}
        named = [
            word for word, term in question.mentioned if key_of(term) not in spoken and word.stem not in known
        ]
        return named + [
            word
            for word in question.words
            if word.stem not in known and not any(akin(word.stem, predicate) for predicate in predicates)
        ]

    def ignores(self, question: Question) -> bool:
        """Whether a term that the question names in full, and not as an aside, is not spoken of."""
        spoken = stems_in(*(term for first, _, last in self.statements() for term in (first, last)))
        named = [one for one in question.things if one.how != "part" and not question.aside(one)]
        return any(not stems_in(one.term) <= spoken for one in named)

    def share_unexplained(self, question: Question, *, scene: bool = False) -> float:
        """Of the words of content of a question, those in mentions included; 0 for a question without any.

        Words of a scene that is set before the question count only if they are explained, unless `scene`.
        """
        unexplained = [word for word in self.unexplained(question) if scene or word.start >= question.asking]
        words = [*question.words, *(word for word, _ in question.mentioned)]
        explained = {word.start for word in words} - {word.start for word in self.unexplained(question)}
        whole = len(explained) + len(unexplained)
        return len(unexplained) / whole if whole else 0.0

    def confidence(self, question: Question) -> float:
        """How sure an answer is that rests on this, in [0, 1].

        The best piece counts: a path with the product of its facts, a fact or a proof with its confidence, a memory
        with its similarity times how clearly it succeeded or failed. That is lowered by the least sure of the links
        to terms that it speaks of, by how sure it is that a relation is the one asked for, and by the share of the
        question that stays unexplained.
        """
        shared = [min(fact.confidence for fact in one.facts) for one in self.shared]
        facts = (*self.facts, *self.needing, *self.ending)
        known = [path.confidence for path in self.paths] + [fact.confidence for fact in facts] + shared
        known += [proof.confidence for proof in (*self.proofs, *self.lost)]
        told = [one.similarity * max(one.success, 1.0 - one.success) for one in self.memories]
        spoken = {key_of(term) for first, _, last in self.statements() for term in (first, last)}
        links = [one.score for one in question.entities if key_of(one.term) in spoken]
        best = max([value * min(links, default=1.0) for value in known] + told, default=0.0)
        return (
            min(1.0, max(0.0, best)) * self.fit * (1.0 - DOUBT * self.share_unexplained(question, scene=True))
        )
