"""Rules, declarations, told texts and proposals of a graph."""

from __future__ import annotations

import pytest

from pramana import proofs
from pramana.errors import (
    BudgetError,
    InputError,
    NotFoundError,
    RuleError,
)
from pramana.knowledge import Declaration
from tests.unit.graph.graphs import (
    CHAIN,
    EXPOSURE,
    Reopenable,
    all_said,
    open_graph,
    state_of,
)
from tests.unit.kernels.builds import ALL_BUILDS


async def test_the_same_rule_is_one_and_a_name_belongs_to_one_rule() -> None:
    store = Reopenable()
    async with open_graph(store) as graph:
        first = await graph.add_rule(EXPOSURE)
        assert (
            await graph.add_rule("  (?x vulnerable_to ?y), (?y enables ?z) =>(?x exposed_to ?z)@0.90")
            == first
        )
        assert await graph.add_rule(EXPOSURE, name="exposure") == first
        assert await graph.add_rule(EXPOSURE, name="exposure") == first
        assert [(r.id, r.name, r.text) for r in await graph.rules()] == [(first, "exposure", EXPOSURE)]
        with pytest.raises(InputError) as caught:
            await graph.add_rule("(?x p ?y) => (?y p ?x)", name="exposure")
        assert caught.value.details["field"] == "name"
        with pytest.raises(InputError, match="is there already"):
            await graph.add_rule(EXPOSURE, name="other")
        second = await graph.add_rule("(?x p ?y) => (?y p ?x)", name="symmetry", source="me")
        before = await graph.rules()
    async with open_graph(store) as graph:
        assert await graph.rules() == before
        await graph.remove_rule("exposure")
        await graph.remove_rule(second)
        assert await graph.rules() == []
        with pytest.raises(NotFoundError):
            await graph.remove_rule("exposure")
        assert await graph.add_rule(EXPOSURE, name="exposure") != first
        rows = [row async for batch in store.scan("rule") for row in batch]
    assert sum(b"removed_ms" in (row.body or b"") for row in rows) == 2
    assert all(b"vulnerable_to" in (row.body or b"") or b"(?y p ?x)" in (row.body or b"") for row in rows)


async def test_a_rule_that_cannot_be_ordered_among_those_in_force_is_refused() -> None:
    store = Reopenable()
    async with open_graph(store) as graph:
        await graph.add_rule("(?x p ?y) & unless (?x q ?y) => (?x r ?y)")
        head = (await store.state()).head_seq
        with pytest.raises(RuleError) as caught:
            await graph.add_rule("(?x r ?y) => (?x q ?y)")
        assert caught.value.details["cycle"] == ["r", "q", "r"]
        with pytest.raises(RuleError):
            await graph.add_rule("(?x p ?y) => (?x q ?z)")
        assert (await store.state()).head_seq == head
        assert len(await graph.rules()) == 1


@pytest.mark.parametrize("build", ALL_BUILDS)
async def test_what_followed_by_a_rule_that_is_removed_no_longer_does(build: str) -> None:
    async with open_graph(build=build) as graph:
        for rule in CHAIN:
            await graph.add_rule(rule)
        await graph.add_many([(n, "next", n + 1) for n in range(5)])
        assert len(await graph.match(None, "before", None, derived=True)) == 15
        await graph.remove_rule((await graph.rules())[1].id)
        assert len(await graph.match(None, "before", None, derived=True)) == 5
        await graph.retract(subject=2)
        assert len(await graph.match(None, "before", None, derived=True)) == 4


@pytest.mark.parametrize("build", ALL_BUILDS)
async def test_a_budget_that_is_reached_leaves_everything_as_it_was(build: str) -> None:
    async with open_graph(build=build) as graph:
        for rule in CHAIN:
            await graph.add_rule(rule)
        await graph.add_many([(n, "next", n + 1) for n in range(20)])
        before = await state_of(graph)
        await graph.add_many([(n, "next", n + 1) for n in range(20, 40)])
        with pytest.raises(BudgetError) as caught:
            await graph.match(None, "before", derived=True, max_derived=300)
        [worst] = [rule for rule in await graph.rules() if len(rule.body) == 2]
        assert caught.value.details == {"budget": "max_derived", "limit": 300, "rule": worst.id}
        with pytest.raises(BudgetError) as late:
            await graph.match(None, "before", derived=True, timeout_s=0)
        assert late.value.details["budget"] == "timeout_s"
        assert await graph.retract(predicate="next") == 40
        await graph.add_many([(n, "next", n + 1) for n in range(20)])
        assert (await state_of(graph))["derived None None"] == before["derived None None"]


async def test_declarations_are_kept_once_and_taken_back() -> None:
    store = Reopenable()
    async with open_graph(store) as graph:
        for _ in range(2):
            await graph.declare("born in", functional=True, disjoint_with=["died_in", "Wild Cat"])
        await graph.declare("WILD CAT", disjoint_with="BORN IN")
        assert await graph.declarations() == [
            Declaration("disjoint", "born in", "died_in"),
            Declaration("disjoint", "born in", "Wild Cat"),
            Declaration("functional", "born_in"),
        ]
        before = await graph.declarations()
    async with open_graph(store) as graph:
        assert await graph.declarations() == before
        for _ in range(2):
            await graph.undeclare("Died_In", disjoint_with="born in")
            await graph.undeclare("born_in", functional=True)
        assert await graph.declarations() == [before[1]]
        await graph.declare("born in", functional=True)
        assert len(await graph.declarations()) == 2


async def test_a_text_is_told_and_asked_about() -> None:
    store = Reopenable()
    async with open_graph(store) as graph:
        told = await graph.tell(
            "Socrates is a human. Every human is mortal.", source="school", confidence=0.9
        )
        assert (len(told.facts), len(told.rules)) == (1, 1)
        assert told.understood[0] == "(Socrates is human) @0.9"
        (rule,) = await graph.rules()
        assert (rule.sentence, rule.weight, rule.source) == ("Every human is mortal.", 0.9, "school")
        assert told.understood[1] == rule.text
        again = await graph.tell(
            "Every human is mortal. Socrates is a human.", source="school", confidence=0.9
        )
        assert (again.facts, again.rules) == (told.facts, told.rules)
        twice = await graph.tell("Plato is red. Plato is red.")
        assert len(set(twice.facts)) == 1 < len(twice.facts)
        assert len(await graph.match("Plato")) == 1
        verdict = await graph.ask("Is Socrates mortal?")
        assert (verdict.verdict, verdict.confidence) == ("true", pytest.approx(0.81))
        assert verdict.proof is not None
        proofs.check(verdict.proof, await graph.match(), await graph.rules())
        head = (await store.state()).head_seq
        with pytest.raises(InputError):
            await graph.tell("Plato is a human. Was Plato a human?")
        assert (await store.state()).head_seq == head
        assert (await graph.ask("Plato is mortal.")).verdict == "unknown"
        assert await all_said(graph, "Plato") == ["Plato is red 1"]


async def test_a_text_with_facts_and_rules_that_fail_together_leaves_nothing() -> None:
    store = Reopenable()
    async with open_graph(store) as graph:
        await graph.add_rule("(?x likes ?y) & unless (?x chases ?y) => (?x fears ?y)")
        head = (await store.state()).head_seq
        with pytest.raises(RuleError):
            await graph.tell("Tom likes Anne. If someone fears the cat then they chase the cat.")
        assert (await store.state()).head_seq == head
        assert await graph.match() == []


async def test_proposals_wait_until_they_are_accepted() -> None:
    store = Reopenable()
    async with open_graph(store) as graph:
        proposed = await graph.extract(
            "JWT is vulnerable to timing attacks. MD5 causes collisions.", source="blog"
        )
        assert len(proposed) == 2
        assert await graph.match() == []
        assert await graph.proposals() == proposed
        assert await graph.extract("MD5 causes collisions.", source="blog") == [proposed[1]]
        assert len(await graph.extract("MD5 causes collisions.", source="other")) == 1
        fact_id = await graph.accept(proposed[0].id)
        (fact,) = await graph.match()
        assert (fact.id, fact.source, fact.confidence) == (fact_id, "blog", proposed[0].confidence)
        assert (fact.subject, fact.predicate) == (proposed[0].subject, proposed[0].predicate)
        assert await graph.accept(proposed[0].id) == fact_id
        await graph.reject(proposed[1].id)
        await graph.reject(proposed[1].id)
        with pytest.raises(InputError, match="rejected already"):
            await graph.accept(proposed[1].id)
        with pytest.raises(InputError, match="accepted already"):
            await graph.reject(proposed[0].id)
        with pytest.raises(NotFoundError):
            await graph.accept("nothing")
        before = await state_of(graph)
    async with open_graph(store) as graph:
        assert await state_of(graph) == before
        assert [p.status for p in await graph.proposals(status=None)] == ["accepted", "rejected", "pending"]
        assert [p.fact for p in await graph.proposals(status="accepted")] == [fact_id]
