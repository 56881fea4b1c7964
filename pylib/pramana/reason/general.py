"""What rules say of whole kinds ("Rockets need fuel."), as statements that can be gathered like facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pramana.graph.english.morphology import singular
from pramana.knowledge import IS, Fact, Rule, is_variable
from pramana.reason.naming import plurals
from pramana.text.terms import key_of

__all__ = ["General", "is_general", "rule_of"]

_PREFIX = "rule:"


def is_general(fact: Fact) -> bool:
    """Whether a statement was read out of a rule."""
    return fact.id.startswith(_PREFIX)


def rule_of(fact: Fact) -> str:
    """The id of the rule that a general statement was read out of."""
    return fact.id.removeprefix(_PREFIX)


class General:
    """The general statements of rules, by the kinds at their ends.

    Args:
        rules: those in force.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._of: dict[str, list[Fact]] = {}
        self._to: dict[str, list[Fact]] = {}
        for rule in rules:
            fact = _statement(rule)
            if fact is not None:
                self._of.setdefault(key_of(fact.subject), []).append(fact)
                self._to.setdefault(key_of(fact.object), []).append(fact)

    def of(self, term: str) -> list[Fact]:
        """Those whose subject is a kind, in either number."""
        return [fact for key in _numbers(term) for fact in self._of.get(key, ())]

    def to(self, term: str) -> list[Fact]:
        """Those whose object is a term, in either number."""
        return [fact for key in _numbers(term) for fact in self._to.get(key, ())]


def _numbers(term: str) -> Iterator[str]:
    """The keys of a term as it is, in the singular and in the plural."""
    return iter(dict.fromkeys(map(key_of, (term, singular(term), *plurals(term)))))


def _statement(rule: Rule) -> Fact | None:
    """What a rule says of one kind, or of one kind and another; None where it says something else."""
    kinds = {atom.subject: atom.object for atom in rule.body}
    plain = all(
        atom.predicate == IS
        and not atom.negated
        and is_variable(atom.subject)
        and not is_variable(atom.object)
        for atom in rule.body
    )
    head = rule.head
    ends = {end for end in (head.subject, head.object) if is_variable(end)}
    whole = plain and not rule.unless and not rule.where and len(kinds) == len(rule.body)
    if not whole or head.subject not in kinds or ends != set(kinds):
        return None
    last = kinds.get(head.object, head.object)
    return Fact(
        f"{_PREFIX}{rule.id}",
        kinds[head.subject],
        head.predicate,
        last,
        head.negated,
        rule.weight,
        rule.source,
    )
