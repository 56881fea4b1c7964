/**
 * The explorer: one page over one memory. This module opens it and joins the parts of the page. What the other views
 * offer to tests is listed at the heads of ask/view.js, knowledge.js and graph/view.js.
 *
 * What tests and drivers may rely on:
 * - `?db=name` names the database, "explorer" by default; `?view=` the view, and `#views [data-tab]` choose it.
 * - `<html data-state>` is "booting", "ready" (the first listing is shown) or "error".
 * - `<html data-query>` is the query whose results are shown, "" for the listing of the newest.
 * - `#search`; `#results` holds `li.hit[data-id]` with `.hit-title`, `.hit-strategy`, `.hit-category` and, for hits of
 *   a search, `.hit-score`, `.hit-similarity`, `.parts [data-part]` and `[data-part="exact"]` where the text is equal.
 * - `#count` is the number of all memories, as digits; `#count-share` is "15 of " while a category is chosen.
 * - `#load-samples`, `#add`, `#export` (buttons), `#import` (file input), `#categories [data-category]`, `#more`.
 * - `#editor` has a field by each name of a record, `.field[data-field]` with its `.problem`; `#save` submits it.
 * - `#reader` shows an opened memory, with `#edit`, `#helped`, `#not-helped`, `#delete`, then `#delete-yes`.
 * - `#status [data-status=kernels|storage|durable|count|facts|latency|network|offline|role]`: network is "online" or "offline",
 *   offline "this page works offline" once it does, or "not kept: " and why. `#toasts .toast[data-kind]`.
 */

import { createAsk } from "./ask/view.js";
import { bootDone, bootFailed, showProgress } from "./boot.js";
import { createBrowse, watchShortcut } from "./browse.js";
import { chosenCategory, showCategories } from "./categories.js";
import { byId } from "./element.js";
import { createPacks } from "./graph/packs.js";
import { GraphView } from "./graph/view.js";
import { createKnowledge } from "./knowledge.js";
import { coalesced, debounced, exclusive } from "./latest.js";
import { forgetNames } from "./names.js";
import { createPanel } from "./panel.js";
import { open } from "./pramana.js";
import { followSurroundings, showKernels, showLatency, showStats } from "./status.js";
import { createTabs } from "./tabs.js";
import { clearToasts, notify, report } from "./toast.js";
import { exportFile, importFile, loadSamples } from "./transfer.js";

/** Writes of other tabs come in bursts. */
const SETTLE_MS = 150;

const ADDRESS = new URLSearchParams(location.search);
const DATABASE = ADDRESS.get("db") || "explorer";
const page = document.documentElement;

async function start() {
  if (DATABASE !== "explorer") byId("database", HTMLElement).textContent = DATABASE;
  watchShortcut();
  const memory = await open(DATABASE, { onProgress: showProgress });
  const capabilities = await memory.capabilities();
  showKernels(capabilities);

  const panel = createPanel({
    memory,
    onWritten: written,
    onClosed: (id) => id && browse.focus(id),
    onError: report,
  });
  const browse = createBrowse({
    memory,
    onOpen: (id, duplicates) => panel.openReader(id, duplicates).catch(report),
    onLatency: showLatency,
    onError: report,
  });

  const refresh = coalesced(async () => {
    const stats = await memory.stats();
    page.dataset.empty = String(stats.patterns === 0);
    byId("empty", HTMLElement).hidden = stats.patterns > 0;
    showCategories(stats.categories, stats.patterns);
    await Promise.all([showStats(stats, capabilities.store.durability), browse.show()]);
  });

  /** @param {string} text */
  function written(text) {
    notify(text);
    return refresh().catch(report);
  }

  /**
   * A bulk write or read.
   * @param {HTMLButtonElement | HTMLInputElement} control
   * @param {() => Promise<void>} work
   */
  function busy(control, work) {
    exclusive(control, work, byId("search", HTMLInputElement)).catch(report);
  }

  const samples = byId("load-samples", HTMLButtonElement);
  samples.addEventListener("click", () => busy(samples, async () => written(await loadSamples(memory))));
  const picker = byId("import", HTMLInputElement);
  picker.addEventListener("change", () => {
    const file = picker.files?.[0];
    if (!file) return;
    busy(picker, async () => {
      try {
        await written(await importFile(memory, file));
      } finally {
        picker.value = "";
      }
    });
  });
  const exporter = byId("export", HTMLButtonElement);
  exporter.addEventListener("click", () => busy(exporter, () => exportFile(memory, DATABASE)));
  for (const id of ["add", "add-first"]) {
    byId(id, HTMLButtonElement).addEventListener("click", () => panel.openEditor(null, chosenCategory()));
  }

  const packs = createPacks({ graph: memory.graph, onError: report });
  const knowledge = createKnowledge({
    memory,
    onWhy: (atom) => inView("ask", ask.explain(atom)),
    onQuestion: (question) => inView("ask", ask.ask(question)),
    onError: report,
  });
  const ask = createAsk({
    memory,
    packs,
    onLatency: showLatency,
    onMemory: (id) => panel.openReader(id).catch(report),
    onGraph: (evidence, term) => {
      const shown = evidence ? graph.highlight(evidence) : term ? graph.around(term) : Promise.resolve();
      inView("graph", shown).catch(report);
    },
    onExample: knowledge.tryExample,
    onError: report,
  });
  const graph = new GraphView({
    graph: memory.graph,
    packs,
    onExample: knowledge.tellExample,
    onError: report,
  });
  let current = "";
  const choose = createTabs(byId("views", HTMLElement), (view) => {
    if (current && view !== current) clearToasts();
    current = view;
    page.dataset.view = view;
    rememberView(view);
    ask.show(view === "ask").catch(report);
    knowledge.show(view === "knowledge").catch(report);
    graph.show(view === "graph").catch(report);
  });

  /**
   * Go to another view, which is to show what was chosen in this one.
   * @param {string} view
   * @param {Promise<void>} work
   */
  async function inView(view, work) {
    choose(view);
    byId(`tab-${view}`, HTMLElement).focus();
    await work;
  }

  const elsewhere = debounced(() => {
    forgetNames();
    refresh().catch(report);
    ask.changed().catch(report);
    knowledge.changed().catch(report);
    graph.changed().catch(report);
  }, SETTLE_MS);
  memory.addEventListener("change", elsewhere.call);
  memory.addEventListener("closed", ({ detail }) => report(detail));
  followSurroundings(memory).catch(report);

  await refresh();
  for (const control of [picker, exporter, byId("add", HTMLButtonElement)]) control.disabled = false;
  bootDone();
  choose(ADDRESS.get("view") ?? "memories");
  page.dataset.state = "ready";
}

/**
 * Keep the view in the address, so that a reload shows it again.
 * @param {string} view
 */
function rememberView(view) {
  const url = new URL(location.href);
  if (view === "memories") url.searchParams.delete("view");
  else url.searchParams.set("view", view);
  history.replaceState(null, "", url);
}

start().catch((error) => {
  console.error(error);
  page.dataset.state = "error";
  bootFailed(error);
});
