"""MemoryStore and SqliteStore, given any sequence of the same operations, show the same at every step."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from pramana.errors import PramanaError
from pramana.ports import Row, Snapshot, StoreState
from pramana.records import body_hash
from pramana.store.journal import GENESIS
from pramana.store.memory import MemoryStore
from pramana.store.sqlite import SqliteStore
from tests.contract import record_store as contract

ids = st.sampled_from(["a", "b", "ü", "z z", ""])
kinds = st.sampled_from(["pattern", "evidence"])
texts = st.sampled_from(["", "one", "two", "\0", "𝄞"])


@st.composite
def changes(draw) -> contract.Change:
    id, kind = draw(ids), draw(kinds)
    op = draw(st.sampled_from(["put", "put", "delete", "purge"]))
    if op == "purge":
        return contract.purge(id, kind)
    body = f"{kind}/{id}/{draw(texts)}".encode()
    vector = draw(st.none() | st.binary(max_size=4))
    return Row(kind, id, body, body_hash(body), vector, draw(texts), draw(texts), draw(texts)), op


commits = st.lists(st.lists(changes(), max_size=4), min_size=1, max_size=3)


class Stores(RuleBasedStateMachine):
    """The memory store is the model; the device, which is random, is left out of the comparison."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.directory = Path(tempfile.mkdtemp())
        self.memory = MemoryStore()
        self.sqlite = SqliteStore(self.directory / "a.db")
        self.both(lambda store: store.open())
        self.memory._state = replace(self.memory._state, device=self.do(self.sqlite.state()).device)
        self.gen = 0

    def do(self, work):
        return self.loop.run_until_complete(work)

    def both(self, call):
        """The outcome of the same call on both, which must agree: a result, or an error's type and details."""
        outcomes = []
        for store in (self.memory, self.sqlite):
            try:
                outcomes.append(self.do(call(store)))
            except PramanaError as error:
                outcomes.append((type(error), error.details))
        return outcomes

    def agree(self, call) -> None:
        memory, sqlite = self.both(call)
        assert memory == sqlite

    @rule(
        commits=commits,
        head=st.sampled_from([0, 0, 0, -1, 1]),
        epoch=st.sampled_from([0, 0, 0, 1]),
        done=texts,
    )
    def commit(self, commits, head: int, epoch: int, done: str) -> None:
        state: StoreState = self.do(self.memory.state())
        state = replace(state, head_seq=state.head_seq + head, epoch=state.epoch + epoch)
        transaction = contract.form(state, *commits, done={done: f'"{state.head_seq}"'} if done else {})
        self.agree(lambda store: store.commit(transaction))

    @rule(wanted=st.lists(ids | st.just("absent"), max_size=6), kind=kinds)
    def read(self, wanted, kind: str) -> None:
        self.agree(lambda store: store.read(kind, wanted))

    @rule(seq=st.integers(-1, 12))
    def changes_since(self, seq: int) -> None:
        self.agree(lambda store: store.changes_since(seq))

    @rule(after=st.integers(-2, 12), limit=st.integers(0, 4))
    def entries(self, after: int, limit: int) -> None:
        self.agree(lambda store: store.entries(after, limit))

    @rule(request_id=texts)
    def done(self, request_id: str) -> None:
        self.agree(lambda store: store.done(request_id))

    @rule(key=st.sampled_from(["embedder", "ü", "head_seq"]), value=texts | st.integers() | st.none())
    def set_meta(self, key: str, value) -> None:
        self.agree(lambda store: store.set_meta({key: value}))

    @rule(pieces=st.lists(st.binary(max_size=5), max_size=3), step=st.integers(0, 2))
    def write_snapshot(self, pieces, step: int) -> None:
        self.gen += step
        sizes = tuple((f"part{n}", len(piece), "") for n, piece in enumerate(pieces))
        self.agree(lambda store: store.write_snapshot(Snapshot(self.gen, 0, GENESIS, sizes), pieces))

    @rule(back=st.integers(0, 3), index=st.integers(-1, 3))
    def read_segment(self, back: int, index: int) -> None:
        self.agree(lambda store: store.read_segment(self.gen - back, index))

    @rule()
    def drop_snapshots(self) -> None:
        self.agree(lambda store: store.drop_snapshots())

    @rule()
    def reopen(self) -> None:
        self.do(self.sqlite.close())
        self.sqlite = SqliteStore(self.directory / "a.db")
        assert self.do(self.sqlite.open()) == self.do(self.memory.state())

    @invariant()
    def all_is_the_same(self) -> None:
        self.agree(contract.everything)
        self.agree(contract.verify_chain)

    def teardown(self) -> None:
        self.both(lambda store: store.close())
        self.loop.close()
        shutil.rmtree(self.directory)


TestStoresAgree = Stores.TestCase
TestStoresAgree.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
