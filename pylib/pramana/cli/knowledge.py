"""The commands of the knowledge graph: tell, ask, reason, rule, facts, retract."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence

from pramana.answers import Answer
from pramana.cli.running import opened, show_result
from pramana.cli.tables import table
from pramana.errors import InputError
from pramana.knowledge import Atom, Fact, Proof, Verdict

__all__ = ["ask", "facts", "reason", "retract", "rule", "tell"]


async def tell(options: argparse.Namespace) -> None:
    """Store what a text in controlled English says."""
    text = _standard_input() if options.text == "-" else options.text
    async with opened(options) as memory:
        told = await memory.graph.tell(text, source=options.source, confidence=options.confidence)
    show_result(options, told.to_dict(), "\n".join(told.understood))


def _standard_input() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise InputError("standard input is not UTF-8", field="text") from error


async def ask(options: argparse.Namespace) -> None:
    """Answer a question, with the proof."""
    async with opened(options, read_only=True) as memory:
        verdict = await memory.graph.ask(
            options.text,
            max_proofs=options.proofs,
            as_of_ms=options.as_of_ms,
            known_at_ms=options.known_at_ms,
        )
    show_result(options, verdict.to_dict(), "\n".join(_answer(verdict)))


async def reason(options: argparse.Namespace) -> None:
    """Answer a question from memories and knowledge, with what the answer rests on."""
    async with opened(options, read_only=True) as memory:
        answer = await memory.reason(
            options.text,
            depth=options.depth,
            min_confidence=options.min_confidence,
            k=options.k,
            as_of_ms=options.as_of_ms,
            namespace=options.namespace,
        )
    show_result(options, answer.to_dict(), "\n".join(_reasoned(answer, trace=options.trace)))


def _reasoned(answer: Answer, *, trace: bool) -> Iterator[str]:
    sure = "" if answer.verdict == "unknown" else f" ({answer.confidence:.2f})"
    yield f"{answer.verdict}{sure}, as a {answer.kind} question"
    if answer.text:
        yield answer.text
    facts = {fact.id: fact for fact in answer.facts}
    rules = {step.rule: step.text for proof in answer.proofs for step in proof.steps if step.rule}
    memories = {one.id: one.task_description for one in answer.memories}
    for number, cited in enumerate(answer.citations, 1):
        told = rules.get(cited.id) or memories.get(cited.id) or ""
        if fact := facts.get(cited.id):
            told = f"{_said(fact.atom)}{f', from {fact.source}' if fact.source else ''}"
        yield f"  [{number}] {cited.kind} {cited.id}{f': {told}' if told else ''}"
    for proof in answer.proofs:
        yield from _tree(proof)
    for step in answer.trace if trace else ():
        found = ", ".join(
            f"{name} {json.dumps(value, ensure_ascii=False)}" for name, value in step.found.items()
        )
        yield f"{step.ms:8.2f} ms  {step.step}: {found}"


async def rule(options: argparse.Namespace) -> None:
    """Add a rule, remove one, or list them."""
    if options.text is not None and options.remove is not None:
        raise InputError("give either a rule to add or --remove, not both", field="text")
    if options.text is not None:
        async with opened(options) as memory:
            rid = await memory.graph.add_rule(options.text, name=options.name, source=options.source)
        show_result(options, {"id": rid}, rid)
    elif options.remove is not None:
        async with opened(options, must_exist=True) as memory:
            await memory.graph.remove_rule(options.remove)
        show_result(options, {"removed": options.remove}, f"removed {options.remove}")
    else:
        async with opened(options, read_only=True) as memory:
            rules = await memory.graph.rules()
        rows = [[one.name, one.sentence or one.text, one.source, one.id] for one in rules]
        listed = table(["name", "rule", "source", "id"], rows, numbers=set()) if rows else "no rules"
        show_result(options, [one.to_dict() for one in rules], listed)


async def facts(options: argparse.Namespace) -> None:
    """List the facts that match, and with --derived what follows."""
    async with opened(options, read_only=True) as memory:
        found = await memory.graph.match(
            options.subject,
            options.predicate,
            options.object,
            derived=options.derived,
            negated=None,
            as_of_ms=options.as_of_ms,
            known_at_ms=options.known_at_ms,
            limit=options.limit,
        )
    show_result(options, [fact.to_dict() for fact in found], _facts_table(found))


async def retract(options: argparse.Namespace) -> None:
    """Retract a fact by its id, or those that match."""
    asked = {
        name: getattr(options, name)
        for name in ("subject", "predicate", "object", "source")
        if getattr(options, name) is not None
    }
    if (options.id is None) == (not asked):
        raise InputError("give either an id, or what the facts have in common", field="id")
    async with opened(options, must_exist=True) as memory:
        if options.id is not None:
            await memory.graph.retract_fact(options.id)
            retracted = 1
        else:
            retracted = await memory.graph.retract(**asked)
    show_result(options, {"retracted": retracted}, f"{retracted} retracted")


def _facts_table(found: Sequence[Fact]) -> str:
    rows = [
        [
            _said(fact.atom),
            f"{fact.confidence:.2f}",
            "follows" if fact.derived else fact.source,
            fact.id,
        ]
        for fact in found
    ]
    return table(["fact", "sure", "source", "id"], rows, numbers={1}) if rows else "nothing found"


def _answer(verdict: Verdict) -> Iterator[str]:
    sure = f" ({verdict.confidence:.2f})" if verdict.verdict != "unknown" else ""
    yield f"{'contradictory' if verdict.contradictory else verdict.verdict}{sure}"
    if verdict.answers:
        yield ", ".join(verdict.answers)
    for proof in verdict.proofs:
        yield from _tree(proof)
    if verdict.against:
        yield "against it:"
    for proof in verdict.against:
        yield from _tree(proof)


def _tree(proof: Proof) -> Iterator[str]:
    """The steps of a proof, each indented below what it is for; one that several rest on is spelled out once."""
    waiting = [(len(proof.steps) - 1, 1)]
    shown: set[int] = set()
    while waiting:
        index, depth = waiting.pop()
        step = proof.steps[index]
        if step.rule and index in shown:
            yield f"{'  ' * depth}{_said(step.conclusion)}  {step.confidence:.2f}  [as above]"
            continue
        shown.add(index)
        why = step.text if step.rule else f"told{f' by {step.source}' if step.source else ''}"
        yield f"{'  ' * depth}{_said(step.conclusion)}  {step.confidence:.2f}  [{why}]"
        for atom in step.absent:
            yield f"{'  ' * (depth + 1)}nothing says: {_said(atom)}"
        waiting += [(premise, depth + 1) for premise in reversed(step.premises)]


def _said(atom: Atom) -> str:
    sign = "not " if atom.negated else ""
    return f"{sign}{atom.subject} {atom.predicate} {atom.object}"
