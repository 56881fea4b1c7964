"""The wheel in a Pyodide that somebody else started: installed by micropip, alone and beside a script-tag page."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import run
from .python_page import add_pyodide, python


@pytest.fixture
def python_site(served, wheel: Path):
    """The built site with Pyodide's own files, micropip and the wheel beside it."""
    return add_pyodide(served, wheel)


async def test_the_wheel_by_micropip_in_a_bare_pyodide_page(python_site, visit):
    page = await visit("/own/bare_pyodide.html", until="window.pyodide")
    found = await python(
        page,
        """
        memory = await pramana.open("bare")
        pid = await memory.store(task_description="Implement REST API", strategy="TDD", success_score=0.95)
        await memory.store_many([{"task_description": f"Unrelated chore {i}"} for i in range(5)])
        hits = await memory.find_similar("Build API endpoint", k=2)
        kept = dict(id=pid, first=hits[0].pattern.id, capabilities=memory.capabilities(), role=memory.role)
        await memory.close()
        try:
            await pramana.open("never made", read_only=True)
        except pramana.PramanaError as error:
            kept["absent"] = error.code
        json.dumps(kept)
        """,
    )
    assert found["first"] == found["id"]
    assert found["role"] == "leader"
    assert found["absent"] == "not_found"
    assert found["capabilities"]["kernels"]["runtime"] == "browser"
    assert found["capabilities"]["store"]["backend"] == "indexeddb"
    await page.reload()
    await page.wait_for_function("window.pyodide")
    found = await python(
        page,
        """
        async with await pramana.open("bare") as memory:
            patterns = (await memory.stats())["patterns"]
        await pramana.destroy("bare")
        json.dumps(patterns)
        """,
    )
    assert found == 6


async def test_a_python_page_and_a_script_tag_page_share_one_database(python_site, visit):
    script_page = await visit()
    await run(
        script_page,
        """
        window.memory = await pramana.open("common");
        await memory.storePattern({ task_description: "written by the script-tag page" });
        """,
    )
    python_page = await visit("/own/bare_pyodide.html", until="window.pyodide")
    found = await python(
        python_page,
        """
        memory = await pramana.open("common")
        role = memory.role
        await memory.store(task_description="written by the Python page")
        hits = await memory.find_similar("written by the script-tag page")
        json.dumps([role, hits[0].pattern.task_description, (await memory.stats())["patterns"]])
        """,
    )
    assert found == ["follower", "written by the script-tag page", 2]
    # The script-tag page goes; Python takes over, with the database as it was.
    await script_page.close()
    found = await python(
        python_page,
        """
        import asyncio
        await memory.store(task_description="written after the change")
        json.dumps([memory.role, (await memory.stats())["patterns"]])
        """,
    )
    assert found == ["leader", 3]
    # And the other way round: a script-tag page follows Python.
    second = await visit()
    found = await run(
        second,
        """
        window.memory = await pramana.open("common");
        const [hit] = await memory.findSimilar("written after the change");
        return [memory.role, hit.parts.exact, (await memory.exportJsonl()).size > 0];
        """,
    )
    assert found == ["follower", 1, True]
    await python(python_page, "await memory.close()")
    await second.wait_for_function("memory.role === 'leader'")
    assert await run(second, "return (await memory.stats()).patterns") == 3
    closed = await python(
        python_page,
        """
        try:
            await memory.stats()
        except pramana.PramanaError as error:
            code = error.code
        json.dumps(code)
        """,
    )
    assert closed == "closed"


CONTRACT = """
import sys, types
from pyodide.http import pyfetch
from pramana.platform.host import join
from pramana.store.indexeddb import IndexedDbStore

source = await (await pyfetch("/contract/record_store.py")).string()
contract = types.ModuleType("record_store")
sys.modules["record_store"] = contract
exec(compile(source, "record_store.py", "exec"), contract.__dict__)


class SeatedStore(IndexedDbStore):
    # A store that takes its seat when it is opened and leaves it when it is closed, as the composition root does.
    def __init__(self, name):
        super().__init__(self)
        self.name, self.seat = name, None

    async def open_database(self, *, create=True):
        self.seat = await join(self.name)
        assert self.seat.role == "leader"
        return await self.seat.open_database(create=create)

    async def close(self):
        await super().close()
        if self.seat:
            await self.seat.leave()


run_id = 0
def factory(check):
    global run_id
    run_id += 1
    number = run_id
    return lambda name: SeatedStore(f"contract {number} {name}")

failures = await contract.run(factory, ["durable"])
applicable = [check.name for check in contract.CHECKS if check.needs <= {"durable"}]
json.dumps([failures, applicable])
"""


async def test_the_contract_of_record_stores_over_indexeddb(python_site, visit):
    page = await visit("/own/bare_pyodide.html", until="window.pyodide")
    failures, applicable = await python(page, CONTRACT)
    assert not failures, "\n".join(f"{name}\n{trace}" for name, trace in failures.items())
    assert "reopening_sees_everything" in applicable
    assert len(applicable) > 20
