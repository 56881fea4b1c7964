"""What is stated is read while rules are followed, and never in the middle of a change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import pytest

from pramana.graph import inference, present
from pramana.graph.inference import Deadline
from pramana.graph.knowledge_graph import KnowledgeGraph
from pramana.graph.vocabulary import next_change_ms, vocabulary_of
from pramana.kernels.interfaces import GraphLike, RulesLike
from pramana.knowledge import Atom
from pramana.store.database import Database
from tests.unit.graph import small_state
from tests.unit.graph.graphs import CHAIN, BuildKernels, Reopenable, StillClock, open_graph
from tests.unit.graph.small_state import SmallState, facts_of, holding, rules_of, state_of

LENGTH = 40
EVERY = 3_000
"""Facts that are applied in several stretches."""

Read: TypeAlias = Callable[[KnowledgeGraph], Awaitable[Any]]


async def terms_of(graph: KnowledgeGraph) -> list[bool]:
    async with vocabulary_of(graph) as words:
        numbers = [words.number_of(name) for name in ("n1", "next", "never")]
        return [number is not None and words.is_term(number) for number in numbers]


async def counts_of(graph: KnowledgeGraph) -> dict[str, int]:
    """Without the terms, among which those of rules are counted once they are followed."""
    return {name: count for name, count in (await graph.stats()).items() if name != "terms"}


READS: dict[str, Read] = {
    "match": lambda graph: graph.match("n1"),
    "match then": lambda graph: graph.match("n1", as_of_ms=0),
    "facts": lambda graph: graph.facts(),
    "rules": lambda graph: graph.rules(),
    "declarations": lambda graph: graph.declarations(),
    "packs": lambda graph: graph.packs(),
    "proposals": lambda graph: graph.proposals(),
    "stats": counts_of,
    "neighbors": lambda graph: graph.neighbors("n1"),
    "paths": lambda graph: graph.paths("n1", "n3"),
    "rank": lambda graph: graph.rank("n1"),
    "vocabulary": terms_of,
    "next change": next_change_ms,
}


@asynccontextmanager
async def with_a_chain() -> AsyncIterator[KnowledgeGraph]:
    async with open_graph() as graph:
        await graph.add_many((f"n{at}", "next", f"n{at + 1}") for at in range(LENGTH))
        for rule in CHAIN:
            await graph.add_rule(rule)
        yield graph


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Follow rules a step at a time, each in a turn of the loop."""
    monkeypatch.setattr(inference, "FIRST_STEPS", 1)
    monkeypatch.setattr(inference, "STRETCH_S", 0.0)
    monkeypatch.setattr("pramana.pace.STRETCH_S", 0.0)


async def inferring(graph: KnowledgeGraph) -> asyncio.Task[list[Any]]:
    """A question whose rules are being followed."""
    task = asyncio.ensure_future(graph.match("n0", "before", derived=True))
    for _ in range(60):
        await asyncio.sleep(0)
    assert not task.done()
    return task


@pytest.mark.parametrize("name", READS)
async def test_what_is_stated_is_told_while_rules_are_followed(name: str, slowly: None) -> None:
    async with with_a_chain() as graph:
        before = await READS[name](graph)
        task = await inferring(graph)
        assert await READS[name](graph) == before
        assert not task.done()
        assert len(await task) == LENGTH


async def test_reads_go_on_while_a_write_waits_for_what_follows_and_then_show_it(slowly: None) -> None:
    async with with_a_chain() as graph:
        task = await inferring(graph)
        write = asyncio.ensure_future(graph.add("n0", "likes", "tea"))
        for _ in range(5):
            assert await graph.match("n0", "likes") == []
        assert not task.done()
        assert len(await task) == LENGTH
        await write
        assert len(await graph.match("n0", "likes")) == 1


async def test_a_second_question_waits_for_the_first_and_both_are_answered(slowly: None) -> None:
    async with with_a_chain() as graph:
        first = await inferring(graph)
        second = asyncio.ensure_future(graph.match("n1", "before", derived=True))
        then = asyncio.ensure_future(graph.match("n2", "before", derived=True, as_of_ms=5))
        assert [len(found) for found in await asyncio.gather(first, second, then)] == [40, 39, 38]


async def test_walks_that_begin_together_share_one_graph(slowly: None) -> None:
    database, kernels = await Database.open(Reopenable(), clock=StillClock()), BuildKernels()
    graph, made = KnowledgeGraph(database, kernels), list[GraphLike]()
    kernels.graph = lambda: made.append(BuildKernels.graph(kernels)) or made[-1]  # type: ignore[method-assign, func-returns-value]
    await graph.add_many((f"n{at}", "next", f"n{at + 1}") for at in range(LENGTH))
    asked = [graph.neighbors("n0", 3), graph.neighbors("n9", 3), graph.neighbors("n20", 3)]
    assert [len(found) for found in await asyncio.gather(*asked)] == [3, 6, 6]
    assert len(made) == 1
    await graph.close()
    await database.close()


async def test_the_vocabulary_is_one_callers_at_a_time() -> None:
    async with with_a_chain() as graph:
        there = 0

        async def look() -> None:
            nonlocal there
            async with vocabulary_of(graph):
                there += 1
                await asyncio.sleep(0)
                assert there == 1
                there -= 1

        await asyncio.gather(look(), look(), look())


async def test_no_read_sees_a_part_of_a_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pramana.pace.STRETCH_S", 0.0)
    async with with_a_chain() as graph:
        writes = [
            asyncio.ensure_future(
                graph.add_many([(f"x{at}", "in", f"batch {batch}") for at in range(EVERY)], source=f"{batch}")
            )
            for batch in range(3)
        ]
        asked, seen = asyncio.ensure_future(graph.match("n0", "before", derived=True)), []
        while not all(write.done() for write in writes):
            seen.append(len(await graph.match(None, "in", None, limit=100_000)))
            seen.append(len((await graph.facts(predicate="in", limit=100_000)).facts))
            await asyncio.sleep(0)
        assert len(await asked) == LENGTH
        assert {count % EVERY for count in seen} == {0}
        assert seen == sorted(seen)
        assert len(set(seen)) > 1
        await graph.retract(source="1")
        assert len(await graph.match(None, "in", None, limit=100_000)) == 2 * EVERY


async def test_what_another_wrote_is_read_though_rules_are_followed(slowly: None) -> None:
    store, clock = Reopenable(), StillClock()
    database = await Database.open(store, clock=clock)
    graph, other = KnowledgeGraph(database, BuildKernels()), KnowledgeGraph(database, BuildKernels())
    await graph.add_many((f"n{at}", "next", f"n{at + 1}") for at in range(LENGTH))
    for rule in CHAIN:
        await graph.add_rule(rule)
    task = await inferring(graph)
    await other.add("eve", "likes", "tea")
    assert len(await graph.match("eve")) == 1
    assert len(await task) == LENGTH
    await graph.close()
    await other.close()
    await database.close()


async def test_time_that_passes_while_rules_are_followed_is_not_missed(slowly: None) -> None:
    clock = StillClock()
    async with open_graph(clock=clock) as graph:
        await graph.add_many((f"n{at}", "next", f"n{at + 1}") for at in range(LENGTH))
        await graph.add("rex", "is", "red", valid_to_ms=clock.ms + 10)
        for rule in CHAIN:
            await graph.add_rule(rule)
        task = await inferring(graph)
        clock.ms += 9
        assert len(await graph.match("rex")) == 1
        assert not task.done()
        clock.ms += 1
        assert await graph.match("rex") == []
        assert len(await task) == LENGTH


async def test_closing_frees_every_base() -> None:
    database, kernels = await Database.open(Reopenable(), clock=StillClock()), BuildKernels()
    graph = KnowledgeGraph(database, kernels)
    await graph.add("a", "next", "b")
    await graph.add_rule(CHAIN[0])
    assert len(await graph.match("a", "before", derived=True)) == 1
    assert len(kernels.bases) == 2
    await graph.close()
    for base in kernels.bases:
        with pytest.raises(Exception, match="closed"):
            len(base)
    await database.close()


# The base of what follows


def noted(made: list[RulesLike]) -> Callable[[], RulesLike]:
    def make() -> RulesLike:
        made.append(small_state.new_base())
        return made[-1]

    return make


async def test_facts_without_rules_have_no_second_base_until_something_is_assumed() -> None:
    made: list[RulesLike] = []
    state = state_of("(a next b)", noted(made))
    assumed = [Atom("b", "next", "c"), Atom("a", "is", "c")]
    async with state.view() as view:
        assert len(made) == 1
        async with view.assuming(assumed, Deadline(60)) as supposed:
            assert len(holding(supposed)) == 3
            assert len(state.base.match(None, None, None)) == 1
        assert len(holding(view)) == 1
    assert len(made) == 2


async def test_what_is_copied_in_parts_goes_on_after_a_budget_and_misses_no_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(present, "BATCH", 64)
    made: list[RulesLike] = []
    state = SmallState(noted(made))
    lines = "\n".join(f"(x{at} next y{at})" for at in range(900))
    state.tell(facts_of(lines))
    state.set_rules(rules_of("(?x next ?y) => (?x before ?y)"))
    with pytest.raises(Exception, match="timeout_s"):
        async with state.view(timeout_s=0.0):
            pass
    state.retract("f0")
    state.retract("f899")
    state.tell(facts_of("(x0 next z)", "g"))
    async with state.view() as view:
        stated = {(fact.subject, fact.object) for fact in holding(view) if not fact.derived}
        assert stated == {(fact.subject, fact.object) for fact in state.facts()}
        assert sum(fact.derived for fact in holding(view)) == 899
    assert (len(made), state.views.derived) == (2, 899)


async def test_after_many_changes_all_is_copied_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(present, "BATCH", 64)
    made: list[RulesLike] = []
    state = SmallState(noted(made))
    state.tell(facts_of("(a next b)"))
    state.set_rules(rules_of("(?x next ?y) => (?x before ?y)"))
    async with state.view():
        pass
    state.tell(facts_of("\n".join(f"(x{at} next y)" for at in range(420)), "g"))
    assert len(made[1]) == 2
    for at in range(10):
        state.retract(f"g{at}")
    with pytest.raises(Exception, match="closed"):
        len(made[1])
    async with state.view() as view:
        assert len(holding(view)) == 2 * 411
    assert len(made) == 3
    state.views.close()
    state.views.close()


async def test_few_changes_at_a_time_are_followed_without_copying_all_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(present, "BATCH", 8)
    made: list[RulesLike] = []
    state = SmallState(noted(made))
    state.tell(facts_of("\n".join(f"(x{at} next y)" for at in range(9))))
    state.set_rules(rules_of("(?x next ?y) => (?x before ?y)"))
    for at in range(9):
        async with state.view() as view:
            assert len(holding(view)) == 2 * (9 - at)
        state.retract(f"f{at}")
        state.tell(facts_of("(x0 next z)", f"g{at}"))
        state.retract(f"g{at}0")
    assert len(made) == 2
    state.views.close()
