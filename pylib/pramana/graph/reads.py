"""What a knowledge graph answers; none of it writes anything."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing, asynccontextmanager
from typing import Any, TypeAlias

from pramana.graph import validate as check
from pramana.graph.contradictions import open_conflicts, superseded
from pramana.graph.inference import Deadline
from pramana.graph.knowledge_state import Knowledge
from pramana.graph.listing import page_of, stats_of
from pramana.graph.matching import asserted, holding
from pramana.graph.proving import Prover
from pramana.graph.residence import Loaded, Residence
from pramana.graph.rule_language import atom_text
from pramana.graph.view import Moment, View
from pramana.knowledge import (
    Atom,
    Conflict,
    Declaration,
    Fact,
    FactPage,
    FactPath,
    Neighbor,
    Pack,
    Proposal,
    Rule,
    TermRanking,
    Verdict,
)
from pramana.text.checks import flag
from pramana.text.terms import spelled

__all__ = ["GraphReads"]

Facts: TypeAlias = list[Fact]
Term: TypeAlias = "str | int | float"
MAX_DERIVED, TIMEOUT_S, MAX_PROOFS = 1_000_000, 30.0, 3
MAX_K = 1_000
STATUSES = ("pending", "accepted", "rejected")


class GraphReads:
    """The methods of a `KnowledgeGraph` that read; see there for terms and times.

    What takes longer than its budget raises BudgetError.
    """

    def __init__(self, residence: Residence) -> None:
        self._residence = residence

    async def match(
        self,
        subject: Term | None = None,
        predicate: str | None = None,
        object: Term | None = None,
        *,
        derived: bool = False,
        negated: bool | None = False,
        min_confidence: float = 0.0,
        as_of_ms: int | None = None,
        known_at_ms: int | None = None,
        limit: int = 1000,
        max_derived: int = MAX_DERIVED,
        timeout_s: float = TIMEOUT_S,
    ) -> Facts:
        """Return the facts of a pattern, at most `limit`, in the order in which their triples were first stated.

        Args:
            subject: a term, None for any.
            predicate: likewise. With a free object it also finds (x, is, predicate).
            object: likewise.
            derived: also what follows from facts and rules, by its best proof.
            negated: True for facts that something is not so, None for both.
            min_confidence: only facts with at least this confidence.
            as_of_ms: see the class.
            known_at_ms: see the class.
            limit: 1 to 1,000,000.
            max_derived: at most so many facts may follow, in all.
            timeout_s: how long it may take.

        Raises:
            BudgetError: `max_derived` or `timeout_s` was exceeded; nothing was changed.
        """
        pattern, sign = check.pattern_of(subject, predicate, object), check.check_sign(negated)
        least, most = check.check_share("min_confidence", min_confidence), check.check_limit(limit)
        if not flag("derived", derived):
            async with self._at(as_of_ms, known_at_ms, timeout_s) as (loaded, moment, deadline):
                found = asserted(loaded.state, pattern, sign, moment, least, deadline)
                return await _first(most, found)
        async with self._view(as_of_ms, known_at_ms, max_derived, timeout_s) as (state, view, deadline):
            return await _first(most, holding(state, view, pattern, sign, least, deadline))

    async def facts(
        self,
        *,
        source: str | None = None,
        predicate: str | None = None,
        as_of_ms: int | None = None,
        known_at_ms: int | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> FactPage:
        """Return what is asserted, newest first, negated facts too; pass `page.cursor` for the following ones.

        Args:
            source: only from this one.
            predicate: only with this one.
            as_of_ms: see the class.
            known_at_ms: see the class.
            cursor: of the page before.
            limit: 1 to 1,000,000.
        """
        origin = None if source is None else check.check_source(source)
        pattern, most = check.pattern_of(None, predicate, None), check.check_limit(limit)
        before = None if cursor is None else check.check_cursor(cursor)
        async with self._at(as_of_ms, known_at_ms) as (loaded, moment, deadline):
            return await page_of(loaded.state, moment, deadline, pattern, origin, before, most)

    async def rules(self) -> list[Rule]:
        """Return the rules in force, oldest first."""
        async with self._residence.reading() as loaded:
            return sorted(loaded.state.rules.values(), key=lambda rule: rule.id)

    async def declarations(self) -> list[Declaration]:
        """Return what is declared."""
        async with self._residence.reading() as loaded:
            return loaded.state.declared.list()

    async def packs(self) -> list[Pack]:
        """Return the knowledge packs that are loaded, oldest first."""
        async with self._residence.reading() as loaded:
            return [pack for _, pack in sorted(loaded.state.packs.items())]

    async def conflicts(
        self,
        *,
        as_of_ms: int | None = None,
        known_at_ms: int | None = None,
        max_derived: int = MAX_DERIVED,
        timeout_s: float = TIMEOUT_S,
    ) -> list[Conflict]:
        """Return the pairs of facts that exclude each other: a negation, a functional or a disjoint predicate.

        First those that are "superseded", of any time: of two that were recorded one after the other, the one that
        begins later ended the other, which keeps its interval. Then those that are "open": they hold side by side,
        since they begin at the same time, came in one commit, or one of them follows by rules. With `known_at_ms`,
        by what was declared then.

        Raises:
            BudgetError: `max_derived` or `timeout_s` was exceeded, or there are more than 100,000.
        """
        async with self._view(as_of_ms, known_at_ms, max_derived, timeout_s) as (state, view, deadline):
            settled = await superseded(state, view.moment, deadline)
            return settled + await open_conflicts(state, view, deadline)

    async def ask(
        self,
        text: str,
        *,
        as_of_ms: int | None = None,
        known_at_ms: int | None = None,
        max_proofs: int = MAX_PROOFS,
        max_derived: int = MAX_DERIVED,
        timeout_s: float = TIMEOUT_S,
    ) -> Verdict:
        """Return whether something is true, false or unknown, and why. Nothing is recorded.

        Args:
            text: a question, or a statement, in the controlled English.
            as_of_ms: see the class.
            known_at_ms: see the class.
            max_proofs: at most so many proofs, which share no asserted fact, for it and against it.
            max_derived: at most so many facts may follow, in all.
            timeout_s: how long it may take.

        Raises:
            NotUnderstoodError: it is not of that language.
            BudgetError: `max_derived` or `timeout_s` was exceeded.
        """
        # The grammar is read when it is first needed: most pages only store and search.
        from pramana.graph.asking import answer
        from pramana.graph.english import parse_question

        question = parse_question(check.check_text("text", text))
        most = check.check_count("max_proofs", max_proofs, MAX_K)
        async with self._view(as_of_ms, known_at_ms, max_derived, timeout_s) as (_, view, deadline):
            return await answer(view, question, max_proofs=most, deadline=deadline)

    async def explain(
        self,
        subject: Term,
        predicate: str,
        object: Term | None = None,
        *,
        negated: bool = False,
        as_of_ms: int | None = None,
        known_at_ms: int | None = None,
        max_proofs: int = MAX_PROOFS,
        max_derived: int = MAX_DERIVED,
        timeout_s: float = TIMEOUT_S,
    ) -> Verdict:
        """Return whether a statement is true, false or unknown, and why; as `ask`, for a triple."""
        one = check.statement_of(subject, predicate, object, negated=negated)
        statement = Atom(one.subject, one.predicate, one.object, one.negated)
        most = check.check_count("max_proofs", max_proofs, MAX_K)
        async with self._view(as_of_ms, known_at_ms, max_derived, timeout_s) as (_, view, deadline):
            return await Prover(view, deadline).verdict(statement, most, question=atom_text(statement))

    async def neighbors(
        self,
        term: Term,
        depth: int = 1,
        *,
        direction: str = "both",
        predicates: Iterable[str] | None = None,
        max_nodes: int = 1000,
        as_of_ms: int | None = None,
        known_at_ms: int | None = None,
    ) -> list[Neighbor]:
        """Return the terms within `depth` hops, nearest first, each with the fact over which it was reached.

        Args:
            term: from where.
            depth: hops, 1 to 1,000.
            direction: "out" from subject to object, "in" against it, or "both".
            predicates: only over these.
            max_nodes: at most so many terms.
            as_of_ms: see the class.
            known_at_ms: see the class.

        Raises:
            NotFoundError: the graph has no such term.
        """
        start, hops = spelled(term, "term"), check.check_count("depth", depth, MAX_K)
        way, among = check.check_direction(direction), check.check_predicates(predicates)
        most = check.check_limit(max_nodes, "max_nodes")
        async with self._at(as_of_ms, known_at_ms) as (loaded, moment, deadline):
            return await loaded.traversal.neighbors(
                moment, start, hops, direction=way, predicates=among, max_nodes=most, deadline=deadline
            )

    async def paths(
        self,
        source: Term,
        target: Term,
        k: int = 3,
        *,
        direction: str = "out",
        predicates: Iterable[str] | None = None,
        max_nodes: int = 100_000,
        as_of_ms: int | None = None,
        known_at_ms: int | None = None,
    ) -> list[FactPath]:
        """Return the `k` most confident simple paths, best first; the arguments are as of `neighbors`.

        Raises:
            NotFoundError: the graph lacks one of the terms.
            BudgetError: `max_nodes` were visited before the paths were certain.
        """
        ends = spelled(source, "source"), spelled(target, "target")
        count, way = check.check_count("k", k, MAX_K), check.check_direction(direction)
        among, most = check.check_predicates(predicates), check.check_limit(max_nodes, "max_nodes")
        async with self._at(as_of_ms, known_at_ms) as (loaded, moment, deadline):
            return await loaded.traversal.paths(
                moment, *ends, count, direction=way, predicates=among, max_nodes=most, deadline=deadline
            )

    async def rank(
        self,
        seeds: Term | Iterable[Term],
        k: int = 10,
        *,
        alpha: float = 0.15,
        epsilon: float = 1e-6,
        direction: str = "both",
        predicates: Iterable[str] | None = None,
        as_of_ms: int | None = None,
        known_at_ms: int | None = None,
    ) -> TermRanking:
        """Return the `k` terms nearest to the seeds by personalized PageRank.

        Args:
            seeds: one term, or several.
            k: 1 to 1,000,000.
            alpha: the probability, at each hop, to start again; between 0 and 1.
            epsilon: how exact it is: the smaller, the more of the graph is looked at; between 0 and 1.
            direction: as of `neighbors`, like the others.
            predicates: likewise.
            as_of_ms: see the class.
            known_at_ms: see the class.

        Raises:
            NotFoundError: the graph lacks a seed.
            BudgetError: `epsilon` asks for too much work.
        """
        starts, most = check.check_seeds(seeds), check.check_limit(k, "k")
        jump, exact = check.check_between("alpha", alpha), check.check_between("epsilon", epsilon)
        way, among = check.check_direction(direction), check.check_predicates(predicates)
        async with self._at(as_of_ms, known_at_ms) as (loaded, moment, deadline):
            return await loaded.traversal.rank(
                moment,
                starts,
                most,
                alpha=jump,
                epsilon=exact,
                direction=way,
                predicates=among,
                deadline=deadline,
            )

    async def proposals(self, *, status: str | None = "pending") -> list[Proposal]:
        """Return the proposals, oldest first: "pending", "accepted" or "rejected" ones; None for all."""
        wanted = None if status is None else check.check_choice("status", status, STATUSES)
        async with self._residence.reading() as loaded:
            found = sorted(loaded.state.proposals.values(), key=lambda one: one.id)
            return [one for one in found if wanted in (None, one.status)]

    async def stats(self) -> dict[str, Any]:
        """Return counts and sizes, as JSON values. `derived` counts what followed when rules were last applied."""
        async with self._at(None, None) as (loaded, _, deadline):
            return await stats_of(loaded.state, loaded.views.derived, deadline)

    @asynccontextmanager
    async def _at(
        self, as_of_ms: int | None, known_at_ms: int | None, timeout_s: float = TIMEOUT_S
    ) -> AsyncIterator[tuple[Loaded, Moment, Deadline]]:
        times, most = check.check_moment(as_of_ms, known_at_ms), check.check_timeout(timeout_s)
        async with self._residence.reading() as loaded:
            yield loaded, Moment.of(loaded.state, *times), self._residence.deadline(most)

    @asynccontextmanager
    async def _view(
        self, as_of_ms: int | None, known_at_ms: int | None, max_derived: int, timeout_s: float
    ) -> AsyncIterator[tuple[Knowledge, View, Deadline]]:
        times, time = check.check_moment(as_of_ms, known_at_ms), check.check_timeout(timeout_s)
        most = check.check_count("max_derived", max_derived)
        async with self._residence.inferring() as loaded:
            moment, deadline = Moment.of(loaded.state, *times), self._residence.deadline(time)
            async with loaded.views.at(moment, deadline, max_derived=most) as view:
                yield loaded.state, view, deadline


async def _first(count: int, facts: AsyncGenerator[Fact, None]) -> Facts:
    found: Facts = []
    async with aclosing(facts):
        async for fact in facts:
            found.append(fact)
            if len(found) == count:
                break
    return found
