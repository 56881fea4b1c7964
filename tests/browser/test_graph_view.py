"""The explorer's view of the graph, used as people use it; and its layout."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect

from .site_server import Site

expect.set_options(timeout=20_000)  # of a busy machine

READY = "document.documentElement.dataset.graph === 'ready'"
SETTLED = "document.querySelector('#graph-canvas').dataset.settled === 'true'"
ADD = """async ([name, facts, rule]) => {
    const { open } = await import("./pramana.js");
    const memory = await open(name);
    await memory.graph.addMany(facts.map(([subject, predicate, object, confidence = 1, negated = false]) =>
        ({ subject, predicate, object, confidence, negated, source: "test" })));
    if (rule) await memory.graph.addRule(rule);
    await memory.close();
}"""
PIXEL = """([x, y]) => {
    const canvas = document.querySelector("#graph-canvas");
    const ratio = canvas.width / canvas.clientWidth;
    const data = canvas.getContext("2d").getImageData(Math.round(x * ratio), Math.round(y * ratio), 1, 1).data;
    return [...data].slice(0, 3);
}"""
ROLE = """(role) => {
    const probe = document.createElement("span");
    probe.style.color = `var(--${role})`;
    document.body.append(probe);
    const numbers = getComputedStyle(probe).color.match(/[0-9]+/g).map(Number);
    probe.remove();
    return numbers;
}"""
DARK = "matchMedia('(prefers-color-scheme: dark)').matches"
CALM = "matchMedia('(prefers-reduced-motion: reduce)').matches"
LAYOUT = """async ([links, positions, steps = 2000]) => {
    const { ForceLayout } = await import("/graph/forces.js");
    const given = Float32Array.from(positions.map((one) => one ?? NaN));
    const layout = new ForceLayout(Int32Array.from(links), given);
    let taken = 0;
    while (!layout.settled && taken < steps) { layout.step(); taken++; }
    return { taken, settled: layout.settled, points: [...layout.x].map((x, i) => [x, layout.y[i]]) };
}"""
one_browser = pytest.mark.parametrize("context", ["chromium"], indirect=True)
"""For what no browser does otherwise than another."""
CLIQUES = [
    *[(a, b) for a in range(6) for b in range(a)],
    *[(6 + a, 6 + b) for a in range(6) for b in range(a)],
    (0, 6),
]


@pytest.fixture(scope="module")
def explorer(dist_web: Path) -> Iterator[Site]:
    """One origin for all tests, which keep apart by their databases: the second page starts much faster."""
    running = Site({"/": dist_web})
    running.start()
    yield running
    running.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def view(context: BrowserContext, explorer: Site, name: str) -> AsyncIterator[Page]:
    page = await context.new_page()
    page.set_default_timeout(20_000)
    await page.goto(f"{explorer.url}/?db={quote(name)}&view=graph")
    await page.wait_for_function(READY)
    yield page
    await page.close()


@pytest_asyncio.fixture(loop_scope="session")
async def modules(context: BrowserContext, explorer: Site) -> AsyncIterator[Page]:
    """A page of the same origin that has nothing of its own."""
    page = await context.new_page()
    await page.goto(f"{explorer.url}/icon.svg")
    yield page
    await page.close()


async def add(page: Page, name: str, facts: list[tuple], rule: str = "", *, shown: int | None = None) -> None:
    """State facts, and wait until the picture shows them all, or `shown` edges, at their final places."""
    before = int(await page.get_attribute("#graph-canvas", "data-edges") or 0)
    await page.evaluate(ADD, [name, facts, rule])
    wanted = before + len(facts) if shown is None else shown
    await expect(page.locator("#graph-canvas")).to_have_attribute("data-edges", str(wanted))
    await page.wait_for_function(SETTLED)


async def edges(page: Page, number: int) -> None:
    await expect(page.locator("#graph-canvas")).to_have_attribute("data-edges", str(number))


async def focused(page: Page, term: str) -> None:
    await expect(page.locator("#graph-canvas")).to_have_attribute("data-focus", term)


async def focus_at(page: Page) -> tuple[float, float]:
    """Where on the canvas the focused term is, once drawn."""
    await page.evaluate(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
    )
    x, y = (await page.get_attribute("#graph-canvas", "data-focus-at") or "").split(",")
    return float(x), float(y)


async def focus(page: Page, term: str) -> tuple[float, float]:
    """Focus a term through the list, and return where it is."""
    if not await page.locator("#graph-list").evaluate("(list) => list.open"):
        await page.click("#graph-list summary")
    await page.locator("#graph-rows button").get_by_text(term, exact=True).first.click()
    await expect(page.locator("#graph-term")).to_have_text(term)
    return await focus_at(page)


async def on_page(page: Page, at: tuple[float, float]) -> tuple[float, float]:
    await page.locator("#graph-canvas").scroll_into_view_if_needed()
    box = await page.locator("#graph-canvas").bounding_box()
    assert box is not None
    return box["x"] + at[0], box["y"] + at[1]


def flat(pairs: list[tuple[int, int]]) -> list[int]:
    return [node for pair in pairs for node in pair]


# --------------------------------------------------------------------------------------------------------- the layout


@one_browser
@pytest.mark.one_browser
async def test_a_layout_puts_what_is_linked_together_and_is_the_same_every_time(modules):
    unplaced = [None] * 24
    first = await modules.evaluate(LAYOUT, [flat(CLIQUES), unplaced])
    assert first["settled"]
    assert 250 <= first["taken"] <= 350
    points = first["points"]
    within = [math.dist(points[a], points[b]) for a, b in CLIQUES if (a, b) != (0, 6)]
    between = [math.dist(points[a], points[6 + b]) for a in range(6) for b in range(6)]
    assert sum(between) / len(between) > 2 * sum(within) / len(within)
    assert min(within) > 20  # nobody lies on anybody
    assert await modules.evaluate(LAYOUT, [flat(CLIQUES), unplaced]) == first


@one_browser
@pytest.mark.one_browser
async def test_nodes_that_stay_keep_their_places_when_others_come_and_go(modules):
    first = await modules.evaluate(LAYOUT, [flat(CLIQUES), [None] * 24])
    places = flat(first["points"])
    fewer = await modules.evaluate(LAYOUT, [flat(CLIQUES[:-1]), places])
    assert fewer["taken"] == 0
    assert flat(fewer["points"]) == pytest.approx(places, abs=1e-3)
    more = await modules.evaluate(LAYOUT, [flat([*CLIQUES, (3, 12)]), [*places, None, None]])
    assert more["settled"]
    extent = max(math.dist(a, b) for a in first["points"] for b in first["points"])
    moved = [math.dist(a, b) for a, b in zip(first["points"], more["points"], strict=False)]
    assert max(moved) < extent / 20
    new = more["points"][12]
    assert math.dist(new, more["points"][3]) < extent / 3
    assert min(math.dist(new, one) for one in more["points"][:12]) > 20


@one_browser
@pytest.mark.one_browser
async def test_the_tree_repels_as_all_pairs_do(modules):
    answer = await modules.evaluate(
        """async (count) => {
            const { Quadtree } = await import("/graph/quadtree.js");
            const x = new Float64Array(count), y = new Float64Array(count);
            for (let i = 0; i < count; i++) {  // clusters, and points that lie on each other
                const at = i % 50 === 49 ? i - 1 : i;
                x[i] = 300 * Math.sin(at * 12.9898) + (at % 3) * 500;
                y[i] = 300 * Math.sin(at * 78.233) + (at % 5) * 200;
            }
            const tree = new Quadtree();
            tree.build(x, y);
            const vx = new Float64Array(count), vy = new Float64Array(count);
            const errors = [];
            for (let i = 0; i < count; i++) {
                tree.repel(i, x, y, 2, vx, vy);
                let ex = 0, ey = 0;
                for (let j = 0; j < count; j++) {
                    const dx = x[i] - x[j], dy = y[i] - y[j], squared = Math.max(dx * dx + dy * dy, 1);
                    ex += 2 * dx / squared;
                    ey += 2 * dy / squared;
                }
                errors.push(Math.hypot(vx[i] - ex, vy[i] - ey) / Math.hypot(ex, ey));
            }
            return errors.sort((a, b) => a - b);
        }""",
        800,
    )
    assert answer[400] < 0.02
    assert answer[-8] < 0.2


@one_browser
@pytest.mark.one_browser
async def test_a_held_node_stays_at_the_pointer_and_the_others_follow(modules):
    moved = await modules.evaluate(
        """async (links) => {
            const { ForceLayout } = await import("/graph/forces.js");
            const layout = new ForceLayout(Int32Array.from(links), new Float32Array(24).fill(NaN));
            while (!layout.settled) layout.step();
            const mean = () => [...layout.x.slice(0, 6)].reduce((sum, x) => sum + x, 0) / 6;
            const before = mean();
            layout.hold(0, 2000, 0);
            for (let i = 0; i < 300; i++) layout.step();
            const held = [layout.x[0], layout.y[0], layout.settled];
            const after = mean();
            layout.release();
            let steps = 0;
            while (!layout.settled && steps < 1000) { layout.step(); steps++; }
            return { held, before, after, settled: layout.settled, at: layout.x[0] };
        }""",
        flat(CLIQUES),
    )
    assert moved["held"] == [2000, 0, False]
    assert moved["after"] > moved["before"] + 300
    assert moved["settled"]
    assert moved["at"] < 1900


# ----------------------------------------------------------------------------------------------------------- the view


async def test_the_example_fills_the_picture_and_the_list(view):
    await expect(view.locator("#graph-empty")).to_be_visible()
    await expect(view.locator("#graph-shown")).to_be_hidden()
    await view.click("#graph-example")
    await edges(view, 7)
    await expect(view.locator("#graph-canvas")).to_have_attribute("data-nodes", "9")
    await expect(view.locator("#graph-status")).to_have_text("Showing 7 of 7 facts")
    await expect(view.locator("#graph-empty")).to_be_hidden()
    await view.click("#graph-list summary")
    await expect(view.locator("#graph-rows tr")).to_have_count(7)
    await expect(view.locator("#graph-rows tr").filter(has_text="vulnerable to")).to_contain_text("0.85")
    # What follows.
    await view.check("#graph-derived")
    await expect(view.locator("#graph-status")).to_contain_text("that follow")
    await expect(view.locator("#graph-rows tr[data-derived=true]").filter(has_text="critical")).to_have_count(
        1
    )
    await expect(view.locator("#graph-rows tr[data-negated=true]")).to_contain_text("not is")


@pytest.mark.one_browser
async def test_a_node_is_drawn_where_the_state_says_in_the_colours_of_the_theme(view, name):
    await add(view, name, [("sun", "lights", "earth"), ("sun", "lights", "moon")])
    await view.focus("#graph-picture")
    await view.keyboard.press("ArrowRight")
    await focused(view, "sun")  # the one with the most edges
    surface = await view.evaluate(PIXEL, [2, 2])
    colours = set()
    for scheme in ("light", "dark"):
        await view.emulate_media(color_scheme=scheme)
        at = await focus_at(view)
        accent = await view.evaluate(ROLE, "accent-strong")
        assert await view.evaluate(PIXEL, at) == pytest.approx(accent, abs=2)
        colours.add(tuple(accent))
    # Firefox's driver leaves the theme as it is.
    assert len(colours) == 2 or not await view.evaluate(DARK)
    assert surface == [0, 0, 0]  # nothing is drawn there
    line = await view.evaluate(
        """() => {
            const canvas = document.querySelector("#graph-canvas");
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            let drawn = 0;
            for (let i = 3; i < data.length; i += 4) drawn += data[i] > 0 ? 1 : 0;
            return drawn;
        }"""
    )
    assert line > 500  # two edges, three nodes, their names
    await view.emulate_media(color_scheme="light")


@pytest.mark.one_browser
async def test_arrow_keys_walk_along_edges_and_say_where_one_is(view, name):
    await add(view, name, [("a", "next", "b"), ("b", "next", "c"), ("x", "next", "y")])
    start = await focus(view, "b")
    ends = {}
    for term in ("a", "c"):
        ends[term] = await focus(view, term)
    await focus(view, "b")
    await view.focus("#graph-picture")
    dx, dy = ends["c"][0] - start[0], ends["c"][1] - start[1]
    key = (
        ("ArrowRight" if dx > 0 else "ArrowLeft")
        if abs(dx) > abs(dy)
        else ("ArrowDown" if dy > 0 else "ArrowUp")
    )
    await view.keyboard.press(key)
    await focused(view, "c")
    await expect(view.locator("#graph-said")).to_have_text("c, 1 fact")
    await expect(view.locator("#graph-focused")).to_contain_text("b next c")
    opposite = {"Right": "Left", "Left": "Right", "Up": "Down", "Down": "Up"}
    await view.keyboard.press(f"Arrow{opposite[key.removeprefix('Arrow')]}")
    await focused(view, "b")
    # Zoomed about the focus, the others are further off.
    before = await focus_at(view)
    await view.keyboard.press("+")
    assert await focus_at(view) == pytest.approx(before, abs=0.01)
    await view.keyboard.press("+")
    await view.keyboard.press("-")
    further = await focus(view, "c")
    assert math.dist(further, before) == pytest.approx(1.25 * math.hypot(dx, dy), rel=0.01)
    await view.focus("#graph-picture")
    await view.keyboard.press("0")
    assert await focus_at(view) == pytest.approx(ends["c"], abs=0.5)
    await view.keyboard.press("Escape")
    await expect(view.locator("#graph-focused")).to_be_hidden()
    await focused(view, "")


async def test_the_pointer_focuses_drags_pans_and_zooms(view, name):
    await add(view, name, [("a", "next", "b"), ("b", "next", "c")])
    other = await focus(view, "a")
    start = await focus(view, "c")
    await view.mouse.click(*await on_page(view, other))
    await expect(view.locator("#graph-term")).to_have_text("a")
    # The ground pans.
    x, y = await on_page(view, (15, 15))
    await view.mouse.move(x, y)
    await view.mouse.down()
    await view.mouse.move(x + 30, y + 10, steps=3)
    await view.mouse.up()
    await focused(view, "a")
    moved = await focus_at(view)
    assert moved == pytest.approx((other[0] + 30, other[1] + 10), abs=0.01)
    # The wheel zooms about the pointer.
    px, py = await on_page(view, (200, 100))
    await view.mouse.move(px, py)
    await view.mouse.wheel(0, -100)
    await view.wait_for_function(
        f"document.querySelector('#graph-canvas').dataset.focusAt !== '{moved[0]},{moved[1]}'"
    )
    nearer = await focus_at(view)
    factor = (nearer[0] - 200) / (moved[0] - 200)
    assert factor > 1.05
    assert (nearer[1] - 100) / (moved[1] - 100) == pytest.approx(factor, rel=0.01)
    # A node is dragged.
    x, y = await on_page(view, nearer)
    await view.mouse.move(x, y)
    await view.mouse.down()
    await view.mouse.move(x + 60, y - 40, steps=5)
    assert await focus_at(view) == pytest.approx((nearer[0] + 60, nearer[1] - 40), abs=1)
    await view.mouse.up()
    await view.wait_for_function(SETTLED)
    # A click on nothing takes the focus away.
    await view.mouse.click(*await on_page(view, (5, 5)))
    await expect(view.locator("#graph-focused")).to_be_hidden()
    assert start != other


@one_browser
@pytest.mark.one_browser
async def test_facts_around_a_term_reach_as_far_as_asked_and_terms_are_expanded(view, name):
    chain = [
        ("a", "next", "b"),
        ("b", "next", "c"),
        ("c", "next", "d"),
        ("d", "next", "e"),
        ("d", "likes", "f"),
    ]
    filler = [(f"n{i}", "next", f"n{i + 1}") for i in range(2_100)]
    await view.evaluate(ADD, [name, chain, ""])
    await edges(view, 5)
    await add(view, name, filler, shown=2_000)
    await expect(view.locator("#graph-status")).to_have_text("Showing 2,000 of 2,105 facts")
    await view.fill("#graph-search", "A")
    await view.press("#graph-search", "Enter")
    await edges(view, 2)
    await expect(view.locator("#graph-term")).to_have_text("a")
    await expect(view.locator("#graph-status")).to_have_text("Showing 2 of 2,105 facts")
    await view.select_option("#graph-depth", "3")
    await edges(view, 3)
    await view.select_option("#graph-depth", "1")
    await edges(view, 1)
    await view.select_option("#graph-depth", "3")
    await edges(view, 3)
    await view.wait_for_function(SETTLED)
    await view.mouse.dblclick(*await on_page(view, await focus(view, "d")))
    await edges(view, 5)
    await view.click("#graph-around")
    await expect(view.locator("#graph-origin-term")).to_have_text("d")
    # Nothing is known of it: what is shown stays.
    await view.fill("#graph-search", "nobody")
    await view.press("#graph-search", "Enter")
    await expect(view.locator("#graph-search-problem")).to_have_text("Nothing is known of “nobody”.")
    await expect(view.locator("#graph-origin-term")).to_have_text("d")
    # Terms seen are offered.
    await view.fill("#graph-search", "n120")
    offered = await view.locator("#graph-terms option").evaluate_all("(all) => all.map((one) => one.value)")
    assert offered == ["n120", *(f"n120{i}" for i in range(10))]
    await view.click("#graph-newest")
    await edges(view, 2_000)
    # The same facts look the same, whatever was shown before.
    places = []
    for term, shown in (("a", 3), ("d", 5), ("a", 3)):
        await view.fill("#graph-search", term)
        await view.press("#graph-search", "Enter")
        await edges(view, shown)
        await view.wait_for_function(SETTLED)
        places.append(await focus_at(view))
    assert places[0] == pytest.approx(places[2], abs=0.01)


@one_browser
@pytest.mark.one_browser
async def test_what_is_drawn_is_filtered_by_predicate_and_confidence(view, name):
    facts = [
        ("a", "likes", "b", 0.9),
        ("b", "likes", "c", 0.4),
        ("a", "fears", "d", 0.6, True),
        ("d", "is", "e", 1),
    ]
    await add(view, name, facts)
    items = view.locator("#graph-predicates li")
    await expect(items).to_have_text(["likes2", "fears1", "is1"])
    await items.filter(has_text="likes").get_by_role("checkbox").uncheck()
    await edges(view, 2)
    await expect(view.locator("#graph-canvas")).to_have_attribute("data-nodes", "3")
    await expect(view.locator("#graph-status")).to_have_text("Showing 2 of 4 facts (2 filtered out)")
    await view.click("#graph-predicates-all")
    await edges(view, 4)
    await view.click("#graph-predicates-all")
    await edges(view, 0)
    await view.click("#graph-predicates-all")
    await view.fill("#graph-confidence", "0.6")
    await edges(view, 3)
    await expect(view.locator("#graph-confidence-output")).to_have_text("0.60")
    await view.click("#graph-list summary")
    await expect(view.locator("#graph-rows tr")).to_have_count(3)
    await expect(view.locator("#graph-rows tr[data-negated=true]")).to_contain_text("not fears")
    # A filter stays when facts come.
    await view.evaluate(ADD, [name, [("e", "likes", "a", 0.2), ("e", "likes", "b", 0.7)], ""])
    await edges(view, 4)
    await expect(view.locator("#graph-status")).to_have_text("Showing 4 of 6 facts (2 filtered out)")


@pytest.mark.one_browser
async def test_nodes_keep_their_places_on_the_canvas_when_facts_come_and_go(view, name):
    await add(view, name, [("a", "next", "b"), ("b", "next", "c"), ("c", "next", "a"), ("c", "next", "d")])
    before = await focus(view, "a")
    await view.click("#graph-zoom-in")  # from now on the picture is the person's
    before = await focus_at(view)
    await add(view, name, [("d", "next", "e")])
    after = await focus_at(view)
    assert math.dist(before, after) < 40
    await view.evaluate(
        """async (name) => {
            const { open } = await import("./pramana.js");
            const memory = await open(name);
            await memory.graph.retract({ object: "e" });
            await memory.close();
        }""",
        name,
    )
    await edges(view, 4)
    await view.wait_for_function(SETTLED)
    assert await focus_at(view) == pytest.approx(after, abs=0.01)


async def test_a_proof_is_lit_in_the_graph_and_the_rest_is_dimmed(view):
    await view.click("#tab-knowledge")
    await view.click("#try-example")
    await expect(view.locator("#answer .verdict")).to_have_attribute("data-verdict", "false")
    await view.click("#ask-graph-open")
    await expect(view.locator("#tab-graph")).to_have_attribute("aria-selected", "true")
    await expect(view.locator("#graph-lit-text")).to_have_text(
        "Why JWT is not safe: 3 facts and 4 that follow"
    )
    await expect(view.locator("#graph-canvas")).to_have_attribute("data-lit", "7")
    await edges(view, 11)
    await view.wait_for_function(SETTLED)
    dimmed = await focus(view, "Padding oracle")
    lit = await focus(view, "account takeover")
    await view.locator("#graph-picture").press("Escape")
    await expect(view.locator("#graph-canvas")).to_have_attribute("data-lit", "0")
    await expect(view.locator("#graph-lit")).to_be_hidden()
    assert dimmed != lit


@one_browser
@pytest.mark.one_browser
async def test_a_path_is_lit_as_its_facts(modules):
    fact = {
        "subject": "a",
        "predicate": "next",
        "object": "b",
        "negated": False,
        "id": "f1",
        "confidence": 0.5,
    }
    path = {
        "terms": ["b", "a"],
        "steps": [{"fact": {**fact, "derived": False}, "forward": False}],
        "confidence": 0.5,
    }
    evidence = await modules.evaluate(
        """async (path) => {
            document.documentElement.lang ??= "en";
            const { evidenceOf, describeEvidence } = await import("/graph/evidence.js");
            const evidence = evidenceOf(path);
            return [describeEvidence(evidence), evidence.stated];
        }""",
        path,
    )
    assert evidence == ["From b to a: 1 fact", [{**fact, "derived": False}]]


@one_browser
async def test_whoever_wants_less_motion_sees_the_layout_when_it_is_settled(context, explorer, name):
    counts = {}
    for motion in ("reduce", "no-preference"):
        page = await context.new_page()
        await page.emulate_media(reduced_motion=motion)
        assert await page.evaluate(CALM) == (motion == "reduce")
        await page.add_init_script(
            """window.positions = 0;
            window.Worker = class extends Worker {
                constructor(url, options) {
                    super(url, options);
                    if (String(url).endsWith("/layout.js"))
                        this.addEventListener("message", () => { window.positions++; });
                }
            };"""
        )
        await page.goto(f"{explorer.url}/?db={quote(name)}&view=graph")
        await page.wait_for_function(READY)
        await page.wait_for_function(SETTLED)
        before = await page.evaluate("window.positions")
        facts = [(f"{motion} {i}", "next", f"{motion} {i * 7 % 150}") for i in range(1, 150)]
        await add(page, name, facts)
        counts[motion] = await page.evaluate("window.positions") - before
        await page.close()
    assert counts["reduce"] == 1
    assert counts["no-preference"] > 1


# -------------------------------------------------------------------------------------------------------------- packs

PACK = """# name: birds
# licence: CC0-1.0
subject,predicate,object,confidence
robin,is,bird,1
bird,has,wings,0.9
"""
RULES = "(?x is ?y) & (?y has ?z) => (?x has ?z)"


def file(name: str, text: str) -> dict:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


async def test_a_pack_is_loaded_from_files_listed_and_removed(view):
    await view.click("#graph-pack-first")
    await view.click("#pack-load")
    await expect(view.locator("#pack-problem")).to_contain_text("Choose the file")
    await view.set_input_files("#pack-facts", file("birds.csv", PACK.replace("# licence: CC0-1.0\n", "")))
    await expect(view.locator("#pack-name")).to_have_value("birds")
    await view.click("#pack-load")
    await expect(view.locator("#pack-problem")).to_contain_text("A licence is needed")
    await expect(view.locator("#pack-licence")).to_be_focused()
    await view.set_input_files("#pack-facts", file("birds.csv", PACK + "wings,are\n"))
    await expect(view.locator("#pack-licence")).to_have_value("CC0-1.0")
    await view.click("#pack-load")
    await expect(view.locator("#pack-problem")).to_contain_text("birds.csv, line 6:")
    await view.check("#pack-skip")
    await view.set_input_files("#pack-rules", file("birds.rules", RULES))
    await view.click("#pack-load")
    await expect(view.locator("#pack-dialog")).to_be_hidden()
    await expect(view.locator(".toast")).to_contain_text("birds: 2 facts and 1 rule; 1 line was left out")
    await edges(view, 2)
    await expect(view.locator("#packs [data-pack=birds]")).to_contain_text("CC0-1.0")
    await view.check("#graph-derived")
    await edges(view, 3)
    await focus(view, "wings")
    await expect(view.locator("#graph-focused")).to_contain_text("in birds, CC0-1.0")
    await view.get_by_role("button", name="Remove: birds").click()
    await expect(view.locator("#graph-empty")).to_be_visible()
    await expect(view.locator("#packs [data-pack]")).to_have_count(0)


@pytest.mark.one_browser
async def test_dropped_files_open_the_dialog_and_the_sample_is_offered_where_the_site_has_it(view):
    await view.evaluate(
        """([facts, rules]) => {
            const dropped = new DataTransfer();
            dropped.items.add(new File([rules], "birds.rules"));
            dropped.items.add(new File([facts], "birds.csv"));
            const event = new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true });
            document.querySelector("#view-graph").dispatchEvent(event);
        }""",
        [PACK, RULES],
    )
    await expect(view.locator("#pack-dialog")).to_be_visible()
    await expect(view.locator("#pack-name")).to_have_value("birds")
    chosen = "(inputs) => inputs.map((input) => input.files[0]?.name)"
    assert await view.locator("#pack-form [type=file]").evaluate_all(chosen) == ["birds.csv", "birds.rules"]
    await view.click("#pack-cancel")
    await expect(view.locator("#pack-dialog")).to_be_hidden()
    await view.click("#graph-offers button")
    await expect(view.locator("#packs [data-pack=web-security]")).to_be_visible()
    assert int(await view.get_attribute("#graph-canvas", "data-edges") or 0) > 100
