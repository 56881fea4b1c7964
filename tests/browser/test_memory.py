"""The built site: one page and its memory, through the whole stack."""

from __future__ import annotations

from .conftest import run

TASKS = """
const tasks = [
  ["Implement a REST API", "backend", 0.9], ["Design a database schema", "data", 0.7],
  ["Write unit tests for a parser", "testing", 0.8], ["Fix a memory leak in a browser page", "frontend", 0.4],
  ["Set up continuous integration", "devops", 0.6], ["Speed up a slow SQL query", "data", 0.95],
].map(([task_description, task_category, success_score]) => ({ task_description, task_category, success_score }));
"""


async def test_what_is_stored_is_found_by_meaning_and_still_there_after_a_reload(visit):
    page = await visit()
    script = """
        const phases = new Set();
        const memory = await pramana.open("kept", { onProgress: ({ phase }) => phases.add(phase) });
        if (argument) await memory.storePatterns(tasks);
        const hits = await memory.findSimilar("a web page keeps eating memory", { k: 2 });
        return { phases: [...phases], role: memory.role, hits: hits.map((hit) => hit.pattern.task_description),
          parts: Object.keys(hits[0].parts), stats: await memory.stats() };
        """
    first = await run(page, TASKS + script, True)
    assert first["phases"] == ["download", "python", "kernels", "data"]
    assert first["role"] == "leader"
    assert first["hits"][0] == "Fix a memory leak in a browser page"
    assert {"cosine", "bm25", "recency", "reliability", "exact"} <= set(first["parts"])
    await page.reload()
    again = await run(page, TASKS + script, False)
    assert again["hits"] == first["hits"]
    assert again["stats"]["patterns"] == 6
    assert again["stats"]["categories"] == first["stats"]["categories"]


async def test_every_method_of_the_page_api(visit):
    page = await visit()
    found = await run(
        page,
        TASKS
        + """
        const memory = await pramana.open(":memory:");
        const id = await memory.storePattern({ task_description: "Rotate logs", strategy: "cron", tags: ["ops"] });
        const ids = await memory.storePatterns(tasks);
        const positional = await memory.findSimilar("speed up a query", "data", 1);
        const named = await memory.findSimilar("speed up a query", { category: "data", k: 1 });
        await memory.updatePattern(id, { strategy: "logrotate" });
        await memory.used([id], { success: true });
        const one = await memory.getPattern(id);
        const several = await memory.getPatterns([ids[0], "01900000-0000-7000-8000-000000000000"]);
        const page = await memory.list({ limit: 4 });
        const rest = await memory.list({ limit: 4, cursor: page.cursor });
        const data = await memory.byCategory("data", { limit: 20 });
        const strict = await memory.findSimilar("speed up a query", { minSimilarity: 0.99 });
        const blob = await memory.exportJsonl();
        await memory.deletePattern(ids[0]);
        await memory.purgePattern(ids[1]);
        const left = (await memory.stats()).patterns;
        const other = await pramana.open(":memory:");
        const counts = await other.importJsonl(blob, { onConflict: "newer" });
        const again = await other.importJsonl(await blob.text(), { onConflict: "skip" });
        const copied = await other.getPattern(id);
        const capabilities = await memory.capabilities();
        await memory.close();
        await memory.close();
        return { one, copied, several: several.map((pattern) => pattern?.task_description ?? null), positional, named,
          pages: [page.patterns.length, rest.patterns.length, rest.cursor], data: data.length, strict: strict.length,
          left, counts, again, capabilities, type: blob.type, version: pramana.version,
          closed: await outcome(() => memory.stats()) };
        """,
    )
    assert (found["one"]["strategy"], found["one"]["usage_count"]) == ("logrotate", 1)
    assert found["copied"] == found["one"]
    assert found["several"] == ["Implement a REST API", None]
    assert found["positional"][0]["pattern"]["id"] == found["named"][0]["pattern"]["id"]
    assert found["pages"] == [4, 3, None]
    assert (found["data"], found["strict"], found["left"]) == (2, 0, 5)
    assert found["counts"]["added"] == 7
    assert found["again"] == {**found["counts"], "added": 0, "skipped": 7}
    assert found["capabilities"]["kernels"]["build"] == "simd"
    assert found["capabilities"]["store"] == {"backend": "memory", "durability": "none", "read_only": False}
    assert found["type"] == "application/x-ndjson"
    assert found["closed"]["code"] == "closed"


async def test_storing_many_tells_how_far_it_is(visit):
    page = await visit()
    found = await run(
        page,
        """
        const memory = await pramana.open(":memory:");
        const told = [];
        const list = Array.from({ length: 300 }, (_, i) => ({ task_description: `task ${i}` }));
        const ids = await memory.storePatterns(list, { onProgress: ({ done, total }) => told.push([done, total]) });
        return { told, stored: ids.length };
        """,
    )
    assert found["stored"] == 300
    assert len(found["told"]) >= 2
    assert found["told"] == sorted(found["told"])
    assert found["told"][-1] == [300, 300]


async def test_bad_input_is_refused_by_name_and_stores_nothing(visit):
    page = await visit()
    found = await run(
        page,
        TASKS
        + """
        const memory = await pramana.open(":memory:");
        const store = (fields) => outcome(() => memory.storePattern({ task_description: "x", ...fields }));
        const cyclic = {};
        cyclic.self = cyclic;
        return {
          unknown: await store({ colour: "red" }),
          score: await store({ success_score: 1.5 }),
          surrogate: await store({ strategy: "\\ud800" }),
          tags: await store({ tags: Array.from({ length: 10_000 }, (_, i) => `t${i}`) }),
          long: await store({ content: "x".repeat(100_001) }),
          notJson: await store({ metadata: { cyclic } }),
          batch: await outcome(() => memory.storePatterns([...tasks, { task_description: 7 }])),
          option: await outcome(() => memory.findSimilar("x", { colour: "red" })),
          open: await outcome(() => pramana.open("x", { colour: "red" })),
          name: await outcome(() => pramana.open("")),
          options: await outcome(() => pramana.open("x", null)),
          noList: await outcome(() => memory.storePatterns(undefined)),
          noSource: await outcome(() => memory.importJsonl(5)),
          lines: await outcome(() => memory.importJsonl('{"task_description": "x"}\\n{"nonsense"')),
          bytes: await outcome(() => memory.importJsonl(new Blob([new Uint8Array([0xff, 0xfe])]))),
          patterns: (await memory.stats()).patterns,
          isError: await memory.storePattern({}).catch((error) => error instanceof pramana.PramanaError),
        };
        """,
    )
    assert found.pop("patterns") == 0
    assert found.pop("isError") is True
    assert {name: error.get("code") for name, error in found.items()} == dict.fromkeys(found, "invalid_input")
    fields = {
        name: found[name]["details"].get("field")
        for name in ("unknown", "score", "surrogate", "tags", "long")
    }
    assert fields == {
        "unknown": "colour",
        "score": "success_score",
        "surrogate": "strategy",
        "tags": "tags",
        "long": "content",
    }
    assert found["batch"]["details"]["index"] == 6
    assert found["option"]["details"]["field"] == "colour"


async def test_a_temporary_memory_opens_fast_after_the_first_and_leaves_nothing(visit):
    page = await visit()
    found = await run(
        page,
        """
        const first = await pramana.open(":memory:");
        await first.offline; // the page is being kept meanwhile, which is work too
        await first.close();
        const before = { databases: (await indexedDB.databases()).length };
        const times = [];
        for (let i = 0; i < 20; i++) {
          const start = performance.now();
          const memory = await pramana.open(":memory:");
          await memory.close();
          times.push(performance.now() - start);
        }
        const { held } = await navigator.locks.query();
        return { times: times.sort((a, b) => a - b), before, databases: (await indexedDB.databases()).length,
          locks: held.map(({ name }) => name).filter((name) => name.includes("memory")) };
        """,
    )
    assert found["times"][10] <= 20
    assert (found["databases"], found["locks"]) == (found["before"]["databases"], [])


async def test_the_scalar_build_gives_the_same_hits(visit):
    page = await visit()
    found = await run(
        page,
        TASKS
        + """
        const answers = [];
        for (const kernels of ["simd", "scalar"]) {
          const memory = await pramana.open(":memory:", { kernels });
          const { build } = (await memory.capabilities()).kernels;
          await memory.storePatterns(tasks);
          const asked = ["make the query faster", "test the tokenizer", "schema", "pipeline", "web service"];
          const hits = [];
          for (const task of asked) hits.push((await memory.findSimilar(task)).map((hit) =>
            [hit.pattern.task_description, hit.similarity, hit.parts.bm25]));
          answers.push({ build, hits });
        }
        return answers;
        """,
    )
    simd, scalar = found
    assert (simd["build"], scalar["build"]) == ("simd", "scalar")
    for one, other in zip(simd["hits"], scalar["hits"], strict=True):
        assert [hit[0] for hit in one] == [hit[0] for hit in other]
        for (_, *numbers), (_, *others) in zip(one, other, strict=True):
            assert all(abs(a - b) < 1e-4 for a, b in zip(numbers, others, strict=True))


async def test_cancelling_before_the_commit_writes_nothing(visit):
    page = await visit()
    found = await run(
        page,
        """
        const memory = await pramana.open("cancelled");
        // So many that embedding them takes several stretches: between two of them the cancellation is heard.
        const many = Array.from({ length: 4_000 }, (_, i) => ({ task_description: `task number ${i}` }));
        const cancel = new AbortController();
        const storing = outcome(() => memory.storePatterns(many, { signal: cancel.signal }));
        cancel.abort();
        const opening = new AbortController();
        const opened = outcome(() => pramana.open(":memory:", { signal: opening.signal }));
        opening.abort();
        return { stored: await storing, opened: await opened, patterns: (await memory.stats()).patterns,
          late: await outcome(() => memory.findSimilar("x", { signal: AbortSignal.abort() })) };
        """,
    )
    for name in ("stored", "opened", "late"):
        assert (found[name]["code"], found[name]["name"]) == ("cancelled", "AbortError")
    assert found["patterns"] == 0


async def test_an_import_cancelled_once_it_writes_goes_on_to_its_end(visit):
    page = await visit()
    found = await run(
        page,
        """
        const memory = await pramana.open("imported");
        const line = (i) => JSON.stringify({ task_description: `task ${i}`, content: "x".repeat(2000) });
        const lines = Array.from({ length: 400 }, (_, i) => line(i)).join("\\n"); // several requests
        const early = new AbortController();
        const refused = outcome(() => memory.importJsonl(lines, { signal: early.signal }));
        early.abort();
        const none = [await refused, (await memory.stats()).patterns];
        const late = new AbortController();
        let changes = 0;
        memory.addEventListener("change", () => { changes++; late.abort(); });
        const counts = await memory.importJsonl(lines, { signal: late.signal });
        return { none, counts, changes, aborted: late.signal.aborted, patterns: (await memory.stats()).patterns };
        """,
    )
    refused, patterns = found["none"]
    assert (refused["code"], patterns) == ("cancelled", 0)
    assert found["aborted"]
    assert found["changes"] > 1
    assert found["counts"] == {"added": 400, "updated": 0, "skipped": 0, "lines": 400}
    assert found["patterns"] == 400


async def test_an_empty_import_still_has_its_options_checked(visit):
    page = await visit()
    found = await run(
        page,
        """
        const memory = await pramana.open(":memory:");
        return {
          text: await outcome(() => memory.importJsonl("", { onConflict: "bad" })),
          file: await outcome(() => memory.importJsonl(new Blob(), { colour: "red" })),
          empty: await outcome(() => memory.importJsonl("", { onConflict: "skip" })),
        };
        """,
    )
    assert (found["text"]["code"], found["text"]["details"]["field"]) == ("invalid_input", "on_conflict")
    assert (found["file"]["code"], found["file"]["details"]["field"]) == ("invalid_input", "colour")
    assert found["empty"]["value"] == {"added": 0, "updated": 0, "skipped": 0, "lines": 0}


async def test_read_only_neither_creates_nor_writes(visit):
    page = await visit()
    found = await run(
        page,
        """
        const absent = await outcome(() => pramana.open("readonly", { readOnly: true }));
        const listed = (await indexedDB.databases()).map(({ name }) => name);
        const writer = await pramana.open("readonly");
        await writer.storePattern({ task_description: "there" });
        await writer.close();
        const reader = await pramana.open("readonly", { readOnly: true });
        const hits = await reader.findSimilar("there");
        const refused = await outcome(() => reader.storePattern({ task_description: "not there" }));
        const second = await pramana.open("readonly");
        const through = await outcome(() => second.storePattern({ task_description: "by another" }));
        return { absent, listed, hits: hits.length, refused, through: "value" in through,
          readOnly: (await reader.capabilities()).store.read_only };
        """,
    )
    assert found["absent"]["code"] == "not_found"
    assert "pramana:readonly" not in found["listed"]
    assert (found["hits"], found["through"], found["readOnly"]) == (1, True, True)
    assert found["refused"]["code"] == "read_only"


async def test_destroying(visit):
    page = await visit()
    found = await run(
        page,
        """
        const memory = await pramana.open("doomed");
        await memory.storePattern({ task_description: "x" });
        const busy = await outcome(() => pramana.destroy("doomed"));
        await memory.close();
        const done = await outcome(() => pramana.destroy("doomed"));
        const again = await outcome(() => pramana.destroy("doomed"));
        return { busy, done, again, temporary: await outcome(() => pramana.destroy(":memory:")),
          fresh: (await (await pramana.open("doomed")).stats()).patterns };
        """,
    )
    assert [found[name].get("code") for name in ("busy", "done", "again", "temporary")] == [
        "in_use",
        None,
        "not_found",
        "invalid_input",
    ]
    assert found["fresh"] == 0


async def test_the_classic_script(visit):
    page = await visit("/own/classic.html?db=classic", until="window.memory")
    found = await run(
        page,
        """
        await memory.storePattern({ task_description: "from a classic script" });
        const [hit] = await memory.findSimilar("from a classic script");
        return { exact: hit.parts.exact, keys: Object.keys(Pramana).sort(), offline: await memory.offline };
        """,
    )
    assert found["exact"] == 1
    assert found["keys"] == ["PramanaError", "destroy", "open", "version"]
    assert found["offline"] == {"ready": True, "reason": None}
