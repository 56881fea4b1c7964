"""Packs over the wire, and from a tab that follows."""

from __future__ import annotations

from typing import Any

import pytest

from pramana.errors import InputError, NotFoundError, ReadOnlyError
from pramana.graph import remote
from pramana.graph.remote import RemoteGraph
from pramana.knowledge import PackAdded
from pramana.ports import Peer
from tests.unit.bank.banks import Reopenable
from tests.unit.graph.test_wire import ask, open_graph
from tests.unit.seats import Table
from tests.unit.test_seated import sit

CSV = "subject,predicate,object,source\n" + "".join(f"ä{n},p,b{n},\n" for n in range(40)) + "bad\n"
ABOUT: dict[str, Any] = {"name": "n", "licence": "l", "source": "s", "version": "1", "skip_malformed": True}


async def test_packs_cross_as_json_and_a_text_in_parts_is_stored_with_the_last() -> None:
    graph = await open_graph()
    cut = CSV.index("ä7") + 1
    assert await ask(graph, "add_pack", text=CSV[:cut], batch="x", part=0, more=True) is None
    assert await ask(graph, "add_many", facts=[["a", "p", "b"]], batch="x", part=0, more=True) is None
    assert await ask(graph, "add_pack", text="other", batch="y", part=0, more=True) is None
    assert await ask(graph, "packs") == []
    added = await ask(
        graph, "add_pack", text=CSV[cut:], batch="x", part=1, rules="(?x p ?y) => (?y q ?x)", **ABOUT
    )
    (pack,) = await ask(graph, "packs")
    assert added == {
        "pack": pack,
        "repeats": 0,
        "skipped": [{"line": 42, "reason": "the header has 4 columns, and this row 1"}],
        "skipped_count": 1,
    }
    assert PackAdded.from_dict(added).to_dict() == added
    assert (pack["facts"], pack["rules"], pack["licence"], pack["version"]) == (40, 1, "l", "1")
    (fact,) = await ask(graph, "match", subject="ä7")
    assert (fact["pack"], fact["licence"], fact["source"]) == ("n", "l", "s")
    assert (await ask(graph, "add_many", facts=[["a", "p", "c"]], batch="x", part=1))["added"] == 2
    assert await ask(graph, "remove_pack", name="n") == 40
    assert (await ask(graph, "remove_pack", name="n"))["code"] == "not_found"


async def test_errors_of_packs_cross_with_their_details() -> None:
    graph = await open_graph()
    about = ABOUT | {"skip_malformed": False}
    wrong = await ask(graph, "add_pack", text=CSV, **about)
    assert (wrong["code"], wrong["details"]["line"]) == ("invalid_input", 42)
    wrong = await ask(graph, "add_pack", text=["a"], **about)
    assert wrong["details"]["field"] == "text"
    wrong = await ask(graph, "add_pack", text="", batch="z", part=3, **about)
    assert wrong["code"] == "epoch_lost"
    assert (await ask(graph, "stats"))["facts"] == 0


async def test_a_follower_loads_a_pack_in_parts_and_again_where_its_leader_dies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(remote, "PART_CHARS", 50)
    table, store = Table(), Reopenable()
    _, first = await sit(table, store)
    second, _ = await sit(table, store)
    third, _ = await sit(table, store)
    graph = third.graph
    assert isinstance(graph, RemoteGraph)
    peer, sent = graph._peer, []
    told: list[tuple[int, int]] = []

    class Dying(Peer):
        async def call(self, method, params, **options):  # type: ignore[no-untyped-def]
            sent.append(params)
            if len(sent) == 3:
                first.die()
            return await peer.call(method, params, **options)

    graph._peer = Dying()
    added = await graph.add_pack(CSV, on_progress=lambda *done: told.append(done), **ABOUT)
    assert (added.pack.facts, added.skipped_count) == (40, 1)
    assert told[-1] == (40, 40)
    assert "".join(params["text"] for params in sent[-sent[-1]["part"] - 1 :]) == CSV
    assert all(set(params) == {"text", "batch", "part", "more"} for params in sent if params["more"])
    assert await graph.packs() == await second.graph.packs() == [added.pack]
    assert (await graph.match("ä3"))[0].licence == "l"
    assert (await graph.add_pack("subject,predicate,object\na,b,c", name="m", licence="l")).pack.facts == 1
    with pytest.raises(InputError, match="text must be text; got nothing"):
        await graph.add_pack(None)
    assert await graph.remove_pack("n") == 40
    with pytest.raises(NotFoundError):
        await graph.remove_pack("n")
    reader, _ = await sit(table, store, read_only=True)
    with pytest.raises(ReadOnlyError):
        await reader.graph.add_pack(CSV, **ABOUT)
    for engine in (reader, third, second):
        await engine.close()
