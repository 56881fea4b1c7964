"""English to what is recorded: statements and rules of a text that is told, proposals of one that is free."""

from __future__ import annotations

from dataclasses import replace

from pramana.graph.rule_language import fact_text, rule_text
from pramana.graph.validate import Statement, statement_of
from pramana.knowledge import Proposal, Rule
from pramana.pace import Pace

__all__ = ["propose", "understand"]


async def understand(
    text: str, source: str, confidence: float
) -> tuple[list[Statement], list[Rule], tuple[str, ...]]:
    """Return the facts and rules of a text in the controlled English, and what each sentence says.

    Raises:
        NotUnderstoodError: a sentence is not of that language.
    """
    # The grammar is read when it is first needed: most pages only store and search.
    from pramana.graph import english

    statements: list[Statement] = []
    rules: list[Rule] = []
    understood = []
    pace = Pace()
    for sentence in english.sentences(text):
        await pace()
        lines = []
        for meaning in sentence.meanings:
            if isinstance(meaning, english.Statement):
                atom = meaning.atom
                one = statement_of(
                    atom.subject,
                    atom.predicate,
                    atom.object,
                    negated=atom.negated,
                    confidence=confidence,
                    source=source,
                )
                statements.append(one)
                lines.append(fact_text(atom, confidence))
            else:
                rule = replace(meaning.rule, weight=meaning.rule.weight * confidence, source=source)
                rules.append(replace(rule, text=rule_text(rule)))
                lines.append(rules[-1].text)
        understood.append("\n".join(lines))
    return statements, rules, tuple(understood)


async def propose(text: str, source: str) -> list[Proposal]:
    """Return facts that a free text seems to state."""
    from pramana.graph.extract import candidates, distinct  # read late, like the grammar

    stated, pace = [], Pace()
    for candidate in candidates(text):
        stated.append(candidate)
        await pace()
    found = []
    for one in distinct(stated):
        said = statement_of(one.subject, one.predicate, one.object, negated=one.negated)
        proposal = Proposal(
            "", *said[:4], one.confidence, pattern=one.pattern, sentence=one.sentence, source=source
        )
        found.append(proposal)
    return found
