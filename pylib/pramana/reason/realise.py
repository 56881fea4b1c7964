"""Evidence in plain sentences that say no more than it does, and cite every fact, rule and memory as "[n]"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from pramana.answers import Citation, MemoryUsed
from pramana.graph.english.lexicon import PASTS, PREPOSITIONS, is_adjective
from pramana.graph.english.morphology import third_person
from pramana.knowledge import IS, Atom, Fact, FactPath, Proof, is_variable
from pramana.reason.evidence import Evidence, Shared

__all__ = ["Realiser", "is_noun", "listed", "said"]

_FIXED = {
    "is a": IS,
    "called": "is called",
    "before": "comes before",
    "after": "comes after",
    "has": "has",
    "is": "is",
}
_HAPPENED_WORDS = """
appeared arrived belonged came contributed consisted died depended escaped ended graduated happened lasted lived moved
occurred participated played referred resided resulted retired returned served started stayed studied travelled
traveled turned voted went worked
"""
_HAPPENED = frozenset(_HAPPENED_WORDS.split())
"""Pasts that are no passive before a preposition: "lived in", beside "is located in"."""
_PLURAL = {"is": "are", "has": "have", "does": "do", "comes": "come"}
_DO = {"has": "have", "comes": "come"}


class Realiser:
    """Writes sentences, and numbers what they cite in the order in which it is cited first."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}

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

    def evidence(self, found: Evidence) -> str:
        """All of the evidence: what is shared, chains, statements, what follows, memories."""
        sentences = [
            *map(self.shared, found.shared),
            *map(self.path, found.paths),
            *self.facts(found.facts),
            *(self.proof(proof) for proof in found.proofs),
            *map(self.memory, found.memories),
        ]
        return " ".join(map(_sentence, sentences))

    def verdict(self, verdict: str, proofs: Sequence[Proof]) -> str:
        """Yes or no, and why."""
        return _sentence(f"{'Yes' if verdict == 'true' else 'No'}: " + "; ".join(map(self.proof, proofs)))

    def proof(self, proof: Proof) -> str:
        """What is proved, and the facts and rules that it rests on: "a is c, since a is b [1] and b is c [2]"."""
        last = proof.last
        if last.fact:
            return f"{said(last.conclusion)}{self.cite('fact', last.fact)}"
        facts = [
            f"{said(step.conclusion)}{cited}"
            for step in proof.steps
            if step.fact and (cited := self.cite("fact", step.fact))
        ]
        absent = [f"nothing says that {said(_closed(atom))}" for step in proof.steps for atom in step.absent]
        rules = [
            self.cite("rule", name).strip() for name in dict.fromkeys(s.rule for s in proof.steps if s.rule)
        ]
        by = f", by {'rule' if len(rules) == 1 else 'rules'} {listed(rules)}" if any(rules) else ""
        since = f", since {listed([*facts, *absent])}" if facts or absent else ""
        return f"{said(last.conclusion)}{since}{by}"

    def path(self, path: FactPath) -> str:
        """A chain: "a enables b [1], which causes c [2]"; against a relation "a causes b [1], which c uses [2]"."""
        words = ""
        for place, step in enumerate(path.steps):
            fact, cited = step.fact, self.cite("fact", step.fact.id)
            here, end = path.terms[place], path.terms[place + 1]
            before = path.steps[place - 1] if place else None
            if before is None:
                words = f"{said(fact.atom)}{cited}"
            elif step.forward and before.forward:
                words += f", which {phrase(fact.predicate)} {end}{cited}"
            elif step.forward:
                subject = "and" if place == 1 else f"; {here}"
                words += f" {subject} {phrase(fact.predicate)} {end}{cited}".replace(" ;", ";")
            elif before.forward:
                words += f", which {end} {phrase(fact.predicate)}{cited}"
            else:
                words += f"; {said(fact.atom)}{cited}"
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
            return f"{said(first.atom)}{self.cite('fact', first.id)}"
        if one_object:
            subjects = listed([f"{one.subject}{self.cite('fact', one.id)}" for one in facts])
            return said(Atom(subjects, first.predicate, first.object, first.negated), plural=True)
        objects = listed([f"{one.object}{self.cite('fact', one.id)}" for one in facts])
        return said(Atom(first.subject, first.predicate, objects, first.negated))

    def shared(self, shared: Shared) -> str:
        """What is so of several terms: "both a [1] and b [2] are c"."""
        subjects = listed([f"{one.subject}{self.cite('fact', one.id)}" for one in shared.facts])
        first = shared.facts[0]
        both = "both " if len(shared.facts) == 2 else ""
        return said(Atom(f"{both}{subjects}", first.predicate, first.object, first.negated), plural=True)

    def memory(self, memory: MemoryUsed) -> str:
        """A strategy and its success: 'for "…", the strategy "…" has a success of 0.92 [1]'."""
        cited = self.cite("memory", memory.id)
        if not memory.strategy:
            return f'a memory deals with "{memory.task_description}"{cited}'
        return (
            f'for "{memory.task_description}", the strategy "{memory.strategy}" has a success of '
            f"{memory.success:.2f}{cited}"
        )


def said(atom: Atom, *, plural: bool = False) -> str:
    """A statement in words: vulnerable_to is "is vulnerable to", a noun is "the deadline of … is …".

    Args:
        atom: without variables.
        plural: whether its subject is several things.
    """
    name = _name(atom.predicate)
    verb = _verb_phrase(name)
    if not verb:
        return f"the {name} of {atom.subject} {'is not' if atom.negated else 'is'} {atom.object}"
    last = _of_class(atom.object, plural=plural) if verb == IS else atom.object
    return f"{atom.subject} {_conjugated(verb, plural=plural, negated=atom.negated)} {last}"


def _of_class(words: str, *, plural: bool) -> str:
    """A class with its article, or in the plural; an adjective, a name and what ends in -ing stay as they are."""
    last = words.rsplit(maxsplit=1)[-1]
    listing = "[" in words
    if listing or words != words.lower() or last.endswith("ing") or is_adjective(last) or not last.isalpha():
        return words
    if plural:
        return words if " of " in words else f"{words[: -len(last)]}{third_person(last)}"
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


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
    participle = first.endswith("ed") or (first in PASTS and rest[-1:] == ["by"])
    if rest and rest[-1] in PREPOSITIONS and participle and first not in _HAPPENED:
        return f"is {name}"
    if first in {"is", "has", "does"} or first in PASTS or _is_third_person(first):
        return name
    if (rest and rest[-1] in PREPOSITIONS) or first in PREPOSITIONS:
        return f"is {name}"
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
    if verb in _DO:
        return _DO[verb]
    if verb.endswith("ies") and len(verb) > 4:
        return f"{verb[:-3]}y"
    return verb[:-2] if verb.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")) else verb[:-1]


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
