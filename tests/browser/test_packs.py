"""Knowledge packs through the page's API: loaded, there after a reload, removed."""

from __future__ import annotations

import pytest

from .conftest import run

OPEN = """
window.memory = await pramana.open(argument);
window.graph = memory.graph;
"""
CSV = """# name: web
# version: 3
# licence: CC0-1.0
subject,predicate,object,confidence,source
jwt,vulnerable to,"timing
attack",0.8,owasp
timing attack,enables,account takeover,,
"""
RULES = "(?x vulnerable_to ?y) & (?y enables ?z) => (?x exposed_to ?z) @0.9"


async def test_a_pack_is_loaded_is_there_after_a_reload_and_goes(visit, name):
    page = await visit()
    await run(page, OPEN, name)
    added = await run(
        page,
        """
        const blob = new Blob(["\\ufeff", argument.csv]);
        const told = [];
        const malformed = await outcome(() => graph.addPack(argument.csv + "a,b\\n", { name: "bad" }));
        const unlicensed = await outcome(() => graph.addPack("subject,predicate,object\\na,b,c", { name: "n" }));
        const notUtf8 = await outcome(() => graph.addPack(new Blob([new Uint8Array([255])])));
        const noText = await outcome(() => graph.addPack(null));
        const remote = await outcome(() => graph.addPack("{}", { name: "n", licence: "l", format: "jsonld" }));
        const before = await graph.packs();
        const added = await graph.addPack(blob, { rules: argument.rules, source: "there",
          onProgress: (progress) => told.push(progress) });
        const again = await outcome(() => graph.addPack(blob));
        return { malformed, unlicensed, notUtf8, noText, remote, before, added, again, told };
        """,
        {"csv": CSV, "rules": RULES},
    )
    assert added["malformed"]["code"] == "invalid_input"
    assert added["malformed"]["details"]["line"] == 8
    assert added["unlicensed"]["details"]["field"] == "licence"
    assert "not UTF-8" in added["notUtf8"]["message"]
    assert added["noText"]["details"]["field"] == "text"
    assert "rdflib" in added["remote"]["message"]
    assert added["before"] == []
    pack = added["added"]["pack"]
    assert {k: v for k, v in pack.items() if k != "added_ms"} == {
        "name": "web", "version": "3", "licence": "CC0-1.0", "source": "there", "facts": 2, "rules": 1,
    }  # fmt: skip
    assert added["told"][-1] == {"done": 2, "total": 2}
    assert added["again"]["code"] == "invalid_input"
    await page.reload()
    await run(page, OPEN, name)
    kept = await run(
        page,
        """
        const facts = await graph.match("jwt", null, null, { derived: true });
        const packs = await graph.packs();
        const rules = await graph.rules();
        const removed = await graph.removePack("web");
        return { facts, packs, rules, removed, left: [await graph.match(), await graph.packs(), await graph.rules()],
          gone: await outcome(() => graph.removePack("web")) };
        """,
    )
    told, follows = kept["facts"]
    assert (told["object"], told["pack"], told["licence"], told["source"]) == (
        "timing attack",
        "web",
        "CC0-1.0",
        "owasp",
    )
    assert (follows["object"], follows["pack"]) == ("account takeover", "")
    assert follows["confidence"] == pytest.approx(0.72)
    assert kept["packs"] == [pack]
    assert [rule["pack"] for rule in kept["rules"]] == ["web"]
    assert kept["removed"] == 2
    assert kept["left"] == [[], [], []]
    assert kept["gone"]["code"] == "not_found"


async def test_a_long_text_crosses_in_parts_from_a_tab_that_follows(visit, name):
    first, second = await visit(), await visit()
    await run(first, OPEN, name)
    await run(second, OPEN, name)
    found = await run(
        second,
        """
        // Whatever the parts' length, one ends within an emoji.
        const rows = Array.from({ length: 30_000 }, (_, n) => `s${n},p,${"😀".repeat(20)}${n % 7}\\n`);
        const text = `subject,predicate,object\\n${rows.join("")}`;
        const sides = [text, ` ${text}`].map((one) => /[\\ud800-\\udbff]/.test(one[999_999]));
        const added = await graph.addPack(text, { name: "one", licence: "l" });
        const shifted = await graph.addPack(text.replace("s0,", "s00,"), { name: "two", licence: "l" });
        const terms = (await graph.stats()).terms;
        return { role: memory.role, length: text.length, sides, facts: added.pack.facts, shifted: shifted.pack.facts,
          terms, skipped: added.skipped_count };
        """,
    )
    assert found["role"] == "follower"
    assert found["length"] > 1_400_000
    assert True in found["sides"]
    # Subjects, one more in the second, seven objects, the predicate and "is".
    assert (found["facts"], found["shifted"], found["terms"]) == (30_000, 30_000, 30_001 + 7 + 2)
    assert found["skipped"] == 0
    assert await run(first, "return (await graph.packs()).map(({ name }) => name);") == ["one", "two"]
