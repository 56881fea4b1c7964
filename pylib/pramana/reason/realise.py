"""Evidence in plain sentences that say no more than it does, and cite every fact, rule and memory as "[n]"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from pramana.answers import Citation, MemoryUsed
from pramana.graph.english.lexicon import BASE_OF, PASTS, PREPOSITIONS, VERBS_ONLY, is_adjective
from pramana.graph.english.morphology import third_person
from pramana.knowledge import IS, Atom, Fact, FactPath, Proof, ProofStep, is_variable
from pramana.reason.evidence import Evidence, Shared
from pramana.reason.general import is_general, rule_of
from pramana.reason.relations import HAPPENED, is_participial

__all__ = ["UNITS", "Realiser", "is_noun", "is_verbal", "listed", "said"]

_FIXED = {
    "is a": IS,
    "called": "is called",
    "before": "comes before",
    "after": "comes after",
    "has": "has",
    "is": "is",
}
_PLURAL = {"is": "are", "has": "have", "does": "do", "comes": "come"}
_UNCHANGED = frozenset(["hit", "cut", "put", "hurt", "spread", "beat", "shut", "quit", "split"])
"""Verbs whose past is their base."""
_UNITS = """
seconds minutes hours days weeks months years euros dollars pounds percent mm cm m km g kg litres degrees
"""
UNITS = frozenset(_UNITS.split())
_DO = {"has": "have", "comes": "come"}


class Realiser:
    """Writes sentences, and numbers what they cite in the order in which it is cited first."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}
        self._facts: dict[str, Fact] = {}

    @property
    def cited(self) -> tuple[Fact, ...]:
        """The facts that were cited."""
        return tuple(self._facts.values())

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What was cited, in the order of the numbers."""
        return tuple(Citation(kind, name) for kind, name in self._numbers)

    def cite(self, kind: str, name: str) -> str:
        """Return " [n]" for a fact, a rule or a memory; nothing for what is only assumed."""
        if not name or name.startswith("assumption:"):
            return ""
        number = self._numbers.setdefault((kind, name), len(self._numbers) + 1)
        return f" [{number}]"

    def cite_fact(self, fact: Fact) -> str:
        """Return " [n]" for a fact, or for the rule that a general statement was read out of."""
        if is_general(fact):
            return self.cite("rule", rule_of(fact))
        cited = self.cite("fact", fact.id)
        if cited:
            self._facts.setdefault(fact.id, fact)
        return cited

    def _cite_step(self, step: ProofStep) -> str:
        one = step.conclusion
        return self.cite_fact(
            Fact(step.fact, one.subject, one.predicate, one.object, one.negated, step.confidence, step.source)
        )

    def evidence(self, found: Evidence) -> str:
        """All of the evidence: how many there are, what is shared, chains, statements, what follows, memories."""
        sentences = [
            *([f"{found.counted} {'is' if found.counted == 1 else 'are'} known"] if found.counted else []),
            *self._supposed(found),
            *map(self.shared, found.shared),
            *map(self.path, found.paths),
            *self.facts(found.facts),
            *(self.proof(proof) for proof in found.proofs),
            *([f"{found.more} more {'is' if found.more == 1 else 'are'} known"] if found.more else []),
            *map(self.memory, found.memories),
        ]
        return " ".join(map(_sentence, sentences))

    def _supposed(self, found: Evidence) -> list[str]:
        """What would be otherwise: what would lack what it needs, what would no longer be so, or follow."""
        parts = (
            ("something needed would be missing", self.facts(found.needing)),
            ("this would no longer be so", self.facts(found.ending)),
            ("this would no longer follow", list(map(self.proof, found.lost))),
        )
        return [f"{heading}: {'; '.join(told)}" for heading, told in parts if told]

    def verdict(self, verdict: str, proofs: Sequence[Proof]) -> str:
        """Yes or no, and why."""
        return _sentence(f"{'Yes' if verdict == 'true' else 'No'}: " + "; ".join(map(self.proof, proofs)))

    def proof(self, proof: Proof) -> str:
        """What is proved, and the facts and rules that it rests on: "a is c, since a is b [1] and b is c [2]"."""
        last = proof.last
        if last.fact:
            return f"{said(last.conclusion)}{self._cite_step(last)}"
        facts = [
            f"{said(step.conclusion)}{cited}"
            for step in proof.steps
            if step.fact and (cited := self._cite_step(step))
        ]
        absent = [f"nothing says that {said(_closed(atom))}" for step in proof.steps for atom in step.absent]
        rules = [
            self.cite("rule", name).strip() for name in dict.fromkeys(s.rule for s in proof.steps if s.rule)
        ]
        by = f", by {'rule' if len(rules) == 1 else 'rules'} {listed(rules)}" if any(rules) else ""
        assumed = [f"{said(one.atom)} by assumption" for one in proof.assumptions]
        since = f", since {listed([*assumed, *facts, *absent])}" if facts or absent or assumed else ""
        return f"{said(last.conclusion)}{since}{by}"

    def path(self, path: FactPath) -> str:
        """A chain: "a enables b [1], which causes c [2]"; against a relation "a causes b [1], which c uses [2]"."""
        words = ""
        for place, step in enumerate(path.steps):
            fact, cited = step.fact, self.cite_fact(step.fact)
            here, end = path.terms[place], path.terms[place + 1]
            before = path.steps[place - 1] if place else None
            if before is None:
                words = f"{said(_general(fact))}{cited}"
            elif step.forward and before.forward:
                words += f", which {phrase(fact.predicate)} {end}{cited}"
            elif step.forward:
                subject = "and" if place == 1 else f"; {here}"
                words += f" {subject} {phrase(fact.predicate)} {end}{cited}".replace(" ;", ";")
            elif before.forward:
                words += f", which {end} {phrase(fact.predicate)}{cited}"
            else:
                words += f"; {said(_general(fact))}{cited}"
        return words

    def facts(self, facts: Iterable[Fact]) -> list[str]:
        """Statements, those with the same subject or the same object in one sentence."""
        ahead: dict[tuple[str, str, bool], list[Fact]] = defaultdict(list)
        behind: dict[tuple[str, str, bool], list[Fact]] = defaultdict(list)
        for fact in facts:
            ahead[fact.subject, fact.predicate, fact.negated].append(fact)
            behind[fact.object, fact.predicate, fact.negated].append(fact)
        sentences, done = [], set()
        for fact in facts:
            same_subject = ahead[fact.subject, fact.predicate, fact.negated]
            same_object = behind[fact.object, fact.predicate, fact.negated]
            group = same_object if len(same_object) > len(same_subject) else same_subject
            left = [one for one in group if one.id not in done]
            if fact.id not in done:
                done |= {one.id for one in left}
                sentences.append(self._several(left, one_object=group is same_object))
        return sentences

    def _several(self, facts: Sequence[Fact], *, one_object: bool) -> str:
        first = facts[0]
        if len(facts) == 1:
            return f"{said(_general(first))}{self.cite_fact(first)}"
        if one_object:
            subjects = listed([f"{_general(one).subject}{self.cite_fact(one)}" for one in facts])
            return said(Atom(subjects, first.predicate, first.object, first.negated), plural=True)
        objects = listed([f"{one.object}{self.cite_fact(one)}" for one in facts])
        return said(Atom(_general(first).subject, first.predicate, objects, first.negated))

    def shared(self, shared: Shared) -> str:
        """What is so of several terms: "both a [1] and b [2] are c"."""
        subjects = listed([f"{_general(one).subject}{self.cite_fact(one)}" for one in shared.facts])
        first = shared.facts[0]
        both = "both " if len(shared.facts) == 2 else ""
        return said(Atom(f"{both}{subjects}", first.predicate, first.object, first.negated), plural=True)

    def memory(self, memory: MemoryUsed) -> str:
        """A strategy and its success: 'for "…", the strategy "…" has a success of 0.92 [1]'."""
        cited = self.cite("memory", memory.id)
        if not memory.strategy:
            return f'a memory deals with "{memory.task_description}"{cited}'
        told = f'for "{memory.task_description}", the strategy "{memory.strategy}"'
        # A half is what is said of a memory of whose success nothing is known.
        return f"{told} {f'has a success of {memory.success:.2f}' if memory.success != 0.5 else 'is known'}{cited}"


def said(atom: Atom, *, plural: bool = False) -> str:
    """A statement in words: vulnerable_to is "is vulnerable to", a noun is "the deadline of … is …".

    Args:
        atom: without variables.
        plural: whether its subject is several things.
    """
    name = _name(atom.predicate)
    verb = _verb_phrase(name)
    if verb == IS and atom.object in BASE_OF and not plural:
        return f"{atom.subject} {_conjugated(atom.object, plural=False, negated=atom.negated)}"
    verb, measured = _with_unit(verb, atom.object)
    if not verb:
        return f"the {name} of {atom.subject} {'is not' if atom.negated else 'is'} {atom.object}"
    last = _of_class(atom.object, plural=plural) if verb == IS else measured
    return f"{atom.subject} {_conjugated(verb, plural=plural, negated=atom.negated)} {last}"


def _with_unit(verb: str, last: str) -> tuple[str, str]:
    """Put a unit that ends a verb behind the number: takes_days 4 is "takes 4 days"."""
    first, _, unit = verb.rpartition(" ")
    return (first, f"{last} {unit}") if first and unit in UNITS and last[:1].isdigit() else (verb, last)


def _of_class(words: str, *, plural: bool) -> str:
    """A class with its article, or in the plural; an adjective, a name, a participle stay as they are."""
    last = words.rsplit(maxsplit=1)[-1]
    listing = "[" in words
    verbal = last.endswith("ing") or (last.endswith("ed") and not last.endswith("eed") and len(last) > 4)
    if listing or words != words.lower() or verbal or is_adjective(last) or not last.isalpha():
        return words
    if plural:
        return words if " of " in words else f"{words[: -len(last)]}{third_person(last)}"
    return _with_article(words)


def _with_article(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _general(fact: Fact) -> Atom:
    """What a statement says; of a kind with an article: "a rocket needs fuel"."""
    subject = fact.subject
    general = is_general(fact) and subject == subject.lower() and not subject.endswith("s")
    return Atom(_with_article(subject) if general else subject, fact.predicate, fact.object, fact.negated)


def _closed(atom: Atom) -> Atom:
    """A statement with "anything" for its variables."""
    subject, last = ("anything" if is_variable(term) else term for term in (atom.subject, atom.object))
    return Atom(subject, atom.predicate, last, atom.negated)


def phrase(predicate: str) -> str:
    """The words between subject and object."""
    name = _name(predicate)
    return _verb_phrase(name) or f"has the {name}"


def is_noun(predicate: str) -> bool:
    """Whether a predicate is said as "the deadline of … is …"."""
    return not _verb_phrase(_name(predicate))


def is_verbal(predicate: str) -> bool:
    """Whether a predicate begins with a verb, other than a form of "be" that is left out."""
    first = _name(predicate).partition(" ")[0]
    return _is_third_person(first) or first in PASTS or first.endswith("ed") or first in VERBS_ONLY


def listed(items: Sequence[str]) -> str:
    """Join with commas, and "and" before the last."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def _name(predicate: str) -> str:
    """The words of a predicate; of an IRI its last part."""
    local = re.split(r"[/#:]", predicate.rstrip("/#"))[-1] if "://" in predicate else predicate
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", local).replace("_", " ")
    return spaced.strip().lower() if spaced != local or local.islower() else spaced.strip()


def _verb_phrase(name: str) -> str:
    """Words that begin with a verb in the third person or the past, or "" where a name is a noun."""
    first, *rest = name.split() or [""]
    if name in _FIXED:
        return _FIXED[name]
    if is_participial("_".join(name.split())) and first not in HAPPENED:
        return f"is {name}"
    if (
        first in {"is", "has", "does"}
        or first in _UNCHANGED
        or (first in HAPPENED and rest)
        or first in PASTS
        or _is_third_person(first)
    ):
        return name
    if (rest and rest[-1] in PREPOSITIONS) or first in PREPOSITIONS:
        return f"is {name}"
    if first in VERBS_ONLY or first.endswith(("inate", "ify", "ize")):
        return " ".join((third_person(first), *rest))
    return name if first.endswith("ed") and not rest else ""


def _is_third_person(word: str) -> bool:
    return word == "has" or (word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3)


def _conjugated(verb: str, *, plural: bool, negated: bool) -> str:
    first, _, rest = verb.partition(" ")
    if first == "is":
        first = ("are" if plural else "is") + (" not" if negated else "")
    elif negated and first not in PASTS and _is_third_person(first):
        first = f"{'do' if plural else 'does'} not {_base(first)}"
    elif negated:
        return f"{'are' if plural else 'is'} not so that: {verb}"
    elif plural:
        first = _PLURAL.get(first) or (_base(first) if _is_third_person(first) else first)
    return f"{first} {rest}".strip()


def _base(verb: str) -> str:
    """The verb of a third person."""
    if verb in _DO or verb in BASE_OF:
        return _DO.get(verb) or BASE_OF[verb]
    if verb.endswith("ies") and len(verb) > 4:
        return f"{verb[:-3]}y"
    return verb[:-2] if verb.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")) else verb[:-1]


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
