"""`memory.reason` in a page: the whole stack, in the leader's tab and in a follower's, after a reload too."""

from __future__ import annotations

import asyncio

from .conftest import run

OPEN = """
window.memory = await pramana.open(argument);
return memory.role;
"""

TELL = """
await memory.graph.addPack(argument, { name: "web", licence: "CC0-1.0" });
await memory.graph.tell("JWT is a token. Every token is a credential.", { source: "notes" });
await memory.storePattern({ task_description: "Verify a JSON Web Token", strategy: "Pin the algorithm" });
"""

PACK = """subject,predicate,object,confidence,source
jwt,vulnerable_to,timing attack,0.8,OWASP
timing attack,enables,account takeover,1,CAPEC-462
"""


async def test_a_question_is_answered_with_evidence_remembered_and_the_same_in_every_tab(visit, name):
    first, second = await visit(), await visit()
    assert await run(first, OPEN, name) == "leader"
    await run(first, TELL, PACK)
    found = await run(
        first,
        """
        const yes = await memory.reason("Is JWT a credential?");
        const again = await memory.reason("Is JWT a credential?");
        const why = await memory.reason("Why is JWT risky?", { depth: 3 });
        const unknown = await memory.reason("Who wrote Hamlet?");
        await memory.reason("Is JWT a token?", { similar: true });
        const similar = await memory.reason("Please, is JWT a token?", { similar: true });
        const refused = await outcome(() => memory.reason("x", { depth: 0 }));
        return { yes, again, why, unknown, similar, refused, stats: await memory.cacheStats() };
        """,
    )
    assert (found["yes"]["verdict"], found["yes"]["confidence"], found["yes"]["cached"]) == ("true", 1, "")
    assert found["yes"]["proofs"][0]["steps"][0]["source"] == "notes"
    assert {"classify", "link", "answer"} <= {step["step"] for step in found["yes"]["trace"]}
    assert found["again"]["cached"] == "exact"
    assert found["again"]["proofs"] == found["yes"]["proofs"]
    assert found["why"]["verdict"] == "answered"
    assert "timing attack" in found["why"]["text"]
    assert "[1]" in found["why"]["text"]
    assert (found["unknown"]["verdict"], found["unknown"]["text"]) == ("unknown", "")
    assert (found["similar"]["cached"], found["similar"]["question"]) == ("similar", "Is JWT a token?")
    assert found["refused"]["details"]["field"] == "depth"
    assert (found["stats"]["hits"], found["stats"]["similar_hits"], found["stats"]["entries"]) == (1, 1, 4)
    assert await run(second, OPEN, name) == "follower"
    followed = await run(second, "return memory.reason('Is JWT a credential?')")
    assert (followed["cached"], followed["proofs"]) == ("exact", found["yes"]["proofs"])
    await first.close()
    later = await run(second, "return memory.reason('Is JWT a credential?')")
    assert (later["verdict"], later["cached"], later["proofs"]) == ("true", "", found["yes"]["proofs"])


async def test_a_remembered_answer_is_repeated_and_is_never_older_than_a_write_in_any_tab(visit, name):
    first, second = await visit(), await visit()
    assert await run(first, OPEN, name) == "leader"
    assert await run(second, OPEN, name) == "follower"
    await run(first, "await memory.graph.tell('Every human is mortal. Socrates is a human.')")
    asked = await run(
        first,
        """
        const answers = [];
        for (let n = 0; n < 5; n++) answers.push(await memory.reason("Is Socrates mortal?"));
        return { answers, stats: await memory.cacheStats() };
        """,
    )
    assert [answer["cached"] for answer in asked["answers"]] == ["", *["exact"] * 4]
    assert len({answer["compute_ms"] for answer in asked["answers"][1:]}) == 1
    assert (asked["stats"]["hits"], asked["stats"]["misses"]) == (4, 1)
    followed = await run(second, "return memory.reason('Is Socrates mortal?')")
    assert followed == asked["answers"][4]
    for number, (writer, asker) in enumerate([(first, second), (second, first), (first, first)] * 2):
        question = f"Is P{number} mortal?"
        await run(asker, "for (let n = 0; n < 3; n++) await memory.reason(argument);", question)
        unanswered = asker.evaluate(
            """async (question) => {
                window.asking = true;
                let last;
                while (asking) last = await memory.reason(question);
                return last.verdict;
            }""",
            question,
        )
        told = await writer.evaluate_handle(
            "(text) => ({ told: memory.graph.tell(text) })", f"P{number} is a human."
        )
        hammering = asyncio.ensure_future(unanswered)
        await told.evaluate("({ told }) => told")
        assert (await run(asker, "return memory.reason(argument)", question))["verdict"] == "true"
        await asker.evaluate("asking = false")
        assert await hammering == "true"


async def test_a_remembered_answer_ends_when_a_fact_begins_to_hold(visit, name):
    page = await visit()
    await run(page, OPEN, name)
    told = await run(
        page,
        """
        await memory.graph.tell("Every human is mortal.");
        await memory.reason("Is anybody there?");
        const begins = Date.now() + 2500;
        await memory.graph.add("plato", "is", "human", { validFromMs: begins });
        const verdicts = { before: [], after: [] };
        for (;;) {
          const asked = Date.now();
          const { verdict, cached, compute_ms } = await memory.reason("Is Plato mortal?");
          // Browsers blur clocks: the worker's may be a millisecond behind the page's.
          if (asked >= begins + 2) verdicts.after.push([verdict, cached, compute_ms, asked - begins]);
          else if (Date.now() < begins) verdicts.before.push(verdict);
          if (asked > begins + 200) return verdicts;
        }
        """,
    )
    assert len(told["before"]) > 5
    assert set(told["before"]) == {"unknown"}
    assert [answer for answer in told["after"] if answer[0] != "true"] == []


async def test_who_takes_over_repeats_nothing_of_the_leader_before(visit, name):
    first, second = await visit(), await visit()
    await run(first, OPEN, name)
    await run(second, OPEN, name)
    await run(first, "await memory.graph.tell('Every human is mortal. Socrates is a human.')")
    ask = "const { cached, verdict } = await memory.reason('Is Socrates mortal?'); return [cached, verdict];"
    assert [await run(second, ask) for _ in range(3)] == [["", "true"], ["exact", "true"], ["exact", "true"]]
    await first.close()
    assert [await run(second, ask) for _ in range(3)] == [["", "true"], ["exact", "true"], ["exact", "true"]]
    await run(second, "await memory.graph.retract({ subject: 'Socrates' })")
    assert await run(second, ask) == ["", "unknown"]
    assert await run(second, "return (await memory.cacheStats()).hits") == 2
