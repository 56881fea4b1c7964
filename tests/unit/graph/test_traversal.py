"""Neighbours, paths and ranks over what is stated, now and then."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.errors import BudgetError, NotFoundError
from pramana.graph import traversal
from pramana.graph.inference import Deadline
from pramana.graph.traversal import Traversal
from pramana.graph.view import Moment
from pramana.kernels.interfaces import GraphLike
from pramana.knowledge import Fact, FactPath, Neighbor, TermRanking
from tests.unit.graph.small_state import NOW, SmallState, facts_of, new_graph, state_of

pytestmark = pytest.mark.usefixtures("each_build")


TEXT = """
(jwt vulnerable_to timing) @0.8
(timing enables takeover) @0.9
(jwt used_by login)
(login enables takeover) @0.5
not (jwt is safe)
(takeover is bad)
(jwt cousin_of jwt)
"""


class Walks:
    """A traversal with the defaults of the graph's methods."""

    def __init__(self, state: SmallState) -> None:
        self.state = state
        self.made: list[GraphLike] = []
        self.traversal = Traversal(state, self._new_graph)

    def _new_graph(self) -> GraphLike:
        self.made.append(new_graph())
        return self.made[-1]

    async def neighbors(
        self, term: str, depth: int = 1, moment: Moment = NOW, **options: Any
    ) -> list[Neighbor]:
        options = {
            "direction": "both",
            "predicates": None,
            "max_nodes": 1000,
            "deadline": Deadline(60),
            **options,
        }
        async with self.state.lock:
            return await self.traversal.neighbors(moment, term, depth, **options)

    async def paths(
        self, source: str, target: str, k: int = 3, moment: Moment = NOW, **options: Any
    ) -> list[FactPath]:
        options = {
            "direction": "out",
            "predicates": None,
            "max_nodes": 100_000,
            "deadline": Deadline(60),
            **options,
        }
        async with self.state.lock:
            return await self.traversal.paths(moment, source, target, k, **options)

    async def rank(self, *seeds: str, k: int = 10, moment: Moment = NOW, **options: Any) -> TermRanking:
        options = {
            "alpha": 0.15,
            "epsilon": 1e-6,
            "direction": "both",
            "predicates": None,
            "deadline": Deadline(60),
            **options,
        }
        async with self.state.lock:
            return await self.traversal.rank(moment, seeds, k, **options)


def names(found: Iterable[Neighbor]) -> list[tuple[str, int, str]]:
    return [(one.term, one.depth, one.via.id) for one in found]


async def test_neighbours_come_with_their_distance_and_the_fact_that_leads_to_them() -> None:
    walks = Walks(state_of(TEXT))
    near = await walks.neighbors("JWT")
    assert names(near) == [("timing", 1, "f0"), ("login", 1, "f2")]
    assert near[0].via == walks.state.facts()[0]
    assert names(await walks.neighbors("jwt", 2))[2:] == [("takeover", 2, "f1")]
    assert names(await walks.neighbors("takeover")) == [
        ("bad", 1, "f5"),
        ("timing", 1, "f1"),
        ("login", 1, "f3"),
    ]


async def test_a_negated_statement_is_no_edge() -> None:
    walks = Walks(state_of(TEXT))
    assert await walks.neighbors("safe", 3) == []


async def test_direction_predicates_and_budget_bound_the_neighbourhood() -> None:
    walks = Walks(state_of(TEXT))
    assert names(await walks.neighbors("takeover", direction="out")) == [("bad", 1, "f5")]
    assert names(await walks.neighbors("takeover", direction="in", predicates=["enables"], max_nodes=1)) == [
        ("timing", 1, "f1")
    ]
    assert names(await walks.neighbors("jwt", 9, predicates=["used_by", "unheard_of"])) == [
        ("login", 1, "f2")
    ]
    assert await walks.neighbors("jwt", 9, predicates=["unheard_of"]) == []


async def test_an_unknown_term_is_named_and_a_term_without_edges_has_no_neighbours() -> None:
    walks = Walks(state_of(f"{TEXT}\n(?x lonely ?y) => (?x knows eremite)"))
    async with walks.state.view():
        pass  # the rules' terms are known from here on
    with pytest.raises(NotFoundError, match="'eremit'") as caught:
        await walks.neighbors("eremit")
    assert caught.value.details["term"] == "eremit"
    with pytest.raises(NotFoundError, match="'nowhere'"):
        await walks.paths("jwt", "nowhere")
    with pytest.raises(NotFoundError, match="'nobody'"):
        await walks.rank("jwt", "nobody")
    assert await walks.neighbors("eremite") == []
    assert await walks.paths("eremite", "jwt") == []


async def test_paths_come_by_confidence_with_the_facts_they_go_over() -> None:
    walks = Walks(state_of(TEXT))
    best, second = await walks.paths("jwt", "takeover")
    assert best.terms == ("jwt", "timing", "takeover")
    assert [(step.fact.id, step.forward) for step in best.steps] == [("f0", True), ("f1", True)]
    assert (best.confidence, second.confidence) == (pytest.approx(0.72), pytest.approx(0.5))
    assert [path.confidence for path in await walks.paths("jwt", "takeover", 1)] == [best.confidence]
    assert await walks.paths("takeover", "jwt") == []
    (back, *_) = await walks.paths("takeover", "jwt", direction="both")
    assert [(step.fact.id, step.forward) for step in back.steps] == [("f1", False), ("f0", False)]
    only = await walks.paths("jwt", "takeover", predicates=["used_by", "enables"])
    assert [path.terms for path in only] == [("jwt", "login", "takeover")]


async def test_paths_as_good_to_a_float32_are_told_apart() -> None:
    state = state_of("(a p b) @0.5\n(a q b) @0.500000000001\n(a r b) @0.49999999999")
    assert [path.steps[0].fact.id for path in await Walks(state).paths("a", "b")] == ["f1", "f0", "f2"]


async def test_a_search_beyond_its_budget_says_so() -> None:
    walks = Walks(state_of(TEXT))
    with pytest.raises(BudgetError, match="max_nodes") as caught:
        await walks.paths("jwt", "takeover", max_nodes=1)
    assert caught.value.details == {"budget": "max_nodes", "limit": 1}


async def test_a_long_search_lets_others_run_and_heeds_its_time() -> None:
    leaves = "".join(f"(n{at} to n{at + 1}) (n{at} has leaf{at})\n" for at in range(400))
    walks = Walks(state_of(leaves.replace(") (", ")\n(")))
    (path,) = await walks.paths("n0", "n400")
    assert len(path.steps) == 400

    class Ended(Deadline):
        calls = 0

        async def __call__(self) -> None:
            self.calls += 1
            if self.calls == 500:  # once for each of 400 searches, and once for each of 400 steps
                raise BudgetError("over", budget="timeout_s", limit=60)

    with pytest.raises(BudgetError, match="over") as caught:
        await walks.paths("n0", "n400", k=2, deadline=Ended(60))
    assert caught.value.details["budget"] == "timeout_s"
    assert await walks.paths("n0", "n400") == [path]


async def test_of_several_records_of_a_statement_the_most_confident_counts() -> None:
    state = state_of("(a p b) @0.3")
    state.tell(facts_of("(a p b) @0.6\n(a q b) @0.5", "g"))
    (path, other) = await Walks(state).paths("a", "b")
    assert [path.steps[0].fact.id, other.steps[0].fact.id] == ["g0", "g1"]
    assert path.confidence == 0.6


async def test_ranks_are_highest_at_the_seeds_and_tell_how_exact_they_are() -> None:
    found = await Walks(state_of(TEXT)).rank("jwt")
    assert found.ranked[0].term == "jwt"
    assert {one.term for one in found.ranked} == {"jwt", "timing", "login", "takeover", "bad"}
    assert sum(one.score for one in found.ranked) + found.residual == pytest.approx(1)
    assert len((await Walks(state_of(TEXT)).rank("jwt", "bad", k=2)).ranked) == 2
    assert [one.term for one in (await Walks(state_of(TEXT)).rank("jwt", predicates=[])).ranked] == ["jwt"]


async def test_a_ranking_that_would_take_for_ever_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traversal, "MAX_WALKED", 20)
    with pytest.raises(BudgetError, match="epsilon") as caught:
        await Walks(state_of(TEXT)).rank("jwt", epsilon=1e-9)
    # Six edges between terms with numbers below ten: 1.2 for each on average, so 20 edges are 16 pushes.
    assert caught.value.details == {"budget": "max_pushes", "limit": 16}


async def test_the_graph_follows_what_is_asserted_and_ended() -> None:
    walks = Walks(state_of(TEXT))
    await walks.neighbors("jwt")
    walks.state.tell(facts_of("(login part_of portal) @0.4\nnot (portal is safe)", "g"))
    assert names(await walks.neighbors("portal")) == [("login", 1, "g0")]
    walks.state.retract("g0")
    assert await walks.neighbors("portal") == []
    walks.state.retract("f1")
    assert [path.terms[1] for path in await walks.paths("jwt", "takeover")] == ["login"]
    walks.state.tell([Fact("g9", "timing", "enables", "takeover", confidence=0.1)])
    assert [path.terms[1] for path in await walks.paths("jwt", "takeover")] == ["login", "timing"]
    assert len(walks.made) == 1


async def test_what_changed_is_entered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    walks = Walks(state_of(TEXT))
    await walks.neighbors("jwt")
    walks.state.tell(facts_of("(login part_of portal)", "g"))
    await walks.neighbors("jwt")
    monkeypatch.delattr(type(walks.made[0]), "add")  # a further edge could not be entered
    assert names(await walks.neighbors("portal")) == [("login", 1, "g0")]


async def test_a_fact_that_does_not_hold_yet_leaves_the_graph_as_it_is() -> None:
    walks = Walks(state_of(TEXT))
    await walks.neighbors("jwt")
    walks.state.tell([Fact("g", "jwt", "retired_in", "2099", valid_from_ms=NOW.at_ms + 1)])
    assert await walks.neighbors("2099") == []
    assert len(walks.made[0]) == 6


async def test_any_other_moment_has_a_graph_of_its_own_that_is_freed() -> None:
    state = SmallState()
    state.tell(
        [
            Fact("old", "eve", "lives_in", "paris", valid_to_ms=500, created_ms=100),
            Fact("new", "eve", "lives_in", "rome", valid_from_ms=500, created_ms=600),
            Fact("gone", "eve", "likes", "tea", confidence=0.5, created_ms=100),
        ]
    )
    state.retract("gone", at_ms=700)
    walks = Walks(state)
    assert names(await walks.neighbors("eve")) == [("rome", 1, "new")]
    assert names(await walks.neighbors("eve", moment=Moment(400))) == [("paris", 1, "old")]
    assert names(await walks.neighbors("eve", moment=Moment(400, 650))) == [
        ("paris", 1, "old"),
        ("tea", 1, "gone"),
    ]
    assert names(await walks.neighbors("eve", moment=Moment(900, 650))) == [
        ("rome", 1, "new"),
        ("tea", 1, "gone"),
    ]
    assert await walks.neighbors("eve", moment=Moment(900, 50)) == []
    assert (await walks.paths("eve", "paris", moment=Moment(400)))[0].confidence == 1
    assert {one.term for one in (await walks.rank("eve", moment=Moment(400))).ranked} == {"eve", "paris"}
    present, *others = walks.made
    assert len(present) == 1
    for graph in others:
        with pytest.raises(Exception, match="closed"):
            len(graph)


async def test_a_confidence_too_small_for_a_float32_is_still_an_edge() -> None:
    state = state_of("(a p b)")
    state.tell([Fact("tiny", "b", "p", "c", confidence=1e-300)])
    (path,) = await Walks(state).paths("a", "c")
    assert path.confidence == 1e-300


async def test_closing_frees_the_graph_twice_over() -> None:
    walks = Walks(state_of(TEXT))
    await walks.neighbors("jwt")
    walks.traversal.close()
    walks.traversal.close()
    with pytest.raises(Exception, match="closed"):
        len(walks.made[0])


edges = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 1), st.integers(0, 4), st.sampled_from((0.25, 0.5, 1.0))),
    max_size=14,
)


@settings(max_examples=80)
@given(first=edges, later=edges, gone=st.sets(st.integers(0, 13)))
async def test_a_graph_kept_in_step_finds_what_a_fresh_one_does(
    first: list[tuple[int, int, int, float]], later: list[tuple[int, int, int, float]], gone: set[int]
) -> None:
    state = SmallState()
    state.tell([Fact("seed", "n0", "p0", "n1", confidence=0.125)])
    kept = Walks(state)
    await kept.neighbors("n0")
    for prefix, drawn in (("f", first), ("g", later)):
        state.tell(
            Fact(f"{prefix}{at}", f"n{a}", f"p{p}", f"n{b}", confidence=confidence)
            for at, (a, p, b, confidence) in enumerate(drawn)
        )
        for at in gone:
            if at < len(drawn):
                state.retract(f"{prefix}{at}")
        await kept.neighbors("n0")
    fresh = Walks(state)
    assert await kept.neighbors("n0", 9) == await fresh.neighbors("n0", 9)
    here, there = await kept.paths("n0", "n1", 9), await fresh.paths("n0", "n1", 9)
    assert [path.confidence for path in here] == [path.confidence for path in there]
    for path in here:
        assert path.confidence == math.prod(step.fact.confidence for step in path.steps)
        ends = [(step.fact.subject, step.fact.object)[:: 1 if step.forward else -1] for step in path.steps]
        assert [path.terms[0], *(end for _, end in ends)] == list(path.terms)
    assert len(kept.made[0]) == len(fresh.made[0])
