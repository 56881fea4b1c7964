"""The embedder is changed while the bank is used: what is found afterwards is what a bank made with it finds."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pramana.bank import reembedding
from pramana.bank.embedders import EMBEDDERS, Embedders
from pramana.bank.reasoning_bank import ReasoningBank
from pramana.bank.rows import PATTERN
from pramana.errors import (
    ClosedError,
    EmbedderError,
    EmbedderMismatchError,
    InUseError,
    QuotaError,
)
from pramana.ports import Row, Transaction
from pramana.store.journal import verify
from pramana.store.sqlite import SqliteStore
from tests.unit.bank.banks import Reopenable, View, WordEmbedder, open_bank

WORDS = ["alpha", "beta", "gamma", "delta", "eps", "zeta", "eta", "theta"]
CHUNK = 8
"""Instead of the real one: as many steps of fewer memories."""
Hook = Callable[[Sequence[str]], Awaitable[None]]


@pytest.fixture(autouse=True, scope="module")
def small_steps() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reembedding, "CHUNK", CHUNK)
        yield


@dataclass
class Hooked(WordEmbedder):
    """Calls `hook` before it embeds."""

    id: str = "words@2"
    dim: int = 24
    hook: Hook | None = None

    async def embed(self, texts: Sequence[str]) -> Any:
        if self.hook is not None:
            await self.hook(texts)
        return await super().embed(texts)


def task(n: int) -> str:
    return f"{WORDS[n % 8]} {WORDS[n // 8 % 8]} {WORDS[n // 64 % 8]} number{n}"


async def filled(store: Any, count: int = 40, **options: Any) -> ReasoningBank:
    bank = await open_bank(store, **options)
    await bank.store_many({"task_description": task(n)} for n in range(count))
    return bank


async def found(bank: ReasoningBank) -> list[Any]:
    """What some questions find, with every part of the scores."""
    asked = ["alpha", "beta gamma", "theta zeta number7", task(3)]
    return [[hit.to_dict() for hit in await bank.find_similar(text, k=8)] for text in asked]


async def anew(bank: ReasoningBank, embedder: WordEmbedder) -> ReasoningBank:
    """A bank of the same memories that never knew another embedder."""
    lines = "".join([chunk async for chunk in bank.export_lines()]).splitlines()[1:]
    bare = [{name: value for name, value in json.loads(line).items() if name != "vector"} for line in lines]
    other = await open_bank(embedder=embedder)
    await other.import_lines("\n".join(map(json.dumps, bare)))
    return other


async def check_as_new(bank: ReasoningBank, embedder: WordEmbedder) -> None:
    fresh = await anew(bank, embedder)
    assert await found(bank) == await found(fresh)
    assert (await bank.stats())["index"]["vectors"] == (await fresh.stats())["index"]["vectors"]
    await fresh.close()


def no_threads() -> None:
    if sys.platform == "emscripten":
        pytest.skip("a page has no threads, and no SQLite file")


@pytest.fixture(params=["memory", "sqlite"])
def store_at(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Any]:
    """The same database each time."""
    if request.param == "sqlite":
        no_threads()
        return lambda: SqliteStore(tmp_path / "m.db")
    kept = Reopenable()
    return lambda: kept


@pytest.mark.parametrize("dim", [1, 24, 64, 300])
async def test_it_finds_as_a_bank_made_with_the_new_embedder_and_insists_on_it(
    store_at: Callable[[], Any], dim: int
) -> None:
    count = 26 * CHUNK + 3  # enough for a snapshot on close
    bank = await filled(store_at(), count)
    told: list[tuple[int, int]] = []
    other = WordEmbedder(id="words@2", dim=dim)
    assert await bank.reembed(other, on_progress=lambda *step: told.append(step)) == count
    assert told[0] == (0, count)
    assert told[-1] == (count, count)
    assert bank.capabilities()["embedder"] == {"id": "words@2", "dim": dim}
    await check_as_new(bank, other)
    expected = await found(bank)
    await bank.close()
    with pytest.raises(EmbedderMismatchError):
        await open_bank(store_at())
    again = await open_bank(store_at(), embedder=WordEmbedder(id="words@2", dim=dim))
    assert await found(again) == expected
    assert {hit["pattern"]["embedder"] for hits in expected for hit in hits} == {"words@2"}
    await again.close()
    # The second time from the snapshot, where one was written.
    third = await open_bank(store_at(), embedder=WordEmbedder(id="words@2", dim=dim))
    assert (await third.stats())["index"]["opened_from"] == "snapshot"
    assert await found(third) == expected
    await third.close()


async def test_there_and_back_again_and_on_with_vectors_as_long_as_the_first(
    store_at: Callable[[], Any],
) -> None:
    bank = await filled(store_at())
    before = await found(bank)
    for name in ("words@2", "words@3"):
        await bank.reembed(WordEmbedder(id=name))
    assert (
        await bank.reembed(WordEmbedder(id="short", dim=60 - 4)) == 40
    )  # an entry of it is 68 bytes, as a bare one
    await check_as_new(bank, WordEmbedder(id="short", dim=56))
    await bank.reembed(WordEmbedder())
    assert await found(bank) == before
    await bank.close()


async def test_the_old_one_answers_until_the_switch_and_its_answers_do_not_change() -> None:
    bank = await filled(Reopenable(), 2 * CHUNK)
    before, seen = await found(bank), []

    async def ask(_: Sequence[str]) -> None:
        seen.append((bank.embedder.id, await found(bank)))

    await bank.reembed(Hooked(hook=ask))
    assert seen == [("words@1", before)] * 2
    await bank.close()


OPS = ("store", "update", "rename", "delete", "purge", "used", "import")


async def perform(bank: ReasoningBank, op: str, n: int) -> None:
    listed = (await bank.list(limit=1000)).patterns
    pid = listed[n % len(listed)].id
    match op:
        case "store":
            await bank.store(task_description=f"new {task(n)}")
        case "update":
            await bank.update(pid, strategy=f"s{n}")
        case "rename":
            await bank.update(pid, title=f"renamed {WORDS[n % 8]}")
        case "delete":
            await bank.delete(pid)
        case "purge":
            await bank.purge(pid)
        case "used":
            await bank.used([pid], success=True)
        case "import":
            await bank.import_lines(json.dumps({"id": f"i{n}", "task_description": f"imported {task(n)}"}))


@settings(max_examples=20)
@given(ops=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(OPS), st.integers(0, 500)), max_size=8))
async def test_writes_meanwhile_are_embedded_by_the_new_one_too(ops: list[tuple[int, str, int]]) -> None:
    bank = await filled(Reopenable(), 3 * CHUNK)
    running: list[asyncio.Task[None]] = []
    calls = 0

    async def write(_: Sequence[str]) -> None:
        nonlocal calls
        running.extend(asyncio.create_task(perform(bank, op, n)) for at, op, n in ops if at == calls)
        calls += 1
        for _ in range(30):
            await asyncio.sleep(0)

    other = Hooked()
    other.hook = write
    try:
        await bank.reembed(other)
        outcomes = await asyncio.gather(*running, return_exceptions=True)
        assert {type(outcome).__name__ for outcome in outcomes} <= {"NoneType", "NotFoundError"}
        other.hook = None
        await check_as_new(bank, other)
    finally:
        await bank.close()


@dataclass
class Held(WordEmbedder):
    """Keeps a text waiting until it is let go."""

    text: str = "held up"
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def embed(self, texts: Sequence[str]) -> Any:
        if self.text in texts:
            self.reached.set()
            await self.let_go.wait()
        return await super().embed(texts)


async def test_a_write_that_the_old_one_embeds_holds_up_the_switch() -> None:
    held = Held()
    bank = await filled(Reopenable(), embedder=held)
    writing = asyncio.create_task(bank.store(task_description=held.text))
    await held.reached.wait()
    other = Hooked()
    changing = asyncio.create_task(bank.reembed(other))
    for _ in range(1000):
        if bank._reembedding is not None and bank._reembedding.built:
            break
        await asyncio.sleep(0)
    later = asyncio.create_task(bank.store(task_description="after it"))
    for _ in range(100):
        await asyncio.sleep(0)
    assert bank.embedder is held
    assert not later.done()
    held.let_go.set()
    await asyncio.gather(writing, changing, later)
    await check_as_new(bank, other)
    await bank.close()


async def test_a_question_that_the_old_one_embeds_at_the_switch_is_asked_of_the_new_one() -> None:
    held = Held()
    bank = await filled(Reopenable(), embedder=held)
    asking = asyncio.create_task(bank.find_similar(held.text))
    await held.reached.wait()
    await bank.reembed(Hooked())
    held.let_go.set()
    expected = await bank.find_similar(held.text)
    assert [hit.to_dict() for hit in await asking] == [hit.to_dict() for hit in expected]
    await bank.close()


async def test_what_is_deleted_and_counted_while_the_new_index_is_built_is_so_there() -> None:
    class Scanned(Reopenable):
        bank: ReasoningBank | None = None

        async def scan(self, kind: str | None = None) -> AsyncIterator[list[Row]]:
            async for rows in super().scan(kind):
                yield rows
            if kind == PATTERN and self.bank is not None:
                listed = (await self.bank.list(limit=100)).patterns
                await bank.delete(listed[0].id)
                await bank.used([listed[-1].id], success=True)
                await bank.store(task_description=f"written after a scan of {len(rows)}")

    store = Scanned()
    bank = await filled(store)
    store.bank = bank
    other = Hooked()
    await bank.reembed(other)
    store.bank = None
    assert (await bank.stats())["patterns"] == 40
    await check_as_new(bank, other)
    await bank.close()


async def test_what_the_new_one_does_not_know_has_no_vector_and_what_only_it_knows_has() -> None:
    bank = await open_bank(Reopenable(), embedder=WordEmbedder(silent="only_new"))
    await bank.store_many({"task_description": text} for text in ("only_new", "only_old", "both know"))
    await bank.reembed(WordEmbedder(id="words@2", dim=24, silent="only_old"))
    assert (await bank.find_similar("only_new"))[0].similarity == pytest.approx(1, abs=0.01)
    (old,) = [
        hit for hit in await bank.find_similar("only_old both") if hit.pattern.task_description == "only_old"
    ]
    assert old.similarity == 0
    assert (await bank.stats())["index"]["vectors"] == 2
    await bank.close()


async def test_broken_off_it_goes_on_where_it_was(store_at: Callable[[], Any]) -> None:
    bank = await filled(store_at(), 3 * CHUNK)
    before, calls = await found(bank), []

    async def fail_at_last(texts: Sequence[str]) -> None:
        calls.append(len(texts))
        if len(calls) == 3:
            raise RuntimeError("overheated")

    with pytest.raises(EmbedderError, match="overheated"):
        await bank.reembed(Hooked(hook=fail_at_last))
    assert await found(bank) == before
    await bank.close()
    # With the old one as if nothing had been, also what is written.
    bank = await open_bank(store_at())
    assert await found(bank) == before
    await bank.store(task_description="written in between")
    other = Hooked()
    assert await bank.reembed(other) == CHUNK + 1
    await check_as_new(bank, other)
    await bank.close()


async def test_opened_with_the_new_one_it_is_finished_first(store_at: Callable[[], Any]) -> None:
    bank = await filled(store_at(), 2 * CHUNK)

    async def fail_at_second(texts: Sequence[str]) -> None:
        if task(2 * CHUNK - 1) in texts:
            raise RuntimeError("no")

    with pytest.raises(EmbedderError):
        await bank.reembed(Hooked(hook=fail_at_second))
    await bank.close()
    with pytest.raises(EmbedderMismatchError):
        await open_bank(store_at(), embedder=Hooked(), read_only=True)
    with pytest.raises(EmbedderMismatchError):
        await open_bank(store_at(), embedder=Hooked(id="words@3"))
    other, told = Hooked(), []
    bank = await open_bank(store_at(), embedder=other, on_embedded=lambda *step: told.append(step))
    assert told[-1] == (2 * CHUNK, 2 * CHUNK)
    assert len(other.asked) == CHUNK
    await check_as_new(bank, other)
    await bank.close()


async def test_where_the_old_one_is_gone_opening_changes_it_if_asked_to(store_at: Callable[[], Any]) -> None:
    await (await filled(store_at())).close()
    with pytest.raises(EmbedderError):
        await open_bank(store_at(), embedder=Hooked(hook=_refuse), reembed=True)
    again = await open_bank(store_at())  # nothing has changed
    await again.close()
    other = Hooked()
    bank = await open_bank(store_at(), embedder=other, reembed=True)
    await check_as_new(bank, other)
    await bank.close()


async def _refuse(_: Sequence[str]) -> None:
    raise RuntimeError("no")


async def test_cancelled_the_old_one_stays_in_force_and_a_second_call_at_once_is_refused() -> None:
    bank = await filled(Reopenable(), 2 * CHUNK)
    before, reached = await found(bank), asyncio.Event()

    async def wait(texts: Sequence[str]) -> None:
        if bank._reembedding is not None and bank._reembedding.embedded:
            reached.set()
            await asyncio.Event().wait()

    running = asyncio.create_task(bank.reembed(Hooked(hook=wait)))
    await reached.wait()
    with pytest.raises(InUseError):
        await bank.reembed(Hooked())
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await found(bank) == before
    assert bank.embedder.id == "words@1"
    # Giving it up leaves nothing that a later one could take for its own.
    assert await bank.reembed(WordEmbedder()) == 0
    other = WordEmbedder(id="words@3", dim=24)
    assert await bank.reembed(other) == 2 * CHUNK
    await check_as_new(bank, other)
    await bank.close()


async def test_closing_ends_it() -> None:
    bank = await filled(Reopenable(), 2 * CHUNK)
    closing: list[asyncio.Task[None]] = []

    async def close(_: Sequence[str]) -> None:
        closing.append(asyncio.create_task(bank.close()))
        await asyncio.Event().wait()

    with pytest.raises(ClosedError):
        await bank.reembed(Hooked(hook=close))
    await closing[0]


async def test_a_full_disk_leaves_the_old_one_in_force() -> None:
    class Full(Reopenable):
        full = False

        async def commit(self, transaction: Any) -> None:
            if self.full:
                raise QuotaError("full")
            await super().commit(transaction)

    store = Full()
    bank = await filled(store)
    before = await found(bank)

    async def fill(_: Sequence[str]) -> None:
        store.full = True

    with pytest.raises(QuotaError):
        await bank.reembed(Hooked(hook=fill))
    assert await found(bank) == before
    store.full = False
    await bank.reembed(Hooked())
    await bank.close()


@dataclass
class Shared:
    """Two processes at one database."""

    here: ReasoningBank
    there: ReasoningBank
    written: list[str] = field(default_factory=list)


@pytest.fixture
def two(tmp_path: Path) -> Callable[..., Awaitable[Shared]]:
    no_threads()

    async def opened(count: int = 40) -> Shared:
        here = await filled(SqliteStore(tmp_path / "m.db"), count)
        return Shared(here, await open_bank(SqliteStore(tmp_path / "m.db")))

    return opened


async def test_what_another_process_writes_meanwhile_is_embedded_too_and_it_must_open_anew(
    two: Callable[..., Awaitable[Shared]],
) -> None:
    both = await two()
    calls = 0

    async def write(_: Sequence[str]) -> None:
        nonlocal calls
        calls += 1
        if calls < 4:
            await both.there.store(task_description=f"from there {calls}")

    other = Hooked(hook=write)
    await both.here.reembed(other)
    assert calls >= 4
    other.hook = None
    await check_as_new(both.here, other)
    writing = both.there.store(task_description="too late")
    for late in (writing, both.there.find_similar("x"), both.there.list()):
        with pytest.raises(EmbedderMismatchError, match="another process"):
            await late
    assert (await both.here.stats())["patterns"] == 43
    await both.there.close()
    await both.here.close()


async def test_what_another_process_writes_at_the_last_moment_holds_up_the_switch(
    two: Callable[..., Awaitable[Shared]], monkeypatch: pytest.MonkeyPatch
) -> None:
    both = await two()
    store, switches = both.here.database.store, 0
    commit = store.commit

    async def late(transaction: Transaction) -> None:
        nonlocal switches
        said = [row.body for row in transaction.rows if (row.kind, row.id) == EMBEDDERS]
        if said and Embedders.of_body(said[0] or b"").in_force.id == "words@2":
            switches += 1
            if switches == 1:
                await both.there.store(task_description="at the last moment")
        await commit(transaction)

    monkeypatch.setattr(store, "commit", late)
    other = Hooked()
    await both.here.reembed(other)
    assert switches == 2
    await check_as_new(both.here, other)
    await both.there.close()
    await both.here.close()


async def test_two_processes_that_want_the_same_share_the_work_and_of_two_others_the_later_goes_on(
    two: Callable[..., Awaitable[Shared]],
) -> None:
    both = await two(2 * CHUNK)

    async def give_up(_: Sequence[str]) -> None:
        await both.there.reembed(WordEmbedder(id="words@3", dim=16))

    with pytest.raises((InUseError, EmbedderMismatchError)):
        await both.here.reembed(Hooked(hook=give_up))
    assert both.there.embedder.id == "words@3"
    await check_as_new(both.there, WordEmbedder(id="words@3", dim=16))
    await both.here.close()
    await both.there.close()


async def test_a_tab_that_took_over_goes_on(store_at: Callable[[], Any]) -> None:
    store = Reopenable()
    killed = await filled(View(store), 2 * CHUNK)
    reached = asyncio.Event()

    async def hang(texts: Sequence[str]) -> None:
        if killed._reembedding is not None and killed._reembedding.embedded:
            reached.set()
            await asyncio.Event().wait()

    lost = asyncio.create_task(killed.reembed(Hooked(hook=hang)))
    await reached.wait()
    other = Hooked()
    heir = await open_bank(View(store))
    assert await heir.reembed(other) == CHUNK
    await check_as_new(heir, other)
    lost.cancel()
    await asyncio.wait([lost])
    await killed.close()
    await heir.close()


def kill_process_at(done: int, path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    script = Path(__file__).with_name("reembedding_process.py")
    with subprocess.Popen(
        [sys.executable, str(script), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        while (told := process.stdout.readline()) != f"{done}\n":
            assert told
            process.stdin.write("\n")
            process.stdin.flush()
        process.kill()


@pytest.mark.parametrize("kill_at", [0, 2 * CHUNK, 3 * CHUNK])
async def test_killed_at_any_batch_nothing_is_lost_and_the_rest_is_done_later(
    tmp_path: Path, kill_at: int
) -> None:
    no_threads()
    bank = await filled(SqliteStore(tmp_path / "m.db"), 3 * CHUNK)
    before = await found(bank)
    await bank.close()
    kill_process_at(kill_at, tmp_path / "m.db")
    bank = await open_bank(SqliteStore(tmp_path / "m.db"))
    assert await found(bank) == before
    other = Hooked()
    assert await bank.reembed(other) == 3 * CHUNK - kill_at
    await check_as_new(bank, other)
    verify(await bank.database.store.entries(0, 1_000_000), head=bank.database.state)
    await bank.close()
