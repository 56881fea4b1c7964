from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pramana.bank.embedders import Slot
from pramana.bank.encode import CHUNK, Encoder
from pramana.bank.resident import SLICE, Resident
from pramana.bank.rows import evidence_row, pattern_row
from pramana.errors import KernelError
from pramana.pace import Pace
from pramana.ports import Row
from pramana.records import Pattern
from tests.unit.bank.banks import WordEmbedder, kernels, open_bank

BARE = Slot(0, 64 + 4)


def row(n: int, text: str = "", **fields: Any) -> Row:
    return pattern_row(
        Pattern(id=f"p{n}", task_description=text or f"text {n}", **fields), b"\x7f" + bytes(63) + b"\0\0\0<"
    )


async def test_many_rows_wait_until_they_are_asked_for_and_few_do_not() -> None:
    resident = Resident.empty(await kernels(), 64, BARE)
    resident.take([row(0)])
    assert len(resident.columns) == 1
    resident.take([row(n) for n in range(1, SLICE + 50)])
    assert len(resident.columns) == 1
    resident.take([row(0, "changed after")])
    await resident.settle()
    assert len(resident.columns) == len(resident.vectors) == len(resident.postings) == SLICE + 50
    assert resident.postings.search("changed", 5).ordinals[0] == resident.columns.ordinal_of["p0"]
    resident.close()


async def test_counts_that_come_before_their_pattern_are_kept_for_it() -> None:
    resident = Resident.empty(await kernels(), 64, BARE)
    resident.take([evidence_row("p1", {"d": [1, 0, 1, 77]}, "")])
    resident.take([row(1)])
    ordinal = resident.columns.ordinal_of["p1"]
    assert resident.columns.last_used_ms[ordinal] == 77
    assert resident.columns.reliability[ordinal] == pytest.approx(2 / 3)
    resident.close()


async def test_settling_is_cancelled_without_harm() -> None:
    resident = Resident.empty(await kernels(), 64, BARE)
    resident.take([row(n) for n in range(5 * SLICE)])
    settling = asyncio.ensure_future(resident.settle())
    await asyncio.sleep(0)
    settling.cancel()
    await asyncio.wait((settling,))
    await resident.settle()
    assert len(resident.columns) == len(resident.postings) == 5 * SLICE
    resident.close()


async def test_an_index_that_fell_behind_is_never_read_again() -> None:
    bank = await open_bank()
    pid = await bank.store(task_description="alpha")
    postings: Any = bank._resident.postings
    bank._resident.postings = None  # type: ignore[assignment]
    with pytest.raises(KernelError, match="close and open again"):
        await bank.store(task_description="beta")
    bank._resident.postings = postings
    for call in (
        bank.find_similar("alpha"),
        bank.get(pid),
        bank.list(),
        bank.store(task_description="gamma"),
    ):
        with pytest.raises(KernelError, match="close and open again"):
            await call
    await bank.close()


async def test_texts_are_embedded_in_chunks_and_silent_ones_have_no_vector() -> None:
    resident = Resident.empty(await kernels(), 64, BARE)
    embedder = WordEmbedder()
    encoder = Encoder(embedder, resident.vectors, BARE)
    texts = ["?" if n % 3 == 1 else f"word{n}" for n in range(CHUNK + 10)]
    packed = await encoder.pack(texts)
    assert [vector is None for vector in packed] == [text == "?" for text in texts]
    assert {len(vector) for vector in packed if vector} == {68}
    alone = await encoder.pack([texts[5]])
    assert packed[5] == alone[0]
    assert await encoder.query("?") is None
    assert len(resident.vectors) == 0
    resident.close()


async def test_pace_lets_others_run_only_after_a_stretch() -> None:
    pace = Pace()
    ran: list[int] = []
    asyncio.get_running_loop().call_soon(ran.append, 1)
    await pace()
    assert ran == []
    pace._since -= 1.0
    await pace()
    assert ran == [1]
