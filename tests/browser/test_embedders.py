"""Embedders that run in the page and are called back from the worker, and their change, in real browsers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.embed.openai_server import KEY, error, serving

from .conftest import run
from .python_page import bare_site, python

one_browser = pytest.mark.parametrize("context", ["chromium"], indirect=True)
"""What is the same in all of them."""

# Each word is an axis: what is found can be foretold. `calls` is what the worker asked for, `before` runs first.
EMBEDDER = """
window.makeEmbedder = (id, dim) => {
  const embedder = {
    id, dim, calls: [], before: async () => {},
    async embed(texts) {
      embedder.calls.push(texts);
      await embedder.before(texts);
      return texts.map((text) => {
        const vector = new Float32Array(dim);
        for (const word of text.toLowerCase().split(" "))
          vector[[...word].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 65521, 7) % dim] += 1;
        return vector;
      });
    },
  };
  return embedder;
};
window.words = ["alpha", "beta", "gamma", "delta", "eps"];
window.tasks = Array.from({ length: 300 }, (_, n) =>
  ({ task_description: `${words[n % 5]} ${words[Math.floor(n / 5) % 5]} number${n}` }));
window.find = async (memory) => {
  const hits = [];
  for (const task of ["alpha", "beta gamma", "number7 eps"])
    hits.push((await memory.findSimilar(task, { k: 6 })).map(({ pattern, similarity }) =>
      [pattern.task_description, similarity]));
  return JSON.stringify(hits);
};
"""


async def test_an_embedder_of_the_pages_own_is_asked_in_batches_and_insisted_on(visit):
    page = await visit()
    found = await run(
        page,
        EMBEDDER
        + """
        const own = makeEmbedder("words@1", 40);
        const memory = await pramana.open("own", { embedder: own });
        await memory.storePatterns(tasks.slice(0, 70));
        const batches = own.calls.map((texts) => texts.length);
        const [hit] = await memory.findSimilar("alpha beta number5");
        const { embedder } = await memory.capabilities();
        own.before = async () => { throw new RangeError("too hot"); };
        const failed = await outcome(() => memory.storePattern({ task_description: "x" }));
        own.before = async () => { throw new pramana.PramanaError("cancelled", "by the model", { why: 1 }); };
        const typed = await outcome(() => memory.findSimilar("x"));
        own.before = async () => {};
        const stored = (await memory.stats()).patterns;
        const plain = { id: "words@1", dim: 40, embed: (texts) => texts.map(() => new Array(39).fill(1)) };
        await memory.close();
        const other = await outcome(() => pramana.open("own"));
        const again = await pramana.open("own", { embedder: plain });
        const wrong = await outcome(() => again.findSimilar("x"));
        plain.embed = async (texts) => [...texts, "one more"].map(() => new Array(40).fill(1));
        const many = await outcome(() => again.findSimilar("x"));
        plain.embed = async (texts) => texts.map(() => undefined);
        const none = await outcome(() => again.findSimilar("x"));
        plain.embed = async (texts) => texts.map(() => [...new Array(39).fill(1), "no"]);
        const text = await outcome(() => again.findSimilar("x"));
        plain.embed = async (texts) => texts.map(() => new Array(40).fill(1));
        const lists = (await again.findSimilar("x")).length;
        await again.close();
        return { batches, hit, embedder, failed, typed, stored, other, wrong, many, none, text, lists };
        """,
    )
    assert found["batches"] == [32, 32, 6]
    assert found["hit"]["pattern"]["task_description"] == "alpha beta number5"
    assert found["hit"]["similarity"] > 0.99
    assert found["embedder"] == {"id": "words@1", "dim": 40}
    assert found["failed"]["code"] == "embedder_failed"
    assert found["failed"]["message"] == 'the embedder "words@1" failed: RangeError: too hot'
    assert (found["typed"]["code"], found["typed"]["details"]) == ("cancelled", {"why": 1})
    assert found["stored"] == 70
    assert found["other"]["code"] == "embedder_mismatch"
    assert found["other"]["details"]["stored_id"] == "words@1"
    assert found["wrong"]["details"] == {"id": "words@1", "expected": [1, 40], "got": [1, 39]}
    assert found["many"]["details"]["got"] == [2, 40]
    assert found["none"]["details"]["got"] == [1, None]
    assert {found[name]["code"] for name in ("wrong", "many", "none", "text")} == {"embedder_failed"}
    assert found["lists"] == 5


async def test_an_embedder_that_is_none_is_refused_before_anything_is_opened(visit):
    page = await visit()
    found = await run(
        page,
        """
        const embed = async () => [];
        const bad = ["x", {}, { id: "", dim: 3, embed }, { id: "x", dim: 0, embed }, { id: "x", dim: 1.5, embed },
          { id: "x", dim: 3 }, { id: "x".repeat(201), dim: 3, embed }];
        const codes = [];
        for (const embedder of bad)
          codes.push((await outcome(() => pramana.open("none", { embedder }))).details?.field);
        codes.push((await outcome(() => pramana.open("none", { reembed: "yes" }))).details?.field);
        codes.push((await outcome(() => pramana.open("none", { reembed: true, readOnly: true }))).details?.field);
        return { codes, gone: await outcome(() => pramana.destroy("none")) };
        """,
    )
    assert found["codes"] == ["embedder"] * 7 + ["reembed"] * 2
    assert found["gone"]["code"] == "not_found"


async def test_reembed_finds_what_a_memory_made_with_the_new_one_finds(visit):
    page = await visit()
    found = await run(
        page,
        EMBEDDER
        + """
        const memory = await pramana.open("change", { embedder: makeEmbedder("words@1", 40) });
        await memory.storePatterns(tasks);
        const before = await find(memory);
        const told = [], stop = new AbortController(), next = makeEmbedder("words@2", 300);
        // Only the last of 300 texts is in the second commit, so an abort there leaves 256 done.
        next.before = async (texts) => { if (texts.includes(tasks[299].task_description)) stop.abort(); };
        const aborted = await outcome(() => memory.reembed(next, { signal: stop.signal }));
        const kept = await find(memory) === before;
        next.calls.length = 0;
        next.before = async () => {};
        const counted = await memory.reembed(next, { onProgress: ({ done, total }) => told.push([done, total]) });
        const asked = next.calls.flat().length;
        const after = await find(memory);
        const fresh = await pramana.open(":memory:", { embedder: makeEmbedder("words@2", 300) });
        await fresh.storePatterns(tasks);
        const same = after === await find(fresh);
        await fresh.close();
        await memory.close();
        const old = await outcome(() => pramana.open("change", { embedder: makeEmbedder("words@1", 40) }));
        const reopened = await pramana.open("change", { embedder: makeEmbedder("words@2", 300) });
        const lasts = after === await find(reopened);
        await reopened.close();
        const gone = await pramana.open("change", { embedder: makeEmbedder("words@3", 7), reembed: true });
        const { embedder } = await gone.capabilities();
        const size = (await gone.stats()).index.vectors;
        await gone.close();
        return { aborted, kept, counted, asked, told, same, old, lasts, embedder, size };
        """,
    )
    assert found["aborted"]["code"] == "cancelled"
    assert found["kept"]
    assert found["counted"] == found["asked"] == 44
    assert found["told"] == [[256, 300], [300, 300]]
    assert found["same"]
    assert found["lasts"]
    assert found["old"]["code"] == "embedder_mismatch"
    assert found["embedder"] == {"id": "words@3", "dim": 7}
    assert found["size"] == 300


@one_browser
async def test_a_tab_or_a_worker_that_is_killed_while_it_embeds_loses_nothing(visit):
    first, second = await visit(), await visit()
    await second.evaluate(
        """() => {
            const Native = Worker;
            window.Worker = class extends Native {
                constructor(...args) { super(...args); window.engine = this; }
            };
        }"""
    )
    opened = (
        EMBEDDER + 'window.memory = await pramana.open("killed", { embedder: makeEmbedder("words@1", 40) });'
    )
    # The second commit is never reached.
    begin = """
        window.next = makeEmbedder("words@2", 24);
        next.before = (texts) => texts.includes(tasks.at(-1).task_description) ? new Promise(() => {}) : null;
        window.changing = outcome(() => memory.reembed(next));
    """
    reached = "next.calls.flat().includes(tasks.at(-1).task_description)"
    before = await run(first, opened + "await memory.storePatterns(tasks); return find(memory);")
    assert await run(second, opened + "return memory.role") == "follower"
    await run(first, begin)
    await first.wait_for_function(reached)
    late = run(first, "return memory.storePattern({ task_description: 'written while it embeds' })")
    assert await late
    await first.close()
    await second.wait_for_function("memory.role === 'leader'")
    assert await run(second, "return (await memory.stats()).patterns") == 301
    assert (
        await run(second, "await memory.deletePattern((await memory.list({ limit: 1 })).patterns[0].id)")
        is None
    )
    assert await run(second, "return find(memory)") == before
    await run(second, begin)
    await second.wait_for_function(reached)
    await second.evaluate("engine.terminate()")
    found = await run(
        second,
        """
        const ended = await changing;
        next.before = async () => {};
        next.calls.length = 0;
        // Opened with the new one, it is finished.
        const memory = await pramana.open("killed", { embedder: next });
        const asked = next.calls.flat().length;
        const fresh = await pramana.open(":memory:", { embedder: makeEmbedder("words@2", 24) });
        await fresh.storePatterns(tasks);
        const same = await find(memory) === await find(fresh);
        await fresh.close();
        await memory.close();
        return { ended, asked, same };
        """,
    )
    assert found["ended"]["code"] == "closed"
    assert (found["asked"], found["same"]) == (44, True)


@one_browser
async def test_every_tab_brings_the_same_embedder_and_only_the_one_that_leads_changes_it(visit):
    first, second = await visit(), await visit()
    await run(
        first,
        EMBEDDER + 'window.memory = await pramana.open("tabs", { embedder: makeEmbedder("words@1", 8) });',
    )
    found = await run(
        second,
        EMBEDDER
        + """
        const other = await outcome(() => pramana.open("tabs", { embedder: makeEmbedder("words@1", 9) }));
        const own = makeEmbedder("words@1", 8);
        window.memory = await pramana.open("tabs", { embedder: own });
        await memory.storePattern({ task_description: "through the first" });
        const asked = own.calls.length;
        const refused = await outcome(() => memory.reembed(makeEmbedder("words@2", 8)));
        window.ended = new Promise((resolve) =>
          memory.addEventListener("closed", ({ detail }) => resolve(detail.code)));
        return { other, asked, refused };
        """,
    )
    assert found["other"]["code"] == "embedder_mismatch"
    assert found["other"]["details"] == {
        "stored_id": "words@1", "stored_dim": 8, "given_id": "words@1", "given_dim": 9
    }  # fmt: skip
    assert found["asked"] == 0
    assert found["refused"]["code"] == "in_use"
    assert await run(first, "return memory.reembed(makeEmbedder('words@2', 8))") == 1
    assert await run(second, "return (await memory.findSimilar('through the first')).length") == 1
    await first.close()
    # It takes over with the embedder that it brought, which is not in force any more.
    assert await second.evaluate("ended") == "embedder_mismatch"


@one_browser
async def test_a_server_is_asked_from_python_in_a_page(context, wheel: Path):
    site = bare_site(wheel)
    site.start()
    page = await context.new_page()
    try:
        await page.goto(site.url + "/own/bare_pyodide.html")
        await page.wait_for_function("window.pyodide")
        with serving() as server:
            server.says = [error(503, "busy"), lambda request: {"data": []}, error(401, f"no {KEY}")]
            found = await python(
                page,
                f"""
                errors = []
                embedder = pramana.HttpEmbedder({server.url!r}, "letters", 3, api_key={KEY!r}, batch=2)
                memory = await pramana.open(":memory:", embedder=embedder)
                for _ in range(2):
                    try:
                        await memory.store(task_description="x")
                    except pramana.PramanaError as error:
                        errors.append([error.code, str(error)])
                await memory.store_many([{{"task_description": text}} for text in ("banana bread", "tea", "a")])
                hits = await memory.find_similar("banana bread")
                json.dumps([errors, hits[0].pattern.task_description, hits[0].similarity])
                """,
            )
        errors, task, similarity = found
        assert [code for code, _ in errors] == ["embedder_failed", "embedder_auth"]
        assert KEY not in str(errors)
        assert (task, round(similarity, 1)) == ("banana bread", 1.0)
        assert [len(request["input"]) for _, _, request in server.heard] == [1, 1, 1, 2, 1, 1]
        assert {headers["authorization"] for _, headers, _ in server.heard} == {f"Bearer {KEY}"}
        closed = await python(
            page,
            f"""
            import pramana.embed.http
            pramana.embed.http.RETRIES = 0
            try:
                await pramana.HttpEmbedder("http://localhost:1/v1", "letters", 3, api_key={KEY!r}).embed(["x"])
            except pramana.PramanaError as error:
                closed = [error.code, {KEY!r} in str(error)]
            json.dumps(closed)
            """,
        )
        assert closed == ["embedder_unreachable", False]
    finally:
        await page.close()
        site.stop()
