"""web/src/indexeddb.js in real browsers, without the engine: commits, what they assert, and how they fail."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Playwright

from .conftest import launch
from .site_server import Site

IMPORTS = """
const { Database } = await import("/src/indexeddb.js");
const { Records, outcome } = await import("/pages/records.js");
const { openConnection } = await import("/src/idb.js");
"""


async def run(page, script, argument=None):
    return await page.evaluate(f"async (argument) => {{ {IMPORTS} {script} }}", argument)


async def test_a_commit_is_read_back_after_reopening(open_page, name):
    page = await open_page()
    found = await run(
        page,
        """
        const records = await Records.open(argument);
        await records.put([{ id: "a", text: "první" }, { id: "b", text: "" }]);
        await records.put([{ id: "a", text: "druhý" }]);
        const before = JSON.parse(await records.database.state());
        records.database.close();
        const again = await Records.open(argument);
        const after = JSON.parse(await again.database.state());
        const entries = JSON.parse(await again.database.entries(1, 10));
        return { before, after, entries, texts: await again.texts(["b", "missing", "a"]), all: await again.all() };
        """,
        name,
    )
    assert found["texts"] == ["", None, "druhý"]
    assert found["all"] == ["druhý", ""]
    assert found["after"] == {**found["before"], "epoch": found["before"]["epoch"] + 1}
    assert (found["after"]["head_seq"], found["after"]["head_hash"], found["after"]["device_seq"]) == (
        2,
        "h2",
        2,
    )
    assert [entry["seq"] for entry in found["entries"]] == [2]


async def test_stale_head_and_epoch_are_refused_and_write_nothing(open_page, name):
    page = await open_page()
    found = await run(
        page,
        """
        const first = await Records.open(argument);
        await first.put([{ id: "a", text: "kept" }]);
        const stale = await outcome(() => first.put([{ id: "a", text: "late" }], { expect_head: 0 }));
        const second = await Records.open(argument);
        const lost = await outcome(() => first.put([{ id: "a", text: "zombie" }]));
        const meta = await outcome(() => first.database.setMeta('{"embedder": "x"}'));
        const snapshot = await outcome(() =>
          first.database.beginSnapshot('{"gen": 1, "seq": 1, "head_hash": "", "segments": []}'));
        return { stale, lost, meta, snapshot, texts: await second.texts(["a"]), state: await second.database.state() };
        """,
        name,
    )
    assert found["stale"]["code"] == "head_moved"
    assert found["stale"]["details"] == {"expected": 0, "found": 1}
    assert [found[key]["code"] for key in ("lost", "meta", "snapshot")] == ["epoch_lost"] * 3
    assert found["texts"] == ["kept"]
    assert '"head_seq":1' in found["state"]


async def test_a_purge_forgets_every_version_and_spares_the_chain(open_page, name):
    page = await open_page()
    found = await run(
        page,
        """
        const records = await Records.open(argument);
        for (const text of ["one", "two", "three"]) await records.put([{ id: "a", text }, { id: "ab", text }]);
        await records.put([], { purged: [["pattern", "a"]] });
        const db = await openConnection(`pramana:${argument}`, 10, () => { throw new Error("no upgrade"); });
        const bodies = db.transaction("bodies").objectStore("bodies").getAllKeys();
        await new Promise((done) => (bodies.onsuccess = done));
        const entries = await records.database.entries(0, 9);
        return { texts: await records.texts(["a", "ab"]), bodies: bodies.result, entries };
        """,
        name,
    )
    assert found["texts"] == [None, "three"]
    assert [key[1] for key in found["bodies"]] == ["ab"] * 3
    assert "a@1" in found["entries"], "the journal keeps the hash of what was purged"


async def test_changes_since_names_each_touched_record_once(open_page, name):
    page = await open_page()
    found = await run(
        page,
        """
        const records = await Records.open(argument);
        for (const rows of [["a", "b"], ["c", "a"], ["c"]]) await records.put(rows.map((id) => ({ id, text: id })));
        const { header } = await records.database.changesSince(1);
        return JSON.parse(header);
        """,
        name,
    )
    assert [row[:3] for row in found["rows"]] == [["pattern", "a", "a@2"], ["pattern", "c", "c@3"]]
    assert found["state"]["head_seq"] == 3


async def test_results_of_requests_are_kept_up_to_the_limit(open_page, name):
    page = await open_page()
    found = await run(
        page,
        """
        const { LIMITS } = await import("/src/protocol.js");
        const { database } = await Records.open(argument);
        const commit = (seq, done) => database.commit(JSON.stringify({
          expect_head: seq - 1, expect_epoch: database.epoch, rows: [], bodies: [], done, purged: [],
          entries: [{ seq, hash: "", device: "", device_seq: seq, ops: "[]" }] }), new Uint8Array());
        await commit(1, { oldest: "1", second: "2" });
        const many = Object.fromEntries(Array.from({ length: LIMITS.max_done - 2 }, (_, i) => [`r${i}`, "x"]));
        await commit(2, many);
        const full = await database.done("oldest");
        await commit(3, { newest: "3", second: "again" });
        return { full, oldest: await database.done("oldest") ?? null, second: await database.done("second"),
          newest: await database.done("newest"), unknown: await database.done("never") ?? null };
        """,
        name,
    )
    assert found == {"full": "1", "oldest": None, "second": "2", "newest": "3", "unknown": None}


async def test_snapshots_are_visible_once_finished_and_two_are_kept(open_page, name):
    page = await open_page()
    found = await run(
        page,
        """
        const { database } = await Records.open(argument);
        const begin = (gen) => database.beginSnapshot(
          JSON.stringify({ gen, seq: gen * 10, head_hash: "h", segments: [["columns", 2, "s"]] }));
        const gens = async () => JSON.parse(await database.snapshots()).map((found) => found.gen);
        const seen = [];
        for (const gen of [1, 2, 3]) {
          await begin(gen);
          await database.writeSegment(gen, 0, new Uint8Array([gen, 7]));
          seen.push(await gens());
          await database.finishSnapshot(gen);
          seen.push(await gens());
        }
        await begin(4);
        await database.writeSegment(4, 0, new Uint8Array([4]));
        await begin(5); // what 4 left behind goes
        const [newest] = JSON.parse(await database.snapshots());
        const bytes = [...await database.readSegment(3, 0)];
        const gone = [await outcome(() => database.readSegment(1, 0)), await outcome(() => database.readSegment(4, 0))];
        await database.dropSnapshots();
        return { seen, newest, bytes, gone: gone.map(({ code }) => code), left: await gens() };
        """,
        name,
    )
    assert found["seen"] == [[], [1], [1], [2, 1], [2, 1], [3, 2]]
    assert found["newest"] == {"gen": 3, "seq": 30, "head_hash": "h", "segments": [["columns", 2, "s"]]}
    assert found["bytes"] == [3, 7]
    assert found["gone"] == ["not_found", "not_found"]
    assert found["left"] == []


async def test_another_tabs_upgrade_closes_this_one_after_its_running_commit(open_page, name):
    page, other = await open_page(), await open_page()
    await run(
        page,
        """
        window.records = await Records.open(argument);
        window.lost = new Promise((resolve) => (records.database.onlost = (error) => resolve(error.code)));
        """,
        name,
    )
    await run(other, """window.told = new Promise((go) => (new BroadcastChannel("go").onmessage = go));""")
    upgrading = asyncio.ensure_future(
        run(
            other,
            """
            await window.told;
            const db = await openConnection(`pramana:${argument}`, 20, () => undefined);
            const count = db.transaction("records").objectStore("records").count();
            await new Promise((done) => (count.onsuccess = done));
            db.close();
            return count.result;
            """,
            name,
        )
    )
    found = await run(
        page,
        """
        const rows = Array.from({ length: 2000 }, (_, i) => ({ id: `${i}`, text: "x".repeat(2000) }));
        const { database } = records;
        const begun = new Promise((resolve) => {
          database.commit = (...given) => {
            delete database.commit;
            const committing = database.commit(...given);
            resolve(); // its transaction exists from here on
            return committing;
          };
        });
        const running = outcome(() => records.put(rows));
        await begun;
        new BroadcastChannel("go").postMessage("now");
        return { running: await running, lost: await lost, next: await outcome(() => records.put(rows)) };
        """,
    )
    assert "code" not in found["running"]
    assert await upgrading == 2000
    assert found["lost"] == "version_changed"
    assert found["next"]["code"] == "version_changed"
    refused = await run(other, "return await outcome(() => Database.open(argument))", name)
    assert refused["code"] == "schema_newer"


async def test_an_upgrade_that_another_tab_blocks_is_a_typed_error(open_page, name):
    page, other = await open_page(), await open_page()
    await other.evaluate(
        """(name) => new Promise((done) => {
            const request = indexedDB.open(`pramana:${name}`, 1);
            request.onsuccess = () => { window.held = request.result; done(); };
        })""",
        name,
    )
    blocked = await run(page, "return await outcome(() => Database.open(argument))", name)
    assert blocked["code"] == "upgrade_blocked"
    await other.evaluate("held.close()")
    opened = await run(page, "return (await Database.open(argument)).epoch", name)
    assert opened == 1


async def test_what_does_not_exist_is_not_created_unless_asked(open_page, name):
    page = await open_page()
    found = await run(
        page,
        """
        const absent = await outcome(() => Database.open(argument, { create: false }));
        const listed = (await indexedDB.databases()).some(({ name }) => name === `pramana:${argument}`);
        (await Database.open(argument)).close();
        const present = await outcome(async () => (await Database.open(argument, { create: false })).epoch);
        return { absent, listed, present };
        """,
        name,
    )
    assert found["absent"]["code"] == "not_found"
    assert not found["listed"]
    assert found["present"] == {"value": 2}


async def test_a_frame_without_storage_says_what_works_instead(open_page):
    page = await open_page()
    found = await page.evaluate(
        """() => new Promise((resolve) => {
            window.onmessage = ({ data }) => resolve(data);
            const frame = document.createElement("iframe");
            frame.sandbox = "allow-scripts"; // an opaque origin: IndexedDB throws SecurityError
            frame.srcdoc = `<script type="module">
                const outcome = async (work) => {
                    try { return { value: await work() }; } catch (error) { return { ...error.toJSON() }; }
                };
                const { Database } = await import("${location.origin}/src/indexeddb.js");
                const { join } = await import("${location.origin}/src/store.js");
                parent.postMessage([await outcome(() => Database.open("x")), await outcome(() => join("x"))], "*");
            <${""}/script>`;
            document.body.append(frame);
        })"""
    )
    assert [error["code"] for error in found] == ["storage_unavailable", "storage_unavailable"]
    assert all(error["details"] == {"alternative": ":memory:"} for error in found)


async def test_a_full_quota_fails_the_commit_and_names_what_was_not_written(
    playwright: Playwright, site: Site, tmp_path: Path
):
    context = await launch(playwright, "chromium", tmp_path)
    try:
        page = await context.new_page()
        await page.goto(site.url + "/pages/blank.html")
        session = await context.new_cdp_session(page)
        # Before the first write: Chromium remembers for a while how much room there was.
        await session.send("Storage.overrideQuotaForOrigin", {"origin": site.url, "quotaSize": 1_000_000})
        await run(
            page, "window.records = await Records.open('full'); await records.put([{ id: 'a', text: 'x' }]);"
        )
        found = await run(
            page,
            """
            // Random, since Chromium compresses what it stores.
            const text = () => Array.from({ length: 10_000 }, () => Math.random().toString(36).slice(2, 12)).join("");
            const big = Array.from({ length: 40 }, (_, i) => ({ id: `big${i}`, text: text() }));
            const refused = await outcome(() => records.put([...big, { id: "a", text: "changed" }]));
            return { refused, all: await records.all(), state: JSON.parse(await records.database.state()) };
            """,
        )
        assert found["refused"]["code"] == "quota_exceeded"
        assert found["refused"]["details"]["not_written"] == [*(f"big{i}" for i in range(40)), "a"]
        assert found["all"] == ["x"]
        assert found["state"]["head_seq"] == 1
        await session.send("Storage.overrideQuotaForOrigin", {"origin": site.url})
        assert await run(page, "await records.put([{ id: 'a', text: 'fits' }]); return records.all()") == [
            "fits"
        ]
    finally:
        await context.close()
