"""The explorer's view in which one asks, used as people use it: the answer, and what it rests on."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect

from .site_server import Site

expect.set_options(timeout=20_000)  # of a busy machine

READY = "document.documentElement.dataset.ask === 'ready'"
SETTLED = "document.querySelector('#ask-canvas').dataset.settled === 'true'"
WITH = """async ([name, script, given]) => {
    const { open } = await import("./pramana.js");
    const memory = await open(name);
    const AsyncFunction = (async () => {}).constructor;
    const found = await new AsyncFunction("memory", "given", script)(memory, given);
    await memory.close();
    return found;
}"""
TELL = "for (const text of [given].flat()) await memory.graph.tell(text)"
KEY = "({ subject, predicate, object, negated }) => [subject, predicate, object, negated ? 1 : 0].join('\\0')"
SEA = """# name: sea
# licence: CC0-1.0
subject,predicate,object
whale.n.02,is_a,cetacean.n.01
cetacean.n.01,is_a,mammal.n.01
whale.n.02,called,giant of the sea
whale.n.02,called,whale
cetacean.n.01,called,cetacean
mammal.n.01,called,mammal
"""
SEA_RULES = "(?x is ?c) & (?c is_a ?d) => (?x is ?d)\n"
SEA_QUESTIONS = ["Is a whale a mammal?", "What is a whale?"]
OFFERED = {
    "name": "sea",
    "title": "Animals of the sea",
    "facts": 6,
    "bytes": 12_600_000,
    "rules": 1,
    "licence": "CC0-1.0",
    "source": "",
    "file": "sea.csv",
    "rules_file": "sea.rules",
    "questions": SEA_QUESTIONS,
}
one_browser = pytest.mark.parametrize("context", ["chromium"], indirect=True)
"""For what no browser does otherwise than another."""


@pytest.fixture(scope="module")
def explorer(dist_web: Path) -> Iterator[Site]:
    """One origin for all tests, which keep apart by their databases: the second page starts much faster."""
    running = Site({"/": dist_web})
    index = json.loads((dist_web / "packs/index.json").read_text())
    sample = [pack for pack in index if pack["name"] == "web-security"]
    running.replaced = {
        "/packs/index.json": json.dumps([OFFERED, *sample]).encode(),
        "/packs/sea.csv": SEA.encode(),
        "/packs/sea.rules": SEA_RULES.encode(),
    }
    running.start()
    yield running
    running.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def view(context: BrowserContext, explorer: Site, name: str) -> AsyncIterator[Page]:
    page = await context.new_page()
    page.set_default_timeout(20_000)
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.goto(f"{explorer.url}/?db={quote(name)}&view=ask")
    await page.wait_for_function(READY)
    yield page
    await page.close()


async def with_memory(page: Page, name: str, script: str, given: object = None) -> object:
    """Run the body of an async function that has `memory` and `given`, in a second client of the same database."""
    return await page.evaluate(WITH, [name, script, given])


async def ask(page: Page, question: str) -> None:
    await page.fill("#question", question)
    await page.press("#question", "Enter")
    await shown(page, question)


async def shown(page: Page, question: str) -> None:
    await expect(page.locator("#answer")).to_have_attribute("data-shown", question)
    await expect(page.locator("#answer")).not_to_have_attribute("aria-busy", "true")


async def verdict(page: Page, value: str) -> None:
    await expect(page.locator("#answer .verdict")).to_have_attribute("data-verdict", value)


async def lit(page: Page) -> list[str]:
    """The keys of the facts that are lit in the graph beside the answer."""
    keys = page.locator("#ask-lit-facts li")
    await page.wait_for_function(SETTLED)
    await expect(page.locator("#ask-canvas")).to_have_attribute("data-lit", str(await keys.count()))
    return sorted(await keys.evaluate_all("(all) => all.map((one) => one.dataset.key)"))


async def keys_of(page: Page, name: str, question: str, statements: str) -> list[str]:
    """The keys of statements that an answer holds, by an expression over `answer`."""
    script = f"const answer = await memory.reason(given); return ({statements}).map({KEY})"
    return sorted(set(await with_memory(page, name, script, question)))


async def test_the_example_is_answered_with_proof_sources_trace_and_what_it_rests_on_lit(view, name):
    await expect(view.locator("#ask-empty")).to_be_visible()
    await expect(view.locator("#examples")).to_be_hidden()
    await view.click("#ask-example")
    await shown(view, "Is JWT safe?")
    await verdict(view, "false")
    await expect(view.locator("#answer .verdict-confidence")).to_contain_text("confidence 0.69")
    await expect(view.locator("#answer-said")).to_have_text("False, confidence 0.69")
    await expect(view.locator("#ask-empty")).to_be_hidden()
    # The proof, as a tree that folds.
    steps = view.locator("#ask-proofs .proof .step")
    await expect(steps.first.locator("summary").first).to_contain_text("JWT is not safe")
    facts = view.locator("#ask-proofs .step[data-kind=fact]")
    await expect(facts.filter(has_text="vulnerable to timing attack")).to_contain_text("0.85")
    await expect(view.locator("#ask-proofs .by-rule").first).to_contain_text("critical")
    await steps.first.locator("summary").first.click()
    await expect(facts.first).to_be_hidden()
    # The first proof is lit at once: all of its statements, and no other.
    steps_of = "answer.proofs[0].steps.map(({ conclusion }) => conclusion)"
    assert await lit(view) == await keys_of(view, name, "Is JWT safe?", steps_of)
    await expect(view.locator("#ask-lit")).to_have_text("Why JWT is not safe: 3 facts and 4 that follow")
    # The trace has every step with its time.
    answer = await with_memory(view, name, "return memory.reason(given)", "Is JWT safe?")
    rows = view.locator("#answer .trace tr")
    assert await rows.evaluate_all("(all) => all.map((one) => one.dataset.step)") == [
        step["step"] for step in answer["trace"]
    ]
    for place, step in enumerate(answer["trace"]):
        value, unit = (await rows.nth(place).locator(".trace-ms").text_content() or "").split()
        assert float(value) * (1000 if unit == "s" else 1) == pytest.approx(step["ms"], rel=0.1, abs=0.6)
    # Each citation leads to what it stands for.
    assert len(answer["citations"]) >= 5
    await expect(view.locator(".cite")).to_have_count(len(answer["citations"]))
    for n, cited in enumerate(answer["citations"], 1):
        await view.get_by_role("button", name=f"Source {n}", exact=True).click()
        source = view.locator("#ask-sources li:focus")
        await expect(source).to_have_attribute("data-id", cited["id"])
        await expect(source).to_have_attribute("data-kind", cited["kind"])
    # An entity is shown in the graph, with what is known of it.
    await view.locator("#ask-entities [data-term=JWT] button").click()
    await expect(view.locator("#ask-canvas")).to_have_attribute("data-focus", "JWT")
    await expect(view.locator("#ask-canvas")).to_have_attribute("data-lit", "0")
    await view.locator("#ask-proofs .in-graph").first.click()
    await expect(view.locator("#ask-canvas")).to_have_attribute("data-lit", "7")


@one_browser
async def test_what_an_open_question_finds_is_cited_by_source_and_lit(view, name, explorer):
    await view.click("#ask-samples button")
    await expect(view.locator(".toast")).to_contain_text("Loaded web-security: 437 facts")
    examples = view.locator("#example-questions button")
    sample = json.loads(explorer.find("/packs/index.json"))[1]["questions"]
    await expect(examples).to_have_text(sample[:4])
    await with_memory(
        view, name, "await memory.graph.addPack(given[0], { rules: given[1] })", [SEA, SEA_RULES]
    )
    # Of each pack in turn, four at most.
    await expect(examples).to_have_text([sample[0], SEA_QUESTIONS[0], sample[1], SEA_QUESTIONS[1]])
    await examples.get_by_text("Why is JWT risky?").click()
    await shown(view, "Why is JWT risky?")
    await verdict(view, "answered")
    await expect(view.locator("#examples")).to_be_hidden()
    await expect(view.locator("#ask-entities [data-how=alias]")).to_contain_text("json web token")
    answer = await with_memory(view, name, "return memory.reason(given)", "Why is JWT risky?")
    everything = await with_memory(
        view,
        name,
        "return (await memory.graph.match(null, null, null, { negated: null, limit: 1000 }))",
    )
    known = {fact["id"]: fact for fact in everything}
    cited = [known[one["id"]] for one in answer["citations"] if one["kind"] == "fact"]
    assert len(cited) >= 3
    assert await lit(view) == sorted(
        "\0".join([one["subject"], one["predicate"], one["object"], "0"]) for one in cited
    )
    for n, one in enumerate(answer["citations"], 1):
        fact = known[one["id"]]
        source = view.locator(f"#source-{n}")
        await expect(source.locator("b")).to_have_text([fact["subject"], fact["object"]])
        await expect(source).to_contain_text(f"from {fact['source']}")
        await expect(source.locator(".confidence")).to_have_text(f"{fact['confidence']:.2f}")
        await view.locator(".cite").nth(n - 1).click()
        assert await lit(view) == ["\0".join([fact["subject"], fact["predicate"], fact["object"], "0"])]


@one_browser
async def test_a_chain_and_a_memory_are_shown_and_lead_on(view, name):
    await with_memory(
        view,
        name,
        """await memory.graph.add("jwt", "vulnerable_to", "timing attack", { confidence: 0.8, source: "owasp" });
        await memory.graph.add("timing attack", "enables", "account takeover");
        await memory.storePattern({ task_description: "Verify a JWT signature", strategy: "Pin the algorithm" })""",
    )
    question = "What connects JWT and account takeover?"
    await ask(view, question)
    chain = view.locator("#ask-chains .chain")
    await expect(chain).to_have_count(1)
    await expect(chain.locator(".chain-steps li")).to_have_text(
        ["jwt vulnerable to timing attack0.80", "timing attack enables account takeover1.00"]
    )
    steps_of = "answer.paths[0].steps.map(({ fact }) => fact)"
    assert await lit(view) == await keys_of(view, name, question, steps_of)
    await expect(view.locator("#ask-lit")).to_have_text("From jwt to account takeover: 2 facts")
    await ask(view, "How do I verify a JWT signature?")
    used = view.locator("#ask-memories .source")
    await expect(used).to_contain_text("Pin the algorithm")
    await used.get_by_role("button").click()
    await expect(view.locator("#reader")).to_be_visible()
    await expect(view.locator("#panel-title")).to_have_text("Verify a JWT signature")
    await view.click("#panel-close")
    await expect(used.get_by_role("button")).to_be_focused()


@one_browser
async def test_an_offered_pack_is_cancelled_then_loaded_and_its_terms_shown_as_they_are_called(
    view, name, explorer
):
    big = "".join(f"a{i},next,a{i + 1}\n" for i in range(60_000))
    explorer.replaced["/packs/sea.csv"] = f"{SEA}{big}".encode()
    await view.click("#ask-pack")
    await view.locator("#pack-offers [data-offered=sea] button").click()
    await expect(view.locator("#pack-doing")).to_contain_text("Reading the file")
    await expect(view.locator("#pack-cancel")).to_be_focused()
    await view.keyboard.press("Enter")
    await expect(view.locator("#pack-dialog")).to_be_hidden()
    await expect(view.locator("#pack-load")).to_be_enabled()  # it has come to an end
    explorer.replaced["/packs/sea.csv"] = SEA.encode()
    assert await with_memory(view, name, "return (await memory.graph.stats()).facts") == 0
    await expect(view.locator("#ask-empty")).to_be_visible()
    await view.click("#ask-pack")
    offered = view.locator("#pack-offers [data-offered]")
    await expect(offered).to_have_count(2)
    sea = view.locator("#pack-offers [data-offered=sea]")
    await expect(sea).to_contain_text("Animals of the sea")
    await expect(sea).to_contain_text("6 facts, 12.6 MB, CC0-1.0")
    await sea.get_by_role("button", name="Load Animals of the sea").click()
    await expect(view.locator("#pack-dialog")).to_be_hidden()
    await expect(view.locator("#examples")).to_be_visible()
    await view.get_by_role("button", name="Is a whale a mammal?").click()
    await shown(view, "Is a whale a mammal?")
    await verdict(view, "true")
    text = view.locator("#answer .answer-text")
    answer = await with_memory(view, name, "return memory.reason(given)", "Is a whale a mammal?")
    assert "whale.n.02" in answer["text"]
    said = re.sub(r"\.n\.0\d", "", re.sub(r"\[(\d+)\]", r"\1", answer["text"]))
    await expect(text).to_have_text(said)
    await expect(text.locator(".term").first).to_have_attribute("title", "whale.n.02")
    tree = view.locator("#ask-proofs .proof")
    await expect(tree.locator("summary").first).to_contain_text("any whale is mammal")
    await expect(tree).not_to_contain_text(".n.0")
    await expect(tree.locator("[data-kind=fact] b").last).to_have_attribute("title", "mammal.n.01")
    await expect(tree.locator("[data-kind=assumption]")).to_contain_text("assumed for the question")
    await expect(view.locator("#ask-lit")).to_have_text(
        "Why any whale is mammal: 2 facts, 1 assumed, 2 that follow"
    )
    keys = await lit(view)
    assert "whale.n.02\0is_a\0cetacean.n.01\0000" in keys
    assert len(keys) == 5
    # What it is lit in can be opened in the view of the graph, where terms have the same names.
    await view.click("#ask-graph-open")
    await expect(view.locator("#graph-lit-text")).to_contain_text("any whale is mammal")
    await expect(view.locator("#graph-canvas")).to_have_attribute("data-lit", "5")
    await view.click("#graph-list summary")
    button = view.locator("#graph-rows button[title='cetacean.n.01']").first
    await expect(button).to_have_text("cetacean")
    await button.click()
    await expect(view.locator("#graph-term")).to_have_text("cetacean")
    await expect(view.locator("#graph-canvas")).to_have_attribute("data-focus", "cetacean.n.01")
    await view.click("#graph-pack")
    await expect(sea.get_by_role("button")).to_be_disabled()
    await expect(offered.get_by_role("button", name="Load Web security")).to_be_enabled()


@one_browser
async def test_what_is_not_known_has_no_text_and_says_what_is_missing(view, name):
    told = [
        "Every human is mortal. If someone is mortal and they like Bob then they are kind. Anne is tall.",
        "If someone is kind then they like the green frog.",
    ]
    await with_memory(view, name, TELL, told)
    gap = view.locator("#answer .gaps li")
    missing = view.locator("#answer .missing")
    await ask(view, "Who wrote Hamlet?")
    await verdict(view, "unknown")
    await expect(view.locator("#answer-said")).to_have_text("Not known")
    await expect(missing.first).to_have_text("Nothing that is known here goes by a name in this question.")
    for part in (".answer-text", ".verdict-confidence", ".cite", ".proof", ".source", "#ask-entities"):
        await expect(view.locator(f"#answer {part}")).to_have_count(0)
    await expect(view.locator("#ask-graph")).to_be_hidden()
    await expect(view.locator("#question")).not_to_have_attribute("aria-invalid", "true")
    await ask(view, "Is Anne kind?")
    await verdict(view, "unknown")
    await expect(missing.first).to_contain_text("Anne")
    await expect(gap).to_have_count(1)
    await expect(gap).to_contain_text("likes Bob")
    await expect(gap).to_contain_text("Nothing meets its condition")
    await ask(view, "Does Anne like the red frog?")
    await expect(gap).to_have_count(0)
    await ask(view, "Does Anne like the green frog?")
    await expect(gap).to_contain_text("like the green frog")
    await ask(view, "Is Anne purple?")
    await expect(gap).to_have_count(0)
    await expect(missing.last).to_contain_text("Nothing that is known leads there")
    await ask(view, "Is Anne tall?")
    await view.fill("#question", "x" * 10_001)
    await view.press("#question", "Enter")
    await expect(view.locator("#question-problem")).to_contain_text("at most 10,000 characters")
    await expect(view.locator("#answer")).to_be_hidden()
    # What is no question is marked at its place, with a form near it.
    await ask(view, "Anne might be purple.")
    await verdict(view, "unknown")
    await expect(view.locator("#answer .answer-text")).to_have_count(0)
    await expect(view.locator("#question-copy mark")).to_have_text("Anne might be purple.")
    await expect(view.locator("#question")).to_have_attribute("aria-invalid", "true")
    await expect(view.locator("#question")).to_be_focused()
    nearest = view.locator("#question-problem .nearest")
    form = await nearest.text_content() or ""
    assert form
    await nearest.click()
    await expect(view.locator("#question")).to_have_value(form)
    await expect(view.locator("#question")).not_to_have_attribute("aria-invalid", "true")


@one_browser
async def test_the_newest_question_is_answered_whatever_is_told_meanwhile(view, name):
    await with_memory(view, name, TELL, "Rex is red. If someone is red and they like Bob then they are kind.")
    # Each turn asks a little later after something is told, so that one of them is in flight when the view renews.
    # Before it, it asks what takes long to say is not known: that must not come any more once the next is asked.
    wrong = await view.evaluate(
        """async (name) => {
            const { open } = await import("./pramana.js");
            const memory = await open(name);
            const soon = (ms) => new Promise((done) => setTimeout(done, ms));
            const answer = document.querySelector("#answer");
            const put = (question) => {
                document.querySelector("#question").value = question;
                document.querySelector("#ask-form").requestSubmit();
            };
            for (let turn = 0; turn < 8; turn++) {
                const newer = turn % 2 ? `Is Anne${turn} kind?` : "Is Rex red?";
                if (turn % 2) await memory.graph.tell(`Rex is round${turn}.`);
                else await memory.reason(newer);  // remembered, so that it comes first
                if (turn % 2) await soon(100 + 12 * turn);
                put(`Is Bob${turn} kind?`);
                put(newer);
                for (let waited = 0; waited < 3_000 && answer.dataset.shown !== newer; waited += 50) await soon(50);
                for (let waited = 0; waited < 200; waited += 20) {
                    if (answer.dataset.shown !== newer) return [newer, answer.dataset.shown];
                    await soon(20);
                }
            }
            await memory.close();
            return null;
        }""",
        name,
    )
    assert wrong is None


@one_browser
async def test_a_shown_answer_follows_what_is_known(view, name):
    await with_memory(
        view,
        name,
        TELL,
        "Every token is safe. Everything that is stolen is not safe. JWT is a token. JWT is stolen.",
    )
    await ask(view, "Is JWT safe?")
    await verdict(view, "contradictory")
    await expect(view.locator("#answer .answer-text")).to_have_count(0)
    sides = view.locator("#answer .side-of-it")
    await expect(sides.nth(0)).to_contain_text("Every token is safe.")
    await expect(sides.nth(1)).to_contain_text("stolen")
    await with_memory(view, name, "await memory.graph.retract({ object: 'stolen' })")
    await verdict(view, "true")
    await expect(view.locator("#answer-said")).to_have_text("True, confidence 1.00")
    # Who and what are all named, however few are proved.
    await with_memory(view, name, TELL, [f"Key{i} is a token." for i in range(24)])
    await ask(view, "What is a token?")
    await verdict(view, "answered")
    await expect(view.locator("#answer .verdict strong")).to_contain_text("and 5 more")
    # Why a fact of the list holds, also after it was retracted and brought back.
    await view.click("#tab-knowledge")
    await view.check("#fact-derived")
    await view.fill("#fact-subject", "jwt")
    await view.get_by_role("button", name="Why: JWT is safe").click()
    await shown(view, "JWT is safe")
    await verdict(view, "true")
    await expect(view.locator("#answer .step[data-kind=fact]")).to_contain_text("JWT is token")
    await expect(view.locator("#question")).to_have_value("")
    await view.click("#tab-knowledge")
    await view.get_by_role("button", name="Retract: JWT is token").click()
    await expect(view.locator("#facts .entry")).to_have_count(0)
    await view.click("#tab-ask")
    await verdict(view, "unknown")
    await expect(view.locator("#answer .gaps")).to_contain_text("Every token is safe.")


@one_browser
async def test_asking_and_reading_an_answer_with_the_keyboard_alone_where_the_page_is_narrow(view, name):
    await view.set_viewport_size({"width": 360, "height": 740})
    await with_memory(view, name, TELL, "Socrates is a human. Every human is mortal.")
    await view.keyboard.press("/")
    await expect(view.locator("#question")).to_be_focused()
    await view.keyboard.type("Is Socrates mortal?")
    await view.keyboard.press("Enter")
    await verdict(view, "true")
    await expect(view.locator("#answer-said")).to_have_text("True, confidence 1.00")
    await expect(view.locator("#ask-graph")).to_be_hidden()
    for focused in (
        "#ask",
        ".cite >> nth=0",
        ".cite >> nth=1",
        "[data-term=Socrates] button",
        "[data-term=mortal] button",
        "#ask-proofs .in-graph",
        "#ask-proofs summary",
    ):
        await view.keyboard.press("Tab")
        await expect(view.locator(focused)).to_be_focused()
    fact = view.locator("#ask-proofs .step[data-kind=fact]")
    await expect(fact).to_be_visible()
    await view.keyboard.press("Enter")
    await expect(fact).to_be_hidden()
    assert await view.evaluate("document.documentElement.scrollWidth") == 360
    # The graph is one key away.
    await view.keyboard.press("Shift+Tab")
    await view.keyboard.press("Enter")
    await expect(view.locator("#tab-graph")).to_be_focused()
    await expect(view.locator("#graph-lit-text")).to_have_text(
        "Why Socrates is mortal: 1 fact and 1 that follow"
    )
    await expect(view.locator("#graph-canvas")).to_have_attribute("data-lit", "2")
    assert "view=graph" in view.url
    await view.keyboard.press("ArrowLeft")
    await view.keyboard.press("ArrowLeft")
    await view.locator("#ask-entities button").first.click()
    await expect(view.locator("#graph-term")).to_have_text("Socrates")
    await expect(view.locator("#graph-origin-term")).to_have_text("Socrates")
