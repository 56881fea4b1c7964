"""What the databases of this directory hold. It runs in CPython and, sent as source, in a page's Pyodide."""

from __future__ import annotations

from typing import Any

PACK = """# name: web
# version: 3
# licence: CC0-1.0
# source: there
subject,predicate,object,confidence,source
jwt,vulnerable to,timing attack,0.8,owasp
timing attack,enables,account takeover,,
"""
RULE = "(?x vulnerable_to ?y) & (?y enables ?z) => (?x exposed_to ?z) @0.9"
QUERIES = ("Build API endpoint", "a chore of the number 117", "keep the café's menu in Ελληνικά")


async def fill(memory: Any) -> None:
    """Write at least one of everything that a database can hold, and enough for a snapshot on closing."""
    rest = await memory.store(
        task_description="Implement REST API",
        task_category="backend",
        strategy="TDD",
        title="Contract first",
        content="Write the contract test first.",
        success_score=0.95,
        tags=["http", "api"],
        metadata={"by": {"name": "agent", "tries": [1, 2.5, None]}},
    )
    await memory.store(task_description="Keep the café's menu in Ελληνικά 🫖", namespace="café")
    changed = await memory.store(task_description="To be changed", strategy="first")
    await memory.update(changed, strategy="second", task_category="edited")
    await memory.delete(await memory.store(task_description="To be hidden"))
    await memory.purge(await memory.store(task_description="To be purged"))
    chores = [
        {"task_description": f"A chore of the number {i}", "task_category": f"kind {i % 3}"}
        for i in range(220)
    ]
    ids = await memory.store_many(chores)
    await memory.used([rest, ids[117]], success=True)
    await memory.used([rest], success=False)
    graph = memory.graph
    await graph.tell("Socrates is a human. Every human is mortal. No stone is mortal.", source="Plato")
    await graph.add_pack(PACK)
    await graph.add_rule(RULE, name="exposure", source="test")
    await graph.declare("age", functional=True)
    await graph.add("jwt", "age", "10", confidence=0.5, valid_from_ms=1_000)
    await graph.add("jwt", "age", "11", confidence=0.9, valid_from_ms=2_000)
    await graph.add("jwt", "made_by", "a mistake", source="rumour")
    await graph.retract(source="rumour")
    await graph.extract("Redis is a database. OAuth uses tokens.", source="notes")


async def read(memory: Any) -> dict[str, Any]:
    """What a reader must find, by every part of the API that reads; without ids and times, which differ."""
    graph = memory.graph
    every = [record async for record in _everything(memory)]
    telling = [
        each for each in every if each["usage_count"] or not each["task_description"].startswith("A chore")
    ]
    found = [await memory.find_similar(query, k=1, namespace=None) for query in QUERIES]
    verdict = await graph.ask("Is Socrates mortal?")
    return {
        "count": len(every),
        "patterns": sorted(telling, key=lambda record: record["task_description"]),
        "first": [hits[0].pattern.task_description for hits in found],
        "facts": sorted(
            [fact.subject, fact.predicate, fact.object, fact.negated, fact.source, fact.pack, fact.licence]
            for fact in await graph.match(derived=True)
        ),
        "ages": sorted(fact.object for fact in await graph.match("jwt", "age", as_of_ms=1_500)),
        "rules": sorted([rule.name, rule.pack] for rule in await graph.rules()),
        "packs": [[pack.name, pack.version, pack.licence, pack.facts] for pack in await graph.packs()],
        "proposals": len(await graph.proposals()),
        "conflicts": len(await graph.conflicts()),
        "socrates": [verdict.verdict, verdict.confidence],
    }


async def _everything(memory: Any) -> Any:
    cursor = None
    while True:
        page = await memory.list(namespace=None, limit=100, cursor=cursor)
        for pattern in page.patterns:
            yield {
                "task_description": pattern.task_description,
                "task_category": pattern.task_category,
                "namespace": pattern.namespace,
                "strategy": pattern.strategy,
                "title": pattern.title,
                "content": pattern.content,
                "success_score": pattern.success_score,
                "tags": list(pattern.tags),
                "metadata": pattern.metadata,
                "usage_count": pattern.usage_count,
            }
        cursor = page.cursor
        if cursor is None:
            return
