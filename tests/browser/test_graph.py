"""The knowledge graph through the page's API: the whole stack, in one tab and in several."""

from __future__ import annotations

import asyncio

import pytest

from .conftest import run

EXPOSURE = "(?x vulnerable_to ?y) & (?y enables ?z) => (?x exposed_to ?z) @0.9"

OPEN = """
window.memory = await pramana.open(argument);
return memory.role;
"""

WORLD = """
const { graph } = memory;
await graph.add("jwt", "vulnerable_to", "timing attack", { confidence: 0.8, source: "owasp:2021" });
await graph.add("timing attack", "enables", "account takeover");
await graph.addRule(argument, { name: "exposure" });
await graph.tell("Every token is a credential. JWT is a token.");
"""

# Every message to the engine goes by here first; one whose turn `held` names waits until `resume()`.
WATCH_MESSAGES = """() => {
    window.sent = [];
    const Native = Worker;
    window.Worker = class extends Native {
        postMessage(message, ...rest) {
            if (message.method === "graph.add_many") {
                sent.push(message);
                if (sent.length === window.held) {
                    window.resume = () => super.postMessage(message, ...rest);
                    return;
                }
            }
            super.postMessage(message, ...rest);
        }
    };
}"""


def leaves(proof: dict) -> list[dict]:
    """The asserted facts that a proof rests on."""
    return [step for step in proof["steps"] if step["fact"]]


async def test_what_was_told_is_asked_with_a_proof_and_survives_a_reload(visit, name):
    page = await visit()
    await run(page, OPEN, name)
    first = await run(
        page,
        WORLD
        + """
        const asked = await graph.ask("Is JWT a credential?");
        const exposed = await graph.explain("jwt", "exposed_to", "account takeover");
        const asserted = await graph.match(null, "exposed_to");
        const derived = await graph.match(null, "exposed_to", null, { derived: true });
        return { asked, exposed, asserted, derived };
        """,
        EXPOSURE,
    )
    asked, exposed = first["asked"], first["exposed"]
    assert (asked["verdict"], asked["confidence"], asked["contradictory"]) == ("true", 1, False)
    assert asked["proof"]["steps"][-1]["text"] == "Every token is a credential."
    assert [leaf["conclusion"]["object"] for leaf in leaves(asked["proof"])] == ["token"]
    assert exposed["verdict"] == "true"
    assert exposed["confidence"] == pytest.approx(0.72)
    assert exposed["proof"]["steps"][-1]["bindings"] == {
        "?x": "jwt",
        "?y": "timing attack",
        "?z": "account takeover",
    }
    assert [leaf["source"] for leaf in leaves(exposed["proof"])] == ["owasp:2021", ""]
    assert first["asserted"] == []
    [derived] = first["derived"]
    assert (derived["subject"], derived["object"], derived["derived"]) == ("jwt", "account takeover", True)
    await page.reload()
    await run(page, OPEN, name)
    again = await run(
        page,
        """
        const { graph } = memory;
        const before = await graph.explain("jwt", "exposed_to", "account takeover");
        const retracted = await graph.retract({ source: "owasp:2021" });
        return { before, retracted, after: await graph.explain("jwt", "exposed_to", "account takeover") };
        """,
    )
    assert again["before"] == exposed
    assert again["retracted"] == 1
    assert (again["after"]["verdict"], again["after"]["confidence"]) == ("unknown", 0)
    assert again["after"]["proof"] is None


async def test_every_method_of_the_graph(visit):
    page = await visit()
    await run(page, OPEN, ":memory:")
    found = await run(
        page,
        WORLD
        + """
        const before = Date.now();
        const [fact] = await graph.match("jwt", "vulnerable_to");
        const numbered = await graph.add("build", "number", 42, { validFromMs: 1_000, validToMs: 2_000 });
        const past = await graph.match("build", null, null, { asOfMs: 1_500 });
        const now = await graph.match("build");
        await graph.add("jwt", "is", "safe", { negated: true });
        const negated = await graph.match("jwt", "is", null, { negated: true });
        const both = await graph.match("jwt", "is", null, { negated: null });
        const first = await graph.facts({ limit: 2 });
        const second = await graph.facts({ limit: 2, cursor: first.cursor });
        const sourced = await graph.facts({ source: "owasp:2021" });
        await graph.declare("lives_in", { functional: true });
        await graph.declare("chases", { disjointWith: "ignores" });
        const declared = await graph.declarations();
        await graph.add("rex", "lives_in", "Rome", { validFromMs: 1_000 });
        await graph.add("rex", "lives_in", "Paris", { validFromMs: 5_000 });
        const conflicts = await graph.conflicts();
        await graph.undeclare("lives_in", { functional: true });
        const neighbors = await graph.neighbors("jwt", { depth: 2, direction: "out" });
        const paths = await graph.paths("jwt", "account takeover", { k: 2 });
        const ranking = await graph.rank(["jwt"], { k: 3 });
        const proposed = await graph.extract("Weak algorithms such as HS256 are rejected.", { source: "a text" });
        const waiting = await graph.proposals();
        const accepted = await graph.accept(proposed[0].id);
        for (const { id } of proposed.slice(1)) await graph.reject(id);
        const decided = await graph.proposals({ status: "accepted" });
        await graph.retractFact(fact.id);
        const [rule] = await graph.rules();
        await graph.removeRule("exposure");
        const rules = (await graph.rules()).map(({ name }) => name);
        const known = await graph.match("jwt", "vulnerable_to", null, { knownAtMs: before });
        return { fact, numbered, past, now, negated, both: both.length, first, second, sourced, declared, conflicts,
          left: await graph.declarations(), neighbors, paths, ranking, proposed, waiting, accepted, decided, rule,
          rules, known, gone: await graph.match("jwt", "vulnerable_to"), stats: await graph.stats() };
        """,
        EXPOSURE,
    )
    assert found["fact"]["source"] == "owasp:2021"
    assert [fact["id"] for fact in found["past"]] == [found["numbered"]]
    assert (found["past"][0]["object"], found["now"]) == ("42", [])
    assert [fact["object"] for fact in found["negated"]] == ["safe"]
    assert found["both"] == 2
    listed = found["first"]["facts"] + found["second"]["facts"]
    assert len({fact["id"] for fact in listed}) == 4
    assert listed[0]["object"] == "safe"
    assert [fact["id"] for fact in found["sourced"]["facts"]] == [found["fact"]["id"]]
    assert sorted(one["kind"] for one in found["declared"]) == ["disjoint", "functional"]
    [left] = found["left"]
    assert {left["predicate"], left["other"]} == {"chases", "ignores"}
    [conflict] = [one for one in found["conflicts"] if one["kind"] == "functional"]
    assert (conflict["older"]["object"], conflict["newer"]["object"]) == ("Rome", "Paris")
    assert (conflict["status"], conflict["older"]["valid_to_ms"]) == ("superseded", 5_000)
    assert {one["term"]: one["depth"] for one in found["neighbors"]}["account takeover"] == 2
    [path] = found["paths"]
    assert path["terms"] == ["jwt", "timing attack", "account takeover"]
    assert path["confidence"] == pytest.approx(0.8)
    assert found["ranking"]["ranked"][0]["term"].lower() == "jwt"
    assert [one["id"] for one in found["waiting"]] == [one["id"] for one in found["proposed"]]
    assert found["decided"][0]["fact"] == found["accepted"]
    assert (found["rule"]["name"], found["rule"]["weight"]) == ("exposure", 0.9)
    assert "exposure" not in found["rules"]
    assert (len(found["known"]), found["gone"]) == (1, [])
    assert found["stats"]["rules"] == 1


@pytest.mark.one_browser
async def test_what_is_refused_says_where_and_stores_nothing(visit):
    page = await visit()
    await run(page, OPEN, ":memory:")
    found = await run(
        page,
        """
        const { graph } = memory;
        const errors = {
          sentence: await outcome(() => graph.tell("Rex is a dog. Rex might be red.")),
          question: await outcome(() => graph.tell("Is Rex red?")),
          ask: await outcome(() => graph.ask("Why oh why?")),
          rule: await outcome(() => graph.addRule("(?x likes ?y) => (?y likes ?z)")),
          syntax: await outcome(() => graph.addRule("(?x likes ?y) = (?y likes ?x)")),
          confidence: await outcome(() => graph.add("a", "b", "c", { confidence: 2 })),
          subject: await outcome(() => graph.add("", "b", "c")),
          option: await outcome(() => graph.add("a", "b", "c", { colour: "red" })),
          batch: await outcome(() => graph.addMany([["a", "b", "c"], { subject: "a", predicate: "" }])),
          noList: await outcome(() => graph.addMany("abc")),
          notJson: await outcome(() => graph.addMany([{ subject: "a", predicate: 1n }])),
          noNumber: await outcome(() => graph.add("a", "b", NaN)),
          noNumberInAList: await outcome(() => graph.addMany([["a", "b", 1 / 0]])),
          noTime: await outcome(() => graph.add("a", "b", "c", { validToMs: Number.NaN })),
          anyByMistake: await outcome(() => graph.retract({ subject: NaN, predicate: "b" })),
          callable: await outcome(() => graph.add("a", "b", () => "c")),
          noOptions: await outcome(() => graph.neighbors("n0", 2)),
          nothing: await outcome(() => graph.retract({})),
          gone: await outcome(() => graph.retractFact("01900000-0000-7000-8000-000000000000")),
        };
        await graph.addMany(Array.from({ length: 40 }, (_, i) => [`n${i}`, "next", `n${i + 1}`]));
        await graph.addRule("(?x next ?y) & (?y next ?z) => (?x next ?z)");
        errors.budget = await outcome(() => graph.match(null, "next", null, { derived: true, maxDerived: 10 }));
        return { errors, left: (await graph.facts()).facts.length, rules: (await graph.rules()).length };
        """,
    )
    errors = found["errors"]
    codes = {name: error.get("code") for name, error in errors.items()}
    assert codes == {
        **dict.fromkeys(errors, "invalid_input"),
        **dict.fromkeys(("sentence", "question", "ask"), "not_understood"),
        **dict.fromkeys(("rule", "syntax"), "invalid_rule"),
        "gone": "not_found",
        "budget": "budget_exceeded",
    }
    sentence = errors["sentence"]["details"]
    assert (sentence["index"], sentence["start"], sentence["end"]) == (1, 14, 31)
    assert isinstance(sentence["nearest"], str)
    assert sentence["nearest"]
    assert errors["rule"]["details"]["variable"] == "?z"
    assert errors["syntax"]["details"]["at"] == 14
    assert errors["confidence"]["details"]["field"] == "confidence"
    assert errors["option"]["details"]["field"] == "colour"
    assert errors["noTime"]["details"]["field"] == "valid_to_ms"
    assert errors["batch"]["details"]["index"] == 1
    assert (found["left"], found["rules"]) == (40, 1)


@pytest.mark.one_browser
async def test_many_facts_go_in_parts_and_are_stored_at_once(visit):
    page = await visit()
    await page.evaluate(WATCH_MESSAGES)
    await run(page, OPEN, ":memory:")
    found = await run(
        page,
        """
        const { graph } = memory;
        const told = [];
        const onProgress = ({ done, total }) => told.push([done, total]);
        const facts = Array.from({ length: 6_000 }, (_, i) => [`n${i}`, "next", `n${i + 1}`]);
        const given = [...facts];
        const adding = graph.addMany(given, { source: "a chain", onProgress });
        given.length = 10; // what the caller does to the list later is not heeded
        const added = await adding;
        const parts = sent.splice(0).map(({ params, requestId }) => ({ requestId, ...JSON.parse(params) }))
          .map(({ facts, ...rest }) => ({ length: facts.length, ...rest }));
        const again = await graph.addMany(facts.slice(0, 10), { source: "a chain" });
        const alone = sent.splice(0).map(({ params }) => Object.keys(JSON.parse(params)).sort());
        const long = Array.from({ length: 3_000 }, (_, i) => ["x".repeat(900) + i, "is", "long"]);
        const large = await graph.addMany(long);
        const sizes = sent.map(({ params }) => params.length);
        return { told, added, again, parts, alone, large, sizes, stats: await graph.stats(),
          [argument]: await graph.match("n5999") };
        """,
        "last",
    )
    assert found["added"] == {"added": 6000, "known": 0}
    assert found["again"] == {"added": 0, "known": 10}
    assert [(part["length"], part["part"], part["more"]) for part in found["parts"]] == [
        (5000, 0, True),
        (1000, 1, False),
    ]
    assert len({part["batch"] for part in found["parts"]}) == 1
    assert [part["requestId"] == part["batch"] for part in found["parts"]] == [False, True]
    assert {part["source"] for part in found["parts"]} == {"a chain"}
    assert found["alone"] == [["facts", "source"]]
    assert found["told"] == sorted(found["told"])
    assert found["told"][-1] == [6000, 6000]
    assert [fact["object"] for fact in found["last"]] == ["n6000"]
    assert found["large"] == {"added": 3000, "known": 0}
    assert len(found["sizes"]) >= 2
    assert max(found["sizes"]) <= 2_000_000
    assert found["stats"]["facts"] == 9000


async def test_a_list_is_sent_again_when_its_leader_goes_between_the_parts(visit, name):
    first, second = await visit(), await visit()
    assert await run(first, OPEN, name) == "leader"
    await second.evaluate(WATCH_MESSAGES)
    assert await run(second, OPEN, name) == "follower"
    await run(
        second,
        """
        window.held = 2;
        const facts = Array.from({ length: 6_000 }, (_, i) => [`n${i}`, "next", `n${i + 1}`]);
        window.adding = memory.graph.addMany(facts);
        """,
    )
    await second.wait_for_function("Boolean(window.resume)")
    await first.close()
    await second.wait_for_function("memory.role === 'leader'")
    found = await run(
        second,
        """
        resume();
        const added = await adding;
        const parts = sent.map(({ params }) => JSON.parse(params).part);
        const requests = new Set(sent.filter((_, i) => parts[i] === 1).map(({ requestId }) => requestId)).size;
        return { added, parts, requests, facts: (await memory.graph.stats()).facts };
        """,
    )
    # The last part is the same request each time: had it been stored already, it would not be stored again.
    assert (found["parts"], found["requests"]) == ([0, 1, 0, 1], 1)
    assert (found["added"], found["facts"]) == ({"added": 6000, "known": 0}, 6000)


@pytest.mark.one_browser
async def test_a_cancelled_list_leaves_nothing(visit, name):
    page = await visit()
    await page.evaluate(WATCH_MESSAGES)
    await run(page, OPEN, name)
    await run(
        page,
        """
        window.held = 2;
        window.cancel = new AbortController();
        const facts = Array.from({ length: 6_000 }, (_, i) => [`n${i}`, "next", `n${i + 1}`]);
        window.adding = outcome(() => memory.graph.addMany(facts, { signal: cancel.signal }));
        """,
    )
    await page.wait_for_function("Boolean(window.resume)")
    found = await run(
        page,
        """
        resume();
        cancel.abort();
        const { graph } = memory;
        const late = await outcome(() => graph.ask("Is Rex red?", { signal: AbortSignal.abort() }));
        return { adding: await adding, late, facts: (await graph.stats()).facts };
        """,
    )
    for call in ("adding", "late"):
        assert (found[call]["code"], found[call]["name"]) == ("cancelled", "AbortError")
    assert found["facts"] == 0


async def test_a_second_tab_tells_and_asks_the_same_graph(visit, name):
    first, second = await visit(), await visit()
    assert await run(first, OPEN, name) == "leader"
    assert await run(second, OPEN, name) == "follower"
    await first.evaluate("memory.addEventListener('change', () => { window.changed = true; })")
    told = await run(second, "return memory.graph.tell('Socrates is a human. Every human is mortal.')")
    assert (len(told["facts"]), len(told["rules"]), len(told["understood"])) == (1, 1, 2)
    await first.wait_for_function("window.changed")
    ask = "return memory.graph.ask('Is Socrates mortal?')"
    asked, followed = await asyncio.gather(run(first, ask), run(second, ask))
    assert asked["verdict"] == "true"
    assert followed == asked
    refused = await run(second, "return outcome(() => memory.graph.tell('Socrates might sleep.'))")
    assert refused["code"] == "not_understood"
    await first.close()
    assert (await run(second, ask))["verdict"] == "true"


@pytest.mark.one_browser
async def test_read_only_reads_and_refuses_to_write(visit, name):
    page = await visit()
    found = await run(
        page,
        """
        const writer = await pramana.open(argument);
        await writer.graph.tell("Socrates is a human. Every human is mortal.");
        await writer.close();
        const { graph } = await pramana.open(argument, { readOnly: true });
        return { asked: await graph.ask("Is Socrates mortal?"),
          told: await outcome(() => graph.tell("Plato is a human.")),
          added: await outcome(() => graph.addMany([["plato", "is", "human"]])),
          extracted: await outcome(() => graph.extract("Plato is a human.")),
          facts: (await graph.facts()).facts.length };
        """,
        name,
    )
    assert found["asked"]["verdict"] == "true"
    for call in ("told", "added", "extracted"):
        assert found[call]["code"] == "read_only"
    assert found["facts"] == 1
