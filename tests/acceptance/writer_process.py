"""One of several processes that store into the same file: `writer_process.py FILE NAME COUNT`; prints its ids."""

from __future__ import annotations

import asyncio
import json
import sys

import pramana


async def run(path: str, name: str, count: int) -> None:
    """Half one by one, as an agent does, many at once; half in small batches."""
    async with await pramana.open(path) as memory:
        alone = [{"task_description": f"{name} stores alone {n}"} for n in range(count // 2)]
        ids = []
        for start in range(0, len(alone), 20):
            ids += await asyncio.gather(*(memory.store(**fields) for fields in alone[start : start + 20]))
        rest = [{"task_description": f"{name} stores in batches {n}"} for n in range(count - len(alone))]
        for start in range(0, len(rest), 50):
            ids += await memory.store_many(rest[start : start + 50])
        print(json.dumps(ids), flush=True)
        sys.stdin.readline()  # all have written
        found = await memory.get_many(json.loads(sys.stdin.readline()))
        hits = [
            (await memory.find_similar(f"{other} stores alone {n}", k=1))[0].parts["exact"]
            for other in ("p0", "p1", "p2", "p3")
            for n in (0, 7, count // 2 - 1)
        ]
        print(
            json.dumps({"missing": found.count(None), "hits": hits, "stats": await memory.stats()}),
            flush=True,
        )


asyncio.run(run(sys.argv[1], sys.argv[2], int(sys.argv[3])))
