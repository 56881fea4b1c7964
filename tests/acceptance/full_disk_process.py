"""Writes until a file may grow no further: `full_disk_process.py FILE`; prints what is there before and after."""

from __future__ import annotations

import asyncio
import json
import resource
import signal
import sys
from typing import Any

import pramana
from pramana.errors import StoreError


async def picture(memory: pramana.Pramana) -> dict[str, Any]:
    stats = await memory.stats()
    del stats["size_bytes"]
    hits = [hit.to_dict() for hit in await memory.find_similar("alpha beta 3", k=5)]
    for hit in hits:
        hit["parts"]["recency"] = hit["score"] = hit["parts"]["mmr"] = 0.0  # they follow the clock
    return {"stats": stats, "hits": hits}


async def run(path: str) -> None:
    async with await pramana.open(path) as memory:
        await memory.store_many([{"task_description": f"alpha beta {n}"} for n in range(50)])
        await memory.find_similar("alpha beta 3", k=5)
        before = await picture(memory)
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
        try:
            await memory.store_many(
                [{"task_description": f"gamma {n}", "content": "x" * 5000} for n in range(300)]
            )
            error = None
        except StoreError as raised:
            error = raised.code
        after = await picture(memory)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        await memory.store(task_description="gamma after all")
        print(
            json.dumps({"error": error, "same": before == after, "then": (await memory.stats())["patterns"]})
        )


signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that write() fails, as on a full disk
asyncio.run(run(sys.argv[1]))
