/** The knowledge packs that are loaded, and the ways to more: files, dropped files, the sample. */

import { byId, element } from "../element.js";
import { actions, replaceEntries } from "../entries.js";
import { counted } from "../format.js";
import { exclusive, Latest } from "../latest.js";
import { notify } from "../toast.js";
import { createPackDialog } from "./pack_dialog.js";

/** @typedef {import("../../types/pramana.d.ts").Graph} Graph */
/** @typedef {import("../../types/pramana.d.ts").Pack} Pack */
/** @typedef {import("../../types/pramana.d.ts").PackAdded} PackAdded */

const SAMPLE = new URL("../packs/web-security", import.meta.url).href;

const view = byId("view-graph", HTMLElement);
const list = byId("packs", HTMLUListElement);
const sample = byId("graph-sample", HTMLButtonElement);

/**
 * @param {object} options
 * @param {Graph} options.graph
 * @param {(error: unknown) => void} options.onError
 */
export function createPacks({ graph, onError }) {
  const latest = new Latest();
  const dialog = createPackDialog({ graph, onAdded: said, onError });

  /** @param {Pack} pack */
  function entry(pack) {
    const remove = async () => {
      const facts = await graph.removePack(pack.name);
      notify(`Removed: ${pack.name}, ${counted(facts, "fact", "facts")}.`);
    };
    const small = [counted(pack.facts, "fact", "facts"), counted(pack.rules, "rule", "rules"), pack.licence];
    return element(
      "li",
      { class: "pack", "data-pack": pack.name },
      element("p", {}, [pack.name, pack.version].filter(Boolean).join(" ")),
      actions(pack.name, { Remove: remove }, onError),
      element("p", { class: "entry-facts" }, ...small.map((part) => element("span", {}, part))),
    );
  }

  for (const id of ["graph-pack", "graph-pack-first"]) {
    byId(id, HTMLButtonElement).addEventListener("click", () => dialog.open());
  }
  sample.addEventListener("click", () => {
    exclusive(sample, async () => said(await loadSample(graph)), view).catch(onError);
  });
  view.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  view.addEventListener("drop", (event) => {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    dialog.open(files);
  });

  return {
    async show() {
      const found = await latest.run((signal) => graph.packs({ signal }));
      if (!found) return;
      replaceEntries(list, found.map(entry));
    },

    /** Offer the sample, if this site has it. */
    async offerSample() {
      const answer = await fetch(`${SAMPLE}.csv`, { method: "HEAD" }).catch(() => null);
      sample.hidden = !answer?.ok;
    },
  };
}

/** @param {Graph} graph @returns {Promise<PackAdded>} */
async function loadSample(graph) {
  const [facts, rules] = await Promise.all(["csv", "rules"].map((suffix) => fetched(`${SAMPLE}.${suffix}`)));
  return graph.addPack(facts, { rules });
}

/** @param {string} url */
async function fetched(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} could not be loaded (HTTP ${response.status})`);
  return response.text();
}

/** @param {PackAdded} added say what was loaded, and what was not */
function said({ pack, skipped, skipped_count: left }) {
  const loaded = `${pack.name}: ${counted(pack.facts, "fact", "facts")} and ${counted(pack.rules, "rule", "rules")}`;
  const [first] = skipped;
  const lines = `${counted(left, "line was", "lines were")} left out, first line ${first?.line}: ${first?.reason}`;
  notify(first ? `Loaded ${loaded}; ${lines}` : `Loaded ${loaded}.`);
}
