"""The built site under a Content-Security-Policy: the one that the README gives, and one without WebAssembly."""

from __future__ import annotations

import pytest

from .site_server import Site

DOCUMENTED = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; "
    "style-src 'self'; img-src 'self'; manifest-src 'self'"
)
OPEN = """async () => {
    const { open } = await import("/pramana.js");
    try {
        const memory = await open("policy", { offline: false });
        const id = await memory.storePattern({ task_description: "kept under a policy" });
        const [hit] = await memory.findSimilar("kept under a policy");
        await memory.close();
        return { found: hit.pattern.id === id };
    } catch (error) {
        return { code: error.code, message: error.message };
    }
}"""


@pytest.fixture
def served_under(served: Site, request: pytest.FixtureRequest) -> Site:
    served.headers["Content-Security-Policy"] = request.param
    return served


@pytest.mark.parametrize("served_under", [DOCUMENTED], indirect=True)
async def test_the_documented_policy_is_enough(served_under: Site, visit):
    page = await visit()
    assert await page.evaluate(OPEN) == {"found": True}


@pytest.mark.parametrize("served_under", ["default-src 'self'"], indirect=True)
async def test_a_policy_against_webassembly_is_named(served_under: Site, visit):
    page = await visit()
    refused = await page.evaluate(OPEN)
    assert refused["code"] == "boot_failed"
    assert "'wasm-unsafe-eval'" in refused["message"]
