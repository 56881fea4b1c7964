"""The built site when things go wrong: full disk, other tabs' upgrades, no storage, tampered files."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Playwright

from .conftest import launch, run
from .site_server import Site


async def test_a_full_quota_leaves_memory_index_and_disk_as_they_were(
    playwright: Playwright, served: Site, tmp_path: Path
):
    context = await launch(playwright, "chromium", tmp_path)
    try:
        page = await context.new_page()
        await page.goto(served.url + "/own/blank.html")
        session = await context.new_cdp_session(page)
        await session.send("Storage.overrideQuotaForOrigin", {"origin": served.url, "quotaSize": 1_500_000})
        found = await run(
            page,
            """
            const memory = await pramana.open("full", { offline: false });
            const id = await memory.storePattern({ task_description: "was there before" });
            // Random, since Chromium compresses what it stores.
            const noise = () => Array.from({ length: 8_000 }, () => Math.random().toString(36).slice(2, 12)).join("");
            const big = Array.from({ length: 60 }, (_, i) => ({ task_description: `too big ${i}`, content: noise() }));
            const refused = await outcome(() => memory.storePatterns(big));
            return { refused, id, patterns: (await memory.stats()).patterns,
              hits: (await memory.findSimilar("too big 7")).map(({ pattern }) => pattern.id),
              exported: (await (await memory.exportJsonl()).text()).includes("was there before") };
            """,
        )
        assert found["refused"]["code"] == "quota_exceeded"
        assert len(found["refused"]["details"]["not_written"]) == 60
        assert found["patterns"] == 1
        assert found["hits"] == [found["id"]]
        assert found["exported"]
        await session.send("Storage.overrideQuotaForOrigin", {"origin": served.url})
        await page.reload()
        after = await run(
            page,
            """
            const memory = await pramana.open("full", { offline: false });
            await memory.storePattern({ task_description: "fits again" });
            return (await memory.stats()).patterns;
            """,
        )
        assert after == 2
    finally:
        await context.close()


async def test_an_upgrade_that_another_tab_blocks(visit):
    page, other = await visit(), await visit()
    await other.evaluate(
        """() => new Promise((done) => {
            const request = indexedDB.open("pramana:blocked", 1); // an older layout, held open by a tab that hangs
            request.onsuccess = () => { window.held = request.result; done(); };
        })"""
    )
    blocked = await run(page, "return outcome(() => pramana.open('blocked'))")
    assert blocked["code"] == "upgrade_blocked"
    await other.evaluate("held.close()")
    opened = await run(page, "return (await (await pramana.open('blocked')).stats()).patterns")
    assert opened == 0


async def test_another_tabs_upgrade_ends_the_memory_and_a_newer_schema_is_refused(visit):
    page, follower, other = await visit(), await visit(), await visit()
    for tab in (page, follower):
        await run(
            tab,
            """
            window.memory = await pramana.open("upgraded");
            window.ended = new Promise((resolve) => {
              memory.addEventListener("closed", ({ detail }) => resolve(detail.code));
            });
            """,
        )
    pid = await run(page, "return memory.storePattern({ task_description: 'written before the upgrade' })")
    kept = await other.evaluate(
        """(id) => new Promise((resolve, reject) => {
            const request = indexedDB.open("pramana:upgraded", 990);
            request.onerror = reject;
            request.onsuccess = () => {
                const found = request.result.transaction("records").objectStore("records").get(["pattern", id]);
                found.onsuccess = () => { request.result.close(); resolve(found.result.category); };
            };
        })""",
        pid,
    )
    assert kept == "general"
    for tab in (page, follower):
        assert await tab.evaluate("ended") == "version_changed"
        assert (await run(tab, "return outcome(() => memory.stats())"))["code"] == "version_changed"
    assert (await run(page, "return outcome(() => pramana.open('upgraded'))"))["code"] == "schema_newer"


async def test_a_frame_without_storage_offers_a_temporary_memory(visit, served):
    served.headers["Access-Control-Allow-Origin"] = "*"
    page = await visit()
    found = await page.evaluate(
        """() => new Promise((resolve) => {
            window.onmessage = ({ data }) => resolve(data);
            const frame = document.createElement("iframe");
            frame.sandbox = "allow-scripts"; // an opaque origin: no IndexedDB, no locks
            frame.srcdoc = `<script type="module">
                try {
                    const { open } = await import("${location.origin}/pramana.js");
                    const refused = await open("x").then(() => "opened", (error) => error.toJSON());
                    const memory = await open(":memory:");
                    await memory.storePattern({ task_description: "kept for now" });
                    parent.postMessage({ refused, patterns: (await memory.stats()).patterns,
                      offline: await memory.offline }, "*");
                } catch (error) { parent.postMessage({ error: String(error) }, "*"); }
            <${""}/script>`;
            document.body.append(frame);
        })"""
    )
    assert "error" not in found, found
    assert found["refused"]["code"] == "storage_unavailable"
    assert ":memory:" in found["refused"]["message"]
    assert found["patterns"] == 1
    assert found["offline"]["ready"] is False


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("kernels/vector.simd.wasm", "kernel_hash_mismatch"),
        ("minilm-static-256-i4.sve", "kernel_hash_mismatch"),
        ("pramana.zip", "boot_failed"),
    ],
)
async def test_a_file_that_was_tampered_with_is_refused(visit, served, release, file, code):
    path = f"/v/{release}/{file}"
    sound = served.find(path)
    assert sound is not None
    served.replaced[path] = sound[:-1] + bytes([sound[-1] ^ 1])
    page = await visit()
    open_ = "return outcome(async () => (await pramana.open(':memory:', { offline: false })).name)"
    refused = await run(page, open_)
    assert refused["code"] == code
    assert refused["details"]["file"] == file
    del served.replaced[path]
    assert await run(page, open_) == {"value": ":memory:"}


async def test_files_that_are_not_there_are_named(visit, served, release):
    page = await visit()
    nowhere = await run(page, "return outcome(() => pramana.open(':memory:', { baseUrl: '/own/' }))")
    assert nowhere["code"] == "boot_failed"
    assert nowhere["details"]["file"].endswith("/worker.js")
    served.replaced[f"/v/{release}/assets.json"] = b'{"files": {}}'
    empty = await run(page, "return outcome(() => pramana.open(':memory:'))")
    assert (empty["code"], empty["details"]["file"]) == ("boot_failed", "pramana.zip")
