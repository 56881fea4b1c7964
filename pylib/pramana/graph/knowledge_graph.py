"""The knowledge graph: facts with confidence, source and time, what follows from them by rules, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from pramana.graph import validate as check
from pramana.graph.bulk import bulk_of
from pramana.graph.bulk_intent import Progress, to_add_bulk
from pramana.graph.intents import to_add, to_retract, to_retract_fact
from pramana.graph.pack_intents import to_add_pack, to_remove_pack
from pramana.graph.proposal_intents import to_accept, to_propose, to_reject
from pramana.graph.reads import GraphReads
from pramana.graph.residence import GraphKernels, Residence
from pramana.graph.rule_intents import to_add_rule, to_declare, to_remove_rule, to_tell, to_undeclare
from pramana.graph.rule_language import parse_rule
from pramana.graph.telling import propose, understand
from pramana.knowledge import (
    Added,
    Fact,
    PackAdded,
    Proposal,
    Told,
)
from pramana.store.database import Database

__all__ = ["KnowledgeGraph"]

Facts: TypeAlias = list[Fact]
Term: TypeAlias = "str | int | float"


class KnowledgeGraph(GraphReads):
    """The graph of a database. It costs nothing until it is first used, and is read from the database then.

    Terms are texts or numbers, the same if they differ only in case or white space. Times are milliseconds since
    1970 UTC: `as_of_ms` asks what holds then, `known_at_ms` goes by what was known then; both are now unless given.
    Writes take a `request_id`: a retry under the same one returns the first result and writes nothing. All methods
    are coroutines; each may raise InputError for its arguments, and ClosedError.

    Args:
        database: opened, and closed by whoever opened it.
        kernels: makes bases of facts, and graphs.
    """

    def __init__(self, database: Database, kernels: GraphKernels) -> None:
        super().__init__(Residence(database, kernels))

    async def add(
        self,
        subject: Term,
        predicate: str,
        object: Term | None = None,
        *,
        negated: bool = False,
        confidence: float = 1.0,
        source: str = "",
        valid_from_ms: int | None = None,
        valid_to_ms: int | None = None,
        request_id: str | None = None,
    ) -> str:
        """Record a fact and return its id.

        What the same source stated already, of the same time, is not recorded twice; with another confidence it
        is rated anew. What it excludes ends when it begins (see `conflicts`).

        Args:
            subject: a term.
            predicate: a text; spaces become "_".
            object: a term; without it the fact is (subject, is, predicate).
            negated: that it is not so.
            confidence: above 0, up to 1.
            source: who or what says so, at most 1,000 characters.
            valid_from_ms: it holds from then on; always, if not given.
            valid_to_ms: it holds until before then.
            request_id: see the class.
        """
        statement = check.statement_of(
            subject,
            predicate,
            object,
            negated=negated,
            confidence=confidence,
            source=source,
            valid_from_ms=valid_from_ms,
            valid_to_ms=valid_to_ms,
        )
        added: str = await self._residence.write(lambda state: to_add(state, statement), request_id)
        return added

    async def add_many(
        self,
        facts: Iterable[Mapping[str, Any] | tuple[Any, ...]],
        *,
        source: str = "",
        on_progress: Progress | None = None,
        request_id: str | None = None,
    ) -> Added:
        """Record facts in one commit. All are checked before any is written.

        Args:
            facts: objects with the arguments of `add`, or (subject, predicate, object).
            source: of those that name none.
            on_progress: called with (done, total).
            request_id: see the class.

        Raises:
            InputError: `details` hold index and field; nothing was recorded.
        """
        bulk = await bulk_of(facts, check.check_source(source))
        if not bulk.facts.confidences:
            return Added(0, 0)
        counts = await self._residence.write(lambda state: to_add_bulk(state, bulk, on_progress), request_id)
        return Added(**counts)

    async def retract(
        self,
        *,
        subject: Term | None = None,
        predicate: str | None = None,
        object: Term | None = None,
        source: str | None = None,
        request_id: str | None = None,
    ) -> int:
        """Retract the facts of a pattern, whenever they hold, negated ones too, and return how many they were.

        Nothing is lost: `known_at_ms` before now still shows them. What rested on them alone no longer follows. A
        fact that one of them ended keeps its end.

        Args:
            subject: a term, None for any; at least one of the four is needed.
            predicate: likewise. With a free object it also means (x, is, predicate).
            object: likewise.
            source: likewise.
            request_id: see the class.
        """
        pattern = check.pattern_of(subject, predicate, object)
        origin = None if source is None else check.check_source(source)
        check.check_any(subject=subject, predicate=predicate, object=object, source=source)
        retracted: int = await self._residence.write(
            lambda state: to_retract(state, pattern, origin), request_id
        )
        return retracted

    async def retract_fact(self, fid: str, *, request_id: str | None = None) -> None:
        """Retract one fact.

        Raises:
            NotFoundError: there is none with this id, or it was retracted.
        """
        check.check_id("fid", fid)
        await self._residence.write(lambda state: to_retract_fact(state, fid), request_id)

    async def add_rule(
        self, text: str, *, name: str = "", source: str = "", request_id: str | None = None
    ) -> str:
        """Put a rule in force and return its id; of a rule that is there already, its id.

        Args:
            text: in the rule language: `(?x vulnerable_to ?y) & (?y enables ?z) => (?x exposed_to ?z) @0.9`.
            name: by which it can be removed; at most 200 characters.
            source: who or what says so.
            request_id: see the class.

        Raises:
            RuleError: it is none, it is not safe, or there is no order to apply it in with the rules in force.
        """
        parsed = parse_rule(check.check_text("text", text))
        rule = replace(parsed, name=check.check_name(name), source=check.check_source(source))
        added: str = await self._residence.write(lambda state: to_add_rule(state, rule), request_id)
        return added

    async def remove_rule(self, rule: str, *, request_id: str | None = None) -> None:
        """Put a rule out of force, by its id or name; what followed by it alone no longer does.

        Raises:
            NotFoundError: no rule in force has that id or name.
        """
        check.check_id("rule", rule)
        await self._residence.write(lambda state: to_remove_rule(state, rule), request_id)

    async def declare(
        self,
        predicate: str,
        *,
        functional: bool = False,
        disjoint_with: str | Iterable[str] | None = None,
        request_id: str | None = None,
    ) -> None:
        """Say that a predicate is functional (one object for each subject), or excludes others. Twice is once.

        What is recorded already is not changed, but shows in `conflicts`.

        Args:
            predicate: a predicate, or a class: (x, is, predicate).
            functional: say the former.
            disjoint_with: names of predicates, or of classes, that exclude it.
            request_id: see the class.
        """
        declared = check.declarations_of(predicate, functional, disjoint_with)
        await self._residence.write(lambda state: to_declare(state, declared), request_id)

    async def undeclare(
        self,
        predicate: str,
        *,
        functional: bool = False,
        disjoint_with: str | Iterable[str] | None = None,
        request_id: str | None = None,
    ) -> None:
        """Take back what `declare` said; what was not said is passed over."""
        declared = check.declarations_of(predicate, functional, disjoint_with)
        await self._residence.write(lambda state: to_undeclare(state, declared), request_id)

    async def tell(
        self, text: str, *, source: str = "", confidence: float = 1.0, request_id: str | None = None
    ) -> Told:
        """Record what a text in the controlled English says, all of it or nothing.

        Args:
            text: statements, at most 100,000 characters.
            source: of its facts and rules.
            confidence: of its facts; its rules are weighted with it.
            request_id: see the class.

        Raises:
            NotUnderstoodError: a sentence is not of that language, or is a question; `details["nearest"]` is a form
                that is.
            RuleError: there is no order to apply its rules in with those in force.
        """
        given = check.check_source(source), check.check_confidence(confidence)
        statements, rules, understood = await understand(check.check_text("text", text), *given)
        ids = await self._residence.write(lambda state: to_tell(state, statements, rules), request_id)
        return Told(tuple(ids["facts"]), tuple(ids["rules"]), understood)

    async def extract(self, text: str, *, source: str = "", request_id: str | None = None) -> list[Proposal]:
        """Return facts that a free text seems to state, as proposals that wait until they are decided on.

        None is recorded as a fact, and a question never is one. What is pending from the same source already is
        returned as it is.
        """
        origin = check.check_source(source)
        proposed = await propose(check.check_text("text", text), origin)
        ids = await self._residence.write(lambda state: to_propose(state, proposed), request_id)
        async with self._residence.reading() as loaded:
            return [loaded.state.proposals[one] for one in ids]

    async def accept(self, pid: str, *, request_id: str | None = None) -> str:
        """Record what a proposal says, and return the fact's id.

        Raises:
            NotFoundError: there is no such proposal.
            InputError: it was rejected.
        """
        check.check_id("pid", pid)
        fact: str = await self._residence.write(lambda state: to_accept(state, pid), request_id)
        return fact

    async def reject(self, pid: str, *, request_id: str | None = None) -> None:
        """Put a proposal aside.

        Raises:
            NotFoundError: there is no such proposal.
            InputError: it was accepted; retract the fact.
        """
        check.check_id("pid", pid)
        await self._residence.write(lambda state: to_reject(state, pid), request_id)

    async def add_pack(
        self,
        text: str,
        *,
        name: str = "",
        format: str = "csv",
        licence: str = "",
        source: str = "",
        version: str = "",
        rules: str = "",
        skip_malformed: bool = False,
        on_progress: Progress | None = None,
        request_id: str | None = None,
    ) -> PackAdded:
        """Load a knowledge pack, facts and rules from elsewhere, in one commit (see docs/packs.md).

        What is in the graph already is recorded as the pack's own too, and stays when the pack is removed.

        Args:
            text: its facts, at most 50,000,000 characters.
            name: by which it can be removed; like the next three, it may stand in a CSV's header instead.
            format: "csv", "nt" (N-Triples) or "jsonld" (needs `pramana[rdf]`).
            licence: under which it may be used; needed. Each of its facts bears it.
            source: of the facts that name none, and of the rules.
            version: any text.
            rules: in the rule language, at most 100,000 characters.
            skip_malformed: load the other lines, and say which were left out.
            on_progress: called with (done, total) facts while they are recorded.
            request_id: see the class.

        Raises:
            InputError: a line is malformed (`details` hold line and reason), no licence or no name is given, or a
                pack of this name is loaded; nothing was recorded.
            RuleError: of the rules.
        """
        # Read when it is first needed: most pages load no packs.
        from pramana.graph.packs.reading import Given, read

        about = {"name": name, "version": version, "licence": licence, "source": source}
        reading = await read(Given(text, rules, format, skip_malformed, about))
        added = await self._residence.write(
            lambda state: to_add_pack(state, reading, on_progress), request_id
        )
        return PackAdded.from_dict(added)

    async def remove_pack(self, name: str, *, request_id: str | None = None) -> int:
        """Retract the facts of a pack, as `retract` does, and put its rules out of force; return how many facts.

        Raises:
            NotFoundError: no pack of this name is loaded.
        """
        pack = check.check_pack_name(name)
        retracted: int = await self._residence.write(lambda state: to_remove_pack(state, pack), request_id)
        return retracted

    async def close(self) -> None:
        """End what is under way and free the memory; the database stays open. Twice is allowed."""
        await self._residence.close()
