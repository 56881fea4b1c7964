"""The built site under the policies that docs/recipes.md gives, and with each of their directives taken away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .recipes import policy
from .site_server import Site

OPEN = """async ([url, offline]) => {
    try {
        const { open } = await import(url);
        const memory = await open("policy", { offline });
        const id = await memory.storePattern({ task_description: "kept under a policy" });
        const [hit] = await memory.findSimilar("kept under a policy");
        const status = await memory.offline;
        await memory.close();
        return { found: hit.pattern.id === id, ready: status.ready };
    } catch (error) {
        return { code: error.code, message: error.message, directive: error.details?.directive };
    }
}"""
CDN = "https://cdn.example"
in_chromium = pytest.mark.parametrize("context", ["chromium"], indirect=True)


async def opened(visit, site: Site, header: str, library: str = "", *, offline: bool = False):
    site.headers["Content-Security-Policy"] = header
    page = await visit()
    return await page.evaluate(OPEN, [f"{library}/pramana.js", offline])


def without(header: str, directive: str, source: str = "") -> str:
    """The policy without a directive, or without one of its sources."""
    parts = [part.split() for part in header.split(";")]
    assert any(part[0] == directive and (not source or source in part) for part in parts)
    kept = [[word for word in part if word != source] if part[0] == directive else part for part in parts]
    return "; ".join(" ".join(part) for part in kept if source or part[0] != directive)


async def test_the_documented_policy_is_enough_offline_too(served, visit):
    assert await opened(visit, served, policy("policy.txt"), offline=True) == {"found": True, "ready": True}


@pytest.mark.parametrize(
    ("taken", "named"),
    [
        (("script-src", "'wasm-unsafe-eval'"), "add 'wasm-unsafe-eval' to its script-src"),
        (("connect-src",), "add 'self' to its connect-src"),
    ],
)
async def test_what_pramana_needs_of_a_policy_is_named_when_it_is_missing(served, visit, taken, named):
    refused = await opened(visit, served, without(policy("policy.txt"), *taken))
    assert refused["code"] == "boot_failed"
    assert named in refused["message"]


async def test_a_policy_against_workers_is_named(served, visit):
    refused = await opened(visit, served, policy("policy.txt") + "; worker-src 'none'")
    assert (refused["code"], refused["directive"]) == ("boot_failed", "worker-src")
    assert "add 'self' to its worker-src" in refused["message"]


async def violations(visit, header: str, served: Site) -> list[str]:
    """The directives that the explorer hurts until its memory is open."""
    served.headers["Content-Security-Policy"] = header
    page = await visit()
    await page.add_init_script(
        """window.hurt = [];
        addEventListener("securitypolicyviolation", (event) => hurt.push(event.effectiveDirective));"""
    )
    await page.goto(f"{served.url}/")
    # Not `wait_for_function`, which is an eval that the policy forbids.
    await page.wait_for_selector("html[data-state=ready]", state="attached")
    return sorted(set(await page.evaluate("hurt")))


@in_chromium
async def test_the_explorer_stays_within_the_documented_policy(served, visit):
    assert await violations(visit, policy("policy.txt"), served) == []


@in_chromium
async def test_the_explorer_needs_the_rest_of_the_documented_policy(served, visit):
    header = policy("policy.txt")
    for directive in ("style-src", "img-src", "manifest-src"):
        header = without(header, directive)
    # Of a manifest, browsers without a window do not ask.
    assert set(await violations(visit, header, served)) - {"manifest-src"} == {"style-src-elem", "img-src"}


@pytest.fixture
def library(dist_web: Path) -> Iterator[Site]:
    """Another origin that serves Pramana."""
    running = Site({"/": dist_web}, headers={"Access-Control-Allow-Origin": "*"})
    running.start()
    yield running
    running.stop()


async def test_the_documented_policy_for_another_origin_is_enough(served, visit, library):
    header = policy("policy-cdn.txt", {CDN: library.url})
    found = await opened(visit, served, header, library.url, offline=True)
    assert found == {"found": True, "ready": False}


@in_chromium
@pytest.mark.parametrize(
    ("taken", "named"),
    [
        (("worker-src", "blob:"), "add blob: to its worker-src"),
        (("worker-src", CDN), f"worker-src blob: {CDN}"),
        (("connect-src",), f"add {CDN} to its connect-src"),
        (("script-src", "'wasm-unsafe-eval'"), "add 'wasm-unsafe-eval' to its script-src"),
    ],
)
async def test_what_is_missing_in_a_policy_for_another_origin_is_named(served, visit, library, taken, named):
    header = without(policy("policy-cdn.txt"), *taken).replace(CDN, library.url)
    refused = await opened(visit, served, header, library.url)
    assert refused["code"] == "boot_failed"
    assert named.replace(CDN, library.url) in refused["message"]


@in_chromium
async def test_a_server_that_does_not_let_other_origins_in_is_named(served, visit, library):
    library.headers.clear()
    page = await visit()
    message = await page.evaluate(
        """async (url) => {
            const script = Object.assign(document.createElement("script"), { src: url });
            const loaded = new Promise((resolve) => (script.onload = resolve));
            document.head.append(script);
            await loaded;
            return Pramana.open("x").then(() => "opened", (error) => error.message);
        }""",
        f"{library.url}/pramana.global.js",
    )
    assert "Access-Control-Allow-Origin" in message
