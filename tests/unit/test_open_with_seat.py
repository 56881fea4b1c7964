from __future__ import annotations

import sys
from types import ModuleType

import pytest

import pramana.platform
from pramana.app.opening import open_with_seat
from pramana.errors import EmbedderMismatchError, InputError
from tests.unit.bank.banks import Reopenable, WordEmbedder
from tests.unit.seats import Table, TableSeat
from tests.unit.test_seated import sit


@pytest.fixture(autouse=True)
def seats_of_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the page's seats are to a page; they can only be imported there."""
    host = ModuleType("pramana.platform.host")
    host.Seat = TableSeat  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, host.__name__, host)
    monkeypatch.setattr(pramana.platform, "host", host, raising=False)


async def test_who_follows_with_the_databases_embedder_asks_the_leader() -> None:
    table, store = Table(), Reopenable()
    leader, _ = await sit(table, store)
    memory = await open_with_seat(table.join(), embedder=WordEmbedder())
    assert memory.role == "follower"
    pid = await memory.store(task_description="x")
    assert await leader.bank.get(pid) == await memory.get(pid)
    await memory.close()
    await leader.close()


@pytest.mark.parametrize("embedder", [WordEmbedder(id="other@1"), WordEmbedder(dim=32), None])
async def test_who_follows_with_another_embedder_is_refused_and_leaves(embedder: WordEmbedder | None) -> None:
    table, store = Table(), Reopenable()
    leader, first = await sit(table, store)
    seat = table.join()
    with pytest.raises(EmbedderMismatchError) as caught:
        await open_with_seat(seat, embedder=embedder)
    assert (caught.value.details["stored_id"], caught.value.details["stored_dim"]) == ("words@1", 64)
    assert seat.left
    assert table.seats == [first]
    assert (await leader.bank.stats())["patterns"] == 0
    await leader.close()


async def test_a_seat_is_left_when_the_options_are_wrong() -> None:
    table = Table()
    with pytest.raises(InputError):
        await open_with_seat(table.join(), kernels="fast")
    assert table.seats == []
