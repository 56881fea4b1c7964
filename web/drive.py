"""Drives the explorer once through its main job in headless Chromium, and prints what it stored and found.

    python web/drive.py [--port 8765] [--screenshot out/explorer.png]

It loads the samples through the page's own button, searches, takes a picture, stops the server, reloads, and looks
whether everything is still there. What it relies on in the page is listed at the head of explorer/explorer.js.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
QUERIES = [
    "Build an API endpoint",
    "a test that sometimes fails for no reason",
    "memory keeps growing until the server crashes",
]
SHOWN = 3
START_TIMEOUT_S = 120
ANSWER_TIMEOUT_S = 30


class DriveError(Exception):
    """The page did not do what it should; the message is for people."""


@dataclass(frozen=True)
class Found:
    """One hit, as the page shows it."""

    title: str
    strategy: str
    score: str
    similarity: str


class Server:
    """web/serve.py in a process of its own, so that stopping it ends every connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start serving, and wait until it does."""
        command = [sys.executable, str(ROOT / "web/serve.py"), "--port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            self._process.wait()
            raise DriveError(f"the server did not start on port {self.port}")

    def stop(self) -> None:
        """Stop serving; nothing answers any more when this returns."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None


@contextmanager
def explorer(address: str) -> Iterator[Page]:
    """Open Chromium with an empty profile on disk: off the record, nothing would be kept."""
    if not Path(CHROMIUM).exists():
        raise DriveError(f"{CHROMIUM} is not there: run ./build.sh setup")
    with tempfile.TemporaryDirectory(prefix="pramana-") as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            viewport={"width": 1280, "height": 860},
            base_url=address,
        )
        try:
            page = context.pages[0]
            page.on("pageerror", lambda error: print(f"  in the page: {error}", file=sys.stderr))
            yield page
        finally:
            context.close()


def wait_until_ready(page: Page) -> None:
    """Wait for the first listing; say what the page says if it does not come."""
    page.wait_for_selector(
        'html[data-state="ready"], html[data-state="error"]',
        state="attached",
        timeout=START_TIMEOUT_S * 1000,
    )
    if page.get_attribute("html", "data-state") == "error":
        raise DriveError(f"the page did not start: {page.inner_text('#boot-text')}")


def wait_until_kept(page: Page) -> None:
    """Wait until the page says that it is kept for offline use, which happens in the service worker's own time."""
    page.wait_for_function(
        """() => /^(this page works offline|not kept: )/.test(
            document.querySelector("#status [data-status=offline]").textContent)""",
        timeout=START_TIMEOUT_S * 1000,
    )
    said = page.text_content("#status [data-status=offline]") or ""
    if said.startswith("not kept"):
        raise DriveError(f"the page is {said}")


def stored(page: Page) -> int:
    """How many memories the page says it holds."""
    return int(page.text_content("#count") or 0)


def load_samples(page: Page) -> int:
    """Have the page store its samples; return how many it then holds."""
    page.click("#load-samples")
    page.wait_for_selector("#empty", state="hidden", timeout=START_TIMEOUT_S * 1000)
    return stored(page)


def categories(page: Page) -> dict[str, int]:
    """The counts on the filter's buttons, by category."""
    chips = page.query_selector_all('#categories [data-category]:not([data-category=""])')
    counts = {}
    for chip in chips:
        count = chip.query_selector(".chip-count")
        counts[chip.get_attribute("data-category") or ""] = int((count.text_content() if count else "") or 0)
    return counts


def search(page: Page, query: str) -> list[Found]:
    """Type a query and return the best hits shown for it."""
    page.fill("#search", query)
    page.wait_for_function(
        "query => document.documentElement.dataset.query === query",
        arg=query,
        timeout=ANSWER_TIMEOUT_S * 1000,
    )

    def text(selector: str, place: int) -> str:
        return (
            page.locator("#results li.hit").nth(place).locator(selector).first.text_content() or ""
        ).strip()

    shown = min(SHOWN, page.locator("#results li.hit").count())
    if shown == 0:
        raise DriveError(f"nothing was found for {query!r}")
    return [
        Found(
            *(text(name, place) for name in (".hit-title", ".hit-strategy", ".hit-score", ".hit-similarity"))
        )
        for place in range(shown)
    ]


def print_stored(counts: dict[str, int], total: int) -> None:
    """Print a table of what is stored."""
    print(f"\n  stored          memories\n  {'-' * 24}")
    for name, count in sorted(counts.items()):
        print(f"  {name:<16}{count:>8}")
    print(f"  {'-' * 24}\n  {'together':<16}{total:>8}\n")


def fit(text: str, width: int) -> str:
    """Pad to a width, with an ellipsis in place of what is too much."""
    return f"{text if len(text) < width else text[: width - 2] + '…':<{width}}"


def print_found(answers: dict[str, list[Found]]) -> None:
    """Print a table of the best hits of each query."""
    print(f"  {'found':<46}{'strategy':<44}{'score':>6}{'similarity':>12}\n  {'-' * 108}")
    for query, hits in answers.items():
        print(f"  “{query}”")
        for hit in hits:
            print(f"    {fit(hit.title, 44)}{fit(hit.strategy, 44)}{hit.score:>6}{hit.similarity:>12}")
    print()


def drive(page: Page, server: Server, screenshot: Path) -> None:
    """The main job, from the empty page to the reload without a server."""
    began = time.monotonic()
    page.goto("/")
    wait_until_ready(page)
    print(f"  the page was ready after {time.monotonic() - began:.1f} s")
    total = load_samples(page)
    print_stored(categories(page), total)
    answers = {query: search(page, query) for query in QUERIES}
    print_found(answers)
    screenshot.parent.mkdir(parents=True, exist_ok=True)
    page.mouse.move(0, 0)
    page.wait_for_selector("#toasts .toast", state="detached", timeout=ANSWER_TIMEOUT_S * 1000)
    page.screenshot(path=screenshot)
    print(f"  a picture of the page: {screenshot}")

    wait_until_kept(page)
    server.stop()
    page.reload()
    wait_until_ready(page)
    if stored(page) != total:
        raise DriveError(f"{total} memories were stored, {stored(page)} are there after the reload")
    if search(page, QUERIES[0]) != answers[QUERIES[0]]:
        raise DriveError("after the reload the same query finds something else")
    print(f"  reloaded with the server stopped: all {total} memories are there, and found as before")
    server.start()
    page.reload()
    wait_until_ready(page)


def main() -> int:
    """Drive, and say in one line what went wrong if something did."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--screenshot", type=Path, default=ROOT / "out/explorer.png")
    options = parser.parse_args()
    server = Server(options.port)
    try:
        server.start()
        with explorer(f"http://localhost:{options.port}/") as page:
            drive(page, server, options.screenshot)
    except (DriveError, Error) as error:
        print(f"drive.py: {error}", file=sys.stderr)
        return 1
    finally:
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
