"""Leaders that hang without dying: they are replaced after a silence, and do no harm when they wake."""

from __future__ import annotations

import asyncio

import pytest

from .conftest import run
from .test_seat import call, events
from .test_tabs import OPEN

PATIENCE_MS = 3000
"""A tenth of it is a tick. Short, to wait less."""

SIT = """async ([name, patienceMs]) => {
    const { sit, block } = await import("/pages/teller.js");
    window.block = block;
    window.teller = await sit(name, { patienceMs });
    return teller.seat.role;
}"""

COMMITS = """async (name) => {
    const request = indexedDB.open(`pramana:${name}`);
    await new Promise((done) => (request.onsuccess = done));
    const count = request.result.transaction("journal").objectStore("journal").count();
    await new Promise((done) => (count.onsuccess = done));
    request.result.close();
    return count.result;
}"""

# Engines of the page hang when they are told to: for so many ms, or in the middle of a write, which keeps the database
# from everybody else.
WITH_HANGING_ENGINES = """
const hang = (ms) => {
    for (const end = Date.now() + ms; Date.now() < end;);
};
const hangWriting = (name) => {
    indexedDB.open(name).onsuccess = ({ target: { result } }) => {
        result.transaction("meta", "readwrite").objectStore("meta").get("epoch").onsuccess = () => { for (;;); };
    };
};
const Native = Worker;
window.engines = [];
window.Worker = class extends Native {
    constructor(url, options) {
        const source = `import ${JSON.stringify(url)};
            addEventListener("message", ({ data }) => {
                if (data.hang) (${hang})(data.hang);
                if (data.hangWriting) (${hangWriting})(data.hangWriting);
            });`;
        super(URL.createObjectURL(new Blob([source], { type: "text/javascript" })), options);
        engines.push(this);
    }
};
"""


async def sit(page, name):
    return await page.evaluate(SIT, [name, PATIENCE_MS])


async def test_a_hung_leader_is_replaced_once_and_its_late_writes_die(open_page, name):
    first, second, third, fourth = [await open_page() for _ in range(4)]
    for page in (first, second, third):
        await sit(page, name)
    await call(second, "put", {"id": "before", "text": "before"})
    asleep = asyncio.ensure_future(
        first.evaluate(
            """(ms) => {
                block(ms);
                // In the stretch in which it wakes: it cannot know yet.
                window.late = teller.write("late").then(() => "written", (error) => error.code);
                window.own = teller.call("put", { id: "own", text: "own" });
            }""",
            2.5 * PATIENCE_MS,
        )
    )
    await asyncio.sleep(0.3)
    # Two that wait at once and one that just comes: one of them takes over, and answers all.
    await asyncio.gather(
        call(second, "put", {"id": "second", "text": "second"}),
        call(third, "put", {"id": "third", "text": "third"}),
        sit(fourth, name),
    )
    assert not asleep.done(), "answered while the first still hangs"
    await asleep
    assert await first.evaluate("late") == "epoch_lost"
    assert await first.evaluate("own") == '{"ok": null}'
    assert await first.evaluate("teller.answered()") == 1, (
        "what it found when it woke, it left to the new leader"
    )
    told = await events(first)
    assert (told[0], told[-1]) == ('change {"id":"before"}', 'change {"id":"own"}')
    assert [role for role in told if "change" not in role] == ["follower"]
    kept = {"ok": ["before", "own", "second", "third"]}
    pages = (first, second, third, fourth)
    for page in pages:
        assert await call(page, "all") == kept
    roles = [await page.evaluate("[teller.seat.role, teller.seat.epoch]") for page in pages]
    assert sorted(roles) == [["follower", 0]] * 3 + [["leader", 2]]
    assert await fourth.evaluate(COMMITS, name) == 4
    # The one that slept takes its turn again.
    for page in pages[1:]:
        await page.evaluate("teller.seat.leave()")
    assert await call(first, "all") == kept
    assert await first.evaluate("[teller.seat.role, teller.seat.epoch]") in (["leader", n] for n in (3, 4, 5))


@pytest.mark.one_browser
async def test_an_answer_of_another_than_the_leader_is_not_heeded(open_page, name):
    first, second, third = [await open_page() for _ in range(3)]
    await sit(first, name)
    await sit(second, name)
    await third.evaluate(
        """(name) => {
            const channel = new BroadcastChannel(`pramana:${name}`);
            window.forged = new Promise((resolve) => {
                channel.onmessage = ({ data: { v, type, id } }) => {
                    if (type !== "request") return;
                    channel.postMessage({ v, type: "end", id, from: "a leader that was", result: "stale" });
                    channel.postMessage({ v, type: "notice", from: "a leader that was", kind: "change", data: "0" });
                    resolve(id);
                };
            });
        }""",
        name,
    )
    await second.evaluate(
        """() => {
            window.cancel = new AbortController();
            window.slow = teller.call("slow", {}, { signal: cancel.signal });
        }"""
    )
    assert await third.evaluate("forged")
    await call(first, "put", {"id": "a", "text": "a"})
    await second.wait_for_function("teller.events.length > 0")
    assert await events(second) == ['change {"id":"a"}']
    await second.evaluate("cancel.abort()")
    assert "cancelled" in await second.evaluate("slow")


@pytest.mark.one_browser
async def test_a_leader_that_pauses_within_its_work_is_not_taken_for_hung(open_page, name):
    first, second = await open_page(), await open_page()
    for page in (first, second):
        await page.evaluate(SIT, [name, 4000])
    stretches = {"ms": 1600, "breath_ms": 200, "times": 4}
    assert await call(second, "block", stretches) == {"ok": None}
    assert await first.evaluate("[teller.seat.role, teller.seat.epoch]") == ["leader", 1]


@pytest.mark.one_browser
async def test_a_call_that_hangs_its_leaders_is_not_asked_of_a_third(open_page):
    page = await open_page()
    found = await page.evaluate(
        """async () => {
            const { Caller } = await import("/src/rpc.js");
            const caller = new Caller();
            const asked = [];
            const outcome = (call) => call.then(() => "answered", (error) => [error.code, error.details.hung]);
            const guilty = outcome(caller.call("a"));
            for (const hung of [true, false, true]) {
                caller.connect((request) => asked.push([request.method, request.requestId]));
                if (asked.length === 2) window.innocent = outcome(caller.call("b"));
                caller.disconnect(hung);
            }
            caller.connect(({ id, method }) => asked.push([method]) && caller.receive({ id, type: "end" }));
            return [await guilty, await innocent, asked.map(([method]) => method).join(""),
                new Set(asked.filter(([method]) => method === "a").map(([, id]) => id)).size];
        }"""
    )
    assert found == [["epoch_lost", 2], "answered", "aababb", 1]


async def test_a_page_in_the_back_forward_cache_lets_others_lead_and_follows_when_it_is_shown(
    open_page, name
):
    first, second = await open_page(), await open_page()
    await sit(first, name)
    await sit(second, name)
    cached = "(type) => void dispatchEvent(new PageTransitionEvent(type, { persisted: true }))"
    await first.evaluate(cached, "pagehide")
    await second.wait_for_function("teller.seat.role === 'leader'")
    waiting = await first.evaluate("() => void (window.waiting = teller.call('put', { id: 'a', text: 'a' }))")
    assert waiting is None
    await first.evaluate(cached, "pageshow")
    assert await first.evaluate("waiting") == '{"ok": null}'
    # And a follower, while its leader changes.
    await first.evaluate(cached, "pagehide")
    await second.evaluate("teller.seat.leave()")
    await asyncio.sleep(0.3)
    assert await first.evaluate("teller.seat.role") == "follower"
    await first.evaluate(cached, "pageshow")
    assert await call(first, "all") == {"ok": ["a"]}
    assert await first.evaluate("teller.seat.role") == "leader"


async def test_a_tab_whose_engine_hangs_goes_on_with_another_and_so_do_the_rest(visit):
    first, second, third = await visit(), await visit(), await visit()
    for page in (first, third):
        await run(page, WITH_HANGING_ENGINES)
    assert await run(first, OPEN, "hung") == "leader"
    assert await run(second, OPEN, "hung") == "follower"
    pid = await run(first, "return memory.storePattern({ task_description: 'before' })")
    # Beside it, one that hangs for a while with a memory that would be lost with it: it is waited for.
    await run(third, OPEN, ":memory:")
    await run(third, "await memory.storePattern({ task_description: 'nowhere else' })")
    await run(third, "engines[0].postMessage({ hang: 13_000 })")
    patient = asyncio.ensure_future(run(third, "return (await memory.stats()).patterns"))
    await run(first, "engines[0].postMessage({ hangWriting: 'pramana:hung' })")
    await asyncio.sleep(0.5)
    ask = "return memory.storePattern({ task_description: argument })"
    # Its own page has nothing to ask, and learns from the other tab that somebody waits.
    await run(second, ask, "in the second")
    assert await first.evaluate("engines.length") == 2
    await run(first, ask, "in the first")
    for page in (first, second):
        listed = await run(page, "return (await memory.list()).patterns.map((p) => p.task_description)")
        assert sorted(listed) == ["before", "in the first", "in the second"]
        assert (await run(page, "return memory.getPattern(argument)", pid))["task_description"] == "before"
    roles = [await page.evaluate("memory.role") for page in (first, second)]
    assert roles == ["follower", "leader"]
    told = [event for event in await first.evaluate("events") if event[0] != "change"]
    assert told == [["role", "follower"]]
    await first.wait_for_function("events.some(([type, detail]) => type === 'change' && detail.seq === 3)")
    assert await patient == 1
    assert await third.evaluate("engines.length") == 1
