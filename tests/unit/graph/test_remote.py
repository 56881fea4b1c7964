from __future__ import annotations

import pytest

from pramana.errors import NotUnderstoodError, ReadOnlyError
from pramana.graph import remote
from pramana.graph.remote import RemoteGraph
from pramana.ports import Peer
from tests.unit.bank.banks import Reopenable
from tests.unit.seats import Table
from tests.unit.test_seated import sit


async def test_a_follower_asks_the_leaders_graph() -> None:
    table, store = Table(), Reopenable()
    leader, _ = await sit(table, store)
    follower, _ = await sit(table, store)
    near, far = leader.graph, follower.graph
    assert isinstance(far, RemoteGraph)
    fact = await far.add("jwt", "vulnerable_to", "timing attack", confidence=0.85, source="s")
    await far.add_many([("timing attack", "enables", "account takeover")])
    rule = await far.add_rule(
        "(?x vulnerable_to ?y) & (?y enables ?z) => (?x exposed_to ?z)", name="exposure"
    )
    assert await far.rules() == await near.rules()
    assert (await far.rules())[0].id == rule
    assert await far.match("jwt", derived=True) == await near.match("jwt", derived=True)
    assert (await far.tell("Socrates is a human. Every human is mortal.")).rules
    question = "Is Socrates mortal?"
    assert await far.ask(question) == await near.ask(question)
    assert await far.explain("jwt", "exposed_to", "account takeover") == await near.explain(
        "jwt", "exposed_to", "account takeover"
    )
    assert await far.neighbors("jwt", 2) == await near.neighbors("jwt", 2)
    assert await far.paths("jwt", "account takeover") == await near.paths("jwt", "account takeover")
    assert await far.rank(iter(["jwt"])) == await near.rank(["jwt"])
    await far.declare("vulnerable_to", functional=True)
    assert await far.declarations() == await near.declarations() != []
    await far.add("jwt", "vulnerable_to", "replay")
    assert await far.conflicts() == await near.conflicts() != []
    await far.undeclare("vulnerable_to", functional=True)
    (proposal,) = await far.extract("Phishing leads to account takeover.")
    assert await far.proposals() == [proposal]
    await far.accept(proposal.id)
    (proposal,) = await far.extract("Smishing leads to account takeover.")
    await far.reject(proposal.id)
    assert await far.facts(limit=2) == await near.facts(limit=2)
    assert await far.retract(subject="phishing") == 1
    await far.retract_fact((await far.match("jwt", None, "replay"))[0].id)
    await far.remove_rule("exposure")
    assert await far.stats() == await near.stats()
    assert fact
    with pytest.raises(NotUnderstoodError):
        await far.tell("colourless green ideas sleep furiously or not")
    await follower.close()
    await leader.close()


async def test_a_long_list_goes_in_parts_and_again_to_a_new_leader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "PART", 10)
    table, store = Table(), Reopenable()
    _, first = await sit(table, store)
    second, _ = await sit(table, store)
    third, _ = await sit(table, store)
    graph = third.graph
    assert isinstance(graph, RemoteGraph)
    peer, calls = graph._peer, 0

    class Dying(Peer):
        async def call(self, method, params, **options):  # type: ignore[no-untyped-def]
            nonlocal calls
            calls += 1
            if calls == 3:
                first.die()
            return await peer.call(method, params, **options)

    graph._peer = Dying()
    added = await graph.add_many([(f"a{n}", "p", f"b{n}") for n in range(45)])
    assert (added.added, added.known) == (45, 0)
    assert calls > 5
    assert (await second.graph.stats())["facts"] == 45
    await second.close()
    await third.close()


async def test_a_read_only_memory_writes_no_facts() -> None:
    table, store = Table(), Reopenable()
    leader, _ = await sit(table, store)
    await leader.graph.add("a", "p", "b")
    graph = RemoteGraph(leader._remote_graph._peer, read_only=True)
    assert len(await graph.match("a")) == 1
    with pytest.raises(ReadOnlyError):
        await graph.add("a", "p", "c")
    with pytest.raises(ReadOnlyError):
        await graph.retract(subject="a")
    await leader.close()
