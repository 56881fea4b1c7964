"""`reason()` and WordNet in Chromium, from the page: the same data and questions as natively."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Playwright

from . import native_reason, native_wordnet, wordnet
from .closure_peer import peak_bytes
from .timing import summary

REPEATS = 1_000
"""Of a remembered answer, and of an empty message to an empty worker and back."""

LATENCY = """async ([factsUrl, packUrl, questions, repeats]) => {
  const { open } = await import("/pramana.js");
  const [facts, csv, rules] = await Promise.all([
    fetch(factsUrl).then((response) => response.json()),
    ...["csv", "rules"].map((part) => fetch(`${packUrl}.${part}`).then((response) => response.text())),
  ]);
  const memory = await open(`reason-${facts.length}`, { offline: false });
  await memory.graph.addPack(csv, { rules });
  await memory.graph.addMany(facts);
  const asked = async (question) => {
    const start = performance.now();
    const answer = await memory.reason(question);
    return { ms: performance.now() - start, ...answer };
  };
  const answers = [];
  for (const question of questions) answers.push(await asked(question));
  const script = URL.createObjectURL(new Blob(["onmessage = ({ data }) => postMessage(data);"]));
  const worker = new Worker(script);
  const echo = () => new Promise((resolve) => { worker.onmessage = resolve; worker.postMessage(null); });
  await echo();
  const last = questions.at(-1);
  const cached = [];
  const echoed = [];
  let again = await memory.reason(last);
  for (let i = 0; i < repeats; i++) {
    again = await asked(last);
    cached.push(again.ms);
    const start = performance.now();
    await echo();
    echoed.push(performance.now() - start);
  }
  worker.terminate();
  const stats = await memory.cacheStats();
  await memory.close();
  return { answers, cached, echoed, again, hits: stats.hits };
}"""

IMPORT = """async ([factsUrl, rulesUrl]) => {
  const { open } = await import("/pramana.js");
  const [facts, rules] = await Promise.all([factsUrl, rulesUrl].map(async (url) => (await fetch(url)).text()));
  const memory = await open("wordnet", { offline: false });
  const start = performance.now();
  const { pack } = await memory.graph.addPack(facts, { rules });
  const ms = performance.now() - start;
  await memory.close();
  return { facts: pack.facts, import_ms: ms };
}"""

REOPEN = """async ([questions]) => {
  const { open } = await import("/pramana.js");
  const memory = await open("wordnet", { offline: false });
  const opened = performance.now();
  const times = [];
  const verdicts = [];
  for (const question of [...questions, questions[0]]) {
    const start = performance.now();
    verdicts.push((await memory.reason(question)).verdict);
    times.push(performance.now() - start);
  }
  const { size_bytes } = await memory.stats();
  return { open_ms: opened, times, verdicts: verdicts.slice(0, -1), size_bytes };
}"""


async def latency(
    playwright: Playwright, browser: dict[str, Any], origin: str, folder: Path, tiny: bool
) -> Any:
    """Cold, warm and remembered answers, and an empty round trip to a worker in between."""
    asked = native_reason.questions()[:4] if tiny else native_reason.questions()
    rows = []
    for triples in native_reason.sizes(tiny):
        print(f"page: reasoning among {triples:,}", file=sys.stderr)
        (folder / "reason.json").write_text(json.dumps(native_reason.facts(triples)))
        running = await playwright.chromium.launch(**browser)
        page = await running.new_page()
        await page.goto(f"{origin}/bench/blank.html")
        arguments = ["/data/reason.json", "/packs/web-security", asked, 20 if tiny else REPEATS]
        got = await page.evaluate(LATENCY, arguments)
        await running.close()
        first, *others = got["answers"]
        wrong = native_reason.not_remembered(got["again"])
        if got["hits"] < len(got["cached"]):
            wrong.append(f"{got['hits']} hits counted of {len(got['cached'])}")
        figure = native_reason.figures(triples, first["ms"], others, got["cached"])
        rows.append(figure | {"echo": summary(got["echoed"]), "disagreements": wrong})
    return rows


def renderer_peak(profile: str) -> int:
    """The most memory that the largest renderer of the browser on this profile has had resident: the page's."""
    children: dict[int, list[int]] = {}
    commands = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended
            commands[int(process.name)] = (process / "cmdline").read_bytes().decode(errors="replace")
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(process.name))
    family = [pid for pid, command in commands.items() if f"--user-data-dir={profile}" in command]
    for pid in family:  # grows
        family += [child for child in children.get(pid, []) if child not in family]
    return max(peak_bytes(pid) for pid in family if "--type=renderer" in commands[pid])


async def words(
    playwright: Playwright, browser: dict[str, Any], origin: str, folder: Path, tiny: bool
) -> Any:
    """WordNet: import, then in a browser started anew, opening and questions; or why not."""
    found = wordnet.pack(tiny, folder)
    if found is None:
        return {"not_measured": wordnet.ABSENT}
    print("page: WordNet", file=sys.stderr)
    if not tiny:
        shutil.copy(found.facts, folder)
        shutil.copy(found.rules, folder)
    with tempfile.TemporaryDirectory() as profile:

        async def visit(script: str, arguments: list[Any]) -> Any:
            context = await playwright.chromium.launch_persistent_context(profile, **browser)
            try:
                page = await context.new_page()
                await page.goto(f"{origin}/bench/blank.html")
                result = await page.evaluate(script, arguments)
                return {**result, "peak_bytes": renderer_peak(profile)}
            finally:
                await context.close()

        stored = await visit(IMPORT, ["/data/wordnet.csv", "/data/wordnet.rules"])
        asked = await visit(REOPEN, [found.questions])
    return native_wordnet.figures(stored, asked, found) | {"size_bytes": asked["size_bytes"]}
