"""A process of its own that writes to a SQLite store, for the tests that need several.

python store_process.py fill PATH NAME COUNT    stores COUNT rows, then prints how many rows of all it sees
python store_process.py forever PATH            stores rows and prints each id once it is acknowledged
"""

from __future__ import annotations

import asyncio
import sys
import time

from pramana.ports import Changes, Row, StoreState
from pramana.records import canonical
from pramana.store.sqlite import SqliteStore
from pramana.store.writer import Draft, Writer


class WallClock:
    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


async def open_writer(path: str) -> tuple[SqliteStore, Writer, set[str]]:
    """A writer whose memory is the set of all ids, its own and those of others."""
    ids: set[str] = set()

    def apply(rows: list[Row], state: StoreState) -> None:
        ids.update(row.id for row in rows)

    def catch_up(changes: Changes) -> None:
        ids.update(row.id for row in changes.rows)

    store = SqliteStore(path)
    state = await store.open()
    ids.update([row.id async for batch in store.scan() for row in batch])
    return store, Writer(store, state, WallClock(), apply, catch_up), ids


def putting(*ids: str):
    async def intent(draft: Draft) -> list[str]:
        for id in ids:
            draft.put(Row("pattern", id, canonical({"id": id, "text": "t" * 200}), None, bytes(260)))
        return list(ids)

    return intent


async def fill(path: str, name: str, count: int) -> None:
    store, writer, ids = await open_writer(path)
    names = [f"{name}-{n:05d}" for n in range(count)]
    singles, grouped, batches = names[: count // 20], names[count // 20 : count // 2], names[count // 2 :]
    for id in singles:
        await writer.submit(putting(id), request_id=id)
    for start in range(0, len(grouped), 25):
        await asyncio.gather(*(writer.submit(putting(id)) for id in grouped[start : start + 25]))
    for start in range(0, len(batches), 100):
        await writer.submit(putting(*batches[start : start + 100]))
    await writer.drain()
    print("stored", flush=True)
    await asyncio.to_thread(sys.stdin.readline)  # until all processes have stored theirs
    await writer.catch_up()
    print(len(ids), flush=True)
    await store.close()


async def forever(path: str) -> None:
    _, writer, _ = await open_writer(path)

    async def loop(lane: int) -> None:
        number = 0
        while True:
            ids = [f"{lane}-{number:06d}-{part}" for part in range(lane + 1)]
            for id in await writer.submit(putting(*ids)):
                print(id, flush=True)
            number += 1

    await asyncio.gather(*(loop(lane) for lane in range(4)))


if __name__ == "__main__":
    mode, path, *rest = sys.argv[1:]
    asyncio.run(fill(path, rest[0], int(rest[1])) if mode == "fill" else forever(path))
