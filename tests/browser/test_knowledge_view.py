"""The explorer's view of what is known, used as people use it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect

from .site_server import Site

expect.set_options(timeout=20_000)  # of a busy machine

READY = "document.documentElement.dataset.knowledge === 'ready'"
one_browser = pytest.mark.parametrize("context", ["chromium"], indirect=True)
"""For what no browser does otherwise than another."""
BROKEN = 'Rex is a dog.\n(rex likes "🦖")\nRex might be red.\n(?x likes ?y) => (?x fond_of ?y)'


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
    await page.goto(f"{explorer.url}/?db={quote(name)}&view=knowledge")
    await page.wait_for_function(READY)
    yield page
    await page.close()


async def tell(page: Page, text: str) -> None:
    """Tell something that is accepted, and wait until the lists show it."""
    await page.fill("#telling", text)
    await page.click("#tell")
    await expect(page.locator("#telling")).to_have_value("")
    await expect(page.locator(".toast")).to_contain_text("Stored")


async def test_a_refused_sentence_is_marked_at_its_place_and_replaced_by_the_nearest_form(view):
    await view.fill("#telling", BROKEN)
    await view.click("#tell")
    mark = view.locator("#telling-copy mark")
    await expect(mark).to_have_text("Rex might be red.")
    box = view.locator("#telling")
    await expect(box).to_be_focused()
    await expect(box).to_have_attribute("aria-invalid", "true")
    assert (
        await box.evaluate("box => box.selectionStart") == BROKEN.index("Rex might") + 1
    )  # an emoji is two units
    await expect(view.locator("#telling-problem")).to_contain_text("Nothing was stored.")
    assert await view.get_attribute("html", "data-facts") == "0"
    # The mark lies under its text, to the pixel.
    widths = "[...document.querySelectorAll('#telling, #telling-copy')].map((one) => one.clientWidth)"
    assert len(set(await view.evaluate(widths))) == 1
    nearest = view.locator("#telling-problem .nearest")
    form = await nearest.text_content() or ""
    assert form
    await nearest.click()
    await expect(box).to_have_value(BROKEN.replace("Rex might be red.", form))
    await expect(mark).to_have_count(0)
    await expect(box).not_to_have_attribute("aria-invalid", "true")


@one_browser
@pytest.mark.one_browser
async def test_a_refused_formula_is_marked_and_what_stands_before_it_is_stored(view):
    text = "(rex likes bone) @0.5\n(?x likes ?y) => (?y likes ?z)\n(rex likes ball)\nRex is a dog."
    await view.fill("#telling", text)
    await view.click("#tell")
    await expect(view.locator("#telling-copy mark")).to_have_text("?z)")
    await expect(view.locator("#telling-problem")).to_contain_text("Stored: the sentences and the facts.")
    await expect(view.locator("#telling")).to_have_value(text)
    await expect(view.locator("html")).to_have_attribute("data-facts", "3")
    await tell(view, text.replace("?z", "?x"))
    await expect(view.locator("html")).to_have_attribute("data-facts", "3")
    await expect(view.locator("#facts .entry")).to_have_count(3)
    await expect(view.locator("#facts .entry").filter(has_text="bone")).to_contain_text("0.50")


@one_browser
@pytest.mark.one_browser
async def test_a_refused_fact_is_marked_and_none_is_stored(view):
    await view.fill("#telling", "(rex likes bone)\n(rex likes ball) @2 # too much\n(rex likes meat)")
    await view.click("#tell")
    await expect(view.locator("#telling-copy mark")).to_have_text("(rex likes ball) @2 # too much")
    await expect(view.locator("#telling-problem")).to_contain_text("confidence")
    await expect(view.locator("#telling-problem")).to_contain_text("Nothing was stored.")
    assert await view.get_attribute("html", "data-facts") == "0"


async def test_a_fact_is_retracted_and_brought_back_and_the_list_is_filtered(view):
    await tell(
        view, "(jwt vulnerable_to forgery) @0.5\nEverything that is vulnerable to forgery is critical."
    )
    await view.check("#fact-derived")
    derived = view.locator("#facts .entry[data-derived=true]")
    await expect(derived).to_contain_text("jwt is critical")
    await view.get_by_role("button", name="Retract: jwt vulnerable to forgery").click()
    await expect(view.locator("#facts .entry")).to_have_count(0)
    await view.get_by_role("button", name="Undo").click()
    await expect(view.locator("#facts .entry")).to_have_count(2)
    await expect(derived).to_contain_text("0.50")
    await view.fill("#fact-subject", "JWT")
    await view.fill("#fact-predicate", "vulnerable to")
    await expect(view.locator("#facts .entry")).to_have_count(1)
    await view.fill("#fact-subject", "somebody else")
    await expect(view.locator("#facts .entry")).to_have_count(0)
    await expect(view.locator("#facts-nothing")).to_contain_text("Nothing is known of this form")
    # A variable stands for anything, and what cannot be looked for is said where it is looked for.
    await view.fill("#fact-subject", "?x")
    await expect(view.locator("#facts .entry")).to_have_count(1)
    await view.fill("#fact-subject", "x" * 20_000)
    await expect(view.locator("#facts-nothing")).to_contain_text("characters")
    await expect(view.locator(".toast[data-kind=error]")).to_have_count(0)
    # The corner tells memories and facts apart.
    await expect(view.locator("[data-status=facts]")).to_have_text("1")
    await expect(view.locator("#status > div").filter(has_text="Memories")).to_contain_text("0")


@one_browser
@pytest.mark.one_browser
async def test_a_rule_is_removed_and_brought_back(view):
    await tell(view, "Socrates is a human. Every human is mortal.")
    await view.click("#tab-rules")
    await view.get_by_role("button", name="Remove: Every human is mortal.").click()
    await expect(view.locator("#rules .entry")).to_have_count(0)
    await expect(view.locator("#rules-nothing")).to_be_visible()
    await view.get_by_role("button", name="Undo").click()
    await expect(view.locator("#rules .entry")).to_contain_text("Every human is mortal.")
    # What was said of one view does not follow into another.
    await expect(view.locator(".toast")).to_have_text("Undone.")
    await view.focus("#tab-knowledge")
    await view.keyboard.press("ArrowLeft")
    await expect(view.locator("#question")).to_be_visible()
    await expect(view.locator(".toast")).to_have_count(0, timeout=1_000)  # long before it goes by itself
    await view.keyboard.press("ArrowLeft")
    await expect(view.locator("#search")).to_be_visible()
    assert "view=" not in view.url


@one_browser
@pytest.mark.one_browser
async def test_contradictions_are_counted_as_what_they_are_and_declared(view):
    badge = view.locator("#conflicts-count")
    await tell(view, "Rex is red.")
    await expect(badge).to_have_text("0")
    await tell(view, "Rex is not red.")
    await expect(badge).to_have_text("1 settled")
    await view.click("#tab-conflicts")
    superseded = view.locator("#conflicts .entry[data-status=superseded]")
    await expect(superseded.locator("[data-age=newer]")).to_contain_text("Rex is not red")
    await expect(superseded.locator("[data-age=older]")).to_contain_text("Rex is red")
    await view.click("#declare")
    await expect(view.locator("#declare-problem")).to_contain_text("Name the predicate")
    await expect(view.locator("#declare-predicate")).to_be_focused()
    await view.fill("#declare-predicate", "born in")
    await view.click("#declare")
    declared = view.locator("#declarations .entry")
    await expect(declared).to_contain_text("“born in” has one value only")
    await expect(view.locator("#declare-predicate")).to_have_value("")
    await tell(view, "(rex born_in ulm)")
    await tell(view, "(rex born_in bern)")
    await expect(badge).to_have_text("2 settled")
    # Classes that exclude each other, and something that follows to be of both: neither is newer.
    await view.fill("#declare-predicate", "cat")
    await view.select_option("#declare-kind", "disjoint")
    await view.click("#declare")
    await expect(view.locator("#declare-other")).to_be_focused()
    await view.fill("#declare-other", "dog")
    await view.press("#declare-other", "Enter")
    await expect(declared).to_have_count(2)
    await expect(view.locator("#declare-other")).to_be_hidden()
    await tell(view, "Tom is a pet. Every pet is a cat. Every pet is a dog.")
    await expect(badge).to_have_text("1 open")
    await view.get_by_role("button", name="Remove: “cat” and “dog” are never both so").click()
    await expect(declared).to_have_count(1)
    await expect(badge).to_have_text("2 settled")


async def test_facts_found_in_a_text_wait_until_they_are_accepted(view):
    await tell(view, "Socrates is a human.")
    await view.click("#tab-proposals")
    await view.fill("#extract-text", "Weak algorithms such as HS256 and MD5 are rejected.")
    await view.click("#extract")
    entries = view.locator("#proposals .entry")
    await expect(entries).to_have_count(2)
    await view.get_by_role("button", name="Accept: HS256").click()
    await expect(entries).to_have_count(1)
    await expect(view.locator("html")).to_have_attribute("data-facts", "2")
    await entries.get_by_role("button", name="Reject").click()
    await expect(view.locator("#proposals-nothing")).to_be_visible()
    await expect(view.locator("html")).to_have_attribute("data-facts", "2")
    await expect(view.locator("#proposals")).to_be_focused()


async def test_a_long_list_comes_in_pages_and_the_view_stays_after_a_reload(view):
    await tell(view, "\n".join(f"(n{i} next n{i + 1})" for i in range(60)))
    await expect(view.locator("#facts .entry")).to_have_count(50)
    await view.click("#facts-more")
    await expect(view.locator("#facts .entry")).to_have_count(60)
    await expect(view.locator("#facts-more")).to_be_hidden()
    await expect(view.locator("#facts .entry").nth(50).get_by_role("button").first).to_be_focused()
    await view.reload()
    await view.wait_for_function(READY)
    await expect(view.locator("#facts .entry")).to_have_count(50)
    await expect(view.locator("#facts .entry").first).to_contain_text("n59 next n60")
    await view.fill("#fact-predicate", "next")
    await expect(view.locator("#facts .entry").first).to_contain_text("n0 next n1")
    await expect(view.locator("#facts .entry")).to_have_count(50)
    await view.click("#facts-more")
    await expect(view.locator("#facts .entry")).to_have_count(60)


# Text, the sentences in it where they are compared, and its formulas with the facts that they are.
PROGRAMS = [
    ("A is a b. C is a d.", "A is a b. C is a d.", []),
    ("(a p b) @0.5 # why", " " * 18, [["(a p b) @0.5 # why", ["a", "p", "b", False, 0.5]]]),
    ('not (a "p q")', " " * 13, [['not (a "p q")', ["a", "p q", None, True, 1]]]),
    (
        '("say \\"a # b\\"" p b)',
        " " * 21,
        [['("say \\"a # b\\"" p b)', ['say "a # b"', "p", "b", False, 1]]],
    ),
    ("# a b => c\nA is b.", " " * 10 + "\nA is b.", []),
    (
        "(?x p ?y) &\n (?y q ?z)\n=> (?x r ?z)\nA is b.",
        None,
        [["(?x p ?y) &\n (?y q ?z)\n=> (?x r ?z)", None]],
    ),
    ("?a > 3 & (?x p ?a) => (?x big)", " " * 30, [["?a > 3 & (?x p ?a) => (?x big)", None]]),
    (
        '(a p\nb)\n(c "🦖" d)',
        None,
        [["(a p\nb)", ["a", "p", "b", False, 1]], ['(c "🦖" d)', ["c", "🦖", "d", False, 1]]],
    ),
    ("A is b.\n\n(a p b", None, [["(a p b", None]]),
    ("A is b\n(a p b)\nC is d.", "A is b\n.      \nC is d.", [["(a p b)", ["a", "p", "b", False, 1]]]),
]


@one_browser
@pytest.mark.one_browser
async def test_formulas_are_told_apart_from_sentences(context, explorer):
    page = await context.new_page()
    await page.goto(f"{explorer.url}/icon.svg")
    for text, sentences, formulas in PROGRAMS:
        found = await page.evaluate(
            """async (text) => {
                const { split } = await import("/program.js");
                const { sentences, formulas } = split(text);
                return { sentences, formulas: formulas.map(({ start, end, text: own, fact }) => [own, fact &&
                    [fact.subject, fact.predicate, fact.object, fact.negated, fact.confidence], start, end]) };
            }""",
            text,
        )
        assert [one[:2] for one in found["formulas"]] == formulas
        units = text.encode("utf-16-le")
        for own, _, start, end in found["formulas"]:
            assert units[2 * start : 2 * end].decode("utf-16-le") == own
        # A place in the sentences is the same place in the text.
        assert len(found["sentences"]) == len(text)
        if sentences is not None:
            assert found["sentences"] == sentences
    await page.close()
