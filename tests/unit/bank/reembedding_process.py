"""A process that changes the embedder of a SQLite database; after each step it says how many are done, and waits.

python reembedding_process.py PATH
"""

from __future__ import annotations

import asyncio
import sys

from pramana.bank import reembedding
from pramana.store.sqlite import SqliteStore
from tests.unit.bank.banks import WordEmbedder, open_bank


def told(done: int, _: int) -> None:
    print(done, flush=True)
    sys.stdin.readline()


async def main(path: str) -> None:
    reembedding.CHUNK = 8
    bank = await open_bank(SqliteStore(path))
    await bank.reembed(WordEmbedder(id="words@2", dim=24), on_progress=told)
    await bank.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
