"""web/src/store.js in real browsers, without the engine: one leader, followers by proxy, and a leader's replacement."""

from __future__ import annotations

import asyncio

SIT = "const { sit } = await import('/pages/teller.js');"


async def sit(page, name):
    return await page.evaluate(
        f"async (name) => {{ {SIT} window.teller = await sit(name); return teller.seat.role; }}", name
    )


async def call(page, method, params=None):
    return await page.evaluate(
        "async ([method, params]) => JSON.parse(await teller.call(method, params))", [method, params]
    )


async def outcome(page, expression):
    """What the expression returns, or the code it fails with."""
    return await page.evaluate(
        f"async () => {{ try {{ return await ({expression}); }} catch (e) {{ return e.code; }} }}"
    )


async def events(page):
    return await page.evaluate("teller.events")


async def test_the_first_leads_and_the_second_asks_it(open_page, name):
    first, second = await open_page(), await open_page()
    assert await sit(first, name) == "leader"
    assert await sit(second, name) == "follower"
    await call(second, "put", {"id": "a", "text": "from the follower"})
    await call(first, "put", {"id": "b", "text": "from the leader"})
    assert await call(second, "all") == {"ok": ["from the follower", "from the leader"]}
    assert await second.evaluate("teller.answered()") == 0
    assert await first.evaluate("teller.answered()") == 3
    await second.wait_for_function("teller.events.length === 2")
    assert await events(second) == await events(first) == ['change {"id":"a"}', 'change {"id":"b"}']


async def test_a_follower_is_promoted_when_the_leader_leaves_or_its_tab_closes(open_page, name):
    first, second, third = await open_page(), await open_page(), await open_page()
    for page in (first, second, third):
        await sit(page, name)
    await call(third, "put", {"id": "a", "text": "1"})
    await first.evaluate("teller.seat.leave()")
    await second.wait_for_function("teller.events.includes('leader')")
    await call(third, "put", {"id": "b", "text": "2"})
    await second.close()
    await third.wait_for_function("teller.events.includes('leader')")
    assert await third.evaluate("teller.seat.role") == "leader"
    assert await call(third, "all") == {"ok": ["1", "2"]}
    assert await third.evaluate("teller.seat.epoch") == 3
    assert await outcome(first, "teller.call('all')") == "closed"


async def test_no_acknowledged_write_is_lost_or_doubled_when_leaders_die_mid_write(open_page, name):
    leader, survivor = await open_page(), await open_page()
    # Two generations of leaders, both killed while they commit: first a worker, then a tab.
    role = await leader.evaluate(
        """(name) => new Promise((resolve) => {
            window.worker = new Worker("/pages/teller_worker.js", { type: "module" });
            worker.onmessage = ({ data }) => resolve(data);
            worker.postMessage(name);
        })""",
        name,
    )
    assert role == "leader"
    next_leader = await open_page()
    assert await sit(next_leader, name) == "follower"
    assert await sit(survivor, name) == "follower"
    await survivor.evaluate(
        """() => {
            window.acknowledged = [];
            window.writing = (async () => {
                for (let i = 0; i < 150; i++) {
                    const id = `w${i}`;
                    // Four at a time, so that a death finds calls in every state.
                    await Promise.all([0, 1, 2, 3].map(async (part) => {
                        await teller.call("put", { id: `${id}.${part}`, text: `${id}.${part}` });
                        acknowledged.push(`${id}.${part}`);
                    }));
                }
            })();
        }"""
    )
    await survivor.wait_for_function("acknowledged.length > 100")
    await leader.evaluate("worker.terminate()")
    await survivor.wait_for_function("acknowledged.length > 300")
    assert "leader" in await events(next_leader)
    await next_leader.close(run_before_unload=False)
    await survivor.evaluate("writing")
    kept = (await call(survivor, "all"))["ok"]
    acknowledged = await survivor.evaluate("acknowledged")
    assert len(acknowledged) == 600
    assert sorted(kept) == sorted(acknowledged)
    # One journal entry per write: none was committed twice either.
    state = await survivor.evaluate(
        """async (name) => {
            const request = indexedDB.open(`pramana:${name}`);
            await new Promise((done) => (request.onsuccess = done));
            const count = request.result.transaction("journal").objectStore("journal").count();
            await new Promise((done) => (count.onsuccess = done));
            request.result.close();
            return count.result;
        }""",
        name,
    )
    assert state == 600
    assert await survivor.evaluate("teller.seat.epoch") == 3


async def test_cancelling_reaches_the_leader_and_an_unsent_call_ends_at_once(open_page, name):
    first, second = await open_page(), await open_page()
    await sit(first, name)
    await sit(second, name)
    for page in (first, second):
        cancelled = await page.evaluate(
            """async () => {
                const cancel = new AbortController();
                const call = teller.call("slow", {}, { signal: cancel.signal });
                await teller.call("all");
                cancel.abort();
                return JSON.parse(await call).error.code;
            }"""
        )
        assert cancelled == "cancelled"
    before = await outcome(second, "teller.call('all', {}, { signal: AbortSignal.abort() })")
    assert before == "cancelled"


async def test_chunks_arrive_in_order_and_a_broken_stream_fails(open_page, name):
    first, second = await open_page(), await open_page()
    await sit(first, name)
    await sit(second, name)
    got = await second.evaluate(
        """async () => {
            const chunks = [];
            await teller.call("export_jsonl", { n: 50 }, { onChunk: (chunk) => chunks.push(Number(chunk)) });
            return chunks;
        }"""
    )
    assert got == list(range(50))
    await second.evaluate(
        """() => {
            window.chunks = 0;
            window.broken = teller.call("export_jsonl", { n: 3, hang: true }, { onChunk: () => chunks++ })
                .catch((error) => error.code);
        }"""
    )
    await second.wait_for_function("chunks === 3")
    await first.close()
    assert await second.evaluate("broken") == "epoch_lost"


async def test_an_error_crosses_with_its_code(open_page, name):
    first, second = await open_page(), await open_page()
    await sit(first, name)
    await sit(second, name)
    assert await outcome(second, "teller.call('unheard of')") == "error"


async def test_a_newcomer_of_another_release_is_told_to_reload(open_page, name):
    first, second = await open_page(), await open_page()
    await sit(first, name)
    await call(first, "put", {"id": "a", "text": "kept"})
    code = await outcome(
        second, f"import('/src/store.js').then(({{ join }}) => join({name!r}, {{ protocol: 2 }}))"
    )
    assert code == "protocol_mismatch"
    assert await call(first, "all") == {"ok": ["kept"]}
    await first.close()
    assert await sit(second, name) == "leader", "the refused newcomer does not stay in the queue"


async def test_a_follower_of_an_older_release_retires_when_a_newer_one_leads(open_page, name):
    first, second = await open_page(), await open_page()
    for page, protocol in ((first, 1), (second, 1)):
        await page.evaluate(
            "async ([name, protocol]) => {" + SIT + "window.teller = await sit(name, { protocol }); }",
            [name, protocol],
        )
    # The lock goes to whoever queued first, so a newer release comes between only if it announces itself there.
    await second.evaluate(
        """(name) => new BroadcastChannel(`pramana:${name}`).postMessage({ v: 1, type: "hello" })""", name
    )
    await first.evaluate(
        """(name) => new BroadcastChannel(`pramana:${name}`)
            .postMessage({ v: 2, type: "leader", leader: "newer", epoch: 9, ready: true })""",
        name,
    )
    await second.wait_for_function("teller.events.includes('lost protocol_mismatch')")
    assert await outcome(second, "teller.call('all')") == "protocol_mismatch"


async def test_a_database_in_use_is_not_destroyed(open_page, name):
    first, second = await open_page(), await open_page()
    await sit(first, name)
    destroy = f"import('/src/store.js').then(({{ destroyDatabase }}) => destroyDatabase({name!r}))"
    assert await outcome(second, destroy) == "in_use"
    await first.evaluate("teller.seat.leave()")
    assert await outcome(second, destroy) is None
    assert await outcome(second, destroy) == "not_found"


async def test_a_database_that_was_not_destroyed_stays_when_its_user_goes(open_page, name):
    """The user is a script that is not ours: it holds no lock, and does not heed that others want to delete."""
    first, second = await open_page(), await open_page()
    await sit(first, name)
    await call(first, "put", {"id": "a", "text": "kept"})
    await first.evaluate("teller.seat.leave()")
    await first.evaluate(
        """(name) => new Promise((done) => {
            indexedDB.open(`pramana:${name}`).onsuccess = (event) => done(window.foreign = event.target.result);
        }).then(() => null)""",
        name,
    )
    destroy = f"import('/src/store.js').then(({{ destroyDatabase }}) => destroyDatabase({name!r}))"
    assert await outcome(second, destroy) == "in_use"
    await first.evaluate("foreign.close()")
    await asyncio.sleep(0.3)
    await sit(second, name)
    assert await call(second, "all") == {"ok": ["kept"]}
    await second.evaluate("teller.seat.leave()")
    assert await outcome(first, destroy) is None
    names = await first.evaluate("indexedDB.databases().then((all) => all.map(({ name }) => name))")
    assert f"pramana:{name}" not in names


async def test_destroying_waits_for_a_connection_that_closes(open_page, name):
    page = await open_page()
    await sit(page, name)
    await page.evaluate("teller.seat.leave()")
    closed = await page.evaluate(
        """(name) => new Promise((done) => {
            indexedDB.open(`pramana:${name}`).onsuccess = ({ target }) => {
                target.result.onversionchange = () => setTimeout(() => target.result.close(), 200);
                done(true);
            };
        })""",
        name,
    )
    assert closed
    destroy = f"import('/src/store.js').then(({{ destroyDatabase }}) => destroyDatabase({name!r}))"
    assert await outcome(page, destroy) is None
    assert await outcome(page, destroy) == "not_found"


async def test_losing_the_database_ends_every_tab_and_remakes_nothing(open_page, name):
    first, second, third = await open_page(), await open_page(), await open_page()
    await sit(first, name)
    await sit(second, name)
    await third.evaluate(
        """(name) => new Promise((done) => (indexedDB.deleteDatabase(`pramana:${name}`).onsuccess = done))""",
        name,
    )
    for page in (first, second):
        await page.wait_for_function("teller.events.includes('lost version_changed')")
        assert await outcome(page, "teller.call('all')") == "version_changed"
    await asyncio.sleep(0.3)
    names = await third.evaluate("indexedDB.databases().then((all) => all.map(({ name }) => name))")
    assert f"pramana:{name}" not in names
