"""The built site in several tabs at one memory: who leads, who takes over, and that nothing is lost or doubled."""

from __future__ import annotations

import asyncio

from .conftest import run

OPEN = """
window.events = [];
window.memory = await pramana.open(argument);
for (const type of ["role", "change", "closed"])
  memory.addEventListener(type, ({ detail }) => events.push([type, detail.code ?? detail]));
return memory.role;
"""

WRITE = """
window.acknowledged = [];
window.writing = (async () => {
  for (let i = 0; i < argument; i++)
    await Promise.all([0, 1].map(async (part) => {
      const task_description = `write ${i} part ${part}`;
      acknowledged.push([await memory.storePattern({ task_description }), task_description]);
    }));
})();
"""

STORED = """
await writing;
const stored = [];
for (let cursor = null; ; ) {
  const page = await memory.list({ limit: 500, cursor });
  stored.push(...page.patterns.map(({ id, task_description }) => [id, task_description]));
  if (!(cursor = page.cursor)) return { stored: stored.sort(), acknowledged: acknowledged.sort() };
}
"""


async def test_a_second_tab_asks_the_first_and_hears_of_its_writes(visit):
    first, second = await visit(), await visit()
    assert await run(first, OPEN, "shared") == "leader"
    assert await run(second, OPEN, "shared") == "follower"
    pid = await run(second, "return memory.storePattern({ task_description: 'told by the second tab' })")
    found = await run(first, "return (await memory.findSimilar('told by the second tab'))[0]")
    assert (found["pattern"]["id"], found["parts"]["exact"]) == (pid, 1)
    for page in (first, second):
        await page.wait_for_function("events.some(([type, detail]) => type === 'change' && detail.seq === 1)")
    exported = await run(second, "return (await memory.exportJsonl()).text()")
    assert "told by the second tab" in exported
    refused = await run(second, "return outcome(() => memory.storePattern({ success_score: 2 }))")
    assert refused["code"] == "invalid_input"


async def test_a_tab_takes_over_when_the_leader_closes_its_memory_and_when_its_tab_closes(visit):
    first, second, third = await visit(), await visit(), await visit()
    for page in (first, second, third):
        await run(page, OPEN, "heirs")
    await run(third, "await memory.storePattern({ task_description: 'one' })")
    await run(first, "await memory.close()")
    await second.wait_for_function("memory.role === 'leader'")
    await run(third, "await memory.storePattern({ task_description: 'two' })")
    await second.close()
    count = "return (await memory.stats()).patterns"
    assert await run(third, count) == 2
    assert await third.evaluate("events.filter(([type]) => type === 'role')") == [["role", "leader"]]
    assert (await run(first, f"return outcome(async () => {{ {count} }})"))["code"] == "closed"


async def test_killing_leaders_mid_write_loses_and_doubles_no_acknowledged_write(visit):
    first, second, third = await visit(), await visit(), await visit()
    # The first leader dies as a worker, under a page that lives on; the second as a whole tab.
    await first.evaluate(
        """() => {
            const Native = Worker;
            window.Worker = class extends Native {
                constructor(...args) { super(...args); window.engine = this; }
            };
        }"""
    )
    for page in (first, second, third):
        await run(page, OPEN, "survivors")
    await run(third, WRITE, 120)
    await third.wait_for_function("acknowledged.length > 20")
    await first.evaluate("engine.terminate()")
    await third.wait_for_function("acknowledged.length > 60")
    assert await second.evaluate("memory.role") == "leader"
    await second.close()
    found = await run(third, STORED)
    assert len(found["acknowledged"]) == 240
    assert found["stored"] == found["acknowledged"]
    await first.wait_for_function("events.some(([type, detail]) => type === 'closed' && detail === 'closed')")
    lost = await run(first, "return outcome(() => memory.stats())")
    assert lost["code"] == "closed"
    # The page whose engine died can open the memory again, in a worker of its own.
    assert await run(first, OPEN, "survivors") == "follower"
    assert await run(first, "return (await memory.stats()).patterns") == 240


async def test_a_batch_whose_leader_goes_is_stored_once(visit):
    first, second = await visit(), await visit()
    assert await run(first, OPEN, "batch") == "leader"
    assert await run(second, OPEN, "batch") == "follower"
    await run(
        second,
        """
        const list = Array.from({ length: 3_000 }, (_, i) => ({ task_description: `one of many ${i}` }));
        window.told = 0;
        window.batch = memory.storePatterns(list, { onProgress: () => window.told++ });
        """,
    )
    await second.wait_for_function("told > 1")
    await first.close()
    found = await run(
        second, "return { ids: (await batch).length, patterns: (await memory.stats()).patterns }"
    )
    assert found == {"ids": 3000, "patterns": 3000}


async def test_ten_tabs_that_open_at_once_have_one_leader_and_all_write_and_read(visit):
    pages = await asyncio.gather(*(visit() for _ in range(10)))
    roles = await asyncio.gather(*(run(page, OPEN, "ten") for page in pages))
    assert sorted(roles) == ["follower"] * 9 + ["leader"]
    store = "await memory.storePattern({ task_description: `from tab ${argument}` })"
    await asyncio.gather(*(run(page, store, number) for number, page in enumerate(pages)))
    read = "return (await memory.list()).patterns.map((pattern) => pattern.task_description)"
    for listed in await asyncio.gather(*(run(page, read) for page in pages)):
        assert sorted(listed) == [f"from tab {number}" for number in range(10)]


async def test_two_memories_of_one_name_in_one_page(visit):
    page = await visit()
    found = await run(
        page,
        """
        const [one, other] = [await pramana.open("twice"), await pramana.open("twice")];
        await other.storePattern({ task_description: "through the second" });
        const seen = (await one.findSimilar("through the second")).length;
        const roles = [one.role, other.role];
        await one.close();
        await other.storePattern({ task_description: "after the first was closed" });
        return { roles, seen, role: other.role, patterns: (await other.stats()).patterns };
        """,
    )
    assert found == {"roles": ["leader", "follower"], "seen": 1, "role": "leader", "patterns": 2}
