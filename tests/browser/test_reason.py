"""`memory.reason` in a page: the whole stack, in the leader's tab and in a follower's, after a reload too."""

from __future__ import annotations

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
        const refused = await outcome(() => memory.reason("x", { depth: 0 }));
        return { yes, again, why, unknown, refused, stats: await memory.cacheStats() };
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
    assert found["refused"]["details"]["field"] == "depth"
    assert (found["stats"]["hits"], found["stats"]["entries"]) == (1, 3)
    assert await run(second, OPEN, name) == "follower"
    followed = await run(second, "return memory.reason('Is JWT a credential?')")
    assert (followed["cached"], followed["proofs"]) == ("exact", found["yes"]["proofs"])
    await first.close()
    later = await run(second, "return memory.reason('Is JWT a credential?')")
    assert (later["verdict"], later["cached"], later["proofs"]) == ("true", "", found["yes"]["proofs"])
